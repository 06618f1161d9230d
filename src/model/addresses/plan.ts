// The address plan: where pods of every cluster get their addresses, as plain data that a report can draw. No I/O.

import type { Mesh } from '../mesh.ts';
import { byPosition, formatRange, type Range } from './cidr.ts';
import { type PodRange, type PodRangeGap, type podRanges, type RankedRange, rankedRanges } from './pod-cidrs.ts';

export interface PlannedRange extends Range {
  /** In canonical form: `10.48.0.0/16`, or `10.48.0.0-10.48.2.255` for ranges of nodes that are no CIDR together. */
  readonly text: string;
  /** The IPPool; null for what host-local IPAM gives to nodes. */
  readonly pool: string | null;
  readonly rank: RankedRange['rank'];
}

export interface PlannedAddresses {
  readonly cluster: string;
  /** Sorted by family and position, the wider one first. */
  readonly ranges: readonly PlannedRange[];
  /** Why pods may have addresses that no range shows, as a sentence about them; null where the ranges are all there are. */
  readonly gap: string | null;
}

type Planned = { readonly name: string } & Parameters<typeof podRanges>[0];

/** Every range that the requirement on pod CIDRs is about, or that is easily forgotten beside it. Clusters in the order of the mesh. */
export function addressPlan(
  mesh: { readonly clusters: readonly Planned[] } & Pick<Mesh, 'routing' | 'text'>,
): PlannedAddresses[] {
  return mesh.clusters.map((cluster) => {
    const { ranges, gap } = rankedRanges(cluster, mesh);
    const ofPools = ranges.flatMap((r) => (r.pool === null ? [] : [planned(r, r.rank)]));
    const ofNodes = joined(ranges.filter((r) => r.pool === null).map((r) => r.range));
    const all = [...ofPools, ...ofNodes.map((range) => planned({ range, pool: null }, 'primary'))];
    return { cluster: cluster.name, ranges: all.sort(byPosition), gap: sentence(gap) ?? unread(cluster.ipPools) };
  });
}

function planned({ range, pool }: { readonly range: Range } & Pick<PodRange, 'pool'>, rank: RankedRange['rank']) {
  const { family, first, last } = range;
  return { family, first, last, text: formatRange(range), pool: pool?.ref.name ?? null, rank };
}

/** Ranges that touch or overlap are one: a cluster with host-local IPAM has one for each node. */
function joined(ranges: readonly Range[]): Range[] {
  const found: Range[] = [];
  for (const { family, first, last } of [...ranges].sort(byPosition)) {
    const before = found.at(-1);
    if (before?.family === family && first <= before.last + 1n) {
      found[found.length - 1] = { ...before, last: last > before.last ? last : before.last };
    } else found.push({ family, first, last });
  }
  return found;
}

function sentence(gap: PodRangeGap | null): string | null {
  switch (gap?.kind) {
    case undefined:
      return null;
    case 'unreadable-pool':
      return `Calico cannot read cidr ${gap.pool.cidr.value} of IPPool ${gap.pool.ref.name}`;
    case 'untold-ipam':
      return 'nothing tells what gives them their addresses';
    case 'cloud-ipam':
      return `${gap.ipam.value} gives them addresses whose ranges stand in no object`;
    case 'unread-nodes':
      return 'they get them from the ranges of nodes, which were not all read';
    case 'no-pod-cidr':
      return `Node ${gap.node.name.value} shows no readable pod CIDR`;
  }
}

function unread({ state, why }: Planned['ipPools']): string | null {
  return state === 'complete' ? null : (why ?? 'IPPools were not all read');
}

// Which traffic to pods of other clusters leaves a cluster with a node's address instead of the pod's. No I/O.

import type { Cluster, Mesh } from '../mesh.ts';
import { type Link, peering } from '../remotes/peering.ts';
import { type Cidr, overlaps, rangeIndex, uncovered } from './cidr.ts';
import { type PodRange, type PodRangeGap, podRanges } from './pod-cidrs.ts';
import { isForLoadBalancers, isLive, type Pool, poolsOfMesh } from './pools.ts';

type NatSection = 'ipPools' | 'remotes' | 'nodes' | 'installations' | 'calicoNode' | 'configMaps';
export type NatCluster = Cluster<NatSection>;

/** Pod ranges of one cluster, seen from another whose pools NAT what leaves them. */
export interface NatView {
  readonly from: NatCluster;
  readonly to: NatCluster;
  /** Does a RemoteClusterConfiguration lead from one to the other, in the better proven of both directions? */
  readonly proof: Exclude<Link['kind'], 'none'>;
  /** Pools of `from` with natOutgoing whose pods take part in the mesh. */
  readonly natPools: readonly Pool[];
  readonly ranges: readonly PodRange[];
  /** What no pool of `from` covers of ranges in the families of those pools, where their pods take part in the mesh. */
  readonly uncovered: readonly Cidr[];
  /** Are other parts of the ranges with uncovered ones covered? */
  readonly partly: boolean;
  /** Pools of `from` that would cover what is uncovered, were they not for LoadBalancers only. */
  readonly ineffective: readonly Pool[];
  /** Enabled pools of `from` without which some part were uncovered, and that are no pools of its own pods. */
  readonly enabled: readonly Pool[];
  /** Disabled pools of `from` that cover some part. */
  readonly covering: readonly Pool[];
}

/**
 * Compares the pools of every cluster with the pod ranges of every other one that a RemoteClusterConfiguration connects with it, or may.
 *
 * A packet gets its node's address if it comes from a pool with natOutgoing and goes to an address in no pool at all, enabled or not
 * (felix/dataplane/linux/masq_mgr.go, felix/rules/nat.go, v3.30); pools for LoadBalancers alone count for nothing (v3.31.6, v3.32.1).
 */
export function natViews(mesh: Mesh<NatSection>): NatView[] {
  const connection = connections(mesh);
  const ranges = new Map(mesh.clusters.map((cluster) => [cluster.name, podRanges(cluster, mesh).ranges]));
  return mesh.clusters.flatMap((from) => {
    const natPools = poolsOfMesh(from.ipPools).items.filter(
      (pool) => pool.natOutgoing.value && isLive(pool) && pool.range,
    );
    const coverage = coverageBy(from, natPools);
    return mesh.clusters.flatMap((to): NatView[] => {
      const proof = connection(from.name, to.name);
      if (to === from || proof === 'none') return [];
      const wanted = ranges.get(to.name) ?? [];
      return [{ from, to, proof, natPools, ranges: wanted, ...coverage(wanted) }];
    });
  });
}

/** What leads from one cluster to another or back, the better proven; before peering every pair is taken for connected. */
function connections(mesh: Mesh<'remotes'>): (from: string, to: string) => Link['kind'] {
  const link = peering(mesh.clusters);
  const order: readonly Link['kind'][] = ['leads', 'unread', 'may', 'none'];
  return (from, to) => {
    if (mesh.beforePeering) return 'leads';
    const kinds = [link(from, to).kind, link(to, from).kind];
    return order.find((kind) => kinds.includes(kind)) ?? 'none';
  };
}

type Coverage = Pick<NatView, 'uncovered' | 'partly' | 'ineffective' | 'enabled' | 'covering'>;

function coverageBy(from: NatCluster, natPools: readonly Pool[]): (wanted: readonly PodRange[]) => Coverage {
  const families = new Set(natPools.map((pool) => pool.range?.family));
  const pools = from.ipPools.items.flatMap((pool) => (pool.range ? [{ pool, range: pool.range }] : []));
  const exempting = pools.filter(({ pool }) => !isForLoadBalancers(pool));
  const forLoadBalancers = pools.filter(({ pool }) => isForLoadBalancers(pool));
  const disabled = exempting.filter(({ pool }) => pool.disabled.value);
  const around = rangeIndex(disabled);
  return (wanted) => {
    const rest: Cidr[] = [];
    const enabled = new Set<Pool>();
    const covering = new Set<Pool>();
    let partly = false;
    for (const { range, pool: of } of wanted) {
      const whole = around(range);
      for (const { pool } of whole) covering.add(pool);
      if (whole.length > 0) continue;
      const near = exempting.filter((cover) => overlaps(cover.range, range));
      for (const { pool } of near) if (pool.disabled.value) covering.add(pool);
      if (of?.leftOut || !families.has(range.family)) continue;
      const missing = uncovered(
        range,
        near.map((cover) => cover.range),
      );
      rest.push(...missing);
      partly ||= missing.length > 0 && near.length > 0;
      for (const { pool } of near) if (!pool.disabled.value && !isOwn(pool, from)) enabled.add(pool);
    }
    const ineffective = forLoadBalancers.filter(({ range }) => rest.some((part) => overlaps(part, range)));
    return {
      uncovered: rest,
      partly,
      ineffective: ineffective.map(({ pool }) => pool),
      enabled: [...enabled],
      covering: [...covering],
    };
  };
}

/** A pool of the cluster's own pods: that it covers pods of another cluster is an overlap of pod ranges, not a matter of NAT. */
function isOwn(pool: Pool, { ipPools }: NatCluster): boolean {
  const others = ipPools.items.filter(
    (other) => other !== pool && other.participates && other.range?.family === pool.range?.family,
  );
  return pool.inUse || others.length === 0;
}

/** A cluster whose pods may have addresses that nothing in the input tells. */
export interface UntoldDestination {
  readonly to: NatCluster;
  readonly gap: PodRangeGap;
  /** Clusters that NAT what they send there, unless it is excluded; sorted. */
  readonly from: readonly string[];
}

export function untoldDestinations(mesh: Mesh<NatSection>, views: readonly NatView[]): UntoldDestination[] {
  const senders = new Map<string, string[]>();
  for (const { from, to, natPools } of views) {
    if (natPools.length === 0) continue;
    const known = senders.get(to.name);
    if (known) known.push(from.name);
    else senders.set(to.name, [from.name]);
  }
  return mesh.clusters.flatMap((to) => {
    const from = senders.get(to.name) ?? [];
    const gap = from.length > 0 ? podRanges(to, mesh).gap : null;
    const isAsked = gap !== null && !(gap.kind === 'unreadable-pool' && gap.pool.leftOut);
    return isAsked ? [{ to, gap, from: from.sort() }] : [];
  });
}

/** By cluster, a pool with natOutgoing whose range cannot be read: whether it NATs what goes to the other clusters is not told. */
export function unreadableNatPools(views: readonly NatView[]): Map<string, Pool> {
  const found = new Map<string, Pool>();
  for (const { name, ipPools } of new Set(views.map(({ from }) => from))) {
    const unreadable = poolsOfMesh(ipPools).items.filter((p) => p.participates && p.range === null);
    const pool = unreadable.find((p) => p.natOutgoing.value);
    if (pool) found.set(name, pool);
  }
  return found;
}

/** A pool that covers pods of other clusters, with the clusters whose pods it covers. */
export interface Exemption {
  readonly cluster: string;
  readonly pool: Pool;
  readonly others: readonly string[];
  /** The ranges that it covers, wholly or in part. */
  readonly ranges: readonly PodRange[];
}

/** The disabled pools that cover pods of clusters which a RemoteClusterConfiguration connects, or may connect. */
export function exemptions(views: readonly NatView[]): Exemption[] {
  return byPool(views, ({ covering }) => covering);
}

/**
 * Pools that cover pods of a connected cluster but give out addresses of them to local pods as well; apart from those where it is not
 * told whether the clusters are connected.
 */
export function enabledExemptions(views: readonly NatView[]): {
  readonly proven: readonly Exemption[];
  readonly open: readonly Exemption[];
} {
  const proven = byPool(
    views.filter(({ proof }) => proof === 'leads'),
    ({ enabled }) => enabled,
  );
  const told = new Set(proven.map(({ pool }) => pool));
  return { proven, open: byPool(views, ({ enabled }) => enabled.filter((pool) => !told.has(pool))) };
}

function byPool(views: readonly NatView[], pools: (view: NatView) => readonly Pool[]): Exemption[] {
  const found = new Map<Pool, { cluster: string; others: string[]; ranges: PodRange[] }>();
  for (const view of views) {
    for (const pool of pools(view)) {
      const entry = found.get(pool) ?? { cluster: view.from.name, others: [], ranges: [] };
      entry.others.push(view.to.name);
      entry.ranges.push(...view.ranges.filter(({ range }) => pool.range && overlaps(pool.range, range)));
      found.set(pool, entry);
    }
  }
  return [...found].map(([pool, entry]) => ({ pool, ...entry, others: entry.others.sort() }));
}

/** Does the pool exempt 256 times as many addresses as there are pod ranges in it, or more? */
export function isMuchWider({ pool, ranges }: Exemption): boolean {
  const distinct = new Map(ranges.map(({ range }) => [range.canonical, range]));
  const size = ({ first, last }: Cidr) => last - first + 1n;
  const needed = [...distinct.values()].reduce((sum, range) => sum + size(range), 0n);
  return pool.range !== null && needed > 0n && size(pool.range) >= needed * 256n;
}

/**
 * Disabled pools that hold no addresses and cover pods of no connected cluster. Only of clusters all of whose connections are told, and
 * whose connected clusters tell all their ranges.
 */
export function idleExemptions(
  mesh: Mesh<NatSection>,
  views: readonly NatView[],
): { readonly cluster: string; readonly pool: Pool }[] {
  const busy = new Set(exemptions(views).map(({ pool }) => pool));
  const untold = new Set(
    mesh.clusters.filter((c) => c.ipPools.state !== 'complete' || podRanges(c, mesh).gap !== null).map((c) => c.name),
  );
  const unsure = views.filter(({ proof, to }) => proof !== 'leads' || untold.has(to.name));
  const open = new Set(unsure.map(({ from }) => from.name));
  return mesh.clusters.flatMap((cluster) => {
    const { name, remotes } = cluster;
    const isOutside = remotes.items.some(({ leads }) => leads.kind === 'outside');
    const isOpen = mesh.beforePeering || remotes.state !== 'complete' || isOutside || open.has(name);
    const pools = isOpen ? [] : cluster.ipPools.items;
    return pools
      .filter(
        (pool) => pool.disabled.value && !pool.inUse && !isForLoadBalancers(pool) && pool.range && !busy.has(pool),
      )
      .map((pool) => ({ cluster: name, pool }));
  });
}

// Where pods of a cluster get their addresses, and where those of different clusters meet. No I/O.

import type { Mesh, Sections } from '../mesh.ts';
import type { NodeFacts } from '../objects/facts.ts';
import { tellCni } from '../platform/cni.ts';
import type { Sourced } from '../resource.ts';
import {
  type Cidr,
  contains,
  equalRanges,
  type Family,
  formatIp,
  overlapGroups,
  parseCidr,
  type Range,
  rangeIndex,
  uncovered,
} from './cidr.ts';
import { runsPods } from './nodes.ts';
import { hasVxlanPool, isForLoadBalancers, isLive, isVxlan, type Pool, podAddresses } from './pools.ts';

/** A range of addresses that pods of a cluster have or may get: a pool's, or with host-local IPAM a node's. */
export interface PodRange {
  readonly range: Cidr;
  readonly source: Sourced<string>;
  readonly pool: Pool | null;
}

/** Why pods of a cluster may have addresses that its pod ranges do not show. */
export type PodRangeGap =
  /** A pool that pods get addresses from, whose cidr Calico cannot read. */
  | { readonly kind: 'unreadable-pool'; readonly pool: Pool }
  /** Neither the Installation nor calico-node tells the IPAM. */
  | { readonly kind: 'untold-ipam' }
  /** The cloud gives pods their addresses: no object of the cluster holds their ranges. */
  | { readonly kind: 'cloud-ipam'; readonly ipam: Sourced<string> }
  /** Host-local IPAM, and the Nodes were not all read. */
  | { readonly kind: 'unread-nodes' }
  /** Host-local IPAM, and a Node shows no readable pod CIDR. */
  | { readonly kind: 'no-pod-cidr'; readonly node: NodeFacts };

export interface PodRanges {
  readonly ranges: readonly PodRange[];
  /** Null where the ranges are all there are, as far as the pools were read. */
  readonly gap: PodRangeGap | null;
}

/**
 * Where pods of a cluster get their addresses, as the requirement on pod CIDRs means it. Up to 3.20 it speaks of participating VXLAN
 * pools with overlay routing, else of pools (docs 3.19, "Calico Enterprise multi-cluster networking"). From 3.21 it speaks of pod CIDRs,
 * and a cluster without a participating VXLAN pool may address its pods by other means.
 */
export function podRanges(
  cluster: Pick<Sections, 'ipPools' | 'nodes' | 'installations' | 'calicoNode'> & Partial<Pick<Sections, 'configMaps'>>,
  mesh: Pick<Mesh, 'routing' | 'text'>,
): PodRanges {
  const live = cluster.ipPools.items.filter(isLive);
  const onlyVxlan = mesh.text === '3.18' && mesh.routing === 'overlay';
  const used = onlyVxlan ? live.filter(isVxlan) : live;
  const pools = used.flatMap(rangeOfPool);
  const broken = used.filter(({ range }) => range === null);
  // One whose pods take part says more than one whose pods do not.
  const unreadable = broken.find(({ leftOut }) => !leftOut) ?? broken[0];
  const told: PodRanges = { ranges: pools, gap: unreadable ? { kind: 'unreadable-pool', pool: unreadable } : null };
  if (mesh.text === '3.18' || hasVxlanPool(cluster.ipPools) !== false) return told;
  const { ipam } = tellCni(cluster);
  if (ipam === null) return { ranges: pools, gap: { kind: 'untold-ipam' } };
  if (ipam.value === 'Calico') return told;
  if (ipam.value !== 'HostLocal') return { ranges: [], gap: { kind: 'cloud-ipam', ipam } };
  const nodes = cluster.nodes.items.filter(runsPods).map((node) => ({ node, ranges: node.podCIDRs.flatMap(rangeAt) }));
  const bare = nodes.find(({ node, ranges }) => ranges.length === 0 || ranges.length < node.podCIDRs.length)?.node;
  const ranges = nodes.flatMap((n) => n.ranges);
  if (cluster.nodes.state !== 'complete') return { ranges, gap: { kind: 'unread-nodes' } };
  return { ranges, gap: bare ? { kind: 'no-pod-cidr', node: bare } : null };
}

function rangeOfPool(pool: Pool): PodRange[] {
  return pool.range ? [{ range: pool.range, source: pool.cidr, pool }] : [];
}

function rangeAt(source: Sourced<string>): PodRange[] {
  const range = parseCidr(source.value);
  return range ? [{ range, source, pool: null }] : [];
}

/**
 * - `primary`: ranges that pods get addresses from; the requirement is about these.
 * - `secondary`: ranges that are not disabled either, but that are for egress gateways, that hold only tunnel or secondary host addresses,
 *   or, up to 3.20 with overlay routing, that carry no VXLAN. Easily forgotten when ranges are planned.
 */
export type Rank = 'primary' | 'secondary';

/** A pod range with its cluster. */
export interface RankedRange extends PodRange {
  readonly cluster: string;
  readonly rank: Rank;
}

/** All the ranges of a cluster that should meet none of another cluster's. */
export function rankedRanges(
  cluster: { readonly name: string } & Parameters<typeof podRanges>[0],
  mesh: Pick<Mesh, 'routing' | 'text'>,
): { readonly ranges: readonly RankedRange[]; readonly gap: PodRangeGap | null } {
  const { ranges, gap } = podRanges(cluster, mesh);
  const named = new Set(ranges.map((r) => r.pool));
  // Where the pools hold no pods at all, none of them is a range that was forgotten.
  const elsewhere = ranges.some((r) => r.pool === null) || gap?.kind === 'cloud-ipam' || gap?.kind === 'unread-nodes';
  const forgotten = cluster.ipPools.items.filter(
    (pool) => !elsewhere && !named.has(pool) && (isLive(pool) || (!pool.disabled.value && !isForLoadBalancers(pool))),
  );
  const rank = (range: PodRange, rank: Rank): RankedRange => ({ ...range, cluster: cluster.name, rank });
  return {
    ranges: [
      ...ranges.map((r) => rank(r, r.pool?.forEgressGateways ? 'secondary' : 'primary')),
      ...forgotten.flatMap(rangeOfPool).map((r) => rank(r, 'secondary')),
    ],
    gap,
  };
}

/** Pod ranges of two or more clusters that meet, for one cause. */
export interface PodOverlap {
  /** The widest range first. */
  readonly sides: readonly [RankedRange, ...RankedRange[]];
  /** Sorted. */
  readonly clusters: readonly string[];
  /** The cluster without which none of the others would meet; null where two alone do, or where the sides are equal. */
  readonly odd: string | null;
  /** `primary` where primary ranges meet among themselves. */
  readonly rank: Rank;
  /** How many addresses two or more clusters hold. */
  readonly shared: bigint;
}

/**
 * The overlaps between clusters, one for each cause: what one wide range holds is one overlap, and so are all the node ranges that the
 * same clusters have in common. Takes n log n.
 */
export function podOverlaps(ranges: readonly RankedRange[]): PodOverlap[] {
  const owner = (range: RankedRange) => range.cluster;
  const ordered = ranges.toSorted(byCluster);
  const primary = overlapGroups(
    ordered.filter((r) => r.rank === 'primary'),
    owner,
  );
  const told = new Set(primary.flat());
  const secondary = overlapGroups(ordered, owner).filter((group) => !group.some((side) => told.has(side)));
  return [
    ...mergeNodeRanges(primary).map((sides) => overlapOf(sides, 'primary')),
    ...secondary.map((sides) => overlapOf(sides, 'secondary')),
  ].filter((overlap) => overlap !== null);
}

/** Two clusters with the same host-local range share a hundred node ranges, for one cause. */
function mergeNodeRanges(groups: readonly RankedRange[][]): RankedRange[][] {
  const merged = new Map<string, RankedRange[]>();
  const others: RankedRange[][] = [];
  for (const group of groups) {
    const key = JSON.stringify(clustersOf(group));
    const same = merged.get(key);
    if (group.some((side) => side.pool !== null)) others.push(group);
    else if (same) same.push(...group);
    else merged.set(key, [...group]);
  }
  return [...others, ...merged.values()];
}

function overlapOf(sides: readonly RankedRange[], rank: Rank): PodOverlap | null {
  const [widest, ...others] = sides;
  if (!widest) return null;
  const clusters = clustersOf(sides);
  const rest = others.filter((side) => side.cluster !== widest.cluster);
  const isOdd = clusters.length > 2 && overlapGroups(rest, (side) => side.cluster).length === 0;
  const odd = isOdd ? widest.cluster : null;
  return { sides: [widest, ...others], clusters, odd, rank, shared: sharedBy(sides) };
}

function clustersOf(sides: readonly RankedRange[]): string[] {
  return [...new Set(sides.map((side) => side.cluster))].sort();
}

/** Addresses in ranges of two or more clusters. `sides` come widest first, in the order of ranges. */
function sharedBy(sides: readonly RankedRange[]): bigint {
  let sum = 0n;
  let counted: Cidr | null = null;
  const around: RankedRange[] = [];
  for (const side of sides) {
    const { range } = side;
    for (let top = around.at(-1); top && !contains(top.range, range); top = around.at(-1)) around.pop();
    const shared = around.some((outer) => outer.cluster !== side.cluster);
    if (shared && !(counted && contains(counted, range))) {
      sum += range.last - range.first + 1n;
      counted = range;
    }
    // Equal ranges of one cluster, and those inside a range that is counted, tell nothing more.
    if (!shared) around.push(side);
  }
  return sum;
}

/**
 * Tells of an address whether each of these clusters has it in a pod range: what they share there follows from ranges that overlap. Pools
 * that neither hold pods nor give them addresses are no cause.
 */
export function inOverlap(
  mesh: { readonly clusters: readonly ({ readonly name: string } & Parameters<typeof podRanges>[0])[] } & Pick<
    Mesh,
    'routing' | 'text'
  >,
): (address: Range, clusters: readonly string[]) => boolean {
  const ranges = mesh.clusters.flatMap((cluster) => rankedRanges(cluster, mesh).ranges);
  const around = rangeIndex(ranges.filter(({ pool }) => pool === null || isLive(pool)));
  return (address, clusters) => {
    const holding = new Set(around(address).map((range) => range.cluster));
    return clusters.every((name) => holding.has(name));
  };
}

/** An address, or a block of them, that a cluster has, and where it stands. */
export interface OwnedAddress {
  readonly cluster: string;
  readonly range: Range;
  readonly source: Sourced<string>;
}

/** Addresses of running pods. */
export function podAddressesOf(cluster: { readonly name: string } & Pick<Sections, 'pods'>): OwnedAddress[] {
  return cluster.pods.items
    .flatMap(podAddresses)
    .map(({ ip, source }) => ({ cluster: cluster.name, range: ip, source }));
}

/** IPAM blocks that hold addresses, or that a node keeps for its pods. */
export function usedBlocksOf(cluster: { readonly name: string } & Pick<Sections, 'ipamBlocks'>): OwnedAddress[] {
  return cluster.ipamBlocks.items.flatMap(({ empty, cidr: source }) => {
    const range = empty ? null : parseCidr(source.value);
    return range ? [{ cluster: cluster.name, range, source }] : [];
  });
}

/** Those that lie in none of the pools, disabled ones included. */
export function outsideOfPools(addresses: readonly OwnedAddress[], pools: readonly Pool[]): OwnedAddress[] {
  const around = rangeIndex(pools.flatMap(({ range }) => (range ? [{ range }] : [])));
  return addresses.filter(({ range }) => around(range).length === 0);
}

/** A pod range that holds addresses which other clusters have. */
export interface Intrusion {
  readonly range: RankedRange;
  /** Each once. */
  readonly addresses: readonly [OwnedAddress, ...OwnedAddress[]];
  /** Who has them; sorted. */
  readonly clusters: readonly string[];
}

/**
 * Finds addresses of one cluster in pod ranges of another. Where the pod ranges of the two overlap there, that is the cause, and what
 * follows from it is left out; so is an address that the cluster of the range has itself, which `isShared` tells.
 */
export function intrusions(
  ranges: readonly RankedRange[],
  addresses: Iterable<OwnedAddress>,
  isShared: (address: OwnedAddress, cluster: string) => boolean = () => false,
): Intrusion[] {
  const explained = new Set(
    podOverlaps(ranges).flatMap(({ sides, clusters }) => sides.flatMap((s) => clusters.map((c) => `${keyOf(s)} ${c}`))),
  );
  const around = rangeIndex(ranges);
  const found = new Map<string, { range: RankedRange; addresses: Map<string, OwnedAddress> }>();
  for (const address of addresses) {
    for (const range of around(address.range)) {
      const key = keyOf(range);
      if (range.cluster === address.cluster || explained.has(`${key} ${address.cluster}`)) continue;
      if (isShared(address, range.cluster)) continue;
      const entry = found.get(key) ?? { range, addresses: new Map() };
      const { first, last } = address.range;
      const same = `${address.cluster} ${first} ${last}`;
      if (!entry.addresses.has(same)) entry.addresses.set(same, address);
      found.set(key, entry);
    }
  }
  return [...found.values()].flatMap((entry) => {
    const [first, ...others] = [...entry.addresses.values()].sort(byCluster);
    if (!first) return [];
    const clusters = [...new Set([first, ...others].map((a) => a.cluster))];
    return [{ range: entry.range, addresses: [first, ...others], clusters }];
  });
}

function byCluster(a: { readonly cluster: string }, b: { readonly cluster: string }): number {
  return Number(a.cluster > b.cluster) - Number(a.cluster < b.cluster);
}

function keyOf({ cluster, range }: RankedRange): string {
  return `${cluster} ${range.canonical}`;
}

const SPACES: Readonly<Record<Family, readonly string[]>> = {
  4: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'],
  6: ['fd00::/8'],
};

/**
 * Finds private ranges that nothing of `used` touches: the answer is the first of the same size as the range asked for, null where there
 * is none. `used` is not called before it is needed, and once for each private block.
 */
export function freeRanges(used: () => readonly Range[]): (like: Cidr) => Cidr | null {
  const free = new Map<string, readonly Cidr[]>();
  const restOf = (space: string) => {
    const known = free.get(space);
    if (known) return known;
    const whole = parseCidr(space);
    const rest = whole ? uncovered(whole, used()) : [];
    free.set(space, rest);
    return rest;
  };
  return (like) => {
    for (const space of SPACES[like.family]) {
      const found = restOf(space).find((rest) => rest.prefix <= like.prefix);
      if (found) return parseCidr(`${formatIp(found)}/${like.prefix}`);
    }
    return null;
  };
}

/** Ranges of Services, as far as ServiceCIDRs and kubeadm's configuration tell them; each once. */
export function serviceRangesOf({
  serviceCIDRs,
  configMaps,
}: Pick<Sections, 'serviceCIDRs' | 'configMaps'>): { readonly range: Cidr; readonly source: Sourced<string> }[] {
  const subnets = configMaps.items.flatMap(({ identity }) => identity?.serviceSubnet ?? []);
  const sources = [
    ...serviceCIDRs.items.flatMap(({ cidrs }) => cidrs),
    // Dual-stack clusters list two, separated by a comma.
    ...subnets.flatMap((subnet) => subnet.value.split(',').map((value) => ({ ...subnet, value: value.trim() }))),
  ];
  const found = new Map<string, { range: Cidr; source: Sourced<string> }>();
  for (const source of sources) {
    const range = parseCidr(source.value);
    if (range && !found.has(range.canonical)) found.set(range.canonical, { range, source });
  }
  return [...found.values()];
}

/** A disabled pool without addresses of its own that meets pod ranges of other clusters. */
export interface Placeholder<C> {
  readonly cluster: C;
  readonly pool: Pool;
  /** How it lies to the pod range that matters most: equal, else inside of one, else around them. */
  readonly relation: 'equal' | 'inside' | 'around';
  /** The ranges that it meets, the one that decides the relation first. */
  readonly ranges: readonly [RankedRange, ...RankedRange[]];
}

/**
 * Finds the pools that once kept traffic to other clusters from being NATed (docs, "Creating the cluster mesh", network-provided
 * routing). A disabled pool that still holds addresses is none.
 */
export function placeholders<C extends { readonly name: string } & Parameters<typeof podRanges>[0]>(
  mesh: { readonly clusters: readonly C[] } & Pick<Mesh, 'routing' | 'text'>,
): Placeholder<C>[] {
  const ranges = mesh.clusters.flatMap((cluster) => rankedRanges(cluster, mesh).ranges).sort(byCluster);
  const spare = mesh.clusters.flatMap((cluster) =>
    cluster.ipPools.items.flatMap((pool) =>
      pool.range && pool.disabled.value && !pool.inUse ? [{ cluster, pool, range: pool.range }] : [],
    ),
  );
  const [outer, covering] = [rangeIndex(ranges), rangeIndex(spare)];
  const inner = new Map(spare.map((one) => [one, [] as RankedRange[]]));
  for (const range of ranges) for (const one of covering(range.range)) inner.get(one)?.push(range);
  return spare.flatMap((one) => {
    const isOther = (range: RankedRange) => range.cluster !== one.cluster.name;
    const isEqual = (range: RankedRange) => equalRanges(range.range, one.range);
    const within = outer(one.range).filter((range) => isOther(range) && !isEqual(range));
    const around = (inner.get(one) ?? []).filter(isOther);
    const met = [...around.filter(isEqual), ...within, ...around.filter((range) => !isEqual(range))];
    const [first, ...more] = met;
    if (!first) return [];
    const relation = isEqual(first) ? 'equal' : within.length > 0 ? 'inside' : 'around';
    return [{ cluster: one.cluster, pool: one.pool, relation, ranges: [first, ...more] } as const];
  });
}

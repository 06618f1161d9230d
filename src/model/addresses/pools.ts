// IP pools as Calico uses them: who participates, who drains, what they encapsulate. One cluster at a time; no I/O.

import type { Listed } from '../availability.ts';
import type { InstallationFacts, IPAMBlockFacts, IPPoolFacts, NodeFacts, PodFacts } from '../objects/facts.ts';
import { isAtLeast, type Version } from '../platform/version.ts';
import type { Sourced } from '../resource.ts';
import { type Cidr, equalRanges, type Family, type Ip, parseCidr, parseIp, type Range, rangeIndex } from './cidr.ts';
import { tunnelsOf } from './nodes.ts';

export type Encapsulation = 'VXLAN' | 'IPIP';

/** `ipipMode` and `natOutgoing` are those in effect: older fields are applied where the cluster honours them. */
export interface Pool extends IPPoolFacts {
  /** Null when the CIDR does not parse. */
  readonly range: Cidr | null;
  /** Not disabled, and may hold pods. */
  readonly participates: boolean;
  /** Its pods are said to take no part in the mesh. Calico does not know, and tells other clusters of it and its pods like of any. */
  readonly leftOut: boolean;
  /** Holds addresses of its own cluster, as far as the input shows: IPAM blocks, a node's tunnel address or a pod's. */
  readonly inUse: boolean;
  /** Disabled, but still in use: live for overlap. */
  readonly draining: boolean;
  /**
   * What the modes turn on, disabled or not: Felix looks at neither `disabled` nor `allowedUses` when it decides about devices and
   * routes (felix/calc/encapsulation_resolver.go, v3.30). A mode that is none of the three turns nothing on.
   */
  readonly encapsulations: readonly Encapsulation[];
  /** Nodes that it selects can get their VXLAN tunnel address from it (node/pkg/allocateip/allocateip.go, v3.30). */
  readonly givesTunnelAddresses: boolean;
  /**
   * A pool for egress gateways, which selects no node with `!all()`, so that only pods that ask for it by name get its addresses (docs,
   * networking/egress/egress-gateway-on-prem, 3.23). One with `assignmentMode: Manual` (reference/resources/ippool, 3.23) is none:
   * pods that ask for its addresses are like others.
   */
  readonly forEgressGateways: boolean;
}

export interface PoolInput {
  readonly cluster: string;
  readonly pools: Listed<IPPoolFacts>;
  /** Evidence, as the next two: what they do not show is taken as absent. */
  readonly blocks: Listed<IPAMBlockFacts>;
  readonly nodes: Listed<NodeFacts>;
  readonly pods?: Listed<PodFacts>;
  /** Of the cluster; null where nothing tells it. */
  readonly version?: Version | null;
  /** Which pools, by name, are said to take no part in the mesh; none unless given. */
  readonly isLeftOut?: (pool: string) => boolean;
}

/** Reads the pools of one cluster together with what shows that they hold addresses. */
export function buildPools({ pools, blocks, nodes, pods, version = null, isLeftOut }: PoolInput): Listed<Pool> {
  const items = honoursLegacy(version) ? pools.items.map(withLegacy) : pools.items;
  const ranged = items.flatMap((pool) => {
    const range = parseCidr(pool.cidr.value);
    return range ? [{ pool, range }] : [];
  });
  const ranges = new Map(ranged.map(({ pool, range }) => [pool, range]));
  const around = rangeIndex(ranged);
  const held = new Set<IPPoolFacts>();
  for (const range of addressesInUse(blocks.items, nodes.items, pods?.items ?? [])) {
    // An address belongs to the narrowest pool around it; where an enabled and a disabled one are equal, it is the enabled one's.
    const [narrowest, ...others] = around(range);
    const equal = others.filter((o) => o.range.prefix === narrowest?.range.prefix);
    const holder = [narrowest, ...equal].find((c) => c && !c.pool.disabled.value) ?? narrowest;
    if (holder) held.add(holder.pool);
  }
  const leftOut = (pool: IPPoolFacts) => isLeftOut?.(pool.ref.name) === true;
  return {
    ...pools,
    items: items.map((pool) => poolOf(pool, ranges.get(pool) ?? null, held.has(pool), leftOut(pool))),
  };
}

/**
 * Up to Calico Enterprise 3.22 the fields `ipip` and `nat-outgoing` of old clients count; 3.23 dropped them (tigera/api
 * pkg/apis/projectcalico/v3/ippool.go, release-calient-v3.22 and v3.23).
 */
function honoursLegacy(version: Version | null): boolean {
  return version === null || !isAtLeast(version, 3, 23);
}

function withLegacy(pool: IPPoolFacts): IPPoolFacts {
  if (pool.legacy === null) return pool;
  const { ipipMode, natOutgoing } = pool.legacy;
  return {
    ...pool,
    ipipMode: ipipMode ?? pool.ipipMode,
    natOutgoing: pool.natOutgoing.value ? pool.natOutgoing : (natOutgoing ?? pool.natOutgoing),
  };
}

function poolOf(pool: IPPoolFacts, range: Cidr | null, held: boolean, leftOut: boolean): Pool {
  const uses = pool.allowedUses.value;
  const enabled = !pool.disabled.value;
  const vxlan = isOn(pool.vxlanMode.value);
  const encapsulations: Encapsulation[] = vxlan ? ['VXLAN'] : [];
  if (isOn(pool.ipipMode.value)) encapsulations.push('IPIP');
  return {
    ...pool,
    range,
    participates: enabled && uses.includes('Workload'),
    leftOut,
    inUse: held,
    draining: !enabled && held && !isForLoadBalancers(pool),
    encapsulations,
    givesTunnelAddresses: vxlan && enabled && !pool.deleting && uses.includes('Tunnel'),
    forEgressGateways: /^\s*!\s*all\(\s*\)\s*$/.test(pool.nodeSelector.value),
  };
}

/** Case-sensitive, as in Felix. */
function isOn(mode: string): boolean {
  return mode === 'Always' || mode === 'CrossSubnet';
}

function* addressesInUse(
  blocks: readonly IPAMBlockFacts[],
  nodes: readonly NodeFacts[],
  pods: readonly PodFacts[],
): Iterable<Range> {
  for (const { empty, cidr } of blocks) {
    const range = empty ? null : parseCidr(cidr.value);
    if (range) yield range;
  }
  for (const node of nodes) for (const { ip } of tunnelsOf(node)) yield ip;
  for (const pod of pods) for (const { ip } of podAddresses(pod)) yield ip;
}

/** An address with the place where it stands. */
export interface PlacedAddress {
  readonly ip: Ip;
  readonly source: Sourced<string>;
}

/** Addresses of a pod that runs, and not in its node's network namespace. */
export function podAddresses(pod: PodFacts): PlacedAddress[] {
  if (pod.hostNetwork || pod.finished) return [];
  return pod.podIPs.flatMap((source) => {
    const ip = parseIp(source.value);
    return ip ? [{ ip, source }] : [];
  });
}

/** The entry of the Installation that a pool comes from: the operator reverts what differs from it. */
export interface PoolEntry {
  readonly installation: InstallationFacts;
  readonly entry: InstallationFacts['ipPools'][number];
}

/**
 * Finds a pool's entry by name, or by range where no pool of the cluster has the entry's name. Null where people keep the pool
 * themselves.
 */
export function entryOf(
  pool: Pool,
  { ipPools, installations }: { readonly ipPools: Listed<Pool>; readonly installations: Listed<InstallationFacts> },
): PoolEntry | null {
  const isFree = (name: string | null) => !ipPools.items.some((other) => other.ref.name === name);
  for (const installation of installations.items) {
    const entry =
      installation.ipPools.find((e) => e.name === pool.ref.name) ??
      installation.ipPools.find((e) => {
        const range = parseCidr(e.cidr);
        return range && pool.range && equalRanges(range, pool.range) && isFree(e.name);
      });
    if (entry) return { installation, entry };
  }
  return null;
}

/** The pools whose pods take part in the mesh, as far as somebody says. */
export function poolsOfMesh(pools: Listed<Pool>): Listed<Pool> {
  return { ...pools, items: pools.items.filter(({ leftOut }) => !leftOut) };
}

/** Does the pool hold pods, or may new pods get an address from it? */
export function isLive(pool: Pool): boolean {
  return pool.participates || pool.draining;
}

/** Pools for LoadBalancer addresses hold no pods; the use excludes all others (docs, reference/resources/ippool, 3.23). */
export function isForLoadBalancers(pool: IPPoolFacts): boolean {
  return pool.allowedUses.value.every((use) => use === 'LoadBalancer');
}

/** Does the pool carry VXLAN, whether it is disabled or not? */
export function isVxlan(pool: Pool): boolean {
  return pool.encapsulations.includes('VXLAN');
}

/** Does a cluster have a participating VXLAN pool, of one family if it is named? */
export function hasVxlanPool(pools: Listed<Pool>, family?: Family): boolean | 'undecided' {
  const found = pools.items.some(
    (pool) => pool.participates && isVxlan(pool) && (family === undefined || pool.range?.family === family),
  );
  return found || (pools.state === 'complete' ? false : 'undecided');
}

/**
 * Are all pools of a cluster known with their ranges? If not, what lies in none that is known may still lie in one: in a pool that was not
 * read, or whose cidr cannot be.
 */
export function tellsAllRanges(pools: Listed<Pool>): boolean {
  return pools.state === 'complete' && pools.items.every(({ range }) => range !== null);
}

/** What a pool that someone has to add sets; everything else is left to its default. */
export interface NewPool {
  readonly name: string;
  readonly cidr: string;
  readonly spec: Readonly<Record<string, string | boolean>>;
}

/** Pools as YAML documents, ready for `kubectl apply`. */
export function poolManifests(pools: readonly NewPool[]): string {
  return pools
    .map(({ name, cidr, spec }) =>
      [
        'apiVersion: projectcalico.org/v3',
        'kind: IPPool',
        'metadata:',
        `  name: ${name}`,
        'spec:',
        `  cidr: ${JSON.stringify(cidr)}`,
        ...Object.entries(spec).map(([field, value]) => `  ${field}: ${value}`),
      ].join('\n'),
    )
    .join('\n---\n');
}

/** A name for a pool: what it is for and its range, in the characters that names of objects may have. */
export function poolName(prefix: string, cidr: string): string {
  return `${prefix}-${cidr}`
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}

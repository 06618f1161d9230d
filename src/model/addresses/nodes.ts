// Nodes as mesh members: addresses, tunnel endpoints (VTEPs), keys. Pure; node:crypto serves only the hash of a node's name.

import { createHash } from 'node:crypto';
import type { NodeFacts, NodeField } from '../objects/facts.ts';
import { at, type Evidence, type Path, type Sourced } from '../resource.ts';
import { type Cidr, type Family, formatIp, type Ip, isLinkLocal, isPrivate, parseCidrOrIp } from './cidr.ts';
import type { Pool } from './pools.ts';
import { matches, parseSelector } from './selector.ts';

/**
 * Annotations of a Kubernetes Node that stand for fields of the Calico Node
 * (projectcalico/calico, libcalico-go/lib/backend/k8s/resources/node.go, v3.32).
 */
export const NODE_ANNOTATIONS: Readonly<Record<NodeField, string>> = {
  ipv4Address: 'projectcalico.org/IPv4Address',
  ipv6Address: 'projectcalico.org/IPv6Address',
  ipv4VXLANTunnelAddr: 'projectcalico.org/IPv4VXLANTunnelAddr',
  ipv6VXLANTunnelAddr: 'projectcalico.org/IPv6VXLANTunnelAddr',
  vxlanTunnelMACAddr: 'projectcalico.org/VXLANTunnelMACAddr',
  vxlanTunnelMACAddrV6: 'projectcalico.org/VXLANTunnelMACAddrV6',
  ipv4IPIPTunnelAddr: 'projectcalico.org/IPv4IPIPTunnelAddr',
  wireguardInterfaceIPv4Address: 'projectcalico.org/IPv4WireguardInterfaceAddr',
  wireguardInterfaceIPv6Address: 'projectcalico.org/IPv6WireguardInterfaceAddr',
  wireguardPublicKey: 'projectcalico.org/WireguardPublicKey',
  wireguardPublicKeyV6: 'projectcalico.org/WireguardPublicKeyV6',
};

/** The same fields in a Node of `calicoctl get nodes -o yaml` (docs, reference/resources/node, 3.23). */
export const NODE_SPEC_PATHS: Readonly<Record<NodeField, readonly string[]>> = {
  ipv4Address: ['spec', 'bgp', 'ipv4Address'],
  ipv6Address: ['spec', 'bgp', 'ipv6Address'],
  ipv4VXLANTunnelAddr: ['spec', 'ipv4VXLANTunnelAddr'],
  ipv6VXLANTunnelAddr: ['spec', 'ipv6VXLANTunnelAddr'],
  vxlanTunnelMACAddr: ['spec', 'vxlanTunnelMACAddr'],
  vxlanTunnelMACAddrV6: ['spec', 'vxlanTunnelMACAddrV6'],
  ipv4IPIPTunnelAddr: ['spec', 'bgp', 'ipv4IPIPTunnelAddr'],
  wireguardInterfaceIPv4Address: ['spec', 'wireguard', 'interfaceIPv4Address'],
  wireguardInterfaceIPv6Address: ['spec', 'wireguard', 'interfaceIPv6Address'],
  wireguardPublicKey: ['status', 'wireguardPublicKey'],
  wireguardPublicKeyV6: ['status', 'wireguardPublicKeyV6'],
};

/** Where a field of the node stands, or would stand. */
export function nodeFieldPath(node: NodeFacts, field: NodeField): Path {
  const isCalicoNode = node.ref.apiVersion.startsWith('projectcalico.org/');
  return isCalicoNode ? NODE_SPEC_PATHS[field] : ['metadata', 'annotations', NODE_ANNOTATIONS[field]];
}

/** Windows nodes follow rules of their own: their VTEP comes from HNS (docs, windows-calico/limitations, 3.23). */
export function isWindows(node: NodeFacts): boolean {
  return node.os === 'windows';
}

/**
 * Can a calico-node pod run there? Not on nodes that are a cloud service behind a node's face: EKS Fargate (label
 * `eks.amazonaws.com/compute-type`) and virtual kubelets such as AKS virtual nodes (operator v1.42, core_controller.go).
 */
export function runsPods(node: NodeFacts): boolean {
  const { type } = node.labels;
  return (
    node.labels['eks.amazonaws.com/compute-type'] !== 'fargate' && type !== 'virtual-kubelet' && type !== 'virtual-node'
  );
}

/** An address that a node has, the network that it is in (itself alone where no mask is written) and where it stands. */
export interface NodeAddress {
  readonly ip: Ip;
  readonly network: Cidr;
  readonly source: Sourced<string>;
}

/**
 * The Calico node IP of a family: the address that tunnels of other nodes lead to. There is no fallback to the InternalIP (calico
 * v3.32, felix/calc/vxlan_resolver.go). Null where it is absent, or invalid, which Calico takes for absent.
 */
export function calicoAddress(node: NodeFacts, family: Family): NodeAddress | null {
  const source = node.fields[family === 4 ? 'ipv4Address' : 'ipv6Address'];
  const read = source && parseCidrOrIp(source.value);
  return source && read && read.ip.family === family ? { ip: read.ip, network: read.network, source } : null;
}

/** The InternalIPs that parse. */
export function internalAddresses(node: NodeFacts): readonly NodeAddress[] {
  return node.internalIPs.flatMap((source) => {
    const read = parseCidrOrIp(source.value);
    return read ? [{ ip: read.ip, network: read.network, source }] : [];
  });
}

/**
 * The addresses by which other nodes may know it, Calico's first. Without those that mean another thing, or nothing, elsewhere:
 * loopback, link-local and unspecified ones.
 */
export function memberAddresses(node: NodeFacts): readonly NodeAddress[] {
  const own = [calicoAddress(node, 4), calicoAddress(node, 6), ...internalAddresses(node)];
  return own.filter((a): a is NodeAddress => a !== null && isMemberAddress(a));
}

function isMemberAddress({ ip }: NodeAddress): boolean {
  return !isLinkLocal(ip) && !isLoopbackOrNone(ip);
}

export function hasPrivateAddress(node: NodeFacts): boolean {
  // Mostly the first one is, and the others need not be read.
  const calico = calicoAddress(node, 4);
  return (calico !== null && isPrivate(calico.ip)) || memberAddresses(node).some((a) => isPrivate(a.ip));
}

function isLoopbackOrNone({ family, first }: Ip): boolean {
  return family === 4 ? first >> 24n === 127n || first === 0n : first <= 1n;
}

/** What carries a tunnel address, and of which family it is. */
export interface TunnelField {
  readonly field: NodeField;
  readonly family: Family;
  readonly tunnel: 'VXLAN' | 'IPIP' | 'WireGuard';
}

const TUNNEL_FIELDS: readonly TunnelField[] = [
  { field: 'ipv4VXLANTunnelAddr', family: 4, tunnel: 'VXLAN' },
  { field: 'ipv6VXLANTunnelAddr', family: 6, tunnel: 'VXLAN' },
  { field: 'wireguardInterfaceIPv4Address', family: 4, tunnel: 'WireGuard' },
  { field: 'wireguardInterfaceIPv6Address', family: 6, tunnel: 'WireGuard' },
  { field: 'ipv4IPIPTunnelAddr', family: 4, tunnel: 'IPIP' },
];

/** An address that Calico's IPAM gave to a tunnel device of the node. */
export interface TunnelAddress extends NodeAddress, TunnelField {}

/** The valid tunnel addresses of a node. One with host bits set is none (libcalico-go, validator/v3, ValidateIPv4Network, v3.32). */
export function tunnelsOf(node: NodeFacts): readonly TunnelAddress[] {
  return TUNNEL_FIELDS.flatMap((kind) => readTunnel(node, kind) ?? []);
}

/** Has the node a valid VXLAN tunnel address of the family? */
export function hasVxlanTunnel(node: NodeFacts, family: Family): boolean {
  return TUNNEL_FIELDS.some((k) => k.tunnel === 'VXLAN' && k.family === family && readTunnel(node, k) !== null);
}

function readTunnel(node: NodeFacts, kind: TunnelField): TunnelAddress | null {
  const source = node.fields[kind.field];
  const read = source && parseCidrOrIp(source.value);
  if (!source || !read || read.ip.family !== kind.family || read.network.hostBitsSet) return null;
  return { ip: read.ip, network: read.network, source, field: kind.field, family: kind.family, tunnel: kind.tunnel };
}

/**
 * The MAC of a VTEP where none is recorded: `66` and the first five bytes of the SHA-1 of the node's name, of name and `-v6` for IPv6
 * (calico v3.32, felix/calc/vxlan_resolver.go). Equal names give equal MACs, in whatever clusters.
 */
export function derivedMac(name: string, family: Family): string {
  const digest = createHash('sha1')
    .update(family === 4 ? name : `${name}-v6`)
    .digest('hex');
  return `66${digest.slice(0, 10)}`.replace(/..(?=.)/g, '$&:');
}

/** A VTEP's MAC, in lower case with colons; `source` is null where it follows from the node's name. */
export interface VtepMac {
  readonly mac: string;
  readonly source: Sourced<string> | null;
}

/** The MAC that the node records for its VTEP, be there no VTEP now. */
export function recordedMac(node: NodeFacts, family: Family): VtepMac | null {
  const source = node.fields[family === 4 ? 'vxlanTunnelMACAddr' : 'vxlanTunnelMACAddrV6'];
  const mac = source && parseMac(source.value);
  return source && mac ? { mac, source } : null;
}

/** The MAC of the node's VTEP. A recorded one wins; null for a Windows node that records none, because HNS chose it. */
export function vtepMac(node: NodeFacts, family: Family): VtepMac | null {
  const recorded = recordedMac(node, family);
  if (recorded || isWindows(node)) return recorded;
  return { mac: derivedMac(node.name.value, family), source: null };
}

/** Reads 48 bits as Go's net.ParseMAC does: pairs with colons or dashes, or groups of four with dots. */
function parseMac(text: string): string | null {
  const isMac =
    /^[\da-f]{2}([:-])(?:[\da-f]{2}\1){4}[\da-f]{2}$/i.test(text) || /^(?:[\da-f]{4}\.){2}[\da-f]{4}$/i.test(text);
  return isMac
    ? text
        .toLowerCase()
        .replace(/[:.-]/g, '')
        .replace(/..(?=.)/g, '$&:')
    : null;
}

/** The WireGuard public key of a family: 32 bytes in base64. Null where it is absent, no key, or the zero key, which stands for none. */
export function wireguardKey(node: NodeFacts, family: Family): Sourced<string> | null {
  const source = node.fields[family === 4 ? 'wireguardPublicKey' : 'wireguardPublicKeyV6'];
  return source && /^[A-Za-z0-9+/]{43}=$/.test(source.value) && !/^A+=$/.test(source.value) ? source : null;
}

/** Can the node be an end of tunnels: does it run calico-node for Linux and have an address at all? */
export function canBeTunnelEnd(node: NodeFacts): boolean {
  return !isWindows(node) && runsPods(node) && memberAddresses(node).length > 0;
}

/** Points at what nodes lack. A value that is there is invalid, which Calico takes for absent. */
export function lacking(nodes: readonly NodeFacts[], field: NodeField, what: string): readonly Evidence[] {
  return nodes.map((node) => {
    const note = node.fields[field] ? `not a valid ${what}, which counts as none` : `no ${what} on ${node.name.value}`;
    return { ref: node.ref, path: nodeFieldPath(node, field), note };
  });
}

/**
 * Tells of a node which pool would give it a VXLAN tunnel address, null where none does. Calico skips a pool whose selector does not parse
 * (calico v3.32, node/pkg/allocateip/allocateip.go).
 */
export function tunnelPools(pools: readonly Pool[], family: Family): (node: NodeFacts) => Pool | null {
  const giving = pools.flatMap((pool) => {
    if (!pool.givesTunnelAddresses || pool.range?.family !== family) return [];
    const selector = parseSelector(pool.nodeSelector.value);
    return 'error' in selector ? [] : [{ pool, selector }];
  });
  return (node) => giving.find(({ selector }) => matches(selector, node.labels))?.pool ?? null;
}

/**
 * Arguments of a kubectl that make Calico take a node's InternalIP for its Calico node IP. The operator refuses two methods at once, so
 * the default one goes (operator v1.42, pkg/controller/installation/validation.go).
 */
export function useInternalIP(hasInstallation: boolean, family: Family): readonly string[] {
  if (!hasInstallation) {
    const prefix = family === 4 ? 'IP' : 'IP6';
    const variables = [`${prefix}=autodetect`, `${prefix}_AUTODETECTION_METHOD=kubernetes-internal-ip`];
    return ['set', 'env', 'daemonset/calico-node', '--namespace', 'kube-system', ...variables];
  }
  const method = { firstFound: null, kubernetes: 'NodeInternalIP' };
  const patch = { spec: { calicoNetwork: { [`nodeAddressAutodetectionV${family}`]: method } } };
  return ['patch', 'installation', 'default', '--type', 'merge', '-p', JSON.stringify(patch)];
}

/** What of a cluster is looked at when nodes of several are held against each other. */
interface HasNodes {
  readonly name: string;
  readonly nodes: { readonly items: readonly NodeFacts[] };
}

/** A node that has some value, and where it stands, the most telling place first. */
export interface Holder {
  readonly cluster: string;
  readonly node: NodeFacts;
  readonly places: readonly [Sourced<unknown>, ...Sourced<unknown>[]];
}

/** Values that the same nodes have in common. */
export interface Shared {
  readonly values: readonly [string, ...string[]];
  /** Sorted by cluster; at least two. */
  readonly holders: readonly Holder[];
  /** Sorted. */
  readonly clusters: readonly string[];
}

/**
 * Finds the values that nodes of different clusters have in common; those that nodes of one cluster alone share, only where
 * `withinCluster` asks for it. `claim` tells the values of a node and where they stand. Several values of the very same nodes are one entry.
 */
export function sharedAmongNodes(
  clusters: Iterable<HasNodes>,
  claim: (node: NodeFacts, cluster: string) => Iterable<readonly [value: string, place: Sourced<unknown>]>,
  { withinCluster = false } = {},
): readonly Shared[] {
  const sorted = [...clusters].sort((a, b) => (a.name < b.name ? -1 : 1));
  // Mostly nothing is shared, so what is met is kept no longer than it takes to tell that.
  const first = new Map<string, NodeFacts>();
  const repeated = new Map<string, Map<NodeFacts, Holder>>();
  for (const { name, nodes } of sorted) {
    for (const node of nodes.items) {
      for (const [value] of claim(node, name)) {
        const met = first.get(value);
        if (!met) first.set(value, node);
        else if (met !== node) repeated.set(value, new Map());
      }
    }
  }
  for (const { name: cluster, nodes } of repeated.size > 0 ? sorted : []) {
    for (const node of nodes.items) {
      for (const [value, place] of claim(node, cluster)) {
        const holders = repeated.get(value);
        if (holders) holders.set(node, joined(holders.get(node), { cluster, node, places: [place] }));
      }
    }
  }
  const shared = new Map<string, Shared>();
  for (const [value, byNode] of repeated) {
    const holders = [...byNode.values()];
    const names = [...new Set(holders.map((h) => h.cluster))];
    if (names.length < 2 && !withinCluster) continue;
    const key = JSON.stringify(holders.map((h) => [h.cluster, h.node.name.value]));
    const other = shared.get(key);
    shared.set(key, {
      values: other ? [...other.values, value] : [value],
      holders: holders.map((h, i) => joined(other?.holders[i], h)),
      clusters: names,
    });
  }
  return [...shared.values()];
}

function joined(holder: Holder | undefined, other: Holder): Holder {
  return holder ? { ...holder, places: [...holder.places, ...other.places] } : other;
}

/** Up to this many like findings about the same clusters stand alone; of more, one cause is likelier than as many accidents. */
const ALIKE = 5;

/** Parts what is shared into findings: many entries of the same clusters are one, a few stand alone. */
export function sharedByCause(shared: readonly Shared[]): readonly (readonly [Shared, ...Shared[]])[] {
  const alike = new Map<string, [Shared, ...Shared[]]>();
  for (const entry of shared) {
    const key = JSON.stringify(entry.clusters);
    const group = alike.get(key);
    if (group) group.push(entry);
    else alike.set(key, [entry]);
  }
  return [...alike.values()].flatMap((group) => (group.length > ALIKE ? [group] : group.map((e): [Shared] => [e])));
}

/** Every side of what is shared, to be shown: one place of each node first, then the others. */
export function sidesOf(shared: Iterable<Shared>): readonly [Evidence, ...Evidence[]] {
  const holders = [...shared].flatMap((s) => s.holders);
  const show = (holder: Holder, places: readonly Sourced<unknown>[]) =>
    places.map((place) => at(place, `node ${nodeText(holder)}`));
  const first = holders.flatMap((h) => show(h, h.places.slice(0, 1)));
  const rest = holders.flatMap((h) => show(h, h.places.slice(1)));
  // Two nodes at least hold what is shared.
  return [...first, ...rest] as [Evidence, ...Evidence[]];
}

/** `n1 of west`, for messages. */
export function nodeText({ cluster, node }: Pick<Holder, 'cluster' | 'node'>): string {
  return `${node.name.value} of ${cluster}`;
}

/** Node addresses that two or more clusters use. */
export function sharedNodeAddresses(clusters: Iterable<HasNodes>): readonly Shared[] {
  return sharedAmongNodes(clusters, (node) => memberAddresses(node).map((a) => [formatIp(a.ip), a.source]));
}

/** An address by which other clusters know a node of the cluster. */
export interface MeetingPoint {
  readonly cluster: string;
  readonly address: NodeAddress;
}

/** One node of each cluster to try the network with, in the order of clusters. Clusters without an address have none. */
export function meetingPoints(clusters: Iterable<HasNodes>): readonly MeetingPoint[] {
  const points: MeetingPoint[] = [];
  for (const { name, nodes } of [...clusters].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    // The first private address will do; nodes after it are not looked at.
    const node = nodes.items.find((n) => canBeTunnelEnd(n) && hasPrivateAddress(n)) ?? nodes.items.find(canBeTunnelEnd);
    const addresses = node ? memberAddresses(node) : [];
    const address = addresses.find((a) => isPrivate(a.ip)) ?? addresses[0];
    if (address) points.push({ cluster: name, address });
  }
  return points;
}

/**
 * Where a cloud runs the node: provider and region, null where it is not told. Subnets lie within one region (AWS, Azure and Google
 * Cloud documentation of virtual networks), so nodes of different regions are never neighbours.
 */
export function cloudRegion(node: NodeFacts): string | null {
  if (node.providerID === null) return null;
  const provider = /^(aws|gce|azure):/.exec(node.providerID)?.[1];
  const zone = /^aws:\/\/\/([a-z0-9-]*\d)[a-z]?\//.exec(node.providerID)?.[1];
  const region = node.labels['topology.kubernetes.io/region'] ?? zone;
  return provider && region ? `${provider} ${region}` : null;
}

/**
 * The families of addresses that pods of the cluster have that take part in the mesh, by its participating pools; none where no such pool is
 * known.
 */
export function podFamilies({
  ipPools,
}: {
  readonly ipPools: { readonly items: readonly Pick<Pool, 'participates' | 'range' | 'leftOut'>[] };
}): readonly Family[] {
  const families = ipPools.items.flatMap((p) => (p.participates && !p.leftOut && p.range ? [p.range.family] : []));
  return FAMILIES.filter((family) => families.includes(family));
}

const FAMILIES: readonly Family[] = [4, 6];

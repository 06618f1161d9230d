// Which overlay all clusters of a mesh share, and what keeps a cluster out of it. No I/O.

import { decidedAt, unreadOf, wireguardOn } from '../felix/felix.ts';
import { type Configured, type Repair, repair } from '../felix/repair.ts';
import type { Cluster } from '../mesh.ts';
import type { Evidence } from '../resource.ts';
import { hasVxlanPool, poolsOfMesh } from './pools.ts';

type OverlayCluster = Configured & Cluster<'ipPools'>;

/**
 * The overlay of the mesh (docs, "Creating the cluster mesh", 3.21: at least one overlay in common). It is that of all clusters together:
 * pairs that share different overlays are no mesh.
 */
export type SharedOverlay =
  | { readonly kind: 'VXLAN' | 'WireGuard' }
  /** No cluster rules VXLAN out, but some were not read. */
  | { readonly kind: 'VXLAN?' }
  /** Only WireGuard can be common, and nothing rules it out. */
  | { readonly kind: 'WireGuard?' }
  /** Neither; `nearest` is what most clusters have. `unread`: what was not read and could still make WireGuard common; else empty. */
  | { readonly kind: 'none'; readonly nearest: 'VXLAN' | 'WireGuard'; readonly unread: string };

export function sharedOverlay(clusters: readonly OverlayCluster[]): SharedOverlay {
  const vxlan = clusters.map(({ ipPools }) => hasVxlanPool(poolsOfMesh(ipPools)));
  if (!vxlan.includes(false)) return { kind: vxlan.includes('undecided') ? 'VXLAN?' : 'VXLAN' };
  const wireguard = clusters.map(({ felix }) => wireguardOn(felix));
  if (wireguard.every((on) => on === true)) return { kind: 'WireGuard' };
  const off = clusters.flatMap((cluster) => wireguardOff(cluster) ?? []).map(({ unread }) => unread);
  if (off.length === 0) return { kind: 'WireGuard?' };
  const count = (list: readonly (boolean | 'undecided')[]) => list.filter((on) => on === true).length;
  const nearest = count(wireguard) > count(vxlan) ? 'WireGuard' : 'VXLAN';
  return { kind: 'none', nearest, unread: off.includes('') ? '' : (off[0] ?? '') };
}

/** WireGuard is off in a cluster, as far as was read. */
export interface WireguardOff {
  readonly evidence: Evidence;
  readonly repair: Repair;
  /** What was not read and could still turn it on; empty where nothing could. */
  readonly unread: string;
}

/**
 * Tells that WireGuard is off in a cluster; null where it is on somewhere, or where that cannot be told. It takes FelixConfigurations:
 * only where they were read does the built-in default count. The environment of calico-node and what it refers to, where that was not read,
 * set nothing.
 */
export function wireguardOff(cluster: Configured): WireguardOff | null {
  const { name, felix } = cluster;
  const { wireguardEnabled: v4, wireguardEnabledV6: v6 } = felix.parameters;
  const groups = [...v4.groups, ...v6.groups];
  const open = felix.state !== 'complete' || [...v4.doubts, ...v6.doubts].some(({ lacks }) => lacks === null);
  const [group] = v4.groups;
  if (open || !group || groups.some(({ value }) => value === true)) return null;
  return {
    evidence: decidedAt(felix, 'wireguardEnabled', group, `wireguardEnabled is not true in ${name}`),
    repair: repair(cluster, 'wireguardEnabled', group, true),
    unread: unreadOf(felix, ['wireguardEnabled', 'wireguardEnabledV6']),
  };
}

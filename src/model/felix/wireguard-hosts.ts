// What WireGuard asks of the hosts that it runs on: no host encryption on control-plane nodes, an MTU that their network carries, IPv6 in
// Felix where it is on for that. No I/O.

import type { Cluster } from '../mesh.ts';
import type { NodeFacts } from '../objects/facts.ts';
import { at, type Evidence, inside, type Sourced } from '../resource.ts';
import { byName, type Divergence, type OpenQuestion, openQuestions, whereOf } from './alignment.ts';
import {
  decidedAt,
  type FelixGroup,
  type FelixParameter,
  groupsWhere,
  isSettled,
  onAnyNode,
  unreadOf,
} from './felix.ts';
import { type Configured, ownerOf, type Repair, repair } from './repair.ts';

export interface EncryptedControlPlane {
  readonly cluster: string;
  /** One of the control-plane nodes. */
  readonly node: string;
  readonly evidence: readonly [Evidence, Evidence];
  readonly repair: Repair;
}

/** Set by kubeadm and most distributions (Kubernetes reference, well-known labels). */
const LABELS = ['node-role.kubernetes.io/control-plane', 'node-role.kubernetes.io/master'] as const;

/**
 * Clusters that encrypt host traffic while WireGuard runs on a control-plane node, which may deadlock (FelixConfiguration reference, 3.23).
 * AKS and EKS keep their control plane elsewhere, and the operator turns host encryption on there.
 */
export function encryptedControlPlanes(
  clusters: readonly (Configured & Cluster<'nodes'>)[],
): readonly EncryptedControlPlane[] {
  return clusters.flatMap((cluster): EncryptedControlPlane[] => {
    const { felix, installations, name, nodes } = cluster;
    if (installations.items.some(({ kubernetesProvider: p }) => p?.value === 'AKS' || p?.value === 'EKS')) return [];
    const group = felix.parameters.wireguardHostEncryptionEnabled.groups.find(({ value }) => value === true);
    if (!group) return [];
    const on = felix.parameters.wireguardEnabled.groups.filter(({ value }) => value === true);
    const node = nodes.items.find((n) => roleOf(n) !== null && covers(group, n) && on.some((g) => covers(g, n)));
    const label = node && roleOf(node);
    if (!node || !label) return [];
    return [
      {
        cluster: name,
        node: node.name.value,
        evidence: [
          decidedAt(felix, 'wireguardHostEncryptionEnabled', group, 'host traffic is encrypted too'),
          inside(node, ['metadata', 'labels', label], 'a control-plane node'),
        ],
        repair: repair(cluster, 'wireguardHostEncryptionEnabled', group, false),
      },
    ];
  });
}

function roleOf({ labels }: NodeFacts): string | null {
  return LABELS.find((label) => label in labels) ?? null;
}

function covers({ nodes }: FelixGroup, { name }: NodeFacts): boolean {
  return nodes === 'all' || nodes.includes(name.value);
}

/** An MTU of WireGuard that is too large for the network of AKS, in the words of a finding. */
export interface LargeMtu {
  readonly cluster: string;
  readonly data: {
    readonly [name in 'parameter' | 'value' | 'where' | 'unread']: string;
  } & { readonly most: number };
  readonly evidence: readonly [Evidence, ...Evidence[]];
  readonly repair: Repair;
}

/**
 * The network of AKS carries packets of 1400 bytes, although its interfaces say 1500, and packets of WireGuard may not be split; its
 * header takes 60 bytes over IPv4 and 80 over IPv6 (docs, networking/configuring/mtu, 3.23). Without IPv6 in Felix there is no WireGuard
 * over it (felix/dataplane/linux/int_dataplane.go, v3.30).
 */
const AKS_LIMITS = [
  { parameter: 'wireguardMTU', most: 1340, enabled: 'wireguardEnabled', values: { wireguardEnabled: true } },
  {
    parameter: 'wireguardMTUV6',
    most: 1320,
    enabled: 'wireguardEnabledV6',
    values: { wireguardEnabledV6: true, ipv6Support: true },
  },
] as const;

/** What is too large on clusters on AKS, as far as was read. 0 leaves the MTU to Felix, which knows the network cards. */
export function largeAksMtus(clusters: readonly Configured[]): readonly LargeMtu[] {
  return byName(clusters).flatMap((cluster) => {
    const aks = aksOf(cluster);
    if (!aks) return [];
    const large = AKS_LIMITS.flatMap((limit) =>
      groupsWhere(cluster.felix, limit.parameter, limit.values)
        .filter(({ value }) => typeof value === 'number' && value > limit.most)
        .map((group) => ({ ...limit, group, owner: ownerOf(cluster, limit.parameter, group) })),
    );
    // One field of the Installation sets the MTU of both families: one cause, mended for the smaller one.
    const owned = large.filter(({ owner }) => owner !== null);
    return large
      .filter((found) => !found.owner || found === owned[0])
      .map(({ parameter, most, enabled, values, group, owner }): LargeMtu => {
        const { felix, name } = cluster;
        const by = felix.parameters[enabled].groups.find(({ value }) => value === true) ?? group;
        const same = owner ? owned.slice(1) : [];
        const unread = unreadOf(felix, [parameter, ...(Object.keys(values) as FelixParameter[])]);
        return {
          cluster: name,
          data: { parameter, value: String(group.value), where: whereOf(name, group), most, unread },
          evidence: [
            decidedAt(felix, parameter, group, `${parameter} is ${group.value}`),
            ...(owner ? [owner] : []),
            ...same.map((other) => decidedAt(felix, other.parameter, other.group, `so is ${other.parameter}`)),
            decidedAt(felix, enabled, by, 'WireGuard is on'),
            at(aks, 'AKS'),
          ],
          repair: repair(cluster, parameter, group, Math.min(most, ...same.map((other) => other.most))),
        };
      });
  });
}

/** Do the nodes of the mesh differ in nothing but an MTU that is too large for AKS? That is then the finding. */
export function differsByLargeMtu({ parameter, odd, others }: Divergence, large: readonly LargeMtu[]): boolean {
  const all = [...odd, ...others];
  const rest = all.filter(
    ({ cluster: { name }, group: { value } }) =>
      !large.some(({ cluster, data }) => cluster === name && data.parameter === parameter && data.value === `${value}`),
  );
  return rest.length < all.length && new Set(rest.map(({ group }) => group.value)).size < 2;
}

/** What leaves the MTU of WireGuard open on clusters on AKS where it may be on. */
export function aksMtuQuestions(clusters: readonly Configured[]): readonly OpenQuestion[] {
  return clusters.flatMap((cluster) =>
    AKS_LIMITS.flatMap(({ parameter, enabled, values }) => {
      const isOff = onAnyNode(cluster.felix, enabled, (value) => value === true) === false;
      const parameters = [parameter, ...(Object.keys(values) as FelixParameter[])];
      return isOff || !aksOf(cluster) ? [] : openQuestions([cluster], parameters);
    }),
  );
}

/** What says that the cluster is on AKS. */
function aksOf({ installations }: Configured): Sourced<string> | undefined {
  const providers = installations.items.flatMap(({ kubernetesProvider }) => kubernetesProvider ?? []);
  return providers.find(({ value }) => value === 'AKS');
}

/** WireGuard that is on for IPv6 where Felix does not handle IPv6, in the words of a finding. */
export interface IdleWireguardV6 {
  readonly cluster: string;
  readonly where: string;
  readonly evidence: readonly [Evidence, ...Evidence[]];
  readonly repair: Repair;
}

/**
 * Felix starts WireGuard for IPv6 only with ipv6Support, but works out the MTU of pods as if it ran
 * (felix/dataplane/linux/int_dataplane.go, NewIntDataplaneDriver and determinePodMTU, v3.30).
 */
export function idleWireguardV6(clusters: readonly Configured[]): readonly IdleWireguardV6[] {
  return byName(clusters).flatMap((cluster) => {
    const { felix, name } = cluster;
    if (!isSettled(felix, 'wireguardEnabledV6') || !isSettled(felix, 'ipv6Support')) return [];
    const on = groupsWhere(felix, 'wireguardEnabledV6', { ipv6Support: false }).filter(({ value }) => value === true);
    return on.slice(0, 1).map((group) => ({
      cluster: name,
      where: whereOf(name, group),
      evidence: [
        decidedAt(felix, 'wireguardEnabledV6', group, 'WireGuard is on for IPv6'),
        ...felix.parameters.ipv6Support.groups
          .filter(({ value }) => value === false)
          .map((off) => decidedAt(felix, 'ipv6Support', off, 'Felix does not handle IPv6')),
      ] as const,
      repair: repair(cluster, 'wireguardEnabledV6', group, false),
    }));
  });
}

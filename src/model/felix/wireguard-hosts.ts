// Host encryption of WireGuard on control-plane nodes. No I/O.

import type { Cluster } from '../mesh.ts';
import type { NodeFacts } from '../objects/facts.ts';
import { type Evidence, inside } from '../resource.ts';
import { decidedAt, type FelixGroup } from './felix.ts';
import { type Configured, type Repair, repair } from './repair.ts';

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
    if (installations.items.some(({ kubernetesProvider: p }) => p === 'AKS' || p === 'EKS')) return [];
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

// Judges whether clusters that depend on WireGuard are on platforms that run it. Reads nothing but the mesh.

import { at, defineRule, kubectl } from '../src/rule.ts';

export default defineRule({
  id: 'platforms-run-wireguard',
  title: 'Every cluster that depends on WireGuard is on a platform that runs it',
  requirement: 'supported-version',
  routing: 'overlay',
  severity: 'error',
  compares: false,
  needs: [],
  evidence: ['installations', 'ipPools'],
  docs: {
    why: 'WireGuard is not supported on GKE. Where it is the only overlay of the mesh, no traffic of that cluster reaches the others.',
    fix: 'Use VXLAN with the Calico CNI in all clusters, or let the network route pod IPs.',
    limits: 'The platform is what the Installation says; without one nothing is known.',
    sources: [
      {
        title: 'Encrypt data in transit: supported platforms',
        url: 'https://docs.tigera.io/calico-enterprise/latest/compliance/encrypt-cluster-pod-traffic',
        version: '3.23',
      },
    ],
  },
  messages: {
    unsupported: '{cluster} runs on GKE, where WireGuard, the only overlay of this mesh, is not supported',
    unsupportedIfAlone:
      '{cluster} runs on GKE, where WireGuard is not supported, which is wrong if it is the only overlay',
  },
  *check({ clusters, vxlan, wireguard }, say) {
    yield say.pass(clusters.map((c) => c.name));
    if (vxlan === 'used' || wireguard !== 'used') return;
    const unread = clusters.find((c) => c.ipPools.state !== 'complete')?.name ?? '';
    for (const { name, installations } of clusters) {
      const providers = installations.items.flatMap((i) => i.kubernetesProvider ?? []);
      const gke = providers.find(({ value }) => value === 'GKE');
      if (!gke) continue;
      const evidence = [at(gke, 'GKE')] as const;
      const read = { title: 'export the IP pools that were not read', command: kubectl(unread, 'get ippools -o yaml') };
      const command = kubectl(name, 'edit installations.operator.tigera.io default');
      const fix = { title: 'use VXLAN with the Calico CNI', command };
      if (vxlan === 'unused') yield say.finding('unsupported', { cluster: name }, { clusters: [name], evidence, fix });
      else {
        const spec = { clusters: [name], evidence, fix: read, reason: 'missing-input' } as const;
        yield say.unknown('unsupportedIfAlone', { cluster: name }, spec);
      }
    }
  },
});

// Judges whether clusters with VXLAN pools have the IPAM that VXLAN needs. Reads nothing but the mesh.

import { at, defineRule, isVxlan, kubectl, tellCni } from '../src/rule.ts';

export default defineRule({
  id: 'vxlan-pools-with-calico-ipam',
  title: 'Clusters with VXLAN pools use the IPAM of Calico',
  requirement: 'common-overlay',
  severity: 'error',
  compares: false,
  needs: ['ipPools'],
  evidence: ['installations', 'calicoNode', 'configMaps'],
  docs: {
    why: 'VXLAN routes lead to IPAM blocks and tunnel addresses of Calico. With host-local IPAM there are neither, and the operator refuses such an Installation.',
    fix: 'Install the cluster with the IPAM of Calico, or turn VXLAN off and use another overlay.',
    sources: [
      {
        title: 'Operator pkg/controller/installation/validation.go: VXLAN is refused with host-local IPAM',
        url: 'https://github.com/tigera/operator/blob/release-v1.42/pkg/controller/installation/validation.go',
        version: '1.42',
      },
    ],
  },
  messages: { hostLocal: 'IPAM of {cluster} is host-local, which cannot go with VXLAN on IPPool {pool}' },
  *check({ clusters }, say) {
    for (const cluster of clusters) {
      const { name } = cluster;
      const [pool, ...more] = cluster.ipPools.items.filter((p) => p.participates && isVxlan(p));
      const { ipam } = tellCni(cluster);
      if (pool && ipam?.value === 'HostLocal') {
        const pools = [pool, ...more].map((p) => at(p.vxlanMode, `${p.ref.name} has vxlanMode ${p.vxlanMode.value}`));
        const command = kubectl(name, 'get installations.operator.tigera.io default -o yaml');
        yield say.finding(
          'hostLocal',
          { cluster: name, pool: pool.ref.name },
          {
            clusters: [name],
            evidence: [at(ipam, 'IPAM is host-local'), ...pools],
            fix: { title: 'decide between host-local IPAM and VXLAN', command },
          },
        );
      }
      yield say.pass([name]);
    }
  },
});

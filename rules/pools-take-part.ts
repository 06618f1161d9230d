// Notes pools that are said to take no part in the mesh: less is asked of them, and nobody should find that out by accident.

import { defineRule, inside, isLive, several } from '../src/rule.ts';

export default defineRule({
  id: 'pools-take-part',
  title: 'All IP pools for pods take part in the mesh',
  requirement: 'disjoint-pod-cidrs',
  severity: 'note',
  compares: false,
  needs: ['ipPools'],
  docs: {
    why: 'Whether pods of a pool are to reach other clusters is not in the state of a cluster; the configuration says it. Of pools that it leaves out neither an overlay nor routes nor exemptions from NAT are asked, so what their pods send to other clusters may not arrive.',
    fix: 'Name the pool in participatingPools of the configuration if its pods are to reach other clusters. Else nothing is to be done.',
    limits:
      'What pods really talk to is not known. Calico tells every cluster of all endpoints of the others, whatever is said here; that is why overlaps are judged all the same.',
    example: 'participatingPools:\n  app-a: [default-ipv4-ippool] # all other pools of app-a are left out',
    sources: [
      {
        title: 'Configure federated endpoint identity and multi-cluster networking: participating IP pools',
        url: 'https://docs.tigera.io/calico-enterprise/3.19/multicluster/federation/kubeconfig#calico-enterprise-multi-cluster-networking',
        version: '3.19',
        inferred: true,
      },
    ],
  },
  messages: { leftOut: 'IPPools of {cluster} take no part in the mesh, as the configuration says: {pools}' },
  *check({ clusters }, say) {
    for (const { name: cluster, ipPools } of clusters) {
      const [first, ...more] = ipPools.items.filter((pool) => pool.leftOut && isLive(pool));
      if (first) {
        const pools = several([first, ...more].map(({ ref }) => ref.name));
        const evidence = [inside(first, [], 'left out'), ...more.map((pool) => inside(pool, [], 'left out'))] as const;
        yield say.finding('leftOut', { cluster, pools }, { clusters: [cluster], evidence });
      }
      yield say.pass([cluster]);
    }
  },
});

// Judges whether disabled pools for pod ranges of other clusters are gone where Calico routes. Reads nothing but the mesh.

import { at, defineRule, entryOf, few, inside, kubectl, names, placeholders, shell } from '../src/rule.ts';

export default defineRule({
  id: 'placeholder-pools-deleted',
  title: 'No disabled pool for a pod range of another cluster is left',
  requirement: 'no-stale-pools',
  severity: 'error',
  compares: true,
  needs: ['ipPools'],
  evidence: ['nodes', 'installations', 'calicoNode', 'configMaps'],
  docs: {
    why: 'Such a pool kept traffic from being NATed while the network routed between the clusters. With overlay routing the pools of the other clusters are synced, and the old pool stands in their way: Felix takes the encapsulation of the narrowest pool around an address, and that of a disabled placeholder is none.',
    fix: 'Delete the pool. Where the Installation lists it, delete its entry there.',
    limits:
      'How Calico Enterprise decides between a local and a synced pool of the same range is not public; it is taken from the open-source route resolver. A disabled pool that still holds addresses of its own cluster counts as a pool with pods instead.',
    sources: [
      {
        title: 'Creating the cluster mesh: switch to multi-cluster networking, delete the disabled pools',
        url: 'https://docs.tigera.io/calico-enterprise/latest/multicluster/federation/kubeconfig#switch-to-multi-cluster-networking',
        version: '3.23',
      },
      {
        title: 'felix/calc/l3_route_resolver.go: the narrowest pool decides the encapsulation',
        url: 'https://github.com/projectcalico/calico/blob/v3.30.0/felix/calc/l3_route_resolver.go',
        version: '3.30',
      },
    ],
  },
  messages: {
    equal: 'disabled IPPool {pool} of {cluster} is left for {cidr}, the pod range of {others}, and competes with it',
    inside:
      'disabled IPPool {pool} of {cluster} is left for {cidr}, a part of pod range {outer} of {others}, and cuts it off',
    around: {
      text: 'disabled IPPool {pool} of {cluster} is left for {cidr} around pod range {inner} of {others}',
      severity: 'warning',
    },
    encapsulated: {
      text: 'disabled IPPool {pool} of {cluster} is left for {cidr}, with VXLAN on as the pod range of {others} that it meets',
      severity: 'warning',
    },
  },
  *check(mesh, say) {
    for (const { cluster, pool, relation, ranges } of placeholders(mesh)) {
      const others = [...new Set(ranges.map((range) => range.cluster))].sort();
      const [other] = ranges;
      const owner = entryOf(pool, cluster);
      const data = { pool: pool.ref.name, cluster: cluster.name, cidr: pool.cidr.value, others: names(others) };
      const spec = {
        clusters: [cluster.name],
        against: others,
        evidence: [
          at(pool.cidr, `${pool.cidr.value}, left over`),
          at(pool.disabled, 'disabled'),
          ...(owner ? [inside(owner.installation, owner.entry.path, 'the pool comes from here')] : []),
          ...ranges.slice(0, 7).map((r) => at(r.source, `${r.range.canonical} of ${r.cluster}`)),
        ],
        fix: owner
          ? { title: 'delete its entry', command: kubectl(cluster.name, 'edit installation default') }
          : { title: 'delete it', command: kubectl(cluster.name, `delete ippool ${shell(pool.ref.name)}`) },
      } as const;
      if (pool.encapsulations.includes('VXLAN')) yield say.finding('encapsulated', data, spec);
      else if (relation === 'equal') yield say.finding('equal', data, spec);
      else if (relation === 'inside') yield say.finding('inside', { ...data, outer: other.range.canonical }, spec);
      else yield say.finding('around', { ...data, inner: few(ranges.map((r) => r.range.canonical)) }, spec);
    }
    yield say.pass(mesh.clusters.map((c) => c.name));
  },
});

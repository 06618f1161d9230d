// Judges whether pods leave their cluster unencapsulated where the network routes between clusters. Reads nothing but the mesh.

import { at, defineRule, entryOf, inside, kubectl, poolsOfMesh, shell } from '../src/rule.ts';

export default defineRule({
  id: 'pods-leave-unencapsulated',
  title: 'Pools with pods are not encapsulated where the network routes between clusters',
  requirement: 'nat-exclusion',
  severity: 'warning',
  compares: false,
  needs: ['ipPools'],
  evidence: ['installations'],
  docs: {
    why: 'Federation without an overlay of Calico needs clusters with a common network and pod addresses that it routes. A pool that always encapsulates keeps the network from learning where its pods are.',
    fix: 'Set ipipMode and vxlanMode to Never, or to CrossSubnet where only part of the network routes pods.',
    limits: 'A network that routes pod addresses beside the tunnels, as some clouds do, makes this harmless.',
    sources: [
      {
        title: 'Federation overview: pod IP routability, without encapsulation',
        url: 'https://docs.tigera.io/calico-enterprise/3.17/multicluster/federation/overview#pod-ip-routability',
        version: '3.17',
      },
      {
        title: 'Cluster mesh example for AWS: IPIP is disabled on the pool',
        url: 'https://docs.tigera.io/calico-enterprise/latest/multicluster/federation/aws',
        version: '3.23',
      },
    ],
  },
  messages: {
    encapsulated: 'IPPool {pool} of {cluster} has {mode}, although the network is to route its pods to other clusters',
  },
  *check({ clusters }, say) {
    for (const cluster of clusters) {
      const { name, ipPools } = cluster;
      for (const pool of poolsOfMesh(ipPools).items.filter((p) => p.participates)) {
        const field = pool.vxlanMode.value === 'Always' ? 'vxlanMode' : 'ipipMode';
        if (pool[field].value !== 'Always') continue;
        const owner = entryOf(pool, cluster);
        const patch = { spec: { [field]: 'Never' } };
        const edit = `patch ippool ${shell(pool.ref.name)} --type merge -p ${shell(JSON.stringify(patch))}`;
        yield say.finding(
          'encapsulated',
          { pool: pool.ref.name, cluster: name, mode: `${field} Always` },
          {
            clusters: [name],
            evidence: [
              at(pool[field], `${field} is Always`),
              ...(owner
                ? [inside(owner.installation, [...owner.entry.path, 'encapsulation'], 'the pool comes from here')]
                : []),
            ],
            fix: owner
              ? { title: 'set encapsulation to None', command: kubectl(name, 'edit installation default') }
              : { title: `set ${field} to Never`, command: kubectl(name, edit), patch },
          },
        );
      }
      yield say.pass([name]);
    }
  },
});

// Notes where vxlanMode CrossSubnet sends traffic to nodes of another cluster unencapsulated. Reads nothing but the mesh.

import {
  at,
  type Cidr,
  type Cluster,
  calicoAddress,
  defineRule,
  isVxlan,
  kubectl,
  names,
  type Pool,
  rangeIndex,
  type Sourced,
} from '../src/rule.ts';

export default defineRule({
  id: 'cross-subnet-neighbours-adjacent',
  title: 'Clusters with vxlanMode CrossSubnet share no node subnet, or one network',
  requirement: 'common-overlay',
  severity: 'note',
  compares: true,
  needs: ['ipPools'],
  evidence: ['nodes'],
  docs: {
    why: 'With CrossSubnet a node sends unencapsulated to every node whose address lies in its own subnet, also to one of another cluster. If the two are not really on one network, or the network drops pod addresses, the traffic is lost.',
    fix: 'Set vxlanMode to Always, unless the nodes are on one layer-2 network that passes pod addresses.',
    sources: [
      {
        title: 'IP pool: vxlanMode CrossSubnet',
        url: 'https://docs.tigera.io/calico-enterprise/latest/reference/resources/ippool#vxlan',
        version: '3.23',
      },
      {
        title: 'felix/calc/l3_route_resolver.go: a node is in the same subnet by its own address and prefix',
        url: 'https://github.com/projectcalico/calico/blob/v3.30.0/felix/calc/l3_route_resolver.go',
        version: '3.30',
      },
    ],
  },
  messages: {
    sameSubnet:
      'IPPool {pool} of {cluster} has vxlanMode CrossSubnet, so nodes in subnet {subnet} of {others} get its traffic unencapsulated',
  },
  *check({ clusters }, say) {
    const addresses = clusters.flatMap((cluster) =>
      cluster.nodes.items.flatMap((node) => {
        const address = calicoAddress(node, 4);
        return address ? [{ cluster, ...address }] : [];
      }),
    );
    const crossing = (cluster: Cluster<'ipPools'>) =>
      cluster.ipPools.items.find((p) => p.participates && isVxlan(p) && p.vxlanMode.value === 'CrossSubnet');
    const subnets = new Map<string, { cluster: string; pool: Pool; range: Cidr; source: Sourced<string> }>();
    for (const { cluster, network: range, source } of addresses) {
      const pool = crossing(cluster);
      if (pool) subnets.set(`${cluster.name} ${range.canonical}`, { cluster: cluster.name, pool, range, source });
    }
    const around = rangeIndex(subnets.values());
    const near = new Map([...subnets.values()].map((subnet) => [subnet, [] as typeof addresses]));
    for (const address of addresses) {
      for (const subnet of around(address.ip)) {
        if (subnet.cluster !== address.cluster.name) near.get(subnet)?.push(address);
      }
    }
    for (const [{ cluster, pool, range, source }, others] of near) {
      if (others.length === 0) continue;
      const against = [...new Set(others.map((other) => other.cluster.name))];
      const data = { pool: pool.ref.name, cluster, subnet: range.canonical, others: names(against) };
      yield say.finding('sameSubnet', data, {
        clusters: [cluster],
        against,
        evidence: [
          at(pool.vxlanMode, 'vxlanMode is CrossSubnet'),
          at(source, `subnet ${range.canonical} of ${cluster}`),
          ...others.slice(0, 8).map((other) => at(other.source, `a node of ${other.cluster.name}`)),
        ],
        fix: { title: 'compare the networks of the nodes', command: kubectl(cluster, 'get nodes -o wide') },
      });
    }
    yield say.pass(clusters.map((c) => c.name));
  },
});

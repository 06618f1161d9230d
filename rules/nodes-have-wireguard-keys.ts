// Judges whether every node on which WireGuard is on has a key. Reads nothing but the mesh.

import {
  type Cluster,
  canBeTunnelEnd,
  defineRule,
  type Evidence,
  type Family,
  few,
  kubectl,
  lacking,
  type NodeFacts,
  shell,
  wireguardKey,
} from '../src/rule.ts';

export default defineRule({
  id: 'nodes-have-wireguard-keys',
  title: 'Every node on which WireGuard is on has a WireGuard key',
  requirement: 'unique-node-addresses',
  routing: 'overlay',
  severity: 'warning',
  compares: false,
  needs: ['nodes'],
  evidence: ['felix'],
  docs: {
    why: 'A node without a key is nobody’s WireGuard peer. Its traffic falls back to VXLAN where that is on; otherwise it is not routed between clusters, and goes unencrypted within its own.',
    fix: 'Install WireGuard on the node, with a kernel from 5.6 on, and look at the log of calico-node there.',
    limits: 'Only where two or more clusters use WireGuard and FelixConfigurations or calico-node say that it is on.',
    sources: [
      {
        title: 'Encrypt data in transit: install WireGuard',
        url: 'https://docs.tigera.io/calico-enterprise/latest/compliance/encrypt-cluster-pod-traffic',
        version: '3.23',
      },
    ],
  },
  messages: {
    noKey: 'nodes of {cluster} have no WireGuard key of IPv{family}, although WireGuard is on there: {nodes}',
  },
  *check({ clusters, wireguard }, say) {
    for (const cluster of wireguard === 'used' ? clusters : []) {
      const { name, nodes } = cluster;
      for (const family of [4, 6] as const) {
        const isOn = wireguardNodes(cluster, family);
        const without = nodes.items.filter((n) => isOn(n) && wireguardKey(n, family) === null && canBeTunnelEnd(n));
        const field = family === 4 ? 'wireguardPublicKey' : 'wireguardPublicKeyV6';
        const [first, ...others] = lacking(without, field, 'WireGuard key');
        const node = without[0]?.name.value;
        if (!first || node === undefined) continue;
        const evidence: [Evidence, ...Evidence[]] = [first, ...others];
        const command = kubectl(name, `get node ${shell(node)} -o jsonpath='{.status.nodeInfo.kernelVersion}'`);
        const fix = { title: 'install WireGuard on the nodes; a kernel from 5.6 on has it', command };
        const data = { cluster: name, family, nodes: few(without.map((n) => n.name.value)) };
        yield say.finding('noKey', data, { clusters: [name], evidence, fix });
      }
    }
    yield say.pass(clusters.map((c) => c.name));
  },
});

function wireguardNodes({ felix }: Cluster<'felix'>, family: Family): (node: NodeFacts) => boolean {
  const { groups } = felix.parameters[family === 4 ? 'wireguardEnabled' : 'wireguardEnabledV6'];
  const on = groups.filter((g) => g.value === true).map((g) => g.nodes);
  const named = new Set(on.flatMap((nodes) => (nodes === 'all' ? [] : nodes)));
  return (node) => on.includes('all') || named.has(node.name.value);
}

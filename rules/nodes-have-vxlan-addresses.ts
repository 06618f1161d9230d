// Judges whether every node that a VXLAN pool serves has its VXLAN tunnel address. Reads nothing but the mesh.

import {
  calicoAddress,
  canBeTunnelEnd,
  defineRule,
  type Evidence,
  few,
  hasVxlanTunnel,
  inside,
  kubectl,
  lacking,
  shell,
  tunnelPools,
} from '../src/rule.ts';

export default defineRule({
  id: 'nodes-have-vxlan-addresses',
  title: 'Every node that a VXLAN pool serves has a VXLAN tunnel address',
  requirement: 'unique-node-addresses',
  routing: 'overlay',
  severity: 'error',
  compares: false,
  needs: ['nodes'],
  evidence: ['ipPools'],
  docs: {
    why: 'Felix makes a node an end of VXLAN tunnels only if the node records a tunnel address. Without it no remote cluster has a route to the pods of the node.',
    fix: 'Calico writes the annotation itself, from an enabled VXLAN pool that allows Tunnel and selects the node. Look at the log of calico-node on that node: the pool may be exhausted, or the pod does not run.',
    limits: 'Nodes of Windows, Fargate and virtual kubelets are not judged, and nothing without IPPools.',
    example:
      'metadata:\n  annotations:\n    projectcalico.org/IPv4VXLANTunnelAddr: 10.42.64.0   # written by calico-node',
    sources: [
      {
        title: 'calico felix/calc/vxlan_resolver.go: what a VTEP needs',
        url: 'https://github.com/projectcalico/calico/blob/v3.32.0/felix/calc/vxlan_resolver.go',
        version: '3.32',
      },
      {
        title: 'calico node/pkg/allocateip/allocateip.go: which pools give tunnel addresses',
        url: 'https://github.com/projectcalico/calico/blob/v3.32.0/node/pkg/allocateip/allocateip.go',
        version: '3.32',
      },
    ],
  },
  messages: {
    noTunnelAddress:
      'nodes of {cluster} have no VXLAN tunnel address of IPv{family}, although IPPool {pool} gives them one: {nodes}',
  },
  *check({ clusters }, say) {
    for (const { name, nodes, ipPools } of clusters) {
      for (const family of [4, 6] as const) {
        const field = family === 4 ? 'ipv4VXLANTunnelAddr' : 'ipv6VXLANTunnelAddr';
        const poolOf = tunnelPools(ipPools.items, family);
        const bare = nodes.items.filter((n) => poolOf(n) !== null && !hasVxlanTunnel(n, family));
        // Without a Calico node IP a node is no end of a tunnel anyway, which is told of that.
        const without = bare.filter((n) => canBeTunnelEnd(n) && calicoAddress(n, family) !== null);
        const [node] = without;
        const pool = node && poolOf(node);
        const [first, ...others] = lacking(without, field, 'VXLAN tunnel address');
        if (!node || !pool || !first) continue;
        const cause = inside(pool, ['spec', 'vxlanMode'], `IPPool ${pool.ref.name} gives tunnel addresses`);
        const evidence: [Evidence, ...Evidence[]] = [first, cause, ...others];
        const data = { cluster: name, family, pool: pool.ref.name, nodes: few(without.map((n) => n.name.value)) };
        const fix = { title: 'look why calico-node records none', command: kubectl(name, logsOn(node.name.value)) };
        yield say.finding('noTunnelAddress', data, { clusters: [name], evidence, fix });
      }
    }
    yield say.pass(clusters.map((c) => c.name));
  },
});

function logsOn(node: string): string {
  return `get pods --all-namespaces -l k8s-app=calico-node --field-selector spec.nodeName=${shell(node)} -o wide`;
}

// Judges whether every node has a private address, of Calico or of Kubernetes. Reads nothing but the mesh.

import {
  at,
  defineRule,
  type Evidence,
  few,
  hasPrivateAddress,
  inside,
  kubectl,
  memberAddresses,
  shell,
} from '../src/rule.ts';

export default defineRule({
  id: 'nodes-have-private-addresses',
  title: 'Every node has a private address',
  requirement: 'unique-node-addresses',
  severity: 'error',
  compares: false,
  needs: ['nodes'],
  docs: {
    why: 'Nodes of a mesh reach each other over private addresses. Traffic to a public one leaves the private network, is translated on the way or filtered, and Calico drops tunnel packets whose source it does not know.',
    fix: 'Give the node an address of RFC 1918, RFC 6598 or fc00::/7 that the other clusters route, and let the kubelet (--node-ip) and Calico use it.',
    limits:
      'Loopback and link-local addresses count as none. Whether the other clusters reach the address is no cluster state.',
    sources: [
      {
        title: 'Creating the cluster mesh: nodes reach each other over private addresses',
        url: 'https://docs.tigera.io/calico-enterprise/latest/multicluster/federation/kubeconfig#prerequisites-for-calico-enterprise-multi-cluster-networking',
        version: '3.23',
      },
    ],
  },
  messages: {
    noAddress: 'nodes of {cluster} have no address: {nodes}',
    publicOnly: 'nodes of {cluster} have public addresses, none of them private: {nodes}',
  },
  *check({ clusters }, say) {
    for (const { name, nodes } of clusters) {
      const lacking = nodes.items.filter((n) => !hasPrivateAddress(n));
      const found = lacking.map((node) => ({ node, addresses: memberAddresses(node) }));
      for (const [message, odd] of [
        ['noAddress', found.filter((f) => f.addresses.length === 0)],
        ['publicOnly', found.filter((f) => f.addresses.length > 0)],
      ] as const) {
        const [first, ...others] = odd.flatMap(({ node, addresses }): readonly Evidence[] =>
          addresses.length > 0
            ? addresses.map((a) => at(a.source, `public address of ${node.name.value}`))
            : [inside(node, ['status', 'addresses'], `no address on ${node.name.value}`)],
        );
        if (!first || !odd[0]) continue;
        const fix = {
          title: 'give the nodes a private address, and let the kubelet and Calico use it',
          command: kubectl(name, `get node ${shell(odd[0].node.name.value)} -o wide`),
        };
        const data = { cluster: name, nodes: few(odd.map((f) => f.node.name.value)) };
        yield say.finding(message, data, { clusters: [name], evidence: [first, ...others], fix });
      }
      yield say.pass([name]);
    }
  },
});

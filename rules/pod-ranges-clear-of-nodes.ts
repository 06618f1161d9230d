// Judges whether ranges of pods hold addresses of other clusters' nodes. Reads nothing but the mesh.

import {
  at,
  defineRule,
  formatIp,
  intrusions,
  kubectl,
  memberAddresses,
  type NodeAddress,
  type NodeFacts,
  names,
  type OwnedAddress,
  rankedRanges,
  several,
  tunnelsOf,
} from '../src/rule.ts';

export default defineRule({
  id: 'pod-ranges-clear-of-nodes',
  title: "No pod range holds an address of another cluster's nodes",
  requirement: 'disjoint-pod-cidrs',
  severity: 'error',
  compares: true,
  needs: ['ipPools'],
  evidence: ['nodes', 'installations', 'calicoNode', 'configMaps'],
  docs: {
    why: "A node of the mesh is reached by its private address. If that address lies in another cluster's pod range, that cluster takes the node for one of its pods: its tunnels and its API traffic go astray.",
    fix: 'Move the pods to a range that holds no address of any node of the mesh, or renumber the nodes.',
    limits: 'Only addresses of nodes that exist are compared, not the rest of their subnets.',
    sources: [
      {
        title: 'Configure federated endpoint identity: pool ranges must not overlap pods or nodes of other clusters',
        url: 'https://docs.tigera.io/calico-enterprise/3.17/multicluster/federation/kubeconfig',
        version: '3.17',
      },
      {
        title: 'felix/calc/l3_route_resolver.go: one trie holds hosts and pools of all clusters',
        url: 'https://github.com/projectcalico/calico/blob/v3.30.0/felix/calc/l3_route_resolver.go',
        version: '3.30',
      },
    ],
  },
  messages: {
    nodeAddress: 'pod range {cidr} of {cluster} holds {addresses}, addresses of nodes of {others}',
    tunnelAddress: 'pod range {cidr} of {cluster} holds {addresses}, tunnel addresses of nodes of {others}',
  },
  *check(mesh, say) {
    const ranges = mesh.clusters.flatMap((cluster) => rankedRanges(cluster, mesh).ranges);
    const addresses = (of: (node: NodeFacts) => readonly NodeAddress[]) =>
      mesh.clusters.flatMap(({ name: cluster, nodes }) =>
        nodes.items.flatMap(of).map(({ ip, source }): OwnedAddress => ({ cluster, range: ip, source })),
      );
    // IPIP is not carried between clusters: an equal address of such a tunnel meets nobody.
    const tunnels = addresses((node) => tunnelsOf(node).filter(({ tunnel }) => tunnel !== 'IPIP'));
    // One that both clusters have is a tunnel address used twice, whatever range holds it.
    const keyOf = (cluster: string, { range }: OwnedAddress) => `${cluster} ${formatIp(range)}`;
    const known = new Set(tunnels.map((a) => keyOf(a.cluster, a)));
    const isShared = (address: OwnedAddress, cluster: string) => known.has(keyOf(cluster, address));
    const found = [
      ...intrusions(ranges, addresses(memberAddresses)).map(
        (i) => ({ ...i, id: 'nodeAddress', what: 'node' }) as const,
      ),
      ...intrusions(ranges, tunnels, isShared).map((i) => ({ ...i, id: 'tunnelAddress', what: 'tunnel' }) as const),
    ];
    for (const { id, what, range, addresses: held, clusters: against } of found) {
      const { cluster } = range;
      const cidr = range.range.canonical;
      const data = { cidr, cluster, addresses: several(held.map((a) => formatIp(a.range))), others: names(against) };
      yield say.finding(id, data, {
        clusters: [cluster],
        against,
        evidence: [
          at(range.source, `${cidr} of ${cluster}`),
          ...held.map((a) => at(a.source, `${formatIp(a.range)}, a ${what} of ${a.cluster}`)),
        ],
        fix: {
          title: `move the pods of ${cluster} to a range that holds no node of the mesh`,
          command: kubectl(cluster, 'get ippools -o yaml'),
        },
      });
    }
    yield say.pass(mesh.clusters.map((c) => c.name));
  },
});

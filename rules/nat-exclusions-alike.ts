// Notes what else decides which traffic is NATed: Felix's exclusions, and node ranges on AWS. Reads nothing but the mesh.

import {
  at,
  defineRule,
  divergences,
  fixOf,
  kubectl,
  memberAddresses,
  misalignment,
  natViews,
  onAnyNode,
  outsideOfPools,
} from '../src/rule.ts';

export default defineRule({
  id: 'nat-exclusions-alike',
  title: 'All clusters exclude the same traffic from NAT',
  requirement: 'nat-exclusion',
  severity: 'note',
  compares: true,
  needs: ['ipPools'],
  evidence: ['felix', 'remotes', 'nodes', 'installations', 'calicoNode', 'configMaps'],
  docs: {
    why: 'With natOutgoingExclusions IPPoolsAndHostIPs, traffic to nodes keeps the addresses of pods as well. On AWS the example of the vendor covers the whole VPC of the other cluster, nodes included, so that both directions look alike.',
    fix: 'Set natOutgoingExclusions to one value. Where policies name pods that talk to nodes, cover the ranges of the nodes with a disabled pool, too.',
    sources: [
      {
        title: 'Felix configuration: natOutgoingExclusions',
        url: 'https://docs.tigera.io/calico-enterprise/latest/reference/resources/felixconfig',
        version: '3.22',
      },
      {
        title: 'Cluster mesh example for AWS: a disabled pool for the VPC',
        url: 'https://docs.tigera.io/calico-enterprise/latest/multicluster/federation/aws',
        version: '3.23',
      },
    ],
  },
  messages: {
    differs: '{parameter} is {found}, but {expected}',
    nodes: 'pods of {cluster} reach nodes of {other} with addresses of its own nodes: no disabled pool covers those',
  },
  *check(mesh, say) {
    for (const divergence of divergences(mesh.clusters, 'natOutgoingExclusions')) {
      const { data, repair, ...where } = misalignment(divergence);
      yield say.finding('differs', data, { ...where, fix: fixOf(repair) });
    }
    const onAws = mesh.clusters.filter(({ nodes }) => nodes.items.some((n) => n.providerID?.startsWith('aws:')));
    const isHost = (value: unknown) => value === 'IPPoolsAndHostIPs';
    const without = onAws.filter(({ felix }) => onAnyNode(felix, 'natOutgoingExclusions', isHost) === false);
    const concerned = new Set(without.map(({ name }) => name));
    for (const { from, to, proof, natPools } of natViews(mesh)) {
      const [pool] = natPools;
      if (!pool || proof !== 'leads' || !concerned.has(from.name)) continue;
      const nodes = to.nodes.items.flatMap((node) =>
        memberAddresses(node).map(({ ip, source }) => ({ cluster: to.name, range: ip, source })),
      );
      const [first, ...more] = outsideOfPools(nodes, from.ipPools.items);
      if (!first) continue;
      yield say.finding(
        'nodes',
        { cluster: from.name, other: to.name },
        {
          clusters: [from.name],
          against: [to.name],
          evidence: [
            at(pool.natOutgoing, `${pool.ref.name} has natOutgoing`),
            at(first.source, `a node of ${to.name}`),
            ...more.slice(0, 4).map((node) => at(node.source, `a node of ${to.name}`)),
          ],
          fix: { title: 'look at the pools that are there', command: kubectl(from.name, 'get ippools -o yaml') },
        },
      );
    }
    yield say.pass(mesh.clusters.map((c) => c.name));
  },
});

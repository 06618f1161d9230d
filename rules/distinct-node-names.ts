// Judges whether a node name occurs in more than one cluster. Names are compared exactly, as Calico does. Reads nothing but the mesh.

import { defineRule, few, kubectl, type Shared, sharedAmongNodes, sharedByCause, shell, sidesOf } from '../src/rule.ts';

export default defineRule({
  id: 'distinct-node-names',
  title: 'No node name occurs in two clusters',
  requirement: 'unique-node-names',
  severity: 'error',
  compares: true,
  needs: ['nodes'],
  docs: {
    why: 'Felix keeps routes and tunnel endpoints of all clusters by node name, and derives the MAC of a tunnel endpoint from it. Of two nodes with one name only one is reachable, and which one changes; a node that has the name of a remote one takes the remote tunnel endpoint for its own.',
    fix: 'Register one of the nodes again under another name: drain it, delete it, set another hostname or kubelet --hostname-override, and let it join. A node cannot be renamed in place.',
    limits:
      'A manifest installation can give calico-node another name than the Kubernetes node has (variable NODENAME); only the names of Node objects are compared.',
    sources: [
      {
        title: 'Creating the cluster mesh: node names must be unique',
        url: 'https://docs.tigera.io/calico-enterprise/latest/multicluster/federation/kubeconfig#prerequisites-for-calico-enterprise-multi-cluster-networking',
        version: '3.23',
      },
      {
        title: 'calico felix/calc/vxlan_resolver.go: MAC of a VTEP from the hash of the node name',
        url: 'https://github.com/projectcalico/calico/blob/v3.32.0/felix/calc/vxlan_resolver.go',
        version: '3.32',
      },
    ],
  },
  messages: {
    duplicate: 'node name {name} is used in clusters {clusters}',
    duplicates: '{count} node names, {some} among them, are used in each of the clusters {clusters}',
  },
  *check({ clusters }, say) {
    const shared = sharedAmongNodes(clusters, (node) => [[node.name.value, node.name]]);
    for (const group of sharedByCause(shared)) {
      const [{ values, clusters: concerned }] = group;
      const [name] = values;
      const spec = { clusters: concerned, evidence: sidesOf(group), fix: reRegister(group) };
      if (group.length === 1) yield say.finding('duplicate', { name, clusters: few(concerned) }, spec);
      else {
        const some = few(group.slice(0, 3).flatMap((g) => g.values));
        yield say.finding('duplicates', { count: group.length, clusters: few(concerned), some }, spec);
      }
    }
    yield say.pass(clusters.map((c) => c.name));
  },
});

function reRegister([{ holders, values }]: readonly [Shared, ...Shared[]]) {
  const cluster = holders.at(-1)?.cluster ?? '';
  const drain = kubectl(cluster, `drain ${shell(values[0])} --ignore-daemonsets --delete-emptydir-data`);
  return {
    title: 'register the nodes of all clusters but one again under other names',
    command: `${drain} && ${kubectl(cluster, `delete node ${shell(values[0])}`)}`,
  };
}

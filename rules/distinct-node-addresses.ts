// Judges whether two clusters have a node address in common: Calico node IPs and InternalIPs alike. Reads nothing but the mesh.

import { defineRule, few, kubectl, nodeText, sharedByCause, sharedNodeAddresses, shell, sidesOf } from '../src/rule.ts';

export default defineRule({
  id: 'distinct-node-addresses',
  title: 'No node address belongs to nodes of two clusters',
  requirement: 'unique-node-addresses',
  severity: 'error',
  compares: true,
  needs: ['nodes'],
  docs: {
    why: 'Nodes reach each other over their private addresses, and an address names one machine: traffic for the other one never leaves its cluster, or arrives at the wrong node. Felix takes two nodes behind one address for one and programs the tunnels of only one of them.',
    fix: 'Renumber the nodes of one of the clusters, or keep the clusters apart. Where Calico picked an address that every machine has (a bridge of Docker, say), change the address autodetection of the Installation instead.',
    limits:
      'Loopback and link-local addresses are not compared. Whether a network between the clusters translates addresses cannot be seen.',
    sources: [
      {
        title: 'Creating the cluster mesh: nodes reach each other over private addresses',
        url: 'https://docs.tigera.io/calico-enterprise/latest/multicluster/federation/kubeconfig#prerequisites-for-calico-enterprise-multi-cluster-networking',
        version: '3.23',
      },
      {
        title: 'calico felix/calc/l3_route_resolver.go: nodes that share an address',
        url: 'https://github.com/projectcalico/calico/blob/v3.32.0/felix/calc/l3_route_resolver.go',
        version: '3.32',
      },
    ],
  },
  messages: {
    shared: 'node address {addresses} belongs to {nodes}',
    manyShared: '{count} node addresses, {some} among them, belong to nodes in each of the clusters {clusters}',
  },
  *check({ clusters }, say) {
    for (const group of sharedByCause(sharedNodeAddresses(clusters))) {
      const [{ values, holders, clusters: concerned }] = group;
      const { cluster, node } = holders.at(-1) ?? { cluster: '', node: null };
      const drain = `drain ${shell(node?.name.value ?? '')} --ignore-daemonsets --delete-emptydir-data`;
      const fix = { title: 'renumber the nodes of all clusters but one', command: kubectl(cluster, drain) };
      const spec = { clusters: concerned, evidence: sidesOf(group), fix };
      if (group.length === 1) {
        yield say.finding('shared', { addresses: values.join(', '), nodes: few(holders.map(nodeText)) }, spec);
      } else {
        const some = few(group.slice(0, 3).map((g) => g.values[0]));
        yield say.finding('manyShared', { count: group.length, clusters: few(concerned), some }, spec);
      }
    }
    yield say.pass(clusters.map((c) => c.name));
  },
});

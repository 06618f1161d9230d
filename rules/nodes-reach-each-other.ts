// Says what to try on the network: whether nodes reach each other. Reads nothing but the mesh.

import { defineRule, few, formatIp, kubectl, meetingPoints } from '../src/rule.ts';

/** Enough to try a mesh by hand; the rest goes the same way. */
const MOST = 6;

export default defineRule({
  id: 'nodes-reach-each-other',
  title: 'Nodes of every cluster reach nodes of every other',
  requirement: 'node-reachability',
  severity: 'error',
  compares: true,
  needs: [],
  evidence: ['nodes'],
  docs: {
    why: 'Tunnels, or packets of pods, go from node to node over their private addresses. Routes between the networks, peerings and firewalls decide whether they arrive, and no object of a cluster tells of them.',
    fix: 'Route the node networks to each other and let the firewalls pass.',
    limits: 'Cluster state can never prove this; the rule only says what to try.',
    sources: [
      {
        title: 'Creating the cluster mesh: nodes reach each other over private addresses',
        url: 'https://docs.tigera.io/calico-enterprise/latest/multicluster/federation/kubeconfig#prerequisites-for-calico-enterprise-multi-cluster-networking',
        version: '3.23',
      },
    ],
  },
  messages: { untried: 'no cluster state tells whether nodes of clusters {clusters} reach each other' },
  *check({ clusters }, say) {
    const all = clusters.map((c) => c.name).sort();
    const points = meetingPoints(clusters).slice(0, MOST);
    const list = points.map((p) => formatIp(p.address.ip)).join(' ');
    const ping = 'ssh "$from" ping -c 1 -W 2 "$to" || echo "$from does not reach $to"';
    const command =
      points.length > 1
        ? `for from in ${list}; do for to in ${list}; do ${ping}; done; done`
        : all
            .slice(0, MOST)
            .map((name) => kubectl(name, 'get nodes -o wide'))
            .join('\n');
    const fix = { title: 'ping from a node of each cluster to a node of each other', command };
    yield say.unknown('untried', { clusters: few(all) }, { clusters: all, fix, reason: 'needs-probe' });
  },
});

// Says what to try on the network: whether it routes pod IPs between clusters. Reads nothing but the mesh.

import { at, defineRule, few, formatIp, kubectl, meetingPoints, parseIp } from '../src/rule.ts';

export default defineRule({
  id: 'network-routes-pods',
  title: 'The network routes pod IPs of every cluster to every other',
  requirement: 'pod-routability',
  routing: 'underlay',
  severity: 'error',
  compares: true,
  needs: [],
  evidence: ['nodes', 'pods'],
  docs: {
    why: 'With overlayRoutingMode Disabled Calico makes no routes to remote pods. BGP or the routes of a cloud have to, in both directions and without translating addresses, or policy by identity does not match.',
    fix: 'Announce the pod CIDRs of each cluster to the others, by BGP or in the route tables of the cloud.',
    limits: 'Cluster state can never prove this; the rule only says what to try.',
    sources: [
      {
        title: 'Cluster mesh overview: pod IP routability',
        url: 'https://docs.tigera.io/calico-enterprise/latest/multicluster/federation/overview#pod-ip-routability',
        version: '3.23',
      },
    ],
  },
  messages: { untried: 'no cluster state tells whether the network routes pod IPs between clusters {clusters}' },
  *check({ clusters }, say) {
    const all = clusters.map((c) => c.name).sort();
    const [from] = meetingPoints(clusters);
    const [target = ''] = all.filter((name) => name !== from?.cluster);
    const pods = clusters.find((c) => c.name === target)?.pods.items ?? [];
    const pod = pods.filter((p) => !p.hostNetwork && !p.finished).flatMap((p) => p.podIPs)[0];
    const ip = pod && parseIp(pod.value);
    // A pod that every Calico cluster has, and that is not in its node's network.
    const controllers = `--namespace calico-system -l k8s-app=calico-kube-controllers -o jsonpath='{.items[0].status.podIP}'`;
    const address = ip ? formatIp(ip) : `"$(${kubectl(target, `get pods ${controllers}`)})"`;
    const node = from ? formatIp(from.address.ip) : 'NODE';
    const command = `ssh ${node} ping -c 3 -W 2 ${address}`;
    const fix = { title: 'ping a pod from a node of another cluster, for every two clusters both ways', command };
    const evidence = [
      ...(from ? [at(from.address.source, `a node of ${from.cluster}`)] : []),
      ...(pod ? [at(pod, `a pod of ${target}`)] : []),
    ];
    yield say.unknown('untried', { clusters: few(all) }, { clusters: all, evidence, fix, reason: 'needs-probe' });
  },
});

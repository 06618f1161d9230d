// Says what to try on the network: whether the UDP port of the overlay passes. Reads nothing but the mesh.

import { defineRule, type FelixParameter, few, formatIp, kubectl, type Mesh, meetingPoints } from '../src/rule.ts';

/** So many clusters are shown; the others are tried in the same way. */
const MOST = 6;

export default defineRule({
  id: 'overlay-port-passes',
  title: 'The UDP port of the overlay passes between nodes of every two clusters',
  requirement: 'overlay-port-open',
  severity: 'error',
  compares: true,
  needs: [],
  evidence: ['nodes', 'felix'],
  docs: {
    why: 'All traffic between clusters goes through one UDP port: vxlanPort for VXLAN, wireguardListeningPort for WireGuard. Security groups and firewalls between the networks decide whether it passes; a port that is closed loses everything silently.',
    fix: 'Allow the port in both directions between the node networks of all clusters.',
    limits:
      'Cluster state can never prove this; the rule only says what to try. Other ports of a cluster that differs are judged by the rules of Felix settings.',
    sources: [
      {
        title: 'Creating the cluster mesh: ports of the overlay',
        url: 'https://docs.tigera.io/calico-enterprise/latest/multicluster/federation/kubeconfig#prerequisites-for-calico-enterprise-multi-cluster-networking',
        version: '3.23',
      },
    ],
  },
  messages: {
    untried: 'no cluster state tells whether UDP port {ports} is open between nodes of clusters {clusters}',
  },
  *check(mesh, say) {
    const all = mesh.clusters.map((c) => c.name).sort();
    const ports = portsOf(mesh);
    const [from, to] = meetingPoints(mesh.clusters);
    const commands =
      from && to ? ports.map((port) => trial(formatIp(from.address.ip), formatIp(to.address.ip), port)) : [];
    const command =
      commands.join('\n') ||
      all
        .slice(0, MOST)
        .map((name) => kubectl(name, 'get nodes -o wide'))
        .join('\n');
    const fix = { title: 'send a datagram to the port and watch it arrive, for every two clusters both ways', command };
    const data = { ports: few(ports.map(String)), clusters: few(all) };
    yield say.unknown('untried', data, { clusters: all, fix, reason: 'needs-probe' });
  },
});

/**
 * The ports that nodes send to, built-in ones where nothing was read that sets them. Where the clusters share no overlay yet, that of
 * VXLAN, which every version has.
 */
function portsOf({ clusters, vxlan, wireguard }: Mesh<'felix'>): readonly number[] {
  const set = (parameter: FelixParameter, builtIn: number) => {
    const values = clusters.flatMap(({ felix }) => felix.parameters[parameter].groups.map((g) => g.value));
    const found = [...new Set(values.filter((v): v is number => typeof v === 'number'))];
    return found.length > 0 ? found.sort((a, b) => a - b) : [builtIn];
  };
  return [
    ...(vxlan === 'unused' && wireguard !== 'unused' ? [] : set('vxlanPort', 4789)),
    ...(wireguard === 'unused' ? [] : set('wireguardListeningPort', 51820)),
  ];
}

/** Ends with 0 when the datagram arrived. Nothing in either cluster is changed. */
function trial(from: string, to: string, port: number): string {
  const watch = `ssh ${to} "sudo timeout 20 tcpdump -c 1 -n -i any udp dst port ${port} and src host ${from}"`;
  const send = `ssh ${from} "bash -c 'echo probe > /dev/udp/${to}/${port}'"`;
  return `${watch} & sleep 3; ${send}; wait $!`;
}

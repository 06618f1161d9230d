// Says what to look up in Typha: whether every remote is in sync. Reads nothing but the mesh.

import { connecting, defineRule, few, typhaLogs } from '../src/rule.ts';

/** So many clusters are shown; the others are asked in the same way. */
const MOST = 10;

export default defineRule({
  id: 'typha-reports-in-sync',
  title: 'Typha of every cluster reports each of its remotes in sync',
  requirement: 'remotes-in-sync',
  severity: 'error',
  compares: false,
  needs: [],
  evidence: ['remotes'],
  docs: {
    why: 'RemoteClusterConfigurations have no status. Whether Typha reached a remote cluster, was let in and read everything stands in its log and its metric remote_cluster_connection_status only; until then policies and routes miss the remote endpoints.',
    fix: 'Follow the first warning of Typha that names the remote; most point at the Secret, the roles or the network.',
    limits: 'Cluster state can never prove this; the rule only says where to look.',
    sources: [
      {
        title: 'Creating the cluster mesh: check the remote cluster connection',
        url: 'https://docs.tigera.io/calico-enterprise/latest/multicluster/federation/kubeconfig#check-remote-cluster-connection',
        version: '3.23',
      },
      {
        title: 'Typha metrics: remote_cluster_connection_status',
        url: 'https://docs.tigera.io/calico-enterprise/latest/reference/component-resources/typha/prometheus#metric-reference',
        version: '3.23',
      },
    ],
  },
  messages: {
    untold: 'no cluster state tells whether Typha of clusters {clusters} is in sync with its remotes',
  },
  *check({ clusters }, say) {
    const all = connecting(clusters);
    yield say.notApplicable(clusters.map((c) => c.name).filter((name) => !all.includes(name)));
    if (all.length === 0) return;
    const command = typhaLogs(all.slice(0, MOST), 'Sending in-sync update for RemoteClusterConfiguration');
    const fix = { title: 'look for one such line of each RemoteClusterConfiguration', command };
    yield say.unknown('untold', { clusters: few(all) }, { clusters: all, fix, reason: 'needs-probe' });
  },
});

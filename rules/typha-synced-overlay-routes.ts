// Says what to look up in Typha: whether nodes, pools and blocks of every remote were synced. Reads nothing but the mesh.

import { connecting, defineRule, few, typhaLogs } from '../src/rule.ts';

/** So many clusters are shown; the others are asked in the same way. */
const MOST = 10;

export default defineRule({
  id: 'typha-synced-overlay-routes',
  title: 'Typha of every cluster has synced nodes, IP pools and IPAM blocks of each remote',
  requirement: 'overlay-routes-synced',
  routing: 'overlay',
  severity: 'error',
  compares: false,
  needs: [],
  evidence: ['remotes'],
  docs: {
    why: 'Felix makes its routes to remote pods from nodes, IP pools and IPAM blocks of the remote cluster. That Typha read them stands in its log only: after each Creating syncer, six resource lists are started, among them these three.',
    fix: 'Where they are missing, overlayRoutingMode is not Enabled, or the role of the federation account lacks the resources.',
    limits: 'Cluster state can never prove this; the rule only says where to look.',
    sources: [
      {
        title: 'Creating the cluster mesh: check logs',
        url: 'https://docs.tigera.io/calico-enterprise/latest/multicluster/federation/kubeconfig#check-logs',
        version: '3.23',
      },
    ],
  },
  messages: {
    untold: 'no cluster state tells whether Typha of clusters {clusters} has read what routes to remote pods need',
  },
  *check({ clusters }, say) {
    const all = connecting(clusters);
    yield say.notApplicable(clusters.map((c) => c.name).filter((name) => !all.includes(name)));
    if (all.length === 0) return;
    const command = typhaLogs(
      all.slice(0, MOST),
      'Creating syncer for RemoteClusterConfiguration|Full resync is required',
    );
    const fix = { title: 'look for nodes, ippools and ipam among the lists after each Creating syncer', command };
    yield say.unknown('untold', { clusters: few(all) }, { clusters: all, fix, reason: 'needs-probe' });
  },
});

// Judges whether WireGuard is on, or off, on every node of the mesh. Reads nothing but the mesh.

import {
  defineRule,
  divergences,
  fixOf,
  kubectl,
  misalignment,
  names,
  openQuestions,
  settling,
  sharedOverlay,
  toldClusters,
  wireguardOn,
} from '../src/rule.ts';

const PARAMETERS = ['wireguardEnabled', 'wireguardEnabledV6'] as const;

export default defineRule({
  id: 'felix-wireguard-enabled-equal',
  title: 'WireGuard is on everywhere in the mesh, or nowhere',
  requirement: 'aligned-wireguard',
  severity: 'error',
  compares: true,
  needs: ['felix', 'calicoNode'],
  evidence: ['installations', 'ipPools'],
  docs: {
    why: 'Nodes with WireGuard encrypt only towards peers that have it too. Towards the others they fall back to VXLAN, in clear text; where VXLAN is no common overlay, there is no path at all.',
    fix: 'Set wireguardEnabled (wireguardEnabledV6 for IPv6) to one value in FelixConfiguration default of every cluster, and remove overrides for single nodes.',
    limits:
      'A felix.cfg that is mounted into calico-node outranks FelixConfigurations and is not visible in the state of a cluster.',
    example: 'spec:\n  wireguardEnabled: true',
    sources: [
      {
        title: 'Creating the cluster mesh: prerequisites for multi-cluster networking',
        url: 'https://docs.tigera.io/calico-enterprise/latest/multicluster/federation/kubeconfig#prerequisites-for-calico-enterprise-multi-cluster-networking',
        version: '3.23',
      },
      {
        title: 'Encrypt data in transit: WireGuard',
        url: 'https://docs.tigera.io/calico-enterprise/latest/compliance/encrypt-cluster-pod-traffic',
        version: '3.23',
      },
    ],
  },
  messages: {
    differs: '{parameter} is {found}, but {expected}, and VXLAN is no overlay that all clusters share',
    fallsBack: {
      text: '{parameter} is {found}, but {expected}, so their traffic falls back to VXLAN',
      severity: 'warning',
    },
    someNodes: { text: '{parameter} is {found}, but {expected}', severity: 'warning' },
    open: 'what takes effect in {cluster} cannot be told: {why}',
    undecided: 'whether two clusters use WireGuard cannot be told, for it is open in {clusters}',
  },
  *check({ clusters, wireguard }, say) {
    const all = clusters.map(({ name }) => name);
    if (wireguard === 'unused') return yield say.notApplicable(all);
    const questions = openQuestions(clusters, PARAMETERS);
    for (const question of questions) yield say.unknown('open', question.data, settling(question));
    if (wireguard === 'undecided') {
      const open = clusters.filter(({ felix }) => wireguardOn(felix) === 'undecided');
      if (open.length === 0) return yield say.pass(all);
      const read = clusters.filter(
        ({ felix, calicoNode }) => felix.state === 'complete' && calicoNode.state === 'complete',
      );
      const isRead = open[0]?.felix.state === 'complete';
      const kind = isRead ? 'daemonset calico-node --namespace calico-system' : 'felixconfigurations';
      const fix = { title: 'add it to the input', command: kubectl(open[0]?.name ?? '', `get ${kind} -o yaml`) };
      const told = toldClusters(read, questions);
      const spec = { clusters: told, reason: 'missing-input', fix } as const;
      if (told.length > 0) yield say.unknown('undecided', { clusters: names(open) }, spec);
      return;
    }
    const { kind: overlay } = sharedOverlay(clusters);
    const between = overlay === 'VXLAN' || overlay === 'VXLAN?' ? 'fallsBack' : 'differs';
    for (const divergence of PARAMETERS.flatMap((parameter) => divergences(clusters, parameter))) {
      const { data, repair, ...where } = misalignment(divergence);
      const message = divergence.kind === 'overridden' ? 'someNodes' : between;
      yield say.finding(message, data, { ...where, fix: fixOf(repair) });
      if (message !== 'fallsBack') continue;
      for (const { name, ipPools } of clusters) if (ipPools.state !== 'complete') yield say.missing(name, 'ipPools');
    }
    yield say.pass(toldClusters(clusters, questions));
  },
});

// Judges whether vxlanPort and vxlanVNI are one value each on every node of the mesh. Reads nothing but the mesh.

import {
  defineRule,
  divergences,
  fixOf,
  kubectl,
  misalignment,
  names,
  openQuestions,
  settling,
  toldClusters,
} from '../src/rule.ts';

const PARAMETERS = ['vxlanPort', 'vxlanVNI'] as const;

export default defineRule({
  id: 'felix-vxlan-port-vni-equal',
  title: 'Felix uses the same vxlanPort and vxlanVNI on every node of the mesh',
  requirement: 'aligned-vxlan',
  severity: 'error',
  compares: true,
  needs: ['felix', 'calicoNode', 'ipPools'],
  evidence: ['installations'],
  docs: {
    why: 'A node sends to the UDP port and with the VNI that it is configured with itself. Where the other side listens on another port or expects another VNI, every packet between the two clusters is dropped.',
    fix: 'Set vxlanPort and vxlanVNI to one value in FelixConfiguration default of every cluster, and remove environment variables and overrides for single nodes. On MKE the operator writes vxlanVNI 10000: the other clusters need it too, or the MKE cluster 4096.',
    limits:
      'A felix.cfg that is mounted into calico-node outranks FelixConfigurations and is not visible in the state of a cluster.',
    example: 'spec:\n  vxlanPort: 4789   # the built-in defaults:\n  vxlanVNI: 4096    # unset equals set to them',
    sources: [
      {
        title: 'Creating the cluster mesh: prerequisites for multi-cluster networking',
        url: 'https://docs.tigera.io/calico-enterprise/latest/multicluster/federation/kubeconfig#prerequisites-for-calico-enterprise-multi-cluster-networking',
        version: '3.23',
      },
      {
        title: 'Configuring Felix: environment variables, file, FelixConfigurations in that order',
        url: 'https://docs.tigera.io/calico-enterprise/latest/reference/component-resources/node/felix/configuration',
        version: '3.23',
      },
      {
        title: 'FelixConfiguration: fields, defaults and how they rank',
        url: 'https://docs.tigera.io/calico-enterprise/latest/reference/resources/felixconfig',
        version: '3.24',
      },
    ],
  },
  messages: {
    differs: '{parameter} is {found}, but {expected}',
    open: 'what takes effect in {cluster} cannot be told: {why}',
    undecided: 'whether two clusters use VXLAN cannot be told without the IPPools of {clusters}',
  },
  *check({ clusters, vxlan }, say) {
    const all = clusters.map(({ name }) => name);
    if (vxlan === 'unused') return yield say.notApplicable(all);
    if (vxlan === 'undecided') {
      const unread = clusters.flatMap(({ name, ipPools }) => (ipPools.state === 'complete' ? [] : [name]));
      if (unread.length === 0) return yield say.pass(all);
      const rest = all.filter((name) => !unread.includes(name));
      const fix = { title: 'add the IPPools to the input', command: kubectl(unread[0] ?? '', 'get ippools -o yaml') };
      const spec = { clusters: rest, reason: 'missing-input', fix } as const;
      if (rest.length > 0) yield say.unknown('undecided', { clusters: names(unread) }, spec);
      return;
    }
    for (const divergence of PARAMETERS.flatMap((parameter) => divergences(clusters, parameter))) {
      const { data, repair, ...where } = misalignment(divergence);
      yield say.finding('differs', data, { ...where, fix: fixOf(repair) });
    }
    const questions = openQuestions(clusters, PARAMETERS);
    for (const question of questions) yield say.unknown('open', question.data, settling(question));
    yield say.pass(toldClusters(clusters, questions));
  },
});

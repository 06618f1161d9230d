// Judges whether the settings of WireGuard are one value each on every node of the mesh. Reads nothing but the mesh.

import {
  defineRule,
  differsByLargeMtu,
  divergences,
  eachCauseOnce,
  fixOf,
  largeAksMtus,
  misalignment,
  openQuestions,
  settling,
  toldClusters,
  WIREGUARD_SETTINGS,
} from '../src/rule.ts';

export default defineRule({
  id: 'felix-wireguard-settings-equal',
  title: 'Felix uses the same wireguard settings on every node of the mesh',
  requirement: 'aligned-wireguard',
  severity: 'error',
  compares: true,
  needs: ['felix', 'calicoNode'],
  evidence: ['installations'],
  docs: {
    why: "A node builds the address of a peer from its own listening port: where the peer listens on another one, no handshake succeeds. The other settings have to be equal by the vendor's word; a different MTU loses large packets.",
    fix: 'Set the wireguard fields to one value each in FelixConfiguration default of every cluster, and remove environment variables and overrides for single nodes.',
    limits:
      'A felix.cfg that is mounted into calico-node outranks FelixConfigurations and is not visible in the state of a cluster.',
    example: 'spec:\n  wireguardListeningPort: 51820   # the built-in default',
    sources: [
      {
        title: 'Creating the cluster mesh: prerequisites for multi-cluster networking',
        url: 'https://docs.tigera.io/calico-enterprise/latest/multicluster/federation/kubeconfig#prerequisites-for-calico-enterprise-multi-cluster-networking',
        version: '3.23',
      },
      {
        title: 'FelixConfiguration: fields, defaults and how they rank',
        url: 'https://docs.tigera.io/calico-enterprise/latest/reference/resources/felixconfig',
        version: '3.24',
      },
      {
        title: 'Encrypt data in transit: WireGuard',
        url: 'https://docs.tigera.io/calico-enterprise/latest/compliance/encrypt-cluster-pod-traffic',
        version: '3.23',
      },
    ],
  },
  messages: {
    differs: '{parameter} is {found}, but {expected}',
    unequal: { text: '{parameter} is {found}, but {expected}', severity: 'warning' },
    open: 'what takes effect in {cluster} cannot be told: {why}',
  },
  *check({ clusters, wireguard }, say) {
    const all = clusters.map(({ name }) => name);
    if (wireguard !== 'used') return yield wireguard === 'unused' ? say.notApplicable(all) : say.pass(all);
    const large = largeAksMtus(clusters);
    const found = WIREGUARD_SETTINGS.flatMap((parameter) => divergences(clusters, parameter));
    for (const divergence of eachCauseOnce(found, (one) => differsByLargeMtu(one, large))) {
      const { data, repair, ...where } = misalignment(divergence);
      const isPort = data.parameter.startsWith('wireguardListeningPort');
      yield say.finding(isPort ? 'differs' : 'unequal', data, { ...where, fix: fixOf(repair) });
    }
    const questions = openQuestions(clusters, WIREGUARD_SETTINGS);
    for (const question of questions) yield say.unknown('open', question.data, settling(question));
    yield say.pass(toldClusters(clusters, questions));
  },
});

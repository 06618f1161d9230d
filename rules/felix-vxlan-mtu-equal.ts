// Judges whether the MTU of VXLAN is the same on every node of the mesh. Reads nothing but the mesh.

import {
  type Divergence,
  defineRule,
  eachCauseOnce,
  fixOf,
  hasVxlanPool,
  misalignment,
  mtuDivergences,
  observedMtus,
  openQuestions,
  settling,
  toldClusters,
  valuesOf,
} from '../src/rule.ts';

const PARAMETERS = ['vxlanMTU', 'vxlanMTUV6'] as const;

export default defineRule({
  id: 'felix-vxlan-mtu-equal',
  title: 'Felix uses the same VXLAN MTU on every node of the mesh',
  requirement: 'aligned-vxlan',
  severity: 'error',
  compares: true,
  needs: ['felix', 'calicoNode', 'ipPools'],
  evidence: ['installations'],
  docs: {
    why: 'A packet that fits the tunnel of the sender but not that of the receiver is dropped or fragmented: small requests work between the clusters, large transfers hang.',
    fix: 'Set the MTU of the Installation, or vxlanMTU and vxlanMTUV6 of FelixConfiguration default, to the smallest value that any path of the mesh allows, in every cluster.',
    limits:
      'An automatic MTU (0) follows the network cards of each node, which no cluster state shows: clusters that leave it to Felix are compared by the MTU that their Installations report.',
    example: 'spec:\n  vxlanMTU: 1450   # 1500 less 50 bytes of VXLAN over IPv4; 0 is automatic',
    sources: [
      {
        title: 'Creating the cluster mesh: prerequisites for multi-cluster networking',
        url: 'https://docs.tigera.io/calico-enterprise/latest/multicluster/federation/kubeconfig#prerequisites-for-calico-enterprise-multi-cluster-networking',
        version: '3.23',
      },
      {
        title: 'Configure MTU: determine the MTU size',
        url: 'https://docs.tigera.io/calico-enterprise/latest/networking/configuring/mtu#determine-mtu-size',
        version: '3.23',
      },
    ],
  },
  messages: {
    differs: '{parameter} is {found}, but {expected}',
    automatic: {
      text: '{parameter} is {found}, but {expected}, and an automatic MTU follows the network cards of each node',
      severity: 'warning',
    },
    observed: { text: 'the Installation reports an MTU of {found}, but {expected}', severity: 'warning' },
    open: 'what takes effect in {cluster} cannot be told: {why}',
  },
  *check({ clusters, vxlan }, say) {
    const all = clusters.map(({ name }) => name);
    if (vxlan !== 'used') return yield vxlan === 'unused' ? say.notApplicable(all) : say.pass(all);
    const found = eachCauseOnce(PARAMETERS.flatMap((parameter) => mtuDivergences(clusters, parameter)));
    for (const divergence of found) {
      const { data, repair, ...where } = misalignment(divergence);
      const fixed = valuesOf(divergence).filter((value) => value !== 0);
      yield say.finding(fixed.length > 1 ? 'differs' : 'automatic', data, { ...where, fix: fixOf(repair) });
    }
    // IPv6 has a device of its own, which takes an IPv6 pool: without one, its MTU does not make that of pods
    // (felix/calc/encapsulation_resolver.go and felix/dataplane/linux/int_dataplane.go, determinePodMTU, v3.30).
    const counts = ({ parameter }: Divergence) =>
      parameter === 'vxlanMTU' || clusters.some(({ ipPools }) => hasVxlanPool(ipPools, 6) === true);
    const observed = found.some(counts) ? null : observedMtus(clusters);
    if (observed) {
      const { data, repair, ...where } = observed;
      yield say.finding('observed', data, { ...where, fix: fixOf(repair) });
    }
    const questions = openQuestions(clusters, PARAMETERS);
    for (const question of questions) yield say.unknown('open', question.data, settling(question));
    yield say.pass(toldClusters(clusters, questions));
  },
});

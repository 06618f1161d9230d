// Judges vxlanEnabled against the pools of its cluster and against the other clusters. Reads nothing but the mesh.

import { defineRule, fixOf, openQuestions, settling, toldClusters, vxlanContradictions } from '../src/rule.ts';

export default defineRule({
  id: 'felix-vxlan-enabled-consistent',
  title: 'vxlanEnabled agrees with the IP pools of its cluster and with the other clusters',
  requirement: 'aligned-vxlan',
  severity: 'error',
  compares: true,
  needs: ['felix', 'calicoNode', 'ipPools'],
  evidence: ['installations'],
  docs: {
    why: 'Unset, Felix turns VXLAN on as soon as an IP pool uses it. Set to false it keeps the IPv4 tunnel device away although the pools ask for it, and no node of the cluster can be reached through VXLAN.',
    fix: 'Remove vxlanEnabled from the FelixConfiguration and from the environment of calico-node: the IP pools decide.',
    limits:
      'Whether the pools themselves are right is judged by other rules: a cluster without a VXLAN pool is no finding here unless vxlanEnabled contradicts another cluster.',
    example: 'spec:\n  vxlanEnabled: false   # remove this line',
    sources: [
      {
        title: 'Creating the cluster mesh: prerequisites for multi-cluster networking',
        url: 'https://docs.tigera.io/calico-enterprise/latest/multicluster/federation/kubeconfig#prerequisites-for-calico-enterprise-multi-cluster-networking',
        version: '3.23',
      },
      {
        title: 'felix/calc/encapsulation_resolver.go: what turns VXLAN on',
        url: 'https://github.com/projectcalico/calico/blob/v3.30.0/felix/calc/encapsulation_resolver.go',
        version: '3.30',
      },
    ],
  },
  messages: {
    pools: 'vxlanEnabled is false {found}, although VXLAN is on in {expected}',
    clusters: 'vxlanEnabled is {found}, but {expected}',
    open: 'what takes effect in {cluster} cannot be told: {why}',
  },
  *check({ clusters, text, vxlan }, say) {
    const all = clusters.map(({ name }) => name);
    if (vxlan !== 'used') return yield vxlan === 'unused' ? say.notApplicable(all) : say.pass(all);
    for (const { kind, data, repair, ...where } of vxlanContradictions(clusters, text)) {
      yield say.finding(kind, data, { ...where, fix: fixOf(repair) });
    }
    const questions = openQuestions(clusters, ['vxlanEnabled']);
    for (const question of questions) yield say.unknown('open', question.data, settling(question));
    yield say.pass(toldClusters(clusters, questions));
  },
});

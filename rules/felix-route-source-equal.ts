// Judges whether routeSource is one value on every node of the mesh. Reads nothing but the mesh.

import { defineRule, divergences, fixOf, misalignment, openQuestions, settling, toldClusters } from '../src/rule.ts';

export default defineRule({
  id: 'felix-route-source-equal',
  title: 'Felix uses the same routeSource on every node of the mesh',
  requirement: 'aligned-route-source',
  severity: 'error',
  compares: true,
  needs: ['felix', 'calicoNode'],
  evidence: ['installations'],
  docs: {
    why: 'With CalicoIPAM a node learns from IPAM blocks where remote pods are, with WorkloadIPs from every single workload endpoint. Nodes that look for the one where a cluster offers the other have no route to its pods.',
    fix: 'Set routeSource to one value in FelixConfiguration default of every cluster, and remove it everywhere else. Where the CNI is not Calico the operator forces WorkloadIPs by an environment variable: then the other clusters have to follow, or do not belong in this mesh.',
    limits:
      'A felix.cfg that is mounted into calico-node outranks FelixConfigurations and is not visible in the state of a cluster.',
    example:
      'apiVersion: projectcalico.org/v3\nkind: FelixConfiguration\nmetadata:\n  name: default\nspec:\n  routeSource: CalicoIPAM   # the built-in default',
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
    ],
  },
  messages: {
    differs: '{parameter} is {found}, but {expected}',
    open: 'what takes effect in {cluster} cannot be told: {why}',
  },
  *check({ clusters }, say) {
    for (const divergence of divergences(clusters, 'routeSource')) {
      const { data, repair, ...where } = misalignment(divergence);
      yield say.finding('differs', data, { ...where, fix: fixOf(repair) });
    }
    const questions = openQuestions(clusters, ['routeSource']);
    for (const question of questions) yield say.unknown('open', question.data, settling(question));
    yield say.pass(toldClusters(clusters, questions));
  },
});

// Notes where the federation account differs from the documentation without breaking anything. Reads nothing but the mesh.

import {
  defineRule,
  FEDERATION_NAME,
  federationAccounts,
  federationSections,
  inside,
  kubectl,
  names,
  shell,
} from '../src/rule.ts';

export default defineRule({
  id: 'federation-account-as-documented',
  title: 'The federation account is where the documentation of its version has it, and may read services',
  requirement: 'federation-account',
  severity: 'note',
  compares: false,
  needs: [],
  evidence: [
    'serviceAccounts',
    'clusterRoles',
    'clusterRoleBindings',
    'remotes',
    'roles',
    'roleBindings',
    ...federationSections,
  ],
  docs: {
    why: 'The manifests of 3.21 and later replace the subject of the ClusterRoleBinding by the account in calico-system: applied to a cluster whose tokens are of the account in kube-system, they lock every peer out. Federated services need services and endpoints.',
    fix: 'When you next rotate credentials, move the account to the namespace of the manifests that you apply.',
    sources: [
      {
        title: 'Creating the cluster mesh: generate credentials for cross-cluster resource synchronization',
        url: 'https://docs.tigera.io/calico-enterprise/latest/multicluster/federation/kubeconfig#generate-credentials-for-cross-cluster-resource-synchronization',
        version: '3.23',
      },
    ],
  },
  messages: {
    otherNamespace:
      'the federation account is in namespace {found}, the manifests of this version have it in {documented}; both work',
    noServices: '{account} may not read {resources}, which federated services of peers would need',
  },
  *check(mesh, say) {
    const accountsOf = federationAccounts(mesh);
    for (const cluster of mesh.clusters) {
      const clusters = [cluster.name];
      const judged = accountsOf(cluster);
      if (!judged) {
        yield say.notApplicable(clusters);
        continue;
      }
      const { accounts, authorizer, needed, documentedNamespace } = judged;
      for (const account of accounts) {
        const { namespace, name, object, state } = account;
        if (state !== 'ok' || !object) continue;
        const scope = `${shell(name)} --namespace ${shell(namespace)}`;
        if (name === FEDERATION_NAME && namespace !== documentedNamespace) {
          const evidence = [inside(object, ['metadata', 'namespace'], 'works as well')] as const;
          const command = kubectl(cluster.name, `get serviceaccount ${scope}`);
          const fix = { title: 'move it when credentials are rotated', command };
          const data = { found: namespace, documented: documentedNamespace };
          yield say.finding('otherNamespace', data, { clusters, evidence, fix });
        }
        const refused = needed.services.filter((request) => authorizer.can(account, request).answer === 'no');
        const [bound] = authorizer.bindings(account, null);
        if (needed.all.length > needed.always.length || refused.length === 0 || !bound) continue;
        const place = inside(bound.role ?? bound.binding, ['rules'], 'has no rule for them');
        yield say.finding(
          'noServices',
          { account: `${namespace}/${name}`, resources: names(refused.map(({ resource }) => resource)) },
          { clusters, evidence: [place] },
        );
      }
      yield say.pass(clusters);
    }
  },
});

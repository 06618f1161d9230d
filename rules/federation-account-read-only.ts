// Judges whether the federation account may do more than peers need. Reads nothing but the mesh.

import {
  defineRule,
  excessOf,
  federationAccounts,
  federationSections,
  inside,
  kubectl,
  names,
  shell,
} from '../src/rule.ts';

export default defineRule({
  id: 'federation-account-read-only',
  title: 'The federation account may read what peers sync and nothing else',
  requirement: 'federation-account',
  severity: 'warning',
  compares: false,
  needs: ['serviceAccounts', 'clusterRoles', 'clusterRoleBindings'],
  evidence: ['remotes', 'roles', 'roleBindings', ...federationSections],
  docs: {
    why: 'The token of this account is stored in every peer. Whoever may read it there can do in this cluster what the account may do.',
    fix: 'Reduce the role to get, list and watch on the resources of the federation manifest, without wildcards and without secrets.',
    limits: 'Rights that the account has as a member of a group are not counted.',
    sources: [
      {
        title: 'Creating the cluster mesh: the federation ClusterRole is read-only',
        url: 'https://docs.tigera.io/calico-enterprise/latest/multicluster/federation/kubeconfig#generate-credentials-for-cross-cluster-resource-synchronization',
        version: '3.23',
        inferred: true,
      },
    ],
  },
  messages: {
    excess:
      '{role} lets {account}, whose token peers hold, do more than read what they sync, which is inferred to be needless: {excess}',
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
      const { accounts, authorizer } = judged;
      const told = new Set<string>();
      for (const account of accounts) {
        for (const { role, binding, excess } of excessOf(authorizer, account)) {
          const [first, ...others] = excess.map(({ path, what }) => inside(role, path, what));
          if (!first || told.has(role.ref.name)) continue;
          told.add(role.ref.name);
          const evidence = [first, ...others, inside(binding, ['roleRef', 'name'], 'binds that role')] as const;
          const command = kubectl(cluster.name, `edit clusterrole ${shell(role.ref.name)}`);
          yield say.finding(
            'excess',
            {
              role: `${role.ref.kind} ${role.ref.name}`,
              account: `${account.namespace}/${account.name}`,
              excess: names(new Set(excess.map(({ what }) => what))),
            },
            { clusters, evidence, fix: { title: 'reduce the role to what peers read', command } },
          );
        }
      }
      yield say.pass(clusters);
    }
  },
});

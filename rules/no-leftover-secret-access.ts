// Notes RoleBindings that let Typha read Secrets where no access Secret is. Reads nothing but the mesh.

import {
  buildAuthorizer,
  defineRule,
  inside,
  isSubject,
  kubectl,
  SECRET_VERBS,
  secretAccess,
  shell,
  TYPHA,
} from '../src/rule.ts';

export default defineRule({
  id: 'no-leftover-secret-access',
  title: 'Typha may read Secrets only in namespaces that hold access Secrets',
  requirement: 'typha-secret-access',
  severity: 'note',
  compares: false,
  needs: [],
  evidence: ['remotes', 'secrets', 'roles', 'clusterRoles', 'roleBindings', 'clusterRoleBindings'],
  docs: {
    why: 'A grant that nothing needs any more lets whoever takes over Typha read the Secrets of that namespace.',
    fix: 'Delete the RoleBinding, and its Role if nothing else is bound to it.',
    sources: [
      {
        title: 'Creating the cluster mesh: the grant belongs to the namespace of the access Secret',
        url: 'https://docs.tigera.io/calico-enterprise/latest/multicluster/federation/kubeconfig#establish-cross-cluster-resource-synchronization',
        version: '3.23',
        inferred: true,
      },
    ],
  },
  messages: {
    leftover: 'RoleBinding {binding} lets Typha read Secrets in namespace {namespace}, where no access Secret is',
  },
  *check({ clusters }, say) {
    for (const cluster of clusters) {
      const { name, remotes, roleBindings } = cluster;
      // Where a reference is not read, not complete or leads to nowhere, nothing tells which namespaces are needed.
      const isUntold = remotes.items.some(
        ({ access: { kind } }) => kind === 'incomplete-reference' || kind === 'absent',
      );
      if (remotes.state !== 'complete' || isUntold) {
        yield say.notApplicable([name]);
        continue;
      }
      const access = secretAccess(cluster);
      const authorizer = buildAuthorizer(cluster);
      const needed = new Set(remotes.items.flatMap((remote) => remote.clusterAccessSecret?.namespace ?? []));
      // Where an access is refused, a grant in another namespace is the cause and told as such.
      const isRefused = access.some(({ answer }) => answer === 'no');
      for (const binding of isRefused ? [] : roleBindings.items) {
        const { namespace, name: called } = binding.ref;
        const role = authorizer.role(binding);
        const isTyphas = binding.subjects.some((s) => s.kind !== 'Group' && isSubject(s, TYPHA, namespace));
        if (namespace === null || needed.has(namespace) || !isTyphas || !role) continue;
        if (!authorizer.grants(role, { verbs: SECRET_VERBS, group: '', resource: 'secrets', namespace })) continue;
        const command = kubectl(name, `delete rolebinding ${shell(called)} --namespace ${shell(namespace)}`);
        yield say.finding(
          'leftover',
          { binding: called, namespace },
          {
            clusters: [name],
            evidence: [inside(binding, ['metadata', 'namespace'], 'no access Secret is in this namespace')],
            fix: { title: 'delete the RoleBinding', command },
          },
        );
      }
      yield access.length > 0 ? say.pass([name]) : say.notApplicable([name]);
    }
  },
});

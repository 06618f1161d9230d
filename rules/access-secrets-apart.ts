// Judges who else may read the Secrets in a namespace that holds access secrets. Only grants of that namespace count: moving the Secret
// helps against nothing else.

import {
  type BindingFacts,
  buildAuthorizer,
  defineRule,
  type Evidence,
  few,
  heldKubeconfigs,
  inside,
  kubectl,
  type Rbac,
  type Subject,
  shell,
} from '../src/rule.ts';

/** Namespaces of the components that have to read the Secrets, or may read all of them anyway. */
const TRUSTED = ['calico-system', 'tigera-operator', 'kube-system'];

/** The subject as people write it; null for those that may read the Secrets. */
function outsider({ kind, name, namespace }: Subject): string | null {
  const account = kind === 'ServiceAccount' ? namespace : /^system:serviceaccounts?:([^:]+)/.exec(name)?.[1];
  if (account !== undefined) return account !== null && TRUSTED.includes(account) ? null : `${kind} ${name}`;
  const everybody = ['system:authenticated', 'system:unauthenticated', 'system:serviceaccounts'];
  return name.startsWith('system:') && !everybody.includes(name) ? null : `${kind} ${name}`;
}

function readers(rbac: Rbac, namespace: string): readonly { who: string; place: Evidence }[] {
  const access = buildAuthorizer(rbac);
  const reads = (binding: BindingFacts): boolean => {
    const role = access.role(binding);
    // Without a name: a role that names the Secrets was made for them.
    const ask = (verb: string) => ({ verbs: [verb], group: '', resource: 'secrets', namespace });
    return role !== null && ['get', 'list', 'watch'].some((verb) => access.grants(role, ask(verb)));
  };
  const readsEverywhere = ({ kind, name: account, namespace: home }: Subject): boolean =>
    kind === 'ServiceAccount' &&
    access.can(
      { namespace: home ?? '', name: account },
      { verbs: ['get'], group: '', resource: 'secrets', namespace: null },
    ).proven === 'yes';
  return rbac.roleBindings.items
    .filter((binding) => binding.ref.namespace === namespace && reads(binding))
    .flatMap((binding) =>
      binding.subjects.flatMap((named, i) => {
        // A ServiceAccount without a namespace is one of the binding's (kubernetes v1.31, pkg/registry/rbac/validation/rule.go).
        const subject = { ...named, namespace: named.namespace ?? namespace };
        const who = outsider(subject);
        return who === null || readsEverywhere(subject)
          ? []
          : [{ who, place: inside(binding, ['subjects', i], `lets ${who} read Secrets here`) }];
      }),
    );
}

export default defineRule({
  id: 'access-secrets-apart',
  title: 'Access secrets are in a namespace where nobody else may read Secrets',
  requirement: 'usable-kubeconfig',
  severity: 'warning',
  compares: false,
  needs: ['remotes'],
  evidence: ['roles', 'clusterRoles', 'roleBindings', 'clusterRoleBindings'],
  docs: {
    why: 'Whoever reads an access secret can read nodes, pods and Services of the remote cluster.',
    fix: 'Move the Secret to a namespace of its own, together with the Role and RoleBinding for calico-typha, and change the reference.',
    limits:
      'Who may read Secrets in all namespaces is not told, because no namespace keeps the Secret from them; nor who may read Secrets by their names, because whoever wrote that meant it. That others should not read it is inferred.',
    sources: [
      {
        title: 'Configure federated endpoint identity: create access to secrets for clusters',
        url: 'https://docs.tigera.io/calico-enterprise/3.17/multicluster/federation/kubeconfig#create-access-to-secrets-for-clusters',
        version: '3.17',
        inferred: true,
      },
    ],
  },
  messages: {
    shared:
      'access secrets of {cluster} are in namespace {namespace}, where {subjects} may read Secrets, too, which is inferred to be unintended',
  },
  *check({ clusters }, say) {
    for (const cluster of clusters) {
      const held = heldKubeconfigs(cluster.remotes);
      const secrets = new Map(held.map((h) => [h.secret.namespace, h]));
      for (const [namespace, { secret, remotes }] of secrets) {
        const others = readers(cluster, namespace);
        if (others.length === 0) continue;
        const subjects = few(others.map((o) => o.who));
        yield say.finding(
          'shared',
          { cluster: cluster.name, namespace, subjects },
          {
            clusters: [cluster.name],
            evidence: [
              inside({ ref: secret }, ['metadata', 'namespace'], `in namespace ${namespace}`),
              ...others.map((o) => o.place),
              inside(remotes[0], ['spec', 'clusterAccessSecret', 'namespace'], 'refers to it'),
            ],
            fix: {
              title: 'move the Secret to a namespace of its own, then change the reference',
              command: kubectl(cluster.name, `get rolebindings -n ${shell(namespace)} -o wide`),
            },
          },
        );
      }
      if (held.length > 0) yield say.pass([cluster.name]);
      else if (cluster.remotes.state === 'complete') yield say.notApplicable([cluster.name]);
    }
  },
});

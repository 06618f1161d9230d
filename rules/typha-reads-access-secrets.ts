// Judges whether Typha may read the access Secrets of its cluster, by evaluating RBAC. Reads nothing but the mesh.

import {
  defineRule,
  inside,
  kubectl,
  names,
  SECRET_ROLE,
  SECRET_VERBS,
  secretAccess,
  shell,
  TYPHA,
} from '../src/rule.ts';

const user = `system:serviceaccount:${TYPHA.namespace}:${TYPHA.name}`;
const verbs = names(SECRET_VERBS);

/** One command per line. */
const commands = (cluster: string, args: readonly string[]) => args.map((each) => kubectl(cluster, each)).join('\n');

export default defineRule({
  id: 'typha-reads-access-secrets',
  title: 'Typha may get, list and watch Secrets in the namespace of every access Secret',
  requirement: 'typha-secret-access',
  severity: 'error',
  compares: false,
  needs: ['remotes'],
  evidence: ['secrets', 'roles', 'clusterRoles', 'roleBindings', 'clusterRoleBindings'],
  docs: {
    why: 'The operator gives Typha no access to Secrets. Without a grant Typha cannot read the kubeconfig of the remote and never connects, while federated services may still work, because calico-kube-controllers reads Secrets with rights of its own.',
    fix: 'Create a Role for get, list and watch on secrets in the namespace of the access Secret, and a RoleBinding to ServiceAccount calico-typha of calico-system in the same namespace.',
    limits:
      'Only RBAC is evaluated; other authorizers of the API server are not. A grant is proven by its own objects, a refusal only where nothing that could grant it was left out of the input.',
    sources: [
      {
        title: 'Creating the cluster mesh: establish cross-cluster resource synchronization',
        url: 'https://docs.tigera.io/calico-enterprise/latest/multicluster/federation/kubeconfig#establish-cross-cluster-resource-synchronization',
        version: '3.23',
      },
      {
        title: 'Kubernetes: using RBAC authorization',
        url: 'https://kubernetes.io/docs/reference/access-authn-authz/rbac/',
        version: '1.31',
      },
    ],
  },
  messages: {
    rule: 'Typha may not {verbs} Secrets in namespace {namespace}: {what} does not grant it',
    role: 'Typha may not {verbs} Secrets in namespace {namespace}: {what} refers to a role that does not exist there',
    view: 'Typha may not {verbs} Secrets in namespace {namespace}: {what} refers to ClusterRole view, which every cluster has and which grants no Secrets',
    subject:
      'Typha may not {verbs} Secrets in namespace {namespace}: {what} does not name ServiceAccount calico-typha of calico-system',
    namespace: 'Typha may not {verbs} Secrets in namespace {namespace}: {what} is in another namespace',
    binding: 'Typha may not {verbs} Secrets in namespace {namespace}: nothing binds {what} to its ServiceAccount',
    nothing: 'Typha may not {verbs} Secrets in namespace {namespace}: no role that is bound to it grants it',
    byName: {
      text: 'Typha may {verbs} the Secrets {secrets} in namespace {namespace} only by name, which no plain list or watch satisfies',
      severity: 'warning',
    },
    notExported: 'whether Typha may {verbs} Secrets in namespace {namespace} is not told: {why}',
  },
  *check({ clusters }, say) {
    for (const cluster of clusters) {
      const { name, remotes } = cluster;
      const all = secretAccess(cluster);
      for (const access of all) {
        const { answer, namespace, references, refusal, secrets, decision } = access;
        const where = { clusters: [name], remotes: access.remotes.map((r) => r.ref) };
        const inNamespace = `--namespace ${shell(namespace)}`;
        if (refusal) {
          const { kind, what, evidence, after } = refusal;
          const { ref } = evidence[0];
          const role = kind === 'role' && ref.origin === null ? ref.name : SECRET_ROLE;
          const account = `--serviceaccount=${TYPHA.namespace}:${TYPHA.name}`;
          const createRole = `create role ${shell(role)} ${inNamespace} --verb=get,list,watch --resource=secrets`;
          const createBinding = `create rolebinding ${SECRET_ROLE} ${inNamespace} --role=${SECRET_ROLE} ${account}`;
          const scope = ref.namespace === null ? '' : ` --namespace ${shell(ref.namespace)}`;
          const edit = `edit ${ref.kind.toLowerCase()} ${shell(ref.name)}${scope}`;
          const isInTheWay = ref.kind === 'RoleBinding' && ref.name === SECRET_ROLE;
          const change = {
            rule: [edit],
            role: ref.origin === null ? [createRole] : [edit],
            // What a binding refers to cannot be changed (Kubernetes docs, "Using RBAC authorization", v1.31).
            view: [createRole, ...(isInTheWay ? [`delete rolebinding ${SECRET_ROLE}${scope}`] : []), createBinding],
            subject: [edit],
            namespace: [createRole, createBinding],
            binding: [createBinding],
            nothing: [createRole, createBinding],
          }[kind];
          yield say.finding(
            kind,
            { verbs: names(decision.missing), namespace, what },
            {
              ...where,
              evidence: [...evidence, ...references, ...after],
              fix: { title: 'let Typha read the Secrets of that namespace', command: commands(name, change) },
            },
          );
        }
        const [grant, ...grants] = answer === 'restricted' ? decision.grants.filter((each) => each.byName) : [];
        if (grant) {
          const place = ({ role, rule }: typeof grant) =>
            inside(role, ['rules', rule, 'resourceNames'], 'limits it to these names');
          const edit = `edit ${grant.role.ref.kind.toLowerCase()} ${shell(grant.role.ref.name)} ${inNamespace}`;
          yield say.finding(
            'byName',
            { verbs, namespace, secrets: names(secrets) },
            {
              ...where,
              evidence: [place(grant), ...grants.map(place), ...references],
              fix: { title: 'remove resourceNames from the rule', command: kubectl(name, edit) },
            },
          );
        }
        for (const section of new Set(decision.gaps.map((gap) => gap.section))) {
          if (cluster[section].state !== 'complete') yield say.missing(name, section);
        }
        const gap = decision.gaps.find(({ section }) => cluster[section].state === 'complete');
        if (gap) {
          const ask = SECRET_VERBS.map((verb) => `auth can-i ${verb} secrets ${inNamespace} --as=${user}`);
          yield say.unknown(
            'notExported',
            { verbs, namespace, why: gap.why },
            {
              ...where,
              reason: 'missing-input',
              evidence: references,
              fix: { title: 'ask the API server', command: commands(name, ask) },
              severity: decision.proven === 'restricted' ? 'warning' : 'error',
            },
          );
        }
      }
      if (remotes.state !== 'complete') continue;
      yield all.length > 0 ? say.pass([name]) : say.notApplicable([name]);
    }
  },
});

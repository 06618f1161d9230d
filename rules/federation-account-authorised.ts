// Judges whether the ServiceAccount that peers use exists in a cluster and may read what they sync, by evaluating RBAC. Reads nothing but
// the mesh.

import {
  type AccountFault,
  accountFaults,
  accountQuestions,
  defineRule,
  FEDERATION_NAME,
  type FederationAccount,
  type FederationAccounts,
  federationAccounts,
  federationSections,
  kubectl,
  names,
  shell,
} from '../src/rule.ts';

/** The command that edits what stands first in the evidence, or creates the object that is missing there. */
function change(
  { needed }: FederationAccounts,
  { namespace: home, name: account }: FederationAccount,
  { evidence }: AccountFault,
): string {
  const { kind, name, origin, namespace } = evidence[0].ref;
  const scope = namespace === null ? '' : ` --namespace ${shell(namespace)}`;
  if (origin !== null) return `edit ${kind.toLowerCase()} ${shell(name)}${scope}`;
  if (kind === 'ServiceAccount') return `create serviceaccount ${shell(name)}${scope}`;
  const subject = shell(`${home}:${account}`);
  if (kind === 'ClusterRoleBinding')
    return `create clusterrolebinding ${shell(name)} --clusterrole=${FEDERATION_NAME} --serviceaccount=${subject}`;
  const resources = [...needed.always, ...needed.services].map(({ group, resource }) =>
    group === '' ? resource : `${resource}.${group}`,
  );
  return `create clusterrole ${shell(name)} --verb=get,list,watch --resource=${resources.join(',')}`;
}

export default defineRule({
  id: 'federation-account-authorised',
  title: 'The federation account exists and may read what peers sync',
  requirement: 'federation-account',
  severity: 'error',
  compares: false,
  needs: ['serviceAccounts', 'clusterRoles', 'clusterRoleBindings'],
  evidence: ['remotes', 'roles', 'roleBindings', ...federationSections],
  docs: {
    why: 'Peers read a cluster through this ServiceAccount. What it may not list and watch is not synced: without pods, namespaces and serviceaccounts there are no remote endpoints, without nodes, ipamblocks and ippools there are no routes to them.',
    fix: 'Apply the federation manifests of the newest version in the mesh to every cluster, and let ServiceAccount, ClusterRoleBinding and the tokens of the peers agree. Where Calico stores its objects in native v3 CRDs, the ClusterRole has to name the group projectcalico.org as well.',
    limits:
      'Access is evaluated as RBAC evaluates it; names of roles and bindings do not matter. That native v3 CRDs need a grant in their own group is inferred from what the operator grants its own components.',
    sources: [
      {
        title: 'Creating the cluster mesh: generate credentials for cross-cluster resource synchronization',
        url: 'https://docs.tigera.io/calico-enterprise/latest/multicluster/federation/kubeconfig#generate-credentials-for-cross-cluster-resource-synchronization',
        version: '3.23',
      },
      {
        title: 'Native v3 CRDs',
        url: 'https://docs.tigera.io/calico-enterprise/latest/operations/native-v3-crds',
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
    account: 'ServiceAccount {account}, which peers use, does not exist',
    resources: '{what} does not list {resources}, which peers read as {account}',
    verbs: '{what} lacks {verbs} on {resources}, which peers need as {account}',
    apiGroups: '{what} does not grant {resources} in API group {group}, where peers read them as {account}',
    resourceNames: '{what} grants {resources} by name only, and peers read all of them as {account}',
    rules: '{what} has no rule for {resources}, which peers read as {account}',
    roleRef: '{what} binds {account} to a role that grants nothing of what peers read',
    role: '{what} binds {account} to a role that does not exist',
    view: '{what} binds {account} to ClusterRole view, which every cluster has and which does not grant {resources}',
    subject: '{what} does not name ServiceAccount {account}, which peers use',
    namespace: '{what} grants access in one namespace only, and peers read all of them as {account}',
    binding: 'nothing binds {what} to ServiceAccount {account}, which peers use',
    nothing:
      'neither a ClusterRole nor a ClusterRoleBinding lets ServiceAccount {account}, which peers use, read anything',
    apiVersion: '{what} is written for rbac.authorization.k8s.io/v1beta1, which Kubernetes 1.22 removed',
    accountUntold:
      'whether ServiceAccount {account} exists is not told: the ServiceAccounts of its namespace are not in the input',
    groupUntold:
      'whether {account} may read {resources} is not told: it depends on the API group that they are stored in, v1 or native v3',
    roleUntold: 'whether {account} may read {resources} is not told: {why}',
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
      for (const account of judged.accounts) {
        const called = `${account.namespace}/${account.name}`;
        const user = `system:serviceaccount:${account.namespace}:${account.name}`;
        const list = (requests: AccountFault['requests']) => names(new Set(requests.map(({ resource }) => resource)));
        for (const fault of accountFaults(cluster, judged, account)) {
          const { kind, what, requests, evidence } = fault;
          const data = {
            account: called,
            what,
            resources: list(requests),
            verbs: names(new Set(requests.flatMap(({ verbs }) => verbs))),
            group: names(new Set(requests.map(({ group }) => group).filter((group) => group !== ''))),
          };
          const command = kubectl(cluster.name, change(judged, account, fault));
          yield say.finding(kind, data, {
            clusters,
            evidence,
            fix: { title: 'apply the federation manifests again', command },
          });
        }
        for (const { kind, requests, why } of accountQuestions(cluster, judged, account)) {
          const command = {
            account: `get serviceaccount ${shell(account.name)} --namespace ${shell(account.namespace)} -o yaml`,
            group: 'get customresourcedefinitions -o name',
            role: `auth can-i --list --as=${shell(user)}`,
          }[kind];
          yield say.unknown(
            `${kind}Untold`,
            { account: called, resources: list(requests), why },
            {
              clusters,
              reason: 'missing-input',
              fix: { title: 'look it up', command: kubectl(cluster.name, command) },
            },
          );
        }
      }
      yield say.pass(clusters);
    }
  },
});

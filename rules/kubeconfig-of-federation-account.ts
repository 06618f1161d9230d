// Judges whose token a remote's kubeconfig holds, and whether the remote cluster still accepts and authorises it. It compares claims and
// fingerprints with what was read of the remote; signatures are never looked at.

import {
  type AccountIdentity,
  at,
  buildAuthorizer,
  type Cluster,
  defineRule,
  type Evidence,
  FEDERATION_NAME,
  heldKubeconfigs,
  inside,
  type Listed,
  provesAbsence,
  type TokenClaims,
  targetOf,
  writeAccessSecret,
} from '../src/rule.ts';

/** The UID that the remote cluster has for the account now; the account itself tells it better than its token Secret. */
function accountOf(accounts: readonly AccountIdentity[], claims: TokenClaims): AccountIdentity | null {
  const same = accounts.filter((a) => a.namespace === claims.namespace && a.name === claims.serviceAccount);
  return same.find((a) => a.uid.ref.kind === 'ServiceAccount') ?? same[0] ?? null;
}

/** Roles in namespaces grant no access to the whole cluster. */
const NONE: Listed<never> = { items: [], namespaces: new Set(), state: 'missing', why: null };

type Bound = 'clusterRoles' | 'clusterRoleBindings' | 'serviceAccounts';

/**
 * The binding that authorises an account of this name in another namespace, where none authorises the token's own: applying the
 * manifests of 3.21 or later moves the only subject from kube-system to calico-system. Where the account of the token is there and the
 * other is not, the binding is wrong and not the token: null.
 */
function movedBinding(
  { clusterRoles, clusterRoleBindings, serviceAccounts }: Cluster<Bound>,
  claims: TokenClaims,
): Evidence | null {
  const { namespace, serviceAccount: name } = claims;
  if (namespace === null || name === null || clusterRoleBindings.state !== 'complete') return null;
  const access = buildAuthorizer({ clusterRoles, clusterRoleBindings, roles: NONE, roleBindings: NONE });
  const reads = { verbs: ['list'], group: '', resource: 'pods', namespace: null };
  const named = access.bindings({ namespace, name }, null).some(({ binding, subject }) => {
    return binding.subjects[subject]?.kind !== 'Group' || access.can({ namespace, name }, reads).proven === 'yes';
  });
  if (named) return null;
  const isThere = (home: string) => serviceAccounts.items.some((a) => a.ref.name === name && a.ref.namespace === home);
  for (const binding of clusterRoleBindings.items) {
    for (const [i, { kind, name: subject, namespace: home }] of binding.subjects.entries()) {
      if (kind !== 'ServiceAccount' || subject !== name || home === null) continue;
      if (isThere(home) || !(isThere(namespace) || provesAbsence(serviceAccounts, home)))
        return inside(binding, ['subjects', i, 'namespace'], `authorises the account in ${home}`);
    }
  }
  return null;
}

export default defineRule({
  id: 'kubeconfig-of-federation-account',
  title: 'Every kubeconfig holds a token of the federation account that the remote accepts',
  requirement: 'usable-kubeconfig',
  severity: 'error',
  compares: false,
  needs: ['remotes'],
  evidence: ['identity', 'secrets', 'serviceAccounts', 'clusterRoles', 'clusterRoleBindings'],
  docs: {
    why: 'A token dies with the account or Secret that it was made for, and it can do only what a binding grants its account. The credential of a person or an administrator can do far more than the mesh needs.',
    fix: 'Take the token from the Secret of the federation account of the remote cluster as it is now, and write the kubeconfig anew.',
    limits:
      'It judges only what was read of the remote cluster; that one holds an account or Secret no more is left to its own checks.',
    sources: [
      {
        title: 'Creating the cluster mesh: generate credentials for cross-cluster resource synchronization',
        url: 'https://docs.tigera.io/calico-enterprise/latest/multicluster/federation/kubeconfig#generate-credentials-for-cross-cluster-resource-synchronization',
        version: '3.23',
      },
      {
        title: 'kubernetes pkg/serviceaccount/legacy.go: tokens are held against the account and the Secret',
        url: 'https://github.com/kubernetes/kubernetes/blob/v1.31.0/pkg/serviceaccount/legacy.go',
        version: '1.31',
      },
    ],
  },
  messages: {
    otherAccount: {
      text: 'the kubeconfig in Secret {secret} of {cluster} holds the credential of {found}, not of ServiceAccount tigera-federation-remote-cluster',
      severity: 'warning',
    },
    unbound: 'the token in Secret {secret} of {cluster} is of {account}, which no ClusterRoleBinding of {target} names',
    recreated: 'the token in Secret {secret} of {cluster} is of an earlier {account} than {target} has now',
    replaced: 'the token in Secret {secret} of {cluster} is not the one that {target} has in its token Secret now',
  },
  *check({ clusters }, say) {
    const byName = new Map(clusters.map((c) => [c.name, c]));
    for (const { name: cluster, remotes } of clusters) {
      const held = heldKubeconfigs(remotes);
      for (const { connection, secret: object, remotes: users, evidence } of held) {
        const { claims, tokenFingerprint, hasClientCertificate, faults } = connection;
        const secret = `${object.namespace}/${object.name}`;
        const target = byName.get(targetOf(users[0]) ?? '');
        const command = writeAccessSecret(cluster, object);
        const about = { clusters: [cluster], ...(users.length === 1 ? { remote: users[0].ref } : {}) };
        const spec = {
          ...about,
          fix: { title: 'write the kubeconfig anew with a token of the federation account', command },
        };
        const account = `ServiceAccount ${claims?.namespace}/${claims?.serviceAccount}`;
        if (claims?.serviceAccount !== FEDERATION_NAME) {
          const token = tokenFingerprint !== null && !faults.some((f) => f.kind === 'bad-token');
          const certificate = hasClientCertificate && tokenFingerprint === null;
          const found = claims?.serviceAccount ? account : certificate ? 'a client certificate' : 'somebody else';
          if (token || certificate)
            yield say.finding(
              'otherAccount',
              { secret, cluster, found },
              { ...spec, evidence: evidence(`of ${found}`) },
            );
        }
        if (!claims || !target || target.name === cluster) continue;
        const [head, ...rest] = evidence(`a token of ${account}`);
        const blame = (place: Evidence) => ({
          ...spec,
          against: [target.name],
          evidence: [head, ...rest, place] as const,
        });
        const data = { secret, cluster, account, target: target.name };
        const moved = movedBinding(target, claims);
        const now = accountOf(target.identity.serviceAccounts, claims);
        const minted = target.secrets.items.find(
          ({ ref, token }) =>
            ref.name === claims.secret && ref.namespace === claims.namespace && token?.claims?.uid === claims.uid,
        );
        if (moved) yield say.finding('unbound', data, blame(moved));
        else if (now && claims.uid !== null && now.uid.value !== claims.uid) {
          yield say.finding('recreated', data, blame(at(now.uid, 'the UID of the account now')));
        } else if (minted?.keys.token && minted.token?.tokenFingerprint !== tokenFingerprint) {
          const place = at(minted.keys.token, 'the token now');
          yield say.finding('replaced', { secret, cluster, target: target.name }, blame(place));
        }
      }
      if (held.length > 0) yield say.pass([cluster]);
      else if (remotes.state === 'complete') yield say.notApplicable([cluster]);
    }
  },
});

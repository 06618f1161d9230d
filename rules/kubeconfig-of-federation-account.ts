// Judges whose token a remote's kubeconfig holds, and whether the remote cluster still accepts and authorises it. It compares claims and
// fingerprints with what was read of the remote; signatures are never looked at.

import { defineRule, FEDERATION_NAME, heldKubeconfigs, targetOf, tokenJudge, writeAccessSecret } from '../src/rule.ts';

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
    const judges = new Map(clusters.map((c) => [c.name, tokenJudge(c)]));
    for (const { name: cluster, remotes } of clusters) {
      const held = heldKubeconfigs(remotes);
      for (const { connection, secret: object, remotes: users, evidence } of held) {
        const { claims, tokenFingerprint, hasClientCertificate, faults } = connection;
        const secret = `${object.namespace}/${object.name}`;
        const target = targetOf(users[0]);
        const command = writeAccessSecret(cluster, object);
        const about = { clusters: [cluster], remotes: users.map((r) => r.ref) };
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
        if (!claims || target === null || target === cluster) continue;
        const fault = judges.get(target)?.(claims, tokenFingerprint);
        if (!fault) continue;
        const [head, ...rest] = evidence(`a token of ${account}`);
        const sides = { ...spec, against: [target], evidence: [head, ...rest, fault.place] as const };
        if (fault.kind === 'replaced') yield say.finding('replaced', { secret, cluster, target }, sides);
        else yield say.finding(fault.kind, { secret, cluster, account, target }, sides);
      }
      if (held.length > 0) yield say.pass([cluster]);
      else if (remotes.state === 'complete') yield say.notApplicable([cluster]);
    }
  },
});

// Judges whether the tokens of remotes expire. It reads the claim and compares it with the time of the run.

import { defineRule, heldKubeconfigs, writeAccessSecret } from '../src/rule.ts';

export default defineRule({
  id: 'kubeconfig-token-lasting',
  title: 'The token of every kubeconfig does not expire',
  requirement: 'usable-kubeconfig',
  severity: 'error',
  compares: false,
  needs: ['remotes'],
  docs: {
    why: 'Nothing renews the token in an access secret. When it expires, Typha loses the remote and everything that it learned of it.',
    fix: 'Use the token of a Secret of type kubernetes.io/service-account-token, as the documentation does, instead of one from kubectl create token.',
    sources: [
      {
        title: 'Creating the cluster mesh: generate credentials for cross-cluster resource synchronization',
        url: 'https://docs.tigera.io/calico-enterprise/latest/multicluster/federation/kubeconfig#generate-credentials-for-cross-cluster-resource-synchronization',
        version: '3.23',
      },
      {
        title: 'Kubernetes: managing ServiceAccounts, bound and long-lived tokens',
        url: 'https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/',
        version: '1.31',
      },
    ],
  },
  messages: {
    expired: 'the token in Secret {secret} of {cluster} expired at {time}',
    expires: { text: 'the token in Secret {secret} of {cluster} expires at {time}', severity: 'warning' },
  },
  *check({ clusters, at: now }, say) {
    for (const { name: cluster, remotes } of clusters) {
      const held = heldKubeconfigs(remotes);
      for (const { connection, secret: object, remotes: users, evidence } of held) {
        const expires = connection.claims?.expires ?? null;
        if (expires === null) continue;
        const time = isoTime(expires);
        const secret = `${object.namespace}/${object.name}`;
        yield say.finding(
          expires <= now ? 'expired' : 'expires',
          { secret, cluster, time },
          {
            clusters: [cluster],
            remotes: users.map((r) => r.ref),
            evidence: evidence(`the token expires at ${time}`),
            fix: {
              title: 'write the kubeconfig anew with a long-lived token of the federation account',
              command: writeAccessSecret(cluster, object),
            },
          },
        );
      }
      if (held.length > 0) yield say.pass([cluster]);
      else if (remotes.state === 'complete') yield say.notApplicable([cluster]);
    }
  },
});

/** Years beyond those of ISO 8601 are as good as never. */
function isoTime(milliseconds: number): string {
  return Math.abs(milliseconds) < 8.64e15
    ? new Date(milliseconds).toISOString().replace('.000Z', 'Z')
    : 'no time on a calendar';
}

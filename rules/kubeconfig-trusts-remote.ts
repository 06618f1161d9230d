// Judges whether the CA of a remote's kubeconfig is that of the remote cluster and still valid. It compares fingerprints and dates.

import { at, defineRule, heldKubeconfigs, targetOf, writeAccessSecret } from '../src/rule.ts';

export default defineRule({
  id: 'kubeconfig-trusts-remote',
  title: 'The CA of every kubeconfig is valid and that of the remote cluster',
  requirement: 'usable-kubeconfig',
  severity: 'error',
  compares: false,
  needs: ['remotes'],
  evidence: ['identity'],
  docs: {
    why: 'With another CA or an expired one, Typha refuses the TLS connection; without verification, anybody on the way can read the token.',
    fix: 'Copy ca.crt of the ConfigMap kube-root-ca.crt of the remote cluster, in base64, into certificate-authority-data.',
    limits:
      'Exports do not tell an address with a certificate of another authority, nor a CA that was renewed with its old key: both are taken for a foreign CA.',
    sources: [
      {
        title: 'Creating the cluster mesh: generate credentials for cross-cluster resource synchronization',
        url: 'https://docs.tigera.io/calico-enterprise/latest/multicluster/federation/kubeconfig#generate-credentials-for-cross-cluster-resource-synchronization',
        version: '3.23',
      },
    ],
  },
  messages: {
    expired: 'the CA in Secret {secret} of {cluster} expired on {date}',
    foreign: 'the CA in Secret {secret} of {cluster} is not that of {target}, where its {evidence} leads',
    unverified: {
      text: 'the kubeconfig in Secret {secret} of {cluster} switches TLS verification off',
      severity: 'warning',
    },
  },
  *check({ clusters, at: now }, say) {
    const byName = new Map(clusters.map((c) => [c.name, c]));
    for (const { name: cluster, remotes } of clusters) {
      const held = heldKubeconfigs(remotes);
      for (const { connection, secret: object, remotes: users, evidence } of held) {
        const { caExpires, caFingerprints, insecureSkipTLSVerify } = connection;
        const { leads } = users[0];
        const secret = `${object.namespace}/${object.name}`;
        const fix = {
          title: 'write the kubeconfig anew with the CA of the remote',
          command: writeAccessSecret(cluster, object),
        };
        const spec = { clusters: [cluster], remotes: users.map((r) => r.ref), fix };
        const target = targetOf(users[0]) ?? '';
        const known = byName.get(target)?.identity.caFingerprints ?? [];
        const [first] = known;
        if (insecureSkipTLSVerify) {
          yield say.finding(
            'unverified',
            { secret, cluster },
            { ...spec, evidence: evidence('insecure-skip-tls-verify') },
          );
        } else if (caExpires !== null && caExpires <= now) {
          const date = new Date(caExpires).toISOString().slice(0, 10);
          yield say.finding(
            'expired',
            { secret, cluster, date },
            { ...spec, evidence: evidence(`expired on ${date}`) },
          );
        } else if (first && caFingerprints.length > 0 && !known.some((ca) => caFingerprints.includes(ca.value))) {
          const [head, ...rest] = evidence('another CA');
          const sides = [head, ...rest, at(first, `the CA of ${target}`)] as const;
          const by = leads.kind === 'bound' ? (leads.by[0]?.kind ?? '') : '';
          const data = { secret, cluster, target, evidence: by };
          yield say.finding('foreign', data, { ...spec, against: [target], evidence: sides });
        }
      }
      if (held.length > 0) yield say.pass([cluster]);
      else if (remotes.state === 'complete') yield say.notApplicable([cluster]);
    }
  },
});

// Notes kubeconfigs that go through a proxy or expect another name in the server's certificate. It judges nothing: both can work.

import { defineRule, heldKubeconfigs } from '../src/rule.ts';

export default defineRule({
  id: 'kubeconfig-without-detour',
  title: 'Kubeconfigs lead straight to their API server',
  requirement: 'usable-kubeconfig',
  severity: 'note',
  compares: false,
  needs: ['remotes'],
  docs: {
    why: 'A proxy has to be reachable from Typha, which runs in the network of its node, and from calico-kube-controllers, which runs in a pod. A TLS server name has to be in the certificate that the server shows there.',
    fix: 'Make sure that both can use it, or connect directly.',
    sources: [
      {
        title: 'Kubernetes: kubeconfig reference, Cluster',
        url: 'https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/',
        version: '1.31',
        inferred: true,
      },
    ],
  },
  messages: {
    detour:
      'the kubeconfig in Secret {secret} of {cluster} sets {fields}, which has to work from Typha and calico-kube-controllers',
  },
  *check({ clusters }, say) {
    for (const { name: cluster, remotes } of clusters) {
      const held = heldKubeconfigs(remotes);
      for (const { connection, secret: object, remotes: users, evidence } of held) {
        const set = [
          ...(connection.proxyURL ? ['proxy-url'] : []),
          ...(connection.tlsServerName ? ['tls-server-name'] : []),
        ];
        if (set.length === 0) continue;
        const fields = set.join(' and ');
        yield say.finding(
          'detour',
          { secret: `${object.namespace}/${object.name}`, cluster, fields },
          {
            clusters: [cluster],
            remotes: users.map((r) => r.ref),
            evidence: evidence(`sets ${fields}`),
          },
        );
      }
      if (held.length > 0) yield say.pass([cluster]);
      else if (remotes.state === 'complete') yield say.notApplicable([cluster]);
    }
  },
});

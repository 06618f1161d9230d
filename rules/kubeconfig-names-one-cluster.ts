// Judges whether server, CA and token of a remote's kubeconfig are of one and the same cluster. It compares fingerprints, addresses and
// claims with what the clusters of the input say about themselves.

import {
  at,
  defineRule,
  few,
  inside,
  kubectl,
  names,
  sameTargets,
  shell,
  targetOf,
  writeAccessSecret,
} from '../src/rule.ts';

export default defineRule({
  id: 'kubeconfig-names-one-cluster',
  title: 'Server, CA and token of a kubeconfig belong to one cluster',
  requirement: 'distinct-remotes',
  severity: 'error',
  compares: false,
  needs: ['remotes'],
  docs: {
    why: 'With the server of one cluster and the CA or token of another, Typha cannot connect, or reads a cluster that nobody meant.',
    fix: 'Write the kubeconfig anew with server, certificate-authority-data and token of one cluster; take them from the current context of a kubeconfig, not from its first cluster.',
    limits:
      'Only clusters of the input can be told from one another, as far as their exports hold CA, tokens or addresses.',
    sources: [
      {
        title: 'Creating the cluster mesh: troubleshoot, verify configuration',
        url: 'https://docs.tigera.io/calico-enterprise/latest/multicluster/federation/kubeconfig#verify-configuration',
        version: '3.23',
        inferred: true,
      },
    ],
  },
  messages: {
    contradiction:
      'the kubeconfig of RemoteClusterConfiguration {remote} of {cluster} belongs to several clusters: {parts}',
    otherName: {
      text: 'RemoteClusterConfiguration {remote} of {cluster} has the name of cluster {remote} but leads to {target}',
      severity: 'note',
    },
  },
  *check({ clusters }, say) {
    const everyone = new Set(clusters.map((c) => c.name));
    for (const { name: cluster, remotes } of clusters) {
      const doubled = new Set(sameTargets(remotes.items).flat());
      for (const remote of remotes.items) {
        const { ref, leads, connection, clusterAccessSecret: reference } = remote;
        const target = targetOf(remote) ?? ref.name;
        if (target !== ref.name && target !== cluster && everyone.has(ref.name) && !doubled.has(remote)) {
          const evidence = [inside(remote, [], `leads to ${target}`)] as const;
          const spec = { clusters: [cluster], against: [target], remotes: [ref], evidence };
          yield say.finding('otherName', { remote: ref.name, cluster, target }, spec);
        }
        if (leads.kind !== 'contradictory') continue;
        const parts = few(
          leads.matches.map((m) => `${m.kind} of ${m.cluster}`),
          4,
        );
        const { name, namespace } = reference ?? {};
        const source = connection ? [at(connection.source, `holds ${parts}`)] : [];
        yield say.finding(
          'contradiction',
          { remote: ref.name, cluster, parts },
          {
            clusters: [cluster],
            against: [...leads.candidates].filter((other) => other !== cluster),
            remotes: [ref],
            evidence: [
              source[0] ?? inside(remote, ['spec'], `holds ${parts}`),
              inside(remote, ['spec', 'clusterAccessSecret'], 'connects with it'),
              ...leads.matches.map((m) => at(m.place, `${m.kind} of ${m.cluster}`)),
            ],
            fix: {
              title: `write the kubeconfig anew, all of it from one of ${names(leads.candidates)}`,
              command:
                name && namespace
                  ? writeAccessSecret(cluster, { namespace, name })
                  : kubectl(cluster, `edit remoteclusterconfiguration ${shell(ref.name)}`),
            },
          },
        );
      }
      if (remotes.items.length > 0) yield say.pass([cluster]);
      else if (remotes.state === 'complete') yield say.notApplicable([cluster]);
    }
  },
});

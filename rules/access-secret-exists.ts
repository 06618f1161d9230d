// Judges whether the Secrets that RemoteClusterConfigurations refer to exist. What they hold is judged elsewhere.

import {
  absent,
  bySecret,
  defineRule,
  type Evidence,
  few,
  inside,
  kubectl,
  type Remote,
  readingSecrets,
  secretName,
  shell,
  unreadSecrets,
  writeAccessSecret,
} from '../src/rule.ts';

/** The reference as a whole, and its name or, where the Secret is elsewhere, its namespace: one of them is what people have to edit. */
function references(remotes: readonly Remote[], isElsewhere: boolean): Evidence[] {
  const [field, note] = isElsewhere
    ? ['namespace', 'no Secret of that name in this namespace']
    : ['name', 'no Secret of this name'];
  return remotes.flatMap((remote) => [
    inside(remote, ['spec', 'clusterAccessSecret'], `refers to ${secretName(remote)}`),
    inside(remote, ['spec', 'clusterAccessSecret', field], note),
  ]);
}

export default defineRule({
  id: 'access-secret-exists',
  title: 'The access secret of every RemoteClusterConfiguration exists',
  requirement: 'access-secret',
  severity: 'error',
  compares: false,
  needs: ['remotes'],
  evidence: ['secrets'],
  docs: {
    why: 'All connection settings are read from the Secret. Without it, Typha reports the remote as incompletely configured and connects nowhere.',
    fix: 'Create the Secret in the namespace that the RemoteClusterConfiguration names, or correct the reference.',
    limits:
      'Its absence is proven only where the input holds other Secrets of that namespace, or Secrets of two or more namespaces.',
    sources: [
      {
        title: 'Creating the cluster mesh: establish cross-cluster resource synchronization',
        url: 'https://docs.tigera.io/calico-enterprise/latest/multicluster/federation/kubeconfig#establish-cross-cluster-resource-synchronization',
        version: '3.23',
      },
    ],
  },
  messages: {
    absent: '{secret} of {cluster} does not exist, but RemoteClusterConfiguration {remotes} refers to it',
    elsewhere:
      '{secret} of {cluster} does not exist, but RemoteClusterConfiguration {remotes} refers to it; one of that name is in {namespaces}',
    unread: 'Secret {secrets} in {namespace} of {cluster} is not in the input, which does not prove that it is missing',
    refused: 'Secret {secrets} in {namespace} of {cluster} could not be read: {why}',
    incomplete:
      'the secret reference of RemoteClusterConfiguration {remote} of {cluster} is incomplete, so no Secret can be looked up',
  },
  *check({ clusters }, say) {
    for (const { name: cluster, remotes, secrets } of clusters) {
      const unread = unreadSecrets(remotes.items);
      if (unread.length > 0 && secrets.state !== 'complete')
        yield say.missing(cluster, 'secrets', { remotes: unread.flatMap((u) => u.remotes.map((r) => r.ref)) });
      else {
        for (const each of unread) {
          const data = { secrets: few(each.names), namespace: each.namespace, cluster };
          const spec = readingSecrets(cluster, each);
          if (each.refused === null) yield say.unknown('unread', data, spec);
          else yield say.unknown('refused', { ...data, why: each.refused }, spec);
        }
      }
      for (const group of bySecret(remotes.items)) {
        const [{ access, clusterAccessSecret: reference }] = group;
        const [namespace, name] = [reference?.namespace ?? '', reference?.name ?? ''];
        const secret = secretName(group[0]);
        if (access.kind !== 'absent') continue;
        const namesakes = secrets.items.filter((s) => s.ref.name === name);
        const missing = absent(cluster, { apiVersion: 'v1', kind: 'Secret', namespace, name }, 'does not exist');
        const there = namesakes.map((s) => inside(s, [], `the Secret of that name in ${s.ref.namespace}`));
        const spec = {
          clusters: [cluster],
          remotes: group.map((r) => r.ref),
          evidence: [missing, ...references(group, namesakes.length > 0), ...there],
          fix: { title: `create ${secret}`, command: writeAccessSecret(cluster, { namespace, name }) },
        } as const;
        const data = { secret, cluster, remotes: few(group.map((r) => r.ref.name)) };
        const namespaces = few(namesakes.map((s) => s.ref.namespace ?? ''));
        if (namesakes.length === 0) yield say.finding('absent', data, spec);
        else yield say.finding('elsewhere', { ...data, namespaces }, spec);
      }
      for (const remote of remotes.items.filter((r) => r.access.kind === 'incomplete-reference')) {
        yield say.unknown(
          'incomplete',
          { remote: remote.ref.name, cluster },
          {
            clusters: [cluster],
            remotes: [remote.ref],
            reason: 'missing-input',
            evidence: [inside(remote, ['spec', 'clusterAccessSecret'], 'names no Secret completely')],
            fix: {
              title: 'look for the Secret that is meant, then complete the reference',
              command: kubectl(
                cluster,
                remote.clusterAccessSecret?.name
                  ? `get secrets --all-namespaces --field-selector ${shell(`metadata.name=${remote.clusterAccessSecret.name}`)}`
                  : 'get secrets --all-namespaces',
              ),
            },
          },
        );
      }
      if (remotes.items.some((r) => r.access.kind !== 'no-reference')) yield say.pass([cluster]);
      else if (remotes.state === 'complete') yield say.notApplicable([cluster]);
    }
  },
});

// Judges whether the RemoteClusterConfigurations of a cluster lead to different other clusters. It goes by where they are proven to lead,
// never by their names.

import {
  at,
  defineRule,
  type Evidence,
  few,
  inside,
  kubectl,
  openRemotes,
  type Remote,
  sameTargets,
  secretName,
  shell,
  targetOf,
  untoldTargets,
} from '../src/rule.ts';

/** The kubeconfig decides where a remote leads: it comes first, then the reference to it, then what it was held against. */
function trail(remote: Remote, note: string): [Evidence, ...Evidence[]] {
  const reference = inside(remote, ['spec', 'clusterAccessSecret'], 'connects with it');
  const matched = remote.leads.kind === 'bound' ? remote.leads.by.slice(0, 1) : [];
  const places = matched.map((m) => at(m.place, `the same ${m.kind} in ${m.cluster}`));
  return remote.connection ? [at(remote.connection.source, note), reference, ...places] : [reference, ...places];
}

/**
 * Of several remotes that lead to one cluster, that of its name is right and comes last. One with the name of another cluster holds the
 * wrong kubeconfig; any other is one too many.
 */
function sides(
  group: readonly Remote[],
  target: string | null,
  clusters: ReadonlySet<string>,
): [Evidence, ...Evidence[]] {
  const right = group.find((r) => r.ref.name === target) ?? group[0];
  const [head, ...rest] = [...group.filter((r) => r !== right), ...(right ? [right] : [])].flatMap((remote) => {
    const note = `leads to ${target ?? 'the same cluster'}`;
    const object = inside(remote, [], note);
    const misled = remote !== right && clusters.has(remote.ref.name) && remote.ref.name !== target;
    const borrowed = misled && group.some((r) => r !== remote && r.connection === remote.connection);
    if (borrowed)
      return [inside(remote, ['spec', 'clusterAccessSecret', 'name'], note), ...trail(remote, note), object];
    if (misled) return [...trail(remote, note), object];
    return [object, ...(remote.connection ? [at(remote.connection.source, note)] : [])];
  });
  if (head === undefined) throw new Error('a group of remotes is never empty');
  return [head, ...rest];
}

/** What shows that remotes lead to the same cluster although nobody knows which. */
function inCommon([first, second]: readonly Remote[]): string {
  if (first?.connection === second?.connection) return first ? secretName(first) : '';
  const [a, b] = [first?.connection, second?.connection];
  if (a?.tokenFingerprint && a.tokenFingerprint === b?.tokenFingerprint) return 'their token';
  if (a?.claims?.uid && a.claims.uid === b?.claims?.uid) return 'the UID of their ServiceAccount';
  return `their server ${a?.server}`;
}

const removal = (cluster: string, { ref }: Remote) => ({
  title: `put the kubeconfig of another cluster into its access secret, or delete ${ref.name}`,
  command: kubectl(cluster, `delete remoteclusterconfiguration ${shell(ref.name)}`),
});

export default defineRule({
  id: 'remotes-lead-elsewhere',
  title: 'Every RemoteClusterConfiguration of a cluster leads to another cluster, and no two to the same',
  requirement: 'distinct-remotes',
  severity: 'error',
  compares: false,
  needs: ['remotes', 'identity'],
  evidence: ['secrets'],
  docs: {
    why: 'A cluster that is its own remote, or that has one remote twice, sees every endpoint of it once more: routes and identities of the copies compete.',
    fix: 'Delete the superfluous RemoteClusterConfiguration, or put the kubeconfig of the cluster that was meant into its access secret.',
    limits:
      'What goes wrong in the data plane is inferred; the documentation asks for one RemoteClusterConfiguration per other cluster. Where a remote leads is told by token, ServiceAccount UID, CA and server of its kubeconfig.',
    sources: [
      {
        title: 'Creating the cluster mesh: establish cross-cluster resource synchronization',
        url: 'https://docs.tigera.io/calico-enterprise/latest/multicluster/federation/kubeconfig#establish-cross-cluster-resource-synchronization',
        version: '3.23',
      },
    ],
  },
  messages: {
    itself: 'RemoteClusterConfiguration {remote} of {cluster} leads to {cluster} itself',
    duplicate: 'RemoteClusterConfigurations {remotes} of {cluster} all lead to {target}',
    sameConnection: 'RemoteClusterConfigurations {remotes} of {cluster} all lead to the same cluster, by {what}',
    untold:
      'nothing tells whether the target of RemoteClusterConfiguration {remotes} of {cluster} is another cluster, and no other has it, because {why}',
  },
  *check({ clusters }, say) {
    const everyone = new Set(clusters.map((c) => c.name));
    for (const own of clusters) {
      const { name: cluster, remotes } = own;
      const { items } = remotes;
      for (const remote of items.filter((r) => targetOf(r) === cluster)) {
        yield say.finding(
          'itself',
          { remote: remote.ref.name, cluster },
          {
            clusters: [cluster],
            remotes: [remote.ref],
            evidence: trail(remote, `leads to ${cluster}`),
            fix: removal(cluster, remote),
          },
        );
      }
      for (const group of sameTargets(items)) {
        const [first] = group;
        if (first === undefined) continue;
        const target = targetOf(first);
        if (target === cluster) continue;
        const evidence = sides(group, target, everyone);
        const spec = {
          clusters: [cluster],
          remotes: group.map((r) => r.ref),
          evidence,
          fix: removal(cluster, group.at(-1) ?? first),
        } as const;
        const listed = few(group.map((r) => r.ref.name));
        if (target !== null)
          yield say.finding('duplicate', { remotes: listed, cluster, target }, { ...spec, against: [target] });
        else yield say.finding('sameConnection', { remotes: listed, cluster, what: inCommon(group) }, spec);
      }
      const { secretsUnread, groups } = untoldTargets(own, openRemotes(cluster, items));
      if (secretsUnread.length > 0) yield say.missing(cluster, 'secrets', { remotes: secretsUnread });
      for (const { why, names, remotes: about, evidence, settle } of groups) {
        yield say.unknown(
          'untold',
          { remotes: few(names), cluster, why },
          {
            clusters: [cluster],
            remotes: about,
            reason: 'missing-input',
            evidence,
            fix: { title: 'add what tells it to the input', command: kubectl(settle.cluster, settle.args) },
          },
        );
      }
      if (items.length > 0) yield say.pass([cluster]);
      else if (remotes.state === 'complete') yield say.notApplicable([cluster]);
    }
  },
});

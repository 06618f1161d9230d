// Judges whether a RemoteClusterConfiguration leads each way between every two clusters. It goes by where remotes are proven to lead,
// never by their names.

import {
  absent,
  defineRule,
  type Evidence,
  few,
  inside,
  kubectl,
  missingWays,
  names,
  peering,
  remoteManifests,
  untoldTargets,
} from '../src/rule.ts';

const missing = (from: string, to: string): Evidence =>
  absent(
    from,
    { apiVersion: 'projectcalico.org/v3', kind: 'RemoteClusterConfiguration', name: to },
    `no RemoteClusterConfiguration of ${from} leads to ${to}`,
  );

/** More of them would hide the finding; the first show how the others are made. */
const MOST = 3;

const create = (cluster: string, others: readonly string[]) => ({
  title: 'create the RemoteClusterConfiguration of each missing direction, and the access secret that it refers to',
  command: `${kubectl(cluster, "apply -f - <<'EOF'")}\n${remoteManifests(others.slice(0, MOST))}\nEOF`,
});

export default defineRule({
  id: 'remotes-lead-both-ways',
  title: 'Between every two clusters a RemoteClusterConfiguration leads each way',
  requirement: 'bidirectional-remotes',
  severity: 'error',
  compares: true,
  needs: ['remotes', 'identity'],
  evidence: ['secrets'],
  docs: {
    why: 'Typha learns the nodes, IP pools and IPAM blocks of another cluster through its own RemoteClusterConfiguration. With one direction missing, packets find their way there and no way back.',
    fix: 'In each cluster, create one RemoteClusterConfiguration for every other cluster of the mesh. While none is meant to exist yet, check with --before-peering.',
    limits:
      'Where a remote leads is told by its kubeconfig (token, ServiceAccount UID, CA, server) held against what the other exports say about themselves; a name proves nothing.',
    example:
      'apiVersion: projectcalico.org/v3\nkind: RemoteClusterConfiguration\nmetadata:\n  name: west\nspec:\n  clusterAccessSecret:\n    kind: Secret\n    name: remote-cluster-secret-west\n    namespace: calico-system\n  syncOptions:\n    overlayRoutingMode: Enabled',
    sources: [
      {
        title: 'Creating the cluster mesh: establish cross-cluster resource synchronization',
        url: 'https://docs.tigera.io/calico-enterprise/latest/multicluster/federation/kubeconfig#establish-cross-cluster-resource-synchronization',
        version: '3.23',
      },
    ],
  },
  messages: {
    noRemotes: 'no cluster has a RemoteClusterConfiguration, so {clusters} are not connected',
    oneWay: 'no RemoteClusterConfiguration of {cluster} leads to {others}',
    unconnected: 'no RemoteClusterConfiguration leads from {cluster} to {others} or back',
    outside:
      'the target of RemoteClusterConfiguration {remotes} of {cluster} is not in the input, so no way back can be seen',
    untold: 'nothing tells the target of RemoteClusterConfiguration {remotes} of {cluster}, because {why}',
  },
  *check({ clusters, isMeant }, say) {
    const all = clusters.map((c) => c.name).sort();
    if (all.length < 2) return yield say.pass(all);
    const areAllMeant = all.every((from) => all.every((to) => from === to || isMeant(from, to)));
    if (areAllMeant && clusters.every((c) => c.remotes.state === 'complete' && c.remotes.items.length === 0)) {
      const [head, ...rest] = all.map((name) => missing(name, all.find((other) => other !== name) ?? name));
      if (head === undefined) return;
      const [first = '', ...others] = all;
      const fix = create(first, others);
      return yield say.finding(
        'noRemotes',
        { clusters: names(all) },
        { clusters: all, evidence: [head, ...rest], fix },
      );
    }
    const link = peering(clusters);
    const { oneWay, unconnected } = missingWays(all, link, isMeant);
    const faulty = new Set<string>();
    for (const { cluster, others, back } of oneWay) {
      const [head = missing(cluster, cluster), ...rest] = others.map((other) => missing(cluster, other));
      const ways = back.map((r) => inside(r, [], `leads from ${r.ref.cluster} to ${cluster}`));
      const evidence = [head, ...rest.slice(0, 4), ...ways] as const;
      faulty.add(cluster);
      const spec = { clusters: [cluster], against: others, evidence, fix: create(cluster, others) } as const;
      yield say.finding('oneWay', { cluster, others: few(others) }, spec);
    }
    for (const { cluster, others, isOdd } of unconnected) {
      const [head = missing(cluster, cluster), ...rest] = others.flatMap((other) => [
        missing(cluster, other),
        missing(other, cluster),
      ]);
      const [blamed, against] = isOdd ? [[cluster], others] : [[cluster, ...others], []];
      for (const name of blamed) faulty.add(name);
      const spec = { clusters: blamed, against, evidence: [head, ...rest], fix: create(cluster, others) } as const;
      yield say.finding('unconnected', { cluster, others: few(others) }, spec);
    }
    for (const own of clusters) {
      const { name: cluster, remotes } = own;
      const outside = remotes.items.filter((r) => r.leads.kind === 'outside');
      const { secretsUnread, groups } = untoldTargets(
        own,
        remotes.items.filter((r) => r.leads.kind !== 'outside'),
      );
      if (secretsUnread.length > 0) yield say.missing(cluster, 'secrets', { remotes: secretsUnread });
      for (const { why, names: listed, remotes: about, evidence, settle } of groups) {
        yield say.unknown(
          'untold',
          { remotes: few(listed), cluster, why },
          {
            clusters: [cluster],
            against: all.filter((other) => other !== cluster && link(cluster, other).kind === 'may'),
            remotes: about,
            reason: 'missing-input',
            evidence,
            fix: { title: 'add what tells it to the input', command: kubectl(settle.cluster, settle.args) },
          },
        );
      }
      const [stranger] = outside;
      if (stranger) {
        yield say.unknown(
          'outside',
          { remotes: few(outside.map((r) => r.ref.name)), cluster },
          {
            clusters: [cluster],
            remotes: outside.map((r) => r.ref),
            reason: 'missing-input',
            evidence: outside.map((r) => inside(r, [], 'leads to a cluster that is not in the input')),
            fix: {
              title: `add the export of the cluster that ${stranger.ref.name} leads to`,
              command: kubectl(stranger.ref.name, 'get remoteclusterconfigurations -o yaml'),
            },
          },
        );
      }
      if (secretsUnread.length === 0 && groups.length === 0 && !stranger && !faulty.has(cluster))
        yield say.pass([cluster]);
    }
  },
});

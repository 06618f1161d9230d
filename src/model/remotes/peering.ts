// Which clusters lead to which others, as far as their RemoteClusterConfigurations tell, and what keeps it from being told. No I/O.

import type { Listed } from '../availability.ts';
import { type Evidence, inside, type ObjectRef } from '../resource.ts';
import { shell } from '../wording.ts';
import type { Identity } from './identity.ts';
import { getSecret, isLocalHost, mayLeadTo, type Remote, serverAddress, targetOf } from './remotes.ts';

/** What one cluster has that leads to another. */
export type Link =
  | { readonly kind: 'leads'; readonly remote: Remote }
  /** Some remotes may lead there, none does for certain. */
  | { readonly kind: 'may' }
  /** Proven: none does. */
  | { readonly kind: 'none' }
  /** Not all RemoteClusterConfigurations of the cluster were read. */
  | { readonly kind: 'unread' };

/** Answers which clusters lead to which others. */
export function peering(
  clusters: readonly { readonly name: string; readonly remotes: Listed<Remote> }[],
): (from: string, to: string) => Link {
  const known = new Map(
    clusters.map(({ name, remotes }) => {
      const bound = new Map<string, Remote>();
      for (const remote of remotes.items) {
        const target = targetOf(remote);
        if (target !== null && !bound.has(target)) bound.set(target, remote);
      }
      const open = remotes.items.filter((r) => r.leads.kind === 'unbound' || r.leads.kind === 'contradictory');
      return [name, { bound, open, complete: remotes.state === 'complete' }];
    }),
  );
  return (from, to) => {
    const cluster = known.get(from);
    const remote = cluster?.bound.get(to);
    if (remote) return { kind: 'leads', remote };
    if (!cluster?.complete) return { kind: 'unread' };
    return cluster.open.some((r) => mayLeadTo(r, to)) ? { kind: 'may' } : { kind: 'none' };
  };
}

/** What is missing for every cluster to lead to every other. */
export interface MissingWays {
  /** Clusters that have no way to some others, though from there a way leads back or may do so. */
  readonly oneWay: readonly {
    readonly cluster: string;
    readonly others: readonly string[];
    /** The remotes of the others that lead back for certain. */
    readonly back: readonly Remote[];
  }[];
  readonly unconnected: readonly Unconnected[];
}

/** The ways that are missing for certain, each cause once. */
export function missingWays(
  clusters: readonly string[],
  link: (from: string, to: string) => Link,
  isMeant: (from: string, to: string) => boolean,
): MissingWays {
  const lacks = (from: string, to: string) => from !== to && isMeant(from, to) && link(from, to).kind === 'none';
  const oneWay = clusters.flatMap((cluster) => {
    const others = clusters.filter((other) => lacks(cluster, other) && !lacks(other, cluster));
    const back = others.flatMap((other) => {
      const there = link(other, cluster);
      return there.kind === 'leads' ? [there.remote] : [];
    });
    return others.length === 0 ? [] : [{ cluster, others, back }];
  });
  return { oneWay, unconnected: unconnectedGroups(clusters, (a, b) => lacks(a, b) && lacks(b, a)) };
}

/** Clusters that are not connected with each other: one with another, or one with several others that have only it in common. */
export interface Unconnected {
  readonly cluster: string;
  readonly others: readonly string[];
  /** It has more unconnected pairs than any of the others: it is the one to look at. Else all of them are equal. */
  readonly isOdd: boolean;
}

/**
 * Groups unconnected pairs by what they have in common, so that one cluster that nobody is connected with is one group: again and
 * again the cluster with the most pairs left and all its pairs.
 */
export function unconnectedGroups(
  clusters: readonly string[],
  unconnected: (a: string, b: string) => boolean,
): readonly Unconnected[] {
  const left = new Map(clusters.map((a) => [a, new Set(clusters.filter((b) => a !== b && unconnected(a, b)))]));
  const pairs = new Map([...left].map(([name, others]) => [name, others.size]));
  const groups: Unconnected[] = [];
  for (;;) {
    let most = '';
    for (const [name, others] of left) if (others.size > (left.get(most)?.size ?? 0)) most = name;
    const others = [...(left.get(most) ?? [])];
    if (others.length === 0) return groups;
    const isOdd = others.every((other) => (pairs.get(other) ?? 0) < (pairs.get(most) ?? 0));
    groups.push({ cluster: most, others, isOdd });
    for (const other of others) left.get(other)?.delete(most);
    left.delete(most);
  }
}

/**
 * Remotes of one cluster that certainly lead to the same cluster, in groups of two and more: bound to it, or, where that is not told,
 * by the same Secret, token, ServiceAccount or server.
 */
export function sameTargets(remotes: readonly Remote[]): readonly (readonly Remote[])[] {
  const groups = new Map<string, Remote[]>();
  for (const remote of remotes) {
    const keys = targetKeys(remote);
    // Those that it has something in common with are one group from now on.
    const [home = [], ...others] = new Set(keys.flatMap((key) => (groups.has(key) ? [groups.get(key) ?? []] : [])));
    for (const other of others) {
      for (const [key, group] of groups) if (group === other) groups.set(key, home);
      home.push(...other);
    }
    home.push(remote);
    for (const key of keys) groups.set(key, home);
  }
  const several = [...new Set(groups.values())].filter((group) => group.length > 1);
  return several.map((group) => remotes.filter((r) => group.includes(r)));
}

function targetKeys({ leads, access, connection, clusterAccessSecret: reference }: Remote): readonly string[] {
  if (leads.kind === 'bound') return [`cluster ${leads.cluster}`];
  // Without a Secret it leads nowhere, and a kubeconfig that contradicts itself leads nobody knows where.
  if (leads.kind === 'contradictory' || access.kind === 'absent' || access.kind === 'incomplete-reference') return [];
  const address = connection?.server ? serverAddress(connection.server) : null;
  return [
    ...(reference ? [`secret ${reference.namespace}/${reference.name}`] : []),
    ...(connection?.tokenFingerprint ? [`token ${connection.tokenFingerprint}`] : []),
    ...(connection?.claims?.uid ? [`account ${connection.claims.uid}`] : []),
    ...(address && !isLocalHost(address.host) ? [`server ${address.hostPort}${address.path}`] : []),
  ];
}

/** Is it proven that two remotes of one cluster lead to different clusters? A foreign CA says so. */
function areDistinct(a: Remote, b: Remote): boolean {
  if (a.leads.kind === 'bound') return !mayLeadTo(b, a.leads.cluster);
  if (b.leads.kind === 'bound') return !mayLeadTo(a, b.leads.cluster);
  const [one, other] = [a.connection?.caFingerprints ?? [], b.connection?.caFingerprints ?? []];
  return one.length > 0 && other.length > 0 && !one.some((ca) => other.includes(ca));
}

/**
 * Remotes of a cluster of which it is not told whether they lead to a different other cluster. Those that certainly do not
 * (`sameTargets`), and those that contradict themselves, are not among them.
 */
export function openRemotes(cluster: string, remotes: readonly Remote[]): readonly Remote[] {
  const same = new Set(sameTargets(remotes).flat());
  const judged = remotes.filter((r) => !same.has(r) && r.leads.kind !== 'contradictory');
  return judged.filter((remote) => {
    if (remote.leads.kind === 'bound') return false;
    if (mayLeadTo(remote, cluster)) return true;
    return remotes.some((r) => r !== remote && r.leads.kind !== 'contradictory' && !areDistinct(remote, r));
  });
}

/** Why nobody can tell where a remote leads, as a phrase; null where it is told. */
export function whyUntold(remote: Remote): string | null {
  const { leads } = remote;
  if (leads.kind === 'contradictory') return 'its kubeconfig names several clusters';
  if (leads.kind !== 'unbound') return null;
  const candidates = [...leads.candidates].sort().join(', ');
  switch (leads.why) {
    case 'no-connection':
      return remote.access.kind === 'incomplete-reference'
        ? 'its secret reference is incomplete'
        : 'it names no connection';
    case 'secret-unread':
      return 'its access secret was not read';
    case 'secret-absent':
      return 'its access secret does not exist';
    case 'no-kubeconfig':
      return 'its access secret holds no kubeconfig';
    case 'nothing-to-compare':
      return 'its kubeconfig names nothing that identifies a cluster';
    case 'identity-untold':
      return `nothing that was read of ${candidates} matches it or rules it out`;
    case 'ambiguous':
      return `all that it names is shared by ${candidates}`;
  }
}

/** Where to look, and with which arguments of kubectl, to learn where a remote leads. It changes nothing. */
export function settleLead(remote: Remote): { readonly cluster: string; readonly args: string } {
  const { leads, ref, clusterAccessSecret: reference } = remote;
  const why = leads.kind === 'unbound' ? leads.why : null;
  if (leads.kind === 'unbound' && (why === 'identity-untold' || why === 'ambiguous')) {
    const cluster = [...leads.candidates].sort().find((name) => name !== ref.cluster) ?? ref.cluster;
    if (why === 'ambiguous') return { cluster, args: 'get configmap cluster-info -n kube-public -o yaml' };
    return { cluster, args: 'get configmap kube-root-ca.crt -n kube-system -o yaml' };
  }
  if (why === 'no-connection' || reference?.name == null || reference.namespace === null)
    return { cluster: ref.cluster, args: `get remoteclusterconfigurations ${shell(ref.name)} -o yaml` };
  return { cluster: ref.cluster, args: getSecret(reference.namespace, reference.name) };
}

/** Remotes of one cluster whose target is not told, for one reason. */
export interface UntoldTargets {
  readonly why: string;
  readonly names: readonly string[];
  readonly remotes: readonly ObjectRef[];
  readonly evidence: readonly Evidence[];
  /** What settles it for the first of them. */
  readonly settle: { readonly cluster: string; readonly args: string };
}

const OUTSIDE = 'nothing tells it from another that leads out of the input';

/**
 * What is not told of the targets of a cluster's remotes, apart from what the cluster's own sections lack: that none of its Secrets were
 * read is said by `secretsUnread`, that its own identity is not told is left to whoever needs it.
 */
export function untoldTargets(
  { identity, secrets }: { readonly identity: Identity; readonly secrets: Listed<unknown> },
  remotes: readonly Remote[],
): { readonly secretsUnread: readonly ObjectRef[]; readonly groups: readonly UntoldTargets[] } {
  const groups = new Map<string, [Remote, ...Remote[]]>();
  const secretsUnread: ObjectRef[] = [];
  for (const remote of remotes) {
    const why = remote.leads.kind === 'outside' ? OUTSIDE : whyUntold(remote);
    const reason = remote.leads.kind === 'unbound' ? remote.leads.why : null;
    if (why === null || (reason === 'identity-untold' && identity.state !== 'complete')) continue;
    const group = groups.get(why);
    if (reason === 'secret-unread' && secrets.state !== 'complete') secretsUnread.push(remote.ref);
    else if (group) group.push(remote);
    else groups.set(why, [remote]);
  }
  return {
    secretsUnread,
    groups: [...groups].map(([why, group]) => ({
      why,
      names: group.map((r) => r.ref.name),
      remotes: group.map((r) => r.ref),
      evidence: group.map((r) => inside(r, ['spec', 'clusterAccessSecret'], 'where it leads is not told')),
      settle: settleLead(group[0]),
    })),
  };
}

/**
 * Manifests that connect a cluster to others: a RemoteClusterConfiguration for each, which refers to an access Secret of the name that
 * the documentation gives it (multicluster/federation/kubeconfig, 3.23). Routing is by Calico.
 */
export function remoteManifests(others: readonly string[]): string {
  return others
    .map((other) => {
      const name = objectName(other);
      return [
        'apiVersion: projectcalico.org/v3',
        'kind: RemoteClusterConfiguration',
        'metadata:',
        `  name: ${LOOKS_OTHERWISE.test(name) ? JSON.stringify(name) : name}`,
        'spec:',
        '  clusterAccessSecret:',
        '    kind: Secret',
        `    name: remote-cluster-secret-${name}`,
        '    namespace: calico-system',
        '  syncOptions:',
        '    overlayRoutingMode: Enabled',
      ].join('\n');
    })
    .join('\n---\n');
}

/** Names that YAML does not read as text. */
const LOOKS_OTHERWISE = /^(?:[\d-]+|\d+e\d+|y|n|yes|no|on|off|true|false|null)$/;

/** The name of a cluster in the characters that names of RemoteClusterConfigurations may have. */
function objectName(cluster: string): string {
  const name = cluster
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
  return name === '' ? 'remote' : name;
}

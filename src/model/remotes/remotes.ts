// RemoteClusterConfigurations and the clusters they lead to, bound by evidence and never by name. No I/O.

import { canExist, type Listed, provesAbsence } from '../availability.ts';
import type { RemoteFacts, SecretFacts } from '../objects/facts.ts';
import { at, type Evidence, inside, type ObjectRef, type Sourced } from '../resource.ts';
import { shell } from '../wording.ts';
import type { ConnectionFacts, ConnectionFault } from './credentials.ts';
import { type Identity, isLocalHost, type ServerAddress, serverAddress } from './identity.ts';

export { isLocalHost, serverAddress } from './identity.ts';

export interface Remote extends RemoteFacts {
  readonly access: Access;
  /** The connection that counts: that of the Secret where one is referenced, else the inline one. */
  readonly connection: ConnectionFacts | null;
  readonly leads: Lead;
}

/** What became of the reference to the access Secret. */
export type Access =
  /** `spec.clusterAccessSecret` is not set. */
  | { readonly kind: 'no-reference' }
  /** The reference has no name, no namespace or a kind other than Secret: nobody can tell which Secret is meant. */
  | { readonly kind: 'incomplete-reference' }
  /** The input proves that there is no such Secret. */
  | { readonly kind: 'absent' }
  /** The Secret is not in the input, and the input does not prove that there is none. */
  /** `refused`: why it could not be read, as a manifest says; null where the input just does not hold it. */
  | { readonly kind: 'unread'; readonly refused: string | null }
  | { readonly kind: 'found'; readonly secret: SecretFacts };

/** Strongest first. */
export type BindingKind = 'token' | 'ServiceAccount UID' | 'CA' | 'server' | 'control-plane address';

/** One thing of a connection that a cluster has, too. */
export interface Match {
  readonly kind: BindingKind;
  readonly cluster: string;
  /** Where it stands in that cluster. */
  readonly place: Sourced<string>;
}

/** Which cluster a RemoteClusterConfiguration leads to, as far as the input tells. */
export type Lead =
  | { readonly kind: 'bound'; readonly cluster: string; readonly by: readonly Match[] }
  /** Its evidence names different clusters, none of which has all of it. */
  | { readonly kind: 'contradictory'; readonly matches: readonly Match[]; readonly candidates: ReadonlySet<string> }
  /** No cluster of the input: the identity of every one was read and is another. */
  | { readonly kind: 'outside' }
  | { readonly kind: 'unbound'; readonly why: Unbound; readonly candidates: ReadonlySet<string> };

export type Unbound =
  /** Neither a secret reference nor readable inline fields, or an incomplete reference. */
  | 'no-connection'
  | 'secret-unread'
  | 'secret-absent'
  /** The Secret holds no kubeconfig that can be read. */
  | 'no-kubeconfig'
  /** The kubeconfig names neither server nor CA nor ServiceAccount. */
  | 'nothing-to-compare'
  /** It is no cluster that can be told, but not all can be told. */
  | 'identity-untold'
  /** Several clusters have everything it names: a CA that they share. */
  | 'ambiguous';

/** A cluster as far as binding needs it. */
export interface UnboundCluster {
  readonly name: string;
  readonly remotes: Listed<RemoteFacts>;
  readonly secrets: Listed<SecretFacts>;
  readonly identity: Identity;
}

/** Binds the RemoteClusterConfigurations of all clusters. Keyed by the cluster's name. */
export function bindRemotes(clusters: readonly UnboundCluster[]): Map<string, Listed<Remote>> {
  const bind = binder(clusters);
  return new Map(
    clusters.map(({ name, remotes, secrets }) => {
      const held = new Map(secrets.items.map((s) => [`${s.ref.namespace ?? ''}/${s.ref.name}`, s]));
      const items = remotes.items.map((remote): Remote => {
        const access = findSecret(remote, secrets, held);
        const connection = access.kind === 'no-reference' ? remote.inline : connectionOf(access);
        // As in `project`: a spread would cost more memory than what it makes.
        return Object.assign({ access, connection, leads: bind(access, connection) }, remote);
      });
      return [name, { ...remotes, items }];
    }),
  );
}

function findSecret(
  { clusterAccessSecret: reference }: RemoteFacts,
  secrets: Listed<SecretFacts>,
  held: ReadonlyMap<string, SecretFacts>,
): Access {
  if (reference === null) return { kind: 'no-reference' };
  const { kind, name, namespace } = reference;
  // A reference without a kind resolves all the same: name and namespace are what is looked up.
  if (name === null || namespace === null || (kind !== null && kind !== 'Secret'))
    return { kind: 'incomplete-reference' };
  const secret = held.get(`${namespace}/${name}`);
  if (secret) return { kind: 'found', secret };
  if (!canExist(namespace, name) || provesAbsence(secrets, namespace, name)) return { kind: 'absent' };
  return { kind: 'unread', refused: secrets.unreadNames?.get(`${namespace}/${name}`) ?? null };
}

function connectionOf(access: Access): ConnectionFacts | null {
  return access.kind === 'found' ? access.secret.connection : null;
}

const HOLDS_NONE: ReadonlySet<ConnectionFault['kind']> = new Set<ConnectionFault['kind']>([
  'empty-value',
  'not-base64',
  'double-encoded',
  'not-yaml',
  'not-a-kubeconfig',
]);

/** Does the text decode to a kubeconfig at all, whatever is wrong inside it? */
export function holdsKubeconfig(connection: ConnectionFacts | null): connection is ConnectionFacts {
  return connection !== null && !connection.faults.some((fault) => HOLDS_NONE.has(fault.kind));
}

/** Which clusters have a value, each with the place where it stands. */
type Index = Map<string, Map<string, Sourced<string>>>;

function index(
  clusters: readonly UnboundCluster[],
  values: (identity: Identity) => readonly { readonly key: string; readonly place: Sourced<string> }[],
): Index {
  const found: Index = new Map();
  for (const { name, identity } of clusters) {
    for (const { key, place } of values(identity)) {
      const holders = found.get(key) ?? new Map<string, Sourced<string>>();
      found.set(key, holders.set(name, place));
    }
  }
  return found;
}

const byValue = (list: readonly Sourced<string>[]) => list.map((place) => ({ key: place.value, place }));

function binder(clusters: readonly UnboundCluster[]): (access: Access, connection: ConnectionFacts | null) => Lead {
  const everyone: ReadonlySet<string> = new Set(clusters.map((c) => c.name));
  const identities = new Map(clusters.map((c) => [c.name, c.identity]));
  const indexes: Readonly<Record<BindingKind, Index>> = {
    token: index(clusters, (i) => byValue(i.tokenFingerprints)),
    'ServiceAccount UID': index(clusters, (i) => i.serviceAccounts.map(({ uid }) => ({ key: uid.value, place: uid }))),
    CA: index(clusters, (i) => byValue(i.caFingerprints)),
    server: index(clusters, (i) => byValue(i.servers)),
    'control-plane address': index(clusters, (i) => byValue(i.controlPlaneAddresses)),
  };

  const match = (connection: ConnectionFacts): readonly Match[] => {
    const direct = directServer(connection);
    const find = (kind: BindingKind, key: string | null | undefined): readonly Match[] =>
      [...(indexes[kind].get(key ?? '') ?? [])].map(([cluster, place]) => ({ kind, cluster, place }));
    const servers = find('server', direct?.hostPort);
    return [
      ...find('token', connection.tokenFingerprint),
      ...find('ServiceAccount UID', connection.claims?.uid),
      ...connection.caFingerprints.flatMap((ca) => find('CA', ca)),
      ...(servers.length > 0 ? servers : find('control-plane address', direct?.host)),
    ];
  };

  // Clusters that a connection may lead to although nothing of it matches. The answer depends on few properties of the connection.
  const remaining = new Map<string, ReadonlySet<string>>();
  const unmatched = (connection: ConnectionFacts): ReadonlySet<string> => {
    const { claims, caFingerprints } = connection;
    const account = claims?.uid ? `${claims.namespace}/${claims.serviceAccount}` : '';
    const key = [caFingerprints.length > 0, directServer(connection) !== null, account].join(' ');
    const known =
      remaining.get(key) ?? new Set([...everyone].filter((name) => !excludes(identities.get(name), connection)));
    remaining.set(key, known);
    return known;
  };

  const unbound = (why: Unbound, candidates = everyone): Lead => ({ kind: 'unbound', why, candidates });
  const follow = (connection: ConnectionFacts): Lead => {
    const matches = match(connection);
    if (matches.length === 0) {
      const told =
        connection.server ?? connection.claims?.uid ?? connection.tokenFingerprint ?? connection.caFingerprints[0];
      if (told === undefined || told === null) return unbound('nothing-to-compare');
      const candidates = unmatched(connection);
      return candidates.size === 0 ? { kind: 'outside' } : unbound('identity-untold', candidates);
    }
    const supported = new Set(matches.map((m) => m.cluster));
    const fitting = [...supported].filter((name) => fits(name, identities.get(name), matches));
    const [cluster] = fitting;
    if (cluster === undefined) return { kind: 'contradictory', matches, candidates: supported };
    if (fitting.length > 1) return unbound('ambiguous', new Set(fitting));
    return { kind: 'bound', cluster, by: matches.filter((m) => m.cluster === cluster) };
  };

  // In a full mesh all clusters hold the same connection to a cluster.
  const followed = new Map<string, Lead>();
  return (access, connection) => {
    if (access.kind === 'unread') return unbound('secret-unread');
    if (access.kind === 'absent') return unbound('secret-absent');
    if (access.kind === 'found' && !holdsKubeconfig(connection)) return unbound('no-kubeconfig');
    if (!holdsKubeconfig(connection)) return unbound('no-connection');
    const { tokenFingerprint, claims, caFingerprints, server } = connection;
    const key = JSON.stringify([tokenFingerprint, claims, caFingerprints, server]);
    const lead = followed.get(key) ?? follow(connection);
    followed.set(key, lead);
    return lead;
  };
}

/**
 * Does all evidence that matches anybody match this cluster, too? A token, UID or server address is one cluster's alone. A CA can be
 * shared, and a control plane can have more addresses: they speak against a cluster only where its own were read.
 */
function fits(cluster: string, identity: Identity | undefined, matches: readonly Match[]): boolean {
  return [...new Set(matches.map((m) => m.kind))].every((kind) => {
    if (matches.some((m) => m.kind === kind && m.cluster === cluster)) return true;
    if (kind === 'CA') return identity?.caFingerprints.length === 0;
    return kind === 'control-plane address' && identity?.controlPlaneAddresses.length === 0;
  });
}

/**
 * Given that nothing of the connection matches the cluster: is it certain that it leads elsewhere? One difference does not say so: a CA
 * can be wrong, an account can have been created anew, a cluster has many addresses. Two differences do.
 */
function excludes(identity: Identity | undefined, connection: ConnectionFacts): boolean {
  if (identity?.state !== 'complete' || !identity.isWhole) return false;
  const { caFingerprints, claims } = connection;
  const account = identity.serviceAccounts.some(
    (a) => a.namespace === claims?.namespace && a.name === claims.serviceAccount,
  );
  const differences = [
    caFingerprints.length > 0 && identity.caFingerprints.length > 0,
    account && claims?.uid != null,
    directServer(connection) !== null && identity.servers.length > 0,
  ];
  return differences.filter(Boolean).length >= 2;
}

/** The server's address, if it says anything about the cluster: behind a path stands a proxy, and loopback is everywhere. */
function directServer({ server }: ConnectionFacts): ServerAddress | null {
  const address = server === null ? null : serverAddress(server);
  return address && address.path === '' && !isLocalHost(address.host) ? address : null;
}

/** The cluster that a remote is proven to lead to; null when that is not told or not in the input. */
export function targetOf(remote: Remote): string | null {
  return remote.leads.kind === 'bound' ? remote.leads.cluster : null;
}

/** Is it not excluded that the remote leads to this cluster? */
export function mayLeadTo(remote: Remote, cluster: string): boolean {
  const { leads } = remote;
  if (leads.kind === 'bound') return leads.cluster === cluster;
  return leads.kind !== 'outside' && leads.candidates.has(cluster);
}

/** The phrase `Secret namespace/name` of the reference, as far as it goes. */
export function secretName({ clusterAccessSecret: reference }: Remote): string {
  return `Secret ${reference?.namespace ?? '?'}/${reference?.name ?? '?'}`;
}

/** Arguments of kubectl that print Secrets of a namespace. */
export function getSecret(namespace: string, ...names: readonly string[]): string {
  return `get secret ${names.map(shell).join(' ')} -n ${shell(namespace)} -o yaml`;
}

/** A kubeconfig in a Secret, with the remotes of its cluster that use it. */
export interface HeldKubeconfig {
  readonly connection: ConnectionFacts;
  readonly secret: ObjectRef & { readonly namespace: string };
  readonly remotes: readonly [Remote, ...Remote[]];
  /** The data key, then the reference of each remote. */
  evidence(note: string): [Evidence, ...Evidence[]];
}

/** The kubeconfigs that the remotes of a cluster refer to, each Secret once. Texts that are no kubeconfig are left out. */
export function heldKubeconfigs(remotes: Listed<Remote>): readonly HeldKubeconfig[] {
  return bySecret(remotes.items.filter((r) => r.access.kind === 'found' && holdsKubeconfig(r.connection))).flatMap(
    (users) => {
      const { access, connection } = users[0];
      if (access.kind !== 'found' || connection === null) return [];
      const secret = { ...access.secret.ref, namespace: access.secret.ref.namespace ?? '' };
      const evidence = (note: string): [Evidence, ...Evidence[]] => [at(connection.source, note), ...references(users)];
      return [{ connection, secret, remotes: users, evidence }];
    },
  );
}

/** Remotes with a complete reference, grouped by the Secret that they refer to. */
export function bySecret(remotes: readonly Remote[]): readonly (readonly [Remote, ...Remote[]])[] {
  const groups = new Map<string, [Remote, ...Remote[]]>();
  for (const remote of remotes) {
    const { name, namespace } = remote.clusterAccessSecret ?? {};
    if (!name || !namespace) continue;
    const group = groups.get(`${namespace}/${name}`);
    if (group) group.push(remote);
    else groups.set(`${namespace}/${name}`, [remote]);
  }
  return [...groups.values()];
}

/** Secrets of one namespace that remotes refer to and that are not in the input, where that does not prove them missing. */
export interface UnreadSecrets {
  readonly namespace: string;
  readonly names: readonly string[];
  readonly remotes: readonly [Remote, ...Remote[]];
  /** Why they could not be read; null where the input just does not hold them. */
  readonly refused: string | null;
}

/** The Secrets that are not in the input, by namespace: one command gets all of a namespace. */
export function unreadSecrets(remotes: readonly Remote[]): readonly UnreadSecrets[] {
  const groups = new Map<
    string,
    { readonly namespace: string; readonly refused: string | null; readonly users: [Remote, ...Remote[]] }
  >();
  for (const remote of remotes) {
    const namespace = remote.clusterAccessSecret?.namespace;
    if (remote.access.kind !== 'unread' || !namespace) continue;
    const { refused } = remote.access;
    const key = `${namespace} ${refused ?? ''}`;
    const group = groups.get(key);
    if (group) group.users.push(remote);
    else groups.set(key, { namespace, refused, users: [remote] });
  }
  return [...groups.values()].map(({ namespace, refused, users }) => {
    const names = [...new Set(users.map((r) => r.clusterAccessSecret?.name ?? ''))].sort();
    return { namespace, names, remotes: users, refused };
  });
}

/** The fields that refer to an access Secret. */
export function references(remotes: readonly Remote[]): Evidence[] {
  return remotes.map((remote) => inside(remote, ['spec', 'clusterAccessSecret'], 'refers to this Secret'));
}

/** Names of the clusters whose Typha connects to remotes, or may do so as far as their remotes were read; sorted. */
export function connecting(clusters: readonly { readonly name: string; readonly remotes: Listed<Remote> }[]): string[] {
  const may = clusters.filter(({ remotes }) => remotes.items.length > 0 || remotes.state !== 'complete');
  return may.map(({ name }) => name).sort();
}

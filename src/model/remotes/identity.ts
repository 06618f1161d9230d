// Who a cluster is: everything in its own state that another cluster's kubeconfig can be held against. No I/O.

import type { Availability, Listed } from '../availability.ts';
import type {
  ClusterInformationFacts,
  ConfigMapFacts,
  IdentityClue,
  InfrastructureFacts,
  NodeFacts,
  ObjectFacts,
  SecretFacts,
} from '../objects/facts.ts';
import type { ParseText } from '../objects/reading.ts';
import type { ObjectRef, Path, Sourced } from '../resource.ts';
import { caFingerprints } from './credentials.ts';

/**
 * Complete as soon as one thing was read that a kubeconfig can be held against: a CA, an API server or control-plane address, a token or
 * the UID of a ServiceAccount. Other fields may be empty then. Each list holds a value once, with one place where it stands.
 */
export interface Identity extends Availability {
  /** False where a source was read in part: what is not among the values may be the cluster's all the same. */
  readonly isWhole: boolean;
  readonly kubeSystemUID: string | null;
  readonly clusterGUID: string | null;
  /** SHA-256 fingerprints (hex) of the cluster's CA. */
  readonly caFingerprints: readonly Sourced<string>[];
  /** API server addresses, normalised to `host:port` in lower case. */
  readonly servers: readonly Sourced<string>[];
  /** SHA-256 (hex) of the tokens in Secrets of ServiceAccounts. */
  readonly tokenFingerprints: readonly Sourced<string>[];
  /** UIDs of ServiceAccounts, from the accounts themselves and from their token Secrets. */
  readonly serviceAccounts: readonly AccountIdentity[];
  /** Addresses of control-plane nodes: no proof of who the cluster is, but nobody else's API server listens there. */
  readonly controlPlaneAddresses: readonly Sourced<string>[];
}

export interface AccountIdentity {
  readonly namespace: string;
  readonly name: string;
  readonly uid: Sourced<string>;
}

/** What the input holds of one cluster that can tell who it is. */
export interface IdentitySources {
  readonly cluster: string;
  readonly namespaces: Listed<ObjectFacts>;
  readonly clusterInformations: Listed<ClusterInformationFacts>;
  readonly configMaps: Listed<ConfigMapFacts>;
  readonly secrets: Listed<SecretFacts>;
  readonly serviceAccounts: Listed<ObjectFacts>;
  readonly infrastructures: Listed<InfrastructureFacts>;
  readonly nodes: Listed<NodeFacts>;
}

/** Puts together who the cluster is. */
export function buildIdentity(sources: IdentitySources): Identity {
  const { namespaces, clusterInformations, configMaps, secrets, serviceAccounts, infrastructures, nodes } = sources;
  const clues = configMaps.items.flatMap((c) => (c.identity ? [c.identity] : []));
  const tokens = secrets.items.flatMap((s) => (s.token ? [{ secret: s, token: s.token }] : []));
  const servers = [...clues.flatMap((c) => c.servers), ...infrastructures.items.flatMap((i) => i.servers)];
  const told = {
    caFingerprints: once([...clues.flatMap((c) => c.caFingerprints), ...tokens.flatMap((t) => t.token.caFingerprints)]),
    servers: once(servers.flatMap(identifyingServer)),
    tokenFingerprints: once(
      tokens.flatMap(({ secret, token }) => sourced(secret.ref, secret.keys.token?.path ?? [], token.tokenFingerprint)),
    ),
    serviceAccounts: accounts(serviceAccounts.items, secrets.items),
  };
  const partial = [configMaps, secrets, serviceAccounts, infrastructures].find((part) => part.state === 'partial');
  const controlPlane = nodes.items.filter(isControlPlane).flatMap((n) => n.internalIPs.flatMap(plainAddress));
  const tells = controlPlane.length > 0 || Object.values(told).some((list) => list.length > 0);
  return {
    state: tells ? 'complete' : partial ? 'partial' : 'missing',
    why: tells ? null : (partial?.why ?? NOTHING),
    isWhole: partial === undefined,
    kubeSystemUID: namespaces.items.find((n) => n.ref.name === 'kube-system')?.uid ?? null,
    clusterGUID: clusterInformations.items.find((c) => c.clusterGUID !== null)?.clusterGUID?.value ?? null,
    ...told,
    controlPlaneAddresses: once(controlPlane),
  };
}

function accounts(items: readonly ObjectFacts[], secrets: readonly SecretFacts[]): readonly AccountIdentity[] {
  const own = items.flatMap(({ ref, uid }) =>
    sourced(ref, ['metadata', 'uid'], uid).map((u) => ({ namespace: ref.namespace ?? '', name: ref.name, uid: u })),
  );
  const minted = secrets.flatMap(({ ref, token, serviceAccount, keys }) => {
    const name = serviceAccount.name?.value ?? token?.claims?.serviceAccount;
    if (!token || !name) return [];
    const uids = [
      ...sourced(ref, UID_ANNOTATION, serviceAccount.uid),
      ...sourced(ref, keys.token?.path ?? [], token.claims?.uid ?? null),
    ];
    return uids.map((uid) => ({ namespace: ref.namespace ?? '', name, uid }));
  });
  const found = new Map<string, AccountIdentity>();
  for (const account of [...own, ...minted]) if (!found.has(account.uid.value)) found.set(account.uid.value, account);
  return [...found.values()];
}

const NOTHING = 'nothing in the input tells its CA, API server, control plane or ServiceAccounts';
const UID_ANNOTATION: Path = ['metadata', 'annotations', 'kubernetes.io/service-account.uid'];
/** Well-known labels (Kubernetes docs, "Well-Known Labels, Annotations and Taints", v1.31; `master` until v1.24). */
const CONTROL_PLANE = ['node-role.kubernetes.io/control-plane', 'node-role.kubernetes.io/master'];

function isControlPlane(node: NodeFacts): boolean {
  return CONTROL_PLANE.some((label) => Object.hasOwn(node.labels, label));
}

function plainAddress(ip: Sourced<string>): readonly Sourced<string>[] {
  const host = serverAddress(ip.value.includes(':') ? `https://[${ip.value}]` : `https://${ip.value}`)?.host;
  return host === undefined ? [] : [{ ...ip, value: host }];
}

function sourced(ref: ObjectRef, path: Path, value: string | null): readonly Sourced<string>[] {
  return value === null || value === '' ? [] : [{ value, ref, path }];
}

/** Each value once, at the first place by namespace and name. */
function once(values: readonly Sourced<string>[]): readonly Sourced<string>[] {
  const place = ({ ref }: Sourced<string>) => `${ref.namespace ?? ''}/${ref.name}/${ref.kind}`;
  const found = new Map<string, Sourced<string>>();
  for (const value of values) {
    const other = found.get(value.value);
    if (!other || place(value) < place(other)) found.set(value.value, value);
  }
  return [...found.values()].sort((a, b) => (a.value < b.value ? -1 : 1));
}

/** An API server's address, unless it means something else in every cluster. */
function identifyingServer(server: Sourced<string>): readonly Sourced<string>[] {
  const address = serverAddress(server.value);
  return address === null || isLocalHost(address.host) ? [] : [{ ...server, value: address.hostPort }];
}

export interface ServerAddress {
  /** In lower case, without a trailing dot; IPv6 in brackets. */
  readonly host: string;
  /** 443 where the URL names none. */
  readonly port: number;
  readonly hostPort: string;
  /** '' for the root. A proxy tells clusters apart by it, so an address with a path identifies none by host and port. */
  readonly path: string;
}

/** Reads an API server's URL or `host:port`; null when it is neither. */
export function serverAddress(server: string): ServerAddress | null {
  const scheme = /^[A-Za-z][A-Za-z0-9+.-]*:\/\//.test(server);
  try {
    const url = new URL(scheme ? server : `https://${server}`);
    const host = url.hostname.toLowerCase().replace(/\.$/, '');
    if (host === '') return null;
    const port = url.port === '' ? (url.protocol === 'http:' ? 80 : 443) : Number(url.port);
    return { host, port, hostPort: `${host}:${port}`, path: url.pathname.replace(/\/+$/, '') };
  } catch {
    return null;
  }
}

/**
 * Does the host name or address mean the reader itself, its own cluster or nothing at all? Loopback, unspecified and link-local
 * addresses, and names that only the DNS of a cluster resolves (Kubernetes docs, "DNS for Services and Pods", v1.31).
 */
export function isLocalHost(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, '');
  if (bare === 'localhost' || bare.endsWith('.localhost')) return true;
  if (/^127\.|^0\.0\.0\.0$|^169\.254\./.test(bare)) return true;
  if (bare === '::' || bare === '::1' || /^fe[89ab][0-9a-f]:/.test(bare)) return true;
  // IPv4-mapped: ::ffff:127.0.0.1 and ::ffff:169.254.0.0, as URLs write them.
  if (/^::ffff:(?:7f[0-9a-f]{2}:|a9fe:|0:0$)/.test(bare)) return true;
  return /^kubernetes(?:\.default(?:\.svc(?:\..+)?)?)?$|\.svc$|\.cluster\.local$/.test(bare);
}

/** kubeadm's API servers listen there where `controlPlaneEndpoint` names no port (kubeadm reference, v1beta4 ClusterConfiguration). */
const KUBEADM_PORT = 6443;

/** What a ConfigMap says about its own cluster; null for all but the few that say something. */
export function identityClue(
  ref: ObjectRef,
  data: Readonly<Record<string, string>>,
  parse: ParseText,
): IdentityClue | null {
  const read = readers[ref.name];
  const clue = read && Object.hasOwn(readers, ref.name) ? { ...EMPTY, ...read(ref, data, parse) } : EMPTY;
  const { caFingerprints: cas, servers, podSubnet, serviceSubnet } = clue;
  return cas.length > 0 || servers.length > 0 || podSubnet || serviceSubnet ? clue : null;
}

const EMPTY: IdentityClue = { caFingerprints: [], servers: [], podSubnet: null, serviceSubnet: null };

type Reader = (
  ref: ObjectRef,
  data: Readonly<Record<string, string>>,
  parse: ParseText,
) => Partial<IdentityClue> | null;

const readers: Readonly<Record<string, Reader>> = {
  /** In every namespace (Kubernetes docs, "ServiceAccounts", v1.31). */
  'kube-root-ca.crt': (ref, data) => ({
    caFingerprints: caFingerprints(data['ca.crt'] ?? '').flatMap((ca) => sourced(ref, ['data', 'ca.crt'], ca)),
  }),
  /** A kubeconfig without users, for joining nodes (kubeadm implementation details, v1.31). */
  'cluster-info': (ref, data, parse) => {
    if (ref.namespace !== 'kube-public') return null;
    const path: Path = ['data', 'kubeconfig'];
    const clusters = list(field(attempt(parse, data.kubeconfig), 'clusters')).map((entry) => field(entry, 'cluster'));
    return {
      servers: clusters.flatMap((cluster) => sourced(ref, path, textOf(field(cluster, 'server')))),
      caFingerprints: clusters.flatMap((cluster) => {
        const encoded = textOf(field(cluster, 'certificate-authority-data')) ?? '';
        return caFingerprints(decoded(encoded)).flatMap((ca) => sourced(ref, path, ca));
      }),
    };
  },
  'kubeadm-config': (ref, data, parse) => {
    if (ref.namespace !== 'kube-system') return null;
    const path: Path = ['data', 'ClusterConfiguration'];
    const configuration = attempt(parse, data.ClusterConfiguration);
    const endpoint = textOf(field(configuration, 'controlPlaneEndpoint'));
    const networking = field(configuration, 'networking');
    const subnet = (name: string) => sourced(ref, path, textOf(field(networking, name)))[0] ?? null;
    return {
      servers: endpoint ? sourced(ref, path, /:\d+$/.test(endpoint) ? endpoint : `${endpoint}:${KUBEADM_PORT}`) : [],
      podSubnet: subnet('podSubnet'),
      serviceSubnet: subnet('serviceSubnet'),
    };
  },
  /** Where the operator's components find the API server (docs, operations/ebpf/install, 3.21). */
  'kubernetes-services-endpoint': (ref, data) => {
    const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = data;
    if (!host) return null;
    const bracketed = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
    return { servers: sourced(ref, ['data', 'KUBERNETES_SERVICE_HOST'], port ? `${bracketed}:${port}` : bracketed) };
  },
};

/** ConfigMaps that may tell who a cluster is, by name. */
export const IDENTITY_CONFIG_MAPS: ReadonlySet<string> = new Set(Object.keys(readers));

function decoded(base64: string): string {
  try {
    return atob(base64);
  } catch {
    return '';
  }
}

function attempt(parse: ParseText, content: string | undefined): unknown {
  if (content === undefined) return null;
  try {
    return parse(content);
  } catch {
    return null;
  }
}

function field(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Readonly<Record<string, unknown>>)[key]
    : undefined;
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

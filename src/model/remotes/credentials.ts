// What a kubeconfig, token or certificate says about where it leads, reduced to facts that are safe to keep and print. Credentials are
// hostile data here: never loaded into a client, never executed, never verified, and nothing but facts of them leaves this file.

import { createHash, X509Certificate } from 'node:crypto';
import { isRecord, type Raw, record } from '../objects/raw.ts';
import type { ParseText, Reading } from '../objects/reading.ts';
import type { ObjectRef, Path, Sourced } from '../resource.ts';
import { decodeBase64 } from './base64.ts';

/** Fields whose value a fault can be about, named as kubeconfigs name them. */
export type CredentialField = 'server' | 'token' | 'certificate-authority-data';

/** A fault of a kubeconfig or of inline connection fields. The texts are fixed: nothing of the credential is quoted. */
export type ConnectionFault =
  /** The value is empty or blank. */
  | { readonly kind: 'empty-value' }
  /** The value in the Secret's `data` is not base64. */
  | { readonly kind: 'not-base64' }
  /** The decoded value is base64 of a kubeconfig once more. */
  | { readonly kind: 'double-encoded' }
  /** Neither YAML nor JSON, or not text at all. */
  | { readonly kind: 'not-yaml' }
  /** YAML or JSON, but nothing that client-go decodes as a kubeconfig. */
  | { readonly kind: 'not-a-kubeconfig' }
  | { readonly kind: 'no-current-context' }
  | { readonly kind: 'unknown-context' }
  | { readonly kind: 'unknown-cluster' }
  | { readonly kind: 'unknown-user' }
  /** The text of a template stands where a value belongs. */
  | { readonly kind: 'placeholder'; readonly field: CredentialField }
  | { readonly kind: 'empty'; readonly field: CredentialField }
  /** A path; the file does not exist in the containers that read the kubeconfig. */
  | { readonly kind: 'file-reference'; readonly field: string }
  /** A credential that some program has to fetch. */
  | { readonly kind: 'plugin'; readonly field: 'exec' | 'auth-provider' }
  /** `server` is not an https URL. */
  | { readonly kind: 'bad-server' }
  /** `certificate-authority-data` is not base64 of a PEM text that holds a certificate. */
  | { readonly kind: 'bad-ca' }
  /** The token is still base64, as `data.token` of its Secret shows it. */
  | { readonly kind: 'encoded-token' }
  /** The token holds blanks, line breaks or other characters that no Authorization header can carry. */
  | { readonly kind: 'bad-token' }
  /** `client-certificate-data` and `client-key-data` are not a pair of base64 PEM texts. */
  | { readonly kind: 'bad-client-certificate' };

/** Claims of a ServiceAccount token. The signature is never looked at. */
export interface TokenClaims {
  readonly issuer: string | null;
  readonly namespace: string | null;
  readonly serviceAccount: string | null;
  /** UID of the ServiceAccount. */
  readonly uid: string | null;
  /** The Secret that a long-lived token was minted into; null for tokens of the TokenRequest API. */
  readonly secret: string | null;
  /** `exp` in milliseconds; null for tokens that do not expire. */
  readonly expires: number | null;
}

/**
 * What a connection's current context says. Where that context does not resolve and there is only one cluster and one user, those:
 * nobody can have meant others.
 */
export interface ConnectionFacts {
  /** The value that holds it: a Secret's data key, or the RemoteClusterConfiguration's field. */
  readonly source: Sourced<null>;
  readonly faults: readonly ConnectionFault[];
  /** API server URL, without user information, query and fragment; null when absent or unreadable. */
  readonly server: string | null;
  /** SHA-256 (hex) of the token; null when there is none. */
  readonly tokenFingerprint: string | null;
  /** Null when the token is absent or not a JWT. */
  readonly claims: TokenClaims | null;
  /** SHA-256 (hex) of each CA certificate's DER form. */
  readonly caFingerprints: readonly string[];
  /** Latest `notAfter` of the CA certificates, in milliseconds: after it none of them is valid. Null without a CA. */
  readonly caExpires: number | null;
  readonly insecureSkipTLSVerify: boolean;
  /** A client certificate and its key stand inline. */
  readonly hasClientCertificate: boolean;
  readonly proxyURL: boolean;
  readonly tlsServerName: string | null;
}

/** A Secret of type `kubernetes.io/service-account-token`, as one was minted or is expected to be. */
export interface TokenSecretFacts {
  readonly tokenFingerprint: string | null;
  readonly claims: TokenClaims | null;
  readonly caFingerprints: readonly Sourced<string>[];
}

/** A value of a Secret: base64 from `data`, plain from `stringData`; in a snapshot plain and reduced (see redaction.ts). */
export interface SecretValue {
  readonly text: string;
  readonly form: 'base64' | 'plain' | 'reduced';
}

/** A Secret holds at most 1 MiB (Kubernetes docs, "Secrets", v1.31); what is longer was not served by an API server. */
const LONGEST = 1 << 20;
/** Claims and names in a kubeconfig are Kubernetes names or URLs. */
const LONGEST_NAME = 512;

/** The text of a kubeconfig in a Secret; or why there is none. */
export function kubeconfigText(value: SecretValue): { readonly text: string } | { readonly fault: UnreadableKind } {
  if (value.form !== 'base64') return { text: value.text };
  const bytes = value.text.length <= 2 * LONGEST ? decodeBase64(value.text) : null;
  if (bytes === null) return { fault: 'not-base64' };
  const text = decodeText(bytes);
  return text === null ? { fault: 'not-yaml' } : { text };
}

/** What the key `kubeconfig` of a Secret says. */
export function reduceSecretKubeconfig(value: SecretValue, source: Sourced<null>, reading: Reading): ConnectionFacts {
  const read = kubeconfigText(value);
  if ('fault' in read) return { source, ...unreadable(read.fault) };
  return reduceKubeconfig(read.text, source, reading, value.form === 'reduced');
}

/**
 * What the connection fields of a RemoteClusterConfiguration say; null when there are none that can be read. An inline kubeconfig is
 * taken alone, other fields do not override it (libcalico-go lib/backend/k8s/client.go, CreateKubernetesClientset, v3.30).
 */
export function reduceInline(ref: ObjectRef, spec: Raw, reading: Reading, reduced = false): ConnectionFacts | null {
  const source = (field: string): Sourced<null> => ({ value: null, ref, path: ['spec', field] satisfies Path });
  const inline = text(own(spec, 'kubeconfigInline'));
  if (inline) return reduceKubeconfig(inline, source('kubeconfigInline'), reading, reduced);
  const endpoint = text(spec.k8sAPIEndpoint);
  const token = text(spec.k8sAPIToken);
  if (!endpoint && !token) return null;
  const server = endpoint && !(reduced && markedFault(endpoint)) ? readServer(endpoint, true) : null;
  const told = token === '' ? null : reduced ? readMark(token) : tellPlainly(token);
  return {
    source: source(endpoint ? 'k8sAPIEndpoint' : 'k8sAPIToken'),
    ...NOTHING,
    faults: endpoint && server === null ? [{ kind: 'bad-server' }] : [],
    server: server?.url ?? null,
    tokenFingerprint: told?.fingerprint ?? null,
    claims: told?.claims ?? null,
    insecureSkipTLSVerify: spec.k8sInsecureSkipTLSVerify === true,
  };
}

/** What a ServiceAccount's token Secret says: `token` and `ca.crt` as they stand in it, and where its keys are. */
export function reduceTokenSecret(
  token: SecretValue | null,
  ca: SecretValue | null,
  keys: Readonly<Record<string, Sourced<null>>>,
): TokenSecretFacts {
  const jwt = plainText(token).trim();
  const told = token?.form === 'reduced' ? readMark(jwt) : jwt === '' ? null : tellPlainly(jwt);
  const place = keys['ca.crt'];
  return {
    tokenFingerprint: told?.fingerprint ?? null,
    claims: told?.claims ?? null,
    caFingerprints: place ? caFingerprints(plainText(ca)).map((value) => ({ ...place, value })) : [],
  };
}

/** A value of a Secret, decoded; '' where it is no text. */
export function plainText(value: SecretValue | null): string {
  if (value === null || value.text.length > 2 * LONGEST) return '';
  if (value.form !== 'base64') return value.text;
  const bytes = decodeBase64(value.text);
  return (bytes && decodeText(bytes)) ?? '';
}

/** What a kubeconfig, as YAML or JSON, says. `source` is the place that findings point at; `reduced` is one that a snapshot holds. */
export function reduceKubeconfig(
  input: string,
  source: Sourced<null>,
  { once, parse }: Reading,
  reduced = false,
): ConnectionFacts {
  return { source, ...once(`${reduced} ${fingerprint(input)}`, () => readKubeconfig(input, parse, reduced)) };
}

/** What a kubeconfig says, wherever it stands. */
type Connection = Omit<ConnectionFacts, 'source'>;

function readKubeconfig(input: string, parse: ParseText, reduced: boolean): Connection {
  const marked = reduced ? markedFault(input.trim()) : null;
  if (marked) return unreadable(marked as UnreadableKind);
  const read = parseKubeconfig(input, parse);
  if ('fault' in read) return unreadable(read.fault);
  const { cluster, user, faults } = currentContext(read.config);
  return {
    ...NOTHING,
    ...merge(faults, cluster ? readCluster(cluster, reduced) : {}, user ? readUser(user, reduced) : {}),
  };
}

/** What client-go would decode of a text; or why it is no kubeconfig. */
export function parseKubeconfig(
  input: string,
  parse: ParseText,
): { readonly config: Raw } | { readonly fault: UnreadableKind } {
  const content = input.startsWith('\uFEFF') ? input.slice(1) : input;
  if (content.length > LONGEST) return { fault: 'not-a-kubeconfig' };
  if (content.trim() === '') return { fault: 'empty-value' };
  if (encodesKubeconfig(content)) return { fault: 'double-encoded' };
  let config: unknown;
  try {
    config = parse(content);
  } catch {
    return { fault: 'not-yaml' };
  }
  return isKubeconfig(config) ? { config } : { fault: 'not-a-kubeconfig' };
}

type Part = Partial<Connection>;

function merge(faults: readonly ConnectionFault[], cluster: Part, user: Part): Part {
  return { ...cluster, ...user, faults: [...faults, ...(cluster.faults ?? []), ...(user.faults ?? [])] };
}

const NOTHING: Connection = {
  faults: [],
  server: null,
  tokenFingerprint: null,
  claims: null,
  caFingerprints: [],
  caExpires: null,
  insecureSkipTLSVerify: false,
  hasClientCertificate: false,
  proxyURL: false,
  tlsServerName: null,
};

type UnreadableKind = 'empty-value' | 'not-base64' | 'double-encoded' | 'not-yaml' | 'not-a-kubeconfig';

function unreadable(kind: UnreadableKind): Connection {
  return { ...NOTHING, faults: [{ kind }] };
}

/** The fault that stands in a snapshot for a value that has it: `!bad-ca`. Null for any other text. */
function markedFault(value: string): ConnectionFault['kind'] | null {
  return (/^!([a-z-]+)$/.exec(value)?.[1] as ConnectionFault['kind'] | undefined) ?? null;
}

/**
 * Does client-go decode it? Kind and apiVersion may be left out, lists may be null, and a field of the wrong type refuses the whole
 * text (client-go tools/clientcmd/api/latest and api/v1, v0.31).
 */
function isKubeconfig(config: unknown): config is Raw {
  if (!isRecord(config)) return false;
  if (own(config, 'kind') !== undefined && own(config, 'kind') !== 'Config') return false;
  if (own(config, 'apiVersion') !== undefined && own(config, 'apiVersion') !== 'v1') return false;
  if (!isOptional(own(config, 'current-context'), isText)) return false;
  const lists = ['clusters', 'users', 'contexts'];
  // A text without any of the three lists decodes to an empty configuration: whatever it is, nobody meant it as a kubeconfig.
  if (!lists.some((list) => Object.hasOwn(config, list))) return false;
  return lists.every((list) => isOptional(config[list], isEntries));
}

function isEntries(value: unknown): boolean {
  const wrapped = ['cluster', 'user', 'context'];
  return (
    Array.isArray(value) &&
    value.every((entry) => isRecord(entry) && isOptional(own(entry, 'name'), isText)) &&
    value.every((entry: Raw) => wrapped.every((field) => isOptional(entry[field], hasPlainTexts)))
  );
}

const TEXTS = [
  'server',
  'certificate-authority',
  'certificate-authority-data',
  'tls-server-name',
  'proxy-url',
  'token',
  'tokenFile',
  'client-certificate',
  'client-certificate-data',
  'client-key',
  'client-key-data',
  'cluster',
  'user',
];

function hasPlainTexts(value: unknown): boolean {
  return isRecord(value) && TEXTS.every((field) => isOptional(own(value, field), isText));
}

interface Current {
  readonly cluster: Raw | null;
  readonly user: Raw | null;
  readonly faults: readonly ConnectionFault[];
}

/** Only the current context counts (client-go tools/clientcmd/client_config.go, v0.31): no overrides reach it from Typha. */
function currentContext(config: Raw): Current {
  const entries = (list: string, field: string) =>
    array(config[list]).map((entry) => ({ name: text(own(entry, 'name')), value: record(own(entry, field)) }));
  const clusters = entries('clusters', 'cluster');
  const users = entries('users', 'user');
  const sole = (kind: ConnectionFault['kind'] & ('no-current-context' | 'unknown-context')): Current => ({
    cluster: clusters.length === 1 && users.length <= 1 ? (clusters[0]?.value ?? null) : null,
    user: users.length === 1 && clusters.length <= 1 ? (users[0]?.value ?? null) : null,
    faults: [{ kind }],
  });
  const name = text(own(config, 'current-context'));
  if (name === '') return sole('no-current-context');
  const context = entries('contexts', 'context').find((c) => c.name === name);
  if (!context) return sole('unknown-context');
  const cluster = clusters.find((c) => c.name === text(own(context.value, 'cluster')))?.value ?? null;
  const user = users.find((u) => u.name === text(own(context.value, 'user')))?.value ?? null;
  return {
    cluster,
    user,
    faults: [
      ...(cluster ? [] : [{ kind: 'unknown-cluster' } as const]),
      ...(user ? [] : [{ kind: 'unknown-user' } as const]),
    ],
  };
}

function readCluster(cluster: Raw, reduced: boolean): Part {
  const faults: ConnectionFault[] = [];
  const value = (field: string) => text(own(cluster, field));
  const insecure = own(cluster, 'insecure-skip-tls-verify') === true;
  const data = value('certificate-authority-data').trim();
  const ca = readAuthority(data, reduced);
  if (ca.fault) faults.push(ca.fault);
  // clientcmd opens the file even where the data is there too (validation.go, v0.31).
  if (value('certificate-authority')) faults.push({ kind: 'file-reference', field: 'certificate-authority' });
  else if (data === '' && !insecure) faults.push({ kind: 'empty', field: 'certificate-authority-data' });
  const address = value('server').trim();
  const server = reduced && markedFault(address) ? null : readServer(address, insecure || data !== '');
  if (address === '') faults.unshift({ kind: 'empty', field: 'server' });
  else if (isPlaceholder(address) || (reduced && markedFault(address) === 'placeholder'))
    faults.unshift({ kind: 'placeholder', field: 'server' });
  else if (server?.secure !== true) faults.unshift({ kind: 'bad-server' });
  return {
    faults,
    server: server?.url ?? null,
    caFingerprints: ca.certificates.map((c) => c.fingerprint),
    caExpires: ca.certificates.length === 0 ? null : Math.max(...ca.certificates.map((c) => c.expires)),
    insecureSkipTLSVerify: insecure,
    proxyURL: value('proxy-url') !== '',
    tlsServerName: value('tls-server-name').slice(0, LONGEST_NAME) || null,
  };
}

function readUser(user: Raw, reduced: boolean): Part {
  const faults: ConnectionFault[] = [];
  const value = (field: string) => text(own(user, field));
  const written = value('token');
  const data = value('client-certificate-data');
  const certificate = reduced ? markedCertificate(data) : readClientCertificate(data, value('client-key-data'));
  // clientcmd opens these files in any case (validation.go, v0.31).
  for (const field of ['client-certificate', 'client-key'])
    if (value(field)) faults.push({ kind: 'file-reference', field });
  // A provider that the program was not built with fails even beside a token (client-go rest/transport.go, v0.31).
  if (isRecord(own(user, 'auth-provider'))) faults.push({ kind: 'plugin', field: 'auth-provider' });
  if (certificate === 'bad' && faults.length === 0) faults.push({ kind: 'bad-client-certificate' });
  // tokenFile and exec only matter where nothing is inline: an inline token outlives a file that cannot be read, and exec is not run
  // beside a token or certificate (client-go transport/token_source.go and plugin/pkg/client/auth/exec/exec.go, v0.31).
  if (written.trim() === '' && certificate === 'none' && faults.length === 0) {
    if (value('tokenFile')) faults.push({ kind: 'file-reference', field: 'tokenFile' });
    else if (isRecord(own(user, 'exec'))) faults.push({ kind: 'plugin', field: 'exec' });
    else faults.push({ kind: 'empty', field: 'token' });
  }
  const token = reduced ? readMark(written) : tellToken(written);
  if (token.fault) faults.push(token.fault);
  return {
    faults,
    tokenFingerprint: token.fingerprint,
    claims: token.claims,
    hasClientCertificate: certificate === 'good',
  };
}

/** What is told of a token. */
interface TokenFacts {
  readonly fingerprint: string | null;
  readonly claims: TokenClaims | null;
  readonly fault: ConnectionFault | null;
}

function tellToken(written: string): TokenFacts {
  const { value, fault } = readToken(written);
  return value === null ? { fingerprint: null, claims: null, fault } : { ...tellPlainly(value), fault };
}

function tellPlainly(token: string): TokenFacts {
  return { fingerprint: fingerprint(token), claims: readClaims(token), fault: null };
}

/**
 * What stands for a token of a kubeconfig in a snapshot: its fingerprint, its claims, and a fault, each if there is one:
 * `sha256:<hex>?namespace=calico-system&…!bad-token`.
 */
export function markOfToken(written: string): string {
  const { value, fault } = readToken(written);
  return `${value === null ? '' : markPlainly(value)}${fault ? `!${fault.kind}` : ''}`;
}

/** The same of a token that stands by itself, as in the Secret that it was minted into. */
export function markPlainly(token: string): string {
  const claims = readClaims(token);
  const told = Object.entries(claims ?? {}).filter(([, value]) => value !== null);
  return `sha256:${fingerprint(token)}${claims ? `?${new URLSearchParams(told.map(([k, v]): [string, string] => [k, String(v)]))}` : ''}`;
}

function readMark(mark: string): TokenFacts {
  const [, hex, told, kind] = /^(?:sha256:([0-9a-f]{64})(?:\?([^!]*))?)?(?:!([a-z-]+))?$/.exec(mark.trim()) ?? [];
  const fault = kind === undefined ? null : kind === 'placeholder' ? { kind, field: 'token' as const } : { kind };
  return {
    fingerprint: hex ?? null,
    claims: told === undefined ? null : readToldClaims(new URLSearchParams(told)),
    fault: fault as ConnectionFault | null,
  };
}

function readToldClaims(told: URLSearchParams): TokenClaims {
  const expires = Number(told.get('expires') ?? Number.NaN);
  return {
    issuer: told.get('issuer'),
    namespace: told.get('namespace'),
    serviceAccount: told.get('serviceAccount'),
    uid: told.get('uid'),
    secret: told.get('secret'),
    expires: Number.isFinite(expires) ? expires : null,
  };
}

function readToken(written: string): { readonly value: string | null; readonly fault: ConnectionFault | null } {
  const token = written.trim();
  if (token === '') return { value: null, fault: null };
  if (readClaims(token) === null) {
    const decoded = decodeBase64(token);
    const inner = decoded && decodeText(decoded)?.trim();
    if (inner && readClaims(inner) !== null) return { value: inner, fault: { kind: 'encoded-token' } };
    if (isPlaceholder(token)) return { value: null, fault: { kind: 'placeholder', field: 'token' } };
  }
  // Go's net/http refuses header values with control characters (golang.org/x/net/http/httpguts, ValidHeaderFieldValue).
  return { value: token, fault: /[\s\u0000-\u001f\u007f]/.test(written) ? { kind: 'bad-token' } : null };
}

/** In a snapshot the fault or any word stands for the pair. */
function markedCertificate(mark: string): 'none' | 'good' | 'bad' {
  return mark === '' ? 'none' : markedFault(mark) ? 'bad' : 'good';
}

export function readClientCertificate(certificate: string, key: string): 'none' | 'good' | 'bad' {
  if (certificate === '' && key === '') return 'none';
  const holds = (data: string, label: RegExp) => label.test(decodeBase64(data)?.toString('latin1') ?? '');
  return holds(certificate, /-----BEGIN CERTIFICATE-----/) && holds(key, /-----BEGIN [A-Z ]*PRIVATE KEY-----/)
    ? 'good'
    : 'bad';
}

interface Certificate {
  readonly fingerprint: string;
  readonly expires: number;
}

function readAuthority(
  data: string,
  reduced: boolean,
): {
  readonly certificates: readonly Certificate[];
  readonly fault: ConnectionFault | null;
} {
  if (data === '') return { certificates: [], fault: null };
  const marked = reduced ? markedFault(data) : null;
  if (marked === 'bad-ca') return { certificates: [], fault: { kind: marked } };
  if (marked) return { certificates: [], fault: { kind: 'placeholder', field: 'certificate-authority-data' } };
  const certificates = readCertificates(decodeBase64(data)?.toString('latin1') ?? '');
  if (certificates.length > 0) return { certificates, fault: null };
  const decoded = decodeBase64(data)?.toString('latin1') ?? '';
  const placeholder = isPlaceholder(data) || (/^[ -~\s]*$/.test(decoded) && isPlaceholder(decoded));
  const fault = placeholder
    ? ({ kind: 'placeholder', field: 'certificate-authority-data' } as const)
    : ({ kind: 'bad-ca' } as const);
  return { certificates: [], fault };
}

/** More certificates than any trust bundle of a cluster holds. */
const MOST_CERTIFICATES = 500;

/** The certificates of a PEM text. As Go's CertPool.AppendCertsFromPEM does, blocks that do not parse are passed over. */
export function readCertificates(pem: string): readonly Certificate[] {
  return pemBlocks(pem).flatMap((der) => {
    const id = fingerprint(der);
    const expires = expiryOf(der, id);
    return expires === null ? [] : [{ fingerprint: id, expires }];
  });
}

/**
 * What was answered before, by fingerprint. In a full mesh every cluster holds the CA of every other, and reading one takes a hundred
 * times as long as hashing it. A memory only: it changes no answer.
 */
const expiries = new Map<string, number | null>();
const MOST_EXPIRIES = 10_000;

/** `notAfter` in milliseconds; null for bytes that are no certificate. */
function expiryOf(der: Buffer, id: string): number | null {
  const known = expiries.get(id);
  if (known !== undefined) return known;
  let expires: number | null = null;
  try {
    expires = Date.parse(new X509Certificate(der).validTo);
  } catch {
    // Not a certificate.
  }
  if (expiries.size < MOST_EXPIRIES) expiries.set(id, expires);
  return expires;
}

/** The certificates of a PEM text, as PEM: nothing of what else it holds. */
export function pemOf(pem: string): string {
  const block = (der: Buffer) => (der.toString('base64').match(/.{1,64}/g) ?? []).join('\n');
  return pemBlocks(pem)
    .map((der) => `-----BEGIN CERTIFICATE-----\n${block(der)}\n-----END CERTIFICATE-----\n`)
    .join('');
}

/** SHA-256 (hex) of the DER form of each certificate in a PEM text, each once. They are not looked into. */
export function caFingerprints(pem: string): readonly string[] {
  return [...new Set(pemBlocks(pem).map(fingerprint))];
}

function pemBlocks(pem: string): readonly Buffer[] {
  if (pem.length > LONGEST) return [];
  const blocks: Buffer[] = [];
  const label = /-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----/g;
  for (let match = label.exec(pem); match && blocks.length < MOST_CERTIFICATES; match = label.exec(pem)) {
    const der = decodeBase64(match[1] ?? '');
    if (der && der.length > 0) blocks.push(der);
  }
  return blocks;
}

/**
 * Claims of a JWT; null for anything else. Long-lived tokens carry flat claims, tokens of the TokenRequest API an object
 * `kubernetes.io` (kubernetes/kubernetes pkg/serviceaccount/legacy.go and claims.go, v1.31).
 */
export function readClaims(token: string): TokenClaims | null {
  const parts = token.split('.', 4);
  const payload = parts[1];
  if (parts.length !== 3 || !payload || token.length > LONGEST || !parts.every((p) => /^[\w-]*$/.test(p))) return null;
  let decoded: unknown;
  try {
    decoded = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
  } catch {
    return null;
  }
  if (!isRecord(decoded)) return null;
  const claims = decoded;
  const bound = record(own(claims, 'kubernetes.io'));
  const account = record(own(bound, 'serviceaccount'));
  const flat = (claim: string) => name(own(claims, `kubernetes.io/serviceaccount/${claim}`));
  const subject = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(text(own(claims, 'sub')).slice(0, LONGEST_NAME));
  const expires = own(claims, 'exp');
  return {
    issuer: name(own(claims, 'iss')),
    namespace: flat('namespace') ?? name(own(bound, 'namespace')) ?? subject?.[1] ?? null,
    serviceAccount: flat('service-account.name') ?? name(own(account, 'name')) ?? subject?.[2] ?? null,
    uid: flat('service-account.uid') ?? name(own(account, 'uid')),
    secret: flat('secret.name') ?? name(own(record(own(bound, 'secret')), 'name')),
    expires: typeof expires === 'number' && Number.isFinite(expires) ? expires * 1000 : null,
  };
}

/** The URL as it may be shown, and whether it is https. Without a scheme client-go takes https where TLS is configured. */
export function readServer(address: string, tls: boolean): { readonly url: string; readonly secure: boolean } | null {
  if (address === '' || address.length > LONGEST_NAME || /[\s\u0000-\u001f\u007f]/.test(address)) return null;
  if (isPlaceholder(address)) return null;
  const scheme = /^[A-Za-z][A-Za-z0-9+.-]*:\/\//.test(address);
  if (!scheme && !tls) return null;
  try {
    const url = new URL(scheme ? address : `https://${address}`);
    if (url.hostname === '' || !['http:', 'https:'].includes(url.protocol)) return null;
    const path = url.pathname === '/' ? '' : url.pathname;
    return { url: `${url.protocol}//${url.host}${path}`, secure: url.protocol === 'https:' };
  } catch {
    return null;
  }
}

/**
 * Is it the text of a template? `<…>`, `${…}`, `{{ … }}` and an ellipsis never occur in addresses, tokens or base64; DATA+OMITTED and
 * REDACTED are what `kubectl config view` prints without `--raw`.
 */
export function isPlaceholder(value: string): boolean {
  return (
    /[<>$]|\{\{|\.\.\.|\u2026|%[A-Z_]+%/.test(value) ||
    /REPLACE[-_ ]?(?:ME|WITH|THIS)|CHANGE[-_ ]?ME|DATA\+OMITTED/i.test(value) ||
    /(?:^|[^A-Za-z0-9])(?:YOUR|MY)[-_ ][A-Z]/.test(value) ||
    /^(?:REDACTED|PLACEHOLDER|TODO|FIXME|TBD|X{3,}|\*+)$/i.test(value.trim())
  );
}

function encodesKubeconfig(content: string): boolean {
  if (content.length < 16 || !/^[A-Za-z0-9+/=\s]+$/.test(content)) return false;
  const inner = decodeBase64(content.replace(/\s/g, ''))?.toString('utf8') ?? '';
  return (
    /^\s*\{/.test(inner) ||
    /^\s*(?:-\s+)?["']?(?:apiVersion|kind|clusters|contexts|users|current-context)["']?\s*:/m.test(inner)
  );
}

/** UTF-8 without its byte order mark; null for other bytes. */
function decodeText(bytes: Buffer): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

function fingerprint(value: string | Buffer): string {
  return createHash('sha256').update(value).digest('hex');
}

function array(value: unknown): readonly Raw[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

function own(object: Raw, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isOptional(value: unknown, is: (value: unknown) => boolean): boolean {
  return value === undefined || value === null || is(value);
}

function text(value: unknown): string {
  return isText(value) ? value : '';
}

function name(value: unknown): string | null {
  return isText(value) && value !== '' && value.length <= LONGEST_NAME ? value : null;
}

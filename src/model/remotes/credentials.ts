// What a kubeconfig, token or certificate says about where it leads, reduced to facts that are safe to keep and print. Credentials are
// hostile data here: never loaded into a client, never executed, never verified, and nothing but facts of them leaves this file.

import { createHash, X509Certificate } from 'node:crypto';
import type { ParseText, Reading } from '../objects/reading.ts';
import type { ObjectRef, Path, Sourced } from '../resource.ts';

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

/** A value of a Secret: base64 from `data`, plain from `stringData`. */
export interface SecretValue {
  readonly text: string;
  readonly encoded: boolean;
}

type Fields = Readonly<Record<string, unknown>>;

/** A Secret holds at most 1 MiB (Kubernetes docs, "Secrets", v1.31); what is longer was not served by an API server. */
const LONGEST = 1 << 20;
/** Claims and names in a kubeconfig are Kubernetes names or URLs. */
const LONGEST_NAME = 512;

/** What the key `kubeconfig` of a Secret says. */
export function reduceSecretKubeconfig(value: SecretValue, source: Sourced<null>, reading: Reading): ConnectionFacts {
  if (!value.encoded) return reduceKubeconfig(value.text, source, reading);
  const bytes = value.text.length <= 2 * LONGEST ? decodeBase64(value.text) : null;
  if (bytes === null) return { source, ...unreadable('not-base64') };
  const text = decodeText(bytes);
  return text === null ? { source, ...unreadable('not-yaml') } : reduceKubeconfig(text, source, reading);
}

/**
 * What the connection fields of a RemoteClusterConfiguration say; null when there are none that can be read. An inline kubeconfig is
 * taken alone, other fields do not override it (libcalico-go lib/backend/k8s/client.go, CreateKubernetesClientset, v3.30).
 */
export function reduceInline(ref: ObjectRef, spec: Fields, reading: Reading): ConnectionFacts | null {
  const source = (field: string): Sourced<null> => ({ value: null, ref, path: ['spec', field] satisfies Path });
  const inline = text(own(spec, 'kubeconfigInline'));
  if (inline) return reduceKubeconfig(inline, source('kubeconfigInline'), reading);
  const endpoint = text(spec.k8sAPIEndpoint);
  const token = text(spec.k8sAPIToken);
  if (!endpoint && !token) return null;
  const server = endpoint ? readServer(endpoint, true) : null;
  return {
    source: source(endpoint ? 'k8sAPIEndpoint' : 'k8sAPIToken'),
    ...NOTHING,
    faults: endpoint && server === null ? [{ kind: 'bad-server' }] : [],
    server: server?.url ?? null,
    tokenFingerprint: token ? fingerprint(token) : null,
    claims: token ? readClaims(token) : null,
    insecureSkipTLSVerify: spec.k8sInsecureSkipTLSVerify === true,
  };
}

/** What a ServiceAccount's token Secret says: `token` and `ca.crt` as they stand in it, and where its keys are. */
export function reduceTokenSecret(
  token: SecretValue | null,
  ca: SecretValue | null,
  keys: Readonly<Record<string, Sourced<null>>>,
): TokenSecretFacts {
  const plain = (value: SecretValue | null): string => {
    if (value === null || value.text.length > 2 * LONGEST) return '';
    if (!value.encoded) return value.text;
    const bytes = decodeBase64(value.text);
    return (bytes && decodeText(bytes)) ?? '';
  };
  const jwt = plain(token).trim();
  const place = keys['ca.crt'];
  return {
    tokenFingerprint: jwt === '' ? null : fingerprint(jwt),
    claims: readClaims(jwt),
    caFingerprints: place ? caFingerprints(plain(ca)).map((value) => ({ ...place, value })) : [],
  };
}

/** What a kubeconfig, as YAML or JSON, says. `source` is the place that findings point at. */
export function reduceKubeconfig(input: string, source: Sourced<null>, { once, parse }: Reading): ConnectionFacts {
  return { source, ...once(fingerprint(input), () => readKubeconfig(input, parse)) };
}

/** What a kubeconfig says, wherever it stands. */
type Connection = Omit<ConnectionFacts, 'source'>;

function readKubeconfig(input: string, parse: ParseText): Connection {
  const content = input.startsWith('\uFEFF') ? input.slice(1) : input;
  if (content.length > LONGEST) return unreadable('not-a-kubeconfig');
  if (content.trim() === '') return unreadable('empty-value');
  if (encodesKubeconfig(content)) return unreadable('double-encoded');
  let config: unknown;
  try {
    config = parse(content);
  } catch {
    return unreadable('not-yaml');
  }
  if (!isKubeconfig(config)) return unreadable('not-a-kubeconfig');
  const { cluster, user, faults } = currentContext(config);
  return { ...NOTHING, ...merge(faults, cluster ? readCluster(cluster) : {}, user ? readUser(user) : {}) };
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

function unreadable(
  kind: 'empty-value' | 'not-base64' | 'double-encoded' | 'not-yaml' | 'not-a-kubeconfig',
): Connection {
  return { ...NOTHING, faults: [{ kind }] };
}

/**
 * Does client-go decode it? Kind and apiVersion may be left out, lists may be null, and a field of the wrong type refuses the whole
 * text (client-go tools/clientcmd/api/latest and api/v1, v0.31).
 */
function isKubeconfig(config: unknown): config is Fields {
  if (!isFields(config)) return false;
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
    value.every((entry) => isFields(entry) && isOptional(own(entry, 'name'), isText)) &&
    value.every((entry: Fields) => wrapped.every((field) => isOptional(entry[field], hasPlainTexts)))
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
  return isFields(value) && TEXTS.every((field) => isOptional(own(value, field), isText));
}

interface Current {
  readonly cluster: Fields | null;
  readonly user: Fields | null;
  readonly faults: readonly ConnectionFault[];
}

/** Only the current context counts (client-go tools/clientcmd/client_config.go, v0.31): no overrides reach it from Typha. */
function currentContext(config: Fields): Current {
  const entries = (list: string, field: string) =>
    array(config[list]).map((entry) => ({ name: text(own(entry, 'name')), value: fields(own(entry, field)) }));
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

function readCluster(cluster: Fields): Part {
  const faults: ConnectionFault[] = [];
  const value = (field: string) => text(own(cluster, field));
  const insecure = own(cluster, 'insecure-skip-tls-verify') === true;
  const data = value('certificate-authority-data').trim();
  const ca = readAuthority(data);
  if (ca.fault) faults.push(ca.fault);
  // clientcmd opens the file even where the data is there too (validation.go, v0.31).
  if (value('certificate-authority')) faults.push({ kind: 'file-reference', field: 'certificate-authority' });
  else if (data === '' && !insecure) faults.push({ kind: 'empty', field: 'certificate-authority-data' });
  const address = value('server').trim();
  const server = readServer(address, insecure || data !== '');
  if (address === '') faults.unshift({ kind: 'empty', field: 'server' });
  else if (isPlaceholder(address)) faults.unshift({ kind: 'placeholder', field: 'server' });
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

function readUser(user: Fields): Part {
  const faults: ConnectionFault[] = [];
  const value = (field: string) => text(own(user, field));
  const written = value('token');
  const certificate = readClientCertificate(value('client-certificate-data'), value('client-key-data'));
  // clientcmd opens these files in any case (validation.go, v0.31).
  for (const field of ['client-certificate', 'client-key'])
    if (value(field)) faults.push({ kind: 'file-reference', field });
  // A provider that the program was not built with fails even beside a token (client-go rest/transport.go, v0.31).
  if (isFields(own(user, 'auth-provider'))) faults.push({ kind: 'plugin', field: 'auth-provider' });
  if (certificate === 'bad' && faults.length === 0) faults.push({ kind: 'bad-client-certificate' });
  // tokenFile and exec only matter where nothing is inline: an inline token outlives a file that cannot be read, and exec is not run
  // beside a token or certificate (client-go transport/token_source.go and plugin/pkg/client/auth/exec/exec.go, v0.31).
  if (written.trim() === '' && certificate === 'none' && faults.length === 0) {
    if (value('tokenFile')) faults.push({ kind: 'file-reference', field: 'tokenFile' });
    else if (isFields(own(user, 'exec'))) faults.push({ kind: 'plugin', field: 'exec' });
    else faults.push({ kind: 'empty', field: 'token' });
  }
  const token = readToken(written);
  if (token.fault) faults.push(token.fault);
  return {
    faults,
    tokenFingerprint: token.value === null ? null : fingerprint(token.value),
    claims: token.value === null ? null : readClaims(token.value),
    hasClientCertificate: certificate === 'good',
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

function readClientCertificate(certificate: string, key: string): 'none' | 'good' | 'bad' {
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

function readAuthority(data: string): {
  readonly certificates: readonly Certificate[];
  readonly fault: ConnectionFault | null;
} {
  if (data === '') return { certificates: [], fault: null };
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
function readCertificates(pem: string): readonly Certificate[] {
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
  if (!isFields(decoded)) return null;
  const claims = decoded;
  const bound = fields(own(claims, 'kubernetes.io'));
  const account = fields(own(bound, 'serviceaccount'));
  const flat = (claim: string) => name(own(claims, `kubernetes.io/serviceaccount/${claim}`));
  const subject = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(text(own(claims, 'sub')).slice(0, LONGEST_NAME));
  const expires = own(claims, 'exp');
  return {
    issuer: name(own(claims, 'iss')),
    namespace: flat('namespace') ?? name(own(bound, 'namespace')) ?? subject?.[1] ?? null,
    serviceAccount: flat('service-account.name') ?? name(own(account, 'name')) ?? subject?.[2] ?? null,
    uid: flat('service-account.uid') ?? name(own(account, 'uid')),
    secret: flat('secret.name') ?? name(own(fields(own(bound, 'secret')), 'name')),
    expires: typeof expires === 'number' && Number.isFinite(expires) ? expires * 1000 : null,
  };
}

/** The URL as it may be shown, and whether it is https. Without a scheme client-go takes https where TLS is configured. */
function readServer(address: string, tls: boolean): { readonly url: string; readonly secure: boolean } | null {
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
function isPlaceholder(value: string): boolean {
  return (
    /[<>$]|\{\{|\.\.\.|…|%[A-Z_]+%/.test(value) ||
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

/** Standard base64, line breaks allowed, as Go's encoding/base64 reads it; null for anything else. */
function decodeBase64(encoded: string): Buffer | null {
  const quick = Buffer.from(encoded, 'base64');
  if (quick.toString('base64') === encoded) return quick;
  const compact = encoded.replace(/[\r\n]/g, '');
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(compact)) return null;
  return Buffer.from(compact, 'base64');
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

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function fields(value: unknown): Fields {
  return isFields(value) ? value : {};
}

function array(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.filter(isFields) : [];
}

function own(object: Fields, key: string): unknown {
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

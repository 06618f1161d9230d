// Credentials for tests and examples: a CA certificate of each cluster's own, ServiceAccount tokens and kubeconfigs. Made up from names
// alone, so the same name always gives the same bytes; none of it opens anything, but for servers that tests start on this machine.

import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';

export interface ClusterCredentials {
  /** The cluster's CA certificate, PEM. */
  readonly caPem: string;
  /** SHA-256 (hex) of the certificate's DER form. */
  readonly caFingerprint: string;
  /** A certificate that the cluster's CA has issued, and its key. */
  issue(certificate: Issued): { readonly certificate: string; readonly key: string };
  /** A token with exactly these claims. */
  token(claims: Readonly<Record<string, unknown>>): string;
  /** The token of a ServiceAccount, as a Secret of type `kubernetes.io/service-account-token` holds it. */
  serviceAccountToken(account: ServiceAccountClaims): string;
  /** A kubeconfig of the form that the federation documentation has users write, as YAML text. */
  kubeconfig(parts?: KubeconfigParts): string;
}

export interface ServiceAccountClaims {
  readonly namespace?: string;
  readonly name?: string;
  readonly uid?: string;
  readonly secret?: string;
}

export interface KubeconfigParts {
  readonly server?: string;
  /** PEM; the cluster's own CA unless given. */
  readonly ca?: string;
  /** A token of the federation account unless given. */
  readonly token?: string;
}

export interface CertificateDates {
  readonly notBefore?: string;
  readonly notAfter?: string;
}

export interface Issued extends CertificateDates {
  /** The common name: a user's for Kubernetes. */
  readonly name: string;
  /** A server's names and IPv4 addresses. */
  readonly names?: readonly string[];
}

const account = 'tigera-federation-remote-cluster';

/** The credentials of the cluster of this name; valid from 2025 to 2035 unless other dates are given. */
export function clusterCredentials(cluster: string, dates: CertificateDates = {}): ClusterCredentials {
  const der = caCertificate(cluster, dates);
  const caPem = pem('CERTIFICATE', der);

  function token(claims: Readonly<Record<string, unknown>>): string {
    const header = { alg: 'RS256', kid: bytes(`${cluster} kid`, 32).toString('base64url') };
    const signed = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
    return `${signed}.${bytes(`${cluster} ${signed}`, 256).toString('base64url')}`;
  }

  function serviceAccountToken(claims: ServiceAccountClaims): string {
    const { namespace = 'calico-system', name = account, uid = uuid(`${cluster} ${namespace} ${name}`) } = claims;
    return token(secretTokenClaims({ namespace, name, uid, secret: claims.secret ?? name }));
  }

  function kubeconfig(parts: KubeconfigParts = {}): string {
    const ca = Buffer.from(parts.ca ?? caPem).toString('base64');
    return [
      'apiVersion: v1',
      'kind: Config',
      'users:',
      `- name: ${account}`,
      '  user:',
      `    token: ${parts.token ?? serviceAccountToken({})}`,
      'clusters:',
      `- name: ${account}`,
      '  cluster:',
      `    certificate-authority-data: ${ca}`,
      `    server: ${parts.server ?? `https://api.${cluster}.example.com:6443`}`,
      'contexts:',
      `- name: ${account}-ctx`,
      '  context:',
      `    cluster: ${account}`,
      `    user: ${account}`,
      `current-context: ${account}-ctx`,
      '',
    ].join('\n');
  }

  return {
    caPem,
    caFingerprint: createHash('sha256').update(der).digest('hex'),
    issue: (issued) => issue(cluster, issued),
    token,
    serviceAccountToken,
    kubeconfig,
  };
}

/** The claims of a token that Kubernetes mints into a Secret. */
export function secretTokenClaims(of: Required<ServiceAccountClaims>): Readonly<Record<string, string>> {
  const { namespace, name, uid, secret } = of;
  return {
    iss: 'kubernetes/serviceaccount',
    'kubernetes.io/serviceaccount/namespace': namespace,
    'kubernetes.io/serviceaccount/secret.name': secret,
    'kubernetes.io/serviceaccount/service-account.name': name,
    'kubernetes.io/serviceaccount/service-account.uid': uid,
    sub: `system:serviceaccount:${namespace}:${name}`,
  };
}

/** `count` bytes that depend on nothing but the seed. */
export function bytes(seed: string, count: number): Buffer {
  const parts: Buffer[] = [];
  for (let i = 0; parts.length * 32 < count; i++) parts.push(createHash('sha256').update(`${i} ${seed}`).digest());
  return Buffer.concat(parts).subarray(0, count);
}

/** A version 4 UUID that depends on nothing but the seed. */
export function uuid(seed: string): string {
  const b = bytes(seed, 16);
  b.writeUInt8((b.readUInt8(6) & 0x0f) | 0x40, 6);
  b.writeUInt8((b.readUInt8(8) & 0x3f) | 0x80, 8);
  return b.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

function pem(label: string, der: Buffer): string {
  return `-----BEGIN ${label}-----\n${der.toString('base64').replace(/.{64}(?=.)/g, '$&\n')}\n-----END ${label}-----\n`;
}

/** DER, as far as a certificate needs it (X.690): tag, length, content. */
function tlv(tag: number, ...content: readonly (Buffer | readonly number[])[]): Buffer {
  const body = Buffer.concat(content.map((part) => Buffer.from(part)));
  const n = body.length;
  const length = n < 0x80 ? [n] : n < 0x100 ? [0x81, n] : [0x82, n >> 8, n & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
}

const sequence = (...content: readonly Buffer[]): Buffer => tlv(0x30, ...content);
const objectId = (...encoded: readonly number[]): Buffer => tlv(0x06, encoded);
const octets = (content: Buffer): Buffer => tlv(0x04, content);
const bits = (content: Buffer | readonly number[], unused = 0): Buffer => tlv(0x03, [unused], content);
const boolean = tlv(0x01, [0xff]);
/** Years before 2050 are written as UTCTime, later ones as GeneralizedTime (RFC 5280, 4.1.2.5). */
function time(iso: string): Buffer {
  const digits = `${new Date(iso).toISOString().slice(0, 19).replace(/\D/g, '')}Z`;
  return digits < '2050' ? tlv(0x17, Buffer.from(digits.slice(2))) : tlv(0x18, Buffer.from(digits));
}

const ed25519 = sequence(objectId(0x2b, 0x65, 0x70));
const commonName = (text: string): Buffer =>
  sequence(tlv(0x31, sequence(objectId(0x55, 0x04, 0x03), tlv(0x0c, Buffer.from(text)))));

interface Certificate extends CertificateDates {
  /** What its serial number is made from. */
  readonly seed: string;
  readonly subject: Buffer;
  readonly key: KeyObject;
  readonly signer: KeyObject;
  readonly extensions: readonly Buffer[];
}

/** A certificate. Ed25519, because its signatures hold nothing random and its keys can be made from any 32 bytes. */
function certificate({ seed, subject, key, signer, extensions, ...dates }: Certificate): Buffer {
  const serial = bytes(seed, 8);
  serial.writeUInt8((serial.readUInt8(0) & 0x3f) | 0x40, 0);
  const body = sequence(
    tlv(0xa0, tlv(0x02, [2])),
    tlv(0x02, serial),
    ed25519,
    commonName('kubernetes'),
    sequence(time(dates.notBefore ?? '2025-01-01T00:00:00Z'), time(dates.notAfter ?? '2035-01-01T00:00:00Z')),
    subject,
    publicKeyOf(key),
    tlv(0xa3, sequence(...extensions)),
  );
  return sequence(body, ed25519, bits(sign(null, body, signer)));
}

/** A self-signed CA certificate. */
function caCertificate(cluster: string, dates: CertificateDates): Buffer {
  const key = privateKey(bytes(`${cluster} ca`, 32));
  const keyId = createHash('sha1').update(publicKeyOf(key)).digest();
  const extensions = [
    sequence(objectId(0x55, 0x1d, 0x0f), boolean, octets(bits([0xa4], 2))),
    sequence(objectId(0x55, 0x1d, 0x13), boolean, octets(sequence(boolean))),
    sequence(objectId(0x55, 0x1d, 0x0e), octets(octets(keyId))),
  ];
  const subject = commonName('kubernetes');
  return certificate({ seed: `${cluster} serial`, subject, key, signer: key, extensions, ...dates });
}

function issue(cluster: string, { name, names = [], ...dates }: Issued): { certificate: string; key: string } {
  const key = privateKey(bytes(`${cluster} ${name} key`, 32));
  const alternatives = names.map((given) =>
    /^[\d.]+$/.test(given) ? tlv(0x87, given.split('.').map(Number)) : tlv(0x82, Buffer.from(given)),
  );
  const extensions = [
    sequence(objectId(0x55, 0x1d, 0x13), boolean, octets(sequence())),
    ...(names.length === 0 ? [] : [sequence(objectId(0x55, 0x1d, 0x11), octets(sequence(...alternatives)))]),
  ];
  const signer = privateKey(bytes(`${cluster} ca`, 32));
  const der = certificate({
    seed: `${cluster} ${name} serial`,
    subject: commonName(name),
    key,
    signer,
    extensions,
    ...dates,
  });
  return { certificate: pem('CERTIFICATE', der), key: String(key.export({ type: 'pkcs8', format: 'pem' })) };
}

function publicKeyOf(key: KeyObject): Buffer {
  return createPublicKey(key).export({ type: 'spki', format: 'der' });
}

function privateKey(seed: Buffer): KeyObject {
  // PKCS #8 (RFC 8410, section 7): version, algorithm, then the 32 bytes inside two octet strings.
  const der = sequence(tlv(0x02, [0]), sequence(objectId(0x2b, 0x65, 0x70)), octets(octets(seed)));
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
}

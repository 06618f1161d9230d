// Credentials as they may lie on disk: what is told of them, in the shape that they had, and not one byte of what they are. No I/O.

import { isRecord, type Raw, record } from '../objects/raw.ts';
import type { ParseText } from '../objects/reading.ts';
import { decodeBase64 } from './base64.ts';
import {
  isPlaceholder,
  kubeconfigText,
  markOfToken,
  markPlainly,
  parseKubeconfig,
  pemOf,
  plainText,
  readCertificates,
  readClientCertificate,
  readServer,
  type SecretValue,
} from './credentials.ts';

/** The annotation of objects whose credentials are reduced; their `data` is plain text then. */
export const REDUCED = 'mesh-preflight/reduced';

/** What stands for a credential of which nothing but that it is there is told. */
const PRESENT = 'reduced';

/** A kubeconfig, as text: JSON of what is read of it, or a word for what is wrong with it. */
export function redactKubeconfig(value: SecretValue, parse: ParseText): string {
  if (value.form === 'reduced') return value.text;
  const held = kubeconfigText(value);
  const read = 'fault' in held ? held : parseKubeconfig(held.text, parse);
  if ('fault' in read) return `!${read.fault}`;
  const { config } = read;
  const entries = (list: string, field: string, redact: (of: Raw) => Raw) =>
    (Array.isArray(config[list]) ? config[list] : []).filter(isRecord).map((entry) => ({
      name: text(entry.name),
      [field]: redact(record(entry[field])),
    }));
  const redacted = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': text(config['current-context']),
    clusters: entries('clusters', 'cluster', redactCluster),
    contexts: entries('contexts', 'context', ({ cluster, user }) => ({ cluster: text(cluster), user: text(user) })),
    users: entries('users', 'user', redactUser),
  };
  return `${JSON.stringify(redacted, null, 2)}\n`;
}

/** A token as it stands in the Secret that it was minted into. */
export function redactMintedToken(value: SecretValue): string {
  if (value.form === 'reduced') return value.text;
  const token = plainText(value).trim();
  return token === '' ? '' : markPlainly(token);
}

/** The certificates of a PEM text; whatever else stands in it, keys for instance, is left out. */
export function redactCertificates(value: SecretValue): string {
  return pemOf(plainText(value));
}

function redactCluster(cluster: Raw): Raw {
  const data = text(cluster['certificate-authority-data']).trim();
  const insecure = cluster['insecure-skip-tls-verify'] === true;
  const address = text(cluster.server).trim();
  return {
    server: isPlaceholder(address)
      ? '!placeholder'
      : (readServer(address, insecure || data !== '')?.url ?? (address && '!bad-server')),
    ...(text(cluster['certificate-authority']) && { 'certificate-authority': PRESENT }),
    ...(data && { 'certificate-authority-data': redactAuthority(data) }),
    ...(insecure && { 'insecure-skip-tls-verify': true }),
    ...(text(cluster['proxy-url']) && { 'proxy-url': PRESENT }),
    ...(text(cluster['tls-server-name']) && { 'tls-server-name': text(cluster['tls-server-name']) }),
  };
}

/** Certificates are public; a text that holds none may be anything. */
function redactAuthority(data: string): string {
  const decoded = decodeBase64(data)?.toString('latin1') ?? '';
  if (readCertificates(decoded).length > 0) return Buffer.from(pemOf(decoded)).toString('base64');
  return isPlaceholder(data) || (/^[ -~\s]*$/.test(decoded) && isPlaceholder(decoded)) ? '!placeholder' : '!bad-ca';
}

function redactUser(user: Raw): Raw {
  const there = (field: string) => (text(user[field]) ? { [field]: PRESENT } : {});
  const certificate = readClientCertificate(text(user['client-certificate-data']), text(user['client-key-data']));
  const mark = text(user.token).trim() === '' ? '' : markOfToken(text(user.token));
  return {
    ...(mark && { token: mark }),
    ...there('tokenFile'),
    ...there('client-certificate'),
    ...there('client-key'),
    ...(certificate !== 'none' && {
      'client-certificate-data': certificate === 'good' ? PRESENT : '!bad-client-certificate',
    }),
    ...(isRecord(user.exec) && { exec: {} }),
    ...(isRecord(user['auth-provider']) && { 'auth-provider': {} }),
  };
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

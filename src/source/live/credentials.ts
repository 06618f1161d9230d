// How a context's server and user are told from others: what its kubeconfig says, with what the files hold that it names. Runs nothing and
// prints nothing of it.

import { createPrivateKey, X509Certificate } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import type { UsageError } from '../source.ts';
import { type Entry, type Fields, fault, file, flag, isMap, isTextList, pem, text } from './fields.ts';

/** How a context's server is told from others, and its user from others. Certificates and keys are PEM. */
export interface Credentials {
  readonly ca: string | null;
  readonly clientCertificate: { readonly certificate: string; readonly key: string } | null;
  readonly token: string | null;
  /** Absolute; what it holds outranks the token. */
  readonly tokenFile: string | null;
  readonly basic: { readonly username: string; readonly password: string } | null;
  readonly plugin: Plugin | null;
  readonly provider: Provider | null;
  /** Headers that ask to act as somebody else. */
  readonly impersonation: Readonly<Record<string, string | readonly string[]>>;
  /** It may hold a password. */
  readonly proxyUrl: string | null;
}

/** A program that prints credentials: `exec` of a kubeconfig. */
export interface Plugin {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: readonly { readonly name: string; readonly value: string }[];
}

/** `auth-provider` of a kubeconfig: the forerunner of plugins, with tokens in the kubeconfig itself. */
export interface Provider {
  readonly name: string;
  readonly config: Readonly<Record<string, string>>;
}

/** Those of nobody in particular. */
export const none: Credentials = {
  ca: null,
  clientCertificate: null,
  token: null,
  tokenFile: null,
  basic: null,
  plugin: null,
  provider: null,
  impersonation: {},
  proxyUrl: null,
};

/**
 * Precedence as in client-go (tools/clientcmd/client_config.go, `getUserIdentificationPartialConfig`; plugin/pkg/client/auth/exec,
 * `UpdateTransportConfig`): whoever has a token, a password or a certificate of its own needs no plugin.
 */
export function credentialsOf(cluster: Entry, user: Entry | null, server: URL, proxy: URL | null): Credentials {
  const ca = pem(cluster, 'certificate-authority');
  if (ca !== null && certificate(ca) === null) throw fault(cluster, 'has a CA that is no certificate');
  if (ca !== null && flag(cluster, 'insecure-skip-tls-verify')) {
    throw fault(cluster, 'has both a certificate-authority and insecure-skip-tls-verify');
  }
  const proxyUrl = proxy?.href ?? null;
  if (user === null) return { ...none, ca, proxyUrl };

  const clientCertificate = clientCertificateOf(user);
  const token = text(user, 'token');
  const tokenFile = tokenFileOf(user, token);
  const basic = basicOf(user);
  if (token !== null && basic !== null) throw fault(user, 'has both a token and a password');
  const own = token ?? tokenFile ?? basic;
  const plugin = own === null && clientCertificate === null ? pluginOf(user, cluster, server, ca) : null;
  const provider = own === null ? providerOf(user) : null;
  const impersonation = impersonationOf(user);
  return { ca, clientCertificate, token, tokenFile, basic, plugin, provider, impersonation, proxyUrl };
}

/** The token beside it is for the case that the file is not there. */
function tokenFileOf(user: Entry, token: string | null): string | null {
  const full = file(user, 'tokenFile');
  if (full === null || isReadable(full)) return full;
  if (token !== null) return null;
  throw fault(user, `has a tokenFile that cannot be read: ${full}`);
}

function isReadable(full: string): boolean {
  try {
    fs.accessSync(full, fs.constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

function clientCertificateOf(user: Entry): Credentials['clientCertificate'] {
  const chain = pem(user, 'client-certificate');
  if (chain === null) return null;
  const key = pem(user, 'client-key');
  if (key === null) throw fault(user, 'has a client-certificate but no client-key');
  const parsed = certificate(chain);
  if (parsed === null) throw fault(user, 'has a client-certificate that is no certificate');
  if (!belongs(parsed, key)) throw fault(user, 'has a client-key that is not the key of its client-certificate');
  return { certificate: chain, key };
}

/** The first certificate of a PEM text; null where there is none. */
export function certificate(pem: string): X509Certificate | null {
  try {
    return new X509Certificate(pem);
  } catch {
    return null;
  }
}

function belongs(to: X509Certificate, key: string): boolean {
  try {
    return to.checkPrivateKey(createPrivateKey(key));
  } catch {
    return false;
  }
}

function basicOf(user: Entry): Credentials['basic'] {
  const username = text(user, 'username');
  const password = text(user, 'password');
  return username === null && password === null ? null : { username: username ?? '', password: password ?? '' };
}

/** Kubernetes, `client.authentication.k8s.io/v1` (and v1beta1): what a plugin is told by KUBERNETES_EXEC_INFO. */
function pluginOf(user: Entry, cluster: Entry, server: URL, ca: string | null): Plugin | null {
  const exec = user.fields().exec ?? null;
  if (exec === null) return null;
  const bad = (what: string): UsageError => fault(user, `has an exec ${what}`);
  if (!isMap(exec)) throw bad('that is no plugin');
  const { command, apiVersion, args, env, interactiveMode, provideClusterInfo } = exec;
  if (typeof command !== 'string' || command === '') throw bad('without a command');
  if (typeof apiVersion !== 'string' || apiVersion === '') throw bad('without an apiVersion');
  if (!isTextList(args ?? [])) throw bad('whose args are no texts');
  const variables = env ?? [];
  if (!Array.isArray(variables) || !variables.every(isVariable)) throw bad('whose env has no names and texts');
  if (interactiveMode === 'Always') throw bad('that asks its user, for which there is no place here (interactiveMode)');
  const about = provideClusterInfo === true ? { cluster: clusterInfo(cluster, server, ca) } : {};
  const info = { kind: 'ExecCredential', apiVersion, spec: { ...about, interactive: false } };
  return {
    // Only a name without any separator is looked for in PATH (tools/clientcmd/loader.go, `GetAuthInfoFileReferences`).
    command: command.includes(path.sep) ? path.resolve(user.folder, command) : command,
    args: (args ?? []) as readonly string[],
    env: [
      ...variables.map(({ name, value }) => ({ name, value: value ?? '' })),
      { name: 'KUBERNETES_EXEC_INFO', value: JSON.stringify(info) },
    ],
  };
}

function clusterInfo(cluster: Entry, server: URL, ca: string | null): Fields {
  const extensions = cluster.fields().extensions;
  const own = Array.isArray(extensions)
    ? extensions.find((e) => isMap(e) && e.name === 'client.authentication.k8s.io/exec')
    : undefined;
  const fields = {
    server: text(cluster, 'server') ?? server.href,
    'tls-server-name': text(cluster, 'tls-server-name'),
    'insecure-skip-tls-verify': flag(cluster, 'insecure-skip-tls-verify') || null,
    'certificate-authority-data': ca === null ? null : Buffer.from(ca).toString('base64'),
    'proxy-url': text(cluster, 'proxy-url'),
    config: own?.extension ?? null,
  };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
}

function providerOf(user: Entry): Provider | null {
  const given = user.fields()['auth-provider'] ?? null;
  if (given === null) return null;
  if (user.fields().exec) throw fault(user, 'has both an exec and an auth-provider');
  const config = (isMap(given) ? given.config : null) ?? {};
  if (!isMap(given) || typeof given.name !== 'string' || !isMap(config) || !isTextList(Object.values(config))) {
    throw fault(user, 'has an auth-provider without a name, or with a config that is no texts');
  }
  if (!/^(oidc|gcp|azure)$/.test(given.name)) throw fault(user, `has an unknown auth-provider: ${given.name}`);
  return { name: given.name, config: config as Readonly<Record<string, string>> };
}

/** client-go, transport/round_trippers.go, `NewImpersonatingRoundTripper`. */
function impersonationOf(user: Entry): Credentials['impersonation'] {
  const name = text(user, 'as');
  const uid = text(user, 'as-uid');
  const groups = user.fields()['as-groups'] ?? [];
  const extra = user.fields()['as-user-extra'] ?? {};
  if (!isTextList(groups) || !isMap(extra) || !Object.values(extra).every(isTextList)) {
    throw fault(user, 'has as-groups or as-user-extra that are no texts');
  }
  if (name === null) {
    if (uid !== null || groups.length > 0 || Object.keys(extra).length > 0) {
      throw fault(user, 'asks to act as a group, but as no user');
    }
    return {};
  }
  const extras = Object.entries(extra).map(([key, values]) => [
    `Impersonate-Extra-${encodeURIComponent(key)}`,
    values as readonly string[],
  ]);
  return {
    'Impersonate-User': name,
    ...(uid === null ? {} : { 'Impersonate-Uid': uid }),
    ...(groups.length === 0 ? {} : { 'Impersonate-Group': groups }),
    ...Object.fromEntries(extras),
  };
}

function isVariable(variable: unknown): variable is { readonly name: string; readonly value?: string | null } {
  if (!isMap(variable) || typeof variable.name !== 'string' || variable.name === '') return false;
  return typeof (variable.value ?? '') === 'string';
}

// Kubeconfigs as kubectl reads and merges them, and what a context says of its cluster and its user. Asks nobody anything; credentials
// are handed on, never printed.

import fs from 'node:fs';
import path from 'node:path';
import { noSuch, several } from '../../model/wording.ts';
import { UsageError } from '../source.ts';
import { parseSingle } from '../yaml.ts';
import { type Credentials, credentialsOf, none } from './credentials.ts';
import { type Entry, type Fields, fault, flag, isMap, text } from './fields.ts';
import { type EnvironmentProxy, proxyOf } from './proxy.ts';

export interface KubeconfigOptions {
  /** Of `--kubeconfig`, in the order given; each has to exist. */
  readonly given: readonly string[];
  /** Of the environment variable KUBECONFIG. */
  readonly environment: string | undefined;
  /** The user's folder. */
  readonly home: string;
  /** Absolute. */
  readonly cwd: string;
}

/** What all kubeconfigs together name. */
export interface Kubeconfigs {
  /** Where was looked, as messages name it; files that do not exist are among them. */
  readonly files: readonly string[];
  readonly contexts: ReadonlyMap<string, Entry>;
  readonly clusters: ReadonlyMap<string, Entry>;
  readonly users: ReadonlyMap<string, Entry>;
}

/** What a context says. */
export interface ContextConfig {
  readonly name: string;
  /** Names in the kubeconfig. */
  readonly cluster: string;
  readonly user: string | null;
  /** The API server; its path may lead through a proxy of clusters, such as Rancher's. */
  readonly server: URL;
  readonly tlsServerName: string | null;
  /** Is the server's certificate left unverified? */
  readonly insecure: boolean;
  /** Host and port of the proxy. */
  readonly proxy: string | null;
  /** A function, so that nothing that prints or copies a context shows them. */
  credentials(): Credentials;
}

/**
 * Reads and merges kubeconfigs by kubectl's rules (client-go v0.36, tools/clientcmd/loader.go, `ClientConfigLoadingRules.Load`): of several
 * files the first that names a cluster, a user or a context wins, with all of its fields. Throws UsageError where a given file does
 * not exist, or any cannot be read.
 */
export function readKubeconfigs(options: KubeconfigOptions): Kubeconfigs {
  const { given, environment, home, cwd } = options;
  const files = given.length > 0 ? given : defaultFiles(environment, home);
  const merged = {
    contexts: new Map<string, Entry>(),
    clusters: new Map<string, Entry>(),
    users: new Map<string, Entry>(),
  };
  for (const file of files) {
    const full = path.resolve(cwd, file);
    const config = load(file, full);
    if (config === null) {
      if (given.length > 0) throw new UsageError(`${file}: no such file`);
      continue;
    }
    for (const kind of ['context', 'cluster', 'user'] as const) {
      const into = merged[`${kind}s`];
      for (const [name, entry] of entriesOf(config, kind, file, path.dirname(full))) {
        if (!into.has(name)) into.set(name, entry);
      }
    }
  }
  return { files, ...merged };
}

/** An empty KUBECONFIG is none; an empty entry of it stands for no file, not for the default. */
function defaultFiles(environment: string | undefined, home: string): readonly string[] {
  if (environment) return [...new Set(environment.split(path.delimiter).filter((file) => file !== ''))];
  return home === '' ? [] : [path.join(home, '.kube', 'config')];
}

/** What a file holds; null when it does not exist. */
function load(file: string, full: string): Fields | null {
  let text: string;
  try {
    text = fs.readFileSync(full, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return null;
    throw new UsageError(`${file}: ${code === 'EACCES' ? 'permission denied' : 'it cannot be read'}`);
  }
  if (/^\s*$/.test(text)) return {};
  const config = parse(file, text);
  if (!isMap(config) || (config.kind ?? 'Config') !== 'Config') throw new UsageError(`${file}: it is no kubeconfig`);
  return config;
}

/** The parser's own words are left out: they may quote what stands in the place of a token. */
function parse(file: string, text: string): unknown {
  try {
    return parseSingle(text);
  } catch {
    throw new UsageError(`${file}: it is neither YAML nor JSON that can be read`);
  }
}

/** The entries of one kind in one file. A name that stands there twice is as wrong as it is for kubectl. */
function entriesOf(config: Fields, kind: 'context' | 'cluster' | 'user', file: string, folder: string) {
  const list = config[`${kind}s`] ?? [];
  if (!Array.isArray(list)) throw new UsageError(`${file}: ${kind}s must be a list`);
  const entries = new Map<string, Entry>();
  for (const [i, item] of list.entries()) {
    const name: unknown = isMap(item) ? item.name : null;
    const fields: unknown = isMap(item) ? (item[kind] ?? {}) : null;
    if (typeof name !== 'string' || !isMap(fields)) {
      throw new UsageError(`${file}: ${kind}s[${i}] must have a name and a ${kind}`);
    }
    if (entries.has(name)) throw new UsageError(`${file}: it names the ${kind} ${name} twice`);
    entries.set(name, { label: `${kind} ${name}`, file, folder, fields: () => fields });
  }
  return entries;
}

/**
 * What a context says, with the certificates of the files that it names. Throws UsageError where it does not exist, or says something that
 * kubectl would not accept either; kubectl's default for a missing server (http://localhost:8080) is not taken over.
 */
export function contextOf(kubeconfigs: Kubeconfigs, name: string, environment: EnvironmentProxy = {}): ContextConfig {
  const context = kubeconfigs.contexts.get(name);
  if (!context) throw new UsageError(noContext(kubeconfigs, name));
  const clusterName = text(context, 'cluster');
  if (clusterName === null) throw fault(context, 'names no cluster');
  const cluster = kubeconfigs.clusters.get(clusterName);
  if (!cluster) throw fault(context, `names a cluster that does not exist: ${clusterName}`);
  const userName = text(context, 'user');
  const user = userName === null ? null : kubeconfigs.users.get(userName);
  if (user === undefined) throw fault(context, `names a user that does not exist: ${userName}`);

  const server = serverOf(cluster);
  const insecure = flag(cluster, 'insecure-skip-tls-verify');
  const tlsServerName = text(cluster, 'tls-server-name');
  const proxy = proxyOf(cluster, server, environment);
  // Whoever listens at plain http could be anybody: like kubectl, no credentials are sent there.
  const credentials = server.protocol === 'http:' ? none : credentialsOf(cluster, user, server, proxy);
  return {
    name,
    cluster: clusterName,
    user: userName,
    server,
    tlsServerName,
    insecure,
    proxy: proxy?.host ?? null,
    credentials: () => credentials,
  };
}

function noContext({ files, contexts }: Kubeconfigs, name: string): string {
  const known = [...contexts.keys()].sort();
  const where = files.length === 0 ? 'any kubeconfig' : several(files);
  if (known.length === 0) return `no context ${name}: there is none in ${where}`;
  return `${noSuch('context', name, known)} (known in ${where}: ${several(known)})`;
}

function serverOf(cluster: Entry): URL {
  const given = text(cluster, 'server');
  if (given === null) throw fault(cluster, 'has no server');
  const server = urlOf(/^[a-z]+:\/\//i.test(given) ? given : `https://${given}`);
  if (server === null || !/^https?:$/.test(server.protocol)) throw fault(cluster, 'has a server that is no address');
  if (server.username !== '' || server.password !== '') throw fault(cluster, 'has credentials in its server address');
  if (server.protocol === 'https:') return server;
  if (!isLoopback(server.hostname)) {
    throw fault(cluster, `has a server without TLS (${server.host}); that is accepted of this machine only`);
  }
  if (text(cluster, 'proxy-url') !== null) throw fault(cluster, 'has a server without TLS behind a proxy');
  return server;
}

/** Addresses are in the form that URL gives them. */
function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

function urlOf(given: string): URL | null {
  return URL.canParse(given) ? new URL(given) : null;
}

// Which proxy leads to an API server: that of the kubeconfig, else that of the environment, as kubectl takes it. No I/O.

import { contains, parseCidrOrIp, parseIp } from '../../model/addresses/cidr.ts';
import { UsageError } from '../source.ts';
import { type Entry, fault, text } from './fields.ts';

/** Of the environment: HTTPS_PROXY and NO_PROXY, or the same in lower case where those are empty. */
export interface EnvironmentProxy {
  readonly https?: string | undefined;
  /** Hosts that are reached without it, separated by commas. */
  readonly except?: string | undefined;
}

/**
 * The proxy before a cluster's server; null for none. That of the kubeconfig outranks the environment (client-go, rest/config.go: without
 * one, http.ProxyFromEnvironment decides). Throws UsageError for one that is no address of a proxy; what it says may be a password, so it
 * is not told.
 */
export function proxyOf(cluster: Entry, server: URL, environment: EnvironmentProxy): URL | null {
  const given = text(cluster, 'proxy-url');
  if (given === null) return fromEnvironment(server, environment);
  // The schemes are those of client-go (tools/clientcmd/helpers.go, `parseProxyURL`).
  const proxy = addressOf(given, /^(https?|socks5):$/);
  if (proxy === null) throw fault(cluster, 'has a proxy-url that is no address of an http, https or socks5 proxy');
  return proxy;
}

function addressOf(given: string, schemes: RegExp): URL | null {
  const address = URL.canParse(given) ? new URL(given) : null;
  return address !== null && schemes.test(address.protocol) && address.host !== '' ? address : null;
}

/** Go's rules (golang.org/x/net v0.40, http/httpproxy/proxy.go): this machine is never behind a proxy, nor is a server without TLS here. */
function fromEnvironment(server: URL, { https = '', except = '' }: EnvironmentProxy): URL | null {
  if (https === '' || server.protocol !== 'https:') return null;
  const host = server.hostname.replace(/^\[|\]$/g, '').toLowerCase();
  const port = server.port === '' ? '443' : server.port;
  if (isThisMachine(host) || except.split(',').some((entry) => isExcepted(entry.trim().toLowerCase(), host, port))) {
    return null;
  }
  const schemes = /^(https?|socks5h?):$/;
  const proxy = addressOf(https.includes('://') ? https : `http://${https}`, schemes);
  if (proxy === null) throw new UsageError('HTTPS_PROXY is no address of an http, https or socks5 proxy');
  return proxy;
}

function isThisMachine(host: string): boolean {
  return host === 'localhost' || isWithin(host, '127.0.0.0/8') || isWithin(host, '::1');
}

/** Is a host meant by one entry of NO_PROXY: `*`, a range, or an address or a domain with its subdomains, which may have a port? */
function isExcepted(entry: string, host: string, port: string): boolean {
  if (entry === '') return false;
  if (entry === '*') return true;
  if (parseCidrOrIp(entry)) return isWithin(host, entry);
  const [, name = '', only] = /^(.*?)(?::(\d*))?$/.exec(entry) ?? [];
  if (only === '' || (only !== undefined && only !== port)) return false;
  const bare = name.replace(/^\[|\]$/g, '');
  if (parseIp(bare)) return isWithin(host, bare);
  // `.example.com` and `*.example.com` mean subdomains alone.
  const domain = bare.replace(/^\*(?=\.)/, '');
  if (domain === '') return false;
  return domain.startsWith('.') ? host.endsWith(domain) : host === domain || host.endsWith(`.${domain}`);
}

function isWithin(host: string, network: string): boolean {
  const ip = parseIp(host);
  const range = parseCidrOrIp(network)?.network;
  return ip !== null && range !== undefined && contains(range, ip);
}

// Who asks: the credentials of a context, as each request carries them. Loads the Kubernetes client when they are first needed, and prints
// none of them.

import type { RequestOptions } from 'node:https';
import path from 'node:path';
import type { Running } from './client-library.ts';
import { type Credentials, certificate } from './credentials.ts';
import type { ContextConfig } from './kubeconfig.ts';

/** Gives requests to one server what lets them in. */
export interface Authenticator {
  readonly server: URL;
  /** Host and port; null where there is none. */
  readonly proxy: string | null;
  /** As messages name them: `the token of the kubeconfig`. Null where there are none. */
  readonly credentials: string | null;
  /** Rejects with AccessError where there is no way to get at the credentials. The signal ends a plugin on its way. */
  access(signal: AbortSignal): Promise<Access>;
  /** Forgets credentials that the server refused; false where asking for them again would give the same. */
  renew(refused: Access): boolean;
}

/** What a request carries. Nothing of it may be printed. */
export interface Access {
  readonly headers: Readonly<Record<string, string | readonly string[]>> & { readonly authorization?: string };
  readonly tls: Pick<RequestOptions, 'ca' | 'cert' | 'key' | 'servername' | 'rejectUnauthorized'>;
  /** Leads through a proxy; null where there is none. */
  readonly agent: NonNullable<RequestOptions['agent']> | null;
}

/** Why there are no credentials, in one phrase without any secret. */
export class AccessError extends Error {}

/** Milliseconds for which credentials are used before the library is asked again; client-go keeps those of token files as long. */
const KEPT = 60_000;
/** Milliseconds that a plugin may take: some open a browser. */
const PLUGIN_TIME = 60_000;
/** Characters that a plugin may print. */
const PLUGIN_OUTPUT = 2 ** 20;
/** Milliseconds after which a proxy that does not answer is given up. */
const PROXY_TIME = 30_000;

/** The authenticator of a context. It asks nobody anything yet. */
export async function authenticate(context: ContextConfig): Promise<Authenticator> {
  const { server, proxy } = context;
  if (server.protocol === 'http:') {
    const access = { headers: {}, tls: {}, agent: null };
    return { server, proxy, credentials: null, access: async () => access, renew: () => false };
  }
  const { fillerOf } = await import('./client-library.ts');
  const credentials = context.credentials();
  let stop = new AbortController().signal;
  const filler = () => fillerOf(context, (plugin) => supervise(plugin, stop));
  let fill = filler();
  let held: { readonly access: Promise<Access>; got: Access | null; until: number } | null = null;

  async function ask(): Promise<Access> {
    const options: RequestOptions = { timeout: PROXY_TIME };
    const start = performance.now();
    try {
      await fill(options, stop);
    } catch (error) {
      throw new AccessError(whyNot(error, credentials, performance.now() - start));
    }
    return accessOf(options, context, credentials);
  }

  return {
    server,
    proxy,
    credentials: describe(credentials),
    access(signal) {
      stop = signal;
      if (held !== null && performance.now() < held.until) return held.access;
      const access = ask();
      const holding: typeof held = { access, got: null, until: Number.POSITIVE_INFINITY };
      held = holding;
      const settle = (got: Access | null) => Object.assign(holding, { got, until: performance.now() + KEPT });
      access.then(settle, () => settle(null));
      return access;
    },
    renew(refused) {
      if (credentials.plugin === null && credentials.tokenFile === null) return false;
      // Several requests may be refused at once; the first one renews.
      if (held?.got === refused) {
        held = null;
        fill = filler();
      }
      return true;
    },
  };
}

/** What the library filled in, with what it leaves out; throws AccessError where it found no credentials but ought to have. */
function accessOf(options: RequestOptions, context: ContextConfig, credentials: Credentials): Access {
  const { plugin, provider, tokenFile, basic, proxyUrl, impersonation } = credentials;
  const { authorization, ...others } = headersOf(options);
  const hasCertificate = options.cert !== undefined && options.key !== undefined;
  if ((plugin !== null && !hasCertificate) || tokenFile !== null || provider !== null) {
    if (authorization === undefined) throw new AccessError(whyNot(null, credentials, 0));
  }
  const own = basic === null ? authorization : `Basic ${base64(`${basic.username}:${basic.password}`)}`;
  return {
    headers: { ...others, ...impersonation, ...(own === undefined ? {} : { authorization: own }) },
    tls: {
      ca: options.ca,
      cert: options.cert,
      key: options.key,
      servername: options.servername,
      // Said outright, so that NODE_TLS_REJECT_UNAUTHORIZED decides nothing.
      rejectUnauthorized: !context.insecure,
    },
    agent: proxyUrl === null || !options.agent ? null : options.agent,
  };
}

/** In lower case. What a token file holds ends in a line break, which no header may. */
function headersOf({ headers }: RequestOptions): Readonly<Record<string, string>> {
  const found = Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), String(value).trim()]);
  return Object.fromEntries(found.filter(([, value]) => value !== 'Bearer'));
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

/** Ends a plugin that takes too long, prints too much or is not waited for any more. It gets nothing to read. */
function supervise(plugin: Running, signal: AbortSignal): void {
  const end = () => {
    plugin.kill('SIGKILL');
    // What it started may hold them open.
    plugin.stdout.destroy();
    plugin.stderr.destroy();
  };
  const timer = setTimeout(end, PLUGIN_TIME);
  signal.addEventListener('abort', end);
  plugin.on('close', () => {
    clearTimeout(timer);
    signal.removeEventListener('abort', end);
  });
  let printed = 0;
  for (const output of [plugin.stdout, plugin.stderr]) {
    output.on('data', (text) => {
      printed += text.length;
      if (printed > PLUGIN_OUTPUT) end();
    });
  }
  plugin.stdin.end();
  if (signal.aborted) end();
}

function describe({ clientCertificate, token, tokenFile, basic, plugin, provider }: Credentials): string | null {
  if (tokenFile !== null) return 'the token of the token file';
  if (token !== null) return 'the token of the kubeconfig';
  if (basic !== null) return 'the password of the kubeconfig';
  if (provider !== null) return `the token of the auth-provider ${provider.name}`;
  if (plugin !== null) return `what the plugin ${nameOf(plugin.command)} gives`;
  if (clientCertificate === null) return null;
  const until = certificate(clientCertificate.certificate)?.validTo ?? '';
  return `the client certificate of the kubeconfig, valid until ${new Date(until).toISOString().slice(0, 10)}`;
}

/** One phrase. Errors of plugins are what the plugins wrote, so nothing is taken over from them. */
function whyNot(error: unknown, { plugin, provider, tokenFile }: Credentials, took: number): string {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  if (plugin !== null) {
    const name = `the plugin ${nameOf(plugin.command)}`;
    if (error === null) return `${name} gives no credentials`;
    if (code === 'ENOENT') return `${name} is not installed`;
    if (code === 'EACCES') return `${name} cannot be run`;
    return took < PLUGIN_TIME ? `${name} failed` : `${name} did not end within ${PLUGIN_TIME / 1000} s`;
  }
  if (provider !== null) {
    const renewal = provider.name === 'oidc' ? '; kubectl gets one when it uses this context' : '';
    return `the auth-provider ${provider.name} has no valid token${renewal}`;
  }
  if (tokenFile === null) return 'the credentials of the kubeconfig cannot be used';
  return error === null ? 'the token file is empty' : 'the token file cannot be read';
}

function nameOf(command: string): string {
  return path.basename(command);
}

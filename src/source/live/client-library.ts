// A context in the terms of @kubernetes/client-node, which fills the options of requests with its credentials. The only importer of that
// package; it sends nothing.

import type { RequestOptions } from 'node:https';
import { KubeConfig } from '@kubernetes/client-node';
import type { Credentials } from './credentials.ts';
import type { ContextConfig } from './kubeconfig.ts';

/** What is used of a plugin that runs. */
export interface Running {
  readonly stdin: { end(): void };
  readonly stdout: Output;
  readonly stderr: Output;
  on(event: 'close', listener: () => void): void;
  kill(signal: 'SIGKILL'): boolean;
}

interface Output {
  on(event: 'data', listener: (text: string) => void): void;
  destroy(): void;
}

type Fill = (options: RequestOptions, signal: AbortSignal) => Promise<void>;

/**
 * A function that fills request options: headers, certificates, server name, and the agent that leads through a proxy. It rejects where
 * a plugin fails, with whatever the plugin wrote. `started` is told of each plugin that it runs. The signal ends waiting for a proxy.
 */
export function fillerOf(context: ContextConfig, started: (plugin: Running) => void): Fill {
  const config = new KubeConfig();
  config.loadFromOptions({
    clusters: [clusterOf(context)],
    users: [userOf(context.credentials())],
    contexts: [{ name: 'context', cluster: 'cluster', user: 'user' }],
    currentContext: 'context',
  });
  superviseIn(config, started);
  return async (options, signal) => {
    await config.applyToHTTPSOptions(options);
    // An HTTP proxy that does not answer is not waited for either: hpagent's own option, which the library does not set.
    const { agent } = options;
    if (typeof agent === 'object' && 'proxyRequestOptions' in agent) agent.proxyRequestOptions = { signal };
  };
}

function clusterOf({ server, insecure, tlsServerName, credentials }: ContextConfig): object {
  const { ca, proxyUrl } = credentials();
  return {
    name: 'cluster',
    server: server.href,
    skipTLSVerify: insecure,
    caData: ca === null ? undefined : base64(ca),
    tlsServerName: tlsServerName ?? undefined,
    proxyUrl: proxyUrl ?? undefined,
  };
}

/** Of a provider only what needs no renewal: that would run programs, or ask for tokens that kubectl then knows nothing of. */
function userOf({ clientCertificate, token, tokenFile, plugin, provider }: Credentials): object {
  const { 'refresh-token': _refresh, 'cmd-path': _command, ...config } = provider?.config ?? {};
  return {
    name: 'user',
    certData: clientCertificate ? base64(clientCertificate.certificate) : undefined,
    keyData: clientCertificate ? base64(clientCertificate.key) : undefined,
    token: tokenFile === null ? (token ?? undefined) : undefined,
    exec: plugin ?? undefined,
    authProvider:
      tokenFile !== null ? { name: 'tokenFile', config: { tokenFile } } : provider && { ...provider, config },
  };
}

/**
 * The library waits for a plugin for ever and has no way to end one, so its way of starting one is wrapped. That is private to it, the same
 * in 1.4 and 2.0, and what the tests of slow plugins are for.
 */
function superviseIn(config: KubeConfig, started: (plugin: Running) => void): void {
  interface Starting {
    execFn?: (...given: unknown[]) => Running;
  }
  for (const part of (config as unknown as { readonly authenticators: readonly Starting[] }).authenticators) {
    const start = part.execFn;
    if (!start) continue;
    part.execFn = (...given) => {
      const plugin = start(...given);
      started(plugin);
      return plugin;
    };
  }
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

// An API server on this machine that answers as badly as a test wants, over TLS with certificates made up for it.

import {
  createServer as createPlain,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { TlsOptions } from 'node:tls';
import { connect } from '../../../src/source/live/api.ts';
import { type Authenticator, authenticate } from '../../../src/source/live/authenticate.ts';
import { type Credentials, none } from '../../../src/source/live/credentials.ts';
import type { ContextConfig } from '../../../src/source/live/kubeconfig.ts';
import type { TransportOptions } from '../../../src/source/live/transport.ts';
import { clusterCredentials } from '../../kit/credentials.ts';

export const dallas = clusterCredentials('dallas');
/** Nothing of it may occur in any message. */
export const token = dallas.serviceAccountToken({});

export interface Seen {
  readonly verb: string | undefined;
  readonly path: string | undefined;
  readonly headers: IncomingHttpHeaders;
}

/** Answers one request; `nth` counts from 1. */
export type Fault = (request: IncomingMessage, response: ServerResponse, nth: number) => unknown;

export interface FaultServer {
  readonly url: URL;
  readonly seen: readonly Seen[];
  /** Connections that were opened, and how many of them are open. */
  connections(): { readonly opened: number; readonly open: number };
  close(): Promise<void>;
}

export interface ServerOptions extends TlsOptions {
  readonly plain?: boolean;
}

const servers: FaultServer[] = [];
const closers: (() => void)[] = [];

/** A server with a certificate of dallas for 127.0.0.1. */
export async function faultServer(fault: Fault, { plain = false, ...tls }: ServerOptions = {}): Promise<FaultServer> {
  const seen: Seen[] = [];
  const sockets = new Set<Socket>();
  let opened = 0;
  const { certificate: cert, key } = dallas.issue({ name: 'kube-apiserver', names: ['127.0.0.1', 'localhost'] });
  const listener = (request: IncomingMessage, response: ServerResponse) => {
    seen.push({ verb: request.method, path: request.url, headers: request.headers });
    fault(request, response, seen.length);
  };
  const server = plain ? createPlain(listener) : createServer({ cert, key, ...tls }, listener);
  server.on(plain ? 'connection' : 'secureConnection', (socket: Socket) => {
    opened++;
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  });
  server.on('tlsClientError', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const faulty: FaultServer = {
    url: new URL(`${plain ? 'http' : 'https'}://127.0.0.1:${port}`),
    seen,
    connections: () => ({ opened, open: sockets.size }),
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  servers.push(faulty);
  return faulty;
}

/** The context of a kubeconfig for this address, with the CA and a token of dallas unless told otherwise. */
export function contextFor(
  server: URL,
  credentials: Partial<Credentials> = {},
  parts: Partial<ContextConfig> = {},
): ContextConfig {
  const all: Credentials = { ...none, ca: dallas.caPem, token, ...credentials };
  const proxy = all.proxyUrl === null ? null : new URL(all.proxyUrl).host;
  return {
    name: 'dallas',
    cluster: 'dallas',
    user: 'me',
    server,
    tlsServerName: null,
    insecure: false,
    proxy,
    ...parts,
    credentials: () => all,
  };
}

/** Quick where a test would have to wait; closed when the tests end. */
export async function apiOf(to: FaultServer | Authenticator, options: Partial<TransportOptions> = {}) {
  const authenticator = 'seen' in to ? await authenticate(contextFor(to.url)) : to;
  const api = connect(authenticator, { version: '1.2.3', timeout: 20_000, backoff: 5, ...options });
  closers.push(() => api.close());
  return api;
}

/** Closes everything, and says which verbs were used and what is still open once clients have gone. */
export async function closeAll(): Promise<{ readonly verbs: readonly (string | undefined)[]; readonly open: number }> {
  for (const close of closers.splice(0)) close();
  const all = servers.splice(0);
  const open = () => all.reduce((sum, server) => sum + server.connections().open, 0);
  for (let i = 0; i < 500 && open() > 0; i++) await pause(10);
  const left = open();
  await Promise.all(all.map((server) => server.close()));
  return { verbs: [...new Set(all.flatMap((server) => server.seen.map(({ verb }) => verb)))], open: left };
}

/** Answers with JSON. */
export function json(
  response: ServerResponse,
  value: unknown,
  status = 200,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value));
}

/** Answers with a page of IPPools. */
export function page(response: ServerResponse, names: readonly string[], more = ''): void {
  const items = names.map((name) => ({ metadata: { name } }));
  json(response, { kind: 'IPPoolList', apiVersion: 'projectcalico.org/v3', metadata: { continue: more }, items });
}

/** Answers as Kubernetes does when it refuses. */
export function refuse(
  response: ServerResponse,
  code: number,
  message: string,
  headers: Record<string, string> = {},
): void {
  json(response, { kind: 'Status', apiVersion: 'v1', status: 'Failure', message, code }, code, headers);
}

// An API server for tests that serves objects from memory, by plain http on loopback: discovery, lists in pages, objects by name.

import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { kinds } from '../../../src/model/objects/kinds.ts';
import type { Manifest } from '../../kit/objects.ts';

export interface ObjectServer {
  readonly url: string;
  /** `METHOD path` of every request so far. */
  readonly asked: readonly string[];
  close(): Promise<void>;
}

/** A refusal of a path that matches, as Kubernetes words it. */
export interface Refusal {
  readonly path: RegExp;
  readonly status: number;
}

/** Serves the objects, each under its own API version. */
export async function objectServer(
  objects: readonly Manifest[],
  refusals: readonly Refusal[] = [],
): Promise<ObjectServer> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    const [code, value] = reply(request);
    response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(value));
  });
  const versions = [...new Set(objects.map((o) => o.apiVersion))].filter((v) => v !== 'v1');

  function reply({ url = '/' }: IncomingMessage): Reply {
    const { pathname, searchParams } = new URL(url, 'http://localhost');
    const refusal = refusals.find(({ path }) => path.test(pathname));
    if (refusal) return status(refusal.status, `User "reader" cannot list resource at the cluster scope: ${pathname}`);
    if (pathname === '/apis') return json({ kind: 'APIGroupList', groups: groupsOf(versions) });
    const [, api, rest = ''] =
      /^\/(?:api\/(v1)|apis\/([^/]+\/[^/]+))(?:\/(.*))?$/.exec(pathname)?.filter((part) => part !== undefined) ?? [];
    const own = objects.filter((o) => o.apiVersion === api);
    if (api !== 'v1' && own.length === 0) return status(404, 'the server could not find the requested resource');
    if (rest === '')
      return json({
        kind: 'APIResourceList',
        resources: [...new Set(own.map(pluralOf))].map((name) => ({ name })),
      });
    const [, namespace, plural, name] = /^namespaces\/([^/]+)\/([^/]+)\/([^/]+)$/.exec(rest) ?? [];
    if (name !== undefined) {
      const found = own.find(
        (o) => pluralOf(o) === plural && o.metadata.namespace === namespace && o.metadata.name === name,
      );
      return found ? json(found) : status(404, `${plural} "${name}" not found`);
    }
    const wanted = searchParams.get('fieldSelector')?.replace('metadata.name=', '');
    const items = own.filter((o) => pluralOf(o) === rest && (wanted === undefined || o.metadata.name === wanted));
    const start = Number(searchParams.get('continue') ?? 0);
    const end = start + Number(searchParams.get('limit') ?? items.length);
    const more = end < items.length ? { continue: String(end) } : {};
    return json({ kind: 'List', apiVersion: api, metadata: more, items: items.slice(start, end) });
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, asked, close: () => closed(server) };
}

function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}

function groupsOf(versions: readonly string[]): readonly object[] {
  return versions.map((groupVersion) => {
    const [name, version] = groupVersion.split('/');
    return { name, versions: [{ groupVersion, version }], preferredVersion: { groupVersion, version } };
  });
}

function pluralOf({ kind, apiVersion }: Manifest): string | undefined {
  const group = apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '';
  return kinds.find((k) => k.kind === kind && (k.groups as readonly string[]).includes(group))?.plural;
}

type Reply = readonly [code: number, value: object];

function json(value: object): Reply {
  return [200, value];
}

function status(code: number, message: string): Reply {
  return [code, { kind: 'Status', apiVersion: 'v1', status: 'Failure', code, message }];
}

/** A kubeconfig with a context of the same name for each server. */
export function kubeconfigFor(servers: Readonly<Record<string, string>>): string {
  const names = Object.keys(servers);
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: names.map((name) => ({ name, cluster: { server: servers[name] } })),
    users: [{ name: 'reader', user: { token: 'planted-token-of-the-reader' } }],
    contexts: names.map((name) => ({ name, context: { cluster: name, user: 'reader' } })),
  });
}

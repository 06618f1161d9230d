// A client for the API servers of live tests. Unlike the program it may create, change and delete.

import { Agent, request } from 'node:https';
import { kindOf, kinds } from '../../src/model/objects/kinds.ts';
import type { Manifest } from '../kit/objects.ts';

/** What a client needs to talk to a server. */
export interface Connection {
  readonly url: string;
  readonly caPem: string;
  readonly token: string;
  /** Dialled in place of the URL's host, whose name the certificate has to bear all the same. */
  readonly address?: string;
}

export interface Client {
  /** What is at a path of the API; of a watch, its events as text. This and all below throw an ApiError for any answer but success. */
  get<T = unknown>(path: string): Promise<T>;
  /** POSTs an object to its collection, or anything to the path that is given; gives what the server answers. */
  create<T = Manifest>(object: object, path?: string): Promise<T>;
  /** Changes an object by a JSON merge patch, or its subresource. */
  patch(object: ObjectName, patch: Readonly<Record<string, unknown>>, subresource?: string): Promise<Manifest>;
  /** Deletes an object, or what is at a path: with a collection's, all that is in it. */
  delete(object: ObjectName | string): Promise<void>;
  /** Closes the connections that are kept open. */
  close(): void;
}

export interface ObjectName {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

/** The server's refusal: its code and what it says. */
export class ApiError extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.name = 'ApiError';
    this.code = code;
  }
}

/** The path of the collection in which objects of a kind are, of all namespaces unless one is given. Kinds that the program reads only. */
export function collectionPath(apiVersion: string, kind: string, namespace?: string): string {
  const id = kindOf(apiVersion, kind);
  const found = kinds.find((each) => each.id === id);
  if (!found) throw new Error(`no path for ${apiVersion} ${kind}`);
  const scope = found.namespaced && namespace !== undefined ? `/namespaces/${namespace}` : '';
  return `/${apiVersion.includes('/') ? 'apis' : 'api'}/${apiVersion}${scope}/${found.plural}`;
}

export function objectPath({ apiVersion, kind, metadata: { name, namespace } }: ObjectName): string {
  return `${collectionPath(apiVersion, kind, namespace ?? 'default')}/${name}`;
}

interface Answer {
  readonly code: number;
  readonly text: string;
  readonly isJson: boolean;
}

export function newClient({ url, caPem, token, address }: Connection): Client {
  const { hostname, port } = new URL(url);
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });

  const send = (method: string, path: string, body: unknown, type: string): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const sent = request(
        {
          method,
          path,
          host: address ?? hostname,
          port,
          ...(address === undefined ? {} : { servername: hostname }),
          agent,
          ca: caPem,
          headers: {
            accept: 'application/json',
            authorization: `Bearer ${token}`,
            ...(body === undefined ? {} : { 'content-type': type }),
          },
        },
        (response) => {
          const parts: Buffer[] = [];
          response.on('data', (part: Buffer) => parts.push(part));
          response.on('error', reject);
          response.on('end', () => {
            const isJson = response.headers['content-type'] === 'application/json' && !/[?&]watch=/.test(path);
            resolve({ code: response.statusCode ?? 0, text: Buffer.concat(parts).toString(), isJson });
          });
        },
      );
      sent.on('error', reject);
      sent.end(body === undefined ? undefined : JSON.stringify(body));
    });

  const ask = async <T>(method: string, path: string, body?: unknown, type = 'application/json'): Promise<T> => {
    const { code, text, isJson } = await send(method, path, body, type);
    const answer: unknown = isJson ? JSON.parse(text) : text;
    if (code >= 200 && code < 300) return answer as T;
    const said = isJson ? (answer as { readonly message?: string }).message : text;
    throw new ApiError(code, `${method} ${path}: ${code} ${said ?? ''}`);
  };

  return {
    get: (path) => ask('GET', path),
    create: (object, path) => {
      const { apiVersion, kind, metadata } = object as Manifest;
      return ask('POST', path ?? collectionPath(apiVersion, kind, metadata.namespace ?? 'default'), object);
    },
    patch: (object, patch, subresource) => {
      const path = subresource === undefined ? objectPath(object) : `${objectPath(object)}/${subresource}`;
      return ask('PATCH', path, patch, 'application/merge-patch+json');
    },
    delete: async (object) => {
      await ask('DELETE', typeof object === 'string' ? object : objectPath(object));
    },
    close: () => agent.destroy(),
  };
}

// Asks one API server for objects and lists, and tells what its replies mean. Whatever the server does ends in an answer, never in an
// exception.

import type { Authenticator } from './authenticate.ts';
import { secretsOf, whatIsForbidden } from './failures.ts';
import { type Reply, type TransportOptions, transportTo } from './transport.ts';

/** What came of asking. `why` is one short phrase, without secrets. */
export type Answer<T> =
  | { readonly kind: 'read'; readonly value: T }
  /** The server does not have this API, or this object. */
  | { readonly kind: 'absent' }
  | { readonly kind: 'forbidden'; readonly why: string }
  | { readonly kind: 'failed'; readonly why: string };

export type Query = Readonly<Record<string, string>>;

export interface Api {
  /** An object or another JSON value, by its path below the server's address. */
  get(path: string, query?: Query): Promise<Answer<unknown>>;
  /** A list, page by page. Of every item only its projection is kept; `project` may see an item twice, where a list had to begin anew. */
  list<T>(path: string, options: ListOptions<T>): Promise<Answer<readonly T[]>>;
  /** Ends what is under way, and closes connections that are kept open. */
  close(): void;
}

export interface ListOptions<T> {
  readonly project: (item: unknown) => T;
  /** Items of a page. */
  readonly limit?: number;
  /** Label and field selectors. */
  readonly query?: Query;
}

/** Items of a list; a server that goes on for ever would fill the memory. */
const MAX_ITEMS = 2_000_000;

/** The server does not remember any more what a list was read from. */
type Gone = { readonly kind: 'gone' };

/** A server that can be asked. Nothing is sent yet. */
export function connect(authenticator: Authenticator, options: TransportOptions): Api {
  const transport = transportTo(authenticator, options);

  async function answer(path: string): Promise<Answer<unknown> | Gone> {
    const reply = await transport.get(path);
    return 'why' in reply ? failed(reply.why) : answerOf(reply, authenticator);
  }

  return {
    async get(path, query = {}) {
      const got = await answer(path + queryOf(query));
      return got.kind === 'gone' ? failed('the server answers 410') : got;
    },
    async list(path, { project, limit = 500, query = {} }) {
      const pages = (more: Query) => answer(path + queryOf({ ...query, limit: String(limit), ...more }));
      const once = await collect(pages, project);
      // What a list was read from is forgotten after some minutes; another beginning is quicker than what has been read so far.
      const got = once.kind === 'gone' ? await collect(pages, project) : once;
      return got.kind === 'gone' ? failed('the list changes faster than it can be read (410, twice)') : got;
    },
    close: () => transport.close(),
  };
}

function failed(why: string): { readonly kind: 'failed'; readonly why: string } {
  return { kind: 'failed', why };
}

function queryOf(query: Query): string {
  const text = new URLSearchParams(query).toString();
  return text === '' ? '' : `?${text}`;
}

/** Reads the pages of a list one after the other and keeps the projections. */
async function collect<T>(
  page: (more: Query) => Promise<Answer<unknown> | Gone>,
  project: (item: unknown) => T,
): Promise<Answer<readonly T[]> | Gone> {
  const items: T[] = [];
  let token = '';
  do {
    const got = await page(token === '' ? {} : { continue: token });
    if (got.kind !== 'read') return got;
    const list = listOf(got.value);
    if (list === null) return failed('the answer is no list');
    for (const item of list.items) items.push(project(item));
    if (items.length > MAX_ITEMS) return failed(`the list holds more than ${MAX_ITEMS} objects`);
    if (list.token !== '' && list.token === token) return failed('the list does not get on: a page leads to itself');
    token = list.token;
  } while (token !== '');
  return { kind: 'read', value: items };
}

/** The items of a list and what leads on; null for anything else. Go writes an empty list as null. */
function listOf(value: unknown): { readonly items: readonly unknown[]; readonly token: string } | null {
  if (typeof value !== 'object' || value === null || !('items' in value) || !('kind' in value)) return null;
  const { kind, items } = value;
  if (typeof kind !== 'string' || !kind.endsWith('List') || !(items === null || Array.isArray(items))) return null;
  const metadata = 'metadata' in value ? (value.metadata as { readonly continue?: unknown } | null) : null;
  const token = metadata?.continue ?? '';
  return typeof token === 'string' ? { items: items ?? [], token } : null;
}

/** What a reply means. */
function answerOf(reply: Reply, { credentials }: Authenticator): Answer<unknown> | Gone {
  const { status, body, access } = reply;
  if (status === 200) return jsonOf(body);
  if (status === 401) {
    if (credentials === null) return failed('the server asks for credentials, and the kubeconfig has none (401)');
    return failed(`the server does not accept ${credentials} (401)`);
  }
  if (status === 403) {
    const what = whatIsForbidden(statusOf(body), secretsOf(access.headers.authorization ?? ''));
    return { kind: 'forbidden', why: what ?? 'the server forbids it (403)' };
  }
  if (status === 404) {
    if (isAbsence(body)) return { kind: 'absent' };
    return failed('the server answers 404, but not as Kubernetes does');
  }
  if (status === 410) return { kind: 'gone' };
  if (status >= 300 && status < 400) return failed(`the server leads elsewhere (${status}), which is not followed`);
  return failed(`the server answers ${status}`);
}

function jsonOf(body: Buffer): Answer<unknown> {
  const text = body.toString('utf8');
  try {
    return { kind: 'read', value: JSON.parse(text) };
  } catch {
    return failed(/^\s*[{[]/.test(text.slice(0, 100)) ? 'the answer is broken JSON' : 'the answer is no JSON');
  }
}

/** The object of kind Status that a refusal consists of; null for anything else. */
function statusOf(body: Buffer): { readonly kind: 'Status' } | null {
  try {
    const status = JSON.parse(body.toString('utf8'));
    return status?.kind === 'Status' ? status : null;
  } catch {
    return null;
  }
}

/**
 * An object that does not exist is told by a Status, an API by the plain text of Go's http.NotFound. A gateway that does not know the
 * address says 404 too, and would make everything look absent.
 */
function isAbsence(body: Buffer): boolean {
  return statusOf(body) !== null || /^404 page not found\s*$/.test(body.toString('utf8'));
}

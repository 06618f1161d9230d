// Brings requests to one API server and replies back. The only file that sends anything over a network, and it can send nothing but GET.

import { Agent as HttpAgent, type IncomingHttpHeaders, type IncomingMessage, get as overHttp } from 'node:http';
import { Agent as HttpsAgent, get as overHttps, type RequestOptions } from 'node:https';
import { setTimeout as pause } from 'node:timers/promises';
import { urlToHttpOptions } from 'node:url';
import { type Access, AccessError, type Authenticator } from './authenticate.ts';
import { whyFailed } from './failures.ts';

export interface TransportOptions {
  /** Of this program, for the server's logs. */
  readonly version: string;
  /** Milliseconds for everything that this server is asked. They begin now. */
  readonly timeout: number;
  /** Ends everything at once. */
  readonly signal?: AbortSignal;
  /** Milliseconds for one request with its repetitions; what a plugin takes does not count. */
  readonly requestTimeout?: number;
  /** Bytes of one reply. */
  readonly maxBody?: number;
  /** How often one request is sent at most. */
  readonly tries?: number;
  /** Milliseconds to wait before the second try, at most; they double with each further one. */
  readonly backoff?: number;
}

export interface Transport {
  /** A path below the server's address, with its query. Rejects never. */
  get(path: string): Promise<Reply | NoReply>;
  /** Ends what is under way, and closes connections that are kept open. */
  close(): void;
}

/** What the server replied in the end, whatever it is. */
export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** With what it was asked. */
  readonly access: Access;
}

/** Why there is no reply, in one phrase. */
export interface NoReply {
  readonly why: string;
}

/** Requests to one server at the same time. */
const AT_ONCE = 4;
/** Milliseconds between two tries at most, unless the server asks for more. */
const MAX_BACKOFF = 8000;
/** Bytes that are read of a reply without data, such as a refusal. */
const MAX_REFUSAL = 2 ** 16;
/** Milliseconds that a timer can hold. */
const MAX_TIMER = 2 ** 31 - 1;

/** A try that may be repeated: what was wrong, and how many milliseconds the server wants to be left alone. */
interface Unlucky {
  readonly what: string;
  readonly asked: number | null;
}

/** When a request with all its tries has to be over, by the monotonic clock; null before it is first sent. */
interface Deadline {
  at: number | null;
}

/** Nothing that repeating would help against: too late, too large, or nobody waits any more. */
class Ended extends Error {}

/** Nothing is sent yet. */
export function transportTo(authenticator: Authenticator, options: TransportOptions): Transport {
  const { server, proxy } = authenticator;
  const { requestTimeout = 30_000, tries = 4, backoff = 500, maxBody = 2 ** 28, version } = options;
  const agent = new (server.protocol === 'http:' ? HttpAgent : HttpsAgent)({ keepAlive: true });
  const end = endOf(options);
  const place = places(AT_ONCE);

  async function sendOnce(path: string, deadline: Deadline): Promise<Reply | NoReply | Unlucky> {
    try {
      const access = await unlessEnded(authenticator.access(end.signal), end.signal);
      deadline.at ??= performance.now() + requestTimeout;
      const late = `no complete answer within ${requestTimeout / 1000} s`;
      const given = requestOptions(server, path, access, version, agent);
      const limits = { maxBody, until: deadline.at, late, signal: end.signal };
      const reply = { ...(await exchange(given, limits)), access };
      if (reply.status !== 429 && reply.status < 500) return reply;
      return { what: `the server answers ${reply.status}`, asked: retryAfter(reply.headers) };
    } catch (error) {
      if (end.signal.aborted) return { why: end.why() };
      if (error instanceof AccessError || error instanceof Ended) return { why: error.message };
      const what = whyFailed(error, server.host, proxy);
      return isBrokenOff(error) ? { what, asked: null } : { why: what };
    }
  }

  /** Credentials that were good a while ago may have to be asked for again. */
  async function send(path: string, deadline: Deadline): Promise<Reply | NoReply | Unlucky> {
    const got = await sendOnce(path, deadline);
    const refused = 'status' in got && got.status === 401;
    return refused && authenticator.renew(got.access) ? sendOnce(path, deadline) : got;
  }

  async function get(path: string): Promise<Reply | NoReply> {
    const deadline: Deadline = { at: null };
    for (let i = 1; ; i++) {
      const got = await place(() => send(path, deadline));
      if (!('what' in got)) return got;
      const { what, asked } = got;
      if (i >= tries) return { why: tries === 1 ? what : `${what}, ${tries} times` };
      // Exponential with full jitter, so that many who were refused together do not come back together.
      const wait = Math.max(asked ?? 0, Math.random() * Math.min(MAX_BACKOFF, backoff * 2 ** (i - 1)));
      if (performance.now() + wait > Math.min(deadline.at ?? 0, end.at)) {
        return { why: asked === null ? what : `${what} and wants to be left alone for ${Math.ceil(asked / 1000)} s` };
      }
      await pause(wait, null, { signal: end.signal }).catch(() => null);
      if (end.signal.aborted) return { why: end.why() };
    }
  }

  return {
    get,
    close() {
      end.now();
      agent.destroy();
    },
  };
}

interface End {
  readonly signal: AbortSignal;
  /** Milliseconds of the monotonic clock. */
  readonly at: number;
  why(): string;
  now(): void;
}

/** When everything ends, whether by the clock or because nobody waits any more. */
function endOf({ timeout, signal }: TransportOptions): End {
  const over = new AbortController();
  let why = 'interrupted';
  const now = () => {
    clearTimeout(timer);
    signal?.removeEventListener('abort', now);
    over.abort();
  };
  const late = () => {
    if (!over.signal.aborted) why = `the ${timeout / 1000} s for this cluster are over`;
    now();
  };
  const timer = setTimeout(late, Math.min(timeout, MAX_TIMER)).unref();
  signal?.addEventListener('abort', now);
  if (signal?.aborted) now();
  return { signal: over.signal, at: performance.now() + timeout, why: () => why, now };
}

/** Lets so many pieces of work run at once and the others wait for a place. */
function places(count: number): <T>(work: () => Promise<T>) => Promise<T> {
  let free = count;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (free > 0) free--;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free++;
    }
  };
}

function unlessEnded<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const ended = () => reject(new Ended());
    if (signal.aborted) ended();
    signal.addEventListener('abort', ended);
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', ended));
  });
}

function requestOptions(server: URL, path: string, access: Access, version: string, agent: HttpAgent): RequestOptions {
  return {
    ...urlToHttpOptions(server),
    path: server.pathname.replace(/\/+$/, '') + path,
    headers: { accept: 'application/json', 'user-agent': `mesh-preflight/${version}`, ...access.headers },
    ...access.tls,
    agent: access.agent ?? agent,
  };
}

interface Limits {
  /** Bytes of a reply with status 200. */
  readonly maxBody: number;
  /** Milliseconds of the monotonic clock, and what is said when they are over. */
  readonly until: number;
  readonly late: string;
  readonly signal: AbortSignal;
}

/** Sends one request and reads the whole reply. Rejects with Ended where a limit is reached, else with Node's errors. */
async function exchange(
  given: RequestOptions,
  { maxBody, until, late, signal }: Limits,
): Promise<Omit<Reply, 'access'>> {
  let stop = (_why: string): void => {};
  const interrupt = () => stop('interrupted');
  const timer = setTimeout(() => stop(late), until - performance.now());
  signal.addEventListener('abort', interrupt);
  try {
    return await new Promise((resolve, reject) => {
      const ask = given.protocol === 'http:' ? overHttp : overHttps;
      const request = ask(given, (response) => {
        receive(response, maxBody).then(resolve, reject);
      });
      request.on('error', reject);
      stop = (why) => {
        reject(new Ended(why));
        request.destroy();
      };
      if (signal.aborted) interrupt();
    });
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', interrupt);
  }
}

async function receive(response: IncomingMessage, maxBody: number): Promise<Omit<Reply, 'access'>> {
  const { statusCode: status = 0, headers } = response;
  const most = status === 200 ? maxBody : MAX_REFUSAL;
  const chunks: Buffer[] = [];
  let left = most - Number(headers['content-length'] ?? 0);
  if (left >= 0) {
    left = most;
    // Whoever leaves this loop early closes the connection.
    for await (const chunk of response) {
      left -= chunk.length;
      if (left < 0) break;
      chunks.push(chunk);
    }
  }
  response.destroy();
  if (left >= 0) return { status, headers, body: Buffer.concat(chunks) };
  // Of a refusal its status is enough.
  if (status !== 200) return { status, headers, body: Buffer.alloc(0) };
  throw new Ended(`the answer is larger than ${maxBody / 2 ** 20} MB`);
}

function isBrokenOff(error: unknown): boolean {
  return /^(ECONNRESET|ECONNABORTED|EPIPE)$/.test(String((error as NodeJS.ErrnoException).code));
}

/** Milliseconds that the server asks to wait: seconds, or a date by its own clock (RFC 9110, 10.2.3). Null where it does not say. */
function retryAfter({ 'retry-after': given, date }: IncomingHttpHeaders): number | null {
  if (given === undefined) return null;
  if (/^\d{1,9}$/.test(given)) return Number(given) * 1000;
  const wait = Date.parse(given) - Date.parse(date ?? '');
  return Number.isNaN(wait) ? null : Math.max(0, wait);
}

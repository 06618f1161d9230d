// Whatever a server does, asking it ends within its time in an answer that says why in one phrase, and nothing is left behind.

import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import type { Answer } from '../../../src/source/live/api.ts';
import { authenticate } from '../../../src/source/live/authenticate.ts';
import { clusterCredentials } from '../../kit/credentials.ts';
import {
  apiOf,
  closeAll,
  contextFor,
  dallas,
  type FaultServer,
  faultServer,
  json,
  page,
  refuse,
  token,
} from './fault-server.ts';

const pools = '/apis/projectcalico.org/v3/ippools';
const nameOf = (item: unknown) => (item as { metadata: { name: string } }).metadata.name;
const project = { project: nameOf };
/** On a busy machine. */
const soon = { timeout: 10_000 };

afterEach(async () => {
  const { verbs, open } = await closeAll();
  expect(verbs.filter((verb) => verb !== 'GET')).toEqual([]);
  expect(open).toBe(0);
});

/** The phrase of an answer without a value, with the server's port taken out. */
async function why(answer: Promise<Answer<unknown>>): Promise<string> {
  const got = await answer;
  if (!('why' in got)) throw new Error(`it is ${got.kind}`);
  for (const part of token.split('.')) expect(got.why).not.toContain(part);
  expect(got.why).toMatch(/^[^\n]{1,200}$/);
  return `${got.kind}: ${got.why.replaceAll(/127\.0\.0\.1:\d+/g, 'HOST')}`;
}

async function elapsed(work: Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work;
  return performance.now() - start;
}

describe('what is sent', () => {
  it('says what is wanted, who asks and with which right', async () => {
    const server = await faultServer((_, response) => json(response, { kind: 'APIGroupList' }));
    const api = await apiOf(server);
    expect(await api.get('/apis', { a: 'b c&d' })).toEqual({ kind: 'read', value: { kind: 'APIGroupList' } });
    expect(server.seen).toMatchObject([
      {
        verb: 'GET',
        path: '/apis?a=b+c%26d',
        headers: { accept: 'application/json', 'user-agent': 'mesh-preflight/1.2.3', authorization: `Bearer ${token}` },
      },
    ]);
  });

  it('keeps to the path of the server', async () => {
    const server = await faultServer((_, response) => json(response, {}));
    const behindRancher = contextFor(new URL('/k8s/clusters/c-1/', server.url));
    await (await apiOf(await authenticate(behindRancher))).get('/version');
    expect(server.seen[0]?.path).toBe('/k8s/clusters/c-1/version');
  });

  it('holds no credentials without TLS', async () => {
    const server = await faultServer((_, response) => json(response, {}), { plain: true });
    expect(await (await apiOf(server)).get('/version')).toEqual({ kind: 'read', value: {} });
    expect(server.seen[0]?.headers).not.toHaveProperty('authorization');
  });

  it('comes over at most four connections at once, which are used again', async () => {
    let now = 0;
    let most = 0;
    const server = await faultServer(async (_, response) => {
      most = Math.max(most, ++now);
      await pause(5);
      now--;
      json(response, {});
    });
    const api = await apiOf(server);
    const answers = await Promise.all(Array.from({ length: 40 }, () => api.get('/version')));
    expect(answers.every(({ kind }) => kind === 'read')).toBe(true);
    expect(most).toBe(4);
    expect(server.connections().opened).toBe(4);
  });
});

describe('lists', () => {
  it('are read page by page', async () => {
    const server = await faultServer((request, response) => {
      const query = new URL(request.url ?? '', 'https://x').searchParams;
      const n = Number(query.get('continue') ?? 0);
      page(response, [`p${n}`, `q${n}`], n < 299 ? String(n + 1) : '');
    });
    const got = await (await apiOf(server)).list(pools, { ...project, query: { labelSelector: 'a=b' } });
    expect(got).toEqual({ kind: 'read', value: Array.from({ length: 300 }, (_, n) => [`p${n}`, `q${n}`]).flat() });
    expect(server.seen[0]?.path).toBe(`${pools}?labelSelector=a%3Db&limit=500`);
    expect(server.seen[1]?.path).toBe(`${pools}?labelSelector=a%3Db&limit=500&continue=1`);
    expect(server.connections().opened).toBe(1);
  });

  it('may be empty, also as Go writes it', async () => {
    const server = await faultServer((_, response) => json(response, { kind: 'NodeList', metadata: {}, items: null }));
    expect(await (await apiOf(server)).list('/api/v1/nodes', project)).toEqual({ kind: 'read', value: [] });
  });

  /** Forgets what the list was read from, at these requests. */
  const forgetful = (...at: readonly number[]) =>
    faultServer((request, response, nth) => {
      if (at.includes(nth)) refuse(response, 410, 'The provided continue parameter is too old');
      else if (request.url?.includes('continue')) page(response, ['c']);
      else page(response, ['a', 'b'], 'more');
    });

  it('begin anew once when the server has forgotten them', async () => {
    expect(await (await apiOf(await forgetful(2))).list(pools, project)).toEqual({
      kind: 'read',
      value: ['a', 'b', 'c'],
    });
  });

  it('begin anew once only', async () => {
    const server = await forgetful(2, 4);
    expect(await why((await apiOf(server)).list(pools, project))).toBe(
      'failed: the list changes faster than it can be read (410, twice)',
    );
    expect(server.seen).toHaveLength(4);
  });

  it('do not go round in circles', async () => {
    const server = await faultServer((_, response) => page(response, ['a'], 'again'));
    expect(await why((await apiOf(server)).list(pools, project))).toBe(
      'failed: the list does not get on: a page leads to itself',
    );
  });

  it.each([
    [{ kind: 'IPPool', metadata: { name: 'a' } }],
    [{ kind: 'Status', status: 'Success', items: [] }],
    [{ kind: 'IPPoolList', metadata: {}, items: { a: 1 } }],
    [{ kind: 'IPPoolList', metadata: { continue: 1 }, items: [] }],
    [{ items: [] }],
    [[]],
    [null],
    ['list'],
  ])('are not %j', async (value) => {
    const server = await faultServer((_, response) => json(response, value));
    expect(await why((await apiOf(server)).list(pools, project))).toBe('failed: the answer is no list');
  });
});

describe('what is repeated', () => {
  it('after as many seconds as the server asks for', async () => {
    const server = await faultServer((_, response, nth) => {
      if (nth === 1) refuse(response, 429, 'later', { 'retry-after': '1' });
      else json(response, {});
    });
    const api = await apiOf(server);
    expect(await elapsed(api.get('/version'))).toBeGreaterThanOrEqual(990);
    expect(server.seen).toHaveLength(2);
  });

  it('at the time that the server asks for, by its own clock', async () => {
    const server = await faultServer((_, response, nth) => {
      const dates = { date: 'Sat, 01 Jan 2000 00:00:00 GMT', 'retry-after': 'Sat, 01 Jan 2000 00:00:01 GMT' };
      if (nth === 1) refuse(response, 503, 'later', dates);
      else json(response, {});
    });
    const api = await apiOf(server);
    expect(await elapsed(api.get('/version'))).toBeGreaterThanOrEqual(990);
    expect(server.seen).toHaveLength(2);
  });

  it.each([['soon'], ['-1'], ['Sat, 01 Jan 2000 00:00:01 GMT'], ['']])('soon when asked for "%s"', async (after) => {
    const server = await faultServer((_, response, nth) => {
      response.sendDate = false;
      if (nth === 1) refuse(response, 429, 'later', { 'retry-after': after });
      else json(response, {});
    });
    expect((await (await apiOf(server)).get('/version')).kind).toBe('read');
  });

  it('never when there is no time to wait as long as asked', async () => {
    const server = await faultServer((_, response) => refuse(response, 429, 'later', { 'retry-after': '120' }));
    const api = await apiOf(server);
    expect(await why(api.get('/version'))).toBe('failed: the server answers 429 and wants to be left alone for 120 s');
    expect(server.seen).toHaveLength(1);
  });

  it('four times in all', async () => {
    const server = await faultServer((_, response) => refuse(response, 500, `${token}`));
    expect(await why((await apiOf(server)).get('/version'))).toBe('failed: the server answers 500, 4 times');
    expect(server.seen).toHaveLength(4);
  });

  it('in the middle of a list', async () => {
    const server = await faultServer((request, response, nth) => {
      if (nth % 2 === 1) refuse(response, 503, 'starting');
      else if (request.url?.includes('continue')) page(response, ['b']);
      else page(response, ['a'], 'more');
    });
    expect(await (await apiOf(server)).list(pools, project)).toEqual({ kind: 'read', value: ['a', 'b'] });
  });

  it('when the connection is reset', async () => {
    const server = await faultServer((request, response, nth) => {
      if (nth === 1) request.socket.destroy();
      else if (nth === 2) {
        response.writeHead(200, { 'content-length': '1000' });
        response.write('{"kind":', () => request.socket.destroy());
      } else json(response, { kind: 'x' });
    });
    expect(await (await apiOf(server)).get('/version')).toEqual({ kind: 'read', value: { kind: 'x' } });
    expect(server.seen).toHaveLength(3);
  });

  it('until the connection is reset for the fourth time', async () => {
    const server = await faultServer((request) => request.socket.destroy());
    expect(await why((await apiOf(server)).get('/version'))).toBe('failed: the connection to HOST breaks off, 4 times');
  });
});

describe('answers', () => {
  /** What the API makes of one answer. */
  async function of(status: number, body: string, headers: Record<string, string> = {}): Promise<Answer<unknown>> {
    const server = await faultServer((_, response) => response.writeHead(status, headers).end(body));
    const got = await (await apiOf(server)).get('/version');
    expect(server.seen).toHaveLength(1);
    return got;
  }
  const status = (message: string) => JSON.stringify({ kind: 'Status', status: 'Failure', message });

  it('are absent where Kubernetes says so', async () => {
    expect(await of(404, status('ippools "a" not found'))).toEqual({ kind: 'absent' });
    expect(await of(404, '404 page not found\n')).toEqual({ kind: 'absent' });
  });

  it('are not absent where a gateway says so', async () => {
    expect(await why(of(404, '<html>Not Found</html>'))).toBe(
      'failed: the server answers 404, but not as Kubernetes does',
    );
    expect(await why(of(404, '{"type":"error","status":"404"}'))).toContain('not as Kubernetes does');
  });

  it('tell who may not do what', async () => {
    const message =
      'ippools.projectcalico.org is forbidden: User "system:serviceaccount:a:b" cannot list resource "ippools" in API group "projectcalico.org" at the cluster scope: RBAC: clusterrole "x" not found';
    expect(await why(of(403, status(message)))).toBe(
      'forbidden: User "system:serviceaccount:a:b" cannot list resource "ippools" in API group "projectcalico.org" at the cluster scope',
    );
  });

  it.each([
    [status(`User "${token}" cannot list resource "ippools"`)],
    [status(`User "${token.split('.')[2]}" cannot get path "/version"`)],
    [status(`your token is ${token}`)],
    [JSON.stringify({ message: 'User "a" cannot list resource "b"' })],
    ['<html>'],
    ['x'.repeat(100_000)],
  ])('do not repeat whatever a server says: %#', async (body) => {
    expect(await why(of(403, body))).toBe('forbidden: the server forbids it (403)');
  });

  it('are no answers without credentials that the server accepts', async () => {
    expect(await why(of(401, status('Unauthorized')))).toBe(
      'failed: the server does not accept the token of the kubeconfig (401)',
    );
    const server = await faultServer((_, response) => refuse(response, 401, 'Unauthorized'));
    const nobody = await authenticate(contextFor(server.url, { token: null }));
    expect(await why((await apiOf(nobody)).get('/version'))).toBe(
      'failed: the server asks for credentials, and the kubeconfig has none (401)',
    );
  });

  it('are not looked for elsewhere', async () => {
    const elsewhere = await faultServer((_, response) => json(response, {}));
    expect(await why(of(302, '', { location: `${elsewhere.url.href}?${token}` }))).toBe(
      'failed: the server leads elsewhere (302), which is not followed',
    );
    expect(elsewhere.seen).toEqual([]);
  });

  it.each([
    ['{"kind": "IPPoolLi', 'the answer is broken JSON'],
    ['{"a": 1}{', 'the answer is broken JSON'],
    ['<html>Log in</html>', 'the answer is no JSON'],
    ['', 'the answer is no JSON'],
  ])('are JSON, which %j is not', async (body, phrase) => {
    expect(await why(of(200, body))).toBe(`failed: ${phrase}`);
  });

  it('have other codes', async () => {
    expect(await why(of(400, status('bad')))).toBe('failed: the server answers 400');
    expect(await why(of(410, status('gone')))).toBe('failed: the server answers 410');
    expect(await why(of(204, ''))).toBe('failed: the server answers 204');
  });
});

describe('too much', () => {
  const maxBody = 8 * 2 ** 20;

  it('is cut where it is announced', async () => {
    const server = await faultServer((_, response) => {
      response.writeHead(200, { 'content-length': String(2 ** 31) });
      response.write('{"items": [');
    });
    expect(await why((await apiOf(server)).list(pools, project))).toBe('failed: the answer is larger than 256 MB');
  });

  it('is cut where it comes unannounced, with little memory', async () => {
    const chunk = Buffer.alloc(2 ** 16, ' ');
    let sent = 0;
    const server = await faultServer((_, response) => {
      const more = (): void => {
        while (sent < 2 ** 31 && !response.destroyed) {
          sent += chunk.length;
          if (!response.write(chunk)) {
            response.once('drain', more);
            return;
          }
        }
        response.end();
      };
      more();
    });
    const before = process.memoryUsage().rss;
    expect(await why((await apiOf(server, { maxBody })).list(pools, project))).toBe(
      'failed: the answer is larger than 8 MB',
    );
    expect(process.memoryUsage().rss - before).toBeLessThan(64 * 2 ** 20);
    expect(sent).toBeLessThan(2 ** 28);
  });

  it('is cut in a refusal, which stands', async () => {
    const server = await faultServer((_, response) => response.writeHead(403).end('x'.repeat(2 ** 20)));
    expect(await why((await apiOf(server)).get('/version'))).toBe('forbidden: the server forbids it (403)');
  });
});

describe('too late', () => {
  const limits = { requestTimeout: 500 };
  const late = 'failed: no complete answer within 0.5 s';

  /** Writes something every now and then for as long as somebody listens. */
  function trickle(write: () => unknown, closed: () => boolean): void {
    const timer = setInterval(() => (closed() ? clearInterval(timer) : write()), 20);
  }

  async function expectLate(server: FaultServer): Promise<void> {
    const api = await apiOf(server, limits);
    const took = await elapsed(why(api.get('/version')).then((phrase) => expect(phrase).toBe(late)));
    expect(took).toBeLessThan(3000);
    expect(server.seen).toHaveLength(1);
  }

  it('is no answer at all', async () => {
    await expectLate(await faultServer(() => {}));
  });

  it('are headers that never end', async () => {
    const slow = await faultServer(({ socket }) => {
      socket.write('HTTP/1.1 200 OK\r\n');
      trickle(
        () => socket.write('x: y\r\n'),
        () => socket.destroyed,
      );
    });
    await expectLate(slow);
  });

  it('is a body that never ends', async () => {
    const slow = await faultServer((_, response) => {
      response.writeHead(200);
      trickle(
        () => response.write(' '),
        () => response.destroyed,
      );
    });
    await expectLate(slow);
  });

  it('are tries that together take too long', async () => {
    const server = await faultServer((_, response) => refuse(response, 503, 'starting', { 'retry-after': '0' }));
    const api = await apiOf(server, { ...limits, tries: 1000, backoff: 100_000 });
    const took = await elapsed(why(api.get('/version')).then((phrase) => expect(phrase).toMatch(/answers 503/)));
    expect(took).toBeLessThan(3000);
  });

  it('is all that a cluster has not said in its time', async () => {
    const server = await faultServer((request, response) => {
      if (request.url === '/version') json(response, {});
    });
    const api = await apiOf(server, { timeout: 500 });
    expect((await api.get('/version')).kind).toBe('read');
    const asked = [pools, ...Array.from({ length: 9 }, (_, i) => `/apis/${i}`)].map((path) =>
      why(api.list(path, project)),
    );
    expect(await elapsed(Promise.all(asked))).toBeLessThan(3000);
    expect(new Set(await Promise.all(asked))).toEqual(new Set(['failed: the 0.5 s for this cluster are over']));
    expect(server.seen).toHaveLength(5);
  });
});

describe('an interruption', () => {
  const interrupted = 'failed: interrupted';

  it('ends a request, what waits for its turn, and what is asked after it', async () => {
    const server = await faultServer(() => {});
    const controller = new AbortController();
    const api = await apiOf(server, { signal: controller.signal });
    const asked = Array.from({ length: 10 }, () => why(api.get('/version')));
    await expect.poll(() => server.seen.length, soon).toBe(4);
    controller.abort();
    expect(await elapsed(Promise.all(asked))).toBeLessThan(2000);
    expect(new Set(await Promise.all(asked))).toEqual(new Set([interrupted]));
    expect(await why(api.get('/version'))).toBe(interrupted);
    expect(server.seen).toHaveLength(4);
  });

  it('is also that nobody wants the server any more', async () => {
    const server = await faultServer(() => {});
    const api = await apiOf(server);
    const asked = why(api.get('/version'));
    await expect.poll(() => server.seen.length, soon).toBe(1);
    api.close();
    expect(await asked).toBe(interrupted);
  });

  it('ends a body that is on its way', async () => {
    const server = await faultServer((_, response) => {
      response.writeHead(200);
      response.write('{');
    });
    const controller = new AbortController();
    const asked = why((await apiOf(server, { signal: controller.signal })).list(pools, project));
    await expect.poll(() => server.seen.length, soon).toBe(1);
    await pause(20);
    controller.abort();
    expect(await elapsed(asked)).toBeLessThan(2000);
    expect(await asked).toBe(interrupted);
  });

  it('ends waiting', async () => {
    const server = await faultServer((_, response) => refuse(response, 429, 'later', { 'retry-after': '10' }));
    const controller = new AbortController();
    const asked = why((await apiOf(server, { signal: controller.signal })).get('/version'));
    await expect.poll(() => server.seen.length, soon).toBe(1);
    await pause(20);
    controller.abort();
    expect(await elapsed(asked)).toBeLessThan(2000);
    expect(await asked).toBe(interrupted);
  });
});

describe('who answers', () => {
  const answering = (options = {}) => faultServer((_, response) => json(response, {}), options);

  it('is known by its CA', async () => {
    const server = await answering();
    const other = await authenticate(contextFor(server.url, { ca: clusterCredentials('oslo').caPem }));
    expect(await why((await apiOf(other)).get('/version'))).toBe(
      'failed: the certificate of HOST comes from no CA that the kubeconfig trusts',
    );
    const publicOnes = await authenticate(contextFor(server.url, { ca: null }));
    expect(await why((await apiOf(publicOnes)).get('/version'))).toContain('comes from no CA');
    expect(server.seen).toEqual([]);
  });

  it('is known by its name', async () => {
    const { certificate: cert, key } = dallas.issue({ name: 'other', names: ['kubernetes.default', '127.0.0.2'] });
    const server = await answering({ cert, key });
    expect(await why((await apiOf(server)).get('/version'))).toBe('failed: the certificate of HOST is for other names');
    const named = await authenticate(contextFor(server.url, {}, { tlsServerName: 'kubernetes.default' }));
    expect((await (await apiOf(named)).get('/version')).kind).toBe('read');
  });

  it('is known for as long as its certificate is valid', async () => {
    const names = ['127.0.0.1'];
    const { certificate: cert, key } = dallas.issue({ name: 'old', names, notAfter: '2025-06-01T00:00:00Z' });
    expect(await why((await apiOf(await answering({ cert, key }))).get('/version'))).toBe(
      'failed: the certificate of HOST has expired',
    );
  });

  it('may be anybody where the kubeconfig says so', async () => {
    const server = await answering();
    const careless = await authenticate(contextFor(server.url, { ca: null }, { insecure: true }));
    expect((await (await apiOf(careless)).get('/version')).kind).toBe('read');
  });

  it('is nobody', async () => {
    const server = await answering();
    await server.close();
    expect(await why((await apiOf(server)).get('/version'))).toBe('failed: nothing listens at HOST');
  });

  it('speaks no TLS', async () => {
    const server = await answering({ plain: true });
    const url = new URL(server.url.href.replace('http:', 'https:'));
    const api = await apiOf(await authenticate(contextFor(url)));
    expect(await why(api.get('/version'))).toBe('failed: HOST and this program find no common TLS');
  });

  it('speaks no HTTP', async () => {
    const server = await faultServer(({ socket }) => socket.end('SSH-2.0-OpenSSH\r\n'));
    expect(await why((await apiOf(server)).get('/version'))).toBe('failed: what HOST sends is no HTTP');
  });
});

describe('who asks', () => {
  const issued = dallas.issue({ name: 'me', notAfter: '2025-06-01T00:00:00Z' });
  const clientCertificate = { certificate: issued.certificate, key: issued.key };

  it('is known by a client certificate', async () => {
    const valid = dallas.issue({ name: 'me too' });
    const server = await faultServer(
      ({ socket }, response) => json(response, { authorized: 'authorized' in socket && socket.authorized }),
      { ca: dallas.caPem, requestCert: true, rejectUnauthorized: true },
    );
    const me = await authenticate(contextFor(server.url, { token: null, clientCertificate: valid }));
    expect(await (await apiOf(me)).get('/version')).toEqual({ kind: 'read', value: { authorized: true } });
  });

  it('is not known by one that has expired, as an API server tells', async () => {
    const server = await faultServer(
      ({ socket }, response) => {
        if ('authorized' in socket && socket.authorized) json(response, {});
        else refuse(response, 401, 'Unauthorized');
      },
      { ca: dallas.caPem, requestCert: true, rejectUnauthorized: false },
    );
    const me = await authenticate(contextFor(server.url, { token: null, clientCertificate }));
    expect(await why((await apiOf(me)).get('/version'))).toBe(
      'failed: the server does not accept the client certificate of the kubeconfig, valid until 2025-06-01 (401)',
    );
  });

  it('is not known by one that has expired, as a gateway tells', async () => {
    const server = await faultServer((_, response) => json(response, {}), {
      ca: dallas.caPem,
      requestCert: true,
      rejectUnauthorized: true,
    });
    const me = await authenticate(contextFor(server.url, { token: null, clientCertificate }));
    expect(await why((await apiOf(me)).get('/version'))).toBe('failed: the connection to HOST breaks off, 4 times');
  });

  it('cannot be told in characters that no header may hold', async () => {
    const server = await faultServer((_, response) => json(response, {}));
    const me = await authenticate(contextFor(server.url, { token: 'a\nb' }));
    expect(await why((await apiOf(me)).get('/version'))).toBe(
      'failed: the credentials hold characters that no header may',
    );
  });
});

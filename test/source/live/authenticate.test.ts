// Credentials get into requests and nowhere else, whoever gives them: plugins, files, providers. Proxies are passed through.

import fs from 'node:fs';
import { createServer as createHttp } from 'node:http';
import net, { type AddressInfo, type Socket } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Api } from '../../../src/source/live/api.ts';
import { authenticate } from '../../../src/source/live/authenticate.ts';
import type { Credentials } from '../../../src/source/live/credentials.ts';
import { contextOf, readKubeconfigs } from '../../../src/source/live/kubeconfig.ts';
import type { TransportOptions } from '../../../src/source/live/transport.ts';
import {
  apiOf,
  closeAll,
  contextFor,
  dallas,
  type FaultServer,
  faultServer,
  json,
  refuse,
  token,
} from './fault-server.ts';

let root = '';
beforeAll(() => {
  root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'mesh-preflight-')));
});
afterAll(() => fs.rmSync(root, { recursive: true, force: true }));
const opened: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0)) close();
  const { verbs, open } = await closeAll();
  expect(verbs.filter((verb) => verb !== 'GET')).toEqual([]);
  expect(open).toBe(0);
});

/** On a busy machine. */
const soon = { timeout: 10_000 };

/** Answers with what it was asked with. */
const mirror = (options = {}) => faultServer(({ headers }, response) => json(response, headers), options);

async function asks(server: FaultServer, credentials: Partial<Credentials>, options: Partial<TransportOptions> = {}) {
  return apiOf(await authenticate(contextFor(server.url, { token: null, ...credentials })), options);
}

async function why(api: Api): Promise<string> {
  const got = await api.get('/version');
  if (got.kind !== 'failed') throw new Error(`it is ${got.kind}`);
  for (const secret of [...token.split('.'), 'hush']) expect(got.why).not.toContain(secret);
  return got.why.replaceAll(/127\.0\.0\.1:\d+/g, 'HOST');
}

/** A folder with a plugin in it, which is a script; it finds its folder in `here`, and `run` says how often it ran. */
function plugin(script: string) {
  const folder = fs.mkdtempSync(path.join(root, 'plugin-'));
  const file = path.join(folder, 'login.mjs');
  const count = "fs.appendFileSync(here + '/runs', 'x');\nconst run = fs.statSync(here + '/runs').size;\n";
  const head = `import fs from 'node:fs';\nconst here = ${JSON.stringify(folder)};\n${count}`;
  const give = "const give = (status) => console.log(JSON.stringify({ kind: 'ExecCredential', status }));\n";
  fs.writeFileSync(file, head + give + script);
  return {
    folder,
    runs: () => fs.statSync(path.join(folder, 'runs')).size,
    credentials: { plugin: { command: process.execPath, args: [file], env: [] } },
  };
}

describe('a plugin', () => {
  it('gives a token, once for all requests', async () => {
    const login = plugin("setTimeout(() => give({ token: 'given' }), 100)");
    const api = await asks(await mirror(), login.credentials);
    const answers = await Promise.all(Array.from({ length: 9 }, () => api.get('/version')));
    for (const answer of answers) expect(answer).toMatchObject({ value: { authorization: 'Bearer given' } });
    expect((await api.get('/version')).kind).toBe('read');
    expect(login.runs()).toBe(1);
  });

  it('is run as the kubeconfig says', async () => {
    const server = await mirror();
    const login = plugin(`
const { A, PATH, KUBERNETES_EXEC_INFO } = process.env;
const { spec } = JSON.parse(KUBERNETES_EXEC_INFO);
const read = fs.readFileSync(0, 'utf8');
give({ token: [process.argv[2], A, PATH === undefined, spec.interactive, read].join('/') });
`);
    fs.symlinkSync(process.execPath, path.join(login.folder, 'login'));
    fs.writeFileSync(
      path.join(login.folder, 'config'),
      JSON.stringify({
        contexts: [{ name: 'a', context: { cluster: 'a', user: 'a' } }],
        clusters: [
          {
            name: 'a',
            cluster: {
              server: server.url.href,
              'certificate-authority-data': Buffer.from(dallas.caPem).toString('base64'),
            },
          },
        ],
        users: [
          {
            name: 'a',
            user: {
              exec: {
                apiVersion: 'client.authentication.k8s.io/v1',
                interactiveMode: 'IfAvailable',
                command: './login',
                args: [path.join(login.folder, 'login.mjs'), 'argument'],
                env: [{ name: 'A', value: 'variable' }],
              },
            },
          },
        ],
      }),
    );
    const kubeconfigs = readKubeconfigs({ given: ['config'], environment: undefined, home: '', cwd: login.folder });
    const api = await apiOf(await authenticate(contextOf(kubeconfigs, 'a')));
    expect(await api.get('/version')).toMatchObject({
      value: { authorization: 'Bearer argument/variable/false/false/' },
    });
  });

  it('gives a client certificate', async () => {
    const server = await faultServer(
      ({ socket }, response) => json(response, { authorized: 'authorized' in socket && socket.authorized }),
      { ca: dallas.caPem, requestCert: true },
    );
    const { certificate, key } = dallas.issue({ name: 'me' });
    const status = JSON.stringify({ clientCertificateData: certificate, clientKeyData: key });
    const api = await asks(server, plugin(`give(${status})`).credentials);
    expect(await api.get('/version')).toEqual({ kind: 'read', value: { authorized: true } });
  });

  it('is run again when the server refuses what it gave, even if that has not expired', async () => {
    const refused: string[] = [];
    const server = await faultServer(({ headers: { authorization = '' } }, response) => {
      if (authorization === 'Bearer given-2') return json(response, {});
      refused.push(authorization);
      // Together, so that several are refused for the same token.
      setTimeout(() => refuse(response, 401, 'Unauthorized'), 50);
    });
    const login = plugin("give({ token: 'given-' + run, expirationTimestamp: '2099-01-01T00:00:00Z' })");
    const api = await asks(server, login.credentials);
    const answers = await Promise.all(Array.from({ length: 4 }, () => api.get('/version')));
    expect(answers.map(({ kind }) => kind)).toEqual(['read', 'read', 'read', 'read']);
    expect(refused).toEqual(Array.from({ length: 4 }, () => 'Bearer given-1'));
    expect(login.runs()).toBe(2);
  });

  it('is not run for ever', async () => {
    const server = await faultServer((_, response) => refuse(response, 401, 'Unauthorized'));
    const login = plugin("give({ token: 'hush' })");
    expect(await why(await asks(server, login.credentials))).toBe(
      'the server does not accept what the plugin node gives (401)',
    );
    expect(login.runs()).toBe(2);
    expect(server.seen).toHaveLength(2);
  });

  it.each([
    ['console.error("hush"); console.log("hush"); process.exit(1)', 'failed'],
    ['console.log("hush")', 'failed'],
    ['console.log("{}")', 'failed'],
    ['give({})', 'gives no credentials'],
    ['give({ token: "" })', 'gives no credentials'],
    ['give({ clientCertificateData: "hush" })', 'gives no credentials'],
    ['for (;;) fs.writeSync(1, "hush".repeat(10_000))', 'failed'],
    ['process.kill(process.pid, "SIGKILL")', 'failed'],
  ])('that does %s says nothing that is repeated', async (script, what) => {
    const server = await mirror();
    const login = plugin(script);
    const api = await asks(server, login.credentials);
    expect(await why(api)).toBe(`the plugin node ${what}`);
    expect(await why(api)).toBe(`the plugin node ${what}`);
    expect(login.runs()).toBe(1);
    expect(server.seen).toEqual([]);
  });

  it('may not be there, or not be a program', async () => {
    const server = await mirror();
    const of = (command: string) => asks(server, { plugin: { command, args: [], env: [] } });
    expect(await why(await of('no-such-plugin'))).toBe('the plugin no-such-plugin is not installed');
    expect(await why(await of(path.join(root, 'no-such-plugin')))).toBe('the plugin no-such-plugin is not installed');
    const text = path.join(root, 'text');
    fs.writeFileSync(text, 'hush');
    expect(await why(await of(text))).toBe('the plugin text cannot be run');
  });

  it('is ended with the time of its cluster, even where something else keeps its output open', async () => {
    const login = plugin(`
import { spawn } from 'node:child_process';
const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 2000)'], { stdio: 'inherit' });
process.on('SIGTERM', () => {});
fs.writeFileSync(here + '/pid', String(process.pid));
setInterval(() => {}, 1000);
`);
    const api = await asks(await mirror(), login.credentials, { timeout: 2000 });
    const start = performance.now();
    expect(await why(api)).toBe('the 2 s for this cluster are over');
    expect(performance.now() - start).toBeLessThan(5000);
    const pid = Number(fs.readFileSync(path.join(login.folder, 'pid'), 'utf8'));
    await expect.poll(() => isAlive(pid), soon).toBe(false);
  });

  it('is ended by an interruption', async () => {
    const controller = new AbortController();
    const login = plugin("fs.writeFileSync(here + '/pid', String(process.pid)); setInterval(() => {}, 1000);");
    const api = await asks(await mirror(), login.credentials, { signal: controller.signal });
    const asked = why(api);
    const file = path.join(login.folder, 'pid');
    await expect.poll(() => fs.existsSync(file) && fs.readFileSync(file, 'utf8') !== '', soon).toBe(true);
    controller.abort();
    expect(await asked).toBe('interrupted');
    await expect.poll(() => isAlive(Number(fs.readFileSync(file, 'utf8'))), soon).toBe(false);
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('other credentials', () => {
  it('are a token in a file, which is read again when it is refused', async () => {
    const tokenFile = path.join(root, 'token');
    fs.writeFileSync(tokenFile, 'old\n');
    const server = await faultServer(({ headers }, response) => {
      if (headers.authorization !== 'Bearer old') return json(response, headers);
      fs.writeFileSync(tokenFile, 'new\n');
      refuse(response, 401, 'Unauthorized');
    });
    const api = await asks(server, { token: 'other', tokenFile });
    expect(await api.get('/version')).toMatchObject({ value: { authorization: 'Bearer new' } });
  });

  it('are no empty file, and none that is gone', async () => {
    const tokenFile = path.join(root, 'empty');
    fs.writeFileSync(tokenFile, '\n');
    const server = await mirror();
    expect(await why(await asks(server, { tokenFile }))).toBe('the token file is empty');
    expect(await why(await asks(server, { tokenFile: `${tokenFile}.gone` }))).toBe('the token file cannot be read');
    expect(server.seen).toEqual([]);
  });

  it('are a password', async () => {
    const api = await asks(await mirror(), { basic: { username: 'me', password: 'hüsh:' } });
    const authorization = `Basic ${Buffer.from('me:hüsh:').toString('base64')}`;
    expect(await api.get('/version')).toMatchObject({ value: { authorization } });
  });

  it('are those of one who acts as another', async () => {
    const impersonation = { 'Impersonate-User': 'x', 'Impersonate-Group': ['g', 'h'] };
    const api = await asks(await mirror(), { token: 't', impersonation });
    expect(await api.get('/version')).toMatchObject({
      value: { authorization: 'Bearer t', 'impersonate-user': 'x', 'impersonate-group': 'g, h' },
    });
  });

  it('are none', async () => {
    const got = await (await asks(await mirror(), {})).get('/version');
    expect(got).toMatchObject({ kind: 'read' });
    expect(got).not.toHaveProperty('value.authorization');
  });
});

describe('an auth-provider', () => {
  const claims = (exp: number) => dallas.token({ exp });

  it('has a token that is valid', async () => {
    const server = await mirror();
    const oidc = { name: 'oidc', config: { 'id-token': claims(4e9) } };
    expect(await (await asks(server, { provider: oidc })).get('/version')).toMatchObject({
      value: { authorization: `Bearer ${claims(4e9)}` },
    });
    const gcp = { name: 'gcp', config: { 'access-token': 'hush', expiry: '2099-01-01T00:00:00Z' } };
    expect(await (await asks(server, { provider: gcp })).get('/version')).toMatchObject({
      value: { authorization: 'Bearer hush' },
    });
  });

  it('is not asked for another, which kubectl would not know of', async () => {
    const server = await mirror();
    const renewal = { 'client-id': 'x', 'refresh-token': 'hush', 'idp-issuer-url': server.url.href };
    for (const expired of [{ 'id-token': claims(1) }, { 'id-token': 'hush' }, {}]) {
      const provider = { name: 'oidc', config: { ...renewal, ...expired } as Record<string, string> };
      expect(await why(await asks(server, { provider }))).toBe(
        'the auth-provider oidc has no valid token; kubectl gets one when it uses this context',
      );
    }
    expect(server.seen).toEqual([]);
  });

  it('runs no program', async () => {
    const login = plugin('');
    const config = { 'access-token': 'hush', expiry: '2020-01-01T00:00:00Z', 'cmd-path': process.execPath };
    const provider = { name: 'gcp', config: { ...config, 'cmd-args': `${login.folder}/login.mjs` } };
    expect(await why(await asks(await mirror(), { provider }))).toBe('the auth-provider gcp has no valid token');
    expect(login.runs).toThrow();
  });
});

describe('a proxy', () => {
  async function listening(server: net.Server): Promise<string> {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  /** Connects whoever asks, or says why not. */
  async function httpProxy(status: number, asked: string[] = [], sockets: Socket[] = []): Promise<string> {
    const proxy = createHttp().on('connect', ({ url = '', headers }, socket: Socket) => {
      asked.push(url, headers['proxy-authorization'] ?? '');
      sockets.push(socket);
      if (status === 0) return;
      socket.write(`HTTP/1.1 ${status} x\r\n\r\n`);
      if (status !== 200) return socket.end();
      const through = net.connect(Number(url.split(':')[1]), '127.0.0.1');
      sockets.push(through);
      for (const s of [socket, through]) s.on('error', () => {});
      socket.pipe(through).pipe(socket);
    });
    opened.push(() => {
      for (const socket of sockets) socket.destroy();
      proxy.close();
    });
    return listening(proxy);
  }

  it('is passed through', async () => {
    const asked: string[] = [];
    const host = await httpProxy(200, asked);
    const server = await mirror();
    const api = await asks(server, { token, proxyUrl: `http://me:hush@${host}` });
    expect(await api.get('/version')).toMatchObject({ value: { authorization: `Bearer ${token}` } });
    expect((await api.get('/version')).kind).toBe('read');
    const basic = `Basic ${Buffer.from('me:hush').toString('base64')}`;
    expect(asked.slice(0, 2)).toEqual([server.url.host, basic]);
  });

  it('does not hide who the server is', async () => {
    const proxyUrl = `http://${await httpProxy(200)}`;
    const { certificate: cert, key } = dallas.issue({ name: 'other', names: ['127.0.0.2'] });
    const api = await asks(await mirror({ cert, key }), { token, proxyUrl });
    expect(await why(api)).toBe('the certificate of HOST is for other names');
  });

  it('refuses', async () => {
    const host = await httpProxy(407);
    expect(await why(await asks(await mirror(), { proxyUrl: `http://me:hush@${host}` }))).toBe(
      'the proxy HOST answers 407',
    );
  });

  it('is not there', async () => {
    const server = await mirror();
    const gone = await faultServer(() => {});
    await gone.close();
    const got = await (await asks(server, { proxyUrl: `http://${gone.url.host}` })).get('/version');
    expect(got).toEqual({ kind: 'failed', why: `nothing listens at ${gone.url.host}` });
  });

  it('does not answer', async () => {
    const sockets: Socket[] = [];
    const host = await httpProxy(0, [], sockets);
    const api = await asks(await mirror(), { proxyUrl: `http://${host}` }, { requestTimeout: 200 });
    expect(await why(api)).toBe('no complete answer within 0.2 s');
    api.close();
    await expect.poll(() => sockets.map((socket) => socket.closed || socket.readableEnded), soon).toEqual([true]);
  });

  it('may speak SOCKS', async () => {
    const sockets: Socket[] = [];
    const proxy = net.createServer((socket) => {
      sockets.push(socket);
      // RFC 1928: a greeting, which is answered with "no authentication", then an IPv4 address and a port to connect to.
      socket.once('data', () => {
        socket.write(Buffer.from([5, 0]));
        socket.once('data', (request: Buffer) => {
          const through = net.connect(request.readUInt16BE(8), '127.0.0.1');
          sockets.push(through);
          for (const s of [socket, through]) s.on('error', () => {});
          socket.write(Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0]));
          socket.pipe(through).pipe(socket);
        });
      });
    });
    opened.push(() => {
      for (const socket of sockets) socket.destroy();
      proxy.close();
    });
    const proxyUrl = `socks5://${await listening(proxy)}`;
    const api = await asks(await mirror(), { token, proxyUrl });
    expect(await api.get('/version')).toMatchObject({ value: { authorization: `Bearer ${token}` } });
  });
});

// Kubeconfigs are read as kubectl reads them; what is wrong with one is said in one line that names the file.

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contextOf, readKubeconfigs } from '../../../src/source/live/kubeconfig.ts';
import type { EnvironmentProxy } from '../../../src/source/live/proxy.ts';
import { UsageError } from '../../../src/source/source.ts';
import { clusterCredentials } from '../../kit/credentials.ts';

let root = '';
beforeAll(() => {
  root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'mesh-preflight-')));
});
afterAll(() => fs.rmSync(root, { recursive: true, force: true }));

const dallas = clusterCredentials('dallas');
const issued = dallas.issue({ name: 'me' });

/** Writes files into a folder of their own, which it returns. */
function write(files: Readonly<Record<string, string>>): string {
  const folder = fs.mkdtempSync(path.join(root, 'case-'));
  for (const [name, content] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    fs.writeFileSync(path.join(folder, name), content);
  }
  return folder;
}

/** Reads files that are written first. The folder is the working folder and the user's own. */
function read(
  files: Readonly<Record<string, string>>,
  { given = [], environment }: { readonly given?: readonly string[]; readonly environment?: string } = {},
) {
  const folder = write(files);
  return readKubeconfigs({ given, environment, home: folder, cwd: folder });
}

/** A kubeconfig with one context `a`, and what its cluster and its user say. */
const kubeconfig = (cluster: string, user = '{}') => `
apiVersion: v1
kind: Config
current-context: a
contexts: [{name: a, context: {cluster: c, user: u}}]
clusters: [{name: c, cluster: ${cluster}}]
users: [{name: u, user: ${user}}]
`;
const one = (cluster: string, user?: string) =>
  contextOf(read({ k: kubeconfig(cluster, user) }, { given: ['k'] }), 'a');
const server = 'server: "https://127.0.0.1:6443"';
const credentialsOf = (user: string, cluster = `{${server}}`) => one(cluster, user).credentials();

/** What it says is wrong; fails when there is nothing wrong. */
function wrong(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof UsageError) return error.message.replaceAll(new RegExp(`${root}/case-\\w+`, 'g'), 'FOLDER');
    throw error;
  }
  throw new Error('there is nothing wrong');
}

const named = (name: string, host: string) => `
contexts: [{name: ${name}, context: {cluster: ${name}, user: ${name}}}]
clusters: [{name: ${name}, cluster: {server: "https://${host}"}}]
users: [{name: ${name}, user: {token: t-${host}}}]
`;

describe('which files', () => {
  const files = { '.kube/config': named('a', 'home'), x: named('a', 'x'), y: named('a', 'y'), z: named('z', 'z') };
  const hostOf = (kubeconfigs: ReturnType<typeof readKubeconfigs>, name = 'a') =>
    contextOf(kubeconfigs, name).server.host;

  it('are those given, else those of KUBECONFIG, else the one in the home folder', () => {
    expect(hostOf(read(files, { given: ['x'], environment: 'y' }))).toBe('x');
    expect(hostOf(read(files, { environment: 'y' }))).toBe('y');
    expect(hostOf(read(files))).toBe('home');
    expect(hostOf(read(files, { environment: '' }))).toBe('home');
  });

  it('are several, of which those that do not exist are left out', () => {
    const environment = ['', 'missing', 'z', 'y', 'x', 'z', ''].join(path.delimiter);
    const several = read(files, { environment });
    expect(hostOf(several)).toBe('y');
    expect(hostOf(several, 'z')).toBe('z');
    expect(several.files).toEqual(['missing', 'z', 'y', 'x']);
  });

  it('are none where KUBECONFIG names none that exists, whatever is in the home folder', () => {
    expect([...read(files, { environment: path.delimiter }).contexts.keys()]).toEqual([]);
    expect([...read(files, { environment: 'missing' }).contexts.keys()]).toEqual([]);
    expect([...read({}).contexts.keys()]).toEqual([]);
  });

  it('have to exist when they are given', () => {
    expect(wrong(() => read(files, { given: ['x', 'missing'] }))).toBe('missing: no such file');
    expect(wrong(() => read(files, { given: ['.kube'] }))).toBe('.kube: it cannot be read');
  });

  it('may be given several times', () => {
    expect(hostOf(read(files, { given: ['x', 'z'] }), 'z')).toBe('z');
  });
});

describe('several files', () => {
  it('are merged by name: the first one wins, and nothing of a later one is added', () => {
    const merged = read(
      {
        first: `
contexts: [{name: a, context: {cluster: c, user: red-user}}]
clusters: [{name: c, cluster: {${server}}}]
users: [{name: red-user, user: {username: me}}]
current-context: elsewhere
`,
        second: `
contexts: [{name: a, context: {cluster: other, user: other}}, {name: b, context: {cluster: c, user: blue-user}}]
clusters: [{name: c, cluster: {server: "https://other", tls-server-name: other}}]
users: [{name: red-user, user: {username: you, as: root}}, {name: blue-user, user: {token: blue}}]
`,
      },
      { given: ['first', 'second'] },
    );
    const a = contextOf(merged, 'a');
    expect(a).toMatchObject({ cluster: 'c', user: 'red-user', tlsServerName: null });
    expect(a.credentials()).toMatchObject({ basic: { username: 'me', password: '' }, impersonation: {} });
    const b = contextOf(merged, 'b');
    expect(b.server.href).toBe('https://127.0.0.1:6443/');
    expect(b.credentials().token).toBe('blue');
  });

  it('each resolve their paths against their own folders', () => {
    const user = '{client-certificate: me.crt, client-key: keys/me.key}';
    const plugin = '{exec: {apiVersion: client.authentication.k8s.io/v1, command: ./bin/login}}';
    const token = '{tokenFile: ../token}';
    const folder = write({
      'x/config': kubeconfig(`{${server}, certificate-authority: ca.crt}`, user),
      'x/ca.crt': dallas.caPem,
      'x/me.crt': issued.certificate,
      'x/keys/me.key': issued.key,
      'y/config': kubeconfig(`{${server}}`, plugin),
      'z/z/config': kubeconfig(`{${server}}`, token),
      'z/token': 'x',
    });
    const at = (given: string, cwd: string) =>
      contextOf(readKubeconfigs({ given: [given], environment: undefined, home: '', cwd }), 'a').credentials();
    expect(at('x/config', folder)).toMatchObject({ ca: dallas.caPem, clientCertificate: issued });
    expect(at('config', path.join(folder, 'x')).ca).toBe(dallas.caPem);
    expect(at('y/config', folder).plugin?.command).toBe(path.join(folder, 'y/bin/login'));
    expect(at('z/z/config', folder).tokenFile).toBe(path.join(folder, 'z/token'));
  });
});

describe('a file', () => {
  const bad = (text: string) => wrong(() => read({ k: text }, { given: ['k'] }));

  it('may be empty, JSON, or lack lists', () => {
    const json = JSON.stringify({ contexts: null, clusters: [], users: [{ name: 'u' }] });
    for (const text of ['', '\n', '{}', 'kind: Config', json]) {
      expect([...read({ k: text }, { given: ['k'] }).contexts.keys()], text).toEqual([]);
    }
  });

  it('is no kubeconfig', () => {
    for (const text of ['[]', 'text', 'kind: Secret']) expect(bad(text)).toBe('k: it is no kubeconfig');
    expect(bad('contexts: {}')).toBe('k: contexts must be a list');
    expect(bad('users: [{name: a, user: secret}]')).toBe('k: users[0] must have a name and a user');
    expect(bad('clusters: [{cluster: {}}]')).toBe('k: clusters[0] must have a name and a cluster');
    expect(bad('contexts: [{name: 1, context: {}}]')).toBe('k: contexts[0] must have a name and a context');
    expect(bad('contexts: [{name: a}, {name: a}]')).toBe('k: it names the context a twice');
  });

  it('is not quoted where it is broken', () => {
    expect(bad('users: [{name: a, user: {token: *secret}}]')).toBe('k: it is neither YAML nor JSON that can be read');
    expect(bad('users: [{name: a, user: {token: !secret x}}]')).toBe('k: it is neither YAML nor JSON that can be read');
  });
});

describe('a context', () => {
  it('is never the current one, and is named by those that exist', () => {
    const files = { k: named('production', 'x'), l: named('test', 'x') };
    const asked = (name: string, given = ['k', 'l']) => wrong(() => contextOf(read(files, { given }), name));
    expect(asked('prodution')).toBe(
      'no context prodution; did you mean production? (known in k and l: production and test)',
    );
    expect(asked('')).toBe('no context  (known in k and l: production and test)');
    expect(wrong(() => contextOf(read({}), 'a'))).toBe('no context a: there is none in FOLDER/.kube/config');
    expect(wrong(() => contextOf(read({ k: '' }, { given: ['k'] }), 'a'))).toBe('no context a: there is none in k');
  });

  it('says which cluster and user, without its credentials', () => {
    const a = one(
      `{${server}, insecure-skip-tls-verify: yes, tls-server-name: api, proxy-url: "http://me:hush@proxy:3128"}`,
      '{token: hush, as: hush, client-certificate-data: "", exec: {command: x, apiVersion: v1, env: [{name: A, value: hush}]}}',
    );
    expect(a).toEqual({
      name: 'a',
      cluster: 'c',
      user: 'u',
      server: new URL('https://127.0.0.1:6443'),
      tlsServerName: 'api',
      insecure: true,
      proxy: 'proxy:3128',
      credentials: expect.any(Function),
    });
    expect(inspect(a, { depth: 9 }) + JSON.stringify(a)).not.toContain('hush');
    const all = read({ k: kubeconfig(`{${server}}`, '{token: hush}') }, { given: ['k'] });
    expect(inspect(all, { depth: 9 })).not.toContain('hush');
  });

  it('may be without a user', () => {
    const text = `{contexts: [{name: a, context: {cluster: c}}], clusters: [{name: c, cluster: {${server}}}]}`;
    const a = contextOf(read({ k: text }, { given: ['k'] }), 'a');
    expect(a.user).toBeNull();
    expect(a.credentials().token).toBeNull();
  });

  it('names what exists', () => {
    const given = ['k'];
    const of = (k: string) => wrong(() => contextOf(read({ k }, { given }), 'a'));
    expect(of('contexts: [{name: a, context: {user: u}}]')).toBe('k: context a names no cluster');
    expect(of('contexts: [{name: a, context: {cluster: c}}]')).toBe(
      'k: context a names a cluster that does not exist: c',
    );
    expect(
      of(`{contexts: [{name: a, context: {cluster: c, user: u}}], clusters: [{name: c, cluster: {${server}}}]}`),
    ).toBe('k: context a names a user that does not exist: u');
  });
});

describe('a server', () => {
  const serverOf = (text: string) => one(`{server: "${text}"}`).server.href;
  const bad = (cluster: string) => wrong(() => one(cluster));

  it('is reached by TLS', () => {
    expect(serverOf('https://10.0.0.1')).toBe('https://10.0.0.1/');
    expect(serverOf('10.0.0.1:6443')).toBe('https://10.0.0.1:6443/');
    expect(serverOf('api.example.com')).toBe('https://api.example.com/');
    expect(serverOf('https://rancher/k8s/clusters/c-1')).toBe('https://rancher/k8s/clusters/c-1');
  });

  it('is reached without TLS on this machine only, and then without credentials', () => {
    for (const host of ['localhost:8080', '127.0.0.1', '127.1.2.3:1', '[::1]:8001', '2130706433']) {
      expect(one(`{server: "http://${host}"}`, '{token: t}').credentials().token, host).toBeNull();
    }
    for (const host of ['10.0.0.1', 'localhost.example.com', '127.0.0.1.example.com', '0.0.0.0', '[::]', '1.0.0.127']) {
      expect(bad(`{server: "http://${host}"}`)).toBe(
        `k: cluster c has a server without TLS (${host}); that is accepted of this machine only`,
      );
    }
    expect(bad('{server: "http://localhost", proxy-url: "http://proxy"}')).toBe(
      'k: cluster c has a server without TLS behind a proxy',
    );
  });

  it('has to be there, and be an address', () => {
    for (const none of ['{}', 'null', '{server: ""}', '{server: null}'])
      expect(bad(none)).toBe('k: cluster c has no server');
    for (const text of ['ftp://x', 'https://', 'https://a b', 'unix:///x']) {
      expect(bad(`{server: "${text}"}`), text).toBe('k: cluster c has a server that is no address');
    }
    expect(bad('{server: 10}')).toBe('k: cluster c has a server that is no text; quote it');
    expect(bad('{server: "https://me:hush@x"}')).toBe('k: cluster c has credentials in its server address');
  });

  it('has a certificate of a CA, whose text outranks its file', () => {
    const data = Buffer.from(dallas.caPem).toString('base64');
    expect(credentialsOf('{}', `{${server}, certificate-authority-data: ${data}, certificate-authority: no}`).ca).toBe(
      dallas.caPem,
    );
    expect(bad(`{${server}, certificate-authority: missing.crt}`)).toBe(
      'k: cluster c has a certificate-authority that cannot be read: FOLDER/missing.crt',
    );
    expect(bad(`{${server}, certificate-authority-data: aHVzaA==}`)).toBe(
      'k: cluster c has a CA that is no certificate',
    );
    expect(bad(`{${server}, certificate-authority-data: ${data}, insecure-skip-tls-verify: true}`)).toBe(
      'k: cluster c has both a certificate-authority and insecure-skip-tls-verify',
    );
  });

  describe('behind a proxy of the environment', () => {
    const through = (url: string, environment: EnvironmentProxy, more = '') =>
      contextOf(read({ k: kubeconfig(`{server: "${url}"${more}}`) }, { given: ['k'] }), 'a', environment);
    const https = 'http://me:hush@gate:3128';

    it('is led to through it', () => {
      const context = through('https://api.example.com:6443', { https });
      expect([context.proxy, context.credentials().proxyUrl]).toEqual(['gate:3128', `${https}/`]);
      expect(through('https://api.example.com', { https: 'gate:3128' }).credentials().proxyUrl).toBe(
        'http://gate:3128/',
      );
      expect(through('https://api.example.com', { https: '', except: '' }).proxy).toBeNull();
    });

    it('is led to through that of the kubeconfig, if there is one', () => {
      const more = ', proxy-url: "socks5://10.0.0.1:1080"';
      expect(through('https://api.example.com', { https, except: '*' }, more).proxy).toBe('10.0.0.1:1080');
    });

    it('is not, if it is on this machine', () => {
      for (const host of ['localhost:6443', '127.0.0.1:6443', '127.9.9.9', '[::1]:6443']) {
        expect(through(`https://${host}`, { https }).proxy, host).toBeNull();
      }
      expect(through('http://localhost:8080', { https }).proxy).toBeNull();
    });

    it.each([
      ['https://api.example.com:6443', '*'],
      ['https://api.example.com:6443', 'example.com'],
      ['https://api.example.com:6443', 'other, API.Example.Com'],
      ['https://api.example.com:6443', '.example.com'],
      ['https://api.example.com:6443', '*.example.com'],
      ['https://api.example.com:6443', 'example.com:6443'],
      ['https://api.example.com', 'example.com:443'],
      ['https://10.1.2.3:6443', '10.1.2.3'],
      ['https://10.1.2.3:6443', '10.1.2.3:6443'],
      ['https://10.1.2.3:6443', '10.0.0.0/8'],
      ['https://10.1.2.3:6443', '10.1.9.9/16'],
      ['https://[fd00::1]:6443', 'fd00::/8'],
      ['https://[fd00::1]:6443', '[fd00::1]:6443'],
      ['https://[fd00::1]:6443', 'fd00:0::1'],
    ])('is not, where %s is excepted by %s', (url, except) => {
      expect(through(url, { https, except }).proxy).toBeNull();
    });

    it.each([
      ['https://example.com', '.example.com'],
      ['https://example.com', '*.example.com'],
      ['https://badexample.com', 'example.com'],
      ['https://api.example.com:6443', 'example.com:443'],
      ['https://api.example.com:6443', 'example.com:'],
      ['https://api.example.com:6443', ', ,'],
      ['https://10.1.2.3:6443', '10.1.2.3:443'],
      ['https://10.1.2.3:6443', '10.1.2.30'],
      ['https://10.1.2.3:6443', '10.2.0.0/16'],
      ['https://10.1.2.3:6443', '10.1.2.3/99'],
      ['https://10.1.2.3:6443', '::/0'],
    ])('is, where %s is not excepted by %s', (url, except) => {
      expect(through(url, { https, except }).proxy).toBe('gate:3128');
    });

    it('has to have an address that can be one, which is not told', () => {
      for (const bad of ['ftp://me:hush@x', 'http://', 'http://a b']) {
        expect(wrong(() => through('https://api.example.com', { https: bad }))).toBe(
          'HTTPS_PROXY is no address of an http, https or socks5 proxy',
        );
      }
    });
  });

  it('may be behind a proxy', () => {
    expect(one(`{${server}, proxy-url: "socks5://10.0.0.1:1080"}`).proxy).toBe('10.0.0.1:1080');
    for (const text of ['ftp://me:hush@x', 'proxy:3128', 'socks5:']) {
      expect(bad(`{${server}, proxy-url: "${text}"}`)).toBe(
        'k: cluster c has a proxy-url that is no address of an http, https or socks5 proxy',
      );
    }
  });
});

describe('a user', () => {
  const bad = (user: string) => wrong(() => credentialsOf(user));
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  const certificateData = `client-certificate-data: ${base64(issued.certificate)}`;

  it('has a client certificate', () => {
    expect(credentialsOf(`{${certificateData}, client-key-data: ${base64(issued.key)}}`).clientCertificate).toEqual(
      issued,
    );
    expect(bad(`{${certificateData}}`)).toBe('k: user u has a client-certificate but no client-key');
    const other = base64(dallas.issue({ name: 'other' }).key);
    for (const key of [other, base64('hush')]) {
      expect(bad(`{${certificateData}, client-key-data: ${key}}`)).toBe(
        'k: user u has a client-key that is not the key of its client-certificate',
      );
    }
    expect(bad(`{client-certificate-data: ${base64('hush')}, client-key-data: ${other}}`)).toBe(
      'k: user u has a client-certificate that is no certificate',
    );
    expect(bad(`{${certificateData}, client-key: missing.key}`)).toBe(
      'k: user u has a client-key that cannot be read: FOLDER/missing.key',
    );
  });

  it('has a token, or a password', () => {
    expect(credentialsOf('{token: t}')).toMatchObject({ token: 't', tokenFile: null });
    expect(credentialsOf('{token: t, tokenFile: missing}')).toMatchObject({ token: 't', tokenFile: null });
    expect(bad('{tokenFile: missing}')).toBe('k: user u has a tokenFile that cannot be read: FOLDER/missing');
    expect(bad('{token: 123456}')).toBe('k: user u has a token that is no text; quote it');
    expect(bad('{token: t, username: me}')).toBe('k: user u has both a token and a password');
    expect(credentialsOf('{password: p}').basic).toEqual({ username: '', password: 'p' });
  });

  it('acts as another', () => {
    expect(credentialsOf('{as: x, as-uid: "1", as-groups: [g, h], as-user-extra: {a/b: [c]}}').impersonation).toEqual({
      'Impersonate-User': 'x',
      'Impersonate-Uid': '1',
      'Impersonate-Group': ['g', 'h'],
      'Impersonate-Extra-a%2Fb': ['c'],
    });
    expect(bad('{as-groups: [g]}')).toBe('k: user u asks to act as a group, but as no user');
    expect(bad('{as: x, as-groups: g}')).toBe('k: user u has as-groups or as-user-extra that are no texts');
  });

  it('has a plugin', () => {
    const exec =
      'apiVersion: client.authentication.k8s.io/v1, command: login, args: [a], env: [{name: A, value: b}, {name: C}]';
    const { plugin } = credentialsOf(`{exec: {${exec}}}`);
    expect(plugin).toMatchObject({ command: 'login', args: ['a'] });
    const env = Object.fromEntries(plugin?.env.map(({ name, value }) => [name, value]) ?? []);
    expect(env).toMatchObject({ A: 'b', C: '' });
    expect(JSON.parse(env.KUBERNETES_EXEC_INFO ?? '')).toEqual({
      kind: 'ExecCredential',
      apiVersion: 'client.authentication.k8s.io/v1',
      spec: { interactive: false },
    });
  });

  it('has a plugin that is told about the cluster', () => {
    const extension = '{name: client.authentication.k8s.io/exec, extension: {audience: x}}';
    const ca = base64(dallas.caPem);
    const { plugin } = credentialsOf(
      '{exec: {apiVersion: v1, command: login, provideClusterInfo: true}}',
      `{${server}, certificate-authority-data: ${ca}, tls-server-name: api, extensions: [${extension}]}`,
    );
    expect(JSON.parse(plugin?.env.at(-1)?.value ?? '').spec).toEqual({
      interactive: false,
      cluster: {
        server: 'https://127.0.0.1:6443',
        'tls-server-name': 'api',
        'certificate-authority-data': ca,
        config: { audience: 'x' },
      },
    });
  });

  it('needs no plugin when it has credentials of its own', () => {
    const exec = 'exec: {apiVersion: v1, command: login}';
    expect(credentialsOf(`{token: t, ${exec}}`).plugin).toBeNull();
    expect(credentialsOf(`{username: me, ${exec}}`).plugin).toBeNull();
    expect(credentialsOf(`{${certificateData}, client-key-data: ${base64(issued.key)}, ${exec}}`).plugin).toBeNull();
  });

  it.each([
    ['exec: x', 'an exec that is no plugin'],
    ['exec: {apiVersion: v1}', 'an exec without a command'],
    ['exec: {command: x}', 'an exec without an apiVersion'],
    ['exec: {command: x, apiVersion: v1, args: [1]}', 'an exec whose args are no texts'],
    ['exec: {command: x, apiVersion: v1, env: [{value: hush}]}', 'an exec whose env has no names and texts'],
    [
      'exec: {command: x, apiVersion: v1, interactiveMode: Always}',
      'an exec that asks its user, for which there is no place here (interactiveMode)',
    ],
    ['auth-provider: {name: oidc}, exec: {command: x, apiVersion: v1}', 'both an exec and an auth-provider'],
    ['auth-provider: {name: hush}', 'an unknown auth-provider: hush'],
    ['auth-provider: {config: {}}', 'an auth-provider without a name, or with a config that is no texts'],
  ])('has no %s', (user, what) => {
    expect(bad(`{${user}}`)).toBe(`k: user u has ${what}`);
  });
});

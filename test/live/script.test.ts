// The script that `snapshot --print-script` prints, run by /bin/sh with kubectl alone: it keeps what the program keeps, of anything that may
// stand in a cluster, and never puts a credential where it could be found.

import { execFile } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../src/report/report.ts';
import { parseSingle } from '../../src/source/yaml.ts';
import { clusterCredentials } from '../kit/credentials.ts';
import { changed, encode, type Manifest } from '../kit/objects.ts';
import { type Ended, runProgram } from '../kit/program.ts';
import { objectPath } from './client.ts';
import { CALICO_API } from './crds.ts';
import { assets, type Live, startServers } from './servers.ts';
import { createHealthyMesh } from './state.ts';

const names = ['a', 'b'] as const;
const contexts = names.flatMap((name) => ['--context', name]);

let live: Live<(typeof names)[number]>;
let script = '';
beforeAll(async () => {
  if (assets() === null) return;
  live = await startServers(names);
  await createHealthyMesh(Object.values(live.servers), { storage: { b: 'v3' } });
  script = join(live.folder, 'script.sh');
  writeFileSync(script, (await run(['snapshot', '--print-script'])).stdout);
});
afterAll(() => live?.stop());

function environment(kubeconfig = live.kubeconfig): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH, HOME: live.folder, KUBECONFIG: kubeconfig };
}

function run(args: readonly string[], kubeconfig?: string): Promise<Ended> {
  return runProgram(args, { cwd: live.folder, env: environment(kubeconfig) });
}

interface Given {
  readonly kubeconfig?: string;
  /** Instead of the kubectl of the servers. */
  readonly kubectl?: string;
}

function runScript(args: readonly string[], { kubeconfig, kubectl = join(assets() ?? '', 'kubectl') }: Given = {}) {
  return new Promise<Ended>((resolve) => {
    const options = { cwd: live.folder, env: { ...environment(kubeconfig), KUBECTL: kubectl } };
    execFile('/bin/sh', [script, ...args], options, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });
}

async function check(args: readonly string[]): Promise<Report> {
  const { stdout, stderr } = await run(['check', ...args, '--at', '2026-06-01T00:00:00Z', '--output', 'json']);
  expect(stdout, stderr).not.toBe('');
  return JSON.parse(stdout);
}

/** A report without places, and without the phrases of those who could not read something. */
const placeless = ({ findings, ...report }: Report) => ({
  ...report,
  findings: findings.map(({ evidence, ...finding }) => ({
    ...finding,
    evidence: evidence.map(({ location: _, ...each }) => each),
  })),
});

/** The objects of a snapshot by file and name; texts that are YAML themselves as what they say. */
function objectsIn(folder: string): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const file of readdirSync(folder).sort()) {
    const { items, resources } = parseSingle(readFileSync(join(folder, file), 'utf8')) as {
      readonly items?: readonly Manifest[];
      readonly resources?: readonly { readonly resource: string }[];
    };
    for (const item of items ?? []) {
      const { namespace = '', name } = item.metadata as { namespace?: string; name: string };
      found[`${file} ${namespace}/${name}`] = meaning(item);
    }
    for (const entry of resources ?? []) found[`${file} ${entry.resource}`] = entry;
  }
  return found;
}

/** What a value says: an absent field, null and an empty mapping are the same. */
function meaning(value: unknown): unknown {
  if (typeof value === 'string') {
    if (!/^[[{]/.test(value)) return value.trim();
    return meaning(parseSingle(value));
  }
  if (Array.isArray(value)) return value.map(meaning);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).map(([key, inner]) => [key, key === 'server' ? addressOf(inner) : meaning(inner)]);
  return Object.fromEntries(
    kept.filter(
      ([, inner]) =>
        inner !== null &&
        inner !== undefined &&
        !(typeof inner === 'object' && !Array.isArray(inner) && Object.keys(inner).length === 0),
    ),
  );
}

/** An address as the URL standard writes it. */
function addressOf(server: unknown): unknown {
  const text = String(server);
  if (!/^[\w.:[\]/-]+$/.test(text)) return text;
  return new URL(/^https?:/.test(text) ? text : `https://${text}`).href;
}

/** All files below a folder, with those that begin with a dot. */
const everything = (folder: string): string =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
    .join('\n');

describe.runIf(assets())('the script', () => {
  it('keeps a healthy mesh as the program does', async () => {
    const { code, stderr } = await runScript(['kept', ...names]);
    expect([code, stderr]).toEqual([0, 'mesh-snapshot: wrote kept/a\nmesh-snapshot: wrote kept/b\n']);
    const report = await check(['kept']);
    expect(report.verdict).toBe('ready');
    expect(placeless(report)).toEqual(placeless(await check(contexts)));
  });

  it('keeps the same bytes when it runs again, but for the time, and nothing that is gone', async () => {
    const before = everything(join(live.folder, 'kept'));
    const { admin } = live.servers.a;
    const pool = { apiVersion: CALICO_API.v1, kind: 'BGPPeer', metadata: { name: 'x' } };
    await admin.create(pool);
    await runScript(['kept', ...names]);
    expect(existsSync(join(live.folder, 'kept/a/bgppeers.yaml'))).toBe(true);
    await admin.delete(pool);
    await runScript(['kept', ...names]);
    const timeless = (text: string) => text.replaceAll(/^taken: .*$/gm, '');
    expect(timeless(everything(join(live.folder, 'kept')))).toBe(timeless(before));
  });

  it('takes names for contexts, and refuses what it cannot use', async () => {
    mkdirSync(join(live.folder, 'other/a'), { recursive: true });
    writeFileSync(join(live.folder, 'other/a/notes.txt'), 'mine');
    expect(await runScript(['other', 'a'])).toMatchObject({ code: 2, stderr: /something else than a snapshot/ });
    expect(readFileSync(join(live.folder, 'other/a/notes.txt'), 'utf8')).toBe('mine');
    expect(await runScript(['other'])).toMatchObject({ code: 2, stderr: /usage/ });
    expect(await runScript(['other', 'x/y=a'])).toMatchObject({ code: 2, stderr: /cannot be the name of a folder/ });
    expect(await runScript(['named', 'berlin=a'])).toMatchObject({ code: 0 });
    expect(parseSingle(readFileSync(join(live.folder, 'named/berlin/manifest.yaml'), 'utf8'))).toMatchObject({
      metadata: { name: 'berlin' },
      server: live.servers.a.url,
    });
  });

  it('says of a cluster what it could not read, and goes on to the next', async () => {
    const dead = join(live.folder, 'dead-kubeconfig');
    const config = JSON.parse(readFileSync(live.kubeconfig, 'utf8'));
    config.clusters[0].cluster.server = 'https://127.0.0.1:1';
    writeFileSync(dead, JSON.stringify(config));
    expect((await runScript(['dead', ...names], { kubeconfig: dead })).code).toBe(0);
    const { clusters } = await check(['dead']);
    expect(clusters[0]?.missing).toMatchObject({ nodes: expect.stringContaining('the server cannot be reached') });
    expect(clusters[1]?.missing).toEqual({});
    await runScript(['forbidden', 'a'], { kubeconfig: live.userKubeconfig });
    const { resources } = parseSingle(readFileSync(join(live.folder, 'forbidden/a/manifest.yaml'), 'utf8')) as {
      readonly resources: readonly { readonly resource: string; readonly state: string; readonly why?: string }[];
    };
    expect(resources.find(({ resource }) => resource === 'nodes')).toMatchObject({
      state: 'forbidden',
      why: expect.stringMatching(/^User "[^"]+" cannot list resource "nodes" in API group "" at the cluster scope$/),
    });
  });

  it('needs no more rights than rbac prints', async () => {
    const { admin, url, caPem } = live.servers.a;
    await admin.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'mesh-preflight' } });
    const reader = {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'mesh-preflight', namespace: 'mesh-preflight' },
    };
    await admin.create(reader);
    const { stdout } = await run(['rbac', '--context', 'a']);
    for (const document of stdout.split(/^---\n/m)) await admin.create(parseSingle(document) as Manifest);
    const asked = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} };
    const { status } = await admin.create<{ status: { token: string } }>(asked, `${objectPath(reader)}/token`);
    const kubeconfig = join(live.folder, 'reader');
    writeFileSync(
      kubeconfig,
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'Config',
        clusters: [{ name: 'a', cluster: { server: url, 'certificate-authority-data': encode(caPem) } }],
        users: [{ name: 'a', user: { token: status.token } }],
        contexts: [{ name: 'a', context: { cluster: 'a', user: 'a' } }],
      }),
    );
    expect(await runScript(['rights', 'a'], { kubeconfig })).toEqual({
      code: 0,
      stdout: '',
      stderr: 'mesh-snapshot: wrote rights/a\n',
    });
  });
});

const key = '-----BEGIN PRIVATE KEY-----\nTUlJQ2FuYXJ5S2V5\n-----END PRIVATE KEY-----\n';
const certificate = clusterCredentials('b').caPem;
const token = clusterCredentials('b').serviceAccountToken({
  namespace: 'calico-system',
  name: 'reader',
  uid: 'f1c2a3b4-0000-4000-8000-000000000000',
});
const jwt = (claims: object) =>
  ['{"alg":"none"}', JSON.stringify(claims), 'canarysignature']
    .map((p) => Buffer.from(p).toString('base64url'))
    .join('.');

interface Parts {
  readonly cluster?: string;
  readonly user?: string;
  readonly more?: string;
}

const SERVER = 'server: https://api.b.example.com:6443';
const CA = `certificate-authority-data: ${encode(certificate)}`;

/** A kubeconfig in block style, as the documentation writes it. */
const config = ({ cluster = `${SERVER}\n    ${CA}`, user = `token: ${token}`, more = 'current-context: c' }: Parts) => `
apiVersion: v1
kind: Config
clusters:
- name: one
  cluster:
    ${cluster}
users:
- name: two
  user:
    ${user}
contexts:
- name: c
  context:
    cluster: one
    user: two
${more}
`;

/** What may stand under the key `kubeconfig`. */
const kubeconfigs: Readonly<Record<string, string>> = {
  good: config({}),
  json: JSON.stringify(parseSingle(config({}))),
  'json-in-lines': JSON.stringify(parseSingle(config({})), null, 2),
  'with-document-start': `# canarycomment\n---\n${config({})}...\n`,
  'with-bom-and-crlf': `\uFEFF${config({}).replaceAll('\n', '\r\n')}`,
  empty: ' \n',
  text: 'canary text\n',
  list: '- canary\n',
  'not-yaml': 'a: b: canary\n',
  'other-kind': 'apiVersion: v1\nkind: ConfigMap\nclusters: []\n',
  'no-lists': 'apiVersion: v1\nkind: Config\n',
  'empty-lists': 'apiVersion: v1\nkind: Config\nclusters: []\nusers: null\n',
  'encoded-twice': encode(config({})),
  'encoded-text': encode('canary canary canary canary'),
  'no-context': config({ more: '' }),
  'other-context': config({ more: 'current-context: d' }),
  'two-users': config({ more: `current-context: c\n` }).replace(
    'users:\n',
    `users:\n- name: x\n  user: {username: u, password: canarypassword}\n`,
  ),
  'number-for-token': config({ user: 'token: 12345' }),
  'number-for-name': config({}).replace('name: one', 'name: 1'),
  'server-number': config({ cluster: 'server: 1' }),
  'server-placeholder': config({ cluster: `server: https://<canary-host>:6443\n    ${CA}` }),
  'server-credentials': config({
    cluster: `server: https://user:canarypassword@api.b.example.com:6443/path?x=canaryquery#f\n    ${CA}`,
  }),
  'server-token': config({ cluster: `server: ${token}\n    ${CA}` }),
  'server-plain': config({ cluster: `server: http://api.b.example.com\n    ${CA}` }),
  'server-bare': config({ cluster: `server: api.b.example.com:6443\n    ${CA}` }),
  'server-ipv6': config({ cluster: `server: "https://[FD00::1]:6443/"\n    ${CA}` }),
  'no-server': config({ cluster: CA }),
  'ca-placeholder': config({ cluster: `${SERVER}\n    certificate-authority-data: <your-ca>` }),
  'ca-encoded-placeholder': config({ cluster: `${SERVER}\n    certificate-authority-data: ${encode('<your ca>')}` }),
  'ca-omitted': config({ cluster: `${SERVER}\n    certificate-authority-data: DATA+OMITTED` }),
  'ca-plain': config({
    cluster: `${SERVER}\n    certificate-authority-data: |\n      ${certificate.trim().replaceAll('\n', '\n      ')}`,
  }),
  'ca-wrapped': config({
    cluster: `${SERVER}\n    certificate-authority-data: |\n      ${(encode(certificate).match(/.{1,60}/g) ?? []).join('\n      ')}`,
  }),
  'ca-with-key': config({
    cluster: `${SERVER}\n    certificate-authority-data: ${encode(`${key}${certificate}${key}`)}`,
  }),
  'ca-is-key': config({ cluster: `${SERVER}\n    certificate-authority-data: ${encode(key)}` }),
  'ca-file': config({ cluster: `${SERVER}\n    certificate-authority: /etc/canary/ca.crt` }),
  insecure: config({
    cluster: `${SERVER}\n    insecure-skip-tls-verify: true\n    tls-server-name: "x\\ty"\n    proxy-url: http://u:canarypassword@proxy:1`,
  }),
  'token-placeholder': config({ user: 'token: <YOUR-TOKEN>' }),
  'token-replace-me': config({ user: 'token: replace-me' }),
  'token-stars': config({ user: 'token: "*****"' }),
  'token-ellipsis': config({ user: 'token: eyJ…' }),
  'token-encoded': config({ user: `token: ${encode(token)}` }),
  'token-with-line-break': config({ user: `token: |\n      ${token}` }),
  'token-with-blanks': config({ user: `token: " ${token} "` }),
  'token-broken': config({ user: `token: |\n      ${token.slice(0, 60)}\n      ${token.slice(60)}` }),
  'token-opaque': config({ user: 'token: canaryopaquetoken' }),
  'token-quoted': config({ user: `token: 'canary"opaque\\token'` }),
  'token-bound': config({
    user: `token: ${jwt({
      iss: 'https://kubernetes.default.svc/ä',
      sub: 'system:serviceaccount:x:y',
      exp: 1_764_000_000,
      'kubernetes.io': { namespace: 'n', serviceaccount: { name: 'a&b', uid: 'u' }, secret: { name: 's' } },
    })}`,
  }),
  'token-subject': config({ user: `token: ${jwt({ sub: 'system:serviceaccount:x:y', exp: 'soon', iss: 1 })}` }),
  'token-of-others': config({ user: `token: ${jwt({ sub: 'someone', exp: 1.5 })}` }),
  'token-no-claims': config({
    user: `token: ${['{}', '[1]', 'x'].map((p) => Buffer.from(p).toString('base64url')).join('.')}`,
  }),
  'token-file': config({ user: 'tokenFile: /var/canary/token' }),
  'no-credentials': config({ user: 'username: canary' }),
  'client-certificate': config({
    user: `client-certificate-data: ${encode(certificate)}\n    client-key-data: ${encode(key)}`,
  }),
  'client-certificate-swapped': config({
    user: `client-certificate-data: ${encode(key)}\n    client-key-data: ${encode(certificate)}`,
  }),
  'client-certificate-alone': config({ user: `client-certificate-data: ${encode(certificate)}` }),
  'client-files': config({ user: 'client-certificate: /canary.crt\n    client-key: /canary.key' }),
  plugin: config({
    user: 'exec:\n      apiVersion: client.authentication.k8s.io/v1\n      command: canary\n      args: [canary]',
  }),
  provider: config({ user: 'auth-provider:\n      name: oidc\n      config: {id-token: canarytoken}' }),
  anchors: config({ user: '&u\n    token: canaryanchored', more: 'current-context: c\nextensions: *u' }),
};

/** Anything of which not a byte may be found: each is part of some credential above. */
const SECRETS = [
  token.slice(-40),
  'canary',
  Buffer.from(key).toString('base64').slice(40, 60),
  'TUlJQ2FuYXJ5S2V5',
  'hunter2',
];

describe.runIf(assets())('what may stand in a cluster', () => {
  const [v1] = [CALICO_API.v1];

  beforeAll(async () => {
    if (assets() === null) return;
    const { admin } = live.servers.a;
    const objects: Manifest[] = [];
    const access = (name: string, data: Readonly<Record<string, string>>) => {
      const values = Object.entries(data).map(([field, text]) => [field, encode(text)]);
      objects.push(
        {
          apiVersion: 'v1',
          kind: 'Secret',
          metadata: { name, namespace: 'calico-system' },
          data: Object.fromEntries(values),
        },
        {
          apiVersion: v1,
          kind: 'RemoteClusterConfiguration',
          metadata: { name },
          spec: { clusterAccessSecret: { kind: 'Secret', name, namespace: 'calico-system' } },
        },
      );
    };
    for (const [name, kubeconfig] of Object.entries(kubeconfigs))
      access(name, { datastoreType: 'kubernetes', kubeconfig });
    access('other-keys', {
      datastoreType: 'etcdv3\n',
      etcdPassword: 'hunter2',
      port: '4789',
      flag: 'true',
      long: 'x'.repeat(80),
    });
    access('no-values', {});
    const last = { 'kubectl.kubernetes.io/last-applied-configuration': '{"token":"hunter2"}' };
    const stash = (metadata: object) => ({ 'projectcalico.org/metadata': JSON.stringify(metadata) });
    objects.push(
      {
        apiVersion: v1,
        kind: 'RemoteClusterConfiguration',
        metadata: { name: 'inline', annotations: { ...last, ...stash({ annotations: last, labels: { a: 'b' } }) } },
        spec: {
          datastoreType: 'kubernetes',
          kubeconfigInline: config({}),
          k8sAPIToken: 'canaryinline',
          unknown: 'hunter2',
          empty: '',
        },
      },
      {
        apiVersion: v1,
        kind: 'RemoteClusterConfiguration',
        metadata: { name: 'fields' },
        spec: {
          datastoreType: 'kubernetes',
          k8sAPIEndpoint: 'https://u:hunter2@api.b.example.com',
          k8sAPIToken: token,
          etcdEndpoints: 'https://u:hunter2@10.0.0.1:2379',
          etcdPassword: 'hunter2',
          k8sInsecureSkipTLSVerify: true,
        },
      },
      {
        apiVersion: v1,
        kind: 'RemoteClusterConfiguration',
        metadata: { name: 'shapeless' },
        spec: { datastoreType: 'kubernetes', k8sAPIEndpoint: 'hunter2 hunter2', clusterAccessSecret: { name: 'x' } },
      },
      {
        apiVersion: v1,
        kind: 'FelixConfiguration',
        metadata: {
          name: 'node.a-node-1',
          labels: { 'a.b/c': '' },
          annotations: {
            ...last,
            'config.projectcalico.org/VXLANPort': '4789',
            ...stash({
              creationTimestamp: '2026-01-01T00:00:00Z',
              labels: { x: 'y"z\\', n: 'ä' },
              annotations: {
                ...last,
                'config.projectcalico.org/VXLANMTU': '1450',
                'config.projectcalico.org/VXLANVNI': '4096',
              },
            }),
          },
        },
        spec: {
          vxlanPort: 4789,
          wireguardMTU: 1_000_000,
          logSeverityScreen: 'Info',
          egressIPVXLANVNI: 4097,
          ipv6Support: false,
        },
      },
      {
        apiVersion: v1,
        kind: 'IPAMBlock',
        metadata: { name: 'free' },
        spec: { cidr: '10.1.0.0/26', allocations: [null, null], affinity: 'host:x' },
      },
      {
        apiVersion: v1,
        kind: 'IPAMBlock',
        metadata: { name: 'taken' },
        spec: { cidr: '10.1.0.64/26', allocations: [null, 0] },
      },
      {
        apiVersion: v1,
        kind: 'LicenseKey',
        metadata: { name: 'default' },
        spec: { token: 'hunter2', certificate: 'hunter2' },
      },
      {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'cluster-info', namespace: 'kube-public' },
        data: { kubeconfig: config({ user: 'token: hunter2' }), 'jws-kubeconfig-abc': 'hunter2' },
      },
      {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'kubeadm-config', namespace: 'kube-system' },
        data: {
          ClusterConfiguration:
            'apiVersion: kubeadm.k8s.io/v1beta3\nkind: ClusterConfiguration\ncontrolPlaneEndpoint: api.a.example.com:6443\nextra: hunter2\nnetworking:\n  dnsDomain: cluster.local\n  podSubnet: 10.1.0.0/16,fd00::/48\n',
        },
      },
      {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'kube-root-ca.crt', namespace: 'kube-system' },
        data: { 'ca.crt': `${certificate}${key}` },
      },
      {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'felix', namespace: 'calico-system' },
        data: {
          port: '4789',
          text: 'a "quoted"\ntext',
          long: 'x'.repeat(300),
          endpoints: 'said "https://api.example.com,https://u:p@10.0.0.1" once',
        },
      },
      {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'felix', namespace: 'calico-system' },
        data: { vni: encode('4096'), password: encode('hunter2'), word: encode('None') },
      },
    );
    for (const object of objects) await admin.create(object);
    const workload = {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name: 'calico-node', namespace: 'calico-system' },
    };
    const env = [
      { name: 'FELIX_VXLANPORT', valueFrom: { configMapKeyRef: { name: 'felix', key: 'port' } } },
      { name: 'FELIX_VXLANVNI', valueFrom: { secretKeyRef: { name: 'felix', key: 'vni' } } },
      { name: 'FELIX_IPV6SUPPORT', value: 'false' },
      { name: 'felix_vxlanmtu', value: '1450' },
      { name: 'IP', value: 'autodetect' },
      { name: 'REGISTRY_PASSWORD', value: 'hunter2' },
      { name: 'FELIX_ETCDPASSWORD', value: 'hunter2' },
      { name: 'CALICO_TOKEN', value: 'hunter2' },
      { name: 'CALICO_NETWORKING_BACKEND', value: 'vxlan' },
      { name: 'NODENAME', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'spec.nodeName' } } },
    ];
    const envFrom = [
      { configMapRef: { name: 'kubernetes-services-endpoint', optional: true } },
      { prefix: 'X_', secretRef: { name: 'absent', optional: true } },
    ];
    const found = await admin.get<Manifest>(objectPath(workload));
    const [next] = changed([found], 'DaemonSet', 'calico-node', {
      spec: { template: { spec: { containers: [{ name: 'calico-node', image: 'x', env, envFrom }] } } },
    });
    await admin.patch(workload, { spec: (next as { spec?: object }).spec ?? {} });
  }, 180_000);

  it('is kept as the program keeps it', async () => {
    expect(await runScript(['odd', ...names])).toMatchObject({ code: 0 });
    expect((await run(['snapshot', ...contexts, '--directory', 'odd-by-program'])).code).toBe(0);
    for (const name of names) {
      const [byScript, byProgram] = ['odd', 'odd-by-program'].map((folder) =>
        objectsIn(join(live.folder, folder, name)),
      );
      expect(byScript).toEqual(byProgram);
    }
    expect(placeless(await check(['odd']))).toEqual(placeless(await check(['odd-by-program'])));
  }, 300_000);

  it('is never on disk nor an argument of a program', async () => {
    const leaks = join(live.folder, 'leaks');
    const watching = join(live.folder, 'watching-kubectl');
    const patterns = join(live.folder, 'patterns');
    writeFileSync(patterns, SECRETS.join('\n'));
    writeFileSync(
      watching,
      `#!/bin/sh
grep -rF -f '${patterns}' '${join(live.folder, 'watched')}' >>'${leaks}'
if cat /proc/[0-9]*/cmdline 2>/dev/null | grep -aqF -f '${patterns}'; then echo argument >>'${leaks}'; fi
exec '${join(assets() ?? '', 'kubectl')}' "$@"
`,
    );
    chmodSync(watching, 0o755);
    expect(await runScript(['watched', 'a'], { kubectl: watching })).toMatchObject({ code: 0 });
    expect(existsSync(leaks) ? readFileSync(leaks, 'utf8') : '').toBe('');
    const kept = everything(join(live.folder, 'watched'));
    expect(SECRETS.filter((secret) => kept.includes(secret))).toEqual([]);
  }, 300_000);
});

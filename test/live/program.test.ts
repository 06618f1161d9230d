// The program on real API servers: what it says of a healthy mesh and of a broken one, what it sends, and which rights it takes.

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../src/report/report.ts';
import { parseSingle, splitYaml } from '../../src/source/yaml.ts';
import { ACCOUNT, encode, ipPool, type Manifest, node, podCIDR } from '../kit/objects.ts';
import { type Ended, runProgram } from '../kit/program.ts';
import { type Client, type ObjectName, objectPath } from './client.ts';
import { CALICO_API } from './crds.ts';
import { assets, type Live, type LiveServer, startServers } from './servers.ts';
import { createHealthyMesh, createWhole } from './state.ts';

const names = ['a', 'b', 'c'] as const;
type Name = (typeof names)[number];

const contexts = names.flatMap((name) => ['--context', name]);
const RBAC_API = 'rbac.authorization.k8s.io/v1';

let live: Live<Name>;
beforeAll(async () => {
  if (assets() === null) return;
  live = await startServers(names);
  await createHealthyMesh(Object.values(live.servers), { storage: { c: 'v3' } });
});
afterAll(() => live?.stop());

/** What has to be made good after a test, last first. */
const repairs: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const repair of repairs.splice(0).reverse()) await repair();
});

/** Changes an object until the test is over; `right` undoes `wrong`. */
async function patch(cluster: Name, of: ObjectName, wrong: object, right: object): Promise<void> {
  const { admin } = live.servers[cluster];
  await admin.patch(of, { ...wrong });
  repairs.push(() => admin.patch(of, { ...right }));
}

/** Creates an object, until the test is over. */
async function add(cluster: Name, object: Manifest): Promise<void> {
  const { admin } = live.servers[cluster];
  await createWhole(admin, object);
  repairs.push(() => admin.delete(object as ObjectName));
}

/** Takes an object away, until the test is over. */
async function remove(cluster: Name, of: ObjectName): Promise<void> {
  const { admin } = live.servers[cluster];
  const { metadata, ...rest } = await admin.get<Manifest>(objectPath(of));
  await admin.delete(of);
  repairs.push(() => createWhole(admin, { ...rest, ...of }));
  expect(metadata.name).toBe(of.metadata.name);
}

const object = (apiVersion: string, kind: string, name: string, namespace?: string): ObjectName => ({
  apiVersion,
  kind,
  metadata: { name, ...(namespace !== undefined && { namespace }) },
});
const calicoAPI = (cluster: Name) => CALICO_API[cluster === 'c' ? 'v3' : 'v1'];
const felix = (cluster: Name) => object(calicoAPI(cluster), 'FelixConfiguration', 'default');
const remote = (cluster: Name, name: Name) => object(calicoAPI(cluster), 'RemoteClusterConfiguration', name);
const accessSecret = (name: Name) => object('v1', 'Secret', `remote-cluster-secret-${name}`, 'calico-system');

function run(args: readonly string[], kubeconfig = live.kubeconfig): Promise<Ended> {
  const env = { PATH: process.env.PATH, HOME: live.folder, KUBECONFIG: kubeconfig };
  return runProgram(args, { cwd: live.folder, env });
}

const AT = ['--at', '2026-06-01T00:00:00Z', '--output', 'json'];

async function check(kubeconfig = live.kubeconfig): Promise<Report> {
  const { stdout, stderr } = await run(['check', ...contexts, ...AT], kubeconfig);
  expect(stdout, stderr).not.toBe('');
  return JSON.parse(stdout);
}

/** A kubeconfig with a context for each cluster, called as it is. */
function kubeconfigFor(file: string, clusters: Readonly<Record<string, { cluster: object; user: object }>>): string {
  const entries = Object.entries(clusters);
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: entries.map(([name, { cluster }]) => ({ name, cluster })),
    users: entries.map(([name, { user }]) => ({ name, user })),
    contexts: entries.map(([name]) => ({ name, context: { cluster: name, user: name } })),
  };
  const path = join(live.folder, file);
  writeFileSync(path, JSON.stringify(config), { mode: 0o600 });
  return path;
}

describe.runIf(assets())('a healthy mesh', () => {
  it('is ready', async () => {
    expect(await run(['check', ...contexts])).toMatchObject({ code: 0, stderr: 'exit 0: ready\n' });
  });

  it('is asked nothing but GET', async () => {
    const recorders = await Promise.all(names.map((name) => record(live.servers[name])));
    try {
      const kubeconfig = kubeconfigFor(
        'recorded',
        Object.fromEntries(names.map((name, i) => [name, { cluster: { server: recorders[i]?.url }, user: {} }])),
      );
      expect((await check(kubeconfig)).verdict).toBe('ready');
      expect((await run(['snapshot', ...contexts, '--directory', 'recorded-exports'], kubeconfig)).code).toBe(0);
      expect((await run(['rbac', '--context', 'a'], kubeconfig)).code).toBe(0);
      expect(recorders.map(({ methods }) => [...new Set(methods)])).toEqual([['GET'], ['GET'], ['GET']]);
      expect(Math.min(...recorders.map(({ methods }) => methods.length))).toBeGreaterThan(40);
    } finally {
      for (const recorder of recorders) recorder.close();
    }
  });
});

/** A server that hands every request on to an API server, as its administrator, and tells of which method it was. */
async function record({ url, caPem, adminToken }: LiveServer) {
  const methods: string[] = [];
  const server = createServer((asked, answer) => {
    methods.push(String(asked.method));
    const headers = { ...asked.headers, host: new URL(url).host, authorization: `Bearer ${adminToken}` };
    const sent = request(
      new URL(asked.url ?? '', url),
      { method: String(asked.method), ca: caPem, headers },
      (reply) => {
        answer.writeHead(reply.statusCode ?? 500, reply.headers);
        reply.pipe(answer);
      },
    );
    sent.on('error', () => answer.destroy());
    asked.pipe(sent);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    methods,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

describe.runIf(assets())('a snapshot', () => {
  it('gives the report of the clusters that it was taken of, and holds no credential', async () => {
    await patch('b', felix('b'), { spec: { vxlanPort: 4790 } }, { spec: { vxlanPort: null } });
    const told = await check();
    expect(told.verdict).toBe('not-ready');
    expect((await run(['snapshot', ...contexts, '--directory', 'exports'])).code).toBe(0);
    const kept = await run(['check', 'exports', ...AT]);
    expect(placeless(JSON.parse(kept.stdout))).toEqual(placeless(told));
    const text = everything(join(live.folder, 'exports'));
    expect(text).toContain('remote-cluster-secret-b');
    expect(text).not.toMatch(/eyJ[\w-]+\.eyJ|PRIVATE KEY/);
  });

  it('of which an export is reduced gives the same report', async () => {
    for (const name of names) {
      const folder = join(live.folder, 'raw', name);
      mkdirSync(folder, { recursive: true });
      const known = (await live.kubectl('--context', name, 'api-resources', '--verbs=list', '-o', 'name')).trim();
      for (const resource of known.split('\n').filter((each) => !/events|leases|endpointslices/.test(each))) {
        const list = await live.kubectl('--context', name, 'get', resource, '--all-namespaces', '-o', 'yaml');
        writeFileSync(join(folder, `${resource}.yaml`), list);
      }
    }
    const whole = await run(['check', 'raw', ...AT]);
    expect(JSON.parse(whole.stdout).verdict).toBe('ready');
    const clusters = names.flatMap((name) => ['--cluster', `${name}=raw/${name}`]);
    expect((await run(['snapshot', ...clusters, '--directory', 'reduced'])).code).toBe(0);
    const reduced = await run(['check', 'reduced', ...AT]);
    expect(JSON.parse(reduced.stdout).verdict).toBe('ready');
    expect(everything(join(live.folder, 'reduced'))).not.toMatch(/eyJ[\w-]+\.eyJ|PRIVATE KEY/);
  });
});

/** A report without places, which differ between what is live and what is on disk. */
const placeless = (report: Report) => ({
  ...report,
  findings: report.findings.map(({ evidence, ...finding }) => ({
    ...finding,
    evidence: evidence.map(({ location: _, ...each }) => each),
  })),
});

/** All text in a folder. */
const everything = (folder: string): string =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
    .join('\n');

interface Fault {
  readonly make: () => Promise<void>;
  readonly requirement: string;
  /** Where it fails. */
  readonly clusters: readonly Name[];
}

const faults: Readonly<Record<string, Fault>> = {
  'a VXLAN port of its own': {
    make: () => patch('b', felix('b'), { spec: { vxlanPort: 4790 } }, { spec: { vxlanPort: null } }),
    requirement: 'aligned-vxlan',
    clusters: ['b'],
  },
  'routes from another source': {
    make: () => patch('c', felix('c'), { spec: { routeSource: 'WorkloadIPs' } }, { spec: { routeSource: null } }),
    requirement: 'aligned-route-source',
    clusters: ['c'],
  },
  'a WireGuard port of its own': {
    make: async () => {
      for (const name of names) {
        const wrong = { wireguardEnabled: true, wireguardListeningPort: name === 'c' ? 51_999 : null };
        await patch(
          name,
          felix(name),
          { spec: wrong },
          { spec: { wireguardEnabled: null, wireguardListeningPort: null } },
        );
      }
    },
    requirement: 'aligned-wireguard',
    clusters: ['c'],
  },
  'pools that overlap': {
    make: () => add('b', ipPool('second', podCIDR(1), { vxlanMode: 'Always', natOutgoing: true })),
    requirement: 'disjoint-pod-cidrs',
    clusters: ['a', 'b'],
  },
  'a node name that two clusters use': {
    make: () => {
      const third = node('c', 3, 9);
      return add('c', { ...third, metadata: { ...third.metadata, name: 'a-node-1' } });
    },
    requirement: 'unique-node-names',
    clusters: ['a', 'c'],
  },
  'a remote in one direction': {
    make: () => remove('c', remote('c', 'a')),
    requirement: 'bidirectional-remotes',
    clusters: ['c'],
  },
  'a remote without overlay routing': {
    make: () =>
      patch(
        'a',
        remote('a', 'b'),
        { spec: { syncOptions: { overlayRoutingMode: 'Disabled' } } },
        { spec: { syncOptions: { overlayRoutingMode: 'Enabled' } } },
      ),
    requirement: 'overlay-routing-mode',
    clusters: ['a'],
  },
  'an access Secret that is not there': {
    make: () => remove('a', accessSecret('b')),
    requirement: 'access-secret',
    clusters: ['a'],
  },
  'a kubeconfig that leads nowhere': {
    make: async () => {
      const { data } = await live.servers.a.admin.get<Manifest>(objectPath(accessSecret('b')));
      const kubeconfig = encode('apiVersion: v1\nkind: Config\nclusters: []\n');
      await patch('a', accessSecret('b'), { data: { kubeconfig } }, { data });
    },
    requirement: 'usable-kubeconfig',
    clusters: ['a'],
  },
  'Typha without the right to read Secrets': {
    make: () => remove('b', object(RBAC_API, 'RoleBinding', 'remote-cluster-secret-access', 'calico-system')),
    requirement: 'typha-secret-access',
    clusters: ['b'],
  },
  'a federation account without rights': {
    make: async () => {
      const role = object(RBAC_API, 'ClusterRole', ACCOUNT);
      const { rules } = await live.servers.b.admin.get<Manifest>(objectPath(role));
      await patch('b', role, { rules: [] }, { rules });
    },
    requirement: 'federation-account',
    clusters: ['b'],
  },
};

describe.runIf(assets())('a broken mesh', () => {
  it.each(Object.entries(faults))('has %s', async (_, { make, requirement, clusters }) => {
    await make();
    const report = await check();
    const verdicts = report.requirements.find(({ id }) => id === requirement)?.clusters ?? {};
    expect(Object.keys(verdicts).filter((name) => verdicts[name] === 'fail')).toEqual(clusters);
    expect(report.verdict).toBe('not-ready');
  });
});

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
}

describe.runIf(assets())('what rbac prints', () => {
  const reader = object('v1', 'ServiceAccount', 'mesh-preflight', 'mesh-preflight');
  const clusterRole = object(RBAC_API, 'ClusterRole', 'mesh-preflight');
  const secretsRole = object(RBAC_API, 'Role', 'mesh-preflight', 'calico-system');
  let kubeconfig = '';

  beforeAll(async () => {
    const clusters: Record<string, { cluster: object; user: object }> = {};
    for (const name of names) {
      const { admin, url, caPem } = live.servers[name];
      const { stdout } = await run(['rbac', '--context', name]);
      await admin.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'mesh-preflight' } });
      await admin.create(reader);
      for (const { start, end } of splitYaml(stdout)) {
        await admin.create(parseSingle(stdout.slice(start, end).replace(/^---\n/, '')) as Manifest);
      }
      const asked = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} };
      const { status } = await admin.create<{ status: { token: string } }>(asked, `${objectPath(reader)}/token`);
      const cluster = { server: url, 'certificate-authority-data': encode(caPem) };
      clusters[name] = { cluster, user: { token: status.token } };
      await settled(admin, { apiGroups: [''], resources: ['nodes'] }, 'list', true);
    }
    kubeconfig = kubeconfigFor('reader', clusters);
  });

  it('is enough', async () => {
    const report = await check(kubeconfig);
    expect(report.clusters.map(({ missing }) => missing)).toEqual([{}, {}, {}]);
    expect(report.verdict).toBe('ready');
  });

  it('leaves unknown what needs a part that is taken away, and only that', async () => {
    const { admin } = live.servers.a;
    const before = await check(kubeconfig);
    const changes = async () => {
      const { clusters, requirements } = await check(kubeconfig);
      const was = (id: string) => before.requirements.find((each) => each.id === id)?.clusters.a;
      const changed = requirements.filter(({ id, clusters }) => clusters.a !== was(id));
      expect(changed.filter(({ clusters }) => clusters.a !== 'unknown')).toEqual([]);
      return { missing: Object.keys(clusters[0]?.missing ?? {}), unknown: changed.map(({ id }) => id) };
    };
    const told: Record<string, { readonly missing: readonly string[]; readonly unknown: readonly string[] }> = {};
    for (const [role, verb] of [
      [clusterRole, 'list'],
      [secretsRole, 'get'],
    ] as const) {
      const { rules } = (await admin.get(objectPath(role))) as { readonly rules: readonly Rule[] };
      for (const rule of rules) {
        for (const resource of rule.resources) {
          const without = { ...rule, resources: rule.resources.filter((each) => each !== resource) };
          await admin.patch(role, {
            rules: rules.map((each) => (each === rule ? without : each)).filter((each) => each.resources.length > 0),
          });
          await settled(admin, { ...rule, resources: [resource] }, verb, false);
          const change = await changes();
          if (change.missing.length + change.unknown.length > 0) told[resource] = change;
          await admin.patch(role, { rules });
          await settled(admin, { ...rule, resources: [resource] }, verb, true);
        }
      }
    }
    expect(told).toEqual({
      clusterrolebindings: { missing: ['clusterRoleBindings'], unknown: ['federation-account'] },
      clusterroles: { missing: ['clusterRoles'], unknown: ['federation-account'] },
      daemonsets: { missing: ['calicoNode'], unknown: ['aligned-route-source', 'aligned-vxlan'] },
      felixconfigurations: { missing: ['felix'], unknown: ['aligned-route-source', 'aligned-vxlan'] },
      installations: { missing: ['installations'], unknown: ['supported-cni'] },
      ippools: {
        missing: ['ipPools'],
        unknown: ['common-overlay', 'disjoint-pod-cidrs', 'aligned-vxlan', 'no-stale-pools'],
      },
      nodes: { missing: ['nodes'], unknown: ['unique-node-names', 'unique-node-addresses'] },
      remoteclusterconfigurations: {
        missing: ['remotes'],
        unknown: [
          'bidirectional-remotes',
          'overlay-routing-mode',
          'valid-remotes',
          'distinct-remotes',
          'access-secret',
          'usable-kubeconfig',
          'typha-secret-access',
          'nat-exclusion',
          'pod-routability',
        ],
      },
      rolebindings: { missing: ['roleBindings'], unknown: ['typha-secret-access'] },
      roles: { missing: ['roles'], unknown: ['typha-secret-access'] },
      secrets: {
        missing: [],
        unknown: ['bidirectional-remotes', 'distinct-remotes', 'access-secret', 'usable-kubeconfig'],
      },
      serviceaccounts: { missing: ['serviceAccounts'], unknown: ['federation-account'] },
    });
  });

  /** Waits until the server grants the reader the first resource of a rule, or does not. */
  async function settled(admin: Client, rule: Rule, verb: 'get' | 'list', granted: boolean): Promise<void> {
    const spec = {
      user: 'system:serviceaccount:mesh-preflight:mesh-preflight',
      groups: ['system:serviceaccounts', 'system:serviceaccounts:mesh-preflight', 'system:authenticated'],
      resourceAttributes: {
        verb,
        group: rule.apiGroups[0],
        resource: rule.resources[0],
        name: rule.resourceNames?.[0],
        ...(verb === 'get' && { namespace: 'calico-system' }),
      },
    };
    const review = { apiVersion: 'authorization.k8s.io/v1', kind: 'SubjectAccessReview', spec };
    for (let tries = 0; tries < 250; tries++) {
      const path = '/apis/authorization.k8s.io/v1/subjectaccessreviews';
      const { status } = await admin.create<{ status: { allowed: boolean } }>(review, path);
      if (status.allowed === granted) return;
      await pause(20);
    }
    throw new Error(`${verb} ${rule.resources[0]} does not become ${granted ? 'granted' : 'refused'}`);
  }
});

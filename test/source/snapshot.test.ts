// A snapshot says what the export said, holds none of its credentials, and is the same for the same state.

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { dump } from 'js-yaml';
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import type { Report } from '../../src/report/report.ts';
import { reporters } from '../../src/report/reporters.ts';
import { readFiles } from '../../src/source/files.ts';
import { filesOf, newCollection, snapshotsOfExports, writeSnapshot } from '../../src/source/snapshot.ts';
import { readText } from '../../src/source/yaml.ts';
import { checkInput, examples, root, secretsOf } from '../kit/examples.ts';
import { changed, healthyCluster, healthyMesh, ipPool, type Manifest, without } from '../kit/objects.ts';

const TAKEN = '2026-06-01T00:00:00.000Z';
let folder = '';
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mesh-preflight-'));
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

const options = { cwd: root, taken: TAKEN, tool: 'mesh-preflight 0.0.0' };

function clustersOf(mesh: string): { name: string; path: string }[] {
  const entries = fs.readdirSync(path.join(root, mesh), { withFileTypes: true });
  return entries.filter((e) => e.isDirectory()).map(({ name }) => ({ name, path: `${mesh}/${name}` }));
}

function snapshot(mesh: string, into = folder): void {
  for (const each of snapshotsOfExports(clustersOf(mesh), options).snapshots) writeSnapshot(into, each);
}

/** A report without what differs between an export and a snapshot of it: places, and how many files there are. */
function told({ findings, problems: _, counts: __, clusters, ...rest }: Report): unknown {
  return {
    ...rest,
    clusters: clusters.map(({ objects: ___, ...cluster }) => cluster),
    findings: findings.map(({ evidence, ...finding }) => ({
      ...finding,
      evidence: evidence.map(({ location: ___, path: at, ...piece }) => ({
        ...piece,
        at: at.replace('stringData', 'data'),
      })),
    })),
  };
}

async function reportOf(paths: string, cwd: string): Promise<Report> {
  const input = readFiles({ paths: [paths], clusters: [], cwd, repository: null });
  return (await checkInput(input)).report;
}

function contents(of: string): Record<string, string> {
  const files = fs.readdirSync(of, { recursive: true, withFileTypes: true }).filter((e) => e.isFile());
  return Object.fromEntries(
    files.map((e) => [
      path.relative(of, path.join(e.parentPath, e.name)),
      fs.readFileSync(path.join(e.parentPath, e.name), 'utf8'),
    ]),
  );
}

describe.each(examples)('of %s', (name) => {
  test('gives the report of the export', async () => {
    snapshot(`examples/${name}`);
    const report = told(await reportOf(folder, root));
    expect(report).toEqual(told(await reportOf(`examples/${name}`, root)));
  });
  test('holds no credentials, and is itself when it is taken again', () => {
    snapshot(`examples/${name}`);
    const first = contents(folder);
    for (const secret of secretsOf(name)) expect(JSON.stringify(first)).not.toContain(secret);
    snapshot(path.relative(root, folder), folder);
    expect(contents(folder)).toEqual(first);
  });
});

test('no name or password of a URL is in a report or a snapshot, nor what variables hold that nobody reads', async () => {
  const calico = { apiVersion: 'projectcalico.org/v3', kind: 'RemoteClusterConfiguration' };
  const objects: Manifest[] = [
    ...(healthyMesh(['a', 'b']).a ?? []),
    {
      ...calico,
      metadata: { name: 'etcd' },
      spec: { datastoreType: 'etcdv3', etcdEndpoints: 'https://admin:CANARY1@10.3.0.5:2379' },
    },
    {
      ...calico,
      metadata: { name: 'api' },
      spec: { datastoreType: 'kubernetes', k8sAPIEndpoint: 'https://admin:p@CANARY2@api.example.com' },
    },
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'kubernetes-services-endpoint', namespace: 'tigera-operator' },
      data: { KUBERNETES_SERVICE_HOST: 'https://admin:CANARY3@api.example.com' },
    },
  ].flatMap((object) => {
    if (object.kind !== 'DaemonSet') return [object as Manifest];
    const env = [
      { name: 'FELIX_ETCDPASSWORD', value: 'CANARY4' },
      { name: 'HTTPS_PROXY', value: 'http://admin:CANARY5@proxy' },
      { name: 'CALICO_ETCD_PASSWORD', value: 'CANARY6' },
      { name: 'REGISTRY_PASSWORD', value: 'CANARY7' },
      { name: 'CALICO_PULL', value: 'u:$(REGISTRY_PASSWORD)' },
      { name: 'FELIX_VXLANVNI', value: '40$$(REGISTRY_PASSWORD)' },
      { name: 'PORT', value: 'CANARY8' },
      { name: 'PORT', value: '4790' },
      { name: 'FELIX_VXLANMTU', value: '$(LATER)' },
      { name: 'LATER', value: 'CANARY9' },
      { name: 'ADDRESS', value: 'https://admin:CANARY0@x' },
      { name: 'CALICO_NETWORKING_BACKEND', value: '$(ADDRESS)' },
    ];
    return changed([object as Manifest], 'DaemonSet', 'calico-node', {
      spec: { template: { spec: { containers: [{ name: 'calico-node', env }] } } },
    });
  });
  const mesh = path.join(folder, 'mesh');
  fs.mkdirSync(path.join(mesh, 'a'), { recursive: true });
  fs.writeFileSync(path.join(mesh, 'a/all.yaml'), objects.map((object) => dump(object)).join('---\n'));
  const kept = path.join(folder, 'kept');
  for (const each of snapshotsOfExports([{ name: 'a', path: path.join(mesh, 'a') }], options).snapshots)
    writeSnapshot(kept, each);
  expect(JSON.stringify(contents(kept))).toContain('k8sAPIEndpoint');
  expect(JSON.stringify(contents(kept))).not.toContain('CANARY');
  for (const place of [mesh, kept]) {
    const checked = await checkInput(readFiles({ paths: [place], clusters: [], cwd: root, repository: null }));
    expect(checked.report.findings.map((f) => f.rule)).toContain('remote-connections-by-secret');
    for (const format of reporters.names) {
      const text = await reporters.render(
        format,
        { ...checked, exitReason: '' },
        { width: 100, color: false, unicode: true, maxFindings: 100 },
      );
      expect(text.match(/CANARY\d/g) ?? [], format).toEqual([]);
    }
  }
});

test.each([
  [{ CALICO_BACKEND: 'bird', CALICO_NETWORKING_BACKEND: '$(CALICO_BACKEND)' }],
  [{ CALICO_IPV4POOL_VXLAN: 'Always', FELIX_VXLANENABLED: '$(CALICO_IPV4POOL_VXLAN)' }],
  [{ FELIX_ROUTE_SOURCE: 'workload-ips' }],
  [{ FELIX_VXLAN_MTU: 'auto' }],
  [{ FELIX_VXLANPORT: '4789', FELIX_VXLAN_PORT: '$(FELIX_VXLANPORT)' }],
  [{ A: '4789', B: '$(A)', FELIX_VXLANPORT: '$(B)' }],
  [{ BACKEND: 'bird', CALICO_NETWORKING_BACKEND: '$(BACKEND)' }],
  [{ PORT: '4790 ', FELIX_VXLANPORT: '$(PORT)' }],
  [{ A: '$(B)', B: '$(A)', FELIX_VXLANPORT: '$(A)' }],
])('variables %j say in a snapshot what they say in the export', async (variables) => {
  const env = Object.entries(variables).map(([name, value]) => ({ name, value }));
  for (const [name, objects] of Object.entries(healthyMesh(['a', 'b']))) {
    const own = changed(name === 'a' ? without(objects, 'Installation') : objects, 'DaemonSet', 'calico-node', {
      ...(name === 'a' && { spec: { template: { spec: { containers: [{ name: 'calico-node', image: 'x', env }] } } } }),
    });
    fs.mkdirSync(path.join(folder, 'mesh', name), { recursive: true });
    fs.writeFileSync(path.join(folder, 'mesh', name, 'all.yaml'), own.map((object) => dump(object)).join('---\n'));
  }
  const clusters = ['a', 'b'].map((name) => ({ name, path: path.join(folder, 'mesh', name) }));
  for (const each of snapshotsOfExports(clusters, options).snapshots) writeSnapshot(path.join(folder, 'kept'), each);
  const [of, kept] = [await reportOf(path.join(folder, 'mesh'), root), await reportOf(path.join(folder, 'kept'), root)];
  expect(told(kept)).toEqual(told(of));
});

describe('a list', () => {
  const collected = (objects: readonly Manifest[]) => {
    const { objects: map, add } = newCollection();
    for (const object of objects) add('IPPool', object);
    const manifest = {
      apiVersion: 'mesh-preflight/v1',
      kind: 'Snapshot',
      metadata: { name: 'a' },
      taken: TAKEN,
      server: null,
      tool: 't',
      resources: [],
    } as const;
    return filesOf({ cluster: 'a', manifest, objects: map }).files.find((f) => f.path === 'ippools.yaml')?.text ?? '';
  };
  const [a, b] = [ipPool('a', '10.1.0.0/16', {}), ipPool('b', '10.2.0.0/16', {})];

  it('is sorted, whatever the order of the answers', () => expect(collected([b, a])).toBe(collected([a, b])));
  it('is read as it was written', () => {
    const text = fc.oneof(
      fc.constantFrom(
        'yes',
        'on',
        '0x10',
        '010',
        '0o7',
        '0b11',
        '1_000',
        '+1',
        '.5',
        '1e3',
        'null',
        '~',
        '',
        '<<',
        '=',
        '- a',
        'a: b',
        '#',
        '"',
        "'",
        '|',
        'a\n  b\n',
        ' a ',
      ),
      fc.string({ unit: 'grapheme' }),
    );
    fc.assert(
      fc.property(fc.dictionary(fc.stringMatching(/^[a-z./-]{1,8}$/), text), text, (labels, selector) => {
        const pool = {
          ...a,
          metadata: { ...a.metadata, labels },
          spec: { cidr: '10.1.0.0/16', nodeSelector: selector },
        };
        const [document] = readText(collected([pool]));
        expect(document?.fault).toBeNull();
        expect(document?.value).toMatchObject({ items: [pool] });
      }),
    );
  });
});

describe('the folder', () => {
  const held = (objects: readonly Manifest[]) => {
    const file = path.join(folder, 'export.json');
    fs.writeFileSync(file, JSON.stringify(objects));
    const { snapshots } = snapshotsOfExports([{ name: 'a', path: file }], options);
    for (const each of snapshots) writeSnapshot(path.join(folder, 'out'), each);
  };
  const a = healthyCluster({ name: 'a', index: 1, peers: ['b'] });

  it('loses the files of kinds that are no more', () => {
    held(a);
    expect(Object.keys(contents(path.join(folder, 'out')))).toContain('a/nodes.yaml');
    held(without(a, 'Node'));
    expect(Object.keys(contents(path.join(folder, 'out')))).not.toContain('a/nodes.yaml');
  });
  it('is left alone where it holds something else', () => {
    fs.mkdirSync(path.join(folder, 'out/a'), { recursive: true });
    fs.writeFileSync(path.join(folder, 'out/a/notes.txt'), '');
    expect(() => held(a)).toThrow('holds something else than a snapshot');
  });
  it('is never left', () => {
    const file = path.join(folder, 'export.json');
    fs.writeFileSync(file, JSON.stringify(a));
    for (const name of ['..', '../b', 'b/c', '.hidden']) {
      const [only] = snapshotsOfExports([{ name, path: file }], options).snapshots;
      expect(() => only && writeSnapshot(path.join(folder, 'out'), only)).toThrow('cannot be the name of a folder');
    }
  });
});

describe('a manifest', () => {
  const three = healthyMesh(['a', 'b']);
  /** A mesh whose cluster a is a snapshot with these outcomes. */
  const judged = async (a: readonly Manifest[], resources: readonly object[], more: Record<string, unknown> = {}) => {
    for (const [name, objects] of Object.entries({ ...three, a })) {
      fs.mkdirSync(path.join(folder, name));
      fs.writeFileSync(path.join(folder, name, 'objects.json'), JSON.stringify(objects));
    }
    const manifest = {
      apiVersion: 'mesh-preflight/v1',
      kind: 'Snapshot',
      metadata: { name: 'a' },
      taken: TAKEN,
      server: null,
      tool: 't',
      resources,
      ...more,
    };
    fs.writeFileSync(path.join(folder, 'a/manifest.yaml'), JSON.stringify(manifest));
    const input = readFiles({ paths: [folder], clusters: [], cwd: root, repository: null });
    return { input, report: (await checkInput(input)).report };
  };
  const verdict = (report: Report, id: string) => report.requirements.find((r) => r.id === id)?.clusters.a;
  const a = three.a ?? [];

  it('makes an empty list known to be empty', async () => {
    const { report } = await judged(without(a, 'RemoteClusterConfiguration'), [
      { resource: 'remoteclusterconfigurations', state: 'read' },
    ]);
    expect(verdict(report, 'bidirectional-remotes')).toBe('fail');
  });
  it('takes an API that is not served for one without objects', async () => {
    const { report } = await judged(without(a, 'RemoteClusterConfiguration'), [
      { resource: 'remoteclusterconfigurations', state: 'absent' },
    ]);
    expect(verdict(report, 'bidirectional-remotes')).toBe('fail');
  });
  it.each([
    ['forbidden', 'forbidden: no right to list nodes'],
    ['failed', 'no right to list nodes'],
  ])('says why a kind is unknown: %s', async (state, why) => {
    const { report } = await judged(without(a, 'Node'), [{ resource: 'nodes', state, why: 'no right to list nodes' }]);
    expect(verdict(report, 'unique-node-names')).toBe('unknown');
    expect(report.clusters[0]?.missing.nodes).toBe(why);
    expect(report.findings.find((f) => f.requirement === 'unique-node-names')?.message.text).toContain(why);
  });
  it('tells a Secret that does not exist from one that may not be read', async () => {
    const absent = await judged(without(a, 'Secret', 'remote-cluster-secret-b'), [
      { resource: 'secrets', state: 'read', names: { 'calico-system/remote-cluster-secret-b': { state: 'absent' } } },
    ]);
    expect(verdict(absent.report, 'access-secret')).toBe('fail');
    fs.rmSync(folder, { recursive: true });
    fs.mkdirSync(folder);
    const forbidden = await judged(without(a, 'Secret', 'remote-cluster-secret-b'), [
      {
        resource: 'secrets',
        state: 'read',
        names: { 'calico-system/remote-cluster-secret-b': { state: 'forbidden', why: 'no right to get secrets' } },
      },
    ]);
    expect(verdict(forbidden.report, 'access-secret')).toBe('unknown');
    expect(forbidden.report.findings.map((f) => f.message.text).join('\n')).toContain('no right to get secrets');
  });
  it('tells when it was taken', async () => expect((await judged(a, [])).input.taken).toBe(Date.parse(TAKEN)));
  it('that cannot be understood makes nothing known', async () => {
    const { report, input } = await judged(a, [{ resource: 'nodes', state: 'maybe' }]);
    expect(input.problems[0]?.why).toContain('manifest cannot be used');
    expect(report.verdict).toBe('not-proven');
  });
});

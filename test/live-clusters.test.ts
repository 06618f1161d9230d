// The program on live clusters, from end to end, against servers on loopback.

import fs from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import type { Log } from 'sarif';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Report } from '../src/report/report.ts';
import { changed, healthyMesh, type Manifest } from './kit/objects.ts';
import { type Ended, runProgram } from './kit/program.ts';
import { kubeconfigFor, type ObjectServer, objectServer, type Refusal } from './source/live/object-server.ts';

let folder = '';
let servers: ObjectServer[] = [];
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mesh-preflight-'));
  servers = [];
});
afterEach(async () => {
  await Promise.all(servers.map((server) => server.close()));
  fs.rmSync(folder, { recursive: true });
});

/** Objects as a server has them: with what nobody reads, and secrets in every place that may hold one. */
function served(objects: readonly Manifest[]): Manifest[] {
  return objects.map((object) => ({
    ...object,
    metadata: {
      ...object.metadata,
      ...(object.kind === 'ConfigMap' && { namespace: 'kube-system' }),
      resourceVersion: '1',
      managedFields: [{ manager: 'canary-manager' }],
      annotations: {
        ...(object.metadata.annotations as object),
        'kubectl.kubernetes.io/last-applied-configuration': '{"canary":"canary-applied"}',
        note: 'canary-annotation',
      },
    },
    ...(object.kind === 'Secret' && {
      data: { ...(object.data as object), password: Buffer.from('canary-password').toString('base64') },
    }),
    status: { ...(object.status as object), canary: 'canary-status' },
  }));
}

async function start(
  mesh: Readonly<Record<string, readonly Manifest[]>>,
  refusals: readonly Refusal[] = [],
): Promise<void> {
  const urls: Record<string, string> = {};
  for (const [name, objects] of Object.entries(mesh)) {
    const server = await objectServer(served(objects), name === 'b' ? refusals : []);
    servers.push(server);
    urls[name] = server.url;
  }
  fs.writeFileSync(path.join(folder, 'kubeconfig'), kubeconfigFor({ ...urls, gone: 'http://127.0.0.1:1' }));
}

const run = (...args: string[]): Promise<Ended> => runIn({}, ...args);

function runIn(environment: Readonly<Record<string, string>>, ...args: string[]): Promise<Ended> {
  const env = { ...process.env, KUBECONFIG: path.join(folder, 'kubeconfig'), ...environment };
  return runProgram(args, { cwd: folder, env });
}

const report = ({ stdout }: Ended): Report => JSON.parse(stdout);
const contexts = ['--context', 'a', '--context', 'b'];
const verdicts = (of: Report, id: string) => of.requirements.find((r) => r.id === id)?.clusters;
/** All text of a folder. */
const everything = (of: string) =>
  fs
    .readdirSync(of, { recursive: true, withFileTypes: true })
    .filter((e) => e.isFile())
    .map((e) => fs.readFileSync(path.join(e.parentPath, e.name), 'utf8'))
    .join('\n');

const mesh = healthyMesh(['a', 'b']);
const faulty = { ...mesh, b: changed(mesh.b ?? [], 'FelixConfiguration', 'default', { spec: { vxlanPort: 4790 } }) };

/** Everything but places, which differ between what is live and what is on disk. */
const placeless = (of: Report) =>
  JSON.stringify({
    ...of,
    findings: of.findings.map(({ evidence, ...f }) => ({ ...f, evidence: evidence.map(({ location: _, ...e }) => e) })),
  });

describe('live clusters', () => {
  it('are judged, by nothing but GET', async () => {
    await start(mesh);
    const ended = await run('check', ...contexts, '-o', 'json');
    expect(ended).toMatchObject({ code: 0, stderr: 'exit 0: ready\n' });
    expect(report(ended).verdict).toBe('ready');
    const asked = servers.flatMap((server) => server.asked);
    expect(asked.length).toBeGreaterThan(40);
    expect(asked.every((request) => request.startsWith('GET /'))).toBe(true);
  });

  it('give the report of their snapshot, which holds nothing that was planted', async () => {
    await start(faulty);
    const live = await run('check', ...contexts, '-o', 'json');
    expect(live.code).toBe(1);
    expect(verdicts(report(live), 'aligned-vxlan')).toEqual({ a: 'fail', b: 'fail' });
    expect(await run('snapshot', ...contexts, '-d', 'exports')).toMatchObject({ code: 0 });
    const kept = await run('check', 'exports', '-o', 'json');
    expect(placeless(report(kept))).toBe(placeless(report(live)));
    expect(report(live).findings[0]?.evidence[0]?.location?.uri).toMatch(/^live\/[ab]\/felixconfigurations\.yaml$/);
    expect(report(kept).findings[0]?.evidence[0]?.location?.uri).toMatch(/^exports\/[ab]\/felixconfigurations\.yaml$/);
    for (const text of [everything(path.join(folder, 'exports')), live.stdout, live.stderr, kept.stdout]) {
      expect(text).not.toMatch(/canary|planted/);
      expect(text).not.toMatch(/eyJhbGciOi/);
    }
  });

  it('leave no byte of a Secret in memory, whether they can be read or not', async () => {
    await start(mesh, [{ path: /\/(?:nodes|rolebindings)$/, status: 403 }]);
    const hook = path.join(folder, 'hook.cjs');
    const heap = path.join(folder, 'heap');
    // When the report is written, all that was read is still held that ever will be.
    fs.writeFileSync(
      hook,
      `const { write } = process.stdout;
      process.stdout.write = (...given) => {
        require('node:v8').writeHeapSnapshot(${JSON.stringify(heap)});
        process.stdout.write = write;
        return write.apply(process.stdout, given);
      };`,
    );
    const environment = { NODE_OPTIONS: `--require=${hook}` };
    expect(await runIn(environment, 'check', ...contexts, '--context', 'gone', '-o', 'json')).toMatchObject({
      code: 1,
    });
    const text = fs.readFileSync(heap, 'utf8');
    expect(text).toContain('remote-cluster-secret-b');
    const secrets = served(mesh.a ?? []).filter(({ kind }) => kind === 'Secret');
    const values = secrets.flatMap(({ data }) => Object.entries(data as Record<string, string>));
    for (const [key, value] of values.filter(([key]) => /password|token|kubeconfig/.test(key))) {
      const plain = Buffer.from(value, 'base64').toString();
      for (const part of [value, plain, ...(plain.match(/eyJ[\w.-]+/g) ?? [])])
        expect(text.includes(JSON.stringify(part.slice(0, 60)).slice(1, -1)), key).toBe(false);
    }
  });

  it('stand in SARIF as files that are on no disk, with the lines that the snapshot has', async () => {
    await start(faulty);
    const live: Log = JSON.parse((await run('check', ...contexts, '-o', 'sarif')).stdout);
    const shown = (log: Log) => {
      const [run] = log.runs;
      return run?.results?.flatMap(({ locations = [], relatedLocations = [] }) =>
        [...locations, ...relatedLocations].map(({ physicalLocation: at }) => ({
          uri: at?.artifactLocation?.uri,
          line: at?.region?.startLine,
          artifact: run.artifacts?.[at?.artifactLocation?.index ?? -1],
        })),
      );
    };
    const kept = shown(JSON.parse((await run('check', ...contexts, '--snapshot', 'kept', '-o', 'sarif')).stdout));
    const places = shown(live) ?? [];
    expect(places.length).toBeGreaterThan(1);
    expect(places.map(({ uri, line }) => [uri?.replace('live/', 'external/'), line])).toEqual(
      kept?.map(({ uri, line }) => [uri, line]),
    );
    for (const { uri = '', artifact } of places) {
      expect(artifact?.location?.uri).toBe(uri);
      const file = path.join(folder, uri.replace('live', 'kept'));
      expect(artifact?.contents?.text).toBe(fs.readFileSync(file, 'utf8'));
    }
    expect(kept?.every(({ artifact }) => artifact === undefined)).toBe(true);
  });

  it('are kept by the run that judges them, and places point there', async () => {
    await start(faulty);
    const ended = await run('check', ...contexts, '--snapshot', 'kept', '-o', 'json');
    expect(report(ended).findings[0]?.evidence[0]?.location?.uri).toMatch(/^kept\/[ab]\/felixconfigurations\.yaml$/);
    const first = everything(path.join(folder, 'kept'));
    await run('snapshot', ...contexts, '-d', 'kept');
    const untimed = (text: string) => text.replaceAll(/taken: .*/g, '');
    expect(untimed(everything(path.join(folder, 'kept')))).toBe(untimed(first));
  });

  it('mix with exported ones, under names of their own', async () => {
    await start(mesh);
    await run('snapshot', ...contexts, '-d', 'exports');
    const ended = await run('check', '--context', 'a', '--cluster', 'b=exports/b', '-o', 'json');
    expect(report(ended).verdict).toBe('ready');
    const renamed = await run('check', '--context', 'a', '--context', 'west=b', '-o', 'json');
    expect(report(renamed).clusters.map((c) => c.name)).toEqual(['a', 'west']);
  });
});

describe('what cannot be read', () => {
  it('of a kind is unknown, and the rights that are missing are told', async () => {
    await start(mesh, [{ path: /\/nodes$/, status: 403 }]);
    const ended = await run('check', ...contexts, '-o', 'json');
    expect(ended.code).toBe(3);
    expect(verdicts(report(ended), 'unique-node-names')).toEqual({ a: 'unknown', b: 'unknown' });
    const finding = report(ended).findings.find(
      (f) => f.requirement === 'unique-node-names' && f.clusters.includes('b'),
    );
    expect(finding?.message.text).toContain('forbidden');
    expect(finding?.fix?.command).toBe('mesh-preflight rbac --context b');
    expect(verdicts(report(ended), 'disjoint-pod-cidrs')).toEqual({ a: 'pass', b: 'pass' });
  });

  it('of a whole cluster does not stop the others', async () => {
    const { gone: _, ...rest } = healthyMesh(['a', 'b', 'gone']);
    await start(rest);
    const ended = await run('check', ...contexts, '--context', 'gone', '--timeout', '5s', '-o', 'json');
    expect(ended.code).toBe(3);
    expect(verdicts(report(ended), 'unique-node-names')).toEqual({ a: 'pass', b: 'pass', gone: 'unknown' });
    expect(report(ended).clusters.find((c) => c.name === 'gone')?.missing.nodes).toBe('nothing listens at 127.0.0.1:1');
  });

  it('behind the proxy of the environment is asked for there', async () => {
    const asked: string[] = [];
    const proxy = createServer().on('connect', ({ url }, socket) => {
      asked.push(String(url));
      socket.end('HTTP/1.1 407 No\r\n\r\n');
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    try {
      const host = `127.0.0.1:${(proxy.address() as AddressInfo).port}`;
      fs.writeFileSync(path.join(folder, 'kubeconfig'), kubeconfigFor({ far: 'https://api.example.com:6443' }));
      const environment = { HTTPS_PROXY: `http://me:canary@${host}`, NO_PROXY: 'example.org', no_proxy: '' };
      const ended = await runIn(environment, 'check', '--context', 'far', '-o', 'json');
      expect(ended.code).toBe(3);
      expect(report(ended).clusters[0]?.missing.nodes).toBe(`the proxy ${host} answers 407`);
      expect(ended.stdout + ended.stderr).not.toContain('canary');
      expect(new Set(asked)).toEqual(new Set(['api.example.com:6443']));
    } finally {
      proxy.close();
    }
  });

  it('because there is no such context is wrong use, before anything is asked', async () => {
    await start(mesh);
    const ended = await run('check', '--context', 'a', '--context', 'bb');
    expect(ended.code).toBe(2);
    expect(ended.stderr).toMatch(/^mesh-preflight: .*bb.*\n$/);
    expect(servers.flatMap((server) => server.asked)).toEqual([]);
  });
});

describe('rbac', () => {
  it('prints what reading a cluster takes, Secrets by name', async () => {
    await start(mesh);
    const { code, stdout } = await run('rbac', '--context', 'a');
    expect(code).toBe(0);
    expect(stdout).toContain('kind: ClusterRole\n');
    expect(stdout).toContain('- remote-cluster-secret-b\n');
    expect(stdout).not.toMatch(/- (?:watch|create|update|patch|delete|"\*")\n/);
  });
});

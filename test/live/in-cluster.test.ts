// The CronJob of examples/in-cluster, as an API server takes it and as its pod would run: with the rights that the example grants, the files
// that it mounts, and nothing else.

import { execFile, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseSingle, splitYaml } from '../../src/source/yaml.ts';
import { encode, type Manifest } from '../kit/objects.ts';
import { type Ended, runProgram } from '../kit/program.ts';
import { objectPath } from './client.ts';
import { assets, type Live, startServers } from './servers.ts';
import { createHealthyMesh } from './state.ts';

const example = fileURLToPath(new URL('../../examples/in-cluster/', import.meta.url));
const names = ['berlin', 'dublin', 'oslo'] as const;
/** Where the definitions of OpenReports are published, for those who have Go: its module. */
const OPENREPORTS = 'github.com/openreports/reports-api@v0.2.1';

const noGo = process.env.REQUIRE_LIVE !== '1' && spawnSync('go', ['version']).error !== undefined;

interface Container {
  readonly args: readonly string[];
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
}

interface PodSpec {
  readonly initContainers?: readonly Container[];
  readonly containers: readonly Container[];
}

let live: Live<(typeof names)[number]>;
/** Of the account of the example, by cluster. */
const tokens: Record<string, string> = {};

beforeAll(async () => {
  if (assets() === null) return;
  live = await startServers(names);
  await createHealthyMesh(Object.values(live.servers));
  for (const name of names) {
    const { admin } = live.servers[name];
    for (const object of objectsIn(readFileSync(join(example, 'base/account.yaml'), 'utf8')))
      await admin.create(object);
    for (const object of objectsIn(readFileSync(join(example, `base/rbac-${name}.yaml`), 'utf8')))
      await admin.create(object);
    const account = {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'mesh-preflight', namespace: 'mesh-preflight' },
    };
    const asked = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} };
    const { status } = await admin.create<{ status: { token: string } }>(asked, `${objectPath(account)}/token`);
    tokens[name] = status.token;
  }
}, 240_000);
afterAll(() => live?.stop());

function objectsIn(yaml: string): readonly Manifest[] {
  return [...splitYaml(yaml)].flatMap(({ start, end }) => {
    const object = parseSingle(yaml.slice(start, end).replace(/^---\n/, ''));
    return object === null ? [] : [object as Manifest];
  });
}

/** The objects of a folder, as `kubectl apply -k` would send them. */
async function built(folder: string): Promise<readonly Manifest[]> {
  return objectsIn(await live.kubectl('kustomize', join(example, folder)));
}

function podSpecOf(objects: readonly Manifest[]): PodSpec {
  const job = objects.find(({ kind }) => kind === 'CronJob') as Manifest & {
    readonly spec: { readonly jobTemplate: { readonly spec: { readonly template: { readonly spec: PodSpec } } } };
  };
  return job.spec.jobTemplate.spec.template.spec;
}

/** The kubeconfig of the example with what people put into it, and the files of a pod where they lie on this machine. */
function kubeconfig(): string {
  const { berlin } = live.servers;
  const pod = join(live.folder, 'serviceaccount');
  mkdirSync(pod, { recursive: true });
  writeFileSync(join(pod, 'ca.crt'), berlin.caPem);
  writeFileSync(join(pod, 'token'), tokens.berlin ?? '');
  let text = readFileSync(join(example, 'base/kubeconfig.yaml'), 'utf8')
    .replaceAll('/var/run/secrets/kubernetes.io/serviceaccount', pod)
    .replace('https://kubernetes.default.svc', berlin.url);
  for (const name of ['dublin', 'oslo'] as const) {
    text = text
      .replace(`https://api.${name}.example.com:6443`, live.servers[name].url)
      .replace(`<base64 of the CA of ${name}>`, encode(live.servers[name].caPem))
      .replace(`<token of mesh-preflight in ${name}>`, tokens[name] ?? '');
  }
  expect(text).not.toMatch(/[<>]/);
  const path = join(live.folder, 'config');
  writeFileSync(path, text);
  return path;
}

/** Runs the program as a container would: nothing in the environment, the root as working directory. */
function runContainer({ args }: Container, reports = ''): Promise<Ended> {
  const config = kubeconfig();
  const placed = args.map((arg) =>
    arg.replace('/etc/mesh-preflight/config', config).replace('/reports/mesh.json', reports),
  );
  return runProgram(placed, { cwd: '/', env: {} });
}

describe.runIf(assets())('the CronJob of the example', () => {
  it('is granted what rbac prints for the mesh of the example', async () => {
    for (const name of names) {
      const cluster = `${name}=${join(example, '../healthy-overlay', name)}`;
      const { stdout } = await runProgram(['rbac', '--cluster', cluster], { cwd: '/', env: {} });
      await expect(stdout).toMatchFileSnapshot(join(example, `base/rbac-${name}.yaml`));
    }
  });

  it.each(['base', 'openreports'])(
    'of %s is taken by an API server, and its pod by the strictest policy',
    async (folder) => {
      const objects = await built(folder);
      const manifest = join(live.folder, `${folder}.json`);
      writeFileSync(manifest, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }));
      await live.kubectl('--context', 'berlin', 'apply', '--validate=strict', '--server-side', '--filename', manifest);
      const pod = {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: `trial-${folder}`, namespace: 'mesh-preflight' },
        spec: podSpecOf(objects),
      };
      expect(await live.servers.berlin.admin.create(pod)).toMatchObject({ kind: 'Pod' });
      const lax = { ...pod, metadata: { ...pod.metadata, name: 'lax' }, spec: { ...pod.spec, securityContext: {} } };
      await expect(live.servers.berlin.admin.create(lax)).rejects.toThrow(/violates PodSecurity "restricted:latest"/);
    },
  );

  it('finds the mesh ready, and fails when it is not', async () => {
    const [container] = podSpecOf(await built('base')).containers;
    const run = () => runContainer(container as Container);
    expect(await run()).toMatchObject({ code: 0, stderr: 'exit 0: ready\n' });
    const { admin } = live.servers.oslo;
    const felix = { apiVersion: 'crd.projectcalico.org/v1', kind: 'FelixConfiguration', metadata: { name: 'default' } };
    await admin.patch(felix, { spec: { vxlanPort: 4790 } });
    expect(await run()).toMatchObject({ code: 1, stdout: expect.stringContaining('aligned-vxlan') });
    await admin.patch(felix, { spec: { vxlanPort: null } });
  });

  it.skipIf(noGo)('keeps what it found as ClusterReports when asked', async () => {
    const { stdout } = await promisify(execFile)('go', ['mod', 'download', '-json', OPENREPORTS], { cwd: live.folder });
    const definitions = join(JSON.parse(stdout).Dir, 'config/crd/openreports.io_clusterreports.yaml');
    await live.kubectl('--context', 'berlin', 'create', '--filename', definitions);
    await live.kubectl('--context', 'berlin', 'wait', '--for=condition=Established', '--filename', definitions);
    const { initContainers = [], containers } = podSpecOf(await built('openreports'));
    const reports = join(live.folder, 'mesh.json');
    const [preflight] = initContainers;
    const [report] = containers;
    for (let times = 0; times < 2; times++) {
      expect(await runContainer(preflight as Container, reports)).toMatchObject({ code: 0 });
      await live.kubectl(
        '--kubeconfig',
        kubeconfig(),
        '--context=berlin',
        ...(report as Container).args.map((arg) => arg.replace('/reports/mesh.json', reports)),
      );
    }
    const kept = JSON.parse(await live.kubectl('--context', 'berlin', 'get', 'clusterreports', '--output=json'));
    expect(kept.items.map(({ metadata }: Manifest) => metadata.name)).toEqual(
      names.map((name) => `mesh-preflight-${name}`),
    );
    const [asked] = JSON.parse(readFileSync(reports, 'utf8')).items;
    expect(kept.items[0].results).toEqual(asked.results);
    expect(kept.items[0].summary).toMatchObject({ fail: 0, error: 0 });
  });
});

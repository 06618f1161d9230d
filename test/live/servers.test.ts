// The API servers of live tests: up, apart from one another, in the state of a healthy mesh, and gone afterwards.

import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { judge } from '../../src/engine.ts';
import { loadRules } from '../../src/registry.ts';
import { requirements } from '../../src/requirements.ts';
import { parseSingle } from '../../src/source/yaml.ts';
import { build } from '../kit/mesh.ts';
import { ACCOUNT, type Manifest } from '../kit/objects.ts';
import { ApiError, newClient } from './client.ts';
import { assets, type Live, type LiveServer, startServers, USER } from './servers.ts';
import { createHealthyMesh, exportState } from './state.ts';

const names = ['a', 'b', 'c'] as const;
type Name = (typeof names)[number];

describe.runIf(assets())('live API servers', () => {
  let live: Live<Name>;
  const each = (): readonly LiveServer[] => Object.values(live.servers);

  beforeAll(async () => {
    live = await startServers(names);
    await createHealthyMesh(each(), { storage: { c: 'v3' } });
  });
  afterAll(() => live?.stop());

  it('are ready, and clusters of their own', async () => {
    expect(await Promise.all(each().map(({ admin }) => admin.get('/readyz')))).toEqual(['ok', 'ok', 'ok']);
    const homes = await Promise.all(each().map(({ admin }) => admin.get<Manifest>('/api/v1/namespaces/kube-system')));
    expect(new Set(homes.map(({ metadata }) => metadata.uid)).size).toBe(3);
  });

  it('are the contexts of the kubeconfig', async () => {
    expect((await live.kubectl('config', 'get-contexts', '-o', 'name')).trim().split('\n')).toEqual(names);
    expect((await live.kubectl('config', 'current-context')).trim()).toBe('a');
    for (const name of names) {
      const found = await live.kubectl('--context', name, 'get', 'nodes', '-o', 'name');
      expect(found.trim().split('\n')).toEqual([`node/${name}-node-1`, `node/${name}-node-2`]);
    }
  });

  it('store the objects of Calico as they were told to', async () => {
    const pools = (name: Name) =>
      live.kubectl('--context', name, 'get', 'ippools', '-o', 'jsonpath={.items[*].apiVersion}');
    expect(await Promise.all(names.map(pools))).toEqual([
      'crd.projectcalico.org/v1',
      'crd.projectcalico.org/v1',
      'projectcalico.org/v3',
    ]);
  });

  it('grant the plain user nothing', async () => {
    const { url, caPem, userToken } = live.servers.a;
    const client = newClient({ url, caPem, token: userToken });
    await expect(client.get('/api/v1/nodes')).rejects.toMatchObject({ code: 403 });
    client.close();
    const asUser = live.kubectl('--kubeconfig', live.userKubeconfig, '--context', 'b', 'get', 'nodes');
    await expect(asUser).rejects.toThrow(`User "${USER}" cannot list resource "nodes"`);
  });

  it('hold a mesh in which nothing is wrong', async () => {
    const states = await Promise.all(each().map(async ({ name, admin }) => [name, await exportState(admin)] as const));
    const built = build(Object.fromEntries(states), { at: '2026-06-01T00:00:00Z' });
    const { findings, requirements: judged } = judge(await loadRules(), built, new Set());
    expect(findings.filter(({ outcome }) => outcome.verdict !== 'unknown').map(({ text }) => text)).toEqual([]);
    const core = new Set(requirements.filter((each) => each.class === 'core').map(({ id }) => id as string));
    const open = judged.filter(({ id, verdict }) => core.has(id) && verdict !== 'pass' && verdict !== 'not-applicable');
    expect(open).toEqual([]);
    for (const cluster of built.clusters) {
      expect(cluster.remotes.items.map(({ leads }) => leads)).toEqual(
        names
          .filter((name) => name !== cluster.name)
          .map((name) => expect.objectContaining({ kind: 'bound', cluster: name })),
      );
    }
  });

  it('accept the credentials that the others hold', async () => {
    for (const name of names) {
      for (const peer of names.filter((other) => other !== name)) {
        const path = `/api/v1/namespaces/calico-system/secrets/remote-cluster-secret-${peer}`;
        const secret = await live.servers[name].admin.get<{ readonly data: { readonly kubeconfig: string } }>(path);
        const text = Buffer.from(secret.data.kubeconfig, 'base64').toString();
        const { clusters, users } = parseSingle(text) as Kubeconfig;
        const { server: url, 'certificate-authority-data': ca } = clusters[0].cluster;
        expect(url).toBe(`https://api.${peer}.example.com:${live.servers[peer].port}`);
        const caPem = Buffer.from(ca, 'base64').toString();
        const client = newClient({ url, caPem, token: users[0].user.token, address: '127.0.0.1' });
        const nodes = await client.get<{ readonly items: readonly Manifest[] }>('/api/v1/nodes');
        expect(nodes.items[0]?.metadata.name).toBe(`${peer}-node-1`);
        await expect(client.get('/api/v1/secrets')).rejects.toThrow(`system:serviceaccount:calico-system:${ACCOUNT}`);
        client.close();
      }
    }
  });

  it('refuse the credentials of one another', async () => {
    const { url, caPem } = live.servers.a;
    const client = newClient({ url, caPem, token: live.servers.b.adminToken });
    await expect(client.get('/api/v1/nodes')).rejects.toBeInstanceOf(ApiError);
    client.close();
    const stranger = newClient({ url, caPem: live.servers.b.caPem, token: live.servers.a.adminToken });
    await expect(stranger.get('/readyz')).rejects.toThrow(/certificate/);
    stranger.close();
  });

  it('are gone when they were stopped, with their files', async () => {
    const { pids, folder } = live;
    expect(pids.filter(isRunning)).toHaveLength(4);
    expect(existsSync(folder)).toBe(true);
    await live.stop();
    expect(pids.filter(isRunning)).toEqual([]);
    expect(existsSync(folder)).toBe(false);
    expect(await Promise.all(each().map(({ port }) => isListening(port)))).toEqual([false, false, false]);
  });
});

describe.runIf(assets())('programs of a test', () => {
  it('are ended, and their folder removed, when the test is killed', async () => {
    const guardian = fileURLToPath(new URL('guardian.js', import.meta.url));
    // A test that starts a program which runs for an hour, and tells of it.
    const code = `
      const child = require('node:child_process').fork(${JSON.stringify(guardian)}, { detached: true });
      child.on('message', (answer) => {
        if (answer.folder === undefined) process.send(answer);
        else {
          process.send({ ...answer, guardian: child.pid });
          const args = ['-e', 'setTimeout(() => {}, 3600000)'];
          child.send({ id: 0, program: process.execPath, args, log: answer.folder + '/log' });
        }
      });`;
    const test = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    const told = await new Promise<{ folder: string; guardian: number; pid: number }>((resolve) => {
      const all = { folder: '', guardian: 0, pid: 0 };
      test.on('message', (answer: Partial<typeof all>) => {
        Object.assign(all, answer);
        if (all.pid > 0) resolve(all);
      });
    });
    const pids = [told.guardian, told.pid];
    expect(pids.filter(isRunning)).toEqual(pids);
    expect(existsSync(told.folder)).toBe(true);
    test.kill('SIGKILL');
    for (let tries = 0; tries < 200 && pids.some(isRunning); tries++) await pause(50);
    expect(pids.filter(isRunning)).toEqual([]);
    expect(existsSync(told.folder)).toBe(false);
  });

  it('are ended, and their folder removed, when one of them does not start', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'mesh-preflight-assets-'));
    try {
      const script = '#!/bin/sh\necho "in $PWD as $$"\n';
      for (const [program, end] of Object.entries({ etcd: 'exit 3', 'kube-apiserver': '', kubectl: '' })) {
        writeFileSync(join(folder, program), script + end, { mode: 0o755 });
      }
      vi.stubEnv('KUBEBUILDER_ASSETS', folder);
      const error = await startServers(['a']).catch((reason: Error) => reason.message);
      const [, place = '', pid] = /^etcd: exit code 3\nin (.+) as (\d+)$/m.exec(String(error)) ?? [];
      expect(place, String(error)).not.toBe('');
      expect([existsSync(place), isRunning(Number(pid))]).toEqual([false, false]);
    } finally {
      vi.unstubAllEnvs();
      rmSync(folder, { recursive: true });
    }
  });
});

it.runIf(assets())('tells a folder without the programs from none', () => {
  try {
    vi.stubEnv('KUBEBUILDER_ASSETS', '/nowhere');
    expect(() => assets()).toThrow('/nowhere (KUBEBUILDER_ASSETS) lacks etcd, kube-apiserver, kubectl');
    vi.stubEnv('KUBEBUILDER_ASSETS', '');
    vi.stubEnv('REQUIRE_LIVE', '');
    expect(assets()).toBeNull();
    vi.stubEnv('REQUIRE_LIVE', '1');
    expect(() => assets()).toThrow('setup-envtest');
  } finally {
    vi.unstubAllEnvs();
  }
});

interface Kubeconfig {
  readonly clusters: readonly [
    { readonly cluster: { readonly server: string; readonly 'certificate-authority-data': string } },
  ];
  readonly users: readonly [{ readonly user: { readonly token: string } }];
}

/** Does the process run? One that has ended and whose parent has not asked how does not. */
function isRunning(pid: number): boolean {
  try {
    const state = `/proc/${pid}/stat`;
    return process.kill(pid, 0) && !(existsSync(state) && /\) Z/.test(readFileSync(state, 'utf8')));
  } catch {
    return false;
  }
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: '127.0.0.1', port });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

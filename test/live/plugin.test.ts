// The program as kubectl's plugin: found, run and completed by a real kubectl, under the names that npm installs.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { assets } from './servers.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const KUBECONFIG = JSON.stringify({
  contexts: ['east', 'west'].map((name) => ({ name, context: { cluster: 'c', user: 'u' } })),
});

describe.skipIf(assets() === null)('kubectl', () => {
  let folder = '';
  beforeAll(() => {
    folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'mesh-preflight-plugin-')));
    for (const [name, file] of Object.entries(manifest.bin)) fs.symlinkSync(root + file, path.join(folder, name));
    fs.symlinkSync(process.execPath, path.join(folder, 'node'));
    fs.symlinkSync(path.join(assets() ?? '', 'kubectl'), path.join(folder, 'kubectl'));
    fs.writeFileSync(path.join(folder, 'kubeconfig'), KUBECONFIG);
  });
  afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

  const kubectl = (...args: readonly string[]) => {
    const env = { PATH: folder, HOME: folder, KUBECONFIG: path.join(folder, 'kubeconfig') };
    return spawnSync(path.join(folder, 'kubectl'), args, { cwd: folder, encoding: 'utf8', env });
  };

  it('lists it, without a word of warning', () => {
    const { status, stdout, stderr } = kubectl('plugin', 'list', '--name-only');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('\nkubectl-mesh_preflight\n');
    expect(stdout).not.toMatch(/warning/i);
  });

  it('runs it, and ends as it does', () => {
    expect(kubectl('mesh-preflight', '--version').stdout).toBe(`${manifest.version}\n`);
    expect(kubectl('mesh-preflight', '--help').stdout).toMatch(/^Usage: kubectl mesh-preflight /);
    const mesh = path.join(root, 'examples/overlapping-pools');
    expect(kubectl('mesh-preflight', 'check', mesh).status).toBe(1);
    expect(kubectl('mesh-preflight', mesh, '--exit-zero').status).toBe(0);
  });

  it('completes it', () => {
    const completed = (...words: readonly string[]) => kubectl('__complete', 'mesh-preflight', ...words).stdout;
    expect(completed('exp')).toBe('explain\n:0\n');
    expect(completed('check', '--fail-on', 'w')).toBe('warning\n:4\n');
    expect(completed('check', '--context', '')).toBe('east\nwest\n:4\n');
    expect(completed('snapshot', '-d', '')).toBe(':16\n');
  });
});

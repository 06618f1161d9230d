// The single executable does what the program does, with nothing beside it: no package, no environment, no Node.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../kit/examples.ts';

let folder = '';
let executable = '';
beforeAll(() => {
  folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'mesh-preflight-sea-test-')));
  const built = path.join(folder, 'built');
  const { status, stderr } = spawnSync(process.execPath, [path.join(root, 'build-sea.mjs'), built], {
    encoding: 'utf8',
  });
  expect(status, stderr).toBe(0);
  fs.mkdirSync(path.join(folder, 'empty'));
  // Alone, so that it cannot look beside itself.
  fs.mkdirSync(path.join(folder, 'alone'));
  executable = path.join(folder, 'alone/mesh-preflight');
  fs.renameSync(path.join(built, 'mesh-preflight'), executable);
});
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

function run(file: string, args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(file, args, {
    cwd: path.join(folder, 'empty'),
    env: {},
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  return { status, stdout, stderr };
}

const mesh = path.join(root, 'examples/overlapping-pools');
const at = ['--at', '2026-06-01T00:00:00Z'];

describe('the single executable', () => {
  it.each<readonly [status: number, args: readonly string[]]>([
    [0, ['--version']],
    [0, ['--help']],
    [0, ['check', '--exit-zero', mesh, ...at]],
    [1, ['check', mesh, '-o', 'json', ...at]],
    [1, ['check', mesh, '-o', 'sarif', ...at]],
    [0, ['explain', 'unique-node-names']],
    [0, ['rules']],
    [0, ['requirements', '-o', 'json']],
    [0, ['snapshot', '--print-script']],
    [0, ['completion', 'bash']],
    [2, ['check', 'nowhere']],
    [2, ['check', '--context', 'nowhere']],
  ])('ends with %i as the program does: %j', (status, args) => {
    const single = run(executable, args);
    expect(single.status, single.stderr).toBe(status);
    expect(single.stdout + single.stderr).not.toBe('');
    expect(single).toEqual(run(process.execPath, [path.join(root, 'bin/mesh-preflight.js'), ...args]));
  });

  it.each(['kubectl-mesh_preflight', 'kubectl_complete-mesh_preflight'])('is %s by that name', (name) => {
    const link = path.join(folder, name);
    fs.symlinkSync(executable, link);
    const args = name.includes('complete') ? ['check', '--fail-on', 'w'] : ['check', '--help'];
    const single = run(link, args);
    expect(single.stdout).toMatch(/^Usage: kubectl mesh-preflight check|^warning\n:4\n$/);
    expect(single).toEqual(run(process.execPath, [path.join(root, `bin/${name}.js`), ...args]));
  });

  it('comes with the licences of all that is in it', () => {
    const read = (file: string) => fs.readFileSync(path.join(folder, 'built', file), 'utf8');
    expect(read('LICENSE')).toBe(fs.readFileSync(path.join(root, 'LICENSE'), 'utf8'));
    expect(read('NODE-LICENSE.txt')).toMatch(/Node\.js|nodejs/);
    expect(read('THIRD-PARTY-LICENSES.txt')).toBe(
      fs.readFileSync(path.join(root, 'dist/THIRD-PARTY-LICENSES.txt'), 'utf8'),
    );
  });
});

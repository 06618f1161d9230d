// The library as its users have it: installed from the tarball, imported by its name, seen by their compiler.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from './kit/examples.ts';

const example = path.join(root, 'examples/library/check.mjs');
let folder = '';

function run(program: string, args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd: folder, encoding: 'utf8' });
  return { status, stdout, stderr };
}

beforeAll(() => {
  folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'mesh-preflight-library-')));
  const packed = spawnSync('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder], {
    cwd: root,
    encoding: 'utf8',
  });
  const installed = path.join(folder, 'node_modules/mesh-preflight');
  fs.mkdirSync(installed, { recursive: true });
  const tar = ['-xzf', path.join(folder, packed.stdout.trim()), '-C', installed, '--strip-components=1'];
  expect(run('tar', tar)).toMatchObject({ status: 0 });
  fs.copyFileSync(example, path.join(folder, 'check.mjs'));
});
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

describe('examples/library/check.mjs', () => {
  const check = (mesh: string) => run(process.execPath, ['check.mjs', path.join(root, 'examples', mesh)]);

  it('prints what is in the way, and where', () => {
    const { status, stdout, stderr } = check('overlapping-pools');
    expect(stderr).toBe('');
    expect(status).toBe(1);
    const lines = stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(3);
    for (const line of lines.slice(0, -1)) expect(line).toMatch(/ippools\.\w+:\d+: .+ \[[\w-]+\]$/);
    expect(lines.at(-1)).toMatch(/^not-ready; not proven: [\w-]+(, [\w-]+)*$/);
  });

  it('tells a mesh that is not proven, and wrong use', () => {
    expect(check('half-exported')).toMatchObject({
      status: 1,
      stdout: expect.stringMatching(/^not-proven; not proven: aligned-route-source, /),
    });
    expect(check('nowhere')).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/nowhere: no such file or folder\n$/),
    });
  });

  it('agrees with the types that are published, which need no others', () => {
    const compiler = path.join(root, 'node_modules/typescript/bin/tsc');
    const node =
      'declare const process: { argv: string[]; cwd(): string; exitCode: number };\ndeclare const console: { log(text: string): void; error(text: string): void };\n';
    fs.writeFileSync(path.join(folder, 'node.d.ts'), node);
    fs.writeFileSync(
      path.join(folder, 'tsconfig.json'),
      JSON.stringify({
        compilerOptions: {
          allowJs: true,
          checkJs: true,
          noEmit: true,
          strict: true,
          target: 'es2022',
          lib: ['es2022'],
          module: 'nodenext',
          types: [],
        },
        files: ['node.d.ts', 'check.mjs'],
      }),
    );
    expect(run(process.execPath, [compiler, '-p', '.'])).toEqual({ status: 0, stdout: '', stderr: '' });
    // The compiler does look: a program that asks for what there is not is refused.
    fs.writeFileSync(
      path.join(folder, 'check.mjs'),
      fs.readFileSync(example, 'utf8').replace('report.verdict ===', 'report.outcome ==='),
    );
    try {
      expect(run(process.execPath, [compiler, '-p', '.']).stdout).toContain("'outcome' does not exist");
    } finally {
      fs.copyFileSync(example, path.join(folder, 'check.mjs'));
    }
  });
});

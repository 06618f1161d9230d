// What is published is what is needed and no more, and what is installed depends on no host.

import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import manifest from '../package.json' with { type: 'json' };

const root = fileURLToPath(new URL('../', import.meta.url));

interface Packed {
  readonly size: number;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string; readonly size: number; readonly mode: number }[];
}

describe('the package', () => {
  const argv = ['pack', '--dry-run', '--json', '--ignore-scripts', '--loglevel=error'];
  const { status, stdout, stderr } = spawnSync('npm', argv, { cwd: root, encoding: 'utf8' });
  expect(status, stderr).toBe(0);
  const [packed] = JSON.parse(stdout) as [Packed];
  const paths = packed.files.map((file) => file.path);

  it('holds what is needed to run it and to read about it', () => {
    expect(paths).toEqual(
      expect.arrayContaining([
        'LICENSE',
        'README.md',
        'CHANGELOG.md',
        'package.json',
        'bin/mesh-preflight.js',
        'bin/kubectl-mesh_preflight.js',
        'bin/kubectl_complete-mesh_preflight.js',
        'bin/package.json',
        'man/mesh-preflight.1',
        'dist/cli.cjs',
        'dist/index.js',
        'dist/types/src/index.d.ts',
        'dist/THIRD-PARTY-LICENSES.txt',
        'schemas/config.schema.json',
        'schemas/report.schema.json',
      ]),
    );
    expect(paths.some((path) => /^rules\/.+\.md$/.test(path))).toBe(true);
  });

  it('holds nothing else', () => {
    const needed =
      /^(LICENSE|README\.md|CHANGELOG\.md|package\.json|bin\/([\w-]+\.js|package\.json)|dist\/(index\.js|(chunks\/)?[\w-]+\.cjs|THIRD-PARTY-LICENSES\.txt|types\/.+\.d\.ts)|man\/mesh-preflight\.1|rules\/[\w-]+\.md|schemas\/(config|report)\.schema\.json)$/;
    expect(paths.filter((path) => !needed.test(path))).toEqual([]);
  });

  it('stays small', () => {
    expect(packed.size).toBeLessThan(1_000_000);
    expect(packed.unpackedSize).toBeLessThan(4_000_000);
  });

  it('has programs that can be run', () => {
    for (const program of Object.values(manifest.bin)) {
      expect(packed.files.find((file) => file.path === program)?.mode).toBe(0o755);
    }
  });

  it('brings everything that it imports', () => {
    expect(manifest).not.toHaveProperty('dependencies');
    const scripts = paths.filter((path) => /^dist\/.*\.c?js$/.test(path));
    const specifiers = scripts.flatMap((path) => {
      const code = readFileSync(root + path, 'utf8');
      return [...code.matchAll(/\b(?:import|from|require\() ?["']([\w.:@/-]+)["']/g)].map(([, name]) => name ?? '');
    });
    expect(specifiers).toContain('node:fs');
    expect(specifiers.filter((name) => !name.startsWith('.') && !isBuiltin(name))).toEqual([]);
  });
});

describe('the image', () => {
  const lines = readFileSync(`${root}Dockerfile`, 'utf8').split('\n');

  it('holds all that the program needs', () => {
    const image = mkdtempSync(join(tmpdir(), 'mesh-preflight-image-'));
    try {
      const copied = lines.flatMap((line) => /^COPY --from=build (.+) (\S+)$/.exec(line)?.slice(1) ?? []);
      expect(copied).toHaveLength(6);
      for (let i = 0; i < copied.length; i += 2) {
        for (const path of (copied[i] ?? '').split(' ').map((each) => each.replace('/project/', ''))) {
          const target = copied[i + 1] === './' ? path : (copied[i + 1] ?? '');
          cpSync(root + path, join(image, target), { recursive: true });
        }
      }
      const program = join(image, 'bin/mesh-preflight.js');
      const run = (...args: readonly string[]) =>
        spawnSync(process.execPath, [program, ...args], { cwd: '/', env: {} });
      expect(String(run('--version').stdout)).toBe(`${manifest.version}\n`);
      expect(run('check', `${root}examples/healthy-overlay`, '--at', '2026-06-01T00:00:00Z').status).toBe(0);
    } finally {
      rmSync(image, { recursive: true });
    }
  });

  it('runs as nobody, with nothing beside Node', () => {
    expect(lines.filter((line) => line.startsWith('FROM ')).at(-1)).toMatch(
      /\/distroless\/nodejs\d+-debian\d+:nonroot$/,
    );
    const ignored = readFileSync(`${root}.dockerignore`, 'utf8').split('\n');
    for (const folder of ['.git', 'node_modules', 'dist']) expect(ignored).toContain(folder);
  });
});

it('locks packages by version and content, not by host', () => {
  const lock = JSON.parse(readFileSync(`${root}package-lock.json`, 'utf8')) as {
    readonly packages: Readonly<Record<string, { readonly resolved?: string; readonly integrity?: string }>>;
  };
  const installed = Object.entries(lock.packages).filter(([path]) => path !== '');
  expect(installed.filter(([, { resolved }]) => resolved !== undefined)).toEqual([]);
  expect(installed.filter(([, { integrity }]) => integrity === undefined)).toEqual([]);
});

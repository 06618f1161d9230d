// The meshes of the benchmark are what they claim: the same for the same seed, valid YAML, and healthy.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { load } from 'js-yaml';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Report } from '../../src/report/report.ts';
import { listYaml } from './kubectl-yaml.ts';
import { writeMesh } from './mesh.ts';

const program = fileURLToPath(new URL('../../bin/mesh-preflight.js', import.meta.url));
const dir = mkdtempSync(join(tmpdir(), 'mesh-preflight-'));
const files = (mesh: string) =>
  readdirSync(join(dir, mesh), { recursive: true, withFileTypes: true }).filter((f) => f.isFile());

beforeAll(() => {
  writeMesh(join(dir, 'a'), { clusters: 3, nodes: 4 });
  writeMesh(join(dir, 'b'), { clusters: 3, nodes: 4 });
  writeMesh(join(dir, 'c'), { clusters: 3, nodes: 4, seed: 2 });
});
afterAll(() => rmSync(dir, { recursive: true }));

it('writes the same bytes for the same seed', () => {
  const text = (mesh: string) => files(mesh).map((f) => readFileSync(join(f.parentPath, f.name), 'utf8'));
  expect(text('b')).toEqual(text('a'));
  expect(text('c')).not.toEqual(text('a'));
});

it('writes YAML that reads as what was meant', () => {
  const words = [
    'yes',
    'Null',
    '~',
    '',
    '4096',
    '1e3',
    '0x1f',
    '-1.5',
    '2025-06-01',
    '2025-06-01T09:30:00Z',
    '1.2.3.4',
    'a: b',
    '{"a":1}',
  ];
  const texts = [
    '- a',
    '-a',
    'a #b',
    'a#b',
    "it's",
    "'",
    '#',
    '*',
    'a:b',
    'a ',
    ' a',
    'true',
    'truth',
    'one\ntwo\n',
    '10.0.0.0/16',
    'v1',
  ];
  const object = { empty: {}, list: [...words, ...texts], nested: [[1, 2], [], [{ a: null, b: [true] }]], zero: 0 };
  const text = [...listYaml([object, object])].join('');
  expect(load(text)).toEqual({
    apiVersion: 'v1',
    items: [object, object],
    kind: 'List',
    metadata: { resourceVersion: '' },
  });
  expect(load([...listYaml([])].join(''))).toMatchObject({ items: [] });
});

it('writes a mesh that is ready', () => {
  const argv = [program, 'check', join(dir, 'a'), '--at', '2026-01-01T00:00:00Z', '-o', 'json'];
  const { status, stdout, stderr } = spawnSync(process.execPath, argv, { encoding: 'utf8', maxBuffer: 1 << 26 });
  expect(status, stderr).toBe(0);
  const report = JSON.parse(stdout) as Report;
  expect(report.verdict).toBe('ready');
  expect(report.problems).toEqual([]);
  expect(report.findings.filter((f) => f.reason !== 'needs-probe')).toEqual([]);
  const undecided = report.requirements.filter(
    (r) => r.class !== 'probe' && !['pass', 'not-applicable'].includes(r.verdict),
  );
  expect(undecided).toEqual([]);
});

it('refuses a mesh that has no room', () => {
  expect(() => writeMesh(join(dir, 'd'), { clusters: 1000, nodes: 1000 })).toThrow(RangeError);
});

// How the program ends: the same code for every format, and what flags make of it.

import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reporters } from '../src/report/reporters.ts';
import { root } from './kit/examples.ts';
import { runProgram } from './kit/program.ts';

const folder = mkdtempSync(join(tmpdir(), 'mesh-preflight-exit-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Meshes by what is found in them. */
const meshes = {
  ready: () => {},
  error: () => edit('spec: {}', 'spec: { vxlanPort: 4790 }'),
  warning: () => edit('spec: {}', 'spec: { vxlanPort: "4790 {}" }'),
  unknown: () => rmSync(join(folder, current, 'dublin'), { recursive: true }),
  'error and unknown': () => {
    meshes.error();
    meshes.unknown();
  },
} as const;
type Outcome = keyof typeof meshes;
const outcomes = Object.keys(meshes) as Outcome[];

let current: Outcome = 'ready';
function edit(from: string, to: string): void {
  const path = join(folder, current, 'berlin/felixconfigurations.yaml');
  const text = readFileSync(path, 'utf8');
  expect(text).toContain(from);
  writeFileSync(path, text.replace(from, to));
}

beforeAll(() => {
  for (const outcome of outcomes) {
    current = outcome;
    cpSync(join(root, 'examples/healthy-overlay'), join(folder, outcome), { recursive: true });
    meshes[outcome]();
  }
});

const run = (...args: readonly string[]) => runProgram(args, { cwd: folder, env: {} });
const check = (outcome: Outcome, ...more: readonly string[]) =>
  run('check', outcome, '--at', '2026-06-01T00:00:00Z', ...more);

const CODES: Readonly<Record<Outcome, number>> = { ready: 0, error: 1, warning: 0, unknown: 3, 'error and unknown': 1 };

describe.each(reporters.names)('with -o %s', (format) => {
  it.each(outcomes)('%s', async (outcome) => {
    const { code, stdout, stderr } = await check(outcome, '-o', format);
    expect(code, stderr).toBe(CODES[outcome]);
    expect(stderr.trimEnd().split('\n').at(-1)).toMatch(new RegExp(`^exit ${code}: (not )?(ready|proven)`));
    if (format !== 'concise' && format !== 'github') expect(stdout).not.toBe('');
  });
});

describe('flags', () => {
  it.each<[flags: string, codes: Partial<Record<Outcome, number>>]>([
    ['--exit-zero', { ready: 0, error: 0, warning: 0, unknown: 0, 'error and unknown': 0 }],
    ['--fail-on warning', { ready: 0, error: 1, warning: 1, unknown: 3 }],
    // With one cluster left out, a note tells of its remotes.
    ['--fail-on note', { ready: 0, error: 1, warning: 1, unknown: 1 }],
    ['--fail-on never', { error: 0, warning: 0, unknown: 3, 'error and unknown': 3 }],
    ['--on-unknown warn', { ready: 0, error: 1, unknown: 0, 'error and unknown': 1 }],
    ['--fail-on never --on-unknown warn', { error: 0, unknown: 0, 'error and unknown': 0 }],
    ['--strict', { ready: 3, error: 1, warning: 3, unknown: 3 }],
    ['--strict --on-unknown warn', { ready: 0, error: 1, unknown: 0 }],
    ['--strict --exit-zero', { ready: 0, error: 0, unknown: 0 }],
    ['-q', { ready: 0, error: 1, unknown: 3 }],
  ])('%s', async (flags, codes) => {
    for (const [outcome, code] of Object.entries(codes) as [Outcome, number][]) {
      const ended = await check(outcome, '-o', 'concise', ...flags.split(' '));
      expect(ended.code, `${outcome}: ${ended.stderr}`).toBe(code);
    }
  });

  it.each([
    ['an unknown flag', ['check', 'ready', '--nope']],
    ['an unknown format', ['check', 'ready', '-o', 'nope']],
    ['no input', ['check']],
    ['a folder that is not there', ['check', 'nowhere']],
    ['a choice that is none', ['check', 'ready', '--fail-on', 'nope']],
    ['an unknown command', ['nope', 'ready', 'unknown']],
  ])('2 for %s, whatever else is asked for', async (_, args) => {
    for (const more of [[], ['--exit-zero']]) {
      const { code, stdout, stderr } = await run(...args, ...more);
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr.trim().split('\n').length).toBeLessThanOrEqual(2);
    }
  });
});

// Reports have the shape that schemas/report.schema.json promises, and that schema refuses what a report may not be.

import { spawnSync } from 'node:child_process';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import schema from '../../schemas/report.schema.json' with { type: 'json' };
import { requirements } from '../../src/requirements.ts';
import { examples, root } from '../kit/examples.ts';
import { views } from './views.ts';

const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true, strictTypes: false, strictRequired: false });
const validate = ajv.compile(schema);

/** Where and why a report is not valid, the branches of anyOf and if left out. */
function faults(report: unknown): string[] {
  if (validate(report)) return [];
  return (validate.errors ?? []).map((e) => `${e.instancePath} ${e.keyword} ${JSON.stringify(e.params)}`);
}

it('knows every requirement', () => {
  expect(schema.$defs.requirementId.enum).toEqual(requirements.map((r) => r.id));
});

/** The other views leave out what a report has to have. */
const { overlap, absentObject, tenPlaces, undecided, allPass, hostile, wide } = views;

it.each(Object.entries({ overlap, absentObject, tenPlaces, undecided, allPass, hostile, wide }))(
  'holds for the literal report %s',
  (_name, { report }) => {
    expect(faults(JSON.parse(JSON.stringify(report)))).toEqual([]);
  },
);

describe('refuses', () => {
  type Tree = { [key: string]: Tree } & Tree[];
  const changes: readonly (readonly [what: string, where: string, change: (report: Tree) => unknown])[] = [
    ['a field that it does not know', '', (r) => Object.assign(r, { extra: 1 })],
    ['another schema version', '/schemaVersion', (r) => Object.assign(r, { schemaVersion: 2 })],
    ['a verdict for people', '/verdict', (r) => Object.assign(r, { verdict: 'not ready' })],
    ['a missing field', '', (r) => Reflect.deleteProperty(r, 'problems')],
    [
      'an unknown requirement',
      '/findings/0/requirement',
      (r) => Object.assign(at(r, 'findings', 0), { requirement: 'x' }),
    ],
    ['a line of zero', '/line', (r) => Object.assign(at(r, 'findings', 0, 'evidence', 0, 'location'), { line: 0 })],
    ['an absolute path', '/uri', (r) => Object.assign(at(r, 'findings', 0, 'evidence', 0, 'location'), { uri: '/a' })],
    ['a short fingerprint', '/fingerprint', (r) => Object.assign(at(r, 'findings', 0), { fingerprint: 'ab' })],
    ['a failure that is a warning', '/severity', (r) => Object.assign(at(r, 'findings', 0), { severity: 'warning' })],
    ['a failure with a reason', '/reason', (r) => Object.assign(at(r, 'findings', 0), { reason: 'partial-input' })],
    ['a failure without evidence', '/evidence', (r) => Object.assign(at(r, 'findings', 0), { evidence: [] })],
    ['an unknown without a reason', '/reason', (r) => Object.assign(at(r, 'findings', 0), { verdict: 'unknown' })],
    [
      'an unknown without a command',
      '/fix',
      (r) => Object.assign(at(r, 'findings', 0), { verdict: 'unknown', reason: 'needs-probe', fix: { title: 'look' } }),
    ],
    [
      'an unknown requirement verdict without a reason',
      '/requirements/0/reason',
      (r) => Object.assign(at(r, 'requirements', 0), { verdict: 'unknown' }),
    ],
    [
      'a verdict that is none',
      '/clusters/east',
      (r) => Object.assign(at(r, 'requirements', 0, 'clusters'), { east: 'note' }),
    ],
    ['a negative count', '/counts/files', (r) => Object.assign(at(r, 'counts'), { files: -1 })],
  ];

  function at(tree: Tree, ...path: readonly (string | number)[]): Tree {
    const found = path.reduce<Tree | undefined>((node, step) => node?.[step as keyof Tree] as Tree | undefined, tree);
    if (!found) throw new Error(`nothing at ${path.join('.')}`);
    return found;
  }

  it.each(changes)('%s', (_what, where, change) => {
    const report = JSON.parse(JSON.stringify(overlap.report)) as Tree;
    change(report);
    const found = faults(report);
    expect(found.some((fault) => fault.split(' ', 1)[0]?.endsWith(where))).toBe(true);
  });
});

describe('the program', () => {
  it('has examples', () => expect(examples).not.toEqual([]));

  it.each(examples)('prints a valid report of examples/%s', (name) => {
    const argv = [`${root}bin/mesh-preflight.js`, 'check', `examples/${name}`, '-o', 'json'];
    const { status, stdout, stderr } = spawnSync(process.execPath, argv, { cwd: root, encoding: 'utf8' });
    expect([0, 1, 3], stderr).toContain(status);
    expect(faults(JSON.parse(stdout))).toEqual([]);
  });
});

// The concise report: one line per finding in a fixed form.

import { expect, test } from 'vitest';
import { concise } from '../../src/report/concise.ts';
import type { View } from '../../src/report/report.ts';
import type { TextOptions } from '../../src/report/terminal.ts';
import { type FindingSpec, view, views } from './views.ts';

const plain: TextOptions = { width: 80, color: false, unicode: true, maxFindings: 100 };
const draw = (of: View, options: Partial<TextOptions> = {}) => [...concise(of, { ...plain, ...options })].join('');

test.each(Object.entries(views))('%s', async (name, of) => {
  const text = draw(of);
  await expect(text).toMatchFileSnapshot(`golden/concise/${name}.txt`);
  const open = of.report.findings.filter((f) => f.suppressed === null);
  expect(text.split('\n').filter(Boolean)).toHaveLength(open.length + of.report.problems.length);
  for (const line of text.split('\n').filter(Boolean)) {
    expect(line).toMatch(/^.+?: (error|warning|undecided|verify|unchecked|note|problem)\[[\w-]+\] \S/);
  }
  expect(draw(of, { width: 40 })).toBe(text);
});

test('says nothing of a mesh that is ready', () => {
  expect(draw(views.allPass)).toBe('');
});

test('is ASCII and free of colour unless told otherwise', () => {
  expect(draw(views.wide, { unicode: false })).toMatch(/^[\x20-\x7e\n]*$/);
  expect(draw(views.overlap, { color: true }).replace(/\u001b\[\d+m/g, '')).toBe(draw(views.overlap));
  expect(draw(views.overlap, { color: true })).toContain('\u001b[31merror[pod-cidr-overlap]');
});

const one: FindingSpec = {
  rule: 'pod-cidr-overlap',
  requirement: 'disjoint-pod-cidrs',
  clusters: [],
  text: 'a pool overlaps',
};

test('puts errors before warnings before questions before notes', () => {
  const findings = (['note', 'unknown', 'warn', 'fail'] as const).map((verdict) => ({ ...one, verdict }));
  expect(draw(view({ clusters: ['east'], findings }))).toBe(
    [
      'mesh: error[pod-cidr-overlap] a pool overlaps',
      'mesh: warning[pod-cidr-overlap] a pool overlaps',
      'mesh: undecided[pod-cidr-overlap] a pool overlaps',
      'mesh: note[pod-cidr-overlap] a pool overlaps',
      '',
    ].join('\n'),
  );
});

test('counts more like findings than are printed', () => {
  const text = draw(view({ clusters: ['east'], findings: Array.from({ length: 1500 }, () => one) }), {
    maxFindings: 2,
  });
  expect(text.split('\n')).toEqual([
    'mesh: error[pod-cidr-overlap] a pool overlaps',
    'mesh: error[pod-cidr-overlap] a pool overlaps',
    'mesh: error[pod-cidr-overlap] 1,498 more not shown, -o json holds all',
    '',
  ]);
});

test.each([
  ['kubectl get a', ' (settle: kubectl get a)'],
  ["kubectl get a\nkubectl get 'b c'", " (settle: kubectl get a; kubectl get 'b c')"],
  ['kubectl get \\\n  a', ''],
  ["kubectl get 'a\nb'", ''],
  ["kubectl apply -f - <<'EOF'\nkind: X\nEOF", ''],
])('gives the command that settles a question if it fits on a line: %j', (command, told) => {
  const text = draw(
    view({ clusters: ['east'], findings: [{ ...one, verdict: 'unknown', fix: { title: 'ask', command } }] }),
  );
  expect(text).toBe(`mesh: undecided[pod-cidr-overlap] a pool overlaps${told}\n`);
});

test('prints 50,000 findings in time that is in proportion to JSON', () => {
  const of = view({
    clusters: ['east'],
    files: { 'east/a.yaml': 'cidr: 10.0.0.0/8\n' },
    findings: Array.from({ length: 50_000 }, () => ({
      ...one,
      at: [{ cluster: 'east', name: 'p', path: 'cidr', note: 'x', in: 'east/a.yaml', mark: '10.0.0.0/8' }],
    })),
  });
  const time = (run: () => unknown) => {
    const start = performance.now();
    run();
    return performance.now() - start;
  };
  const json = Math.min(...[1, 2, 3].map(() => time(() => JSON.stringify(of.report.findings))));
  const text = Math.min(...[1, 2, 3].map(() => time(() => draw(of, { maxFindings: 50_000 }))));
  expect(text / json).toBeLessThan(10);
});

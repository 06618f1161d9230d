// The report as JUnit XML.

import { describe, expect, it, test } from 'vitest';
import { junit } from '../../src/report/junit.ts';
import { sanitise } from '../../src/report/terminal.ts';
import { type FindingSpec, tricks, tricky, view, views } from './views.ts';
import { attributesOf, suitesOf, testCases, xmlErrors } from './xml.ts';

test.each(Object.entries({ ...views, tricky }))('%s', async (name, of) => {
  const text = junit(of);
  await expect(text).toMatchFileSnapshot(`golden/junit/${name}.xml`);
  expect(await xmlErrors(text)).toEqual([]);
  const cases = testCases(text);
  const number = (outcome: string) => cases.filter((one) => one.outcome === outcome).length;
  expect(attributesOf('testsuites', text)).toEqual([
    {
      name: 'mesh-preflight',
      tests: String(cases.length),
      failures: String(number('failure')),
      errors: '0',
      time: '0',
    },
  ]);
  const suites = attributesOf('testsuite', text);
  const sum = (key: string) => suites.reduce((total, suite) => total + Number(suite[key]), 0);
  expect([sum('tests'), sum('failures'), sum('skipped')]).toEqual([cases.length, number('failure'), number('skipped')]);
});

test.each(Object.entries({ ...views, tricky }))('another reader finds in %s what is in the report', async (_, of) => {
  const { requirements, findings, clusters } = of.report;
  const suites = await suitesOf(junit(of));
  for (const { stated, counted } of suites) expect(stated).toEqual(counted);
  // A requirement that is not applicable anywhere has no case.
  const ids = requirements.filter(({ verdict, clusters: own, id }) => {
    const every = [...clusters.map(({ name }) => own[name] ?? verdict)];
    return every.some((one) => one !== 'not-applicable') || findings.some((f) => f.requirement === id);
  });
  expect(suites.map(({ name }) => name)).toEqual(ids.map(({ id }) => id));
  for (const { name, cases, failed } of suites) {
    expect(new Set(cases).size).toBe(cases.length);
    const own = findings.filter((f) => f.requirement === name && f.verdict === 'fail' && f.suppressed === null);
    const texts = own.flatMap((f) => Array.from({ length: f.clusters.length || 1 }, () => sanitise(f.message.text)));
    // What would link a file does not.
    for (const text of texts.map((each) => each.replace('[[ATTACHMENT', '[ [ATTACHMENT')))
      expect(failed).toContainEqual(expect.stringContaining(text));
    if (own.length > 0) expect(failed).toHaveLength(texts.length);
  }
});

it('knows what is no XML', async () => {
  expect(await xmlErrors('<testsuites/>')).not.toEqual([]);
  expect(await xmlErrors(junit(views.overlap).replace('mesh-preflight', '\u0001'))).not.toEqual([]);
  const twice = junit(views.allPass).replace('name="west"', 'name="east"');
  expect(await xmlErrors(twice)).not.toEqual([]);
});

const one: FindingSpec = {
  rule: 'pod-cidr-overlap',
  requirement: 'disjoint-pod-cidrs',
  clusters: ['east'],
  text: 'a pool overlaps',
};
const of = (finding: Partial<FindingSpec>, clusters: readonly string[] = ['east']) =>
  testCases(junit(view({ clusters, findings: [{ ...one, ...finding }] }))).filter(
    ({ suite }) => suite === (finding.requirement ?? one.requirement),
  );
const name = 'east: pod-cidr-overlap (00000000)';

describe('a case', () => {
  it('of an error fails', () => {
    expect(of({})).toMatchObject([{ name, outcome: 'failure' }]);
  });

  it.each(['warn', 'note'] as const)('of a %s passes, and says what was found', (verdict) => {
    const cases = of({ verdict }).filter((each) => each.name === name);
    expect(cases).toMatchObject([{ outcome: 'system-out', content: expect.stringContaining('a pool overlaps') }]);
  });

  it('of what is undecided is skipped, with the command', () => {
    const fix = { title: 'export it', command: 'kubectl get ippools' };
    const [unknown, ...more] = of({ verdict: 'unknown', reason: 'missing-input', fix });
    expect(more).toEqual([]);
    expect(unknown).toMatchObject({ name, outcome: 'skipped' });
    expect(unknown?.content.split('\n')).toEqual([
      'undecided (missing-input): a pool overlaps',
      '',
      'settle: export it',
      'kubectl get ippools',
      '',
      `fingerprint: ${'0'.repeat(32)}`,
    ]);
  });

  it('of what is suppressed is skipped, with the reason, and nothing else fails for it', () => {
    expect(of({ suppressed: 'known' })).toMatchObject([
      { name, outcome: 'skipped', content: expect.stringMatching(/^suppressed, known: error: a pool overlaps\n/) },
    ]);
  });

  it('of a requirement without findings is its verdict', () => {
    const verdicts = {
      'nat-exclusion': 'unknown',
      'supported-cni': 'not-applicable',
      'valid-remotes': 'pass',
      'access-secret': 'fail',
      'supported-version': 'warn',
    } as const;
    const cases = testCases(junit(view({ clusters: ['east'], verdicts })));
    const outcomes = Object.keys(verdicts).map((id) => cases.filter(({ suite }) => suite === id).map((c) => c.outcome));
    expect(outcomes).toEqual([['skipped'], [], ['passed'], ['failure'], ['system-out']]);
  });

  it('is there for every cluster of a finding, with the place in that cluster', () => {
    const cases = testCases(junit(views.overlap)).filter(({ outcome }) => outcome === 'failure');
    expect(cases.map((each) => [each.name, each.file])).toEqual([
      ['east: pod-cidr-overlap IPPool default-ipv4-ippool (00000000)', 'east/ippools.yaml'],
      ['west: pod-cidr-overlap IPPool pods-west (00000000)', 'west/ippools.yaml'],
    ]);
  });

  it('of a finding about the mesh is there once', () => {
    const failed = of({ clusters: [] }, ['east', 'west']).filter(({ outcome }) => outcome === 'failure');
    expect(failed.map((each) => each.name)).toEqual(['mesh: pod-cidr-overlap (00000000)']);
  });

  it('has a name of its own', () => {
    const cases = testCases(junit(view({ clusters: ['east'], findings: [one, one] })));
    const names = cases.filter(({ outcome }) => outcome === 'failure').map((each) => each.name);
    expect(names).toEqual([name, `${name} #2`]);
  });
});

it('shows what would end an element or name a file', async () => {
  const text = junit(tricky);
  expect(text).not.toMatch(/^\s*::/m);
  expect(text).not.toMatch(/\]\]>|\[\[ATTACHMENT|<script|<!--|[\ufffe\uffff]/);
  expect(testCases(text).filter(({ outcome }) => outcome === 'failure')).toHaveLength(tricks.length);
  expect(text).toContain('a\\r\\nb\\u2028c\\x85d\\ufffe\\uffff\\ud800\\x00\\x1b[31m\\u202e');
});

it('stays below what GitLab takes where a thousand clusters have each finding', () => {
  const clusters = Array.from({ length: 1_000 }, (_, i) => `cluster-${i}`);
  const fix = { title: 'change it', command: 'x'.repeat(2_000) };
  const text = junit(
    view({ clusters, findings: Array.from({ length: 20 }, () => ({ ...one, clusters, fix })), pairs: [] }),
  );
  expect(Buffer.byteLength(text)).toBeLessThan(30_000_000);
});

// The report as objects of openreports.io. That an API server takes them is tested with one.

import { describe, expect, it, test } from 'vitest';
import { openreports, policyreport } from '../../src/report/openreports.ts';
import type { View } from '../../src/report/report.ts';
import { type FindingSpec, tricky, view, views } from './views.ts';

interface ClusterReport {
  readonly metadata: { readonly name: string; readonly annotations: Readonly<Record<string, string>> };
  readonly configuration?: { readonly limits: { readonly maxResults: number } };
  readonly summary: Readonly<Record<string, number>>;
  readonly results: readonly {
    readonly policy: string;
    readonly result: string;
    readonly severity?: string;
    readonly message: string;
    readonly resources?: readonly object[];
    readonly properties?: Readonly<Record<string, string>>;
  }[];
}

const reportsOf = (of: View): readonly ClusterReport[] => JSON.parse(openreports(of)).items;

test.each(Object.entries(views))('%s', async (name, of) => {
  await expect(openreports(of)).toMatchFileSnapshot(`golden/openreports/${name}.json`);
  for (const { metadata, summary, results } of reportsOf(of)) {
    expect(metadata.name).toMatch(/^mesh-preflight(-[a-z0-9]+)+$/);
    expect(Object.values(summary).reduce((a, b) => a + b)).toBe(results.length);
  }
});

test.each(Object.entries(views))('%s for what reads wgpolicyk8s.io', async (name, of) => {
  await expect(policyreport(of)).toMatchFileSnapshot(`golden/policyreport/${name}.json`);
  const { items } = JSON.parse(policyreport(of));
  for (const [index, report] of reportsOf(of).entries()) {
    const { metadata, summary, results } = report;
    // Neither `source` nor `configuration`, which an API server would drop.
    expect(items[index]).toEqual({
      apiVersion: 'wgpolicyk8s.io/v1alpha2',
      kind: 'ClusterPolicyReport',
      metadata,
      summary,
      results: results.map((result) => ({ source: 'mesh-preflight', ...result })),
    });
  }
});

const one: FindingSpec = {
  rule: 'pod-cidr-overlap',
  requirement: 'disjoint-pod-cidrs',
  clusters: ['east'],
  text: 'a pool overlaps',
};
const of = (finding: Partial<FindingSpec>, requirement = one.requirement) =>
  reportsOf(view({ clusters: ['east'], findings: [{ ...one, ...finding }] }))[0]?.results.filter(
    ({ policy }) => policy === (finding.requirement ?? requirement),
  );

describe('a result', () => {
  it.each([
    [{}, 'fail', 'high'],
    [{ verdict: 'warn' }, 'warn', 'medium'],
    [{ verdict: 'note' }, 'pass', 'low'],
    [{ verdict: 'unknown' }, 'error', 'high'],
    [{ verdict: 'unknown', requirement: 'node-reachability' }, 'skip', 'high'],
    [{ verdict: 'unknown', requirement: 'supported-version', severity: 'warning' }, 'skip', 'medium'],
  ] as const)('of %j is %s, %s', (finding, result, severity) => {
    expect(of(finding)).toMatchObject([{ result, severity, message: 'a pool overlaps' }]);
  });

  it('of a suppressed finding stands beside what its requirement is', () => {
    expect(of({ suppressed: 'known' })).toMatchObject([
      { result: 'fail' },
      { result: 'skip', properties: { suppressed: 'known' } },
    ]);
  });

  it('of a requirement without findings is its verdict', () => {
    const verdicts = {
      'nat-exclusion': 'unknown',
      'supported-cni': 'not-applicable',
      'valid-remotes': 'pass',
    } as const;
    const results = reportsOf(view({ clusters: ['east'], verdicts }))[0]?.results ?? [];
    const told = Object.keys(verdicts).map((id) => results.filter(({ policy }) => policy === id).map((r) => r.result));
    expect(told).toEqual([['error'], ['skip'], ['pass']]);
  });

  it('of a finding about the mesh stands in every cluster', () => {
    const reports = reportsOf(view({ clusters: ['east', 'west'], findings: [{ ...one, clusters: [] }] }));
    expect(reports.map(({ summary }) => summary.fail)).toEqual([1, 1]);
  });
});

it('has a name for every cluster', () => {
  const clusters = ['east', 'East', 'e_a.st', 'e-a-st', 'ä', 'x'.repeat(300), '-'];
  const names = reportsOf(view({ clusters })).map(({ metadata }) => metadata.name);
  expect(new Set(names).size).toBe(clusters.length);
  expect(names[0]).toBe('mesh-preflight-east');
  for (const name of names) expect(name).toMatch(/^[a-z0-9]([a-z0-9-]{0,251}[a-z0-9])?$/);
});

it('keeps the worst where there are more than an object can hold', () => {
  const many = Array.from({ length: 1_200 }, () => ({ ...one, verdict: 'warn' as const }));
  const [report] = reportsOf(view({ clusters: ['east'], findings: [...many, one] }));
  expect(report?.results).toHaveLength(1_000);
  expect(report?.configuration).toEqual({ limits: { maxResults: 1_000 } });
  expect(report?.summary).toMatchObject({ warn: 1_200, fail: 1 });
  expect(report?.results.filter(({ result }) => result === 'fail')).toHaveLength(1);
});

it('is free of control characters, other than between the lines of a command', () => {
  for (const text of [openreports(tricky), policyreport(tricky)]) {
    JSON.parse(text, (key, value: unknown) => {
      if (typeof value === 'string')
        expect(key === 'command' ? value.replaceAll('\n', '') : value).not.toMatch(/\p{Cc}/u);
    });
  }
});

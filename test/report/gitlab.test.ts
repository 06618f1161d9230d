// The report as Code Quality of GitLab.

import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it, test } from 'vitest';
import { gitlab } from '../../src/report/gitlab.ts';
import type { View } from '../../src/report/report.ts';
import { type FindingSpec, tricky, view, views } from './views.ts';

/** What https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format (GitLab 18) documents, and no more. */
const schema = {
  type: 'array',
  items: {
    type: 'object',
    required: ['description', 'check_name', 'fingerprint', 'severity', 'location'],
    additionalProperties: false,
    properties: {
      description: { type: 'string', minLength: 1 },
      check_name: { type: 'string', minLength: 1 },
      fingerprint: { type: 'string', pattern: '^[0-9a-f]{32}$' },
      severity: { enum: ['info', 'minor', 'major', 'critical', 'blocker'] },
      location: {
        type: 'object',
        required: ['path', 'lines'],
        additionalProperties: false,
        properties: {
          // Relative to the repository, without `./`.
          path: { type: 'string', pattern: '^(?!/|\\.\\.?/)[^\\u0000-\\u001f]+$' },
          lines: {
            type: 'object',
            required: ['begin'],
            additionalProperties: false,
            properties: { begin: { type: 'integer', minimum: 1 } },
          },
        },
      },
    },
  },
};
const validate = new Ajv2020({ allErrors: true }).compile(schema);

interface Issue {
  readonly description: string;
  readonly check_name: string;
  readonly fingerprint: string;
  readonly severity: string;
  readonly location: { readonly path: string; readonly lines: { readonly begin: number } };
}

const issuesOf = (of: View): readonly Issue[] => JSON.parse(gitlab(of));

test.each(Object.entries({ ...views, tricky }))('%s', async (name, of) => {
  await expect(gitlab(of)).toMatchFileSnapshot(`golden/gitlab/${name}.json`);
  const issues = issuesOf(of);
  validate(issues);
  expect(validate.errors ?? []).toEqual([]);
  expect(new Set(issues.map(({ fingerprint }) => fingerprint)).size).toBe(issues.length);
  for (const { description, location } of issues) {
    expect(description + location.path).not.toMatch(/\p{Cc}|\p{Cf}|\p{Zl}|\p{Zp}/u);
  }
});

const one: FindingSpec = {
  rule: 'pod-cidr-overlap',
  requirement: 'disjoint-pod-cidrs',
  clusters: ['east'],
  text: 'a pool overlaps',
  at: [{ cluster: 'east', name: 'p', note: 'x', in: 'east/a.yaml', mark: '1' }],
};
const of = (
  finding: Partial<FindingSpec>,
  files: Readonly<Record<string, string>> = { 'east/a.yaml': '\n\ncidr: 1\n' },
) => issuesOf(view({ clusters: ['east'], files, findings: [{ ...one, ...finding }] }));

describe('an issue', () => {
  it.each([
    ['fail', 'critical'],
    ['warn', 'major'],
    ['note', 'minor'],
  ] as const)('of %s is %s', (verdict, severity) => {
    expect(of({ verdict })).toEqual([
      {
        description: 'a pool overlaps',
        check_name: 'pod-cidr-overlap',
        fingerprint: '0'.repeat(32),
        severity,
        location: { path: 'east/a.yaml', lines: { begin: 3 } },
      },
    ]);
  });

  it('is not made of what is undecided or suppressed', () => {
    expect(of({ verdict: 'unknown' })).toEqual([]);
    expect(of({ suppressed: 'known' })).toEqual([]);
  });

  it('says what it is about where its place is the start of a file', () => {
    const at = [{ cluster: 'east', name: 'p', path: 'spec', note: 'is missing' }];
    expect(of({ at })).toMatchObject([
      {
        description: 'a pool overlaps (see east/IPPool/p#spec)',
        location: { path: 'east/a.yaml', lines: { begin: 1 } },
      },
    ]);
  });

  it('of a live cluster has the place that it has in SARIF', () => {
    const at = [{ cluster: 'east', name: 'p', note: 'x' }];
    expect(of({ at }, {})).toMatchObject([
      { location: { path: 'live/east/projectcalico.org/v3/IPPool/p.yaml', lines: { begin: 1 } } },
    ]);
  });

  it('has no path that starts with ./', () => {
    const at = [{ cluster: 'east', name: 'p', note: 'x', in: './east/a.yaml', mark: '1' }];
    expect(of({ at }, { './east/a.yaml': '1' })[0]?.location.path).toBe('east/a.yaml');
  });
});

// The report as workflow commands of GitHub Actions, read back as its runner reads them.

import { EOL } from 'node:os';
import { type AnnotationProperties, error, notice, warning } from '@actions/core';
import { describe, expect, it, test, vi } from 'vitest';
import { github } from '../../src/report/github.ts';
import type { View } from '../../src/report/report.ts';
import { type FindingSpec, tricky, view, views } from './views.ts';

interface Command {
  readonly command: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly data: string;
}

const plain = (text: string) =>
  text.replace(/%0D/g, '\r').replace(/%0A/g, '\n').replace(/%3A/g, ':').replace(/%2C/g, ',').replace(/%25/g, '%');

/** As ActionCommand.TryParseV2 of actions/runner does it; null for what is no command. */
function parse(line: string): Command | null {
  const message = line.trimStart();
  const end = message.indexOf('::', 2);
  if (!message.startsWith('::') || end < 0) return null;
  const [command = '', ...rest] = message.slice(2, end).trim().split(' ');
  const pairs = rest.join(' ').split(',').filter(Boolean);
  const properties = Object.fromEntries(
    pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), plain(pair.slice(pair.indexOf('=') + 1))]),
  );
  const data = message
    .slice(end + 2)
    .replace(/%0D/g, '\r')
    .replace(/%0A/g, '\n')
    .replace(/%25/g, '%');
  return { command, properties, data };
}

const linesOf = (of: View) => [...github(of)].join('').split('\n').filter(Boolean);

test.each(Object.entries({ ...views, tricky }))('%s', async (name, of) => {
  await expect([...github(of)].join('')).toMatchFileSnapshot(`golden/github/${name}.txt`);
  const lines = linesOf(of);
  for (const line of lines) {
    const command = parse(line);
    if (command === null) {
      expect(line).toMatch(/^\d+ more (error|warning|notice)s?, as GitHub shows 10 of a level: -o json holds all$/);
      continue;
    }
    expect(['error', 'warning', 'notice']).toContain(command.command);
    const keys = Object.keys(command.properties);
    const place = ['file', 'line', 'endLine', 'col', 'endColumn'];
    expect([[], place, ['file', 'line', 'col'], ['file']].map((of) => ['title', ...of])).toContainEqual(keys);
    expect(command.properties.title).toMatch(/^(error|warning|note|undecided|verify|unchecked|problem)\[[\w-]+\]$/);
    for (const text of [...Object.values(command.properties), ...command.data.split('\n')]) {
      expect(text).not.toMatch(/\p{Cc}|\p{Cf}|\p{Zl}|\p{Zp}/u);
      expect(text.trimStart()).not.toMatch(/^::error::x/);
    }
  }
  for (const level of ['error', 'warning', 'notice']) {
    expect(lines.filter((line) => parse(line)?.command === level).length).toBeLessThanOrEqual(10);
  }
});

/** What GitHub's own writer prints for a command. */
function written({ command, properties, data }: Command): string {
  const { title, file, line, endLine, col, endColumn } = properties;
  const number = (text: string | undefined) => (text === undefined ? undefined : Number(text));
  const place = {
    title,
    file,
    startLine: number(line),
    endLine: number(endLine),
    startColumn: number(col),
    endColumn: number(endColumn),
  };
  const stdout = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  try {
    ({ error, warning, notice })[command as 'error'](data, place as AnnotationProperties);
    return String(stdout.mock.calls[0]?.[0]);
  } finally {
    stdout.mockRestore();
  }
}

test.each(Object.entries({ ...views, tricky }))('GitHub itself would write every command of %s like this', (_, of) => {
  for (const line of linesOf(of)) {
    const command = parse(line);
    if (command) expect(written(command)).toBe(line + EOL);
  }
});

const one: FindingSpec = {
  rule: 'pod-cidr-overlap',
  requirement: 'disjoint-pod-cidrs',
  clusters: ['east'],
  text: 'a pool overlaps',
};
const told = (finding: Partial<FindingSpec>) =>
  linesOf(view({ clusters: ['east'], files: { 'east/a,b:c%.yaml': 'cidr: 1\n' }, findings: [{ ...one, ...finding }] }));

describe('a finding', () => {
  it.each([
    [{}, '::error title=error[pod-cidr-overlap]::a pool overlaps'],
    [{ verdict: 'warn' }, '::warning title=warning[pod-cidr-overlap]::a pool overlaps'],
    [{ verdict: 'note' }, '::notice title=note[pod-cidr-overlap]::a pool overlaps'],
    [{ verdict: 'unknown' }, '::warning title=undecided[pod-cidr-overlap]::a pool overlaps'],
    [
      { verdict: 'unknown', requirement: 'node-reachability' },
      '::notice title=verify[pod-cidr-overlap]::a pool overlaps',
    ],
    [
      { text: '50% :: of\r\n::error::it, a=b' },
      '::error title=error[pod-cidr-overlap]::50%25 :: of\\r\\n::error::it, a=b',
    ],
    [
      { fix: { title: 'do', command: 'a\nb' } },
      '::error title=error[pod-cidr-overlap]::a pool overlaps%0Afix: do%0Aa%0Ab',
    ],
  ] as const)('%j', (finding, line) => {
    expect(told(finding)).toEqual([line]);
  });

  it('names its file, escaped, and its place', () => {
    const at = [{ cluster: 'east', name: 'p', note: 'x', in: 'east/a,b:c%.yaml', mark: '1' }];
    expect(told({ at })).toEqual([
      '::error title=error[pod-cidr-overlap],file=east/a%2Cb%3Ac%25.yaml,line=1,endLine=1,col=7,endColumn=8::a pool overlaps',
    ]);
  });

  it('names no file where it has no place in one', () => {
    expect(told({ at: [{ cluster: 'east', name: 'p', note: 'is missing' }] })).toEqual([
      '::error title=error[pod-cidr-overlap]::a pool overlaps%0AIPPool p of east (is missing)',
    ]);
  });

  it('is left out where it is suppressed', () => {
    expect(told({ suppressed: 'known' })).toEqual([]);
  });
});

it('names no columns of more than one line', () => {
  const of = view({
    clusters: ['east'],
    files: { 'east/a.yaml': 'a: 1\nb: 2\n' },
    findings: [{ ...one, at: [{ cluster: 'east', name: 'p', note: '', in: 'east/a.yaml', mark: '1' }] }],
  });
  const [finding] = of.report.findings;
  const [evidence] = finding?.evidence ?? [];
  if (!finding || !evidence?.location) throw new Error('no place');
  const location = { ...evidence.location, endLine: 2 };
  const findings = [{ ...finding, evidence: [{ ...evidence, location }] }];
  expect(linesOf({ ...of, report: { ...of.report, findings } })[0]).toContain(',line=1,endLine=2::');
});

it('tells ten of a level, what was found first, and how many more there are', () => {
  const many = (verdict: FindingSpec['verdict'], n: number) =>
    Array.from({ length: n }, (_, i) => ({ ...one, verdict, text: `${verdict} ${i}` }) as FindingSpec);
  const findings = [...many('unknown', 4), ...many('warn', 8), ...many('fail', 1_012), ...many('note', 1)];
  const lines = linesOf(view({ clusters: ['east'], findings }));
  expect(lines.map((line) => parse(line)?.data ?? line)).toEqual([
    ...Array.from({ length: 10 }, (_, i) => `fail ${i}`),
    '1,002 more errors, as GitHub shows 10 of a level: -o json holds all',
    ...Array.from({ length: 8 }, (_, i) => `warn ${i}`),
    'unknown 0',
    'unknown 1',
    '2 more warnings, as GitHub shows 10 of a level: -o json holds all',
    'note 0',
  ]);
});

it('tells what could not be read', () => {
  const problems = [
    { cluster: 'east', uri: 'east/a.yaml', line: 3, column: 1, why: 'key spec is given twice' },
    { cluster: 'east', uri: 'east/b.yaml', line: null, column: null, why: 'the file is not UTF-8' },
  ];
  expect(linesOf(view({ clusters: ['east'], problems }))).toEqual([
    '::warning title=problem[input],file=east/a.yaml,line=3,col=1::key spec is given twice',
    '::warning title=problem[input],file=east/b.yaml::the file is not UTF-8',
  ]);
});

it('asks once for all that one command settles', () => {
  const warnings = linesOf(views.undecided).filter((line) => line.startsWith('::warning title=undecided'));
  expect(warnings).toHaveLength(1);
});

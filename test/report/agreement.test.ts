// Every example in every format for machines and editors: they tell the same findings, and SARIF is one that code scanning takes.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Log, Result, Run } from 'sarif';
import { afterAll, describe, expect, test } from 'vitest';
import { anchor } from '../../src/report/anchor.ts';
import { concise } from '../../src/report/concise.ts';
import { json } from '../../src/report/json.ts';
import { openreports } from '../../src/report/openreports.ts';
import type { Report, View } from '../../src/report/report.ts';
import { sarif } from '../../src/report/sarif.ts';
import { encodePath } from '../../src/report/sarif-place.ts';
import { checkInput, examples, readExample } from '../kit/examples.ts';
import { multitool, schemaErrors, validatorFindings } from './sarif-gate.ts';

const folder = mkdtempSync(join(tmpdir(), 'sarif-examples-'));
const written: string[] = [];
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** By name; judged once, before the tests are defined. */
const viewsOf = new Map<string, View>();
for (const example of examples)
  viewsOf.set(example, { ...(await checkInput(readExample(example))), exitReason: 'exit 0' });

test('there are examples', () => {
  expect(examples).not.toEqual([]);
});

describe.each([...viewsOf])('the example %s', (example, view) => {
  const report = JSON.parse(json(view)) as Report;
  const text = sarif(view);
  const [run] = (JSON.parse(text) as Log).runs as [Run];
  const results = run.results ?? [];
  const stated = report.findings.filter((finding) => finding.verdict !== 'unknown' && finding.suppressed === null);
  const file = join(folder, `${example}.sarif`);
  writeFileSync(file, text);
  written.push(file);

  test('has the findings of the JSON report as results of reports in clusters', () => {
    const { items } = JSON.parse(openreports(view)) as {
      readonly items: readonly {
        readonly metadata: { readonly annotations: Readonly<Record<string, string>> };
        readonly summary: Readonly<Record<string, number>>;
        readonly results: readonly {
          readonly policy: string;
          readonly result: string;
          readonly properties?: { readonly fingerprint: string };
        }[];
      }[];
    };
    expect(items.map(({ metadata }) => metadata.annotations['mesh-preflight/cluster'])).toEqual(
      report.clusters.map(({ name }) => name),
    );
    for (const { metadata, summary, results } of items) {
      const cluster = metadata.annotations['mesh-preflight/cluster'] ?? '';
      const own = report.findings.filter(({ clusters }) => clusters.length === 0 || clusters.includes(cluster));
      const told = results.flatMap(({ properties }) => properties?.fingerprint ?? []);
      expect(told.sort()).toEqual(own.map(({ fingerprint }) => fingerprint).sort());
      const failing = new Set(results.filter(({ result }) => result === 'fail').map(({ policy }) => policy));
      const failed = report.requirements.filter(({ clusters }) => clusters[cluster] === 'fail').map(({ id }) => id);
      expect([...failing].sort()).toEqual(failed.sort());
      expect(new Set(results.map(({ policy }) => policy)).size).toBe(report.requirements.length);
      expect(summary.fail).toBe(results.filter(({ result }) => result === 'fail').length);
    }
  });

  test('has the findings of the JSON report as groups of SARIF results', () => {
    const groups = new Map<string, Result[]>();
    for (const result of results) {
      const id = String(result.properties?.groupId);
      groups.set(id, [...(groups.get(id) ?? []), result]);
    }
    expect([...groups.keys()].sort()).toEqual(stated.map((finding) => finding.fingerprint).sort());
    for (const finding of stated) {
      const sides = groups.get(finding.fingerprint) ?? [];
      expect(new Set(sides.map((side) => side.ruleId))).toEqual(new Set([finding.rule]));
      expect(new Set(sides.map((side) => side.level))).toEqual(new Set([finding.severity]));
      for (const side of sides) {
        const words = side.message.text?.replace(
          /, (?:see \[the other place\]\(1\)|shown at the start of .*)(?=\.$)/,
          '',
        );
        expect(unquoted(words ?? '')).toBe(unquoted(`${finding.message.text}.`));
      }
    }
  });

  test('has the first place of every finding as the place of a result', () => {
    for (const finding of stated) {
      const place = anchor(finding, view)?.at.location;
      if (!place) continue;
      const own = results.filter((result) => result.properties?.groupId === finding.fingerprint);
      const starts = own.map((result) => {
        const { artifactLocation, region } = result.locations?.[0]?.physicalLocation ?? {};
        return [artifactLocation?.uri, region?.startLine, region?.startColumn];
      });
      expect(starts).toContainEqual([encodePath(place.uri), place.line, place.column]);
    }
  });

  test('has what is undecided as notifications', () => {
    const told = run.invocations?.[0]?.toolExecutionNotifications ?? [];
    const open = report.findings.filter((finding) => finding.verdict === 'unknown');
    const undecided = told.filter((one) => one.descriptor?.id === 'not-decided');
    expect(undecided.map((one) => one.properties?.fingerprint).sort()).toEqual(open.map((f) => f.fingerprint).sort());
    expect(told.filter((one) => one.descriptor?.id === 'not-read')).toHaveLength(report.problems.length);
  });

  test('has a line of the concise report for every finding', () => {
    const options = { width: 100, color: false, unicode: true, maxFindings: Number.POSITIVE_INFINITY };
    const lines = [...concise(view, options)].join('').trimEnd().split('\n').filter(Boolean);
    const words = { fail: 'error', warn: 'warning', note: 'note' } as const;
    const open = { core: 'undecided', probe: 'verify', advisory: 'unchecked' } as const;
    const classes = new Map(report.requirements.map((one) => [one.id, one.class]));
    expect(lines).toHaveLength(report.findings.length + report.problems.length);
    for (const finding of report.findings) {
      const place = anchor(finding, view)?.at.location;
      const start = place ? `${place.uri}:${place.line}:${place.column}: ` : '';
      const { verdict, requirement } = finding;
      const word = verdict === 'unknown' ? open[classes.get(requirement) ?? 'core'] : words[verdict];
      const told = `${start}${word}[${finding.rule}] ${finding.message.text}`;
      expect(lines.filter((line) => line.startsWith(told) || (!place && line.includes(told)))).not.toEqual([]);
    }
  });

  test('fits the schema of SARIF, whose regions are in the files', () => {
    expect(schemaErrors(text)).toEqual([]);
    for (const result of results) {
      const { artifactLocation, region } = result.locations?.[0]?.physicalLocation ?? {};
      expect(artifactLocation?.uri).toMatch(new RegExp(`^examples/${example}/|^live/`));
      expect(region?.snippet?.text).toBeTruthy();
      expect(result.partialFingerprints?.primaryLocationLineHash).toMatch(/^[0-9a-f]{1,16}:[1-9]\d*$/);
    }
  });
});

const program = multitool();
test.skipIf(program === null || examples.length === 0)(
  'the validator of SARIF has nothing to say about any example',
  { timeout: 300_000 },
  async () => {
    expect(await validatorFindings(program ?? '', written)).toEqual([]);
  },
);

/** Without the quotes around values and the escapes in them, in which the formats differ. */
function unquoted(text: string): string {
  return text.replace(/['\\]/g, '').replace(/\{\{/g, '{').replace(/\}\}/g, '}');
}

// Every example in every format for machines and editors: they tell the same findings, and SARIF is one that code scanning takes.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Log, Result, Run } from 'sarif';
import { afterAll, describe, expect, test } from 'vitest';
import { anchor } from '../../src/report/anchor.ts';
import { concise } from '../../src/report/concise.ts';
import { dot } from '../../src/report/dot.ts';
import { github } from '../../src/report/github.ts';
import { gitlab } from '../../src/report/gitlab.ts';
import { html } from '../../src/report/html/html.ts';
import { json } from '../../src/report/json.ts';
import { jsonl } from '../../src/report/jsonl.ts';
import { junit } from '../../src/report/junit.ts';
import { markdown } from '../../src/report/markdown.ts';
import { mermaid } from '../../src/report/mermaid.ts';
import { openreports, policyreport } from '../../src/report/openreports.ts';
import type { Report, View } from '../../src/report/report.ts';
import { sarif } from '../../src/report/sarif.ts';
import { encodePath } from '../../src/report/sarif-place.ts';
import { table } from '../../src/report/table.ts';
import { checkInput, examples, readExample } from '../kit/examples.ts';
import { multitool, schemaErrors, validatorFindings } from './sarif-gate.ts';
import { attributesOf, suitesOf, testCases, xmlErrors } from './xml.ts';

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

  test.each([openreports, policyreport])(
    'has the findings of the JSON report as results of %o in clusters',
    (write) => {
      const { items } = JSON.parse(write(view)) as {
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
    },
  );

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

  test('has the findings of the JSON report as cases of JUnit', async () => {
    const xml = junit(view);
    expect(await xmlErrors(xml)).toEqual([]);
    const cases = testCases(xml);
    const told = new Map<string, { readonly outcomes: Set<string>; n: number }>();
    for (const { content, outcome } of cases) {
      const [, fingerprint] = /\nfingerprint: ([0-9a-f]{32})$/.exec(content) ?? [];
      if (fingerprint === undefined) continue;
      const of = told.get(fingerprint) ?? { outcomes: new Set(), n: 0 };
      told.set(fingerprint, of);
      of.outcomes.add(outcome);
      of.n += 1;
    }
    const outcomes = { fail: 'failure', warn: 'system-out', note: 'system-out', unknown: 'skipped' } as const;
    expect([...told.keys()].sort()).toEqual(report.findings.map(({ fingerprint }) => fingerprint).sort());
    for (const { fingerprint, verdict, clusters } of report.findings) {
      expect(told.get(fingerprint)).toEqual({ outcomes: new Set([outcomes[verdict]]), n: clusters.length || 1 });
    }
    // A requirement that is open or broken in a cluster has no case there that passes for it, and one that holds has.
    for (const { id, clusters } of report.requirements) {
      const own = cases.filter(({ suite }) => suite === id);
      const passed = own.filter(({ outcome }) => outcome === 'passed').map(({ name }) => name);
      const holding = Object.keys(clusters).filter((name) => clusters[name] === 'pass');
      expect(passed.sort()).toEqual(holding.sort());
      for (const [name, verdict] of Object.entries(clusters)) {
        const here = own.filter((one) => one.name === name || new RegExp(`^(${name}|mesh): `).test(one.name));
        if (verdict === 'fail') expect(here.map(({ outcome }) => outcome)).toContain('failure');
        if (verdict === 'unknown') expect(here.map(({ outcome }) => outcome)).toContain('skipped');
      }
    }
    // Another reader sees the same.
    const suites = await suitesOf(xml);
    for (const { stated, counted } of suites) expect(stated).toEqual(counted);
    expect(suites.flatMap(({ cases: own }) => own)).toEqual(cases.map(({ name }) => name));
    const [total] = attributesOf('testsuites', xml);
    const failures = report.findings.filter(({ verdict }) => verdict === 'fail');
    expect(Number(total?.failures)).toBe(failures.reduce((sum, { clusters }) => sum + (clusters.length || 1), 0));
    expect(Number(total?.tests)).toBe(cases.length);
  });

  test('has what was found as issues of Code Quality', () => {
    const issues = JSON.parse(gitlab(view)) as readonly {
      readonly fingerprint: string;
      readonly check_name: string;
      readonly location: { readonly path: string; readonly lines: { readonly begin: number } };
    }[];
    expect(issues.map(({ fingerprint, check_name }) => [fingerprint, check_name])).toEqual(
      stated.map(({ fingerprint, rule }) => [fingerprint, rule]),
    );
    for (const { fingerprint, location } of issues) {
      const places = results
        .filter(({ properties }) => properties?.groupId === fingerprint)
        .map(({ locations }) => locations?.[0]?.physicalLocation);
      const told = places.map((place) => [place?.artifactLocation?.uri, place?.region?.startLine]);
      // What stands for an object without a file has a line of its own in SARIF.
      const line = location.path.startsWith('live/') ? 4 : location.lines.begin;
      const path = location.path.startsWith('live/') ? location.path : encodePath(location.path);
      expect(told).toContainEqual([path, line]);
    }
  });

  test('has all of the JSON report but what it says of clusters and pairs as lines', () => {
    const lines = [...jsonl(view)].map((line) => JSON.parse(line));
    const of = (type: string) => lines.filter((line) => line.type === type).map(({ type: _, ...rest }) => rest);
    expect(of('finding')).toEqual(report.findings);
    expect(of('requirement')).toEqual(report.requirements);
    expect(of('problem')).toEqual(report.problems);
    const { schemaVersion, tool, verdict, mesh, counts } = report;
    const clusters = report.clusters.map(({ name }) => name);
    expect(lines.at(-1)).toEqual({ type: 'summary', schemaVersion, tool, verdict, mesh, clusters, counts });
  });

  test('has an annotation of GitHub for what was found, up to ten of a level', () => {
    const lines = [...github(view)].join('').split('\n').filter(Boolean);
    for (const [verdict, level] of [
      ['fail', 'error'],
      ['warn', 'warning'],
      ['note', 'notice'],
    ] as const) {
      const own = stated.filter((finding) => finding.verdict === verdict);
      const told = lines.filter((line) => line.startsWith(`::${level} `));
      for (const [i, { rule, message }] of own.slice(0, 10).entries()) {
        expect(told[i]).toMatch(new RegExp(`^::${level} title=\\w+\\[${rule}\\]`));
        expect(told[i]).toContain(`::${message.text.replace(/%/g, '%25')}`);
      }
    }
    const more = lines.filter((line) => !line.startsWith('::')).map((line) => Number(/^\d+/.exec(line)?.[0]));
    const asked = lines.length - more.length + more.reduce((sum, n) => sum + n, 0) - stated.length;
    expect(asked).toBeLessThanOrEqual(report.counts.findings.unknown + report.problems.length);
    if (report.counts.findings.unknown > 0) expect(asked).toBeGreaterThan(0);
  });

  test('has a paragraph of Markdown for what was found, and every question', () => {
    const text = markdown(view);
    const bold = [...text.matchAll(/^\*\*(.*)\*\*$/gm)].map(([, words = '']) => words.replaceAll('`', ''));
    const told = stated.map(({ message }) => message.text);
    const open = report.findings.filter(({ verdict }) => verdict === 'unknown').map(({ rule }) => rule);
    expect(bold).toEqual(expect.arrayContaining(told));
    for (const rule of open) expect(text).toMatch(new RegExp(`^.*\`${rule}\`.*: leaves .* undecided$`, 'm'));
    expect(text.includes('### Errors')).toBe(report.counts.findings.fail > 0);
  });

  test('has the same numbers of what is open in all formats for people', () => {
    const options = { width: 1_000, color: false, unicode: true, maxFindings: 100 };
    const [total = ''] = [...table(view, options)].join('').trimEnd().split('\n').slice(-1);
    const summary = markdown(view).split('\n')[2] ?? '';
    const page = [...html(view, { maxFindings: 100 })].join('').replace(/<\/?b>/g, '');
    const [, chips = ''] = /<ul class="counts">(.*?)<\/ul>/.exec(page) ?? [];
    for (const [of, words] of [
      ['core', 'undecided'],
      ['probe', 'to verify on the network'],
      ['advisory', 'not checked'],
    ] as const) {
      const told = [total, summary, chips].map((text) => new RegExp(`(\\d+) ${words}`).exec(text)?.[1] ?? '0');
      expect(new Set(told).size).toBe(1);
      const [, fold] = new RegExp(`id="open-${of}"[^>]*><summary><h3>.*?: (\\d+) requirements?, `).exec(page) ?? [];
      if (fold !== undefined) expect(fold).toBe(told[0]);
      else expect(told[0]).toBe('0');
    }
    // A question of the list of clusters is one of those that are asked below.
    const [, list = ''] = /<table class="list">([\s\S]*?)<\/table>/.exec(page) ?? [];
    const asked = [...page.matchAll(/, (\d+) questions?</g)].reduce((sum, [, n]) => sum + Number(n), 0);
    for (const [row] of list.matchAll(/<tr><th scope="row">.*?<\/tr>/g)) {
      const numbers = [...row.matchAll(/class="number">(?:<[^>]*>)?(\d+)/g)].map(([, n]) => Number(n));
      expect(numbers[3]).toBeLessThanOrEqual(asked);
    }
  });

  test('has the clusters and pairs of the JSON report as graphs', () => {
    for (const [text, arrow] of [
      [mermaid(view), /^ {2}[co]\d+ (-->|==>|-\.->)\|/gm],
      [dot(view), /^ {2}[co]\d+ -> /gm],
    ] as const) {
      expect(text.match(/^ {2}c\d+(?: ?\[)/gm)).toHaveLength(report.clusters.length);
      expect(text.match(arrow) ?? []).toHaveLength(report.pairs.length);
      expect(text.match(/undecided.*?\| [co]|-> .*undecided/g) ?? []).toHaveLength(
        report.pairs.filter(({ verdict }) => verdict === 'unknown').length,
      );
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

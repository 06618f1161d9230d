// Every golden file through Microsoft's validator, with the rules of GitHub's ingestion on: nothing to report, at any level.

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Log, PhysicalLocation, ReportingDescriptor } from 'sarif';
import { describe, expect, test } from 'vitest';
import { multitool, schemaErrors, validatorFindings } from './sarif-gate.ts';

const golden = fileURLToPath(new URL('golden', import.meta.url));
const files = readdirSync(golden)
  .filter((file) => file.endsWith('.sarif'))
  .map((file) => join(golden, file));
const program = multitool();
const LONG = 120_000;

/** What a report must not have, and the rule that has to see it. */
const faults: readonly [what: string, seenBy: RegExp, spoil: (log: Log) => void][] = [
  [
    'an address with a scheme',
    /GH1005/,
    (log) => eachAddress(log, (location) => ({ ...location, uri: 'k8s://east/pool' })),
  ],
  ['a missing region', /GH1001|GH1003/, (log) => eachPlace(log, (place) => void delete place.region)],
  ['a missing snippet', /SARIF2010/, (log) => eachPlace(log, (place) => void delete place.region?.snippet)],
  ['a message without a period', /SARIF2001/, (log) => eachMessage(log, (text) => text.replace(/\.$/, ''))],
  ['a message that says the same of everything', /SARIF2014/, (log) => eachMessage(log, () => 'it is wrong.')],
  ['placeholders without quotes', /SARIF2015/, (log) => eachMessage(log, (text) => text.replaceAll("'", ''))],
  ['a rule without help', /GH2012/, (log) => eachRule(log, (rule) => void delete rule.help)],
];

describe.skipIf(program === null)('the validator', () => {
  test('has nothing to say about the golden files', { timeout: LONG }, async () => {
    expect(files.length).toBeGreaterThan(0);
    expect(await validatorFindings(program ?? '', files)).toEqual([]);
  });

  test('finds what is wrong', { timeout: LONG }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sarif-spoilt-'));
    try {
      const paths = faults.map(([, , spoil], i) => {
        const log = JSON.parse(readFileSync(join(golden, 'overlap.sarif'), 'utf8')) as Log;
        spoil(log);
        const path = join(folder, `${i}.sarif`);
        writeFileSync(path, JSON.stringify(log));
        return path;
      });
      const found = await validatorFindings(program ?? '', paths);
      for (const [i, [what, expected]] of faults.entries()) {
        expect(found.filter((line) => line.startsWith(`${i}.sarif:`)).join('\n'), what).toMatch(expected);
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

test('the schema finds a result without a message', () => {
  const text = readFileSync(join(golden, 'overlap.sarif'), 'utf8').replaceAll('"message"', '"massage"');
  expect(schemaErrors(text)).not.toEqual([]);
});

function eachPlace(log: Log, change: (place: PhysicalLocation) => void): void {
  for (const result of log.runs[0]?.results ?? []) {
    for (const { physicalLocation } of result.locations ?? []) if (physicalLocation) change(physicalLocation);
  }
}

function eachAddress(
  log: Log,
  change: (location: PhysicalLocation['artifactLocation']) => PhysicalLocation['artifactLocation'],
): void {
  eachPlace(log, (place) => {
    place.artifactLocation = change(place.artifactLocation);
  });
}

function eachRule(log: Log, change: (rule: ReportingDescriptor) => void): void {
  for (const rule of log.runs[0]?.tool.driver.rules ?? []) change(rule);
}

function eachMessage(log: Log, change: (text: string) => string): void {
  eachRule(log, (rule) => {
    for (const message of Object.values(rule.messageStrings ?? {})) message.text = change(message.text);
  });
}

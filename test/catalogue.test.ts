// What holds of all rules together: every requirement has rules, every rule its test and page, and all texts fit every format.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { kinds } from '../src/model/objects/kinds.ts';
import { loadRules } from '../src/registry.ts';
import { rulesIndex } from '../src/report/rule-page.ts';
import { descriptor } from '../src/report/sarif-rule.ts';
import { requirements } from '../src/requirements.ts';
import type { Rule } from '../src/rule.ts';

const rules = await loadRules();

/** Code scanning shows no more of a title or description. */
const LONGEST_DESCRIPTION = 1024;
const LONGEST_MESSAGE = 250;

test.each(requirements)('requirement $id has a rule', ({ id }) => {
  expect(rules.filter((rule) => rule.requirement === id)).not.toEqual([]);
});

test('no rule has the id of another or of a requirement', () => {
  const ids = [...rules.map((rule) => rule.id), ...requirements.map((requirement) => requirement.id)];
  expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toEqual([]);
  const names = rules.map((rule) => descriptor(rule).name);
  expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
});

test('the table of rules is up to date', async () => {
  await expect(rulesIndex(rules)).toMatchFileSnapshot('../rules/README.md');
});

test('no page or test is left of a rule that is gone', () => {
  const ids = new Set(rules.map((rule) => rule.id));
  const named = (folder: string, ending: string): string[] =>
    readdirSync(fileURLToPath(new URL(folder, import.meta.url)))
      .filter((file) => file.endsWith(ending) && file !== 'README.md')
      .map((file) => file.slice(0, -ending.length));
  expect(named('../rules', '.md').filter((id) => !ids.has(id))).toEqual([]);
  expect(named('rules', '.test.ts').filter((id) => !ids.has(id))).toEqual([]);
});

describe.each(rules.map((rule) => [rule.id, rule] as const))('rule %s', (id, rule) => {
  const messages = Object.entries(rule.messages).map(([name, message]) => {
    const { text, severity } = typeof message === 'string' ? { text: message, severity: rule.severity } : message;
    return { name, text, severity };
  });

  test('has a test, which holds its page too', () => {
    const path = fileURLToPath(new URL(`rules/${id}.test.ts`, import.meta.url));
    expect(existsSync(path), `test/rules/${id}.test.ts`).toBe(true);
    expect(readFileSync(path, 'utf8')).toContain('testRule(');
  });

  test('is named in words', () => {
    expect(id).toMatch(/^[a-z][a-z0-9]*(?:-[a-z0-9]+)+$/);
    // What SARIF2012 demands of names.
    expect(descriptor(rule).name).toMatch(/^(\p{Lu}[\p{Ll}\p{Nd}]+)*$/u);
    expect(rule.title).toMatch(/^[^.{}[\]]{10,120}[^.{}[\]\s]$/);
  });

  test('explains itself in whole sentences', () => {
    const { why, fix, limits = 'None.' } = rule.docs;
    for (const text of [why, fix, limits]) {
      expect(text).toMatch(/^[A-Zk-z`].*[.:)`]$/s);
      expect(text.length).toBeLessThanOrEqual(LONGEST_DESCRIPTION);
      // They are message strings of SARIF too, where these have a meaning.
      expect(text).not.toMatch(/[{}[\]]/);
    }
  });

  test('says where the vendor says it', () => {
    for (const { title, url, version } of rule.docs.sources) {
      expect(title.length).toBeGreaterThan(5);
      expect(url).toMatch(/^https:\/\/\S+$/);
      expect(version).toMatch(/\d/);
    }
    // What the vendor does not say at all is told as an inference, unless it breaks the requirement's own sentence.
    if (rule.docs.sources.every((source) => source.inferred === true)) {
      const weak = messages.filter((message) => message.severity === 'warning');
      expect(weak.filter((message) => !/inferred|probably|no documentation/.test(message.text))).toEqual([]);
    }
  });

  test.each(messages)('message $name fits every format', ({ text }) => {
    const placeholders = [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    // DefectDojo drops messages with six; SARIF2014 wants one at least, for what is said of everything says nothing.
    expect(new Set(placeholders).size).toBeGreaterThanOrEqual(1);
    expect(new Set(placeholders).size).toBeLessThanOrEqual(5);
    const words = text.replace(/\{\w+\}/g, 'X');
    expect(words).not.toMatch(/[{}[\]\\\n]/);
    expect(words, 'SARIF puts values in quotes').not.toMatch(/['"`]X|X['"`]/);
    expect(words, 'one sentence without a final period').not.toMatch(/[.;:,\s]$|[.!?] [A-Z]|^\s/);
    expect(text.length).toBeLessThanOrEqual(LONGEST_MESSAGE);
    expect(firstWordIsName(words), 'lower case, unless it begins with a name').toBe(true);
  });

  test('fits code scanning', () => {
    const { name = '', shortDescription, fullDescription, help, helpUri, properties } = descriptor(rule as Rule);
    expect(name.length).toBeLessThanOrEqual(255);
    expect(shortDescription?.text.length).toBeLessThanOrEqual(LONGEST_DESCRIPTION);
    expect(fullDescription?.text.length).toBeLessThanOrEqual(LONGEST_DESCRIPTION);
    expect(help?.text).not.toBe('');
    expect(help?.markdown).toContain(rule.docs.fix);
    expect(helpUri).toMatch(/^https:\/\//);
    expect(properties?.tags?.length).toBeLessThanOrEqual(10);
    expect(['very-high', 'high', 'medium', 'low']).toContain(properties?.precision);
  });
});

/** Kinds of objects, and other words that the vendor writes with a capital first. */
const NAMES = new Set([
  ...kinds.map((kind) => kind.kind),
  ...kinds.map((kind) => `${kind.kind}s`),
  'Typha',
  'Felix',
  'Calico',
  'Kubernetes',
  'Istio',
  'Windows',
  'WireGuard',
  'X',
]);

function firstWordIsName(text: string): boolean {
  const [word = ''] = /^[\w-]+/.exec(text) ?? [];
  return !/^[A-Z][a-z]+$/.test(word) || NAMES.has(word);
}

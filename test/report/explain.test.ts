// What `explain`, `rules` and `requirements` print.

import { describe, expect, test } from 'vitest';
import { AUDITS, audits } from '../../src/audits.ts';
import {
  explainAudit,
  explainRequirement,
  explainRule,
  listRequirements,
  listRules,
} from '../../src/report/explain.ts';
import { displayWidth, type TextOptions } from '../../src/report/terminal.ts';
import { requirements } from '../../src/requirements.ts';
import type { Rule } from '../../src/rule.ts';
import { rule, rules } from './views.ts';

const plain: TextOptions = { width: 80, color: false, unicode: true, maxFindings: 100 };
const golden = (name: string) => `golden/explain/${name}.txt`;
const requirement = (id: string) => {
  const found = requirements.find((r) => r.id === id);
  if (!found) throw new Error(`no requirement ${id}`);
  return found;
};
const overlap = rules.find((r) => r.id === 'pod-cidr-overlap') as Rule;

/** Lines that are wider than the terminal and could have been broken. */
const tooWide = (text: string, width: number) =>
  text
    .split('\n')
    .filter((line) => displayWidth(line) > width && /\S +\S/.test(line.replace(/^ {2}Vendor page +/, '')));

describe.each([60, 80, 120])('at %i columns', (width) => {
  const options = { ...plain, width };
  test.each([
    ['rule', explainRule(overlap, options)],
    ['requirement', explainRequirement(requirement('disjoint-pod-cidrs'), rules, options)],
    ['audit', explainAudit(AUDITS.unused, options)],
    ['rules', listRules(rules, 'table', options)],
    ['requirements', listRequirements(rules, 'table', options)],
  ])('%s', async (name, text) => {
    await expect(text).toMatchFileSnapshot(golden(`${name}-${width}`));
    expect(tooWide(text, width)).toEqual([]);
    expect(text).not.toMatch(/ $/m);
    expect(text).toMatch(/[^\n]\n$/);
  });
});

test('colour is nothing but colour', () => {
  const draw = (color: boolean) => {
    const options = { ...plain, color };
    return [
      explainRule(overlap, options),
      explainRequirement(requirement('disjoint-pod-cidrs'), rules, options),
      listRules(rules, 'table', options),
      listRequirements(rules, 'table', options),
    ].join('');
  };
  expect(draw(true)).toContain('\u001b[');
  expect(draw(true).replace(/\u001b\[\d+m/g, '')).toBe(draw(false));
});

test('tells the severities of messages, worst first, and what no state can settle', () => {
  const mixed: Rule = {
    ...rule('mixed', 'node-reachability', 'A rule', { why: 'It matters.' }),
    needs: [],
    messages: { later: { text: 'a {thing}', severity: 'note' }, first: 'bad {thing}' },
  };
  const text = explainRule(mixed, plain);
  expect(text).toContain('\n  Severity        error, note\n');
  expect(text).toContain('\nMessages\n  error: bad <thing>\n  note: a <thing>\n');
  expect(text).toContain('\n  Needs           nothing: no cluster state can settle it\n');
});

test('says when nothing judges a requirement', () => {
  expect(explainRequirement(requirement('pod-routability'), rules, plain)).toMatch(/\nNo rule judges it\n$/);
});

test('rules as JSON hold what a page is made of', () => {
  const listed = JSON.parse(listRules(rules, 'json', plain));
  expect(listed.map((r: Rule) => r.id)).toEqual([...rules, ...audits].map((r) => r.id));
  expect(listed.find((r: Rule) => r.id === 'pod-cidr-overlap')).toEqual({
    id: 'pod-cidr-overlap',
    title: 'Pod CIDRs of two clusters do not overlap',
    requirement: 'disjoint-pod-cidrs',
    severity: 'error',
    routing: null,
    compares: true,
    needs: ['ipPools'],
    evidence: ['ipamBlocks'],
    docs: overlap.docs,
    messages: { differs: { text: 'found {found}, expected {expected}', severity: 'error' } },
  });
});

test('requirements as JSON name their rules', () => {
  const listed = JSON.parse(listRequirements(rules, 'json', plain));
  expect(listed).toHaveLength(requirements.length);
  expect(listed[3]).toEqual({ ...requirement('disjoint-pod-cidrs'), rules: ['pod-cidr-overlap'] });
});

// The report in Markdown, read back by a parser of GitHub's flavour.

import { lexer, type Token, type Tokens } from 'marked';
import { describe, expect, it, test } from 'vitest';
import { markdown } from '../../src/report/markdown.ts';
import type { View } from '../../src/report/report.ts';
import { copyable } from '../../src/report/terminal.ts';
import { type FindingSpec, tricks, tricky, view, views } from './views.ts';

/** All tokens, those inside of others too. */
function tokensOf(text: string): Token[] {
  const found: Token[] = [];
  const walk = (tokens: readonly Token[]) => {
    for (const token of tokens) {
      found.push(token);
      if ('tokens' in token && token.tokens) walk(token.tokens);
      if (token.type === 'list') walk((token as Tokens.List).items);
      if (token.type === 'table') {
        const { header, rows } = token as Tokens.Table;
        for (const cell of [header, ...rows].flat()) walk(cell.tokens);
      }
    }
  };
  walk(lexer(text));
  return found;
}

/** What is text, and so is searched for mentions and the like, without code between tags. */
function textsOf(tokens: readonly Token[]): string[] {
  const texts: string[] = [];
  let inside = false;
  for (const token of tokens) {
    if (token.type === 'html') inside = token.raw === '<code>';
    else if (token.type === 'text' && !('tokens' in token) && !inside) texts.push(token.raw);
  }
  return texts;
}

/** The types of tokens that the reporter means. */
const MEANT = /^(heading|paragraph|text|strong|codespan|code|list|list_item|table|space|html)$/;

test.each(Object.entries({ ...views, tricky }))('%s', async (name, of) => {
  const text = markdown(of);
  await expect(text).toMatchFileSnapshot(`golden/markdown/${name}.md`);
  const tokens = tokensOf(text);
  expect(tokens.filter(({ type }) => !MEANT.test(type))).toEqual([]);
  for (const token of tokens) if (token.type === 'html') expect(token.raw).toMatch(/^<\/?code>$/);
  for (const plain of textsOf(tokens)) expect(plain).not.toMatch(/[@#<>`|*_~$\\]|:\S|www\.|GH-\d/);
  const { findings, clusters } = of.report;
  const commands = new Set(tokens.flatMap((token) => (token.type === 'code' ? token.text.split('\n') : [])));
  for (const { fix, suppressed } of findings) {
    if (fix?.command === undefined || suppressed !== null) continue;
    for (const line of copyable(fix.command)) expect(commands).toContain(line);
  }
  const table = tokens.find((token): token is Tokens.Table => token.type === 'table');
  expect(table?.header).toHaveLength(1 + Math.min(12, clusters.length));
});

const one: FindingSpec = {
  rule: 'pod-cidr-overlap',
  requirement: 'disjoint-pod-cidrs',
  clusters: ['east'],
  text: 'a pool overlaps',
};
const draw = (findings: readonly FindingSpec[]) => markdown(view({ clusters: ['east'], findings }));

it('puts errors before warnings before questions before notes before what is suppressed', () => {
  const findings = (['note', 'unknown', 'warn', 'fail'] as const).map((verdict) => ({ ...one, verdict }));
  const text = draw([{ ...one, suppressed: 'known' }, ...findings]);
  expect([...text.matchAll(/^##+ (.*)$/gm)].map(([, heading]) => heading)).toEqual([
    '❌ mesh-preflight: not ready',
    'Errors',
    'Warnings',
    'Undecided',
    'Notes',
    'Suppressed: 1 finding',
  ]);
  expect(text).toContain('- `pod-cidr-overlap` a pool overlaps (reason: known)\n');
});

describe('a word', () => {
  it.each([
    ['10.48.0.0/16', '10.48.0.0/16'],
    ['it,', 'it,'],
    ['calico_system.', '`calico_system`.'],
    ['@team', '`@team`'],
    ['fd00:100:200::/48,', '`fd00:100:200::/48`,'],
    ['a|b', '<code>a&#124;b</code>'],
    ['`', '<code>&#96;</code>'],
    ['<b>', '`<b>`'],
    ['https://example.com', '`https://example.com`'],
    ['GH-12', '`GH-12`'],
    ['a\nb', '`a\\nb`'],
    ['東京', '東京'],
  ])('%j is written %s', (word, written) => {
    expect(draw([{ ...one, text: `of ${word}` }])).toContain(`**of ${written}**\n`);
  });
});

it('gives a command in a block that it cannot end', () => {
  const command = 'cat <<EOF\n```\n````\nEOF';
  expect(draw([{ ...one, fix: { title: 'do', command } }])).toContain(
    `\nFix: do\n\n\`\`\`\`\`sh\n${command}\n\`\`\`\`\`\n`,
  );
});

it('shows the worst clusters of many, and says so', () => {
  const text = markdown(views.thirtyClusters);
  expect(text.split('\n').find((line) => line.startsWith('| requirement'))).toMatch(
    /`prod-eu-west-7` \|.* `prod-eu-west-13` \|.* `prod-eu-west-20` \|/,
  );
  expect(text).toContain('; 18 clusters with no worse verdicts not shown\n');
});

it('stays below what GitHub takes for a summary, and says what it left out', () => {
  const fix = { title: 'change it', command: `東${'x'.repeat(1_000)}` };
  const many = (verdict: FindingSpec['verdict'], n: number) =>
    Array.from({ length: n }, (_, i) => ({ ...one, verdict, fix, text: `${verdict} ${i}` }) as FindingSpec);
  const of: View = view({
    clusters: ['east'],
    findings: [...many('note', 10), ...many('fail', 2_000), ...many('warn', 50)],
  });
  const text = markdown(of);
  const shown = text.match(/^\*\*fail \d+\*\*$/gm)?.length ?? 0;
  expect(Buffer.byteLength(text)).toBeLessThan(900_000);
  expect(Buffer.byteLength(text)).toBeGreaterThan(890_000);
  expect(text.slice(text.lastIndexOf('\n\n') + 2)).toBe(
    `Left out, as a summary may not be longer: ${(2_000 - shown).toLocaleString('en')} errors, 50 warnings, 10 notes. \`-o json\` holds all.\n`,
  );
});

it('tells all tricks', () => {
  expect(markdown(tricky).match(/^\*\*pool/gm)?.length).toBeGreaterThanOrEqual(3 * tricks.length);
});

// The generated part of the README.

import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { loadRules } from '../src/registry.ts';
import { requirements } from '../src/requirements.ts';
import { root } from './kit/examples.ts';

test('the table of requirements is that of the catalogue', async () => {
  const rules = await loadRules();
  const rows = requirements.map(({ id, title, routing, class: of, page }) => {
    const own = rules.filter((r) => r.requirement === id);
    return `| [\`${id}\`](${page}) | ${title} | ${routing ?? 'both'} | ${of} | ${own.length} |`;
  });
  const table = ['| requirement | holds when | mode | class | rules |', '|---|---|---|---|---|', ...rows].join('\n');
  const file = path.join(root, 'README.md');
  const text = fs.readFileSync(file, 'utf8');
  const marked = /(<!-- requirements: [^>]* -->\n)[\s\S]*(<!-- end of requirements -->)/;
  expect(text).toMatch(marked);
  await expect(
    text.replace(marked, (_, start: string, end: string) => `${start}\n${table}\n\n${end}`),
  ).toMatchFileSnapshot(file);
});

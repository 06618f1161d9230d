// The generated parts of the README, in one test: each would write the whole file.

import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { loadRules } from '../src/registry.ts';
import { requirements } from '../src/requirements.ts';
import { root } from './kit/examples.ts';

/** The text between the marks of a part, by its name. */
async function parts(): Promise<Readonly<Record<string, string>>> {
  const rules = await loadRules();
  const rows = requirements.map(({ id, title, routing, class: of, page }) => {
    const own = rules.filter((r) => r.requirement === id);
    return `| [\`${id}\`](${page}) | ${title} | ${routing ?? 'both'} | ${of} | ${own.length} |`;
  });
  const example = fs.readFileSync(path.join(root, 'examples/library/check.mjs'), 'utf8');
  return {
    requirements: ['| requirement | holds when | mode | class | rules |', '|---|---|---|---|---|', ...rows].join('\n'),
    library: `\`\`\`js\n${example}\`\`\``,
  };
}

test('the table of requirements is that of the catalogue, and the program in JavaScript is the example', async () => {
  const file = path.join(root, 'README.md');
  const text = fs.readFileSync(file, 'utf8');
  let generated = text;
  for (const [name, part] of Object.entries(await parts())) {
    const marked = new RegExp(`(<!-- ${name}: [^>]* -->\\n)[\\s\\S]*(<!-- end of ${name} -->)`);
    expect(text).toMatch(marked);
    generated = generated.replace(marked, (_, start: string, end: string) => `${start}\n${part}\n\n${end}`);
  }
  await expect(generated).toMatchFileSnapshot(file);
});

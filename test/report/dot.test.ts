// The mesh in the DOT language, read by Graphviz where it is installed.

import { spawnSync } from 'node:child_process';
import { expect, it, test } from 'vitest';
import { dot } from '../../src/report/dot.ts';
import { sanitise } from '../../src/report/terminal.ts';
import { graphs } from './graph-views.ts';
import { tricks } from './views.ts';

const { error } = spawnSync('dot', ['-V']);
if (error) process.stderr.write('no Graphviz: dot is not installed; set REQUIRE_GRAPHVIZ=1 to make that a failure\n');
const skipped = error !== undefined && process.env.REQUIRE_GRAPHVIZ !== '1';

interface Drawn {
  readonly objects: readonly { readonly name: string; readonly label: string }[];
  readonly edges: readonly { readonly label: string; readonly style: string }[];
}

/** What Graphviz makes of a graph; it throws where that is not one, or where there is anything to say about it. */
function drawn(text: string): Drawn {
  const { stdout, stderr, status } = spawnSync('dot', ['-Tjson0'], { input: text, encoding: 'utf8' });
  expect([status, stderr.replace(/^.*(?:fontconfig|font).*\n/gim, '')]).toEqual([0, '']);
  return { objects: [], edges: [], ...JSON.parse(stdout) };
}

test.each(Object.entries(graphs))('%s', async (name, of) => {
  const text = dot(of);
  await expect(text).toMatchFileSnapshot(`golden/dot/${name}.dot`);
  const attributes = '(?:label="(?:[^"\\\\]|\\\\.)*"(?:, [a-z]+=(?:[a-z]+|"#[0-9a-f]{6}"))*)';
  const statement = new RegExp(
    `^  (?://.*|charset=.*|rankdir=LR|(?:node|edge) \\[.*\\]|[co]\\d+(?: -> [co]\\d+)? \\[${attributes}\\])$`,
  );
  const [first, ...lines] = text.trimEnd().split('\n');
  expect([first, lines.pop()]).toEqual(['digraph mesh {', '}']);
  expect(lines.filter((line) => !statement.test(line))).toEqual([]);
});

test.skipIf(skipped).each(Object.entries(graphs))('Graphviz draws %s', (_, of) => {
  const text = dot(of);
  const { objects, edges } = drawn(text);
  expect(objects).toHaveLength(text.match(/^ {2}[co]\d+ \[/gm)?.length ?? 0);
  expect(edges).toHaveLength(text.match(/^ {2}[co]\d+ -> /gm)?.length ?? 0);
});

it.skipIf(skipped)('gives Graphviz names as they are', () => {
  const { objects } = drawn(dot(graphs.tricky));
  const labels = objects.map(({ label }) => label.replaceAll('&amp;', '&').split('\\n').at(0) ?? '');
  const short = tricks.map(sanitise).filter((name) => name.length <= 40 && !name.includes('\\'));
  expect(labels).toEqual(expect.arrayContaining(short));
});

it('draws what is not known dotted', () => {
  const lines = dot(graphs.mixture).split('\n');
  const unknown = lines.filter((line) => line.includes(' -> ') && line.includes('undecided'));
  expect(unknown).toHaveLength(2);
  for (const line of unknown) expect(line).toContain('style=dotted');
});

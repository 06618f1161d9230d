// The picture of the README: drawn from what the program prints of an example, and up to date.

import path from 'node:path';
import { expect, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { table } from '../../src/report/table.ts';
import { checkInput, readExample, root } from '../kit/examples.ts';
import { svgOf } from './ansi-svg.ts';

const EXAMPLE = 'overlapping-pools';
const WIDTH = 96;

/** The first finding, the matrix and the total: a picture is looked at, not read to the end. */
function excerptOf(printed: string): string {
  const blocks = printed.trimEnd().split('\n\n');
  const matrix = blocks.findIndex((block) => block.includes('Requirement  '));
  const parts = [blocks.slice(0, 4), blocks.slice(matrix, matrix + 3), blocks.slice(-1)];
  return parts.map((part) => part.join('\n\n')).join('\n\n\u001b[2m⋮\u001b[22m\n\n');
}

test('the picture shows what the example prints', async () => {
  const checked = await checkInput(readExample(EXAMPLE));
  const { name, version } = manifest;
  const view = { ...checked, report: { ...checked.report, tool: { name, version } }, exitReason: 'exit 1: not ready' };
  const printed = [...table(view, { width: WIDTH, color: true, unicode: true, maxFindings: 100 })].join('');
  const shell = `$ ${name} check examples/${EXAMPLE}\n\n${excerptOf(printed)}`;
  const svg = svgOf(shell, `What ${name} prints of two clusters whose pod ranges overlap`, WIDTH);
  await expect(svg).toMatchFileSnapshot(path.join(root, 'examples', EXAMPLE, 'output.svg'));
});

test('a picture is well-formed, keeps columns and drops nothing', () => {
  const svg = svgOf(
    '\u001b[1m\u001b[31m✗ a<b & "c"\u001b[39m\u001b[22m  d\n\n   \u001b[34m│\u001b[39m ^^',
    'a & b',
    20,
  );
  expect(svg).toContain('<title>a &amp; b</title>');
  expect(svg).toContain('<tspan x="16" textLength="92.4" class="b red">✗ a&lt;b &amp; "c"</tspan>');
  expect(svg).toContain('<tspan x="125.2" textLength="8.4">d</tspan>');
  expect(svg).toContain(
    '<tspan x="41.2" textLength="8.4" class="blue">│</tspan><tspan x="58" textLength="16.8">^^</tspan>',
  );
  expect(svg).not.toContain('\u001b');
});

test('a picture breaks lines where a terminal does', () => {
  const svg = svgOf('\u001b[36mabcdefgh\u001b[39m', 'x', 5);
  expect(svg).toContain(
    '<text y="30" xml:space="preserve"><tspan x="16" textLength="42" class="cyan">abcde</tspan></text>',
  );
  expect(svg).toContain(
    '<text y="49" xml:space="preserve"><tspan x="16" textLength="25.2" class="cyan">fgh</tspan></text>',
  );
});

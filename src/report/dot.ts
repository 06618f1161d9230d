// The mesh as a graph in the DOT language of Graphviz. Reads the View only.

import type { Verdict } from '../rule.ts';
import { graphOf } from './graph.ts';
import type { View } from './report.ts';

const LINE: Readonly<Record<Verdict | 'outside', string>> = {
  fail: 'color="#cf222e", style=bold',
  unknown: 'color="#8250df", style=dotted',
  warn: 'color="#bf8700", style=solid',
  pass: 'color="#1a7f37", style=solid',
  'not-applicable': 'color="#6e7781", style=solid',
  outside: 'color="#6e7781", style=dashed',
};

/** Syntax of Graphviz 2.43 and later. */
export function dot({ report }: View): string {
  const { nodes, edges, remarks } = graphOf(report);
  const lines = [
    ...remarks.map((remark) => `// ${remark}`),
    'charset="UTF-8"',
    'rankdir=LR',
    'node [shape=box, fontname="sans-serif"]',
    'edge [fontname="sans-serif", fontsize=10]',
  ];
  for (const { id, name, word, verdict } of nodes) {
    const label = word === null ? [name] : [name, word];
    lines.push(`${id} [label=${quoted(label)}, ${LINE[verdict]}${word === null ? ', shape=oval' : ''}]`);
  }
  for (const { from, to, verdict, label } of edges) {
    lines.push(`${from} -> ${to} [label=${quoted(label)}, ${LINE[verdict]}]`);
  }
  return `digraph mesh {\n${lines.map((line) => `  ${line}\n`).join('')}}\n`;
}

/** A label: a backslash starts an escape, and `&` an entity of HTML, as in no other string of the language. */
function quoted(lines: readonly string[]): string {
  const escaped = lines.map((line) => line.replace(/[\\"]/g, '\\$&').replaceAll('&', '&amp;'));
  return `"${escaped.join('\\n')}"`;
}

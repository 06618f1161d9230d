// The mesh as a Mermaid flowchart, which GitHub and GitLab draw in Markdown. Reads the View only.

import type { Verdict } from '../rule.ts';
import { type Edge, type Graph, graphOf } from './graph.ts';
import type { View } from './report.ts';
import { VERDICT } from './words.ts';

const COLOUR: Readonly<Record<Verdict | 'outside', string>> = {
  fail: '#cf222e',
  unknown: '#8250df',
  warn: '#bf8700',
  pass: '#1a7f37',
  'not-applicable': '#6e7781',
  outside: '#6e7781',
};

/** Dotted is what is not known, thick what fails. */
const ARROW: Readonly<Record<Verdict, string>> = {
  fail: '==>',
  unknown: '-.->',
  warn: '-->',
  pass: '-->',
  'not-applicable': '-->',
};

/** Mermaid 11 draws no longer text (config.schema.yaml: maxTextSize). */
const MOST_CHARACTERS = 50_000;

/** Syntax of Mermaid 11. Where the labels of the connections make it too long, they tell the verdict alone. */
export function mermaid({ report }: View): string {
  const graph = graphOf(report);
  const text = flowchart(graph, ({ label }) => label);
  return text.length < MOST_CHARACTERS ? text : flowchart(graph, ({ verdict }) => [VERDICT[verdict]]);
}

function flowchart({ nodes, edges, remarks }: Graph, labelOf: (edge: Edge) => readonly string[]): string {
  const classes = Object.keys(COLOUR) as (keyof typeof COLOUR)[];
  const lines = remarks.map((remark) => `%% ${remark}`);
  for (const { id, name, word } of nodes) {
    const [open, close] = word === null ? ['([', '])'] : ['[', ']'];
    const label = word === null ? entities(name) : `${entities(name)}<br/>${word}`;
    lines.push(`${id}${open}"${label}"${close}`);
  }
  for (const edge of edges) {
    const label = labelOf(edge).map(entities).join('<br/>');
    lines.push(`${edge.from} ${ARROW[edge.verdict]}|"${label}"| ${edge.to}`);
  }
  for (const verdict of classes) {
    const own = nodes.filter((node) => node.verdict === verdict).map(({ id }) => id);
    if (own.length === 0) continue;
    const dashes = verdict === 'unknown' || verdict === 'outside' ? ',stroke-dasharray:4' : '';
    lines.push(`classDef ${verdict} stroke:${COLOUR[verdict]},stroke-width:2px${dashes}`);
    lines.push(`class ${own.join(',')} ${verdict}`);
  }
  for (const verdict of classes) {
    const own = edges.flatMap((edge, i) => (edge.verdict === verdict ? [i] : []));
    if (own.length > 0) lines.push(`linkStyle ${own.join(',')} stroke:${COLOUR[verdict]}`);
  }
  return `flowchart LR\n${lines.map((line) => `  ${line}\n`).join('')}`;
}

/**
 * Text inside quotes. Whatever is not a letter, a digit or harmless is written as an entity of Mermaid: quotes and backticks end or change
 * a string, `%%{` is a directive even inside one, `<` and `&` are HTML, and `#` starts an entity. A backslash and an n are a line break
 * to it, even as entities, unless something that is not seen stands between them.
 */
function entities(text: string): string {
  const apart = text.replace(/\\(?=n)/g, '$&\u2060');
  return apart.replace(/[^\p{L}\p{N}\p{M} ._/…-]/gu, (character) => `#${character.codePointAt(0)};`);
}

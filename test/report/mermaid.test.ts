// The mesh as a Mermaid flowchart, held to a grammar that is stricter than Mermaid's own. What Mermaid makes of it is tested with a browser.

import { expect, it, test } from 'vitest';
import { mermaid } from '../../src/report/mermaid.ts';
import { graphs } from './graph-views.ts';
import { tricks, view } from './views.ts';

/** Text in quotes: nothing but letters, digits, a few harmless signs, entities by number, and line breaks of ours. */
const TEXT = '"(?:[\\p{L}\\p{N}\\p{M} ._/…-]|#\\d+;|<br/>)+"';
const NODE = new RegExp(`^  ([co]\\d+)(?:\\[${TEXT}\\]|\\(\\[${TEXT}\\]\\))$`, 'u');
const EDGE = new RegExp(`^  ([co]\\d+) (?:-->|==>|-\\.->)\\|${TEXT}\\| ([co]\\d+)$`, 'u');
const STYLES = [
  /^ {2}%% [\w .,:-]+$/,
  /^ {2}classDef [a-z-]+ stroke:#[0-9a-f]{6},stroke-width:2px(,stroke-dasharray:4)?$/,
  /^ {2}class [co]\d+(,[co]\d+)* [a-z-]+$/,
  /^ {2}linkStyle \d+(,\d+)* stroke:#[0-9a-f]{6}$/,
];

test.each(Object.entries(graphs))('%s', async (name, of) => {
  const text = mermaid(of);
  await expect(text).toMatchFileSnapshot(`golden/mermaid/${name}.mmd`);
  const [first, ...lines] = text.trimEnd().split('\n');
  expect(first).toBe('flowchart LR');
  const nodes = lines.flatMap((line) => NODE.exec(line)?.[1] ?? []);
  const edges = lines.flatMap((line) => EDGE.exec(line)?.slice(1) ?? []);
  expect(lines.filter((line) => ![NODE, EDGE, ...STYLES].some((form) => form.test(line)))).toEqual([]);
  expect(new Set(nodes).size).toBe(nodes.length);
  for (const end of edges) expect(nodes).toContain(end);
  const styled = lines.flatMap((line) => /^ {2}linkStyle (\S+)/.exec(line)?.[1]?.split(',') ?? []);
  expect(styled.map(Number).sort((a, b) => a - b)).toEqual(edges.slice(edges.length / 2).map((_, i) => i));
  // Mermaid 11 draws no more (maxTextSize, maxEdges).
  expect(text.length).toBeLessThan(50_000);
  expect(edges.length / 2).toBeLessThan(500);
});

it('shows what fails and what is not known', () => {
  const text = mermaid(graphs.mixture);
  expect(text).toContain('  c0["east<br/>fail"]\n  c1["north<br/>undecided"]\n  c2["west<br/>pass"]\n');
  expect(text).toContain('  c2 ==>|"east-old<br/>fail<br/>a-rule<br/>b-rule<br/>2 more rules"| c0\n');
  expect(text).toContain('  c2 -.->|"north<br/>undecided<br/>access-secret-present"| c1\n');
  expect(text).toContain('  c1 ==>|"no remote<br/>fail<br/>remotes-lead-both-ways"| c0\n');
  expect(text).toContain('  c2 -.->|"lab<br/>undecided<br/>remotes-lead-both-ways"| o1\n');
});

it('draws what does not pass where there are many clusters, and says so', () => {
  const text = mermaid(graphs.large);
  expect(text).toMatch(/\n {2}%% 41 of 400 clusters drawn\n {2}%% connections that pass are not drawn, as/);
  expect(text.match(/==>/g)).toHaveLength(20);
  expect(text).toContain('["cluster-007<br/>fail"]');
  expect(mermaid(graphs.broken)).toMatch(/\n {2}%% 198 of 800 other connections drawn, the worst first\n/);
});

it('is the same in any order', () => {
  const { report } = graphs.mixture;
  const turned = {
    ...report,
    clusters: [...report.clusters].reverse(),
    pairs: [...report.pairs].reverse(),
  };
  expect(mermaid({ ...graphs.mixture, report: turned })).toBe(mermaid(graphs.mixture));
});

it('draws names of any length', () => {
  const clusters = tricks.flatMap((trick) => Array.from({ length: 10 }, (_, i) => `${trick.repeat(40)}${i}`));
  const pairs = clusters.flatMap((from, i) =>
    [1, 2, 3].map((step) => ({
      from,
      to: clusters[(i + step) % clusters.length] ?? '',
      remote: from,
      verdict: 'fail' as const,
      because: [from, from],
    })),
  );
  expect(mermaid(view({ clusters, pairs })).length).toBeLessThan(50_000);
});

// The flowcharts drawn by Mermaid itself, in a browser: without an error, with every cluster and every connection, and with names as text.

import { createRequire } from 'node:module';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mermaid } from '../../src/report/mermaid.ts';
import type { View } from '../../src/report/report.ts';
import { clip, sanitise } from '../../src/report/terminal.ts';
import { browserIsMissing, openBrowser } from '../kit/browser.ts';
import { checkInput, examples, readExample } from '../kit/examples.ts';
import { graphs } from './graph-views.ts';

const missing = browserIsMissing();

const require = createRequire(import.meta.url);
/** Mermaid 11 in one file: all but mind maps, architecture diagrams and formulas. */
const PROGRAM = require.resolve('@mermaid-js/tiny');

const views = new Map<string, View>(Object.entries(graphs));
for (const example of missing ? [] : examples)
  views.set(example, { ...(await checkInput(readExample(example))), exitReason: 'exit 0' });

interface Drawn {
  /** Texts of what stands for clusters, line by line. */
  readonly nodes: readonly string[];
  readonly edges: number;
  /** What is no part of a drawing. */
  readonly strange: readonly string[];
}

/** Runs in the page. */
const DRAW = `async (text) => {
  const { svg } = await mermaid.render('drawing', text);
  document.body.innerHTML = svg;
  const linesOf = (node) => node.querySelector('.nodeLabel').innerText.trim();
  return {
    nodes: [...document.querySelectorAll('.node')].map(linesOf),
    edges: document.querySelectorAll('path.flowchart-link').length,
    strange: [...document.querySelectorAll('svg :is(script, a, img, iframe, [onclick], [onerror])')].map((e) => e.outerHTML),
  };
}`;

describe.skipIf(missing)('Mermaid', () => {
  let browser: Browser;
  let page: Page;
  const wanted: string[] = [];
  const said: string[] = [];
  beforeAll(async () => {
    browser = await openBrowser();
    page = await browser.newPage();
    page.on('request', (request) => wanted.push(request.url()));
    page.on('console', (message) => said.push(message.text()));
    page.on('pageerror', (error) => said.push(error.message));
    page.on('dialog', (dialog) => said.push(dialog.message()));
    await page.addScriptTag({ path: PROGRAM });
    await page.evaluate("mermaid.initialize({ startOnLoad: false, securityLevel: 'strict' })");
  });
  afterAll(() => browser?.close());

  it.each([...views.keys()])('draws %s', { timeout: 60_000 }, async (name) => {
    const view = views.get(name);
    if (!view) throw new Error(name);
    const text = mermaid(view);
    const { nodes, edges, strange } = await page.evaluate<Drawn>(`(${DRAW})(${JSON.stringify(text)})`);
    expect(nodes).toHaveLength(text.match(/^ {2}[co]\d+[[(]/gm)?.length ?? 0);
    expect(edges).toBe(text.match(/^ {2}[co]\d+ (?:-->|==>|-\.->)/gm)?.length ?? 0);
    const { clusters } = view.report;
    const spaced = (name: string) => name.replaceAll('\u2060', '').replace(/\s+/g, ' ');
    const told = nodes.map((lines) => spaced(lines.split('\n')[0] ?? ''));
    // Of more than twelve not all are drawn.
    for (const { name } of clusters.length > 12 ? [] : clusters)
      expect(told).toContain(spaced(clip(sanitise(name), 40, '…', 12)));
    expect(strange).toEqual([]);
    expect(wanted).toEqual([]);
    expect(said).toEqual([]);
  });

  it('refuses what is no flowchart', async () => {
    await expect(page.evaluate(`(${DRAW})("flowchart LR\\n  c0[")`)).rejects.toThrow(/Parse error/);
  });
});

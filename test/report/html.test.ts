// The report as a page: what it holds, that it agrees with the JSON report, and that nothing of the input gets out of its place. How it
// looks is tested with a browser.

import { createHash } from 'node:crypto';
import { describe, expect, it, test } from 'vitest';
import { html } from '../../src/report/html/html.ts';
import type { View } from '../../src/report/report.ts';
import { checkInput, examples, readExample } from '../kit/examples.ts';
import { forged, forty, planned, rich } from './html-views.ts';
import { type FindingSpec, view, views } from './views.ts';

const page = (of: View, maxFindings = 100) => [...html(of, { maxFindings })].join('');

/** Without the style, whose every change would be one of all pages. */
const unstyled = (text: string) =>
  text.replace(/<style>[\s\S]*<\/style>/, '<style>…</style>').replace(/sha256-[^']+/, 'sha256-…');

const golden = { overlap: views.overlap, undecided: views.undecided, notes: views.notes, rich, forged };
test.each(Object.entries(golden))('%s', async (name, of) => {
  await expect(unstyled(page(of))).toMatchFileSnapshot(`golden/html/${name}.html`);
});

const checked = new Map<string, View>();
for (const example of examples)
  checked.set(example, { ...(await checkInput(readExample(example))), exitReason: 'exit 0: ready' });

const every: [string, View][] = [...Object.entries({ ...views, rich, forty, forged }), ...checked];

const matches = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, group = '']) => group);

/** Elements that are opened and not closed, or closed and not open. */
function unbalanced(text: string): string[] {
  const open: string[] = [];
  const wrong: string[] = [];
  for (const [tag, closing, name = '', self] of text.matchAll(/<(\/?)([a-z][a-z0-9-]*)\b[^>]*?(\/?)>/gi)) {
    if (self || /^(meta|br)$/.test(name)) continue;
    if (!closing) open.push(name);
    else if (open.pop() !== name) wrong.push(tag);
  }
  return [...wrong, ...open];
}

describe.each(every)('the page of %s', (_, of) => {
  const text = page(of);
  const body = text.replace(/<style>[\s\S]*<\/style>/, '');

  it('runs, loads and sends nothing', () => {
    const style = /<style>([\s\S]*)<\/style>/.exec(text)?.[1] ?? '';
    const hash = createHash('sha256').update(style).digest('base64');
    expect(text).toContain(
      `content="default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'"`,
    );
    expect(body).not.toMatch(/<(script|link|img|iframe|object|embed|form|base|image|foreignObject|animate|set)\b/i);
    expect(body).not.toMatch(/<[^>]*\s(on\w+|style|src|srcset|action|xlink:href)=/i);
    expect(matches(body, /\shref="([^"]*)"/g).filter((href) => !/^#[a-z0-9-]+$/.test(href))).toEqual([]);
    expect(style).not.toMatch(/@import|url\((?!#)|expression/);
  });

  it('is well-formed, and every link has its target', () => {
    expect(unbalanced(body)).toEqual([]);
    const ids = matches(body, /\sid="([^"]*)"/g);
    expect(new Set(ids).size).toBe(ids.length);
    const targets = matches(body, /\shref="#([^"]*)"/g);
    expect(targets.filter((target) => !ids.includes(target))).toEqual([]);
    expect(matches(body, /aria-labelledby="([^"]*)"/g).filter((id) => !ids.includes(id))).toEqual([]);
  });

  it('holds no control character', () => {
    expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u200b\u2028\u2029\u202a-\u202e\u2066-\u2069]/u);
  });

  it('has the findings of the JSON report', () => {
    const told = matches(body, /\sdata-fingerprint="([^"]*)"/g);
    expect(told.sort()).toEqual(of.report.findings.map((f) => f.fingerprint).sort());
  });

  it('has the verdicts of the JSON report', () => {
    const { requirements, clusters, verdict } = of.report;
    const tones = { fail: 'fail', unknown: 'unknown', warn: 'warn', pass: 'pass', 'not-applicable': 'idle' };
    const words = { ready: 'Ready', 'not-ready': 'Not ready', 'not-proven': 'Not proven' };
    expect(matches(body, /<h1>([^<]*)<\/h1>/g)).toEqual([words[verdict]]);
    for (const { id, verdict, clusters: own } of requirements) {
      const row = new RegExp(`<tr data-requirement="${id}">[\\s\\S]*?</tr>`).exec(body)?.[0];
      const expected = [verdict, ...clusters.map(({ name }) => own[name] ?? verdict)];
      if (row) expect(matches(row, /class="v (\w+)"/g)).toEqual(expected.map((v) => tones[v]));
      else expect(new Set(expected)).toEqual(new Set(['not-applicable']));
    }
  });
});

describe('a finding', () => {
  const text = page(views.overlap);

  it('shows both sources with what is meant', () => {
    expect(matches(text, /<mark>([^<]*)<\/mark>/g)).toEqual(['10.48.0.0/16', '10.48.128.0/17']);
    expect(matches(text, /<code class="at">([^<]*)</g)).toEqual(['east/ippools.yaml:6:9', 'west/ippools.yaml:7:9']);
  });

  it('has its command as it is to be copied', () => {
    const { command } = views.overlap.report.findings[0]?.fix ?? {};
    const [shown = ''] = matches(text, /<pre class="command"><code>([\s\S]*?)<\/code>/g);
    expect(shown.replaceAll('&lt;', '<')).toBe(`${command}\n`);
  });

  it('is linked from the cells that it decides', () => {
    const { fingerprint } = views.overlap.report.findings[0] ?? {};
    const linked = matches(text, new RegExp(`href="#f-${fingerprint}" aria-label="([^"]*)"`, 'g'));
    expect(linked).toEqual([
      'disjoint-pod-cidrs in the mesh: fail',
      'disjoint-pod-cidrs in east: fail',
      'disjoint-pod-cidrs in west: fail',
    ]);
  });

  const many = Array.from(
    { length: 12 },
    (): FindingSpec => ({
      rule: 'pod-cidr-overlap',
      requirement: 'disjoint-pod-cidrs',
      clusters: ['east'],
      text: 'a pool overlaps',
    }),
  );

  it('is told in short after many like it', () => {
    const text = page(view({ clusters: ['east'], findings: many }), 10);
    expect(matches(text, /<(article) class="finding/g)).toHaveLength(10);
    expect(text).toContain('<summary>2 more of <code>pod-cidr-overlap</code></summary>');
    expect(matches(text, /data-fingerprint="([^"]*)"/g)).toHaveLength(12);
  });
});

describe('the matrix of clusters', () => {
  const rowOf = (text: string, from: string) =>
    new RegExp(`<tr data-from="${from}">([\\s\\S]*?)</tr>`).exec(text)?.[1] ?? '';

  it('is directed, and shows where no remote leads', () => {
    const text = page(rich);
    expect(matches(rowOf(text, 'eu-1'), /aria-label="([^"]*)"/g)).toEqual([
      'eu-1 to eu-2, remote eu-2: fail',
      'eu-1 to lab, remote lab: undecided',
      'eu-1 to us-east, remote us-east: pass',
      'eu-1 to us-west, no remote: fail',
    ]);
    expect(matches(rowOf(text, 'lab'), /aria-label="([^"]*)"/g).at(-1)).toBe(
      'lab to an unknown cluster, remote old-lab: undecided',
    );
  });

  it('has the worst of sixty clusters where there are more', () => {
    const clusters = Array.from({ length: 90 }, (_, i) => `c${i}`);
    const bad = { from: 'c88', to: 'c89', remote: null, verdict: 'fail' as const, because: [] };
    const text = page(view({ clusters, differing: [bad] }));
    expect(matches(text, /<tr data-from="([^"]*)">/g)).toHaveLength(60);
    expect(rowOf(text, 'c88')).not.toBe('');
    expect(text).toContain('30 clusters with no worse verdicts not shown');
  });
});

describe('the topology', () => {
  it.each([
    [1, 0],
    [2, 1],
    [12, 1],
    [13, 0],
  ])('of %d clusters is drawn %d times', (n, times) => {
    const clusters = Array.from({ length: n }, (_, i) => `c${i}`);
    expect(matches(page(view({ clusters })), /<(figure) class="topology">/g)).toHaveLength(times);
  });

  it('says what leads where', () => {
    const kinds = matches(page(rich), /<g class="way ([\w ]+)"><line x1="\d{2,}/g);
    expect(kinds.filter((kind) => kind === 'both fail')).toHaveLength(5);
    expect(kinds.filter((kind) => kind === 'one fail')).toHaveLength(1);
    expect(kinds.filter((kind) => kind === 'one untold unknown')).toHaveLength(3);
    expect(kinds.filter((kind) => kind === 'both pass')).toHaveLength(1);
  });
});

describe('the address plan', () => {
  const plan = (...of: Parameters<typeof planned>[]) => {
    const addressPlan = of.map((each) => planned(...each));
    const text = page(view({ clusters: addressPlan.map((p) => p.cluster), addressPlan }));
    const [table = ''] = matches(text, /<table class="plan[^"]*">([\s\S]*?)<\/table>/g);
    const boxes = (text: string, pattern = 'rect') =>
      [...text.matchAll(new RegExp(`<${pattern} x="([^"]*)" y="[^"]*" width="([^"]*)"`, 'g'))].map(
        ([, x, width]) => [Number(x), Number(x) + Number(width)] as const,
      );
    const [blanks = ''] = matches(table, /<g id="blank-4" class="blank">(.*?)<\/g>/g);
    const [bands = ''] = matches(table, /<g id="shared-4" class="shared">(.*?)<\/g>/g);
    return { text, table, bars: boxes(table, 'rect class="bar[^"]*"'), bands: boxes(bands), blanks: boxes(blanks) };
  };

  it('is left out where nothing is known', () => {
    expect(page(view({ clusters: ['a', 'b'] }))).not.toContain('Pod addresses');
  });

  it('keeps the order, cuts out what nobody uses, and makes everything visible', () => {
    const { bars, blanks, table } = plan(['a', ['10.0.0.0/8']], ['b', ['192.168.0.0/32', '192.168.0.1/32']]);
    const [wide = [0, 0], first = [0, 0], second = [0, 0]] = bars;
    expect(wide[1]).toBeLessThan(first[0]);
    expect(first[1]).toBe(second[0]);
    expect(wide[1] - wide[0]).toBeGreaterThan(first[1] - first[0]);
    expect(first[1] - first[0]).toBeGreaterThanOrEqual(14);
    expect(blanks).toEqual([[wide[1], first[0]]]);
    expect(matches(table, /(<path class="cut")/g)).toHaveLength(1);
  });

  it('shows what clusters share as one band over all rows', () => {
    const { bars, bands, text } = plan(
      ['a', ['10.0.0.0/16']],
      ['b', ['10.0.128.0/17', '10.0.160.0/24 inside']],
      ['c', ['10.9.0.0/16']],
    );
    expect(bands).toEqual([bars[1]]);
    expect(matches(text, /(<use href="#shared-4")/g)).toHaveLength(3);
    expect(text).toContain('<code>10.0.128.0/17</code> in a, b');
  });

  it('has no band for ranges of one cluster', () => {
    expect(plan(['a', ['10.0.0.0/16', '10.0.0.0/17 inside']], ['b', ['10.9.0.0/16']]).bands).toEqual([]);
  });

  it('is drawn for each family', () => {
    const { text } = plan(['a', ['10.0.0.0/16', 'fd00::/48']], ['b', ['10.0.0.0/16', 'fd00:0:0:1::/64']]);
    expect(matches(text, /<h3>(IPv\d)<\/h3>/g)).toEqual(['IPv4', 'IPv6']);
    expect(text).toContain('<code>fd00:0:0:1::/64</code> in a, b');
  });

  it('says where it may lack something', () => {
    const { text, table } = plan(['a', ['10.0.0.0/16']], ['b', [], 'Azure gives them addresses']);
    expect(table).toContain('aria-label="b: no range known; others may be missing"');
    expect(text).toContain('<li><b>b</b>: Azure gives them addresses</li>');
  });

  it('is told as text, whole, and so are all overlaps', () => {
    const cidrs = Array.from({ length: 30 }, (_, i) => `10.${i}.0.0/16 pool-${i}`);
    const { text } = plan(['a', cidrs], ['b', [...cidrs, '10.99.0.0/16 egress secondary', '10.98.0.0/16 -']]);
    const [list = ''] = matches(text, /<table class="list ranges">([\s\S]*?)<\/table>/g);
    expect(matches(list, /<code>([^<]*)<\/code> [^<]*</g)).toHaveLength(62);
    expect(list).toContain('<code>10.99.0.0/16</code> egress (other use)<');
    expect(list).toContain('<code>10.98.0.0/16</code> nodes<');
    expect(matches(text, /<li><code>([^<]*)<\/code> in a, b</g)).toEqual(cidrs.map((one) => one.split(' ')[0]));
    expect(text).toContain('<summary>10 more</summary>');
  });

  it('keeps overlaps where there are too many clusters to draw', () => {
    const clusters = Array.from(
      { length: 130 },
      (_, i): Parameters<typeof planned> => [`c${i}`, [i > 127 ? '10.200.0.0/16' : `10.${i}.0.0/16`]],
    );
    const { text, table } = plan(...clusters);
    expect(matches(table, /<th scope="row" title="([^"]*)"/g)).toHaveLength(120);
    expect(table).toContain('title="c129"');
    expect(text).toContain('10 clusters without overlaps not drawn');
  });
});

it('gives the same bytes for the same view', () => {
  expect(page(rich)).toBe(page(rich));
});

// The table for people at a terminal: golden files that were looked at, and what holds for every report.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Finding, View } from '../../src/report/report.ts';
import { table } from '../../src/report/table.ts';
import { copyable, displayWidth, type TextOptions } from '../../src/report/terminal.ts';
import { requirements } from '../../src/requirements.ts';
import { type FindingSpec, rules, view, views } from './views.ts';

const plain: TextOptions = { width: 80, color: false, unicode: true, maxFindings: 100 };
const draw = (of: View, options: Partial<TextOptions> = {}) => [...table(of, { ...plain, ...options })].join('');
const golden = (name: string) => `golden/table/${name}.txt`;
const all = Object.entries(views);

/** Lines that are wider than the report: commands, and lines of one word with what leads to it. */
function tooWide(text: string, width: number): string[] {
  return text
    .split('\n')
    .filter((line) => displayWidth(line) > width)
    .filter((line) => !/^ *(kubectl|mesh-preflight) /.test(line))
    .filter((line) => /\S +\S/.test(line.replace(/^[ 0-9]*(=|│|\||┌─|├─|-->|:::) (\w+: )?/, '')));
}

describe.each(all)('%s', (name, of) => {
  test.each([60, 80, 120])('at %i columns', async (width) => {
    const text = draw(of, { width });
    await expect(text).toMatchFileSnapshot(golden(`${name}-${width}`));
    expect(tooWide(text, width)).toEqual([]);
  });

  test('in ASCII', async () => {
    const text = draw(of, { unicode: false });
    await expect(text).toMatchFileSnapshot(golden(`${name}-ascii`));
    expect(tooWide(text, plain.width)).toEqual([]);
    const commands = of.report.findings.flatMap((f) => copyable(f.fix?.command ?? ''));
    const prose = text.split('\n').filter((line) => !commands.includes(line.trim()));
    expect(prose.join('')).toMatch(/^[\x20-\x7e]*$/);
  });

  test('without a control or format character, and without blanks at the end of a line', () => {
    for (const unicode of [true, false]) {
      const text = draw(of, { unicode });
      expect(text).not.toMatch(/(?!\n|\u200d)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      expect(text).not.toMatch(/ $/m);
      expect(text).toMatch(/[^\n]\n$/);
    }
  });

  test('in colour, which is nothing but colour', () => {
    const text = draw(of, { color: true });
    expect(text.replace(/\u001b\[\d+m/g, '')).toBe(draw(of));
  });
});

test('in colour', async () => {
  await expect(draw(views.overlap, { color: true })).toMatchFileSnapshot(golden('overlap-color'));
  await expect(draw(views.undecided, { color: true })).toMatchFileSnapshot(golden('undecided-color'));
});

const one: FindingSpec = {
  rule: 'pod-cidr-overlap',
  requirement: 'disjoint-pod-cidrs',
  clusters: ['east'],
  text: 'a pool overlaps',
};

describe('order', () => {
  const mixed = view({
    clusters: ['east', 'west'],
    findings: [
      { ...one, verdict: 'note', text: 'a note' },
      { ...one, rule: 'version-skew', requirement: 'supported-version', verdict: 'warn', text: 'a warning' },
      { ...one, rule: 'federation-role', requirement: 'federation-account', text: 'a later error' },
      { ...one, text: 'an error' },
      { ...one, text: 'another error' },
      {
        ...one,
        verdict: 'unknown',
        text: 'a question',
        reason: 'missing-input',
        fix: { title: 'ask', command: 'kubectl get x' },
      },
      { ...one, text: 'a suppressed error', suppressed: 'known' },
    ],
    problems: [{ cluster: 'east', uri: 'east/x.yaml', line: 3, column: 1, why: 'broken' }],
  });

  test('is errors by requirement, warnings, notes, matrix, questions, problems, suppressed, total', () => {
    const text = draw(mixed, { width: 120 });
    const places = [
      'mesh-preflight 0.1.0',
      '✗ Pod CIDRs of different clusters',
      ': an error',
      ': another error',
      '✗ Every cluster authorises',
      ': a later error',
      '! Product and version',
      ': a warning',
      ': a note',
      '  Requirement',
      '? Undecided',
      ': a question',
      'Problems of the input',
      'Suppressed: 1 finding',
      '✗ not ready: 3 errors, 1 warning, 1 note, 1 undecided, 1 suppressed',
    ].map((part) => text.indexOf(part));
    expect(places).not.toContain(-1);
    expect(places).toEqual([...places].sort((a, b) => a - b));
  });

  test('tells why a rule exists where it first speaks', () => {
    expect(draw(mixed).match(/= why: The mesh routes/g)).toHaveLength(1);
    expect(draw(mixed).match(/= more: mesh-preflight explain pod-cidr-overlap/g)).toHaveLength(1);
  });

  test('leaves out what a suppressed finding says from findings and counts', () => {
    expect(draw(mixed).match(/a suppressed error/g)).toHaveLength(1);
  });
});

test('a note is short: it shows three places, no source and no reason', () => {
  const at = Array.from({ length: 5 }, (_, i) => ({ cluster: 'east', name: `p${i}`, note: 'here' }));
  const text = draw(view({ clusters: ['east'], findings: [{ ...one, verdict: 'note', at }] }));
  expect(text).toContain(
    'note[pod-cidr-overlap]: a pool overlaps\n' +
      '   ┌─ IPPool p0 in east: here\n' +
      '   ├─ IPPool p1 in east: here\n' +
      '   ├─ IPPool p2 in east: here\n' +
      '   … and 2 other places\n\n',
  );
});

describe('more like findings than are printed', () => {
  const many = view({ clusters: ['east'], findings: Array.from({ length: 1234 }, () => one) });

  test('are counted', () => {
    const text = draw(many, { maxFindings: 3 });
    expect(text.match(/a pool overlaps/g)).toHaveLength(3);
    expect(text).toContain('… 1,231 more error[pod-cidr-overlap]: -o json holds all\n');
    expect(text).toContain('✗ not ready: 1,234 errors (');
  });

  test('are counted per rule', () => {
    const text = draw(
      view({ clusters: ['east'], findings: [one, one, { ...one, rule: 'vxlan-port-aligned', text: 'ports differ' }] }),
      { maxFindings: 1 },
    );
    expect(text).toContain('ports differ');
    expect(text.match(/a pool overlaps/g)).toHaveLength(1);
  });

  test('are not counted when they are as many as are printed', () => {
    expect(draw(many, { maxFindings: 1234 })).not.toContain('more error');
  });

  test('take time in proportion to their number', () => {
    const time = (n: number) => {
      const of = view({ clusters: ['east'], findings: Array.from({ length: n }, () => one) });
      const start = performance.now();
      draw(of, { maxFindings: n });
      return performance.now() - start;
    };
    time(2_000);
    // Fifty times the findings: quadratic would be 2,500 times the time.
    expect(time(50_000) / Math.max(1, time(1_000))).toBeLessThan(400);
  });
});

describe('questions', () => {
  const missing = (cluster: string, rule: string, requirement: Finding['requirement']): FindingSpec => ({
    rule,
    requirement,
    verdict: 'unknown',
    clusters: [cluster],
    text: `IPPools of ${cluster} were not read`,
    data: { cluster, what: 'IPPools' },
    fix: {
      title: 'export them',
      command: `kubectl --context ${cluster} get ippools -o yaml > ${cluster}/ippools.yaml`,
    },
    reason: 'missing-input',
  });

  test('that one command settles are one', () => {
    const text = draw(
      view({
        clusters: ['east', 'west'],
        findings: [
          missing('east', 'pod-cidr-overlap', 'disjoint-pod-cidrs'),
          missing('east', 'vxlan-port-aligned', 'aligned-vxlan'),
        ],
      }),
      { width: 120 },
    );
    expect(text.match(/IPPools of east were not read/g)).toHaveLength(1);
    expect(text).toContain('  = effect: aligned-vxlan, disjoint-pod-cidrs stay undecided (at worst an error)\n');
    expect(text).toContain('? not proven: no errors, 2 undecided (');
  });

  test('that differ in the cluster alone are one, with a command for each', () => {
    const clusters = ['c1', 'c2', 'c3'];
    const text = draw(
      view({ clusters, findings: clusters.map((c) => missing(c, 'pod-cidr-overlap', 'disjoint-pod-cidrs')) }),
      { width: 120 },
    );
    expect(text).toContain('undecided[pod-cidr-overlap]: IPPools of c1 were not read; the same of c2, c3\n');
    for (const c of clusters) {
      expect(text).toContain(`\n            kubectl --context ${c} get ippools -o yaml > ${c}/ippools.yaml\n`);
    }
  });

  test('of two rules that one command settles are both told', () => {
    const ask = { title: 'look', command: 'kubectl --context east get nodes' };
    const open = { ...one, verdict: 'unknown', clusters: ['east'], fix: ask, reason: 'needs-probe' } as const;
    const spot = { cluster: 'east', kind: 'Node', name: 'n', note: 'x' };
    const text = draw(
      view({
        clusters: ['east'],
        findings: [
          { ...open, text: 'one thing is open', at: [spot] },
          { ...open, rule: 'vxlan-port-aligned', requirement: 'aligned-vxlan', text: 'another is', at: [spot] },
        ],
      }),
    );
    expect(text).toContain('one thing is open\n  = and: another is\n   ┌─ Node n in east: x\n  = settle: look\n');
    expect(text.match(/kubectl --context east get nodes/g)).toHaveLength(1);
  });

  test('stay two when the requirements differ', () => {
    const text = draw(
      view({
        clusters: ['c1', 'c2'],
        findings: [
          missing('c1', 'pod-cidr-overlap', 'disjoint-pod-cidrs'),
          missing('c2', 'vxlan-port-aligned', 'aligned-vxlan'),
        ],
      }),
    );
    expect(text).toContain('IPPools of c1 were not read\n');
    expect(text).toContain('IPPools of c2 were not read\n');
  });
});

describe('commands', () => {
  const withCommand = (command: string) =>
    draw(view({ clusters: ['east'], findings: [{ ...one, fix: { title: 'do this', command } }] }), { width: 60 });

  test('are never broken', () => {
    const command = `kubectl --context east patch ippool ${'x'.repeat(90)} --type merge -p '{"spec":{"disabled": true}}'`;
    expect(withCommand(command)).toContain(`\n         ${command}\n`);
  });
  test('of several lines keep them', () => {
    expect(withCommand('kubectl get x \\\n  -o yaml')).toContain('\n         kubectl get x \\\n           -o yaml\n');
  });
  test('with a here-document are not indented, so that its end is found', () => {
    const command = "kubectl apply -f - <<'EOF'\nkind: IPPool\nEOF";
    expect(withCommand(command)).toContain(`\n\n${command}\n`);
  });
  test('cannot forge a line of the report', () => {
    expect(withCommand("kubectl get 'x\n✓ ready' <<")).toContain("\n         ✓ ready' <<\n");
  });
});

describe('matrix', () => {
  const named = (n: number, name = 'cluster') => Array.from({ length: n }, (_, i) => `${name}-${i + 1}`);
  const matrixOf = (text: string) => text.slice(text.indexOf('  Requirement'));

  test('never breaks a row, however many clusters differ', () => {
    const clusters = named(100, 'arn:aws:eks:eu-west-1:123456789012:cluster/production-payments');
    const verdicts = Object.fromEntries(
      requirements.map((r, i) => [
        r.id,
        Object.fromEntries(clusters.map((c, j) => [c, (j >> (i % 7)) & 1 ? ('fail' as const) : ('pass' as const)])),
      ]),
    );
    for (const width of [40, 60, 80, 120]) {
      const text = draw(view({ clusters, verdicts }), { width });
      expect(tooWide(matrixOf(text), width)).toEqual([]);
      expect(text).toMatch(/\d+ clusters with no worse verdicts\s+not\s+shown/);
    }
  });

  test('folds a hundred clusters that agree', () => {
    const text = matrixOf(
      draw(view({ clusters: named(100), verdicts: { 'aligned-vxlan': { 'cluster-7': 'fail', 'cluster-8': 'warn' } } })),
    );
    expect(text).toMatch(
      /^ {2}Requirement {4}cluster-7 {2}cluster-8 {2}98 others\n {2}aligned-vxlan {10}✗ {10}! {10}✓\n/,
    );
    expect(text).toContain('pass in every cluster: unique-node-names, ');
  });

  test('tells clusters apart whose names begin alike', () => {
    const clusters = ['eu', 'us', 'ap'].map((region) => `platform-engineering-${region}-production`);
    const text = matrixOf(draw(view({ clusters, verdicts: { 'aligned-vxlan': { [clusters[1] ?? '']: 'fail' } } })));
    expect(text).toMatch(/^ {2}Requirement {12}…eu-production {2}…us-production {2}…ap-production\n/);
  });

  test('leaves out what only the network can settle, until something settled it', () => {
    const open = draw(view({ clusters: ['east'], verdicts: { 'node-reachability': 'unknown' } }));
    expect(open).not.toContain('  node-reachability');
    const settled = draw(view({ clusters: ['east'], verdicts: { 'node-reachability': 'fail' } }));
    expect(settled).toContain('  node-reachability         ✗\n');
  });
});

describe('frames', () => {
  const framed = (text: string, mark: string, note = 'here', width = 60) =>
    draw(
      view({
        clusters: ['east'],
        files: { 'east/a.json': text },
        findings: [{ ...one, at: [{ cluster: 'east', name: 'p', note, in: 'east/a.json', mark }] }],
      }),
      { width },
    );

  test('keep the mark of a long line in sight', () => {
    const text = framed(`{"a": "${'x'.repeat(300)}", "cidr": "10.0.0.0/8", "b": "${'y'.repeat(300)}"}`, '"10.0.0.0/8"');
    const lines = text.split('\n');
    const at = lines.findIndex((line) => line.includes('^^^'));
    const from = lines[at]?.indexOf('^') ?? 0;
    expect(lines[at - 1]?.slice(from, from + 12)).toBe('"10.0.0.0/8"');
    for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(60);
  });

  test('cut a mark that is longer than the line', () => {
    const text = framed(`key: ${'x'.repeat(300)}`, 'x'.repeat(300));
    for (const line of text.split('\n')) expect(displayWidth(line)).toBeLessThanOrEqual(60);
  });

  test('place marks under text that tabs move', () => {
    expect(framed('{\n\t\t"cidr":\t"10.0.0.0/8"\n}', '"10.0.0.0/8"')).toContain(
      ' 2 │     "cidr":  "10.0.0.0/8"\n   │              ^^^^^^^^^^^^ here\n',
    );
  });

  test('show the line before where it is what the mark belongs to', () => {
    expect(framed('- name: PORT\n  value: "4789"\n', '"4789"')).toContain(' 1 │ - name: PORT\n 2 │   value: "4789"\n');
    expect(framed('  uid: 1\nspec: {}\n', 'spec')).toContain('IPPool p\n 2 │ spec: {}\n');
    expect(framed('---\nspec: {}\n', 'spec')).toContain('IPPool p\n 2 │ spec: {}\n');
  });

  test('keep long masks short', () => {
    const masked = '*'.repeat(90);
    expect(framed(`token: ${masked}\n`, masked)).toContain(' 1 │ token: ********\n   │        ^^^^^^^^ here\n');
  });

  test('align line numbers of different length', () => {
    const text = draw(
      view({
        clusters: ['east'],
        files: { 'east/a.yaml': 'cidr: A\n', 'east/b.yaml': `${'# x\n'.repeat(120)}cidr: B\n` },
        findings: [
          {
            ...one,
            at: [
              { cluster: 'east', name: 'a', note: 'this', in: 'east/a.yaml', mark: 'A' },
              { cluster: 'east', name: 'b', note: 'that', in: 'east/b.yaml', mark: 'B' },
            ],
          },
        ],
      }),
    );
    expect(text).toContain(
      '   1 │ cidr: A\n     │       ^ this\n     ┆\n     ├─ east/b.yaml:121:7  IPPool b\n 120 │ # x\n 121 │ cidr: B\n',
    );
  });
});

describe('exit reason', () => {
  test('is the code beside the verdict that it follows from', () => {
    expect(draw(view({ clusters: ['east'] }))).toMatch(/exit 0\)\n$/);
  });
  test('is left to standard error where it does not follow from the verdict', () => {
    const text = draw(view({ clusters: ['east'], exitReason: 'exit 2: 1 rule broke down' }));
    expect(text).toMatch(/files\)\n$/);
    expect(text).not.toContain('exit');
  });
});

test('keeps to the width whatever is found', () => {
  const word = fc.string({ unit: fc.constantFrom(...'abc/-.0é東🚀\u001b\u202e\n\t'), minLength: 1, maxLength: 12 });
  const sentence = fc.array(word, { minLength: 1, maxLength: 25 }).map((words) => words.join(' '));
  const spot = fc.record({ cluster: word, name: word, path: word, note: sentence });
  const finding = fc.record({
    rule: fc.constantFrom(...rules.map((r) => r.id), 'gone'),
    requirement: fc.constantFrom(...requirements.map((r) => r.id)),
    verdict: fc.constantFrom('fail', 'warn', 'unknown', 'note'),
    clusters: fc.array(word, { maxLength: 3 }),
    text: sentence,
    at: fc.array(spot, { maxLength: 10 }),
    fix: fc.option(sentence.map((title) => ({ title }))),
  });
  const marked = fc.record({ before: sentence, mark: word, after: sentence, note: sentence });
  fc.assert(
    fc.property(
      fc.array(finding, { maxLength: 5 }),
      marked,
      fc.uniqueArray(word, { minLength: 1, maxLength: 12 }),
      fc.integer({ min: 40, max: 130 }),
      fc.boolean(),
      (findings, { before, mark, after, note }, clusters, width, unicode) => {
        const flat = (text: string) => text.replaceAll('\n', ' ');
        const source = `${flat(before)}<${flat(mark)}>${flat(after)}\n`;
        const of = view({
          clusters,
          files: { 'east/a.yaml': source },
          findings: [
            ...findings,
            { ...one, at: [{ cluster: 'east', name: 'p', note, in: 'east/a.yaml', mark: `<${flat(mark)}>` }] },
          ],
        });
        const text = draw(of, { width, unicode });
        expect(text).not.toMatch(/(?!\n|\u200d)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
        expect(tooWide(text, width)).toEqual([]);
      },
    ),
    { numRuns: 200 },
  );
});

// Findings that do not count: by comments, annotations and the configuration; and what is wrong with these.

import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { type Checked, type CheckOptions, check } from '../src/check.ts';
import { parseVersion } from '../src/model/platform/version.ts';
import { loadRules } from '../src/registry.ts';
import type { Finding } from '../src/report/report.ts';
import { readFiles } from '../src/source/files.ts';
import { ignoresIn } from '../src/source/ignores.ts';
import { type Pair, readReason, type Suppression, suppress } from '../src/suppressions.ts';
import { AT, root } from './kit/examples.ts';
import { runProgram } from './kit/program.ts';

const rules = await loadRules();
const folder = mkdtempSync(join(tmpdir(), 'mesh-preflight-suppressions-'));
afterAll(() => rmSync(folder, { recursive: true }));

const IPV4 = 'cidr: 10.1.128.0/17 # expect: pod-ranges-disjoint';
const IPV6 = 'cidr: fd12:3456:789a::/48 # expect: pod-ranges-disjoint';

beforeEach(() => {
  rmSync(join(folder, 'mesh'), { recursive: true, force: true });
  cpSync(join(root, 'examples/overlapping-pools'), join(folder, 'mesh'), { recursive: true });
});

function edit(cluster: 'east' | 'west', from: string, to: string): void {
  const file = join(folder, 'mesh', cluster, 'ippools.yaml');
  const text = readFileSync(file, 'utf8');
  expect(text).toContain(from);
  writeFileSync(file, text.replace(from, to));
}

function checked(options: Partial<CheckOptions> = {}): Checked {
  const input = readFiles({ paths: ['mesh'], clusters: [], cwd: folder, repository: null });
  return check(input, rules, {
    routing: null,
    calicoVersion: null,
    beforePeering: false,
    at: AT,
    disabled: new Set(),
    strict: false,
    tool: { name: 'mesh-preflight', version: '0.0.0' },
    ...options,
  });
}

/** Findings other than questions: `RULE: how they are suppressed`. */
const told = ({ report }: Checked) =>
  report.findings
    .filter(({ verdict }) => verdict !== 'unknown')
    .map(
      ({ rule, suppressed }) => `${rule}: ${suppressed === null ? 'counts' : `${suppressed.by}, ${suppressed.reason}`}`,
    );

describe('a comment', () => {
  it.each([
    ['behind the field', 'east', IPV4, `${IPV4} # mesh-preflight: ignore[pod-ranges-disjoint] migrating`],
    [
      'above the field',
      'east',
      IPV4,
      `# mesh-preflight: ignore[pod-ranges-disjoint] migrating\n    # one more\n    ${IPV4}`,
    ],
    [
      'on the other side',
      'west',
      'cidr: 10.1.192.0/18',
      'cidr: 10.1.192.0/18 # mesh-preflight: ignore[pod-ranges-disjoint] migrating',
    ],
    [
      'for several rules',
      'east',
      IPV4,
      `${IPV4} #mesh-preflight:ignore[ pools-disabled , pod-ranges-disjoint ] migrating`,
    ],
  ] as const)('%s suppresses the finding there', (title, cluster, from, to) => {
    edit(cluster, from, to.replace('pools-disabled', 'distinct-node-names'));
    const result = checked();
    const suppressed = told(result).filter((each) => each.startsWith('pod-ranges'));
    expect(suppressed).toEqual(['pod-ranges-disjoint: comment, migrating', 'pod-ranges-disjoint: counts']);
    expect(result.report.counts).toMatchObject({ suppressed: 1, findings: { fail: 1 } });
    expect(result.report.verdict, title).toBe('not-ready');
  });

  it('on another line suppresses nothing, and says so', () => {
    edit('east', 'natOutgoing: true', 'natOutgoing: true # mesh-preflight: ignore[pod-ranges-disjoint] migrating');
    const result = checked();
    expect(told(result)).toEqual([
      'pod-ranges-disjoint: counts',
      'pod-ranges-disjoint: counts',
      'unused-suppression: counts',
    ]);
    const unused = result.report.findings.find(({ rule }) => rule === 'unused-suppression');
    expect(unused).toMatchObject({
      requirement: 'disjoint-pod-cidrs',
      verdict: 'note',
      clusters: ['east'],
      evidence: [{ location: { uri: 'mesh/east/ippools.yaml', line: 12, column: 23 } }],
    });
  });

  it.each([
    ['without a reason', '', 'suppression-without-reason'],
    ['that has ended', ' migrating (until 2026-05-31)', 'expired-suppression'],
  ])('%s does not count, and says so', (_, text, rule) => {
    edit('east', IPV4, `${IPV4} # mesh-preflight: ignore[pod-ranges-disjoint]${text}`);
    expect(told(checked())).toContain(`${rule}: counts`);
    expect(checked().report.counts).toMatchObject({ suppressed: 0, findings: { fail: 2, note: 1 } });
  });

  it('is not looked at where that is switched off', async () => {
    edit('east', 'natOutgoing: true', 'natOutgoing: true # mesh-preflight: ignore[pod-ranges-disjoint] migrating');
    const notes = async (...more: readonly string[]) => {
      const args = ['check', 'mesh', '--at', '2026-06-01T00:00:00Z', '-o', 'json', ...more];
      const { stdout } = await runProgram(args, { cwd: folder, env: {} });
      return (JSON.parse(stdout) as Checked['report']).counts.findings.note;
    };
    expect(await notes()).toBe(1);
    expect(await notes('--disable', 'unused-suppression')).toBe(0);
    writeFileSync(join(folder, 'c.yaml'), 'rules:\n  unused-suppression: { severity: off, reason: known }\n');
    expect(await notes('--config', 'c.yaml')).toBe(0);
  });

  it('holds on its last day', () => {
    edit('east', IPV4, `${IPV4} # mesh-preflight: ignore[pod-ranges-disjoint] migrating (until 2026-06-01)`);
    expect(checked().report.counts.suppressed).toBe(1);
    expect(checked({ today: '2026-06-02' }).report.counts.suppressed).toBe(0);
    const [finding] = checked().report.findings.filter(({ suppressed }) => suppressed !== null);
    expect(finding?.suppressed).toEqual({ reason: 'migrating', by: 'comment', until: '2026-06-01' });
  });

  it('that names no rule is a problem of the input', () => {
    edit('east', IPV4, `${IPV4} # mesh-preflight: ignore[pod-range-disjoint] migrating`);
    const { problems } = checked().report;
    expect(problems).toMatchObject([
      {
        uri: 'mesh/east/ippools.yaml',
        line: 11,
        why: 'nothing is suppressed: no rule pod-range-disjoint; did you mean pod-ranges-disjoint?',
      },
    ]);
  });
});

describe('an annotation', () => {
  const annotated = (rule: string, reason: string) =>
    edit(
      'west',
      '    name: default-ipv4-ippool',
      `    name: default-ipv4-ippool\n    annotations:\n      mesh-preflight/ignore.${rule}: "${reason}"`,
    );

  it('suppresses findings about its object alone', () => {
    annotated('pod-ranges-disjoint', 'migrating (until 2027-01-31)');
    const { report } = checked();
    expect(
      report.findings.filter((f) => f.suppressed !== null).map((f) => [f.message.data.inner, f.suppressed]),
    ).toEqual([[expect.anything(), { reason: 'migrating', by: 'annotation', until: '2027-01-31' }]]);
    expect(report.counts.findings.fail).toBe(1);
  });

  it('that suppresses nothing is told of where it stands', () => {
    annotated('distinct-node-names', 'migrating');
    const unused = checked().report.findings.find(({ rule }) => rule === 'unused-suppression');
    expect(unused?.evidence).toMatchObject([{ kind: 'IPPool', location: { uri: 'mesh/west/ippools.yaml', line: 9 } }]);
  });
});

describe('the run', () => {
  it('is ready when all that it found is suppressed; the requirement keeps its verdict', async () => {
    edit('east', IPV4, `${IPV4} # mesh-preflight: ignore[pod-ranges-disjoint] migrating`);
    edit('east', IPV6, `${IPV6} # mesh-preflight: ignore[pod-ranges-disjoint] migrating`);
    const { report } = checked();
    expect(report.verdict).toBe('ready');
    expect(report.requirements.find(({ id }) => id === 'disjoint-pod-cidrs')?.verdict).toBe('fail');
    const run = (...more: readonly string[]) =>
      runProgram(['check', 'mesh', '--at', '2026-06-01T00:00:00Z', '-o', 'concise', ...more], { cwd: folder, env: {} });
    expect(await run()).toMatchObject({ code: 0, stderr: 'exit 0: ready, 2 suppressed\n' });
    expect(await run('--no-ignores')).toMatchObject({ code: 1, stderr: 'exit 1: not ready, 2 errors\n' });
  });

  it('leaves what a switched-off rule would have found alone', () => {
    edit('east', IPV4, `${IPV4} # mesh-preflight: ignore[pod-ranges-disjoint] migrating`);
    const off = checked({ disabled: new Set(['pod-ranges-disjoint']) });
    expect(told(off)).toEqual([]);
  });
});

const suppression = (more: Partial<Suppression>): Suppression => ({
  rule: 'r',
  by: 'config',
  reason: 'because',
  owner: null,
  until: null,
  clusters: null,
  pairs: null,
  object: null,
  field: null,
  at: null,
  place: { cluster: null },
  ...more,
});

const evidence = (cluster: string, kind: string, name: string, path = '', namespace: string | null = null) => ({
  cluster,
  apiVersion: 'v1',
  kind,
  namespace,
  name,
  path,
  note: '',
});

const finding = (more: Partial<Finding>): Finding => ({
  rule: 'r',
  requirement: 'unique-node-names',
  verdict: 'fail',
  severity: 'error',
  clusters: ['a'],
  message: { id: 'm', text: 't', data: {} },
  evidence: [evidence('a', 'IPPool', 'p', 'spec.cidr')],
  fix: null,
  reason: null,
  fingerprint: '0',
  suppressed: null,
  ...more,
});

const context = {
  today: '2026-06-01',
  requirementOf: () => 'unique-node-names' as const,
  clusters: ['a', 'b', 'c'],
  directionsOf: () => [],
};
/** Ways as `ab`: from a to b. */
const isSuppressed = (s: Partial<Suppression>, f: Partial<Finding>, ...directions: readonly string[]) =>
  suppress([finding(f)], [suppression(s)], {
    ...context,
    directionsOf: () => directions.map(([from = '', to = '']) => ({ from, to })),
  }).findings[0]?.suppressed !== null;

const pair = (text: string): Pair => {
  const [, from = '', arrow, to = ''] = /^(\w)(<->|->)(\w)$/.exec(text) ?? [];
  return { from, to, both: arrow === '<->' };
};

describe('the configuration', () => {
  it.each<[Partial<Suppression>, Partial<Finding>, boolean]>([
    [{}, {}, true],
    [{ rule: 'other' }, {}, false],
    [{ clusters: ['a', 'b'] }, {}, true],
    [{ clusters: ['b'] }, {}, false],
    [{ clusters: ['a'] }, { clusters: ['a', 'b'] }, false],
    [{ clusters: ['a'] }, { clusters: [] }, false],
    [{ object: 'IPPool/p' }, {}, true],
    [{ object: 'IPPool/q' }, {}, false],
    [{ object: 'IPPool/p' }, { evidence: [evidence('b', 'IPPool', 'p')] }, false],
    [{ object: 'Secret/n/s' }, { evidence: [evidence('a', 'Secret', 's', '', 'n')] }, true],
    [{ object: 'Secret/s' }, { evidence: [evidence('a', 'Secret', 's', '', 'n')] }, false],
    [{ field: 'spec.cidr' }, {}, true],
    [{ field: 'spec' }, {}, true],
    [{ field: 'spec.ci' }, {}, false],
    [{ field: 'spec.cidr.x' }, {}, false],
    [
      { object: 'IPPool/p', field: 'spec.cidr' },
      { evidence: [evidence('a', 'IPPool', 'p', 'x'), evidence('a', 'IPPool', 'q', 'spec.cidr')] },
      false,
    ],
    [{ pairs: [pair('a->b')] }, {}, false],
    [{ until: '2026-06-01' }, {}, true],
    [{ until: '2026-05-31' }, {}, false],
    [{ reason: '' }, {}, false],
    [{}, { verdict: 'unknown', reason: 'missing-input' }, false],
    [{}, { verdict: 'unknown', reason: 'partial-input' }, false],
    [{}, { verdict: 'unknown', reason: 'switched-off' }, false],
    [{}, { verdict: 'unknown', reason: 'rule-failed' }, false],
    [{}, { verdict: 'unknown', reason: 'needs-probe' }, true],
  ])('%j of %j: %j', (s, f, expected) => {
    expect(isSuppressed(s, f)).toBe(expected);
  });

  it.each([
    ['a->b', 'ab', true],
    ['b->a', 'ab', false],
    ['b<->a', 'ab', true],
    ['a<->c', 'ab', false],
    ['a->b', 'ab ac', false],
    ['a->b a<->c', 'ab ac', true],
  ])('takes the pairs %s for what is between %s: %j', (named, directions, expected) => {
    expect(isSuppressed({ pairs: named.split(' ').map(pair) }, {}, ...directions.split(' '))).toBe(expected);
  });

  it('is told to be unused only where everything else is known', () => {
    const s = suppression({ rule: 'other' });
    const audit = (f: Partial<Finding>) => suppress([finding(f)], [s], context).audit.map(({ rule }) => rule);
    expect(audit({})).toEqual(['unused-suppression']);
    expect(audit({ verdict: 'unknown', reason: 'needs-probe' })).toEqual(['unused-suppression']);
    expect(audit({ verdict: 'unknown', reason: 'missing-input' })).toEqual([]);
  });

  it('takes pairs for what rules say of them', async () => {
    const run = (pairs: string) => {
      const { from, to, both } = pair(pairs.replace('east', 'e').replace('west', 'w'));
      const full = { e: 'east', w: 'west' } as Record<string, string>;
      const named = [{ from: full[from] ?? '', to: full[to] ?? '', both }];
      const stated = ['remotes-lead-both-ways', 'pod-ranges-disjoint'].map((rule) =>
        suppression({ rule, pairs: named }),
      );
      return told(checked({ suppressions: stated })).filter((each) => !each.endsWith('counts'));
    };
    rmSync(join(folder, 'mesh/west/remoteclusterconfigurations.yaml'));
    writeFileSync(
      join(folder, 'mesh/west/remoteclusterconfigurations.yaml'),
      'apiVersion: projectcalico.org/v3\nkind: RemoteClusterConfigurationList\nmetadata: {}\nitems: []\n',
    );
    expect(run('west->east')).toEqual(['remotes-lead-both-ways: config, because']);
    expect(run('east->west')).toEqual([]);
    expect(run('west<->east')).toHaveLength(3);
  });

  it('is not unused where a cluster that it names was not read, or the rule did not run', () => {
    const audit = (s: Partial<Suppression>, requirementOf: (rule: string) => 'unique-node-names' | null) =>
      suppress([], [suppression(s)], { ...context, requirementOf }).audit.map(({ rule }) => rule);
    expect(audit({ clusters: ['a'] }, context.requirementOf)).toEqual(['unused-suppression']);
    expect(audit({ clusters: ['a', 'z'] }, context.requirementOf)).toEqual([]);
    expect(audit({}, () => null)).toEqual([]);
  });

  it('takes equal sides for what each has to put right for each other', async () => {
    cpSync(join(folder, 'mesh/west'), join(folder, 'mesh/north'), { recursive: true });
    for (const file of readdirSync(join(folder, 'mesh/north')))
      if (file !== 'ippools.yaml') rmSync(join(folder, 'mesh/north', file));
    const run = (...named: readonly string[]) => {
      const full = { e: 'east', w: 'west', n: 'north' } as Record<string, string>;
      const pairs = named.map((text) => {
        const { from, to, both } = pair(text);
        return { from: full[from] ?? '', to: full[to] ?? '', both };
      });
      const stated = [suppression({ rule: 'pod-ranges-disjoint', pairs })];
      return told(checked({ suppressions: stated })).filter((each) => each.startsWith('pod-ranges-disjoint'));
    };
    expect(new Set(run('e<->w', 'e<->n'))).toEqual(new Set(['pod-ranges-disjoint: counts']));
    expect(new Set(run('e<->w', 'e<->n', 'n<->w'))).toEqual(new Set(['pod-ranges-disjoint: config, because']));
  });

  it('takes what is held against others for what each has to put right for each of those', () => {
    for (const name of ['north', 'south', 'far'])
      cpSync(join(folder, 'mesh/east'), join(folder, `mesh/${name}`), { recursive: true });
    for (const name of ['north', 'south', 'far', 'east', 'west']) {
      for (const file of readdirSync(join(folder, 'mesh', name)))
        if (file !== 'felixconfigurations.yaml') rmSync(join(folder, 'mesh', name, file));
      const port = name === 'east' || name === 'west' ? 4790 : 4789;
      const felix = `apiVersion: projectcalico.org/v3\nkind: FelixConfiguration\nmetadata: { name: default }\nspec: { vxlanPort: ${port} }\n`;
      writeFileSync(join(folder, 'mesh', name, 'felixconfigurations.yaml'), felix);
    }
    const run = (...pairs: readonly (readonly [string, string])[]) =>
      told(
        checked({
          routing: 'overlay',
          calicoVersion: parseVersion('3.19'),
          suppressions: [
            suppression({
              rule: 'felix-vxlan-port-vni-equal',
              pairs: pairs.map(([from, to]) => ({ from, to, both: true })),
            }),
          ],
        }),
      ).filter((each) => each.startsWith('felix-vxlan-port'));
    expect(run(['east', 'west'])).toEqual(['felix-vxlan-port-vni-equal: counts']);
    const all = ['east', 'west'].flatMap((from) => ['north', 'south', 'far'].map((to) => [from, to] as const));
    expect(run(...all)).toEqual(['felix-vxlan-port-vni-equal: config, because']);
  });

  it('changes nothing of a finding but whether it counts', () => {
    const some = fc.record({ clusters: fc.subarray(['a', 'b', 'c']), rule: fc.constantFrom('r', 's') });
    fc.assert(
      fc.property(fc.array(some), fc.array(some), (found, stated) => {
        const before = found.map((f) => finding(f));
        const { findings } = suppress(
          before,
          stated.map((s) => suppression(s)),
          context,
        );
        expect(findings.map((f) => ({ ...f, suppressed: null }))).toEqual(before);
      }),
    );
  });
});

describe('reading', () => {
  it.each([
    ['a: 1', []],
    ['# mesh-preflight: something else', []],
    ['a: "x#mesh-preflight: ignore[r] y"', []],
    ['a: 1 # mesh-preflight: ignore[r] why', [[1, 6, 1, ['r'], 'why']]],
    ['\n  # mesh-preflight: ignore[r, s]\r\n\r\n  # more\r\n  a: 1', [[2, 3, 5, ['r', 's'], '']]],
    ['# mesh-preflight: ignore[] why\n', [[1, 1, 2, [], 'why']]],
    ['a: 1 # mesh-preflight: ignore r', [[1, 6, 1, [], '']]],
    ['a: # mesh-preflight: ignore[r] why\n  1', [[1, 4, 2, ['r'], 'why']]],
    ['# mesh-preflight: ignore[r] why\na:\n  # more\n  1', [[1, 1, 4, ['r'], 'why']]],
    ['a: &x # mesh-preflight: ignore[r] why\n  1', [[1, 7, 2, ['r'], 'why']]],
    ['a: !!str # mesh-preflight: ignore[r] why\nj: 1', [[1, 10, 1, ['r'], 'why']]],
    ['a: # mesh-preflight: ignore[r] why\nj: 1', [[1, 4, 1, ['r'], 'why']]],
    ['# mesh-preflight: ignore[r] why\na: !!str\n  1', [[1, 1, 3, ['r'], 'why']]],
    ['# mesh-preflight: ignore[r] why\na:\n  b: 1', [[1, 1, 2, ['r'], 'why']]],
    ['# mesh-preflight: ignore[r] why\na:\n- 1', [[1, 1, 2, ['r'], 'why']]],
    ['# mesh-preflight: ignore[r] why\n"a": |\n  x', [[1, 1, 2, ['r'], 'why']]],
    ['- # mesh-preflight: ignore[r] why\n  a: 1', [[1, 3, 1, ['r'], 'why']]],
    [
      'a: 1 # mesh-preflight: ignore[r] why # mesh-preflight: ignore[s] so',
      [
        [1, 6, 1, ['r'], 'why'],
        [1, 38, 1, ['s'], 'so'],
      ],
    ],
    [
      '# mesh-preflight: ignore[r] why\n# mesh-preflight: ignore[s] so\na: 1',
      [
        [1, 1, 3, ['r'], 'why'],
        [2, 1, 3, ['s'], 'so'],
      ],
    ],
    // What only looks like a comment.
    ['{"a": "see # mesh-preflight: ignore[r] why", "b": 1}', []],
    ['a: "see # mesh-preflight: ignore[r] why"\nb: 1', []],
    ["a: 'see # mesh-preflight: ignore[r] why'", []],
    ['a: |\n  # mesh-preflight: ignore[r] why\nb: 1', []],
    ['a: >-\n  x\n\n  # mesh-preflight: ignore[r] why\n\nb: 1', []],
    ['a: |\n  x\n# mesh-preflight: ignore[r] why\nb: 1', [[3, 1, 4, ['r'], 'why']]],
    ['a: {b: "# mesh-preflight: ignore[r] x"} # mesh-preflight: ignore[s] why', [[1, 41, 1, ['s'], 'why']]],
    ['a: [ # mesh-preflight: ignore[r] why', []],
  ] as const)('finds in %j: %j', (text, expected) => {
    const found = [...ignoresIn(text, { cluster: 'c', uri: 'u' })];
    expect(found.map((f) => [f.line, f.column, f.target, f.rules, f.text])).toEqual(expected);
  });

  it.each([
    ['why', { reason: 'why', until: null }],
    [' why so (until 2027-01-31) ', { reason: 'why so', until: '2027-01-31' }],
    ['(until 2027-01-31)', { reason: '', until: '2027-01-31' }],
    ['until west has moved', { reason: 'until west has moved', until: null }],
    // A day that is written in another way would hold for ever.
    ['why until 2027-01-31', null],
    ['why - until=2025-01-01', null],
    ['why until March 2025', null],
    ['why, until 31 March', null],
    ['why until: 1st May', null],
    ['why until\n2027-03-31', null],
    ['until NET-12345 is done', { reason: 'until NET-12345 is done', until: null }],
    ['until Calico 3.24 is rolled out', { reason: 'until Calico 3.24 is rolled out', until: null }],
    ['until we know, see ticket 4711', { reason: 'until we know, see ticket 4711', until: null }],
    [`${'x'.repeat(1000)} (until 2025-01-01)`, { reason: 'x'.repeat(1000), until: '2025-01-01' }],
    ['why until the end of 2025', null],
    ['why (till 2025-01-01)', null],
    [`why ${'x'.repeat(2000)}`, { reason: `why ${'x'.repeat(996)}`, until: null }],
    ['why (until: 2020-01-31)', null],
    ['why (until 2026-1-5)', null],
    ['why (until 2027-02-31)', null],
    ['why (until 2026-01-05).', null],
    ['why (Until 2026-01-05)', null],
    ['why (until 2026-01-05) more', null],
    ['why (until March)', null],
    ['', { reason: '', until: null }],
  ])('reads the reason %j', (text, expected) => {
    expect(readReason(text)).toEqual(expected);
  });
});

// Baselines and differences: what was known before, what is new, fixed, and lost from sight.

import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { diffOf, diffText } from '../src/report/diff.ts';
import { evidencePrint } from '../src/report/fingerprint.ts';
import type { Report } from '../src/report/report.ts';
import { AT as AT_TIME, checkInput, examples, readExample, root } from './kit/examples.ts';
import { runProgram } from './kit/program.ts';
import { type FindingSpec, view } from './report/views.ts';

const folder = mkdtempSync(join(tmpdir(), 'mesh-preflight-baseline-'));
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(() => {
  rmSync(join(folder, 'mesh'), { recursive: true, force: true });
  cpSync(join(root, 'examples/overlapping-pools'), join(folder, 'mesh'), { recursive: true });
});

const AT = ['--at', '2026-06-01T00:00:00Z'];
const run = (...args: readonly string[]) => runProgram([...args], { cwd: folder, env: {} });
const check = (...more: readonly string[]) => run('check', 'mesh', ...AT, '-o', 'concise', ...more);

function edit(file: string, from: string, to: string): void {
  const path = join(folder, 'mesh', file);
  const text = readFileSync(path, 'utf8');
  expect(text).toContain(from);
  writeFileSync(path, text.replace(from, to));
}

describe('a baseline', () => {
  it('keeps what was known from counting', async () => {
    const created = await run('baseline', 'create', 'mesh', ...AT, '-f', 'b.json');
    expect(created).toEqual({ code: 0, stdout: '', stderr: 'wrote b.json: 6 findings\n' });
    expect(await check()).toMatchObject({ code: 1 });
    expect(await check('--baseline', 'b.json')).toEqual({
      code: 0,
      stdout: '',
      stderr: 'exit 0: ready, 6 suppressed\n',
    });
    const { stdout } = await run('check', 'mesh', ...AT, '-o', 'json', '--baseline', 'b.json');
    const report: Report = JSON.parse(stdout);
    expect(report.counts).toMatchObject({ suppressed: 6, findings: { fail: 0, unknown: 0 } });
    expect(report.findings[0]?.suppressed).toEqual({ reason: 'known before', by: 'baseline' });
    expect(report.requirements.find(({ id }) => id === 'disjoint-pod-cidrs')?.verdict).toBe('fail');
  });

  it('is the same for the same findings, wherever they stand', async () => {
    await run('baseline', 'create', 'mesh', ...AT, '-f', 'one.json');
    edit('east/ippools.yaml', 'apiVersion: v1', '# a comment\n\napiVersion: v1');
    edit('east/ippools.yaml', 'resourceVersion: "879784"', 'resourceVersion: "1"');
    await run('baseline', 'create', 'mesh', ...AT, '-f', 'two.json');
    expect(readFileSync(join(folder, 'two.json'), 'utf8')).toBe(readFileSync(join(folder, 'one.json'), 'utf8'));
  });

  it('lets count what has other values than it had', async () => {
    await run('baseline', 'create', 'mesh', ...AT, '-f', 'b.json');
    edit('west/ippools.yaml', 'cidr: 10.1.192.0/18', 'cidr: 10.1.192.0/19');
    const ended = await check('--baseline', 'b.json');
    expect(ended).toMatchObject({ code: 1, stderr: 'exit 1: not ready, 1 error, 5 suppressed\n' });
    expect(ended.stdout).toContain('10.1.192.0/19');
    const { stdout } = await run('check', 'mesh', ...AT, '-o', 'json', '--baseline', 'b.json');
    const { findings } = JSON.parse(stdout) as Report;
    const states = findings.filter(({ rule }) => rule === 'pod-ranges-disjoint').map((f) => f.baselineState);
    expect(states.sort()).toEqual(['unchanged', 'updated']);
    const table = await run('check', 'mesh', ...AT, '--baseline', 'b.json');
    expect(table.stdout).toContain('  = known: but changed since the baseline\n');
  });

  it('keeps nothing unknown from counting but what no cluster state settles', async () => {
    rmSync(join(folder, 'mesh/west/felixconfigurations.yaml'));
    await run('baseline', 'create', 'mesh', ...AT, '-f', 'b.json');
    expect(await check()).toMatchObject({ code: 1 });
    expect(await check('--baseline', 'b.json')).toMatchObject({
      code: 3,
      stderr: 'exit 3: not proven, 2 requirements not proven, 6 suppressed\n',
    });
    expect(await check('--baseline', 'b.json', '--on-unknown', 'warn', '--fail-on-new')).toMatchObject({ code: 0 });
    const { stdout } = await run('check', 'mesh', ...AT, '-o', 'json', '--baseline', 'b.json');
    const { findings, verdict } = JSON.parse(stdout) as Report;
    expect(verdict).toBe('not-proven');
    expect(new Set(findings.map((f) => f.baselineState))).toEqual(new Set(['unchanged']));
  });

  it('lets count what weighs more than it did', async () => {
    writeFileSync(join(folder, 'c.yaml'), 'rules: { pod-ranges-disjoint: { severity: note, reason: x } }\n');
    await run('baseline', 'create', 'mesh', ...AT, '-f', 'b.json', '--config', 'c.yaml');
    expect(await check('--baseline', 'b.json', '--config', 'c.yaml')).toMatchObject({ code: 0 });
    expect(await check('--baseline', 'b.json')).toMatchObject({
      code: 1,
      stderr: 'exit 1: not ready, 2 errors, 4 suppressed\n',
    });
    await run('baseline', 'create', 'mesh', ...AT, '-f', 'b.json');
    expect(await check('--baseline', 'b.json', '--config', 'c.yaml')).toMatchObject({ code: 0 });
  });

  it('knows two sides that stay the same two, whichever range is wider', async () => {
    await run('baseline', 'create', 'mesh', ...AT, '-f', 'b.json');
    edit('east/ippools.yaml', 'cidr: 10.1.128.0/17', 'cidr: 10.1.192.0/19');
    const { stdout } = await run('check', 'mesh', ...AT, '-o', 'json', '--baseline', 'b.json');
    const { findings } = JSON.parse(stdout) as Report;
    expect(findings.filter(({ rule }) => rule === 'pod-ranges-disjoint').map((f) => f.baselineState)).toEqual([
      'updated',
      'unchanged',
    ]);
  });

  it('knows nothing that changes with the time or the order of an export', async () => {
    for (const name of examples) {
      const input = readExample(name);
      const { report } = await checkInput(input);
      const shuffled = readExample(name);
      for (const { kinds } of shuffled.clusters) for (const kind of Object.values(kinds)) kind.items.reverse();
      const again = await checkInput(shuffled, { at: AT_TIME + 7 * 86_400_000 });
      const prints = new Map(report.findings.map((finding) => [finding.fingerprint, evidencePrint(finding)]));
      const both = again.report.findings.filter(({ fingerprint }) => prints.has(fingerprint));
      expect(both.length).toBeGreaterThan(0);
      for (const finding of both) expect(evidencePrint(finding), name).toBe(prints.get(finding.fingerprint));
    }
  });

  it('lets what comes after count', async () => {
    await run('baseline', 'create', 'mesh', ...AT, '-f', 'b.json');
    edit('west/felixconfigurations.yaml', 'spec: {}', 'spec: { vxlanPort: 4790 }');
    expect(await check('--baseline', 'b.json')).toMatchObject({
      code: 1,
      stderr: 'exit 1: not ready, 1 error, 6 suppressed\n',
    });
  });

  it('does not take one setting of a list for another', async () => {
    cpSync(join(root, 'examples/misaligned-felix'), join(folder, 'mesh'), { recursive: true });
    for (const cluster of ['east', 'west']) rmSync(join(folder, 'mesh', cluster), { recursive: true });
    await run('baseline', 'create', 'mesh', ...AT, '-f', 'b.json');
    edit('data/calico-node.yaml', 'FELIX_VXLANPORT', 'FELIX_VXLANVNI');
    const { stdout } = await run('check', 'mesh', ...AT, '-o', 'json', '--baseline', 'b.json');
    const { findings } = JSON.parse(stdout) as Report;
    const [vni] = findings.filter(({ message }) => message.data.parameter === 'vxlanVNI');
    expect(vni).toMatchObject({ rule: 'felix-vxlan-port-vni-equal', baselineState: 'new', suppressed: null });
  });

  it('does not hide what is lost from sight', async () => {
    await run('baseline', 'create', 'mesh', ...AT, '-f', 'b.json');
    rmSync(join(folder, 'mesh/west/felixconfigurations.yaml'));
    const ended = await check('--baseline', 'b.json');
    expect(ended.code).toBe(3);
    expect(await check('--baseline', 'b.json', '--on-unknown', 'warn')).toMatchObject({ code: 0 });
    expect(await check('--baseline', 'b.json', '--on-unknown', 'warn', '--fail-on-new')).toMatchObject({
      code: 1,
      stderr: 'exit 1: not proven, 2 new unknowns, 2 requirements not proven (accepted), 6 suppressed\n',
    });
    expect(await check('--baseline', 'b.json', '--fail-on-new', '--exit-zero')).toMatchObject({ code: 0 });
  });

  it('takes no probe for new, and says what is', async () => {
    const healthy = join(root, 'examples/healthy-overlay');
    const checked = (...more: readonly string[]) =>
      run('check', healthy, ...AT, '-o', 'concise', '--fail-on-new', '--baseline', 'b.json', ...more);
    const two = ['berlin', 'dublin'].flatMap((name) => ['--cluster', `${name}=${join(healthy, name)}`]);
    await run('baseline', 'create', ...two, ...AT, '-f', 'b.json');
    expect(await checked()).toMatchObject({ code: 0, stderr: 'exit 0: ready, 4 suppressed\n' });
    // With another cluster they are the same questions.
    expect(await checked('--strict')).toMatchObject({ code: 0, stderr: 'exit 0: ready, 4 suppressed\n' });
    writeFileSync(join(folder, 'b.json'), '{"kind":"mesh-preflight baseline","schemaVersion":1,"findings":[]}');
    expect(await checked()).toMatchObject({ code: 0, stderr: 'exit 0: ready\n' });
    expect(await checked('--strict', '--on-unknown', 'warn')).toMatchObject({
      code: 1,
      stderr: 'exit 1: not proven, 4 new unknowns, 4 requirements not proven (accepted)\n',
    });
  });

  it.each([
    ['{', 'is no baseline'],
    ['[]', 'is no baseline'],
    ['{"schemaVersion":1,"findings":[]}', 'is no baseline'],
    ['null', 'is no baseline'],
    ['{"kind":"mesh-preflight baseline","schemaVersion":2,"findings":[]}', 'is a baseline of a later mesh-preflight'],
    [
      '{"kind":"mesh-preflight baseline","schemaVersion":"\\u001b[31m","findings":[]}',
      'is no baseline, its schemaVersion',
    ],
    ['{"kind":"mesh-preflight baseline","schemaVersion":1,"findings":{}}', 'is no baseline'],
    ...['null', '{}', '"x"', '[[]]', '{"fingerprint":1}', '{"fingerprint":"0"}'].map((entry): [string, string] => [
      `{"kind":"mesh-preflight baseline","schemaVersion":1,"findings":[${entry}]}`,
      'findings[0] is no entry of a baseline',
    ]),
  ])('is not %j', async (text, why) => {
    writeFileSync(join(folder, 'x.json'), text);
    const ended = await check('--baseline', 'x.json');
    expect(ended).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(`x.json: ${why}`) });
    expect(ended.stderr).toMatch(/^mesh-preflight: [ -~]+\n$/);
  });

  it('has to be there, and to be given', async () => {
    expect(await check('--baseline', 'none.json')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('ENOENT'),
    });
    expect(await check('--fail-on-new')).toMatchObject({ code: 2, stderr: expect.stringContaining('give --baseline') });
  });
});

describe('the difference', () => {
  const one: FindingSpec = {
    rule: 'pod-cidr-overlap',
    requirement: 'disjoint-pod-cidrs',
    clusters: ['east'],
    text: 'overlap',
  };
  const reportOf = (findings: readonly FindingSpec[], more: Parameters<typeof view>[0] | object = {}): Report => {
    const { report } = view({ clusters: ['east', 'west'], findings, ...more });
    // The kit numbers findings; here what they are about tells them apart.
    return { ...report, findings: report.findings.map((f) => ({ ...f, fingerprint: `${f.rule} ${f.message.text}` })) };
  };
  const unseen = (from: Report, to: Report) => diffOf(from, to).unseen.map(({ message }) => message.text);
  const told = (from: Report, to: Report) => {
    const { fixed, new: added, still, lost } = diffOf(from, to);
    const texts = (findings: Report['findings']) => findings.map(({ message }) => message.text);
    return {
      fixed: texts(fixed),
      new: texts(added),
      still: texts(still),
      lost: lost.map((l) => `${l.requirement} ${l.cluster} ${l.was}`),
    };
  };

  it('tells new, fixed and still', () => {
    expect(told(reportOf([one, { ...one, text: 'b' }]), reportOf([one, { ...one, text: 'c' }]))).toEqual({
      fixed: ['b'],
      new: ['c'],
      still: ['overlap'],
      lost: [],
    });
  });

  it('tells what is still there, but otherwise', () => {
    const changed = { ...one, data: { cidr: '10.0.0.0/9' } };
    const diff = diffOf(reportOf([one]), reportOf([changed]));
    expect([diff.still.length, diff.changed.length, diff.new.length]).toEqual([1, 1, 0]);
    expect(diffText(diff, { width: 80, color: false, unicode: true, maxFindings: 100 })).toBe(
      'Still, but changed: 1\n  error[pod-cidr-overlap] overlap\n\nnot-ready -> not-ready: 0 new, 0 fixed, 1 still, 0 lost from sight\n',
    );
    expect(diffOf(reportOf([one]), reportOf([one])).changed).toEqual([]);
  });

  it('takes nothing for fixed of which nothing is known', () => {
    const unknown = { ...one, verdict: 'unknown' as const, text: 'not read' };
    expect(told(reportOf([one]), reportOf([unknown]))).toEqual({
      fixed: [],
      new: ['not read'],
      still: [],
      lost: ['disjoint-pod-cidrs east fail'],
    });
    expect(told(reportOf([]), reportOf([unknown])).lost).toEqual(['disjoint-pod-cidrs east pass']);
    expect(told(reportOf([unknown]), reportOf([]))).toMatchObject({ fixed: ['not read'], lost: [] });
  });

  it('loses sight of a cluster that is not read any more', () => {
    const { report } = view({ clusters: ['west'] });
    const diff = diffOf(reportOf([one]), report);
    expect(diff.fixed).toEqual([]);
    expect(diff.lost).toContainEqual({ requirement: 'disjoint-pod-cidrs', cluster: 'east', was: 'fail' });
    expect(diff.clusters).toEqual({ gone: ['east'], added: [] });
  });

  it('takes nothing for fixed while something of its requirement is not known', () => {
    const unknown = { ...one, verdict: 'unknown' as const, text: 'not read' };
    const other = { ...one, text: 'another' };
    // Another violation outweighs what is unknown, so the verdict stays.
    const [from, to] = [reportOf([one, other]), reportOf([other, unknown])];
    expect(to.requirements.find(({ id }) => id === 'disjoint-pod-cidrs')?.clusters.east).toBe('fail');
    expect(told(from, to)).toEqual({
      fixed: [],
      new: ['not read'],
      still: ['another'],
      lost: ['disjoint-pod-cidrs east fail'],
    });
    expect(unseen(from, to)).toEqual(['overlap']);
    expect(told(from, reportOf([other, { ...unknown, clusters: ['west'] }])).fixed).toEqual(['overlap']);
    expect(told(from, reportOf([other, { ...unknown, requirement: 'aligned-vxlan' }])).fixed).toEqual(['overlap']);
    // What was read before has to be read now, even where no rule says that it lacks it.
    const shown = { ...one, at: [{ cluster: 'east', name: 'a', note: '' }] };
    const without = (section: string) => reportOf([other], { missing: { east: { [section]: 'not in the input' } } });
    expect(told(reportOf([shown]), without('ipPools'))).toMatchObject({
      fixed: [],
      lost: ['disjoint-pod-cidrs east fail'],
    });
    expect(told(reportOf([shown]), without('nodes')).fixed).toEqual(['overlap']);
    // The other side of it has to be known as well.
    const between = { ...one, at: [{ cluster: 'west', name: 'a', note: '' }] };
    expect(told(reportOf([between]), reportOf([{ ...unknown, clusters: ['west'] }])).fixed).toEqual([]);
    expect(diffText(diffOf(from, to), { width: 80, color: false, unicode: true, maxFindings: 100 })).toContain(
      'Gone, but not proven to be fixed: 1\n  error[pod-cidr-overlap] overlap\n',
    );
  });

  it('takes no unknown for settled that is gone with its cluster, or followed by another', () => {
    const unknown = { ...one, verdict: 'unknown' as const, text: 'not read' };
    const { report } = view({ clusters: ['west'] });
    expect(told(reportOf([unknown]), report).fixed).toEqual([]);
    expect(told(reportOf([unknown]), reportOf([{ ...unknown, text: 'unreadable' }])).fixed).toEqual([]);
  });

  it('asks no prototype of an object for a verdict', () => {
    const [from, to] = [['constructor'], ['west']].map((clusters) => view({ clusters }).report) as [Report, Report];
    expect(diffOf(from, to).lost.map(({ was }) => was)).not.toContainEqual(expect.any(Function));
    expect(diffOf(from, to).lost.length).toBe(diffOf(view({ clusters: ['east'] }).report, to).lost.length);
  });

  it('tells what is still there and counts now, or for more', () => {
    const suppressed = { ...one, suppressed: 'known' };
    const options = { width: 80, color: false, unicode: true, maxFindings: 100 };
    const diff = diffOf(reportOf([suppressed]), reportOf([one]));
    expect(diff.risen.map(({ why }) => why)).toEqual(['no longer suppressed']);
    expect(diffText(diff, options)).toContain(
      'Still, but changed: 1\n  error[pod-cidr-overlap] overlap (no longer suppressed)\n',
    );
    const note = { ...one, verdict: 'note' as const };
    const warning = { ...one, verdict: 'warn' as const };
    const risen = (a: FindingSpec, b: FindingSpec) => diffOf(reportOf([a]), reportOf([b])).risen.map(({ why }) => why);
    expect([risen(note, warning), risen(warning, one), risen(note, one)].flat()).toEqual(Array(3).fill('more severe'));
    expect([risen(one, warning), risen(one, suppressed), risen(warning, note), risen(one, one)].flat()).toEqual([]);
  });

  it('tells a finding between clusters that one more joins from one that is fixed', () => {
    const at = ['east', 'west', 'north'].map((cluster) => ({ cluster, name: 'pool', note: '' }));
    const of = (n: number): FindingSpec => ({ ...one, text: `of ${n}`, at: at.slice(0, n) });
    const [two, three] = [reportOf([of(2)]), reportOf([of(3)], { clusters: ['east', 'north', 'west'] })];
    const within = (report: Report) => ({ ...report, clusters: three.clusters, requirements: three.requirements });
    expect(told(within(two), three)).toMatchObject({ fixed: [], new: [], still: ['of 3'] });
    expect(told(three, within(two))).toMatchObject({ fixed: [], new: [], still: ['of 2'] });
    expect(diffOf(within(two), three).changed).toHaveLength(1);
    const elsewhere = reportOf([{ ...of(2), text: 'other', at: [at[0], at[2]] as NonNullable<FindingSpec['at']> }]);
    expect(told(within(two), within(elsewhere))).toMatchObject({ fixed: ['of 2'], new: ['other'] });
  });

  it('says that rules may have changed', () => {
    const later = { ...reportOf([]), tool: { name: 'mesh-preflight', version: '9.0.0' } };
    const text = diffText(diffOf(reportOf([one]), later), { width: 80, color: false, unicode: true, maxFindings: 100 });
    expect(text).toBe(
      'Fixed: 1\n  error[pod-cidr-overlap] overlap\n\nRules changed: the reports are from 0.1.0 and 9.0.0\nnot-ready -> ready: 0 new, 1 fixed, 0 still, 0 lost from sight\n',
    );
  });

  it('takes one configuration for both folders', async () => {
    cpSync(join(folder, 'mesh/east'), join(folder, 'alone/east'), { recursive: true });
    const pool =
      'apiVersion: projectcalico.org/v3\nkind: IPPool\nmetadata: { name: more }\nspec: { cidr: 10.99.0.0/16 }\n';
    writeFileSync(join(folder, 'mesh/east/more.yaml'), pool);
    const config = (text: string) => writeFileSync(join(folder, 'c.yaml'), text);
    const diff = (from: string, to: string) => run('diff', from, to, ...AT, '--config', 'c.yaml', '-o', 'json');
    config('topology: { hubs: [east], spokes: [west] }\nparticipatingPools: { east: [more, default-ipv4-ippool] }\n');
    expect(JSON.parse((await diff('alone', 'mesh')).stdout).clusters).toEqual({ gone: [], added: ['west'] });
    config('topology: { hubs: [east], spokes: [west] }\n');
    expect(JSON.parse((await diff('mesh', 'alone')).stdout).clusters).toEqual({ gone: ['west'], added: [] });
    config('topology: { hubs: [east], spokes: [wset] }\n');
    expect(await diff('alone', 'mesh')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('did you mean west?'),
    });
    writeFileSync(join(folder, 'mesh.json'), (await run('check', 'mesh', ...AT, '-o', 'json')).stdout);
    expect(await diff('alone', 'mesh.json')).toMatchObject({ code: 2, stderr: expect.stringContaining('west?') });
    config('topology: { hubs: [east], spokes: [west] }\n');
    expect((await diff('alone', 'mesh.json')).stdout).toContain('"added"');
    rmSync(join(folder, 'alone'), { recursive: true });
  });

  it('of two folders is that of their reports', async () => {
    cpSync(join(folder, 'mesh'), join(folder, 'before'), { recursive: true });
    rmSync(join(folder, 'mesh/west/felixconfigurations.yaml'));
    expect(await run('diff', 'before', 'mesh', ...AT)).toMatchObject({ code: 3, stderr: 'exit 3: lost visibility\n' });
    edit('east/ippools.yaml', 'cidr: 10.1.128.0/17', 'cidr: 10.7.0.0/17');
    const ended = await run('diff', 'before', 'mesh', ...AT);
    expect(ended).toMatchObject({ code: 1, stderr: 'exit 1: new or changed findings\n' });
    expect(ended.stdout).toMatch(/^Fixed: 1\n {2}error\[pod-ranges-disjoint\] pod range 10\.1\.128\.0\/17/m);
    expect(ended.stdout).toMatch(/^ {2}warning\[tunnel-addresses-in-pools\]/m);
    expect(ended.stdout).toMatch(/^ {2}unknown\[aligned-vxlan\] west: was pass$/m);
    for (const name of ['before', 'mesh']) {
      writeFileSync(join(folder, `${name}.json`), (await run('check', name, ...AT, '-o', 'json')).stdout);
    }
    expect((await run('diff', 'before.json', 'mesh.json')).stdout).toBe(ended.stdout);
    expect(await run('diff', 'mesh', 'before', ...AT, '-o', 'json')).toMatchObject({ code: 1 });
    expect(await run('diff', 'before', 'before', ...AT)).toMatchObject({ code: 0, stderr: 'exit 0: nothing new\n' });
  });

  it('reads no report that is not one', async () => {
    type Tree = { [key: string]: Tree } & Tree[];
    const whole = (await run('check', 'mesh', ...AT, '-o', 'json')).stdout;
    const change = (edit: (report: Tree) => unknown): unknown => {
      const report: Tree = JSON.parse(whole);
      edit(report);
      return report;
    };
    const first = (list: string) => (report: Tree) => report[list]?.[0] ?? {};
    const [finding, requirement] = [first('findings'), first('requirements')];
    const cases: readonly (readonly [value: unknown, why: string])[] = [
      [null, 'is neither a report'],
      [{ schemaVersion: 1, findings: [], requirements: [] }, 'it has no tool'],
      [{ schemaVersion: 2, findings: [], requirements: [] }, 'is a report of a later mesh-preflight (schemaVersion 2)'],
      [change((r) => Object.assign(r, { schemaVersion: 'x' })), 'schemaVersion is not what it has to be (const)'],
      [change((r) => Object.assign(r, { requirements: [{}] })), 'requirements[0] has no id'],
      [change((r) => Object.assign(r, { findings: [null] })), 'findings[0] is not what it has to be (type)'],
      [change((r) => Reflect.deleteProperty(finding(r), 'clusters')), 'findings[0] has no clusters'],
      [
        change((r) => Object.assign(finding(r), { '\u001b[31m\n::error::': 1 })),
        'findings[0] has \\x1b[31m\\n::error::',
      ],
      [change((r) => Object.assign(r, { verdict: 'constructor' })), 'verdict is not what it has to be (enum)'],
      [
        change((r) => Object.assign(requirement(r), { clusters: { '\u001b[31m': 'constructor' } })),
        'requirements[0].clusters["\\u001b[31m"] is not what it has to be (enum)',
      ],
    ];
    for (const [value, why] of cases) {
      writeFileSync(join(folder, 'x.json'), JSON.stringify(value));
      for (const pair of [
        ['x.json', 'mesh'],
        ['mesh', 'x.json'],
      ]) {
        const ended = await run('diff', ...pair, ...AT);
        expect(ended).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(why) });
        expect(ended.stderr).toMatch(/^mesh-preflight: x\.json: [ -~]+\n$/);
      }
    }
  });

  it('begins no line with what a report says, and says it harmlessly', () => {
    const evil = '\u001b[31m\r\n::error::x \u202e';
    const hostile = { ...one, clusters: ['east'], text: evil, rule: evil };
    const from = { ...reportOf([one]), tool: { name: 'mesh-preflight', version: `1.0.0${evil}` } };
    const { report: to } = view({ clusters: ['east', evil], findings: [hostile, { ...hostile, verdict: 'unknown' }] });
    for (const [a, b] of [
      [from, to],
      [to, from],
    ] as const) {
      for (const unicode of [true, false]) {
        const text = diffText(diffOf(a, b), { width: 80, color: false, unicode, maxFindings: 100 });
        expect(text).not.toMatch(/[^\P{C}\n]/u);
        expect(text).not.toMatch(/^\s*::/m);
      }
    }
  });

  it.each([
    ['none.json', 'cannot be read (ENOENT)'],
    ['mesh/east/ippools.yaml', 'is neither a report'],
  ])('stops at %s', async (place, why) => {
    expect(await run('diff', 'mesh', place)).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining(`${place}: ${why}`),
    });
  });
});

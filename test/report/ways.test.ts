// What reports say of ways between clusters: that nothing leads there, or out of the input, only where that is proven; in the page, its
// drawing and the graphs alike.

import { describe, expect, it } from 'vitest';
import { type CheckOptions, check } from '../../src/check.ts';
import { loadRules } from '../../src/registry.ts';
import { dot } from '../../src/report/dot.ts';
import { html } from '../../src/report/html/html.ts';
import { mermaid } from '../../src/report/mermaid.ts';
import type { PairResult, View } from '../../src/report/report.ts';
import { waysOf } from '../../src/report/ways.ts';
import { AT, checkInput, readExample } from '../kit/examples.ts';
import { type ClusterState, inputOf } from '../kit/mesh.ts';
import { changed, healthyMesh, type Manifest, without } from '../kit/objects.ts';
import { type FindingSpec, view } from './views.ts';

const rules = await loadRules();

function checked(clusters: Readonly<Record<string, ClusterState>>, options: Partial<CheckOptions> = {}): View {
  const location = { uri: 'export.yaml', line: 1, column: 1, endLine: 1, endColumn: 2 };
  const tool = { name: 'mesh-preflight', version: '0.0.0' };
  const fixed = { routing: null, calicoVersion: null, beforePeering: false, at: AT, disabled: new Set<string>() };
  return {
    ...check(inputOf(clusters, location), rules, { ...fixed, strict: false, tool, ...options }),
    exitReason: 'exit 0: ready',
  };
}

/** What the page says of the ways from one cluster, what its legends say, and what the graphs say. */
function told(of: View, from: string) {
  const page = [...html(of, { maxFindings: 100 })].join('');
  const row = new RegExp(`<tr data-from="${from}">([\\s\\S]*?)</tr>`).exec(page)?.[1] ?? '';
  const [, section = ''] = /<section id="mesh"([\s\S]*?)<\/section>/.exec(page) ?? [];
  return {
    cells: [...row.matchAll(/aria-label="([^"]*)"/g)].map(([, label = '']) => label),
    heads: [...section.matchAll(/<th scope="col"[^>]*><span>([^<]*)</g)].map(([, head = '']) => head),
    legend: [...section.matchAll(/<\/(?:span|svg)> ([a-z][^<]*)<\/li>/gi)].map(([, words = '']) => words),
    graphs: [mermaid(of).replaceAll('<br/>', '\\n'), dot(of)],
  };
}

const names = ['a', 'b', 'c'];
const three = healthyMesh(names);
const spoiled = (change: (objects: readonly Manifest[]) => Manifest[]) => ({ ...three, b: change(three.b ?? []) });
const RCC = 'RemoteClusterConfiguration';

describe('where all remotes were read and lead to known clusters', () => {
  const found = told(checked(spoiled((o) => without(o, RCC, 'c'))), 'b');

  it('a remote that is missing is not there', () => {
    expect(found.cells).toEqual(['b to a, remote a: pass', 'b to c, no remote: fail']);
    expect(found.heads).toEqual(names);
    expect(found.legend).toContain('no RemoteClusterConfiguration leads there');
    expect(found.legend).toContain('a remote leads one way only');
    expect(found.legend.join()).not.toContain('known');
    for (const graph of found.graphs) expect(graph).toContain('"no remote\\nfail\\nremotes-lead-both-ways"');
  });
});

describe('where no remotes were read', () => {
  it.each([
    ['and nothing else is wrong', spoiled((o) => without(o, RCC)), 'undecided'],
    [
      'and the pair fails for another reason',
      spoiled((o) => changed(without(o, RCC), 'FelixConfiguration', 'default', { spec: { vxlanPort: 4790 } })),
      'fail',
    ],
  ])('%s, none is known', (_, clusters, verdict) => {
    const found = told(checked(clusters), 'b');
    expect(found.cells).toEqual([
      `b to a, no remote is known to lead there: ${verdict}`,
      `b to c, no remote is known to lead there: ${verdict}`,
    ]);
    expect(found.heads).toEqual(names);
    expect(found.legend).toContain('no RemoteClusterConfiguration is known to lead there');
    expect(found.legend).toContain('a remote leads one way, none is known to lead back');
    expect(found.legend).not.toContain('no RemoteClusterConfiguration leads there');
    expect(found.legend).not.toContain('a remote leads one way only');
    for (const graph of found.graphs) {
      expect(graph).toContain(`"no remote is known to lead there\\n${verdict}`);
      expect(graph).not.toContain('"no remote\\n');
    }
  });
});

describe('where only the Secrets are missing', () => {
  const found = told(checked(spoiled((o) => without(o, 'Secret'))), 'b');

  it('remotes lead to clusters that nobody knows, and may be those that pairs lack', () => {
    expect(found.cells).toEqual([
      'b to a, no remote is known to lead there: undecided',
      'b to c, no remote is known to lead there: undecided',
      'b to an unknown cluster, remotes a, c: undecided',
    ]);
    expect(found.heads).toEqual([...names, 'unknown']);
    for (const graph of found.graphs) {
      expect(graph).toContain('an unknown cluster');
      expect(graph).not.toMatch(/outside|"no remote\\n/);
    }
  });
});

describe('where a cluster is not in the input', () => {
  const { a = [], b = [] } = three;

  it('its remotes lead outside, if every other was told', () => {
    const found = told(checked({ a, b }), 'b');
    expect(found.cells).toEqual(['b to a, remote a: pass', 'b to outside the input, remote c: undecided']);
    expect(found.heads).toEqual(['a', 'b', 'outside']);
    for (const graph of found.graphs) {
      expect(graph).toContain('outside the input');
      expect(graph).not.toContain('an unknown cluster');
    }
  });

  it('a remote that is missing is still not there', () => {
    const found = told(checked({ a, b: without(b, RCC, 'a') }), 'b');
    expect(found.cells[0]).toBe('b to a, no remote: fail');
  });

  it('nothing is outside that no rule has looked at', () => {
    const disabled = new Set(['remotes-lead-to-checked-clusters', 'remotes-lead-both-ways']);
    const found = told(checked({ a, b: without(b, RCC, 'a') }, { disabled }), 'b');
    expect(found.cells).toEqual([
      'b to a, no remote is known to lead there: undecided',
      'b to an unknown cluster, remote c: pass',
    ]);
  });

  it('one that leads outside and one whose Secret is missing are told apart', () => {
    const found = told(checked({ a, b: without(b, 'Secret', 'remote-cluster-secret-a') }), 'b');
    expect(found.cells).toEqual([
      'b to a, no remote is known to lead there: undecided',
      'b to outside the input, remote c: undecided',
      'b to an unknown cluster, remote a: fail',
    ]);
    expect(found.heads).toEqual(['a', 'b', 'outside', 'unknown']);
    for (const graph of found.graphs) expect(graph).toMatch(/outside the input[\s\S]*an unknown cluster/);
  });
});

it('no remote leads to a cluster that none of those without a known target can lead to', () => {
  // Who c is is not told, so that the remote of b may lead to c, but not to a.
  const { a = [], c = [] } = three;
  const identity = ['Namespace', 'ConfigMap', 'Secret', 'ServiceAccount'].reduce((o, kind) => without(o, kind), c);
  const found = told(checked({ ...spoiled((o) => without(o, RCC, 'a')), a, c: identity }), 'b');
  expect(found.cells).toEqual([
    'b to a, no remote: fail',
    'b to c, no remote is known to lead there: undecided',
    'b to an unknown cluster, remote c: undecided',
  ]);
});

it('the half-exported example says nothing that is not proven', async () => {
  const of = { ...(await checkInput(readExample('half-exported'))), exitReason: 'exit 3: not proven' };
  const found = told(of, 'edge');
  expect(found.cells).toEqual([
    'edge to hub, remote hub: undecided',
    'edge to lab, no remote is known to lead there: undecided',
    'edge to an unknown cluster, remote lab: undecided',
  ]);
  for (const graph of found.graphs) expect(graph).not.toMatch(/outside|"no remote\\n/);
});

describe('among a hundred clusters, whose pairs that pass are not told', () => {
  const clusters = Array.from({ length: 100 }, (_, i) => `c${i}`);
  const pair: PairResult = { from: 'c0', to: 'c1', remote: null, verdict: 'fail', because: ['pod-cidr-overlap'] };
  it.each([
    ['fail', 'none'],
    ['pass', 'none'],
    ['unknown', 'untold'],
    ['not-applicable', 'untold'],
  ] as const)('remotes judged %s prove %s', (verdict, lead) => {
    const { report } = view({ clusters, pairs: [pair], verdicts: { 'bidirectional-remotes': verdict } });
    expect(waysOf(report).leadOf(pair)).toBe(lead);
  });
});

describe('the rules at a connection', () => {
  const findings: readonly FindingSpec[] = [
    { rule: 'a-rule', requirement: 'access-secret', verdict: 'unknown', clusters: ['west'], text: 'not read' },
    { rule: 'a-rule', requirement: 'access-secret', clusters: ['north'], text: 'fails, but not here' },
    { rule: 'b-rule', requirement: 'aligned-vxlan', verdict: 'warn', clusters: [], text: 'may be meant' },
    { rule: 'c-rule', requirement: 'aligned-vxlan', clusters: ['east'], text: 'differs' },
    { rule: 'd-rule', requirement: 'aligned-vxlan', clusters: ['west', 'north'], text: 'differs, too' },
    { rule: 'e-rule', requirement: 'aligned-vxlan', clusters: [], text: 'differs everywhere' },
  ];
  const label = (verdict: PairResult['verdict'], ...because: readonly string[]) => {
    const pair = { from: 'west', to: 'east', remote: 'east', verdict, because };
    const of = view({ clusters: ['east', 'west', 'north'], findings, pairs: [pair] });
    const [, inMermaid] = /\|"(.*)"\| c\d/.exec(mermaid(of)) ?? [];
    const [, inDot] = /-> c\d \[label="(.*?)"/.exec(dot(of)) ?? [];
    expect(inMermaid?.split('<br/>')).toEqual(inDot?.split('\\n'));
    return inDot?.split('\\n').slice(2);
  };

  it.each([
    ['fail', ['a-rule', 'b-rule', 'c-rule', 'd-rule', 'e-rule'], ['c-rule', 'd-rule', '3 more rules']],
    ['fail', ['a-rule', 'b-rule', 'e-rule'], ['e-rule', '2 more rules']],
    ['unknown', ['a-rule', 'b-rule'], ['a-rule', '1 more rule']],
    ['warn', ['b-rule'], ['b-rule']],
    // Where no finding tells which rules they are, the first ones.
    ['fail', ['x-rule', 'y-rule', 'z-rule'], ['x-rule', 'y-rule', '1 more rule']],
  ] as const)('that is %s because of %j are %j', (verdict, because, shown) => {
    expect(label(verdict, ...because)).toEqual(shown);
  });
});

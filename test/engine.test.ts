// Verdict arithmetic: needs, comparisons, readings, silence and break-downs. The rules here are made up.

import { describe, expect, test } from 'vitest';
import { type Judgement, judge } from '../src/engine.ts';
import { absent, defineRule, type Rule, type Section } from '../src/rule.ts';
import { build, type ClusterState, type KitOptions } from './kit/mesh.ts';
import { healthyMesh, without } from './kit/objects.ts';

const docs = { why: 'w', fix: 'f', sources: [{ title: 't', url: 'https://example.com', version: '3.23' }] } as const;
const healthy = healthyMesh(['a', 'b']);

type Check = Rule['check'];

function rule(check: Check, more: Partial<Rule> = {}): Rule {
  return defineRule({
    id: 'made-up',
    title: 't',
    requirement: 'unique-node-names',
    severity: 'error',
    compares: false,
    needs: ['nodes'] as readonly Section[],
    docs,
    messages: {
      broken: '{name} is broken',
      hint: { text: 'a hint', severity: 'note' },
      minor: { text: 'minor', severity: 'warning' },
    },
    check,
    ...more,
  }) as Rule;
}

function run(
  rules: readonly Rule[],
  clusters: Readonly<Record<string, ClusterState>> = healthy,
  options: KitOptions = {},
  disabled: readonly string[] = [],
): Judgement {
  return judge(rules, build(clusters, options), new Set(disabled));
}

function verdicts(judgement: Judgement, id = 'unique-node-names'): unknown {
  return judgement.requirements.find((r) => r.id === id)?.clusters;
}

const says = (judgement: Judgement) =>
  judgement.findings.map((f) => `${f.outcome.verdict} ${f.outcome.clusters}: ${f.text}`);
const passes: Check = function* ({ clusters }, say) {
  yield say.pass(clusters.map((c) => c.name));
};
const broken: Check = function* (_, say) {
  yield say.finding(
    'broken',
    { name: 'x' },
    { clusters: ['a'], evidence: [absent('a', { apiVersion: 'v1', kind: 'Node', name: 'x' }, 'gone')] },
  );
  yield say.pass(['b']);
};

describe('needs', () => {
  const unread = { ...healthy, b: without(healthy.b ?? [], 'Node') };
  test('that are missing block a pass, and say what settles it', () => {
    const judgement = run([rule(passes)], unread);
    expect(verdicts(judgement)).toEqual({ a: 'pass', b: 'unknown' });
    expect(says(judgement)).toEqual(['unknown b: Nodes of b not read: no Node in the input']);
    expect(judgement.findings[0]?.outcome).toMatchObject({
      reason: 'missing-input',
      severity: 'error',
      fix: { command: 'kubectl --context b get nodes -o yaml > b/nodes.yaml' },
    });
  });
  test('that are missing do not block a violation', () => {
    const judgement = run([rule(broken)], { ...healthy, a: without(healthy.a ?? [], 'Node') });
    expect(verdicts(judgement)).toEqual({ a: 'fail', b: 'pass' });
    expect(says(judgement)).toEqual(['fail a: x is broken', 'unknown a: Nodes of a not read: no Node in the input']);
  });
  test('of several rules of a requirement are told once', () => {
    const judgement = run([rule(passes), rule(passes, { id: 'another' })], unread);
    expect(says(judgement)).toHaveLength(1);
  });
  test('do not matter to a cluster that the rule does not apply to', () => {
    const check: Check = function* ({ clusters }, say) {
      yield say.notApplicable(clusters.map((c) => c.name));
    };
    expect(verdicts(run([rule(check)], unread))).toEqual({ a: 'not-applicable', b: 'not-applicable' });
  });
  test('of a case can be asked for by the rule, if it declared them', () => {
    const check: Check = function* (_, say) {
      yield say.missing('b', 'nodes');
      yield say.pass(['a']);
    };
    expect(verdicts(run([rule(check, { needs: [], evidence: ['nodes'] })], unread))).toEqual({
      a: 'pass',
      b: 'unknown',
    });
    expect(run([rule(check, { needs: [] })], unread).failures).toEqual([
      { rule: 'made-up', why: 'nodes of b is no declared input' },
    ]);
  });
});

describe('comparisons', () => {
  const compare = rule(passes, { compares: true });
  test('pass where two clusters were read', () => expect(verdicts(run([compare]))).toEqual({ a: 'pass', b: 'pass' }));
  test('prove nothing of one cluster alone', () => {
    const judgement = run([compare], { a: healthy.a ?? [] });
    expect(verdicts(judgement)).toEqual({ a: 'unknown' });
    expect(says(judgement)).toEqual(['unknown a: a is alone in the input, so there is nothing to hold it against']);
  });
  test('prove nothing of a cluster whose only neighbour was not read', () => {
    const judgement = run([compare], { ...healthy, b: without(healthy.b ?? [], 'Node') });
    expect(verdicts(judgement)).toEqual({ a: 'unknown', b: 'unknown' });
    expect(says(judgement)).toEqual(['unknown b: Nodes of b not read: no Node in the input']);
  });
});

describe('verdicts', () => {
  test('a warning warns and a note changes nothing', () => {
    const check: Check = function* ({ clusters }, say) {
      const evidence = [absent('a', { apiVersion: 'v1', kind: 'Node', name: 'x' }, '')] as const;
      yield say.finding('hint', {}, { clusters: ['a'], evidence });
      yield say.finding('minor', {}, { clusters: ['b'], evidence });
      yield say.pass(clusters.map((c) => c.name));
    };
    expect(verdicts(run([rule(check)]))).toEqual({ a: 'pass', b: 'warn' });
  });
  test('are told of a cluster by any name', () => {
    const named = Object.fromEntries([
      ['__proto__', healthy.a ?? []],
      ['constructor', healthy.b ?? []],
    ]);
    expect(Object.entries(verdicts(run([rule(passes)], named)) as object)).toEqual([
      ['__proto__', 'pass'],
      ['constructor', 'pass'],
    ]);
  });
  test('silence is a fault, not a pass', () => {
    const judgement = run([
      rule(function* (_, say) {
        yield say.pass(['a']);
      }),
    ]);
    expect(verdicts(judgement)).toEqual({ a: 'pass', b: 'unknown' });
    expect(judgement.failures).toEqual([{ rule: 'made-up', why: 'it says nothing about b' }]);
  });
  test('a rule that throws is unknown, and the others go on', () => {
    const throws = rule(
      () => {
        throw new Error('boom');
      },
      { id: 'thrower' },
    );
    const judgement = run([throws, rule(broken)]);
    expect(verdicts(judgement)).toEqual({ a: 'fail', b: 'unknown' });
    expect(judgement.failures).toEqual([{ rule: 'thrower', why: 'boom' }]);
  });
  test('a rule that is switched off leaves its requirement unknown if it could fail', () => {
    expect(verdicts(run([rule(passes)], healthy, {}, ['made-up']))).toEqual({ a: 'unknown', b: 'unknown' });
    expect(verdicts(run([rule(passes, { severity: 'warning' })], healthy, {}, ['made-up']))).toEqual({
      a: 'not-applicable',
      b: 'not-applicable',
    });
  });
  test('do not apply in the other mode, or before peering', () => {
    const overlay = rule(broken, { requirement: 'aligned-vxlan' });
    expect(verdicts(run([overlay], healthy, { routing: 'underlay' }), 'aligned-vxlan')).toEqual({
      a: 'not-applicable',
      b: 'not-applicable',
    });
    expect(verdicts(run([overlay], healthy, { routing: 'overlay' }), 'aligned-vxlan')).toEqual({
      a: 'fail',
      b: 'pass',
    });
    const remotes = rule(broken, { requirement: 'valid-remotes' });
    expect(verdicts(run([remotes], healthy, { beforePeering: true }), 'valid-remotes')).toEqual({
      a: 'not-applicable',
      b: 'not-applicable',
    });
  });
});

describe('readings', () => {
  const untold = healthyMesh(['a', 'b'], { version: null });
  const byText: Check = function* ({ clusters, text }, say) {
    if (text === '3.21') yield say.pass(clusters.map((c) => c.name));
    else {
      yield say.finding(
        'broken',
        { name: 'x' },
        { clusters: ['a'], evidence: [absent('a', { apiVersion: 'v1', kind: 'Node', name: 'x' }, '')] },
      );
      yield say.pass(['b']);
    }
  };
  test('a verdict that another text changes is unknown', () => {
    const judgement = run([rule(byText)], untold);
    expect(verdicts(judgement)).toEqual({ a: 'unknown', b: 'pass' });
    expect(says(judgement)).toEqual([
      'unknown a: it depends on the version, which nothing tells for a and b: from 3.21 pass, up to 3.20 fail',
    ]);
  });
  test('a verdict on which the texts agree stands', () => {
    expect(verdicts(run([rule(broken)], untold))).toEqual({ a: 'fail', b: 'pass' });
  });
  test('a told version leaves nothing open', () => {
    expect(verdicts(run([rule(byText)], untold, { calicoVersion: '3.20' }))).toEqual({ a: 'fail', b: 'pass' });
  });

  const open = { ...healthy, b: without(healthy.b ?? [], 'RemoteClusterConfiguration') };
  const byMode: Check = function* ({ clusters, routing }, say) {
    if (routing === 'overlay') yield say.pass(clusters.map((c) => c.name));
    else yield* broken({ clusters } as never, say);
  };
  test('a verdict that the other mode would make worse is unknown', () => {
    const judgement = run([rule(byMode)], open);
    expect(verdicts(judgement)).toEqual({ a: 'unknown', b: 'pass' });
    expect(says(judgement)[0]).toContain('it depends on the routing mode');
  });
  test('a failure stands whatever the other mode would say', () => {
    const opposite: Check = function* ({ clusters, routing }, say) {
      if (routing === 'underlay') yield say.pass(clusters.map((c) => c.name));
      else yield* broken({ clusters } as never, say);
    };
    expect(verdicts(run([rule(opposite)], open))).toEqual({ a: 'fail', b: 'pass' });
  });
  test('a rule that breaks down in one of them is a fault, told once', () => {
    const throws: Check = function* ({ clusters, text, routing }, say) {
      if (text === '3.18' || routing === 'underlay') throw new Error('boom');
      yield say.pass(clusters.map((c) => c.name));
    };
    const fault = [{ rule: 'made-up', why: 'boom' }];
    expect(run([rule(throws)], untold).failures).toEqual(fault);
    expect(run([rule(throws)], open).failures).toEqual(fault);
    expect(run([rule(throws)], healthy).failures).toEqual([]);
  });
  test('a mode that is given is not open', () => {
    expect(verdicts(run([rule(byMode)], open, { routing: 'overlay' }))).toEqual({ a: 'pass', b: 'pass' });
  });
});

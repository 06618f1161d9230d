// The rule tester: runs literal cases, and demands of every rule what holds for all of them.

import { describe, expect, test } from 'vitest';
import { judge } from '../../src/engine.ts';
import type { BuiltMesh } from '../../src/model/build.ts';
import type { Cluster, Mesh, Section } from '../../src/model/mesh.ts';
import { pathText } from '../../src/model/resource.ts';
import { rulePage } from '../../src/report/rule-page.ts';
import type { Messages, Rule, Verdict } from '../../src/rule.ts';
import { build, type ClusterState, type KitOptions } from './mesh.ts';

export interface RuleCase {
  /** What happens, as a phrase: `fails when two clusters share a name`. */
  readonly title: string;
  readonly clusters: Readonly<Record<string, ClusterState>>;
  readonly options?: KitOptions;
  /** Of the rule over all clusters, or of each cluster. */
  readonly verdict: Verdict | Readonly<Record<string, Verdict>>;
  /** Ids of all messages, one per finding, in any order; those of the engine (`missingInput` …) too. None unless given. */
  readonly says?: readonly string[];
  /** First evidence of every finding that has evidence, as `cluster Kind/name path`, in any order. Not looked at unless given. */
  readonly at?: readonly string[];
  /** Clusters of every finding, in any order, each as `a b`. Not looked at unless given. */
  readonly blames?: readonly string[];
  /** Texts that must occur among the findings' texts. */
  readonly text?: readonly string[];
}

/** What a rule says about a mesh. */
export interface RuleResult {
  readonly verdict: Verdict;
  readonly clusters: Readonly<Record<string, Verdict>>;
  readonly findings: readonly {
    readonly id: string;
    readonly verdict: string;
    readonly text: string;
    readonly clusters: readonly string[];
    readonly at: string | null;
    readonly evidence: readonly string[];
    /** What to do, and the command. */
    readonly fix: string | null;
    readonly command: string | null;
  }[];
}

/** Runs one rule, needs and open readings included. Throws when the rule breaks down. */
export function runRule(rule: Rule, built: BuiltMesh): RuleResult {
  const judged = judge([rule], built, new Set());
  if (judged.failures.length > 0) throw new Error(`${rule.id}: ${judged.failures.map((f) => f.why).join('; ')}`);
  const requirement = judged.requirements.find((r) => r.id === rule.requirement);
  const place = (e: { ref: { cluster: string; kind: string; name: string }; path: readonly (string | number)[] }) =>
    `${e.ref.cluster} ${e.ref.kind}/${e.ref.name} ${pathText(e.path)}`.trimEnd();
  return {
    verdict: requirement?.verdict ?? 'not-applicable',
    clusters: requirement?.clusters ?? {},
    findings: judged.findings.map(({ outcome, text }) => ({
      id: outcome.message?.id ?? '',
      verdict: outcome.verdict,
      text,
      clusters: outcome.clusters,
      at: outcome.evidence[0] ? place(outcome.evidence[0]) : null,
      evidence: outcome.evidence.map(place),
      fix: outcome.fix?.title ?? null,
      command: outcome.fix?.command ?? null,
    })),
  };
}

/**
 * Runs the cases and demands: cases for pass, for a violation (or a probe's unknown) and for unknown; every message said at least once;
 * every declared section read; nothing of the mesh changed; the same result with the clusters in reverse order; its page up to date.
 */
export function testRule<S extends Section, M extends Messages>(typed: Rule<S, M>, cases: readonly RuleCase[]): void {
  const rule = typed as unknown as Rule;
  describe(rule.id, () => {
    const said = new Set<string>();
    const read = new Set<string>();
    const seen = new Set<Verdict>();

    for (const c of cases) {
      test(c.title, () => {
        const built = watched(build(c.clusters, c.options), read);
        const result = runRule(rule, built);
        for (const { id } of result.findings) said.add(id);
        seen.add(result.verdict);
        if (typeof c.verdict === 'string') expect(result.verdict, JSON.stringify(result, null, 1)).toBe(c.verdict);
        else expect(result.clusters, JSON.stringify(result, null, 1)).toEqual(c.verdict);
        expect(result.findings.map((f) => f.id).sort()).toEqual([...(c.says ?? [])].sort());
        if (c.at) expect(result.findings.flatMap((f) => f.at ?? []).sort()).toEqual([...c.at].sort());
        if (c.blames) expect(result.findings.map((f) => f.clusters.join(' ')).sort()).toEqual([...c.blames].sort());
        for (const text of c.text ?? []) expect(result.findings.map((f) => f.text).join('\n')).toContain(text);
        for (const f of result.findings) {
          expect(f.text, 'a message is one sentence without a final period').toMatch(/[^.\s]$/);
          expect(f.text).not.toMatch(/\{|\}|undefined|null|\[object/);
          if (f.verdict === 'unknown') expect(f.command, `${f.id} has a command that settles it`).toBeTruthy();
        }
        const reversed = runRule(rule, build(Object.fromEntries(Object.entries(c.clusters).reverse()), c.options));
        expect(comparable(reversed)).toEqual(comparable(result));
      });
    }

    test('has cases for what matters', () => {
      const all = new Set([
        ...seen,
        ...cases.flatMap((c) => (typeof c.verdict === 'string' ? c.verdict : Object.values(c.verdict))),
      ]);
      const probe = !all.has('pass') && !all.has('fail') && !all.has('warn');
      if (!probe) {
        expect([...all]).toContain('pass');
        expect(all.has('fail') || all.has('warn') || Object.keys(rule.messages).some((id) => said.has(id))).toBe(true);
      }
      if (rule.needs.length > 0) expect([...all]).toContain('unknown');
    });

    test('has its page', async () => {
      const results = cases.map((c) => runRule(rule, build(c.clusters, c.options)));
      await expect(rulePage(rule, exampleOf(results))).toMatchFileSnapshot(`../../rules/${rule.id}.md`);
    });

    test('says every message it has', () => {
      expect(Object.keys(rule.messages).filter((id) => !said.has(id))).toEqual([]);
    });

    test('reads every section it declares', () => {
      expect([...rule.needs, ...(rule.evidence ?? [])].filter((section) => !read.has(section))).toEqual([]);
    });
  });
}

/** What the first case in which the rule finds something reports: a violation; of a probe, what it leaves open. */
function exampleOf(results: readonly RuleResult[]): string | undefined {
  const words: Readonly<Record<string, string>> = {
    fail: 'error',
    warn: 'warning',
    unknown: 'undecided',
    note: 'note',
  };
  const found = ['fail', 'warn', 'note', 'unknown']
    .map((verdict) => results.flatMap((r) => r.findings).find((f) => f.verdict === verdict))
    .find((f) => f !== undefined);
  if (!found) return undefined;
  const { verdict, text, evidence, fix, command } = found;
  return [
    `${words[verdict]}: ${text}`,
    ...evidence.map((place) => `  ${place}`),
    ...(fix === null ? [] : [`  fix: ${fix}`]),
    ...(command ?? '')
      .split('\n')
      .filter(Boolean)
      .map((line) => `    ${line}`),
  ].join('\n');
}

function comparable(result: RuleResult): unknown {
  return {
    clusters: Object.entries(result.clusters).sort(([a], [b]) => (a < b ? -1 : 1)),
    findings: result.findings.map((f) => `${f.verdict} ${f.id} ${f.clusters.join(' ')} ${f.text} ${f.at}`).sort(),
  };
}

/** The mesh with everything frozen and every look at a section written down. */
function watched(built: BuiltMesh, read: Set<string>): BuiltMesh {
  const clusters = built.clusters.map((c) => {
    freeze(c, new Set());
    return new Proxy(c, {
      get(target, key, receiver) {
        if (typeof key === 'string') read.add(key);
        return Reflect.get(target, key, receiver);
      },
    }) as Cluster<Section>;
  });
  return {
    ...built,
    clusters,
    read: (routing, text): Mesh<Section> => ({ ...built.read(routing, text), clusters }),
  };
}

function freeze(value: unknown, done: Set<unknown>): void {
  if (typeof value !== 'object' || value === null || done.has(value)) return;
  done.add(value);
  Object.freeze(value);
  for (const part of Object.values(value)) freeze(part, done);
}

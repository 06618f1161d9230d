// Every example from end to end: findings at the marked lines, the table as printed, and what holds for any input.

import fs from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { judge } from '../src/engine.ts';
import { buildMesh } from '../src/model/build.ts';
import { type Intake, newIntake, take } from '../src/model/objects/intake.ts';
import { type KindId, kinds } from '../src/model/objects/kinds.ts';
import { newReading } from '../src/model/objects/reading.ts';
import { loadRules } from '../src/registry.ts';
import { compareVerdicts } from '../src/report/report.ts';
import { reporters } from '../src/report/reporters.ts';
import type { RequirementId } from '../src/requirements.ts';
import type { Verdict } from '../src/rule.ts';
import { parseSingle } from '../src/source/yaml.ts';
import { AT, checkInput, documentsOf, examples, readExample, root, secretsOf } from './kit/examples.ts';

const text = { width: 100, color: false, unicode: true, maxFindings: 100 };
const options = { routing: null, calicoVersion: null, beforePeering: false, at: AT };
const rules = await loadRules();

/** Lines that carry `# expect: <rule>`, as `file:line rule`. */
function marks(name: string): readonly string[] {
  const folder = path.join(root, 'examples', name);
  return fs.readdirSync(folder, { recursive: true, encoding: 'utf8' }).flatMap((file) => {
    if (!/\.ya?ml$/.test(file)) return [];
    const lines = fs.readFileSync(path.join(folder, file), 'utf8').split('\n');
    return lines.flatMap((line, i) => {
      const expected = /# expect: ([\w-]+(?:, [\w-]+)*)$/.exec(line)?.[1]?.split(', ') ?? [];
      return expected.map((rule) => `examples/${name}/${file}:${i + 1} ${rule}`);
    });
  });
}

describe.each(examples)('%s', (name) => {
  test('has its findings at the marked lines, and no others', async () => {
    const { report, failures } = await checkInput(readExample(name));
    expect(failures).toEqual([]);
    const places = report.findings
      .filter((f) => f.verdict === 'fail' || f.verdict === 'warn')
      .flatMap((f) => {
        const location = f.evidence.find((e) => e.location)?.location;
        return location ? [`${location.uri}:${location.line} ${f.rule}`] : [];
      });
    expect(places.sort()).toEqual([...marks(name)].sort());
    if (name.startsWith('healthy')) expect(report.verdict).toBe('ready');
    else expect(report.verdict).not.toBe('ready');
  });

  test('prints what expected.txt shows', async () => {
    const checked = await checkInput(readExample(name));
    const printed = await reporters.render('table', { ...checked, exitReason: '' }, text);
    await expect(printed).toMatchFileSnapshot(path.join(root, 'examples', name, 'expected.txt'));
  });

  test('lets no secret out in any format', async () => {
    const checked = await checkInput(readExample(name));
    const secrets = secretsOf(name);
    if (name !== 'half-exported' && name !== 'snapshot') expect(secrets.length).toBeGreaterThan(0);
    for (const format of reporters.names) {
      const printed = await reporters.render(format, { ...checked, exitReason: '' }, text);
      expect(secrets.filter((secret) => printed.includes(secret) || printed.includes(secret.slice(0, 32)))).toEqual([]);
    }
  });

  test('gives the same report whatever the order of its files and objects', async () => {
    const { report } = await checkInput(readExample(name));
    const shuffled = readExample(name);
    for (const { kinds: facts } of shuffled.clusters) for (const kind of Object.values(facts)) kind.items.reverse();
    const again = await checkInput({
      ...shuffled,
      clusters: [...shuffled.clusters].reverse().sort((a, b) => (a.cluster < b.cluster ? -1 : 1)),
    });
    expect(JSON.stringify(again.report)).toBe(JSON.stringify(report));
  });
});

/** Kinds that each requirement needs; identity counts as one. */
const IDENTITY: readonly KindId[] = [
  'Namespace',
  'ConfigMap',
  'ServiceAccount',
  'Secret',
  'ClusterInformation',
  'Infrastructure',
  'Node',
];
const FELIX: readonly (readonly KindId[])[] = [['FelixConfiguration'], ['DaemonSet']];
const needs: Readonly<Partial<Record<RequirementId, readonly (readonly KindId[])[]>>> = {
  'unique-node-names': [['Node', 'CalicoNode']],
  'unique-node-addresses': [['Node', 'CalicoNode']],
  'common-overlay': [['IPPool']],
  'disjoint-pod-cidrs': [['IPPool']],
  'aligned-route-source': FELIX,
  'aligned-vxlan': [...FELIX, ['IPPool']],
  'aligned-wireguard': FELIX,
  'supported-cni': [['Installation', 'DaemonSet']],
  'bidirectional-remotes': [['RemoteClusterConfiguration'], ['Secret'], IDENTITY],
  'overlay-routing-mode': [['RemoteClusterConfiguration']],
  'valid-remotes': [['RemoteClusterConfiguration']],
  'distinct-remotes': [['RemoteClusterConfiguration'], ['Secret'], IDENTITY],
  'access-secret': [['RemoteClusterConfiguration'], ['Secret']],
  'usable-kubeconfig': [['RemoteClusterConfiguration'], ['Secret']],
  'typha-secret-access': [
    ['RemoteClusterConfiguration'],
    ['Role', 'ClusterRole'],
    ['RoleBinding', 'ClusterRoleBinding'],
  ],
  'federation-account': [['ServiceAccount'], ['ClusterRole'], ['ClusterRoleBinding']],
  'nat-exclusion': [['IPPool']],
  'no-stale-pools': [['IPPool']],
};
/** Kinds that tell mode or version. */
const telling: readonly (readonly KindId[])[] = [
  ['RemoteClusterConfiguration'],
  ['Installation'],
  ['DaemonSet'],
  ['ClusterInformation'],
];

function stripped(intake: Intake, gone: readonly KindId[]): Intake {
  const kept = Object.fromEntries(
    kinds.map(({ id }) => [id, gone.includes(id) ? { items: [], listed: false, partial: null } : intake.kinds[id]]),
  );
  return { ...intake, kinds: kept as unknown as Intake['kinds'] };
}

describe('removing every object and list of a kind', () => {
  test.each(examples)('makes no verdict of %s better', { timeout: 60_000 }, (name) => {
    const { clusters } = readExample(name);
    const verdicts = (intakes: readonly Intake[]) =>
      new Map(
        judge(rules, buildMesh(intakes, options), new Set()).requirements.map((r) => [r.id, r.verdict as Verdict]),
      );
    const before = verdicts(clusters);
    const wrong: string[] = [];
    const groups = new Map<string, readonly KindId[]>();
    for (const group of [...Object.values(needs).flat(), ...telling]) groups.set(group.join('+'), group);
    for (const [label, group] of groups) {
      for (const only of [null, ...clusters.map((c) => c.cluster)]) {
        const after = verdicts(clusters.map((c) => (only === null || c.cluster === only ? stripped(c, group) : c)));
        for (const [id, verdict] of after) {
          const concerned = needs[id]?.some((g) => g.join('+') === label) || telling.some((g) => g.join('+') === label);
          const was = before.get(id) as Verdict;
          if (concerned && verdict !== 'unknown' && compareVerdicts(verdict, was) > 0) {
            wrong.push(`${id}: ${was} becomes ${verdict} without ${label} of ${only ?? 'all'}`);
          }
        }
      }
    }
    expect(wrong).toEqual([]);
  });
});

describe('removing anything at all', () => {
  const small = examples.filter((name) => name !== 'duplicate-node-name');
  test.each(small)('from %s breaks no rule', (name) => {
    const state = documentsOf(name);
    const places = state.flatMap((cluster, c) =>
      cluster.documents.flatMap((doc, d) => [...pathsOf(doc)].map((p) => ({ c, d, p }))),
    );
    fc.assert(
      fc.property(fc.integer({ min: 0, max: places.length - 1 }), (i) => {
        const chosen = places[i];
        if (!chosen) return;
        const { c, d, p } = chosen;
        const reading = newReading(parseSingle);
        const intakes = state.map((cluster, n) => {
          const intake = newIntake(cluster.name);
          for (const [m, value] of cluster.documents.entries()) {
            const document = {
              value: n === c && m === d ? removed(value, p) : value,
              file: 0,
              document: m,
              named: null,
              uri: 'x',
            };
            take(intake, document, reading);
          }
          return intake;
        });
        expect(judge(rules, buildMesh(intakes, options), new Set()).failures).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });
});

type Step = string | number;

function* pathsOf(value: unknown, at: readonly Step[] = []): Iterable<readonly Step[]> {
  if (typeof value !== 'object' || value === null) return;
  const entries: readonly (readonly [Step, unknown])[] = Array.isArray(value)
    ? [...value.entries()]
    : Object.entries(value);
  for (const [key, child] of entries) {
    yield [...at, key];
    yield* pathsOf(child, [...at, key]);
  }
}

function removed(value: unknown, [step, ...rest]: readonly Step[]): unknown {
  if (step === undefined) return value;
  if (Array.isArray(value)) {
    return rest.length === 0
      ? value.filter((_, i) => i !== step)
      : value.map((v, i) => (i === step ? removed(v, rest) : v));
  }
  const { [step]: child, ...others } = value as Record<string, unknown>;
  return rest.length === 0 ? others : { ...others, [step]: removed(child, rest) };
}

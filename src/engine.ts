// Runs rules over every reading of the mesh and settles verdicts. Pure: no I/O, no rule known by name.

import type { BuiltMesh } from './model/build.ts';
import type { Cluster, Mesh, Section, Text } from './model/mesh.ts';
import { filled } from './model/wording.ts';
import { compareVerdicts, worst } from './report/report.ts';
import { type RequirementId, type Routing, requirements } from './requirements.ts';
import {
  kubectl,
  type Messages,
  names,
  type Outcome,
  type Rule,
  type Say,
  type Severity,
  shell,
  type Verdict,
} from './rule.ts';
import { exportCommand, sections } from './sections.ts';

/** An outcome that is reported, with the rule that it stands under and its rendered text. */
export interface Judged {
  readonly rule: Rule;
  readonly outcome: Outcome;
  readonly text: string;
}

export interface RequirementVerdict {
  readonly id: RequirementId;
  readonly verdict: Verdict;
  readonly clusters: Readonly<Record<string, Verdict>>;
}

export interface Judgement {
  readonly requirements: readonly RequirementVerdict[];
  /** Everything that has a message, in the order of requirements and rules. */
  readonly findings: readonly Judged[];
  /** Rules that threw or stayed silent, and why. */
  readonly failures: readonly { readonly rule: string; readonly why: string }[];
}

/**
 * Judges the mesh. `rules` are all rules; those in `disabled` do not run and leave their requirement unknown if they could have failed it.
 * Where the input leaves mode or version open, every reading is judged: a verdict that another text changes, or that the other mode would
 * make worse, is unknown.
 */
export function judge(rules: readonly Rule[], built: BuiltMesh, disabled: ReadonlySet<string>): Judgement {
  const { routing, version } = built;
  const readings = version.texts.map((text) => judgeReading(rules, built.read(routing.value, text), disabled));
  const other: Routing = routing.value === 'overlay' ? 'underlay' : 'overlay';
  const otherMode = routing.open
    ? version.texts.map((text) => judgeReading(rules, built.read(other, text), disabled))
    : [];
  const [primary] = readings as [Reading, ...Reading[]];
  const results: RequirementVerdict[] = [];
  const findings: Judged[] = [];
  for (const requirement of requirements) {
    const { id } = requirement;
    const unsettled = new Map<string, 'version' | 'routing'>();
    const settled = built.clusters.map(({ name }) => {
      const verdict = verdictOf(primary, id, name);
      const byText = readings.map((r) => verdictOf(r, id, name));
      const byMode = otherMode.map((r) => verdictOf(r, id, name));
      if (byText.some((v) => v !== verdict)) unsettled.set(name, 'version');
      else if (byMode.some((v) => compareVerdicts(v, verdict) < 0)) unsettled.set(name, 'routing');
      return [name, unsettled.has(name) ? 'unknown' : verdict] as const;
    });
    const clusters: Readonly<Record<string, Verdict>> = Object.fromEntries(settled);
    results.push({ id, verdict: worst(Object.values(clusters)), clusters });
    const own = primary.findings.filter((f) => f.rule.requirement === id);
    findings.push(...own.filter(({ outcome: o }) => stands(o, clusters, unsettled)));
    const open = [...unsettled.keys()].filter((name) => verdictOf(primary, id, name) !== 'unknown').sort();
    if (open.length > 0) {
      const cause = open.some((name) => unsettled.get(name) === 'version') ? 'version' : 'routing';
      findings.push(dependsOn(cause, id, open, built, [...readings, ...otherMode], rules));
    }
  }
  return { requirements: results, findings, failures: failuresOf([...readings, ...otherMode]) };
}

/** What broke down in any reading, each fault once. */
function failuresOf(readings: readonly Reading[]): Judgement['failures'] {
  const found = new Map(readings.flatMap((r) => r.failures).map((f) => [`${f.rule} ${f.why}`, f]));
  return [...found.values()];
}

/** A finding stands where the verdict of one of its clusters does; an unknown or a note always does. */
function stands(
  outcome: Outcome,
  clusters: Readonly<Record<string, Verdict>>,
  unsettled: ReadonlyMap<string, unknown>,
): boolean {
  if (outcome.verdict === 'unknown' || outcome.verdict === 'note') return true;
  return outcome.clusters.some((name) => !unsettled.has(name) || clusters[name] === outcome.verdict);
}

interface Reading {
  readonly routing: Routing;
  readonly text: Text;
  readonly verdicts: ReadonlyMap<RequirementId, ReadonlyMap<string, Verdict>>;
  readonly findings: readonly Judged[];
  readonly failures: readonly { readonly rule: string; readonly why: string }[];
}

function verdictOf(reading: Reading, id: RequirementId, cluster: string): Verdict {
  return reading.verdicts.get(id)?.get(cluster) ?? 'not-applicable';
}

function judgeReading(rules: readonly Rule[], mesh: Mesh<Section>, disabled: ReadonlySet<string>): Reading {
  const verdicts = new Map<RequirementId, Map<string, Verdict>>();
  const findings: Judged[] = [];
  const failures: { rule: string; why: string }[] = [];
  for (const requirement of requirements) {
    const own = rules.filter((r) => r.requirement === requirement.id);
    const applies =
      (requirement.routing === null || requirement.routing === mesh.routing) &&
      (requirement.beforePeering || !mesh.beforePeering);
    const outcomes = applies ? own.flatMap((rule) => judgeRule(rule, mesh, disabled, failures)) : [];
    const byCluster = new Map<string, Verdict>();
    for (const { outcome } of outcomes) {
      if (outcome.verdict === 'note') continue;
      for (const name of outcome.clusters) {
        byCluster.set(name, worst([outcome.verdict, byCluster.get(name) ?? 'not-applicable']));
      }
    }
    verdicts.set(requirement.id, byCluster);
    const said = new Set<string>();
    for (const { rule, outcome } of outcomes) {
      if (outcome.message === null) continue;
      const text = render(rule, outcome.message);
      // What several rules of a requirement cannot tell for the same reason is told once.
      const key =
        outcome.verdict === 'unknown'
          ? JSON.stringify([text, outcome.clusters, outcome.remotes.map((r) => r.name)])
          : null;
      if (key !== null && said.has(key)) continue;
      if (key !== null) said.add(key);
      findings.push({ rule, outcome, text });
    }
  }
  return { routing: mesh.routing, text: mesh.text, verdicts, findings, failures };
}

/** The outcomes of one rule: what it says, and what the engine adds for needs that were not read. */
function judgeRule(
  rule: Rule,
  mesh: Mesh<Section>,
  disabled: ReadonlySet<string>,
  failures: { rule: string; why: string }[],
): { readonly rule: Rule; readonly outcome: Outcome }[] {
  const all = mesh.clusters.map((c) => c.name);
  const wrap = (outcome: Outcome) => ({ rule, outcome });
  if (rule.routing && rule.routing !== mesh.routing) return [wrap(silent('not-applicable', all))];
  if (disabled.has(rule.id)) {
    return rule.severity === 'error' ? [wrap(switchedOff(rule, all))] : [wrap(silent('not-applicable', all))];
  }
  const outcomes: Outcome[] = [];
  try {
    for (const outcome of rule.check(mesh, sayFor(rule, mesh))) outcomes.push(outcome);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    failures.push({ rule: rule.id, why });
    return [wrap(ruleFailed(rule, all))];
  }
  const complete: string[] = [];
  for (const cluster of mesh.clusters) {
    const said = outcomes.filter((o) => o.clusters.includes(cluster.name) && o.verdict !== 'note');
    const lacking = rule.needs.filter((need) => cluster[need].state !== 'complete');
    if (lacking.length === 0) complete.push(cluster.name);
    if (said.some((o) => o.verdict === 'not-applicable') && said.every((o) => o.verdict === 'not-applicable')) continue;
    for (const need of lacking) outcomes.push(missing(rule, cluster, need, []));
    if (lacking.length === 0 && said.length === 0) {
      failures.push({ rule: rule.id, why: `it says nothing about ${cluster.name}` });
      outcomes.push(ruleFailed(rule, [cluster.name]));
    }
  }
  if (rule.compares && complete.length < 2) {
    const alone = complete.filter((name) => outcomes.some((o) => o.verdict === 'pass' && o.clusters.includes(name)));
    if (alone.length > 0)
      outcomes.push(alone.length === all.length ? nothingToCompare(rule, alone) : silent('unknown', alone));
  }
  return outcomes.map(wrap);
}

function silent(verdict: Outcome['verdict'], clusters: readonly string[]): Outcome {
  return {
    verdict,
    severity: null,
    clusters,
    against: [],
    remotes: [],
    message: null,
    evidence: [],
    fix: null,
    reason: null,
    section: null,
  };
}

/** Messages of the engine itself; equal ones of a requirement are told once. */
const engineMessages = {
  missingInput: '{what} of {cluster} not read: {why}',
  partialInput: '{what} of {cluster} read only in part: {why}',
  nothingToCompare: '{cluster} is alone in the input, so there is nothing to hold it against',
  switchedOff: 'rule {rule} is switched off',
  ruleFailed: 'rule {rule} broke down, which is a fault of this program',
  dependsOnVersion: 'it depends on the version, which nothing tells for {clusters}: {outcomes}',
  dependsOnRouting: 'it depends on the routing mode, which is not settled ({why}): {outcomes}',
} as const satisfies Messages;

function missing(rule: Rule, cluster: Cluster<Section>, section: Section, remotes: Outcome['remotes']): Outcome {
  const { state, why } = cluster[section];
  const partial = state === 'partial';
  return {
    ...silent('unknown', [cluster.name]),
    severity: rule.severity,
    remotes,
    message: {
      id: partial ? 'partialInput' : 'missingInput',
      data: { what: sections[section].title, cluster: cluster.name, why: why ?? 'nothing is known of them' },
    },
    fix: why?.startsWith('forbidden')
      ? {
          title: 'grant what this prints, and check again',
          command: `mesh-preflight rbac --context ${shell(cluster.name)}`,
        }
      : { title: 'export what is missing and check again', command: exportCommand(cluster, section) },
    reason: partial ? 'partial-input' : 'missing-input',
    section,
  };
}

function nothingToCompare(rule: Rule, clusters: readonly string[]): Outcome {
  const [cluster = ''] = clusters;
  return {
    ...silent('unknown', clusters),
    severity: rule.severity,
    message: { id: 'nothingToCompare', data: { cluster } },
    fix: {
      title: 'add the exports of the other clusters',
      command: `mesh-preflight check --cluster ${cluster}=PATH --cluster OTHER=PATH`,
    },
    reason: 'missing-input',
  };
}

function switchedOff(rule: Rule, clusters: readonly string[]): Outcome {
  return {
    ...silent('unknown', clusters),
    severity: rule.severity,
    message: { id: 'switchedOff', data: { rule: rule.id } },
    fix: { title: 'run it', command: `mesh-preflight check --only ${rule.id} PATH` },
    reason: 'switched-off',
  };
}

function ruleFailed(rule: Rule, clusters: readonly string[]): Outcome {
  return {
    ...silent('unknown', clusters),
    severity: rule.severity,
    message: { id: 'ruleFailed', data: { rule: rule.id } },
    fix: { title: 'report it with the input that shows it', command: `mesh-preflight explain ${rule.id}` },
    reason: 'rule-failed',
  };
}

/** One unknown for a requirement whose verdict another text or the other mode would change. */
function dependsOn(
  cause: 'version' | 'routing',
  id: RequirementId,
  clusters: readonly string[],
  built: BuiltMesh,
  readings: readonly Reading[],
  rules: readonly Rule[],
): Judged {
  const rule = rules.find((r) => r.requirement === id) as Rule;
  const label = (r: Reading) => (cause === 'routing' ? r.routing : r.text === '3.18' ? 'up to 3.20' : 'from 3.21');
  const by = new Map<string, Verdict>();
  for (const reading of readings) {
    const verdict = worst(clusters.map((name) => verdictOf(reading, id, name)));
    by.set(label(reading), worst([verdict, by.get(label(reading)) ?? 'not-applicable']));
  }
  const outcomes = [...by].map(([name, verdict]) => `${name} ${verdict}`).join(', ');
  const worse = [...readings]
    .flatMap((r) => r.findings)
    .filter((f) => f.rule.requirement === id && (f.outcome.verdict === 'fail' || f.outcome.verdict === 'warn'))
    .filter((f) => f.outcome.clusters.some((name) => clusters.includes(name)));
  const evidence = worse[0]?.outcome.evidence ?? [];
  const failing = [...by.values()].includes('fail');
  const severity: Severity = failing ? 'error' : 'warning';
  const unread = built.clusters.filter((c) => c.remotes.state !== 'complete');
  const message =
    cause === 'version'
      ? { id: 'dependsOnVersion', data: { clusters: names(built.version.untold), outcomes } }
      : { id: 'dependsOnRouting', data: { why: built.routing.why ?? 'not all is read', outcomes } };
  const first = (cause === 'version' ? built.version.untold[0] : unread[0]?.name) ?? clusters[0] ?? '';
  const command =
    cause === 'version'
      ? kubectl(first, "get installations.operator.tigera.io default -o jsonpath='{.status.calicoVersion}'")
      : kubectl(first, 'get remoteclusterconfigurations -o yaml');
  const outcome: Outcome = {
    ...silent('unknown', clusters),
    severity,
    message,
    evidence,
    fix: {
      title:
        cause === 'version'
          ? 'tell the version with --calico-version'
          : 'tell the mode with --routing overlay or underlay',
      command,
    },
    reason: 'missing-input',
  };
  return { rule, outcome, text: render(rule, message) };
}

function sayFor(rule: Rule, mesh: Mesh<Section>): Say<Messages> {
  const readable = new Set<Section>([...rule.needs, ...(rule.evidence ?? [])]);
  const severityOf = (id: string): Severity => {
    const message = rule.messages[id];
    return typeof message === 'object' ? message.severity : rule.severity;
  };
  return {
    pass: (clusters) => silent('pass', clusters),
    notApplicable: (clusters) => silent('not-applicable', clusters),
    finding(id, data, { clusters, against = [], remotes = [], evidence, fix = null }) {
      const severity = severityOf(id);
      const verdict = severity === 'error' ? 'fail' : severity === 'warning' ? 'warn' : 'note';
      return {
        ...silent(verdict, [...clusters].sort()),
        severity,
        against: [...against].sort(),
        remotes,
        message: { id, data },
        evidence: evidence.slice(0, MAX_EVIDENCE),
        fix,
      };
    },
    unknown(id, data, { clusters, against = [], remotes = [], evidence = [], reason, fix, severity }) {
      return {
        ...silent('unknown', [...clusters].sort()),
        severity: severity ?? severityOf(id),
        against: [...against].sort(),
        remotes,
        message: { id, data },
        evidence: evidence.slice(0, MAX_EVIDENCE),
        fix,
        reason,
      };
    },
    missing(name, section, about) {
      const cluster = mesh.clusters.find((c) => c.name === name);
      if (!cluster || !readable.has(section)) throw new Error(`${section} of ${name} is no declared input`);
      return missing(rule, cluster, section, about?.remotes ?? []);
    },
  };
}

/** Conflicts show every side, but no more than this. */
const MAX_EVIDENCE = 10;

/** A message with its data, as one sentence without a final period. */
export function render(rule: Rule, message: NonNullable<Outcome['message']>): string {
  const found = rule.messages[message.id] ?? engineMessages[message.id as keyof typeof engineMessages];
  const template = typeof found === 'object' ? found.text : found;
  if (template === undefined) throw new Error(`rule ${rule.id} has no message ${message.id}`);
  return filled(template, message.data);
}

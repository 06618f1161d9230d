// The straight line: input → mesh → judgement → report, with positions looked up for what is reported. May not print.

import { type Judged, type Judgement, judge } from './engine.ts';
import { addressPlan } from './model/addresses/plan.ts';
import { type BuiltMesh, buildMesh } from './model/build.ts';
import type { Cluster, Section } from './model/mesh.ts';
import type { ObjectFacts } from './model/objects/facts.ts';
import { IGNORE_ANNOTATION } from './model/objects/project.ts';
import type { Version } from './model/platform/version.ts';
import { type Evidence, pathText } from './model/resource.ts';
import { discriminatorsOf, evidencePrint, fingerprint } from './report/fingerprint.ts';
import {
  compareVerdicts,
  type Excerpt,
  type Finding,
  MANY_CLUSTERS,
  openRequirements,
  type PairResult,
  type Report,
  type ReportEvidence,
  type RunVerdict,
  type View,
  worst,
} from './report/report.ts';
import { type Routing, requirements } from './requirements.ts';
import type { Outcome, Reason, Rule, Severity, Verdict } from './rule.ts';
import { sections } from './sections.ts';
import { type Input, type Placed, UsageError } from './source/source.ts';
import { type Direction, isOpen, type Suppression, statedIn, suppress } from './suppressions.ts';

export interface CheckOptions {
  /** Null: the input tells. */
  readonly routing: Routing | null;
  readonly calicoVersion: Version | null;
  readonly beforePeering: boolean;
  /** The ways between clusters that RemoteClusterConfigurations are meant to lead; all, unless given. */
  readonly isMeant?: (from: string, to: string) => boolean;
  /** Pools, by cluster and name, whose pods take no part in the mesh; none, unless given. */
  readonly isLeftOut?: (cluster: string, pool: string) => boolean;
  /** The time at which expiry is judged, in milliseconds. */
  readonly at: number;
  /** Ids of rules that do not run. */
  readonly disabled: ReadonlySet<string>;
  /** Every unknown counts as a core one. */
  readonly strict: boolean;
  /** Beside those that stand in the input as comments and annotations; null: nothing is suppressed. */
  readonly suppressions?: readonly Suppression[] | null;
  /** What stands around a place of one of `suppressions`; null where it cannot be shown. */
  readonly excerptAt?: Input['excerptAt'];
  /** The day on which suppressions are judged, YYYY-MM-DD; that of `at` unless given. */
  readonly today?: string;
  /** Findings that were known before, by fingerprint; they do not count while they are as they were. */
  readonly baseline?: ReadonlyMap<string, Known>;
  readonly tool: { readonly name: string; readonly version: string };
}

/** A report with what reporters need beside it. */
export interface Checked {
  readonly report: Report;
  readonly rules: readonly Rule[];
  /** Rules that broke down: a fault of this program, exit code 2. */
  readonly failures: Judgement['failures'];
  readonly excerpt: View['excerpt'];
  readonly firstFile: View['firstFile'];
  readonly addressPlan: View['addressPlan'];
}

/** Judges an input. Throws UsageError where the same cluster was given twice. */
export function check(input: Input, rules: readonly Rule[], options: CheckOptions): Checked {
  const built = buildMesh(input.clusters, options);
  refuseTwins(built.clusters);
  const judgement = judge(rules, built, options.disabled);
  const { suppressions = [], today = new Date(options.at).toISOString().slice(0, 10) } = options;
  const annotated = suppressions === null ? [] : annotationsOf(input);
  const placed = input.locate([...judgement.findings.flatMap((f) => f.outcome.evidence), ...annotated]);
  const shown = new Map<ReportEvidence, Excerpt | null>();
  const found = judgement.findings.map((judged) => ({ judged, finding: findingOf(judged, built, placed, shown) }));
  const pairs = pairsOf(built, found, options.isMeant ?? (() => true));
  const problems = [...input.problems];
  let findings: readonly Finding[] = found.map(({ finding }) => finding);
  if (suppressions !== null) {
    const stated = statedIn(
      input.ignores,
      annotated.map((annotation) => ({
        rule: String(annotation.path.at(-1)).slice(IGNORE_ANNOTATION.length),
        evidence: evidenceOf(annotation, placed, shown),
      })),
      rules.map(({ id }) => id),
    );
    for (const problem of stated.problems) problems.push(problem);
    const requirementOf = (id: string) =>
      options.disabled.has(id) ? null : (rules.find((rule) => rule.id === id)?.requirement ?? null);
    const clusters = built.clusters.map(({ name }) => name);
    const outcomes = new Map(found.map(({ finding, judged }) => [finding, judged.outcome]));
    const outcome = suppress(findings, [...suppressions, ...stated.suppressions], {
      today,
      requirementOf,
      clusters,
      directionsOf: (finding) => {
        const outcome = outcomes.get(finding);
        return outcome ? directionsOf(built, outcome) : [];
      },
    });
    const audit = outcome.audit.filter(({ rule }) => !options.disabled.has(rule));
    for (const own of audit.flatMap(({ evidence }) => evidence)) {
      if (!own.location || shown.has(own)) continue;
      shown.set(own, options.excerptAt?.(own.location) ?? input.excerptAt(own.location));
    }
    findings = [...outcome.findings, ...audit];
  }
  const { baseline } = options;
  const told = uniquely(inOrder(findings));
  const reported = baseline ? told.map((finding) => against(baseline, finding)) : told;
  return {
    report: reportOf(input, built, judgement, { findings: reported, pairs, problems }, options),
    rules,
    failures: judgement.failures,
    excerpt: (evidence) => shown.get(evidence) ?? null,
    firstFile: (cluster) => input.firstFile(cluster),
    addressPlan: () => addressPlan(built.read(built.routing.value, built.version.texts[0])),
  };
}

/** How a finding was when the baseline was made: its `evidencePrint`, and how much it weighed. */
export interface Known {
  readonly evidence: string;
  readonly severity: Severity;
}

/**
 * A finding that is as it was in the baseline does not count. What nobody could tell has no values that change, and goes on to be unknown,
 * however long it has been so.
 */
function against(baseline: ReadonlyMap<string, Known>, finding: Finding): Finding {
  const known = baseline.get(finding.fingerprint);
  if (known === undefined) return { ...finding, baselineState: 'new' };
  const isGraver = severities.indexOf(finding.severity) < severities.indexOf(known.severity);
  if (finding.verdict !== 'unknown' && (isGraver || known.evidence !== evidencePrint(finding)))
    return { ...finding, baselineState: 'updated' };
  if (isOpen(finding)) return { ...finding, baselineState: 'unchanged' };
  const suppressed = finding.suppressed ?? { reason: 'known before', by: 'baseline' as const };
  return { ...finding, baselineState: 'unchanged', suppressed };
}

interface Found {
  readonly judged: Judged;
  readonly finding: Finding;
}

/** The same cluster given twice would be compared with itself and could not pass or fail for a reason. */
function refuseTwins(clusters: readonly Cluster<'identity' | 'nodes'>[]): void {
  const uids = new Map<string, string>();
  const nodes = new Map<string, string>();
  for (const cluster of clusters) {
    const { kubeSystemUID, clusterGUID } = cluster.identity;
    const twin = kubeSystemUID === null ? undefined : uids.get(kubeSystemUID);
    if (twin !== undefined) {
      throw new UsageError(
        `${twin} and ${cluster.name} are the same cluster: their kube-system namespaces have one UID`,
      );
    }
    if (kubeSystemUID !== null) uids.set(kubeSystemUID, cluster.name);
    if (clusterGUID === null) continue;
    for (const { uid } of cluster.nodes.items) {
      const owner = uid === null ? undefined : nodes.get(`${clusterGUID} ${uid}`);
      if (owner !== undefined && owner !== cluster.name) {
        throw new UsageError(`${owner} and ${cluster.name} are the same cluster: they share clusterGUID and nodes`);
      }
      if (uid !== null) nodes.set(`${clusterGUID} ${uid}`, cluster.name);
    }
  }
}

function findingOf(
  { rule, outcome, text }: Judged,
  mesh: Pick<BuiltMesh, 'clusters'>,
  placed: ReadonlyMap<Evidence, Placed>,
  shown: Map<ReportEvidence, Excerpt | null>,
): Finding {
  const message = outcome.message as NonNullable<Outcome['message']>;
  const evidence = outcome.evidence.map((piece) => evidenceOf(piece, placed, shown));
  const [subject] = evidence;
  // What is about all clusters stays the same where one joins or leaves.
  const isAll = outcome.clusters.length > 1 && outcome.clusters.length === mesh.clusters.length;
  return {
    rule: rule.id,
    requirement: rule.requirement,
    verdict: outcome.verdict as Finding['verdict'],
    severity: outcome.severity ?? rule.severity,
    clusters: outcome.clusters,
    message: { id: message.id, text, data: message.data },
    evidence,
    fix: outcome.fix,
    reason: outcome.reason,
    fingerprint: fingerprint({
      rule: rule.id,
      cluster: subject?.cluster ?? (isAll ? '' : outcome.clusters.join(',')),
      apiVersion: subject?.apiVersion ?? '',
      kind: subject?.kind ?? '',
      namespace: subject?.namespace ?? null,
      name: subject?.name ?? outcome.section ?? '',
      path: subject?.path ?? '',
      discriminators: discriminatorsOf(outcome),
    }),
    suppressed: null,
  };
}

function evidenceOf(
  piece: Evidence,
  placed: ReadonlyMap<Evidence, Placed>,
  shown: Map<ReportEvidence, Excerpt | null>,
): ReportEvidence {
  const found = placed.get(piece);
  const { cluster, apiVersion, kind, namespace, name } = piece.ref;
  const shownAs: ReportEvidence = {
    cluster,
    apiVersion,
    kind,
    namespace,
    name,
    path: pathText(piece.path),
    note: piece.note,
    ...(found ? { location: found.location } : {}),
  };
  shown.set(shownAs, found?.excerpt ?? null);
  return shownAs;
}

const severities = ['error', 'warning', 'note'];
const verdicts = ['fail', 'warn', 'unknown', 'note'];

/** By requirement, then verdict, severity, place and text: the same input in any order gives the same report. */
function inOrder(findings: readonly Finding[]): readonly Finding[] {
  const keyed = findings.map((f) => {
    const [first] = f.evidence;
    const requirement = requirements.findIndex((r) => r.id === f.requirement);
    const key = [
      pad(requirement),
      pad(verdicts.indexOf(f.verdict)),
      pad(severities.indexOf(f.severity)),
      first?.location?.uri ?? '',
      pad(first?.location?.line ?? 0),
      pad(first?.location?.column ?? 0),
      f.rule,
      f.clusters.join(','),
      f.message.text,
      first?.path ?? '',
    ].join('\0');
    return { key, f };
  });
  return keyed.sort((a, b) => (a.key < b.key ? -1 : Number(a.key > b.key))).map(({ f }) => f);
}

function pad(n: number): string {
  return String(n).padStart(9, '0');
}

/** Tells findings of one identity apart: the second gets `#2`, and so on, in the order of the report. */
function uniquely(findings: readonly Finding[]): readonly Finding[] {
  const seen = new Map<string, number>();
  return findings.map((finding) => {
    const { fingerprint: identity } = finding;
    const count = (seen.get(identity) ?? 0) + 1;
    seen.set(identity, count);
    return count === 1 ? finding : { ...finding, fingerprint: `${identity}#${count}` };
  });
}

/** The annotations of objects that suppress findings. An object that was read from two APIs says what it says once. */
function annotationsOf(input: Input): readonly Evidence[] {
  const objects = input.clusters.flatMap((cluster) =>
    Object.values(cluster.kinds).flatMap(({ items }) => items as readonly ObjectFacts[]),
  );
  const found = new Map<string, Evidence>();
  for (const { ref, ignores = {} } of objects) {
    for (const [rule, note] of Object.entries(ignores)) {
      const key = [ref.cluster, ref.kind, ref.namespace ?? '', ref.name, rule].join('\0');
      if (!found.has(key))
        found.set(key, { ref, path: ['metadata', 'annotations', `${IGNORE_ANNOTATION}${rule}`], note });
    }
  }
  return [...found.values()];
}

/**
 * Between which clusters something was found, by what the rule says of it: each pair from the cluster that has to change. Where the sides are
 * equal, that is both ways.
 */
function directionsOf(built: BuiltMesh, outcome: Outcome): readonly Direction[] {
  const targets = outcome.remotes.flatMap(({ cluster, name }): Direction[] => {
    const remotes = built.clusters.find((c) => c.name === cluster)?.remotes.items ?? [];
    const leads = remotes.find(({ ref }) => ref.name === name)?.leads;
    return leads?.kind === 'bound' ? [{ from: cluster, to: leads.cluster }] : [];
  });
  if (targets.length > 0) return targets;
  const { clusters, against } = outcome;
  const others = against.length > 0 ? against : clusters;
  return clusters.flatMap((from) => others.filter((to) => to !== from).map((to) => ({ from, to })));
}

function reportOf(
  input: Input,
  built: BuiltMesh,
  judgement: Judgement,
  { findings, pairs, problems }: Pick<Report, 'findings' | 'pairs' | 'problems'>,
  { tool, strict }: CheckOptions,
): Report {
  const results = requirements.map((requirement, i) => {
    const { verdict, clusters } = judgement.requirements[i] ?? { verdict: 'not-applicable' as const, clusters: {} };
    const own = findings.filter((f) => f.requirement === requirement.id);
    return {
      id: requirement.id,
      title: requirement.title,
      class: requirement.class,
      verdict,
      reason: verdict === 'unknown' ? reasonOf(own) : null,
      clusters,
      rules: [...new Set(own.map((f) => f.rule))].sort(),
    };
  });
  const counted = findings.filter((f) => f.suppressed === null);
  const count = (v: Finding['verdict']) => counted.filter((f) => f.verdict === v).length;
  const isOpen = openRequirements(results, findings, strict).length > 0;
  const verdict: RunVerdict = count('fail') > 0 ? 'not-ready' : isOpen ? 'not-proven' : 'ready';
  const tally = (v: Verdict) => results.filter((r) => r.verdict === v).length;
  const sum = (pick: (c: Input['clusters'][number]['counts']) => number) =>
    input.clusters.reduce((n, c) => n + pick(c.counts), 0);
  return {
    schemaVersion: 1,
    tool,
    verdict,
    mesh: {
      routing: built.routing.value,
      calicoVersion: built.version.value?.text.replace(/^v/, '') ?? null,
      inferred: [
        ...(built.routing.given ? [] : (['routing'] as const)),
        ...(built.version.given || built.version.value === null ? [] : (['calicoVersion'] as const)),
      ],
    },
    clusters: built.clusters.map((cluster, i) => clusterOf(cluster, input.clusters[i]?.counts.objects ?? 0)),
    requirements: results,
    pairs,
    findings,
    problems,
    counts: {
      files: input.files,
      documents: sum((c) => c.documents),
      objects: sum((c) => c.objects),
      ignored: sum((c) => c.ignored),
      findings: { fail: count('fail'), warn: count('warn'), unknown: count('unknown'), note: count('note') },
      suppressed: findings.length - counted.length,
      requirements: {
        fail: tally('fail'),
        unknown: tally('unknown'),
        warn: tally('warn'),
        pass: tally('pass'),
        'not-applicable': tally('not-applicable'),
      },
    },
  };
}

/** The reason that weighs most: what a re-export or another run could settle comes before what only a probe can. */
function reasonOf(findings: readonly Finding[]): Reason {
  const order: readonly Reason[] = ['rule-failed', 'missing-input', 'partial-input', 'switched-off', 'needs-probe'];
  const given = new Set(findings.flatMap((f) => (f.verdict === 'unknown' && f.reason ? [f.reason] : [])));
  return order.find((r) => given.has(r)) ?? 'missing-input';
}

/** Sections whose absence is worth telling for a cluster: those that a core requirement needs. */
const needed: readonly Section[] = [
  'nodes',
  'ipPools',
  'felix',
  'calicoNode',
  'installations',
  'remotes',
  'secrets',
  'identity',
  'serviceAccounts',
  'roles',
  'clusterRoles',
  'roleBindings',
  'clusterRoleBindings',
  'version',
];

function clusterOf(cluster: Cluster<Section>, objects: number): Report['clusters'][number] {
  const missing: Record<string, string> = {};
  for (const section of needed) {
    const { state, why } = cluster[section];
    if (state !== 'complete') missing[section] = why ?? `${sections[section].title} were not read`;
  }
  const { kubeSystemUID, clusterGUID, servers, caFingerprints } = cluster.identity;
  const sorted = (values: readonly { readonly value: string }[]) => [...new Set(values.map((v) => v.value))].sort();
  return {
    name: cluster.name,
    version: cluster.version.value?.text ?? null,
    identity: { kubeSystemUID, clusterGUID, servers: sorted(servers), caFingerprints: sorted(caFingerprints) },
    missing,
    objects,
  };
}

/** Every ordered pair of clusters, and a pair without a target for every remote that leads nowhere in the input. */
function pairsOf(
  built: BuiltMesh,
  found: readonly Found[],
  isMeant: (from: string, to: string) => boolean,
): readonly PairResult[] {
  const core = new Set(requirements.filter((r) => r.class === 'core').map((r) => r.id));
  const concerns = found.filter(({ finding: f }) => core.has(f.requirement) && f.verdict !== 'note');
  const aboutRemote = new Map<string, Found[]>();
  const aboutAny: Found[] = [];
  for (const entry of concerns) {
    const { remotes } = entry.judged.outcome;
    if (remotes.length === 0) aboutAny.push(entry);
    for (const { cluster, name } of remotes) {
      const key = `${cluster}\0${name}`;
      const found = aboutRemote.get(key);
      if (found) found.push(entry);
      else aboutRemote.set(key, [entry]);
    }
  }
  const alone = new Map<string, Found[]>();
  const between: Found[] = [];
  for (const entry of aboutAny) {
    const { clusters, against } = entry.judged.outcome;
    const [only] = clusters;
    if (clusters.length === 1 && against.length === 0 && only !== undefined) {
      alone.set(only, [...(alone.get(only) ?? []), entry]);
    } else between.push(entry);
  }
  const sides = between.map(({ judged: { outcome } }) => ({
    named: new Set(outcome.clusters),
    against: new Set(outcome.against),
  }));
  const pairs: PairResult[] = [];
  const add = (from: string, to: string | null, remote: string | null, own: readonly Found[]): void => {
    const verdict = worst(['pass', ...own.map((f) => f.finding.verdict as Verdict)]);
    if (verdict === 'pass' && built.clusters.length >= MANY_CLUSTERS) return;
    const because = own.filter((f) => compareVerdicts(f.finding.verdict as Verdict, 'pass') < 0);
    pairs.push({ from, to, remote, verdict, because: [...new Set(because.map((f) => f.finding.rule))].sort() });
  };
  for (const cluster of built.clusters) {
    const leads = new Map<string | null, string[]>();
    for (const remote of cluster.remotes.items) {
      const target = remote.leads.kind === 'bound' ? remote.leads.cluster : null;
      leads.set(target, [...(leads.get(target) ?? []), remote.ref.name]);
    }
    const of = (remote: string) => aboutRemote.get(`${cluster.name}\0${remote}`) ?? [];
    // A remote whose target nothing tells may be the one that a pair lacks.
    const untold = (leads.get(null) ?? []).flatMap(of).filter((f) => f.finding.verdict === 'unknown');
    for (const { name: to } of built.clusters) {
      if (to === cluster.name) continue;
      const common = [
        ...(alone.get(cluster.name) ?? []),
        ...(alone.get(to) ?? []),
        ...between.filter((_, i) => concernsPair(sides[i], cluster.name, to)),
      ];
      const remotes = leads.get(to) ?? [];
      if (remotes.length === 0 && isMeant(cluster.name, to)) add(cluster.name, to, null, [...common, ...untold]);
      else if (remotes.length === 0 && built.clusters.length < MANY_CLUSTERS)
        pairs.push({ from: cluster.name, to, remote: null, verdict: 'not-applicable', because: [] });
      for (const remote of remotes) add(cluster.name, to, remote, [...common, ...of(remote)]);
    }
    for (const remote of leads.get(null) ?? []) {
      add(cluster.name, null, remote, [...(alone.get(cluster.name) ?? []), ...of(remote)]);
    }
  }
  return pairs;
}

function concernsPair(
  sides: { readonly named: ReadonlySet<string>; readonly against: ReadonlySet<string> } | undefined,
  from: string,
  to: string,
): boolean {
  if (!sides) return false;
  const { named, against } = sides;
  if (named.has(from) && named.has(to)) return true;
  return (named.has(from) && against.has(to)) || (named.has(to) && against.has(from));
}

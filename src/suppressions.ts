// Which findings do not count, because someone said so and why: by configuration, by a comment in a file, by an annotation of an object.
// What no longer holds of that is a finding itself. Pure.

import { AUDITS } from './audits.ts';
import { filled, noSuch } from './model/wording.ts';
import { fingerprint } from './report/fingerprint.ts';
import type { Finding, Location, Problem, ReportEvidence } from './report/report.ts';
import type { RequirementId } from './requirements.ts';
import type { IgnoreComment } from './source/ignores.ts';

/** Two clusters: `a->b` is what a has to do with b, `a<->b` either way. */
export interface Pair {
  readonly from: string;
  readonly to: string;
  readonly both: boolean;
}

export interface Suppression {
  readonly rule: string;
  readonly by: 'config' | 'comment' | 'annotation';
  /** Empty where it is missing, which a suppression must not be. */
  readonly reason: string;
  readonly owner: string | null;
  /** The last day on which it holds, as YYYY-MM-DD in UTC; null for ever. */
  readonly until: string | null;
  /** All clusters of a finding have to be among them; null: any. */
  readonly clusters: readonly string[] | null;
  /** The finding has to be about one of them; null: about anything. */
  readonly pairs: readonly Pair[] | null;
  /** `Kind/name` or `Kind/namespace/name`; null: any. */
  readonly object: string | null;
  /** As the JSON report writes paths; what is inside it counts as well. Null: any. */
  readonly field: string | null;
  /** A comment is about one line of a file. */
  readonly at: { readonly uri: string; readonly line: number } | null;
  /** Where it stands itself: in a file, or an object by its annotations. */
  readonly place: { readonly cluster: string | null; readonly evidence?: ReportEvidence; readonly location?: Location };
}

/** What a suppression says that limits nothing. */
const ANYTHING = { owner: null, clusters: null, pairs: null, object: null, field: null, at: null } as const;

/** What a finding says of why it does not count. */
export type Suppressed = NonNullable<Finding['suppressed']>;

/** From the cluster that has to change to the other. */
export interface Direction {
  readonly from: string;
  readonly to: string;
}

export interface SuppressionContext {
  /** YYYY-MM-DD in UTC. */
  readonly today: string;
  /** Null for a rule that is not there or did not run: whether it would have found something is not known. */
  readonly requirementOf: (rule: string) => RequirementId | null;
  /** Names of all clusters. */
  readonly clusters: readonly string[];
  /** Between which clusters a finding is. */
  readonly directionsOf: (finding: Finding) => readonly Direction[];
}

/** Is it a day that there is, as YYYY-MM-DD? */
export function isDay(text: string): boolean {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(text) : Number.NaN;
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

/** `(until …`, `until 31 March`, `until the end of 2027`; not `until version 3.24 is out`. */
const LIKE_A_DAY = /\(\s*(?:until|till)\b|\b(?:until|till)\b(?:\W{0,5}\d|[^()]{0,60}\b20[2-9]\d\b)/i;

/** More of a reason is not kept. */
const LONGEST_REASON = 1000;

/** Splits `REASON (until YYYY-MM-DD)`; null where it seems to name a day, but not like this: it would hold for ever. */
export function readReason(text: string): { readonly reason: string; readonly until: string | null } | null {
  const whole = text.trim();
  const [said = '', until = null] = /\(until (\S+)\)$/.exec(whole) ?? [];
  const reason = whole.slice(0, whole.length - said.length).trim();
  if (LIKE_A_DAY.test(reason) || (until !== null && !isDay(until))) return null;
  return { reason: reason.slice(0, LONGEST_REASON), until };
}

/** What comments in files and annotations of objects suppress, and what is wrong with those that suppress nothing for how they are written. */
export function statedIn(
  comments: readonly IgnoreComment[],
  annotations: readonly { readonly rule: string; readonly evidence: ReportEvidence }[],
  rules: readonly string[],
): { readonly suppressions: readonly Suppression[]; readonly problems: readonly Problem[] } {
  const suppressions: Suppression[] = [];
  const problems: Problem[] = [];
  const state = (
    by: 'comment' | 'annotation',
    rule: string,
    text: string,
    { at, place }: Pick<Suppression, 'at' | 'place'>,
    problem: Omit<Problem, 'why'>,
  ) => {
    const said = readReason(text);
    const why = !rules.includes(rule)
      ? noSuch('rule', rule, rules)
      : said === null
        ? 'a day is told at the end, as (until YYYY-MM-DD)'
        : null;
    if (why !== null) problems.push({ ...problem, why: `nothing is suppressed: ${why}` });
    else if (said !== null) suppressions.push({ ...ANYTHING, rule, by, ...said, at, place });
  };
  for (const { cluster, uri, line, column, target, rules: named, text } of comments) {
    const problem = { cluster, uri, line, column };
    const location = { uri, line, column, endLine: line, endColumn: column + 1 };
    const where = { at: { uri, line: target }, place: { cluster, location } };
    if (named.length === 0)
      problems.push({ ...problem, why: 'nothing is suppressed: such a comment says ignore[RULE] REASON' });
    for (const rule of named) state('comment', rule, text, where, problem);
  }
  for (const { rule, evidence } of annotations) {
    const { cluster, kind, name, note, location } = evidence;
    const { uri = `${cluster}/${kind}/${name}`, line = null, column = null } = location ?? {};
    state('annotation', rule, note, { at: null, place: { cluster, evidence } }, { cluster, uri, line, column });
  }
  return { suppressions, problems };
}

/** The findings, those that are suppressed marked as such, and what is wrong with the suppressions. */
export function suppress(
  findings: readonly Finding[],
  suppressions: readonly Suppression[],
  context: SuppressionContext,
): { readonly findings: readonly Finding[]; readonly audit: readonly Finding[] } {
  const valid = new Map<string, Suppression[]>();
  for (const s of suppressions) {
    if (s.reason === '' || isOver(s, context.today)) continue;
    const alike = valid.get(s.rule);
    if (alike) alike.push(s);
    else valid.set(s.rule, [s]);
  }
  const open = new Set(findings.filter(isOpen).map(({ requirement }) => requirement));
  const used = new Set<Suppression>();
  const marked = findings.map((finding) => {
    const matching = (valid.get(finding.rule) ?? []).filter((s) => covers(s, finding, context));
    for (const suppression of matching) used.add(suppression);
    const [first] = matching;
    return first ? { ...finding, suppressed: told(first) } : finding;
  });
  const audit = suppressions.flatMap((s) => {
    const requirement = context.requirementOf(s.rule);
    if (requirement === null) return [];
    if (s.reason === '') return [auditOf(s, 'reasonless', requirement, context)];
    if (isOver(s, context.today)) return [auditOf(s, 'expired', requirement, context)];
    const isThere = s.clusters === null || s.clusters.every((name) => context.clusters.includes(name));
    // While something is not known, what would be suppressed may come back with it.
    const isTold = isThere && !open.has(requirement) && !used.has(s);
    return isTold ? [auditOf(s, 'unused', requirement, context)] : [];
  });
  return { findings: marked, audit };
}

function isOver({ until }: Suppression, today: string): boolean {
  return until !== null && until < today;
}

function told({ reason, by, owner, until }: Suppression): Suppressed {
  return { reason, by, ...(owner !== null && { owner }), ...(until !== null && { until }) };
}

/**
 * Nobody can accept what nobody knows: of unknowns only those can be suppressed that no cluster state settles. What one rule could not
 * tell stands for all rules that lack the same input, too.
 */
export function isOpen({ verdict, reason }: Finding): boolean {
  return verdict === 'unknown' && reason !== 'needs-probe';
}

function covers(s: Suppression, finding: Finding, { directionsOf }: Pick<SuppressionContext, 'directionsOf'>): boolean {
  if (isOpen(finding)) return false;
  // What is about several clusters is not settled by saying that one of them may.
  if (s.clusters !== null && !(finding.clusters.length > 0 && finding.clusters.every((c) => s.clusters?.includes(c))))
    return false;
  const { pairs } = s;
  const directions = pairs === null ? [] : directionsOf(finding);
  if (pairs !== null && !(directions.length > 0 && directions.every((of) => pairs.some((pair) => names(pair, of)))))
    return false;
  if (s.object === null && s.field === null && s.at === null && !s.place.evidence) return true;
  // Evidence from clusters that need no change tells what is right, and is not what somebody wants to have ignored.
  const own = finding.evidence.filter(
    ({ cluster }) => finding.clusters.length === 0 || finding.clusters.includes(cluster),
  );
  return own.some((evidence) => isAt(s, evidence));
}

function isAt({ object, field, at, place }: Suppression, evidence: ReportEvidence): boolean {
  if (place.evidence && !isSameObject(place.evidence, evidence)) return false;
  if (object !== null && nameOf(evidence) !== object) return false;
  if (field !== null && !isWithin(field, evidence.path)) return false;
  return at === null || (evidence.location?.uri === at.uri && evidence.location.line === at.line);
}

function isSameObject(a: ReportEvidence, b: ReportEvidence): boolean {
  return a.cluster === b.cluster && a.kind === b.kind && a.namespace === b.namespace && a.name === b.name;
}

function nameOf({ kind, namespace, name }: ReportEvidence): string {
  return namespace === null ? `${kind}/${name}` : `${kind}/${namespace}/${name}`;
}

function isWithin(field: string, path: string): boolean {
  return path === field || path.startsWith(`${field}.`) || path.startsWith(`${field}[`);
}

function names({ from, to, both }: Pair, of: Direction): boolean {
  return (from === of.from && to === of.to) || (both && from === of.to && to === of.from);
}

function auditOf(
  s: Suppression,
  what: keyof typeof AUDITS,
  requirement: RequirementId,
  { clusters }: SuppressionContext,
): Finding {
  const cluster = s.place.cluster ?? s.clusters?.[0] ?? clusters[0] ?? '';
  const { id: rule, fix, message } = AUDITS[what];
  const data = { rule: s.rule, by: s.by, until: s.until ?? '' };
  const own: ReportEvidence = s.place.evidence ?? {
    cluster,
    apiVersion: 'mesh-preflight/v1',
    kind: 'Suppression',
    namespace: null,
    name: s.rule,
    path: '',
    note: s.reason,
    ...(s.place.location && { location: s.place.location }),
  };
  return {
    rule,
    requirement,
    verdict: 'note',
    severity: 'note',
    clusters: s.place.cluster === null ? (s.clusters ?? []) : [s.place.cluster],
    message: { id: message.id, text: filled(message.text, data), data },
    evidence: [own],
    fix: { title: fix },
    reason: null,
    fingerprint: fingerprint({
      rule,
      cluster,
      apiVersion: own.apiVersion,
      kind: own.kind,
      namespace: own.namespace,
      name: own.name,
      path: own.path,
      discriminators: [s.rule, s.object ?? '', s.field ?? '', s.at?.uri ?? ''],
    }),
    suppressed: null,
  };
}

// Which findings do not count, because someone said so and why: by configuration, by a comment in a file, by an annotation of an object.
// What no longer holds of that is a finding itself. Pure.

import { AUDITS } from './audits.ts';
import { filled } from './model/wording.ts';
import { fingerprint } from './report/fingerprint.ts';
import type { Finding, Location, PairResult, ReportEvidence } from './report/report.ts';
import type { RequirementId } from './requirements.ts';

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
export const ANYTHING = { owner: null, clusters: null, pairs: null, object: null, field: null, at: null } as const;

/** What a finding says of why it does not count. */
export type Suppressed = NonNullable<Finding['suppressed']>;

export interface SuppressionContext {
  /** YYYY-MM-DD in UTC. */
  readonly today: string;
  /** Null for a rule that is not there or did not run: whether it would have found something is not known. */
  readonly requirementOf: (rule: string) => RequirementId | null;
  /** Names of all clusters. */
  readonly clusters: readonly string[];
  readonly pairs: readonly PairResult[];
}

/** Splits `REASON (until YYYY-MM-DD)`. */
export function readReason(text: string): { readonly reason: string; readonly until: string | null } {
  const [, reason = '', until = null] = /^(.*?)(?:\s*\(until (\d{4}-\d{2}-\d{2})\))?$/s.exec(text.trim()) ?? [];
  return { reason: reason.trim(), until };
}

/** The findings, those that are suppressed marked as such, and what is wrong with the suppressions. */
export function suppress(
  findings: readonly Finding[],
  suppressions: readonly Suppression[],
  context: SuppressionContext,
): { readonly findings: readonly Finding[]; readonly audit: readonly Finding[] } {
  const valid = suppressions.filter((s) => s.reason !== '' && !isOver(s, context.today));
  const used = new Set<Suppression>();
  const targets = targetsOf(context.pairs);
  const marked = findings.map((finding) => {
    const matching = valid.filter((s) => covers(s, finding, targets));
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
    return isThere && !used.has(s) ? [auditOf(s, 'unused', requirement, context)] : [];
  });
  return { findings: marked, audit };
}

function isOver({ until }: Suppression, today: string): boolean {
  return until !== null && until < today;
}

function told({ reason, by, owner, until }: Suppression): Suppressed {
  return { reason, by, ...(owner !== null && { owner }), ...(until !== null && { until }) };
}

/** Which cluster each RemoteClusterConfiguration leads to: by `cluster/name`. */
function targetsOf(pairs: readonly PairResult[]): ReadonlyMap<string, string> {
  return new Map(
    pairs.flatMap(({ from, to, remote }) => (to !== null && remote !== null ? [[`${from}/${remote}`, to]] : [])),
  );
}

function covers(s: Suppression, finding: Finding, targets: ReadonlyMap<string, string>): boolean {
  if (s.rule !== finding.rule) return false;
  // What is about several clusters is not settled by saying that one of them may.
  if (s.clusters !== null && !(finding.clusters.length > 0 && finding.clusters.every((c) => s.clusters?.includes(c))))
    return false;
  if (s.pairs !== null && !s.pairs.some((pair) => concerns(pair, finding, targets))) return false;
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

function concerns({ from, to, both }: Pair, finding: Finding, targets: ReadonlyMap<string, string>): boolean {
  const { clusters, evidence } = finding;
  const is = (a: string, b: string) => {
    if (clusters.length === 2 && clusters.includes(a) && clusters.includes(b))
      return both || evidence[0]?.cluster === a;
    return (
      clusters.length === 1 &&
      clusters[0] === a &&
      evidence.some(
        (e) => e.kind === 'RemoteClusterConfiguration' && e.cluster === a && targets.get(`${a}/${e.name}`) === b,
      )
    );
  };
  return is(from, to) || (both && is(to, from));
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

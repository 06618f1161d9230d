// The report as objects that Kubernetes can hold: per cluster one ClusterReport of openreports.io, or one ClusterPolicyReport as it was
// called before, for whatever shows policy reports there. Reads the View only.

import { createHash } from 'node:crypto';
import type { RequirementClass } from '../requirements.ts';
import type { Severity, Verdict } from '../rule.ts';
import type { Finding, Report, ReportEvidence, RequirementResult, View } from './report.ts';
import { copyable, sanitise } from './terminal.ts';

/** `error` is what could not be judged (openreports/reports-api v0.2.1, apis/openreports.io/v1alpha1). */
type Result = 'pass' | 'fail' | 'warn' | 'error' | 'skip';

interface ReportResult {
  /** The requirement. */
  readonly policy: string;
  readonly rule?: string;
  readonly category: RequirementClass;
  readonly result: Result;
  readonly severity?: 'high' | 'medium' | 'low';
  readonly message: string;
  readonly resources?: readonly object[];
  /** Texts alone. */
  readonly properties?: Readonly<Record<string, string>>;
}

/** As many results as fit into an object of an API server: etcd takes 1.5 MiB. */
const MOST = 1_000;
/** Counterparts in other clusters that are named. */
const MOST_OTHERS = 5;
const ORDER: readonly Result[] = ['fail', 'error', 'warn', 'skip', 'pass'];
const SEVERITY = { error: 'high', warning: 'medium', note: 'low' } as const satisfies Record<Severity, string>;

/**
 * A List that `kubectl apply -f -` takes, in JSON. Every requirement has a result in every cluster, and every finding one in each of its
 * clusters. A core requirement that is unknown is an `error`, any other unknown is skipped, as it does not count for the run either.
 */
export function openreports({ report }: View): string {
  return listOf(report, (name, results) => ({
    apiVersion: 'openreports.io/v1alpha1',
    kind: 'ClusterReport',
    metadata: metadataOf(report, name),
    source: report.tool.name,
    ...(results.length > MOST && { configuration: { limits: { maxResults: MOST } } }),
    summary: summaryOf(results),
    results: worstOf(results),
  }));
}

/**
 * The same for what does not read openreports.io: its predecessor, whose reports have neither `source` nor `configuration`, but whose
 * results have a source (wgpolicyk8s.io/v1alpha2; kubernetes-sigs/wg-policy-prototypes, policy-report/crd/v1alpha2, retired in 2024).
 */
export function policyreport({ report }: View): string {
  return listOf(report, (name, results) => ({
    apiVersion: 'wgpolicyk8s.io/v1alpha2',
    kind: 'ClusterPolicyReport',
    metadata: metadataOf(report, name),
    summary: summaryOf(results),
    results: worstOf(results).map((result) => ({ source: report.tool.name, ...result })),
  }));
}

function listOf(report: Report, objectOf: (cluster: string, results: readonly ReportResult[]) => object): string {
  const items = report.clusters.map(({ name }) => {
    const results = report.requirements.flatMap((requirement) => resultsOf(requirement, name, report.findings));
    return objectOf(name, results);
  });
  return `${JSON.stringify({ apiVersion: 'v1', kind: 'List', items }, null, 2)}\n`;
}

function metadataOf({ tool, verdict }: Report, cluster: string): object {
  return {
    name: objectName(tool.name, cluster),
    labels: { 'app.kubernetes.io/managed-by': tool.name },
    annotations: { 'mesh-preflight/cluster': sanitise(cluster), 'mesh-preflight/verdict': verdict },
  };
}

/** Of all results, those that do not fit included. */
function summaryOf(results: readonly ReportResult[]): object {
  const count = (of: Result) => results.filter(({ result }) => result === of).length;
  return Object.fromEntries(ORDER.map((result) => [result, count(result)]));
}

/** A name for an object, one for each cluster: RFC 1123 allows less than folders and contexts do. */
function objectName(tool: string, cluster: string): string {
  const plain = cluster
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
    .slice(0, 200);
  const digest = createHash('sha256').update(cluster).digest('hex').slice(0, 8);
  return [tool, plain, plain === cluster ? '' : digest].filter(Boolean).join('-');
}

function resultsOf(
  requirement: RequirementResult,
  cluster: string,
  findings: readonly Finding[],
): readonly ReportResult[] {
  const own = findings.filter(
    ({ requirement: id, clusters }) => id === requirement.id && (clusters.length === 0 || clusters.includes(cluster)),
  );
  const told = own.map((finding) => resultOf(finding, cluster, requirement.class));
  const result = meaningOf(requirement.clusters[cluster] ?? requirement.verdict, requirement.class);
  if (told.some((one) => one.result === result)) return told;
  return [{ policy: requirement.id, category: requirement.class, result, message: requirement.title }, ...told];
}

function meaningOf(verdict: Verdict | 'note', of: RequirementClass): Result {
  if (verdict === 'unknown') return of === 'core' ? 'error' : 'skip';
  return verdict === 'not-applicable' ? 'skip' : verdict === 'note' ? 'pass' : verdict;
}

function resultOf(finding: Finding, cluster: string, category: RequirementClass): ReportResult {
  const { requirement, rule, verdict, severity, message, evidence, clusters, fix, reason, fingerprint, suppressed } =
    finding;
  const here = evidence.filter((one) => one.cluster === cluster);
  const others = evidence.filter((one) => one.cluster !== cluster).map(sentence);
  const more = others.length > MOST_OTHERS ? [`${others.length - MOST_OTHERS} more`] : [];
  const properties = {
    fingerprint,
    clusters: sanitise(clusters.join(', ')),
    elsewhere: [...others.slice(0, MOST_OTHERS), ...more].join('; '),
    fix: sanitise(fix?.title ?? ''),
    command: copyable(fix?.command ?? '').join('\n'),
    reason: reason ?? '',
    suppressed: sanitise(suppressed?.reason ?? ''),
  };
  return {
    policy: requirement,
    rule,
    category,
    result: suppressed === null ? meaningOf(verdict, category) : 'skip',
    severity: SEVERITY[severity],
    message: sanitise(message.text),
    ...(here.length > 0 && { resources: objectsOf(here) }),
    properties: Object.fromEntries(Object.entries(properties).filter(([, text]) => text !== '')),
  };
}

/** The objects, each once, with the first of its fields that is told of. kubectl makes other names of names with control characters. */
function objectsOf(evidence: readonly ReportEvidence[]): readonly object[] {
  const found = new Map<string, object>();
  for (const { apiVersion, kind, namespace, name, path } of evidence) {
    const key = JSON.stringify([apiVersion, kind, namespace, name]);
    if (found.has(key)) continue;
    found.set(key, {
      apiVersion: sanitise(apiVersion),
      kind: sanitise(kind),
      ...(namespace !== null && { namespace: sanitise(namespace) }),
      name: sanitise(name),
      ...(path && { fieldPath: sanitise(path) }),
    });
  }
  return [...found.values()];
}

function sentence({ cluster, kind, namespace, name, path, note }: ReportEvidence): string {
  const object = `${cluster}: ${kind} ${namespace === null ? '' : `${namespace}/`}${name}`;
  return sanitise([object, path, note && `(${note})`].filter(Boolean).join(' '));
}

/** What fits, the worst first to stay; the order is kept. */
function worstOf(results: readonly ReportResult[]): readonly ReportResult[] {
  if (results.length <= MOST) return results;
  const kept = new Set([...results].sort((a, b) => ORDER.indexOf(a.result) - ORDER.indexOf(b.result)).slice(0, MOST));
  return results.filter((result) => kept.has(result));
}

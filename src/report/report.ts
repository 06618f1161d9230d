// The report: the outcome of a run as plain data, in the shape of schemas/report.schema.json, and the arithmetic of verdicts. Pure.

import type { RequirementClass, RequirementId, Routing } from '../requirements.ts';
import type { Reason, Rule, Severity, Verdict } from '../rule.ts';

/** Lines and columns count from 1, in UTF-16 code units; `endColumn` is exclusive. */
export interface Location {
  /**
   * Relative to the working directory when inside it, else `<cluster>/<path in it>`; the configuration's, outside of it, to the root of the
   * repository. Always with `/`.
   */
  readonly uri: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

export interface ReportEvidence {
  readonly cluster: string;
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string | null;
  readonly name: string;
  /** Inside the object: `rules[0].resources`; empty for the object itself. */
  readonly path: string;
  readonly note: string;
  /** Absent for an object that the input does not hold. */
  readonly location?: Location;
}

export interface ReportFix {
  readonly title: string;
  readonly command?: string;
  readonly patch?: Readonly<Record<string, unknown>>;
}

export interface Finding {
  readonly rule: string;
  readonly requirement: RequirementId;
  readonly verdict: 'fail' | 'warn' | 'unknown' | 'note';
  /** Of an unknown: the worst that it leaves possible. */
  readonly severity: Severity;
  readonly clusters: readonly string[];
  readonly message: {
    readonly id: string;
    /** Rendered: one sentence, lower case, without a final period. */
    readonly text: string;
    readonly data: Readonly<Record<string, string | number>>;
  };
  /** The place to change first. */
  readonly evidence: readonly ReportEvidence[];
  readonly fix: ReportFix | null;
  readonly reason: Reason | null;
  /** Identity across runs: 32 hex digits, without lines, values or file names. */
  readonly fingerprint: string;
  /** Against a baseline, where one was given: not in it, in it as it is, or in it with other values or objects. */
  readonly baselineState?: 'new' | 'unchanged' | 'updated';
  /** Why it does not count, and who says so; null when it does. */
  readonly suppressed: {
    readonly reason: string;
    readonly by: 'config' | 'comment' | 'annotation' | 'baseline';
    readonly owner?: string;
    /** The last day on which it does not count: YYYY-MM-DD. */
    readonly until?: string;
  } | null;
}

export interface RequirementResult {
  readonly id: RequirementId;
  readonly title: string;
  readonly class: RequirementClass;
  readonly verdict: Verdict;
  readonly reason: Reason | null;
  readonly clusters: Readonly<Record<string, Verdict>>;
  readonly rules: readonly string[];
}

export interface PairResult {
  readonly from: string;
  /** Null for a remote that is unbound or leads outside the input. */
  readonly to: string | null;
  readonly remote: string | null;
  readonly verdict: Verdict;
  readonly because: readonly string[];
}

export interface ClusterResult {
  readonly name: string;
  readonly version: string | null;
  readonly identity: {
    readonly kubeSystemUID: string | null;
    readonly clusterGUID: string | null;
    readonly servers: readonly string[];
    readonly caFingerprints: readonly string[];
  };
  /** What was not read, or only in part: name of the section and why. */
  readonly missing: Readonly<Record<string, string>>;
  /** Objects that were kept. */
  readonly objects: number;
}

export interface Problem {
  readonly cluster: string;
  readonly uri: string;
  /** Null when the whole file is meant. */
  readonly line: number | null;
  readonly column: number | null;
  readonly why: string;
}

export interface Counts {
  readonly files: number;
  readonly documents: number;
  readonly objects: number;
  /** Objects of kinds that no rule reads, and documents that hold no object. */
  readonly ignored: number;
  /** Those that are suppressed left out. */
  readonly findings: Readonly<Record<'fail' | 'warn' | 'unknown' | 'note', number>>;
  readonly suppressed: number;
  readonly requirements: Readonly<Record<Verdict, number>>;
}

export type RunVerdict = 'ready' | 'not-ready' | 'not-proven';

export interface Report {
  readonly schemaVersion: 1;
  readonly tool: { readonly name: string; readonly version: string };
  readonly verdict: RunVerdict;
  readonly mesh: {
    readonly routing: Routing;
    /** The requirement text that was applied, as the lowest version of the mesh; null when nothing tells it. */
    readonly calicoVersion: string | null;
    /** Which of `routing` and `calicoVersion` were inferred from the input rather than given. */
    readonly inferred: readonly ('routing' | 'calicoVersion')[];
  };
  readonly clusters: readonly ClusterResult[];
  readonly requirements: readonly RequirementResult[];
  readonly pairs: readonly PairResult[];
  readonly findings: readonly Finding[];
  readonly problems: readonly Problem[];
  readonly counts: Counts;
}

/** Lines of a file around a piece of evidence, secrets masked with `*` of equal length. */
export interface Excerpt {
  /** Relative to the root of the repository that holds the file, or `external/<cluster>/…`; always with `/`, not percent-encoded. */
  readonly repositoryUri: string;
  /** GitHub's rolling hash of the evidence's first line: `<hex>:<n>`. */
  readonly lineHash: string;
  /** Up to two lines before and after the evidence. A very long line is cut to a window; `column` is that of its first character. */
  readonly lines: readonly {
    readonly line: number;
    readonly column: number;
    readonly text: string;
    readonly cut: boolean;
  }[];
  /** All of the text, where the file is on no disk: that of a live cluster. */
  readonly whole?: string;
}

/** Where pods of a cluster get their addresses. */
export interface PlannedAddresses {
  readonly cluster: string;
  /** Sorted by family and position, the wider one first. */
  readonly ranges: readonly {
    readonly family: 4 | 6;
    readonly first: bigint;
    readonly last: bigint;
    /** In canonical form: `10.48.0.0/16`, or `10.48.0.0-10.48.2.255` for ranges of nodes that are no CIDR together. */
    readonly text: string;
    /** The IPPool; null for ranges of nodes. */
    readonly pool: string | null;
    /** Secondary ranges are in use, but not what the requirement on pod CIDRs is about: egress gateways, tunnels. */
    readonly rank: 'primary' | 'secondary';
  }[];
  /** Why pods may have addresses that no range shows; null where the ranges are all there are. */
  readonly gap: string | null;
}

/** What a reporter is given. It may read nothing else: no file, no clock, no environment. */
export interface View {
  readonly report: Report;
  /** All rules that were loaded, those switched off included, sorted by id. */
  readonly rules: readonly Rule[];
  /** The source of a piece of evidence that has a location; null when it cannot be shown. */
  excerpt(evidence: ReportEvidence): Excerpt | null;
  /**
   * The first character of the cluster's first file in path order: where a finding is shown of which no evidence has a location. Null
   * for a cluster without files.
   */
  firstFile(cluster: string): { readonly location: Location; readonly excerpt: Excerpt | null } | null;
  /** The pod ranges of every cluster, in the order of the report. Worked out when it is asked for. */
  addressPlan(): readonly PlannedAddresses[];
  /** Why the process ends with its code: `exit 1: 2 errors`. */
  readonly exitReason: string;
}

/** From so many clusters on `pairs` holds those alone that are not pass. */
export const MANY_CLUSTERS = 100;

const order: readonly Verdict[] = ['fail', 'unknown', 'warn', 'pass', 'not-applicable'];

/** Negative when `a` is worse than `b`. */
export function compareVerdicts(a: Verdict, b: Verdict): number {
  return order.indexOf(a) - order.indexOf(b);
}

/** The worst of several verdicts; not-applicable when there are none. */
export function worst(verdicts: Iterable<Verdict>): Verdict {
  let found: Verdict = 'not-applicable';
  for (const verdict of verdicts) if (compareVerdicts(verdict, found) < 0) found = verdict;
  return found;
}

/**
 * The requirements that leave the run unproven: those that are unknown, and those that only suppressed findings keep from being so. Of a
 * requirement whose unknowns are all suppressed nothing is left open.
 */
export function openRequirements(
  requirements: readonly RequirementResult[],
  findings: readonly Finding[],
  strict: boolean,
): readonly RequirementId[] {
  const counted = requirements.filter(({ class: of }) => strict || of === 'core');
  return counted.flatMap(({ id, verdict }) => {
    const own = findings.filter((f) => f.requirement === id);
    const unknowns = own.filter((f) => f.verdict === 'unknown');
    const isAsked = unknowns.some((f) => f.suppressed === null);
    const isOpen = verdict === 'unknown' ? unknowns.length === 0 || isAsked : verdict === 'fail' && isAsked;
    return isOpen ? [id] : [];
  });
}

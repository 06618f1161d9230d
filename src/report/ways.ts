// The ways between clusters: what leads from one to another, and what is only not known to. Reads the report only.
//
// The report tells no reason for a pair that lacks a remote. That none leads there is proven where all remotes of the cluster were read and
// the target of each is told, or where the finding on missing remotes says so; else it is not known.

import type { Verdict } from '../rule.ts';
import { type Finding, MANY_CLUSTERS, type PairResult, type Report, worst } from './report.ts';

/** Where a way leads: to a cluster of the input, to one that is proven to be outside of it, or to one that nothing tells. */
export type Target = { readonly cluster: string } | 'outside' | 'unknown';

export const NOWHERE: Readonly<Record<'outside' | 'unknown', string>> = {
  outside: 'outside the input',
  unknown: 'an unknown cluster',
};

/** What leads there: remotes, proven none, or none that is known. */
export type Lead = 'remotes' | 'none' | 'untold';

export const NO_REMOTE: Readonly<Record<Exclude<Lead, 'remotes'>, string>> = {
  none: 'no remote',
  untold: 'no remote is known to lead there',
};

/** What is known of the way from one cluster to another: several remotes may lead there. */
export interface Way {
  readonly verdict: Verdict;
  readonly lead: Lead;
  readonly remotes: readonly string[];
  readonly because: readonly string[];
}

export interface Ways {
  /** Null where the report tells none: from 100 clusters on it leaves out pairs that pass. */
  of(from: string, to: Target): Way | null;
  targetOf(pair: PairResult): Target;
  leadOf(pair: PairResult): Lead;
  /** The rules that make the verdict of a pair, without those whose findings are less bad. */
  decisive(pair: PairResult): readonly string[];
}

const BOTH_WAYS = 'remotes-lead-both-ways';
const CHECKED = 'remotes-lead-to-checked-clusters';

const keyOf = (...parts: readonly unknown[]) => JSON.stringify(parts);

export function waysOf(report: Report): Ways {
  const { outside, absent } = proofs(report.findings);
  const targetOf = ({ from, to, remote }: PairResult): Target => {
    if (to !== null) return { cluster: to };
    return outside.has(keyOf(from, remote)) ? 'outside' : 'unknown';
  };
  const settled = settledClusters(report, targetOf);
  const leadOf = ({ from, to, remote }: PairResult): Lead => {
    if (remote !== null) return 'remotes';
    return settled.has(from) || absent.has(keyOf(from, to)) ? 'none' : 'untold';
  };
  const found = new Map<string, Way>();
  for (const pair of report.pairs) {
    const key = keyOf(pair.from, targetOf(pair));
    const before = found.get(key);
    found.set(key, {
      verdict: worst([pair.verdict, ...(before ? [before.verdict] : [])]),
      lead: leadOf(pair),
      remotes: [...(before?.remotes ?? []), ...(pair.remote === null ? [] : [pair.remote])],
      because: [...new Set([...(before?.because ?? []), ...pair.because])],
    });
  }
  const byRule = new Map<string, Finding[]>();
  for (const finding of report.findings) {
    const alike = byRule.get(finding.rule);
    if (alike) alike.push(finding);
    else byRule.set(finding.rule, [finding]);
  }
  return {
    of: (from, to) => found.get(keyOf(from, to)) ?? null,
    targetOf,
    leadOf,
    decisive({ from, to, verdict, because }) {
      const ends = [from, ...(to === null ? [] : [to])];
      const own = because.filter((rule) =>
        byRule.get(rule)?.some((f) => f.verdict === verdict && ends.some((end) => concerns(f, end))),
      );
      return own.length > 0 ? own : because;
    },
  };
}

/** Is a finding about a cluster, by itself or by what it points at? One that names no cluster is about all of them. */
function concerns({ clusters, evidence }: Finding, cluster: string): boolean {
  return clusters.length === 0 || clusters.includes(cluster) || evidence.some((e) => e.cluster === cluster);
}

/** What findings prove: remotes that lead out of the input, by cluster and name, and ways that no remote leads. */
function proofs(findings: readonly Finding[]): {
  readonly outside: ReadonlySet<string>;
  readonly absent: ReadonlySet<string>;
} {
  const outside = new Set<string>();
  const absent = new Set<string>();
  for (const { rule, verdict, message, evidence } of findings) {
    if (rule !== CHECKED && rule !== BOTH_WAYS) continue;
    for (const { cluster, kind, name, location } of evidence) {
      if (kind !== 'RemoteClusterConfiguration') continue;
      if (message.id === 'outside') outside.add(keyOf(cluster, name));
      // What is missing is called after the cluster that it would lead to.
      else if (verdict === 'fail' && location === undefined) absent.add(keyOf(cluster, name));
    }
  }
  return { outside, absent };
}

/** The clusters of which the target of every remote is told. */
function settledClusters(report: Report, targetOf: (pair: PairResult) => Target): ReadonlySet<string> {
  const open = new Set(report.pairs.filter((pair) => targetOf(pair) === 'unknown').map(({ from }) => from));
  const judged = report.requirements.find(({ id }) => id === 'bidirectional-remotes');
  const settled = report.clusters.filter(({ name, missing }) => {
    // Remotes of which nothing is told are not all in the report then, unless they were judged.
    const verdict = judged?.clusters[name] ?? judged?.verdict;
    const isWhole = report.clusters.length < MANY_CLUSTERS || verdict === 'pass' || verdict === 'fail';
    return isWhole && missing.remotes === undefined && !open.has(name);
  });
  return new Set(settled.map(({ name }) => name));
}

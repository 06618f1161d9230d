// Two reports compared: what is fixed, new and still there, and what can no longer be told. Pure.

import type { RequirementId } from '../requirements.ts';
import type { Verdict } from '../rule.ts';
import { evidencePrint } from './fingerprint.ts';
import type { Finding, Report } from './report.ts';
import { pen, sanitise, type TextOptions } from './terminal.ts';

/** A requirement that a cluster met or broke, of which nothing is known now. */
export interface Lost {
  readonly requirement: RequirementId;
  readonly cluster: string;
  readonly was: Verdict;
}

export interface Diff {
  readonly from: { readonly version: string; readonly verdict: Report['verdict'] };
  readonly to: { readonly version: string; readonly verdict: Report['verdict'] };
  /** Different versions of this program may find different things in one mesh. */
  readonly rulesChanged: boolean;
  readonly fixed: readonly Finding[];
  readonly new: readonly Finding[];
  readonly still: readonly Finding[];
  /** Fingerprints of those that are still there, but with other values or objects. */
  readonly changed: readonly string[];
  /** Pass or fail became unknown: neither fixed nor new. */
  readonly lost: readonly Lost[];
  /** Clusters that only one of the reports knows. */
  readonly clusters: { readonly gone: readonly string[]; readonly added: readonly string[] };
}

/**
 * Findings are the same by their fingerprints. One that is gone is fixed only where its requirement is judged in all of its clusters; where
 * it has become unknown, or the cluster is gone, sight of it is lost.
 */
export function diffOf(from: Report, to: Report): Diff {
  const [before, after] = [from, to].map(({ findings }) => new Set(findings.map((f) => f.fingerprint)));
  const verdictIn = (report: Report, requirement: string, cluster: string) =>
    report.requirements.find(({ id }) => id === requirement)?.clusters[cluster];
  const isJudged = ({ requirement, clusters }: Finding) =>
    clusters.every((cluster) => (verdictIn(to, requirement, cluster) ?? 'unknown') !== 'unknown');
  const names = (report: Report) => report.clusters.map(({ name }) => name);
  const lost = from.requirements.flatMap(({ id, clusters }) =>
    Object.entries(clusters).flatMap(([cluster, was]): Lost[] => {
      const is = verdictIn(to, id, cluster) ?? 'unknown';
      return ['pass', 'fail', 'warn'].includes(was) && is === 'unknown' ? [{ requirement: id, cluster, was }] : [];
    }),
  );
  const prints = new Map(from.findings.map((finding) => [finding.fingerprint, evidencePrint(finding)]));
  const still = to.findings.filter(({ fingerprint }) => before?.has(fingerprint));
  const changed = still.filter((f) => f.verdict !== 'unknown' && prints.get(f.fingerprint) !== evidencePrint(f));
  const gone = from.findings.filter(({ fingerprint }) => !after?.has(fingerprint));
  return {
    from: { version: from.tool.version, verdict: from.verdict },
    to: { version: to.tool.version, verdict: to.verdict },
    rulesChanged: from.tool.version !== to.tool.version,
    // An unknown that is gone is settled, whichever way.
    fixed: gone.filter((finding) => finding.verdict === 'unknown' || isJudged(finding)),
    new: to.findings.filter(({ fingerprint }) => !before?.has(fingerprint)),
    still,
    changed: changed.map(({ fingerprint }) => fingerprint),
    lost,
    clusters: {
      gone: names(from).filter((name) => !names(to).includes(name)),
      added: names(to).filter((name) => !names(from).includes(name)),
    },
  };
}

const WORD = { fail: 'error', warn: 'warning', unknown: 'unknown', note: 'note' } as const;
const ROLE = { fail: 'error', warn: 'warning', unknown: 'undecided', note: 'note' } as const;

/** For people: what changed, and how much did not. */
export function diffText(diff: Diff, options: TextOptions): string {
  const ink = pen(options);
  const lines: string[] = [];
  const list = (title: string, findings: readonly Finding[]) => {
    if (findings.length === 0) return;
    lines.push(ink.paint('strong', `${title}: ${findings.length}`));
    for (const { verdict, rule, message, suppressed } of findings.slice(0, options.maxFindings)) {
      const note = suppressed === null ? '' : ' (suppressed)';
      lines.push(
        `  ${ink.paint(ROLE[verdict], `${WORD[verdict]}[${ink.clean(rule)}]`)} ${ink.clean(message.text)}${note}`,
      );
    }
    const more = findings.length - options.maxFindings;
    if (more > 0) lines.push(`  ${more} more: -o json holds all`);
    lines.push('');
  };
  list('New', diff.new);
  const changed = new Set(diff.changed);
  const isChanged = ({ fingerprint }: Finding) => changed.has(fingerprint);
  list('Still, but changed', diff.still.filter(isChanged));
  if (diff.lost.length > 0) {
    lines.push(ink.paint('strong', `Lost visibility: ${diff.lost.length}`));
    for (const { requirement, cluster, was } of diff.lost.slice(0, options.maxFindings))
      lines.push(`  ${ink.paint('undecided', `unknown[${requirement}]`)} ${sanitise(cluster)}: was ${was}`);
    lines.push('');
  }
  list('Fixed', diff.fixed);
  for (const [names, what] of [
    [diff.clusters.gone, 'no longer read'],
    [diff.clusters.added, 'read for the first time'],
  ] as const) {
    if (names.length > 0) lines.push(`Clusters ${what}: ${names.map(ink.clean).join(', ')}`);
  }
  if (diff.rulesChanged)
    lines.push(`Rules changed: the reports are from ${ink.clean(diff.from.version)} and ${ink.clean(diff.to.version)}`);
  const counts = [
    `${diff.new.length} new`,
    `${diff.fixed.length} fixed`,
    `${diff.still.length} still`,
    `${diff.lost.length} lost from sight`,
  ];
  lines.push(`${diff.from.verdict} -> ${diff.to.verdict}: ${counts.join(', ')}`);
  return `${lines.join('\n')}\n`;
}

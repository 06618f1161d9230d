// Two reports compared: what is fixed, new and still there, and what can no longer be told. Pure.

import type { RequirementId } from '../requirements.ts';
import type { Verdict } from '../rule.ts';
import { sectionOf } from '../sections.ts';
import { evidencePrint, sidesOf } from './fingerprint.ts';
import type { Finding, Report } from './report.ts';
import { pen, type TextOptions } from './terminal.ts';
import { FINDING } from './words.ts';

/** A requirement that a cluster met or broke, of which not all is known now. */
export interface Lost {
  readonly requirement: RequirementId;
  readonly cluster: string;
  readonly was: Verdict;
}

/** A finding that was there and did not count, or counted less. */
export interface Risen {
  readonly fingerprint: string;
  readonly why: 'no longer suppressed' | 'more severe';
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
  /** Those that are still there and count now, or count for more. */
  readonly risen: readonly Risen[];
  /** Gone, but not proven to be fixed: of their requirement not all is known any more. */
  readonly unseen: readonly Finding[];
  /** Pass or fail became unknown, if only for a part: neither fixed nor new. */
  readonly lost: readonly Lost[];
  /** Clusters that only one of the reports knows. */
  readonly clusters: { readonly gone: readonly string[]; readonly added: readonly string[] };
}

/**
 * Findings are the same by their fingerprints. One that is gone is fixed only where the clusters on all its sides are still there, what it
 * shows of them was read, and nothing of its requirement is unknown in any of them; else sight of it is lost. An unknown that is gone is
 * settled by the same measure, whichever way.
 */
export function diffOf(from: Report, to: Report): Diff {
  const [before, after] = [byFingerprint(from), byFingerprint(to)];
  const names = (report: Report) => report.clusters.map(({ name }) => name);
  const unproven = unprovenIn(to);
  const gone = from.findings.filter(({ fingerprint }) => !after.has(fingerprint));
  const come = to.findings.filter(({ fingerprint }) => !before.has(fingerprint));
  // Between clusters it may be told of one cluster more or fewer: then it is there, and neither fixed nor new.
  const grown = grownBetween(gone, come);
  const left = gone.filter((finding) => !grown.has(finding));
  const still = to.findings.filter((finding) => before.has(finding.fingerprint) || grown.has(finding));
  const changed = still.filter((finding) => {
    const was = before.get(finding.fingerprint);
    return finding.verdict !== 'unknown' && (was === undefined || evidencePrint(was) !== evidencePrint(finding));
  });
  const isSettled = (finding: Finding) => unproven(finding).length === 0;
  const unseen = left.filter((finding) => finding.verdict !== 'unknown' && !isSettled(finding));
  return {
    from: { version: from.tool.version, verdict: from.verdict },
    to: { version: to.tool.version, verdict: to.verdict },
    rulesChanged: from.tool.version !== to.tool.version,
    fixed: left.filter(isSettled),
    new: come.filter((finding) => !grown.has(finding)),
    still,
    changed: changed.map(({ fingerprint }) => fingerprint),
    risen: still.flatMap((finding) => risenFrom(before.get(finding.fingerprint), finding)),
    unseen,
    lost: lostOf(from, to, unseen, unproven),
    clusters: {
      gone: names(from).filter((name) => !names(to).includes(name)),
      added: names(to).filter((name) => !names(from).includes(name)),
    },
  };
}

/** Does the finding count: is it a violation that nothing suppresses? */
export function isCounted({ verdict, suppressed }: Finding): boolean {
  return suppressed === null && (verdict === 'fail' || verdict === 'warn');
}

function byFingerprint({ findings }: Report): ReadonlyMap<string, Finding> {
  return new Map(findings.map((finding) => [finding.fingerprint, finding]));
}

/**
 * Tells the clusters in which a report does not prove that a finding is gone. A violation outweighs what is unknown beside it, so verdicts
 * alone do not say; and a rule may see nothing, and lack nothing, without an object that the finding shows.
 */
function unprovenIn(report: Report): (finding: Finding) => readonly string[] {
  const open = new Set(
    report.findings
      .filter(({ verdict }) => verdict === 'unknown')
      .flatMap(({ requirement, clusters }) => clusters.map((cluster) => `${requirement} ${cluster}`)),
  );
  const missing = new Set(
    report.clusters.flatMap(({ name, missing: sections }) => Object.keys(sections).map((each) => `${each} ${name}`)),
  );
  // Those that have to change, and those on the other side: without them nothing can be said to be put right.
  return ({ requirement, clusters, evidence }) =>
    [...new Set([...clusters, ...evidence.map((each) => each.cluster)])].filter(
      (name) =>
        verdictIn(report, requirement, name) === 'unknown' ||
        open.has(`${requirement} ${name}`) ||
        evidence.some((each) => each.cluster === name && missing.has(`${sectionOf(each)} ${name}`)),
    );
}

/** Unknown too where the report does not know the cluster. */
function verdictIn(report: Report, requirement: string, cluster: string): Verdict {
  const clusters = report.requirements.find(({ id }) => id === requirement)?.clusters ?? {};
  return (Object.hasOwn(clusters, cluster) ? clusters[cluster] : null) ?? 'unknown';
}

/** Of each requirement and cluster what the verdicts lose, and what findings do that are gone for no proven reason. */
function lostOf(
  from: Report,
  to: Report,
  unseen: readonly Finding[],
  unproven: (finding: Finding) => readonly string[],
): readonly Lost[] {
  const byVerdict = from.requirements.flatMap(({ id: requirement, clusters }) =>
    Object.entries(clusters).flatMap(([cluster, was]): Lost[] => {
      const isLost = ['pass', 'fail', 'warn'].includes(was) && verdictIn(to, requirement, cluster) === 'unknown';
      return isLost ? [{ requirement, cluster, was }] : [];
    }),
  );
  const byFinding = unseen.flatMap((finding): Lost[] => {
    const { requirement, verdict } = finding;
    if (verdict !== 'fail' && verdict !== 'warn') return [];
    return unproven(finding).map((cluster) => ({ requirement, cluster, was: verdict }));
  });
  const told = new Map<string, Lost>();
  for (const lost of [...byVerdict, ...byFinding]) {
    const key = `${lost.requirement} ${lost.cluster}`;
    if (!told.has(key)) told.set(key, lost);
  }
  return [...told.values()];
}

/** Of two lists, findings about several clusters that are one: all that one of them shows, the other shows, and more. */
function grownBetween(gone: readonly Finding[], come: readonly Finding[]): ReadonlySet<Finding> {
  const found = new Set<Finding>();
  for (const [some, others] of [
    [gone, come],
    [come, gone],
  ] as const) {
    const bySide = new Map<string, Finding[]>();
    const key = ({ rule, message }: Finding, side: string) => `${rule} ${message.id} ${side}`;
    for (const other of others) {
      for (const side of sidesOf(other)) {
        const alike = bySide.get(key(other, side));
        if (alike) alike.push(other);
        else bySide.set(key(other, side), [other]);
      }
    }
    for (const one of some) {
      const few = sidesOf(one);
      const [first] = few;
      if (first === undefined || few.length < 2) continue;
      for (const other of bySide.get(key(one, first)) ?? []) {
        const many = sidesOf(other);
        if (many.length > few.length && few.every((side) => many.includes(side))) found.add(one).add(other);
      }
    }
  }
  return found;
}

function risenFrom(was: Finding | undefined, is: Finding): readonly Risen[] {
  const { fingerprint } = is;
  if (was === undefined || !isCounted(is)) return [];
  if (was.suppressed !== null) return [{ fingerprint, why: 'no longer suppressed' }];
  const isWorse = was.verdict !== is.verdict && was.verdict !== 'fail';
  return isWorse ? [{ fingerprint, why: 'more severe' }] : [];
}

/** Here it is told what became unknown, as verdicts are called. */
const WORD = { ...FINDING, unknown: 'unknown' } as const;

/** For people: what changed, and how much did not. */
export function diffText(diff: Diff, options: TextOptions): string {
  const ink = pen(options);
  const lines: string[] = [];
  const risen = new Map(diff.risen.map(({ fingerprint, why }) => [fingerprint, why]));
  const list = (title: string, findings: readonly Finding[]) => {
    if (findings.length === 0) return;
    lines.push(ink.paint('strong', `${title}: ${findings.length}`));
    for (const { verdict, rule, message, suppressed, fingerprint } of findings.slice(0, options.maxFindings)) {
      const why = suppressed === null ? risen.get(fingerprint) : 'suppressed';
      const note = why === undefined ? '' : ` (${why})`;
      lines.push(
        `  ${ink.paint(FINDING[verdict], `${WORD[verdict]}[${ink.clean(rule)}]`)} ${ink.clean(message.text)}${note}`,
      );
    }
    const more = findings.length - options.maxFindings;
    if (more > 0) lines.push(`  ${more} more: -o json holds all`);
    lines.push('');
  };
  list('New', diff.new);
  const changed = new Set([...diff.changed, ...risen.keys()]);
  list(
    'Still, but changed',
    diff.still.filter(({ fingerprint }) => changed.has(fingerprint)),
  );
  if (diff.lost.length > 0) {
    lines.push(ink.paint('strong', `Lost visibility: ${diff.lost.length}`));
    for (const { requirement, cluster, was } of diff.lost.slice(0, options.maxFindings))
      lines.push(`  ${ink.paint('undecided', `unknown[${requirement}]`)} ${ink.clean(cluster)}: was ${was}`);
    lines.push('');
  }
  list('Gone, but not proven to be fixed', diff.unseen);
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

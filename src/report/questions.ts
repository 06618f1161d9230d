// What is asked where the input settles nothing: findings that one command settles are one question. Pure.

import type { RequirementClass } from '../requirements.ts';
import type { Finding, Report, ReportEvidence } from './report.ts';
import { grouped } from './terminal.ts';

/** What a question is called, by the class of its requirement. */
export const QUESTION: Readonly<Record<RequirementClass, string>> = {
  core: 'undecided',
  probe: 'verify',
  advisory: 'unchecked',
};

/** How requirements that are open are counted, by their class. */
export const OPEN: Readonly<Record<RequirementClass, string>> = {
  core: 'undecided',
  probe: 'to verify on the network',
  advisory: 'not checked',
};

/** How many requirements of a class are open: unknown, or with something that is asked beside what is known of them. */
export function openOf({ findings, requirements }: Report, of: RequirementClass): number {
  const asked = new Set(
    findings.filter((f) => f.verdict === 'unknown' && f.suppressed === null).map((f) => f.requirement),
  );
  return requirements.filter((r) => r.class === of && (r.verdict === 'unknown' || asked.has(r.id))).length;
}

/** All that is asked of requirements of one class, in blocks. */
export function askedOf({ findings, requirements }: Report, of: RequirementClass): [Question, ...Question[]][] {
  const ids = new Set(requirements.filter((r) => r.class === of).map((r) => r.id));
  return blocksOf(findings.filter((f) => f.verdict === 'unknown' && f.suppressed === null && ids.has(f.requirement)));
}

/** Names of clusters that are listed; of more only the number is told. */
export const MOST_NAMES = 8;

/** What one command settles: the findings that leave it open, and the requirements that wait for it. */
export interface Question {
  readonly findings: readonly [Finding, ...Finding[]];
  readonly requirements: readonly string[];
}

/**
 * Questions that are asked together: about what was not read, if the same requirements wait for them, in one block for all clusters;
 * every other alone.
 */
export function blocksOf(findings: readonly Finding[]): [Question, ...Question[]][] {
  const groups = grouping(findings, (f) => f.fix?.command ?? `${f.rule}\n${f.message.text}`);
  const questions = groups.map((group) => ({
    findings: group,
    requirements: [...new Set(group.map((f) => f.requirement))].sort(),
  }));
  return grouping(questions, ({ findings: [{ reason, fix, evidence, rule, message }], requirements }) => {
    const together = isInput(reason) && evidence.length === 0;
    return JSON.stringify([reason, fix?.title, requirements, ...(together ? [] : [rule, message.text, fix?.command])]);
  });
}

/** Is it open because something was not read? */
export function isInput(reason: Finding['reason']): boolean {
  return reason === 'missing-input' || reason === 'partial-input';
}

/** What is asked, once for all clusters of which the same is asked. */
export function texts(block: readonly Question[]): string[] {
  const isOwn = ({ message, clusters }: Finding) => clusters.length === 1 && message.data.cluster === clusters[0];
  const alike = grouping(findingsOf(block), (finding) => {
    const { cluster: _, ...data } = finding.message.data;
    return JSON.stringify(isOwn(finding) ? [finding.message.id, data] : finding.message.text);
  });
  return alike.map((group) => {
    const [first] = group;
    const names = isOwn(first) ? [...new Set(group.map((f) => f.clusters[0] ?? ''))].slice(1) : [];
    const listed = names.slice(0, MOST_NAMES);
    const rest = names.length > listed.length ? ` and ${grouped(names.length - listed.length)} more` : '';
    return first.message.text + (names.length > 0 ? `; the same of ${listed.join(', ')}${rest}` : '');
  });
}

/** The places that make it a question, each once. */
export function placesOf(block: readonly Question[]): ReportEvidence[] {
  const all = findingsOf(block).flatMap((f) => f.evidence);
  return grouping(all, ({ note: _, ...place }) => JSON.stringify(place)).map(([first]) => first);
}

function findingsOf(block: readonly Question[]): Finding[] {
  return block.flatMap((q) => q.findings);
}

/** Which requirements stay undecided, and the worst that may be behind it. */
export function effect(block: readonly Question[]): string {
  const ids = block[0]?.requirements ?? [];
  const severities = new Set(findingsOf(block).map((f) => f.severity));
  const worst = (['error', 'warning'] as const).find((s) => severities.has(s)) ?? 'note';
  const stay = ids.length === 1 ? `${ids[0]} stays undecided` : `${ids.join(', ')} stay undecided`;
  return `${stay} (at worst ${worst === 'error' ? 'an' : 'a'} ${worst})`;
}

function grouping<T>(all: readonly T[], keyOf: (one: T) => string): [T, ...T[]][] {
  const groups = new Map<string, [T, ...T[]]>();
  for (const one of all) {
    const key = keyOf(one);
    const group = groups.get(key);
    if (group) group.push(one);
    else groups.set(key, [one]);
  }
  return [...groups.values()];
}

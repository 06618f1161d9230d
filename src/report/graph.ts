// The mesh as a graph, for the formats that draw it: clusters, and what leads from one to another. Reads the report only.

import type { Verdict } from '../rule.ts';
import { compareVerdicts, type PairResult, type Report, worst } from './report.ts';
import { clip, count, sanitise } from './terminal.ts';
import { NO_REMOTE, NOWHERE, type Ways, waysOf } from './ways.ts';
import { RUN, VERDICT } from './words.ts';

/** From more clusters on, what passes is not drawn: no layout keeps the lines of a full mesh apart. */
const ALL = 12;
/** More can be drawn, but not read. Mermaid 11 draws no more than 500 edges (config.schema.yaml: maxEdges). */
const MOST_NODES = 100;
const MOST_EDGES = 200;
/** Characters that a name or a list keeps. */
const MOST_CHARACTERS = 40;
const MOST_RULES = 2;

export interface Node {
  readonly id: string;
  readonly name: string;
  /** `outside` is where a remote leads that is proven to lead to no cluster of the input. */
  readonly verdict: Verdict | 'outside';
  /** `fail`, `undecided` …, as people read it; null for what is no cluster of the input. */
  readonly word: string | null;
}

export interface Edge {
  readonly from: string;
  readonly to: string;
  readonly verdict: Verdict;
  /** Lines of text, not escaped. */
  readonly label: readonly string[];
}

export interface Graph {
  readonly nodes: readonly Node[];
  readonly edges: readonly Edge[];
  /** One line each: what is drawn, and what is left out. They hold no text of the input. */
  readonly remarks: readonly string[];
}

/** Clusters and remotes sorted by name, so that equal meshes are equal texts. */
export function graphOf(report: Report): Graph {
  const verdicts = new Map(report.clusters.map(({ name }) => [name, verdictOf(name, report)]));
  const verdictBy = (name: string) => verdicts.get(name) ?? 'unknown';
  const many = verdicts.size > ALL;
  const ways = waysOf(report);
  const pairs = [...report.pairs].sort(byNames).filter(({ verdict }) => !many || !isGood(verdict));
  const { kept, ends } = thatFit(pairs);
  const others = [...verdicts.keys()].filter((name) => !ends.has(name) && (!many || !isGood(verdictBy(name))));
  others.sort((a, b) => compareVerdicts(verdictBy(a), verdictBy(b)) || compare(a, b));
  const shown = [...ends, ...others.slice(0, MOST_NODES - ends.size)].sort(compare);

  const ids = new Map(shown.map((name, i) => [name, `c${i}`]));
  const nodes: Node[] = shown.map((name, i) => {
    const verdict = verdictBy(name);
    return { id: `c${i}`, name: short(name), verdict, word: VERDICT[verdict] };
  });
  const edges: Edge[] = [];
  for (const pair of pairs.filter((each) => kept.has(each))) {
    const { from, to, verdict } = pair;
    const end = (to === null ? undefined : ids.get(to)) ?? `o${nodes.length - shown.length}`;
    const target = ways.targetOf(pair);
    if (typeof target === 'string') nodes.push({ id: end, name: NOWHERE[target], verdict: target, word: null });
    edges.push({ from: ids.get(from) ?? '', to: end, verdict, label: labelOf(pair, ways) });
  }
  return { nodes, edges, remarks: remarksOf(report, shown.length, pairs.length, edges.length) };
}

/** The worst connections, and the clusters at their ends. */
function thatFit(pairs: readonly PairResult[]): {
  readonly kept: ReadonlySet<PairResult>;
  readonly ends: ReadonlySet<string>;
} {
  const kept = new Set<PairResult>();
  const ends = new Set<string>();
  for (const pair of [...pairs].sort((a, b) => compareVerdicts(a.verdict, b.verdict))) {
    const own = [pair.from, ...(pair.to === null ? [] : [pair.to])];
    const added = own.filter((name) => !ends.has(name));
    if (kept.size === MOST_EDGES || ends.size + added.length > MOST_NODES) continue;
    kept.add(pair);
    for (const name of added) ends.add(name);
  }
  return { kept, ends };
}

/** The worst of the core requirements, as for pairs. What only the network settles would leave no cluster proven. */
function verdictOf(cluster: string, { requirements }: Report): Verdict {
  return worst(requirements.filter((r) => r.class === 'core').map((r) => r.clusters[cluster] ?? r.verdict));
}

function isGood(verdict: Verdict): boolean {
  return verdict === 'pass' || verdict === 'not-applicable';
}

/** What leads there, the verdict, and the rules that make it. */
function labelOf(pair: PairResult, ways: Ways): string[] {
  const { remote, verdict, because } = pair;
  const lead = ways.leadOf(pair);
  const named = lead === 'remotes' ? short(remote ?? '') : NO_REMOTE[lead];
  if (isGood(verdict)) return remote === null ? [VERDICT[verdict]] : [named, VERDICT[verdict]];
  const rules = ways.decisive(pair).slice(0, MOST_RULES).map(short);
  const more = because.length - rules.length;
  return [named, VERDICT[verdict], ...rules, ...(more > 0 ? [count(more, 'more rule')] : [])];
}

function remarksOf(report: Report, shown: number, connections: number, drawn: number): string[] {
  const { tool, verdict, clusters } = report;
  const remarks = [`${tool.name} ${tool.version}: ${RUN[verdict]}`];
  if (shown < clusters.length) remarks.push(`${shown} of ${count(clusters.length, 'cluster')} drawn`);
  if (clusters.length > ALL)
    remarks.push(`connections that pass are not drawn, as there are more than ${ALL} clusters`);
  if (drawn < connections) remarks.push(`${drawn} of ${count(connections, 'other connection')} drawn, the worst first`);
  return remarks;
}

function short(text: string): string {
  return clip(sanitise(text), MOST_CHARACTERS, '…', 12);
}

function byNames(a: PairResult, b: PairResult): number {
  return (
    compare(a.from, b.from) || compare(a.to ?? '\uffff', b.to ?? '\uffff') || compare(a.remote ?? '', b.remote ?? '')
  );
}

/** By code units, as no locale can change. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

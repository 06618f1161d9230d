// Where in the page things are told: what cells of tables, rows of drawings and lists link to. Pure.

import type { RequirementId } from '../../requirements.ts';
import type { Finding, Report } from '../report.ts';
import type { Way } from '../ways.ts';
import { idOf } from './markup.ts';

/** Links into the page; null where nothing is told. */
export interface Places {
  /** What makes the verdict of a requirement in these clusters; in the mesh where none is named. */
  ofCell(requirement: RequirementId, clusters: readonly string[]): string | null;
  /** What makes the verdict of a way between clusters; `to` is null where it leads to none of them. */
  ofPair(from: string, to: string | null, way: Pick<Way, 'verdict' | 'because'>): string | null;
}

const ORDER: readonly Finding['verdict'][] = ['fail', 'unknown', 'warn', 'note'];

/** The worst finding comes first; one that is suppressed only where there is no other. */
function weight({ verdict, suppressed }: Finding): number {
  return ORDER.indexOf(verdict) + (suppressed === null ? 0 : ORDER.length);
}

/** Clusters that a finding is about, by itself or by what it points at. */
function clustersOf({ clusters, evidence }: Finding): ReadonlySet<string> {
  return new Set([...clusters, ...evidence.map((e) => e.cluster)]);
}

export function placesOf({ findings, requirements, clusters }: Report): Places {
  const ranked = [...findings].sort((a, b) => weight(a) - weight(b));
  const byCluster = new Map<string, Finding[]>(clusters.map(({ name }) => [name, []]));
  for (const finding of ranked) {
    // One that names no cluster is about all of them.
    const names = finding.clusters.length === 0 ? byCluster.keys() : clustersOf(finding);
    for (const name of names) byCluster.get(name)?.push(finding);
  }
  const about = (names: readonly string[]): readonly Finding[] => {
    const [first, ...others] = names.map((name) => byCluster.get(name) ?? []);
    const sets = others.map((list) => new Set(list));
    return first ? first.filter((f) => sets.every((set) => set.has(f))) : ranked;
  };
  const results = new Map(requirements.map((r) => [r.id, r]));
  const link = (finding: Finding | undefined) => (finding ? `#${idOf(finding)}` : null);
  return {
    ofCell(requirement, names) {
      const [name] = names;
      const result = results.get(requirement);
      const verdict = (name === undefined ? null : result?.clusters[name]) ?? result?.verdict;
      const own = about(names).filter((f) => f.requirement === requirement);
      const chief = own.find((f) => f.verdict === verdict && names.every((n) => f.clusters.includes(n)));
      // A requirement may be open in a cluster that no finding names.
      const open = verdict === 'fail' || verdict === 'unknown' || verdict === 'warn';
      const any = open ? ranked.find((f) => f.requirement === requirement) : undefined;
      return link(chief ?? own.find((f) => f.verdict === verdict) ?? own[0] ?? any);
    },
    ofPair(from, to, { verdict, because }) {
      if (because.length === 0) return null;
      const rules = new Set(because);
      // What is about both comes first, but nothing that is less bad than the verdict: that does not make it.
      const ends = to === null ? [[from], []] : [[from, to], [from], [to], []];
      const find = (isReason: (f: Finding) => boolean) => {
        for (const names of ends) {
          const found = about(names).find((f) => rules.has(f.rule) && isReason(f));
          if (found) return found;
        }
        return undefined;
      };
      return link(find((f) => f.verdict === verdict) ?? find(() => true));
    },
  };
}

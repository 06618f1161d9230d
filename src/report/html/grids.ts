// The two tables of verdicts: requirements by clusters, and clusters by clusters, directed. Every cell leads to what it is about. Pure.

import type { RequirementClass } from '../../requirements.ts';
import type { Verdict } from '../../rule.ts';
import { compareVerdicts, type Report, type RequirementResult, worst } from '../report.ts';
import { count, displayWidth, sanitise } from '../terminal.ts';
import { type Lead, NO_REMOTE, NOWHERE, type Target, waysOf } from '../ways.ts';
import { LOOKS, legend, type Markup, markup, scroller, short } from './markup.ts';
import type { Places } from './places.ts';

/** So many clusters are shown at once: the worst ones. */
const MOST_COLUMNS = 120;
const MOST_PAIRED = 60;
/** So many columns of requirements find room on paper. */
const MOST_PRINTED = 50;
/** Names are turned in the heads of columns if they are longer than this, or if there are more of them. */
const WIDEST_HEAD = 14;
const MOST_HEADS = 10;
const LONGEST_NAME = 28;

/** Pixels: what a table may take of a page of 1200, beside the drawing of the mesh, and on paper (A4 between margins of 12 mm). */
const PAGE = 1070;
export const BESIDE = 530;
const PAPER = 690;
/** What takes them: a character of a name and what is around a name, cells of either kind of heads, the column of requirements. */
const CHARACTER = 8.2;
const HEAD_PADDING = 18;
const NARROWEST_CELL = 54;
const TURNED_CELL = 28;
const REQUIREMENTS = 320;

/** What a cell without a remote looks like. */
const BARE = {
  none: 'no RemoteClusterConfiguration leads there',
  untold: 'no RemoteClusterConfiguration is known to lead there',
} as const;

const CLASSES: readonly (readonly [RequirementClass, string])[] = [
  ['core', 'Core: the vendor’s prerequisites and set-up steps'],
  ['advisory', 'Advisory: decidable too, not required for “ready”'],
  ['probe', 'Probe: only the network can settle it'],
];

/** A verdict as a cell, with a link if there is something to lead to. `where` says aloud what the cell is about. */
function cell(verdict: Verdict, where: string, href: string | null, more = ''): Markup {
  const { sign, word, tone } = LOOKS[verdict];
  const label = `${where}: ${word}`;
  return href === null
    ? markup`<td class="cell${more}"><span class="v ${tone}" role="img" aria-label="${label}">${sign}</span></td>`
    : markup`<td class="cell${more}"><a class="v ${tone}" href="${href}" aria-label="${label}" title="${label}">${sign}</a></td>`;
}

/** Heads of columns, turned where they would be too wide: on any screen, or on paper alone. */
interface Heads {
  readonly look: string;
  /** Of the whole table, about. */
  readonly width: number;
  readonly cells: readonly Markup[];
}

/** `first` is how wide the column before them is, `room` how wide all of it may be. */
function heads(names: readonly string[], first: number, room: number, isOff = (_: string) => false): Heads {
  const shown = names.map((name) => short(name, LONGEST_NAME));
  const flat = shown.reduce((sum, name) => sum + Math.max(NARROWEST_CELL, widthOf(name)), first);
  const isTall =
    names.length > MOST_HEADS || flat > room || shown.some((name) => displayWidth(sanitise(name)) > WIDEST_HEAD);
  return {
    look: isTall ? ' tall' : flat > PAPER ? ' turned' : '',
    width: isTall ? first + names.length * TURNED_CELL : flat,
    cells: names.map((name, i) => {
      const isCut = shown[i] !== name;
      return markup`<th scope="col"${isOff(name) && markup` class="off"`}${isCut && markup` title="${name}"`}><span>${shown[i]}</span></th>`;
    }),
  };
}

function widthOf(name: string): number {
  return displayWidth(sanitise(name)) * CHARACTER + HEAD_PADDING;
}

/** The clusters with the worst verdicts, in their own order. */
function worstFirst(report: Report, most: number, verdictOf: (cluster: string) => Verdict): string[] {
  const names = report.clusters.map((c) => c.name);
  if (names.length <= most) return names;
  const verdicts = new Map(names.map((name) => [name, verdictOf(name)]));
  const of = (name: string) => verdicts.get(name) ?? 'pass';
  const kept = new Set([...names].sort((a, b) => compareVerdicts(of(a), of(b))).slice(0, most));
  return names.filter((name) => kept.has(name));
}

function left(report: Report, shown: readonly string[]): Markup | null {
  const more = report.clusters.length - shown.length;
  if (more === 0) return null;
  return markup`<p class="remark">${count(more, 'cluster')} with no worse verdicts not shown: <code>-o json</code> holds all.</p>\n`;
}

function onPaper(more: number): Markup | null {
  if (more <= 0) return null;
  return markup`<p class="remark printed">On paper, ${count(more, 'more cluster')} with no worse verdicts ${more === 1 ? 'is' : 'are'} not shown.</p>\n`;
}

/** Requirements by clusters. Those that apply to no cluster are named below. */
export function heatMap(report: Report, places: Places): Markup {
  const verdictOf = (r: RequirementResult, cluster: string) => r.clusters[cluster] ?? r.verdict;
  const worstOf = (name: string) => worst(report.requirements.map((r) => verdictOf(r, name)));
  const clusters = worstFirst(report, MOST_COLUMNS, worstOf);
  const printed = new Set(worstFirst(report, MOST_PRINTED, worstOf));
  const isOff = (name: string) => !printed.has(name);
  const isIdle = (r: RequirementResult) => worst([r.verdict, ...Object.values(r.clusters)]) === 'not-applicable';
  const rows = report.requirements.filter((r) => !isIdle(r));
  const idle = report.requirements.filter(isIdle);
  const seen = new Set(rows.flatMap((r) => [r.verdict, ...clusters.map((c) => verdictOf(r, c))]));
  const { look, cells } = heads(clusters, REQUIREMENTS, PAGE, isOff);
  const groups = CLASSES.map(([of, title]) => ({ title, rows: rows.filter((r) => r.class === of) }));
  const body = groups
    .filter((group) => group.rows.length > 0)
    .map(
      ({ title, rows }) => markup`<tbody>
<tr class="group"><th colspan="${clusters.length + 2}" scope="rowgroup"><span>${title}</span></th></tr>
${rows.map(
  (r) =>
    markup`<tr data-requirement="${r.id}"><th scope="row">${r.title} <code>${r.id}</code></th>${cell(
      r.verdict,
      `${r.id} in the mesh`,
      places.ofCell(r.id, []),
      ' all',
    )}${clusters.map((name) => cell(verdictOf(r, name), `${r.id} in ${name}`, places.ofCell(r.id, [name]), isOff(name) ? ' off' : ''))}</tr>\n`,
)}</tbody>\n`,
    );
  const table = markup`<table class="grid${look}">
<thead><tr><th scope="col">Requirement</th><th scope="col" class="all"><span>mesh</span></th>${cells}</tr></thead>
${body}</table>`;
  const ids = idle.map((r, i) => markup`${i > 0 && ', '}<code>${r.id}</code>`);
  return markup`${rows.length > 0 && scroller('Table of requirements', table)}${legend(seen)}${left(report, clusters)}${onPaper(clusters.length - printed.size)}${
    idle.length > 0 && markup`<p class="remark">Not applicable to this mesh: ${ids}.</p>\n`
  }`;
}

/** Clusters by clusters, row to column, and how wide that is. Remotes that lead to none of them have columns of their own. */
export function meshMatrix(report: Report, places: Places): { readonly matrix: Markup; readonly width: number } {
  const ways = waysOf(report);
  const verdicts = new Map<string, Verdict[]>();
  for (const { from, verdict } of report.pairs) verdicts.set(from, [...(verdicts.get(from) ?? []), verdict]);
  const names = worstFirst(report, MOST_PAIRED, (name) => worst(verdicts.get(name) ?? []));
  const beyond = (['outside', 'unknown'] as const).filter((where) =>
    report.pairs.some((pair) => ways.targetOf(pair) === where),
  );
  const columns: readonly Target[] = [...names.map((cluster) => ({ cluster })), ...beyond];
  const seen = new Set<Verdict>();
  const bare = new Set<Lead>();
  const one = (from: string, to: Target): Markup => {
    const target = typeof to === 'string' ? null : to.cluster;
    if (from === target) return markup`<td class="cell self"></td>`;
    const found = ways.of(from, to);
    if (target === null && found === null) return markup`<td class="cell"></td>`;
    const verdict = found?.verdict ?? 'pass';
    seen.add(verdict);
    const where = `${from} to ${typeof to === 'string' ? NOWHERE[to] : to.cluster}`;
    if (found === null) return cell(verdict, where, null);
    const { lead, remotes } = found;
    if (lead !== 'remotes') bare.add(lead);
    const told = lead === 'remotes' ? `remote${remotes.length > 1 ? 's' : ''} ${remotes.join(', ')}` : NO_REMOTE[lead];
    return cell(
      verdict,
      `${where}, ${told}`,
      places.ofPair(from, target, found),
      lead === 'remotes' ? '' : ` bare ${lead}`,
    );
  };
  const body = names.map(
    (from) =>
      markup`<tr data-from="${from}"><th scope="row" title="${from}">${short(from, LONGEST_NAME)}</th>${columns.map(
        (to) => one(from, to),
      )}</tr>\n`,
  );
  const first = Math.max(...['from ↓ to →', ...names].map((name) => widthOf(short(name, LONGEST_NAME))));
  const { look, width, cells } = heads([...names, ...beyond], first, BESIDE);
  const table = markup`<table class="grid matrix${look}">
<thead><tr><th scope="col">from ↓ to →</th>${cells}</tr></thead>
<tbody>
${body}</tbody></table>`;
  const more = (['none', 'untold'] as const)
    .filter((lead) => bare.has(lead))
    .map(
      (lead) => markup`<span class="cell bare ${lead}"><span class="v" aria-hidden="true"></span></span> ${BARE[lead]}`,
    );
  const matrix = markup`${scroller('Table of ways between clusters', table)}${legend(seen, more)}${left(report, names)}`;
  return { matrix, width };
}

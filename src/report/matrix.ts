// The matrix of requirements and clusters for a terminal. A row is never broken: what agrees is folded, then columns are split.

import Grid from 'cli-table3';
import type { Verdict } from '../rule.ts';
import { compareVerdicts, type Report, type RequirementResult, worst } from './report.ts';
import { clip, count, displayWidth, grouped, type Pen, type Role, wrap } from './terminal.ts';
import { VERDICT } from './words.ts';

/** No more columns than these are drawn, and below each other no more groups of them: the worst ones. */
const MOST_COLUMNS = 60;
const MOST_GROUPS = 6;
/** Clusters of a folded column that are named. */
const MOST_NAMES = 40;
/** From this many on, the largest folded column is not named but called the others. */
const MANY = 5;
const INDENT = 2;
const GAP = 2;
/** No name of a cluster is cut to less. */
const NARROWEST_NAME = 8;
/** Widths that names of clusters are cut to, the widest that helps first. */
const NAME_WIDTHS = [30, 24, 18, 12] as const;

const ROLES: Readonly<Record<Verdict, Role>> = {
  fail: 'error',
  unknown: 'undecided',
  warn: 'warning',
  pass: 'pass',
  'not-applicable': 'muted',
};

interface Column {
  readonly clusters: readonly string[];
  /** One per row. */
  readonly cells: readonly Verdict[];
  /** Stands for all clusters that are named nowhere else. */
  readonly others: boolean;
}

/** A column with the title and width that it is drawn with. */
type Drawn = Column & { readonly title: string; readonly width: number };

/**
 * Draws what is known per requirement and cluster. Left out are requirements that apply to no cluster (they are named below) and those
 * that only the network can settle, as long as nothing settled them (they have their own section).
 */
export function matrix(report: Report, ink: Pen): string[] {
  const clusters = report.clusters.map((c) => c.name);
  const applicable = report.requirements.filter((r) => clusters.some((c) => verdictOf(r, c) !== 'not-applicable'));
  const idle = report.requirements.filter((r) => !applicable.includes(r));
  const settled = applicable.filter(
    (r) => r.class !== 'probe' || clusters.some((c) => /fail|warn|pass/.test(verdictOf(r, c))),
  );
  const { rows, groups, notes } = layOut(settled, clusters, ink);
  const columns = groups.flat();
  const cut = columns.find((c) => !c.others && c.clusters.length === 1 && c.title !== ink.clean(c.clusters[0] ?? ''));
  const remarks = [
    ...(cut ? [`names are cut: ${cut.title} is ${ink.clean(cut.clusters[0] ?? '')}`] : []),
    ...columns.filter((c) => c.clusters.length > 1 && !c.others).map((c) => named(c, ink)),
    ...notes,
    ...(idle.length > 0 ? [`not applicable to this mesh: ${idle.map((r) => r.id).join(', ')}`] : []),
  ];
  const seen = new Set(columns.flatMap((c) => c.cells));

  const blocks = rows.length === 0 ? [] : groups.map((group) => grid(rows, group, ink));
  if (remarks.length > 0) blocks.push(remarks.flatMap((text) => remark(text, ink)));
  if ([...seen].some((verdict) => verdict !== 'pass')) blocks.push([legend(seen, ink)]);
  return blocks.flatMap((block, index) => (index === 0 ? block : ['', ...block]));
}

interface Layout {
  readonly rows: readonly RequirementResult[];
  /** Groups of columns, to be drawn below each other. */
  readonly groups: readonly (readonly Drawn[])[];
  /** What was left out. */
  readonly notes: readonly string[];
}

/** Everything side by side if it fits; else without the rows that pass everywhere, and with clusters that agree in one column. */
function layOut(all: readonly RequirementResult[], clusters: readonly string[], ink: Pen): Layout {
  const whole = besides(columnsOf(all, clusters), ink, all);
  if (whole !== null) return { rows: all, groups: whole, notes: [] };
  const agreed = all.filter((r) => clusters.every((c) => verdictOf(r, c) === 'pass'));
  const rows = all.filter((r) => !agreed.includes(r));
  const folded = fold(columnsOf(rows, clusters));
  let kept = worstFirst(folded, MOST_COLUMNS);
  let groups = besides(kept, ink, rows) ?? split(kept, ink, rows);
  if (groups.length > MOST_GROUPS) {
    kept = worstFirst(folded, groups.slice(0, MOST_GROUPS).flat().length);
    groups = split(kept, ink, rows);
  }
  const left = folded.filter((c) => !kept.includes(c)).flatMap((c) => c.clusters);
  const notes: string[] = [];
  if (agreed.length > 0) notes.push(`pass in every cluster: ${agreed.map((r) => r.id).join(', ')}`);
  if (left.length > 0)
    notes.push(`${count(left.length, 'cluster')} with no worse verdicts not shown: -o json holds all`);
  return { rows, groups, notes };
}

function verdictOf(requirement: RequirementResult, cluster: string): Verdict {
  return requirement.clusters[cluster] ?? requirement.verdict;
}

function columnsOf(rows: readonly RequirementResult[], clusters: readonly string[]): Column[] {
  return clusters.map((cluster) => ({
    clusters: [cluster],
    cells: rows.map((row) => verdictOf(row, cluster)),
    others: false,
  }));
}

/** Clusters that agree in every row share a column; if the largest of them is large, it comes last and stands for all others. */
function fold(columns: readonly Column[]): Column[] {
  const groups = new Map<string, { clusters: string[]; cells: readonly Verdict[]; others: boolean }>();
  for (const { clusters, cells } of columns) {
    const key = cells.join();
    const group = groups.get(key);
    if (group) group.clusters.push(...clusters);
    else groups.set(key, { clusters: [...clusters], cells, others: false });
  }
  const folded = [...groups.values()];
  const largest = folded.reduce((a, b) => (b.clusters.length > a.clusters.length ? b : a));
  if (largest.clusters.length < MANY) return folded;
  return [...folded.filter((g) => g !== largest), { ...largest, others: true }];
}

/** Those with the worst verdicts, in their own order. */
function worstFirst(columns: readonly Column[], most: number): readonly Column[] {
  const verdicts = new Map(columns.map((column) => [column, worst(column.cells)]));
  const ranked = [...columns].sort((a, b) => compareVerdicts(verdicts.get(a) ?? 'pass', verdicts.get(b) ?? 'pass'));
  const kept = new Set(ranked.slice(0, most));
  return columns.filter((c) => kept.has(c));
}

/** Ways to write the name of a cluster, each shorter than the one before: without what all names begin or end with, then cut. */
function namings(columns: readonly Column[], ink: Pen): ((cluster: string) => string)[] {
  const { cut } = ink.sign;
  const all = columns.map((c) => ink.clean(c.clusters[0] ?? ''));
  const starts = shared(all);
  const [end = 0] = shared(all.map((name) => name.slice(starts[0] ?? 0)).map(reversed));
  const fromStart = (length: number) => (name: string) => (length > cut.length ? cut + name.slice(length) : name);
  const shortest = (name: string) => {
    const rest = fromStart(starts[0] ?? 0)(name);
    return end > cut.length ? rest.slice(0, -end) + cut : rest;
  };
  return [
    (name) => name,
    fromStart(starts[1] ?? 0),
    fromStart(starts[0] ?? 0),
    shortest,
    ...NAME_WIDTHS.map((width) => (name: string) => clip(shortest(name), width, cut, Math.floor(width / 2))),
  ];
}

const reversed = (text: string) => [...text].reverse().join('');

/** Lengths of what all names begin with, up to and with a separator, the longest first. */
function shared(all: readonly string[]): number[] {
  const [first = '', ...rest] = all;
  const lengths: number[] = [];
  for (let i = 0; rest.length > 0 && i < first.length && rest.every((name) => name[i] === first[i]); i++) {
    if (/[-_./:@ ]/.test(first[i] ?? '')) lengths.unshift(i + 1);
  }
  return lengths;
}

function titled(columns: readonly Column[], naming: (cluster: string) => string, ink: Pen): Drawn[] {
  return columns.map((column) => {
    const { clusters, others } = column;
    const all = columns.length === 1 ? 'clusters' : 'others';
    const more = clusters.length > 1 ? ` +${grouped(clusters.length - 1)}` : '';
    const title = others ? `${grouped(clusters.length)} ${all}` : naming(ink.clean(clusters[0] ?? '')) + more;
    return { ...column, title, width: Math.max(displayWidth(ink.sign.fail), displayWidth(title)) };
  });
}

const distinct = (columns: readonly Drawn[]) => new Set(columns.map((c) => c.title)).size === columns.length;
const firstWidth = (rows: readonly RequirementResult[]) =>
  Math.max('Requirement'.length, ...rows.map((r) => r.id.length));
const room = (ink: Pen, rows: readonly RequirementResult[]) => ink.width - INDENT - firstWidth(rows);

/** All columns side by side, or null when they do not fit with names that can be told apart. */
function besides(columns: readonly Column[], ink: Pen, rows: readonly RequirementResult[]): Drawn[][] | null {
  for (const naming of namings(columns, ink)) {
    const drawn = titled(columns, naming, ink);
    const needed = drawn.reduce((sum, c) => sum + GAP + c.width, 0);
    if (needed <= room(ink, rows) && distinct(drawn)) return [drawn];
  }
  return null;
}

/** Groups of columns to be drawn below each other, with the shortest names that can be told apart. */
function split(columns: readonly Column[], ink: Pen, rows: readonly RequirementResult[]): Drawn[][] {
  const width = room(ink, rows);
  const longest = Math.max(NARROWEST_NAME, width - GAP - ' +1,000'.length);
  const fitting = (naming: (cluster: string) => string) => (name: string) =>
    clip(naming(name), longest, ink.sign.cut, Math.floor(longest / 2));
  const ways = namings(columns, ink).map(fitting).reverse();
  const drawn =
    ways.map((naming) => titled(columns, naming, ink)).find(distinct) ?? titled(columns, fitting(String), ink);
  const groups: Drawn[][] = [];
  let used = 0;
  for (const column of drawn) {
    used += GAP + column.width;
    const group = groups.at(-1);
    if (group && used <= width) {
      group.push(column);
    } else {
      groups.push([column]);
      used = GAP + column.width;
    }
  }
  return groups;
}

/** No lines and no padding: blanks alone hold columns apart. */
const BORDERS = ['top', 'bottom', 'left', 'right', 'mid'].flatMap((side) => [
  side,
  `${side}-mid`,
  `${side}-left`,
  `${side}-right`,
]);
const PLAIN_GRID = {
  chars: { ...Object.fromEntries(BORDERS.map((border) => [border, ''])), middle: ' '.repeat(GAP) },
  style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
};

function grid(rows: readonly RequirementResult[], columns: readonly Drawn[], ink: Pen): string[] {
  const first = firstWidth(rows);
  const table = new Grid({
    ...PLAIN_GRID,
    colWidths: [INDENT + first, ...columns.map((c) => c.width)],
    colAligns: ['left', ...columns.map(() => 'right' as const)],
  });
  rows.forEach((row, index) => {
    const verdicts = columns.map((c) => c.cells[index] ?? 'not-applicable');
    table.push([' '.repeat(INDENT) + row.id, ...verdicts.map((v) => ink.paint(ROLES[v], ink.sign[v]))]);
  });
  // The heading is padded here: it holds names of the input, whose width the grid library measures by an older Unicode.
  const titles = columns.map((c) => ' '.repeat(GAP + c.width - displayWidth(c.title)) + c.title);
  const heading = ' '.repeat(INDENT) + 'Requirement'.padEnd(first) + titles.join('');
  return [
    ink.paint('strong', heading),
    ...table
      .toString()
      .split('\n')
      .map((line) => line.trimEnd()),
  ];
}

function named({ clusters, title }: Drawn, ink: Pen): string {
  const listed = clusters.slice(0, MOST_NAMES).map((name) => ink.clean(name));
  const rest = clusters.length - listed.length;
  return `${title}: ${listed.join(', ')}${rest > 0 ? ` and ${grouped(rest)} more` : ''}`;
}

function remark(text: string, ink: Pen): string[] {
  const lines = wrap(text, ink.measure - 2 * INDENT, ink.measure - INDENT);
  return lines.map((line, index) => ink.paint('muted', ' '.repeat(index === 0 ? INDENT : 2 * INDENT) + line));
}

function legend(seen: ReadonlySet<Verdict>, ink: Pen): string {
  const shown = (Object.keys(VERDICT) as Verdict[]).filter((v) => seen.has(v));
  return ' '.repeat(INDENT) + shown.map((v) => `${ink.paint(ROLES[v], ink.sign[v])} ${VERDICT[v]}`).join('  ');
}

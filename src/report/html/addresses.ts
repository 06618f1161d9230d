// The address plan: a row per cluster, its pod ranges as bars on one axis, and where clusters share addresses. Pure.
//
// The axis is cut at both ends of every range. Each piece gets a width of its own, which grows slowly with the addresses in it: order,
// overlaps and nesting are true, lengths are not, and the smallest range can still be seen. Pieces that nobody occupies are gaps of one
// width. It is the same for 32 and for 128 bits.

import type { PlannedAddresses } from '../report.ts';
import { count, displayWidth, grouped, sanitise } from '../terminal.ts';
import { type Markup, markup, round, scroller, short } from './markup.ts';
import type { Places } from './places.ts';

type Planned = PlannedAddresses['ranges'][number] & { readonly cluster: string };

/** Width that is filled, if there is enough to fill it; beyond that the drawing scrolls. */
const ROOM = 900;
/** A wider drawing has text on paper that nobody can read: 11 pixels become less than 8 where 705 are all there are. */
const MOST_PRINTED = 960;
const GAP = 22;
const NARROWEST = 14;
/** Of so many pieces that labels would find no place anyway. */
const CROWDED = 150;
const CHARACTER = 6.65;
const BAR = 18;
const TRACK = 22;
const PAD = 4;
const AXIS = 26;
/** At the end, for a question mark. */
const OPEN = 20;
/** Higher than any row. */
const HIGHEST = 9999;
const LONGEST_NAME = 24;
const MOST_ROWS = 120;
const MOST_LABELS = 16;
const MOST_TOLD = 20;

interface Piece {
  readonly first: bigint;
  /** Exclusive. */
  readonly end: bigint;
  readonly over: readonly Planned[];
}

interface Axis {
  readonly width: number;
  readonly pieces: readonly (Piece & { readonly x: number; readonly width: number })[];
  at(address: bigint): number;
}

/** Null where no cluster has a range and nothing is known to be missing. */
export function addressPlan(plan: readonly PlannedAddresses[], places: Places): Markup | null {
  const families = ([4, 6] as const).map((family) => familyPlan(family, plan, places));
  const gaps = plan.filter((p) => p.gap !== null);
  if (families.every((f) => f === null) && gaps.length === 0) return null;
  const told = gaps.map((p) => markup`<li><b>${p.cluster}</b>: ${p.gap}</li>`);
  return markup`${patterns}${families}${
    gaps.length > 0 &&
    markup`<p class="remark"><span class="v unknown" aria-hidden="true">?</span> Pods of ${count(gaps.length, 'cluster')} may have addresses that are not drawn:</p>
${list(told)}`
  }`;
}

/** Drawn over everything: lines for what is shared, others for what is not known. */
const patterns = markup`<svg class="patterns" width="0" height="0" aria-hidden="true"><defs>
<pattern id="p-shared" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><line x1="0" y1="3" x2="6" y2="3"/></pattern>
<pattern id="p-unknown" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)"><line x1="0" y1="3" x2="6" y2="3"/></pattern>
</defs></svg>\n`;

function familyPlan(family: 4 | 6, plan: readonly PlannedAddresses[], places: Places): Markup | null {
  const own = plan.map((p) => {
    const ranges = p.ranges.filter((r) => r.family === family);
    return { ...p, ranges: ranges.map((r): Planned => ({ ...r, cluster: p.cluster })) };
  });
  const all = own.flatMap((p) => p.ranges);
  if (all.length === 0) return null;
  const shared = piecesOf(all).filter(isShared);
  // A cluster of which nothing is known stands beside its IPv4 ranges: most have no others.
  const candidates = own.filter((p) => p.ranges.length > 0 || (p.gap !== null && family === 4));
  const rows = chosen(candidates, new Set(shared.flatMap((p) => p.over.map((r) => r.cluster))));
  const axis = axisOf(rows.flatMap((p) => p.ranges));
  const left = candidates.length - rows.length;
  const back = markup`<use href="#blank-${family}"/>`;
  const front = markup`<use href="#shared-${family}"/>`;
  const table = markup`<table class="plan${isCrowded(axis) && ' crowded'}">
<thead><tr><th scope="col">Cluster</th><td>${ruler(axis, family, back)}</td></tr></thead>
<tbody>
${rows.map((p) => row(p, axis, back, front))}</tbody></table>`;
  return markup`<h3>IPv${family}</h3>
${scroller(`Table of pod ranges, IPv${family}`, table)}<ul class="legend"><li>${sample('bar')} pods</li>${
    all.some((r) => r.rank === 'secondary') &&
    markup`<li>${sample('bar secondary')} egress gateways, tunnels and other pools in use</li>`
  }${
    shared.length > 0 && markup`<li>${sample('shared')} in several clusters</li>`
  }<li>Order and overlaps are true, lengths are not; unused stretches are cut out.</li></ul>
${left > 0 && markup`<p class="remark">${count(left, 'cluster')} without overlaps not drawn.</p>\n`}${overlaps(shared, places)}${inWords(family, candidates)}`;
}

/** All ranges as text: paper has no room for their names in the drawing, and a crowded row shows few of them. */
function inWords(family: 4 | 6, planned: readonly PlannedAddresses[]): Markup {
  const rows = planned.map(
    ({ cluster, gap, ranges }) =>
      markup`<tr><th scope="row">${cluster}</th><td>${ranges.map(
        ({ text, pool, rank }, i) =>
          markup`${i > 0 && ', '}<span class="range"><code>${text}</code> ${pool ?? 'nodes'}${rank === 'secondary' && ' (other use)'}</span>`,
      )}${gap !== null && markup`${ranges.length > 0 && ', '}<span class="none">others may be missing</span>`}</td></tr>\n`,
  );
  const table = markup`<table class="list ranges">
<thead><tr><th scope="col">Cluster</th><th scope="col">Pod ranges</th></tr></thead>
<tbody>
${rows}</tbody></table>`;
  return markup`<details class="more"><summary>All IPv${family} ranges as text</summary>
${table}</details>\n`;
}

/** A list whose end is folded if it is long. */
function list(items: readonly Markup[]): Markup {
  const rest = items.slice(MOST_TOLD);
  return markup`<ul class="told">${items.slice(0, MOST_TOLD)}</ul>\n${
    rest.length > 0 &&
    markup`<details class="more"><summary>${grouped(rest.length)} more</summary>
<ul class="told">${rest}</ul></details>\n`
  }`;
}

/** The rows to draw: if there are too many, first those that share addresses, then those of which something is not known. */
function chosen<T extends PlannedAddresses>(candidates: readonly T[], sharing: ReadonlySet<string>): readonly T[] {
  const rank = ({ cluster, gap }: T) => (sharing.has(cluster) ? 0 : gap === null ? 2 : 1);
  const kept = new Set([...candidates].sort((a, b) => rank(a) - rank(b)).slice(0, MOST_ROWS));
  return candidates.filter((p) => kept.has(p));
}

function sample(of: string): Markup {
  return markup`<svg class="sample" width="24" height="12" aria-hidden="true"><rect class="${of}" x="1" y="1" width="22" height="10"/></svg>`;
}

/** The stretches between all the ends of ranges, each with the ranges over it. */
function piecesOf(ranges: readonly Planned[]): Piece[] {
  const ends = [...new Set(ranges.flatMap((r) => [r.first, r.last + 1n]))].sort((a, b) => (a < b ? -1 : Number(a > b)));
  const sorted = [...ranges].sort((a, b) => (a.first < b.first ? -1 : Number(a.first > b.first)));
  let open: Planned[] = [];
  let next = 0;
  return ends.slice(1).map((end, i) => {
    const first = ends[i] ?? end;
    open = open.filter((r) => r.last >= first);
    for (let r = sorted[next]; r && r.first <= first; r = sorted[next]) {
      open.push(r);
      next += 1;
    }
    return { first, end, over: open };
  });
}

function isShared({ over }: Piece): boolean {
  return over.some((r) => r.cluster !== over[0]?.cluster);
}

function axisOf(ranges: readonly Planned[]): Axis {
  const pieces = piecesOf(ranges);
  const used = pieces.filter((p) => p.over.length > 0);
  const bits = (p: Piece) => (p.end - p.first).toString(2).length;
  const least = Math.min(...used.map(bits));
  // The fourth root of the size, from 1 to 8: a /16 is four times as wide as a /24.
  const weight = (p: Piece) => Math.min(8, 2 ** ((bits(p) - least) / 4));
  const sum = used.reduce((n, p) => n + weight(p), 0);
  const narrowest = used.length > CROWDED ? NARROWEST / 2 : NARROWEST;
  const spare = ROOM - GAP * (pieces.length - used.length) - narrowest * used.length;
  const share = Math.max(0, spare) / sum;
  let x = PAD;
  const laid = pieces.map((p) => {
    const width = round(p.over.length === 0 ? GAP : narrowest + share * weight(p));
    const piece = { ...p, x, width };
    x = round(x + width);
    return piece;
  });
  const starts = new Map(laid.map((p) => [p.first, p.x]));
  const last = laid.at(-1);
  return {
    width: x + PAD + OPEN,
    pieces: laid,
    at: (address) => starts.get(address) ?? (last ? last.x + last.width : PAD),
  };
}

function isCrowded({ width }: Axis): boolean {
  return width > MOST_PRINTED;
}

/** What every row is drawn between, once for all of them: what nobody uses behind, and what several clusters use in front. */
function backdrop({ pieces }: Axis, family: 4 | 6): Markup {
  const rect = ({ x, width }: Axis['pieces'][number]) =>
    markup`<rect x="${x}" y="0" width="${width}" height="${HIGHEST}"/>`;
  return markup`<defs><g id="blank-${family}" class="blank">${pieces.filter((p) => p.over.length === 0).map(rect)}</g><g id="shared-${family}" class="shared">${joined(pieces.filter(isShared)).map(rect)}</g></defs>`;
}

/** Neighbouring pieces are one. */
function joined(pieces: Axis['pieces']): Axis['pieces'] {
  const found: Axis['pieces'][number][] = [];
  for (const piece of pieces) {
    const before = found.at(-1);
    if (before?.end !== piece.first) found.push(piece);
    else found[found.length - 1] = { ...before, end: piece.end, width: round(before.width + piece.width) };
  }
  return found;
}

/** The axis: where occupied stretches begin, and where something is cut out. */
function ruler(axis: Axis, family: 4 | 6, back: Markup): Markup {
  let free = 0;
  const marks = axis.pieces.map((p, i) => {
    if (p.over.length === 0) {
      const x = round(p.x + p.width / 2);
      return markup`<path class="cut" d="M${x - 4} ${AXIS - 2}l3 -7M${x + 1} ${AXIS - 2}l3 -7"/>`;
    }
    const line = markup`<path class="rule" d="M${p.x} ${AXIS - 5.5}h${p.width}"/>`;
    const starts = i === 0 || axis.pieces[i - 1]?.over.length === 0;
    const text = starts ? (p.over.find((r) => r.first === p.first)?.text.split(/[/-]/)[0] ?? '') : '';
    const width = text.length * CHARACTER;
    const x = round(Math.max(0, Math.min(p.x, axis.width - width - 2)));
    if (text === '' || x < free) return line;
    free = x + width + 10;
    return markup`${line}<path class="rule" d="M${p.x + 0.5} ${AXIS - 9}v7"/><text x="${x}" y="11">${text}</text>`;
  });
  return markup`<svg width="${axis.width}" height="${AXIS}" viewBox="0 0 ${axis.width} ${AXIS}" aria-hidden="true">${backdrop(axis, family)}${back}${marks}</svg>`;
}

/** The ranges of one cluster: each on the first track on which it and its label are free. */
function row({ cluster, gap, ranges }: PlannedAddresses, axis: Axis, back: Markup, front: Markup): Markup {
  const ends: number[] = [];
  const placed = ranges.map((range, i) => {
    const x = axis.at(range.first);
    const width = round(axis.at(range.last + 1n) - x);
    const label = i < MOST_LABELS ? fitting(range, width) : { text: '', width: 0 };
    const inside = label.width + 10 <= width;
    const right = x + width + 4 + label.width <= axis.width - 2;
    const tx = inside ? x + 5 : right ? x + width + 4 : Math.max(1, x - 4 - label.width);
    const from = Math.min(x, tx);
    const to = inside ? x + width : Math.max(x + width, tx + label.width);
    let track = ends.findIndex((end) => end <= from);
    if (track < 0) track = ends.push(0) - 1;
    ends[track] = to + 6;
    return { range, x, width, y: PAD + track * TRACK, tx, label, inside };
  });
  const height = PAD * 2 + Math.max(1, ends.length) * TRACK - (TRACK - BAR);
  const name = short(cluster, LONGEST_NAME);
  const told = ranges.map((r) => `${r.pool ?? 'nodes'} ${r.text}`).join('; ');
  const label = `${cluster}: ${told || 'no range known'}${gap === null ? '' : '; others may be missing'}`;
  const open =
    gap !== null &&
    markup`<g class="open"><rect x="${axis.width - 19}" y="${PAD}" width="18" height="${BAR}"/><text x="${axis.width - 10}" y="${PAD + 13}" text-anchor="middle">?</text></g>`;
  return markup`<tr><th scope="row" title="${cluster}">${name}</th><td><svg width="${axis.width}" height="${height}" viewBox="0 0 ${axis.width} ${height}"${isCrowded(axis) && markup` preserveAspectRatio="none"`} role="img" aria-label="${label}">${back}${placed.map(
    ({ range, x, y, width }) =>
      markup`<rect class="bar${range.rank === 'secondary' && ' secondary'}" x="${x}" y="${y}" width="${width}" height="${BAR}" rx="2"><title>${range.text} ${range.pool ?? 'nodes'}</title></rect>`,
  )}${front}${placed.map(
    ({ range, tx, y, label, inside }) =>
      label.text !== '' &&
      markup`${
        // What is hatched could not be read.
        inside &&
        markup`<rect class="plate${range.rank === 'secondary' && ' secondary'}" x="${tx - 3}" y="${y + 2}" width="${round(label.width + 6)}" height="${BAR - 4}"/>`
      }<text x="${round(tx)}" y="${y + 13}">${label.text}</text>`,
  )}${open}</svg></td></tr>\n`;
}

/** The range, with the name of its pool if there is room. */
function fitting(
  { text, pool }: PlannedAddresses['ranges'][number],
  width: number,
): { readonly text: string; readonly width: number } {
  const long = sanitise(`${text} ${pool ?? 'nodes'}`);
  const needed = displayWidth(long) * CHARACTER;
  return needed + 10 <= width ? { text: long, width: needed } : { text, width: text.length * CHARACTER };
}

/** What is shared, by whom, and where it is told. */
function overlaps(pieces: readonly Piece[], places: Places): Markup | null {
  const found = new Map<string, { readonly range: Planned; readonly clusters: readonly string[] }>();
  for (const { over } of pieces) {
    const clusters = [...new Set(over.map((r) => r.cluster))].sort();
    const [range] = [...over].sort((a, b) => Number(a.last - a.first - (b.last - b.first) > 0n) * 2 - 1);
    if (range) found.set(JSON.stringify([range.text, clusters]), { range, clusters });
  }
  if (found.size === 0) return null;
  const items = [...found.values()].map(({ range, clusters }) => {
    const href = places.ofCell('disjoint-pod-cidrs', clusters.slice(0, 2));
    const code = markup`<code>${range.text}</code>`;
    const names =
      clusters.length > 8 ? `${clusters.slice(0, 8).join(', ')} and ${clusters.length - 8} more` : clusters.join(', ');
    return markup`<li>${href === null ? code : markup`<a href="${href}">${code}</a>`} in ${names}</li>`;
  });
  return list(items);
}

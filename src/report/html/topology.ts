// The mesh as a drawing: clusters on a circle, and what leads from one to the other. It says no more than the matrix. Pure.

import type { Verdict } from '../../rule.ts';
import { type Report, worst } from '../report.ts';
import { type Way, waysOf } from '../ways.ts';
import { LOOKS, type Markup, markup, round, short } from './markup.ts';

/** With more clusters there are too many lines to follow one. */
export const MOST_DRAWN = 12;

const WIDTH = 480;
const RADIUS = 118;
const NODE = 7;
/** Above and below, for names. */
const MARGIN = 36;
const LONGEST_NAME = 15;

interface Point {
  readonly x: number;
  readonly y: number;
}

/** A line between two clusters: how many ways remotes lead, and whether it is proven that none lead the others, or none is known to. */
type Kind = 'both' | 'one' | 'one untold' | 'none' | 'none untold';

interface Line {
  readonly kind: Kind;
  readonly verdict: Verdict;
  readonly from: Point;
  readonly to: Point;
}

/** Null where nothing can be drawn: one cluster, or too many. */
export function topology(report: Report): Markup | null {
  const names = report.clusters.map((c) => c.name);
  if (names.length < 2 || names.length > MOST_DRAWN) return null;
  const turn = names.length === 2 ? Math.PI : -Math.PI / 2;
  const radius = names.length < 4 ? RADIUS * 0.8 : RADIUS;
  const angles = names.map((_, i) => turn + (2 * Math.PI * i) / names.length);
  const heights = angles.map((angle) => radius * Math.sin(angle));
  const top = MARGIN - Math.min(...heights);
  const height = top + Math.max(...heights) + MARGIN;
  const spots = names.map((name, i) => {
    const angle = angles[i] ?? 0;
    return { name, angle, x: WIDTH / 2 + radius * Math.cos(angle), y: top + radius * Math.sin(angle) };
  });
  const ways = waysOf(report);
  const way = (from: string, cluster: string) => ways.of(from, { cluster });
  const lines = spots.flatMap((a, i) =>
    spots.slice(i + 1).flatMap((b) => lineOf(a, b, way(a.name, b.name), way(b.name, a.name))),
  );
  const shown = lines.filter((l) => !l.kind.startsWith('none') || l.verdict !== 'pass');
  // The calm ones first, so that nothing hides what is wrong.
  const order = ['not-applicable', 'pass', 'warn', 'unknown', 'fail'];
  shown.sort((a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict));
  const label = `Graph of ${names.length} clusters; the table of ways between clusters tells the same`;
  return markup`<figure class="topology">
<svg viewBox="0 0 ${WIDTH} ${round(height)}" role="img" aria-label="${label}">
${shown.map(drawn)}${spots.map(({ name, angle, x, y }) => node(name, angle, { x, y }))}</svg>
${key(shown)}</figure>\n`;
}

function lineOf(a: Point, b: Point, there: Way | null, back: Way | null): Line[] {
  if (there === null && back === null) return [];
  const verdict = worst([there?.verdict ?? 'pass', back?.verdict ?? 'pass']);
  const [isThere, isBack] = [there, back].map((w) => w?.lead === 'remotes');
  const isUntold = there?.lead === 'untold' || back?.lead === 'untold';
  const kind =
    isThere && isBack ? 'both' : (`${isThere || isBack ? 'one' : 'none'}${isUntold ? ' untold' : ''}` as const);
  return [isBack && !isThere ? { kind, verdict, from: b, to: a } : { kind, verdict, from: a, to: b }];
}

function drawn({ kind, verdict, from, to }: Line): Markup {
  const { tone, sign } = LOOKS[verdict];
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  const along = (d: number): Point => ({
    x: round(from.x + ((to.x - from.x) * d) / length),
    y: round(from.y + ((to.y - from.y) * d) / length),
  });
  const start = along(NODE + 4);
  const isOneWay = kind.startsWith('one');
  const end = along(length - NODE - (isOneWay ? 9 : 4));
  const [ux, uy] = [(to.x - from.x) / length, (to.y - from.y) / length];
  const tip = along(length - NODE - 3);
  const wing = (side: number) =>
    `${round(end.x + side * 4.5 * -uy - 1 * ux)},${round(end.y + side * 4.5 * ux - 1 * uy)}`;
  // Off the middle, where lines cross.
  const at = along(length * 0.36);
  return markup`<g class="way ${kind} ${tone}"><line x1="${start.x}" y1="${start.y}" x2="${end.x}" y2="${end.y}"/>${
    isOneWay && markup`<polygon points="${tip.x},${tip.y} ${wing(1)} ${wing(-1)}"/>`
  }${
    (verdict === 'fail' || verdict === 'warn') &&
    markup`<circle cx="${at.x}" cy="${at.y}" r="8"/><text x="${at.x}" y="${round(at.y + 4)}" text-anchor="middle">${sign}</text>`
  }</g>\n`;
}

function node(name: string, angle: number, { x, y }: Point): Markup {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const upright = Math.abs(cos) < 0.2;
  const anchor = upright ? 'middle' : cos > 0 ? 'start' : 'end';
  const tx = upright ? x : x + (cos > 0 ? 1 : -1) * (NODE + 6);
  const ty = upright ? y + (sin > 0 ? NODE + 15 : -NODE - 7) : y + 4;
  return markup`<g class="node"><title>${name}</title><circle cx="${round(x)}" cy="${round(y)}" r="${NODE}"/><text x="${round(tx)}" y="${round(ty)}" text-anchor="${anchor}">${short(name, LONGEST_NAME)}</text></g>\n`;
}

const KINDS: Readonly<Record<Kind, string>> = {
  both: 'remotes lead both ways',
  one: 'a remote leads one way only',
  'one untold': 'a remote leads one way, none is known to lead back',
  none: 'no remote leads either way',
  'none untold': 'no remote is known to lead either way',
};

function key(lines: readonly Line[]): Markup {
  const kinds = (Object.keys(KINDS) as Kind[]).filter((kind) => lines.some((l) => l.kind === kind));
  const sample = (name: string, arrow: boolean) =>
    markup`<svg class="sample" width="34" height="10" aria-hidden="true"><g class="way ${name}"><line x1="1" y1="5" x2="${arrow ? 26 : 33}" y2="5"/>${arrow && markup`<polygon points="33,5 25,1 25,9"/>`}</g></svg>`;
  return markup`<figcaption><ul class="legend">${kinds.map(
    (kind) => markup`<li>${sample(`${kind} idle`, kind.startsWith('one'))} ${KINDS[kind]}</li>`,
  )}${lines.some((l) => l.verdict === 'unknown') && markup`<li>${sample('unknown', false)} undecided</li>`}</ul></figcaption>`;
}

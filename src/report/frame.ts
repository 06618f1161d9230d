// Source frames: the places of a finding, of several files, in one frame with marks and notes. Reads sources through the View only.

import type { Excerpt, ReportEvidence, View } from './report.ts';
import { clip, displayWidth, type Pen, type Role, takeEnd, wrap } from './terminal.ts';

/** So many places are shown with their source; of more, the first three are and the others take a line each. */
const SOURCES = 4;
/** Columns that a label keeps from the frame when it does not fit beside the marks. */
const LABEL_INDENT = 4;

/** One place, made harmless and ready to be drawn. */
interface Place {
  /** `east/ippools.yaml:6:9`; null where the input holds no such object. */
  readonly at: string | null;
  /** `IPPool pods in east`, with the path where no source shows it. */
  readonly object: string;
  readonly note: string;
  readonly source: Source | null;
}

interface Source {
  readonly line: number;
  /** The line before, unless it belongs to something else, being deeper, or is none. */
  readonly context: { readonly line: number; readonly text: string } | null;
  readonly before: string;
  readonly marked: string;
  readonly after: string;
}

/** `east/ippools.yaml:6:9`, or null for a place that has no file. */
export function placeOf(evidence: ReportEvidence, clean: Pen['clean']): string | null {
  const { location } = evidence;
  return location ? `${clean(location.uri)}:${location.line}:${location.column}` : null;
}

/** `Secret calico-system/west-access`. */
export function objectOf(evidence: ReportEvidence, clean: Pen['clean']): string {
  const { kind, namespace, name } = evidence;
  return clean(`${kind} ${namespace === null ? '' : `${namespace}/`}${name}`);
}

/** The place, or, of what has no file, `cluster/Kind/namespace/name#path`. */
export function addressOf(evidence: ReportEvidence, clean: Pen['clean']): string {
  const object = `${clean(evidence.cluster)}/${objectOf(evidence, clean).replace(' ', '/')}`;
  return placeOf(evidence, clean) ?? (evidence.path === '' ? object : `${object}#${clean(evidence.path)}`);
}

function place(evidence: ReportEvidence, view: View, withSource: boolean, clean: Pen['clean']): Place {
  const at = placeOf(evidence, clean);
  const named = at !== null && evidence.location?.uri.split('/').includes(evidence.cluster);
  const excerpt = withSource && at !== null ? view.excerpt(evidence) : null;
  const path = at === null && evidence.path !== '' ? `, ${clean(evidence.path)}` : '';
  return {
    at,
    object: `${objectOf(evidence, clean)}${named ? '' : ` in ${clean(evidence.cluster)}`}${path}`,
    note: clean(evidence.note),
    source: excerpt && source(evidence, excerpt, clean),
  };
}

function source(evidence: ReportEvidence, excerpt: Excerpt, clean: Pen['clean']): Source | null {
  const { location } = evidence;
  const shown = excerpt.lines.find((l) => l.line === location?.line);
  if (!location || !shown) return null;
  // What a tab does depends on its column, which a frame moves. Of a long mask it is enough to see that there is one.
  const tidy = (text: string) => clean(text.replaceAll('\t', '  ').replace(/\*{9,}/g, '********'));
  const from = Math.max(0, location.column - shown.column);
  const to = location.endLine > location.line ? shown.text.length : Math.max(from, location.endColumn - shown.column);
  const previous = excerpt.lines.find((l) => l.line === location.line - 1);
  const depth = (text: string) => text.search(/\S/);
  const helps =
    previous !== undefined && !/^\s*$|^---/.test(previous.text) && depth(previous.text) <= depth(shown.text);
  return {
    line: location.line,
    context: helps ? { line: previous.line, text: tidy(previous.text.trimEnd()) } : null,
    before: tidy(shown.text.slice(0, from)),
    marked: tidy(shown.text.slice(from, to).trimEnd()),
    after: tidy(shown.text.slice(to).trimEnd()),
  };
}

/** The parts of a marked line, cut so that the mark can be seen. */
function fitted(source: Source, width: number, cut: string): Pick<Source, 'before' | 'marked' | 'after'> {
  let { before, marked } = source;
  if (displayWidth(before) + displayWidth(marked) > width) {
    const lead = Math.max(Math.floor(width / 4), width - displayWidth(cut) - displayWidth(marked));
    if (displayWidth(before) > lead) before = cut + takeEnd(before, lead - displayWidth(cut));
    marked = clip(marked, width - displayWidth(before), cut);
  }
  const rest = width - displayWidth(before) - displayWidth(marked);
  const after =
    displayWidth(source.after) <= rest ? source.after : rest > displayWidth(cut) ? clip(source.after, rest, cut) : '';
  return { before, marked, after };
}

/**
 * Draws the places of a finding: the first is marked with `^` in the colour of the finding, the others with `-`. Without sources each
 * place takes one line.
 */
export function frame(evidence: readonly ReportEvidence[], view: View, role: Role, ink: Pen, sources = true): string[] {
  const shown = !sources ? 0 : evidence.length > SOURCES ? SOURCES - 1 : evidence.length;
  const places = evidence.map((e, index) => place(e, view, index < shown, ink.clean));
  const digits = Math.max(1, ...places.map((p) => String(p.source?.line ?? 0).length));
  const gutter = ' '.repeat(digits + 2);
  const bar = gutter + ink.paint('frame', ink.sign.bar);
  const inner = ink.width - gutter.length - 2;

  const lines: string[] = [];
  const body = (text: string) => lines.push(`${bar} ${text}`);
  const numbered = (line: number, text: string) =>
    lines.push(`${ink.paint('frame', ` ${String(line).padStart(digits)} ${ink.sign.bar}`)} ${text}`.trimEnd());
  const labelled = (text: string, paint: Role, indent = LABEL_INDENT) => {
    if (text !== '') for (const line of wrap(text, inner - indent)) body(' '.repeat(indent) + ink.paint(paint, line));
  };

  places.forEach((one, index) => {
    const primary = index === 0;
    const paint = primary ? role : 'frame';
    if (index > 0 && places[index - 1]?.source) lines.push(gutter + ink.paint('frame', ink.sign.gap));

    const edge = primary ? ink.sign.corner : ink.sign.tee;
    const head = `${gutter}${ink.paint('frame', edge)} `;
    const room = ink.width - gutter.length - edge.length - 1;
    if (one.source === null) {
      const [first = '', ...rest] = one.at === null ? wrap(one.object, inner - LABEL_INDENT, room) : [one.at];
      const named = one.at === null ? first : ink.paint('place', first);
      const beside = one.note !== '' && rest.length === 0 && displayWidth(`${first}: ${one.note}`) <= room;
      lines.push(head + named + (beside ? `: ${ink.paint(paint, one.note)}` : ''));
      for (const line of rest) body(' '.repeat(LABEL_INDENT) + line);
      if (!beside) labelled(one.note, paint);
      return;
    }

    const beside = displayWidth(`${one.at}  ${one.object}`) <= room;
    lines.push(head + ink.paint('place', one.at ?? '') + (beside ? `  ${ink.paint('muted', one.object)}` : ''));
    if (!beside) labelled(one.object, 'muted', 0);
    const { context, line } = one.source;
    if (context) numbered(context.line, clip(context.text, inner, ink.sign.cut));
    const { before, marked, after } = fitted(one.source, inner, ink.sign.cut);
    numbered(line, before + marked + after);
    const marks = (primary ? '^' : '-').repeat(Math.max(1, displayWidth(marked)));
    const offset = displayWidth(before);
    if (one.note !== '' && offset + marks.length + 1 + displayWidth(one.note) <= inner) {
      body(' '.repeat(offset) + ink.paint(paint, `${marks} ${one.note}`));
    } else {
      body(' '.repeat(offset) + ink.paint(paint, marks));
      labelled(one.note, paint);
    }
  });
  if (places.at(-1)?.source) lines.push(bar);
  return lines;
}

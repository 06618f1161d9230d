// Comments in YAML that keep a finding from counting: `# mesh-preflight: ignore[RULE, …] REASON (until YYYY-MM-DD)`. Pure.

import { EVENT_ID, type Event, SCALAR_STYLE } from 'js-yaml';
import { lineStarts, positionOf, type Range } from './locate.ts';
import { eventsOf, splitText } from './yaml.ts';

/** A comment, wherever a file has one; whether its rules exist and its reason is there is for others to judge. */
export interface IgnoreComment {
  readonly cluster: string;
  /** As the JSON report names the file. */
  readonly uri: string;
  /** Of the comment, from 1; columns in UTF-16 code units. */
  readonly line: number;
  readonly column: number;
  /** The line that it is about: that of the value in its own line, or in the next one that is no comment. */
  readonly target: number;
  /** Empty where it does not say `ignore[RULE]`. */
  readonly rules: readonly string[];
  /** What follows the brackets. */
  readonly text: string;
}

const MARK = 'mesh-preflight:';
/** Up to the next such comment in the line. */
const COMMENT = /(?<=^|[ \t])#[ \t]*mesh-preflight:((?:(?![ \t]#[ \t]*mesh-preflight:).)*)/gm;
const SAID = /^\s*ignore\[([^\]]*)\](.*)$/;

/**
 * The comments of a text. Most files have none, and are not looked at again. What only looks like one does not count: in JSON, where there
 * are none, and inside a value. A document that cannot be read has no findings to suppress.
 */
export function* ignoresIn(
  text: string,
  file: { readonly cluster: string; readonly uri: string },
): Iterable<IgnoreComment> {
  if (!text.includes(MARK)) return;
  const starts = lineStarts(text);
  for (const { start, end, json } of splitText(text)) {
    const part = text.slice(start, end);
    if (json || !part.includes(MARK)) continue;
    const scalars = scalarsOf(part);
    if (scalars === null) continue;
    const targetOf = targets(part, scalars);
    let known = { line: 0, target: 0 };
    for (const { index, 0: whole, 1: said = '' } of part.matchAll(COMMENT)) {
      if (!/^\s*ignore\b/.test(said) || isInside(scalars, index)) continue;
      const place = positionOf(starts, start + index);
      // A line has one comment, whatever it says how often.
      if (place.line !== known.line) {
        const lineStart = (starts[place.line - 1] ?? 0) - start;
        const target = start + targetOf({ start: Math.max(0, lineStart), end: index }, index + whole.length);
        known = { line: place.line, target: positionOf(starts, target).line };
      }
      const [, rules = '', more = ''] = SAID.exec(said) ?? [];
      yield {
        ...file,
        ...place,
        target: known.target,
        rules: rules
          .split(',')
          .map((rule) => rule.trim())
          .filter(Boolean),
        text: more.trim(),
      };
    }
  }
}

interface Scalar extends Range {
  /** Does it follow another, with no mapping or list begun between the two? */
  readonly isNext: boolean;
}

/** Where the values and keys of a document are, quotes included, in their order; null where it cannot be read. */
function scalarsOf(part: string): readonly Scalar[] | null {
  let events: readonly Event[];
  try {
    events = eventsOf(part);
  } catch {
    return null;
  }
  return events.flatMap((event, i) => {
    if (event.type !== EVENT_ID.SCALAR || event.valueStart < 0) return [];
    const quotes = event.style === SCALAR_STYLE.SINGLE_QUOTED || event.style === SCALAR_STYLE.DOUBLE_QUOTED ? 1 : 0;
    const before = events[i - 1];
    const isNext = before?.type === EVENT_ID.SCALAR && before.valueStart >= 0;
    return [{ start: event.valueStart - quotes, end: event.valueEnd + quotes, isNext }];
  });
}

/** The last scalar that begins at an offset or before; -1 where there is none. */
function lastBefore(scalars: readonly Scalar[], offset: number): number {
  let [low, high] = [0, scalars.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((scalars[middle] as Range).start <= offset) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function isInside(scalars: readonly Scalar[], offset: number): boolean {
  const last = scalars[lastBefore(scalars, offset)];
  return last !== undefined && offset < last.end;
}

/** Gives an offset in the line that a comment is about, from what stands before it in its line and where it ends. */
function targets(part: string, scalars: readonly Scalar[]): (before: Range, end: number) => number {
  const content = /^[ \t]*[^ \t\r\n#]/gm;
  let next = -1;
  return (before, end) => {
    if (part.slice(before.start, before.end).trim() !== '') return valueIn(part, scalars, before);
    // Comments come in their order: what lies between one and the next line with content is looked through once.
    if (next < end) {
      content.lastIndex = end;
      const found = content.exec(part);
      next = found ? found.index + found[0].length - 1 : part.length;
    }
    const line = /.*/y;
    line.lastIndex = next;
    return valueIn(part, scalars, { start: next, end: next + (line.exec(part)?.[0].length ?? 0) });
  };
}

/** A finding about a value is shown at the value, which may stand below the line of its key. */
function valueIn(part: string, scalars: readonly Scalar[], line: Range): number {
  const last = lastBefore(scalars, line.end);
  const [key, value] = [scalars[last], scalars[last + 1]];
  if (!key || !value?.isNext || key.start < line.start) return line.start;
  const between = part.slice(key.end, value.start);
  // Beside comments a tag and an anchor may stand before the value.
  const isBelow = /[\r\n]/.test(between) && /^:(?:\s+[&!]\S*)*$/.test(between.replaceAll(/#.*/g, '').trim());
  return isBelow ? value.start : line.start;
}

// From reported evidence to lines, columns and excerpts: every file is read once more, and of its documents only what is reported is
// parsed once more.

import { USER_OF_URL } from '../model/objects/reduction.ts';
import type { Evidence, Origin, Path } from '../model/resource.ts';
import { lineHashes } from '../report/line-hash.ts';
import type { Excerpt, Location } from '../report/report.ts';
import { type Located, lineStarts, locateIn, positionOf, type Range } from './locate.ts';
import type { Placed } from './source.ts';
import { itemStarts, splitText } from './yaml.ts';

/** A file that was read. */
export interface SourceFile {
  readonly cluster: string;
  /** As the JSON report names it. */
  readonly uri: string;
  /** As SARIF names it: relative to the root of the repository. */
  readonly repositoryUri: string;
  /** Does it begin with a byte order mark? */
  readonly hasMark: boolean;
  /** Is it on no disk? */
  readonly held?: boolean;
  /** Numbers of its documents that are lists and were read item by item. */
  readonly byItems: ReadonlySet<number>;
  /** Its text without byte order mark; null when it has changed since it was read. */
  read(): string | null;
}

/** Lines shown before and after the evidence. */
const CONTEXT = 2;
/** A longer line is cut to a window around the evidence. */
const LONGEST_LINE = 240;
const WINDOW = 80;

/** Places for all evidence whose object was read from one of the files. */
export function locateEvidence(
  evidence: readonly Evidence[],
  files: readonly SourceFile[],
): ReadonlyMap<Evidence, Placed> {
  const placed = new Map<Evidence, Placed>();
  const byFile = new Map<number, Evidence[]>();
  for (const piece of evidence) {
    if (!piece.ref.origin) continue;
    const list = byFile.get(piece.ref.origin.file);
    if (list) list.push(piece);
    else byFile.set(piece.ref.origin.file, [piece]);
  }
  for (const [number, list] of [...byFile].sort(([a], [b]) => a - b)) {
    const file = files[number];
    const text = file?.read();
    if (file && typeof text === 'string') placeIn(file, text, list, placed);
  }
  return placed;
}

function placeIn(file: SourceFile, text: string, evidence: readonly Evidence[], placed: Map<Evidence, Placed>): void {
  const starts = lineStarts(text);
  const parts = splitText(text);
  const documents = new Map<number, (item: Path) => Piece | null>();
  const found: { piece: Evidence; location: Location; lines: Excerpt['lines'] }[] = [];
  for (const piece of evidence) {
    const { document, item } = piece.ref.origin as Origin;
    const part = parts[document];
    if (!part) continue;
    const pieceOf = documents.get(document) ?? pieces(text, part, file.byItems.has(document));
    documents.set(document, pieceOf);
    const held = pieceOf(item);
    if (!held) continue;
    const range = held.find(piece.path);
    const from = positionOf(starts, range.start);
    const to = positionOf(starts, range.end);
    const location: Location = {
      uri: file.uri,
      line: from.line,
      column: from.column,
      endLine: to.line,
      endColumn: to.column,
    };
    const lines = excerptLines(text, starts, location, part, held.secrets);
    found.push({ piece, location, lines });
  }
  const hashOf = hashes(file, new Set(found.map((f) => f.location.line)));
  for (const { piece, location, lines } of found) {
    const excerpt: Excerpt = {
      repositoryUri: file.repositoryUri,
      get lineHash() {
        return hashOf(location.line);
      },
      lines,
      ...(file.held && { whole: text }),
    };
    placed.set(piece, { location, excerpt });
  }
}

/** Few formats want hashes, and they take the whole file: they wait until one is asked for. */
function hashes(file: SourceFile, lines: ReadonlySet<number>): (line: number) => string {
  let known: ReadonlyMap<number, string> | null = null;
  return (line) => {
    if (known === null) {
      const text = file.read();
      known = text === null ? new Map() : lineHashes(file.hasMark ? `\uFEFF${text}` : text, lines);
    }
    return known.get(line) ?? '';
  };
}

/** What was parsed to find an object. Offsets are those of the whole text. */
interface Piece {
  /** Where a field of the object is. */
  find(path: Path): Range;
  /** Values that must not be shown, between two offsets near the object. */
  secrets(start: number, end: number): readonly Range[];
}

/** Parses what is needed to find an object: in a list as kubectl prints it only its item, else the whole document. */
function pieces(text: string, document: Range, byItems: boolean): (item: Path) => Piece | null {
  const part = text.slice(document.start, document.end);
  const starts = byItems ? itemStarts(part) : null;
  const known = new Map<string, Located | null>();
  const located = (from: number, to: number): Located | null => {
    const key = `${from}-${to}`;
    if (!known.has(key)) known.set(key, parsed(part.slice(from, to)));
    return known.get(key) ?? null;
  };
  const piece = (from: number, to: number, item: Path): Piece | null => {
    const found = located(from, to);
    const base = document.start + from;
    return (
      found && {
        find: (path) => shift(found.find(item, path), base),
        secrets: (start, end) => found.secrets(start - base, end - base).map((range) => shift(range, base)),
      }
    );
  };
  return (item) => {
    const [key, index] = item;
    const whole = () => piece(0, part.length, item);
    if (starts === null || item.length !== 2 || key !== 'items' || typeof index !== 'number') return whole();
    const startOf = (i: number) => starts[Math.min(Math.max(i, 0), starts.length - 1)] as number;
    const [begin, end] = [startOf(index), startOf(index + 1)];
    const own = piece(begin, end, [0]);
    // An excerpt that reaches out of the item shows lines of as many others at most.
    const around = () => piece(startOf(index - CONTEXT), startOf(index + 1 + CONTEXT), []);
    const isInside = (from: number, to: number) => from >= document.start + begin && to <= document.start + end;
    return own && { ...own, secrets: (from, to) => (isInside(from, to) ? own : around())?.secrets(from, to) ?? [] };
  };
}

/** Where a finding is shown of which nothing has a place: the first character of a file. */
export function locateStart(file: SourceFile | undefined): Placed | null {
  const text = file?.read();
  if (!file || typeof text !== 'string') return null;
  const location: Location = { uri: file.uri, line: 1, column: 1, endLine: 1, endColumn: 2 };
  return { location, excerpt: excerptAt(file, location) };
}

/** What stands around a place that is in no object: a comment, an entry of the configuration. Null where it cannot be shown. */
export function excerptAt(file: SourceFile | undefined, location: Location): Excerpt | null {
  const text = file?.read();
  if (!file || typeof text !== 'string') return null;
  const starts = lineStarts(text);
  const offset = (starts[location.line - 1] ?? 0) + location.column - 1;
  const parts = splitText(text);
  const part = parts.findLast(({ start }) => start <= offset) ?? parts[0];
  const located = part && parsed(text.slice(part.start, part.end));
  if (!part || !located) return null;
  const lines = excerptLines(text, starts, location, part, (a, b) => located.secrets(a - part.start, b - part.start));
  const hash = lineHashes(file.hasMark ? `\uFEFF${text}` : text, new Set([location.line])).get(location.line) ?? '';
  return { repositoryUri: file.repositoryUri, lineHash: hash, lines, ...(file.held && { whole: text }) };
}

function parsed(part: string): Located | null {
  try {
    return locateIn(part);
  } catch {
    return null;
  }
}

function shift(range: Range, by: number): Range {
  return { start: range.start + by, end: range.end + by };
}

/** Never reaches out of the document, whose secrets are the only ones that are known. */
function excerptLines(
  text: string,
  starts: readonly number[],
  location: Location,
  document: Range,
  secrets: (start: number, end: number) => readonly Range[],
): Excerpt['lines'] {
  const first = Math.max(location.line - CONTEXT, positionOf(starts, document.start).line);
  const lastOfDocument = positionOf(starts, Math.max(document.start, document.end - 1)).line;
  const last = Math.min(location.line + CONTEXT, lastOfDocument);
  const begin = starts[first - 1] ?? 0;
  const end = starts[last] ?? text.length;
  const masked = mask(text.slice(begin, end), secrets(begin, end), begin);
  const lines: Excerpt['lines'][number][] = [];
  for (let line = first; line <= last; line++) {
    const from = (starts[line - 1] ?? 0) - begin;
    const to = (starts[line] ?? text.length) - begin;
    const whole = masked.slice(from, to).replace(/[\r\n]+$/, '');
    if (whole.length <= LONGEST_LINE) lines.push({ line, column: 1, text: whole, cut: false });
    else {
      const column = line === location.line ? location.column : 1;
      const start = Math.max(0, column - 1 - WINDOW);
      lines.push({ line, column: start + 1, text: whole.slice(start, column - 1 + WINDOW), cut: true });
    }
  }
  return lines;
}

/** Replaces every character of the ranges but line breaks by `*`, so that columns stay right. */
function mask(text: string, secrets: readonly Range[], base: number): string {
  let masked = text;
  for (const { start, end } of secrets) {
    const from = Math.max(0, start - base);
    const to = Math.min(text.length, end - base);
    if (from < to) masked = masked.slice(0, from) + hidden(masked.slice(from, to)) + masked.slice(to);
  }
  return masked.replaceAll(EVERY_USER, hidden);
}

const EVERY_USER = new RegExp(USER_OF_URL, 'g');

function hidden(text: string): string {
  return text.replace(/[^\r\n]/g, '*');
}

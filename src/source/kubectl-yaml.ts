// YAML in the layout that kubectl prints, read line by line: several times faster than a YAML parser. It gives up on everything else, so
// that what it does read is what the parser would have made of it. No files here.

/** Stands for a text that is not in this layout. */
export const GIVEN_UP: unique symbol = Symbol('given up');

/** Reads a plain scalar that may be something else than a string. */
export type ResolveScalar = (text: string) => unknown;

/**
 * Reads one document; GIVEN_UP where it is not wholly in kubectl's layout. That has mappings and lists in block style with plain keys,
 * scalars on one line (plain, quoted or `|` blocks), `{}` and `[]`. It has no comments, anchors, aliases, tags, tabs, duplicate keys or
 * scalars that run over several lines. The images of a Node are left out.
 */
export function readKubectlYaml(text: string, resolve: ResolveScalar): unknown {
  if (!text.endsWith('\n') || OTHER_CHARACTERS.test(text)) return GIVEN_UP;
  const cursor: Cursor = { text, at: 0, column: 0, depth: 0, resolve };
  try {
    advance(cursor, text.startsWith('---\n') ? 4 : 0);
    const value = cursor.column === 0 ? readNode(cursor) : GIVEN_UP;
    return isAtEnd(cursor) ? value : GIVEN_UP;
  } catch (error) {
    if (error === otherLayout) return GIVEN_UP;
    throw error;
  }
}

/** Control characters, tabs and carriage returns; also marks and pairs that the parser looks at more closely. */
const OTHER_CHARACTERS = /[^\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufdff]/;
/** Column of the end of the text. */
const END = -1;
/** The parser refuses what is nested much deeper. */
const MAX_DEPTH = 50;
/** YAML's own limit is 1024. */
const LONGEST_KEY = 1000;

const otherLayout = new Error('not in the layout of kubectl');

interface Cursor {
  readonly text: string;
  readonly resolve: ResolveScalar;
  /** The first character of a line that is no blank, and its column; or one that a list's dash makes the first. */
  at: number;
  column: number;
  depth: number;
}

const NEWLINE = 0x0a;
const BLANK = 0x20;
const DASH = 0x2d;
const COLON = 0x3a;

/** Goes to the first line from `start` on that is not empty. */
function advance(cursor: Cursor, start: number): void {
  const { text } = cursor;
  let line = start;
  while (text.charCodeAt(line) === NEWLINE) line++;
  let at = line;
  while (text.charCodeAt(at) === BLANK) at++;
  if (at < text.length && text.charCodeAt(at) === NEWLINE) throw otherLayout;
  cursor.at = at;
  cursor.column = at < text.length ? at - line : END;
}

function isAtEnd({ column }: Cursor): boolean {
  return column === END;
}

function endsWord(text: string, at: number): boolean {
  const char = text.charCodeAt(at);
  return char === BLANK || char === NEWLINE;
}

function isItem({ text }: Cursor, at: number): boolean {
  return text.charCodeAt(at) === DASH && endsWord(text, at + 1);
}

function readNode(cursor: Cursor): unknown {
  if (++cursor.depth > MAX_DEPTH) throw otherLayout;
  const value = isItem(cursor, cursor.at) ? readList(cursor) : readMapping(cursor);
  cursor.depth--;
  return value;
}

function readMapping(cursor: Cursor): unknown {
  const { text, column } = cursor;
  const mapping: Record<string, unknown> = {};
  do {
    const colon = keyEnd(text, cursor.at);
    if (colon < 0) throw otherLayout;
    const key = text.slice(cursor.at, colon);
    if (MAYBE_NO_STRING.test(key) || key === '__proto__') throw otherLayout;
    if (mapping[key] !== undefined && Object.hasOwn(mapping, key)) throw otherLayout;
    mapping[key] = key === 'images' ? readImages(cursor, colon + 1, column) : readValue(cursor, colon + 1, column);
  } while (cursor.column === column);
  if (cursor.column > column) throw otherLayout;
  return mapping;
}

/** What follows a key's colon. A list may stand in the key's own column. */
function readValue(cursor: Cursor, after: number, column: number): unknown {
  const { text } = cursor;
  if (text.charCodeAt(after) !== NEWLINE) return readScalar(cursor, skipBlanks(text, after), column);
  advance(cursor, after + 1);
  if (cursor.column > column || (cursor.column === column && isItem(cursor, cursor.at))) return readNode(cursor);
  return null;
}

/**
 * A Node names its images, which is two thirds of its text and of no interest: what is such a list beyond doubt is passed over as an
 * empty one.
 */
function readImages(cursor: Cursor, after: number, column: number): unknown {
  const { text } = cursor;
  const images = imagesAt[column];
  if (images === undefined || text.charCodeAt(after) !== NEWLINE) return readValue(cursor, after, column);
  images.lastIndex = after + 1;
  if (!images.test(text)) return readValue(cursor, after, column);
  advance(cursor, images.lastIndex);
  if (cursor.column > column || (cursor.column === column && isItem(cursor, cursor.at))) throw otherLayout;
  return [];
}

/** By the column of the key: 2 in a Node alone, 4 in a list. */
const imagesAt: Readonly<Record<number, RegExp>> = { 2: imagesIn('  '), 4: imagesIn('    ') };

function imagesIn(pad: string): RegExp {
  const name = `${pad}  - [\\w./][\\w./@:-]*[\\w./@-]\\n`;
  return new RegExp(`(?:${pad}- names:\\n(?:${name})+${pad}  sizeBytes: \\d+\\n)+`, 'y');
}

function readList(cursor: Cursor): unknown {
  const { text, column } = cursor;
  const list: unknown[] = [];
  do {
    const at = cursor.at + 1;
    if (text.charCodeAt(at) === NEWLINE) {
      advance(cursor, at + 1);
      list.push(cursor.column > column ? readNode(cursor) : null);
      continue;
    }
    const start = skipBlanks(text, at);
    if (isItem(cursor, start) || keyEnd(text, start) >= 0) {
      cursor.column += start - cursor.at;
      cursor.at = start;
      list.push(readNode(cursor));
    } else list.push(readScalar(cursor, start, column));
  } while (cursor.column === column && isItem(cursor, cursor.at));
  if (cursor.column > column) throw otherLayout;
  return list;
}

function skipBlanks(text: string, from: number): number {
  let at = from;
  while (text.charCodeAt(at) === BLANK) at++;
  return at;
}

/** Where the colon of a plain key without blanks stands; negative where the line does not begin with one. */
function keyEnd(text: string, start: number): number {
  if (!isWordStart(text.charCodeAt(start))) return -1;
  for (let at = start; at - start <= LONGEST_KEY; at++) {
    const char = text.charCodeAt(at);
    if (char === COLON && endsWord(text, at + 1)) return at;
    if (char === NEWLINE || char === BLANK) return -1;
  }
  return -1;
}

/** Letters, digits, `_`, `.` and `/`: characters that mean nothing in YAML. */
function isWordStart(char: number): boolean {
  return (
    (char >= 0x61 && char <= 0x7a) || (char >= 0x41 && char <= 0x5a) || (char >= 0x2e && char <= 0x39) || char === 0x5f
  );
}

/** Reads a scalar that begins at `start`, or an empty collection; no line that belongs to it may follow. */
function readScalar(cursor: Cursor, start: number, column: number): unknown {
  const { text } = cursor;
  if (text.charCodeAt(start) === 0x7c) return readBlock(cursor, start, column);
  const end = text.indexOf('\n', start);
  const value = scalar(cursor, text.slice(start, end));
  advance(cursor, end + 1);
  if (cursor.column > column) throw otherLayout;
  return value;
}

function scalar({ resolve }: Cursor, word: string): unknown {
  const first = word.charCodeAt(0);
  if (first === 0x22) return doubleQuoted(word);
  if (first === 0x27) return singleQuoted(word);
  if (word === '{}') return {};
  if (word === '[]') return [];
  if (!PLAIN_START.test(word) || word.endsWith(' ') || word.endsWith(':')) throw otherLayout;
  if (word.includes(' ') && (word.includes(': ') || word.includes(' #'))) throw otherLayout;
  if (word === 'true') return true;
  if (word === 'false') return false;
  if (PLAIN_INTEGER.test(word)) return Number(word);
  return MAYBE_NO_STRING.test(word) ? resolve(word) : detached(word);
}

/** What is longer is data that nobody keeps. */
const LONGEST_KEPT = 256;

/** The same characters in a string of their own. In V8 a slice keeps the text alive that it was cut from, a copy does not. */
function detached(word: string): string {
  return word.length > LONGEST_KEPT ? word : ` ${word}`.slice(1);
}

/** Not an indicator, or one that cannot be meant as such. */
const PLAIN_START = /^(?:[^\s\-?:,[\]{}#&*!|>'"%@`]|-[^\s])/;
const PLAIN_INTEGER = /^(?:0|-?[1-9]\d{0,14})$/;
/** All that some version of YAML takes for null, a boolean, a number or a merge key, and a little more. */
const MAYBE_NO_STRING =
  /^(?:~|<<|=|null|true|false|y|n|yes|no|on|off|[-+]?(?:0[xob][\da-f_]*|[\d_]+|(?:\.[\d_]+|[\d_]+(?:\.[\d_]*)?)(?:e[-+]?\d+)?)|[-+]?\.(?:inf|nan))$/i;

function doubleQuoted(word: string): string {
  if (word.indexOf('"', 1) === word.length - 1 && !word.includes('\\')) return detached(word.slice(1, -1));
  try {
    // What JSON escapes, YAML escapes in the same way; the rest is left to the parser.
    return JSON.parse(word) as string;
  } catch {
    throw otherLayout;
  }
}

function singleQuoted(word: string): string {
  const inner = word.slice(1, -1);
  if (word.length < 2 || !word.endsWith("'") || !/^(?:[^']|'')*$/.test(inner)) throw otherLayout;
  return inner.replaceAll("''", "'");
}

/** A literal block: `|`, `|-` or `|+`, its lines indented deeper than `column`. */
function readBlock(cursor: Cursor, start: number, column: number): string {
  const { text } = cursor;
  const end = text.indexOf('\n', start);
  const header = text.slice(start, end);
  if (header !== '|' && header !== '|-' && header !== '|+') throw otherLayout;
  advance(cursor, end + 1);
  const indent = cursor.column;
  if (indent <= column) throw otherLayout;
  let content = '\n'.repeat(cursor.at - indent - (end + 1));
  let empty = 0;
  while (cursor.column >= indent) {
    const lineEnd = text.indexOf('\n', cursor.at);
    content += `${'\n'.repeat(empty)}${text.slice(cursor.at - (cursor.column - indent), lineEnd)}\n`;
    advance(cursor, lineEnd + 1);
    empty = (cursor.column === END ? text.length : cursor.at - cursor.column) - (lineEnd + 1);
  }
  if (cursor.column > column) throw otherLayout;
  if (header === '|-') return content.slice(0, -1);
  return header === '|+' ? content + '\n'.repeat(empty) : content;
}

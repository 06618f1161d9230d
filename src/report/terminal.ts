// Text for a terminal: what it can show, how wide text is, where it breaks, and how text of the input is made harmless. Pure; reads no
// environment and no stream, only what it is given.

import { styleText } from 'node:util';

/** What a text reporter has to know of where its text goes. */
export interface TextOptions {
  /** Columns, from 1. Prose is broken to fit; commands and words without a place to break are not. */
  readonly width: number;
  readonly color: boolean;
  /** False: nothing but ASCII is drawn, and other characters of the input are written as `\u6771`. Commands stay as they are. */
  readonly unicode: boolean;
  /** More like findings per rule are counted, not printed. */
  readonly maxFindings: number;
}

export type Environment = Readonly<Record<string, string | undefined>>;
export type ColorChoice = 'auto' | 'always' | 'never';

const NARROWEST = 40;

/**
 * The width to write for: that of the terminal, or COLUMNS or 100 where there is none. Some pseudo-terminals say 0 columns, which is
 * taken as 80.
 */
export function decideWidth(stream: { readonly isTTY: boolean; readonly columns?: number }, env: Environment): number {
  const given = Number.parseInt(env.COLUMNS ?? '', 10);
  const columns = stream.isTTY ? stream.columns || 80 : given > 0 ? given : 100;
  return Math.max(NARROWEST, columns);
}

/** The flag, then NO_COLOR (any value but the empty one), then FORCE_COLOR and CLICOLOR_FORCE, then whether it is a terminal. */
export function decideColor(choice: ColorChoice, stream: { readonly isTTY: boolean }, env: Environment): boolean {
  if (choice !== 'auto') return choice === 'always';
  if (env.NO_COLOR) return false;
  const forced = env.FORCE_COLOR ?? (env.CLICOLOR_FORCE || undefined);
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  return stream.isTTY && env.TERM !== 'dumb';
}

/** Whether the locale says UTF-8. Windows has no locale in its environment: its newer terminals say who they are. */
export function decideUnicode(platform: string, env: Environment): boolean {
  if (platform === 'win32') return Boolean(env.WT_SESSION || env.TERM_PROGRAM || env.ConEmuTask);
  return /utf-?8/i.test(env.LC_ALL || env.LC_CTYPE || env.LANG || '');
}

/**
 * Control and format characters, line and paragraph separators, halves of pairs, what is no character and neither XML nor YAML takes; a
 * joiner is one where it does not join emoji.
 */
const UNSAFE =
  /(?<!\p{Extended_Pictographic}|\p{Emoji_Modifier}|\ufe0f)\u200d|(?!\u200d)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Noncharacter_Code_Point}]/gu;
const PLAIN = /^[\x20-\x7e]*$/;
const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function escaped(character: string): string {
  const short = SHORT[character];
  if (short !== undefined) return short;
  const code = character.codePointAt(0) ?? 0;
  const hex = code.toString(16);
  if (code < 0x100) return `\\x${hex.padStart(2, '0')}`;
  return code < 0x10000 ? `\\u${hex.padStart(4, '0')}` : `\\u{${hex}}`;
}

/**
 * One line of text that moves no cursor, starts no escape sequence and turns no direction: what could is shown as an escape
 * (`\x1b`, `\u202e`, `\n`) and not dropped, so that a name is not taken for another.
 */
export function sanitise(text: string): string {
  return PLAIN.test(text) ? text : text.replace(UNSAFE, escaped);
}

/** The same, in ASCII alone. */
export function sanitiseToAscii(text: string): string {
  return PLAIN.test(text) ? text : text.replace(/[^\x20-\x7e]/gu, escaped);
}

/**
 * The lines of a command, harmless but otherwise as they are, other letters than ASCII included. None starts with `::`, which would be a
 * command to the runner of GitHub Actions.
 */
export function copyable(command: string): string[] {
  const lines = command.trimEnd().split('\n');
  return lines.map((line) => sanitise(line).replace(/^(\s*):(?=:)/, '$1\\x3a'));
}

/**
 * Text of whole lines, none of which a CI system takes for a command of its own: GitHub's runner does so with a line that begins with `::WORD`, blanks left
 * out, and, as Azure's, with `##[` or `##vso[` anywhere.
 */
export function uncommanded(text: string): string {
  return text.replace(/^([^\S\r\n]*):(?=:[A-Za-z])/gm, '$1\\x3a').replace(/#(?=#(?:vso)?\[)/g, '\\x23');
}

/** East Asian wide and fullwidth characters (Unicode Annex 11), and what is shown as an emoji. */
const WIDE =
  /^[\u1100-\u115f\u2329\u232a\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18dff}\u{1aff0}-\u{1b2ff}\u{1f200}-\u{1f2ff}\u{20000}-\u{3fffd}\p{Emoji_Presentation}]|\ufe0f/u;
const INVISIBLE = /^[\p{Mn}\p{Me}\p{Cf}\p{Cc}]+$/u;

interface Glyph {
  readonly text: string;
  /** Columns: 0, 1 or 2. */
  readonly width: number;
}

/** Made for the first text that is not plain: its tables take longer to load than a small mesh to check. */
let segmenter: Intl.Segmenter | undefined;

function* glyphs(text: string): Generator<Glyph> {
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
  for (const { segment } of segmenter.segment(text)) {
    yield { text: segment, width: WIDE.test(segment) ? 2 : INVISIBLE.test(segment) ? 0 : 1 };
  }
}

/** Columns that text without escape sequences takes. */
export function displayWidth(text: string): number {
  if (PLAIN.test(text)) return text.length;
  let width = 0;
  for (const glyph of glyphs(text)) width += glyph.width;
  return width;
}

/** The longest beginning of a text that takes no more columns than given. */
export function takeStart(text: string, width: number): string {
  if (PLAIN.test(text)) return text.slice(0, Math.max(0, width));
  let taken = '';
  let used = 0;
  for (const glyph of glyphs(text)) {
    used += glyph.width;
    if (used > width) break;
    taken += glyph.text;
  }
  return taken;
}

/** The longest end of a text that takes no more columns than given. */
export function takeEnd(text: string, width: number): string {
  if (PLAIN.test(text)) return width > 0 ? text.slice(-width) : '';
  let taken = '';
  let used = 0;
  for (const glyph of [...glyphs(text)].reverse()) {
    used += glyph.width;
    if (used > width) break;
    taken = glyph.text + taken;
  }
  return taken;
}

/** A text cut to a width, with a sign where something is left out: at the end, or before a tail of at least `tail` columns. */
export function clip(text: string, width: number, cut: string, tail = 0): string {
  if (displayWidth(text) <= width) return text;
  const end = takeEnd(text, tail);
  return takeStart(text, width - displayWidth(cut) - displayWidth(end)) + cut + end;
}

/** Where a line may break: between words, and beside every wide character. */
function* breakable(text: string): Generator<Glyph & { readonly space: boolean }> {
  for (const word of text.split(/ +/)) {
    if (word === '') continue;
    let space = true;
    if (PLAIN.test(word)) {
      yield { text: word, width: word.length, space };
      continue;
    }
    let run = '';
    let width = 0;
    for (const glyph of glyphs(word)) {
      if (glyph.width < 2) {
        run += glyph.text;
        width += glyph.width;
        continue;
      }
      if (run !== '') {
        yield { text: run, width, space };
        space = false;
      }
      yield { ...glyph, space };
      space = false;
      run = '';
      width = 0;
    }
    if (run !== '') yield { text: run, width, space };
  }
}

/**
 * Breaks a text into lines of at most `width` columns, the first of at most `first`. A word that fits on no line (a path, a name) is
 * left whole, so that it can be copied. Always at least one line.
 */
export function wrap(text: string, width: number, first: number = width): string[] {
  if (PLAIN.test(text) && text.length <= first) return [text];
  const lines: string[] = [];
  let line = '';
  let used = 0;
  for (const piece of breakable(text)) {
    const gap = piece.space && line !== '' ? 1 : 0;
    if (line !== '' && used + gap + piece.width > (lines.length === 0 ? first : width)) {
      lines.push(line);
      line = piece.text;
      used = piece.width;
    } else {
      line += (gap ? ' ' : '') + piece.text;
      used += gap + piece.width;
    }
  }
  lines.push(line);
  return lines;
}

/** What a piece of text is, which decides its colour. */
export type Role =
  | 'error'
  | 'warning'
  | 'note'
  | 'undecided'
  | 'pass'
  | 'strong'
  | 'muted'
  | 'frame'
  | 'place'
  | 'command';

const FORMATS: Readonly<Record<Role, Parameters<typeof styleText>[0]>> = {
  error: ['bold', 'red'],
  warning: ['bold', 'yellow'],
  note: ['bold', 'cyan'],
  undecided: ['bold', 'magenta'],
  pass: ['green'],
  strong: ['bold'],
  muted: ['dim'],
  frame: ['blue'],
  place: ['underline'],
  command: ['cyan'],
};

const UNICODE = {
  corner: '┌─',
  tee: '├─',
  bar: '│',
  gap: '┆',
  cut: '…',
  dot: ' · ',
  fail: '✗',
  warn: '!',
  unknown: '?',
  pass: '✓',
  'not-applicable': '–',
} as const;

const ASCII: Readonly<Record<Sign, string>> = {
  corner: '-->',
  tee: ':::',
  bar: '|',
  gap: ':',
  cut: '...',
  dot: ', ',
  fail: 'FAIL',
  warn: 'warn',
  unknown: '?',
  pass: 'ok',
  'not-applicable': '-',
};

export type Sign = keyof typeof UNICODE;

/** How a reporter writes: its signs, its colours, and the one door through which text of the input passes. */
export interface Pen {
  readonly width: number;
  /** Prose is not set wider than this, however wide the terminal is. */
  readonly measure: number;
  readonly sign: Readonly<Record<Sign, string>>;
  paint(role: Role, text: string): string;
  /** Makes text of the input harmless, on one line. */
  clean(text: string): string;
}

export function pen(options: Pick<TextOptions, 'width' | 'color' | 'unicode'>): Pen {
  const { width, color, unicode } = options;
  const codes = Object.fromEntries(
    Object.entries(FORMATS).map(([role, format]) => [
      role,
      styleText(format, '\0', { validateStream: false }).split('\0'),
    ]),
  );
  return {
    width,
    measure: Math.min(width, 120),
    sign: unicode ? UNICODE : ASCII,
    paint: (role, text) => (color && text !== '' ? `${codes[role]?.[0]}${text}${codes[role]?.[1]}` : text),
    clean: unicode ? sanitise : sanitiseToAscii,
  };
}

/** `1 error`, `3 errors`, `32,768 addresses`. */
export function count(n: number, noun: string, plural = `${noun}s`): string {
  return `${grouped(n)} ${n === 1 ? noun : plural}`;
}

/** Digits in groups of three. */
export function grouped(n: number): string {
  return String(n).replace(/\B(?=(\d{3})+$)/g, ',');
}

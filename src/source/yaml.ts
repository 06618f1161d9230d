// Text (without its byte order mark) to values, as kubectl reads YAML and JSON, one document at a time; a broken document costs only
// itself. No files here.

import {
  boolYaml11Tag,
  CORE_SCHEMA,
  constructFromEvents,
  defineScalarTag,
  type Event,
  mergeTag,
  NOT_RESOLVED,
  parseEvents,
  YAMLException,
} from 'js-yaml';

/** Collections nested deeper than this are refused. */
const MAX_DEPTH = 100;
/** kubectl prints no aliases; people write a few. More are taken for an alias bomb. */
const MAX_ALIASES = 100;

/**
 * Go's integers as sigs.k8s.io/yaml (goyaml.v2 `resolve`, strconv.ParseInt base 0) reads them: `0x1F`, `0b11`, `0o17`, a leading
 * zero for octal, underscores between digits.
 */
const goInteger = defineScalarTag<number>('tag:yaml.org,2002:int', {
  implicit: true,
  implicitFirstChars: [...'+-0123456789'],
  resolve(source) {
    const match = /^([-+]?)(0[xX][0-9a-fA-F_]+|0[bB][01_]+|0[oO]?[0-7_]+|0|[1-9][0-9_]*)$/.exec(source);
    if (!match) return NOT_RESOLVED;
    const digits = (match[2] ?? '').replaceAll('_', '');
    const octal = /^0[0-7]+$/.test(digits);
    const value = Number(octal ? `0o${digits.slice(1)}` : digits.toLowerCase());
    if (Number.isNaN(value)) return NOT_RESOLVED;
    return match[1] === '-' ? -value : value;
  },
  identify: () => false,
});

/** YAML 1.2 core with the booleans, integers and merge keys of kubectl's reader. */
const KUBECTL_SCHEMA = CORE_SCHEMA.withTags(boolYaml11Tag, goInteger, mergeTag);

export interface TextFault {
  /** Offset into the whole text, in UTF-16 code units. */
  readonly offset: number;
  readonly why: string;
}

export interface TextDocument {
  /** Position among the documents of the text. */
  readonly index: number;
  /** Offsets of its part of the text. */
  readonly start: number;
  readonly end: number;
  /** Undefined when it could not be read. */
  readonly value: unknown;
  /** Why it could not be read, or that a key occurs twice (then the last one counts, as in kubectl). */
  readonly fault: TextFault | null;
  /** It is a list that was read item by item. */
  readonly byItems: boolean;
}

/**
 * Splits a YAML stream at `---` in column 0 that ends the line or is followed by a blank (`---foo: 1` is a key). A part that holds
 * nothing but directives and comments belongs to the next one.
 */
export function splitYaml(text: string): readonly { readonly start: number; readonly end: number }[] {
  const parts: { start: number; end: number }[] = [];
  const marker = /^---(?=[ \t\r\n]|$)/gm;
  let start = 0;
  for (let match = marker.exec(text); match; match = marker.exec(text)) {
    if (match.index > start && !onlyDirectives(text.slice(start, match.index))) {
      parts.push({ start, end: match.index });
      start = match.index;
    }
  }
  parts.push({ start, end: text.length });
  return parts;
}

function onlyDirectives(part: string): boolean {
  return part.length < 4096 && /^%/m.test(part) && /^(?:[ \t]*(?:#.*)?\r?\n|%.*\r?\n)*$/.test(part);
}

/** Splits concatenated JSON values (`cat a.json b.json`, one object a line); null when there is something else between them. */
function splitJson(text: string): readonly { readonly start: number; readonly end: number }[] | null {
  const parts: { start: number; end: number }[] = [];
  let depth = 0;
  let start = -1;
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const char = text.charCodeAt(i);
    if (quoted) {
      if (char === 0x5c) i++;
      else if (char === 0x22) quoted = false;
    } else if (char === 0x22) {
      if (depth === 0) return null;
      quoted = true;
    } else if (char === 0x7b || char === 0x5b) {
      if (depth++ === 0) start = i;
    } else if (char === 0x7d || char === 0x5d) {
      if (--depth < 0) return null;
      if (depth === 0) parts.push({ start, end: i + 1 });
    } else if (depth === 0 && char > 0x20) return null;
  }
  return depth === 0 ? parts : null;
}

function isJson(text: string): boolean {
  return /^\s*[{[]/.test(text);
}

/** The parts of a text that are documents. Reading and locating share it, so that a document's number means the same to both. */
export function splitText(
  text: string,
): readonly { readonly start: number; readonly end: number; readonly json: boolean }[] {
  if (isJson(text)) {
    const parts = splitJson(text);
    if (parts?.every(({ start, end }) => parsesAsJson(text.slice(start, end)))) {
      return parts.map((part) => ({ ...part, json: true }));
    }
  }
  return splitYaml(text).map((part) => ({ ...part, json: false }));
}

function parsesAsJson(part: string): boolean {
  try {
    JSON.parse(part);
    return true;
  } catch {
    return false;
  }
}

/** Reads all documents of a text. */
export function* readText(text: string): Iterable<TextDocument> {
  if (isJson(text)) {
    try {
      yield { index: 0, start: 0, end: text.length, value: JSON.parse(text), fault: null, byItems: false };
      return;
    } catch {
      // Several values, flow YAML, or broken: the parts tell.
    }
  }
  let index = 0;
  for (const { start, end, json } of splitText(text)) {
    const part = text.slice(start, end);
    yield {
      index: index++,
      start,
      end,
      ...(json ? { value: JSON.parse(part), fault: null, byItems: false } : readYaml(part, start)),
    };
  }
}

/** Reads one YAML document; a long list in pieces, since the parser holds the events of all that it is given. */
function readYaml(part: string, start: number): Pick<TextDocument, 'value' | 'fault' | 'byItems'> {
  const value = readByItems(part);
  return value === null ? { ...parseYaml(part, start), byItems: false } : { value, fault: null, byItems: true };
}

/** Reads a long list, some items at a time, to what the parser would make of the whole; null where it does not come apart, or is faulty. */
function readByItems(part: string): unknown {
  const starts = part.length > PIECE ? itemStarts(part) : null;
  if (starts === null) return null;
  const [first, end] = [starts[0] as number, starts.at(-1) as number];
  try {
    const list = parse(part.slice(0, first) + part.slice(end)) as Record<string, unknown>;
    if (list.items !== null) return null;
    const items: unknown[] = [];
    for (let i = 0; i + 1 < starts.length; ) {
      const from = starts[i] as number;
      do i++;
      while (i + 1 < starts.length && (starts[i] as number) - from < PIECE);
      items.push(...(parse(withoutImages(part.slice(from, starts[i]))) as unknown[]));
    }
    if (items.length !== starts.length - 1) return null;
    return { ...list, items };
  } catch {
    return null;
  }
}

/**
 * Where the items of a list begin whose dashes stand in the first column, as kubectl prints it, and where the last one ends; null for
 * another document. In the first column a dash can only be an item's: whatever an item holds is indented.
 */
export function itemStarts(part: string): readonly number[] | null {
  const head = /(?:^|\n)items:\n(?=-[ \n])/.exec(part);
  if (!head) return null;
  const first = head.index + head[0].length;
  const behind = /\n[^ \n-]/g;
  behind.lastIndex = first;
  const end = behind.exec(part)?.index ?? part.length - 1;
  const starts = [first];
  const dash = /\n-[ \n]/g;
  dash.lastIndex = first;
  for (let match = dash.exec(part); match && match.index < end; match = dash.exec(part)) {
    starts.push(match.index + 1);
    dash.lastIndex = match.index + 1;
  }
  return [...starts, end + 1];
}

/** Characters that the parser is given at once. */
const PIECE = 2 ** 16;

/** The images of a Node are two thirds of its text and of no interest: what is such a list beyond doubt is cut out. */
function withoutImages(items: string): string {
  return items.replaceAll(IMAGES, '$1 []\n');
}

const IMAGES =
  /^( {4}images:)\n(?: {4}- names:\n(?: {6}- [\w./][\w./@:-]*[\w./@-]\n)+ {6}sizeBytes: \d+\n)+(?! {4}[- ])/gm;

function parse(text: string): unknown {
  return construct(text, eventsOf(text), false);
}

function parseYaml(part: string, start: number): Pick<TextDocument, 'value' | 'fault'> {
  let events: Event[];
  try {
    events = eventsOf(part);
  } catch (error) {
    return { value: undefined, fault: faultOf(error, start) };
  }
  try {
    return { value: construct(part, events, false), fault: null };
  } catch (error) {
    const fault = faultOf(error, start);
    if (!/duplicate/i.test(fault.why)) return { value: undefined, fault };
    try {
      return {
        value: construct(part, events, true),
        fault: { ...fault, why: 'a key occurs twice; the last one counts' },
      };
    } catch (again) {
      return { value: undefined, fault: faultOf(again, start) };
    }
  }
}

function construct(source: string, events: Event[], json: boolean): unknown {
  return constructFromEvents(events, { source, schema: KUBECTL_SCHEMA, json, maxAliases: MAX_ALIASES })[0];
}

function faultOf(error: unknown, start: number): TextFault {
  if (error instanceof YAMLException) return { offset: start + (error.mark?.position ?? 0), why: error.reason };
  return { offset: start, why: error instanceof RangeError ? 'it is nested too deeply' : 'it cannot be read' };
}

/** Reads a single small YAML or JSON text, such as a kubeconfig in a Secret. Throws when it is not one document. */
export function parseSingle(text: string): unknown {
  const documents = [...readText(text.replace(/^\uFEFF/, ''))];
  const [first] = documents.filter((d) => d.value !== undefined || d.fault);
  if (!first || first.value === undefined) throw new Error(first?.fault?.why ?? 'it is empty');
  return first.value;
}

/**
 * Reads one document as YAML 1.2 has it, where `off` is a word and a key that occurs twice is a fault: what people write for this program
 * rather than for kubectl.
 */
export function readPlain(part: string): Pick<TextDocument, 'value' | 'fault'> {
  try {
    const options = { source: part, schema: CORE_SCHEMA, maxAliases: MAX_ALIASES };
    return { value: constructFromEvents(eventsOf(part), options)[0], fault: null };
  } catch (error) {
    return { value: undefined, fault: faultOf(error, 0) };
  }
}

/** The events of one document, offsets relative to `part`. Throws where the document cannot be read. */
export function eventsOf(part: string): Event[] {
  return parseEvents(part, { maxDepth: MAX_DEPTH });
}

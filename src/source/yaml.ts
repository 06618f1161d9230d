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
import { GIVEN_UP, readKubectlYaml } from './kubectl-yaml.ts';

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
  /** It is wholly in the layout of kubectl. */
  readonly kubectl: boolean;
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
      yield { index: 0, start: 0, end: text.length, value: JSON.parse(text), fault: null, kubectl: false };
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
      ...(json ? { value: JSON.parse(part), fault: null, kubectl: false } : readYaml(part, start)),
    };
  }
}

/** Reads one YAML document. */
function readYaml(part: string, start: number): Pick<TextDocument, 'value' | 'fault' | 'kubectl'> {
  const quick = readKubectlYaml(part, (scalar) => construct(scalar, eventsOf(scalar), false));
  if (quick !== GIVEN_UP) return { value: quick, fault: null, kubectl: true };
  return { ...parseYaml(part, start), kubectl: false };
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

/** The events of one document, offsets relative to `part`. Throws where the document cannot be read. */
export function eventsOf(part: string): Event[] {
  return parseEvents(part, { maxDepth: MAX_DEPTH });
}

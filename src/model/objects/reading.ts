// What the reading of all clusters has in common: how texts inside objects are read, and what repeats itself, so that it is held once.
// A full mesh of a thousand clusters has a million remotes, of which only names, UIDs and places differ. No I/O.

import type { Path } from '../resource.ts';
import type { KindId } from './kinds.ts';

/** Reads a YAML or JSON text found inside an object, as the reader of the input does. Throws when it cannot. */
export type ParseText = (text: string) => unknown;

export interface Reading {
  readonly parse: ParseText;
  /** Is shown every object that is kept, as it was read. */
  readonly see: ((cluster: string, kind: KindId, raw: Readonly<Record<string, unknown>>) => void) | null;
  /** Keeps every text of the facts of one object once, and by itself. Changes the facts in place. */
  keep(facts: object): void;
  text(text: string): string;
  /** The path `['items', index]`. */
  item(index: number): Path;
  /** What a text tells, worked out once. Only its `fingerprint` is held. */
  once<T extends object>(fingerprint: string, tell: () => T): T;
}

/** More texts are not compared with one another; most that come so late come once. */
const MOST_TEXTS = 1_000_000;
/** Longer texts are no names. */
const LONGEST_TEXT = 256;

export function newReading(parse: ParseText, see: Reading['see'] = null): Reading {
  const texts = new Map<string, string>();
  const items: Path[] = [];
  const told = new Map<string, object>();

  const text = (of: string): string => {
    if (of.length > LONGEST_TEXT) return copy(of);
    let kept = texts.get(of);
    if (kept === undefined) {
      kept = copy(of);
      if (texts.size < MOST_TEXTS) texts.set(kept, kept);
    }
    return kept;
  };

  const keep = (facts: object): void => {
    const fields = facts as Record<string, unknown>;
    for (const field in fields) {
      const value = fields[field];
      if (typeof value === 'string') fields[field] = text(value);
      // Places are shared: every value refers to its object, which was kept first, and paths are the same for all of a kind.
      else if (typeof value === 'object' && value !== null && field !== 'ref' && field !== 'path') keep(value);
    }
  };

  const once = <T extends object>(fingerprint: string, tell: () => T): T => {
    const known = (told.get(fingerprint) as T | undefined) ?? tell();
    told.set(fingerprint, known);
    return known;
  };

  return { parse, see, keep, text, item: (index) => (items[index] ??= ['items', index]), once };
}

/** A part of a text refers to all of it, so that one name would hold a whole file in memory: a copy does not. */
function copy(text: string): string {
  return /^[\0-\xff]*$/.test(text) ? Buffer.from(text, 'latin1').toString('latin1') : text;
}

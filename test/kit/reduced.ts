// Documents as a snapshot would hold them.

import { kindOf } from '../../src/model/objects/kinds.ts';
import { reduceObject } from '../../src/model/objects/reduction.ts';
import { validate } from '../../src/model/objects/validate.ts';
import { parseSingle } from '../../src/source/yaml.ts';

type Raw = Readonly<Record<string, unknown>>;

/** Every object of a document reduced; lists stay lists. */
export function reduceAll(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reduceAll);
  if (typeof value !== 'object' || value === null) return value;
  const raw = value as Raw;
  if (Array.isArray(raw.items)) return { ...raw, items: raw.items.map((item) => reduceAll(typed(item, raw))) };
  const kind = kindOf(String(raw.apiVersion), String(raw.kind));
  return kind === null || validate(kind, raw) ? raw : (reduceObject(kind, raw, parseSingle) ?? raw);
}

/** Items of typed lists may leave out what they are. */
function typed(item: unknown, list: Raw): unknown {
  const kind = String(list.kind).replace(/List$/, '');
  return kind === '' ? item : { apiVersion: list.apiVersion, kind, ...(item as Raw) };
}

// Is an object of the shape that its kind has? Says the first fault, and where; never quotes a value.

import type { Path } from '../resource.ts';
import { validator } from './validators.ts';

/** What is wrong with an object: where, from its root, and why, as a phrase (`must be a string, is a number`). */
export interface Fault {
  readonly path: Path;
  readonly why: string;
}

/**
 * The first fault of an object, or null. Only fields that are read are looked at, and only their types: `null` is as good as absent, as
 * it is for the API server. `kind` is the object's kind, or `CalicoNode` for the Node of group projectcalico.org; a kind that has no
 * schema has no faults.
 */
export function validate(kind: string, value: unknown): Fault | null {
  const check = validator(kind);
  if (check === null || check(value)) return null;
  const [error] = check.errors ?? [];
  if (!error) return null;
  const path = pathOf(value, error.instancePath);
  if (error.keyword === 'required') {
    const { missingProperty } = error.params as { missingProperty: string };
    return { path: [...path, missingProperty], why: 'must be set, is absent' };
  }
  const { type } = error.params as { type: string | readonly string[] };
  return { path, why: `must be ${expected(type)}, is ${found(valueAt(value, path))}` };
}

const words: Readonly<Record<string, string>> = {
  array: 'a list',
  boolean: 'a boolean',
  integer: 'an integer',
  null: 'null',
  number: 'a number',
  object: 'an object',
  string: 'a string',
};

function expected(type: string | readonly string[]): string {
  const types = (typeof type === 'string' ? type.split(',') : type).filter((t) => t !== 'null');
  return types.map((t) => words[t] ?? t).join(' or ');
}

function found(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return words[typeof value] ?? typeof value;
}

/** A JSON pointer as a path: steps into lists are numbers. */
export function pathOf(root: unknown, pointer: string): Path {
  const path: (string | number)[] = [];
  let value = root;
  for (const part of pointer.split('/').slice(1)) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
    const step = Array.isArray(value) ? Number(key) : key;
    path.push(step);
    value = valueAt(value, [step]);
  }
  return path;
}

export function valueAt(root: unknown, path: Path): unknown {
  let value = root;
  for (const step of path) value = (value as Readonly<Record<string | number, unknown>>)[step];
  return value;
}

// One entry of a kubeconfig, and how its fields are read: with the entry and its file named where one of them is wrong.

import fs from 'node:fs';
import path from 'node:path';
import { UsageError } from '../source.ts';

/** A context, cluster or user of a kubeconfig. */
export interface Entry {
  /** As messages name it: `cluster a`. */
  readonly label: string;
  readonly file: string;
  /** Against which relative paths resolve. */
  readonly folder: string;
  /** A function, so that nothing that prints or copies an entry shows credentials. */
  fields(): Fields;
}

export type Fields = Readonly<Record<string, unknown>>;

/** A field's text; null where it is absent or empty, which is the same to kubectl. */
export function text(entry: Entry, key: string): string | null {
  const value = entry.fields()[key] ?? '';
  if (typeof value !== 'string') throw fault(entry, `has a ${key} that is no text; quote it`);
  return value === '' ? null : value;
}

export function flag(entry: Entry, key: string): boolean {
  const value = entry.fields()[key] ?? false;
  if (typeof value !== 'boolean') throw fault(entry, `has a ${key} that is neither true nor false`);
  return value;
}

/** A field's path, absolute. */
export function file(entry: Entry, key: string): string | null {
  const given = text(entry, key);
  return given === null ? null : path.resolve(entry.folder, given);
}

/** `KEY-data`, or what the file of KEY holds; the former outranks the latter. */
export function pem(entry: Entry, key: string): string | null {
  const data = text(entry, `${key}-data`);
  if (data !== null) return Buffer.from(data, 'base64').toString('utf8');
  const full = file(entry, key);
  if (full === null) return null;
  try {
    return fs.readFileSync(full, 'utf8');
  } catch {
    throw fault(entry, `has a ${key} that cannot be read: ${full}`);
  }
}

export function isMap(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isTextList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

export function fault(entry: Entry, what: string): UsageError {
  return new UsageError(`${entry.file}: ${entry.label} ${what}`);
}

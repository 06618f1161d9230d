// A finding's patch → the text that replaces one value in a file, where that is certain to be the same. Pure.

import { pathText } from '../rule.ts';
import type { Shown } from './anchor.ts';
import type { Excerpt } from './report.ts';

/**
 * What to write in place of the region of the evidence, or null unless all of this holds: the patch sets one scalar, that of the
 * evidence's path; the region is the plain or quoted scalar after its key (and not the parent of a field that is absent), on one line,
 * and shown as it is.
 */
export function edit(
  patch: Readonly<Record<string, unknown>>,
  { path, location }: Shown,
  excerpt: Excerpt | null,
): string | null {
  const change = leaf(patch);
  const line = excerpt?.lines.find((one) => one.line === location.line);
  if (!change || !line || location.endLine !== location.line || pathText(change.path) !== path) return null;

  const before = line.text.slice(0, location.column - line.column);
  const old = line.text.slice(location.column - line.column, location.endColumn - line.column);
  const key = /(?:^|[\s,{])("?)([\w.-]+)\1\s*:\s*$/.exec(before);
  if (!key || key[2] !== change.path.at(-1) || old.length !== location.endColumn - location.column) return null;
  // Anchors, tags, aliases, flow and block texts are no plain scalars; an asterisk may be a masked secret.
  if (!/^(?:"[^"\\*]*"|'[^'*]*'|[\w./:-][\w./: -]*)$/.test(old)) return null;

  const { value } = change;
  if (typeof value !== 'string') return String(value);
  const json = key[1] === '"' || old.startsWith('"');
  if (!json && old.startsWith("'")) return `'${value.replaceAll("'", "''")}'`;
  return !json && isPlain(value) ? value : JSON.stringify(value);
}

type Scalar = string | number | boolean;

/** The only value that a patch sets. */
function leaf(patch: unknown): { readonly path: readonly string[]; readonly value: Scalar } | null {
  const path: string[] = [];
  let value: unknown = patch;
  while (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    const [entry, ...more] = Object.entries(value);
    if (!entry || more.length > 0) return null;
    path.push(entry[0]);
    value = entry[1];
  }
  return path.length > 0 && isScalar(value) ? { path, value } : null;
}

function isScalar(value: unknown): value is Scalar {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

/** Does YAML, 1.1 or 1.2, read this text as a string without quotes? Only what is certain: words and addresses. */
function isPlain(text: string): boolean {
  if (/^(?:true|false|yes|no|on|off|null|y|n)$/i.test(text)) return false;
  return /^[A-Za-z][A-Za-z0-9-]*$/.test(text) || /^\d+\.\d+\.\d+\.\d+(?:\/\d+)?$/.test(text);
}

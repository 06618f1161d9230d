// A baseline: the findings that were there on a day, so that only what comes after counts. Pure.

import { evidencePrint } from './report/fingerprint.ts';
import type { Report } from './report/report.ts';
import type { Severity } from './rule.ts';
import { UsageError } from './source/source.ts';

const KIND = 'mesh-preflight baseline';

/** What is kept of a finding: its identity, what was found, and for people what it was. */
interface Entry {
  readonly fingerprint: string;
  readonly evidence: string;
  readonly severity: Severity;
  readonly rule: string;
  readonly clusters: readonly string[];
  readonly text: string;
}

/** A baseline of all findings that count, as JSON: sorted, one line per finding, without a time, so that it can be committed and compared. */
export function baselineOf({ findings, tool }: Report): string {
  const entries = findings
    .filter(({ suppressed }) => suppressed === null || suppressed.by === 'baseline')
    .map((finding): Entry => {
      const { fingerprint, severity, rule, clusters, message } = finding;
      return { fingerprint, evidence: evidencePrint(finding), severity, rule, clusters, text: message.text };
    })
    .sort((a, b) => (key(a) < key(b) ? -1 : 1));
  const lines = entries.map((entry) => `    ${JSON.stringify(entry)}`).join(',\n');
  const head = `  "schemaVersion": 1,\n  "kind": "${KIND}",\n  "tool": ${JSON.stringify(tool)}`;
  return `{\n${head},\n  "findings": [${lines === '' ? '' : `\n${lines}\n  `}]\n}\n`;
}

const key = ({ rule, clusters, fingerprint }: Entry) => `${rule} ${clusters.join(',')} ${fingerprint}`;

/** What was found, by fingerprint, in a baseline. Throws UsageError for a text that is none; `uri` is what the message calls it. */
export function readBaseline(text: string, uri: string): ReadonlyMap<string, Pick<Entry, 'evidence' | 'severity'>> {
  let value: { readonly kind?: unknown; readonly schemaVersion?: unknown; readonly findings?: unknown } | null = null;
  try {
    value = JSON.parse(text);
  } catch {
    // Said below.
  }
  const refuse = (why: string): never => {
    throw new UsageError(`${uri}: ${why}`);
  };
  const again = 'make one with mesh-preflight baseline create';
  if (value?.kind !== KIND || !Array.isArray(value.findings)) return refuse(`is no baseline; ${again}`);
  const { schemaVersion, findings } = value;
  if (typeof schemaVersion === 'number' && schemaVersion > 1)
    refuse(`is a baseline of a later mesh-preflight (schemaVersion ${schemaVersion})`);
  if (schemaVersion !== 1) refuse(`is no baseline, its schemaVersion is not 1; ${again}`);
  const wrong = findings.findIndex((entry) => !isEntry(entry));
  if (wrong >= 0) refuse(`findings[${wrong}] is no entry of a baseline; ${again}`);
  return new Map((findings as readonly Entry[]).map((entry) => [entry.fingerprint, entry]));
}

/** What is not as it was written would keep nothing from counting, or what it should not, and nobody would know. */
function isEntry(value: unknown): value is Entry {
  if (typeof value !== 'object' || value === null) return false;
  const { fingerprint, evidence, severity, rule, clusters, text } = value as Partial<Record<keyof Entry, unknown>>;
  const isText = (each: unknown) => typeof each === 'string';
  return (
    isText(fingerprint) &&
    /^[0-9a-f]{32}(#\d+)?$/.test(String(fingerprint)) &&
    isText(evidence) &&
    /^[0-9a-f]{32}$/.test(String(evidence)) &&
    ['error', 'warning', 'note'].includes(String(severity)) &&
    isText(rule) &&
    isText(text) &&
    Array.isArray(clusters) &&
    clusters.every(isText)
  );
}

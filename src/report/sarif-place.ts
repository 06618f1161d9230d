// Evidence → where SARIF shows it: address, region, snippet, context, logical locations. Pure.

import type { LogicalLocation, Region } from 'sarif';
import type { Shown } from './anchor.ts';
import { lineHashes } from './line-hash.ts';
import type { Excerpt, Location, ReportEvidence } from './report.ts';

/** A region of a file, or of a text that stands for an object which is in no file. */
export interface Place {
  /** Relative to the root of the repository, percent-encoded. */
  readonly uri: string;
  readonly region: Region & { readonly startLine: number; readonly startColumn: number };
  readonly contextRegion: Region | null;
  /** GitHub's hash of the first line; null when the file could not be shown. */
  readonly lineHash: string | null;
  /** The text itself where there is no file. */
  readonly standIn: string | null;
}

/** The place of evidence in its file. Without an excerpt it is the bare region. */
export function placeInFile(evidence: Shown, excerpt: Excerpt | null): Place {
  const { location } = evidence;
  if (!excerpt) {
    const { line: startLine, column: startColumn, endLine, endColumn } = location;
    const region = { startLine, startColumn, endLine, endColumn };
    return { uri: encodePath(location.uri), region, contextRegion: null, lineHash: null, standIn: null };
  }
  return {
    uri: encodePath(excerpt.repositoryUri),
    ...regions(location, excerpt.lines),
    lineHash: excerpt.lineHash,
    standIn: excerpt.whole ?? null,
  };
}

/**
 * The place of an object that is in no file, such as one of a live cluster: its name in a text that holds its identity and nothing else.
 * Code scanning refuses a file of which one result has no address.
 */
export function placeOfObject(evidence: ReportEvidence): Place {
  const { cluster, apiVersion, kind, namespace, name } = evidence;
  const lines = [
    `apiVersion: ${scalar(apiVersion)}`,
    `kind: ${scalar(kind)}`,
    'metadata:',
    `  name: ${scalar(name)}`,
    ...(namespace === null ? [] : [`  namespace: ${scalar(namespace)}`]),
  ];
  const text = `${lines.join('\n')}\n`;
  const path = ['live', cluster, ...groupAndVersion(apiVersion), kind, ...(namespace === null ? [] : [namespace])];
  const column = '  name: '.length + 1;
  const location = { line: 4, column, endLine: 4, endColumn: column + scalar(name).length };
  return {
    uri: `${path.map(encodeSegment).join('/')}/${encodeSegment(`${name}.yaml`)}`,
    ...regions(
      location,
      lines.map((line, i) => ({ line: i + 1, column: 1, text: line, cut: false })),
    ),
    lineHash: lineHashes(text, new Set([4])).get(4) ?? null,
    standIn: text,
  };
}

function scalar(text: string): string {
  return /^[A-Za-z][A-Za-z0-9./-]+$/.test(text) ? text : JSON.stringify(text);
}

/**
 * Encodes every segment, so that no name can leave its place: `#`, `%`, `?`, blanks, a colon (which would make a scheme of the first
 * segment). GitHub's upload action decodes it again.
 */
export function encodePath(path: string): string {
  return path.split('/').map(encodeSegment).join('/');
}

function encodeSegment(segment: string): string {
  if (/^\.{0,2}$/.test(segment)) return '_'.repeat(Math.max(1, segment.length));
  // Half a surrogate pair cannot be encoded.
  return encodeURIComponent(segment.replace(/\p{Surrogate}/gu, '\ufffd'));
}

type Line = Excerpt['lines'][number];
const endOf = (line: Line): number => line.column + line.text.length;

/**
 * The region, cut to the text that is shown, and a context that is larger: the lines around it, or, if its own line is cut to a window,
 * that window.
 */
function regions(location: Omit<Location, 'uri'>, lines: readonly Line[]): Pick<Place, 'region' | 'contextRegion'> {
  const at = lines.findIndex((line) => line.line === location.line);
  const first = lines[at];
  const bare = {
    startLine: location.line,
    startColumn: location.column,
    endLine: location.endLine,
    endColumn: location.endColumn,
  };
  if (!first || location.column < first.column || location.column >= endOf(first)) {
    return { region: bare, contextRegion: null };
  }

  let last = at;
  while (lines[last]?.cut === false && lines[last + 1]?.cut === false && (lines[last]?.line ?? 0) < location.endLine)
    last++;
  const end = lines[last] ?? first;
  const full = end.line === location.endLine ? Math.min(location.endColumn, endOf(end)) : endOf(end);
  // One character of the window stays outside, because a context has to be larger than its region.
  const endColumn = first.cut && location.column === first.column && full === endOf(first) ? full - 1 : full;
  const text = lines.slice(at, last + 1).map((line) => {
    const from = line === first ? location.column - line.column : 0;
    return line.text.slice(from, line === end ? endColumn - line.column : undefined);
  });
  const region = { ...bare, endLine: end.line, endColumn, snippet: { text: text.join('\n') } };

  if (first.cut) {
    const window = { startLine: first.line, startColumn: first.column, endLine: first.line, endColumn: endOf(first) };
    return { region, contextRegion: { ...window, snippet: { text: first.text } } };
  }
  let from = at;
  let to = last;
  while (lines[from - 1]?.cut === false) from--;
  while (lines[to + 1]?.cut === false) to++;
  const around = lines.slice(from, to + 1);
  const startLine = around[0]?.line ?? first.line;
  const endLine = around.at(-1)?.line ?? end.line;
  return {
    region,
    contextRegion: { startLine, endLine, snippet: { text: around.map((line) => line.text).join('\n') } },
  };
}

/** The object, and the field in it, by the names that the cluster knows. */
export function logicalLocations(evidence: ReportEvidence): LogicalLocation[] {
  const { cluster, apiVersion, kind, namespace, name, path } = evidence;
  const object = [cluster, apiVersion, kind, ...(namespace === null ? [] : [namespace]), name].join('/');
  const resource: LogicalLocation = { name, kind: 'resource', fullyQualifiedName: object };
  const steps = path.match(/\["(?:[^"\\]|\\.)*"\]|\[\d+\]|[^.[\]]+/g);
  const last = steps?.at(-1);
  if (!steps || last === undefined) return [resource];
  return [resource, { name: last, kind: 'property', fullyQualifiedName: [object, ...steps].join('/') }];
}

function groupAndVersion(apiVersion: string): string[] {
  return apiVersion.includes('/') ? apiVersion.split('/') : ['core', apiVersion];
}

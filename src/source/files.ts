// Exported state on disk or on standard input: finds the files of every cluster, reads them one after the other, prunes as it goes.

import { isUtf8 } from 'node:buffer';
import fs from 'node:fs';
import path from 'node:path';
import { type Intake, kindOfBroken, kindOfPath, markPartial, newIntake, take } from '../model/objects/intake.ts';
import { groupOf, isGroup, type KindId, kindNamed } from '../model/objects/kinds.ts';
import { newReading, type Reading } from '../model/objects/reading.ts';
import type { ObjectRef } from '../model/resource.ts';
import type { Problem } from '../report/report.ts';
import { type IgnoreComment, ignoresIn } from './ignores.ts';
import { lineStarts, locateIn, positionOf } from './locate.ts';
import { excerptAt, locateEvidence, locateStart, type SourceFile } from './positions.ts';
import { type Input, UsageError } from './source.ts';
import { parseSingle, readText } from './yaml.ts';

export interface FileOptions {
  /** Mesh folders, cluster folders or files; each is looked at for what it is. */
  readonly paths: readonly string[];
  /** Clusters with their names; the path `-` is standard input. */
  readonly clusters: readonly { readonly name: string; readonly path: string }[];
  /** Absolute. */
  readonly cwd: string;
  /** The root of the repository that holds the files, for SARIF; null when there is none. */
  readonly repository: string | null;
  /** Clusters whose files are held in memory: snapshots of what was just read. */
  readonly held?: readonly HeldCluster[];
  /** Is shown every object that is kept, as it was read. */
  readonly see?: Reading['see'];
  /** Snapshots taken before this time, in milliseconds, prove nothing any more. */
  readonly notBefore?: number;
}

/** The files of a cluster that are not on disk, by their paths in its folder. */
export interface HeldCluster {
  readonly cluster: string;
  readonly files: readonly { readonly path: string; readonly text: string }[];
}

/** V8 holds at most 2^29 - 24 characters in a string. */
const MAX_FILE_SIZE = 2 ** 29 - 24;
/** Folders nested deeper are not looked into. */
const MAX_FOLDER_DEPTH = 32;
/** Further faults of one file are counted, not listed. */
const MAX_FAULTS_PER_FILE = 20;

const READABLE = /\.(?:ya?ml|json)$/i;
const ARCHIVE = /\.(?:tar|tgz|tar\.gz|zip)$/i;

/** Reads all clusters. Throws UsageError where a path does not exist or a cluster's name is given twice. */
export function readFiles(options: FileOptions): Input {
  const reading = newReading(parseSingle, options.see);
  const progress: Progress = { options, reading, files: [], problems: [], ignores: [] };
  const clusters: Intake[] = [];
  for (const held of options.held ?? []) clusters.push(readHeld(progress, held));
  for (const { name, path: given } of options.clusters) clusters.push(readCluster(progress, name, given));
  for (const given of options.paths) clusters.push(...readPath(progress, given));
  const byName = new Map<string, Intake>();
  for (const cluster of clusters) {
    if (byName.has(cluster.cluster)) {
      throw new UsageError(`cluster ${cluster.cluster} is given twice; name one of them with --cluster NAME=PATH`);
    }
    byName.set(cluster.cluster, cluster);
  }
  for (const cluster of byName.values()) {
    const { taken } = cluster;
    if (taken === null || options.notBefore === undefined || taken >= options.notBefore) continue;
    markPartial(cluster, null, `the snapshot of ${new Date(taken).toISOString()} is older than asked for`);
  }
  const key = (p: Problem) =>
    [p.cluster, p.uri, String(p.line ?? 0).padStart(9, '0'), String(p.column ?? 0), p.why].join('\0');
  return {
    clusters: [...byName.values()].sort((a, b) => compare(a.cluster, b.cluster)),
    problems: progress.problems.sort((a, b) => compare(key(a), key(b))),
    files: progress.files.length,
    ignores: progress.ignores,
    taken: latest(byName.values()),
    locate: (evidence) => locateEvidence(evidence, progress.files),
    firstFile: (cluster) => locateStart(progress.files.find((f) => f.cluster === cluster)),
    excerptAt: (location) =>
      excerptAt(
        progress.files.find((f) => f.uri === location.uri),
        location,
      ),
  };
}

/** When the last snapshot was taken, in milliseconds; null where no cluster is one. */
function latest(clusters: Iterable<Intake>): number | null {
  const times = [...clusters].flatMap(({ taken }) => taken ?? []);
  return times.length > 0 ? Math.max(...times) : null;
}

function readHeld(progress: Progress, { cluster, files }: HeldCluster): Intake {
  const intake = newIntake(cluster);
  for (const { path: inside, text } of files) {
    const uri = `live/${cluster}/${inside}`;
    const byItems = takeText(progress, intake, text, uri, inside);
    progress.files.push({ cluster, uri, repositoryUri: uri, hasMark: false, held: true, byItems, read: () => text });
  }
  return intake;
}

interface Progress {
  readonly ignores: IgnoreComment[];
  readonly reading: Reading;
  readonly options: FileOptions;
  readonly files: SourceFile[];
  readonly problems: Problem[];
}

function readPath(progress: Progress, given: string): Intake[] {
  const root = path.resolve(progress.options.cwd, given);
  const stat = existing(root, given);
  if (!stat.isDirectory()) return [readCluster(progress, path.basename(root).replace(READABLE, ''), given)];
  const entries = list(root, progress.options.cwd);
  const own = entries.filter((e) => !e.directory && READABLE.test(e.name));
  const folders = entries.filter((e) => e.directory && holdsFiles(e.path));
  const mark = {
    files: progress.files.length,
    problems: progress.problems.length,
    ignores: progress.ignores.length,
  };
  const alone = (): Intake[] => {
    progress.files.length = mark.files;
    progress.ignores.length = mark.ignores;
    progress.problems.length = mark.problems;
    return [readCluster(progress, path.basename(root), given)];
  };
  const loose = newIntake(path.basename(root));
  for (const file of own) readFile(progress, loose, file.path, file.name);
  if (folders.length === 0 || holdsObjects(loose)) return alone();
  progress.files.length = mark.files;
  progress.ignores.length = mark.ignores;
  progress.problems.length = mark.problems;
  const clusters = folders.map((folder) => readCluster(progress, folder.name, folder.path));
  // A folder that holds nothing of interest (Deployments, say) may be called after it, and tells nothing.
  const telling = clusters.filter((c) => holdsObjects(c));
  return telling.length > 0 && telling.every((c) => isNamedAfterContents(c)) ? alone() : clusters;
}

/** Sub-folders that are called after kinds, groups or the namespaces of what they hold belong to one cluster. */
function isNamedAfterContents(cluster: Intake): boolean {
  const name = cluster.cluster;
  if (kindNamed(name) || isGroup(name)) return true;
  const refs = Object.values(cluster.kinds).flatMap((k) =>
    (k.items as readonly { readonly ref: ObjectRef }[]).map((item) => item.ref),
  );
  if (refs.length === 0) return false;
  // The core group has no name of its own; `core` is what everybody calls it.
  return name === 'core'
    ? refs.every((ref) => groupOf(ref.apiVersion) === '')
    : refs.every((ref) => ref.namespace === name);
}

function holdsObjects(cluster: Intake): boolean {
  return Object.values(cluster.kinds).some((k) => k.items.length > 0 || k.listed);
}

function readCluster(progress: Progress, name: string, given: string): Intake {
  const intake = newIntake(name);
  const root = path.resolve(progress.options.cwd, given);
  const stat = given === '-' ? null : existing(root, given);
  // A pipe is read where it is named, never where it lies in a folder: nobody may be writing to it.
  if (stat === null || stat.isFIFO()) readStream(progress, intake, stat === null ? 0 : root);
  else if (!stat.isDirectory()) readFile(progress, intake, root, path.basename(root));
  else for (const file of filesBelow(root, progress.options.cwd)) readFile(progress, intake, file.path, file.inside);
  return intake;
}

function existing(root: string, given: string): fs.Stats {
  try {
    return fs.statSync(root);
  } catch (error) {
    const denied = (error as NodeJS.ErrnoException).code === 'EACCES';
    throw new UsageError(`${given}: ${denied ? 'permission denied' : 'no such file or folder'}`);
  }
}

interface Entry {
  readonly name: string;
  readonly path: string;
  readonly directory: boolean;
}

/** Entries of a folder, links followed, hidden ones left out, sorted by name. */
function list(folder: string, cwd: string): Entry[] {
  let entries: fs.Dirent[];
  try {
    entries = fs.readdirSync(folder, { withFileTypes: true });
  } catch {
    throw new UsageError(`${path.relative(cwd, folder) || folder}: the folder cannot be read`);
  }
  return entries
    .filter((e) => !e.name.startsWith('.') && e.name !== 'node_modules')
    .flatMap((e) => {
      const full = path.join(folder, e.name);
      if (!e.isSymbolicLink()) return [{ name: e.name, path: full, directory: e.isDirectory() }];
      try {
        return [{ name: e.name, path: full, directory: fs.statSync(full).isDirectory() }];
      } catch {
        return [];
      }
    })
    .sort((a, b) => compare(a.name, b.name));
}

/** Readable files below a folder, in the order of their paths; a folder that links lead to twice is read once. */
function filesBelow(root: string, cwd: string): { readonly path: string; readonly inside: string }[] {
  const found: { path: string; inside: string }[] = [];
  const seen = new Set<string>();
  const walk = (folder: string, inside: string, depth: number): void => {
    const real = fs.realpathSync(folder);
    if (seen.has(real) || depth > MAX_FOLDER_DEPTH) return;
    seen.add(real);
    for (const entry of list(folder, cwd)) {
      const name = inside === '' ? entry.name : `${inside}/${entry.name}`;
      if (entry.directory) walk(entry.path, name, depth + 1);
      else if (READABLE.test(entry.name)) found.push({ path: entry.path, inside: name });
    }
  };
  walk(root, '', 0);
  return found;
}

/** A folder with files, none of which is readable, is documentation and the like; an empty one is an export that failed. */
function holdsFiles(folder: string): boolean {
  const entries = list(folder, folder);
  return entries.length === 0 || entries.some((e) => (e.directory ? holdsFiles(e.path) : READABLE.test(e.name)));
}

function readFile(progress: Progress, intake: Intake, full: string, inside: string): void {
  const { cwd, repository } = progress.options;
  const relative = path.relative(cwd, full).split(path.sep).join('/');
  const virtual = `${intake.cluster}/${inside.split(path.sep).join('/')}`;
  const uri = isInside(relative) ? relative : virtual;
  const loaded = load(full);
  if (typeof loaded === 'string') {
    progress.problems.push({ cluster: intake.cluster, uri, line: null, column: null, why: loaded });
    markPartial(intake, kindOfPath(inside), `${uri} cannot be read`);
    return;
  }
  const { text, hasMark, state } = loaded;
  const inRepository = repository === null ? '' : path.relative(repository, full).split(path.sep).join('/');
  const repositoryUri = isInside(inRepository) ? inRepository : `external/${virtual}`;
  const read = () => rereadUnchanged(full, state);
  const byItems = takeText(progress, intake, text, uri, inside);
  progress.files.push({ cluster: intake.cluster, uri, repositoryUri, hasMark, byItems, read });
}

/** By which a file is told from what it was. */
type FileState = Pick<fs.Stats, 'size' | 'mtimeMs'>;

/** The text of a file; or why it cannot be read. */
function load(full: string): { readonly text: string; readonly hasMark: boolean; readonly state: FileState } | string {
  if (ARCHIVE.test(full)) return 'archives are not read; unpack it and give its folder';
  try {
    const stat = fs.statSync(full);
    if (!stat.isFile()) return 'it is not a regular file';
    if (stat.size > MAX_FILE_SIZE) return 'it is larger than 512 MB; export one file per kind';
    const bytes = fs.readFileSync(full);
    const text = decode(bytes);
    if (text === null) return 'it is neither UTF-8 nor UTF-16 text';
    return { text, hasMark: bytes[0] === 0xef && bytes[1] === 0xbb, state: { size: stat.size, mtimeMs: stat.mtimeMs } };
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EACCES' ? 'permission denied' : 'it cannot be read';
  }
}

/** Standard input or a pipe. It can be read only once, so its text is kept for positions. */
function readStream(progress: Progress, intake: Intake, source: number | string): void {
  const uri = `${intake.cluster}/-`;
  const text = decode(fs.readFileSync(source));
  if (text === null) {
    const why = 'it is neither UTF-8 nor UTF-16 text';
    progress.problems.push({ cluster: intake.cluster, uri, line: null, column: null, why });
    markPartial(intake, null, `${uri} cannot be read`);
    return;
  }
  const repositoryUri = `external/${uri}`;
  const byItems = takeText(progress, intake, text, uri, '-');
  progress.files.push({ cluster: intake.cluster, uri, repositoryUri, hasMark: false, byItems, read: () => text });
}

function takeText(progress: Progress, intake: Intake, text: string, uri: string, inside: string): ReadonlySet<number> {
  const file = progress.files.length;
  for (const ignore of ignoresIn(text, { cluster: intake.cluster, uri })) progress.ignores.push(ignore);
  const byItems = new Set<number>();
  const named = kindOfPath(inside);
  let starts: readonly number[] | null = null;
  let faults = 0;
  const problem = (offset: number, why: string) => {
    if (++faults > MAX_FAULTS_PER_FILE) return;
    starts ??= lineStarts(text);
    progress.problems.push({ cluster: intake.cluster, uri, ...positionOf(starts, offset), why });
  };
  const broken = (kind: KindId | 'all' | 'none', why: string) => {
    if (kind !== 'none') markPartial(intake, kind === 'all' ? null : kind, why);
  };
  for (const document of readText(text)) {
    if (document.byItems) byItems.add(document.index);
    const part = () => text.slice(document.start, document.end);
    if (document.fault) problem(document.fault.offset, document.fault.why);
    if (document.value === undefined) {
      if (document.fault) broken(kindOfBroken(part(), named), `a document of ${uri} cannot be read`);
      continue;
    }
    const taken = take(intake, { value: document.value, file, document: document.index, named, uri }, progress.reading);
    if (document.fault) {
      const why = `a key occurs twice in ${uri}`;
      for (const kind of taken.held) broken(kind, why);
      // Had it been `items` of the document itself, a whole list would be lost.
      if (repeatsOutermostKey(part())) broken(kindOfBroken(part(), named), why);
    }
    if (taken.faults.length === 0) continue;
    const located = locateIn(part());
    for (const fault of taken.faults.slice(0, MAX_FAULTS_PER_FILE)) {
      problem(document.start + located.find(fault.item, fault.path).start, fault.why);
    }
    faults += Math.max(0, taken.faults.length - MAX_FAULTS_PER_FILE);
  }
  if (faults > MAX_FAULTS_PER_FILE) {
    const more = faults - MAX_FAULTS_PER_FILE;
    progress.problems.push({
      cluster: intake.cluster,
      uri,
      line: null,
      column: null,
      why: `${more} more faults like these`,
    });
  }
  return byItems;
}

/** Does a key stand twice at the start of a line? */
function repeatsOutermostKey(part: string): boolean {
  const keys = [...part.matchAll(/^["']?(\w+)["']?:(?=\s)/gm)].map(([, key]) => key);
  return new Set(keys).size < keys.length;
}

/** UTF-8, or UTF-16 with its mark (as PowerShell's `>` writes it); the mark itself is dropped. Null for anything else. */
function decode(bytes: Buffer): string | null {
  if (isUtf8(bytes)) return bytes.toString('utf8').replace(/^\uFEFF/, '');
  const marked = bytes[0] === 0xff && bytes[1] === 0xfe;
  return marked ? bytes.toString('utf16le', 2) : null;
}

/** The text of a file as it was when it was read; null when it has changed since: no position rather than a wrong one. */
function rereadUnchanged(full: string, before: FileState): string | null {
  try {
    const now = fs.statSync(full);
    if (now.size !== before.size || now.mtimeMs !== before.mtimeMs) return null;
    return decode(fs.readFileSync(full));
  } catch {
    return null;
  }
}

function isInside(relative: string): boolean {
  return relative !== '' && relative !== '..' && !relative.startsWith('../') && !path.isAbsolute(relative);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

// `baseline create` and `diff`: what was found before, and what has changed since.

import fs from 'node:fs';
import path from 'node:path';
import { pathOf } from '../model/objects/validate.ts';
import { pathText } from '../model/resource.ts';
import type { Report } from '../report/report.ts';
import { type ColorChoice, uncommanded } from '../report/terminal.ts';
import type { reportError } from '../report-schema.ts';
import { UsageError } from '../source/source.ts';
import { type InputFlags, judgeInput } from './check.ts';
import { DEFAULT_MAX_FINDINGS } from './config.ts';
import { INTERRUPTED } from './live.ts';
import { type Program, print, readWhole, textOptions, writeWhole } from './program.ts';

export interface BaselineFlags extends InputFlags {
  readonly file: string;
}

/** Writes the findings of a run as a baseline. */
export async function runBaselineCreate(
  program: Program,
  paths: readonly string[],
  flags: BaselineFlags,
): Promise<number> {
  const judged = await judgeInput(program, paths, flags);
  if (judged === null) return INTERRUPTED;
  const { baselineOf } = await import('../baseline.ts');
  const { findings } = judged.checked.report;
  writeWhole(path.resolve(process.cwd(), flags.file), baselineOf(judged.checked.report), flags.file);
  const known = findings.filter(({ suppressed }) => suppressed === null).length;
  process.stderr.write(`wrote ${flags.file}: ${known} ${known === 1 ? 'finding' : 'findings'}\n`);
  return 0;
}

export interface DiffFlags extends InputFlags {
  readonly output: 'table' | 'json';
  readonly color: ColorChoice;
}

/** Compares two reports in JSON, or two meshes on disk. 1 where something is new or has changed, 3 where something is lost from sight. */
export async function runDiff(program: Program, from: string, to: string, flags: DiffFlags): Promise<number> {
  const [before, after] = await reportsAt(program, from, to, flags);
  const { diffOf, diffText, isCounted } = await import('../report/diff.ts');
  const diff = diffOf(before, after);
  if (flags.output === 'json') await print(`${JSON.stringify({ schemaVersion: 1, ...diff }, null, 2)}\n`);
  else {
    const text = diffText(diff, textOptions(flags.color, process.stdout, DEFAULT_MAX_FINDINGS));
    await print(uncommanded(text));
  }
  const changed = diff.still.filter(({ fingerprint }) => diff.changed.includes(fingerprint));
  const isNew = diff.risen.length > 0 || [...diff.new, ...changed].some(isCounted);
  const code = isNew ? 1 : diff.lost.length > 0 ? 3 : 0;
  const reason = { 0: 'nothing new', 1: 'new or changed findings', 3: 'lost visibility' }[code];
  process.stderr.write(`exit ${code}: ${reason}\n`);
  return code;
}

/**
 * Both reports. One configuration is that of both: what it says may be about what is there only now, and about clusters that are there no
 * more. It is held against the later folder.
 */
async function reportsAt(program: Program, from: string, to: string, flags: DiffFlags): Promise<[Report, Report]> {
  const names = (report: Report) => report.clusters.map(({ name }) => name);
  if (isFolder(to)) {
    const before = await reportAt(program, from, flags, null);
    return [before, await reportAt(program, to, flags, names(before))];
  }
  const after = await reportAt(program, to, flags, []);
  return [await reportAt(program, from, flags, names(after)), after];
}

function isFolder(place: string): boolean {
  return fs.statSync(path.resolve(process.cwd(), place), { throwIfNoEntry: false })?.isDirectory() === true;
}

/** A report, read from a file or made of the mesh in a folder. */
async function reportAt(
  program: Program,
  place: string,
  flags: DiffFlags,
  beside: readonly string[] | null,
): Promise<Report> {
  const full = path.resolve(process.cwd(), place);
  if (isFolder(place)) {
    const judged = await judgeInput(program, [place], flags, beside);
    if (judged === null) throw new UsageError('interrupted');
    return judged.checked.report;
  }
  const text = readWhole(full, place);
  let value: Partial<Record<keyof Report, unknown>> | null = null;
  try {
    value = JSON.parse(text);
  } catch {
    // Said below.
  }
  if (!Array.isArray(value?.findings) || !Array.isArray(value.requirements))
    throw new UsageError(`${place}: is neither a report (check -o json) nor a folder with clusters`);
  const { schemaVersion } = value;
  if (typeof schemaVersion === 'number' && schemaVersion > 1)
    throw new UsageError(`${place}: is a report of a later mesh-preflight (schemaVersion ${schemaVersion})`);
  const { reportError } = await import('../report-schema.ts');
  const error = reportError(value);
  if (error) throw new UsageError(`${place}: is no report as check -o json writes it: ${told(value, error)}`);
  return value as Report;
}

/** Where a report is not what the schema says, and why. */
function told(report: unknown, { instancePath, keyword, params }: NonNullable<ReturnType<typeof reportError>>): string {
  const path = pathOf(report, instancePath);
  const place = path.length === 0 ? 'it' : pathText(path);
  if (keyword === 'required') return `${place} has no ${params.missingProperty}`;
  if (keyword === 'additionalProperties')
    return `${place} has ${params.additionalProperty}, which is not in the schema`;
  return `${place} is not what it has to be (${keyword})`;
}

// `check`: reads clusters, judges them, writes the reports, and decides how the program ends.

import fs from 'node:fs';
import path from 'node:path';
import { audits } from '../audits.ts';
import { type Checked, type CheckOptions, check } from '../check.ts';
import type { Config } from '../config.ts';
import type { Version } from '../model/platform/version.ts';
import { noSuch } from '../model/wording.ts';
import { loadRules } from '../registry.ts';
import { type Finding, openRequirements, type View } from '../report/report.ts';
import { reporters } from '../report/reporters.ts';
import type { SarifOptions } from '../report/sarif.ts';
import type { ColorChoice } from '../report/terminal.ts';
import { versionControlOf } from '../report/version-control.ts';
import { RUN } from '../report/words.ts';
import type { Routing } from '../requirements.ts';
import type { Severity } from '../rule.ts';
import { type HeldCluster, readFiles } from '../source/files.ts';
import { UsageError } from '../source/source.ts';
import { DEFAULT_MAX_FINDINGS, findConfig } from './config.ts';
import { INTERRUPTED, kindsRead, type LiveFlags, readContexts } from './live.ts';
import { complain, type Program, print, readWhole, repositoryRoot, textOptions, writeWhole } from './program.ts';

/** What is judged, and how. */
export interface InputFlags extends LiveFlags {
  readonly cluster: readonly { readonly name: string; readonly path: string }[];
  readonly snapshot?: string;
  readonly routing?: Routing;
  readonly beforePeering: boolean;
  readonly calicoVersion?: Version;
  readonly at?: number;
  readonly maxAge?: number;
  readonly only: readonly string[];
  readonly disable: readonly string[];
  readonly strict: boolean;
  readonly ignores: boolean;
  readonly baseline?: string;
  readonly config?: string | boolean;
}

export interface CheckFlags extends InputFlags {
  readonly output: readonly Output[];
  readonly failOn: FailOn;
  readonly failOnNew: boolean;
  readonly onUnknown: 'fail' | 'warn';
  readonly exitZero: boolean;
  readonly color: ColorChoice;
  readonly maxFindings?: number;
  readonly policyreport: boolean;
  readonly sarifCategory?: string;
  readonly sarifMaxResults?: number;
  readonly sarifSuppressed: 'exclude' | 'include';
  readonly quiet: boolean;
}

type FailOn = Severity | 'never';

export interface Output {
  readonly format: string;
  /** Null: standard output. */
  readonly file: string | null;
}

export async function runCheck(program: Program, paths: readonly string[], flags: CheckFlags): Promise<number> {
  const output = flags.output.length > 0 ? flags.output : [{ format: 'table', file: null }];
  if (output.filter((o) => o.file === null).length > 1) {
    throw new UsageError('one format only can go to standard output; give the others a file: -o sarif=mesh.sarif');
  }
  for (const { format } of output) {
    if (!reporters.has(format)) throw new UsageError(noSuch('format', format, reporters.names));
  }
  if (flags.policyreport && !output.some(({ format }) => format === 'openreports')) {
    throw new UsageError('--policyreport says what openreports writes; give -o openreports');
  }
  if (flags.failOnNew && flags.baseline === undefined) {
    throw new UsageError('--fail-on-new tells from a baseline what is new; give --baseline FILE');
  }
  const judged = await judgeInput(program, paths, flags);
  if (judged === null) return INTERRUPTED;
  const { checked, config } = judged;
  const end = exitOf(checked, flags);
  const view: View = { ...checked, exitReason: `exit ${end.code}: ${end.reason}` };
  const most = flags.maxFindings ?? config.maxFindings ?? DEFAULT_MAX_FINDINGS;
  for (const { format, file } of output) {
    const text = await reporters.render(format, view, {
      ...textOptions(flags.color, file === null ? process.stdout : null, most),
      sarif: sarifOptions(flags, program),
      policyReport: flags.policyreport,
    });
    if (file !== null) {
      writeWhole(path.resolve(process.cwd(), file), text, file);
      process.stderr.write(`wrote ${file}\n`);
    } else if (!flags.quiet || checked.report.verdict !== 'ready') await print(text);
  }
  for (const { rule, why } of checked.failures) complain(`rule ${rule} broke down: ${why}`);
  process.stderr.write(`${view.exitReason}\n`);
  return end.code;
}

/**
 * Reads what the command line or the configuration names, and judges it; null where the user interrupts it. `beside`: clusters of which the
 * configuration may speak though they are not read; null: it may speak of anything.
 */
export async function judgeInput(
  program: Program,
  paths: readonly string[],
  given: InputFlags,
  beside: readonly string[] | null = [],
): Promise<{ readonly checked: Checked; readonly config: Config } | null> {
  const cwd = process.cwd();
  const rules = await loadRules();
  const { config, folder, uri } = await findConfig({ config: given.config ?? true }, cwd, rules);
  const flags = withClusters(given, paths, config, (place) => path.relative(cwd, path.resolve(folder, place)) || '.');
  if (paths.length === 0 && flags.cluster.length === 0 && flags.context.length === 0) {
    const also = uri === null ? '' : `, or clusters in ${uri}`;
    throw new UsageError(`no input: give a mesh folder, --cluster NAME=PATH, or --context NAME${also}`);
  }
  if (flags.snapshot !== undefined && flags.context.length === 0) {
    throw new UsageError('--snapshot keeps what is read live; give --context NAME');
  }
  if (paths.includes('-')) throw new UsageError('standard input needs a cluster name: --cluster NAME=-');
  if (flags.cluster.filter((c) => c.path === '-').length > 1) {
    throw new UsageError('standard input can be one cluster only');
  }
  const ids = rules.map((r) => r.id);
  const audited = audits.map(({ id }) => id);
  for (const id of flags.only) if (!ids.includes(id)) throw new UsageError(noSuch('rule', id, ids));
  for (const id of flags.disable) {
    const known = [...ids, ...audited];
    if (!known.includes(id)) throw new UsageError(noSuch('rule', id, known));
  }
  const baseline =
    flags.baseline === undefined ? undefined : await known(path.resolve(cwd, flags.baseline), flags.baseline);
  const isOff = (id: string) => flags.disable.includes(id) || config.rules.get(id)?.severity === 'off';
  const isLeftOut = (id: string) => !flags.only.includes(id) || flags.disable.includes(id);
  const off = ids.filter(flags.only.length > 0 ? isLeftOut : isOff);
  const silent = audited.filter(isOff);
  const now = Date.now();
  const wanted = kindsRead(rules.filter((r) => !off.includes(r.id)));
  const live = await readContexts(program, flags, wanted, now);
  if (live === null) return null;
  const kept = flags.snapshot;
  const held: HeldCluster[] = [];
  if (live.length > 0) {
    const { filesOf, writeSnapshot } = await import('../source/snapshot.ts');
    for (const snapshot of live) {
      if (kept === undefined) held.push(filesOf(snapshot));
      else writeSnapshot(path.resolve(cwd, kept), snapshot);
    }
  }
  const input = readFiles({
    paths,
    // What was kept is read from there, so that findings point into it.
    clusters: [
      ...flags.cluster,
      ...(kept === undefined ? [] : live.map(({ cluster }) => ({ name: cluster, path: path.join(kept, cluster) }))),
    ],
    held,
    cwd,
    repository: repositoryRoot(cwd),
    ...(flags.maxAge !== undefined && { notBefore: now - flags.maxAge }),
  });
  if (live.length === 0 && input.clusters.every((c) => c.counts.objects === 0) && input.problems.length === 0) {
    const places = [...paths, ...flags.cluster.map((c) => c.path)].join(', ');
    throw new UsageError(`no Kubernetes object in ${places}; export some with kubectl get -o yaml`);
  }
  if (beside !== null) config.refuseUnknown(input.clusters, beside);
  const checked = check(input, config.weigh(rules, new Set(off)), {
    routing: flags.routing ?? config.routing,
    calicoVersion: flags.calicoVersion ?? config.calicoVersion,
    beforePeering: flags.beforePeering || config.stage === 'before-peering',
    ...(config.topology && { isMeant: config.topology.isMeant }),
    isLeftOut: (cluster, pool) => config.participatingPools.get(cluster)?.includes(pool) === false,
    at: flags.at ?? input.taken ?? now,
    disabled: new Set([...off, ...silent]),
    suppressions: flags.ignores ? config.suppressions : null,
    excerptAt: config.excerptAt,
    today: new Date(flags.at ?? now).toISOString().slice(0, 10),
    ...(baseline && { baseline }),
    strict: flags.strict,
    tool: { name: program.name, version: program.version },
  });
  return { checked, config };
}

/** What a baseline knows. */
async function known(file: string, uri: string): Promise<NonNullable<CheckOptions['baseline']>> {
  const { readBaseline } = await import('../baseline.ts');
  return readBaseline(readWhole(file, uri), uri);
}

/** The clusters of the configuration, where the command line names none. Its paths are relative to its own folder. */
function withClusters(
  flags: InputFlags,
  paths: readonly string[],
  { clusters, refuse }: Config,
  fromHere: (place: string) => string,
): InputFlags {
  if (paths.length + flags.cluster.length + flags.context.length > 0) return flags;
  const onDisk = clusters.flatMap(({ name, path: given }) => {
    if (given === null) return [];
    const place = fromHere(given);
    if (!fs.existsSync(place)) refuse(['clusters', name], `${place}: no such file or folder`);
    return [{ name, path: place }];
  });
  const live = clusters.flatMap(({ name, context }) => (context === null ? [] : [{ name, context }]));
  return { ...flags, cluster: onDisk, context: live };
}

/** 2 beats 1 beats 3; the same for every format. */
function exitOf({ report, failures }: Checked, flags: CheckFlags): { readonly code: number; readonly reason: string } {
  const { requirements, findings, counts } = report;
  const { fail, warn, note } = counts.findings;
  // As for the run's word: what only a probe can tell, and what an export often lacks, counts with --strict alone.
  const asked = new Set(requirements.flatMap((r) => (flags.strict || r.class === 'core' ? [r.id] : [])));
  const isAsked = (f: Finding) =>
    f.verdict === 'unknown' && f.suppressed === null && f.baselineState !== 'unchanged' && asked.has(f.requirement);
  const unknown = flags.failOnNew ? findings.filter(isAsked).length : 0;
  const told = flags.failOnNew ? fail + warn + unknown : 0;
  const failing = { error: fail, warning: fail + warn, note: fail + warn + note, never: 0 }[flags.failOn] || told;
  const open = openRequirements(requirements, findings, flags.strict).length;
  const counted = (n: number, one: string, more = `${one}s`) => `${n} ${n === 1 ? one : more}`;
  const accepted = flags.onUnknown === 'warn' ? ' (accepted)' : '';
  const parts = [
    fail > 0 ? counted(fail, 'error') : '',
    warn > 0 ? counted(warn, 'warning') : '',
    note > 0 && flags.failOn === 'note' ? counted(note, 'note') : '',
    unknown > 0 ? counted(unknown, 'new unknown') : '',
    open > 0 ? `${counted(open, 'requirement')} not proven${accepted}` : '',
    counts.suppressed > 0 ? `${counts.suppressed} suppressed` : '',
  ].filter(Boolean);
  const reason = [RUN[report.verdict], ...parts].join(', ');
  if (failures.length > 0) return { code: 2, reason: `${counted(failures.length, 'rule')} broke down` };
  if (flags.exitZero) return { code: 0, reason: `${reason} (--exit-zero)` };
  if (failing > 0) return { code: 1, reason };
  if (open > 0 && flags.onUnknown === 'fail') return { code: 3, reason };
  return { code: 0, reason };
}

function sarifOptions(
  { sarifCategory, sarifMaxResults, sarifSuppressed }: CheckFlags,
  { homepage }: Program,
): SarifOptions {
  return {
    category: sarifCategory ?? null,
    versionControl: versionControlOf(process.env),
    homepage,
    suppressed: sarifSuppressed === 'include',
    ...(sarifMaxResults === undefined ? {} : { maxResults: sarifMaxResults }),
  };
}

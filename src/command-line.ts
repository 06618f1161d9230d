// Arguments → options → check → reports → exit code. Reads arguments, environment and terminal, and nothing else does.

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { type Checked, check } from './check.ts';
import { kindsFor } from './model/build.ts';
import type { KindId } from './model/objects/kinds.ts';
import { parseVersion, type Version } from './model/platform/version.ts';
import { nearest } from './model/wording.ts';
import { loadRules } from './registry.ts';
import { explainRequirement, explainRule, listRequirements, listRules } from './report/explain.ts';
import type { View } from './report/report.ts';
import { reporters } from './report/reporters.ts';
import type { SarifOptions } from './report/sarif.ts';
import {
  type ColorChoice,
  decideColor,
  decideUnicode,
  decideWidth,
  sanitise,
  type TextOptions,
} from './report/terminal.ts';
import { versionControlOf } from './report/version-control.ts';
import { type Routing, requirements } from './requirements.ts';
import type { Rule, Severity } from './rule.ts';
import { type HeldCluster, readFiles } from './source/files.ts';
import type { LiveCluster } from './source/live/live.ts';
import type { Snapshot } from './source/snapshot.ts';
import { UsageError } from './source/source.ts';

/** What the program is called and which version it is. */
export interface Program {
  readonly program: string;
  readonly name: string;
  readonly version: string;
  /** Null where there is none. */
  readonly homepage: string | null;
}

/** Where live clusters are found, and how they are read. */
interface LiveFlags {
  readonly context: readonly LiveCluster[];
  readonly kubeconfig: readonly string[];
  readonly timeout: number;
  readonly progress: boolean;
}

interface CheckFlags extends LiveFlags {
  readonly cluster: readonly { readonly name: string; readonly path: string }[];
  readonly snapshot?: string;
  readonly output: readonly Output[];
  readonly routing?: Routing;
  readonly beforePeering: boolean;
  readonly calicoVersion?: Version;
  readonly at?: number;
  readonly maxAge?: number;
  readonly only: readonly string[];
  readonly disable: readonly string[];
  readonly strict: boolean;
  readonly failOn: FailOn;
  readonly onUnknown: 'fail' | 'warn';
  readonly exitZero: boolean;
  readonly color: ColorChoice;
  readonly maxFindings: number;
  readonly sarifCategory?: string;
  readonly sarifMaxResults?: number;
  readonly quiet: boolean;
}

interface RightsFlags extends LiveFlags {
  readonly cluster: CheckFlags['cluster'];
  readonly serviceAccount: string;
}

interface SnapshotFlags extends LiveFlags {
  readonly cluster: CheckFlags['cluster'];
  readonly directory: string | undefined;
  readonly printScript: boolean;
}

type FailOn = Severity | 'never';

interface Output {
  readonly format: string;
  /** Null: standard output. */
  readonly file: string | null;
}

/** Runs a command and resolves to the exit code. Wrong use ends in one line on stderr. */
export async function run(argv: readonly string[], program: Program): Promise<number> {
  let code = 0;
  const command = define(program, async (action) => {
    code = await action();
  });
  try {
    await command.parseAsync([...argv], { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (error instanceof UsageError) {
      complain(error.message);
      return 2;
    }
    throw error;
  }
}

function complain(message: string): void {
  process.stderr.write(`mesh-preflight: ${sanitise(message)}\n`);
}

function define(program: Program, perform: (action: () => Promise<number>) => Promise<void>): Command {
  const live = (sub: Command): Command =>
    sub
      .option('--context <[NAME=]CONTEXT>', 'a live cluster, by its context in a kubeconfig (repeatable)', contexts, [])
      .option('--kubeconfig <PATH>', 'a kubeconfig, instead of KUBECONFIG or ~/.kube/config (repeatable)', collect, [])
      .option('--timeout <DURATION>', 'how long a live cluster may take (default: 2m)', duration, 120_000)
      .option('--no-progress', 'do not tell what is being read');
  const command = new Command(program.program)
    .description('Will these Calico Enterprise clusters route to, identify and trust each other?')
    .version(program.version, '-V, --version')
    .exitOverride()
    .showSuggestionAfterError()
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'mesh-preflight: ')) })
    .enablePositionalOptions();
  live(command.command('check', { isDefault: true }))
    .description('check the exported or live state of several clusters (default command)')
    .argument(
      '[PATH...]',
      'mesh folders (one sub-folder per cluster), cluster folders or files; - with --cluster NAME=-',
    )
    .option('--cluster <NAME=PATH>', 'a cluster and its folder or file; - is standard input (repeatable)', clusters, [])
    .option('--snapshot <DIR>', 'keep what is read live there, too')
    .option('-o, --output <FORMAT[=FILE]>', `report format: ${reporters.names.join(', ')} (repeatable)`, outputs, [])
    .addOption(new Option('--format <FORMAT[=FILE]>', 'the same as --output').argParser(outputs).default([]).hideHelp())
    .addOption(new Option('--routing <MODE>', 'who routes between the clusters').choices(['overlay', 'underlay']))
    .option('--before-peering', 'the RemoteClusterConfigurations do not exist yet', false)
    .option('--calico-version <VERSION>', 'judge by the requirements of this Calico Enterprise version', version)
    .option('--at <TIME>', 'judge expiry at this time (RFC 3339) instead of that of the snapshot, or now', time)
    .option('--max-age <DURATION>', 'snapshots older than this prove nothing: 90m, 24h, 7d', duration)
    .option('--only <RULE>', 'run this rule alone (repeatable)', collect, [])
    .option('--disable <RULE>', 'switch this rule off (repeatable); its requirement is then unknown', collect, [])
    .option('--strict', 'every unknown counts, those of advisory requirements and probes too', false)
    .addOption(
      new Option('--fail-on <SEVERITY>', 'exit 1 from this severity on')
        .choices(['error', 'warning', 'note', 'never'])
        .default('error'),
    )
    .addOption(
      new Option('--on-unknown <ACTION>', 'exit 3 when not proven, or 0 with `warn`')
        .choices(['fail', 'warn'])
        .default('fail'),
    )
    .option('--exit-zero', 'exit 0 whatever is found', false)
    .addOption(new Option('--color <WHEN>', 'colour').choices(['auto', 'always', 'never']).default('auto'))
    .option('--max-findings <N>', 'like findings per rule that are printed', count, 100)
    .option('--sarif-category <NAME>', 'keeps several SARIF uploads for one revision apart')
    .option('--sarif-max-results <N>', 'results that SARIF holds, the most severe first (default: 5000)', count)
    .option('-q, --quiet', 'print the report only if the clusters are not ready', false)
    .action((paths: string[], flags: CheckFlags & { format: readonly Output[] }) =>
      perform(() => runCheck(program, paths, { ...flags, output: [...flags.output, ...flags.format] })),
    );
  live(command.command('snapshot'))
    .description('keep the state of clusters in a folder that check reads, without their credentials')
    .option(
      '--cluster <NAME=PATH>',
      'a cluster and the folder or file that it was exported to (repeatable)',
      clusters,
      [],
    )
    .option('-d, --directory <DIR>', 'the folder that gets a sub-folder per cluster')
    .option(
      '--print-script',
      'print a shell script that does it with kubectl alone, where this program cannot go',
      false,
    )
    .action((flags: SnapshotFlags) => perform(() => runSnapshot(program, flags)));
  live(command.command('rbac'))
    .description('print the least rights that reading a cluster takes')
    .option('--cluster <NAME=PATH>', 'a cluster and its folder or file, instead of --context', clusters, [])
    .option('--service-account <NAMESPACE/NAME>', 'who is granted them', 'mesh-preflight/mesh-preflight')
    .action((flags: RightsFlags) => perform(() => runRights(program, flags)));
  command
    .command('explain')
    .description('why a rule or requirement exists, how to fix what it finds, and where the vendor says so')
    .argument('<RULE|REQUIREMENT>')
    .addOption(new Option('--color <WHEN>', 'colour').choices(['auto', 'always', 'never']).default('auto'))
    .action((id: string, flags: { color: ColorChoice }) => perform(() => runExplain(id, flags)));
  for (const [name, description] of [
    ['rules', 'list the rules'],
    ['requirements', 'list the requirements and their rules'],
  ] as const) {
    command
      .command(name)
      .description(description)
      .addOption(new Option('-o, --output <FORMAT>', 'form').choices(['table', 'json']).default('table'))
      .addOption(new Option('--color <WHEN>', 'colour').choices(['auto', 'always', 'never']).default('auto'))
      .action((flags: { output: 'table' | 'json'; color: ColorChoice }) => perform(() => runList(name, flags)));
  }
  command
    .command('version')
    .description('print the version')
    .action(() =>
      perform(async () => {
        process.stdout.write(`${program.version}\n`);
        return 0;
      }),
    );
  return command;
}

async function runCheck(program: Program, paths: readonly string[], flags: CheckFlags): Promise<number> {
  if (paths.length === 0 && flags.cluster.length === 0 && flags.context.length === 0) {
    throw new UsageError('no input: give a mesh folder, --cluster NAME=PATH, or --context NAME');
  }
  if (flags.snapshot !== undefined && flags.context.length === 0) {
    throw new UsageError('--snapshot keeps what is read live; give --context NAME');
  }
  if (paths.includes('-')) throw new UsageError('standard input needs a cluster name: --cluster NAME=-');
  if (flags.cluster.filter((c) => c.path === '-').length > 1) {
    throw new UsageError('standard input can be one cluster only');
  }
  const output = flags.output.length > 0 ? flags.output : [{ format: 'table', file: null }];
  if (output.filter((o) => o.file === null).length > 1) {
    throw new UsageError('one format only can go to standard output; give the others a file: -o sarif=mesh.sarif');
  }
  for (const { format } of output) {
    if (!reporters.has(format)) throw new UsageError(unknown('format', format, reporters.names));
  }
  const rules = await loadRules();
  const ids = rules.map((r) => r.id);
  for (const id of [...flags.only, ...flags.disable]) {
    if (!ids.includes(id)) throw new UsageError(unknown('rule', id, ids));
  }
  const off = ids.filter((id) => (flags.only.length > 0 && !flags.only.includes(id)) || flags.disable.includes(id));
  const cwd = process.cwd();
  const now = Date.now();
  const wanted = kindsRead(rules.filter((r) => !off.includes(r.id)));
  const live = await readContexts(program, flags, wanted, now);
  if (live === null) return INTERRUPTED;
  const kept = flags.snapshot;
  const held: HeldCluster[] = [];
  if (live.length > 0) {
    const { filesOf, writeSnapshot } = await import('./source/snapshot.ts');
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
  const checked = check(input, rules, {
    routing: flags.routing ?? null,
    calicoVersion: flags.calicoVersion ?? null,
    beforePeering: flags.beforePeering,
    at: flags.at ?? input.taken ?? now,
    disabled: new Set(off),
    strict: flags.strict,
    tool: { name: program.name, version: program.version },
  });
  const end = exitOf(checked, flags);
  const view: View = { ...checked, exitReason: `exit ${end.code}: ${end.reason}` };
  for (const { format, file } of output) {
    const text = await reporters.render(format, view, {
      ...textOptions(flags.color, file === null ? process.stdout : null, flags.maxFindings),
      sarif: sarifOptions(flags, program),
    });
    if (file !== null) {
      writeWhole(path.resolve(cwd, file), text);
      process.stderr.write(`wrote ${file}\n`);
    } else if (!flags.quiet || checked.report.verdict !== 'ready') await print(text);
  }
  for (const { rule, why } of checked.failures) complain(`rule ${rule} broke down: ${why}`);
  process.stderr.write(`${view.exitReason}\n`);
  return end.code;
}

/** Ctrl-C, as shells tell it. */
const INTERRUPTED = 130;

/** The kinds that rules look at. */
function kindsRead(rules: readonly Rule[]): ReadonlySet<KindId> {
  return kindsFor(rules.flatMap(({ needs, evidence = [] }) => [...needs, ...evidence]));
}

/** Reads live clusters; null where the user interrupts it. */
async function readContexts(
  program: Program,
  flags: LiveFlags,
  wanted: ReadonlySet<KindId>,
  now: number,
): Promise<readonly Snapshot[] | null> {
  if (flags.context.length === 0) return [];
  const { readLive } = await import('./source/live/live.ts');
  const stop = new AbortController();
  const interrupt = () => stop.abort();
  process.once('SIGINT', interrupt);
  const progress = flags.progress && process.stderr.isTTY ? tellProgress() : null;
  try {
    const snapshots = await readLive(flags.context, {
      given: flags.kubeconfig,
      environment: process.env.KUBECONFIG,
      proxy: {
        https: process.env.HTTPS_PROXY || process.env.https_proxy,
        except: process.env.NO_PROXY || process.env.no_proxy,
      },
      home: os.homedir(),
      cwd: process.cwd(),
      wanted,
      taken: new Date(now).toISOString(),
      tool: program,
      timeout: flags.timeout,
      signal: stop.signal,
      ...(progress && { progress: progress.tell }),
    });
    return stop.signal.aborted ? null : snapshots;
  } finally {
    process.off('SIGINT', interrupt);
    progress?.end();
  }
}

/** One line on the terminal that says what is being read of which cluster. */
function tellProgress(): { tell(cluster: string, what: string | null): void; end(): void } {
  const reading = new Map<string, string>();
  const show = (text: string) => process.stderr.write(`\r\u001b[K${text}`);
  return {
    tell(cluster, what) {
      if (what === null) reading.delete(cluster);
      else reading.set(cluster, what);
      const line = [...reading].map(([name, of]) => `${sanitise(name)}: ${of}`).join('  ');
      show(line.slice(0, decideWidth(process.stderr, process.env) - 1));
    },
    end: () => show(''),
  };
}

async function runRights(program: Program, flags: RightsFlags): Promise<number> {
  const [context, ...more] = flags.context;
  const [given, ...others] = flags.cluster;
  if (more.length + others.length > 0 || (context === undefined) === (given === undefined)) {
    throw new UsageError('rbac takes one cluster: --context NAME or --cluster NAME=PATH');
  }
  const [, namespace = '', name = ''] = /^([a-z0-9-]+)\/([a-z0-9.-]+)$/.exec(flags.serviceAccount) ?? [];
  if (name === '') throw new UsageError('--service-account takes NAMESPACE/NAME');
  const rules = await loadRules();
  const wanted = kindsRead(rules);
  const now = Date.now();
  // They tell which Secrets and ConfigMaps are read.
  const telling = new Set<KindId>(['RemoteClusterConfiguration', 'DaemonSet']);
  const live = await readContexts(program, flags, telling, now);
  if (live === null) return INTERRUPTED;
  const { snapshotsOfExports, yaml } = await import('./source/snapshot.ts');
  const { rightsFor } = await import('./source/live/rights.ts');
  const options = { cwd: process.cwd(), taken: new Date(now).toISOString(), tool: program.name };
  const [snapshot] = given ? snapshotsOfExports([given], options).snapshots : live;
  for (const { resource, state, why } of snapshot?.manifest.resources ?? []) {
    if (state !== 'read' && state !== 'absent')
      complain(`${resource} could not be read (${why ?? state}), so rights for what they refer to are missing`);
  }
  const manifests = rightsFor(wanted, snapshot?.objects ?? new Map(), { namespace, name });
  await print(manifests.map((manifest) => yaml(manifest)).join('---\n'));
  return 0;
}

async function runSnapshot(program: Program, flags: SnapshotFlags): Promise<number> {
  const { cluster, context, directory, printScript } = flags;
  if (printScript) {
    if (cluster.length + context.length > 0 || directory !== undefined) {
      throw new UsageError('--print-script takes no clusters and no directory: the script does, where it is run');
    }
    const { snapshotScript } = await import('./source/script.ts');
    await print(snapshotScript(kindsRead(await loadRules()), `${program.name} ${program.version}`));
    return 0;
  }
  if (cluster.length + context.length === 0)
    throw new UsageError('no input: give --context NAME or --cluster NAME=PATH');
  if (directory === undefined) throw new UsageError('no directory to keep it in: give --directory DIR');
  const now = Date.now();
  const live = await readContexts(program, flags, kindsRead(await loadRules()), now);
  if (live === null) return INTERRUPTED;
  const { snapshotsOfExports, writeSnapshot } = await import('./source/snapshot.ts');
  const cwd = process.cwd();
  const tool = `${program.name} ${program.version}`;
  const { snapshots: exported, problems } = snapshotsOfExports(cluster, {
    cwd,
    taken: new Date(now).toISOString(),
    tool,
  });
  const snapshots = [...exported, ...live];
  for (const { uri, line, column, why } of problems)
    complain(
      [uri, line, column]
        .filter((p) => p !== null)
        .join(':')
        .concat(`: ${why}`),
    );
  for (const snapshot of snapshots) {
    writeSnapshot(path.resolve(cwd, directory), snapshot);
    process.stderr.write(`wrote ${path.join(directory, snapshot.cluster)}\n`);
    for (const { resource, state, why } of snapshot.manifest.resources) {
      if (state === 'forbidden' || state === 'failed')
        complain(`${snapshot.cluster}: ${resource} could not be read: ${why ?? state}`);
    }
  }
  return 0;
}

/** 2 beats 1 beats 3; the same for every format. */
function exitOf({ report, failures }: Checked, flags: CheckFlags): { readonly code: number; readonly reason: string } {
  const { fail, warn, note } = report.counts.findings;
  const failing = { error: fail, warning: fail + warn, note: fail + warn + note, never: 0 }[flags.failOn];
  const open = report.requirements.filter(
    (r) => r.verdict === 'unknown' && (flags.strict || r.class === 'core'),
  ).length;
  const counted = (n: number, one: string, more = `${one}s`) => `${n} ${n === 1 ? one : more}`;
  const accepted = flags.onUnknown === 'warn' ? ' (accepted)' : '';
  const parts = [
    fail > 0 ? counted(fail, 'error') : '',
    warn > 0 ? counted(warn, 'warning') : '',
    open > 0 ? `${counted(open, 'requirement')} not proven${accepted}` : '',
  ].filter(Boolean);
  const words = { ready: 'ready', 'not-ready': 'not ready', 'not-proven': 'not proven' }[report.verdict];
  const reason = [words, ...parts].join(', ');
  if (failures.length > 0) return { code: 2, reason: `${counted(failures.length, 'rule')} broke down` };
  if (flags.exitZero) return { code: 0, reason: `${reason} (--exit-zero)` };
  if (failing > 0) return { code: 1, reason };
  if (open > 0 && flags.onUnknown === 'fail') return { code: 3, reason };
  return { code: 0, reason };
}

async function runExplain(id: string, { color }: { color: ColorChoice }): Promise<number> {
  const rules = await loadRules();
  const options = textOptions(color, process.stdout, 0);
  const rule = rules.find((r) => r.id === id);
  const requirement = requirements.find((r) => r.id === id);
  if (rule) await print(explainRule(rule, options));
  else if (requirement) await print(explainRequirement(requirement, rules, options));
  else {
    throw new UsageError(
      unknown('rule or requirement', id, [...rules.map((r) => r.id), ...requirements.map((r) => r.id)]),
    );
  }
  return 0;
}

async function runList(
  what: 'rules' | 'requirements',
  flags: { output: 'table' | 'json'; color: ColorChoice },
): Promise<number> {
  const rules: readonly Rule[] = await loadRules();
  const options = textOptions(flags.color, process.stdout, 0);
  const list = what === 'rules' ? listRules : listRequirements;
  await print(list(rules, flags.output, options));
  return 0;
}

function sarifOptions({ sarifCategory, sarifMaxResults }: CheckFlags, { homepage }: Program): SarifOptions {
  return {
    category: sarifCategory ?? null,
    versionControl: versionControlOf(process.env),
    homepage,
    ...(sarifMaxResults === undefined ? {} : { maxResults: sarifMaxResults }),
  };
}

function textOptions(choice: ColorChoice, stream: NodeJS.WriteStream | null, maxFindings: number): TextOptions {
  const target = stream ?? { isTTY: false };
  return {
    width: decideWidth(target, process.env),
    color: stream === null ? choice === 'always' : decideColor(choice, target, process.env),
    unicode: decideUnicode(process.platform, process.env),
    maxFindings,
  };
}

/** Waits until the text is taken, so that a pipe gets all of it; a reader that has gone away is no fault. */
function print(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(text, (error) => {
      if (error && (error as NodeJS.ErrnoException).code !== 'EPIPE') reject(error);
      else resolve();
    });
  });
}

/** Under a temporary name first, so that nobody reads half a report. */
function writeWhole(file: string, text: string): void {
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    fs.writeFileSync(temporary, text);
    fs.renameSync(temporary, file);
  } catch (error) {
    fs.rmSync(temporary, { force: true });
    throw new UsageError(`${file}: cannot be written (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})`);
  }
}

/** The nearest folder at or above that holds `.git`; null when there is none. */
function repositoryRoot(from: string): string | null {
  for (let folder = from; ; folder = path.dirname(folder)) {
    if (fs.existsSync(path.join(folder, '.git'))) return folder;
    if (path.dirname(folder) === folder) return null;
  }
}

function collect(value: string, previous: readonly string[]): readonly string[] {
  return [...previous, value];
}

function clusters(value: string, previous: CheckFlags['cluster']): CheckFlags['cluster'] {
  const [name = '', ...rest] = value.split('=');
  const place = rest.join('=');
  if (name === '' || place === '') throw new InvalidArgumentError('It takes NAME=PATH.');
  return [...previous, { name, path: place }];
}

function contexts(value: string, previous: readonly LiveCluster[]): readonly LiveCluster[] {
  // Names of contexts may hold `=` and `/` themselves; a name before the first `=` that looks like one of a cluster is one.
  const [, name, context] = /^([A-Za-z0-9][\w.-]*)=(.+)$/.exec(value) ?? [];
  return [
    ...previous,
    name !== undefined && context !== undefined ? { name, context } : { name: value, context: value },
  ];
}

function outputs(value: string, previous: readonly Output[]): readonly Output[] {
  const [format = '', ...rest] = value.split('=');
  return [...previous, { format, file: rest.length > 0 ? rest.join('=') : null }];
}

function version(value: string): Version {
  const parsed = parseVersion(value);
  if (!parsed) throw new InvalidArgumentError('It takes a version such as 3.21.');
  return parsed;
}

function time(value: string): number {
  const parsed = Date.parse(value);
  if (Number.isNaN(parsed)) throw new InvalidArgumentError('It takes a time such as 2026-01-31T12:00:00Z.');
  return parsed;
}

/** Milliseconds. */
function duration(value: string): number {
  const [, amount, unit = ''] = /^(\d+)([smhd])$/.exec(value) ?? [];
  const seconds = { s: 1, m: 60, h: 3600, d: 86_400 }[unit];
  if (amount === undefined || seconds === undefined)
    throw new InvalidArgumentError('It takes a time such as 90m, 24h or 7d.');
  return Number(amount) * seconds * 1000;
}

function count(value: string): number {
  const parsed = Number(value);
  if (!Number.isInteger(parsed) || parsed < 1) throw new InvalidArgumentError('It takes a whole number from 1.');
  return parsed;
}

/** `no rule x; did you mean y?` */
function unknown(what: string, given: string, known: readonly string[]): string {
  const near = nearest(given, known);
  return `no ${what} ${given}${near === null ? '' : `; did you mean ${near}?`}`;
}

// Arguments → command → exit code. Defines what the program takes.

import { Argument, Command, CommanderError, Help, InvalidArgumentError, Option } from 'commander';
import type { BaselineFlags, DiffFlags } from './commands/baseline.ts';
import { type CheckFlags, type Output, runCheck } from './commands/check.ts';
import type { Shell } from './commands/completion.ts';
import { complain, type Program } from './commands/program.ts';
import type { RightsFlags, SnapshotFlags } from './commands/snapshot.ts';
import { parseVersion, type Version } from './model/platform/version.ts';
import { reporters } from './report/reporters.ts';
import type { ColorChoice } from './report/terminal.ts';
import type { LiveCluster } from './source/live/live.ts';
import { UsageError } from './source/source.ts';
import { isDay } from './suppressions.ts';

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

/** The commands; what they do is given to `perform`. */
export function define(program: Program, perform: (action: () => Promise<number>) => Promise<void>): Command {
  const live = (sub: Command): Command =>
    sub
      .option('--context <[NAME=]CONTEXT>', 'a live cluster, by its context in a kubeconfig (repeatable)', contexts, [])
      .option('--kubeconfig <PATH>', 'a kubeconfig, instead of KUBECONFIG or ~/.kube/config (repeatable)', collect, [])
      .addOption(
        new Option('--timeout <DURATION>', 'how long a live cluster may take')
          .argParser(duration)
          .default(120_000, '2m'),
      )
      .option('--no-progress', 'do not tell what is being read');
  const judging = (sub: Command): Command =>
    sub
      .addOption(new Option('--routing <MODE>', 'who routes between the clusters').choices(['overlay', 'underlay']))
      .option('--before-peering', 'the RemoteClusterConfigurations do not exist yet', false)
      .option('--calico-version <VERSION>', 'judge by the requirements of this Calico Enterprise version', version)
      .option('--at <TIME>', 'judge expiry at this time (RFC 3339) instead of that of the snapshot, or now', time)
      .option('--max-age <DURATION>', 'snapshots older than this prove nothing: 90m, 24h, 7d', duration)
      .option('--only <RULE>', 'run this rule alone (repeatable)', collect, [])
      .option('--disable <RULE>', 'switch this rule off (repeatable); its requirement is then unknown', collect, [])
      .option('--strict', 'every unknown counts, those of advisory requirements and probes too', false)
      .option('--config <FILE>', 'the configuration, instead of the nearest .mesh-preflight.yaml')
      .option('--no-config', 'no configuration')
      .option('--no-ignores', 'nothing is suppressed, whatever comments, annotations and the configuration say');
  const input = (sub: Command): Command =>
    judging(
      live(sub)
        .argument(
          '[PATH...]',
          'mesh folders (one sub-folder per cluster), cluster folders or files; - with --cluster NAME=-',
        )
        .option(
          '--cluster <NAME=PATH>',
          'a cluster and its folder or file; - is standard input (repeatable)',
          clusters,
          [],
        ),
    );
  const command = new Command(program.program)
    .description('Will these Calico Enterprise clusters route to, identify and trust each other?')
    .version(program.version, '-V, --version')
    .exitOverride()
    .showSuggestionAfterError()
    .configureHelp({ optionDescription: (option) => new Help().optionDescription(withoutEmptyDefault(option)) })
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'mesh-preflight: ')) })
    .enablePositionalOptions();
  input(command.command('check', { isDefault: true }))
    .description('check the exported or live state of several clusters (default command)')
    .option('--snapshot <DIR>', 'keep what is read live there, too')
    .option('-o, --output <FORMAT[=FILE]>', `report format: ${reporters.names.join(', ')} (repeatable)`, outputs, [])
    .addOption(new Option('--format <FORMAT[=FILE]>', 'the same as --output').argParser(outputs).default([]).hideHelp())
    .option('--baseline <FILE>', 'what was known before does not count: see baseline create')
    .option('--fail-on-new', 'with a baseline: exit 1 for any new error, warning or unknown that counts', false)
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
    .option('--max-findings <N>', 'like findings per rule that are printed (default: 100)', count)
    .option('--policyreport', 'openreports as ClusterPolicyReports of wgpolicyk8s.io, its predecessor', false)
    .option('--sarif-category <NAME>', 'keeps several SARIF uploads for one revision apart')
    .option('--sarif-max-results <N>', 'results that SARIF holds, the most severe first (default: 5000)', count)
    .addOption(
      new Option('--sarif-suppressed <WHETHER>', 'are suppressed findings in SARIF, marked as such')
        .choices(['exclude', 'include'])
        .default('exclude'),
    )
    .option('-q, --quiet', 'print the report only if the clusters are not ready', false)
    .action((paths: string[], flags: CheckFlags & { format: readonly Output[] }) =>
      perform(() => runCheck(program, paths, { ...flags, output: [...flags.output, ...flags.format] })),
    );
  const baseline = command.command('baseline').description('findings that were known before');
  input(baseline.command('create'))
    .description('keep all findings of a mesh, so that check --baseline counts only what comes after')
    .option('-f, --file <FILE>', 'where it is kept', '.mesh-preflight-baseline.json')
    .action((paths: string[], flags: BaselineFlags) =>
      perform(async () => (await import('./commands/others.ts')).runBaselineCreate(program, paths, flags)),
    );
  judging(command.command('diff'))
    .description(
      'compare two reports (check -o json), or two folders with clusters: fixed, new, still, lost from sight',
    )
    .argument('<OLD>')
    .argument('<NEW>')
    .addOption(new Option('-o, --output <FORMAT>', 'form').choices(['table', 'json']).default('table'))
    .addOption(new Option('--color <WHEN>', 'colour').choices(['auto', 'always', 'never']).default('auto'))
    .action((from: string, to: string, flags: DiffFlags) =>
      perform(async () =>
        (await import('./commands/others.ts')).runDiff(program, from, to, { ...flags, cluster: [], context: [] }),
      ),
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
    .action((flags: SnapshotFlags) =>
      perform(async () => (await import('./commands/others.ts')).runSnapshot(program, flags)),
    );
  live(command.command('rbac'))
    .description('print the least rights that reading a cluster takes')
    .option('--cluster <NAME=PATH>', 'a cluster and its folder or file, instead of --context', clusters, [])
    .option('--service-account <NAMESPACE/NAME>', 'who is granted them', 'mesh-preflight/mesh-preflight')
    .action((flags: RightsFlags) =>
      perform(async () => (await import('./commands/others.ts')).runRights(program, flags)),
    );
  command
    .command('init')
    .description('write a .mesh-preflight.yaml to begin with')
    .argument('[PATH]', 'a mesh folder, whose clusters it names')
    .action((folder: string | undefined) =>
      perform(async () => (await import('./commands/others.ts')).runInit(program, folder)),
    );
  const config = command.command('config').description('the configuration: .mesh-preflight.yaml');
  config
    .command('print', { isDefault: true })
    .description('print every setting, and where it comes from')
    .option('--config <FILE>', 'a file, instead of the nearest .mesh-preflight.yaml')
    .action((flags: { config?: string }) =>
      perform(async () => (await import('./commands/others.ts')).runConfigPrint({ config: flags.config ?? true })),
    );
  command
    .command('explain')
    .description('why a rule or requirement exists, how to fix what it finds, and where the vendor says so')
    .argument('<RULE|REQUIREMENT>')
    .addOption(new Option('--color <WHEN>', 'colour').choices(['auto', 'always', 'never']).default('auto'))
    .action((id: string, flags: { color: ColorChoice }) =>
      perform(async () => (await import('./commands/others.ts')).runExplain(id, flags)),
    );
  for (const [name, description] of [
    ['rules', 'list the rules'],
    ['requirements', 'list the requirements and their rules'],
  ] as const) {
    command
      .command(name)
      .description(description)
      .addOption(new Option('-o, --output <FORMAT>', 'form').choices(['table', 'json']).default('table'))
      .addOption(new Option('--color <WHEN>', 'colour').choices(['auto', 'always', 'never']).default('auto'))
      .action((flags: { output: 'table' | 'json'; color: ColorChoice }) =>
        perform(async () => (await import('./commands/others.ts')).runList(name, flags)),
      );
  }
  command
    .command('completion')
    .description('print the script that completes commands, options and their values in a shell')
    .addArgument(new Argument('<SHELL>', 'the shell').choices(['bash', 'zsh', 'fish']))
    .action((shell: Shell) =>
      perform(async () => (await import('./commands/completion.ts')).runCompletion(program, command, shell)),
    );
  // What bin/kubectl_complete-mesh_preflight.js calls.
  command
    .command('__complete', { hidden: true })
    .argument('[WORD...]')
    .action((words: string[]) =>
      perform(async () => (await import('./commands/completion.ts')).runKubectlCompletion(command, words)),
    );
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

/** The option as help shows it: that a list is empty and a flag is not given goes without saying. */
function withoutEmptyDefault(option: Option): Option {
  const { defaultValue } = option;
  const isEmpty = defaultValue === false || (Array.isArray(defaultValue) && defaultValue.length === 0);
  return isEmpty ? Object.assign(Object.create(option), { defaultValue: undefined }) : option;
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
  const file = rest.length > 0 ? rest.join('=') : null;
  if (file === '') throw new InvalidArgumentError('No file is named behind =.');
  return [...previous, { format, file }];
}

function version(value: string): Version {
  const parsed = parseVersion(value);
  if (!parsed) throw new InvalidArgumentError('It takes a version such as 3.21.');
  return parsed;
}

function time(value: string): number {
  const parsed = Date.parse(value);
  const [day = ''] = /^\d{4}-\d{2}-\d{2}/.exec(value) ?? [];
  // The 31st of February would be the 3rd of March.
  if (Number.isNaN(parsed) || (day && !isDay(day)))
    throw new InvalidArgumentError('It takes a time such as 2026-01-31T12:00:00Z.');
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

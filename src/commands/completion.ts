// `completion`: scripts for shells, made from the table of commands; and the same answers to kubectl, which asks for them one by one.

import os from 'node:os';
import { audits } from '../audits.ts';
import { loadRules } from '../registry.ts';
import { reporters } from '../report/reporters.ts';
import { requirements } from '../requirements.ts';
import { readKubeconfigs } from '../source/live/kubeconfig.ts';
import bash from './completion.bash';
import fish from './completion.fish';
import zsh from './completion.zsh';
import { type Program, print } from './program.ts';
import {
  type Command,
  type CommandEntry,
  type CommandTable,
  type OptionEntry,
  type Source,
  tableOf,
  type Value,
  type Vocabulary,
} from './table.ts';

export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

/** What rules, requirements and formats there are. */
export async function vocabulary(): Promise<Vocabulary> {
  return {
    rules: (await loadRules()).map((rule) => rule.id),
    requirements: requirements.map((requirement) => requirement.id),
    audits: audits.map((audit) => audit.id),
    formats: reporters.names,
  };
}

export async function runCompletion(program: Program, commands: Command, shell: Shell): Promise<number> {
  await print(completionScript(tableOf(commands, await vocabulary()), shell, program));
  return 0;
}

/** The script for a shell. */
export function completionScript(
  table: CommandTable,
  shell: Shell,
  { name, version }: Pick<Program, 'name' | 'version'>,
): string {
  const [template, parts] = { bash: [bash, bashParts], zsh: [zsh, zshParts], fish: [fish, fishParts] }[shell] as [
    string,
    (table: CommandTable) => Readonly<Record<string, string>>,
  ];
  const values = { ...parts(table), program: name, version, awk: AWK, default: table.commands[0]?.name ?? '' };
  return template.replaceAll(/@(\w+)@/g, (whole, part: string) => (values as Record<string, string>)[part] ?? whole);
}

/**
 * Names of contexts in a kubeconfig as kubectl writes it, for machines without kubectl. An entry's name stands as deep as its other
 * fields: what extensions say of themselves stands deeper. Every shell takes it in single quotes, so it holds none.
 */
const AWK = [
  '/^[^ #-]/ { inside = /^contexts:/; depth = -1 }',
  'inside && /^ *- / { dash = index($0, "-"); if (depth < 0) depth = dash; sub(/-/, " ") }',
  'inside && /^ *name:/ && index($0, "n") == depth + 2 { sub(/^ *name: */, ""); gsub(/^["\\047]|["\\047]$/, ""); print }',
].join('; ');

const words = (source: Source): readonly string[] => (typeof source === 'object' ? source.words : []);
const sort = (source: Source): string => (typeof source === 'object' ? 'words' : source);

/** Every option of a command that takes a value, by each of its names. */
function valued(command: CommandEntry): readonly (readonly [name: string, value: Value])[] {
  return command.options.flatMap(({ names, value }) => (value ? names.map((name) => [name, value] as const) : []));
}

function bashParts({ commands, options }: CommandTable): Record<string, string> {
  const names = namesOf(commands);
  const assign = ({ source, behind }: Value) =>
    [
      `source=${sort(source)}`,
      ...(behind === null ? [] : [`behind=${sort(behind)}`]),
      ...(typeof source === 'object' ? [`list='${words(source).join(' ')}'`] : []),
    ].join(' ');
  const places = (command: CommandEntry, { names }: OptionEntry) =>
    names.map((name) => `'${command.name} ${name}'`).join(' | ');
  const values = commands.flatMap((command) =>
    command.options.flatMap((option) =>
      option.value ? [`      ${places(command, option)}) ${assign(option.value)} ;;`] : [],
    ),
  );
  const args = commands.flatMap((command) =>
    command.arguments.map((argument, i) => {
      const place = argument.variadic ? `'${command.name} '*` : `'${command.name} ${i}'`;
      return `      ${place}) ${assign(argument)} ;;`;
    }),
  );
  const flags = (entries: readonly OptionEntry[]) => entries.flatMap((option) => option.names).join(' ');
  return {
    commands: names.join(' | '),
    nested: nestedOf(commands).join(' | '),
    names: names.join(' '),
    global: ownNames({ commands, options }).join(' '),
    valued: commands.flatMap((c) => valued(c).map(([name]) => `'${c.name} ${name}'`)).join(' | '),
    values: values.join('\n'),
    options: commands.map((c) => `      '${c.name}') list='${flags(c.options)}' ;;`).join('\n'),
    arguments: args.join('\n'),
  };
}

function zshParts({ commands, options }: CommandTable): Record<string, string> {
  // In a specification of an option brackets and colons mean something; the whole stands in single quotes.
  const plain = (text: string) => text.replaceAll(/[[\]:\\]/g, '\\$&').replaceAll("'", "'\\''");
  // With a space before it, so that zsh adds no options of its own.
  const value = ({ placeholder, source, behind }: Value) =>
    `:${plain(placeholder)}: __mesh_preflight_value ${[sort(source), behind === null ? '-' : sort(behind), ...words(source)].join(' ')}`;
  const flags = ({ names, description, value: taken, repeatable }: OptionEntry) =>
    names.map((name) => {
      const before = repeatable ? '*' : names.length > 1 ? `(${names.join(' ')})` : '';
      const after = taken === null ? '' : name.startsWith('--') ? '=' : '+';
      return `'${before}${name}${after}[${plain(description)}]${taken === null ? '' : value(taken)}'`;
    });
  const body = commands.map((command) => {
    const places = command.arguments.map(
      (argument) => `'${argument.variadic ? '*' : argument.required ? '' : ':'}${value(argument)}'`,
    );
    const specifications = [...command.options.flatMap(flags), ...places].map((each) => `        ${each}`);
    return `    '${command.name}')\n      _arguments -s -S \\\n${specifications.join(' \\\n')} && ret=0\n      ;;`;
  });
  return {
    names: topOf(commands)
      .map((c) => `    '${plain(c.name)}:${c.description.replaceAll("'", "'\\''")}'`)
      .join('\n'),
    nested: nestedOf(commands).join(' '),
    global: ownNames({ commands, options }).join(' '),
    commands: body.join('\n'),
  };
}

function fishParts({ commands, options }: CommandTable): Record<string, string> {
  const quoted = (text: string) => `'${text.replaceAll(/[\\']/g, '\\$&')}'`;
  const value = ({ source, behind }: Value) =>
    ` -a '(${['__mesh_preflight_value', sort(source), behind === null ? '-' : sort(behind), ...words(source)].join(' ')})'`;
  const flags = ({ names, description, value: taken }: OptionEntry) => {
    const spelled = names.map((name) => (name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`));
    return `${spelled.join(' ')}${taken === null ? '' : ` -x${value(taken)}`} -d ${quoted(description)}`;
  };
  const own = options.filter(({ names }) => names.every((name) => ownNames({ commands, options }).includes(name)));
  const lines = [
    ...topOf(commands).map((c) => `-n __mesh_preflight_starts -a ${c.name} -d ${quoted(c.description)}`),
    ...own.map((option) => `-n __mesh_preflight_starts ${flags(option)}`),
    ...commands.flatMap((command) => [
      ...command.options.map((option) => `-n '__mesh_preflight_uses ${command.name}' ${flags(option)}`),
      ...command.arguments.map((argument) => `-n '__mesh_preflight_uses ${command.name}'${value(argument)}`),
    ]),
  ];
  return {
    words: namesOf(commands).join(' '),
    nested: nestedOf(commands).join(' '),
    completions: lines.map((line) => `complete -c mesh-preflight ${line}`).join('\n'),
  };
}

const topOf = (commands: readonly CommandEntry[]) => commands.filter(({ name }) => !name.includes(' '));
const namesOf = (commands: readonly CommandEntry[]) => topOf(commands).map(({ name }) => name);
/** Names of commands of commands, quoted for any shell. */
const nestedOf = (commands: readonly CommandEntry[]) =>
  commands.filter(({ name }) => name.includes(' ')).map(({ name }) => `'${name}'`);

/** Options that stand before a command and are not the default command's, too. */
function ownNames({ commands, options }: Pick<CommandTable, 'commands' | 'options'>): readonly string[] {
  const shared = new Set(commands[0]?.options.flatMap(({ names }) => names));
  return options.flatMap(({ names }) => names).filter((name) => !shared.has(name));
}

/**
 * Answers kubectl, which runs `kubectl_complete-mesh_preflight` with the words behind the plugin's name, the last of them unfinished, and
 * reads candidates and a directive (since 1.26; kubectl's pkg/cmd/plugin/plugin_completion.go, in the form of cobra's `__complete`).
 */
export async function runKubectlCompletion(commands: Command, given: readonly string[]): Promise<number> {
  const contexts = (files: readonly string[]) => {
    const home = os.homedir();
    const found = readKubeconfigs({ given: files, environment: process.env.KUBECONFIG, home, cwd: process.cwd() });
    return [...found.contexts.keys()];
  };
  const { candidates, directive } = complete(tableOf(commands, await vocabulary()), given, contexts);
  await print([...candidates, `:${directive}`, ''].join('\n'));
  return 0;
}

/** What cobra calls ShellCompDirectiveDefault (the shell completes files), NoFileComp and FilterDirs. */
const DIRECTIVES = { files: 0, nothing: 4, folders: 16 } as const;

export interface Answer {
  readonly candidates: readonly string[];
  readonly directive: number;
}

/** What the last of these words can become. `contexts` gets the kubeconfigs that are named before it. */
export function complete(
  { commands, options }: CommandTable,
  given: readonly string[],
  contexts: (kubeconfigs: readonly string[]) => readonly string[],
): Answer {
  const before = given.slice(0, -1);
  const last = given.at(-1) ?? '';
  const named =
    commands.find((command) => command.name === before.slice(0, 2).join(' ')) ??
    commands.find((command) => command.name === before[0]);
  const command = named ?? commands[0];
  if (command === undefined) throw new Error('there is no command');
  const values = new Map(valued(command));
  const kubeconfigs: string[] = [];
  let open: Value | null = null;
  let only = false;
  let operands = 0;
  const rest = named ? before.slice(named.name.split(' ').length) : before;
  for (let i = 0; i < rest.length; i++) {
    const word = rest[i] ?? '';
    const value = only ? undefined : values.get(word);
    if (value) {
      i++;
      if (i === rest.length) open = value;
      else if (word === '--kubeconfig') kubeconfigs.push(rest[i] ?? '');
    } else if (only || !word.startsWith('-')) operands++;
    else if (word === '--') only = true;
    else if (word.startsWith('--kubeconfig=')) kubeconfigs.push(word.slice('--kubeconfig='.length));
  }

  let head = '';
  let current = last;
  const cut = () => {
    const at = current.indexOf('=') + 1;
    head += current.slice(0, at);
    current = current.slice(at);
  };
  if (open === null && !only && /^--.*=/.test(last)) {
    open = values.get(last.slice(0, last.indexOf('='))) ?? null;
    cut();
    if (open === null) return { candidates: [], directive: DIRECTIVES.nothing };
  }
  const found: string[] = [];
  let source: Source = 'nothing';
  if (open === null && !only && current.startsWith('-')) {
    found.push(...command.options.flatMap(({ names }) => names));
    if (before.length === 0) found.push(...ownNames({ commands, options }));
  } else {
    const place = open ?? command.arguments[operands] ?? command.arguments.find((argument) => argument.variadic);
    if (place) {
      source = place.source;
      if (place.behind !== null && current.includes('=')) {
        source = place.behind;
        cut();
      }
    }
    if (open === null && !only && before.length === 0) found.push(...namesOf(commands));
    if (source === 'contexts') found.push(...contexts(kubeconfigs));
    else found.push(...words(source));
  }
  const directive = source === 'files' || source === 'folders' ? DIRECTIVES[source] : DIRECTIVES.nothing;
  return { candidates: found.filter((each) => each.startsWith(current)).map((each) => head + each), directive };
}

// The commands, their options and what these take, as data: what shell completion and the manual page are made from.

import type { Command, Option } from 'commander';

export type { Command };

/** What can stand in one place of a command line. */
export type Source = 'contexts' | 'files' | 'folders' | 'nothing' | { readonly words: readonly string[] };

export interface Value {
  /** As in the help, without brackets: `NAME=PATH`. */
  readonly placeholder: string;
  readonly source: Source;
  /** What can stand behind the first `=` of the value; null where `=` means nothing. */
  readonly behind: Source | null;
}

export interface OptionEntry {
  /** `-o`, then `--output`. */
  readonly names: readonly string[];
  readonly description: string;
  readonly value: Value | null;
  readonly repeatable: boolean;
  /** What holds without it; null where the description says so, or where that is nothing. */
  readonly default: string | null;
}

export interface ArgumentEntry extends Value {
  readonly description: string;
  readonly required: boolean;
  readonly variadic: boolean;
}

export interface CommandEntry {
  /** Of a command of a command both names: `baseline create`. */
  readonly name: string;
  /** Does it do nothing itself, but has commands? Their names are its argument. */
  readonly group: boolean;
  readonly description: string;
  readonly options: readonly OptionEntry[];
  readonly arguments: readonly ArgumentEntry[];
}

export interface CommandTable {
  readonly description: string;
  /** Those that stand before a command. */
  readonly options: readonly OptionEntry[];
  /** The first is the one that is meant when none is named. */
  readonly commands: readonly CommandEntry[];
}

/** Words that the program knows. */
export interface Vocabulary {
  readonly rules: readonly string[];
  readonly requirements: readonly string[];
  /** Notes on suppressions. */
  readonly audits: readonly string[];
  readonly formats: readonly string[];
}

/** Placeholders of values that nothing can complete. */
const FREE: ReadonlySet<string> = new Set(['DURATION', 'N', 'NAME', 'NAMESPACE/NAME', 'TIME', 'VERSION']);

/** What is shown of a command in its help, without what is hidden there. Throws where a placeholder says nothing of what it stands for. */
export function tableOf(program: Command, vocabulary: Vocabulary): CommandTable {
  const help = program.createHelp();
  const commands = help.visibleCommands(program);
  const words = { ...vocabulary, commands: commands.map((command) => command.name()) };
  const optionsOf = (command: Command) => help.visibleOptions(command).map((option) => optionEntry(option, words));
  const entriesOf = (command: Command, before: string): readonly CommandEntry[] => {
    const name = before + command.name();
    const own = command.commands.length === 0 ? [] : help.visibleCommands(command).filter((c) => c.name() !== 'help');
    const choice = { placeholder: 'command', source: { words: own.map((c) => c.name()) }, behind: null };
    const entry = {
      name,
      group: own.length > 0,
      description: command.description(),
      options: optionsOf(command),
      arguments:
        own.length > 0
          ? [{ ...choice, description: '', required: true, variadic: false }]
          : command.registeredArguments.map((argument) => ({
              ...valueFor(argument.name(), argument.argChoices, words),
              description: argument.description,
              required: argument.required,
              variadic: argument.variadic,
            })),
    };
    return [entry, ...own.flatMap((each) => entriesOf(each, `${name} `))];
  };
  return {
    description: program.description(),
    options: optionsOf(program),
    commands: commands.flatMap((command) => entriesOf(command, '')),
  };
}

type Words = Vocabulary & { readonly commands: readonly string[] };

function optionEntry(option: Option, words: Words): OptionEntry {
  const [, placeholder] = /<(.+)>$/.exec(option.flags) ?? [];
  return {
    names: [option.short, option.long].filter((name) => typeof name === 'string'),
    description: option.description,
    value: placeholder === undefined ? null : valueFor(placeholder, option.argChoices, words),
    repeatable: Array.isArray(option.defaultValue),
    default:
      /string|number/.test(typeof option.defaultValue) && !option.description.includes('default: ')
        ? (option.defaultValueDescription ?? `${option.defaultValue}`)
        : null,
  };
}

function valueFor(placeholder: string, choices: readonly string[] | undefined, words: Words): Value {
  const [source, behind = null] = choices ? [{ words: choices }] : sourcesOf(placeholder, words);
  return { placeholder, source, behind };
}

function sourcesOf(placeholder: string, words: Words): readonly [source: Source, behind?: Source] {
  switch (placeholder) {
    case 'RULE':
      return [{ words: words.rules }];
    case 'RULE|REQUIREMENT':
      return [{ words: [...words.rules, ...words.requirements, ...words.audits] }];
    case 'FORMAT[=FILE]':
      return [{ words: words.formats }, 'files'];
    case '[NAME=]CONTEXT':
      return ['contexts', 'contexts'];
    case 'NAME=PATH':
      return ['nothing', 'files'];
    case 'PATH':
    case 'FILE':
    case 'OLD':
    case 'NEW':
      return ['files'];
    case 'DIR':
      return ['folders'];
    case 'command':
      return [{ words: words.commands }];
    default:
      if (!FREE.has(placeholder)) throw new Error(`src/commands/table.ts does not know what completes ${placeholder}`);
      return ['nothing'];
  }
}

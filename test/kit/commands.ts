// The table of commands as the program defines it, for tests of what is made from it.

import manifest from '../../package.json' with { type: 'json' };
import { define } from '../../src/command-line.ts';
import { vocabulary } from '../../src/commands/completion.ts';
import { type CommandTable, tableOf } from '../../src/commands/table.ts';

export const program = {
  program: manifest.name,
  name: manifest.name,
  version: manifest.version,
  homepage: null,
};

export async function commandTable(): Promise<CommandTable> {
  const never = () => Promise.reject(new Error('a test of the table runs no command'));
  return tableOf(define(program, never), await vocabulary());
}

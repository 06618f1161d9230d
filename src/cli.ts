// The entry: answers --version before anything else is loaded, hands everything else on. With command-line.ts the only writer to the
// terminal.

import manifest from '../package.json' with { type: 'json' };

/**
 * Runs the program and resolves to its exit code: 0 ready, 1 not ready, 2 wrong use or a fault of the program, 3 not proven.
 * `program` is the name that it was called by.
 */
export async function main(argv: readonly string[], program: string): Promise<number> {
  if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V' || argv[0] === 'version')) {
    process.stdout.write(`${manifest.version}\n`);
    return 0;
  }
  const { run } = await import('./command-line.ts');
  const { name, version, ...rest } = manifest;
  const homepage = 'homepage' in rest && typeof rest.homepage === 'string' ? rest.homepage : null;
  return run(argv, { program, name, version, homepage });
}

// The entry: answers --version before anything else is loaded, hands everything else on, and tells of faults that nothing else tells of. With
// command-line.ts the only writer to the terminal.

import manifest from '../package.json' with { type: 'json' };

/**
 * Runs the program and resolves to its exit code: 0 ready, 1 not ready, 2 wrong use or a fault of the program, 3 not proven.
 * `program` is the name that it was called by.
 */
export async function main(argv: readonly string[], program: string): Promise<number> {
  let lost: string | null = null;
  process.stdout.on('error', ({ code = 'unknown error' }: NodeJS.ErrnoException) => {
    // A reader that has read enough is no fault.
    if (code !== 'EPIPE' && code !== 'ERR_STREAM_DESTROYED') lost ??= code;
  });
  // Where standard error cannot be written, there is nobody to tell.
  process.stderr.on('error', () => {});
  let code: number;
  try {
    code = await perform(argv, program);
    await new Promise<void>((resolve) => process.stdout.write('', () => resolve()));
  } catch (error) {
    const [what] = String(error).split('\n');
    process.stderr.write(`mesh-preflight: fault of the program: ${what}\n`);
    return 2;
  }
  if (lost === null) return code;
  process.stderr.write(`mesh-preflight: standard output cannot be written (${lost})\n`);
  return 2;
}

async function perform(argv: readonly string[], program: string): Promise<number> {
  if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V' || argv[0] === 'version')) {
    process.stdout.write(`${manifest.version}\n`);
    return 0;
  }
  const { run } = await import('./command-line.ts');
  const { name, version, ...rest } = manifest;
  const homepage = 'homepage' in rest && typeof rest.homepage === 'string' ? rest.homepage : null;
  return run(argv, { program, name, version, homepage });
}

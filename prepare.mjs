// Builds dist/ when npm prepares this repository: after it has installed the packages, and before it packs what is installed from git, as
// pre-commit does. What is on the registry holds dist/, and not this.

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Runs a script of Node, and ends where that fails. */
function run(...script) {
  const { status } = spawnSync(process.execPath, script, { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

process.chdir(dirname(fileURLToPath(import.meta.url)));
// Of a checkout npm packs what is built: tests have it packed while others of them run it. (npm 10 does not heed --ignore-scripts here.)
const packing = ['pack', 'publish'].includes(process.env.npm_command ?? '');
if (!packing || !existsSync('dist/cli.cjs')) {
  // For what is to be installed globally, npm before 12 installs no packages to prepare it with, though it is documented to.
  if (!existsSync('node_modules')) {
    run(
      process.env.npm_execpath,
      'ci',
      '--global=false',
      '--include=dev',
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
    );
  }
  run('build.mjs');
}

#!/usr/bin/env node
// The same program as a kubectl plugin: kubectl finds it by this name and calls it for `kubectl mesh-preflight`. It may not do more.

import { existsSync } from 'node:fs';

const program = new URL('../dist/cli.js', import.meta.url);
if (existsSync(program)) {
  const { main } = await import(program.href);
  process.exitCode = await main(process.argv.slice(2), 'kubectl mesh-preflight');
} else {
  process.stderr.write('mesh-preflight: dist/ is missing: run `npm run build` first\n');
  process.exitCode = 2;
}

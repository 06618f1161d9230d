#!/usr/bin/env node
// Starts the program that `npm run build` has put into dist/. It may not do more.

import { existsSync } from 'node:fs';

const program = new URL('../dist/cli.js', import.meta.url);
if (existsSync(program)) {
  const { main } = await import(program.href);
  process.exitCode = await main(process.argv.slice(2), 'mesh-preflight');
} else {
  process.stderr.write('mesh-preflight: dist/ is missing: run `npm run build` first\n');
  process.exitCode = 2;
}

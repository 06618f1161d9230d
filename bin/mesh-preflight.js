#!/usr/bin/env node
// Starts the program that `npm run build` has put into dist/. It may not do more.

const { existsSync } = require('node:fs');
const { join } = require('node:path');

const program = join(__dirname, '../dist/cli.cjs');
if (existsSync(program)) {
  const { main } = require(program);
  main(process.argv.slice(2), 'mesh-preflight').then((code) => {
    process.exitCode = code;
  });
} else {
  process.stderr.write('mesh-preflight: dist/ is missing: run `npm run build` first\n');
  process.exitCode = 2;
}

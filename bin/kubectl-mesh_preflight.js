#!/usr/bin/env node
// The same program as a kubectl plugin: kubectl finds it by this name and calls it for `kubectl mesh-preflight`. It may not do more.

const { existsSync } = require('node:fs');
const { join } = require('node:path');

const program = join(__dirname, '../dist/cli.cjs');
if (existsSync(program)) {
  const { main } = require(program);
  main(process.argv.slice(2), 'kubectl mesh-preflight').then((code) => {
    process.exitCode = code;
  });
} else {
  process.stderr.write('mesh-preflight: dist/ is missing: run `npm run build` first\n');
  process.exitCode = 2;
}

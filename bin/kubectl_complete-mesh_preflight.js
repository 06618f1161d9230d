#!/usr/bin/env node
// Completes `kubectl mesh-preflight`: kubectl finds it by this name and gives it the words behind the plugin's. It may not do more.

const { existsSync } = require('node:fs');
const { join } = require('node:path');

const program = join(__dirname, '../dist/cli.cjs');
if (existsSync(program)) {
  const { main } = require(program);
  main(['__complete', '--', ...process.argv.slice(2)], 'kubectl mesh-preflight').then((code) => {
    process.exitCode = code;
  });
} else {
  process.stderr.write('mesh-preflight: dist/ is missing: run `npm run build` first\n');
  process.exitCode = 2;
}

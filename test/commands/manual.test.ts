// The manual page: generated, complete, and good roff.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { EXIT_CODES, manualPage } from '../../src/commands/manual.ts';
import { commandTable, program } from '../kit/commands.ts';
import { root } from '../kit/examples.ts';
import { hasTool } from '../kit/tools.ts';

const file = path.join(root, 'man/mesh-preflight.1');
const table = await commandTable();
const page = manualPage(table, program);

it('is what `npm run docs` writes', async () => {
  await expect(page).toMatchFileSnapshot(file);
});

it('is installed with the program', () => {
  expect(manifest.man).toEqual(['man/mesh-preflight.1']);
});

it('names exit codes as the README does', () => {
  const readme = fs.readFileSync(path.join(root, 'README.md'), 'utf8');
  const rows = [...readme.matchAll(/^\| (\d) \| (.+?) \| .*\|$/gm)].map(([, code, meaning]) => [Number(code), meaning]);
  expect(rows).toEqual(EXIT_CODES);
});

it.skipIf(!hasTool('mandoc', 'REQUIRE_SHELLS'))('has no fault that mandoc finds', () => {
  const { stdout } = spawnSync('mandoc', ['-Tlint', '-Wstyle'], { input: page, encoding: 'utf8' });
  // The day it was generated would be a difference by itself.
  const found = stdout.split('\n').filter((line) => line !== '' && !line.includes('missing date'));
  expect(found).toEqual([]);
});

it.skipIf(!hasTool('man', 'REQUIRE_SHELLS'))('shows every command and option to who reads it with man', () => {
  const { stdout, stderr, status } = spawnSync('man', ['--warnings', '-l', '-'], {
    input: page,
    encoding: 'utf8',
    env: {
      ...process.env,
      MANWIDTH: '100',
      LC_ALL: 'C.UTF-8',
      PAGER: 'cat',
      MANROFFOPT: '-c',
      MAN_KEEP_FORMATTING: '',
    },
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const shown = stdout.replaceAll(/.\u0008/g, '');
  for (const { name, options, group } of table.commands) {
    if (group) continue;
    expect(shown).toContain(`mesh-preflight ${name}`);
    for (const option of options) for (const spelled of option.names) expect(shown).toContain(spelled);
  }
  for (const line of ['mesh-preflight check exports/', '~/.kube/config', 'NO_COLOR', 'with `warn`']) {
    expect(shown).toContain(line);
  }
});

// Builds one executable that holds Node, the program and all that it reads: `node build-sea.mjs [FOLDER]`, build/ where none is named. It is
// for the system that it is built on, with the Node that builds it. The licences of all that is in it lie beside it.

import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inject } from 'postject';
import { buildSingle, licences } from './build.mjs';

const root = dirname(fileURLToPath(import.meta.url));
const folder = resolve(process.argv[2] ?? join(root, 'build'));
const executable = join(folder, process.platform === 'win32' ? 'mesh-preflight.exe' : 'mesh-preflight');

function run(program, ...args) {
  const { status, stderr, error } = spawnSync(program, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${error?.message ?? stderr}`);
}

/** Node's own licence, with those of what it holds. Official builds have it beside the program or one folder up. */
function licenceOfNode() {
  const places = ['../LICENSE', 'LICENSE', '../share/doc/nodejs/copyright'];
  const file = places.map((place) => join(dirname(process.execPath), place)).find(existsSync);
  const text = file ? readFileSync(file, 'utf8') : '';
  return text.includes('Node.js') ? text : `https://github.com/nodejs/node/blob/${process.version}/LICENSE\n`;
}

const work = mkdtempSync(join(tmpdir(), 'mesh-preflight-sea-'));
try {
  const { outputFiles, metafile } = await buildSingle();
  const main = join(work, 'main.cjs');
  const blob = join(work, 'blob');
  const config = join(work, 'config.json');
  writeFileSync(main, outputFiles[0].text);
  writeFileSync(
    config,
    JSON.stringify({ main, output: blob, disableExperimentalSEAWarning: true, useCodeCache: true }),
  );
  run(process.execPath, '--experimental-sea-config', config);

  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  copyFileSync(process.execPath, executable);
  chmodSync(executable, 0o755);
  // macOS starts nothing whose signature does not fit its content, and is content with one that names nobody.
  if (process.platform === 'darwin') run('codesign', '--remove-signature', executable);
  await inject(executable, 'NODE_SEA_BLOB', readFileSync(blob), {
    sentinelFuse: 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2',
    machoSegmentName: 'NODE_SEA',
  });
  if (process.platform === 'darwin') run('codesign', '--sign', '-', executable);

  copyFileSync(join(root, 'LICENSE'), join(folder, 'LICENSE'));
  writeFileSync(join(folder, 'THIRD-PARTY-LICENSES.txt'), licences(metafile.outputs));
  writeFileSync(join(folder, 'NODE-LICENSE.txt'), licenceOfNode());
} finally {
  rmSync(work, { recursive: true });
}

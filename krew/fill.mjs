// Prints krew's manifest of a version: `node krew/fill.mjs OWNER/REPOSITORY VERSION FOLDER`, where the folder holds the archives.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const [repository, version, folder] = process.argv.slice(2);
if (!/^[\w.-]+\/[\w.-]+$/.test(repository ?? '') || !/^\d+\.\d+\.\d+/.test(version ?? '') || !folder) {
  process.stderr.write('usage: node krew/fill.mjs OWNER/REPOSITORY VERSION FOLDER\n');
  process.exit(2);
}
const sha256 = (file) =>
  createHash('sha256')
    .update(readFileSync(join(folder, file)))
    .digest('hex');
const template = readFileSync(new URL('mesh-preflight.yaml', import.meta.url), 'utf8');
const filled = template
  .replaceAll('@repository@', repository)
  .replaceAll('@version@', version)
  .replaceAll(/@sha256:([\w.-]+)@/g, (_, file) => sha256(file));
process.stdout.write(filled.replace(/^#.*\n/, ''));

// The entry of the executable that holds Node as well. It is one file under three names: its own, and those by which kubectl finds a plugin
// and asks it for completions.

import { basename } from 'node:path';
import { main } from './cli.ts';

const name = basename(process.argv0).replace(/\.exe$/, '');
const given = process.argv.slice(2);
const plugin = 'kubectl mesh-preflight';
const run =
  name === 'kubectl_complete-mesh_preflight'
    ? main(['__complete', '--', ...given], plugin)
    : main(given, name === 'kubectl-mesh_preflight' ? plugin : 'mesh-preflight');
run.then((code) => {
  process.exitCode = code;
});

// The configuration of a run: found, read, and shown by `config print`.

import fs from 'node:fs';
import path from 'node:path';
import type { Config } from '../config.ts';
import type { Path } from '../model/resource.ts';
import { loadRules } from '../registry.ts';
import type { Rule } from '../rule.ts';
import { UsageError } from '../source/source.ts';
import { print, readWhole, repositoryRoot } from './program.ts';

export interface ConfigFlags {
  /** A file; true: the nearest one; false: none. */
  readonly config: string | boolean;
}

/** A configuration and the folder that its paths are relative to. */
export interface FoundConfig {
  readonly config: Config;
  /** As messages call it, relative to the working directory where it can be; null without a file. */
  readonly uri: string | null;
  readonly folder: string;
}

const NAMES = ['.mesh-preflight.yaml', '.mesh-preflight.yml', '.mesh-preflight.json'];

/** The configuration of no file. */
const NO_CONFIG: Config = {
  clusters: [],
  routing: null,
  stage: null,
  calicoVersion: null,
  rules: new Map(),
  suppressions: [],
  maxFindings: null,
  at: () => null,
};

/** Reads the configuration. Throws UsageError where one that was named cannot be read, and for what is wrong in it. */
export async function findConfig({ config }: ConfigFlags, cwd: string, rules: readonly Rule[]): Promise<FoundConfig> {
  const file = typeof config === 'string' ? path.resolve(cwd, config) : config ? nearestFile(cwd) : null;
  if (file === null) return { config: NO_CONFIG, uri: null, folder: cwd };
  const relative = path.relative(cwd, file).split(path.sep).join('/');
  const uri = relative.startsWith('../../..') ? file : relative;
  const text = readWhole(file, uri);
  // Most runs have none, and need neither the schema nor what reads it.
  const { readConfig } = await import('../config.ts');
  return { config: readConfig(text, uri, rules) ?? NO_CONFIG, uri, folder: path.dirname(file) };
}

/** From the working directory up to the root of its repository; without a repository, in the working directory alone. */
function nearestFile(cwd: string): string | null {
  const root = repositoryRoot(cwd) ?? cwd;
  for (let folder = cwd; ; folder = path.dirname(folder)) {
    const found = NAMES.map((name) => path.join(folder, name)).filter((file) => fs.existsSync(file));
    const [first, second] = found;
    if (first !== undefined && second !== undefined)
      throw new UsageError(`${path.basename(first)} and ${path.basename(second)} are both there; keep one`);
    if (first !== undefined) return first;
    if (folder === root || path.dirname(folder) === folder) return null;
  }
}

/** Prints every setting, and where it comes from. */
export async function runConfigPrint(flags: ConfigFlags): Promise<number> {
  const { config, uri } = await findConfig(flags, process.cwd(), await loadRules());
  const origin = (at: Path) => {
    const place = config.at(at);
    return place === null ? 'default' : `${uri}:${place.line}:${place.column}`;
  };
  const rows: [string, string][] = [];
  const row = (text: string, at: Path) => rows.push([text, origin(at)]);
  const scalar = (key: string, value: string | number | null) => row(`${key}: ${value ?? 'null'}`, [key]);
  if (config.clusters.length === 0) row('clusters: {}', ['clusters']);
  else row('clusters:', ['clusters']);
  for (const { name, path: place, context } of config.clusters)
    row(`  ${JSON.stringify(name)}: ${JSON.stringify(place === null ? { context } : { path: place })}`, [
      'clusters',
      name,
    ]);
  scalar('routing', config.routing);
  scalar('stage', config.stage ?? 'peered');
  scalar('calicoVersion', config.calicoVersion === null ? null : JSON.stringify(config.calicoVersion.text));
  row(config.rules.size === 0 ? 'rules: {}' : 'rules:', ['rules']);
  for (const [id, setting] of config.rules) row(`  ${id}: ${JSON.stringify(setting)}`, ['rules', id]);
  row(config.suppressions.length === 0 ? 'suppressions: []' : 'suppressions:', ['suppressions']);
  for (const [i, { by: _, at: __, place: ___, pairs, ...told }] of config.suppressions.entries()) {
    const written = {
      ...told,
      pairs: pairs?.map(({ from, to, both }) => `${from}${both ? '<->' : '->'}${to}`) ?? null,
    };
    const kept = Object.fromEntries(Object.entries(written).filter(([, value]) => value !== null));
    row(`  - ${JSON.stringify(kept)}`, ['suppressions', i]);
  }
  scalar('maxFindings', config.maxFindings ?? DEFAULT_MAX_FINDINGS);
  const width = Math.max(...rows.filter(([text]) => text.length < 60).map(([text]) => text.length));
  await print(rows.map(([text, from]) => `${text.padEnd(width)} # ${from}\n`).join(''));
  return 0;
}

/** Like findings per rule that are printed, unless something else is asked for. */
export const DEFAULT_MAX_FINDINGS = 100;

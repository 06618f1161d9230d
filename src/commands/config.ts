// The configuration of a run: found, read, shown by `config print`, begun by `init`.

import fs from 'node:fs';
import path from 'node:path';
import type { Config, ConfigFile } from '../config.ts';
import type { Path } from '../model/resource.ts';
import { loadRules } from '../registry.ts';
import type { Rule } from '../rule.ts';
import { UsageError } from '../source/source.ts';
import type { Pair } from '../suppressions.ts';
import { type Program, print, readWhole, repositoryRoot, writeWhole } from './program.ts';

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
  topology: null,
  participatingPools: new Map(),
  rules: new Map(),
  suppressions: [],
  maxFindings: null,
  weigh: (rules) => rules,
  refuseUnknown: () => {},
  excerptAt: () => null,
  refuse: (_, why) => {
    throw new UsageError(why);
  },
  at: () => null,
};

/** Reads the configuration. Throws UsageError where one that was named cannot be read, and for what is wrong in it. */
export async function findConfig({ config }: ConfigFlags, cwd: string, rules: readonly Rule[]): Promise<FoundConfig> {
  if (config === '') throw new UsageError('--config names no file');
  const file = typeof config === 'string' ? path.resolve(cwd, config) : config ? nearestFile(cwd) : null;
  if (file === null) return { config: NO_CONFIG, uri: null, folder: cwd };
  const name = from(cwd, file);
  const uri = name.startsWith('../../..') ? file : name;
  const text = readWhole(file, uri);
  // Most runs have none, and need neither the schema nor what reads it.
  const { readConfig } = await import('../config.ts');
  return {
    config: readConfig(text, { name: uri, ...addressOf(file, cwd) }, rules) ?? NO_CONFIG,
    uri,
    folder: path.dirname(file),
  };
}

/** What reports call the file: its path from the working directory where it is inside, else from the root of the repository; no path of the machine. */
function addressOf(file: string, cwd: string): Pick<ConfigFile, 'uri' | 'repositoryUri'> {
  const inside = (folder: string | null) =>
    folder !== null && file.startsWith(path.join(folder, path.sep)) ? from(folder, file) : null;
  const repositoryUri = inside(repositoryRoot(cwd)) ?? `external/${path.basename(file)}`;
  return { uri: inside(cwd) ?? repositoryUri, repositoryUri };
}

function from(folder: string, file: string): string {
  return path.relative(folder, file).split(path.sep).join('/');
}

/** From the working directory up to the root of its repository; without a repository, in the working directory alone. */
function nearestFile(cwd: string): string | null {
  const root = repositoryRoot(cwd) ?? cwd;
  for (let folder = cwd; ; folder = path.dirname(folder)) {
    const found = NAMES.map((name) => path.join(folder, name)).filter(isThere);
    const [first, second] = found;
    if (first !== undefined && second !== undefined)
      throw new UsageError(`${path.basename(first)} and ${path.basename(second)} are both there; keep one`);
    if (first !== undefined) return first;
    if (folder === root || path.dirname(folder) === folder) return null;
  }
}

/** A link that leads nowhere is there: passing over it would pass over what it was to say. */
function isThere(file: string): boolean {
  try {
    return fs.lstatSync(file, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false;
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
  const { topology } = config;
  if (topology === null) scalar('topology', 'full-mesh');
  else row(`topology: ${JSON.stringify({ ...topology, pairs: topology.pairs.map(pairText) })}`, ['topology']);
  const { participatingPools: pools } = config;
  row(pools.size === 0 ? 'participatingPools: {}' : 'participatingPools:', ['participatingPools']);
  for (const [name, own] of pools)
    row(`  ${JSON.stringify(name)}: ${JSON.stringify(own)}`, ['participatingPools', name]);
  row(config.rules.size === 0 ? 'rules: {}' : 'rules:', ['rules']);
  for (const [id, setting] of config.rules) row(`  ${id}: ${JSON.stringify(setting)}`, ['rules', id]);
  row(config.suppressions.length === 0 ? 'suppressions: []' : 'suppressions:', ['suppressions']);
  for (const [i, { by: _, at: __, place: ___, pairs, ...told }] of config.suppressions.entries()) {
    const written = {
      ...told,
      pairs: pairs?.map(pairText) ?? null,
    };
    const kept = Object.fromEntries(Object.entries(written).filter(([, value]) => value !== null));
    row(`  - ${JSON.stringify(kept)}`, ['suppressions', i]);
  }
  scalar('maxFindings', config.maxFindings ?? DEFAULT_MAX_FINDINGS);
  const width = Math.max(...rows.filter(([text]) => text.length < 60).map(([text]) => text.length));
  await print(rows.map(([text, from]) => `${text.padEnd(width)} # ${from}\n`).join(''));
  return 0;
}

const pairText = ({ from, to, both }: Pair) => `${from}${both ? '<->' : '->'}${to}`;

/** Like findings per rule that are printed, unless something else is asked for. */
export const DEFAULT_MAX_FINDINGS = 100;

/** Writes a configuration to begin with; with a mesh folder, its clusters. Throws UsageError where there is one already. */
export async function runInit(program: Program, folder: string | undefined): Promise<number> {
  const cwd = process.cwd();
  for (const name of NAMES) {
    if (isThere(path.join(cwd, name))) throw new UsageError(`${name} is there already`);
  }
  const clusters = folder === undefined ? [] : clustersIn(path.resolve(cwd, folder), folder);
  const [major] = program.version.split('.');
  const lines = [
    `# yaml-language-server: $schema=https://unpkg.com/${program.name}@${major}/schemas/config.schema.json`,
    '',
    '# Where the clusters are, relative to this file; a live one has a context instead: { context: NAME }.',
    ...(clusters.length === 0
      ? ['# clusters:', '#   east: exports/east', '#   west: exports/west']
      : [
          'clusters:',
          ...clusters.map(
            (name) => `  ${JSON.stringify(name)}: ${JSON.stringify(path.posix.join(folder ?? '', name))}`,
          ),
        ]),
    '',
    '# Only where the input does not tell: overlay or underlay, before-peering or peered, and the version to judge by.',
    '# routing: overlay',
    '# stage: peered',
    '# calicoVersion: "3.23"',
    '',
    '# Which clusters are meant to be connected, if not all with all; or pairs: [a<->b, c->d].',
    '# topology: { hubs: [east], spokes: [west] }',
    '',
    '# By cluster, the IPPools whose pods take part in the mesh, where not all do.',
    '# participatingPools:',
    '#   east: [default-ipv4-ippool]',
    '',
    '# Another severity for a rule, or off, and why. A rule that is off leaves its requirement unknown.',
    '# rules:',
    '#   nodes-reach-each-other: { severity: off, reason: measured every night }',
    '',
    '# Findings that are known and accepted.',
    '# suppressions:',
    '# - rule: pod-ranges-disjoint',
    '#   clusters: [east, west]',
    '#   object: IPPool/default-ipv4-ippool',
    '#   reason: west moves in March',
    '#   until: 2027-03-31',
  ];
  const name = NAMES[0] as string;
  writeWhole(path.join(cwd, name), `${lines.join('\n')}\n`, name);
  process.stderr.write(`wrote ${name}\n`);
  return 0;
}

/** The folders of a mesh, which are called after its clusters. */
function clustersIn(full: string, folder: string): readonly string[] {
  try {
    const entries = fs.readdirSync(full, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
      .map((entry) => entry.name)
      .sort();
  } catch (error) {
    throw new UsageError(`${folder}: cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})`);
  }
}

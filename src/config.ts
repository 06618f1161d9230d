// The configuration: a text in, what it says out, or the first thing that is wrong with it and where. Pure.

import { audits } from './audits.ts';
import { configError, schema } from './config-schema.ts';
import { pathOf, valueAt } from './model/objects/validate.ts';
import { parseVersion, type Version } from './model/platform/version.ts';
import type { Path } from './model/resource.ts';
import { didYouMean, noSuch } from './model/wording.ts';
import type { Excerpt, Location } from './report/report.ts';
import type { Routing } from './requirements.ts';
import type { Rule, Severity } from './rule.ts';
import { lineStarts, locateIn, positionOf } from './source/locate.ts';
import { excerptAt, type SourceFile } from './source/positions.ts';
import { type Input, UsageError } from './source/source.ts';
import { readPlain, splitText } from './source/yaml.ts';
import { isDay, type Pair, readReason, type Suppression } from './suppressions.ts';

/** A cluster, and where it is: one of both. */
export interface ConfiguredCluster {
  readonly name: string;
  /** Relative to the configuration's folder. */
  readonly path: string | null;
  readonly context: string | null;
}

export interface RuleSetting {
  readonly severity: Severity | 'off';
  readonly reason: string;
}

/** Which clusters are meant to be connected: hubs with all that are named, pairs as they say. */
export interface Topology {
  readonly hubs: readonly string[];
  readonly spokes: readonly string[];
  readonly pairs: readonly Pair[];
  /** Is a way meant to lead from one cluster to another? One that the topology does not name is meant to be connected with all. */
  isMeant(from: string, to: string): boolean;
}

/** What a configuration says; null and nothing where it says nothing. */
export interface Config {
  readonly clusters: readonly ConfiguredCluster[];
  readonly routing: Routing | null;
  readonly stage: 'before-peering' | 'peered' | null;
  readonly calicoVersion: Version | null;
  /** Null: every cluster is meant to lead to every other. */
  readonly topology: Topology | null;
  /** By cluster, the names of the IPPools whose pods take part in the mesh; of a cluster that is not there, all do. */
  readonly participatingPools: ReadonlyMap<string, readonly string[]>;
  readonly rules: ReadonlyMap<string, RuleSetting>;
  readonly suppressions: readonly Suppression[];
  readonly maxFindings: number | null;
  /** The rules with the severities that are given to them; those in `off` do not run. */
  weigh(rules: readonly Rule[], off: ReadonlySet<string>): readonly Rule[];
  /**
   * Throws UsageError for the name of a cluster that is neither read nor configured nor one of `beside`, and of an IPPool that a cluster does
   * not have.
   */
  refuseUnknown(clusters: Input['clusters'], beside: readonly string[]): void;
  /** What stands around the place of a suppression; null for any other place. */
  excerptAt(location: Location): Excerpt | null;
  /** Throws UsageError for what stands somewhere. */
  refuse(path: Path, why: string): never;
  /** Where a key stands: line and column from 1; null for one that is not there. */
  at(path: Path): Pick<Location, 'line' | 'column'> | null;
}

/** As JSON, once the schema has let it through. */
interface Written {
  readonly clusters?: Readonly<Record<string, string | { readonly path?: string; readonly context?: string }>>;
  readonly routing?: Routing;
  readonly stage?: 'before-peering' | 'peered';
  readonly calicoVersion?: string;
  readonly topology?:
    | 'full-mesh'
    | { readonly hubs?: readonly string[]; readonly spokes?: readonly string[]; readonly pairs?: readonly string[] };
  readonly participatingPools?: Readonly<Record<string, readonly string[]>>;
  readonly rules?: Readonly<Record<string, RuleSetting>>;
  readonly suppressions?: readonly WrittenSuppression[];
  readonly maxFindings?: number;
}

interface WrittenSuppression {
  readonly rule: string;
  readonly clusters?: readonly string[];
  readonly pairs?: readonly string[];
  readonly object?: string;
  readonly field?: string;
  readonly reason: string;
  readonly owner?: string;
  readonly until?: string;
}

/** What a file is called by messages, and by reports: as any other file. */
export interface ConfigFile extends Pick<SourceFile, 'uri' | 'repositoryUri'> {
  readonly name: string;
}

/**
 * Reads a configuration in YAML or JSON; null for an empty one. Throws UsageError, with line and column, for what the schema does
 * not allow and for rules that do not exist.
 */
export function readConfig(text: string, file: ConfigFile, rules: readonly Pick<Rule, 'id'>[]): Config | null {
  const { uri } = file;
  const starts = lineStarts(text);
  const refuse = (offset: number, why: string): never => {
    const { line, column } = positionOf(starts, offset);
    throw new UsageError(`${file.name}:${line}:${column}: ${why}`);
  };
  const [document, more] = splitText(text);
  if (!document) return null;
  if (more) refuse(more.start, 'a configuration is one document');
  const part = text.slice(document.start, document.end);
  const { value: root, fault } = readPlain(part);
  if (fault) refuse(document.start + fault.offset, fault.why);
  if (root === null || root === undefined) return null;
  const located = locateIn(part);
  const offsetOf = (path: Path): number => {
    const { start, end } = located.find([], path);
    const key = path.at(-1);
    // A mapping, a list and nothing have the place of their key already.
    if (typeof key !== 'string' || /^\s*:/.test(part.slice(end))) return document.start + start;
    const before = part.lastIndexOf(key, start - key.length - 1);
    // A key stands on the line of its value or on the one above.
    const isNear = before >= 0 && part.slice(before, start).split('\n').length <= 2;
    return document.start + (isNear ? before : start);
  };
  const refuseAt = (path: Path, why: string): never => refuse(offsetOf(path), why);
  const error = configError(root);
  if (error) {
    const { path, why } = told(root, error);
    refuseAt(path, why);
  }
  const written = root as Written;
  const ids = rules.map((rule) => rule.id);
  const known = (id: string, path: Path, more: readonly string[] = []) => {
    if (!ids.includes(id) && !more.includes(id)) refuseAt(path, noSuch('rule', id, [...ids, ...more]));
  };
  const audited = audits.map(({ id }) => id);
  for (const [id, { severity }] of Object.entries(written.rules ?? {})) {
    known(id, ['rules', id], audited);
    if (audited.includes(id) && severity !== 'off' && severity !== 'note')
      refuseAt(['rules', id, 'severity'], `${id} is a note, or off`);
  }
  for (const [i, { rule, reason, until }] of (written.suppressions ?? []).entries()) {
    known(rule, ['suppressions', i, 'rule']);
    const said = readReason(reason);
    if (said === null || said.until !== null)
      refuseAt(['suppressions', i, 'reason'], 'the last day has a key of its own: until: YYYY-MM-DD');
    if (until !== undefined && !isDay(until)) refuseAt(['suppressions', i, 'until'], `${until} is no day`);
  }
  const clusters = Object.entries(written.clusters ?? {}).map(([name, where]): ConfiguredCluster => {
    if (name === '') refuseAt(['clusters'], 'a cluster needs a name');
    const { path = null, context = null } = typeof where === 'string' ? { path: where } : where;
    if ((path === null) === (context === null)) refuseAt(['clusters', name], 'a cluster has a path or a context');
    if (path !== null && /^(\.\/)*-$/.test(path))
      refuseAt(['clusters', name], `standard input is named on the command line alone: --cluster ${name}=-`);
    return { name, path, context };
  });
  if (typeof written.topology === 'object') {
    const { hubs = [], spokes = [] } = written.topology;
    if (hubs.length === 0 && spokes.length > 0)
      refuseAt(['topology', 'spokes'], 'spokes are connected with hubs; name some, or pairs');
  }
  for (const [path, { from, to }] of pairsIn(written))
    if (from === to) refuseAt(path, `${valueAt(written, path)} leads from a cluster to itself`);
  const at = (path: Path) => {
    let value: unknown = written;
    for (const step of path) value = (value as Readonly<Record<string | number, unknown>> | undefined)?.[step];
    return value === undefined ? null : positionOf(starts, offsetOf(path));
  };
  const suppressions = (written.suppressions ?? []).map((each, i) => {
    const { line, column } = positionOf(starts, document.start + located.find([], ['suppressions', i, 'rule']).start);
    return suppressionOf(each, { uri, line, column, endLine: line, endColumn: column + each.rule.length });
  });
  return {
    clusters,
    routing: written.routing ?? null,
    stage: written.stage ?? null,
    calicoVersion: written.calicoVersion === undefined ? null : parseVersion(written.calicoVersion),
    topology: topologyOf(written.topology),
    participatingPools: new Map(Object.entries(written.participatingPools ?? {})),
    rules: new Map(Object.entries(written.rules ?? {})),
    suppressions,
    maxFindings: written.maxFindings ?? null,
    weigh: (all, off) =>
      all.map((rule) => {
        const severity = written.rules?.[rule.id]?.severity ?? 'off';
        // One that does not run could have found what it finds by itself: lowering it settles nothing.
        const isOwn = severity === 'off' || (off.has(rule.id) && severity !== 'error');
        return isOwn ? rule : weighed(rule, severity);
      }),
    refuseUnknown: (run, beside) => {
      const declared = clusters.map(({ name }) => name);
      const known = [...new Set([...run.map(({ cluster }) => cluster), ...declared, ...beside])];
      for (const [path, name] of clustersIn(written)) {
        if (known.includes(name)) continue;
        refuseAt(path, `no cluster ${name}, neither in this run nor under clusters${didYouMean(name, known)}`);
      }
      for (const [path, why] of unknownPools(written.participatingPools ?? {}, run)) refuseAt(path, why);
    },
    excerptAt: (location) =>
      suppressions.some(({ place }) => place.location === location)
        ? excerptAt({ ...file, cluster: '', hasMark: false, byItems: new Set(), read: () => text }, location)
        : null,
    refuse: refuseAt,
    at,
  };
}

/** All pairs, and where they stand. */
function* pairsIn({ topology, suppressions = [] }: Written): Iterable<readonly [Path, Pair]> {
  const { pairs = [] } = typeof topology === 'object' ? topology : {};
  for (const [i, pair] of pairs.entries()) yield [['topology', 'pairs', i], pairOf(pair)];
  for (const [n, { pairs = [] }] of suppressions.entries())
    for (const [i, pair] of pairs.entries()) yield [['suppressions', n, 'pairs', i], pairOf(pair)];
}

/** All names of clusters but those that are declared, and where they stand. One of them that is mistyped would be left out, and nobody would know. */
function* clustersIn(written: Written): Iterable<readonly [Path, string]> {
  const { topology, participatingPools = {}, suppressions = [] } = written;
  const { hubs = [], spokes = [] } = typeof topology === 'object' ? topology : {};
  for (const [i, name] of hubs.entries()) yield [['topology', 'hubs', i], name];
  for (const [i, name] of spokes.entries()) yield [['topology', 'spokes', i], name];
  for (const name of Object.keys(participatingPools)) yield [['participatingPools', name], name];
  for (const [n, { clusters = [] }] of suppressions.entries())
    for (const [i, name] of clusters.entries()) yield [['suppressions', n, 'clusters', i], name];
  for (const [path, { from, to }] of pairsIn(written)) {
    yield [path, from];
    yield [path, to];
  }
}

/** Where pools stand that a cluster does not have, and what to say of them. What was not read in full may hold them. */
function* unknownPools(
  pools: NonNullable<Written['participatingPools']>,
  run: Input['clusters'],
): Iterable<readonly [Path, string]> {
  for (const { cluster, kinds } of run) {
    const { items, partial, unread } = kinds.IPPool;
    const there = items.map(({ ref }) => ref.name);
    if (there.length === 0 || partial !== null || unread !== null || !Object.hasOwn(pools, cluster)) continue;
    for (const [i, pool] of (pools[cluster] ?? []).entries())
      if (!there.includes(pool))
        yield [['participatingPools', cluster, i], `no IPPool ${pool} in cluster ${cluster}${didYouMean(pool, there)}`];
  }
}

/** A rule whose violations all have a severity. What it says as a note is information, and stays one. */
function weighed(rule: Rule, severity: Severity): Rule {
  const messages = Object.entries(rule.messages).map(([id, message]) => {
    const isPlain = typeof message === 'string' || message.severity === 'note';
    return [id, isPlain ? message : { ...message, severity }] as const;
  });
  return {
    ...rule,
    severity,
    messages: Object.fromEntries(messages),
    check: (mesh, say) =>
      rule.check(mesh, {
        ...say,
        // What it leaves possible at worst is a violation, too.
        unknown: (id, data, spec) => say.unknown(id, data, spec.severity ? { ...spec, severity } : spec),
      }),
  };
}

function suppressionOf(written: WrittenSuppression, location: Location): Suppression {
  const {
    rule,
    clusters = null,
    pairs = null,
    object = null,
    field = null,
    reason,
    owner = null,
    until = null,
  } = written;
  return {
    rule,
    by: 'config',
    reason: reason.trim(),
    owner,
    until,
    clusters,
    pairs: pairs?.map(pairOf) ?? null,
    object,
    field,
    at: null,
    place: { cluster: null, location },
  };
}

function topologyOf(written: Written['topology']): Topology | null {
  if (written === undefined || written === 'full-mesh') return null;
  const { hubs = [], spokes = [] } = written;
  const pairs = (written.pairs ?? []).map(pairOf);
  const arms = new Set([...hubs, ...spokes]);
  const named = new Set([...arms, ...pairs.flatMap(({ from, to }) => [from, to])]);
  const isMeant = (from: string, to: string) => {
    if (!named.has(from) || !named.has(to)) return true;
    if (arms.has(from) && arms.has(to) && (hubs.includes(from) || hubs.includes(to))) return true;
    return pairs.some((p) => (p.from === from && p.to === to) || (p.both && p.from === to && p.to === from));
  };
  return { hubs, spokes, pairs, isMeant };
}

function pairOf(text: string): Pair {
  const [, from = '', arrow, to = ''] = /^(\S+?)\s*(<?->)\s*(\S+)$/.exec(text) ?? [];
  return { from, to, both: arrow === '<->' };
}

/** Where a schema's error is, and what it means, in words. */
function told(
  root: unknown,
  { instancePath, keyword, params }: NonNullable<ReturnType<typeof configError>>,
): { readonly path: Path; readonly why: string } {
  const path = pathOf(root, instancePath);
  const name = nameOf(path);
  const given = params as {
    readonly additionalProperty?: string;
    readonly missingProperty?: string;
    readonly allowedValues?: readonly string[];
    readonly type?: string | readonly string[];
    readonly limit?: number;
  };
  const { properties = {}, examples = [] } = schemaAt(path);
  const value = valueAt(root, path);
  switch (keyword) {
    case 'additionalProperties': {
      const key = given.additionalProperty ?? '';
      return { path: [...path, key], why: `no such key: ${key}${didYouMean(key, Object.keys(properties))}` };
    }
    case 'required':
      return { path, why: `${name} needs ${given.missingProperty}` };
    case 'enum':
      return { path, why: `${name} is one of ${given.allowedValues?.join(', ')}` };
    case 'type': {
      const types = [given.type].flat();
      const words = types.map((type) =>
        type === 'string' && typeof value !== 'object' ? 'a text in quotes' : word(type),
      );
      return { path, why: `${name} has to be ${words.join(' or ')}` };
    }
    case 'minItems':
      return { path, why: `${name} cannot be empty` };
    case 'minimum':
      return { path, why: `${name} has to be at least ${given.limit}` };
    default: {
      const alike = examples.map((one) => (typeof one === 'string' ? one : JSON.stringify(one))).join(' or ');
      return { path, why: `${name} cannot be ${JSON.stringify(value)}; write it like ${alike}` };
    }
  }
}

/** `pairs[0]`: the last key, and what follows it. */
function nameOf(path: Path): string {
  const last = path.findLastIndex((step) => typeof step === 'string');
  const [key = 'the configuration', ...items] = path.slice(Math.max(last, 0));
  return `${key}${items.map((item) => `[${item}]`).join('')}`;
}

const WORDS: Readonly<Record<string, string>> = {
  array: 'a list',
  object: 'a mapping',
  string: 'a text',
  integer: 'a whole number',
};
const word = (type: string | undefined) => WORDS[type ?? ''] ?? String(type);

/** What messages take from the schema. */
interface SchemaNode {
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly additionalProperties?: SchemaNode | boolean;
  readonly items?: SchemaNode;
  readonly type?: unknown;
  readonly examples?: readonly unknown[];
}

function schemaAt(path: Path): SchemaNode {
  let node: SchemaNode = schema;
  for (const step of path) {
    const { properties = {}, additionalProperties, items } = node;
    const own = Object.hasOwn(properties, step) ? properties[step] : additionalProperties;
    const next = typeof step === 'number' ? items : own;
    node = typeof next === 'object' ? next : {};
  }
  return node;
}

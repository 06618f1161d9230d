// Where the nodes of a mesh differ in a Felix parameter: one divergence per cause, with who has to change and what shows it. No I/O.

import { at, type Evidence } from '../resource.ts';
import { several } from '../wording.ts';
import { type Doubt, decidedAt, type FelixGroup, lacksOf } from './felix.ts';
import { type FelixParameter, type FelixValue, felixParameters, formatFelixValue } from './parameters.ts';
import { type Configured, isForced, ownerOf, type Repair, repair } from './repair.ts';

/** A group of nodes of one cluster, and the cluster. */
export interface FelixHolder {
  readonly cluster: Configured;
  readonly group: FelixGroup;
}

export interface Divergence {
  readonly parameter: FelixParameter;
  /** `differs`: clusters differ from each other; `overridden`: some nodes differ from all others, their own cluster's among them. */
  readonly kind: 'differs' | 'overridden';
  /** Those that have to change; where the sides are equal, all of them. */
  readonly odd: readonly [FelixHolder, ...FelixHolder[]];
  /** Those on the other side; empty where the sides are equal. */
  readonly others: readonly FelixHolder[];
}

/**
 * The causes of different values of one parameter, on what was read: values are grouped by cluster, the one that most clusters have where
 * nothing overrides it is what the others differ from; without such a value all sides are one divergence. Of equally many clusters, those
 * whose every node is overridden are the odd ones.
 */
export function divergences(clusters: readonly Configured[], parameter: FelixParameter): readonly Divergence[] {
  const holders = byName(clusters).flatMap((cluster): FelixHolder[] => {
    const [group] = cluster.felix.parameters[parameter].groups;
    return group ? [{ cluster, group }] : [];
  });
  const sides = sidesOf(holders, parameter);
  const [first, second] = sides;
  if (!first) return [];
  const settled = !second || weighs(first) > weighs(second);
  const between = settled
    ? sides.slice(1).map((odd): Divergence => ({ parameter, kind: 'differs', odd, others: first }))
    : [equalSides(sides, parameter)];
  const common = new Set((settled ? [first] : sides).map(([{ group }]) => group.value));
  const within = holders.flatMap((main) => overrides(main, holders, parameter, common));
  return [...between, ...within];
}

/** In an order that does not depend on that of the input. */
export function byName<T extends { readonly name: string }>(clusters: readonly T[]): readonly T[] {
  return [...clusters].sort((a, b) => (a.name < b.name ? -1 : 1));
}

type Side = readonly [FelixHolder, ...FelixHolder[]];

/** Holders by value, the weightiest first; of equal ones, those that differ from the built-in default. */
function sidesOf(holders: readonly FelixHolder[], parameter: FelixParameter): readonly Side[] {
  const { builtIn } = felixParameters[parameter];
  const rank = ([{ group, cluster }]: Side) => `${group.value === builtIn ? 1 : 0} ${cluster.name}`;
  return grouped(holders).sort((a, b) => weighs(b) - weighs(a) || (rank(a) < rank(b) ? -1 : 1));
}

/** Counts clusters; one that has the value by nothing but overrides weighs a little less. */
function weighs(side: Side): number {
  const isOverride = ({ group: { setting } }: FelixHolder) =>
    setting?.layer === 'node' || setting?.layer === 'selector';
  return side.length - (side.every(isOverride) ? 0.5 : 0);
}

function equalSides(sides: readonly Side[], parameter: FelixParameter): Divergence {
  const [first, ...rest] = sides.flat();
  return { parameter, kind: 'differs', odd: [first as FelixHolder, ...rest], others: [] };
}

/** Overrides that give some nodes of a cluster a value that neither their cluster nor the mesh has; one per value. */
function overrides(
  main: FelixHolder,
  all: readonly FelixHolder[],
  parameter: FelixParameter,
  common: ReadonlySet<FelixValue>,
): readonly Divergence[] {
  const { cluster } = main;
  const different = cluster.felix.parameters[parameter].groups
    .slice(1)
    .filter(({ value }) => value !== main.group.value && !common.has(value));
  const holders = different.map((group) => ({ cluster, group }));
  const others = [main, ...all.filter((h) => h !== main && h.group.value === main.group.value)];
  return grouped(holders).map((odd) => ({ parameter, kind: 'overridden', odd, others }));
}

function grouped(holders: readonly FelixHolder[]): Side[] {
  const byValue = new Map<FelixValue, [FelixHolder, ...FelixHolder[]]>();
  for (const holder of holders) {
    const side = byValue.get(holder.group.value);
    if (side) side.push(holder);
    else byValue.set(holder.group.value, [holder]);
  }
  return [...byValue.values()];
}

/**
 * Like `divergences`, for an MTU: 0 leaves it to Felix. Clusters that fix different MTUs are at odds with each other even where most
 * leave it to Felix, so they make one divergence.
 */
export function mtuDivergences(clusters: readonly Configured[], parameter: FelixParameter): readonly Divergence[] {
  const found = divergences(clusters, parameter);
  const fixed = found.filter(({ kind, others }) => kind === 'differs' && others[0]?.group.value === 0);
  const [first, ...rest] = fixed.flatMap(({ odd }) => odd);
  if (!first || fixed.length < 2) return found;
  const merged: Divergence = { parameter, kind: 'differs', odd: [first, ...rest], others: fixed[0]?.others ?? [] };
  return [merged, ...found.filter((divergence) => !fixed.includes(divergence))];
}

/**
 * Leaves of divergences that have the same cause the first one, and none where one of them is told elsewhere. A field of the Installation,
 * or a key of a ConfigMap, that sets the MTU of both families makes both differ.
 */
export function eachCauseOnce(
  found: readonly Divergence[],
  isTold: (divergence: Divergence) => boolean = () => false,
): readonly Divergence[] {
  const causes = new Map<string, Divergence[]>();
  for (const divergence of found) {
    const cause = causeOf(divergence);
    causes.set(cause, [...(causes.get(cause) ?? []), divergence]);
  }
  return [...causes.values()].filter((same) => !same.some(isTold)).flatMap((same) => same.slice(0, 1));
}

/** Who has which value, and what decides it; of what nothing sets, no place is told, and two parameters may have that in common. */
function causeOf({ parameter, kind, odd, others }: Divergence): string {
  const decided = ({ cluster, group }: FelixHolder) => {
    const place = ownerOf(cluster, parameter, group) ?? group.setting?.places[0];
    const where = place && [place.ref.kind, place.ref.namespace, place.ref.name, ...place.path];
    return [cluster.name, group.nodes, group.value, where ?? null];
  };
  return JSON.stringify([kind, odd.map(decided), others.map(decided)]);
}

/** What all clusters have to share once WireGuard is used: also one that has it off, and whatever family of addresses is in use. */
export const WIREGUARD_SETTINGS: readonly FelixParameter[] = [
  'wireguardListeningPort',
  'wireguardListeningPortV6',
  'wireguardRoutingRulePriority',
  'wireguardInterfaceName',
  'wireguardInterfaceNameV6',
  'wireguardMTU',
  'wireguardMTUV6',
  'wireguardHostEncryptionEnabled',
  'wireguardKeepAlive',
  'wireguardThreadingEnabled',
];

/**
 * The documentation's `wireguard*` and `vxlan*` (FelixConfiguration reference, 3.23). It asks all of them to be equal, without a condition
 * on families of addresses or on the single cluster (docs, "Creating the cluster mesh", 3.23).
 */
export const WIREGUARD_PARAMETERS: readonly FelixParameter[] = [
  'wireguardEnabled',
  'wireguardEnabledV6',
  ...WIREGUARD_SETTINGS,
];
export const VXLAN_PARAMETERS: readonly FelixParameter[] = [
  'vxlanEnabled',
  'vxlanPort',
  'vxlanVNI',
  'vxlanMTU',
  'vxlanMTUV6',
];

/** A value that is in effect in some clusters, in the words of a finding. */
export interface Occurrence {
  readonly value: FelixValue;
  readonly clusters: readonly [string, ...string[]];
  readonly evidence: readonly [Evidence, ...Evidence[]];
  readonly repair: Repair;
}

/**
 * Values in effect that pass a test, each once. Where a cluster's value is at odds with the mesh, that is the finding, and the cluster is
 * left out here.
 */
export function occurrences(
  clusters: readonly Configured[],
  parameter: FelixParameter,
  test: (value: FelixValue, cluster: Configured) => boolean,
): readonly Occurrence[] {
  const odd = new Set(divergences(clusters, parameter).flatMap(({ odd: holders }) => holders.map((h) => h.cluster)));
  const holders = byName(clusters)
    .filter((cluster) => !odd.has(cluster))
    .flatMap((cluster) => cluster.felix.parameters[parameter].groups.map((group) => ({ cluster, group })))
    .filter(({ cluster, group }) => test(group.value, cluster));
  return grouped(holders).map(([first, ...rest]) => ({
    value: first.group.value,
    clusters: clustersOf([first, ...rest]) as [string, ...string[]],
    evidence: evidenceOf(parameter, first, rest),
    repair: repair(first.cluster, parameter, first.group, felixParameters[parameter].builtIn),
  }));
}

/** The values at odds, each once, those that have to change first. */
export function valuesOf({ odd, others }: Divergence): readonly FelixValue[] {
  return [...new Set([...odd, ...others].map(({ group }) => group.value))];
}

/** A divergence in the words of a finding: `{parameter} is {found}, but {expected}`. */
export interface Misalignment {
  readonly data: { readonly parameter: FelixParameter; readonly found: string; readonly expected: string };
  /** Those that have to change, sorted, and those on the other side. */
  readonly clusters: readonly string[];
  readonly against: readonly string[];
  readonly evidence: readonly [Evidence, ...Evidence[]];
  readonly repair: Repair;
}

/** Describes a divergence: who has which value, what shows it (what has to change first), and how to end it. */
export function misalignment(divergence: Divergence): Misalignment {
  const { parameter, kind, odd, others } = divergence;
  const [first] = odd;
  const sides = grouped([...odd, ...others]);
  const [found = '', ...expected] = sides.map((side) => sideText(parameter, kind, side, divergence));
  const rest =
    expected.length > MOST_VALUES ? [...expected.slice(0, MOST_VALUES - 1), 'other values elsewhere'] : expected;
  const changing = clustersOf(odd);
  return {
    data: { parameter, found, expected: [...rest, ...unread([...odd, ...others], parameter)].join('; ') },
    clusters: changing,
    against: clustersOf(others).filter((name) => !changing.includes(name)),
    evidence: evidenceOf(parameter, first, [...odd.slice(1), ...others]),
    repair: repairOf(divergence),
  };
}

/** Values after the first one that a message names. */
const MOST_VALUES = 4;

function sideText(parameter: FelixParameter, kind: Divergence['kind'], side: Side, { others }: Divergence): string {
  const [{ cluster, group }] = side;
  const value = formatFelixValue(parameter, group.value);
  if (kind === 'differs') return `${value} in ${several(clustersOf(side))}`;
  if (others.includes(side[0])) return `${value} on its other nodes`;
  const nodes = side.flatMap((holder) => (holder.group.nodes === 'all' ? [] : holder.group.nodes));
  return `${value} on ${nodes.length === 1 ? 'node' : 'nodes'} ${several(nodes)} of ${cluster.name}`;
}

/** Where a group takes effect: `in west`, or `on nodes n1 and n2 of west`. */
export function whereOf(cluster: string, { nodes }: FelixGroup): string {
  if (nodes === 'all') return `in ${cluster}`;
  return `on ${nodes.length === 1 ? 'node' : 'nodes'} ${several(nodes)} of ${cluster}`;
}

/** What was not read and could still outrank one of these values of a parameter. */
export function unread(holders: readonly FelixHolder[], parameter: FelixParameter): readonly string[] {
  const below = holders.filter(({ group }) => group.setting?.layer !== 'environment');
  const open = (kind: string, isUnread: (cluster: Configured) => boolean) => {
    const clusters = clustersOf(below.filter(({ cluster }) => isUnread(cluster)));
    return clusters.length === 0 ? [] : [`${kind} of ${several(clusters)} could still change that and was not read`];
  };
  const lacking = new Map<string, FelixHolder[]>();
  for (const holder of holders) {
    for (const { object, isAbsent } of lacksOf(holder.cluster.felix, [parameter])) {
      const text = isAbsent
        ? `refers to ${object}, which does not exist`
        : `takes settings from ${object}, which was not read`;
      lacking.set(text, [...(lacking.get(text) ?? []), holder]);
    }
  }
  return [
    ...open('the DaemonSet calico-node', ({ felix }) => felix.environment.state !== 'complete'),
    ...[...lacking].map(([text, users]) => `calico-node of ${several(clustersOf(users))} ${text}`),
    ...open('some FelixConfiguration', ({ felix }) => felix.state !== 'complete'),
  ];
}

function clustersOf(holders: readonly FelixHolder[]): readonly string[] {
  return [...new Set(holders.map(({ cluster }) => cluster.name))].sort();
}

/** The place to change and who writes it, then one place of every other holder. */
function evidenceOf(
  parameter: FelixParameter,
  first: FelixHolder,
  rest: readonly FelixHolder[],
): [Evidence, ...Evidence[]] {
  const { cluster, group } = first;
  const owner = ownerOf(cluster, parameter, group);
  return [
    placeOf(parameter, first),
    ...(owner ? [owner] : []),
    ...(group.setting?.places.slice(1) ?? []).map((place) => at(place, 'refers to it')),
    ...rest.map((holder) => placeOf(parameter, holder)),
    ...group.shadowed.map(({ places, text }) => at(places[0], `${text} here is outranked`)),
  ];
}

function placeOf(parameter: FelixParameter, { cluster, group }: FelixHolder): Evidence {
  const value = formatFelixValue(parameter, group.value);
  const { setting } = group;
  if (!setting) return decidedAt(cluster.felix, parameter, group, `${parameter} is not set, so ${value}`);
  if (!setting.valid) return at(setting.places[0], `Felix cannot read ${setting.text}, so ${parameter} is ${value}`);
  return at(setting.places[0], `${parameter} is ${value}`);
}

/** Changes the first of the odd ones, unless its operator forces the value: then the other side has to follow. */
function repairOf({ parameter, odd, others }: Divergence): Repair {
  const [first] = odd;
  const other = [...others, ...odd].find(({ group }) => group.value !== first.group.value) ?? first;
  if (!isForced(first.cluster, parameter, first.group)) {
    return repair(first.cluster, parameter, first.group, other.group.value);
  }
  const change = repair(other.cluster, parameter, other.group, first.group.value);
  return { ...change, title: `${change.title}: the operator forces it in ${first.cluster.name}`, patch: null };
}

/** What leaves settings open, in the words of a finding: `what takes effect in {cluster} cannot be told: {why}`. */
export interface OpenQuestion {
  readonly data: { readonly cluster: string; readonly why: string };
  /** The cluster, and the only other one where there is then nothing to hold it against. */
  readonly clusters: readonly string[];
  readonly reason: Doubt['reason'];
  readonly evidence: readonly Evidence[];
  /** Changes no object in the cluster. */
  readonly settle: Repair & { readonly command: readonly string[] };
}

/** What may still change the value of a parameter, beyond the kinds that were not read; each cause once. */
export function openQuestions(
  clusters: readonly Configured[],
  parameters: readonly FelixParameter[],
): readonly OpenQuestion[] {
  const doubtsOf = ({ felix }: Configured) => parameters.flatMap((parameter) => felix.parameters[parameter].doubts);
  const told = clusters.filter((cluster) => doubtsOf(cluster).length === 0);
  const alone = told.length === 1 ? told.map(({ name }) => name) : [];
  return clusters.flatMap((cluster) => {
    const { name } = cluster;
    const causes = new Map(doubtsOf(cluster).map((doubt) => [doubt.why, doubt]));
    return [...causes.values()].map(({ why, reason, evidence, title, command }) => ({
      data: { cluster: name, why },
      clusters: [name, ...alone],
      reason,
      evidence,
      settle: { title, cluster: name, command, patch: null },
    }));
  });
}

/** The clusters that no question leaves open. */
export function toldClusters(clusters: readonly Configured[], questions: readonly OpenQuestion[]): readonly string[] {
  const open = new Set(questions.flatMap((question) => question.clusters));
  return clusters.flatMap(({ name }) => (open.has(name) ? [] : [name]));
}

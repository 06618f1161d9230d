// Effective Felix values: which setting takes effect on which nodes of a cluster, and which ones it shadows. No I/O.
//
// Sources, highest first (felix/config/config_params.go, v3.30): environment of calico-node, a local file that no cluster state shows,
// FelixConfiguration `node.<name>`, a selector-scoped one (3.24), FelixConfiguration `default`, built-in default.

import type { Availability, Listed } from '../availability.ts';
import type { FelixConfigurationFacts, NodeFacts, WorkloadFacts } from '../objects/facts.ts';
import { isAtLeast, type Version } from '../platform/version.ts';
import { absent, at, type Evidence, inside, type Sourced } from '../resource.ts';
import {
  type Doubt,
  type Environment,
  type Lack,
  type Referred,
  readEnvironment,
  type Variable,
} from './environment.ts';
import {
  environmentName,
  type FelixParameter,
  type FelixValue,
  felixParameters,
  fieldText,
  MESH_FELIX_FIELDS,
  OVERRIDE_PREFIX,
  overrideAnnotation,
  type Reading,
  readField,
  readText,
} from './parameters.ts';
import { type Contest, nodeOf, type Scopes, scopesOf } from './scopes.ts';

export type { Doubt, Lack } from './environment.ts';
export type { FelixParameter, FelixValue } from './parameters.ts';
export { formatFelixValue, MESH_FELIX_FIELDS } from './parameters.ts';
export type { Contest } from './scopes.ts';

/** Where a setting stands; the order is that of precedence. */
export type FelixLayer = 'environment' | 'node' | 'selector' | 'default';

/** One setting of one parameter, whether or not it takes effect. */
export interface FelixSetting {
  readonly layer: FelixLayer;
  /** As written. */
  readonly text: string;
  /** What Felix makes of it. */
  readonly value: FelixValue;
  /** False where Felix cannot parse it: the built-in default replaces it, and still outranks every lower layer. */
  readonly valid: boolean;
  /** The place of the value first; what refers to it (an environment variable that names a ConfigMap) follows. */
  readonly places: readonly [Sourced<string>, ...Sourced<string>[]];
}

/** Nodes on which one setting takes effect. */
export interface FelixGroup {
  readonly value: FelixValue;
  /** Names, sorted; `all` where nothing tells nodes apart. */
  readonly nodes: readonly string[] | 'all';
  /** Null for the built-in default. */
  readonly setting: FelixSetting | null;
  /** Set as well, but outranked on these nodes; highest first. */
  readonly shadowed: readonly FelixSetting[];
}

/** What is in effect for one parameter, as far as the input tells. */
export interface Effective {
  /**
   * The nodes without an override first, then the largest group. What takes effect if nothing that was not read sets it; a node whose value cannot be told is in no group, so
   * there may be none at all. A built-in default is in effect only where FelixConfigurations were read.
   */
  readonly groups: readonly FelixGroup[];
  /** Beyond the kinds that were not read: what else may change the groups. */
  readonly doubts: readonly Doubt[];
}

/** A setting that looks as if it set a parameter, but that Felix ignores. */
export interface IgnoredSetting {
  readonly parameter: FelixParameter;
  /** The variable's or annotation's name as written. */
  readonly name: string;
  /** The name that would work. */
  readonly instead: string;
  readonly place: Omit<Sourced<string>, 'value'>;
}

/** As available as FelixConfigurations are. */
export interface Felix extends Availability {
  readonly cluster: string;
  /** Availability of the DaemonSet calico-node, whose environment outranks every FelixConfiguration. */
  readonly environment: Availability;
  readonly parameters: Readonly<Record<FelixParameter, Effective>>;
  /** FelixConfiguration `default`, null where there is none or it was not read. */
  readonly global: FelixConfigurationFacts | null;
  readonly configurations: readonly FelixConfigurationFacts[];
  /** FelixConfigurations `node.<name>` whose node provably does not exist. */
  readonly dead: readonly FelixConfigurationFacts[];
  /** Selector-scoped FelixConfigurations that match the same nodes. */
  readonly contests: readonly Contest[];
  readonly ignored: readonly IgnoredSetting[];
}

export interface FelixInput extends Referred {
  readonly cluster: string;
  readonly configurations: Listed<FelixConfigurationFacts>;
  readonly calicoNode: Listed<WorkloadFacts>;
  readonly nodes: Listed<NodeFacts>;
  /** Parameters that this version's Felix does not know are never set; null where nothing tells it. */
  readonly version: Version | null;
}

/** Computes the effective value of every mesh-relevant parameter of one cluster. */
export function buildFelix(input: FelixInput): Felix {
  const { cluster, configurations, calicoNode, nodes, version } = input;
  const daemonSet = calicoNode.items[0];
  const environment = daemonSet ? readEnvironment(daemonSet, input) : NO_ENVIRONMENT;
  const scopes = scopesOf(configurations.items, nodes);
  const context: Context = {
    variables: felixVariables(environment.variables),
    unread: environment.unread,
    defaultsCount: configurations.state === 'complete',
    scopes,
    nodes,
  };
  const effective = (parameter: FelixParameter): Effective => {
    const { since, builtIn } = felixParameters[parameter];
    if (since === undefined || !version || isAtLeast(version, 3, since)) return resolve(context, parameter);
    return { groups: [{ value: builtIn, nodes: 'all', setting: null, shadowed: [] }], doubts: [] };
  };
  return {
    state: configurations.state,
    why: configurations.why,
    cluster,
    environment: { state: calicoNode.state, why: calicoNode.why },
    parameters: Object.fromEntries(MESH_FELIX_FIELDS.map((p) => [p, effective(p)])) as Record<
      FelixParameter,
      Effective
    >,
    configurations: configurations.items,
    global: scopes.global,
    dead: nodes.state === 'complete' ? scopes.perNode.filter((c) => !scopes.nodes.has(nodeOf(c) ?? '')) : [],
    contests: scopes.contests,
    ignored: [...ignoredVariables(environment.variables.values()), ...ignoredAnnotations(configurations.items)],
  };
}

/** Does the input settle what is in effect, so that no group can change and none is missing? */
export function isSettled(felix: Felix, parameter: FelixParameter): boolean {
  return (
    felix.state === 'complete' &&
    felix.environment.state === 'complete' &&
    felix.parameters[parameter].doubts.length === 0
  );
}

/** What the DaemonSet refers to for these parameters and the input does not hold, each object once. */
export function lacksOf({ parameters }: Felix, of: readonly FelixParameter[]): readonly Lack[] {
  const lacks = of.flatMap((parameter) => parameters[parameter].doubts.flatMap((doubt) => doubt.lacks ?? []));
  return [...new Map(lacks.map((lack) => [lack.object, lack])).values()];
}

/** What was not read and may outrank the values of these parameters, as the end of a finding; empty where nothing may. */
export function unreadOf(felix: Felix, of: readonly FelixParameter[]): string {
  const { cluster, environment, state } = felix;
  if (environment.state !== 'complete') return `, as far as was read: DaemonSet calico-node of ${cluster} was not`;
  const [lack] = lacksOf(felix, of);
  if (lack?.isAbsent) return `, although calico-node of ${cluster} refers to ${lack.object}, which does not exist`;
  if (lack) return `, as far as was read: ${lack.object} of ${cluster} was not`;
  return state === 'complete' ? '' : `, as far as was read: some FelixConfiguration of ${cluster} was not`;
}

/** Does a value that passes the test take effect on any node? */
export function onAnyNode(
  felix: Felix,
  parameter: FelixParameter,
  test: (value: FelixValue) => boolean,
): boolean | 'undecided' {
  if (felix.parameters[parameter].groups.some(({ value }) => test(value))) return true;
  return isSettled(felix, parameter) ? false : 'undecided';
}

/** The groups of a parameter on those nodes on which other parameters have these values; the others are left out. */
export function groupsWhere(
  felix: Felix,
  parameter: FelixParameter,
  values: Readonly<Partial<Record<FelixParameter, FelixValue>>>,
): readonly FelixGroup[] {
  const own = groupsByNode(felix.parameters[parameter]);
  const others = (Object.entries(values) as [FelixParameter, FelixValue][]).map(
    ([other, value]) => [groupsByNode(felix.parameters[other]), value] as const,
  );
  const on = (groups: ReadonlyMap<string | null, FelixGroup>, node: string | null) =>
    groups.get(node) ?? groups.get(null);
  const found = new Map<FelixGroup, (string | null)[]>();
  for (const node of new Set(
    [own, ...others.map(([groups]) => groups)].flatMap((groups) => [null, ...groups.keys()]),
  )) {
    const group = others.every(([groups, value]) => on(groups, node)?.value === value) ? on(own, node) : undefined;
    const nodes = group && found.get(group);
    if (nodes) nodes.push(node);
    else if (group) found.set(group, [node]);
  }
  return [...found].map(([group, nodes]) => ({
    ...group,
    nodes: nodes.includes(null) ? 'all' : nodes.flatMap((node) => node ?? []).sort(),
  }));
}

/** By node; under null what is in effect on nodes that no other group names. */
function groupsByNode({ groups }: Effective): ReadonlyMap<string | null, FelixGroup> {
  return new Map(
    groups.flatMap((group) => (group.nodes === 'all' ? [null] : group.nodes).map((node) => [node, group] as const)),
  );
}

/** Is WireGuard, of either family, effectively on for any node? For IPv6 it takes a node where Felix handles that (int_dataplane.go, v3.30). */
export function wireguardOn(felix: Felix): boolean | 'undecided' {
  const v4 = onAnyNode(felix, 'wireguardEnabled', (value) => value === true);
  if (
    v4 === true ||
    groupsWhere(felix, 'wireguardEnabledV6', { ipv6Support: true }).some(({ value }) => value === true)
  )
    return true;
  const mayBe = v4 === 'undecided' || (supportsIPv6(felix) !== false && mayBeOnV6(felix));
  return mayBe ? 'undecided' : false;
}

/** Where no node is known to have both: may one still? */
function mayBeOnV6(felix: Felix): boolean {
  const on = onAnyNode(felix, 'wireguardEnabledV6', (value) => value === true);
  return on === 'undecided' || (on && !isSettled(felix, 'ipv6Support'));
}

/** The nodes on which Felix keeps IPv4 VXLAN off whatever the pools say, and what does it; null where there are none. */
export function vxlanForcedOff(felix: Felix): FelixGroup | null {
  return felix.parameters.vxlanEnabled.groups.find(({ value }) => value === false) ?? null;
}

/** Does Felix handle IPv6 on any node? Without it there is no IPv6 VXLAN or WireGuard (int_dataplane.go, v3.30). */
export function supportsIPv6(felix: Felix): boolean | 'undecided' {
  return onAnyNode(felix, 'ipv6Support', (value) => value === true);
}

/** The parameters that a FelixConfiguration sets, whether or not it takes effect. */
export function parametersSetBy(configuration: FelixConfigurationFacts): readonly FelixParameter[] {
  const layer = layerOf(configuration);
  return MESH_FELIX_FIELDS.filter((parameter) => settingOf(configuration, parameter, layer).setting !== null);
}

/** Where a FelixConfiguration stands in the order of precedence; its name tells. */
export function layerOf(configuration: FelixConfigurationFacts): FelixLayer {
  if (configuration.ref.name === 'default') return 'default';
  return nodeOf(configuration) === null ? 'selector' : 'node';
}

/** The place that decides the value of a group: its setting, or the field that is absent and would set it. */
export function decidedAt(felix: Felix, parameter: FelixParameter, group: FelixGroup, note: string): Evidence {
  if (group.setting) return at(group.setting.places[0], note);
  if (felix.global) return inside(felix.global, ['spec', parameter], note);
  const apiVersion = felix.configurations[0]?.ref.apiVersion ?? 'projectcalico.org/v3';
  return absent(felix.cluster, { apiVersion, kind: 'FelixConfiguration', name: 'default' }, note);
}

const NO_ENVIRONMENT: Environment = { variables: new Map(), unread: [] };

interface Context {
  /** By Felix's name in lower case. */
  readonly variables: ReadonlyMap<string, Variable>;
  readonly unread: readonly Doubt[];
  /** Were all FelixConfigurations read, so that what none of them sets has its built-in default? */
  readonly defaultsCount: boolean;
  readonly scopes: Scopes;
  readonly nodes: Listed<NodeFacts>;
}

function resolve({ variables, unread, defaultsCount, scopes, nodes }: Context, parameter: FelixParameter): Effective {
  const { felix, builtIn } = felixParameters[parameter];
  const variable = variables.get(felix.toLowerCase());
  if (variable && 'doubt' in variable && !variable.doubt.lacks) return { groups: [], doubts: [variable.doubt] };
  const environmentDoubts = variable?.setBy === 'env' ? [] : [...unread];

  const settings = new Map<FelixConfigurationFacts, FelixSetting>();
  const doubts: Doubt[] = [];
  const read = (configuration: FelixConfigurationFacts, layer: FelixLayer) => {
    const found = settingOf(configuration, parameter, layer);
    if (found.setting) settings.set(configuration, found.setting);
    if (found.doubt) doubts.push(found.doubt);
    return found.setting;
  };
  for (const configuration of scopes.perNode) read(configuration, 'node');
  for (const configuration of scopes.scoped) read(configuration, 'selector');
  const overrides = [...settings.values()];
  const general = scopes.global && read(scopes.global, 'default');

  const setting = variable && environmentSetting(parameter, variable);
  if (setting) {
    // It outranks every FelixConfiguration, so whatever is open there changes nothing.
    const group: FelixGroup = { value: setting.value, nodes: 'all', setting, shadowed: [...settings.values()] };
    return { groups: [group], doubts: environmentDoubts };
  }
  if (variable && 'doubt' in variable) doubts.push(variable.doubt);

  const rest = general ? { value: general.value, setting: general } : { value: builtIn, setting: null };
  const restKnown = general !== null || defaultsCount;
  if (nodes.state !== 'complete') {
    const changing = [...settings].find(
      ([configuration, { layer, value }]) =>
        layer !== 'default' && !(restKnown && value === rest.value) && !scopes.nodes.has(nodeOf(configuration) ?? ''),
    );
    if (changing) doubts.push(unreadNodes(nodes, parameter, changing[1]));
  }

  const split = overrides.length === 0 ? NO_SPLIT : splitNodes(scopes, settings);
  const isSplit = split.groups.length > 0;
  const plain: FelixGroup[] = [];
  if (restKnown && (!isSplit || split.rest.length > 0 || nodes.state !== 'complete')) {
    plain.push({ ...rest, nodes: isSplit && split.rest.length > 0 ? split.rest : 'all', shadowed: [] });
  }
  return { groups: [...plain, ...split.groups], doubts: [...environmentDoubts, ...doubts] };
}

interface Split {
  /** Largest first. */
  readonly groups: readonly FelixGroup[];
  /** Nodes that no override reaches. */
  readonly rest: readonly string[];
}

const NO_SPLIT: Split = { groups: [], rest: [] };

/** Groups nodes by the override that takes effect on them. */
function splitNodes(scopes: Scopes, settings: ReadonlyMap<FelixConfigurationFacts, FelixSetting>): Split {
  const groups = new Map<FelixSetting, { readonly nodes: string[]; readonly shadowed: readonly FelixSetting[] }>();
  const rest: string[] = [];
  for (const [name, { own, scoped }] of scopes.nodes) {
    const stack = [own, scoped, scopes.global].flatMap((c) => (c && settings.get(c)) ?? []);
    const winner = stack[0];
    if (!winner || winner.layer === 'default') {
      rest.push(name);
      continue;
    }
    const group = groups.get(winner);
    if (group) group.nodes.push(name);
    else groups.set(winner, { nodes: [name], shadowed: stack.slice(1) });
  }
  const found = [...groups].map(([setting, group]) => ({ value: setting.value, setting, ...group }));
  return { groups: found.sort((a, b) => b.nodes.length - a.nodes.length), rest };
}

function unreadNodes(nodes: Availability, parameter: FelixParameter, { places }: FelixSetting): Doubt {
  const [place] = places;
  const reach = nodes.state === 'missing' ? 'no Node was read' : 'not every Node was read';
  return {
    reason: nodes.state === 'missing' ? 'missing-input' : 'partial-input',
    why: `FelixConfiguration ${place.ref.name} is for some nodes only, and ${reach}`,
    lacks: null,
    evidence: [at(place, `sets ${parameter} on some nodes`)],
    title: 'add all Nodes to the input',
    command: ['get', 'nodes', '-o', 'yaml'],
  };
}

function environmentSetting(parameter: FelixParameter, variable: Variable): FelixSetting | null {
  if (!('text' in variable)) return null;
  const reading = readText(parameter, variable.text);
  return reading && { layer: 'environment', text: variable.text, ...reading, places: variable.places };
}

/**
 * What a FelixConfiguration says about a parameter. An annotation `config.projectcalico.org/<Name>` outranks the field of the same
 * object and is validated by nobody (configurationprocessor.go); on selector-scoped ones only `spec` counts (felix/calc/config_batcher.go,
 * 3.34-dev). Written in other letters, the annotation is a key of its own: where both say something, Felix takes either.
 */
function settingOf(
  { ref, spec, overrides }: FelixConfigurationFacts,
  parameter: FelixParameter,
  layer: FelixLayer,
): { readonly setting: FelixSetting | null; readonly doubt: Doubt | null } {
  const { felix } = felixParameters[parameter];
  const of = (text: string, reading: Reading | null, place: Sourced<string>): FelixSetting | null =>
    reading && { layer, text, ...reading, places: [place] };
  const fromText = (place: Sourced<string>) => of(place.value, readText(parameter, place.value), place);

  const written = spec[parameter];
  const text = written === undefined ? '' : fieldText(written);
  const field = of(text, readField(parameter, written), { value: text, ref, path: ['spec', parameter] });
  if (layer === 'selector') return { setting: field, doubt: null };

  const exact = overrides[felix];
  const plain = exact ? fromText(exact) : field;
  const respelled = Object.entries(overrides).find(([name]) => name !== felix && sameName(name, felix))?.[1];
  const other = respelled ? fromText(respelled) : null;
  if (!plain || !other || plain.value === other.value) return { setting: plain ?? other, doubt: null };
  return {
    setting: plain,
    doubt: {
      reason: 'needs-probe',
      why: `two spellings of ${parameter} in FelixConfiguration ${ref.name} say ${plain.text} and ${other.text}, and Felix takes either`,
      lacks: null,
      evidence: [at(other.places[0], 'one spelling'), at(plain.places[0], 'another')],
      title: 'look at what a running calico-node logged when it read its configuration',
      command: ['-n', 'calico-system', 'logs', 'daemonset/calico-node', '-c', 'calico-node'],
    },
  };
}

function sameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

/** Variables that Felix reads: `FELIX_` in any letters, the rest up to the end is the name (env_var_loader.go); the last one wins. */
function felixVariables(variables: ReadonlyMap<string, Variable>): ReadonlyMap<string, Variable> {
  const found = new Map<string, Variable>();
  for (const variable of variables.values()) {
    const name = felixName(variable.name);
    if (name !== null) found.set(name, variable);
  }
  return found;
}

function felixName(variable: string): string | null {
  return /^felix_/i.test(variable) ? variable.slice('felix_'.length).toLowerCase() : null;
}

/** Felix's names and the fields' names in lower case: what people mean when they write a name with other punctuation. */
const meant = new Map<string, FelixParameter>(
  MESH_FELIX_FIELDS.flatMap((p) => [p, felixParameters[p].felix].map((name) => [name.toLowerCase(), p] as const)),
);

/** The parameter that a name seems to mean although Felix does not know the name; null for a right name, or one about something else. */
function misnamed(name: string): FelixParameter | null {
  const parameter = meant.get(name.toLowerCase().replaceAll(/[^a-z0-9]/g, ''));
  return parameter && !sameName(felixParameters[parameter].felix, name) ? parameter : null;
}

function ignoredVariables(variables: Iterable<Variable>): readonly IgnoredSetting[] {
  return [...variables].flatMap((variable) => {
    const parameter = misnamed(felixName(variable.name) ?? '');
    // By its name alone, whatever its value, which may not be told.
    const [place] = 'text' in variable ? variable.places : variable.doubt.evidence;
    return parameter && place ? [{ parameter, name: variable.name, instead: environmentName(parameter), place }] : [];
  });
}

function ignoredAnnotations(configurations: readonly FelixConfigurationFacts[]): readonly IgnoredSetting[] {
  return configurations.flatMap((configuration) =>
    Object.entries(configuration.overrides).flatMap(([name, place]) => {
      const annotation = `${OVERRIDE_PREFIX}${name}`;
      const wrong = misnamed(name);
      if (wrong) return [{ parameter: wrong, name: annotation, instead: overrideAnnotation(wrong), place }];
      const parameter = meant.get(name.toLowerCase());
      return parameter && layerOf(configuration) === 'selector'
        ? [{ parameter, name: annotation, instead: `spec.${parameter}`, place }]
        : [];
    }),
  );
}

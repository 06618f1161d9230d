// The environment of the container calico-node, as Kubernetes would build it from the DaemonSet, its ConfigMaps and Secrets. No I/O.

import { canExist, type Listed, provesAbsence } from '../availability.ts';
import type { ConfigMapFacts, ContainerFacts, EnvVar, SecretFacts, WorkloadFacts } from '../objects/facts.ts';
import { NOT_KEPT } from '../objects/raw.ts';
import { at, type Evidence, type ObjectRef, type Path, type Sourced } from '../resource.ts';

/** Something that was not read, or cannot be told, and that may change which value takes effect. */
export interface Doubt {
  readonly reason: 'missing-input' | 'partial-input' | 'needs-probe';
  /** What is in doubt and why, as a clause: `FELIX_VXLANMTU comes from ConfigMap kube-system/calico-config, which was not read`. */
  readonly why: string;
  /** What the DaemonSet refers to and the input does not hold: as far as was read, it sets nothing. Null where something else is in doubt. */
  readonly lacks: Lack | null;
  readonly evidence: readonly Evidence[];
  /** How to settle it. */
  readonly title: string;
  /** Arguments of a kubectl that settles it and changes no object. */
  readonly command: readonly string[];
}

/** A ConfigMap or Secret that is not in the input. */
export interface Lack {
  /** As people name it: `Secret calico-system/felix`. */
  readonly object: string;
  /** Proven to be missing, it or the key that is wanted of it: Kubernetes starts no container then. */
  readonly isAbsent: boolean;
}

/** Set by an entry of `env`, or taken over with all others of a ConfigMap or Secret. */
type SetBy = 'env' | 'envFrom';

/** A variable whose value is known. `places` begins with the place of the value; what refers to it follows. */
export interface KnownVariable {
  readonly name: string;
  readonly setBy: SetBy;
  readonly text: string;
  readonly places: readonly [Sourced<string>, ...Sourced<string>[]];
}

/** A variable whose value is not known; one that comes from what the input lacks may not even be set. */
export interface UnknownVariable {
  readonly name: string;
  readonly setBy: SetBy;
  readonly doubt: Doubt;
}

export type Variable = KnownVariable | UnknownVariable;
type Unplaced = Omit<KnownVariable, 'setBy'> | Omit<UnknownVariable, 'setBy'>;

export interface Environment {
  /** By exact name, in the order in which they are set. */
  readonly variables: ReadonlyMap<string, Variable>;
  /** Sources of whole sets of variables that were not read: each may set any variable that `env` does not set. */
  readonly unread: readonly Doubt[];
}

/** What a DaemonSet may refer to. */
export interface Referred {
  readonly configMaps: Listed<ConfigMapFacts>;
  readonly secrets: Listed<SecretFacts>;
}

interface Context extends Referred {
  readonly daemonSet: WorkloadFacts;
  readonly container: ContainerFacts;
}

/**
 * Builds the environment: `envFrom` in order, then `env` in order, later ones win, `$(NAME)` stands for a variable set before (Kubernetes,
 * "Define dependent environment variables"; kubelet makeEnvironmentVariables, v1.33). Only the container named calico-node counts.
 */
export function readEnvironment(daemonSet: WorkloadFacts, referred: Referred): Environment {
  const variables = new Map<string, Variable>();
  const unread: Doubt[] = [];
  const container = daemonSet.containers.find(({ name }) => name === 'calico-node');
  if (!container) return { variables, unread };

  const context: Context = { daemonSet, container, ...referred };
  const set = (variable: Variable) => {
    // Deleted first, so that the order tells which of two spellings was set last.
    variables.delete(variable.name);
    variables.set(variable.name, variable);
  };
  for (const source of container.envFrom) {
    const place = inContainer(context, ['envFrom', source.index], source.name, `${source.kind} ${source.name}`);
    const found = find(context, source);
    const isEndpoint = source.kind === 'ConfigMap' && source.name === API_ENDPOINT;
    if (typeof found === 'object') {
      for (const key of found.keys)
        set({ ...fromKey(context, source.prefix + key, found, key, place), setBy: 'envFrom' });
    } else if (!isEndpoint && (found === 'unread' || !source.optional)) {
      const lacks = { object: label(context, source), isAbsent: found === 'absent' };
      const why = `the environment takes variables from ${lacks.object}, which ${stateOf(lacks)}`;
      unread.push(doubt(context, why, place, { source, lacks }));
    }
  }
  for (const entry of container.env) {
    const variable = fromEntry(context, entry, variables, unread.length > 0);
    if (variable) set({ ...variable, setBy: 'env' });
  }
  return { variables, unread };
}

/** Holds the address of the API server and nothing else (docs, operations/ebpf/install, 3.23); the operator refers to it always. */
const API_ENDPOINT = 'kubernetes-services-endpoint';

/** Null for a variable that is not set: an optional reference that leads nowhere. */
function fromEntry(
  context: Context,
  { name, value, from, index }: EnvVar,
  before: ReadonlyMap<string, Variable>,
  incomplete: boolean,
): Unplaced | null {
  if (!from) {
    const written = value ?? '';
    const place = inContainer(context, ['env', index, 'value'], written, name);
    const text = written === NOT_KEPT ? null : expand(written, before, incomplete);
    if (text !== null) return { name, text, places: [place] };
    const why = `${name} ${written === NOT_KEPT ? 'may be a credential and is not kept' : 'refers to a variable that is not known'}`;
    return { name, doubt: doubt(context, why, place, { variable: name }) };
  }
  const place = inContainer(context, ['env', index, 'valueFrom'], name, name);
  if (from.kind === 'other') {
    const why = `${name} is set when the pod starts`;
    return { name, doubt: doubt(context, why, place, { variable: name }) };
  }
  const found = find(context, from);
  if (typeof found === 'object' && found.keys.includes(from.key)) return fromKey(context, name, found, from.key, place);
  if (found !== 'unread' && from.optional) return null;
  // Kubernetes starts no container whose reference leads nowhere; what the running ones have is not in the input.
  const lacks = { object: `key ${from.key} of ${label(context, from)}`, isAbsent: found !== 'unread' };
  const why = `${name} comes from ${lacks.object}, which ${stateOf(lacks)}`;
  return { name, doubt: doubt(context, why, place, { source: from, variable: name, lacks }) };
}

function stateOf({ isAbsent }: Lack): string {
  return isAbsent ? 'does not exist' : 'was not read';
}

/** A key of an object that was read; long values, and those of Secrets that may be credentials, are not kept. */
function fromKey(context: Context, name: string, object: Holder, key: string, via: Sourced<string>): Unplaced {
  const { kind, ref, texts, pathOf } = object;
  const text = Object.hasOwn(texts, key) ? texts[key] : undefined;
  const place = { value: text ?? '', ref, path: pathOf(key) };
  if (text !== undefined) return { name, text, places: [place, via] };
  const state = kind === 'Secret' ? 'may be a credential and is not kept' : 'is too long for a setting of Felix';
  const why = `${name} comes from key ${key} of ${kind} ${ref.name}, which ${state}`;
  return { name, doubt: doubt(context, why, place, { variable: name }) };
}

interface Source {
  readonly kind: 'ConfigMap' | 'Secret';
  readonly name: string;
}

/** A ConfigMap or Secret that was read: its keys, and the values of those that are kept. */
interface Holder {
  readonly kind: Source['kind'];
  readonly ref: ObjectRef;
  readonly keys: readonly string[];
  readonly texts: Readonly<Record<string, string>>;
  readonly pathOf: (key: string) => Path;
}

function ofConfigMap({ ref, keys, data }: ConfigMapFacts): Holder {
  return { kind: 'ConfigMap', ref, keys, texts: data, pathOf: (key) => ['data', key] };
}

function ofSecret({ ref, keys, settings }: SecretFacts): Holder {
  return {
    kind: 'Secret',
    ref,
    keys: Object.keys(keys),
    texts: settings,
    pathOf: (key) => keys[key]?.path ?? ['data', key],
  };
}

/** The object, or whether the input proves that there is none. */
function find({ daemonSet, configMaps, secrets }: Context, { kind, name }: Source): Holder | 'absent' | 'unread' {
  const { namespace } = daemonSet.ref;
  const isIt = ({ ref }: { readonly ref: ObjectRef }) => ref.name === name && ref.namespace === namespace;
  if (kind === 'Secret') {
    const secret = secrets.items.find(isIt);
    if (secret) return ofSecret(secret);
  } else {
    const map = configMaps.items.find(isIt);
    if (map) return ofConfigMap(map);
  }
  if (namespace === null) return 'unread';
  const list = kind === 'Secret' ? secrets : configMaps;
  return !canExist(namespace, name) || provesAbsence(list, namespace) ? 'absent' : 'unread';
}

function doubt(
  { daemonSet }: Context,
  why: string,
  place: Sourced<string>,
  about: { readonly source?: Source; readonly variable?: string; readonly lacks?: Lack },
): Doubt {
  const { source, variable, lacks = null } = about;
  const { namespace } = daemonSet.ref;
  const inNamespace = namespace === null ? [] : ['-n', namespace];
  const open = { reason: 'missing-input', why, lacks, evidence: [at(place, 'decides it')] } as const;
  if (source && lacks?.isAbsent === false) {
    const { kind, name } = source;
    const command = [...inNamespace, 'get', kind.toLowerCase(), name, '-o', 'yaml'];
    return { ...open, title: `add ${kind} ${name} to the input`, command };
  }
  const print = ['exec', 'daemonset/calico-node', '-c', 'calico-node', '--', 'printenv'];
  const command = [...inNamespace, ...print, ...(variable === undefined ? [] : [variable])];
  return { ...open, title: 'look at the environment of calico-node', command };
}

function label({ daemonSet }: Context, { kind, name }: Source): string {
  const { namespace } = daemonSet.ref;
  return namespace === null ? `${kind} ${name}` : `${kind} ${namespace}/${name}`;
}

function inContainer({ daemonSet, container }: Context, path: Path, value: string, item: string): Sourced<string> {
  const whole = ['spec', 'template', 'spec', 'containers', container.index, ...path];
  return { value, ref: daemonSet.ref, path: whole, item };
}

/**
 * Replaces `$(NAME)` and `$$` as Kubernetes does; a name that is not set stays as it is written. Null where that depends on a variable
 * that is not known.
 */
function expand(text: string, before: ReadonlyMap<string, Variable>, incomplete: boolean): string | null {
  let known = true;
  const expanded = text.replaceAll(/\$\$|\$\(([^)]*)\)/g, (written, name: string | undefined) => {
    if (name === undefined) return '$';
    const variable = before.get(name);
    if (variable && 'text' in variable) return variable.text;
    if (variable || incomplete) known = false;
    return written;
  });
  return known ? expanded : null;
}

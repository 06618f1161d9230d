// The environment of the container calico-node, as Kubernetes would build it from the DaemonSet and its ConfigMaps. No I/O.

import { type Listed, provesAbsence } from '../availability.ts';
import type { ConfigMapFacts, ContainerFacts, EnvVar, WorkloadFacts } from '../objects/facts.ts';
import { at, type Evidence, type Path, type Sourced } from '../resource.ts';

/** Something that was not read, or cannot be told, and that may change which value takes effect. */
export interface Doubt {
  readonly reason: 'missing-input' | 'partial-input' | 'needs-probe';
  /** What is in doubt and why, as a clause: `FELIX_VXLANMTU comes from ConfigMap kube-system/calico-config, which was not read`. */
  readonly why: string;
  readonly evidence: readonly Evidence[];
  /** How to settle it. */
  readonly title: string;
  /** Arguments of a kubectl that settles it and changes no object. */
  readonly command: readonly string[];
}

/** Set by an entry of `env`, or taken over with all others of a ConfigMap. */
type SetBy = 'env' | 'envFrom';

/** A variable whose value is known. `places` begins with the place of the value; what refers to it follows. */
export interface KnownVariable {
  readonly name: string;
  readonly setBy: SetBy;
  readonly text: string;
  readonly places: readonly [Sourced<string>, ...Sourced<string>[]];
}

/** A variable whose value is not known; an `optional` one may not even be set. */
export interface UnknownVariable {
  readonly name: string;
  readonly setBy: SetBy;
  readonly optional: boolean;
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

interface Context {
  readonly daemonSet: WorkloadFacts;
  readonly container: ContainerFacts;
  readonly configMaps: Listed<ConfigMapFacts>;
}

/**
 * Builds the environment: `envFrom` in order, then `env` in order, later ones win, `$(NAME)` stands for a variable set before (Kubernetes,
 * "Define dependent environment variables"; kubelet makeEnvironmentVariables, v1.33). Only the container named calico-node counts.
 */
export function readEnvironment(daemonSet: WorkloadFacts, configMaps: Listed<ConfigMapFacts>): Environment {
  const variables = new Map<string, Variable>();
  const unread: Doubt[] = [];
  const container = daemonSet.containers.find(({ name }) => name === 'calico-node');
  if (!container) return { variables, unread };

  const context: Context = { daemonSet, container, configMaps };
  const set = (variable: Variable) => {
    // Deleted first, so that the order tells which of two spellings was set last.
    variables.delete(variable.name);
    variables.set(variable.name, variable);
  };
  for (const source of container.envFrom) {
    const place = inContainer(context, ['envFrom', source.index], source.name);
    const map = find(context, source);
    if (typeof map === 'object') {
      for (const key of map.keys) set({ ...fromKey(context, source.prefix + key, map, key, place), setBy: 'envFrom' });
    } else if (source.name !== API_ENDPOINT && (map === 'unread' || !source.optional)) {
      const why = `the environment takes variables from ${label(context, source)}, which was not read`;
      unread.push(doubt(context, why, place, { source }));
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
    const place = inContainer(context, ['env', index, 'value'], written);
    const text = expand(written, before, incomplete);
    if (text !== null) return { name, text, places: [place] };
    const why = `${name} refers to a variable that is not known`;
    return { name, optional: false, doubt: doubt(context, why, place, { variable: name }) };
  }
  const place = inContainer(context, ['env', index, 'valueFrom'], name);
  if (from.kind === 'other') {
    const why = `${name} is set when the pod starts`;
    return { name, optional: false, doubt: doubt(context, why, place, { variable: name }) };
  }
  const map = find(context, from);
  if (typeof map === 'object' && map.keys.includes(from.key)) return fromKey(context, name, map, from.key, place);
  if (map !== 'unread' && from.optional) return null;
  // Kubernetes starts no container whose reference leads nowhere; what the running ones have is not in the input.
  const state = map === 'unread' ? 'was not read' : 'does not exist';
  const why = `${name} comes from key ${from.key} of ${label(context, from)}, which ${state}`;
  return { name, optional: from.optional, doubt: doubt(context, why, place, { source: from, variable: name }) };
}

/** A key of a ConfigMap that was read; long values are not kept. */
function fromKey(context: Context, name: string, map: ConfigMapFacts, key: string, via: Sourced<string>): Unplaced {
  const text = map.data[key];
  const place = { value: text ?? '', ref: map.ref, path: ['data', key] };
  if (text !== undefined) return { name, text, places: [place, via] };
  const why = `${name} comes from key ${key} of ConfigMap ${map.ref.name}, which is too long for a setting of Felix`;
  return { name, optional: false, doubt: doubt(context, why, place, { variable: name }) };
}

interface Source {
  readonly kind: 'ConfigMap' | 'Secret';
  readonly name: string;
}

/** The ConfigMap, or whether the input proves that there is none. A Secret's values are no input of this program. */
function find({ daemonSet, configMaps }: Context, { kind, name }: Source): ConfigMapFacts | 'absent' | 'unread' {
  const { namespace } = daemonSet.ref;
  if (kind === 'Secret') return 'unread';
  const found = configMaps.items.find(({ ref }) => ref.name === name && ref.namespace === namespace);
  if (found) return found;
  return namespace !== null && provesAbsence(configMaps, namespace) ? 'absent' : 'unread';
}

function doubt(
  { daemonSet }: Context,
  why: string,
  place: Sourced<string>,
  about: { readonly source?: Source; readonly variable?: string },
): Doubt {
  const { namespace } = daemonSet.ref;
  const inNamespace = namespace === null ? [] : ['-n', namespace];
  const evidence = [at(place, 'decides it')];
  if (about.source?.kind === 'ConfigMap') {
    const { name } = about.source;
    const command = [...inNamespace, 'get', 'configmap', name, '-o', 'yaml'];
    return { reason: 'missing-input', why, evidence, title: `add ConfigMap ${name} to the input`, command };
  }
  const print = ['exec', 'daemonset/calico-node', '-c', 'calico-node', '--', 'printenv'];
  const command = [...inNamespace, ...print, ...(about.variable === undefined ? [] : [about.variable])];
  return { reason: 'missing-input', why, evidence, title: 'look at the environment of calico-node', command };
}

function label({ daemonSet }: Context, { kind, name }: Source): string {
  const { namespace } = daemonSet.ref;
  return namespace === null ? `${kind} ${name}` : `${kind} ${namespace}/${name}`;
}

function inContainer({ daemonSet, container }: Context, path: Path, value: string): Sourced<string> {
  return { value, ref: daemonSet.ref, path: ['spec', 'template', 'spec', 'containers', container.index, ...path] };
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

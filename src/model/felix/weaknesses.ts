// Felix settings that do not do what they seem to do: outranked, unreadable, ignored, or for no node. No I/O.

import { parseSelector } from '../addresses/selector.ts';
import type { FelixConfigurationFacts } from '../objects/facts.ts';
import { at, type Evidence, inside } from '../resource.ts';
import { several } from '../wording.ts';
import { type Divergence, divergences } from './alignment.ts';
import { type FelixGroup, type FelixSetting, layerOf, parametersSetBy } from './felix.ts';
import { environmentName, type FelixParameter, felixParameters, formatFelixValue } from './parameters.ts';
import { type Configured, type Repair, removal, repair } from './repair.ts';
import { nodeOf } from './scopes.ts';

/** Why weaknesses matter and how to mend them; the same for the parameters of every requirement. */
export const weaknessDocs = {
  why: 'An edit that changes nothing costs hours: calico-node takes an environment variable before every FelixConfiguration, replaces what it cannot read by the built-in default without failing, and ignores names that it does not know.',
  fix: 'Keep each setting in one place: FelixConfiguration default, unless some nodes really need another. Remove what has no effect, and write values as the FelixConfiguration reference has them.',
  limits:
    'A felix.cfg that is mounted into calico-node outranks FelixConfigurations and is not visible in the state of a cluster.',
  sources: [
    {
      title: 'Configuring Felix: environment variables, file, FelixConfigurations in that order',
      url: 'https://docs.tigera.io/calico-enterprise/latest/reference/component-resources/node/felix/configuration',
      version: '3.23',
    },
    {
      title: 'FelixConfiguration: fields, defaults and how they rank',
      url: 'https://docs.tigera.io/calico-enterprise/latest/reference/resources/felixconfig',
      version: '3.24',
    },
    {
      title: 'felix/config/param_types.go: how Felix reads values, and what it does with others',
      url: 'https://github.com/projectcalico/calico/blob/v3.30.0/felix/config/param_types.go',
      version: '3.30',
    },
  ],
} as const;

/** What can be wrong, in the words of a finding. */
export const weaknessMessages = {
  outranked: {
    text: '{by} sets {parameter} of {cluster} to {found}, so {other} has no effect',
    severity: 'warning',
  },
  unreadable: {
    text: '{by} sets {parameter} of {cluster} to {other}, which Felix cannot read, so {found} takes effect',
    severity: 'warning',
  },
  contested: {
    text: '{other} and {by} select the same nodes of {cluster}, {found}, where only the older {by} counts for {parameter}',
    severity: 'warning',
  },
  refused: '{by} of {cluster} sets {parameter} and has nodeSelector {found}, which only {other} may have',
  idle: { text: '{by} of {cluster} changes {parameter} on no node: {found}', severity: 'note' },
  restated: {
    text: '{by} and {other} of {cluster} both set {parameter} to {found}, and only the first counts',
    severity: 'note',
  },
  ignored: {
    text: 'Felix ignores {by} of {cluster}; {other} would set {parameter}, which is {found}',
    severity: 'note',
  },
} as const;

export interface Weakness {
  readonly kind: keyof typeof weaknessMessages;
  readonly cluster: string;
  readonly data: { readonly [name in 'by' | 'cluster' | 'parameter' | 'found' | 'other']: string };
  readonly evidence: readonly [Evidence, ...Evidence[]];
  readonly repair: Repair;
}

/**
 * Settings of these parameters that mislead who reads them. Where a cluster's value is at odds with the mesh, that finding shows what
 * outranks what, and nothing is said of it here.
 */
export function weaknesses(
  clusters: readonly Configured[],
  parameters: readonly FelixParameter[],
): readonly Weakness[] {
  const odd = new Set(
    parameters.flatMap((parameter) =>
      atOdds(clusters, parameter).flatMap((d) => d.odd.map((h) => `${h.cluster.name} ${parameter}`)),
    ),
  );
  return clusters.flatMap((cluster) => {
    const aligned = parameters.filter((parameter) => !odd.has(`${cluster.name} ${parameter}`));
    return [
      ...aligned.flatMap((parameter) => ofParameter(cluster, parameter)),
      ...contested(cluster, aligned),
      ...refused(cluster, parameters),
      ...idle(cluster, parameters),
      ...ignored(cluster, parameters),
    ];
  });
}

/** What the mesh is told to differ in. Unset, the pools decide on VXLAN: that differs from a value only where the value is false. */
function atOdds(clusters: readonly Configured[], parameter: FelixParameter): readonly Divergence[] {
  const found = divergences(clusters, parameter);
  if (parameter !== 'vxlanEnabled') return found;
  return found.filter(({ odd, others }) => [...odd, ...others].some(({ group }) => group.value === false));
}

function ofParameter(cluster: Configured, parameter: FelixParameter): readonly Weakness[] {
  const { groups } = cluster.felix.parameters[parameter];
  return groups.flatMap((group) => {
    const { setting } = group;
    if (!setting) return [];
    if (!setting.valid) return [unreadable(cluster, parameter, group, setting)];
    return setting.layer === 'environment' ? outranked(cluster, parameter, setting, group.shadowed) : [];
  });
}

function unreadable(
  cluster: Configured,
  parameter: FelixParameter,
  group: FelixGroup,
  setting: FelixSetting,
): Weakness {
  const [place] = setting.places;
  return {
    kind: 'unreadable',
    cluster: cluster.name,
    data: {
      by: nameOf(parameter, setting),
      cluster: cluster.name,
      parameter,
      found: formatFelixValue(parameter, group.value),
      other: setting.text,
    },
    evidence: [
      at(place, `Felix takes the built-in ${formatFelixValue(parameter, felixParameters[parameter].builtIn)}`),
    ],
    repair: repair(cluster, parameter, group, group.value),
  };
}

/** What people edit in a FelixConfiguration although the environment decides; the highest of them stands for all. */
function outranked(
  { name: cluster }: Configured,
  parameter: FelixParameter,
  setting: FelixSetting,
  shadowed: readonly FelixSetting[],
): readonly Weakness[] {
  const different = shadowed.filter(({ value }) => value !== setting.value);
  const below = different[0] ?? shadowed[0];
  if (!below) return [];
  const by = nameOf(parameter, setting);
  const found = formatFelixValue(parameter, setting.value);
  const outranks = at(setting.places[0], `${parameter} is ${found}`);
  const data = { by, cluster, parameter, found };
  if (different.length === 0) {
    const other = nameOf(parameter, below);
    const evidence = [outranks, at(below.places[0], 'says the same')] as const;
    return [
      { kind: 'restated', cluster, data: { ...data, other }, evidence, repair: removal(cluster, parameter, below) },
    ];
  }
  const other = `${formatFelixValue(parameter, below.value)} in ${nameOf(parameter, below)}`;
  const evidence = [outranks, ...different.map(({ places }) => at(places[0], 'has no effect'))] as const;
  return [
    { kind: 'outranked', cluster, data: { ...data, other }, evidence, repair: removal(cluster, parameter, below) },
  ];
}

function nameOf(parameter: FelixParameter, { layer, places: [place] }: FelixSetting): string {
  return layer === 'environment' ? environmentName(parameter) : `FelixConfiguration ${place.ref.name}`;
}

function contested({ name: cluster, felix }: Configured, parameters: readonly FelixParameter[]): readonly Weakness[] {
  return felix.contests.flatMap(({ winner, loser, nodes }): Weakness[] => {
    const set = setBy([winner, loser], parameters);
    if (set.length === 0) return [];
    const path = ['spec', 'nodeSelector'];
    return [
      {
        kind: 'contested',
        cluster,
        data: {
          by: `FelixConfiguration ${winner.ref.name}`,
          cluster,
          parameter: several(set),
          found: several(nodes),
          other: `FelixConfiguration ${loser.ref.name}`,
        },
        evidence: [inside(loser, path, 'is younger'), inside(winner, path, 'takes effect as a whole')],
        repair: {
          title: `let FelixConfigurations ${winner.ref.name} and ${loser.ref.name} select different nodes`,
          cluster,
          command: ['edit', 'felixconfiguration', loser.ref.name],
          patch: null,
        },
      },
    ];
  });
}

/** FelixConfiguration reference 3.24, "Selector-scoped configuration": not on `default` and `node.<name>`. */
function refused({ name: cluster, felix }: Configured, parameters: readonly FelixParameter[]): readonly Weakness[] {
  return felix.configurations.flatMap((configuration): Weakness[] => {
    const { ref, nodeSelector } = configuration;
    const set =
      nodeSelector === null || layerOf(configuration) === 'selector' ? [] : setBy([configuration], parameters);
    if (set.length === 0) return [];
    const patch = { spec: { nodeSelector: null } };
    return [
      {
        kind: 'refused',
        cluster,
        data: {
          by: `FelixConfiguration ${ref.name}`,
          cluster,
          parameter: several(set),
          found: String(nodeSelector),
          other: 'a FelixConfiguration of another name',
        },
        evidence: [inside(configuration, ['spec', 'nodeSelector'], 'not allowed here')],
        repair: {
          title: `remove nodeSelector from FelixConfiguration ${ref.name} in ${cluster}`,
          cluster,
          command: ['patch', 'felixconfiguration', ref.name, '--type', 'merge', '-p', JSON.stringify(patch)],
          patch,
        },
      },
    ];
  });
}

/** Overrides for nodes that do not exist, or that say what holds there anyway. */
function idle(cluster: Configured, parameters: readonly FelixParameter[]): readonly Weakness[] {
  const { felix, name } = cluster;
  return felix.configurations.flatMap((configuration): Weakness[] => {
    const set = layerOf(configuration) === 'default' ? [] : setBy([configuration], parameters);
    const found = set.length === 0 ? null : whyIdle(cluster, configuration, set);
    const [parameter] = set;
    if (found === null || !parameter) return [];
    return [
      {
        kind: 'idle',
        cluster: name,
        data: {
          by: `FelixConfiguration ${configuration.ref.name}`,
          cluster: name,
          parameter: several(set),
          found,
          other: '',
        },
        evidence: [inside(configuration, ['spec', parameter], found)],
        repair: {
          title: `delete FelixConfiguration ${configuration.ref.name} in ${name} if nothing else needs it`,
          cluster: name,
          command: ['get', 'felixconfiguration', configuration.ref.name, '-o', 'yaml'],
          patch: null,
        },
      },
    ];
  });
}

function whyIdle(
  { felix }: Configured,
  configuration: FelixConfigurationFacts,
  set: readonly FelixParameter[],
): string | null {
  if (felix.dead.includes(configuration)) return `there is no node ${nodeOf(configuration)}`;
  if (layerOf(configuration) === 'selector') {
    const { nodeSelector } = configuration;
    if (!nodeSelector) return 'it has no nodeSelector';
    if ('error' in parseSelector(nodeSelector)) return 'its nodeSelector is no selector';
  }
  const changes = set.some((parameter) => {
    const { groups } = felix.parameters[parameter];
    const own = groups.find(({ setting }) => setting?.places[0].ref === configuration.ref);
    const plain = groups.find(({ setting }) => setting === null || setting.layer === 'default');
    return !own || own.value !== plain?.value;
  });
  return changes ? null : 'it says what holds there anyway';
}

function ignored({ name: cluster, felix }: Configured, parameters: readonly FelixParameter[]): readonly Weakness[] {
  return felix.ignored.flatMap(({ parameter, name, instead, place }): Weakness[] => {
    const [group] = felix.parameters[parameter].groups;
    if (!parameters.includes(parameter) || !group) return [];
    const found = formatFelixValue(parameter, group.value);
    return [
      {
        kind: 'ignored',
        cluster,
        data: { by: name, cluster, parameter, found, other: instead },
        evidence: [at(place, 'has no effect')],
        repair: { title: `use ${instead} in ${cluster}, or remove ${name}`, cluster, command: null, patch: null },
      },
    ];
  });
}

function setBy(
  configurations: readonly FelixConfigurationFacts[],
  parameters: readonly FelixParameter[],
): readonly FelixParameter[] {
  const set = new Set(configurations.flatMap(parametersSetBy));
  return parameters.filter((parameter) => set.has(parameter));
}

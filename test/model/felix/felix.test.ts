// Effective Felix values: precedence, parsing, provenance, and what stays open where something was not read.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Listed, State } from '../../../src/model/availability.ts';
import {
  buildFelix,
  decidedAt,
  type FelixInput,
  type FelixParameter,
  formatFelixValue,
  groupsWhere,
  isSettled,
  MESH_FELIX_FIELDS,
  supportsIPv6,
  vxlanForcedOff,
  wireguardOn,
} from '../../../src/model/felix/felix.ts';
import { readField, readText } from '../../../src/model/felix/parameters.ts';
import type {
  ConfigMapFacts,
  EnvVar,
  FelixConfigurationFacts,
  NodeFacts,
  SecretFacts,
  WorkloadFacts,
} from '../../../src/model/objects/facts.ts';
import { parseVersion } from '../../../src/model/platform/version.ts';
import { type ObjectRef, pathText } from '../../../src/model/resource.ts';

const ref = (kind: string, name: string, namespace: string | null = null): ObjectRef => ({
  cluster: 'a',
  apiVersion: 'v1',
  kind,
  namespace,
  name,
  origin: { file: 0, document: 0, item: [] },
});
const base = (object: ObjectRef) => ({ ref: object, uid: null, created: null, labels: {} });

function listed<T extends { readonly ref: ObjectRef }>(items: readonly T[], state: State = 'complete'): Listed<T> {
  const namespaces = new Set(items.flatMap((item) => item.ref.namespace ?? []));
  return { items, namespaces, state, why: state === 'complete' ? null : 'not in the input' };
}

type Written = Record<string, unknown>;

function felix(
  name: string,
  spec: Written = {},
  more: { annotations?: Record<string, string>; nodeSelector?: string; created?: number } = {},
): FelixConfigurationFacts {
  const object = ref('FelixConfiguration', name);
  const overrides = Object.fromEntries(
    Object.entries(more.annotations ?? {}).map(([key, value]) => [
      key,
      { value, ref: object, path: ['metadata', 'annotations', `config.projectcalico.org/${key}`] },
    ]),
  );
  return { ...base(object), created: more.created ?? null, spec, overrides, nodeSelector: more.nodeSelector ?? null };
}

type Env = string | Exclude<EnvVar['from'], null>;

function daemonSet(
  env: readonly (readonly [string, Env])[],
  envFrom: WorkloadFacts['containers'][0]['envFrom'] = [],
): WorkloadFacts {
  const container = { name: 'calico-node', index: 1, image: 'x', envFrom };
  const variables = env.map(([name, value], index): EnvVar => {
    return typeof value === 'string' ? { name, value, from: null, index } : { name, value: null, from: value, index };
  });
  return {
    ...base(ref('DaemonSet', 'calico-node', 'calico-system')),
    operatorManaged: true,
    containers: [
      { ...container, name: 'sidecar', index: 0, env: [{ name: 'FELIX_VXLANPORT', value: '1', from: null, index: 0 }] },
      { ...container, env: variables },
    ],
  };
}

function configMap(name: string, data: Record<string, string>, namespace = 'calico-system'): ConfigMapFacts {
  const kept = Object.fromEntries(Object.entries(data).filter(([, value]) => value.length <= 256));
  return { ...base(ref('ConfigMap', name, namespace)), data: kept, keys: Object.keys(data), identity: null };
}

/** `settings` of its keys are kept, the others not. */
function secret(name: string, keys: readonly string[], settings: Record<string, string>): SecretFacts {
  const object = ref('Secret', name, 'calico-system');
  return {
    ...base(object),
    type: 'Opaque',
    keys: Object.fromEntries(keys.map((key) => [key, { value: null, ref: object, path: ['data', key] }])),
    settings,
    instead: {},
    datastoreType: null,
    connection: null,
    token: null,
    serviceAccount: { name: null, uid: null },
  };
}

function node(name: string, labels: Record<string, string> = {}): NodeFacts {
  const object = ref('Node', name);
  return {
    ...base(object),
    labels,
    name: { value: name, ref: object, path: ['metadata', 'name'] },
    fields: {},
    internalIPs: [],
    externalIPs: [],
    podCIDRs: [],
    os: 'linux',
    providerID: null,
    kernelVersion: null,
  };
}

const build = (input: Partial<FelixInput>) =>
  buildFelix({
    cluster: 'a',
    configurations: listed([felix('default')]),
    calicoNode: listed([daemonSet([])]),
    configMaps: listed<ConfigMapFacts>([]),
    secrets: listed<SecretFacts>([]),
    nodes: listed([node('n1'), node('n2')]),
    version: null,
    ...input,
  });

/** Value, nodes and place of each group, as text. */
function groups(input: Partial<FelixInput>, parameter: FelixParameter): readonly string[] {
  return build(input).parameters[parameter].groups.map(({ value, nodes, setting }) => {
    const place = setting?.places[0];
    const where = place ? `${place.ref.kind}/${place.ref.name} ${pathText(place.path)}` : 'built in';
    return `${value} on ${nodes === 'all' ? 'all' : nodes.join('+')} by ${where}`;
  });
}

const doubts = (input: Partial<FelixInput>, parameter: FelixParameter) =>
  build(input).parameters[parameter].doubts.map(({ reason, why }) => `${reason}: ${why}`);

const ENV = 'DaemonSet/calico-node spec.template.spec.containers[1].env';

describe('which source wins', () => {
  it('is the built-in default where nothing sets it', () => {
    expect(groups({}, 'vxlanPort')).toEqual(['4789 on all by built in']);
    expect(groups({ configurations: listed<FelixConfigurationFacts>([]) }, 'routeSource')).toEqual([
      'CalicoIPAM on all by built in',
    ]);
  });

  it('is FelixConfiguration default, and its annotation before its spec', () => {
    const configurations = listed([felix('default', { vxlanPort: 8472 })]);
    expect(groups({ configurations }, 'vxlanPort')).toEqual([
      '8472 on all by FelixConfiguration/default spec.vxlanPort',
    ]);
    const annotated = listed([felix('default', { vxlanPort: 8472 }, { annotations: { VXLANPort: '0x1000' } })]);
    expect(groups({ configurations: annotated }, 'vxlanPort')).toEqual([
      '4096 on all by FelixConfiguration/default metadata.annotations["config.projectcalico.org/VXLANPort"]',
    ]);
  });

  it('is the environment before every FelixConfiguration, on every node', () => {
    const input = {
      configurations: listed([felix('default', { vxlanPort: 8472 }), felix('node.n1', { vxlanPort: 8473 })]),
      calicoNode: listed([daemonSet([['FELIX_VXLANPORT', '4790']])]),
    };
    expect(groups(input, 'vxlanPort')).toEqual([`4790 on all by ${ENV}[0].value`]);
    const [group] = build(input).parameters.vxlanPort.groups;
    expect(group?.shadowed.map(({ layer, value }) => [layer, value])).toEqual([
      ['node', 8473],
      ['default', 8472],
    ]);
  });

  it('is node.<name> before a selector, and a selector before default', () => {
    const input = {
      configurations: listed([
        felix('default', { vxlanPort: 1 }),
        felix('edge', { vxlanPort: 2 }, { nodeSelector: "zone == 'edge'" }),
        felix('node.n1', { vxlanPort: 3 }),
        felix('node.gone', { vxlanPort: 4 }),
      ]),
      nodes: listed([node('n1', { zone: 'edge' }), node('n2', { zone: 'edge' }), node('n3'), node('n4')]),
    };
    expect(groups(input, 'vxlanPort')).toEqual([
      '1 on n3+n4 by FelixConfiguration/default spec.vxlanPort',
      '3 on n1 by FelixConfiguration/node.n1 spec.vxlanPort',
      '2 on n2 by FelixConfiguration/edge spec.vxlanPort',
    ]);
    const built = build(input);
    expect(built.parameters.vxlanPort.groups[1]?.shadowed.map((s) => s.value)).toEqual([2, 1]);
    expect(built.dead.map((c) => c.ref.name)).toEqual(['node.gone']);
    expect(built.parameters.vxlanPort.doubts).toEqual([]);
    expect(groups(input, 'vxlanVNI')).toEqual(['4096 on all by built in']);
  });

  it('has no group for default when every node is overridden', () => {
    const configurations = listed([
      felix('default'),
      felix('node.n1', { vxlanVNI: 1 }),
      felix('node.n2', { vxlanVNI: 1 }),
    ]);
    expect(groups({ configurations }, 'vxlanVNI')).toEqual([
      '1 on n1 by FelixConfiguration/node.n1 spec.vxlanVNI',
      '1 on n2 by FelixConfiguration/node.n2 spec.vxlanVNI',
    ]);
  });

  it('is, of several matching selectors, the oldest as a whole', () => {
    const input = {
      configurations: listed([
        felix('aaa', { vxlanPort: 2 }, { nodeSelector: 'all()', created: 20 }),
        felix('bbb', { vxlanVNI: 7 }, { nodeSelector: 'all()', created: 10 }),
        felix('ccc', { vxlanVNI: 8 }, { nodeSelector: 'all()', created: 10 }),
        felix('no-selector', { vxlanVNI: 9 }),
        felix('broken', { vxlanVNI: 9 }, { nodeSelector: 'zone=edge' }),
      ]),
    };
    expect(groups(input, 'vxlanVNI')).toEqual(['7 on n1+n2 by FelixConfiguration/bbb spec.vxlanVNI']);
    expect(groups(input, 'vxlanPort')).toEqual(['4789 on all by built in']);
    expect(build(input).contests.map(({ winner, loser, nodes }) => [winner.ref.name, loser.ref.name, nodes])).toEqual([
      ['bbb', 'ccc', ['n1', 'n2']],
      ['bbb', 'aaa', ['n1', 'n2']],
    ]);
  });

  it('takes annotations of default and node.<name> only', () => {
    const annotations = { VXLANPort: '1' };
    const configurations = listed([
      felix('default'),
      felix('edge', {}, { annotations, nodeSelector: 'all()' }),
      felix('node.n1', {}, { annotations }),
    ]);
    expect(groups({ configurations }, 'vxlanPort')).toEqual([
      '4789 on n2 by built in',
      '1 on n1 by FelixConfiguration/node.n1 metadata.annotations["config.projectcalico.org/VXLANPort"]',
    ]);
  });
});

describe('the environment of calico-node', () => {
  it.each([
    ['FELIX_VXLANPORT', '1', 1],
    ['felix_vxlanPort', '1', 1],
    ['FELIX_VXLAN_PORT', '1', 4789],
    ['FELIXVXLANPORT', '1', 4789],
    ['CALICO_VXLANPORT', '1', 4789],
    ['FELIX_VXLANPORT', '', 4789],
    ['FELIX_VXLANPORT', 'none', 0],
    ['FELIX_VXLANPORT', 'abc', 4789],
  ])('%s=%s gives %i', (name, text, value) => {
    const { vxlanPort } = build({ calicoNode: listed([daemonSet([[name, text]])]) }).parameters;
    expect(vxlanPort.groups.map((group) => group.value)).toEqual([value]);
  });

  it('lets a value that cannot be parsed win over lower sources', () => {
    const { vxlanPort } = build({
      configurations: listed([felix('default', { vxlanPort: 8472 })]),
      calicoNode: listed([daemonSet([['FELIX_VXLANPORT', 'abc']])]),
    }).parameters;
    expect(vxlanPort.groups).toMatchObject([{ value: 4789, setting: { valid: false, text: 'abc' } }]);
  });

  it('takes the last of several, whatever their letters', () => {
    const env = [
      ['FELIX_VXLANPORT', '1'],
      ['felix_vxlanport', '2'],
      ['FELIX_VXLANPORT', '3'],
    ] as const;
    expect(groups({ calicoNode: listed([daemonSet(env)]) }, 'vxlanPort')).toEqual([`3 on all by ${ENV}[2].value`]);
  });

  it('expands references as Kubernetes does', () => {
    const port = (text: string) =>
      build({
        calicoNode: listed([
          daemonSet([
            ['PORT', '47'],
            ['FELIX_VXLANPORT', text],
            ['LATER', '1'],
          ]),
        ]),
      }).parameters.vxlanPort.groups.map((group) => group.setting?.text);
    expect(port('$(PORT)90')).toEqual(['4790']);
    expect(port('$$(PORT)')).toEqual(['$(PORT)']);
    expect(port('$(LATER)')).toEqual(['$(LATER)']);
    expect(port('$PORT')).toEqual(['$PORT']);
  });

  const fromMap = (optional = false, name = 'calico-config', key = 'port'): Env => ({
    kind: 'ConfigMap',
    name,
    key,
    optional,
  });
  const configurations = listed([felix('default', { vxlanPort: 8472 })]);

  it('resolves a ConfigMap key of its own namespace, and points at both places', () => {
    const input = {
      configurations,
      calicoNode: listed([daemonSet([['FELIX_VXLANPORT', fromMap()]])]),
      configMaps: listed([
        configMap('calico-config', { port: '4790' }),
        configMap('calico-config', { port: '1' }, 'other'),
      ]),
    };
    const [group] = build(input).parameters.vxlanPort.groups;
    expect(group).toMatchObject({ value: 4790, nodes: 'all' });
    expect(group?.setting?.places.map((p) => `${p.ref.kind} ${pathText(p.path)}`)).toEqual([
      'ConfigMap data.port',
      'DaemonSet spec.template.spec.containers[1].env[0].valueFrom',
    ]);
  });

  it.each<[string, Env, ConfigMapFacts[], string[], string[]]>([
    [
      'an unread ConfigMap',
      fromMap(),
      [],
      ['8472'],
      [
        'missing-input: FELIX_VXLANPORT comes from key port of ConfigMap calico-system/calico-config, which was not read',
      ],
    ],
    [
      'an absent ConfigMap',
      fromMap(),
      [configMap('other', {})],
      ['8472'],
      [
        'missing-input: FELIX_VXLANPORT comes from key port of ConfigMap calico-system/calico-config, which does not exist',
      ],
    ],
    [
      'an absent key',
      fromMap(),
      [configMap('calico-config', {})],
      ['8472'],
      [
        'missing-input: FELIX_VXLANPORT comes from key port of ConfigMap calico-system/calico-config, which does not exist',
      ],
    ],
    [
      'a value of many letters',
      fromMap(),
      [configMap('calico-config', { port: 'x'.repeat(300) })],
      [],
      [
        'missing-input: FELIX_VXLANPORT comes from key port of ConfigMap calico-config, which is too long for a setting of Felix',
      ],
    ],
    ['a name that no ConfigMap can have', fromMap(true, 'Calico_Config'), [], ['8472'], []],
    ['a field of the pod', { kind: 'other' }, [], [], ['missing-input: FELIX_VXLANPORT is set when the pod starts']],
    ['an optional, absent key', fromMap(true), [configMap('calico-config', {})], ['8472'], []],
    ['an optional, absent ConfigMap', fromMap(true), [configMap('other', {})], ['8472'], []],
    [
      'an optional, unread ConfigMap',
      fromMap(true),
      [],
      ['8472'],
      [
        'missing-input: FELIX_VXLANPORT comes from key port of ConfigMap calico-system/calico-config, which was not read',
      ],
    ],
  ])('knows what %s leaves open', (_, from, maps, values, open) => {
    const input = {
      configurations,
      calicoNode: listed([daemonSet([['FELIX_VXLANPORT', from]])]),
      configMaps: listed(maps),
    };
    expect(build(input).parameters.vxlanPort.groups.map((group) => String(group.value))).toEqual(values);
    expect(doubts(input, 'vxlanPort')).toEqual(open);
    expect(doubts(input, 'vxlanVNI')).toEqual([]);
  });

  const fromSecret = (key: string, optional = false): Env => ({ kind: 'Secret', name: 'felix', key, optional });

  it.each<[string, Env, SecretFacts[], string[], string[]]>([
    ['a key of a Secret', fromSecret('port'), [secret('felix', ['port'], { port: '4790' })], ['4790'], []],
    [
      'a key whose value is not kept',
      fromSecret('password'),
      [secret('felix', ['port', 'password'], { port: '4790' })],
      [],
      [
        'missing-input: FELIX_VXLANPORT comes from key password of Secret felix, which may be a credential and is not kept',
      ],
    ],
    [
      'an unread Secret',
      fromSecret('port'),
      [],
      ['8472'],
      ['missing-input: FELIX_VXLANPORT comes from key port of Secret calico-system/felix, which was not read'],
    ],
    [
      'an absent Secret',
      fromSecret('port'),
      [secret('other', [], {})],
      ['8472'],
      ['missing-input: FELIX_VXLANPORT comes from key port of Secret calico-system/felix, which does not exist'],
    ],
    ['an optional, absent Secret', fromSecret('port', true), [secret('other', [], {})], ['8472'], []],
    ['an optional, absent key of a Secret', fromSecret('port', true), [secret('felix', [], {})], ['8472'], []],
    [
      'an optional, unread Secret',
      fromSecret('port', true),
      [],
      ['8472'],
      ['missing-input: FELIX_VXLANPORT comes from key port of Secret calico-system/felix, which was not read'],
    ],
  ])('knows what %s says and leaves open', (_, from, secrets, values, open) => {
    const input = {
      configurations,
      calicoNode: listed([daemonSet([['FELIX_VXLANPORT', from]])]),
      secrets: listed(secrets),
    };
    expect(build(input).parameters.vxlanPort.groups.map((group) => String(group.value))).toEqual(values);
    expect(doubts(input, 'vxlanPort')).toEqual(open);
    expect(doubts(input, 'vxlanVNI')).toEqual([]);
  });

  it('points at the key of a Secret and at what refers to it', () => {
    const calicoNode = listed([daemonSet([['FELIX_VXLANPORT', fromSecret('port')]])]);
    const secrets = listed([secret('felix', ['port'], { port: '4790' })]);
    const [group] = build({ calicoNode, secrets }).parameters.vxlanPort.groups;
    expect(group?.setting?.places.map((p) => `${p.ref.kind} ${pathText(p.path)}`)).toEqual([
      'Secret data.port',
      'DaemonSet spec.template.spec.containers[1].env[0].valueFrom',
    ]);
  });

  const envFrom = (name: string, more: Partial<WorkloadFacts['containers'][0]['envFrom'][0]> = {}) => [
    { kind: 'ConfigMap' as const, name, prefix: '', optional: false, index: 0, ...more },
  ];

  it('takes envFrom of a Secret, and leaves open what of it is not kept', () => {
    const secrets = listed([secret('felix', ['FELIX_VXLANPORT', 'FELIX_VXLANVNI'], { FELIX_VXLANPORT: '4790' })]);
    const calicoNode = listed([daemonSet([], envFrom('felix', { kind: 'Secret' }))]);
    expect(groups({ calicoNode, secrets }, 'vxlanPort')).toEqual(['4790 on all by Secret/felix data.FELIX_VXLANPORT']);
    expect(groups({ calicoNode, secrets }, 'vxlanVNI')).toEqual([]);
    expect(doubts({ calicoNode, secrets }, 'vxlanMTU')).toEqual([]);
  });

  it('leaves open what an unread or absent envFrom of a Secret may set', () => {
    const calicoNode = listed([daemonSet([], envFrom('felix', { kind: 'Secret' }))]);
    const why = 'missing-input: the environment takes variables from Secret calico-system/felix, which';
    expect(groups({ calicoNode }, 'vxlanPort')).toEqual(['4789 on all by built in']);
    expect(doubts({ calicoNode }, 'vxlanPort')).toEqual([`${why} was not read`]);
    const secrets = listed([secret('other', [], {})]);
    expect(doubts({ calicoNode, secrets }, 'vxlanPort')).toEqual([`${why} does not exist`]);
    const optional = listed([daemonSet([], envFrom('felix', { kind: 'Secret', optional: true }))]);
    expect(doubts({ calicoNode: optional, secrets }, 'vxlanPort')).toEqual([]);
    expect(doubts({ calicoNode: optional }, 'vxlanPort')).toEqual([`${why} was not read`]);
  });

  it('takes envFrom, which env outranks', () => {
    const configMaps = listed([configMap('all', { FELIX_VXLANPORT: '1', FELIX_VXLANVNI: '2', vxlanMTU: '3' })]);
    const input = { calicoNode: listed([daemonSet([['FELIX_VXLANPORT', '5']], envFrom('all'))]), configMaps };
    expect(groups(input, 'vxlanPort')).toEqual([`5 on all by ${ENV}[0].value`]);
    expect(groups(input, 'vxlanVNI')).toEqual(['2 on all by ConfigMap/all data.FELIX_VXLANVNI']);
    expect(groups(input, 'vxlanMTU')).toEqual(['0 on all by built in']);
    const prefixed = { ...input, calicoNode: listed([daemonSet([], envFrom('all', { prefix: 'FELIX_' }))]) };
    expect(groups(prefixed, 'vxlanMTU')).toEqual(['3 on all by ConfigMap/all data.vxlanMTU']);
  });

  it('leaves open what an unread envFrom may set', () => {
    const calicoNode = listed([daemonSet([['FELIX_VXLANPORT', '5']], envFrom('all'))]);
    expect(doubts({ calicoNode }, 'vxlanPort')).toEqual([]);
    expect(doubts({ calicoNode }, 'vxlanVNI')).toEqual([
      'missing-input: the environment takes variables from ConfigMap calico-system/all, which was not read',
    ]);
    expect(groups({ calicoNode }, 'vxlanVNI')).toEqual(['4096 on all by built in']);
    const optional = listed([daemonSet([], envFrom('all', { optional: true }))]);
    expect(doubts({ calicoNode: optional, configMaps: listed([configMap('other', {})]) }, 'vxlanVNI')).toEqual([]);
  });

  it('says how to settle it without changing anything', () => {
    const calicoNode = listed([
      daemonSet([
        ['FELIX_VXLANPORT', fromMap()],
        ['FELIX_VXLANVNI', { kind: 'other' }],
      ]),
    ]);
    const { vxlanPort, vxlanVNI } = build({ calicoNode }).parameters;
    expect(vxlanPort.doubts[0]?.command.join(' ')).toBe('-n calico-system get configmap calico-config -o yaml');
    expect(vxlanVNI.doubts[0]?.command.join(' ')).toBe(
      '-n calico-system exec daemonset/calico-node -c calico-node -- printenv FELIX_VXLANVNI',
    );
    const command = (input: Partial<FelixInput>) => build(input).parameters.vxlanPort.doubts[0]?.command.join(' ');
    const bySecret = listed([daemonSet([['FELIX_VXLANPORT', fromSecret('port')]])]);
    expect(command({ calicoNode: bySecret })).toBe('-n calico-system get secret felix -o yaml');
    expect(command({ calicoNode: bySecret, secrets: listed([secret('other', [], {})]) })).toBe(
      '-n calico-system exec daemonset/calico-node -c calico-node -- printenv FELIX_VXLANPORT',
    );
  });
});

describe('how Felix reads a value', () => {
  it.each<[FelixParameter, string, unknown]>([
    ['vxlanVNI', '4096', 4096],
    ['vxlanVNI', '0x1000', 4096],
    ['vxlanVNI', '0X1000', 4096],
    ['vxlanVNI', '010000', 4096],
    ['vxlanVNI', '0o10000', 4096],
    ['vxlanVNI', '0b1000000000000', 4096],
    ['vxlanVNI', '4_096', 4096],
    ['vxlanVNI', '-1', -1],
    ['vxlanVNI', '+5', 5],
    ['vxlanPort', '99999', 99999],
    ['vxlanPort', 'NONE', 0],
    ['wireguardEnabled', 'Yes', true],
    ['wireguardEnabled', 'T', true],
    ['wireguardEnabled', '0', false],
    ['wireguardEnabled', 'none', false],
    ['vxlanEnabled', 'n', false],
    ['vxlanEnabled', 'none', null],
    ['routeSource', 'calicoipam', 'CalicoIPAM'],
    ['routeSource', 'WORKLOADIPS', 'WorkloadIPs'],
    ['wireguardKeepAlive', '25', 25],
    ['wireguardKeepAlive', '2.5', 2.5],
    ['wireguardInterfaceName', 'wg0.calico', 'wg0.calico'],
    ['externalNodesList', '10.1.0.0/16, 10.0.0.0/16,', '10.0.0.0/16,10.1.0.0/16'],
  ])('%s: %j is %j', (parameter, text, value) => {
    expect(readText(parameter, text)).toEqual({ value, valid: true });
  });

  it.each<[FelixParameter, string, unknown]>([
    ['vxlanVNI', '08', 4096],
    ['vxlanVNI', ' 1', 4096],
    ['vxlanVNI', '1.0', 4096],
    ['vxlanVNI', '0x', 4096],
    ['vxlanVNI', '9223372036854775808', 4096],
    ['wireguardEnabled', 'on', false],
    ['vxlanEnabled', 'maybe', null],
    ['routeSource', 'IPAM', 'CalicoIPAM'],
    ['wireguardKeepAlive', '25s', 0],
    ['wireguardInterfaceName', 'a-name-that-is-too-long', 'wireguard.cali'],
    ['wireguardInterfaceName', 'none', 'wireguard.cali'],
  ])('%s: %j is not understood and gives %j', (parameter, text, value) => {
    expect(readText(parameter, text)).toEqual({ value, valid: false });
  });

  it('sets nothing where it is empty', () => {
    for (const parameter of MESH_FELIX_FIELDS) expect(readText(parameter, '')).toBeNull();
    expect(readField('routeSource', '')).toBeNull();
    expect(readField('vxlanPort', null)).toBeNull();
    expect(readField('vxlanPort', undefined)).toBeNull();
  });

  it.each<[FelixParameter, unknown, unknown]>([
    ['vxlanPort', 8472, { value: 8472, valid: true }],
    ['vxlanEnabled', false, { value: false, valid: true }],
    ['routeSource', 'workloadips', { value: 'WorkloadIPs', valid: true }],
    ['wireguardKeepAlive', '25s', { value: 25, valid: true }],
    ['wireguardKeepAlive', '1m5.5s', { value: 65.5, valid: true }],
    ['wireguardKeepAlive', '100ms', { value: 0.1, valid: true }],
    ['wireguardKeepAlive', '500us', { value: 0.0005, valid: true }],
    ['wireguardKeepAlive', '500\u00b5s', { value: 0.0005, valid: true }],
    ['wireguardKeepAlive', '500\u03bcs', { value: 0.0005, valid: true }],
    ['wireguardKeepAlive', '0', { value: 0, valid: true }],
    ['wireguardKeepAlive', '25', { value: 0, valid: false }],
    ['externalNodesList', ['10.0.0.0/8'], { value: '10.0.0.0/8', valid: true }],
    ['vxlanPort', { a: 1 }, { value: 4789, valid: false }],
  ])('field %s: %j is %j', (parameter, written, reading) => {
    expect(readField(parameter, written)).toEqual(reading);
  });

  it('reads what it printed: a number in any base, an enum in any letters', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 2 ** 31 }),
        fc.constantFrom([16, '0x'], [8, '0'], [8, '0o'], [2, '0b'], [10, '']),
        (n, [radix, prefix]) => {
          expect(readText('vxlanVNI', `${prefix}${n.toString(radix as number)}`)?.value).toBe(n);
        },
      ),
    );
    fc.assert(
      fc.property(fc.constantFrom('CalicoIPAM', 'WorkloadIPs'), fc.func(fc.boolean()), (option, upper) => {
        const mixed = [...option].map((c, i) => (upper(i) ? c.toUpperCase() : c.toLowerCase())).join('');
        expect(readText('routeSource', mixed)).toEqual({ value: option, valid: true });
      }),
    );
  });

  it('is printed as people know it', () => {
    expect(formatFelixValue('vxlanEnabled', null)).toBe('unset');
    expect(formatFelixValue('vxlanMTU', 0)).toBe('0 (automatic)');
    expect(formatFelixValue('wireguardKeepAlive', 25)).toBe('25s');
    expect(formatFelixValue('vxlanPort', 0)).toBe('0');
  });
});

describe('what was not read', () => {
  const missing = <T extends { readonly ref: ObjectRef }>(items: readonly T[] = []) => listed(items, 'missing');

  it('gives no built-in default without FelixConfigurations, but an environment variable still counts', () => {
    const configurations = missing<FelixConfigurationFacts>();
    expect(groups({ configurations }, 'vxlanPort')).toEqual([]);
    const calicoNode = listed([daemonSet([['FELIX_VXLANPORT', '8472']])]);
    expect(groups({ configurations, calicoNode }, 'vxlanPort')).toEqual([`8472 on all by ${ENV}[0].value`]);
    expect(isSettled(build({ configurations, calicoNode }), 'vxlanPort')).toBe(false);
  });

  it('takes what a partial list says, and no default from it', () => {
    const configurations = listed([felix('default', { vxlanPort: 8472 })], 'partial');
    expect(groups({ configurations }, 'vxlanPort')).toEqual([
      '8472 on all by FelixConfiguration/default spec.vxlanPort',
    ]);
    expect(groups({ configurations }, 'vxlanVNI')).toEqual([]);
    const own = listed([felix('node.n1', { vxlanVNI: 7 })], 'partial');
    expect(groups({ configurations: own }, 'vxlanVNI')).toEqual([
      '7 on n1 by FelixConfiguration/node.n1 spec.vxlanVNI',
    ]);
  });

  it('takes a FelixConfiguration without the DaemonSet, but does not settle it', () => {
    const input = {
      configurations: listed([felix('default', { vxlanPort: 8472 })]),
      calicoNode: missing<WorkloadFacts>(),
    };
    expect(groups(input, 'vxlanPort')).toEqual(['8472 on all by FelixConfiguration/default spec.vxlanPort']);
    expect(isSettled(build(input), 'vxlanPort')).toBe(false);
    expect(isSettled(build({}), 'vxlanPort')).toBe(true);
  });

  it('leaves open what an override for some nodes touches, without the nodes', () => {
    const configurations = listed([felix('default'), felix('node.n1', { vxlanPort: 8472, vxlanVNI: 4096 })]);
    const input = { configurations, nodes: missing<NodeFacts>() };
    expect(groups(input, 'vxlanPort')).toEqual(['4789 on all by built in']);
    expect(doubts(input, 'vxlanPort')).toEqual([
      'missing-input: FelixConfiguration node.n1 is for some nodes only, and no Node was read',
    ]);
    // The same value as everywhere changes nothing, wherever the node is.
    expect(doubts(input, 'vxlanVNI')).toEqual([]);
    expect(doubts(input, 'vxlanMTU')).toEqual([]);
    expect(build(input).dead).toEqual([]);
  });

  it('settles, of a partial list of nodes, those that were read', () => {
    const nodes = listed([node('n1')], 'partial');
    const one = listed([felix('default'), felix('node.n1', { vxlanPort: 8472 })]);
    expect(doubts({ configurations: one, nodes }, 'vxlanPort')).toEqual([]);
    expect(groups({ configurations: one, nodes }, 'vxlanPort')).toEqual([
      '4789 on all by built in',
      '8472 on n1 by FelixConfiguration/node.n1 spec.vxlanPort',
    ]);
    const more = listed([felix('default'), felix('node.n9', { vxlanPort: 8472 })]);
    expect(doubts({ configurations: more, nodes }, 'vxlanPort')).toEqual([
      'partial-input: FelixConfiguration node.n9 is for some nodes only, and not every Node was read',
    ]);
  });
});

it('names what Felix ignores although it looks like a setting', () => {
  const calicoNode = listed([
    daemonSet([
      ['FELIX_VXLAN_PORT', '1'],
      ['FELIX_WIREGUARDKEEPALIVE', '25'],
      ['FELIX_WireguardPersistentKeepAlive', '25'],
      ['FELIX_LOGSEVERITYSCREEN', 'Info'],
    ]),
  ]);
  const configurations = listed([
    felix('default', {}, { annotations: { 'vxlan-vni': '1', VXLANMTU: '1400', vxlanport: '1' } }),
    felix('edge', {}, { annotations: { VXLANPort: '1' }, nodeSelector: 'all()' }),
  ]);
  expect(build({ calicoNode, configurations }).ignored.map(({ name, instead }) => [name, instead])).toEqual([
    ['FELIX_VXLAN_PORT', 'FELIX_VXLANPORT'],
    ['FELIX_WIREGUARDKEEPALIVE', 'FELIX_WIREGUARDPERSISTENTKEEPALIVE'],
    ['config.projectcalico.org/vxlan-vni', 'config.projectcalico.org/VXLANVNI'],
    ['config.projectcalico.org/VXLANPort', 'spec.vxlanPort'],
  ]);
});

it('takes an annotation in other letters where nothing else says something, and is in doubt where something does', () => {
  const annotations = { vxlanport: '8472' };
  const path = 'metadata.annotations["config.projectcalico.org/vxlanport"]';
  const alone = listed([felix('default', {}, { annotations })]);
  expect(groups({ configurations: alone }, 'vxlanPort')).toEqual([`8472 on all by FelixConfiguration/default ${path}`]);
  const equal = listed([felix('default', { vxlanPort: 8472 }, { annotations })]);
  expect(doubts({ configurations: equal }, 'vxlanPort')).toEqual([]);
  const other = listed([felix('default', { vxlanPort: 4789 }, { annotations })]);
  expect(doubts({ configurations: other }, 'vxlanPort')).toEqual([
    'needs-probe: two spellings of vxlanPort in FelixConfiguration default say 4789 and 8472, and Felix takes either',
  ]);
  const calicoNode = listed([daemonSet([['FELIX_VXLANPORT', '1']])]);
  expect(doubts({ configurations: other, calicoNode }, 'vxlanPort')).toEqual([]);
});

it('ignores a parameter that the version does not know', () => {
  const configurations = listed([felix('default', { natOutgoingExclusions: 'IPPoolsAndHostIPs' })]);
  const values = (version: string | null) =>
    build({
      configurations,
      version: version === null ? null : parseVersion(version),
    }).parameters.natOutgoingExclusions.groups.map((g) => g.value);
  expect(values('v3.21.4')).toEqual(['IPPoolsOnly']);
  expect(values('v3.22.1')).toEqual(['IPPoolsAndHostIPs']);
  expect(values(null)).toEqual(['IPPoolsAndHostIPs']);
});

describe('what others ask', () => {
  const configured = (spec: Written) => ({ configurations: listed([felix('default', spec)]) });

  it('is WireGuard on', () => {
    expect(wireguardOn(build({}))).toBe(false);
    expect(wireguardOn(build(configured({ wireguardEnabled: true })))).toBe(true);
    expect(wireguardOn(build(configured({ wireguardEnabledV6: true })))).toBe(true);
    expect(wireguardOn(build(configured({ wireguardEnabledV6: true, ipv6Support: false })))).toBe(false);
    expect(wireguardOn(build(configured({ wireguardEnabled: true, ipv6Support: false })))).toBe(true);
    const oneNode = listed([felix('default'), felix('node.n1', { wireguardEnabled: true })]);
    expect(wireguardOn(build({ configurations: oneNode }))).toBe(true);
    expect(wireguardOn(build({ calicoNode: listed<WorkloadFacts>([], 'missing') }))).toBe('undecided');
    expect(wireguardOn(build({ configurations: listed<FelixConfigurationFacts>([], 'missing') }))).toBe('undecided');
  });

  it('is VXLAN forced off, and what does it', () => {
    expect(vxlanForcedOff(build({}))).toBeNull();
    expect(vxlanForcedOff(build(configured({ vxlanEnabled: true })))).toBeNull();
    expect(vxlanForcedOff(build(configured({ vxlanEnabled: false })))?.setting?.layer).toBe('default');
  });

  it('is IPv6 supported', () => {
    expect(supportsIPv6(build({}))).toBe(true);
    expect(supportsIPv6(build({ calicoNode: listed([daemonSet([['FELIX_IPV6SUPPORT', 'false']])]) }))).toBe(false);
  });

  it('is what takes effect where something else does', () => {
    const where = (
      specs: Readonly<Record<string, Written>>,
      values: Parameters<typeof groupsWhere>[2],
      nodes: Partial<FelixInput> = {},
    ) => {
      const configurations = listed(Object.entries(specs).map(([name, spec]) => felix(name, spec)));
      const found = groupsWhere(build({ configurations, ...nodes }), 'wireguardMTU', values);
      return found.map((group) => `${group.value} on ${group.nodes === 'all' ? 'all' : group.nodes.join('+')}`);
    };
    const on = { wireguardEnabled: true };
    const n1 = { 'node.n1': on };
    expect(where({ default: { ...on, wireguardMTU: 9 } }, on)).toEqual(['9 on all']);
    expect(where({ default: { wireguardMTU: 9 } }, on)).toEqual([]);
    expect(where({ default: { wireguardMTU: 9 }, ...n1 }, on)).toEqual(['9 on n1']);
    expect(where({ default: on, 'node.n1': { wireguardMTU: 9 } }, on)).toEqual(['0 on n2', '9 on n1']);
    expect(where({ default: { wireguardMTU: 9 }, ...n1, 'node.n2': on }, on)).toEqual(['9 on n1+n2']);
    const other = { 'node.n1': { wireguardEnabled: false, wireguardMTU: 9 } };
    expect(where({ default: on, ...other }, on)).toEqual(['0 on n2']);
    expect(where({ default: on }, { ...on, ipv6Support: false })).toEqual([]);
    expect(where({ default: { ...on, ipv6Support: false } }, { ...on, ipv6Support: false })).toEqual(['0 on all']);
    // Nodes that were not read have what nothing overrides.
    const partial = { nodes: listed([node('n1')], 'partial') };
    expect(where({ default: on, 'node.n1': { wireguardMTU: 9 } }, on, partial)).toEqual(['0 on all', '9 on n1']);
    expect(where({ default: {}, 'node.n1': { ...on, wireguardMTU: 9 } }, on, partial)).toEqual(['9 on n1']);
  });

  it('is where a value is decided', () => {
    const place = (input: Partial<FelixInput>) => {
      const built = build(input);
      const [group] = built.parameters.vxlanPort.groups;
      if (!group) throw new Error('no group');
      const { ref: object, path } = decidedAt(built, 'vxlanPort', group, 'x');
      return `${object.kind}/${object.name} ${pathText(path)} ${object.origin ? 'read' : 'absent'}`;
    };
    expect(place(configured({ vxlanPort: 1 }))).toBe('FelixConfiguration/default spec.vxlanPort read');
    expect(place({})).toBe('FelixConfiguration/default spec.vxlanPort read');
    expect(place({ configurations: listed<FelixConfigurationFacts>([]) })).toBe('FelixConfiguration/default  absent');
  });
});

it('stays small for many nodes that nothing tells apart', () => {
  const nodes = listed(Array.from({ length: 5000 }, (_, i) => node(`n${i}`)));
  const configurations = listed([felix('default', { vxlanPort: 8472 })]);
  for (const { groups: found } of Object.values(build({ nodes, configurations }).parameters))
    expect(found).toHaveLength(1);
});

it('takes the highest layer that sets it, in whatever order the objects were read', () => {
  const port = fc.option(fc.integer({ min: 1, max: 65535 }), { nil: null });
  const layers = fc.record({ environment: port, own: port, selector: port, annotation: port, spec: port });
  fc.assert(
    fc.property(layers, fc.boolean(), ({ environment, own, selector, annotation, spec }, reversed) => {
      const set = (value: number | null) => (value === null ? {} : { vxlanPort: value });
      const annotations: Record<string, string> = annotation === null ? {} : { VXLANPort: String(annotation) };
      const configurations = [
        felix('default', set(spec), { annotations }),
        felix('edge', set(selector), { nodeSelector: 'all()' }),
        felix('node.n1', set(own)),
      ];
      const { groups: found } = build({
        configurations: listed(reversed ? configurations.reverse() : configurations),
        calicoNode: listed([daemonSet(environment === null ? [] : [['FELIX_VXLANPORT', String(environment)]])]),
      }).parameters.vxlanPort;
      const valueOn = (name: string) => found.find(({ nodes }) => nodes === 'all' || nodes.includes(name))?.value;
      const everywhere = environment ?? null;
      expect(valueOn('n1')).toBe(everywhere ?? own ?? selector ?? annotation ?? spec ?? 4789);
      expect(valueOn('n2')).toBe(everywhere ?? selector ?? annotation ?? spec ?? 4789);
      const covered = found.flatMap(({ nodes }) => (nodes === 'all' ? ['n1', 'n2'] : nodes));
      expect(covered.sort()).toEqual(['n1', 'n2']);
    }),
  );
});

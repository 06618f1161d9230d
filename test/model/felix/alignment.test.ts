// Where the nodes of a mesh differ in a Felix setting: who is odd, what is said, and how it is put right.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { divergences, misalignment, occurrences } from '../../../src/model/felix/alignment.ts';
import { pathText } from '../../../src/model/resource.ts';
import {
  calicoConfig,
  felixSecret,
  withEnvFrom,
  withEnvironment,
  withFelix,
  withOverride,
  withReference,
  withSecretReference,
} from '../../kit/felix.ts';
import { type ClusterState, mesh } from '../../kit/mesh.ts';
import { changed, felixConfiguration, type Manifest, without } from '../../kit/objects.ts';

const bare: Manifest[] = withEnvironment([felixConfiguration('default', {})], {});
const clustersOf = (states: Readonly<Record<string, ClusterState>>) => mesh(states).clusters;
const found = (states: Readonly<Record<string, ClusterState>>) =>
  divergences(clustersOf(states), 'vxlanPort').map(misalignment);
const port = (vxlanPort: number, objects = bare) => withFelix(objects, { vxlanPort });

describe('who is odd', () => {
  const names = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,3}$/), { minLength: 1, maxLength: 6 });
  const assigned = names.chain((list) =>
    fc.tuple(...list.map((name) => fc.tuple(fc.constant(name), fc.constantFrom(4789, 8472, 1)))),
  );

  it('nobody if and only if all agree; else those without the value of most, or all where there is none', () => {
    fc.assert(
      fc.property(assigned, (pairs) => {
        const blamed = new Set(
          found(Object.fromEntries(pairs.map(([n, p]) => [n, port(p)]))).flatMap((m) => m.clusters),
        );
        const count = (value: number) => pairs.filter(([, p]) => p === value).length;
        const most = Math.max(...[4789, 8472, 1].map(count));
        const leaders = [4789, 8472, 1].filter((value) => count(value) === most);
        const expected = pairs.filter(([, p]) => most < pairs.length && (leaders.length > 1 || p !== leaders[0]));
        expect([...blamed].sort()).toEqual(expected.map(([n]) => n).sort());
      }),
    );
  });

  it('every value is one side, whatever the order of the clusters', () => {
    fc.assert(
      fc.property(assigned, (pairs) => {
        const texts = (list: typeof pairs) =>
          found(Object.fromEntries(list.map(([n, p]) => [n, port(p)]))).map((m) => JSON.stringify(m));
        expect(texts([...pairs].reverse())).toEqual(texts(pairs));
      }),
    );
  });

  it('of two clusters, the one whose every node is overridden', () => {
    const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1' } };
    const [only, ...more] = found({ a: bare, b: withOverride([...bare, node], 'node.n1', { vxlanPort: 8472 }) });
    expect(only?.clusters).toEqual(['b']);
    expect(more).toEqual([]);
  });
});

describe('what is said', () => {
  it('counts names and values where there are many', () => {
    const many = Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`c${10 + i}`, port(4789)]));
    const [only] = found({ ...many, x: port(1) });
    expect(only?.data).toEqual({
      parameter: 'vxlanPort',
      found: '1 in x',
      expected: '4789 in c10, c11, c12, c13, c14 and 7 more',
    });
    const different = Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`c${i}`, port(100 + i)]));
    expect(found(different)[0]?.data.expected).toBe('101 in c1; 102 in c2; 103 in c3; other values elsewhere');
  });
});

describe('what was not read', () => {
  const expected = (state: Manifest[]) => found({ a: port(8472), b: port(8472), c: state })[0]?.data.expected;

  it.each<[string, Manifest[], string]>([
    [
      'the DaemonSet',
      without(bare, 'DaemonSet'),
      'the DaemonSet calico-node of c could still change that and was not read',
    ],
    [
      'a Secret of all variables',
      withEnvFrom(bare, 'secretRef'),
      'calico-node of c takes settings from Secret calico-system/felix, which was not read',
    ],
    [
      'a ConfigMap of all variables',
      withEnvFrom(bare, 'configMapRef'),
      'calico-node of c takes settings from ConfigMap calico-system/felix, which was not read',
    ],
    [
      'a Secret of the variable',
      withSecretReference(bare, 'FELIX_VXLANPORT'),
      'calico-node of c takes settings from key value of Secret calico-system/felix, which was not read',
    ],
    [
      'a ConfigMap of the variable',
      withReference(bare, 'FELIX_VXLANPORT'),
      'calico-node of c takes settings from key value of ConfigMap calico-system/calico-config, which was not read',
    ],
    [
      'a key that does not exist',
      [...withSecretReference(bare, 'FELIX_VXLANPORT'), felixSecret({})],
      'calico-node of c refers to key value of Secret calico-system/felix, which does not exist',
    ],
  ])('is said: %s', (_, state, text) => {
    expect(expected(state)).toBe(`8472 in a and b; ${text}`);
  });

  it('is not said where it could change nothing', () => {
    expect(expected(withSecretReference(bare, 'FELIX_VXLANVNI'))).toBe('8472 in a and b');
    expect(expected(withEnvFrom(withEnvironment(bare, { FELIX_VXLANPORT: '1' }), 'secretRef'))).toContain('felix');
    expect(expected(withEnvironment(bare, { FELIX_VXLANPORT: '1' }))).toBe('8472 in a and b');
  });
});

describe('how it is put right', () => {
  const command = (state: Manifest[], parameter: 'vxlanPort' | 'vxlanMTU' | 'wireguardKeepAlive' = 'vxlanPort') => {
    const [first] = divergences(clustersOf({ a: bare, b: bare, c: state }), parameter);
    return first && misalignment(first).repair.command?.join(' ');
  };

  it.each<[string, Manifest[], string]>([
    [
      'in FelixConfiguration default',
      port(1, bare),
      'patch felixconfiguration default --type merge -p {"spec":{"vxlanPort":4789}}',
    ],
    [
      'in its annotation',
      changed(bare, 'FelixConfiguration', 'default', {
        metadata: { annotations: { 'config.projectcalico.org/VXLANPort': '1' } },
      }),
      'annotate --overwrite felixconfiguration default config.projectcalico.org/VXLANPort=4789',
    ],
    [
      'in the environment',
      withEnvironment(bare, { FELIX_VXLANPORT: '1' }),
      '-n calico-system set env daemonset/calico-node -c calico-node FELIX_VXLANPORT=4789',
    ],
    [
      'in a ConfigMap',
      [...withReference(bare, 'FELIX_VXLANPORT'), calicoConfig('1')],
      '-n calico-system patch configmap calico-config --type merge -p {"data":{"value":"4789"}}',
    ],
    [
      'in a Secret',
      [...withSecretReference(bare, 'FELIX_VXLANPORT'), felixSecret({ value: '1' })],
      '-n calico-system patch secret felix --type merge -p {"stringData":{"value":"4789"}}',
    ],
  ])('%s', (_, state, expected) => {
    expect(command(state)).toBe(expected);
  });

  it('in the Installation that the operator derives an MTU from', () => {
    const spec = { variant: 'CalicoEnterprise', calicoNetwork: { mtu: 1400 } };
    const installation = {
      apiVersion: 'operator.tigera.io/v1',
      kind: 'Installation',
      metadata: { name: 'default' },
      spec,
    };
    expect(command([...withEnvironment(bare, { FELIX_VXLANMTU: '1400' }), installation], 'vxlanMTU')).toBe(
      'patch installations.operator.tigera.io default --type merge -p {"spec":{"calicoNetwork":{"mtu":null}}}',
    );
  });

  it('a duration as the field takes it', () => {
    expect(command(withFelix(bare, { wireguardKeepAlive: '25s' }), 'wireguardKeepAlive')).toBe(
      'patch felixconfiguration default --type merge -p {"spec":{"wireguardKeepAlive":"0s"}}',
    );
  });

  it('by no command where there is no FelixConfiguration to change', () => {
    const empty = without([...bare, felixConfiguration('node.gone', {})], 'FelixConfiguration', 'default');
    const [first] = found({ a: port(1, bare), b: port(1, bare), c: empty });
    expect(first?.repair).toMatchObject({ cluster: 'c', command: null });
    expect(first?.evidence[0]).toMatchObject({ ref: { name: 'default', origin: null } });
  });
});

it('finds values, but not those that are at odds with the mesh anyway', () => {
  const isZero = (value: unknown) => value === 0;
  const places = (states: Readonly<Record<string, ClusterState>>) =>
    occurrences(clustersOf(states), 'vxlanPort', isZero).map(({ clusters, evidence }) => [
      ...clusters,
      pathText(evidence[0].path),
    ]);
  expect(places({ a: port(0), b: port(0) })).toEqual([['a', 'b', 'spec.vxlanPort']]);
  expect(places({ a: port(0), b: port(1) })).toEqual([]);
});

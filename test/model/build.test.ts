// The mesh as a whole: how far sections are read, copies of one object, mode and version.

import { describe, expect, test } from 'vitest';
import { build, type ClusterState, type KitOptions, mesh } from '../kit/mesh.ts';
import {
  felixConfiguration,
  healthyCluster,
  healthyMesh,
  ipPool,
  type Manifest,
  remote,
  without,
} from '../kit/objects.ts';

const [a, b] = ['a', 'b'].map((name, i) => healthyCluster({ name, index: i + 1, peers: [name === 'a' ? 'b' : 'a'] }));
const healthy = { a: a as Manifest[], b: b as Manifest[] };

function sectionOf(state: ClusterState, section: 'ipPools' | 'calicoNode' | 'nodes' | 'secrets'): unknown {
  const {
    state: found,
    why,
    items,
  } = (mesh({ a: state }).clusters[0] as never as Record<string, unknown>)[section] as {
    state: string;
    why: string | null;
    items: readonly unknown[];
  };
  return [found, items.length, why];
}

describe('how far a section is read', () => {
  test('one object is enough', () =>
    expect(sectionOf([ipPool('p', '10.0.0.0/16')], 'ipPools')).toEqual(['complete', 1, null]));
  test('nothing is missing', () => expect(sectionOf([], 'ipPools')).toEqual(['missing', 0, 'no IPPool in the input']));
  test('a typed list is enough, even an empty one', () => {
    const list = { apiVersion: 'projectcalico.org/v3', kind: 'IPPoolList', items: [] };
    expect(sectionOf({ 'x.yaml': [list] }, 'ipPools')).toEqual(['complete', 0, null]);
  });
  test('an untyped empty list has the kind that its file is named after', () => {
    const list = { apiVersion: 'v1', kind: 'List', items: [] };
    expect(sectionOf({ 'ippools.yaml': [list] }, 'ipPools')).toEqual(['complete', 0, null]);
    expect(sectionOf({ 'ippools.crd.projectcalico.org.yaml': [list] }, 'ipPools')).toEqual(['complete', 0, null]);
    expect(sectionOf({ 'all.yaml': [list] }, 'ipPools')).toEqual(['missing', 0, 'no IPPool in the input']);
  });
  test('items of a typed list take kind and version from it', () => {
    const list = {
      apiVersion: 'projectcalico.org/v3',
      kind: 'IPPoolList',
      items: [{ metadata: { name: 'p' }, spec: { cidr: '10.0.0.0/16' } }],
    };
    expect(sectionOf({ 'x.yaml': [list] }, 'ipPools')).toEqual(['complete', 1, null]);
  });
  test('a truncated list is partial', () => {
    const list = { apiVersion: 'v1', kind: 'List', metadata: { continue: 'abc' }, items: [ipPool('p', '10.0.0.0/16')] };
    expect(sectionOf({ 'x.yaml': [list] }, 'ipPools')).toEqual([
      'partial',
      1,
      'the list in a/x.yaml ends early (metadata.continue is set)',
    ]);
  });
  test('a DaemonSet of another name does not count', () => {
    const other = {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name: 'kube-proxy', namespace: 'kube-system' },
    };
    expect(sectionOf([other], 'calicoNode')).toEqual(['missing', 0, 'no DaemonSet calico-node in the input']);
  });
});

describe('copies of one object', () => {
  test('v3 and v1 are one object, and v3 counts', () => {
    const stored = ipPool('p', '10.0.0.0/16');
    const served = { ...ipPool('p', '10.0.0.0/16', { vxlanMode: 'Always' }), apiVersion: 'projectcalico.org/v3' };
    for (const order of [
      [stored, served],
      [served, stored],
    ]) {
      const pools = mesh({ a: order }).clusters[0]?.ipPools.items;
      expect(pools?.map((p) => [p.ref.apiVersion, p.vxlanMode.value])).toEqual([['projectcalico.org/v3', 'Always']]);
    }
  });
  test('the stored one counts while a migration has not converged', () => {
    const stored = ipPool('p', '10.0.0.0/16');
    const served = { ...ipPool('p', '10.1.0.0/16'), apiVersion: 'projectcalico.org/v3' };
    const migration = (phase: string) => ({
      apiVersion: 'migration.projectcalico.org/v1',
      kind: 'DatastoreMigration',
      metadata: { name: 'default' },
      status: { phase },
    });
    const cidr = (phase: string) =>
      mesh({ a: [stored, served, migration(phase)] }).clusters[0]?.ipPools.items[0]?.cidr.value;
    expect(cidr('Migrating')).toBe('10.0.0.0/16');
    expect(cidr('Converged')).toBe('10.1.0.0/16');
  });
  test('the metadata stash of a v1 object is laid over its own', () => {
    const stash = JSON.stringify({
      annotations: { 'config.projectcalico.org/VXLANPort': '8472' },
      labels: { team: 'net' },
    });
    const objects = [felixConfiguration('default', {}, { 'projectcalico.org/metadata': stash })];
    const [felix] = mesh({ a: objects }).clusters[0]?.felix.configurations ?? [];
    expect(felix?.overrides.VXLANPort?.value).toBe('8472');
    expect(felix?.labels).toEqual({ team: 'net' });
  });
});

function routing(clusters: Readonly<Record<string, ClusterState>>, options: KitOptions = {}): unknown {
  const { value, open } = build(clusters, options).routing;
  return open ? [value, 'open'] : value;
}

describe('mode', () => {
  test('is what most RemoteClusterConfigurations say', () => {
    expect(routing(healthy)).toBe('overlay');
    expect(routing(healthyMesh(['a', 'b'], { routing: 'underlay' }))).toBe('underlay');
  });
  test('is open while RemoteClusterConfigurations are missing', () => {
    expect(routing({ ...healthy, b: without(healthy.b, 'RemoteClusterConfiguration') })).toEqual(['overlay', 'open']);
  });
  test('on a tie depends on VXLAN pools', () => {
    const unset = [remote('b', null)];
    const vxlan = [ipPool('p', '10.0.0.0/16', { vxlanMode: 'Always' }), felixConfiguration('default', {})];
    const plain = [ipPool('p', '10.0.0.0/16'), felixConfiguration('default', {})];
    const given = { calicoVersion: '3.20' };
    expect(routing({ a: [...unset, ...vxlan], b: [...unset, ...vxlan] }, given)).toBe('overlay');
    expect(routing({ a: [...unset, ...vxlan], b: [...unset, ...plain] }, given)).toBe('underlay');
    expect(routing({ a: [...unset, ...vxlan], b: unset }, given)).toEqual(['underlay', 'open']);
  });
  test('is what the user says', () => {
    expect(routing({ a: [], b: [] }, { routing: 'underlay' })).toBe('underlay');
    expect(routing({ a: [], b: [] }, { beforePeering: true })).toBe('overlay');
  });
});

describe('version', () => {
  const texts = (va: string | null, vb: string | null, options: KitOptions = {}) =>
    build(
      {
        a: healthyCluster({ name: 'a', index: 1, peers: ['b'], version: va }),
        b: healthyCluster({ name: 'b', index: 2, peers: ['a'], version: vb }),
      },
      options,
    ).version.texts;
  test('the lowest decides which text applies', () => {
    expect(texts('v3.23.1', 'v3.23.1')).toEqual(['3.21']);
    expect(texts('v3.23.1', 'v3.20.4')).toEqual(['3.18']);
  });
  test('where one is not told, every text that the lowest allows applies', () => {
    expect(texts(null, null)).toEqual(['3.21', '3.18']);
    expect(texts('v3.23.1', null)).toEqual(['3.21', '3.18']);
    expect(texts('v3.19.2', null)).toEqual(['3.18']);
  });
  test('is what the user says', () => expect(texts(null, null, { calicoVersion: '3.19' })).toEqual(['3.18']));
});

// What is asked of an API server, and what is told of its answers. The server is made up of objects in memory.

import { describe, expect, it } from 'vitest';
import { type KindId, kinds } from '../../../src/model/objects/kinds.ts';
import type { Answer, Api } from '../../../src/source/live/api.ts';
import { collect } from '../../../src/source/live/collect.ts';
import { healthyCluster, type Manifest, without } from '../../kit/objects.ts';

type Answers = Readonly<Record<string, Answer<unknown>>>;

const ALL: ReadonlySet<KindId> = new Set(kinds.map((k) => k.id));
const groupVersions = (groups: readonly string[]) => ({
  groups: groups.map((each) => {
    const [name, version] = each.split('/');
    return { name, preferredVersion: { groupVersion: each, version } };
  }),
});

/** A server that serves these objects under their own group and version; `answers` to paths come first. */
function server(objects: readonly Manifest[], answers: Answers = {}): { readonly api: Api; readonly asked: string[] } {
  const asked: string[] = [];
  const pluralOf = ({ kind, apiVersion }: Manifest) =>
    kinds.find(
      (k) =>
        k.kind === kind &&
        (k.groups as readonly string[]).includes(apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : ''),
    )?.plural;
  const under = (apiVersion: string) => (apiVersion === 'v1' ? '/api/v1' : `/apis/${apiVersion}`);
  const versions = [...new Set(objects.map((o) => o.apiVersion))].filter((v) => v !== 'v1');
  const value = (path: string): Answer<unknown> => {
    if (path === '/apis') return { kind: 'read', value: groupVersions(versions) };
    const [, version] = /^\/apis\/([^/]+\/[^/]+)$/.exec(path) ?? [];
    if (version !== undefined) {
      const own = objects.filter((o) => o.apiVersion === version);
      return { kind: 'read', value: { resources: [...new Set(own.map(pluralOf))].map((name) => ({ name })) } };
    }
    const [, namespace, plural, name] = /^\/api\/v1\/namespaces\/([^/]+)\/([^/]+)\/([^/]+)$/.exec(path) ?? [];
    const found = objects.find(
      (o) => pluralOf(o) === plural && o.metadata.namespace === namespace && o.metadata.name === name,
    );
    return found ? { kind: 'read', value: found } : { kind: 'absent' };
  };
  const api: Api = {
    get: async (path) => {
      asked.push(path);
      return answers[path] ?? value(path);
    },
    list: async (path, { project, query = {} }) => {
      asked.push(`${path}${query.fieldSelector ? `?${query.fieldSelector}` : ''}`);
      const given = answers[path];
      if (given && given.kind !== 'read') return given;
      if (path.startsWith('/apis') && !versions.some((version) => path.startsWith(`/apis/${version}/`)))
        return { kind: 'absent' };
      const items = objects.filter((o) => `${under(o.apiVersion)}/${pluralOf(o)}` === path);
      const name = query.fieldSelector?.replace('metadata.name=', '');
      // Items of a list do not say what they are.
      const bare = items
        .filter((o) => name === undefined || o.metadata.name === name)
        .map(({ apiVersion: _, kind: __, ...o }) => o);
      return { kind: 'read', value: bare.map((item) => project(item)) };
    },
    close: () => {},
  };
  return { api, asked };
}

const healthy = healthyCluster({ name: 'a', index: 1, peers: ['b'] }).map((o) =>
  o.kind === 'ConfigMap' ? { ...o, metadata: { ...o.metadata, namespace: 'kube-system' } } : o,
);
const read = (objects: readonly Manifest[] = healthy, answers: Answers = {}, wanted = ALL) =>
  collect(server(objects, answers).api, {
    cluster: 'a',
    wanted,
    taken: '2026-01-01T00:00:00Z',
    server: 'https://a',
    tool: 't',
  });
const told = async (...given: Parameters<typeof read>) => {
  const { manifest } = await read(...given);
  return (resource: string) => manifest.resources.find((r) => r.resource === resource);
};

describe('of a healthy cluster', () => {
  it('everything is read, Secrets by name alone', async () => {
    const { api, asked } = server(healthy);
    const { objects } = await collect(api, {
      cluster: 'a',
      wanted: ALL,
      taken: '2026-01-01T00:00:00Z',
      server: 'https://a',
      tool: 't',
    });
    expect([...objects.keys()].sort()).toEqual([...new Set(healthy.map((o) => o.kind))].sort());
    expect(
      asked
        .filter((path) => /secrets|configmaps/.test(path))
        .every((path) => /namespaces\/[^/]+\/(secrets|configmaps)\/./.test(path)),
    ).toBe(true);
    expect(asked).toContain('/api/v1/namespaces/calico-system/secrets/remote-cluster-secret-b');
  });
  it('DaemonSets are asked for by name', async () => {
    const { api, asked } = server(healthy);
    await collect(api, { cluster: 'a', wanted: new Set<KindId>(['DaemonSet']), taken: '', server: '', tool: '' });
    expect(asked.filter((p) => p.includes('daemonsets'))).toEqual([
      '/apis/apps/v1/daemonsets?metadata.name=calico-node',
      '/apis/apps/v1/daemonsets?metadata.name=calico-node-windows',
      '/apis/apps/v1/daemonsets?metadata.name=aws-node',
    ]);
  });
  it('only what is wanted is asked for', async () => {
    const { api, asked } = server(healthy);
    await collect(api, { cluster: 'a', wanted: new Set<KindId>(['Node']), taken: '', server: '', tool: '' });
    expect(asked.filter((p) => !p.startsWith('/apis'))).toEqual(['/api/v1/nodes']);
  });
});

describe("of Calico's objects", () => {
  const v3 = healthy.map((o) => ({
    ...o,
    apiVersion: o.apiVersion.replace('crd.projectcalico.org/v1', 'projectcalico.org/v3'),
  }));

  it('the stored ones are read where no other API serves them', async () => {
    expect((await told())('ippools.crd.projectcalico.org')).toMatchObject({ state: 'read', objects: 1 });
  });
  it('those of the API are read where it serves them', async () => {
    expect(
      (await told([...healthy, ...v3.filter((o) => o.kind === 'IPPool')]))('ippools.projectcalico.org'),
    ).toMatchObject({ state: 'read' });
  });
  it('the stored ones are read where the API is down', async () => {
    const down = { '/apis/projectcalico.org/v3': { kind: 'failed', why: 'the server answers 503' } } as const;
    expect(
      (await told([...healthy, ...v3.filter((o) => o.kind === 'IPPool')], down))('ippools.crd.projectcalico.org'),
    ).toMatchObject({ state: 'read' });
  });
  it('are absent where nothing serves them', async () => {
    expect((await told(without(healthy, 'IPPool')))('ippools')).toEqual({ resource: 'ippools', state: 'absent' });
  });
});

describe('what could not be read is told', () => {
  const forbidden = { kind: 'forbidden', why: 'no right to list nodes' } as const;

  it('of a kind', async () => {
    expect((await told(healthy, { '/api/v1/nodes': forbidden }))('nodes')).toEqual({
      resource: 'nodes',
      state: 'forbidden',
      why: forbidden.why,
    });
  });
  it('of a Secret, apart from one that does not exist', async () => {
    const path = '/api/v1/namespaces/calico-system/secrets/remote-cluster-secret-b';
    const { names } = (await told(healthy, { [path]: forbidden }))('secrets') ?? {};
    expect(names?.['calico-system/remote-cluster-secret-b']).toEqual({ state: 'forbidden', why: forbidden.why });
    expect(names?.['kube-system/tigera-federation-remote-cluster']).toEqual({ state: 'absent' });
  });
  it('of an API whose server is down, unless its store tells', async () => {
    const down = { kind: 'failed', why: 'the server answers 503' } as const;
    const group = 'crd.projectcalico.org/v1';
    const resource = await told(healthy, { [`/apis/${group}`]: down, [`/apis/${group}/ippools`]: down });
    expect(resource('ippools.crd.projectcalico.org')).toEqual({
      resource: 'ippools.crd.projectcalico.org',
      state: 'failed',
      why: down.why,
    });
    const pool = healthy.filter(({ kind }) => kind === 'IPPool');
    const both = [...healthy, ...pool.map((o) => ({ ...o, apiVersion: 'projectcalico.org/v3' }))];
    const stored = await told(both, { '/apis/projectcalico.org/v3': down, '/apis/projectcalico.org/v3/ippools': down });
    expect(stored('ippools.crd.projectcalico.org')).toMatchObject({ state: 'read', objects: pool.length });
  });
  it('where the server does not even tell what it serves', async () => {
    const resource = await told(healthy, { '/apis': { kind: 'failed', why: 'no answer' } });
    expect(resource('ippools.crd.projectcalico.org')).toMatchObject({ state: 'read', objects: 1 });
    expect(resource('nodes')).toMatchObject({ state: 'read' });
  });
});

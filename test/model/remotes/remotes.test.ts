// Cases of remotes: which evidence binds a RemoteClusterConfiguration to a cluster, and which leaves it open.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { peering, sameTargets, unconnectedGroups, whyUntold } from '../../../src/model/remotes/peering.ts';
import type { Lead } from '../../../src/model/remotes/remotes.ts';
import { clusterCredentials } from '../../kit/credentials.ts';
import { mesh } from '../../kit/mesh.ts';
import {
  ACCOUNT,
  accessSecret,
  accountToken,
  changed,
  encode,
  healthyMesh,
  type Manifest,
  remote,
  without,
} from '../../kit/objects.ts';

const base = healthyMesh(['east', 'north', 'west']) as { east: Manifest[]; north: Manifest[]; west: Manifest[] };
const SECRET = 'remote-cluster-secret-west';

interface Parts {
  readonly server?: string;
  readonly ca?: string;
  readonly token?: string;
}

const identityKinds = ['ConfigMap', 'ServiceAccount'];
/** A cluster of whose identity only some objects are left. */
function telling(cluster: keyof typeof base, ...objects: readonly Manifest[]): Manifest[] {
  const rest = identityKinds.reduce((left, kind) => without(left, kind), base[cluster]);
  return [...without(rest, 'Secret', ACCOUNT), ...objects];
}
const rootCa = (cluster: string): Manifest => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'kube-root-ca.crt', namespace: 'kube-system' },
  data: { 'ca.crt': clusterCredentials(cluster).caPem },
});
const endpoint = (host: string, port = '6443'): Manifest => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'kubernetes-services-endpoint', namespace: 'tigera-operator' },
  data: { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port },
});
const account = (cluster: keyof typeof base): Manifest =>
  base[cluster].find((o) => o.kind === 'ServiceAccount') as Manifest;
const tokenSecret = (cluster: keyof typeof base): Manifest =>
  base[cluster].find((o) => o.kind === 'Secret' && o.metadata.name === ACCOUNT) as Manifest;
const controlPlane = (address: string): Manifest => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: `cp-${address}`, labels: { 'node-role.kubernetes.io/control-plane': '' } },
  status: { addresses: [{ type: 'InternalIP', address }] },
});

/** Where east's remote `west` leads, given the parts of its kubeconfig and what the clusters tell. */
function lead(parts: Parts, clusters: Partial<typeof base> = {}): Lead {
  const kubeconfig = clusterCredentials('nobody').kubeconfig({
    server: parts.server ?? 'https://nowhere.example.com:6443',
    ca: parts.ca ? clusterCredentials(parts.ca).caPem : 'none',
    token: parts.token ?? 'opaque',
  });
  const all = { ...base, ...clusters };
  const east = changed(all.east, 'Secret', SECRET, { data: accessSecret('west', { kubeconfig }).data });
  const built = mesh({ ...all, east });
  const found = built.clusters.find((c) => c.name === 'east')?.remotes.items.find((r) => r.ref.name === 'west');
  if (!found) throw new Error('east has no remote west');
  return found.leads;
}
const bound = (found: Lead) => (found.kind === 'bound' ? [found.cluster, ...found.by.map((m) => m.kind)] : found.kind);
const open = (found: Lead) => (found.kind === 'unbound' ? [found.why, ...[...found.candidates].sort()] : [found.kind]);

describe('each kind of evidence binds by itself', () => {
  it('the token', () => {
    expect(bound(lead({ token: accountToken('west') }))).toEqual(['west', 'token', 'ServiceAccount UID']);
  });

  it('the UID of the ServiceAccount, from the account or from its token Secret', () => {
    const token = clusterCredentials('x').serviceAccountToken({
      name: ACCOUNT,
      uid: (account('west').metadata.uid as string) ?? '',
    });
    expect(bound(lead({ token }, { west: telling('west', account('west')) }))).toEqual(['west', 'ServiceAccount UID']);
    expect(bound(lead({ token }, { west: telling('west', tokenSecret('west')) }))).toEqual([
      'west',
      'ServiceAccount UID',
    ]);
  });

  it('the CA', () => {
    expect(bound(lead({ ca: 'west' }))).toEqual(['west', 'CA']);
  });

  it('the server, its port 443 where none is named', () => {
    const west = telling('west', endpoint('API.west.example.com', '443'));
    expect(bound(lead({ server: 'https://api.west.example.com' }, { west }))).toEqual(['west', 'server']);
    expect(bound(lead({ server: 'https://api.west.example.com:6443' }, { west }))).toBe('unbound');
  });

  it('the address of a control-plane node, where no server says better', () => {
    const west = [...base.west, controlPlane('10.3.0.200')];
    expect(bound(lead({ server: 'https://10.3.0.200:6443' }, { west }))).toEqual(['west', 'control-plane address']);
    expect(bound(lead({ server: 'https://10.3.0.10:6443' }, { west }))).toBe('unbound');
  });

  it('the name does not', () => {
    expect(bound(lead({}))).toBe('unbound');
  });

  it('an issuer does not', () => {
    expect(bound(lead({ token: clusterCredentials('west').token({ iss: 'kubernetes/serviceaccount' }) }))).toBe(
      'unbound',
    );
  });

  it('a loopback server does not, nor one behind the path of a proxy', () => {
    const west = telling('west', endpoint('127.0.0.1'));
    expect(bound(lead({ server: 'https://127.0.0.1:6443' }, { west }))).toBe('unbound');
    const proxied = telling('west', endpoint('gate.example.com', '443'));
    expect(bound(lead({ server: 'https://gate.example.com/k8s/clusters/c-1' }, { west: proxied }))).toBe('unbound');
  });
});

describe('evidence that does not agree', () => {
  it('of different clusters contradicts itself', () => {
    expect(lead({ ca: 'west', token: accountToken('north') })).toMatchObject({ kind: 'contradictory' });
    const west = [...base.west, endpoint('api.west.example.com')];
    expect(lead({ ca: 'north', server: 'https://api.west.example.com:6443' }, { west })).toMatchObject({
      kind: 'contradictory',
    });
    const nodes = {
      west: [...base.west, controlPlane('10.3.0.200')],
      north: [...base.north, controlPlane('10.2.0.200')],
    };
    expect(lead({ ca: 'west', server: 'https://10.2.0.200:6443' }, nodes)).toMatchObject({ kind: 'contradictory' });
  });

  it('an unknown CA or server contradicts nothing', () => {
    expect(bound(lead({ ca: 'stranger', token: accountToken('west') }))).toEqual([
      'west',
      'token',
      'ServiceAccount UID',
    ]);
    expect(bound(lead({ ca: 'west', token: 'opaque' }))).toEqual(['west', 'CA']);
  });

  it('a CA of another cluster may be shared with one whose CA was not read', () => {
    const west = telling('west', account('west'));
    expect(bound(lead({ ca: 'north', token: accountToken('west') }, { west }))).toEqual(['west', 'ServiceAccount UID']);
  });

  it('a shared CA does not tell its clusters apart, but a token does', () => {
    const clusters = {
      north: telling('north', rootCa('shared')),
      west: telling('west', rootCa('shared'), account('west')),
    };
    expect(open(lead({ ca: 'shared' }, clusters))).toEqual(['ambiguous', 'north', 'west']);
    expect(bound(lead({ ca: 'shared', token: accountToken('west') }, clusters))).toEqual([
      'west',
      'ServiceAccount UID',
      'CA',
    ]);
  });
});

describe('a remote that leads to no cluster of the input', () => {
  const token = clusterCredentials('stranger').serviceAccountToken({ name: ACCOUNT, uid: 'foreign' });
  const server = 'https://api.stranger.example.com:6443';

  it('is outside where two things differ from every cluster', () => {
    expect(lead({ ca: 'stranger', token })).toEqual({ kind: 'outside' });
  });

  it('may lead to those of which only one thing is told', () => {
    const only = (west: Manifest[]) => open(lead({ ca: 'stranger', token, server }, { west }));
    expect(only(telling('west', account('west')))).toEqual(['identity-untold', 'west']);
    expect(only(telling('west', rootCa('west')))).toEqual(['identity-untold', 'west']);
    expect(only(telling('west', endpoint('api.west.example.com')))).toEqual(['identity-untold', 'west']);
    expect(only(telling('west', rootCa('west'), endpoint('api.west.example.com')))).toEqual(['outside']);
    expect(only(telling('west', account('west'), endpoint('api.west.example.com')))).toEqual(['outside']);
  });

  it('may lead to any if it says only one thing', () => {
    const everyone = ['identity-untold', 'east', 'north', 'west'];
    expect(open(lead({ ca: 'stranger', server: 'https://127.0.0.1' }))).toEqual(everyone);
    expect(open(lead({ token }))).toEqual(everyone);
    expect(open(lead({ server }))).toEqual(everyone);
  });

  it('may lead to one whose identity was read in part', () => {
    const west = {
      'all.yaml': base.west,
      'more.yaml': [{ apiVersion: 'v1', kind: 'ConfigMapList', metadata: { continue: 'x' }, items: [] }],
    };
    expect(open(lead({ ca: 'stranger', token }, { west: west as unknown as Manifest[] }))).toEqual([
      'identity-untold',
      'west',
    ]);
  });
});

describe('a remote without evidence', () => {
  const of = (east: readonly Manifest[]) =>
    mesh({ ...base, east }).clusters[0]?.remotes.items.find((r) => r.ref.name === 'west');

  it.each([
    [
      'whose Secret was not read',
      without(base.east, 'Secret'),
      'secret-unread',
      'unread',
      'its access secret was not read',
    ],
    [
      'whose Secret does not exist',
      without(base.east, 'Secret', SECRET),
      'secret-absent',
      'absent',
      'its access secret does not exist',
    ],
    [
      'whose Secret holds no kubeconfig',
      changed(base.east, 'Secret', SECRET, { data: { kubeconfig: null } }),
      'no-kubeconfig',
      'found',
      'its access secret holds no kubeconfig',
    ],
    [
      'whose kubeconfig says nothing',
      changed(base.east, 'Secret', SECRET, { data: { kubeconfig: encode('clusters: []') } }),
      'nothing-to-compare',
      'found',
      'its kubeconfig names nothing that identifies a cluster',
    ],
    [
      'whose reference is incomplete',
      changed(base.east, 'RemoteClusterConfiguration', 'west', { spec: { clusterAccessSecret: { namespace: null } } }),
      'no-connection',
      'incomplete-reference',
      'its secret reference is incomplete',
    ],
    [
      'that names a file',
      changed(base.east, 'RemoteClusterConfiguration', 'west', {
        spec: { clusterAccessSecret: null, kubeconfig: '/etc/west' },
      }),
      'no-connection',
      'no-reference',
      'it names no connection',
    ],
  ])('%s may lead anywhere', (_, east, why, access, phrase) => {
    const found = of(east);
    expect(found && open(found.leads)).toEqual([why, 'east', 'north', 'west']);
    expect(found?.access.kind).toBe(access);
    expect(found && whyUntold(found)).toBe(phrase);
  });

  it('is bound by its inline kubeconfig, but a Secret outranks that', () => {
    const kubeconfigInline = clusterCredentials('north').kubeconfig({ token: accountToken('north') });
    const inline = changed(base.east, 'RemoteClusterConfiguration', 'west', {
      spec: { clusterAccessSecret: null, kubeconfigInline },
    });
    expect(of(inline)?.leads).toMatchObject({ kind: 'bound', cluster: 'north' });
    const mixed = changed(base.east, 'RemoteClusterConfiguration', 'west', { spec: { kubeconfigInline } });
    expect(of(mixed)?.leads).toMatchObject({ kind: 'bound', cluster: 'west' });
  });

  it('a wrong datastoreType hides nothing', () => {
    const east = changed(base.east, 'Secret', SECRET, { data: { datastoreType: encode('etcdv3') } });
    expect(of(east)?.leads).toMatchObject({ kind: 'bound', cluster: 'west' });
  });
});

describe('links between clusters', () => {
  it('tell what is proven from what is open', () => {
    const east = [...without(base.east, 'RemoteClusterConfiguration', 'north'), remote('other', 'Enabled')];
    const built = mesh({ east, north: base.north, west: without(base.west, 'RemoteClusterConfiguration') });
    const link = peering(built.clusters);
    expect(link('east', 'west')).toMatchObject({ kind: 'leads', remote: { ref: { name: 'west' } } });
    expect(link('east', 'north')).toEqual({ kind: 'may' });
    expect(link('north', 'east')).toMatchObject({ kind: 'leads' });
    expect(link('west', 'east')).toEqual({ kind: 'unread' });
    expect(link('north', 'nowhere')).toEqual({ kind: 'none' });
  });
});

describe('groups', () => {
  it('of remotes that lead to one cluster join over all they have in common', () => {
    const stranger = clusterCredentials('stranger');
    const secret = (name: string, server: string, token: string): Manifest => ({
      ...accessSecret('x', { kubeconfig: stranger.kubeconfig({ server, token }) }),
      metadata: { name: `remote-cluster-secret-${name}`, namespace: 'calico-system' },
    });
    const names = ['a', 'b', 'c', 'd'];
    const east = [
      ...base.east,
      ...names.map((name) => remote(name, 'Enabled')),
      secret('a', 'https://one:6443', 'token-1'),
      secret('b', 'https://two:6443', 'token-2'),
      secret('c', 'https://one:6443', 'token-2'),
      secret('d', 'https://four:6443', 'token-4'),
    ];
    const items = mesh({ ...base, east }).clusters[0]?.remotes.items ?? [];
    expect(sameTargets(items).map((group) => group.map((r) => r.ref.name))).toEqual([['a', 'b', 'c']]);
  });

  it('of unconnected clusters cover every pair exactly once', () => {
    const pair = fc.tuple(fc.integer({ min: 0, max: 7 }), fc.integer({ min: 0, max: 7 }));
    fc.assert(
      fc.property(fc.array(pair), (pairs) => {
        const key = (a: string, b: string) => [a, b].sort().join('-');
        const cut = new Set(pairs.filter(([a, b]) => a !== b).map(([a, b]) => key(`c${a}`, `c${b}`)));
        const clusters = Array.from({ length: 8 }, (_, i) => `c${i}`);
        const groups = unconnectedGroups(clusters, (a, b) => cut.has(key(a, b)));
        const covered = groups.flatMap(({ cluster, others }) => others.map((other) => key(cluster, other)));
        expect(covered.sort()).toEqual([...cut].sort());
      }),
    );
  });

  it('of one cluster that nothing is connected with is one', () => {
    const groups = unconnectedGroups(['a', 'b', 'c', 'd'], (a, b) => a === 'c' || b === 'c');
    expect(groups).toEqual([{ cluster: 'c', others: ['a', 'b', 'd'], isOdd: true }]);
  });

  it('of two islands are of equals', () => {
    const [a, b] = unconnectedGroups(['a', 'b', 'c', 'd'], (one, other) => 'ab'.includes(one) !== 'ab'.includes(other));
    expect(a).toEqual({ cluster: 'a', others: ['c', 'd'], isOdd: false });
    expect(b).toEqual({ cluster: 'b', others: ['c', 'd'], isOdd: false });
  });
});

describe('binding', () => {
  it('never depends on the order of clusters, and less identity never binds elsewhere', () => {
    const names = ['east', 'north', 'west'] as const;
    const pick = fc.constantFrom<string | undefined>(...names, 'stranger', undefined);
    const told = fc.record({ ca: fc.boolean(), account: fc.boolean(), token: fc.boolean() });
    fc.assert(
      fc.property(pick, pick, fc.record({ east: told, north: told, west: told }), (ca, token, tells) => {
        const parts = { ...(ca && { ca }), ...(token && { token: accountToken(token) }) };
        const reduced = Object.fromEntries(
          names.map((name) => [
            name,
            telling(
              name,
              ...(tells[name].ca ? [rootCa(name)] : []),
              ...(tells[name].account ? [account(name)] : []),
              ...(tells[name].token ? [tokenSecret(name)] : []),
            ),
          ]),
        ) as typeof base;
        const found = lead(parts, reduced);
        const backwards = lead(parts, Object.fromEntries(Object.entries(reduced).reverse()) as typeof base);
        expect(bound(backwards)).toEqual(bound(found));
        const full = lead(parts);
        if (found.kind === 'bound' && full.kind === 'bound') expect(found.cluster).toBe(full.cluster);
        if (found.kind === 'contradictory') expect(full.kind).toBe('contradictory');
        // Two foreign things outweigh a third that was not told; where all is of one cluster, that one stays possible.
        if (full.kind !== 'bound' || (ca && token && ca !== token)) return;
        expect(found.kind).not.toBe('outside');
        if (found.kind === 'unbound') expect([...found.candidates]).toContain(full.cluster);
      }),
      { numRuns: 60 },
    );
  });
});

// From a judgement to the report: pairs, fingerprints, what is missing, and the run's word.

import { describe, expect, test } from 'vitest';
import { type Checked, type CheckOptions, check } from '../src/check.ts';
import { loadRules } from '../src/registry.ts';
import type { Report } from '../src/report/report.ts';
import { AT } from './kit/examples.ts';
import { type ClusterState, inputOf } from './kit/mesh.ts';
import { calicoNode, changed, felixConfiguration, healthyMesh, type Manifest, without } from './kit/objects.ts';

const rules = await loadRules();

function checked(clusters: Readonly<Record<string, ClusterState>>, options: Partial<CheckOptions> = {}): Checked {
  return check(inputOf(clusters), rules, {
    routing: null,
    calicoVersion: null,
    beforePeering: false,
    at: AT,
    disabled: new Set(),
    strict: false,
    tool: { name: 'mesh-preflight', version: '0.0.0' },
    ...options,
  });
}

const three = healthyMesh(['a', 'b', 'c']);
const spoiled = (change: (objects: readonly Manifest[]) => ClusterState) => ({ ...three, b: change(three.b ?? []) });
const pairs = (report: Report) => report.pairs.map((p) => `${p.from}>${p.to} ${p.remote} ${p.verdict}`);

describe('pairs', () => {
  test('are all ordered pairs, with their remotes', () => {
    expect(pairs(checked(three).report)).toEqual([
      'a>b b pass',
      'a>c c pass',
      'b>a a pass',
      'b>c c pass',
      'c>a a pass',
      'c>b b pass',
    ]);
  });
  test('fail where a value of one is set against that of the other, and nowhere else', () => {
    const { report } = checked(
      spoiled((o) => changed(o, 'FelixConfiguration', 'default', { spec: { vxlanPort: 4790 } })),
    );
    expect(pairs(report)).toEqual(['a>b b fail', 'a>c c pass', 'b>a a fail', 'b>c c fail', 'c>a a pass', 'c>b b fail']);
    expect(report.pairs[0]?.because).toEqual(['felix-vxlan-port-vni-equal']);
  });
  test('a fault of one remote concerns its pair alone', () => {
    const { report } = checked(
      spoiled((o) =>
        changed(o, 'RemoteClusterConfiguration', 'a', { spec: { syncOptions: { overlayRoutingMode: 'Disabled' } } }),
      ),
    );
    expect(pairs(report).filter((p) => !p.endsWith('pass'))).toEqual(['b>a a fail']);
  });
  test('a remote whose target nothing tells has a pair of its own', () => {
    const { report } = checked(spoiled((o) => without(o, 'Secret', 'remote-cluster-secret-a')));
    expect(pairs(report).filter((p) => p.includes('null'))).toEqual(['b>a null unknown', 'b>null a fail']);
  });
});

describe('pairs of a finding about several remotes', () => {
  const four = healthyMesh(['a', 'b', 'c', 'd']);
  const troubled = (state: ClusterState, clusters = three) =>
    pairs(checked({ ...clusters, b: state }).report).filter((p) => !p.endsWith('pass'));
  const b = three.b ?? [];

  test('are theirs alone, not those that lead to their cluster', () => {
    const stranger = { subjects: [{ kind: 'ServiceAccount', name: 'typha', namespace: 'calico-system' }] };
    const refused = changed(b, 'RoleBinding', 'remote-cluster-secret-access', stranger);
    expect(troubled(refused)).toEqual(['b>a a fail', 'b>c c fail']);
    expect(troubled(without(b, 'Secret'))).toEqual([
      'b>a null unknown',
      'b>c null unknown',
      'b>null a unknown',
      'b>null c unknown',
    ]);
  });
  test('do not spoil pairs that have remotes of their own', () => {
    const copy = changed(b, 'RemoteClusterConfiguration', 'a', { metadata: { name: 'again' } });
    const twice = [...b, ...copy.filter((o) => o.metadata.name === 'again')];
    expect(troubled(twice)).toEqual(['b>a a fail', 'b>a again fail']);
  });
  test('that lead out of the input are those without a target', () => {
    const { d: _, ...rest } = four;
    const { c: __, ...two } = rest;
    const { report } = checked(two);
    expect(pairs(report)).toEqual([
      'a>b b pass',
      'a>null c unknown',
      'a>null d unknown',
      'b>a a pass',
      'b>null c unknown',
      'b>null d unknown',
    ]);
  });
});

describe('fingerprints', () => {
  const fail = (clusters: Readonly<Record<string, ClusterState>>) =>
    checked(clusters).report.findings.find((f) => f.verdict === 'fail')?.fingerprint;
  const spoil = (port: number, more: readonly Manifest[] = []) =>
    spoiled((o) => [...more, ...changed(o, 'FelixConfiguration', 'default', { spec: { vxlanPort: port } })]);

  test('do not depend on the value, the order or the API group', () => {
    const one = fail(spoil(4790));
    expect(one).toMatch(/^[0-9a-f]{32}$/);
    expect(fail(spoil(4791))).toBe(one);
    expect(fail(spoil(4790, [felixConfiguration('node.gone', {})]))).toBe(one);
    const served = spoiled((o) =>
      changed(o, 'FelixConfiguration', 'default', { apiVersion: 'projectcalico.org/v3', spec: { vxlanPort: 4790 } }),
    );
    expect(fail(served)).toBe(one);
  });
  const identities = (clusters: Readonly<Record<string, ClusterState>>, rule: string) =>
    checked(clusters)
      .report.findings.filter((f) => f.rule === rule)
      .map((f) => f.fingerprint);
  const inEnvironment = (env: Readonly<Record<string, string>>, edit = (text: string) => text) =>
    spoiled((o) => [...without(o, 'DaemonSet'), JSON.parse(edit(JSON.stringify(calicoNode(env))))]);

  test('tell one setting from another, wherever it stands in a list', () => {
    const rule = 'felix-vxlan-port-vni-equal';
    const port = identities(inEnvironment({ FELIX_VXLANPORT: '8472' }), rule);
    expect(port).toHaveLength(1);
    expect(identities(inEnvironment({ A: 'b', FELIX_VXLANPORT: '4790' }), rule)).toEqual(port);
    expect(identities(inEnvironment({ FELIX_VXLANVNI: '8472' }), rule)).not.toEqual(port);
  });
  test('tell what one variable leaves open from what another does', () => {
    const untold = (name: string) =>
      identities(
        inEnvironment({ [name]: 'x' }, (text) =>
          text.replace('"value":"x"', '"valueFrom":{"configMapKeyRef":{"name":"m","key":"k"}}'),
        ),
        'felix-vxlan-port-vni-equal',
      );
    const [port, vni] = [untold('FELIX_VXLANPORT'), untold('FELIX_VXLANVNI')];
    expect([port.length, vni.length]).toEqual([1, 1]);
    expect(port).not.toEqual(vni);
  });
  test('tell the other of two clusters', () => {
    const rule = 'pod-ranges-disjoint';
    const inside = (name: 'b' | 'c') => ({
      ...three,
      [name]: changed(three[name] ?? [], 'IPPool', 'default-ipv4-ippool', { spec: { cidr: '10.1.192.0/20' } }),
    });
    const [b, c] = [identities(inside('b'), rule), identities(inside('c'), rule)];
    expect([b.length, c.length]).toEqual([1, 1]);
    expect(b).not.toEqual(c);
  });
  test('do not change where a cluster joins that is like the others, or nothing is known of any', () => {
    const { c: _, ...two } = three;
    const odd = (clusters: typeof two) =>
      checked({
        ...clusters,
        b: changed(three.b ?? [], 'FelixConfiguration', 'default', { spec: { vxlanPort: 4790 } }),
      });
    const both = healthyMesh(['a', 'b']);
    const probes = (report: Report) =>
      report.findings.filter((f) => f.reason === 'needs-probe').map((f) => f.fingerprint);
    expect(probes(checked(three).report)).toEqual(probes(checked(both).report));
    const port = (report: Report) => report.findings.find((f) => f.verdict === 'fail' && f.message.data.parameter);
    expect(port(odd(three).report)?.fingerprint).toBe(port(odd(two).report)?.fingerprint);
  });
  test('are unique in a run', () => {
    const { report } = checked(healthyMesh(['a', 'b', 'c', 'd'], { version: null }));
    const all = report.findings.map((f) => f.fingerprint);
    expect(new Set(all).size).toBe(all.length);
  });
});

describe('the run', () => {
  test('says what of a cluster was not read', () => {
    const { report } = checked(spoiled((o) => without(without(o, 'IPPool'), 'Secret')));
    expect(report.clusters.map((c) => [c.name, c.missing])).toEqual([
      ['a', {}],
      ['b', { ipPools: 'no IPPool in the input', secrets: 'no Secret in the input' }],
      ['c', {}],
    ]);
    expect(report.verdict).toBe('not-proven');
  });
  test('counts probes only when it is strict', () => {
    expect(checked(three).report.verdict).toBe('ready');
    expect(checked(three, { strict: true }).report.verdict).toBe('not-proven');
  });
  test('refuses one cluster given twice', () => {
    const a = three.a ?? [];
    expect(() => checked({ a, copy: a })).toThrow('a and copy are the same cluster');
    const guid = {
      apiVersion: 'crd.projectcalico.org/v1',
      kind: 'ClusterInformation',
      metadata: { name: 'default' },
      spec: { clusterGUID: 'x' },
    };
    const twin = (objects: readonly Manifest[]) => [...without(objects, 'Namespace'), guid];
    expect(() => checked({ a: twin(a), copy: twin(a) })).toThrow('they share clusterGUID and nodes');
    const cloned = { a: twin(a), b: twin(three.b ?? []), copy: twin(a) };
    expect(() => checked(cloned)).toThrow('a and copy are the same cluster: they share clusterGUID and nodes');
    expect(
      checked({ a: twin(a), b: twin(three.b ?? []) }).report.requirements.find((r) => r.id === 'supported-version')
        ?.verdict,
    ).toBe('warn');
  });
});

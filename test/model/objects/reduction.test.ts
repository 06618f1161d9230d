// What a snapshot holds of an object says what the object said, and holds nothing of its credentials.

import { describe, expect, it, test } from 'vitest';
import { judge } from '../../../src/engine.ts';
import { buildMesh } from '../../../src/model/build.ts';
import { newIntake, take } from '../../../src/model/objects/intake.ts';
import { kindOf } from '../../../src/model/objects/kinds.ts';
import { newReading } from '../../../src/model/objects/reading.ts';
import { reduceObject } from '../../../src/model/objects/reduction.ts';
import { loadRules } from '../../../src/registry.ts';
import { parseSingle } from '../../../src/source/yaml.ts';
import { AT, documentsOf, examples, secretsOf } from '../../kit/examples.ts';
import { accessSecret, type Manifest, remote } from '../../kit/objects.ts';
import { reduceAll } from '../../kit/reduced.ts';

type Raw = Readonly<Record<string, unknown>>;
const rules = await loadRules();

function judged(name: string, change: (document: unknown) => unknown) {
  const intakes = documentsOf(name).map(({ name: cluster, documents }) => {
    const intake = newIntake(cluster);
    const reading = newReading(parseSingle);
    for (const [i, value] of documents.entries()) {
      take(intake, { value: change(structuredClone(value)), file: 0, document: i, named: null, uri: 'x' }, reading);
    }
    return intake;
  });
  const built = buildMesh(intakes, { routing: null, calicoVersion: null, beforePeering: false, at: AT });
  const { requirements, findings } = judge(rules, built, new Set());
  return {
    requirements,
    findings: findings.map(({ text, outcome }) => ({
      text,
      clusters: outcome.clusters,
      // Values of stringData are found under data in a snapshot.
      evidence: outcome.evidence.map(({ ref, path }) => [
        ref.kind,
        ref.name,
        path.join('.').replace('stringData', 'data'),
      ]),
    })),
  };
}

describe.each(examples)('%s', (name) => {
  test('is judged the same', () => expect(judged(name, reduceAll)).toEqual(judged(name, (d) => d)));
  test('is the same, reduced twice', () => {
    for (const { documents } of documentsOf(name)) {
      for (const document of documents) {
        const once = reduceAll(document);
        expect(reduceAll(once)).toEqual(once);
      }
    }
  });
  test('keeps nothing of its credentials', () => {
    const kept = JSON.stringify(documentsOf(name).map(({ documents }) => documents.map(reduceAll)));
    for (const secret of secretsOf(name)) expect(kept).not.toContain(secret);
  });
});

describe('what is left of', () => {
  const reduce = (object: object) => reduceObject(kindOf(...idOf(object)) as never, object as Raw, parseSingle);
  const idOf = (object: object) => {
    const { apiVersion, kind } = object as Manifest;
    return [apiVersion, kind] as const;
  };

  it('a Secret: its keys, and what is told of a kubeconfig', () => {
    const secret = accessSecret('west', {});
    const kept = reduce({ ...secret, stringData: { password: 'hunter2', FELIX_VXLANPORT: '4790' } });
    expect(kept).toMatchObject({
      metadata: { annotations: { 'mesh-preflight/reduced': 'true' } },
      data: { datastoreType: 'kubernetes', password: '!not-kept', FELIX_VXLANPORT: '4790' },
    });
    expect(JSON.stringify(kept)).toMatch(/sha256:[0-9a-f]{64}\?issuer=/);
    expect(JSON.stringify(kept)).not.toContain('hunter2');
  });

  it('a Secret whose kubeconfig is a mapping: that it is one', () => {
    const secret = {
      ...accessSecret('west', {}),
      data: {},
      stringData: { datastoreType: true, kubeconfig: { users: ['hunter2'] } },
    };
    expect(reduce(secret)).toMatchObject({ data: {}, stringData: { datastoreType: false, kubeconfig: {} } });
  });

  it('a remote with inline credentials', () => {
    const spec = {
      datastoreType: 'etcdv3',
      etcdPassword: 'hunter2',
      k8sAPIToken: 'hunter3',
      k8sAPIEndpoint: 'https://u:hunter4@a:6443',
      other: 'hunter5',
    };
    const kept = reduce({ ...remote('west', 'Enabled'), spec });
    expect(kept).toMatchObject({
      spec: { datastoreType: 'etcdv3', etcdPassword: 'reduced', k8sAPIEndpoint: 'https://a:6443' },
    });
    expect(JSON.stringify(kept)).not.toContain('hunter');
  });

  it('the environment of calico-node: what is read of it', () => {
    const env = [
      { name: 'FELIX_VXLANPORT', value: '4790' },
      { name: 'REGISTRY_PASSWORD', value: 'hunter2' },
      { name: 'A', valueFrom: { fieldRef: {} } },
    ];
    const daemonSet = {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name: 'calico-node' },
      spec: { template: { spec: { containers: [{ name: 'calico-node', args: ['x'], env }] } } },
    };
    expect(reduce(daemonSet)).toEqual({
      ...daemonSet,
      spec: {
        template: {
          spec: {
            containers: [
              {
                name: 'calico-node',
                env: [env[0], { name: 'REGISTRY_PASSWORD', value: '!not-kept' }, { name: 'A', valueFrom: {} }],
              },
            ],
          },
        },
      },
    });
    expect(reduce({ ...daemonSet, metadata: { name: 'other' } })).toBeNull();
  });

  it('metadata: labels, and annotations that are read', () => {
    const annotations = {
      'kubectl.kubernetes.io/last-applied-configuration': '{"hunter2":1}',
      'config.projectcalico.org/VXLANPort': '8472',
      'projectcalico.org/metadata': JSON.stringify({
        labels: { a: 'b' },
        annotations: { note: 'hunter2', 'config.projectcalico.org/VXLANVNI': '1' },
      }),
    };
    const kept = reduce({
      apiVersion: 'crd.projectcalico.org/v1',
      kind: 'FelixConfiguration',
      metadata: { name: 'default', resourceVersion: '1', annotations, labels: { c: 'd' } },
    });
    expect(JSON.stringify(kept)).not.toContain('hunter2');
    expect(kept).toEqual({
      apiVersion: 'crd.projectcalico.org/v1',
      kind: 'FelixConfiguration',
      metadata: {
        name: 'default',
        labels: { c: 'd' },
        annotations: {
          'config.projectcalico.org/VXLANPort': '8472',
          'projectcalico.org/metadata': JSON.stringify({
            annotations: { 'config.projectcalico.org/VXLANVNI': '1' },
            labels: { a: 'b' },
          }),
        },
      },
    });
  });

  it('an IPAM block: whether it is free', () => {
    const block = (allocations: unknown) => ({
      apiVersion: 'crd.projectcalico.org/v1',
      kind: 'IPAMBlock',
      metadata: { name: 'b' },
      spec: { cidr: '10.0.0.0/26', allocations },
    });
    expect(reduce(block([null, null]))?.spec).toEqual({ cidr: '10.0.0.0/26', allocations: [] });
    expect(reduce(block([null, 0]))?.spec).toEqual({ cidr: '10.0.0.0/26' });
  });
});

// Tests of the rule network-routes-pods.

import { expect, test } from 'vitest';
import rule from '../../rules/network-routes-pods.ts';
import type { Rule } from '../../src/rule.ts';
import { build } from '../kit/mesh.ts';
import { healthyMesh, type Manifest, without } from '../kit/objects.ts';
import { runRule, testRule } from '../kit/test-rule.ts';

const { east = [], west = [] } = healthyMesh(['east', 'west'], { routing: 'underlay' });
const pod = (podIP: string, spec: Readonly<Record<string, unknown>> = {}): Manifest => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: `pod-${podIP.replaceAll('.', '-')}`, namespace: 'shop' },
  spec,
  status: { phase: 'Running', podIPs: [{ ip: podIP }] },
});

testRule(rule, [
  {
    title: 'is unknown whatever was read',
    clusters: { east, west },
    verdict: 'unknown',
    says: ['untried'],
    blames: ['east west'],
  },
  {
    title: 'shows a node and a pod',
    clusters: { east, west: [...west, pod('10.2.0.10', { hostNetwork: true }), pod('10.2.200.7')] },
    verdict: 'unknown',
    says: ['untried'],
    at: ['east Node/east-node-1 metadata.annotations["projectcalico.org/IPv4Address"]'],
  },
  {
    title: 'does not apply to an overlay',
    clusters: { east, west },
    options: { routing: 'overlay' },
    verdict: 'not-applicable',
  },
]);

test('network-routes-pods gives a command with addresses of the mesh, or one that finds them', () => {
  const command = (clusters: Parameters<typeof build>[0]) =>
    runRule(rule as unknown as Rule, build(clusters)).findings[0]?.command;
  expect(command({ east, west: [...west, pod('10.2.0.10', { hostNetwork: true }), pod('10.2.200.7')] })).toBe(
    'ssh 10.1.0.10 ping -c 3 -W 2 10.2.200.7',
  );
  expect(command({ east: without(east, 'Node'), west })).toMatch(
    /^ssh 10\.2\.0\.10 ping -c 3 -W 2 "\$\(kubectl --context east get pods /,
  );
});

// Tests of the rule nodes-reach-each-other.

import { expect, test } from 'vitest';
import rule from '../../rules/nodes-reach-each-other.ts';
import type { Rule } from '../../src/rule.ts';
import { build } from '../kit/mesh.ts';
import { healthyMesh, without } from '../kit/objects.ts';
import { runRule, testRule } from '../kit/test-rule.ts';

const { east = [], west = [] } = healthyMesh(['east', 'west']);

testRule(rule, [
  {
    title: 'is unknown whatever was read, and shows a node of each cluster',
    clusters: { east, west },
    verdict: 'unknown',
    says: ['untried'],
  },
  {
    title: 'is unknown where the network routes, too',
    clusters: { east, west },
    options: { routing: 'underlay' },
    verdict: 'unknown',
    says: ['untried'],
  },
  {
    title: 'is unknown without Nodes',
    clusters: { east, west: without(west, 'Node') },
    verdict: 'unknown',
    says: ['untried'],
  },
]);

test('nodes-reach-each-other gives a command with addresses of the mesh, or one that finds them', () => {
  const command = (clusters: Parameters<typeof build>[0]) =>
    runRule(rule as unknown as Rule, build(clusters)).findings[0]?.command;
  expect(command({ east, west })).toBe(
    'for from in 10.1.0.10 10.2.0.10; do for to in 10.1.0.10 10.2.0.10; do ssh "$from" ping -c 1 -W 2 "$to" || echo "$from does not reach $to"; done; done',
  );
  expect(command({ east, west: without(west, 'Node') })).toBe(
    'kubectl --context east get nodes -o wide\nkubectl --context west get nodes -o wide',
  );
});

// Tests of the rule typha-reports-in-sync.

import { expect, test } from 'vitest';
import rule from '../../rules/typha-reports-in-sync.ts';
import type { Rule } from '../../src/rule.ts';
import { build } from '../kit/mesh.ts';
import { healthyMesh, without } from '../kit/objects.ts';
import { runRule, testRule } from '../kit/test-rule.ts';

const { east = [], west = [] } = healthyMesh(['east', 'west']);
const none = (cluster: typeof east) => ({
  'all.yaml': without(cluster, 'RemoteClusterConfiguration'),
  'remoteclusterconfigurations.yaml': [{ apiVersion: 'v1', kind: 'List', items: [] }],
});

testRule(rule, [
  {
    title: 'is unknown for clusters with remotes',
    clusters: { east, west },
    verdict: 'unknown',
    says: ['untold'],
    blames: ['east west'],
  },
  {
    title: 'does not apply to a cluster without remotes',
    clusters: { east, west: none(west) },
    verdict: { east: 'unknown', west: 'not-applicable' },
    says: ['untold'],
    blames: ['east'],
  },
  {
    title: 'does not apply to a mesh without remotes',
    clusters: { east: none(east), west: none(west) },
    verdict: 'not-applicable',
  },
  {
    title: 'is unknown where remotes were not read',
    clusters: { east, west: without(west, 'RemoteClusterConfiguration') },
    verdict: 'unknown',
    says: ['untold'],
    blames: ['east west'],
  },
]);

test('typha-reports-in-sync gives a command for every cluster', () => {
  const { findings } = runRule(rule as unknown as Rule, build({ east, west }));
  expect(findings[0]?.command?.split('\n')).toEqual(
    ['east', 'west'].map(
      (name) =>
        `kubectl --context ${name} logs --namespace calico-system -l k8s-app=calico-typha --tail=-1 --prefix --max-log-requests=50 | grep -E 'Sending in-sync update for RemoteClusterConfiguration'`,
    ),
  );
});

// Tests of the rule typha-synced-overlay-routes.

import rule from '../../rules/typha-synced-overlay-routes.ts';
import { healthyMesh, without } from '../kit/objects.ts';
import { testRule } from '../kit/test-rule.ts';

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
    title: 'does not apply where the network routes',
    clusters: { east, west },
    options: { routing: 'underlay' },
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

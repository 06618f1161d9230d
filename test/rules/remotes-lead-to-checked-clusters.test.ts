// Tests of the rule remotes-lead-to-checked-clusters.

import rule from '../../rules/remotes-lead-to-checked-clusters.ts';
import { healthyMesh } from '../kit/objects.ts';
import { testRule } from '../kit/test-rule.ts';

const { east = [], west = [] } = healthyMesh(['east', 'west']);
const { east: wider = [] } = healthyMesh(['east', 'west', 'south']);

testRule(rule, [
  { title: 'passes where every remote leads into the input', clusters: { east, west }, verdict: 'pass' },
  {
    title: 'notes a remote that leads out of it',
    clusters: { east: wider, west },
    verdict: 'pass',
    says: ['outside'],
    at: ['east RemoteClusterConfiguration/south metadata.name'],
    blames: ['east'],
  },
]);

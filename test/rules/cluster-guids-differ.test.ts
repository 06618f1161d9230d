// Tests of the rule cluster-guids-differ.

import rule from '../../rules/cluster-guids-differ.ts';
import { healthyMesh, type Manifest } from '../kit/objects.ts';
import { testRule } from '../kit/test-rule.ts';

const { east = [], west = [], south = [] } = healthyMesh(['east', 'west', 'south']);
const guid = (clusterGUID: string): Manifest => ({
  apiVersion: 'crd.projectcalico.org/v1',
  kind: 'ClusterInformation',
  metadata: { name: 'default' },
  spec: { clusterGUID },
});

testRule(rule, [
  {
    title: 'passes where each has its own',
    clusters: { east: [...east, guid('a')], west: [...west, guid('b')], south },
    verdict: 'pass',
  },
  {
    title: 'warns where two have the same',
    clusters: { east: [...east, guid('a')], west: [...west, guid('a')], south: [...south, guid('b')] },
    verdict: { east: 'warn', west: 'warn', south: 'pass' },
    says: ['same'],
    at: ['east ClusterInformation/default spec.clusterGUID'],
    blames: ['east west'],
  },
  { title: 'is unknown for one cluster alone', clusters: { east }, verdict: 'unknown', says: ['nothingToCompare'] },
]);

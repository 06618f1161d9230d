// Tests of the rule versions-agree.

import rule from '../../rules/versions-agree.ts';
import { healthyMesh, without } from '../kit/objects.ts';
import { testRule } from '../kit/test-rule.ts';

const names = ['east', 'west', 'south', 'north'];
const { east = [], west = [], south = [] } = healthyMesh(names);
const { west: newer = [], north: newerToo = [] } = healthyMesh(names, { version: 'v3.22.7' });
const { west: patch = [] } = healthyMesh(names, { version: 'v3.23.4' });
const VERSION = 'Installation/default status.calicoVersion';

testRule(rule, [
  { title: 'passes where patch versions differ only', clusters: { east, west: patch, south }, verdict: 'pass' },
  {
    title: 'warns of the cluster that differs from most',
    clusters: { east, west: newer, south },
    verdict: { east: 'pass', west: 'warn', south: 'pass' },
    says: ['differ'],
    at: [`west ${VERSION}`],
    blames: ['west'],
    text: ['3.22 (west)', '3.23 (east, south)'],
  },
  {
    title: 'warns of all where no version has the most clusters',
    clusters: { east, west: newer },
    verdict: 'warn',
    says: ['differ'],
    at: [`east ${VERSION}`],
    blames: ['east west'],
  },
  {
    title: 'warns of all where two versions are as frequent',
    clusters: { east, west: newer, south, north: newerToo },
    verdict: 'warn',
    says: ['differ'],
    blames: ['east north south west'],
  },
  {
    title: 'is unknown for the cluster whose version nothing tells',
    clusters: { east, west: without(without(west, 'Installation'), 'DaemonSet'), south },
    options: { calicoVersion: '3.23' },
    verdict: { east: 'pass', west: 'unknown', south: 'pass' },
    says: ['missingInput'],
  },
]);

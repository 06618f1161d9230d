// Tests of the rule distinct-node-names.

import rule from '../../rules/distinct-node-names.ts';
import { changed, healthyMesh, node, without } from '../kit/objects.ts';
import { testRule } from '../kit/test-rule.ts';

const { east = [], west = [], south = [] } = healthyMesh(['east', 'west', 'south']);
const rename = (cluster: typeof east, from: string, name: string) =>
  changed(cluster, 'Node', from, { metadata: { name } });

testRule(rule, [
  { title: 'passes where every name occurs once', clusters: { east, west, south }, verdict: 'pass' },
  {
    title: 'passes where names differ in case or by a domain only',
    clusters: {
      east,
      west: rename(rename(west, 'west-node-1', 'EAST-node-1'), 'west-node-2', 'east-node-2.example.com'),
    },
    verdict: 'pass',
  },
  {
    title: 'fails where two clusters share a name, and blames both',
    clusters: { east, west: rename(west, 'west-node-2', 'east-node-1'), south },
    verdict: { east: 'fail', west: 'fail', south: 'pass' },
    says: ['duplicate'],
    at: ['east Node/east-node-1 metadata.name'],
    blames: ['east west'],
    text: ['node name east-node-1 is used in clusters east, west'],
  },
  {
    title: 'tells one name of three clusters once',
    clusters: {
      east,
      west: rename(west, 'west-node-1', 'east-node-1'),
      south: rename(south, 'south-node-1', 'east-node-1'),
    },
    verdict: 'fail',
    says: ['duplicate'],
    blames: ['east south west'],
  },
  {
    title: 'tells each of a few names',
    clusters: { east, west: rename(rename(west, 'west-node-1', 'east-node-1'), 'west-node-2', 'east-node-2') },
    verdict: 'fail',
    says: ['duplicate', 'duplicate'],
  },
  {
    title: 'tells many names of the same clusters as one cause',
    clusters: {
      east: [...without(east, 'Node'), ...[1, 2, 3, 4, 5, 6].map((n) => node('node', 1, n))],
      west: [...without(west, 'Node'), ...[1, 2, 3, 4, 5, 6].map((n) => node('node', 2, n))],
    },
    verdict: 'fail',
    says: ['duplicates'],
    at: ['east Node/node-node-1 metadata.name'],
    text: ['node-node-3 among them, are used in each of the clusters east, west'],
  },
  {
    title: 'fails where a third cluster was not read, which stays unknown',
    clusters: { east, west: rename(west, 'west-node-2', 'east-node-1'), south: without(south, 'Node') },
    verdict: { east: 'fail', west: 'fail', south: 'unknown' },
    says: ['duplicate', 'missingInput'],
  },
  {
    title: 'is unknown for one cluster alone',
    clusters: { east },
    verdict: 'unknown',
    says: ['nothingToCompare'],
  },
]);

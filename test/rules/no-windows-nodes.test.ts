// Tests of the rule no-windows-nodes.

import rule from '../../rules/no-windows-nodes.ts';
import { changed, healthyMesh, without } from '../kit/objects.ts';
import { testRule } from '../kit/test-rule.ts';

const { east = [], west = [] } = healthyMesh(['east', 'west']);

testRule(rule, [
  {
    title: 'passes where all nodes run Linux, or tell nothing',
    clusters: { east, west: without(west, 'Node') },
    verdict: 'pass',
  },
  {
    title: 'warns of a Windows node, told by label or by the kubelet',
    clusters: {
      east: changed(east, 'Node', 'east-node-2', { metadata: { labels: { 'kubernetes.io/os': 'windows' } } }),
      west: changed(west, 'Node', 'west-node-1', {
        metadata: { labels: null },
        status: { nodeInfo: { operatingSystem: 'windows' } },
      }),
    },
    verdict: 'warn',
    says: ['windows', 'windows'],
    at: ['east Node/east-node-2 metadata.name', 'west Node/west-node-1 metadata.name'],
    text: ['nodes of east run Windows'],
  },
]);

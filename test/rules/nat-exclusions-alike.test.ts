// What clusters exclude from NAT beyond pools.

import rule from '../../rules/nat-exclusions-alike.ts';
import {
  changed,
  felixConfiguration,
  healthyMesh,
  installation,
  ipPool,
  type Manifest,
  without,
} from '../kit/objects.ts';
import { testRule } from '../kit/test-rule.ts';

const UNDERLAY = { routing: 'underlay' } as const;
const { a = [], b = [] } = healthyMesh(['a', 'b'], { routing: 'underlay' });
const exclusions = (objects: readonly Manifest[], natOutgoingExclusions: string) => [
  ...without(objects, 'FelixConfiguration'),
  felixConfiguration('default', { natOutgoingExclusions }),
];
const onAws = changed(a, 'Node', 'a-node-1', { spec: { providerID: 'aws:///eu-west-1a/i-0123' } });

testRule(rule, [
  {
    title: 'says nothing where both exclude the same',
    clusters: { a: exclusions(a, 'IPPoolsAndHostIPs'), b: exclusions(b, 'IPPoolsAndHostIPs') },
    options: UNDERLAY,
    verdict: 'pass',
  },
  {
    title: 'notes different exclusions',
    clusters: { a: exclusions(a, 'IPPoolsAndHostIPs'), b },
    options: UNDERLAY,
    verdict: 'pass',
    says: ['differs'],
  },
  {
    title: 'notes nodes that are not covered, on AWS',
    clusters: { a: onAws, b },
    options: UNDERLAY,
    verdict: 'pass',
    says: ['nodes'],
    at: ['a IPPool/default-ipv4-ippool spec.natOutgoing'],
  },
  {
    title: 'says nothing of nodes that a pool covers',
    clusters: { a: [...onAws, ipPool('vpc', '10.2.0.0/17', { disabled: true })], b },
    options: UNDERLAY,
    verdict: 'pass',
  },
  {
    title: 'is unknown for a cluster whose pools were not read',
    clusters: { a, b, c: [installation()] },
    options: UNDERLAY,
    verdict: { a: 'pass', b: 'pass', c: 'unknown' },
    says: ['missingInput'],
  },
]);

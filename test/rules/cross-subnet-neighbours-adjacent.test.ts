// CrossSubnet between clusters whose nodes have one subnet.

import rule from '../../rules/cross-subnet-neighbours-adjacent.ts';
import { installation, ipPool, type Manifest } from '../kit/objects.ts';
import { testRule } from '../kit/test-rule.ts';

const OVERLAY = { routing: 'overlay' } as const;
const crossing = ipPool('pods', '10.1.0.0/16', { vxlanMode: 'CrossSubnet' });
const always = ipPool('pods', '10.2.0.0/16', { vxlanMode: 'Always' });
const node = (name: string, address: string): Manifest => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, annotations: { 'projectcalico.org/IPv4Address': address } },
});

testRule(rule, [
  {
    title: 'says nothing where subnets differ, or where a bare address makes none',
    clusters: {
      a: [crossing, node('a1', '192.168.1.5/24'), node('a2', '192.168.3.5')],
      b: [always, node('b1', '192.168.2.5/24'), node('b2', '192.168.3.6/24')],
    },
    options: OVERLAY,
    verdict: 'pass',
  },
  {
    title: 'notes a subnet that clusters share, on the side of CrossSubnet only',
    clusters: {
      a: [crossing, node('a1', '192.168.1.5/24'), node('a2', '192.168.1.6/24')],
      b: [always, node('b1', '192.168.1.7/24')],
    },
    options: OVERLAY,
    verdict: 'pass',
    says: ['sameSubnet'],
    blames: ['a'],
    at: ['a IPPool/pods spec.vxlanMode'],
  },
  {
    title: 'is unknown without pools',
    clusters: { a: [installation()], b: [always], c: [crossing] },
    options: OVERLAY,
    verdict: { a: 'unknown', b: 'pass', c: 'pass' },
    says: ['missingInput'],
  },
]);

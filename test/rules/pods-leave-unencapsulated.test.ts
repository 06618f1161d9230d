// Encapsulated pools where the network routes between clusters.

import rule from '../../rules/pods-leave-unencapsulated.ts';
import { installation, ipPool } from '../kit/objects.ts';
import { testRule } from '../kit/test-rule.ts';

const UNDERLAY = { routing: 'underlay' } as const;

testRule(rule, [
  {
    title: 'passes pools without encapsulation, across subnets only, or without pods',
    clusters: {
      a: [
        ipPool('plain', '10.1.0.0/16', { ipipMode: 'Never' }),
        ipPool('crossing', '10.2.0.0/16', { ipipMode: 'CrossSubnet' }),
        ipPool('off', '10.3.0.0/16', { vxlanMode: 'Always', disabled: true }),
      ],
    },
    options: UNDERLAY,
    verdict: 'pass',
  },
  {
    title: 'warns of pools that always encapsulate, whoever keeps them',
    clusters: {
      a: [ipPool('ipip', '10.1.0.0/16', { ipipMode: 'Always' })],
      b: [ipPool('vxlan', '10.2.0.0/16', { vxlanMode: 'Always' }), installation({ cidr: '10.2.0.0/16' })],
    },
    options: UNDERLAY,
    verdict: 'warn',
    says: ['encapsulated', 'encapsulated'],
    at: ['a IPPool/ipip spec.ipipMode', 'b IPPool/vxlan spec.vxlanMode'],
  },
  {
    title: 'asks nothing of a pool that takes no part in the mesh',
    clusters: { a: [ipPool('lab', '10.1.0.0/16', { ipipMode: 'Always' })], b: [ipPool('lab', '10.2.0.0/16')] },
    options: { ...UNDERLAY, leftOut: ['a/lab'] },
    verdict: 'pass',
  },
  {
    title: 'is unknown without pools',
    clusters: { a: [installation()] },
    options: UNDERLAY,
    verdict: 'unknown',
    says: ['missingInput'],
  },
  {
    title: 'does not apply where Calico routes',
    clusters: { a: [ipPool('vxlan', '10.2.0.0/16', { vxlanMode: 'Always' })] },
    options: { routing: 'overlay' },
    verdict: 'not-applicable',
  },
]);

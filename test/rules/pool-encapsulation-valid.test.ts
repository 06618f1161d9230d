// Encapsulations that no pool can have.

import rule from '../../rules/pool-encapsulation-valid.ts';
import { installation, ipPool } from '../kit/objects.ts';
import { testRule } from '../kit/test-rule.ts';

const OVERLAY = { routing: 'overlay' } as const;

testRule(rule, [
  {
    title: 'passes one encapsulation or none, and what a disabled pool says',
    clusters: {
      a: [
        ipPool('vxlan', '10.1.0.0/16', { vxlanMode: 'Always' }),
        ipPool('ipip', '10.2.0.0/16', { ipipMode: 'CrossSubnet' }),
        ipPool('v6', 'fd00::/64', { ipipMode: 'Never' }),
        ipPool('off', '10.3.0.0/16', { ipipMode: 'Always', vxlanMode: 'Always', disabled: true }),
      ],
    },
    options: OVERLAY,
    verdict: 'pass',
  },
  {
    title: 'fails a pool with both',
    clusters: { a: [ipPool('both', '10.1.0.0/16', { ipipMode: 'CrossSubnet', vxlanMode: 'Always' })] },
    options: OVERLAY,
    verdict: 'fail',
    says: ['both'],
    at: ['a IPPool/both spec.ipipMode'],
  },
  {
    title: 'warns of IPIP on IPv6',
    clusters: { a: [ipPool('v6', 'fd00::/64', { ipipMode: 'Always' })] },
    options: OVERLAY,
    verdict: 'warn',
    says: ['ipipOnIPv6'],
    at: ['a IPPool/v6 spec.ipipMode'],
  },
  {
    title: 'is unknown without pools',
    clusters: { a: [installation()] },
    options: OVERLAY,
    verdict: 'unknown',
    says: ['missingInput'],
  },
]);

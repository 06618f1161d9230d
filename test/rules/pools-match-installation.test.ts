// Pools against the Installation that lists them.

import rule from '../../rules/pools-match-installation.ts';
import { installation, ipPool } from '../kit/objects.ts';
import { testRule } from '../kit/test-rule.ts';

const NAME = 'default-ipv4-ippool';
const listed = installation({ cidr: '10.1.0.0/16', encapsulation: 'VXLANCrossSubnet' });
const good = { vxlanMode: 'CrossSubnet', natOutgoing: true };

testRule(rule, [
  {
    title: 'passes what the Installation says, and pools that it does not list',
    clusters: {
      a: [
        ipPool(NAME, '10.1.0.0/16', good),
        ipPool('own', '10.9.0.0/16', { disabled: true }),
        ipPool('copy', '10.1.0.0/16', { disabled: true }),
        listed,
      ],
    },
    verdict: 'pass',
  },
  {
    title: 'notes every field that differs, once for each pool',
    clusters: {
      a: [ipPool(NAME, '10.2.0.0/16', { ipipMode: 'Always', disabled: true }), listed],
      b: [ipPool('by-range', '10.1.0.0/16', { ...good, natOutgoing: false }), listed],
    },
    verdict: 'pass',
    says: ['differs', 'differs'],
    at: [`a IPPool/${NAME} spec.cidr`, 'b IPPool/by-range spec.natOutgoing'],
    text: [
      'has cidr 10.2.0.0/16, ipipMode Always, vxlanMode Never, natOutgoing false, disabled true, while the Installation says cidr 10.1.0.0/16, encapsulation VXLANCrossSubnet, natOutgoing Enabled, disableNewAllocations false',
    ],
  },
  {
    title: 'is unknown without pools, and silent without an Installation',
    clusters: { a: [listed], b: [ipPool(NAME, '10.2.0.0/16')] },
    verdict: { a: 'unknown', b: 'pass' },
    says: ['missingInput'],
  },
]);

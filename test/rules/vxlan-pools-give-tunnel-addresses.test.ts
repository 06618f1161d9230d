// VXLAN pools that give nodes no tunnel address.

import rule from '../../rules/vxlan-pools-give-tunnel-addresses.ts';
import { installation, ipPool } from '../kit/objects.ts';
import { testRule } from '../kit/test-rule.ts';

const OLD = { calicoVersion: '3.19', routing: 'overlay' } as const;
const NEW = { calicoVersion: '3.23', routing: 'overlay' } as const;
const vxlan = (name: string, cidr: string, ...allowedUses: string[]) =>
  ipPool(name, cidr, { vxlanMode: 'Always', ...(allowedUses.length > 0 && { allowedUses }) });

testRule(rule, [
  {
    title: 'passes where one VXLAN pool allows Tunnel',
    clusters: {
      a: [vxlan('one', '10.1.0.0/16')],
      b: [vxlan('pods', '10.2.0.0/16', 'Workload'), vxlan('tunnels', '10.3.0.0/24', 'Tunnel')],
    },
    options: OLD,
    verdict: 'pass',
  },
  {
    title: 'fails where none does, of each family by itself',
    clusters: {
      a: [vxlan('v4', '10.1.0.0/16'), vxlan('v6', 'fd00::/64', 'Workload')],
      b: [vxlan('v4', '10.2.0.0/16', 'Workload'), ipPool('plain', '10.9.0.0/16', { allowedUses: ['Tunnel'] })],
    },
    options: OLD,
    verdict: 'fail',
    says: ['noTunnel', 'noTunnel'],
    at: ['a IPPool/v6 spec.allowedUses', 'b IPPool/v4 spec.allowedUses'],
  },
  {
    title: 'does not matter where VXLAN is not used',
    clusters: { a: [vxlan('v4', '10.1.0.0/16', 'Workload')], b: [ipPool('plain', '10.9.0.0/16')] },
    options: NEW,
    verdict: 'pass',
  },
  {
    title: 'is unknown where it is open whether VXLAN is used',
    clusters: { a: [vxlan('v4', '10.1.0.0/16', 'Workload')], b: [installation()] },
    options: NEW,
    verdict: 'unknown',
    says: ['missingInput', 'noTunnel'],
  },
]);

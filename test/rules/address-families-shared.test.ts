// Clusters whose pods have different address families, and kernels that IPv6 VXLAN does not run on.

import rule from '../../rules/address-families-shared.ts';
import { installation, ipPool, type Manifest } from '../kit/objects.ts';
import { testRule } from '../kit/test-rule.ts';

const OVERLAY = { routing: 'overlay' } as const;
const v4 = ipPool('v4', '10.1.0.0/16', { vxlanMode: 'Always' });
const v6 = ipPool('v6', 'fd00::/64', { vxlanMode: 'Always' });
const node = (name: string, kernelVersion: string): Manifest => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name },
  status: { nodeInfo: { kernelVersion } },
});

testRule(rule, [
  {
    title: 'passes equal families and kernels that are new enough',
    clusters: {
      a: [v4, v6, node('n1', '4.19.1'), node('n2', '4.18.0-513.5.1.el8_9.x86_64'), node('n3', '5.4.0-1-generic')],
      b: [v4, v6],
    },
    options: OVERLAY,
    verdict: 'pass',
  },
  {
    title: 'warns of a family that some clusters lack, disabled pools aside',
    clusters: { a: [v4, v6], b: [v4], c: [v4, ipPool('v6', 'fd01::/64', { disabled: true })] },
    options: OVERLAY,
    verdict: { a: 'pass', b: 'warn', c: 'warn' },
    says: ['familyMissing'],
    text: ['pods of a have IPv6 addresses, which b and c are inferred not to reach'],
  },
  {
    title: 'asks for no family of a pool that takes no part in the mesh',
    clusters: { a: [v4, v6], b: [v4] },
    options: { ...OVERLAY, leftOut: ['a/v6'] },
    verdict: 'pass',
  },
  {
    title: 'warns of no cluster whose pool may have the family, for its range cannot be read',
    clusters: { a: [v4, v6], b: [ipPool('bad', '10.2.0.0', { vxlanMode: 'Always' })], c: [v4] },
    options: OVERLAY,
    verdict: { a: 'pass', b: 'pass', c: 'warn' },
    says: ['familyMissing'],
    text: ['pods of a have IPv6 addresses, which c are inferred not to reach'],
  },
  {
    title: 'warns of kernels too old for IPv6 VXLAN, not where only IPv4 has it',
    clusters: {
      a: [v4, v6, node('n1', '4.19.0'), node('n2', '4.18.0'), node('n3', '3.10.0-1160.el7.x86_64')],
      b: [v4, ipPool('v6', 'fd01::/64'), node('n4', '4.15.0')],
    },
    options: OVERLAY,
    verdict: { a: 'warn', b: 'pass' },
    says: ['oldKernel'],
    at: ['a Node/n1 status.nodeInfo.kernelVersion'],
    text: ['n1, n2 and n3'],
  },
  {
    title: 'is unknown without pools',
    clusters: { a: [installation()], b: [v4], c: [v4] },
    options: OVERLAY,
    verdict: { a: 'unknown', b: 'pass', c: 'pass' },
    says: ['missingInput'],
  },
]);

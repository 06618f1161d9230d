// IPAM blocks that outlived their pool.

import rule from '../../rules/blocks-in-own-pools.ts';
import { installation, ipPool, type Manifest } from '../kit/objects.ts';
import { testRule } from '../kit/test-rule.ts';

const VXLAN = { vxlanMode: 'Always' };
const a = [ipPool('default', '10.1.0.0/16', VXLAN)];
const b = [ipPool('default', '10.2.0.0/16', VXLAN)];
const block = (cidr: string, spec: Readonly<Record<string, unknown>> = { affinity: 'host:n1' }): Manifest => ({
  apiVersion: 'crd.projectcalico.org/v1',
  kind: 'IPAMBlock',
  metadata: { name: cidr.replace(/[./]/g, '-') },
  spec: { cidr, ...spec },
});
const OLD = { calicoVersion: '3.19', routing: 'overlay' } as const;

testRule(rule, [
  {
    title: 'passes blocks of own pools, and blocks that nobody else claims',
    clusters: { a: [...a, block('10.1.0.0/26'), block('10.9.0.0/26')], b },
    options: OLD,
    verdict: 'pass',
  },
  {
    title: 'warns of blocks without a pool in a range of another cluster',
    clusters: { a, b: [...b, block('10.1.5.0/26')] },
    options: OLD,
    verdict: { a: 'pass', b: 'warn' },
    says: ['leftBlock'],
    at: ['b IPAMBlock/10-1-5-0-26 spec.cidr'],
    text: ['lie in pod range 10.1.0.0/16 of a', '10.1.5.0/26'],
  },
  {
    title: 'takes no notice of an empty block that no node owns',
    clusters: { a, b: [...b, block('10.1.5.0/26', { allocations: [null] })] },
    options: OLD,
    verdict: 'pass',
  },
  {
    title: 'warns of no block that may lie in a pool whose range cannot be read',
    clusters: { a, b: [...b, ipPool('bad', '10.1.5.0', VXLAN), block('10.1.5.0/26')] },
    options: OLD,
    verdict: 'pass',
  },
  {
    title: 'is unknown without pools, whose blocks may lie in any',
    clusters: { a, b, c: [block('10.1.9.0/26')] },
    options: OLD,
    verdict: { a: 'pass', b: 'pass', c: 'unknown' },
    says: ['missingInput'],
  },
  {
    title: 'looks at the ranges of Nodes with host-local IPAM',
    clusters: {
      a: [
        ipPool('default', '172.20.0.0/16'),
        installation({ ipam: 'HostLocal' }),
        { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1' }, spec: { podCIDRs: ['10.244.0.0/24'] } },
      ],
      b: [ipPool('default', '172.21.0.0/16'), installation({ ipam: 'Calico' }), block('10.244.0.0/26')],
    },
    options: { calicoVersion: '3.23', routing: 'overlay' },
    verdict: { a: 'pass', b: 'warn' },
    says: ['leftBlock'],
  },
]);

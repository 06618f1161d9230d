// Pod ranges of different clusters: equal, contained, of Nodes, and those that look alike but hold no pods.

import rule from '../../rules/pod-ranges-disjoint.ts';
import { installation, ipPool, type Manifest } from '../kit/objects.ts';
import { testRule } from '../kit/test-rule.ts';

const VXLAN = { vxlanMode: 'Always' };
const POOL = 'IPPool/default spec.cidr';
const pool = (cidr: string, spec: Readonly<Record<string, unknown>> = VXLAN) => ipPool('default', cidr, spec);
const block = (cidr: string): Manifest => ({
  apiVersion: 'crd.projectcalico.org/v1',
  kind: 'IPAMBlock',
  metadata: { name: cidr.replace(/[./]/g, '-') },
  spec: { cidr, affinity: 'host:n1', allocations: [0] },
});
const hostLocalNode = (name: string, podCIDR: string): Manifest => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name },
  spec: { podCIDR, podCIDRs: [podCIDR] },
  status: { addresses: [{ type: 'InternalIP', address: '192.168.7.9' }] },
});
const OLD = { calicoVersion: '3.19', routing: 'overlay' } as const;
const NEW = { calicoVersion: '3.23', routing: 'overlay' } as const;

testRule(rule, [
  {
    title: 'passes when no two clusters share an address',
    clusters: { a: [pool('10.1.0.0/16')], b: [pool('10.2.0.0/16')], c: [pool('fd00:1::/64')] },
    options: OLD,
    verdict: 'pass',
  },
  {
    title: 'fails when one range contains another that is written differently',
    clusters: { a: [pool('10.0.0.0/8')], b: [pool('10.42.0.7/16')], c: [pool('11.0.0.0/16')] },
    options: OLD,
    verdict: { a: 'fail', b: 'fail', c: 'pass' },
    says: ['contained'],
    at: [`a ${POOL}`],
    blames: ['a b'],
    text: ['10.0.0.0/8 of a contains 10.42.0.0/16 of b, they share 65536 addresses'],
  },
  {
    title: 'names all clusters with the same range once',
    clusters: { a: [pool('10.9.0.0/24')], b: [pool('10.9.0.0/24')], c: [pool('10.9.0.0/24')] },
    options: OLD,
    verdict: 'fail',
    says: ['equal'],
    at: [`a ${POOL}`],
    blames: ['a b c'],
    text: ['a, b and c get addresses from the same range 10.9.0.0/24, they share all 256 addresses'],
  },
  {
    title: 'leaves out what a cluster has inside of its own range',
    clusters: {
      a: [pool('10.0.0.0/8'), ipPool('more', '10.42.0.0/24', VXLAN)],
      b: [pool('10.42.0.0/16')],
      c: [pool('10.43.0.0/16')],
    },
    options: OLD,
    verdict: { a: 'fail', b: 'pass', c: 'pass' },
    says: ['contained'],
    blames: ['a'],
    text: ['10.0.0.0/8 of a contains 10.42.0.0/16 and 10.43.0.0/16 of b and c, they share 131072 addresses'],
  },
  {
    title: 'recognises the default of new installations',
    clusters: { a: [pool('192.168.0.0/16')], b: [pool('192.168.0.0/16')] },
    options: OLD,
    verdict: 'fail',
    says: ['equalDefault'],
  },
  {
    title: 'keeps two causes apart',
    clusters: {
      a: [pool('10.1.0.0/16'), ipPool('more', '10.2.0.0/16', VXLAN)],
      b: [pool('10.2.0.0/16'), ipPool('more', '10.1.0.0/16', VXLAN)],
    },
    options: OLD,
    verdict: 'fail',
    says: ['equal', 'equal'],
    at: [`a ${POOL}`, 'a IPPool/more spec.cidr'],
  },
  {
    title: 'finds an overlap of IPv6 ranges',
    clusters: { a: [pool('fd00:1::/48')], b: [pool('FD00:0001:0:2::/64')] },
    options: OLD,
    verdict: 'fail',
    says: ['contained'],
    text: ['fd00:1:0:2::/64'],
  },
  {
    title: 'takes no disabled placeholder for a range of pods',
    clusters: { a: [pool('10.1.0.0/16')], b: [pool('10.2.0.0/16'), ipPool('of-a', '10.1.0.0/16', { disabled: true })] },
    options: OLD,
    verdict: 'pass',
  },
  {
    title: 'takes a disabled pool for one while it drains',
    clusters: {
      a: [pool('10.1.0.0/16')],
      b: [pool('10.2.0.0/16'), ipPool('old', '10.1.0.0/16', { ...VXLAN, disabled: true }), block('10.1.3.0/26')],
    },
    options: OLD,
    verdict: 'fail',
    says: ['equal'],
    at: [`a ${POOL}`],
    blames: ['a b'],
  },
  {
    title: 'looks at VXLAN pools alone up to 3.20, and says so of the others',
    clusters: { a: [pool('10.1.0.0/16')], b: [pool('10.1.0.0/16', { ipipMode: 'Always' })] },
    options: OLD,
    verdict: 'warn',
    says: ['besideVxlan'],
    text: ['10.1.0.0/16 of a overlaps 10.1.0.0/16 of b in 65536 addresses'],
  },
  {
    title: 'looks at the pools of all pods from 3.21',
    clusters: {
      a: [pool('10.1.0.0/16')],
      b: [pool('10.1.0.0/16', { ipipMode: 'Always' }), installation({ ipam: 'Calico' })],
    },
    options: NEW,
    verdict: 'fail',
    says: ['equal'],
  },
  {
    title: 'looks at the pools of all pods where the network routes',
    clusters: { a: [pool('10.1.0.0/16', {})], b: [pool('10.1.0.0/16', { ipipMode: 'Always' })] },
    options: { ...OLD, routing: 'underlay' },
    verdict: 'fail',
    says: ['equal'],
  },
  {
    title: 'warns of a pool for egress gateways',
    clusters: {
      a: [pool('10.1.0.0/16')],
      b: [pool('10.2.0.0/16'), ipPool('egress', '10.1.9.0/31', { ...VXLAN, nodeSelector: '!all()' })],
    },
    options: NEW,
    verdict: 'warn',
    says: ['secondary'],
    at: [`a ${POOL}`],
  },
  {
    title: 'fails for a pool that pods have to ask for by name',
    clusters: {
      a: [pool('10.1.0.0/16')],
      b: [pool('10.2.0.0/16'), ipPool('manual', '10.1.16.0/20', { ...VXLAN, assignmentMode: 'Manual' })],
      c: [pool('10.3.0.0/16'), ipPool('manual', '10.4.0.0/20', { ...VXLAN, assignmentMode: 'Manual' })],
    },
    options: NEW,
    verdict: { a: 'fail', b: 'fail', c: 'pass' },
    says: ['contained'],
    at: [`a ${POOL}`],
    text: ['10.1.0.0/16 of a contains 10.1.16.0/20 of b'],
  },
  {
    title: 'warns of a pool of that kind for egress gateways',
    clusters: {
      a: [pool('10.1.0.0/16')],
      b: [
        pool('10.2.0.0/16'),
        ipPool('egress', '10.1.9.0/31', { ...VXLAN, assignmentMode: 'Manual', nodeSelector: '!all()' }),
      ],
    },
    options: NEW,
    verdict: 'warn',
    says: ['secondary'],
  },
  {
    title: 'takes no notice of pools for LoadBalancers',
    clusters: {
      a: [pool('10.1.0.0/16')],
      b: [pool('10.2.0.0/16'), ipPool('lb', '10.1.9.0/24', { allowedUses: ['LoadBalancer'] })],
    },
    options: NEW,
    verdict: 'pass',
  },
  {
    title: 'compares the pod CIDRs of Nodes with host-local IPAM',
    clusters: {
      a: [
        pool('10.9.0.0/16', {}),
        installation({ ipam: 'HostLocal' }),
        hostLocalNode('n1', '10.244.0.0/24'),
        hostLocalNode('n2', '10.244.1.0/24'),
      ],
      b: [
        pool('10.9.0.0/16', {}),
        installation({ ipam: 'HostLocal' }),
        hostLocalNode('m1', '10.244.0.0/24'),
        hostLocalNode('m2', '10.244.1.0/24'),
      ],
    },
    options: NEW,
    verdict: 'fail',
    says: ['nodeRanges'],
    at: ['a Node/n1 spec.podCIDRs[0]'],
    text: ['they share 512 addresses'],
  },
  {
    title: 'is unknown when nothing tells the version and the texts differ',
    clusters: {
      a: [pool('10.1.0.0/16')],
      b: [pool('10.1.0.0/16', { ipipMode: 'Always' }), installation({ version: null })],
    },
    options: { routing: 'overlay' },
    verdict: 'unknown',
    says: ['dependsOnVersion'],
  },
  {
    title: 'is unknown for a cluster whose pools were not read, and for the mesh',
    clusters: { a: [pool('10.1.0.0/16')], b: [pool('10.2.0.0/16')], c: [installation()] },
    options: OLD,
    verdict: { a: 'pass', b: 'pass', c: 'unknown' },
    says: ['missingInput'],
  },
  {
    title: 'fails by what was read, whatever was not',
    clusters: { a: [pool('10.1.0.0/16')], b: [pool('10.1.0.0/16')], c: [installation()] },
    options: OLD,
    verdict: { a: 'fail', b: 'fail', c: 'unknown' },
    says: ['equal', 'missingInput'],
  },
  {
    title: 'is unknown for one cluster alone',
    clusters: { a: [pool('10.1.0.0/16')] },
    options: OLD,
    verdict: 'unknown',
    says: ['nothingToCompare'],
  },
]);

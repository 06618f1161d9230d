// Node and tunnel addresses of one cluster in pod ranges of another.

import rule from '../../rules/pod-ranges-clear-of-nodes.ts';
import { calicoNode, installation, ipPool, type Manifest, node } from '../kit/objects.ts';
import { testRule } from '../kit/test-rule.ts';

const VXLAN = { vxlanMode: 'Always' };
const pool = (cidr: string) => ipPool('default', cidr, VXLAN);
const tunnel = (address: string): Manifest => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: `tunnel-${address}`, annotations: { 'projectcalico.org/IPv4VXLANTunnelAddr': address } },
  status: { addresses: [] },
});
const OLD = { calicoVersion: '3.19', routing: 'overlay' } as const;

testRule(rule, [
  {
    title: 'passes when nodes and pods are apart',
    clusters: { a: [pool('10.1.128.0/17'), node('a', 1, 1)], b: [pool('10.2.128.0/17'), node('b', 2, 1)] },
    options: OLD,
    verdict: 'pass',
  },
  {
    title: 'takes no notice of nodes of the same cluster',
    clusters: { a: [pool('10.1.0.0/16'), node('a', 1, 1)], b: [pool('10.2.128.0/17')] },
    options: OLD,
    verdict: 'pass',
  },
  {
    title: "fails when a range holds another cluster's nodes, once for all of them",
    clusters: {
      a: [pool('10.2.0.0/24')],
      b: [pool('10.2.128.0/17'), node('b', 2, 1), node('b', 2, 2)],
      c: [pool('10.3.128.0/17'), node('c', 3, 1)],
    },
    options: OLD,
    verdict: { a: 'fail', b: 'pass', c: 'pass' },
    says: ['nodeAddress'],
    at: ['a IPPool/default spec.cidr'],
    blames: ['a'],
    text: ['10.2.0.0/24 of a holds 10.2.0.10 and 10.2.0.11, addresses of nodes of b'],
  },
  {
    title: 'leaves the nodes to ranges that overlap',
    clusters: { a: [pool('10.2.0.0/16')], b: [pool('10.2.128.0/17'), node('b', 2, 1)] },
    options: OLD,
    verdict: 'pass',
  },
  {
    title: 'names the nodes of a cluster whose own ranges do not overlap',
    clusters: {
      a: [pool('10.0.0.0/9')],
      b: [pool('10.2.128.0/17'), node('b', 2, 1)],
      c: [pool('172.20.0.0/16'), node('c', 3, 1, false)],
    },
    options: OLD,
    verdict: { a: 'fail', b: 'pass', c: 'pass' },
    says: ['nodeAddress'],
    text: ['nodes of c'],
  },
  {
    title: 'fails on a tunnel address although its pools were not read',
    clusters: { a: [pool('10.2.128.0/17')], b: [tunnel('10.2.128.64')], c: [pool('10.3.128.0/17')] },
    options: OLD,
    verdict: { a: 'fail', b: 'unknown', c: 'pass' },
    says: ['missingInput', 'tunnelAddress'],
    at: ['a IPPool/default spec.cidr'],
  },
  {
    title: 'leaves a tunnel address that a node of the range has, too, to those that share it',
    clusters: {
      a: [pool('10.2.128.0/17'), tunnel('10.2.128.64')],
      b: [pool('10.4.128.0/17'), tunnel('10.2.128.64')],
    },
    options: OLD,
    verdict: 'pass',
  },
  {
    title: 'looks at the ranges of Nodes with host-local IPAM',
    clusters: {
      a: [
        ipPool('default', '172.20.0.0/16'),
        installation({ ipam: 'HostLocal' }),
        { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1' }, spec: { podCIDRs: ['10.2.0.0/24'] } },
      ],
      b: [ipPool('default', '172.21.0.0/16'), calicoNode({ CALICO_MANAGE_CNI: 'true' }), node('b', 2, 1)],
    },
    options: { calicoVersion: '3.23', routing: 'overlay' },
    verdict: { a: 'fail', b: 'pass' },
    says: ['nodeAddress'],
    at: ['a Node/n1 spec.podCIDRs[0]'],
  },
]);

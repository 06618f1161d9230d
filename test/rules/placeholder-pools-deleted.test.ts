// Disabled pools that are left from the time when the network routed between clusters.

import rule from '../../rules/placeholder-pools-deleted.ts';
import { installation, ipPool, type Manifest } from '../kit/objects.ts';
import { testRule } from '../kit/test-rule.ts';

const OVERLAY = { calicoVersion: '3.19', routing: 'overlay' } as const;
const VXLAN = { vxlanMode: 'Always' };
const a = [ipPool('pods', '10.1.0.0/16', VXLAN)];
const b = [ipPool('pods', '10.2.0.0/16', VXLAN)];
const off = (name: string, cidr: string, spec: Readonly<Record<string, unknown>> = {}) =>
  ipPool(name, cidr, { disabled: true, ...spec });
const block = (cidr: string): Manifest => ({
  apiVersion: 'crd.projectcalico.org/v1',
  kind: 'IPAMBlock',
  metadata: { name: cidr.replace(/[./]/g, '-') },
  spec: { cidr, affinity: 'host:n1' },
});

testRule(rule, [
  {
    title: 'passes without disabled pools, and with those that meet no pods of others',
    clusters: { a: [...a, off('old', '10.9.0.0/16'), off('own', '10.1.0.0/16')], b },
    options: OVERLAY,
    verdict: 'pass',
  },
  {
    title: 'fails a pool for exactly the range of another cluster',
    clusters: { a: [...a, off('of-b', '10.2.0.0/16')], b },
    options: OVERLAY,
    verdict: { a: 'fail', b: 'pass' },
    says: ['equal'],
    at: ['a IPPool/of-b spec.cidr'],
    blames: ['a'],
  },
  {
    title: 'fails a pool for a part of it, warns of one around it',
    clusters: { a: [...a, off('part', '10.2.64.0/18')], b: [...b, off('all', '10.0.0.0/8')] },
    options: OVERLAY,
    verdict: { a: 'fail', b: 'warn' },
    says: ['around', 'inside'],
    at: ['a IPPool/part spec.cidr', 'b IPPool/all spec.cidr'],
    text: ['a part of pod range 10.2.0.0/16 of b', 'around pod range 10.1.0.0/16 of a'],
  },
  {
    title: 'warns of one that carries VXLAN itself',
    clusters: { a: [...a, off('of-b', '10.2.0.0/16', VXLAN)], b },
    options: OVERLAY,
    verdict: { a: 'warn', b: 'pass' },
    says: ['encapsulated'],
  },
  {
    title: 'takes a disabled pool that still holds addresses for a pool with pods',
    clusters: { a: [...a, off('draining', '10.2.0.0/16'), block('10.2.3.0/26')], b },
    options: OVERLAY,
    verdict: 'pass',
  },
  {
    title: 'names a pool of the Installation and all the clusters that it meets, once',
    clusters: {
      a: [...a, off('others', '10.2.0.0/15'), installation({ cidr: '10.2.0.0/15' })],
      b,
      c: [ipPool('pods', '10.3.0.0/16', VXLAN)],
    },
    options: OVERLAY,
    verdict: { a: 'warn', b: 'pass', c: 'pass' },
    says: ['around'],
    text: ['of b and c'],
  },
  {
    title: 'is unknown for a cluster whose pools were not read',
    clusters: { a, b, c: [installation()] },
    options: OVERLAY,
    verdict: { a: 'pass', b: 'pass', c: 'unknown' },
    says: ['missingInput'],
  },
  {
    title: 'meets the ranges of Nodes with host-local IPAM, too',
    clusters: {
      a: [...a, off('nodes-of-b', '10.244.0.0/16')],
      b: [
        ipPool('plain', '172.20.0.0/16'),
        installation({ ipam: 'HostLocal' }),
        { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1' }, spec: { podCIDRs: ['10.244.0.0/24'] } },
      ],
    },
    options: { calicoVersion: '3.23', routing: 'overlay' },
    verdict: { a: 'warn', b: 'pass' },
    says: ['around'],
  },
  {
    title: 'does not apply where the network routes: there the pool is needed',
    clusters: { a: [...a, off('of-b', '10.2.0.0/16')], b },
    options: { calicoVersion: '3.19', routing: 'underlay' },
    verdict: 'not-applicable',
  },
]);

// Pools of one cluster that overlap among themselves.

import rule from '../../rules/pools-disjoint-within-cluster.ts';
import { installation, ipPool } from '../kit/objects.ts';
import { testRule } from '../kit/test-rule.ts';

const allocatable = (status: string, reason: string) => ({
  status: { conditions: [{ type: 'Allocatable', status, reason }] },
});

testRule(rule, [
  {
    title: 'passes disjoint pools, and disabled ones whatever they cover',
    clusters: {
      a: [
        ipPool('one', '10.1.0.0/16'),
        ipPool('two', '10.2.0.0/16'),
        ipPool('off', '10.0.0.0/8', { disabled: true }),
        { ...ipPool('off-too', '10.1.0.0/16', { disabled: true }), ...allocatable('False', 'PoolDisabled') },
        { ...ipPool('fine', '10.3.0.0/16'), ...allocatable('True', 'OK') },
      ],
    },
    verdict: 'pass',
  },
  {
    title: 'takes the v1 and v3 copies of a pool for one',
    clusters: {
      a: [ipPool('one', '10.1.0.0/16'), { ...ipPool('one', '10.1.0.0/16'), apiVersion: 'projectcalico.org/v3' }],
    },
    verdict: 'pass',
  },
  {
    title: 'warns of pools that overlap, at the narrowest, once for all of them',
    clusters: {
      a: [
        ipPool('wide', '10.0.0.0/8'),
        { ...ipPool('narrow', '10.1.0.0/16'), ...allocatable('False', 'CIDROverlap') },
        ipPool('middle', '10.0.0.0/9'),
      ],
    },
    verdict: 'warn',
    says: ['overlap'],
    at: ['a IPPool/narrow spec.cidr'],
  },
  {
    title: 'warns of a pool that the cluster itself reports, even if the other was not read',
    clusters: { a: [{ ...ipPool('one', '10.1.0.0/16'), ...allocatable('False', 'CIDROverlap') }] },
    verdict: 'warn',
    says: ['notAllocatable'],
    at: ['a IPPool/one spec.cidr'],
  },
  {
    title: 'is unknown without pools',
    clusters: { a: [installation()] },
    verdict: 'unknown',
    says: ['missingInput'],
  },
]);

// Pod ranges of connected clusters that the pools of a cluster do not keep from being NATed.

import rule from '../../rules/remote-pods-exempt-from-nat.ts';
import {
  changed,
  felixConfiguration,
  healthyMesh,
  installation,
  ipPool,
  type Manifest,
  without,
} from '../kit/objects.ts';
import { testRule } from '../kit/test-rule.ts';

const UNDERLAY = { calicoVersion: '3.19', routing: 'underlay' } as const;
const { a = [], b = [] } = healthyMesh(['a', 'b'], { routing: 'underlay', version: 'v3.19.4' });
const {
  a: a3 = [],
  b: b3 = [],
  c: c3 = [],
} = healthyMesh(['a', 'b', 'c'], { routing: 'underlay', version: 'v3.19.4' });
const POOL = 'default-ipv4-ippool';
const NAT = `a IPPool/${POOL} spec.natOutgoing`;
const bare = without(a, 'IPPool', 'no-nat-1');
/** b has pods in 10.2.128.0/17. */
const covered = (...cidrs: string[]) => [...bare, ...cidrs.map((c, i) => ipPool(`cover-${i}`, c, { disabled: true }))];
const noRemotes = (objects: readonly Manifest[]) => [...without(objects, 'RemoteClusterConfiguration')];
const LIST = {
  apiVersion: 'projectcalico.org/v3',
  kind: 'RemoteClusterConfigurationList',
  metadata: { name: '' },
  items: [],
};

testRule(rule, [
  {
    title: 'passes where a disabled pool covers every range',
    clusters: { a, b },
    options: UNDERLAY,
    verdict: 'pass',
  },
  {
    title: 'passes where several pools cover a range together, or a wider one does',
    clusters: {
      a: covered('10.2.192.0/18', '10.2.128.0/18'),
      b: [...without(b, 'IPPool', 'no-nat-1'), ipPool('all', '10.1.0.0/16', { disabled: true })],
    },
    options: UNDERLAY,
    verdict: 'pass',
  },
  {
    title: 'fails where no pool covers a range, at natOutgoing',
    clusters: { a: bare, b },
    options: UNDERLAY,
    verdict: { a: 'fail', b: 'pass' },
    says: ['uncovered'],
    at: [NAT],
    blames: ['a'],
    text: ['a NATs traffic of its pods to 10.2.128.0/17, pods of b'],
  },
  {
    title: 'asks nothing where the pods that are NATed take no part in the mesh',
    clusters: { a: bare, b },
    options: { ...UNDERLAY, leftOut: [`a/${POOL}`] },
    verdict: 'pass',
  },
  {
    title: 'asks nothing for pods that take no part in the mesh, and all the same for others',
    clusters: { a: bare, b: [...b, ipPool('lab', '10.99.0.0/16')] },
    options: { ...UNDERLAY, leftOut: ['b/lab'] },
    verdict: { a: 'fail', b: 'pass' },
    says: ['uncovered'],
    text: ['a NATs traffic of its pods to 10.2.128.0/17, pods of b'],
  },
  {
    title: 'names the part that is left out',
    clusters: { a: covered('10.2.128.0/18', '10.2.224.0/19'), b },
    options: UNDERLAY,
    verdict: { a: 'fail', b: 'pass' },
    says: ['partly'],
    text: ['10.2.192.0/19'],
  },
  {
    title: 'asks for the families that are NATed only',
    clusters: { a, b: [...b, ipPool('v6', 'fd00:2::/64')] },
    options: UNDERLAY,
    verdict: 'pass',
  },
  {
    title: 'needs nothing where no pool of pods has natOutgoing',
    clusters: { a: changed(bare, 'IPPool', POOL, { spec: { natOutgoing: false } }), b },
    options: UNDERLAY,
    verdict: 'pass',
  },
  {
    title: 'takes a pool for LoadBalancers for no cover',
    clusters: { a: [...bare, ipPool('lb', '10.2.0.0/16', { disabled: true, allowedUses: ['LoadBalancer'] })], b },
    options: UNDERLAY,
    verdict: { a: 'fail', b: 'pass' },
    says: ['forLoadBalancers'],
    at: ['a IPPool/lb spec.allowedUses'],
  },
  {
    title: 'makes one finding of a pair, whatever many ranges it misses',
    clusters: { a: bare, b: [...b, ipPool('second', '10.200.0.0/16'), ipPool('third', '10.201.0.0/16')] },
    options: UNDERLAY,
    verdict: { a: 'fail', b: 'pass' },
    says: ['uncovered'],
    text: ['10.2.128.0/17, 10.200.0.0/16, 10.201.0.0/16'],
  },
  {
    title: 'takes a remote of either direction for a connection',
    clusters: { a: [...noRemotes(bare), LIST], b },
    options: UNDERLAY,
    verdict: { a: 'fail', b: 'pass' },
    says: ['uncovered'],
  },
  {
    title: 'asks nothing of clusters that no remote connects',
    clusters: {
      a: [...noRemotes(bare), LIST],
      b: [...noRemotes(b), LIST],
    },
    options: UNDERLAY,
    verdict: 'pass',
  },
  {
    title: 'asks it of every pair before peering',
    clusters: { a: noRemotes(bare), b: noRemotes(b) },
    options: { ...UNDERLAY, beforePeering: true },
    verdict: { a: 'fail', b: 'pass' },
    says: ['uncovered'],
  },
  {
    title: 'is unknown where it is not told whether a remote connects the two, and passes without a gap',
    clusters: {
      a: without(without(bare, 'Secret'), 'ServiceAccount'),
      b: without(without(without(b, 'Secret'), 'ServiceAccount'), 'ConfigMap'),
    },
    options: UNDERLAY,
    verdict: { a: 'unknown', b: 'pass' },
    says: ['mayBeUncovered'],
  },
  {
    title: 'is unknown where remotes were not read',
    clusters: { a: noRemotes(bare), b: noRemotes(b) },
    options: UNDERLAY,
    verdict: { a: 'unknown', b: 'unknown' },
    says: ['mayBeUncovered', 'missingInput', 'missingInput'],
  },
  {
    title: 'names each cluster that is concerned',
    clusters: {
      a: without(a3, 'IPPool', 'no-nat-2'),
      b: b3,
      c: without(c3, 'IPPool', 'no-nat-1'),
    },
    options: UNDERLAY,
    verdict: { a: 'fail', b: 'pass', c: 'fail' },
    says: ['uncovered', 'uncovered'],
    blames: ['a', 'c'],
    text: ['pods of c', 'pods of a'],
  },
  {
    title: 'counts the pod CIDRs of Nodes with host-local IPAM',
    clusters: {
      a: [...a, felixConfiguration('x', {})],
      b: [
        ...without(without(b, 'Installation'), 'Node'),
        installation({ ipam: 'HostLocal' }),
        { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1' }, spec: { podCIDRs: ['10.99.0.0/24'] } },
      ],
    },
    options: { calicoVersion: '3.23', routing: 'underlay' },
    verdict: { a: 'fail', b: 'pass' },
    says: ['uncovered'],
    text: ['10.99.0.0/24'],
  },
  {
    title: 'is unknown for a cluster whose pools were not read',
    clusters: { a, b: without(b, 'IPPool'), c: [ipPool('p', '10.9.0.0/16'), LIST] },
    options: UNDERLAY,
    verdict: { a: 'pass', b: 'unknown', c: 'pass' },
    says: ['missingInput'],
  },
  {
    title: 'does not apply where Calico routes',
    clusters: healthyMesh(['a', 'b']),
    verdict: 'not-applicable',
  },
  {
    title: 'blames the pool with NAT of the family that is not covered',
    clusters: {
      a: [...a, ipPool('v6', 'fd00:a::/64', { natOutgoing: true })],
      b: [...b, ipPool('v6', 'fd00:b::/64')],
    },
    options: UNDERLAY,
    verdict: { a: 'fail', b: 'pass' },
    says: ['uncovered'],
    at: ['a IPPool/v6 spec.natOutgoing'],
  },
]);

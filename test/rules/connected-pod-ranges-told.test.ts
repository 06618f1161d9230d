// Connected clusters whose pod ranges nothing tells.

import rule from '../../rules/connected-pod-ranges-told.ts';
import { changed, healthyMesh, installation, ipPool, type Manifest, without } from '../kit/objects.ts';
import { testRule } from '../kit/test-rule.ts';

const OLD = { calicoVersion: '3.19', routing: 'underlay' } as const;
const NEW = { calicoVersion: '3.23', routing: 'underlay' } as const;
const { a = [], b = [] } = healthyMesh(['a', 'b'], { routing: 'underlay', version: 'v3.23.1' });
const { a: stranger = [] } = healthyMesh(['a', 'b', 'z'], { routing: 'underlay', version: 'v3.23.1' });
const untold = (objects: readonly Manifest[]) => without(without(objects, 'Installation'), 'DaemonSet');

testRule(rule, [
  {
    title: 'passes where pools tell all ranges, and up to 3.20 in any case',
    clusters: { a, b },
    options: NEW,
    verdict: 'pass',
  },
  {
    title: 'does not ask for the IPAM up to 3.20',
    clusters: { a: untold(a), b: untold(b) },
    options: OLD,
    verdict: 'pass',
  },
  {
    title: 'is unknown where a remote leads out of the input, not before peering',
    clusters: { a: stranger, b },
    options: NEW,
    verdict: { a: 'unknown', b: 'pass' },
    says: ['outside'],
    at: ['a RemoteClusterConfiguration/z'],
  },
  {
    title: 'takes no notice of remotes before peering',
    clusters: { a: stranger, b },
    options: { ...NEW, beforePeering: true },
    verdict: 'pass',
  },
  {
    title: 'is unknown where a cloud gives pods of the other cluster their addresses',
    clusters: { a, b: [...without(b, 'Installation'), installation({ cni: 'AmazonVPC', ipam: 'AmazonVPC' })] },
    options: NEW,
    verdict: { a: 'unknown', b: 'pass' },
    says: ['cloudRanges'],
    at: ['b Installation/default spec.cni.ipam.type'],
  },
  {
    title: 'is unknown where nothing tells what gives them their addresses',
    clusters: { a, b: untold(b) },
    options: NEW,
    verdict: { a: 'unknown', b: 'unknown' },
    says: ['missingInput', 'untoldRanges'],
  },
  {
    title: 'is unknown where Nodes give them out and were not read',
    clusters: { a, b: [...without(without(b, 'Installation'), 'Node'), installation({ ipam: 'HostLocal' })] },
    options: NEW,
    verdict: { a: 'unknown', b: 'unknown' },
    says: ['missingInput', 'untoldRanges'],
  },
  {
    title: 'is unknown where the range of a pool of the other cluster cannot be read, whatever the version',
    clusters: {
      a,
      b: changed(b, 'IPPool', 'default-ipv4-ippool', { spec: { cidr: '10.2.128.0', natOutgoing: false } }),
    },
    options: OLD,
    verdict: { a: 'unknown', b: 'pass' },
    says: ['unreadable'],
    at: ['b IPPool/default-ipv4-ippool spec.cidr'],
    blames: ['a'],
  },
  {
    title: 'is unknown where the range of a pool with NAT cannot be read',
    clusters: {
      a: changed(a, 'IPPool', 'default-ipv4-ippool', { spec: { natOutgoing: false } }),
      b: changed(b, 'IPPool', 'default-ipv4-ippool', { spec: { cidr: '10.2.128.0' } }),
    },
    options: NEW,
    verdict: { a: 'pass', b: 'unknown' },
    says: ['unreadable'],
    at: ['b IPPool/default-ipv4-ippool spec.cidr'],
  },
  {
    title: 'asks once about a pool that leaves both sides open',
    clusters: { a, b: changed(b, 'IPPool', 'default-ipv4-ippool', { spec: { cidr: '10.2.128.0' } }) },
    options: NEW,
    verdict: 'unknown',
    says: ['unreadable'],
    blames: ['a b'],
    text: ['so it is not told what a and b NAT'],
  },
  {
    title: 'passes where the pool that cannot be read gives out no addresses',
    clusters: { a, b: [...b, ipPool('off', '10.9.0.0', { disabled: true, natOutgoing: true })] },
    options: NEW,
    verdict: 'pass',
  },
  {
    title: 'needs none of it without NAT',
    clusters: {
      a: [...without(a, 'IPPool'), ipPool('plain', '10.1.128.0/17')],
      b: untold([...without(b, 'IPPool'), ipPool('plain', '10.2.128.0/17')]),
    },
    options: NEW,
    verdict: 'pass',
  },
  {
    title: 'is unknown for a cluster whose pools were not read',
    clusters: { a, b: without(b, 'IPPool') },
    options: OLD,
    verdict: { a: 'pass', b: 'unknown' },
    says: ['missingInput'],
  },
]);

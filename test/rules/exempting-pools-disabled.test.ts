// Pools for pod ranges of other clusters that do more than keep them from being NATed.

import rule from '../../rules/exempting-pools-disabled.ts';
import { changed, healthyMesh, installation, ipPool, type Manifest, node, without } from '../kit/objects.ts';
import { testRule } from '../kit/test-rule.ts';

const UNDERLAY = { calicoVersion: '3.19', routing: 'underlay' } as const;
const { a = [], b = [] } = healthyMesh(['a', 'b'], { routing: 'underlay', version: 'v3.19.4' });
const COVER = 'a IPPool/no-nat-1';
const cover = (spec: Readonly<Record<string, unknown>>) => changed(a, 'IPPool', 'no-nat-1', { spec });
const block = (cidr: string): Manifest => ({
  apiVersion: 'crd.projectcalico.org/v1',
  kind: 'IPAMBlock',
  metadata: { name: cidr.replace(/[./]/g, '-') },
  spec: { cidr, affinity: 'host:n1' },
});

testRule(rule, [
  {
    title: 'passes disabled pools that do nothing else',
    clusters: { a, b },
    options: UNDERLAY,
    verdict: 'pass',
  },
  {
    title: 'fails a pool that is not disabled',
    clusters: { a: cover({ disabled: null }), b },
    options: UNDERLAY,
    verdict: { a: 'fail', b: 'pass' },
    says: ['enabled'],
    at: [`${COVER} spec.disabled`],
    blames: ['a'],
  },
  {
    title: 'is unknown about it where nothing tells that the clusters are connected',
    clusters: { a: without(cover({ disabled: null }), 'Secret'), b: without(b, 'Secret') },
    options: UNDERLAY,
    verdict: { a: 'unknown', b: 'pass' },
    says: ['mayBeEnabled'],
  },
  {
    title: "leaves a pool of the cluster's own pods that overlaps to the pod ranges",
    clusters: {
      a: [...without(a, 'IPPool'), ipPool('default-ipv4-ippool', '10.2.128.0/17', { natOutgoing: true })],
      b,
    },
    options: UNDERLAY,
    verdict: 'pass',
    says: ['idle'],
  },
  {
    title: 'warns of natOutgoing and of an encapsulation',
    clusters: {
      a: cover({ natOutgoing: true, vxlanMode: 'Always' }),
      b: changed(b, 'IPPool', 'no-nat-1', { spec: { ipipMode: 'CrossSubnet' } }),
    },
    options: UNDERLAY,
    verdict: 'warn',
    says: ['encapsulates', 'encapsulates', 'natOutgoing'],
    at: [`${COVER} spec.natOutgoing`, `${COVER} spec.vxlanMode`, 'b IPPool/no-nat-1 spec.ipipMode'],
  },
  {
    title: 'knows that pools cover a part each, where no pool of the cluster has natOutgoing, too',
    clusters: {
      a: [
        ...changed(without(a, 'IPPool', 'no-nat-1'), 'IPPool', 'default-ipv4-ippool', { spec: { natOutgoing: false } }),
        ipPool('half', '10.2.128.0/18', { disabled: true, vxlanMode: 'Always' }),
        ipPool('rest', '10.2.192.0/18', { disabled: true }),
      ],
      b,
    },
    options: UNDERLAY,
    verdict: { a: 'warn', b: 'pass' },
    says: ['encapsulates'],
    at: ['a IPPool/half spec.vxlanMode'],
  },
  {
    title: 'notes a pool that is far too wide, and one for nobody',
    clusters: {
      a: [
        ...without(a, 'IPPool', 'no-nat-1'),
        ipPool('wide', '0.0.0.0/1', { disabled: true }),
        ipPool('nobody', '172.30.0.0/16', { disabled: true }),
        ipPool('draining', '172.31.0.0/16', { disabled: true }),
        block('172.31.1.0/26'),
      ],
      b,
    },
    options: UNDERLAY,
    verdict: 'pass',
    says: ['idle', 'wide'],
    at: ['a IPPool/nobody spec.cidr', 'a IPPool/wide spec.cidr'],
  },
  {
    title: 'calls no pool idle while connections are not told',
    clusters: {
      a: [...without(a, 'Secret'), ipPool('nobody', '172.30.0.0/16', { disabled: true }), node('x', 7, 1)],
      b: without(b, 'Secret'),
    },
    options: UNDERLAY,
    verdict: 'pass',
  },
  {
    title: 'calls no pool idle that may cover the range of a pool which cannot be read',
    clusters: { a, b: changed(b, 'IPPool', 'default-ipv4-ippool', { spec: { cidr: '10.2.128.0' } }) },
    options: UNDERLAY,
    verdict: 'pass',
  },
  {
    title: 'looks at the ranges of Nodes with host-local IPAM',
    clusters: {
      a: [...a, ipPool('nodes-of-b', '10.244.0.0/16', { disabled: true, natOutgoing: true })],
      b: [
        ...without(without(b, 'Installation'), 'Node'),
        installation({ ipam: 'HostLocal' }),
        { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1' }, spec: { podCIDRs: ['10.244.0.0/24'] } },
      ],
    },
    options: { calicoVersion: '3.23', routing: 'underlay' },
    verdict: { a: 'warn', b: 'pass' },
    says: ['idle', 'natOutgoing', 'wide'],
    at: ['a IPPool/no-nat-1 spec.cidr', 'a IPPool/nodes-of-b spec.cidr', 'a IPPool/nodes-of-b spec.natOutgoing'],
  },
  {
    title: 'is unknown for a cluster whose pools were not read',
    clusters: { a, b: without(b, 'IPPool'), c: [ipPool('p', '10.9.0.0/16')] },
    options: UNDERLAY,
    verdict: { a: 'pass', b: 'unknown', c: 'pass' },
    says: ['missingInput'],
  },
]);

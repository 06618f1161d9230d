// Tests of the rule calico-addresses-fit-nodes.

import rule from '../../rules/calico-addresses-fit-nodes.ts';
import { changed, healthyMesh, ipPool, type Manifest, without } from '../kit/objects.ts';
import { testRule } from '../kit/test-rule.ts';

const { east = [], west = [] } = healthyMesh(['east', 'west']);
const V4 = 'projectcalico.org/IPv4Address';
const V6 = 'projectcalico.org/IPv6Address';
const at = (annotation: string) => `metadata.annotations["${annotation}"]`;
const annotated = (cluster: readonly Manifest[], name: string, annotations: Readonly<Record<string, string | null>>) =>
  changed(cluster, 'Node', name, { metadata: { annotations } });

testRule(rule, [
  { title: 'passes where Calico uses the InternalIPs', clusters: { east, west }, verdict: 'pass' },
  {
    title: 'passes where one of several InternalIPs is used, and where none is told',
    clusters: {
      east: changed(east, 'Node', 'east-node-1', {
        status: { addresses: ['10.9.0.1', '10.1.0.10'].map((address) => ({ type: 'InternalIP', address })) },
      }),
      west: changed(west, 'Node', 'west-node-1', { status: null }),
    },
    verdict: 'pass',
  },
  {
    title: 'warns of a bridge of Docker',
    clusters: { east: annotated(east, 'east-node-2', { [V4]: '172.17.0.1/16' }), west },
    verdict: { east: 'warn', west: 'pass' },
    says: ['other'],
    at: [`east Node/east-node-2 ${at(V4)}`],
    blames: ['east'],
  },
  {
    title: 'warns of a public address beside a private one',
    clusters: { east: annotated(east, 'east-node-1', { [V4]: '203.0.113.9/24' }), west },
    verdict: { east: 'warn', west: 'pass' },
    says: ['public'],
    at: [`east Node/east-node-1 ${at(V4)}`],
  },
  {
    title: 'leaves nodes without a private address to the rule of those',
    clusters: {
      east: changed(annotated(east, 'east-node-1', { [V4]: '203.0.113.9/24' }), 'Node', 'east-node-1', {
        status: { addresses: [{ type: 'InternalIP', address: '203.0.113.9' }] },
      }),
      west,
    },
    verdict: 'pass',
  },
  {
    title: 'leaves an address that another cluster has to the rule of those',
    clusters: { east: annotated(east, 'east-node-1', { [V4]: '10.2.0.10/24' }), west },
    verdict: 'pass',
  },
  {
    title: 'warns where nodes of one cluster have one address',
    clusters: {
      east: ['east-node-1', 'east-node-2'].reduce(
        (cluster, name) => changed(annotated(cluster, name, { [V4]: '172.17.0.1/16' }), 'Node', name, { status: null }),
        east,
      ),
      west,
    },
    verdict: { east: 'warn', west: 'pass' },
    says: ['same'],
    text: ['172.17.0.1'],
  },
  {
    title: 'judges IPv6 only where an IPv6 pool takes part',
    clusters: {
      east: annotated(east, 'east-node-1', { [V6]: '2001:db8::1/64' }),
      west: [...annotated(west, 'west-node-1', { [V6]: '2001:db8::2/64' }), ipPool('v6', 'fd42::/48')],
    },
    verdict: { east: 'pass', west: 'warn' },
    says: ['public'],
    at: [`west Node/west-node-1 ${at(V6)}`],
  },
  {
    title: 'judges one family while no pool is known, IPv4 first',
    clusters: {
      east: without(annotated(east, 'east-node-1', { [V6]: '2001:db8::1/64' }), 'IPPool'),
      west: without(annotated(west, 'west-node-1', { [V4]: null, [V6]: '2001:db8::2/64' }), 'IPPool'),
    },
    options: { routing: 'overlay' },
    verdict: { east: 'pass', west: 'warn' },
    says: ['public'],
  },
  {
    title: 'gives a command for a manifest installation, too',
    clusters: { east: without(annotated(east, 'east-node-2', { [V4]: '172.17.0.1/16' }), 'Installation'), west },
    verdict: { east: 'warn', west: 'pass' },
    says: ['other'],
  },
  {
    title: 'judges each cluster alone, and is unknown without Nodes',
    clusters: { east, west: without(west, 'Node') },
    verdict: { east: 'pass', west: 'unknown' },
    says: ['missingInput'],
  },
]);

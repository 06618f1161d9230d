// Tests of the rule nodes-have-private-addresses.

import rule from '../../rules/nodes-have-private-addresses.ts';
import { changed, healthyMesh, type Manifest, without } from '../kit/objects.ts';
import { testRule } from '../kit/test-rule.ts';

const { east = [], west = [] } = healthyMesh(['east', 'west']);
const CALICO = 'projectcalico.org/IPv4Address';

/** Node 1 of the cluster with this Calico node IP (null for none) and these InternalIPs. */
function addressed(cluster: readonly Manifest[], name: string, calico: string | null, ...internalIPs: string[]) {
  const addresses = [
    ...internalIPs.map((address) => ({ type: 'InternalIP', address })),
    { type: 'Hostname', address: name },
  ];
  return changed(cluster, 'Node', name, { metadata: { annotations: { [CALICO]: calico } }, status: { addresses } });
}

testRule(rule, [
  { title: 'passes where every node has a private address', clusters: { east, west }, verdict: 'pass' },
  {
    title: 'passes where one of several addresses is private',
    clusters: { east: addressed(east, 'east-node-1', '203.0.113.10/24', '203.0.113.10', '10.1.0.10'), west },
    verdict: 'pass',
  },
  {
    title: 'counts shared address space and unique local addresses as private',
    clusters: {
      east: addressed(east, 'east-node-1', null, '100.64.0.9'),
      west: addressed(west, 'west-node-1', null, 'fd12::9'),
    },
    verdict: 'pass',
  },
  {
    title: 'fails where all addresses of a node are public',
    clusters: { east: addressed(east, 'east-node-1', '203.0.113.10/24', '203.0.113.10'), west },
    verdict: { east: 'fail', west: 'pass' },
    says: ['publicOnly'],
    at: ['east Node/east-node-1 metadata.annotations["projectcalico.org/IPv4Address"]'],
    blames: ['east'],
  },
  {
    title: 'fails for a public IPv6 address as well, in whatever mode',
    clusters: { east: addressed(east, 'east-node-1', null, '2001:db8::9'), west },
    options: { routing: 'underlay' },
    verdict: { east: 'fail', west: 'pass' },
    says: ['publicOnly'],
    at: ['east Node/east-node-1 status.addresses[0].address'],
  },
  {
    title: 'fails where a node has no address',
    clusters: { east: addressed(east, 'east-node-1', null), west: addressed(west, 'west-node-2', 'none', '127.0.0.1') },
    verdict: 'fail',
    says: ['noAddress', 'noAddress'],
    at: ['east Node/east-node-1 status.addresses', 'west Node/west-node-2 status.addresses'],
  },
  {
    title: 'tells all nodes of a cluster at once',
    clusters: {
      east: addressed(addressed(east, 'east-node-1', null, '203.0.113.1'), 'east-node-2', null, '203.0.113.2'),
      west,
    },
    verdict: { east: 'fail', west: 'pass' },
    says: ['publicOnly'],
    text: ['east-node-1, east-node-2'],
  },
  {
    title: 'judges each cluster alone, and is unknown without Nodes',
    clusters: { east, west: without(west, 'Node') },
    verdict: { east: 'pass', west: 'unknown' },
    says: ['missingInput'],
  },
]);

// Tests of the rule distinct-node-addresses.

import rule from '../../rules/distinct-node-addresses.ts';
import { changed, healthyMesh, type Manifest, node, without } from '../kit/objects.ts';
import { testRule } from '../kit/test-rule.ts';

const { east = [], west = [], south = [] } = healthyMesh(['east', 'west', 'south']);
const internal = (address: string) => ({ status: { addresses: [{ type: 'InternalIP', address }] } });
const calico = (address: string) => ({ metadata: { annotations: { 'projectcalico.org/IPv4Address': address } } });
const ANNOTATION = 'metadata.annotations["projectcalico.org/IPv4Address"]';

/** calicoctl's Nodes of the cluster in place of Kubernetes'. */
function calicoNodes(cluster: readonly Manifest[], ipv4Address: string): Manifest[] {
  const own = {
    apiVersion: 'projectcalico.org/v3',
    kind: 'Node',
    metadata: { name: 'calico-1' },
    spec: { bgp: { ipv4Address } },
  };
  return [...without(cluster, 'Node'), own];
}

testRule(rule, [
  { title: 'passes where every address belongs to one cluster', clusters: { east, west, south }, verdict: 'pass' },
  {
    title: 'passes where clusters share a subnet, but no address',
    clusters: {
      east,
      west: changed(
        changed(west, 'Node', 'west-node-1', { ...calico('10.1.0.77/24'), ...internal('10.1.0.77') }),
        'Node',
        'west-node-2',
        calico('10.1.0.78/16'),
      ),
    },
    verdict: 'pass',
  },
  {
    title: 'passes where an address occurs twice in one cluster',
    clusters: { east: changed(east, 'Node', 'east-node-2', calico('10.1.0.10/24')), west },
    verdict: 'pass',
  },
  {
    title: 'passes where only addresses that mean nothing elsewhere are equal',
    clusters: {
      east: changed(east, 'Node', 'east-node-1', internal('169.254.1.1')),
      west: changed(west, 'Node', 'west-node-1', internal('169.254.1.1')),
    },
    verdict: 'pass',
  },
  {
    title: 'fails where two nodes have the same Calico node IP, whatever their masks',
    clusters: { east, west: changed(west, 'Node', 'west-node-1', calico('10.1.0.10/16')), south },
    verdict: { east: 'fail', west: 'fail', south: 'pass' },
    says: ['shared'],
    at: [`east Node/east-node-1 ${ANNOTATION}`],
    blames: ['east west'],
    text: ['node address 10.1.0.10 belongs to east-node-1 of east, west-node-1 of west'],
  },
  {
    title: 'fails where the InternalIP of one is the Calico node IP of the other',
    clusters: { east, west: changed(west, 'Node', 'west-node-1', internal('10.1.0.11')) },
    verdict: 'fail',
    says: ['shared'],
    at: [`east Node/east-node-2 ${ANNOTATION}`],
  },
  {
    title: 'fails for Nodes of calicoctl',
    clusters: { east: calicoNodes(east, '10.2.0.11/24'), west },
    verdict: 'fail',
    says: ['shared'],
    at: ['east Node/calico-1 spec.bgp.ipv4Address'],
  },
  {
    title: 'tells several addresses of the same nodes once',
    clusters: {
      east: changed(east, 'Node', 'east-node-1', { ...calico('10.1.0.10/24'), ...internal('fd00::1') }),
      west: changed(west, 'Node', 'west-node-1', { ...calico('10.1.0.10/24'), ...internal('fd00:0:0::1') }),
    },
    verdict: 'fail',
    says: ['shared'],
    text: ['10.1.0.10, fd00::1'],
  },
  {
    title: 'tells a cloned subnet as one cause',
    clusters: {
      east: [...without(east, 'Node'), ...[1, 2, 3, 4, 5, 6].map((n) => node('east', 7, n))],
      west: [...without(west, 'Node'), ...[1, 2, 3, 4, 5, 6].map((n) => node('west', 7, n))],
    },
    verdict: 'fail',
    says: ['manyShared'],
    text: [
      '6 node addresses, 10.7.0.10, 10.7.0.11, 10.7.0.12 among them, belong to nodes in each of the clusters east, west',
    ],
  },
  {
    title: 'is unknown for a cluster without Nodes',
    clusters: { east, west: without(west, 'Node') },
    verdict: { east: 'unknown', west: 'unknown' },
    says: ['missingInput'],
  },
]);

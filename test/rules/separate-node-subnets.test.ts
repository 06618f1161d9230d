// Tests of the rule separate-node-subnets.

import rule from '../../rules/separate-node-subnets.ts';
import { changed, healthyMesh, type Manifest, without } from '../kit/objects.ts';
import { testRule } from '../kit/test-rule.ts';

const { east = [], west = [], south = [] } = healthyMesh(['east', 'west', 'south']);
const V4 = 'projectcalico.org/IPv4Address';

/** Node 1 of the cluster in this place, node 2 left out. */
function placed(
  cluster: readonly Manifest[],
  name: string,
  address: string,
  providerID: string | null = null,
): Manifest[] {
  const one = changed(cluster, 'Node', `${name}-node-1`, {
    metadata: { annotations: { [V4]: address } },
    spec: { providerID },
    status: { addresses: [{ type: 'InternalIP', address: address.split('/')[0] }] },
  });
  return without(one, 'Node', `${name}-node-2`);
}

testRule(rule, [
  { title: 'passes where subnets are apart', clusters: { east, west, south }, verdict: 'pass' },
  {
    title: 'only notes a subnet that clusters share',
    clusters: { east: placed(east, 'east', '10.7.0.10/24'), west: placed(west, 'west', '10.7.0.11/24'), south },
    verdict: 'pass',
    says: ['shared'],
    at: [`east Node/east-node-1 metadata.annotations["${V4}"]`],
    blames: ['east west'],
  },
  {
    title: 'only notes subnets of one region',
    clusters: {
      east: placed(east, 'east', '10.7.0.10/16', 'aws:///eu-west-1a/i-1'),
      west: placed(west, 'west', '10.7.1.11/24', 'aws:///eu-west-1b/i-2'),
    },
    verdict: 'pass',
    says: ['shared'],
  },
  {
    title: 'warns of a subnet in two regions',
    clusters: {
      east: placed(east, 'east', '10.7.0.10/16', 'aws:///eu-west-1a/i-1'),
      west: placed(west, 'west', '10.7.1.11/24', 'aws:///us-east-1b/i-2'),
    },
    verdict: 'warn',
    says: ['apart'],
    blames: ['east west'],
    text: ['10.7.0.0/16, 10.7.1.0/24', 'aws eu-west-1, aws us-east-1'],
  },
  {
    title: 'leaves equal addresses to the rule of those, and addresses without a mask have no subnet',
    clusters: {
      east: placed(east, 'east', '10.7.0.10/24'),
      west: placed(west, 'west', '10.7.0.10/24'),
      south: placed(south, 'south', '10.7.0.12'),
    },
    verdict: 'pass',
  },
  {
    title: 'is unknown for a cluster without Nodes',
    clusters: { east, west: without(west, 'Node') },
    verdict: 'unknown',
    says: ['missingInput'],
  },
]);

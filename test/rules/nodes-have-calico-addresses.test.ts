// Tests of the rule nodes-have-calico-addresses.

import rule from '../../rules/nodes-have-calico-addresses.ts';
import { changed, healthyMesh, ipPool, type Manifest, without } from '../kit/objects.ts';
import { testRule } from '../kit/test-rule.ts';

const { east = [], west = [] } = healthyMesh(['east', 'west']);
const V4 = 'projectcalico.org/IPv4Address';
const V6 = 'projectcalico.org/IPv6Address';
const at = (annotation: string) => `metadata.annotations["${annotation}"]`;
const annotated = (cluster: readonly Manifest[], name: string, annotations: Readonly<Record<string, string | null>>) =>
  changed(cluster, 'Node', name, { metadata: { annotations } });
const without4 = annotated(east, 'east-node-1', { [V4]: null });

testRule(rule, [
  { title: 'passes where every node has one', clusters: { east, west }, verdict: 'pass' },
  {
    title: 'fails where a node has none, and names the annotation',
    clusters: { east: without4, west },
    verdict: { east: 'fail', west: 'pass' },
    says: ['noCalicoAddress'],
    at: [`east Node/east-node-1 ${at(V4)}`],
    blames: ['east'],
    text: ['IPv4', 'east-node-1'],
  },
  {
    title: 'takes an invalid one for none',
    clusters: { east: annotated(east, 'east-node-1', { [V4]: '10.1.0.010/24' }), west },
    verdict: { east: 'fail', west: 'pass' },
    says: ['noCalicoAddress'],
  },
  {
    title: 'tells all nodes of a cluster at once, and the Installation that turns detection off',
    clusters: {
      east: changed(annotated(without4, 'east-node-2', { [V4]: null }), 'Installation', 'default', {
        spec: { calicoNetwork: { nodeAddressAutodetectionV4: {} } },
      }),
      west,
    },
    verdict: { east: 'fail', west: 'pass' },
    says: ['noCalicoAddress'],
    text: ['east-node-1, east-node-2'],
  },
  {
    title: 'asks for no family that only a pool has which takes no part in the mesh',
    clusters: { east: [...east, ipPool('lab6', 'fd00:1::/64')], west: [...west, ipPool('lab6', 'fd00:2::/64')] },
    options: { leftOut: ['east/lab6'] },
    verdict: { east: 'pass', west: 'fail' },
    says: ['noCalicoAddress'],
    blames: ['west'],
  },
  {
    title: 'does not apply where the network routes',
    clusters: { east: without4, west },
    options: { routing: 'underlay' },
    verdict: 'not-applicable',
  },
  {
    title: 'passes over nodes that are no ends of tunnels',
    clusters: {
      east: changed(without4, 'Node', 'east-node-1', { metadata: { labels: { 'kubernetes.io/os': 'windows' } } }),
      west: changed(annotated(west, 'west-node-1', { [V4]: null }), 'Node', 'west-node-1', {
        metadata: { labels: { 'eks.amazonaws.com/compute-type': 'fargate' } },
      }),
    },
    verdict: 'pass',
  },
  {
    title: 'demands IPv6 where an IPv6 pool takes part, and IPv4 only where an IPv4 pool does',
    clusters: {
      east: [...east, ipPool('v6', 'fd42::/48')],
      west: [
        ...without(
          ['west-node-1', 'west-node-2'].reduce(
            (c, name) => annotated(c, name, { [V4]: null, [V6]: `fd00::${name.at(-1)}/64` }),
            west,
          ),
          'IPPool',
        ),
        ipPool('v6', 'fd43::/48'),
      ],
    },
    verdict: { east: 'fail', west: 'pass' },
    says: ['noCalicoAddress'],
    at: [`east Node/east-node-1 ${at(V6)}`],
    text: ['IPv6'],
  },
  {
    title: 'is content with one address of either family while no pool is known',
    clusters: {
      east: without(annotated(without4, 'east-node-1', { [V6]: 'fd00::1/64' }), 'IPPool'),
      west: without(annotated(west, 'west-node-1', { [V4]: null }), 'IPPool'),
    },
    options: { routing: 'overlay' },
    verdict: { east: 'pass', west: 'fail' },
    says: ['noCalicoAddress'],
    at: [`west Node/west-node-1 ${at(V4)}`],
    text: ['have no Calico node IP, so'],
  },
  {
    title: 'gives a command for a manifest installation, too',
    clusters: { east: without(without4, 'Installation'), west },
    verdict: { east: 'fail', west: 'pass' },
    says: ['noCalicoAddress'],
  },
  {
    title: 'judges each cluster alone, and is unknown without Nodes',
    clusters: { east, west: without(west, 'Node') },
    verdict: { east: 'pass', west: 'unknown' },
    says: ['missingInput'],
  },
]);

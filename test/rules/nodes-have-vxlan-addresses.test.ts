// Tests of the rule nodes-have-vxlan-addresses.

import rule from '../../rules/nodes-have-vxlan-addresses.ts';
import { changed, healthyMesh, ipPool, type Manifest, without } from '../kit/objects.ts';
import { testRule } from '../kit/test-rule.ts';

const { east = [], west = [] } = healthyMesh(['east', 'west']);
const V4 = 'projectcalico.org/IPv4VXLANTunnelAddr';
const V6 = 'projectcalico.org/IPv6VXLANTunnelAddr';
const POOL = 'default-ipv4-ippool';
const at = (annotation: string) => `metadata.annotations["${annotation}"]`;
const annotated = (cluster: readonly Manifest[], name: string, annotations: Readonly<Record<string, string | null>>) =>
  changed(cluster, 'Node', name, { metadata: { annotations } });
const bare = annotated(east, 'east-node-1', { [V4]: null });
const pooled = (cluster: readonly Manifest[], spec: Readonly<Record<string, unknown>>) =>
  changed(cluster, 'IPPool', POOL, { spec });

testRule(rule, [
  { title: 'passes where every node has one', clusters: { east, west }, verdict: 'pass' },
  {
    title: 'fails where a node has none, and shows the pool',
    clusters: { east: bare, west },
    verdict: { east: 'fail', west: 'pass' },
    says: ['noTunnelAddress'],
    at: [`east Node/east-node-1 ${at(V4)}`],
    blames: ['east'],
    text: [`IPPool ${POOL} gives them one: east-node-1`],
  },
  {
    title: 'takes one of the wrong family for none',
    clusters: { east: annotated(east, 'east-node-1', { [V4]: 'fd42::1' }), west },
    verdict: { east: 'fail', west: 'pass' },
    says: ['noTunnelAddress'],
  },
  {
    title: 'passes where no pool gives the node one',
    clusters: {
      east: pooled(bare, { nodeSelector: "kubernetes.io/hostname != 'east-node-1'" }),
      west: pooled(annotated(west, 'west-node-1', { [V4]: null }), { allowedUses: ['Workload'] }),
    },
    verdict: 'pass',
  },
  {
    title: 'passes where the pool is disabled, or its selector is none',
    clusters: {
      east: pooled(bare, { disabled: true }),
      west: pooled(annotated(west, 'west-node-1', { [V4]: null }), { nodeSelector: 'zone=a' }),
    },
    options: { calicoVersion: '3.19.4' },
    verdict: 'pass',
  },
  {
    title: 'leaves nodes without a Calico node IP to the rule of those',
    clusters: { east: annotated(bare, 'east-node-1', { 'projectcalico.org/IPv4Address': null }), west },
    verdict: 'pass',
  },
  {
    title: 'judges IPv6 by IPv6 pools',
    clusters: {
      east: [
        ...annotated(east, 'east-node-1', { 'projectcalico.org/IPv6Address': 'fd00::1/64' }),
        ipPool('v6', 'fd42::/48', { vxlanMode: 'CrossSubnet' }),
      ],
      west: [
        ...annotated(west, 'west-node-1', { 'projectcalico.org/IPv6Address': 'fd00::2/64', [V6]: 'fd43::' }),
        ipPool('v6', 'fd43::/48', { vxlanMode: 'CrossSubnet' }),
      ],
    },
    verdict: { east: 'fail', west: 'pass' },
    says: ['noTunnelAddress'],
    at: [`east Node/east-node-1 ${at(V6)}`],
  },
  {
    title: 'goes by the pools of the cluster itself, whatever the others have',
    clusters: { east: bare, west: pooled(west, { vxlanMode: 'Never' }) },
    verdict: { east: 'fail', west: 'pass' },
    says: ['noTunnelAddress'],
  },
  {
    title: 'stands where the pools of the others were not read',
    clusters: { east: bare, west: without(west, 'IPPool') },
    verdict: { east: 'fail', west: 'pass' },
    says: ['noTunnelAddress'],
  },
  {
    title: 'passes without IPPools, which are evidence',
    clusters: { east: without(bare, 'IPPool'), west },
    verdict: 'pass',
  },
  {
    title: 'does not apply where the network routes',
    clusters: { east: bare, west },
    options: { routing: 'underlay' },
    verdict: 'not-applicable',
  },
  {
    title: 'judges each cluster alone, and is unknown without Nodes',
    clusters: { east, west: without(west, 'Node') },
    verdict: { east: 'pass', west: 'unknown' },
    says: ['missingInput'],
  },
]);

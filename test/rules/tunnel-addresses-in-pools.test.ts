// Tests of the rule tunnel-addresses-in-pools.

import rule from '../../rules/tunnel-addresses-in-pools.ts';
import { changed, healthyMesh, ipPool, type Manifest, without } from '../kit/objects.ts';
import { testRule } from '../kit/test-rule.ts';

const { east = [], west = [] } = healthyMesh(['east', 'west']);
const VXLAN = 'projectcalico.org/IPv4VXLANTunnelAddr';
const annotated = (cluster: readonly Manifest[], name: string, annotations: Readonly<Record<string, string | null>>) =>
  changed(cluster, 'Node', name, { metadata: { annotations } });
const stray = annotated(east, 'east-node-1', { [VXLAN]: '10.99.0.1' });

testRule(rule, [
  { title: 'passes where every tunnel address is in a pool', clusters: { east, west }, verdict: 'pass' },
  {
    title: 'warns of one in no pool',
    clusters: { east: stray, west },
    verdict: { east: 'warn', west: 'pass' },
    says: ['outside'],
    at: [`east Node/east-node-1 metadata.annotations["${VXLAN}"]`],
    text: ['10.99.0.1 of east-node-1'],
  },
  {
    title: 'only notes one in a disabled pool',
    clusters: { east: [...stray, ipPool('old', '10.99.0.0/16', { disabled: true })], west },
    verdict: 'pass',
    says: ['disabled'],
    at: [`east Node/east-node-1 metadata.annotations["${VXLAN}"]`],
  },
  {
    title: 'passes for an enabled pool whatever it is for',
    clusters: { east: [...stray, ipPool('pods', '10.99.0.0/16', { allowedUses: ['Workload'] })], west },
    verdict: 'pass',
  },
  {
    title: 'leaves out host-local addresses, and tunnels that carry nothing between clusters',
    clusters: {
      east: changed(stray, 'Node', 'east-node-1', { spec: { podCIDRs: ['10.99.0.0/24'] } }),
      west: annotated(west, 'west-node-1', {
        'projectcalico.org/IPv4IPIPTunnelAddr': '10.98.0.1',
        'projectcalico.org/IPv4WireguardInterfaceAddr': '10.98.0.2',
      }),
    },
    verdict: 'pass',
  },
  {
    title: 'judges WireGuard addresses where WireGuard is used',
    clusters: {
      east: changed(east, 'FelixConfiguration', 'default', { spec: { wireguardEnabled: true } }),
      west: changed(
        annotated(west, 'west-node-1', { 'projectcalico.org/IPv4WireguardInterfaceAddr': '10.98.0.2' }),
        'FelixConfiguration',
        'default',
        { spec: { wireguardEnabled: true } },
      ),
    },
    verdict: { east: 'pass', west: 'warn' },
    says: ['outside'],
  },
  {
    title: 'says nothing where the pools were not read whole',
    clusters: {
      east: {
        'all.yaml': without(stray, 'IPPool'),
        'ippools.yaml': [
          {
            apiVersion: 'v1',
            kind: 'List',
            metadata: { continue: 'more' },
            items: [ipPool('one', '10.1.128.0/17', { vxlanMode: 'Always' })],
          },
        ],
      },
      west,
    },
    verdict: 'pass',
  },
  {
    title: 'says nothing where the range of a pool cannot be read, be the pool disabled',
    clusters: {
      east: [...stray, ipPool('bad', '10.99.0.0', { vxlanMode: 'Always' })],
      west: [
        ...annotated(west, 'west-node-1', { [VXLAN]: '10.98.0.1' }),
        ipPool('off', '10.98.0.0/16', { disabled: true }),
        ipPool('bad', '010.98.0.0/16', { disabled: true }),
      ],
    },
    verdict: 'pass',
  },
  {
    title: 'judges each cluster alone, and is unknown without Nodes',
    clusters: { east, west: without(west, 'Node') },
    verdict: { east: 'pass', west: 'unknown' },
    says: ['missingInput'],
  },
]);

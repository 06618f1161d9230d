// Tests of the rule product-supports-mesh.

import rule from '../../rules/product-supports-mesh.ts';
import { changed, healthyMesh, type Manifest, without } from '../kit/objects.ts';
import { testRule } from '../kit/test-rule.ts';

const { east = [], west = [] } = healthyMesh(['east', 'west']);
const { east: east320 = [], west: west320 = [] } = healthyMesh(['east', 'west'], { version: 'v3.20.1' });
const { east: east317 = [] } = healthyMesh(['east', 'west'], { version: 'v3.17.4' });
const wireguard = (cluster: readonly Manifest[]) =>
  changed(
    changed(cluster, 'IPPool', 'default-ipv4-ippool', { spec: { vxlanMode: 'Never' } }),
    'FelixConfiguration',
    'default',
    { spec: { wireguardEnabled: true } },
  );

testRule(rule, [
  { title: 'passes for Enterprise from 3.18 on', clusters: { east, west: west320 }, verdict: 'pass' },
  {
    title: 'fails for open-source Calico, whose version is none of the product',
    clusters: {
      east,
      west: changed(west, 'Installation', 'default', { spec: { variant: 'Calico' }, status: { variant: 'Calico' } }),
    },
    verdict: { east: 'pass', west: 'fail' },
    says: ['openSource'],
    at: ['west Installation/default status.variant'],
    blames: ['west'],
  },
  {
    title: 'takes ClusterInformation where there is no Installation',
    clusters: {
      east,
      west: [
        ...without(without(west, 'Installation'), 'DaemonSet'),
        {
          apiVersion: 'crd.projectcalico.org/v1',
          kind: 'ClusterInformation',
          metadata: { name: 'default' },
          spec: { variant: 'Calico', calicoVersion: 'v3.30.1' },
        },
      ],
    },
    verdict: { east: 'pass', west: 'fail' },
    says: ['openSource', 'missingInput'],
  },
  {
    title: 'fails for an overlay before 3.18',
    clusters: { east: east317, west },
    verdict: { east: 'fail', west: 'pass' },
    says: ['noOverlay'],
    at: ['east Installation/default status.calicoVersion'],
    text: ['v3.17.4'],
  },
  {
    title: 'passes before 3.18 where the network routes',
    clusters: { east: east317, west },
    options: { routing: 'underlay' },
    verdict: 'pass',
  },
  {
    title: 'fails for WireGuard alone before 3.21, and blames the older',
    clusters: { east: wireguard(east320), west: wireguard(west) },
    verdict: { east: 'fail', west: 'pass' },
    says: ['noWireGuard'],
    blames: ['east'],
  },
  {
    title: 'passes for WireGuard beside VXLAN before 3.21',
    clusters: {
      east: changed(east320, 'FelixConfiguration', 'default', { spec: { wireguardEnabled: true } }),
      west: changed(west320, 'FelixConfiguration', 'default', { spec: { wireguardEnabled: true } }),
    },
    verdict: 'pass',
  },
  {
    title: 'passes for WireGuard alone from 3.21 on',
    clusters: { east: wireguard(east), west: wireguard(west) },
    verdict: 'pass',
  },
  {
    title: 'is unknown where nothing tells the version',
    clusters: { east, west: without(without(west, 'Installation'), 'DaemonSet') },
    options: { routing: 'overlay' },
    verdict: { east: 'pass', west: 'unknown' },
    says: ['missingInput'],
  },
]);

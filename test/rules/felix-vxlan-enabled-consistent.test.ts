// Tests of the rule felix-vxlan-enabled-consistent.

import rule from '../../rules/felix-vxlan-enabled-consistent.ts';
import { withEnvFrom, withEnvironment, withFelix, withOverride, withReference } from '../kit/felix.ts';
import { changed, healthyMesh, ipPool, type Manifest, without } from '../kit/objects.ts';
import { testRule } from '../kit/test-rule.ts';

const three = healthyMesh(['east', 'north', 'west']) as { east: Manifest[]; north: Manifest[]; west: Manifest[] };
const { north: _, ...two } = three;
const enabled = (objects: Manifest[], vxlanEnabled: boolean | string) => withFelix(objects, { vxlanEnabled });
const withoutVxlan = (objects: Manifest[]) =>
  changed(objects, 'IPPool', 'default-ipv4-ippool', { spec: { vxlanMode: 'Never' } });
const withWireguard = (objects: Manifest[]) =>
  changed(objects, 'FelixConfiguration', 'default', { spec: { wireguardEnabled: true } });

testRule(rule, [
  { title: 'passes where nobody sets it', clusters: three, verdict: 'pass' },
  {
    title: 'passes where it says what the pools say',
    clusters: { ...two, west: enabled(two.west, true) },
    verdict: 'pass',
  },
  {
    title: 'fails where it is false although the pools use VXLAN',
    clusters: { ...two, west: enabled(two.west, false) },
    verdict: { east: 'pass', west: 'fail' },
    says: ['pools'],
    blames: ['west'],
    at: ['west FelixConfiguration/default spec.vxlanEnabled'],
    text: ['vxlanEnabled is false in west, although VXLAN is on in IPPool default-ipv4-ippool'],
  },
  {
    title: 'gives one finding where another cluster sets it to true',
    clusters: { east: enabled(two.east, true), west: withEnvironment(two.west, { FELIX_VXLANENABLED: 'no' }) },
    verdict: { east: 'pass', west: 'fail' },
    says: ['pools'],
    blames: ['west'],
    at: ['west DaemonSet/calico-node spec.template.spec.containers[0].env[1].value'],
  },
  {
    title: 'fails where it is false on one node',
    clusters: { ...two, west: withOverride(two.west, 'node.west-node-1', { vxlanEnabled: false }) },
    verdict: { east: 'pass', west: 'fail' },
    says: ['pools'],
    at: ['west FelixConfiguration/node.west-node-1 spec.vxlanEnabled'],
    text: ['vxlanEnabled is false on node west-node-1 of west'],
  },
  {
    title: 'holds it against the pools of the others, and finds nothing wrong with an unset field',
    clusters: { ...three, west: enabled(withoutVxlan(three.west), false) },
    verdict: { east: 'pass', north: 'pass', west: 'fail' },
    says: ['clusters'],
    blames: ['west'],
    text: ['vxlanEnabled is false in west, but true in east and north'],
  },
  {
    title: 'leaves a cluster to its pools that only lacks VXLAN there',
    clusters: { ...three, east: enabled(three.east, true), west: withoutVxlan(three.west) },
    verdict: 'pass',
  },
  {
    title: 'holds a cluster that sets it against one without VXLAN where WireGuard is what all share',
    clusters: {
      north: withWireguard(three.north),
      east: withWireguard(enabled(three.east, true)),
      west: withWireguard(withoutVxlan(three.west)),
    },
    verdict: { east: 'fail', north: 'pass', west: 'pass' },
    says: ['clusters'],
    blames: ['east'],
    at: ['east FelixConfiguration/default spec.vxlanEnabled'],
  },
  {
    title: 'IPv6 pools do not care',
    clusters: {
      east: [...withoutVxlan(two.east), ipPool('v6', 'fd00:1::/64', { vxlanMode: 'Always' })],
      west: [...enabled(withoutVxlan(two.west), false), ipPool('v6', 'fd00:2::/64', { vxlanMode: 'Always' })],
    },
    verdict: 'pass',
  },
  {
    title: 'fails by what was read, and says what was not',
    clusters: { ...three, west: withEnvFrom(enabled(three.west, false), 'configMapRef') },
    verdict: { east: 'pass', north: 'pass', west: 'fail' },
    says: ['open', 'pools'],
    text: [
      'VXLAN is on in IPPool default-ipv4-ippool; calico-node of west takes settings from ConfigMap calico-system/felix, which was not read',
    ],
  },
  {
    title: 'fails clusters against each other by what was read, and says what was not',
    clusters: { ...three, west: without(enabled(withoutVxlan(three.west), false), 'DaemonSet') },
    verdict: { east: 'pass', north: 'pass', west: 'fail' },
    says: ['clusters', 'missingInput'],
    text: ['but true in east and north; the DaemonSet calico-node of west could still change that and was not read'],
  },
  {
    title: 'is unknown where the environment was not resolved',
    clusters: { ...two, west: withReference(two.west, 'FELIX_VXLANENABLED') },
    verdict: 'unknown',
    says: ['open'],
  },
  {
    title: 'is unknown without the pools',
    clusters: { ...three, west: without(three.west, 'IPPool') },
    verdict: 'unknown',
    says: ['missingInput'],
  },
]);

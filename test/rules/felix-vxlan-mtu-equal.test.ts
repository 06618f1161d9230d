// Tests of the rule felix-vxlan-mtu-equal.

import rule from '../../rules/felix-vxlan-mtu-equal.ts';
import { calicoConfig, withEnvironment, withFelix, withReference } from '../kit/felix.ts';
import { changed, healthyMesh, ipPool, type Manifest, without } from '../kit/objects.ts';
import { testRule } from '../kit/test-rule.ts';

const three = healthyMesh(['east', 'north', 'west']) as { east: Manifest[]; north: Manifest[]; west: Manifest[] };
const { north, ...two } = three;
const mtu = (objects: Manifest[], vxlanMTU: number) => withFelix(objects, { vxlanMTU });
const observed = (objects: Manifest[], value: number) =>
  changed(objects, 'Installation', 'default', { status: { mtu: value } });
/** As the operator does it for an MTU of the Installation; the second variable where IPv6 addresses are detected (node.go, v1.42). */
const forced = (objects: Manifest[], value: number, variables = ['FELIX_VXLANMTU']) =>
  changed(
    withEnvironment(objects, Object.fromEntries(variables.map((name) => [name, String(value)]))),
    'Installation',
    'default',
    { spec: { calicoNetwork: { mtu: value } } },
  );
const BOTH = ['FELIX_VXLANMTU', 'FELIX_VXLANMTUV6'];
const ipv6 = (objects: Manifest[], vxlanMTUV6: number) => [
  ...withFelix(objects, { vxlanMTUV6 }),
  ipPool('v6', 'fd00:10::/64', { vxlanMode: 'Always' }),
];

testRule(rule, [
  { title: 'passes where all leave it to Felix', clusters: three, verdict: 'pass' },
  {
    title: 'passes where a 0 is written out or comes from a ConfigMap',
    clusters: { east: mtu(two.east, 0), west: [...withReference(two.west, 'FELIX_VXLANMTU'), calicoConfig('0')] },
    verdict: 'pass',
  },
  {
    title: 'fails where two clusters fix different values',
    clusters: { east: mtu(two.east, 1450), west: mtu(two.west, 1410) },
    verdict: 'fail',
    says: ['differs'],
    blames: ['east west'],
  },
  {
    title: 'warns where one fixes what the other leaves to Felix',
    clusters: { ...two, west: mtu(two.west, 1410) },
    verdict: 'warn',
    says: ['automatic'],
    at: ['west FelixConfiguration/default spec.vxlanMTU'],
    text: ['vxlanMTU is 1410 in west, but 0 (automatic) in east'],
  },
  {
    title: 'fails where clusters fix different values though most leave it to Felix',
    clusters: {
      ...healthyMesh(['a', 'b', 'c']),
      east: mtu(two.east, 1450),
      west: mtu(two.west, 1410),
    },
    verdict: { a: 'pass', b: 'pass', c: 'pass', east: 'fail', west: 'fail' },
    says: ['differs'],
    blames: ['east west'],
  },
  {
    title: 'points at the DaemonSet where the operator derives it from the Installation',
    clusters: { east: mtu(three.east, 1450), north: mtu(north, 1450), west: forced(three.west, 1410) },
    verdict: { east: 'pass', north: 'pass', west: 'fail' },
    says: ['differs'],
    at: ['west DaemonSet/calico-node spec.template.spec.containers[0].env[1].value'],
  },
  {
    title: 'fails where two clusters fix different values for IPv6, be there no IPv6 pool',
    clusters: { east: withFelix(two.east, { vxlanMTUV6: 1430 }), west: withFelix(two.west, { vxlanMTUV6: 1400 }) },
    verdict: 'fail',
    says: ['differs'],
    at: ['east FelixConfiguration/default spec.vxlanMTUV6'],
    text: ['vxlanMTUV6 is 1430 in east, but 1400 in west'],
  },
  {
    title: 'warns where one fixes for IPv6 what the others leave to Felix',
    clusters: { ...three, west: withFelix(three.west, { vxlanMTUV6: 1400 }) },
    verdict: { east: 'pass', north: 'pass', west: 'warn' },
    says: ['automatic'],
    text: ['vxlanMTUV6 is 1400 in west, but 0 (automatic) in east and north'],
  },
  {
    title: 'gives one finding for each family that is set by itself',
    clusters: { ...three, west: withFelix(three.west, { vxlanMTU: 1410, vxlanMTUV6: 1410 }) },
    verdict: { east: 'pass', north: 'pass', west: 'warn' },
    says: ['automatic', 'automatic'],
  },
  {
    title: 'gives one finding where the Installation sets both families',
    clusters: { east: forced(two.east, 1450, BOTH), west: forced(two.west, 1410, BOTH) },
    verdict: 'fail',
    says: ['differs'],
    text: ['vxlanMTU is 1450 in east, but 1410 in west'],
  },
  {
    title: 'judges the IPv6 value where there are IPv6 VXLAN pools',
    clusters: { east: ipv6(two.east, 1430), west: ipv6(two.west, 1400) },
    verdict: 'fail',
    says: ['differs'],
    text: ['vxlanMTUV6 is 1430 in east, but 1400 in west'],
  },
  {
    title: 'warns where automatic values came to different MTUs',
    clusters: { east: observed(three.east, 1450), north: observed(north, 1450), west: observed(three.west, 8951) },
    verdict: { east: 'pass', north: 'pass', west: 'warn' },
    says: ['observed'],
    blames: ['west'],
    at: ['west Installation/default status.mtu'],
  },
  {
    title: 'warns of observed MTUs beside an IPv6 value that explains none of them',
    clusters: { east: observed(two.east, 1450), west: observed(withFelix(two.west, { vxlanMTUV6: 1400 }), 8951) },
    verdict: 'warn',
    says: ['automatic', 'observed'],
  },
  {
    title: 'gives one finding where the fixed value explains the observed one',
    clusters: { east: observed(two.east, 1450), west: observed(mtu(two.west, 1410), 1410) },
    verdict: 'warn',
    says: ['automatic'],
  },
  {
    title: 'a ConfigMap that was not read leaves it open',
    clusters: { ...two, west: withReference(two.west, 'FELIX_VXLANMTU') },
    verdict: 'unknown',
    says: ['open'],
  },
  {
    title: 'is unknown without FelixConfigurations',
    clusters: { ...two, west: without(two.west, 'FelixConfiguration') },
    verdict: 'unknown',
    says: ['missingInput'],
  },
]);

// Tests of the rule felix-wireguard-enabled-equal.

import rule from '../../rules/felix-wireguard-enabled-equal.ts';
import { withFelix, withOverride, withReference } from '../kit/felix.ts';
import { changed, healthyMesh, type Manifest, without } from '../kit/objects.ts';
import { testRule } from '../kit/test-rule.ts';

const three = healthyMesh(['east', 'north', 'west']) as { east: Manifest[]; north: Manifest[]; west: Manifest[] };
const on = (objects: Manifest[]) => withFelix(objects, { wireguardEnabled: true });
const encrypted = { east: on(three.east), north: on(three.north), west: on(three.west) };
const withoutVxlan = (objects: Manifest[]) =>
  changed(objects, 'IPPool', 'default-ipv4-ippool', { spec: { vxlanMode: 'Never' } });

testRule(rule, [
  { title: 'passes where it is on everywhere', clusters: encrypted, verdict: 'pass' },
  { title: 'is not applicable where it is off', clusters: three, verdict: 'not-applicable' },
  {
    title: 'is not applicable where one cluster alone has it',
    clusters: { ...three, west: on(three.west) },
    verdict: 'not-applicable',
  },
  {
    title: 'is not applicable up to 3.20',
    clusters: { ...encrypted, west: three.west },
    options: { calicoVersion: '3.20' },
    verdict: 'not-applicable',
  },
  {
    title: 'warns where VXLAN is there to fall back to',
    clusters: { ...encrypted, west: three.west },
    verdict: { east: 'pass', north: 'pass', west: 'warn' },
    says: ['fallsBack'],
    blames: ['west'],
    at: ['west FelixConfiguration/default spec.wireguardEnabled'],
    text: ['wireguardEnabled is false in west, but true in east and north'],
  },
  {
    title: 'fails where WireGuard is the only overlay that could be common',
    clusters: { ...encrypted, west: withoutVxlan(three.west) },
    verdict: { east: 'pass', north: 'pass', west: 'fail' },
    says: ['differs'],
    blames: ['west'],
  },
  {
    title: 'cannot tell how bad it is without the pools',
    clusters: { ...encrypted, west: without(three.west, 'IPPool') },
    verdict: { east: 'pass', north: 'pass', west: 'unknown' },
    says: ['fallsBack', 'missingInput'],
  },
  {
    title: 'warns of nodes that are left out',
    clusters: { ...encrypted, west: withOverride(on(three.west), 'node.west-node-1', { wireguardEnabled: false }) },
    verdict: { east: 'pass', north: 'pass', west: 'warn' },
    says: ['someNodes'],
    at: ['west FelixConfiguration/node.west-node-1 spec.wireguardEnabled'],
  },
  {
    title: 'judges IPv6 by itself',
    clusters: {
      east: withFelix(three.east, { wireguardEnabled: true, wireguardEnabledV6: true }),
      north: withFelix(three.north, { wireguardEnabled: true, wireguardEnabledV6: true }),
      west: on(three.west),
    },
    verdict: { east: 'pass', north: 'pass', west: 'warn' },
    says: ['fallsBack'],
    at: ['west FelixConfiguration/default spec.wireguardEnabledV6'],
  },
  {
    title: 'a reference that was not read leaves it open, whatever stands if it sets nothing',
    clusters: { ...encrypted, west: withReference(three.west, 'FELIX_WIREGUARDENABLED') },
    verdict: { east: 'pass', north: 'pass', west: 'unknown' },
    says: ['fallsBack', 'open'],
    text: [
      'calico-node of west takes settings from key value of ConfigMap calico-system/calico-config, which was not read',
    ],
  },
  {
    title: 'is unknown while nothing tells whether a second cluster has it',
    clusters: { east: on(three.east), west: without(three.west, 'FelixConfiguration') },
    verdict: 'unknown',
    says: ['missingInput', 'undecided'],
  },
  {
    title: 'is unknown without the DaemonSets, whose environment could turn it on',
    clusters: { east: without(three.east, 'DaemonSet'), west: without(three.west, 'DaemonSet') },
    verdict: 'unknown',
    says: ['missingInput', 'missingInput'],
  },
  {
    title: 'is unknown for one cluster alone, whether it is on there or not',
    clusters: { east: three.east },
    verdict: 'unknown',
    says: ['nothingToCompare'],
  },
]);

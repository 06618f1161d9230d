// Tests of the rule felix-vxlan-port-vni-equal.

import rule from '../../rules/felix-vxlan-port-vni-equal.ts';
import { withEnvironment, withFelix, withOverride, withReference } from '../kit/felix.ts';
import { changed, healthyMesh, type Manifest, without } from '../kit/objects.ts';
import { testRule } from '../kit/test-rule.ts';

const three = healthyMesh(['east', 'north', 'west']) as { east: Manifest[]; north: Manifest[]; west: Manifest[] };
const { north, ...two } = three;
const four = healthyMesh(['a', 'b', 'c', 'd']) as { a: Manifest[]; b: Manifest[]; c: Manifest[]; d: Manifest[] };
const withoutVxlan = (objects: Manifest[]) =>
  changed(objects, 'IPPool', 'default-ipv4-ippool', { spec: { vxlanMode: 'Never' } });

testRule(rule, [
  { title: 'passes where nobody sets anything', clusters: three, verdict: 'pass' },
  {
    title: 'passes where the operator wrote the defaults into some clusters',
    clusters: { ...three, west: withFelix(three.west, { vxlanVNI: 4096, vxlanPort: 4789 }) },
    verdict: 'pass',
  },
  {
    title: 'passes where all agree on other values, written in different bases and places',
    clusters: {
      east: withEnvironment(two.east, { FELIX_VXLANVNI: '0x2710' }),
      west: withFelix(two.west, { vxlanVNI: 10000 }),
    },
    verdict: 'pass',
  },
  {
    title: 'gives one finding per parameter for one odd cluster',
    clusters: { ...three, west: withFelix(three.west, { vxlanPort: 8472, vxlanVNI: 10000 }) },
    verdict: { east: 'pass', north: 'pass', west: 'fail' },
    says: ['differs', 'differs'],
    blames: ['west', 'west'],
    at: ['west FelixConfiguration/default spec.vxlanPort', 'west FelixConfiguration/default spec.vxlanVNI'],
    text: ['vxlanPort is 8472 in west, but 4789 in east and north'],
  },
  {
    title: 'gives one finding per odd value where most agree',
    clusters: { ...four, c: withFelix(four.c, { vxlanPort: 1 }), d: withFelix(four.d, { vxlanPort: 2 }) },
    verdict: { a: 'pass', b: 'pass', c: 'fail', d: 'fail' },
    says: ['differs', 'differs'],
    blames: ['c', 'd'],
  },
  {
    title: 'gives one finding for all where no value has more clusters',
    clusters: { ...four, c: withFelix(four.c, { vxlanPort: 2 }), d: withFelix(four.d, { vxlanPort: 2 }) },
    verdict: 'fail',
    says: ['differs'],
    blames: ['a b c d'],
    at: ['c FelixConfiguration/default spec.vxlanPort'],
    text: ['vxlanPort is 2 in c and d, but 4789 in a and b'],
  },
  {
    title: 'names the environment, not the FelixConfiguration that it outranks',
    clusters: {
      ...two,
      west: withEnvironment(withFelix(two.west, { vxlanPort: 4789 }), { felix_vxlanport: '8472' }),
    },
    verdict: 'fail',
    says: ['differs'],
    at: ['west DaemonSet/calico-node spec.template.spec.containers[0].env[1].value'],
  },
  {
    title: 'ignores a variable that Felix does not know',
    clusters: { ...two, west: withEnvironment(two.west, { FELIX_VXLAN_PORT: '8472', FELIX_VXLANVNI: '' }) },
    verdict: 'pass',
  },
  {
    title: 'gives one finding for equal overrides of several nodes',
    clusters: {
      ...two,
      west: withOverride(withOverride(two.west, 'node.west-node-1', { vxlanPort: 8472 }), 'node.west-node-2', {
        vxlanPort: 8472,
      }),
    },
    verdict: { east: 'pass', west: 'fail' },
    says: ['differs'],
    blames: ['west'],
    at: ['west FelixConfiguration/node.west-node-1 spec.vxlanPort'],
  },
  {
    title: 'leaves an override alone that gives a node of an odd cluster the right value',
    clusters: {
      ...three,
      west: withOverride(withFelix(three.west, { vxlanPort: 8472 }), 'node.west-node-1', { vxlanPort: 4789 }),
    },
    verdict: { east: 'pass', north: 'pass', west: 'fail' },
    says: ['differs'],
    at: ['west FelixConfiguration/default spec.vxlanPort'],
  },
  {
    title: 'a value that Felix cannot read is its built-in default',
    clusters: {
      east: withFelix(two.east, { vxlanPort: 8472 }),
      west: withEnvironment(withFelix(two.west, { vxlanPort: 8472 }), { FELIX_VXLANPORT: '8472/udp' }),
    },
    verdict: 'fail',
    says: ['differs'],
    at: ['east FelixConfiguration/default spec.vxlanPort'],
    text: ['vxlanPort is 8472 in east, but 4789 in west'],
  },
  {
    title: 'a reference that was not read leaves its parameter open',
    clusters: { ...three, west: withReference(three.west, 'FELIX_VXLANVNI') },
    verdict: { east: 'pass', north: 'pass', west: 'unknown' },
    says: ['open'],
    text: [
      'what takes effect in west cannot be told: FELIX_VXLANVNI comes from key value of ConfigMap calico-system/calico-config',
    ],
  },
  {
    title: 'explicit values fail without the DaemonSet',
    clusters: { ...two, west: without(withFelix(two.west, { vxlanPort: 8472 }), 'DaemonSet') },
    verdict: 'fail',
    says: ['differs', 'missingInput'],
    text: ['the DaemonSet calico-node of west could still change that and was not read'],
  },
  {
    title: 'is not applicable where fewer than two clusters have a VXLAN pool',
    clusters: { east: withFelix(two.east, { vxlanPort: 8472 }), west: withoutVxlan(two.west) },
    verdict: 'not-applicable',
  },
  {
    title: 'VXLAN is always used up to 3.20',
    clusters: { east: withFelix(two.east, { vxlanPort: 8472 }), west: withoutVxlan(two.west) },
    options: { calicoVersion: '3.20' },
    verdict: 'fail',
    says: ['differs'],
  },
  {
    title: 'is unknown while the pools that decide were not read',
    clusters: { east: withFelix(two.east, { vxlanPort: 8472 }), west: without(two.west, 'IPPool') },
    verdict: 'unknown',
    says: ['missingInput', 'undecided'],
  },
  {
    title: 'is unknown for one cluster alone, whether it has a VXLAN pool or not',
    clusters: { east: withoutVxlan(two.east) },
    verdict: 'unknown',
    says: ['nothingToCompare'],
  },
]);

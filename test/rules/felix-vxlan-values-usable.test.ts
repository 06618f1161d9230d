// Tests of the rule felix-vxlan-values-usable.

import rule from '../../rules/felix-vxlan-values-usable.ts';
import { withEnvironment, withFelix } from '../kit/felix.ts';
import { changed, healthyMesh, type Manifest, without } from '../kit/objects.ts';
import { testRule } from '../kit/test-rule.ts';

const two = healthyMesh(['east', 'west']) as { east: Manifest[]; west: Manifest[] };
const both = (spec: Record<string, unknown>) => ({ east: withFelix(two.east, spec), west: withFelix(two.west, spec) });
const withoutVxlan = (objects: Manifest[]) =>
  changed(objects, 'IPPool', 'default-ipv4-ippool', { spec: { vxlanMode: 'Never' } });

testRule(rule, [
  { title: 'passes with the defaults', clusters: two, verdict: 'pass' },
  { title: 'passes with another port', clusters: both({ vxlanPort: 8472, vxlanVNI: 16777215 }), verdict: 'pass' },
  {
    title: 'warns of zeros, one finding for all clusters that have it',
    clusters: both({ vxlanPort: 0, vxlanVNI: 0 }),
    verdict: 'warn',
    says: ['zero', 'zero'],
    blames: ['east west', 'east west'],
    at: ['east FelixConfiguration/default spec.vxlanPort', 'east FelixConfiguration/default spec.vxlanVNI'],
    text: ['vxlanPort is 0 in east and west, which stands for the default of the kernel and not for 4789'],
  },
  {
    title: 'warns of numbers that are too large',
    clusters: both({ vxlanPort: 99999, vxlanVNI: 16777216 }),
    verdict: 'warn',
    says: ['range', 'range'],
  },
  {
    title: 'says nothing of a value that is at odds with the mesh anyway',
    clusters: { ...two, west: withFelix(two.west, { vxlanPort: 0 }) },
    verdict: 'pass',
  },
  {
    title: 'warns of the port of egress gateways',
    clusters: both({ vxlanPort: 4790 }),
    verdict: 'warn',
    says: ['egress'],
  },
  {
    title: 'takes the port of egress gateways as it is set',
    clusters: {
      east: withEnvironment(withFelix(two.east, { vxlanPort: 4790 }), { FELIX_EGRESSIPVXLANPORT: '4791' }),
      west: withFelix(two.west, { vxlanPort: 4790, egressIPVXLANPort: 4791 }),
    },
    verdict: 'pass',
  },
  {
    title: 'notes nodes of other clusters in externalNodesList',
    clusters: { ...two, west: withFelix(two.west, { externalNodesList: ['192.168.0.0/16', '10.1.0.0/16'] }) },
    verdict: 'pass',
    says: ['listed'],
    at: ['west FelixConfiguration/default spec.externalNodesList'],
    text: ['externalNodesList of west holds 10.1.0.0/16, with node east-node-1 of east'],
  },
  {
    title: 'is not applicable without VXLAN',
    clusters: { east: withFelix(two.east, { vxlanPort: 0 }), west: withoutVxlan(two.west) },
    verdict: 'not-applicable',
  },
  {
    title: 'is unknown without the DaemonSet',
    clusters: { ...two, west: without(two.west, 'DaemonSet') },
    verdict: 'unknown',
    says: ['missingInput'],
  },
]);

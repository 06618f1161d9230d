// Tests of the rule felix-vxlan-settings-effective.

import rule from '../../rules/felix-vxlan-settings-effective.ts';
import { calicoConfig, withEnvironment, withFelix, withOverride, withReference } from '../kit/felix.ts';
import { changed, healthyMesh, type Manifest, without } from '../kit/objects.ts';
import { testRule } from '../kit/test-rule.ts';

const two = healthyMesh(['east', 'west']) as { east: Manifest[]; west: Manifest[] };
const withoutVxlan = (objects: Manifest[]) =>
  changed(objects, 'IPPool', 'default-ipv4-ippool', { spec: { vxlanMode: 'Never' } });

testRule(rule, [
  { title: 'passes with the defaults', clusters: two, verdict: 'pass' },
  {
    title: 'passes where the environment sets what no FelixConfiguration does',
    clusters: { ...two, west: withEnvironment(two.west, { FELIX_VXLANMTU: '1450' }) },
    verdict: 'pass',
  },
  {
    title: 'warns of a FelixConfiguration that the environment outranks',
    clusters: { ...two, west: withEnvironment(withFelix(two.west, { vxlanPort: 8472 }), { FELIX_VXLANPORT: '4789' }) },
    verdict: { east: 'pass', west: 'warn' },
    says: ['outranked'],
    at: ['west DaemonSet/calico-node spec.template.spec.containers[0].env[1].value'],
    text: ['FELIX_VXLANPORT sets vxlanPort of west to 4789, so 8472 in FelixConfiguration default has no effect'],
  },
  {
    title: 'leaves that to the finding about a value at odds with the mesh',
    clusters: { ...two, west: withEnvironment(withFelix(two.west, { vxlanPort: 4789 }), { FELIX_VXLANPORT: '8472' }) },
    verdict: 'pass',
  },
  {
    title: 'notes what is said twice',
    clusters: {
      ...two,
      west: [...withFelix(withReference(two.west, 'FELIX_VXLANVNI'), { vxlanVNI: 4096 }), calicoConfig('0x1000')],
    },
    verdict: 'pass',
    says: ['restated'],
    at: ['west ConfigMap/calico-config data.value'],
  },
  {
    title: 'warns of a value that Felix cannot read',
    clusters: { ...two, west: withEnvironment(two.west, { FELIX_VXLANPORT: '4789/udp' }) },
    verdict: { east: 'pass', west: 'warn' },
    says: ['unreadable'],
    text: ['FELIX_VXLANPORT sets vxlanPort of west to 4789/udp, which Felix cannot read, so 4789 takes effect'],
  },
  {
    title: 'warns of two selectors for one node',
    clusters: {
      ...two,
      west: withOverride(withOverride(two.west, 'first', { vxlanPort: 4789, nodeSelector: 'all()' }), 'second', {
        vxlanVNI: 4096,
        nodeSelector: 'all()',
      }),
    },
    verdict: { east: 'pass', west: 'warn' },
    says: ['contested'],
    text: [
      'FelixConfiguration second and FelixConfiguration first select the same nodes of west, west-node-1 and west-node-2',
    ],
  },
  {
    title: 'says nothing of selectors that set other things',
    clusters: {
      ...two,
      west: withOverride(
        withOverride(two.west, 'first', { routeSource: 'CalicoIPAM', nodeSelector: 'all()' }),
        'second',
        { nodeSelector: 'all()' },
      ),
    },
    verdict: 'pass',
  },
  {
    title: 'fails a nodeSelector where none is allowed',
    clusters: { ...two, west: withFelix(two.west, { vxlanPort: 4789, nodeSelector: 'all()' }) },
    verdict: { east: 'pass', west: 'fail' },
    says: ['refused'],
    at: ['west FelixConfiguration/default spec.nodeSelector'],
  },
  {
    title: 'notes an override for a node that does not exist, and one that changes nothing',
    clusters: {
      ...two,
      west: withOverride(withOverride(two.west, 'node.gone', { vxlanPort: 8472 }), 'node.west-node-1', {
        vxlanVNI: 4096,
      }),
    },
    verdict: 'pass',
    says: ['idle', 'idle'],
    text: ['there is no node gone', 'it says what holds there anyway'],
  },
  {
    title: 'notes a selector that selects nothing',
    clusters: {
      ...two,
      west: withOverride(withOverride(two.west, 'unselected', { vxlanPort: 8472 }), 'misspelled', {
        vxlanPort: 8472,
        nodeSelector: 'zone=edge',
      }),
    },
    verdict: 'pass',
    says: ['idle', 'idle'],
    text: ['it has no nodeSelector', 'its nodeSelector is no selector'],
  },
  {
    title: 'notes names that Felix does not know',
    clusters: { ...two, west: withEnvironment(two.west, { FELIX_VXLAN_PORT: '8472' }) },
    verdict: 'pass',
    says: ['ignored'],
    text: ['Felix ignores FELIX_VXLAN_PORT of west; FELIX_VXLANPORT would set vxlanPort, which is 4789'],
  },
  {
    title: 'warns of vxlanEnabled false in a FelixConfiguration that the environment outranks',
    clusters: {
      ...two,
      west: withEnvironment(withFelix(two.west, { vxlanEnabled: false }), { FELIX_VXLANENABLED: 'yes' }),
    },
    verdict: { east: 'pass', west: 'warn' },
    says: ['outranked'],
    at: ['west DaemonSet/calico-node spec.template.spec.containers[0].env[1].value'],
  },
  {
    title: 'is not applicable without VXLAN',
    clusters: { east: withEnvironment(two.east, { FELIX_VXLANPORT: 'x' }), west: withoutVxlan(two.west) },
    verdict: 'not-applicable',
  },
  {
    title: 'is unknown without FelixConfigurations',
    clusters: { ...two, west: without(two.west, 'FelixConfiguration') },
    verdict: 'unknown',
    says: ['missingInput'],
  },
]);

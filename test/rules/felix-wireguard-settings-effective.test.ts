// Tests of the rule felix-wireguard-settings-effective.

import rule from '../../rules/felix-wireguard-settings-effective.ts';
import { calicoConfig, withEnvironment, withFelix, withOverride, withReference } from '../kit/felix.ts';
import { healthyMesh, type Manifest, without } from '../kit/objects.ts';
import { testRule } from '../kit/test-rule.ts';

const plain = healthyMesh(['east', 'west']) as { east: Manifest[]; west: Manifest[] };
const two = {
  east: withFelix(plain.east, { wireguardEnabled: true }),
  west: withFelix(plain.west, { wireguardEnabled: true }),
};

testRule(rule, [
  { title: 'passes with the defaults', clusters: two, verdict: 'pass' },
  {
    title: 'passes where the environment sets what no FelixConfiguration does',
    clusters: { ...two, west: withEnvironment(two.west, { FELIX_WIREGUARDMTU: '1450' }) },
    verdict: 'pass',
  },
  {
    title: 'warns of a FelixConfiguration that the environment outranks',
    clusters: {
      ...two,
      west: withEnvironment(withFelix(two.west, { wireguardListeningPort: 51821 }), {
        FELIX_WIREGUARDLISTENINGPORT: '51820',
      }),
    },
    verdict: { east: 'pass', west: 'warn' },
    says: ['outranked'],
    at: ['west DaemonSet/calico-node spec.template.spec.containers[0].env[1].value'],
    text: [
      'FELIX_WIREGUARDLISTENINGPORT sets wireguardListeningPort of west to 51820, so 51821 in FelixConfiguration default has no effect',
    ],
  },
  {
    title: 'leaves that to the finding about a value at odds with the mesh',
    clusters: {
      ...two,
      west: withEnvironment(withFelix(two.west, { wireguardListeningPort: 51820 }), {
        FELIX_WIREGUARDLISTENINGPORT: '51821',
      }),
    },
    verdict: 'pass',
  },
  {
    title: 'notes what is said twice',
    clusters: {
      ...two,
      west: [
        ...withFelix(withReference(two.west, 'FELIX_WIREGUARDROUTINGRULEPRIORITY'), {
          wireguardRoutingRulePriority: 99,
        }),
        calicoConfig('0x63'),
      ],
    },
    verdict: 'pass',
    says: ['restated'],
    at: ['west ConfigMap/calico-config data.value'],
  },
  {
    title: 'warns of a value that Felix cannot read',
    clusters: { ...two, west: withEnvironment(two.west, { FELIX_WIREGUARDLISTENINGPORT: '51820/udp' }) },
    verdict: { east: 'pass', west: 'warn' },
    says: ['unreadable'],
    text: [
      'FELIX_WIREGUARDLISTENINGPORT sets wireguardListeningPort of west to 51820/udp, which Felix cannot read, so 51820 takes effect',
    ],
  },
  {
    title: 'warns of two selectors for one node',
    clusters: {
      ...two,
      west: withOverride(
        withOverride(two.west, 'first', { wireguardListeningPort: 51820, nodeSelector: 'all()' }),
        'second',
        { wireguardRoutingRulePriority: 99, nodeSelector: 'all()' },
      ),
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
    clusters: { ...two, west: withFelix(two.west, { wireguardListeningPort: 51820, nodeSelector: 'all()' }) },
    verdict: { east: 'pass', west: 'fail' },
    says: ['refused'],
    at: ['west FelixConfiguration/default spec.nodeSelector'],
  },
  {
    title: 'notes an override for a node that does not exist, and one that changes nothing',
    clusters: {
      ...two,
      west: withOverride(withOverride(two.west, 'node.gone', { wireguardListeningPort: 51821 }), 'node.west-node-1', {
        wireguardRoutingRulePriority: 99,
      }),
    },
    verdict: 'pass',
    says: ['idle', 'idle'],
    text: ['there is no node gone', 'it says what holds there anyway'],
  },
  {
    title: 'notes names that Felix does not know',
    clusters: { ...two, west: withEnvironment(two.west, { FELIX_WIREGUARD_LISTENINGPORT: '51821' }) },
    verdict: 'pass',
    says: ['ignored'],
    text: [
      'Felix ignores FELIX_WIREGUARD_LISTENINGPORT of west; FELIX_WIREGUARDLISTENINGPORT would set wireguardListeningPort, which is 51820',
    ],
  },
  {
    title: 'is not applicable where WireGuard is off',
    clusters: plain,
    verdict: 'not-applicable',
  },
  {
    title: 'is unknown without FelixConfigurations',
    clusters: { ...two, west: without(two.west, 'FelixConfiguration') },
    verdict: 'unknown',
    says: ['missingInput'],
  },
]);

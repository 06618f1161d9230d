// Tests of the rule felix-wireguard-settings-equal.

import rule from '../../rules/felix-wireguard-settings-equal.ts';
import { calicoConfig, withEnvironment, withFelix, withOverride, withReference } from '../kit/felix.ts';
import { changed, healthyMesh, type Manifest, without } from '../kit/objects.ts';
import { testRule } from '../kit/test-rule.ts';

const three = healthyMesh(['east', 'north', 'west']) as { east: Manifest[]; north: Manifest[]; west: Manifest[] };
const on = (objects: Manifest[], spec: Record<string, unknown> = {}) =>
  withFelix(objects, { wireguardEnabled: true, ...spec });
const { south = [] } = healthyMesh(['east', 'north', 'south', 'west']);
const encrypted = { east: on(three.east), north: on(three.north), west: on(three.west) };

const onAks = (objects: Manifest[], spec: Record<string, unknown>) =>
  changed(on(objects, spec), 'Installation', 'default', { spec: { kubernetesProvider: 'AKS' } });

/** As the operator does it for an MTU of the Installation. */
const derived = (objects: Manifest[], mtu: number) =>
  changed(
    withEnvironment(objects, { FELIX_WIREGUARDMTU: String(mtu), FELIX_WIREGUARDMTUV6: String(mtu) }),
    'Installation',
    'default',
    { spec: { calicoNetwork: { mtu } } },
  );

testRule(rule, [
  { title: 'passes with the defaults', clusters: encrypted, verdict: 'pass' },
  {
    title: 'passes where defaults are written out in any form',
    clusters: {
      ...encrypted,
      east: withEnvironment(encrypted.east, { FELIX_WIREGUARDPERSISTENTKEEPALIVE: '25' }),
      north: on(three.north, { wireguardKeepAlive: '25s' }),
      west: on(three.west, { wireguardKeepAlive: '0m25s', wireguardListeningPort: 51820 }),
    },
    verdict: 'pass',
  },
  {
    title: 'fails where the listening port differs',
    clusters: { ...encrypted, west: on(three.west, { wireguardListeningPort: 51821 }) },
    verdict: { east: 'pass', north: 'pass', west: 'fail' },
    says: ['differs'],
    blames: ['west'],
    at: ['west FelixConfiguration/default spec.wireguardListeningPort'],
    text: ['wireguardListeningPort is 51821 in west, but 51820 in east and north'],
  },
  {
    title: 'fails where it differs on one node',
    clusters: { ...encrypted, west: withOverride(encrypted.west, 'node.west-node-1', { wireguardListeningPort: 1 }) },
    verdict: { east: 'pass', north: 'pass', west: 'fail' },
    says: ['differs'],
    at: ['west FelixConfiguration/node.west-node-1 spec.wireguardListeningPort'],
  },
  {
    title: 'warns of every other setting that differs',
    clusters: {
      ...encrypted,
      west: on(three.west, { wireguardMTU: 1400, wireguardKeepAlive: '25s', wireguardInterfaceName: 'mesh.cali' }),
    },
    verdict: { east: 'pass', north: 'pass', west: 'warn' },
    says: ['unequal', 'unequal', 'unequal'],
    text: ['wireguardKeepAlive is 25s in west, but 0s in east and north'],
  },
  {
    title: 'leaves it to another rule where all that differs is an MTU that is too large for AKS',
    clusters: { ...encrypted, west: onAks(three.west, { wireguardMTU: 1440 }) },
    verdict: 'pass',
  },
  {
    title: 'warns of an MTU on AKS that is not too large',
    clusters: { ...encrypted, west: onAks(three.west, { wireguardMTU: 1340 }) },
    verdict: { east: 'pass', north: 'pass', west: 'warn' },
    says: ['unequal'],
  },
  {
    title: 'warns where clusters differ beside the one on AKS',
    clusters: {
      ...encrypted,
      north: on(three.north, { wireguardMTU: 1400 }),
      west: onAks(three.west, { wireguardMTU: 1440 }),
    },
    verdict: 'warn',
    says: ['unequal'],
    blames: ['east north west'],
  },
  {
    title: 'shows what the operator writes on AKS and EKS',
    clusters: { ...encrypted, west: withEnvironment(encrypted.west, { FELIX_WIREGUARDHOSTENCRYPTIONENABLED: 'true' }) },
    verdict: { east: 'pass', north: 'pass', west: 'warn' },
    says: ['unequal'],
    at: ['west DaemonSet/calico-node spec.template.spec.containers[0].env[1].value'],
  },
  {
    title: 'judges a cluster where WireGuard is off by the same settings',
    clusters: {
      ...encrypted,
      south: withFelix(south, { wireguardListeningPort: 51900 }),
      west: withFelix(three.west, { wireguardKeepAlive: '25s' }),
    },
    verdict: { east: 'pass', north: 'pass', south: 'fail', west: 'warn' },
    says: ['differs', 'unequal'],
    blames: ['south', 'west'],
    at: [
      'south FelixConfiguration/default spec.wireguardListeningPort',
      'west FelixConfiguration/default spec.wireguardKeepAlive',
    ],
  },
  {
    title: 'fails a cluster that leaves the port to its default where the others have another',
    clusters: {
      east: on(three.east, { wireguardListeningPort: 51900 }),
      north: on(three.north, { wireguardListeningPort: 51900 }),
      west: three.west,
    },
    verdict: { east: 'pass', north: 'pass', west: 'fail' },
    says: ['differs'],
    text: ['wireguardListeningPort is 51820 in west, but 51900 in east and north'],
  },
  {
    title: 'leaves a cluster where WireGuard is off open too',
    clusters: {
      ...encrypted,
      south: withReference(south, 'FELIX_WIREGUARDLISTENINGPORT'),
      west: without(three.west, 'DaemonSet'),
    },
    verdict: { east: 'pass', north: 'pass', south: 'unknown', west: 'unknown' },
    says: ['open', 'missingInput'],
  },
  {
    title: 'fails a cluster where WireGuard is off by what was read of it',
    clusters: {
      ...encrypted,
      west: without(withFelix(three.west, { wireguardEnabled: false, wireguardListeningPort: 51900 }), 'DaemonSet'),
    },
    verdict: { east: 'pass', north: 'pass', west: 'fail' },
    says: ['differs', 'missingInput'],
    text: ['the DaemonSet calico-node of west could still change that and was not read'],
  },
  {
    title: 'judges the settings for IPv6 where WireGuard is on for IPv4 only',
    clusters: {
      ...encrypted,
      north: on(three.north, { wireguardListeningPortV6: 51830 }),
      west: on(three.west, { wireguardMTUV6: 1400, wireguardInterfaceNameV6: 'mesh6.cali' }),
    },
    verdict: { east: 'pass', north: 'fail', west: 'warn' },
    says: ['differs', 'unequal', 'unequal'],
    text: ['wireguardListeningPortV6 is 51830 in north, but 51821 in east and west'],
  },
  {
    title: 'judges the settings for IPv4 where WireGuard is on for IPv6 only',
    clusters: {
      east: withFelix(three.east, { wireguardEnabledV6: true }),
      west: withFelix(three.west, { wireguardEnabledV6: true, wireguardListeningPort: 51900 }),
    },
    verdict: 'fail',
    says: ['differs'],
    text: ['wireguardListeningPort is 51900 in west, but 51820 in east'],
  },
  {
    title: 'gives one finding where one key of a ConfigMap sets the MTU of both families',
    clusters: {
      ...encrypted,
      west: [...withReference(encrypted.west, 'FELIX_WIREGUARDMTU', 'FELIX_WIREGUARDMTUV6'), calicoConfig('1400')],
    },
    verdict: { east: 'pass', north: 'pass', west: 'warn' },
    says: ['unequal'],
    at: ['west ConfigMap/calico-config data.value'],
    text: ['wireguardMTU is 1400 in west'],
  },
  {
    title: 'leaves it to another rule where the Installation sets an MTU for both families that is too large for AKS',
    clusters: { ...encrypted, west: derived(onAks(three.west, {}), 1440) },
    verdict: 'pass',
  },
  {
    title: 'leaves it to that rule as well where WireGuard is on for IPv6 only',
    clusters: {
      east: withFelix(three.east, { wireguardEnabledV6: true }),
      west: derived(onAks(three.west, { wireguardEnabled: false, wireguardEnabledV6: true }), 1440),
    },
    verdict: 'pass',
  },
  {
    title: 'judges IPv6 settings where it is on',
    clusters: {
      east: on(three.east, { wireguardEnabledV6: true }),
      west: on(three.west, { wireguardEnabledV6: true, wireguardListeningPortV6: 1 }),
    },
    verdict: 'fail',
    says: ['differs'],
    blames: ['east west'],
  },
  { title: 'is not applicable where WireGuard is off', clusters: three, verdict: 'not-applicable' },
  {
    title: 'a reference that was not read leaves it open',
    clusters: { ...encrypted, west: withReference(encrypted.west, 'FELIX_WIREGUARDMTU') },
    verdict: { east: 'pass', north: 'pass', west: 'unknown' },
    says: ['open'],
  },
  {
    title: 'is unknown without the DaemonSet',
    clusters: { ...encrypted, west: without(encrypted.west, 'DaemonSet') },
    verdict: { east: 'pass', north: 'pass', west: 'unknown' },
    says: ['missingInput'],
  },
]);

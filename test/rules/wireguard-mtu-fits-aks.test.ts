// Tests of the rule wireguard-mtu-fits-aks.

import rule from '../../rules/wireguard-mtu-fits-aks.ts';
import { calicoConfig, withEnvironment, withFelix, withOverride, withReference } from '../kit/felix.ts';
import { changed, healthyMesh, type Manifest, without } from '../kit/objects.ts';
import { testRule } from '../kit/test-rule.ts';

const two = healthyMesh(['east', 'west']) as { east: Manifest[]; west: Manifest[] };
const encrypted = (objects: Manifest[], spec: Record<string, unknown> = {}) =>
  withFelix(objects, { wireguardEnabled: true, ...spec });
const aks = (objects: Manifest[]) =>
  changed(objects, 'Installation', 'default', { spec: { kubernetesProvider: 'AKS' } });
const east = encrypted(two.east);
const onAks = (spec: Record<string, unknown>) => aks(encrypted(two.west, spec));
/** As the operator does it for an MTU of the Installation. */
const derived = (objects: Manifest[], mtu: number) => {
  const text = String(mtu);
  const environment = { FELIX_VXLANMTU: text, FELIX_WIREGUARDMTU: text, FELIX_WIREGUARDMTUV6: text };
  return changed(withEnvironment(objects, environment), 'Installation', 'default', {
    spec: { calicoNetwork: { mtu } },
  });
};

testRule(rule, [
  { title: 'passes on AKS where the MTU is left to Felix', clusters: { east, west: onAks({}) }, verdict: 'pass' },
  {
    title: 'passes on AKS where a 0 is written out, or the MTU is just small enough',
    clusters: { east: aks(encrypted(two.east, { wireguardMTU: 0 })), west: onAks({ wireguardMTU: 1340 }) },
    verdict: 'pass',
  },
  {
    title: 'fails on AKS, not elsewhere, where the MTU is larger',
    clusters: { east: encrypted(two.east, { wireguardMTU: 1440 }), west: onAks({ wireguardMTU: 1440 }) },
    verdict: { east: 'pass', west: 'fail' },
    says: ['large'],
    at: ['west FelixConfiguration/default spec.wireguardMTU'],
    text: ['wireguardMTU is 1440 in west, more than the 1340 that AKS carries in WireGuard'],
  },
  {
    title: 'takes no notice of an MTU for IPv6 where WireGuard is on for IPv4 only',
    clusters: { east, west: onAks({ wireguardMTUV6: 1420 }) },
    verdict: 'pass',
  },
  {
    title: 'takes no notice of it where Felix does not handle IPv6',
    clusters: { east, west: onAks({ wireguardEnabledV6: true, wireguardMTUV6: 1420, ipv6Support: false }) },
    verdict: 'pass',
  },
  {
    title: 'fails for IPv6 already above 1320',
    clusters: { east, west: onAks({ wireguardEnabledV6: true, wireguardMTU: 1340, wireguardMTUV6: 1340 }) },
    verdict: { east: 'pass', west: 'fail' },
    says: ['large'],
    at: ['west FelixConfiguration/default spec.wireguardMTUV6'],
    text: ['wireguardMTUV6 is 1340 in west, more than the 1320 '],
  },
  {
    title: 'gives one finding where the Installation sets both families',
    clusters: { east, west: derived(onAks({ wireguardEnabledV6: true }), 1440) },
    verdict: { east: 'pass', west: 'fail' },
    says: ['large'],
    at: ['west DaemonSet/calico-node spec.template.spec.containers[0].env[2].value'],
  },
  {
    title: 'gives one finding for each family that is set by itself',
    clusters: { east, west: onAks({ wireguardEnabledV6: true, wireguardMTU: 1440, wireguardMTUV6: 1420 }) },
    verdict: { east: 'pass', west: 'fail' },
    says: ['large', 'large'],
  },
  {
    title: 'passes where the larger value is outranked',
    clusters: { east, west: withEnvironment(onAks({ wireguardMTU: 1440 }), { FELIX_WIREGUARDMTU: '1340' }) },
    verdict: 'pass',
  },
  {
    title: 'fails for a single node',
    clusters: { east, west: withOverride(onAks({}), 'node.west-node-2', { wireguardMTU: 1440 }) },
    verdict: { east: 'pass', west: 'fail' },
    says: ['large'],
    at: ['west FelixConfiguration/node.west-node-2 spec.wireguardMTU'],
    text: ['1440 on node west-node-2 of west'],
  },
  {
    title: 'passes where the only node with a larger value does not use WireGuard',
    clusters: {
      east,
      west: withOverride(onAks({}), 'node.west-node-2', { wireguardEnabled: false, wireguardMTU: 1440 }),
    },
    verdict: 'pass',
  },
  {
    title: 'is not applicable where WireGuard is off',
    clusters: { ...two, west: aks(two.west) },
    verdict: 'not-applicable',
  },
  {
    title: 'is not applicable where only the cluster on AKS uses WireGuard',
    clusters: { east: two.east, west: onAks({ wireguardMTU: 1440 }) },
    verdict: 'not-applicable',
  },
  {
    title: 'passes where it cannot be told whether two clusters use WireGuard, which is left open elsewhere',
    clusters: { east: without(two.east, 'FelixConfiguration'), west: onAks({ wireguardMTU: 1440 }) },
    verdict: { east: 'unknown', west: 'pass' },
    says: ['missingInput'],
  },
  {
    title: 'fails without the DaemonSet, and says so',
    clusters: { east, west: without(onAks({ wireguardMTU: 1440 }), 'DaemonSet') },
    verdict: { east: 'pass', west: 'fail' },
    says: ['large', 'missingInput'],
    text: ['in WireGuard, as far as was read: DaemonSet calico-node of west was not'],
  },
  {
    title: 'fails where not all FelixConfigurations were read, and says so',
    clusters: {
      east,
      west: {
        'export.yaml': onAks({ wireguardMTU: 1440 }),
        'felixconfigurations.yaml': [{ apiVersion: 'v1', kind: 'List', metadata: { continue: 'x' }, items: [] }],
      },
    },
    verdict: { east: 'pass', west: 'fail' },
    says: ['large', 'partialInput'],
    text: ['as far as was read: some FelixConfiguration of west was not'],
  },
  {
    title: 'is unknown without the DaemonSet where nothing else sets it',
    clusters: { east, west: without(onAks({}), 'DaemonSet') },
    verdict: { east: 'pass', west: 'unknown' },
    says: ['missingInput'],
  },
  {
    title: 'a ConfigMap that was not read leaves it open on AKS only',
    clusters: {
      east: withReference(east, 'FELIX_WIREGUARDMTU'),
      west: withReference(onAks({}), 'FELIX_WIREGUARDMTU'),
    },
    verdict: { east: 'pass', west: 'unknown' },
    says: ['open'],
  },
  {
    title: 'a ConfigMap that was read settles it',
    clusters: { east, west: [...withReference(onAks({}), 'FELIX_WIREGUARDMTU'), calicoConfig('1440')] },
    verdict: { east: 'pass', west: 'fail' },
    says: ['large'],
    at: ['west ConfigMap/calico-config data.value'],
  },
  {
    title: 'a ConfigMap that was not read opens nothing for a family without WireGuard',
    clusters: { east, west: withReference(onAks({}), 'FELIX_WIREGUARDMTUV6') },
    verdict: 'pass',
  },
]);

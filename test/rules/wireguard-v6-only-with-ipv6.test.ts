// Tests of the rule wireguard-v6-only-with-ipv6.

import rule from '../../rules/wireguard-v6-only-with-ipv6.ts';
import { withEnvironment, withFelix, withOverride, withReference } from '../kit/felix.ts';
import { healthyMesh, type Manifest, without } from '../kit/objects.ts';
import { testRule } from '../kit/test-rule.ts';

const two = healthyMesh(['east', 'west']) as { east: Manifest[]; west: Manifest[] };
const on = (objects: Manifest[], spec: Record<string, unknown> = {}) =>
  withFelix(objects, { wireguardEnabled: true, ...spec });
/** As the operator does it where no IPv6 addresses of nodes are detected. */
const withoutIPv6 = (objects: Manifest[]) => withEnvironment(objects, { FELIX_IPV6SUPPORT: 'false' });
const east = on(two.east);
const both = on(two.west, { wireguardEnabledV6: true });

testRule(rule, [
  {
    title: 'passes where it is on for IPv4 only',
    clusters: { east, west: withoutIPv6(on(two.west)) },
    verdict: 'pass',
  },
  { title: 'says nothing where Felix handles IPv6', clusters: { east, west: both }, verdict: 'pass' },
  {
    title: 'notes it where Felix does not handle IPv6',
    clusters: { east: withoutIPv6(east), west: withoutIPv6(both) },
    verdict: 'pass',
    says: ['idle'],
    blames: ['west'],
    at: ['west FelixConfiguration/default spec.wireguardEnabledV6'],
    text: ['wireguardEnabledV6 is true in west, where ipv6Support is false'],
  },
  {
    title: 'notes it where the FelixConfiguration says so',
    clusters: { east, west: withFelix(both, { ipv6Support: false }) },
    verdict: 'pass',
    says: ['idle'],
  },
  {
    title: 'notes it where the environment says both',
    clusters: {
      east,
      west: withEnvironment(on(two.west), { FELIX_IPV6SUPPORT: 'no', FELIX_WIREGUARDENABLEDV6: 'yes' }),
    },
    verdict: 'pass',
    says: ['idle'],
    at: ['west DaemonSet/calico-node spec.template.spec.containers[0].env[2].value'],
  },
  {
    title: 'notes it on the only node that has IPv6 off',
    clusters: { east, west: withOverride(both, 'node.west-node-2', { ipv6Support: false }) },
    verdict: 'pass',
    says: ['idle'],
    text: ['true on node west-node-2 of west'],
  },
  {
    title: 'says nothing where the only node that has IPv6 off has it off too',
    clusters: {
      east,
      west: withOverride(both, 'node.west-node-2', { ipv6Support: false, wireguardEnabledV6: false }),
    },
    verdict: 'pass',
  },
  {
    title: 'notes it in a mesh that does not use WireGuard, too',
    clusters: { east: two.east, west: withoutIPv6(withFelix(two.west, { wireguardEnabledV6: true })) },
    verdict: 'not-applicable',
    says: ['idle'],
  },
  {
    title: 'says nothing where the DaemonSet, which tells of IPv6, was not read',
    clusters: { east, west: without(withFelix(both, { ipv6Support: false }), 'DaemonSet') },
    verdict: 'pass',
  },
  {
    title: 'says nothing where a ConfigMap that was not read decides about IPv6',
    clusters: { east, west: withReference(both, 'FELIX_IPV6SUPPORT') },
    verdict: 'pass',
  },
]);

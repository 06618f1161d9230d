// Tests of the rule felix-wireguard-values-usable.

import rule from '../../rules/felix-wireguard-values-usable.ts';
import { withFelix, withOverride } from '../kit/felix.ts';
import { changed, healthyMesh, type Manifest, without } from '../kit/objects.ts';
import { testRule } from '../kit/test-rule.ts';

const two = healthyMesh(['east', 'west']) as { east: Manifest[]; west: Manifest[] };
const both = (spec: Record<string, unknown>) => ({
  east: withFelix(two.east, { wireguardEnabled: true, ...spec }),
  west: withFelix(two.west, { wireguardEnabled: true, ...spec }),
});
const controlPlane = (objects: Manifest[]) =>
  changed(objects, 'Node', 'west-node-1', { metadata: { labels: { 'node-role.kubernetes.io/control-plane': '' } } });
const hostEncryption = both({ wireguardHostEncryptionEnabled: true });

testRule(rule, [
  { title: 'passes with the defaults', clusters: both({}), verdict: 'pass' },
  {
    title: 'passes with other names that Felix knows by their end',
    clusters: both({ wireguardInterfaceName: 'mesh.calico', wireguardInterfaceNameV6: 'mesh-v6.cali' }),
    verdict: 'pass',
  },
  {
    title: 'warns of a name with another end',
    clusters: both({ wireguardInterfaceName: 'wg0' }),
    verdict: 'warn',
    says: ['name'],
    blames: ['east west'],
    at: ['east FelixConfiguration/default spec.wireguardInterfaceName'],
  },
  {
    title: 'warns of a port that is none',
    clusters: both({ wireguardListeningPort: 0 }),
    verdict: 'warn',
    says: ['range'],
  },
  {
    title: 'warns of host encryption on control-plane nodes',
    clusters: { ...hostEncryption, west: controlPlane(hostEncryption.west) },
    verdict: { east: 'pass', west: 'warn' },
    says: ['controlPlane'],
    at: ['west FelixConfiguration/default spec.wireguardHostEncryptionEnabled'],
    text: ['control-plane node west-node-1'],
  },
  { title: 'passes host encryption where no control-plane node is', clusters: hostEncryption, verdict: 'pass' },
  {
    title: 'passes host encryption where WireGuard is off on the control plane',
    clusters: {
      ...hostEncryption,
      west: withOverride(controlPlane(hostEncryption.west), 'node.west-node-1', { wireguardEnabled: false }),
    },
    verdict: 'pass',
  },
  {
    title: 'passes host encryption on EKS',
    clusters: {
      ...hostEncryption,
      west: changed(controlPlane(hostEncryption.west), 'Installation', 'default', {
        spec: { kubernetesProvider: 'EKS' },
      }),
    },
    verdict: 'pass',
  },
  { title: 'is not applicable where WireGuard is off', clusters: two, verdict: 'not-applicable' },
  {
    title: 'is unknown without the DaemonSet',
    clusters: { ...hostEncryption, west: without(hostEncryption.west, 'DaemonSet') },
    verdict: 'unknown',
    says: ['missingInput'],
  },
]);

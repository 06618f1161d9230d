// Notes WireGuard for IPv6 that is on where Felix does not handle IPv6. Reads nothing but the mesh.

import { defineRule, fixOf, idleWireguardV6 } from '../src/rule.ts';

export default defineRule({
  id: 'wireguard-v6-only-with-ipv6',
  title: 'WireGuard is on for IPv6 only where Felix handles IPv6',
  requirement: 'aligned-wireguard',
  severity: 'note',
  compares: false,
  needs: [],
  evidence: ['felix', 'installations'],
  docs: {
    why: 'Without IPv6 in Felix there is no WireGuard over IPv6, whatever wireguardEnabledV6 says: nothing is encrypted by it. Felix still leaves room for its header, the largest of all, when it works out the MTU of pods: they get 20 bytes less than WireGuard over IPv4 needs, and 30 less than VXLAN.',
    fix: 'Set wireguardEnabledV6 to false, or remove it. Where pods are meant to have IPv6, configure the detection of IPv6 node addresses in the Installation, from which the operator sets ipv6Support.',
    limits:
      'An MTU that is set explicitly does not change. Clusters of which the settings were not all read are left out.',
    example:
      'spec:\n  wireguardEnabled: true\n  wireguardEnabledV6: true   # remove this line in a cluster without IPv6',
    sources: [
      {
        title: 'Configure MTU: disable unused encapsulations',
        url: 'https://docs.tigera.io/calico-enterprise/latest/networking/configuring/mtu',
        version: '3.23',
      },
      {
        title: 'felix/dataplane/linux/int_dataplane.go: NewIntDataplaneDriver and determinePodMTU',
        url: 'https://github.com/projectcalico/calico/blob/v3.30.0/felix/dataplane/linux/int_dataplane.go',
        version: '3.30',
      },
      {
        title: 'operator pkg/render/node.go: FELIX_IPV6SUPPORT',
        url: 'https://github.com/tigera/operator/blob/release-v1.42/pkg/render/node.go',
        version: '1.42',
      },
    ],
  },
  messages: {
    idle: 'wireguardEnabledV6 is true {where}, where ipv6Support is false, so there is no WireGuard over IPv6',
  },
  *check({ clusters, wireguard }, say) {
    const all = clusters.map(({ name }) => name);
    yield wireguard === 'unused' ? say.notApplicable(all) : say.pass(all);
    for (const { cluster, where, evidence, repair } of idleWireguardV6(clusters)) {
      yield say.finding('idle', { where }, { clusters: [cluster], evidence, fix: fixOf(repair) });
    }
  },
});

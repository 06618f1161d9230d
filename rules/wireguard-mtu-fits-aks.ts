// Judges whether the MTU of WireGuard leaves room for its header on the network of AKS. Reads nothing but the mesh.

import { aksMtuQuestions, defineRule, fixOf, largeAksMtus, settling, toldClusters } from '../src/rule.ts';

export default defineRule({
  id: 'wireguard-mtu-fits-aks',
  title: 'On AKS, the MTU of WireGuard is one that its network carries',
  requirement: 'aligned-wireguard',
  severity: 'error',
  compares: false,
  needs: ['felix', 'calicoNode'],
  evidence: ['installations'],
  docs: {
    why: 'The network of AKS carries packets of 1400 bytes, although the interfaces of its nodes say 1500, and WireGuard does not let its packets be split: larger ones are dropped. Small requests between encrypted nodes work, large transfers hang.',
    fix: 'Set the MTU of the Installation, or wireguardMTU and wireguardMTUV6 of FelixConfiguration default, to 1340 at most, and to 1320 at most where WireGuard is on for IPv6. Give the other clusters of the mesh the same value. Pods that run already keep their MTU until they are restarted.',
    limits:
      'The platform is what the Installation says; without one nothing is known. An automatic MTU (0) passes, although Felix allows for the network of AKS only where it encrypts the traffic of hosts too: set the MTU elsewhere.',
    example:
      'spec:\n  calicoNetwork:\n    mtu: 1340   # 1400 less 60 bytes of WireGuard over IPv4; 1320 for WireGuard over IPv6',
    sources: [
      {
        title: 'Configure MTU: determine the MTU size, AKS',
        url: 'https://docs.tigera.io/calico-enterprise/latest/networking/configuring/mtu#determine-mtu-size',
        version: '3.23',
      },
      {
        title: 'felix/dataplane/linux/int_dataplane.go: ConfigureDefaultMTUs',
        url: 'https://github.com/projectcalico/calico/blob/v3.30.0/felix/dataplane/linux/int_dataplane.go',
        version: '3.30',
      },
    ],
  },
  messages: {
    large: '{parameter} is {value} {where}, more than the {most} that AKS carries in WireGuard{unread}',
    open: 'what takes effect in {cluster} cannot be told: {why}',
  },
  *check({ clusters, wireguard }, say) {
    const all = clusters.map(({ name }) => name);
    if (wireguard !== 'used') return yield wireguard === 'unused' ? say.notApplicable(all) : say.pass(all);
    for (const { cluster, data, evidence, repair } of largeAksMtus(clusters)) {
      yield say.finding('large', data, { clusters: [cluster], evidence, fix: fixOf(repair) });
    }
    const questions = aksMtuQuestions(clusters);
    for (const question of questions) yield say.unknown('open', question.data, settling(question));
    yield say.pass(toldClusters(clusters, questions));
  },
});

// Notes encapsulations that Felix keeps on although no IP pool uses them. Reads nothing but the mesh.

import { defineRule, fixOf, unusedEncapsulations } from '../src/rule.ts';

export default defineRule({
  id: 'unused-encapsulations-off',
  title: 'Felix keeps VXLAN and IPIP on only where an IP pool uses them',
  requirement: 'aligned-vxlan',
  severity: 'note',
  compares: false,
  needs: [],
  evidence: ['felix', 'ipPools', 'installations'],
  docs: {
    why: 'An encapsulation that no pool uses carries nothing, and as nodes get no tunnel addresses for it, it is no fallback either. Felix keeps its device all the same, counts its header in when it works out the MTU of pods, and leaves out optimisations of the eBPF data plane that the encapsulation does not allow.',
    fix: 'Remove vxlanEnabled and ipipEnabled from FelixConfiguration and from the environment of calico-node: the IP pools decide. Older versions of Calico wrote them when the first such pool was made.',
    limits:
      'The largest header decides about the MTU: beside an overlay with a larger one, an unused encapsulation does not change it. Clusters without an overlay, or whose pools or settings were not all read, are left out.',
    example: 'spec:\n  ipipEnabled: true   # remove this line where no pool has an ipipMode but Never',
    sources: [
      {
        title: 'Configure MTU: disable unused encapsulations',
        url: 'https://docs.tigera.io/calico-enterprise/latest/networking/configuring/mtu',
        version: '3.23',
      },
      {
        title: 'Troubleshoot eBPF: poor performance',
        url: 'https://docs.tigera.io/calico-enterprise/latest/operations/ebpf/troubleshoot-ebpf#poor-performance',
        version: '3.23',
      },
      {
        title: 'felix/calc/encapsulation_resolver.go: what turns encapsulations on',
        url: 'https://github.com/projectcalico/calico/blob/v3.30.0/felix/calc/encapsulation_resolver.go',
        version: '3.30',
      },
    ],
  },
  messages: { unused: '{parameter} is true {where}, although no IPPool there uses {encapsulation}' },
  *check(mesh, say) {
    const all = mesh.clusters.map(({ name }) => name);
    yield mesh.vxlan === 'unused' ? say.notApplicable(all) : say.pass(all);
    for (const { cluster, data, evidence, repair } of unusedEncapsulations(mesh)) {
      yield say.finding('unused', data, { clusters: [cluster], evidence, fix: fixOf(repair) });
    }
  },
});

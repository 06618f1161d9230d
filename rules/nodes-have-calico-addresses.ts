// Judges whether every node records the address that tunnels of other clusters lead to. Reads nothing but the mesh.

import {
  at,
  calicoAddress,
  canBeTunnelEnd,
  defineRule,
  type Evidence,
  few,
  kubectl,
  lacking,
  type NodeFacts,
  podFamilies,
  useInternalIP,
} from '../src/rule.ts';

export default defineRule({
  id: 'nodes-have-calico-addresses',
  title: 'Every node has a Calico node IP',
  requirement: 'unique-node-addresses',
  routing: 'overlay',
  severity: 'error',
  compares: false,
  needs: ['nodes'],
  evidence: ['ipPools', 'installations'],
  docs: {
    why: 'Tunnels of other clusters lead to the Calico node IP, which calico-node records in an annotation of the Node. Calico does not fall back to the InternalIP: a node that records none is the end of no tunnel, and no remote cluster can send a packet to its pods.',
    fix: 'Turn address autodetection of the Installation on, or set variable IP to autodetect in a manifest installation, and look at the log of calico-node on that node. Calico writes the annotation itself.',
    limits:
      'Nodes of Windows, Fargate and virtual kubelets are not judged, nor an address family that no participating IP pool has.',
    example: 'metadata:\n  annotations:\n    projectcalico.org/IPv4Address: 10.20.1.10/24   # written by calico-node',
    sources: [
      {
        title: 'Node resource: bgp.ipv4Address',
        url: 'https://docs.tigera.io/calico-enterprise/latest/reference/resources/node',
        version: '3.23',
      },
      {
        title: 'calico felix/calc/vxlan_resolver.go: what a VTEP needs',
        url: 'https://github.com/projectcalico/calico/blob/v3.32.0/felix/calc/vxlan_resolver.go',
        version: '3.32',
      },
    ],
  },
  messages: {
    noCalicoAddress: 'nodes of {cluster} have no {what}, so no tunnel leads to them: {nodes}',
  },
  *check({ clusters }, say) {
    for (const cluster of clusters) {
      const { name, nodes, installations } = cluster;
      const off = installations.items.flatMap((i) => i.noAutodetectionV4 ?? []);
      const families = podFamilies(cluster);
      // Where no pool tells the families, one address of either will do.
      for (const wanted of families.length > 0 ? families.map((f) => [f] as const) : [[4, 6] as const]) {
        const lacks = (n: NodeFacts) => wanted.every((f) => calicoAddress(n, f) === null);
        const without = nodes.items.filter((n) => lacks(n) && canBeTunnelEnd(n));
        const [family] = wanted;
        const [first, ...others] = lacking(without, family === 4 ? 'ipv4Address' : 'ipv6Address', 'Calico node IP');
        if (!first) continue;
        const cause = family === 4 ? off.map((field) => at(field, 'address autodetection is off')) : [];
        const evidence: [Evidence, ...Evidence[]] = [first, ...cause, ...others];
        const command = kubectl(name, useInternalIP(installations.items.length > 0, family));
        const fix = { title: 'turn address autodetection on, and look at the log of calico-node', command };
        const what = families.length > 0 ? `Calico node IP of IPv${family}` : 'Calico node IP';
        const data = { cluster: name, what, nodes: few(without.map((n) => n.name.value)) };
        yield say.finding('noCalicoAddress', data, { clusters: [name], evidence, fix });
      }
      yield say.pass([name]);
    }
  },
});

// Judges whether the tunnel addresses of nodes lie in pools of their own cluster. Reads nothing but the mesh.

import {
  at,
  type Cluster,
  contains,
  defineRule,
  type Evidence,
  few,
  formatIp,
  kubectl,
  type Mesh,
  type NodeFacts,
  overlaps,
  parseCidr,
  shell,
  type TunnelAddress,
  tellsAllRanges,
  tunnelsOf,
} from '../src/rule.ts';

interface Placed {
  readonly node: NodeFacts;
  readonly address: TunnelAddress;
}

export default defineRule({
  id: 'tunnel-addresses-in-pools',
  title: 'Every tunnel address lies in an IP pool of its own cluster',
  requirement: 'unique-node-addresses',
  routing: 'overlay',
  severity: 'warning',
  compares: false,
  needs: ['nodes'],
  evidence: ['ipPools'],
  docs: {
    why: 'Calico gives tunnel addresses from IP pools. One that lies in none outlived its pool: nothing keeps another cluster from having a pool around it, and no check of overlapping pools can see that.',
    fix: 'Restart calico-node on the node; it releases the address and takes one from an enabled pool that allows Tunnel.',
    limits:
      'That such an address is stale is inferred. Addresses of host-local IPAM, which come from the pod CIDR of the node, are left out.',
    sources: [
      {
        title: 'calico node/pkg/allocateip/allocateip.go: which pools give tunnel addresses',
        url: 'https://github.com/projectcalico/calico/blob/v3.32.0/node/pkg/allocateip/allocateip.go',
        version: '3.32',
        inferred: true,
      },
    ],
  },
  messages: {
    outside: 'tunnel addresses on nodes of {cluster} lie in no IP pool and are probably left over: {addresses}',
    disabled: {
      text: 'tunnel addresses on nodes of {cluster} lie in a disabled IP pool, which they keep in use: {addresses}',
      severity: 'note',
    },
  },
  *check(mesh, say) {
    for (const cluster of mesh.clusters) {
      const { name, ipPools } = cluster;
      // Without a pool the CNI is another one's; pools that are not all told prove no absence.
      const settled = tellsAllRanges(ipPools) && ipPools.items.length > 0;
      const around = (p: Placed) => ipPools.items.filter((pool) => pool.range && contains(pool.range, p.address.ip));
      const strays = settled
        ? carried(cluster, mesh).filter((p) => !around(p).some((pool) => !pool.disabled.value))
        : [];
      for (const [message, found] of [
        ['outside', strays.filter((p) => around(p).length === 0)],
        ['disabled', strays.filter((p) => around(p).length > 0)],
      ] as const) {
        const [first, ...others] = found.map((p) => at(p.address.source, `tunnel address of ${p.node.name.value}`));
        const [stray] = found;
        if (!first || !stray) continue;
        const evidence: [Evidence, ...Evidence[]] = [first, ...others];
        const pod = `-l k8s-app=calico-node --field-selector spec.nodeName=${shell(stray.node.name.value)}`;
        const command = kubectl(name, `delete pod --namespace calico-system ${pod}`);
        const fix = { title: 'restart calico-node on the nodes', command };
        const addresses = few(found.map((p) => `${formatIp(p.address.ip)} of ${p.node.name.value}`));
        yield say.finding(message, { cluster: name, addresses }, { clusters: [name], evidence, fix });
      }
      yield say.pass([name]);
    }
  },
});

/** The addresses of tunnels that lead to other clusters, but those of host-local IPAM. */
function carried({ nodes }: Cluster<'nodes'>, { vxlan, wireguard }: Mesh): readonly Placed[] {
  const isCarried = (tunnel: TunnelAddress['tunnel']) =>
    (tunnel === 'VXLAN' && vxlan !== 'unused') || (tunnel === 'WireGuard' && wireguard !== 'unused');
  return nodes.items.flatMap((node) => {
    const local = node.podCIDRs.flatMap((c) => parseCidr(c.value) ?? []);
    const addresses = tunnelsOf(node).filter((t) => isCarried(t.tunnel) && !local.some((c) => overlaps(c, t.ip)));
    return addresses.map((address) => ({ node, address }));
  });
}

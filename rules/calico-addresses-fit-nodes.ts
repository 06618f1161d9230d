// Judges whether Calico picked the right one of a node's addresses for its tunnels. Reads nothing but the mesh.

import {
  at,
  type Cluster,
  calicoAddress,
  defineRule,
  type Evidence,
  type Family,
  few,
  formatIp,
  hasPrivateAddress,
  internalAddresses,
  isPrivate,
  kubectl,
  type NodeAddress,
  type NodeFacts,
  podFamilies,
  sharedAmongNodes,
  sharedNodeAddresses,
  useInternalIP,
} from '../src/rule.ts';

export default defineRule({
  id: 'calico-addresses-fit-nodes',
  title: 'The Calico node IP is private and one of the InternalIPs of its node',
  requirement: 'unique-node-addresses',
  severity: 'warning',
  compares: false,
  needs: ['nodes'],
  evidence: ['ipPools', 'installations'],
  docs: {
    why: 'Tunnels of other clusters lead to the Calico node IP. Where autodetection picked a public address, or one of an interface that only its own machine can reach (a bridge of Docker, a VPN), they lead nowhere although the InternalIP looks fine.',
    fix: 'Choose the address with nodeAddressAutodetectionV4 (V6) of the Installation, or with IP_AUTODETECTION_METHOD in a manifest installation.',
    limits:
      'A data plane with an interface of its own looks the same, which is why this is a warning. An address family that no participating IP pool has is not judged.',
    example:
      'spec:\n  calicoNetwork:\n    nodeAddressAutodetectionV4:\n      kubernetes: NodeInternalIP   # instead of firstFound',
    sources: [
      {
        title: 'Installation: nodeAddressAutodetectionV4',
        url: 'https://docs.tigera.io/calico-enterprise/latest/reference/installation/api#caliconetworkspec',
        version: '3.23',
      },
      {
        title: 'Creating the cluster mesh: nodes reach each other over private addresses',
        url: 'https://docs.tigera.io/calico-enterprise/latest/multicluster/federation/kubeconfig#prerequisites-for-calico-enterprise-multi-cluster-networking',
        version: '3.23',
      },
    ],
  },
  messages: {
    public: 'the Calico node IP is public, although a private address is there, on nodes of {cluster}: {nodes}',
    other: 'the Calico node IP is none of the InternalIPs, on nodes of {cluster}: {nodes}',
    same: 'nodes of {cluster} have the same Calico node IP {address}, probably of an interface that every machine has: {nodes}',
  },
  *check({ clusters }, say) {
    const suspects = clusters.map((cluster) => {
      const nodes = cluster.nodes.items;
      const families = podFamilies(cluster);
      const odd = nodes.flatMap((n) => judgedFamilies(n, families).flatMap((family) => oddAddress(n, family) ?? []));
      return { cluster, odd, same: sharedAmongNodes([cluster], calicoAddresses, { withinCluster: true }) };
    });
    // What is wrong with an address that another cluster has too is told of that.
    const suspected = suspects.some((s) => s.odd.length + s.same.length > 0);
    const shared = suspected ? sharedNodeAddresses(clusters).flatMap((s) => s.holders.map((h) => h.node)) : [];
    const reported = new Set(shared);
    const isJudged = (node: NodeFacts) => !reported.has(node) && hasPrivateAddress(node);
    for (const { cluster, same, ...suspect } of suspects) {
      const { name } = cluster;
      const odd = suspect.odd.filter((o) => isJudged(o.node));
      for (const [message, found] of [
        ['public', odd.filter((o) => !isPrivate(o.calico.ip))],
        ['other', odd.filter((o) => isPrivate(o.calico.ip))],
      ] as const) {
        const calico = found.map((o) => at(o.calico.source, `Calico node IP of ${o.node.name.value}`));
        const internal = found.flatMap((o) =>
          o.internal.map((a) => at(a.source, `InternalIP of ${o.node.name.value}`)),
        );
        const [first, ...others]: readonly Evidence[] = [...calico, ...internal];
        if (!first || !found[0]) continue;
        const fix = autodetect(cluster, found[0].calico.ip.family);
        const data = { cluster: name, nodes: few(found.map((o) => o.node.name.value)) };
        yield say.finding(message, data, { clusters: [name], evidence: [first, ...others], fix });
      }
      const said = new Set(odd.map((o) => o.node));
      for (const { values, holders: all } of same) {
        const holders = all.filter((h) => isJudged(h.node) && !said.has(h.node));
        if (holders.length < 2) continue;
        const [first, ...others] = holders.map((h) => at(h.places[0], `Calico node IP of ${h.node.name.value}`));
        if (!first) continue;
        const fix = autodetect(cluster, values[0].includes(':') ? 6 : 4);
        const data = { cluster: name, address: few(values), nodes: few(holders.map((h) => h.node.name.value)) };
        yield say.finding('same', data, { clusters: [name], evidence: [first, ...others], fix });
      }
      yield say.pass([name]);
    }
  },
});

/** A node whose Calico node IP is public, or none of the InternalIPs of its family. */
interface Odd {
  readonly node: NodeFacts;
  readonly calico: NodeAddress;
  readonly internal: readonly NodeAddress[];
}

/** Where no pool tells the families, IPv4 is the one that tunnels use, unless the node has none. */
function judgedFamilies(node: NodeFacts, families: readonly Family[]): readonly Family[] {
  if (families.length > 0) return families;
  return calicoAddress(node, 4) ? [4] : [6];
}

function oddAddress(node: NodeFacts, family: Family): Odd | null {
  const calico = calicoAddress(node, family);
  if (!calico) return null;
  // Mostly the InternalIP is written in the same way, and need not be read.
  const isSame = node.internalIPs.some((ip) => calico.source.value.startsWith(`${ip.value}/`));
  if (isSame && isPrivate(calico.ip)) return null;
  const internal = internalAddresses(node).filter((a) => a.ip.family === family);
  const isOther = internal.length > 0 && !internal.some((a) => a.ip.first === calico.ip.first);
  return isOther || !isPrivate(calico.ip) ? { node, calico, internal } : null;
}

function calicoAddresses(node: NodeFacts) {
  const found = [calicoAddress(node, 4), calicoAddress(node, 6)];
  return found.flatMap((a) => (a ? [[formatIp(a.ip), a.source] as const] : []));
}

function autodetect({ name, installations }: Cluster<'installations'>, family: Family) {
  const args = useInternalIP(installations.items.length > 0, family);
  const title = 'let Calico use the InternalIP, or another method that finds the private address';
  return { title, command: kubectl(name, args) };
}

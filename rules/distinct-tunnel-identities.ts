// Judges whether what identifies a node's tunnels occurs twice: tunnel addresses, MACs of VTEPs, WireGuard keys. Reads nothing but the mesh.

import {
  defineRule,
  few,
  formatIp,
  type Holder,
  inOverlap,
  kubectl,
  type NodeFacts,
  nodeText,
  parseIp,
  recordedMac,
  type Shared,
  type Sourced,
  sharedAmongNodes,
  sharedByCause,
  shell,
  sidesOf,
  tunnelsOf,
  vtepMac,
  wireguardKey,
} from '../src/rule.ts';

export default defineRule({
  id: 'distinct-tunnel-identities',
  title: 'No tunnel address, VTEP MAC or WireGuard key belongs to two nodes',
  requirement: 'unique-node-addresses',
  severity: 'error',
  compares: true,
  needs: ['nodes'],
  evidence: ['ipPools', 'installations', 'calicoNode', 'configMaps'],
  docs: {
    why: 'Tunnels find a node by its tunnel address and its MAC, WireGuard by its public key. Of two nodes that share one of the first two, the packets of one go to the other; two nodes that share a key are both refused as peers.',
    fix: 'For a tunnel address or MAC that outlived what it came from, delete the annotation and restart calico-node on that node; for a key, remove the WireGuard interface on one of the nodes and restart calico-node, which then makes a new one. Machines cloned from one image are the usual cause.',
    limits:
      'Equal tunnel addresses from overlapping pod ranges are told of the ranges, equal MACs of nodes with equal names of the names. The MAC of a Windows node that records none is not known.',
    sources: [
      {
        title: 'calico felix/dataplane/linux/vxlan_mgr.go: neighbours and forwarding entries of VTEPs',
        url: 'https://github.com/projectcalico/calico/blob/v3.32.0/felix/dataplane/linux/vxlan_mgr.go',
        version: '3.32',
      },
      {
        title: 'calico felix/wireguard/wireguard.go: nodes with the same public key are no peers',
        url: 'https://github.com/projectcalico/calico/blob/v3.32.0/felix/wireguard/wireguard.go',
        version: '3.32',
      },
    ],
  },
  messages: {
    same: '{nodes} have the same {what}',
    sameMany:
      'nodes of {clusters} have tunnel addresses, MACs or WireGuard keys in common, {count} in all, {some} among them',
  },
  *check(mesh, say) {
    const { clusters } = mesh;
    const all = sharedAmongNodes(clusters, identities, { withinCluster: true });
    const follows = all.length === 0 ? () => false : inOverlap(mesh);
    const told = new Set(all.flatMap((s) => s.values.filter((value) => !isExplained(value, s, follows))));
    const only = (node: NodeFacts) => identities(node).filter(([value]) => told.has(value));
    const shared = told.size === 0 ? [] : sharedAmongNodes(clusters, only, { withinCluster: true });
    for (const group of sharedByCause(shared)) {
      const [{ values, holders, clusters: concerned }] = group;
      const { cluster, node } = holders.at(-1) as Holder;
      const pod = `--namespace calico-system -l k8s-app=calico-node --field-selector spec.nodeName=${shell(node.name.value)}`;
      const fix = {
        title: 'let calico-node of all nodes but one start anew, without the old annotation and WireGuard interface',
        command: kubectl(cluster, `delete pod ${pod}`),
      };
      const spec = { clusters: concerned, evidence: sidesOf(group), fix };
      if (group.length === 1) {
        yield say.finding('same', { nodes: few(holders.map(nodeText)), what: few(values) }, spec);
      } else {
        const some = few(group.slice(0, 3).map((g) => g.values[0]));
        yield say.finding('sameMany', { count: group.length, clusters: few(concerned), some }, spec);
      }
    }
    yield say.pass(clusters.map((c) => c.name));
  },
});

const FAMILIES = [4, 6] as const;
const ADDRESS = 'tunnel address ';
const MAC = 'MAC ';
const KEY = 'WireGuard key ';

/** What identifies the node's ends of tunnels, as people read it. */
function identities(node: NodeFacts): readonly (readonly [string, Sourced<unknown>])[] {
  const tunnels = tunnelsOf(node);
  const macs = FAMILIES.flatMap((family) => {
    const isVtep = tunnels.some((t) => t.tunnel === 'VXLAN' && t.family === family);
    // What the node records is its own whatever carries its traffic; a MAC of its name takes a VTEP to be there.
    const found = isVtep ? vtepMac(node, family) : recordedMac(node, family);
    return found ? [[`${MAC}${found.mac}`, found.source ?? node.name] as const] : [];
  });
  const keys = FAMILIES.flatMap((family) => wireguardKey(node, family) ?? []);
  return [
    ...tunnels.map((t) => [`${ADDRESS}${formatIp(t.ip)}`, t.source] as const),
    ...macs,
    ...keys.map((key) => [`${KEY}${key.value}`, key] as const),
  ];
}

/** Is it a consequence that its cause tells already: equal names, or pod ranges that overlap? A key has no cause but itself. */
function isExplained(value: string, { holders, clusters }: Shared, follows: ReturnType<typeof inOverlap>): boolean {
  // Nodes of one cluster have different names and the same pod ranges.
  if (value.startsWith(KEY) || clusters.length < holders.length) return false;
  if (new Set(holders.map((h) => h.node.name.value)).size === 1) return true;
  const ip = value.startsWith(ADDRESS) ? parseIp(value.slice(ADDRESS.length)) : null;
  return ip !== null && follows(ip, clusters);
}

// Judges whether nodes of different clusters take each other for neighbours in one subnet. Reads nothing but the mesh.

import {
  at,
  type Cidr,
  type Cluster,
  calicoAddress,
  cloudRegion,
  defineRule,
  type Evidence,
  few,
  kubectl,
  type NodeAddress,
  type NodeFacts,
  overlapGroups,
  sharedNodeAddresses,
} from '../src/rule.ts';

/** One subnet as one node of the cluster sees it. */
interface Subnet {
  readonly range: Cidr;
  readonly cluster: string;
  readonly address: NodeAddress;
  /** Regions of the nodes of this cluster in this subnet; empty where one is not told. */
  readonly regions: ReadonlySet<string>;
}

export default defineRule({
  id: 'separate-node-subnets',
  title: 'Node subnets of different clusters overlap only if they are one network',
  requirement: 'unique-node-addresses',
  severity: 'warning',
  compares: true,
  needs: ['nodes'],
  docs: {
    why: 'Calico decides by the subnet of a node’s own address whether another node is its neighbour. Where subnets of separate networks overlap, pools with CrossSubnet send packets without encapsulation to nodes that are not there, and the network has two ways to one address.',
    fix: 'Renumber the nodes of one cluster, or set vxlanMode to Always.',
    limits:
      'Whether two clusters are on one network is known only where a cloud provider places their nodes in different regions; else overlapping subnets are no more than a note.',
    sources: [
      {
        title: 'Overlay networking: cross-subnet',
        url: 'https://docs.tigera.io/calico-enterprise/latest/networking/configuring/vxlan-ipip',
        version: '3.23',
        inferred: true,
      },
    ],
  },
  messages: {
    apart:
      'node subnets of clusters {clusters} overlap ({subnets}), although the nodes are in different regions ({regions}), so they probably take each other for neighbours',
    shared: {
      text: 'node subnets of clusters {clusters} overlap ({subnets}), which is right if they are one network',
      severity: 'note',
    },
  },
  *check({ clusters }, say) {
    const ownerOf = (s: Subnet) => s.cluster;
    let groups = overlapGroups(subnetsOf(clusters, new Set()), ownerOf);
    if (groups.length > 0) {
      // Nodes whose addresses are equal have a worse fault, which is told of the addresses.
      const reported = new Set(sharedNodeAddresses(clusters).flatMap((s) => s.holders.map((h) => h.node)));
      groups = overlapGroups(subnetsOf(clusters, reported), ownerOf);
    }
    for (const group of groups) {
      const [first, ...others] = group.map((s) =>
        at(s.address.source, `a node of ${s.cluster} in ${s.range.canonical}`),
      );
      const [one] = group;
      if (!first || !one) continue;
      const evidence: [Evidence, ...Evidence[]] = [first, ...others];
      const concerned = [...new Set(group.map((s) => s.cluster))].sort();
      const data = {
        clusters: few(concerned),
        subnets: few(group.map((s) => s.range.canonical)),
      };
      const fix = {
        title: 'renumber the nodes of one cluster, or set vxlanMode of its pools to Always',
        command: kubectl(one.cluster, 'get nodes -o wide'),
      };
      const regions = few(group.flatMap((s) => [...s.regions]).sort());
      const spec = { clusters: concerned, evidence, fix };
      if (group.some((a) => group.some((b) => areApart(a, b)))) yield say.finding('apart', { ...data, regions }, spec);
      else yield say.finding('shared', data, spec);
    }
    yield say.pass(clusters.map((c) => c.name));
  },
});

function subnetsOf(clusters: readonly Cluster<'nodes'>[], except: ReadonlySet<NodeFacts>): readonly Subnet[] {
  const subnets = new Map<string, Subnet>();
  for (const { name: cluster, nodes } of [...clusters].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    for (const node of nodes.items) {
      if (except.has(node)) continue;
      const region = cloudRegion(node);
      for (const address of [calicoAddress(node, 4), calicoAddress(node, 6)]) {
        // Without a mask, or with the full one, a node has no neighbours.
        if (!address || address.network.first === address.network.last) continue;
        const key = `${cluster} ${address.network.canonical}`;
        const known = subnets.get(key);
        if (!known) {
          const regions = new Set(region === null ? [] : [region]);
          subnets.set(key, { range: address.network, cluster, address, regions });
        } else if (known.regions.size > 0 && (region === null || !known.regions.has(region))) {
          const regions = new Set(region === null ? [] : [...known.regions, region]);
          subnets.set(key, { ...known, regions });
        }
      }
    }
  }
  return [...subnets.values()];
}

function areApart(a: Subnet, b: Subnet): boolean {
  return a.regions.size > 0 && b.regions.size > 0 && ![...a.regions].some((region) => b.regions.has(region));
}

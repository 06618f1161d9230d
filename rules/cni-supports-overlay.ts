// Judges whether the CNI plugins of the clusters go with the overlay that the mesh uses. Reads nothing but the mesh.

import { at, type Cluster, defineRule, type Evidence, few, kubectl, type Sourced, tellCni } from '../src/rule.ts';

export default defineRule({
  id: 'cni-supports-overlay',
  title: 'VXLAN runs with the Calico CNI everywhere; WireGuard everywhere with it, or everywhere without',
  requirement: 'supported-cni',
  routing: 'overlay',
  severity: 'error',
  compares: true,
  needs: [],
  evidence: ['installations', 'calicoNode', 'configMaps', 'ipPools', 'felix'],
  docs: {
    why: 'Routes to pods of another cluster follow from the IP pools and IPAM blocks that the Calico CNI allocates from. A cluster whose pods get addresses from another CNI has none, so the overlay has nothing to route by; with WireGuard routes follow from endpoints instead, but all clusters have to do it the same way.',
    fix: 'Install the cluster with the Calico CNI, use WireGuard as the only overlay of clusters that have none, or leave the cluster out of the mesh. The CNI of a running cluster cannot be changed in place.',
    limits:
      'The Installation tells the CNI, else the variables CALICO_MANAGE_CNI and CALICO_NETWORKING_BACKEND of calico-node, of which bird and vxlan prove the Calico CNI and none proves nothing.',
    sources: [
      {
        title: 'Creating the cluster mesh: prerequisites',
        url: 'https://docs.tigera.io/calico-enterprise/latest/multicluster/federation/kubeconfig#prerequisites-for-calico-enterprise-multi-cluster-networking',
        version: '3.23',
      },
      {
        title: 'operator pkg/render/node.go: environment of calico-node by CNI',
        url: 'https://github.com/tigera/operator/blob/release-v1.42/pkg/render/node.go',
        version: '1.42',
      },
    ],
  },
  messages: {
    notCalico: 'the CNI of {cluster} is {cni}, but VXLAN between clusters needs the Calico CNI',
    mixed: 'WireGuard joins clusters with the Calico CNI ({calico}) and clusters with another ({others})',
    undecided:
      'the CNI of {others} is not Calico, that of {calico} is, and what joins them was not read: VXLAN forbids the first, WireGuard the mixture',
    untold: 'nothing that was read tells the CNI of {cluster}',
  },
  *check({ clusters, vxlan, wireguard }, say) {
    // The Calico CNI everywhere fits any overlay, also the one that is still to come.
    const fitsAny = clusters.every((cluster) => tellCni(cluster).type?.value === 'Calico');
    if (vxlan === 'unused' && wireguard === 'unused' && !fitsAny) {
      yield say.notApplicable(clusters.map((c) => c.name));
      return;
    }
    const told: Told[] = [];
    for (const cluster of clusters) {
      const { name, installations, calicoNode } = cluster;
      const { type: cni } = tellCni(cluster);
      if (cni) told.push({ name, cni });
      else if (installations.state !== 'complete') yield say.missing(name, 'installations');
      else if (calicoNode.state !== 'complete') yield say.missing(name, 'calicoNode');
      else {
        const fix = { title: 'look at what the operator made of it', command: computed(name) };
        yield say.unknown('untold', { cluster: name }, { clusters: [name], fix, reason: 'missing-input' });
      }
    }
    const calico = told.filter((t) => t.cni.value === 'Calico');
    const others = told.filter((t) => t.cni.value !== 'Calico');
    const mixed = calico.length > 0 && others.length > 0;
    if (vxlan === 'used') {
      yield say.pass(calico.map((t) => t.name));
      for (const { name, cni } of others) {
        const fix = { title: 'install the cluster with the Calico CNI, or leave it out', command: computed(name) };
        const evidence = [at(cni, `CNI of ${name}`)] as const;
        yield say.finding('notCalico', { cluster: name, cni: cni.value }, { clusters: [name], evidence, fix });
      }
    } else if (others.length === 0 || clusters.length === 1 || (!mixed && vxlan === 'unused')) {
      yield say.pass(told.map((t) => t.name));
    } else {
      const data = { calico: textOf(calico), others: textOf(others) };
      // Who is fewer has to change; as many on each side, all.
      const [odd, rest] = others.length > calico.length ? [calico, others] : [others, calico];
      const [first, ...sides] = [...odd, ...rest].map(({ name, cni }) => at(cni, `CNI of ${name}`));
      if (!first) return;
      const evidence: [Evidence, ...Evidence[]] = [first, ...sides];
      if (vxlan === 'unused' && wireguard === 'used') {
        const all = told.map((t) => t.name);
        const blamed = odd.length === rest.length ? all : odd.map((t) => t.name);
        const fix = { title: 'part the mesh by CNI', command: computed(blamed[0] ?? '') };
        const against = all.filter((name) => !blamed.includes(name));
        yield say.finding('mixed', data, { clusters: blamed, against, evidence, fix });
        yield say.pass(against);
      } else {
        const concerned = (wireguard === 'unused' ? others : told).map((t) => t.name);
        const spec = { clusters: concerned, evidence, fix: overlays(clusters), reason: 'missing-input' } as const;
        yield say.unknown('undecided', data, spec);
        yield say.pass(told.map((t) => t.name).filter((name) => !concerned.includes(name)));
      }
    }
  },
});

interface Told {
  readonly name: string;
  readonly cni: Sourced<string>;
}

function textOf(told: readonly Told[]): string {
  return few(told.map((t) => t.name).sort(), 5) || 'no cluster';
}

function computed(cluster: string): string {
  return kubectl(cluster, "get installations.operator.tigera.io default -o jsonpath='{.status.computed.cni}'");
}

/** What settles which overlay the mesh uses. */
function overlays(clusters: readonly Cluster<'ipPools' | 'felix'>[]) {
  const unread = clusters.find((c) => c.ipPools.state !== 'complete' || c.felix.state !== 'complete') ?? clusters[0];
  const command = kubectl(unread?.name ?? '', 'get ippools,felixconfigurations -o yaml');
  return { title: 'export what tells the overlay: IP pools, FelixConfigurations and DaemonSet calico-node', command };
}

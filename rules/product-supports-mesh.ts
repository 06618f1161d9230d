// Judges whether product and version of every cluster have the kind of mesh that is built. Reads nothing but the mesh.

import {
  at,
  defineRule,
  type Evidence,
  few,
  hasVxlanPool,
  isAtLeast,
  kubectl,
  tellProduct,
  wireguardOn,
} from '../src/rule.ts';

const UPGRADE = "get installations.operator.tigera.io default -o jsonpath='{.status.variant} {.status.calicoVersion}'";

export default defineRule({
  id: 'product-supports-mesh',
  title: 'Product and version of every cluster support the mesh',
  requirement: 'supported-version',
  severity: 'error',
  compares: false,
  needs: ['version'],
  evidence: ['installations', 'clusterInformations', 'calicoNode', 'remotes', 'ipPools', 'felix'],
  docs: {
    why: 'Open-source Calico has no RemoteClusterConfiguration. Calico Enterprise routes between clusters from 3.18 on, by VXLAN; by WireGuard from 3.21 on. An older cluster ignores what it does not know, so nothing fails but the traffic.',
    fix: 'Upgrade the older clusters, or let the network route pod IPs and set overlayRoutingMode to Disabled.',
    sources: [
      {
        title: 'Cluster mesh: feature comparison',
        url: 'https://docs.tigera.io/use-cases/cluster-mesh',
        version: '3.23',
      },
      {
        title: 'Release notes: VXLAN for cluster mesh (3.18), WireGuard for cluster mesh (3.21)',
        url: 'https://docs.tigera.io/calico-enterprise/latest/release-notes/',
        version: '3.21',
      },
    ],
  },
  messages: {
    openSource: '{cluster} runs open-source Calico, cluster mesh needs Calico Enterprise or Calico Cloud',
    noOverlay: '{cluster} runs {version}, an overlay between clusters needs 3.18 or later',
    noWireGuard:
      'WireGuard is the only overlay that all clusters have, which clusters before 3.21 do not extend to others: {clusters}',
  },
  *check({ clusters, routing }, say) {
    for (const cluster of clusters) {
      const { name, version, remotes } = cluster;
      const product = tellProduct(cluster);
      const { value, source } = version;
      if (product?.value === 'Calico') {
        const fix = { title: 'install Calico Enterprise, or leave the cluster out', command: kubectl(name, UPGRADE) };
        const evidence = [at(product, 'open-source Calico')] as const;
        yield say.finding('openSource', { cluster: name }, { clusters: [name], evidence, fix });
      } else if (value && source && routing === 'overlay' && !isAtLeast(value, 3, 18)) {
        const enabled = remotes.items.flatMap((r) => r.overlayRoutingMode ?? []).filter((m) => m.value === 'Enabled');
        const asks = enabled.slice(0, 1).map((m) => at(m, 'asks for the overlay'));
        const evidence: [Evidence, ...Evidence[]] = [at(source, `version of ${name}`), ...asks];
        const fix = { title: 'upgrade to 3.18 or later', command: kubectl(name, UPGRADE) };
        yield say.finding('noOverlay', { cluster: name, version: value.text }, { clusters: [name], evidence, fix });
      }
      yield say.pass([name]);
    }
    const encrypted = clusters.every((c) => wireguardOn(c.felix) === true);
    if (routing !== 'overlay' || !encrypted || clusters.every((c) => hasVxlanPool(c.ipPools) !== false)) return;
    const old = clusters.filter((c) => c.version.value && !isAtLeast(c.version.value, 3, 21));
    const [first, ...others] = old.flatMap(({ name, version }) =>
      version.source ? [at(version.source, `version of ${name}`)] : [],
    );
    if (!first || !old[0]) return;
    const fix = { title: 'upgrade to 3.21 or later, or use VXLAN', command: kubectl(old[0].name, UPGRADE) };
    const concerned = old.map((c) => c.name);
    const spec = { clusters: concerned, evidence: [first, ...others] as const, fix };
    yield say.finding('noWireGuard', { clusters: few(concerned) }, spec);
  },
});

// Judges whether the input tells the pod ranges of all clusters that must not be NATed. Reads nothing but the mesh.

import {
  at,
  defineRule,
  inside,
  kubectl,
  names,
  natViews,
  type Pool,
  shell,
  unreadableNatPools,
  untoldDestinations,
} from '../src/rule.ts';

const MESH =
  'https://docs.tigera.io/calico-enterprise/latest/multicluster/federation/kubeconfig#establish-cross-cluster-resource-synchronization';

export default defineRule({
  id: 'connected-pod-ranges-told',
  title: 'The pod ranges of all connected clusters are told',
  requirement: 'nat-exclusion',
  severity: 'error',
  compares: false,
  needs: ['ipPools'],
  evidence: ['remotes', 'nodes', 'installations', 'calicoNode', 'configMaps'],
  docs: {
    why: 'Only ranges that are known can be excluded from NAT. Those of a cluster outside the input, and addresses that a cloud gives to pods, stand in nothing that was read; an IPPool whose range Calico cannot read says nothing.',
    fix: 'Add the export of every cluster that a RemoteClusterConfiguration leads to. For a cloud, exclude the subnets of its pods.',
    sources: [{ title: 'Creating the cluster mesh: network-provided routing', url: MESH, version: '3.23' }],
  },
  messages: {
    outside: 'RemoteClusterConfiguration {remote} of {cluster} leads out of the input, where pod ranges are not told',
    cloudRanges: 'pods of {cluster} get their addresses from {ipam}, so what {others} must not NAT is not told',
    unreadable:
      'IPPool {pool} of {cluster} has cidr {cidr}, which Calico cannot read, so it is not told what {others} NAT',
    untoldRanges: 'what gives pods of {cluster} their addresses is not told, so neither is what {others} must not NAT',
  },
  *check(mesh, say) {
    for (const { name, remotes } of mesh.beforePeering ? [] : mesh.clusters) {
      for (const { leads, ref } of remotes.items) {
        if (leads.kind !== 'outside') continue;
        yield say.unknown(
          'outside',
          { remote: ref.name, cluster: name },
          {
            clusters: [name],
            remotes: [ref],
            reason: 'missing-input',
            evidence: [inside({ ref }, [], 'leads to a cluster that is not in the input')],
            fix: { title: 'add the export of that cluster', command: kubectl(ref.name, 'get ippools -o yaml') },
          },
        );
      }
    }
    const views = natViews(mesh);
    const natting = unreadableNatPools(views);
    for (const { to, gap, from } of untoldDestinations(mesh, views)) {
      const data = { cluster: to.name, others: names(from) };
      const command = kubectl(to.name, "get pods --all-namespaces -o jsonpath='{.items[*].status.podIP}'");
      const fix = { title: 'look at the addresses of its pods', command };
      const spec = { clusters: from, against: [to.name], fix };
      if (gap.kind === 'cloud-ipam') {
        const evidence = [at(gap.ipam, `IPAM is ${gap.ipam.value}`)];
        const cloud = { ...data, ipam: gap.ipam.value };
        yield say.unknown('cloudRanges', cloud, { ...spec, evidence, reason: 'needs-probe' });
        continue;
      }
      if (gap.kind === 'unreadable-pool') {
        // The same pool may leave it open what its own cluster NATs.
        const concerned = natting.get(to.name) === gap.pool ? [...from, to.name].sort() : from;
        yield say.unknown('unreadable', wordsOf(gap.pool, to.name, concerned), settle(gap.pool, to.name, concerned));
        if (concerned !== from) natting.delete(to.name);
        continue;
      }
      if (gap.kind === 'unread-nodes') yield say.missing(to.name, 'nodes');
      if (gap.kind === 'untold-ipam') {
        const unread = (['installations', 'calicoNode'] as const).find((section) => to[section].state !== 'complete');
        if (unread) yield say.missing(to.name, unread);
      }
      yield say.unknown('untoldRanges', data, { ...spec, reason: 'missing-input' });
    }
    for (const [cluster, pool] of natting) {
      yield say.unknown('unreadable', wordsOf(pool, cluster, [cluster]), settle(pool, cluster, [cluster]));
    }
    yield say.pass(mesh.clusters.map((c) => c.name));
  },
});

function wordsOf({ ref, cidr }: Pool, cluster: string, concerned: readonly string[]) {
  return { pool: ref.name, cluster, cidr: cidr.value, others: names(concerned) };
}

function settle({ ref, cidr }: Pool, cluster: string, clusters: readonly string[]) {
  const against = clusters.includes(cluster) ? [] : [cluster];
  const command = kubectl(cluster, `get ippool ${shell(ref.name)} -o yaml`);
  const fix = { title: 'look at the pool and at the addresses that its pods have', command };
  return { clusters, against, evidence: [at(cidr, `cidr is ${cidr.value}`)], reason: 'partial-input', fix } as const;
}

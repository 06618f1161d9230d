// Judges whether running pods have addresses of their own cluster's pools and of no other. Reads nothing but the mesh.

import {
  at,
  defineRule,
  formatIp,
  intrusions,
  kubectl,
  names,
  outsideOfPools,
  podAddressesOf,
  rankedRanges,
  several,
  tellCni,
  tellsAllRanges,
} from '../src/rule.ts';

export default defineRule({
  id: 'pods-in-own-pools',
  title: 'Running pods have addresses of their own cluster and of no other',
  requirement: 'disjoint-pod-cidrs',
  severity: 'error',
  compares: true,
  needs: ['ipPools'],
  evidence: ['pods', 'nodes', 'installations', 'calicoNode', 'configMaps'],
  docs: {
    why: 'Pools say what addresses pods may get, pods show what they have. A pod that kept an address of a deleted pool collides with the cluster that hands it out today.',
    fix: 'Recreate the pods that still have old addresses; calicoctl ipam check finds them.',
    limits: 'Only Pods of the input are looked at; without them the rule finds nothing.',
    sources: [
      {
        title: 'Creating the cluster mesh: pod CIDRs must not overlap',
        url: 'https://docs.tigera.io/calico-enterprise/latest/multicluster/federation/kubeconfig#prerequisites-for-calico-enterprise-multi-cluster-networking',
        version: '3.23',
      },
      {
        title: 'That a pod outside of all pools is a leftover is inferred',
        url: 'https://docs.tigera.io/calico-enterprise/latest/reference/resources/ippool',
        version: '3.23',
        inferred: true,
      },
    ],
  },
  messages: {
    elsewhere: 'pods of {others} have addresses of pod range {cidr} of {cluster}: {addresses}',
    outside: {
      text: 'pods of {cluster} have addresses outside of all its IP pools, left from a deleted pool as is inferred: {addresses}',
      severity: 'warning',
    },
  },
  *check(mesh, say) {
    const ranges = mesh.clusters.flatMap((cluster) => rankedRanges(cluster, mesh).ranges);
    const found = intrusions(ranges, mesh.clusters.flatMap(podAddressesOf));
    for (const { range, addresses, clusters } of found) {
      const { cluster } = range;
      const cidr = range.range.canonical;
      const data = {
        others: names(clusters),
        cidr,
        cluster,
        addresses: several(addresses.map((a) => formatIp(a.range))),
      };
      yield say.finding('elsewhere', data, {
        clusters,
        against: [cluster],
        evidence: [
          at(addresses[0].source, `a pod of ${addresses[0].cluster}`),
          at(range.source, `${cidr} of ${cluster}`),
          ...addresses.slice(1).map((a) => at(a.source, `a pod of ${a.cluster}`)),
        ],
        fix: {
          title: 'recreate the pods',
          command: kubectl(addresses[0].cluster, 'get pods --all-namespaces -o wide'),
        },
      });
    }
    const told = new Set(found.flatMap((f) => f.addresses.map((a) => a.source)));
    for (const cluster of mesh.clusters) {
      const { name, ipPools } = cluster;
      // Other IPAMs give addresses from no pool at all.
      const fromPools = tellsAllRanges(ipPools) && tellCni(cluster).ipam?.value === 'Calico';
      const lost = fromPools ? outsideOfPools(podAddressesOf(cluster), ipPools.items) : [];
      const [first, ...more] = lost.filter((a) => !told.has(a.source));
      if (first) {
        const show = (a: typeof first) => at(a.source, 'in no pool of its cluster');
        const data = { cluster: name, addresses: several([first, ...more].map((a) => formatIp(a.range))) };
        const fix = { title: 'recreate the pods', command: kubectl(name, 'get pods --all-namespaces -o wide') };
        yield say.finding('outside', data, { clusters: [name], evidence: [show(first), ...more.map(show)], fix });
      }
      yield say.pass([name]);
    }
  },
});

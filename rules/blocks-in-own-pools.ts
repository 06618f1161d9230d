// Judges whether IPAM blocks that outlived their pool lie in pod ranges of another cluster. Reads nothing but the mesh.

import {
  at,
  defineRule,
  formatRange,
  intrusions,
  kubectl,
  names,
  outsideOfPools,
  rankedRanges,
  several,
  tellsAllRanges,
  usedBlocksOf,
} from '../src/rule.ts';

export default defineRule({
  id: 'blocks-in-own-pools',
  title: 'No IPAM block that outlived its pool lies in a pod range of another cluster',
  requirement: 'disjoint-pod-cidrs',
  severity: 'warning',
  compares: true,
  needs: ['ipPools'],
  evidence: ['ipamBlocks', 'nodes', 'installations', 'calicoNode', 'configMaps'],
  docs: {
    why: 'Felix builds routes from IPAM blocks, not from pools. A block that is left from a deleted pool keeps attracting traffic for a range that another cluster uses.',
    fix: 'Recreate the pods that hold addresses of the block, then let calicoctl ipam release what is left.',
    limits: 'Only IPAMBlocks of the input are looked at; without them the rule finds nothing.',
    sources: [
      {
        title:
          'Felix configuration: with routeSource CalicoIPAM, routes are built from IPAM blocks; the rest is inferred',
        url: 'https://docs.tigera.io/calico-enterprise/latest/reference/resources/felixconfig',
        version: '3.23',
        inferred: true,
      },
    ],
  },
  messages: {
    leftBlock:
      'IPAM blocks of {others} outside of all its IP pools lie in pod range {cidr} of {cluster} and are inferred to attract its traffic: {blocks}',
  },
  *check(mesh, say) {
    const ranges = mesh.clusters.flatMap((cluster) => rankedRanges(cluster, mesh).ranges);
    const told = mesh.clusters.filter(({ ipPools }) => tellsAllRanges(ipPools));
    const left = told.flatMap((cluster) => outsideOfPools(usedBlocksOf(cluster), cluster.ipPools.items));
    for (const { range, addresses, clusters } of intrusions(ranges, left)) {
      const { cluster } = range;
      const cidr = range.range.canonical;
      const data = {
        others: names(clusters),
        cidr,
        cluster,
        blocks: several(addresses.map((a) => formatRange(a.range))),
      };
      yield say.finding('leftBlock', data, {
        clusters,
        against: [cluster],
        evidence: [
          at(addresses[0].source, `a block of ${addresses[0].cluster}`),
          at(range.source, `${cidr} of ${cluster}`),
          ...addresses.slice(1).map((a) => at(a.source, `a block of ${a.cluster}`)),
        ],
        fix: {
          title: 'find the pods that hold addresses of the blocks and recreate them',
          command: kubectl(addresses[0].cluster, 'get pods --all-namespaces -o wide'),
        },
      });
    }
    yield say.pass(mesh.clusters.map((c) => c.name));
  },
});

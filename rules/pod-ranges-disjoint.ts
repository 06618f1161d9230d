// Judges whether the ranges that pods get addresses from are disjoint between clusters. Reads nothing but the mesh.

import {
  at,
  type Cidr,
  defineRule,
  type Evidence,
  type Fix,
  freeRanges,
  isVxlan,
  kubectl,
  memberAddresses,
  names,
  type PodOverlap,
  podOverlaps,
  poolManifests,
  poolName,
  type RankedRange,
  rankedRanges,
  several,
} from '../src/rule.ts';

/** Operator v1.42, pkg/controller/ippool/defaults.go; the second on EKS. */
const DEFAULTS = ['192.168.0.0/16', '172.16.0.0/16'];

export default defineRule({
  id: 'pod-ranges-disjoint',
  title: 'The ranges that pods get addresses from are disjoint between clusters',
  requirement: 'disjoint-pod-cidrs',
  severity: 'error',
  compares: true,
  needs: ['ipPools'],
  evidence: ['nodes', 'installations', 'calicoNode', 'configMaps'],
  docs: {
    why: 'A pod is known to the other clusters by its address. Where two clusters hand out the same addresses, routes and policies meant for a pod of one cluster apply to a pod of another, and traffic ends in the wrong cluster or nowhere.',
    fix: 'Give every cluster a range of its own. The range of an IPPool cannot be changed: add a pool with a new range, disable the old one, recreate the pods that have addresses of it, then delete it.',
    limits:
      'A disabled pool counts only while IPAM blocks, Pods or tunnel addresses in the input show that it still holds addresses.',
    example:
      'apiVersion: projectcalico.org/v3\nkind: IPPool\nmetadata:\n  name: pods-of-this-cluster\nspec:\n  cidr: 10.42.0.0/16   # no other cluster of the mesh may use any address of it\n  vxlanMode: Always',
    sources: [
      {
        title: 'Creating the cluster mesh: prerequisites',
        url: 'https://docs.tigera.io/calico-enterprise/latest/multicluster/federation/kubeconfig#prerequisites-for-calico-enterprise-multi-cluster-networking',
        version: '3.23; up to 3.20 it names the participating VXLAN pools',
      },
      {
        title: 'IP pool: a pool cannot be changed to another range',
        url: 'https://docs.tigera.io/calico-enterprise/latest/reference/resources/ippool',
        version: '3.23',
      },
      {
        title: 'Operator pkg/controller/ippool/defaults.go: the default ranges',
        url: 'https://github.com/tigera/operator/blob/release-v1.42/pkg/controller/ippool/defaults.go',
        version: '1.42',
      },
    ],
  },
  messages: {
    equal: 'pods of {clusters} get addresses from the same range {cidr}, they share all {shared} addresses',
    equalDefault:
      'pods of {clusters} get addresses from the same range {cidr}, the default of new installations, they share all {shared} addresses',
    contained: 'pod range {outer} of {holders} contains {inner} of {others}, they share {shared} addresses',
    nodeRanges: 'pod CIDRs that Nodes of {clusters} hand out overlap, they share {shared} addresses',
    secondary: {
      text: 'range {outer} of {holders} overlaps {inner} of {others} in {shared} addresses; pods do not get all of them without asking, but they are inferred to be misrouted all the same',
      severity: 'warning',
    },
    besideVxlan: {
      text: 'range {outer} of {holders} overlaps {inner} of {others} in {shared} addresses; not all sides have VXLAN, which the requirement is about, but pods are inferred to be misrouted all the same',
      severity: 'warning',
    },
  },
  *check(mesh, say) {
    const ranges = mesh.clusters.flatMap((cluster) => rankedRanges(cluster, mesh).ranges);
    const free = freeRanges(() =>
      mesh.clusters.flatMap(({ ipPools, nodes }) => [
        ...ipPools.items.flatMap((pool) => pool.range ?? []),
        ...nodes.items.flatMap((node) => memberAddresses(node).map((address) => address.network)),
      ]),
    );
    for (const overlap of podOverlaps(ranges)) {
      const { sides, clusters, odd, rank } = overlap;
      const blamed = odd === null ? clusters : [odd];
      const against = clusters.filter((name) => !blamed.includes(name));
      const spec = { clusters: blamed, against, evidence: evidenceOf(overlap), fix: fixOf(overlap, free) };
      const data = wordsOf(overlap);
      const { outer: cidr, shared } = data;
      const isBeside = mesh.text === '3.18' && sides.some(({ pool }) => pool?.participates && !isVxlan(pool));
      if (rank === 'secondary') yield say.finding(isBeside ? 'besideVxlan' : 'secondary', data, spec);
      else if (sides.every((side) => side.pool === null)) {
        yield say.finding('nodeRanges', { clusters: names(clusters), shared }, spec);
      } else if (sides.every((side) => side.range.canonical === cidr)) {
        const id = DEFAULTS.includes(cidr) ? 'equalDefault' : 'equal';
        yield say.finding(id, { clusters: names(clusters), cidr, shared }, spec);
      } else yield say.finding('contained', data, spec);
    }
    yield say.pass(mesh.clusters.map((c) => c.name));
  },
});

/** The widest range and who has it; the others, without those of a cluster that has the widest for itself. */
function wordsOf({ sides, shared }: PodOverlap) {
  const [widest, ...rest] = sides;
  const outer = widest.range.canonical;
  const equal = rest.filter((side) => side.range.canonical === outer);
  const nested = rest.filter((side) => !equal.includes(side));
  const isAlone = equal.every((side) => side.cluster === widest.cluster);
  const inner = nested.length === 0 ? equal : nested;
  const foreign = inner.filter((side) => !isAlone || side.cluster !== widest.cluster);
  return {
    outer,
    holders: names(new Set([widest, ...(nested.length === 0 ? [] : equal)].map((side) => side.cluster))),
    inner: several([...new Set(foreign.map((side) => side.range.canonical))]),
    others: names(new Set(foreign.map((side) => side.cluster))),
    shared: String(shared),
  };
}

/**
 * Every cluster once, then what is left: a long list must not hide a cluster, nor the widest range. Where the sides are equal, the first
 * cluster by name comes first: which range is the widest may change while the overlap stays.
 */
function evidenceOf({ sides, clusters, odd }: PodOverlap): [Evidence, ...Evidence[]] {
  const [widest] = sides;
  const firsts = clusters.toSorted().flatMap((cluster) => sides.find((side) => side.cluster === cluster) ?? []);
  const head = odd === null ? (firsts[0] ?? widest) : widest;
  const show = ({ source, range, cluster, pool }: RankedRange) =>
    at(source, `${range.canonical} of ${cluster}${pool?.draining ? ', disabled but still in use' : ''}`);
  const rest = new Set([widest, ...firsts, ...sides]);
  rest.delete(head);
  return [show(head), ...[...rest].map(show)];
}

/** A new pool for the cluster that is odd, else for the narrowest range of another than the widest one's: that moves the fewest pods. */
function fixOf({ sides, odd }: PodOverlap, free: (like: Cidr) => Cidr | null): Fix {
  const [widest] = sides;
  const moved = (odd === null ? sides.findLast((side) => side.cluster !== widest.cluster) : null) ?? widest;
  const title = `move the pods of ${odd ?? 'all but one cluster'} to ranges of their own`;
  const range = free(moved.range);
  if (moved.pool === null || range === null) return { title, command: kubectl(moved.cluster, 'get nodes -o yaml') };
  const { vxlanMode, ipipMode, natOutgoing } = moved.pool;
  const spec = { vxlanMode: vxlanMode.value, ipipMode: ipipMode.value, natOutgoing: natOutgoing.value };
  const manifest = poolManifests([{ name: poolName('pods', range.canonical), cidr: range.canonical, spec }]);
  return {
    title: `${title}, for instance to ${range.canonical}, which nothing in the input uses; then disable and drain IPPool ${moved.pool.ref.name} of ${moved.cluster}`,
    command: kubectl(moved.cluster, `apply -f - <<'EOF'\n${manifest}\nEOF`),
  };
}

// Judges whether traffic to pods of other clusters keeps the addresses of the pods that send it. Reads nothing but the mesh.

import {
  at,
  defineRule,
  type Fix,
  few,
  kubectl,
  type NatView,
  natViews,
  overlaps,
  poolManifests,
  poolName,
  settleLead,
} from '../src/rule.ts';

const MESH =
  'https://docs.tigera.io/calico-enterprise/latest/multicluster/federation/kubeconfig#establish-cross-cluster-resource-synchronization';

export default defineRule({
  id: 'remote-pods-exempt-from-nat',
  title: 'Disabled IP pools cover the pod ranges of all connected clusters',
  requirement: 'nat-exclusion',
  severity: 'error',
  compares: true,
  needs: ['ipPools'],
  evidence: ['remotes', 'nodes', 'installations', 'calicoNode', 'configMaps'],
  docs: {
    why: 'A pool with natOutgoing gives every packet that leaves for an address outside of all pools the address of its node. The other cluster then sees a node instead of a pod: policies that name remote pods do not match, and the answer goes to the node.',
    fix: 'Create a disabled IPPool without natOutgoing for every pod range of every connected cluster. Disabled, it gives out no addresses; it only tells Calico that the range is one of pods.',
    limits: 'Whether the network between the clusters translates addresses on its own stands in no object.',
    example:
      'apiVersion: projectcalico.org/v3\nkind: IPPool\nmetadata:\n  name: pods-of-the-other-cluster\nspec:\n  cidr: 10.60.0.0/16\n  disabled: true\n  natOutgoing: false',
    sources: [
      { title: 'Creating the cluster mesh: network-provided routing', url: MESH, version: '3.23' },
      {
        title: 'felix/dataplane/linux/masq_mgr.go: all pools are exempt, those for LoadBalancers alone are not',
        url: 'https://github.com/projectcalico/calico/blob/v3.32.1/felix/dataplane/linux/masq_mgr.go',
        version: '3.32.1',
      },
    ],
  },
  messages: {
    uncovered: '{cluster} NATs traffic of its pods to {ranges}, pods of {other}: no pool of its own covers them',
    partly:
      '{cluster} NATs traffic of its pods to {ranges}, the part of pod ranges of {other} that its pools leave out',
    forLoadBalancers:
      '{cluster} NATs traffic of its pods to {ranges}, pods of {other}: IPPool {pool} for LoadBalancers exempts nothing',
    mayBeUncovered:
      '{cluster} NATs traffic of its pods to {ranges}, pods of {other}, if the two are connected, which is not told',
  },
  *check(mesh, say) {
    for (const view of natViews(mesh)) {
      const { from, to, proof, uncovered, ineffective, ranges } = view;
      const natPools = view.natPools.filter((pool) => uncovered.some((part) => part.family === pool.range?.family));
      // What a pool that was not read may cover is not proven to be uncovered.
      const [nat, ...nats] = natPools;
      if (uncovered.length === 0 || !nat || from.ipPools.state !== 'complete') continue;
      const [cluster, other] = [from.name, to.name];
      const missed = ranges.filter(({ range }) => uncovered.some((part) => overlaps(part, range)));
      const sides = [
        at(nat.natOutgoing, `${nat.ref.name} has natOutgoing`),
        ...missed.slice(0, 6).map(({ source, range }) => at(source, `${range.canonical} of ${other}`)),
        ...nats.map((pool) => at(pool.natOutgoing, `${pool.ref.name} has natOutgoing, too`)),
      ] as const;
      const data = { cluster, other, ranges: few(uncovered.map((range) => range.canonical)) };
      const spec = { clusters: [cluster], against: [other], evidence: sides };
      const [lb] = ineffective;
      if (proof !== 'leads') {
        const unread = [from, to].filter(({ remotes }) => remotes.state !== 'complete');
        for (const { name } of unread) yield say.missing(name, 'remotes');
        yield say.unknown('mayBeUncovered', data, { ...spec, reason: 'missing-input', fix: settle(view) });
      } else if (lb) {
        const evidence = [at(lb.allowedUses, 'for LoadBalancers only'), ...sides] as const;
        yield say.finding('forLoadBalancers', { ...data, pool: lb.ref.name }, { ...spec, evidence, fix: fixOf(view) });
      } else {
        yield say.finding(view.partly ? 'partly' : 'uncovered', data, { ...spec, fix: fixOf(view) });
      }
    }
    yield say.pass(mesh.clusters.map((c) => c.name));
  },
});

/** Pools for what is uncovered. They cannot overlap pools that exist, so a range that is covered in part gets its rest only. */
function fixOf({ from, to, uncovered }: NatView): Fix {
  const spec = { disabled: true, natOutgoing: false };
  const pools = uncovered.map(({ canonical: cidr }) => ({ name: poolName(to.name, cidr), cidr, spec }));
  return {
    title: `add a disabled pool for every pod range of ${to.name}`,
    command: kubectl(from.name, `apply -f - <<'EOF'\n${poolManifests(pools)}\nEOF`),
  };
}

/** What tells whether the two are connected. */
function settle({ from, to }: NatView): Fix & { readonly command: string } {
  const title = 'tell which cluster each RemoteClusterConfiguration leads to';
  const open = [...from.remotes.items, ...to.remotes.items].find(({ leads }) => leads.kind !== 'bound');
  const { cluster, args } = open
    ? settleLead(open)
    : { cluster: from.name, args: 'get remoteclusterconfigurations -o yaml' };
  return { title, command: kubectl(cluster, args) };
}

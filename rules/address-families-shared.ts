// Judges whether pods of all clusters have the same address families, and nodes the kernel that IPv6 VXLAN needs. Reads nothing but the mesh.

import {
  absent,
  at,
  defineRule,
  inside,
  isLive,
  isVxlan,
  kubectl,
  type NodeFacts,
  names,
  poolsOfMesh,
  several,
  tellsAllRanges,
} from '../src/rule.ts';

const SOURCE = {
  title: 'Overlay networking: VXLAN for IPv6 needs kernel 4.19.1, on RHEL 4.18.0',
  url: 'https://docs.tigera.io/calico-enterprise/latest/networking/configuring/vxlan-ipip',
  version: '3.23',
};

export default defineRule({
  id: 'address-families-shared',
  title: 'Pods of all clusters have the same address families',
  requirement: 'common-overlay',
  severity: 'warning',
  compares: true,
  needs: ['ipPools'],
  evidence: ['nodes'],
  docs: {
    why: 'An IPv6 address of a pod can be reached only from a cluster whose pods have IPv6 too. VXLAN for IPv6 also needs a kernel that can do it.',
    fix: 'Give all clusters pools of the same families, or use only the family that all of them have; upgrade old kernels.',
    limits: 'The vendor states no requirement on families; that clusters without one cannot reach it is inferred.',
    sources: [SOURCE],
  },
  messages: {
    familyMissing:
      'pods of {others} have IPv{family} addresses, which {clusters} are inferred not to reach for want of an IPv{family} pool',
    oldKernel: 'nodes of {cluster} have a kernel older than {wanted}, which VXLAN on IPv6 pool {pool} needs: {nodes}',
  },
  *check({ clusters }, say) {
    for (const family of [4, 6] as const) {
      const pools = clusters.flatMap(({ name, ipPools }) => {
        const pool = poolsOfMesh(ipPools).items.find((p) => isLive(p) && p.range?.family === family);
        return pool ? [{ name, pool }] : [];
      });
      const having = new Set(pools.map(({ name }) => name));
      // A cluster without any pool for pods is another matter, and one that does not tell all its ranges may have the family.
      const without = clusters
        .filter(
          ({ name, ipPools }) =>
            !having.has(name) && tellsAllRanges(ipPools) && poolsOfMesh(ipPools).items.some(isLive),
        )
        .map(({ name }) => name)
        .sort();
      const [first] = without;
      if (!first || pools.length === 0) continue;
      const lack = { apiVersion: 'projectcalico.org/v3', kind: 'IPPool', name: `default-ipv${family}-ippool` };
      yield say.finding(
        'familyMissing',
        { family, others: names(having), clusters: names(without) },
        {
          clusters: without,
          against: [...having],
          evidence: [
            absent(first, lack, `no IPv${family} pool`),
            ...pools.map(({ name, pool }) => at(pool.cidr, `an IPv${family} pool of ${name}`)),
          ],
          fix: { title: `add an IPv${family} pool`, command: kubectl(first, 'get ippools -o yaml') },
        },
      );
    }
    for (const { name, ipPools, nodes } of clusters) {
      const vxlan = poolsOfMesh(ipPools).items.filter((p) => p.participates && isVxlan(p));
      const pool = vxlan.find((p) => p.range?.family === 6);
      const old = pool ? nodes.items.filter(isTooOld) : [];
      const [first, ...more] = old.map((n) =>
        inside(n, ['status', 'nodeInfo', 'kernelVersion'], `kernel ${n.kernelVersion}`),
      );
      if (pool && first) {
        yield say.finding(
          'oldKernel',
          { cluster: name, wanted: '4.19.1', pool: pool.ref.name, nodes: several(old.map((n) => n.name.value)) },
          {
            clusters: [name],
            evidence: [first, ...more.slice(0, 8), at(pool.vxlanMode, `vxlanMode is ${pool.vxlanMode.value}`)],
            fix: { title: 'upgrade the kernel of the nodes', command: kubectl(name, 'get nodes -o wide') },
          },
        );
      }
    }
    yield say.pass(clusters.map((c) => c.name));
  },
});

/** `4.18.0-513.5.1.el8_9.x86_64` is a kernel of RHEL, which has the support in 4.18.0 already. */
function isTooOld({ kernelVersion }: NodeFacts): boolean {
  const [, ...parts] = /^(\d+)\.(\d+)(?:\.(\d+))?/.exec(kernelVersion ?? '') ?? [];
  const wanted = kernelVersion?.includes('.el') ? [4, 18, 0] : [4, 19, 1];
  const differing = wanted.findIndex((part, i) => part !== Number(parts[i] ?? 0));
  return parts.length > 0 && differing >= 0 && Number(parts[differing] ?? 0) < (wanted[differing] ?? 0);
}

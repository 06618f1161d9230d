// Judges whether all clusters share an overlay: VXLAN on their pools or, from 3.21, WireGuard. Reads nothing but the mesh.

import {
  absent,
  at,
  type Cluster,
  defineRule,
  type Evidence,
  entryOf,
  type Fix,
  fixOf,
  hasVxlanPool,
  inside,
  isVxlan,
  kubectl,
  openQuestions,
  type Pool,
  poolsOfMesh,
  settling,
  several,
  sharedOverlay,
  shell,
  wireguardOff,
  wireguardOn,
} from '../src/rule.ts';

type PoolCluster = Cluster<'ipPools' | 'installations'>;

export default defineRule({
  id: 'overlay-shared-by-all',
  title: 'An overlay is on in all clusters',
  requirement: 'common-overlay',
  severity: 'error',
  compares: true,
  needs: ['ipPools'],
  evidence: ['felix', 'calicoNode', 'installations'],
  docs: {
    why: 'Calico carries traffic between clusters in VXLAN or, from 3.21, in WireGuard. A cluster without the overlay of the others neither sends to them nor receives from them, and pods of a pool without it stay unreachable from other clusters.',
    fix: 'Turn VXLAN on for every pool that pods get addresses from, or from 3.21 WireGuard in every cluster. IPIP is not carried between clusters. Where the Installation lists the pool, change its encapsulation there. A pool whose pods are not to reach other clusters can be left out: participatingPools in the configuration.',
    limits: 'Whether VXLAN that the pools turn on is forced off in Felix is judged with the vxlan settings.',
    example: 'spec:\n  ipipMode: Never\n  vxlanMode: Always   # or CrossSubnet',
    sources: [
      {
        title: 'Creating the cluster mesh: at least one overlay in common',
        url: 'https://docs.tigera.io/calico-enterprise/latest/multicluster/federation/kubeconfig#prerequisites-for-calico-enterprise-multi-cluster-networking',
        version: '3.21 and later',
      },
      {
        title: 'Configure federated endpoint identity and multi-cluster networking: VXLAN on participating pools',
        url: 'https://docs.tigera.io/calico-enterprise/3.19/multicluster/federation/kubeconfig#calico-enterprise-multi-cluster-networking',
        version: '3.18 to 3.20',
      },
    ],
  },
  messages: {
    noPool: '{cluster} has no participating IPPool, so none with VXLAN on{unread}',
    noVxlan: 'no participating IPPool of {cluster} has VXLAN on, which is the overlay of the mesh: {pools}',
    partlyVxlan: 'not all participating IPPools of {cluster} have VXLAN on: {pools} without',
    wireguardOff: 'WireGuard is off in {cluster}, and no other overlay is on in all clusters{unread}',
    besideVxlan: {
      text: 'IPPools of {cluster} participate without VXLAN, the overlay that all clusters share: {pools}',
      severity: 'warning',
    },
    ipip: {
      text: 'IPPools of {cluster} have IPIP on, which is not carried between clusters: {pools}',
      severity: 'warning',
    },
    open: 'only WireGuard can be common, and whether {cluster} has it cannot be told: {why}',
  },
  *check({ clusters, text }, say) {
    const shared = text === '3.18' ? null : sharedOverlay(clusters);
    for (const cluster of clusters) {
      const { name } = cluster;
      const ipPools = poolsOfMesh(cluster.ipPools);
      const without = ipPools.items.filter((pool) => pool.participates && !isVxlan(pool));
      const ipip = without.filter((pool) => pool.encapsulations.includes('IPIP'));
      const spec = (pools: readonly Pool[]) => ({ clusters: [name], ...repairOf(pools, cluster) });
      const isOut = shared === null || (shared.kind === 'none' && shared.nearest === 'VXLAN');
      const unread = shared?.kind === 'none' ? shared.unread : '';
      const vxlan = hasVxlanPool(ipPools);
      if (isOut && vxlan === false && without.length === 0) {
        const fix = { title: 'add a pool with VXLAN, or enable it', command: kubectl(name, 'get ippools -o yaml') };
        yield say.finding(
          'noPool',
          { cluster: name, unread },
          { clusters: [name], evidence: lackOf({ ...cluster, ipPools }), fix },
        );
      } else if (isOut && vxlan === false) {
        yield say.finding('noVxlan', { cluster: name, pools: `${modes(without)}${unread}` }, spec(without));
      } else if (shared === null && without.length > 0) {
        yield say.finding('partlyVxlan', { cluster: name, pools: modes(without) }, spec(without));
      } else if (shared?.kind === 'VXLAN' && without.length > 0) {
        yield say.finding('besideVxlan', { cluster: name, pools: modes(without) }, spec(without));
      } else if (shared?.kind === 'WireGuard' && ipip.length > 0) {
        yield say.finding('ipip', { cluster: name, pools: modes(ipip) }, spec(ipip));
      }

      const off = shared?.kind === 'none' && shared.nearest === 'WireGuard' ? wireguardOff(cluster) : null;
      if (off) {
        const { evidence, repair } = off;
        const data = { cluster: name, unread: off.unread };
        yield say.finding('wireguardOff', data, { clusters: [name], evidence: [evidence], fix: fixOf(repair) });
      }
      const isOpen = shared?.kind === 'WireGuard?' && wireguardOn(cluster.felix) === 'undecided';
      if (!isOpen) yield say.pass([name]);
      else if (cluster.felix.state !== 'complete') yield say.missing(name, 'felix');
      else if (cluster.calicoNode.state !== 'complete') yield say.missing(name, 'calicoNode');
      else {
        const questions = openQuestions([cluster], ['wireguardEnabled', 'wireguardEnabledV6']);
        for (const question of questions) yield say.unknown('open', question.data, settling(question));
      }
    }
  },
});

/** What keeps pools from taking part, VXLAN pools first; a pool that is not there where none of them has VXLAN. */
function lackOf({ name, ipPools, installations }: PoolCluster): readonly [Evidence, ...Evidence[]] {
  const idle = ipPools.items.toSorted((p, q) => Number(isVxlan(q)) - Number(isVxlan(p)));
  const places = idle.map((pool) => {
    const field = pool.disabled.value ? 'disabled' : 'allowedUses';
    return at(pool[field], `${pool.ref.name} has ${field} ${pool[field].value}`);
  });
  const cni = installations.items.flatMap(({ cniType }) => (cniType ? [at(cniType, `CNI is ${cniType.value}`)] : []));
  const [first, ...more] = places;
  if (first && idle.some(isVxlan)) return [first, ...more, ...cni];
  const pool = { apiVersion: 'projectcalico.org/v3', kind: 'IPPool', name: 'default-ipv4-ippool' };
  return [absent(name, pool, 'no pool for pods'), ...places, ...cni];
}

function modes(pools: readonly Pool[]): string {
  return several(
    pools.map(({ ref, ipipMode, vxlanMode }) => {
      const isIpip = ipipMode.value !== 'Never';
      return `${ref.name} (${isIpip ? `ipipMode ${ipipMode.value}` : `vxlanMode ${vxlanMode.value}`})`;
    }),
  );
}

/** The modes of the pools and the entries of the Installation that they come from, and how to turn VXLAN on for the first. */
function repairOf(
  pools: readonly Pool[],
  cluster: PoolCluster,
): { readonly evidence: readonly [Evidence, ...Evidence[]]; readonly fix: Fix } {
  const [first, ...more] = pools.map((pool) =>
    at(pool.vxlanMode, `${pool.ref.name} has vxlanMode ${pool.vxlanMode.value}`),
  );
  const owners = pools.flatMap((pool) => {
    const owner = entryOf(pool, cluster);
    return owner
      ? [inside(owner.installation, [...owner.entry.path, 'encapsulation'], `${pool.ref.name} comes from here`)]
      : [];
  });
  const ipip = pools
    .filter((pool) => pool.ipipMode.value !== 'Never')
    .map((pool) => at(pool.ipipMode, `${pool.ref.name} has ipipMode ${pool.ipipMode.value}`));
  const patch = { spec: { ipipMode: 'Never', vxlanMode: 'Always' } };
  const name = pools[0]?.ref.name ?? '';
  const edit = `patch ippool ${shell(name)} --type merge -p ${shell(JSON.stringify(patch))}`;
  const fix =
    owners.length > 0
      ? {
          title: 'set encapsulation to VXLAN in the Installation',
          command: kubectl(cluster.name, 'edit installation default'),
        }
      : { title: `turn VXLAN on for ${name}`, command: kubectl(cluster.name, edit), patch };
  return { evidence: [first as Evidence, ...more, ...owners, ...ipip], fix };
}

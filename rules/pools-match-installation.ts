// Notes where an IPPool differs from the entry of the Installation that it comes from. Reads nothing but the mesh.

import {
  defineRule,
  entryOf,
  equalRanges,
  inside,
  kubectl,
  type Pool,
  type PoolEntry,
  parseCidr,
} from '../src/rule.ts';

export default defineRule({
  id: 'pools-match-installation',
  title: 'IP pools are as the Installation lists them',
  requirement: 'disjoint-pod-cidrs',
  severity: 'note',
  compares: false,
  needs: ['ipPools'],
  evidence: ['installations'],
  docs: {
    why: 'The operator keeps the pools that the Installation lists, and reverts what was changed on the IPPool itself: what is checked today may be another pool tomorrow.',
    fix: 'Make the change in spec.calicoNetwork.ipPools of the Installation.',
    sources: [
      {
        title: 'Installation API: CalicoNetworkSpec, ipPools',
        url: 'https://docs.tigera.io/calico-enterprise/latest/reference/installation/api#caliconetworkspec',
        version: '3.23',
      },
    ],
  },
  messages: {
    differs:
      'IPPool {pool} of {cluster} has {found}, while the Installation says {listed}, to which the operator reverts it',
  },
  *check({ clusters }, say) {
    for (const cluster of clusters) {
      const { name } = cluster;
      for (const pool of cluster.ipPools.items) {
        const owner = entryOf(pool, cluster);
        const differing = owner ? differences(pool, owner.entry) : [];
        const [first, ...more] = differing.map(({ field, found }) =>
          inside(pool, ['spec', field], `${field} is ${found}`),
        );
        if (owner === null || !first) continue;
        const listed = new Map(differing.map(({ key, wanted }) => [key, wanted]));
        const data = {
          pool: pool.ref.name,
          cluster: name,
          found: differing.map(({ field, found }) => `${field} ${found}`).join(', '),
          listed: [...listed].map(([key, wanted]) => `${key} ${wanted}`).join(', '),
        };
        const { installation, entry } = owner;
        const there = [...listed].map(([key, wanted]) =>
          inside(installation, [...entry.path, key], `${key} is ${wanted}`),
        );
        yield say.finding('differs', data, {
          clusters: [name],
          evidence: [first, ...more, ...there],
          fix: { title: 'edit the Installation', command: kubectl(name, 'edit installation default') },
        });
      }
      yield say.pass([name]);
    }
  },
});

/** Operator v1.42, pkg/controller/ippool/pool_controller.go, ToProjectCalico. */
const MODES: Readonly<Record<string, readonly [ipip: string, vxlan: string]>> = {
  IPIP: ['Always', 'Never'],
  IPIPCrossSubnet: ['CrossSubnet', 'Never'],
  VXLAN: ['Never', 'Always'],
  VXLANCrossSubnet: ['Never', 'CrossSubnet'],
  None: ['Never', 'Never'],
};

function differences(pool: Pool, entry: PoolEntry['entry']) {
  const range = parseCidr(entry.cidr);
  const [ipip, vxlan] = MODES[entry.encapsulation ?? ''] ?? [pool.ipipMode.value, pool.vxlanMode.value];
  const encapsulation = entry.encapsulation ?? '';
  const nat = entry.natOutgoing ?? (range?.family === 6 ? 'Disabled' : 'Enabled');
  const off = entry.disableNewAllocations ?? false;
  const isSame = !range || !pool.range || equalRanges(range, pool.range);
  return [
    { field: 'cidr', found: pool.cidr.value, key: 'cidr', wanted: entry.cidr, same: isSame },
    {
      field: 'ipipMode',
      found: pool.ipipMode.value,
      key: 'encapsulation',
      wanted: encapsulation,
      same: pool.ipipMode.value === ipip,
    },
    {
      field: 'vxlanMode',
      found: pool.vxlanMode.value,
      key: 'encapsulation',
      wanted: encapsulation,
      same: pool.vxlanMode.value === vxlan,
    },
    {
      field: 'natOutgoing',
      found: `${pool.natOutgoing.value}`,
      key: 'natOutgoing',
      wanted: nat,
      same: pool.natOutgoing.value === (nat === 'Enabled'),
    },
    {
      field: 'disabled',
      found: `${pool.disabled.value}`,
      key: 'disableNewAllocations',
      wanted: `${off}`,
      same: pool.disabled.value === off,
    },
  ].filter(({ same }) => !same);
}

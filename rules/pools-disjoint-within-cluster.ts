// Judges whether enabled pools of one cluster overlap among themselves. Reads nothing but the mesh.

import { at, defineRule, kubectl, overlapGroups, several, shell } from '../src/rule.ts';

export default defineRule({
  id: 'pools-disjoint-within-cluster',
  title: 'IP pools of one cluster are disjoint',
  requirement: 'disjoint-pod-cidrs',
  severity: 'warning',
  compares: false,
  needs: ['ipPools'],
  docs: {
    why: 'With native v3 CRDs a pool that overlaps another is stored, but gives out no addresses; kubectl apply on the v1 CRD checks nothing at all. What the cluster then uses is not what its pools say.',
    fix: 'Delete the pool that no pod needs, or replace it by one with a range of its own.',
    sources: [
      {
        title: 'IP pool: CIDR overlap validation',
        url: 'https://docs.tigera.io/calico-enterprise/latest/reference/resources/ippool#cidr-overlap-validation',
        version: '3.23',
      },
    ],
  },
  messages: {
    overlap: 'IPPools {pools} of {cluster} overlap in {cidr}',
    notAllocatable: 'IPPool {pool} of {cluster} gives out no addresses, because {cidr} overlaps another pool',
  },
  *check({ clusters }, say) {
    for (const { name, ipPools } of clusters) {
      const enabled = ipPools.items.flatMap((pool) =>
        pool.range && !pool.disabled.value && !pool.deleting ? [{ pool, range: pool.range }] : [],
      );
      const groups = overlapGroups(enabled, ({ pool }) => pool.ref.name);
      for (const group of groups) {
        const [, inner = group[0]] = group;
        const sides = group.map(({ pool }) => at(pool.cidr, `${pool.cidr.value} of ${pool.ref.name}`));
        const [first, ...others] = sides.toReversed();
        if (!first || !inner) continue;
        const data = {
          pools: several(group.map(({ pool }) => pool.ref.name)),
          cluster: name,
          cidr: inner.range.canonical,
        };
        const narrowest = group.at(-1)?.pool.ref.name ?? '';
        yield say.finding('overlap', data, {
          clusters: [name],
          evidence: [first, ...others],
          fix: {
            title: `disable ${narrowest} and move its pods`,
            command: kubectl(name, `patch ippool ${shell(narrowest)} --type merge -p '{"spec":{"disabled":true}}'`),
          },
        });
      }
      const told = new Set(groups.flat().map(({ pool }) => pool));
      for (const pool of ipPools.items) {
        const { allocatable, disabled } = pool;
        if (
          told.has(pool) ||
          disabled.value ||
          allocatable?.status !== 'False' ||
          allocatable.reason !== 'CIDROverlap'
        ) {
          continue;
        }
        const data = { pool: pool.ref.name, cluster: name, cidr: pool.cidr.value };
        const fix = { title: 'find the pool that it overlaps', command: kubectl(name, 'get ippools -o yaml') };
        const evidence = [at(pool.cidr, 'Allocatable is False: CIDROverlap')] as const;
        yield say.finding('notAllocatable', data, { clusters: [name], evidence, fix });
      }
      yield say.pass([name]);
    }
  },
});

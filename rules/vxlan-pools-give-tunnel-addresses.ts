// Judges whether nodes can get VXLAN tunnel addresses from the pools of their cluster. Reads nothing but the mesh.

import { at, defineRule, isVxlan, kubectl, shell } from '../src/rule.ts';

export default defineRule({
  id: 'vxlan-pools-give-tunnel-addresses',
  title: 'Some VXLAN pool of every cluster allows tunnel addresses',
  requirement: 'common-overlay',
  severity: 'error',
  compares: false,
  needs: ['ipPools'],
  docs: {
    why: 'A node takes the address of its VXLAN device from a pool that allows Tunnel. Without such a pool it has none, and no other node can send to it through VXLAN.',
    fix: 'Add Tunnel to allowedUses of a VXLAN pool, or leave allowedUses out.',
    example: 'spec:\n  allowedUses: [Workload, Tunnel]',
    sources: [
      {
        title: 'IP pool: allowed uses',
        url: 'https://docs.tigera.io/calico-enterprise/latest/reference/resources/ippool#allowed-uses',
        version: '3.23',
      },
      {
        title: 'node/pkg/allocateip/allocateip.go: pools that give tunnel addresses',
        url: 'https://github.com/projectcalico/calico/blob/v3.30.0/node/pkg/allocateip/allocateip.go',
        version: '3.30',
      },
    ],
  },
  messages: {
    noTunnel: 'no IPv{family} VXLAN pool of {cluster} allows Tunnel: IPPool {pool} allows {uses}',
  },
  *check({ clusters, vxlan }, say) {
    for (const { name, ipPools } of vxlan === 'unused' ? [] : clusters) {
      for (const family of [4, 6] as const) {
        const pools = ipPools.items.filter((p) => !p.disabled.value && isVxlan(p) && p.range?.family === family);
        const [pool, ...more] = pools.filter((p) => p.participates);
        if (!pool || ipPools.state !== 'complete' || pools.some((p) => p.allowedUses.value.includes('Tunnel')))
          continue;
        const uses = pool.allowedUses.value.join(', ');
        const data = { family, cluster: name, pool: pool.ref.name, uses };
        const evidence = [pool, ...more].map((p) => at(p.allowedUses, `${p.ref.name} does not allow Tunnel`));
        const [first, ...others] = evidence;
        if (!first) continue;
        const patch = { spec: { allowedUses: [...pool.allowedUses.value, 'Tunnel'] } };
        const edit = `patch ippool ${shell(pool.ref.name)} --type merge -p ${shell(JSON.stringify(patch))}`;
        const fix = { title: 'allow Tunnel', command: kubectl(name, edit), patch };
        if (vxlan === 'used') {
          yield say.finding('noTunnel', data, { clusters: [name], evidence: [first, ...others], fix });
          continue;
        }
        const unread = clusters.find((c) => c.ipPools.state !== 'complete')?.name ?? name;
        const settle = { title: 'tell whether others use VXLAN', command: kubectl(unread, 'get ippools -o yaml') };
        yield say.unknown('noTunnel', data, { clusters: [name], evidence, reason: 'missing-input', fix: settle });
      }
    }
    yield say.pass(clusters.map((c) => c.name));
  },
});

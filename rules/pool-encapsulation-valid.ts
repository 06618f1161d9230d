// Judges whether the encapsulation that each enabled pool asks for exists. Reads nothing but the mesh.

import { at, defineRule, kubectl, shell } from '../src/rule.ts';

const SOURCE = {
  title: 'IP pool: ipipMode and vxlanMode',
  url: 'https://docs.tigera.io/calico-enterprise/latest/reference/resources/ippool',
  version: '3.23',
};

export default defineRule({
  id: 'pool-encapsulation-valid',
  title: 'Every IP pool asks for one encapsulation at most, and for one that its family has',
  requirement: 'common-overlay',
  severity: 'error',
  compares: false,
  needs: ['ipPools'],
  docs: {
    why: 'A pool with both IPIP and VXLAN is no valid pool: kubectl can store it, but what its pods use is undefined. IPIP exists for IPv4 only.',
    fix: 'Set ipipMode to Never.',
    example: 'spec:\n  ipipMode: Never\n  vxlanMode: Always',
    sources: [SOURCE],
  },
  messages: {
    both: 'IPPool {pool} of {cluster} has ipipMode {ipip} and vxlanMode {vxlan}, of which one has to be Never',
    ipipOnIPv6: {
      text: 'IPPool {pool} of {cluster} has ipipMode {ipip} on the IPv6 range {cidr}, for which there is no IPIP',
      severity: 'warning',
    },
  },
  *check({ clusters }, say) {
    for (const { name, ipPools } of clusters) {
      for (const pool of ipPools.items) {
        const { ipipMode, vxlanMode, encapsulations, range, disabled } = pool;
        if (disabled.value || !encapsulations.includes('IPIP')) continue;
        const data = { pool: pool.ref.name, cluster: name, ipip: ipipMode.value };
        const ipip = at(ipipMode, `ipipMode is ${data.ipip}`);
        const patch = { spec: { ipipMode: 'Never' } };
        const command = kubectl(
          name,
          `patch ippool ${shell(data.pool)} --type merge -p ${shell(JSON.stringify(patch))}`,
        );
        const fix = { title: 'set ipipMode to Never', command };
        if (encapsulations.includes('VXLAN')) {
          const evidence = [ipip, at(vxlanMode, `vxlanMode is ${vxlanMode.value}`)] as const;
          yield say.finding('both', { ...data, vxlan: vxlanMode.value }, { clusters: [name], evidence, fix });
        } else if (range?.family === 6) {
          const evidence = [ipip, at(pool.cidr, 'an IPv6 range')] as const;
          yield say.finding('ipipOnIPv6', { ...data, cidr: range.canonical }, { clusters: [name], evidence, fix });
        }
      }
      yield say.pass([name]);
    }
  },
});

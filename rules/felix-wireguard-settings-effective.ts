// Judges whether every wireguard setting does what it seems to do. Reads nothing but the mesh.

import { defineRule, fixOf, WIREGUARD_PARAMETERS, weaknessDocs, weaknesses, weaknessMessages } from '../src/rule.ts';

export default defineRule({
  id: 'felix-wireguard-settings-effective',
  title: 'Every wireguard setting of Felix takes effect where it says so',
  requirement: 'aligned-wireguard',
  severity: 'error',
  compares: false,
  needs: ['felix', 'calicoNode'],
  evidence: ['installations'],
  docs: weaknessDocs,
  messages: weaknessMessages,
  *check({ clusters, wireguard }, say) {
    const all = clusters.map(({ name }) => name);
    if (wireguard !== 'used') return yield wireguard === 'unused' ? say.notApplicable(all) : say.pass(all);
    for (const { kind, cluster, data, evidence, repair } of weaknesses(clusters, WIREGUARD_PARAMETERS)) {
      yield say.finding(kind, data, { clusters: [cluster], evidence, fix: fixOf(repair) });
    }
    yield say.pass(all);
  },
});

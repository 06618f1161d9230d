// Judges whether every vxlan setting does what it seems to do. Reads nothing but the mesh.

import { defineRule, fixOf, VXLAN_PARAMETERS, weaknessDocs, weaknesses, weaknessMessages } from '../src/rule.ts';

export default defineRule({
  id: 'felix-vxlan-settings-effective',
  title: 'Every vxlan setting of Felix takes effect where it says so',
  requirement: 'aligned-vxlan',
  severity: 'error',
  compares: false,
  needs: ['felix', 'calicoNode'],
  evidence: ['installations'],
  docs: weaknessDocs,
  messages: weaknessMessages,
  *check({ clusters, vxlan }, say) {
    const all = clusters.map(({ name }) => name);
    if (vxlan !== 'used') return yield vxlan === 'unused' ? say.notApplicable(all) : say.pass(all);
    for (const { kind, cluster, data, evidence, repair } of weaknesses(clusters, VXLAN_PARAMETERS)) {
      yield say.finding(kind, data, { clusters: [cluster], evidence, fix: fixOf(repair) });
    }
    yield say.pass(all);
  },
});

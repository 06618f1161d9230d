// Judges whether every routeSource setting does what it seems to do. Reads nothing but the mesh.

import { absent, defineRule, fixOf, weaknessDocs, weaknesses, weaknessMessages } from '../src/rule.ts';

export default defineRule({
  id: 'felix-route-source-settings-effective',
  title: 'Every routeSource setting of Felix takes effect where it says so',
  requirement: 'aligned-route-source',
  severity: 'error',
  compares: false,
  needs: ['felix', 'calicoNode'],
  evidence: ['installations'],
  docs: weaknessDocs,
  messages: {
    ...weaknessMessages,
    noDefault: {
      text: 'there is no FelixConfiguration default in {cluster}, so the built-in defaults count',
      severity: 'note',
    },
  },
  *check({ clusters }, say) {
    const all = clusters.map(({ name }) => name);
    for (const { kind, cluster, data, evidence, repair } of weaknesses(clusters, ['routeSource'])) {
      yield say.finding(kind, data, { clusters: [cluster], evidence, fix: fixOf(repair) });
    }
    for (const { name: cluster, felix } of clusters) {
      if (felix.state !== 'complete' || felix.global !== null) continue;
      const object = { apiVersion: 'projectcalico.org/v3', kind: 'FelixConfiguration', name: 'default' };
      const evidence = [absent(cluster, object, 'is not in the input')] as const;
      yield say.finding('noDefault', { cluster }, { clusters: [cluster], evidence });
    }
    yield say.pass(all);
  },
});

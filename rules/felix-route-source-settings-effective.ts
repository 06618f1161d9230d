// Judges whether every routeSource setting does what it seems to do. Reads nothing but the mesh.

import { absent, defineRule, fixOf, weaknesses, weaknessMessages } from '../src/rule.ts';

export default defineRule({
  id: 'felix-route-source-settings-effective',
  title: 'Every routeSource setting of Felix takes effect where it says so',
  requirement: 'aligned-route-source',
  severity: 'error',
  compares: false,
  needs: ['felix', 'calicoNode'],
  evidence: ['installations'],
  docs: {
    why: 'An edit that changes nothing costs hours: calico-node takes an environment variable before every FelixConfiguration, replaces what it cannot read by the built-in default without failing, and ignores names that it does not know.',
    fix: 'Keep each setting in one place: FelixConfiguration default, unless some nodes really need another. Remove what has no effect, and write values as the FelixConfiguration reference has them.',
    limits:
      'A felix.cfg that is mounted into calico-node outranks FelixConfigurations and is not visible in the state of a cluster.',
    sources: [
      {
        title: 'Configuring Felix: environment variables, file, FelixConfigurations in that order',
        url: 'https://docs.tigera.io/calico-enterprise/latest/reference/component-resources/node/felix/configuration',
        version: '3.23',
      },
      {
        title: 'FelixConfiguration: fields, defaults and how they rank',
        url: 'https://docs.tigera.io/calico-enterprise/latest/reference/resources/felixconfig',
        version: '3.24',
      },
      {
        title: 'felix/config/param_types.go: how Felix reads values, and what it does with others',
        url: 'https://github.com/projectcalico/calico/blob/v3.30.0/felix/config/param_types.go',
        version: '3.30',
      },
    ],
  },
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

// Notes RemoteClusterConfigurations that lead to clusters outside the input. Reads nothing but the mesh.

import { defineRule, inside, kubectl, shell } from '../src/rule.ts';

export default defineRule({
  id: 'remotes-lead-to-checked-clusters',
  title: 'Every RemoteClusterConfiguration leads to a cluster that is checked too',
  requirement: 'supported-version',
  severity: 'note',
  compares: false,
  needs: [],
  evidence: ['remotes'],
  docs: {
    why: 'A mesh is as sound as its worst pair. Whatever is wrong between a cluster of the input and one outside it is not found.',
    fix: 'Add the export of that cluster, or delete the RemoteClusterConfiguration if its cluster is gone.',
    limits: 'That a target is outside is known only where the identity of every cluster of the input was read.',
    sources: [
      {
        title: 'Creating the cluster mesh: every cluster has a RemoteClusterConfiguration for every other',
        url: 'https://docs.tigera.io/calico-enterprise/latest/multicluster/federation/kubeconfig#establish-cross-cluster-resource-synchronization',
        version: '3.23',
        inferred: true,
      },
    ],
  },
  messages: { outside: 'RemoteClusterConfiguration {remote} of {cluster} leads to a cluster that is not in the input' },
  *check({ clusters }, say) {
    for (const { name, remotes } of clusters) {
      for (const remote of remotes.items) {
        if (remote.leads.kind !== 'outside') continue;
        const evidence = [inside(remote, ['metadata', 'name'], 'leads out of the input')] as const;
        const command = kubectl(name, `get remoteclusterconfiguration ${shell(remote.ref.name)} -o yaml`);
        const fix = { title: 'add the export of that cluster', command };
        const data = { remote: remote.ref.name, cluster: name };
        yield say.finding('outside', data, { clusters: [name], remotes: [remote.ref], evidence, fix });
      }
      yield say.pass([name]);
    }
  },
});

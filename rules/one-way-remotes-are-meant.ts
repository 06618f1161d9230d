// Notes remotes without a way back where the network routes between clusters. That is allowed; it only says what it means.

import { defineRule, inside, peering, targetOf } from '../src/rule.ts';

export default defineRule({
  id: 'one-way-remotes-are-meant',
  title: 'A remote without a way back is meant to be one',
  requirement: 'distinct-remotes',
  routing: 'underlay',
  severity: 'note',
  compares: false,
  needs: ['remotes'],
  docs: {
    why: 'Policy can name the endpoints of another cluster only where a RemoteClusterConfiguration leads there. Without a way back, the other cluster knows the endpoints here by address only.',
    fix: 'Create the RemoteClusterConfiguration that leads back if policy or Services of the other cluster are to name endpoints of this one.',
    sources: [
      {
        title:
          'Configure federated endpoint identity and multi-cluster networking: create remote cluster configurations',
        url: 'https://docs.tigera.io/calico-enterprise/3.19/multicluster/federation/kubeconfig#create-remoteclusterconfigurations',
        version: '3.19',
      },
    ],
  },
  messages: {
    oneWay: 'RemoteClusterConfiguration {remote} of {cluster} leads to {target}, where none leads back',
  },
  *check({ clusters, isMeant }, say) {
    const link = peering(clusters);
    for (const { name: cluster, remotes } of clusters) {
      for (const remote of remotes.items) {
        const target = targetOf(remote);
        if (target === null || target === cluster || link(target, cluster).kind !== 'none') continue;
        // Then somebody has said so.
        if (!isMeant(target, cluster)) continue;
        const evidence = [inside(remote, [], `leads to ${target}`)] as const;
        const spec = { clusters: [cluster], against: [target], remotes: [remote.ref], evidence };
        yield say.finding('oneWay', { remote: remote.ref.name, cluster, target }, spec);
      }
      if (remotes.items.length > 0) yield say.pass([cluster]);
      else if (remotes.state === 'complete') yield say.notApplicable([cluster]);
    }
  },
});

// Judges whether clusters have the same clusterGUID. Reads nothing but the mesh.

import { at, defineRule, type Evidence, few, kubectl, type Sourced } from '../src/rule.ts';

export default defineRule({
  id: 'cluster-guids-differ',
  title: 'Every cluster has a clusterGUID of its own',
  requirement: 'supported-version',
  severity: 'warning',
  compares: true,
  needs: [],
  evidence: ['clusterInformations'],
  docs: {
    why: 'Calico makes a clusterGUID for each cluster. Two clusters that share one have a datastore that was cloned, and more of it may be the same than ought to be; or one cluster was exported twice.',
    fix: 'Tell whether both exports are of one cluster. If one was cloned from the other, remove spec.clusterGUID of its ClusterInformation; calico-node makes a new one.',
    sources: [
      {
        title: 'tigera/api pkg/apis/projectcalico/v3/clusterinfo.go: clusterGUID',
        url: 'https://github.com/tigera/api/blob/release-calient-v3.23/pkg/apis/projectcalico/v3/clusterinfo.go',
        version: '3.23',
        inferred: true,
      },
    ],
  },
  messages: { same: 'clusters {clusters} have the same clusterGUID, probably cloned or one exported twice' },
  *check({ clusters }, say) {
    const byGuid = new Map<string, [Told, ...Told[]]>();
    for (const { name, clusterInformations } of [...clusters].sort((a, b) => (a.name < b.name ? -1 : 1))) {
      for (const { clusterGUID: guid } of clusterInformations.items) {
        if (!guid) continue;
        const told = byGuid.get(guid.value);
        if (told) told.push({ name, guid });
        else byGuid.set(guid.value, [{ name, guid }]);
      }
    }
    for (const [first, ...others] of byGuid.values()) {
      if (others.length === 0) continue;
      const show = ({ name, guid }: Told) => at(guid, `clusterGUID of ${name}`);
      const evidence: [Evidence, ...Evidence[]] = [show(first), ...others.map(show)];
      const concerned = [first, ...others].map((t) => t.name);
      const command = kubectl(first.name, "get namespace kube-system -o jsonpath='{.metadata.uid}'");
      const fix = { title: 'compare the UIDs of the kube-system Namespaces', command };
      yield say.finding('same', { clusters: few(concerned) }, { clusters: concerned, evidence, fix });
    }
    yield say.pass(clusters.map((c) => c.name));
  },
});

interface Told {
  readonly name: string;
  readonly guid: Sourced<string>;
}

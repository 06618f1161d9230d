// Judges whether the datastore of every cluster is in use, and not in the middle of a change. Reads nothing but the mesh.

import { at, defineRule, kubectl, shell } from '../src/rule.ts';

export default defineRule({
  id: 'datastores-settled',
  title: 'No datastore is paused or being migrated',
  requirement: 'supported-version',
  severity: 'warning',
  compares: false,
  needs: [],
  evidence: ['clusterInformations', 'datastoreMigrations'],
  docs: {
    why: 'While datastoreReady is false, components of Calico stand still and keep what they knew last. A migration to native v3 CRDs ends with another API group, so what was checked before it may not hold after it, and the roles of peers may not cover the new group.',
    fix: 'Finish or abort the migration, unlock the datastore, and check again.',
    sources: [
      {
        title: 'Migrate to native v3 CRDs',
        url: 'https://docs.tigera.io/calico-enterprise/latest/operations/crd-migration',
        version: '3.23',
      },
      {
        title: 'tigera/api pkg/apis/projectcalico/v3/clusterinfo.go: datastoreReady',
        url: 'https://github.com/tigera/api/blob/release-calient-v3.23/pkg/apis/projectcalico/v3/clusterinfo.go',
        version: '3.23',
      },
    ],
  },
  messages: {
    paused: 'the datastore of {cluster} is not ready, so its components stand still',
    migrating: 'the datastore of {cluster} is being migrated, phase {phase}',
  },
  *check({ clusters }, say) {
    for (const { name, clusterInformations, datastoreMigrations } of clusters) {
      for (const { datastoreReady: ready } of clusterInformations.items) {
        if (ready?.value !== false) continue;
        const fix = {
          title: 'unlock the datastore',
          command: `calicoctl --context=${shell(name)} datastore migrate unlock`,
        };
        yield say.finding('paused', { cluster: name }, { clusters: [name], evidence: [at(ready, 'not ready')], fix });
      }
      for (const { phase } of datastoreMigrations.items) {
        if (!phase || phase.value === 'Complete') continue;
        const command = kubectl(name, 'get datastoremigrations.migration.projectcalico.org -o yaml');
        const fix = { title: 'finish or abort the migration', command };
        const spec = { clusters: [name], evidence: [at(phase, 'not Complete')] as const, fix };
        yield say.finding('migrating', { cluster: name, phase: phase.value }, spec);
      }
      yield say.pass([name]);
    }
  },
});

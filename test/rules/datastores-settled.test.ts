// Tests of the rule datastores-settled.

import rule from '../../rules/datastores-settled.ts';
import { healthyMesh, type Manifest } from '../kit/objects.ts';
import { testRule } from '../kit/test-rule.ts';

const { east = [], west = [] } = healthyMesh(['east', 'west']);
const information = (datastoreReady: boolean): Manifest => ({
  apiVersion: 'crd.projectcalico.org/v1',
  kind: 'ClusterInformation',
  metadata: { name: 'default' },
  spec: { datastoreReady },
});
const migration = (phase: string): Manifest => ({
  apiVersion: 'migration.projectcalico.org/v1',
  kind: 'DatastoreMigration',
  metadata: { name: 'v1-to-v3' },
  status: { phase },
});

testRule(rule, [
  { title: 'passes where nothing says otherwise', clusters: { east, west }, verdict: 'pass' },
  {
    title: 'passes for a ready datastore and a complete migration',
    clusters: { east: [...east, information(true)], west: [...west, migration('Complete')] },
    verdict: 'pass',
  },
  {
    title: 'warns of a paused datastore',
    clusters: { east: [...east, information(false)], west },
    verdict: { east: 'warn', west: 'pass' },
    says: ['paused'],
    at: ['east ClusterInformation/default spec.datastoreReady'],
  },
  {
    title: 'warns of a migration that is under way',
    clusters: { east, west: [...west, migration('Converged')] },
    verdict: { east: 'pass', west: 'warn' },
    says: ['migrating'],
    at: ['west DatastoreMigration/v1-to-v3 status.phase'],
    text: ['phase Converged'],
  },
]);

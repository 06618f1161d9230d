// Which API group holds Calico's objects: what tells it, and what does not.

import { describe, expect, it } from 'vitest';
import type { Section } from '../../../src/model/mesh.ts';
import { storageGroup } from '../../../src/model/platform/storage.ts';
import type { Cluster } from '../../../src/rule.ts';
import { mesh } from '../../kit/mesh.ts';
import { calicoNode, installation, ipPool, type Manifest } from '../../kit/objects.ts';

const V1 = 'crd.projectcalico.org';
const V3 = 'projectcalico.org';
const group = (...objects: Manifest[]) => {
  const [only] = mesh({ a: objects }, { routing: 'overlay', calicoVersion: '3.23' }).clusters;
  return storageGroup(only as Cluster<Section>);
};
const crd = (name: string): Manifest => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name },
});
const v3Pool = { ...ipPool('p', '10.0.0.0/16'), apiVersion: `${V3}/v3` };
const migration = (phase: string): Manifest => ({
  apiVersion: 'migration.projectcalico.org/v1beta1',
  kind: 'DatastoreMigration',
  metadata: { name: 'm' },
  status: { phase },
});
const recent = installation({ version: 'v3.24.0' });

describe('storageGroup', () => {
  it('follows the variable of calico-node before anything else', () => {
    expect(group(calicoNode({ CALICO_API_GROUP: 'projectcalico.org/v3' }), ipPool('p', '10.0.0.0/16'))).toBe(V3);
    expect(group(calicoNode({ CALICO_API_GROUP: 'crd.projectcalico.org/v1' }), crd('ippools.projectcalico.org'))).toBe(
      V1,
    );
  });

  it('follows a migration by its phase', () => {
    expect(group(migration('Migrating'), crd('ippools.projectcalico.org'))).toBe(V1);
    expect(group(migration('Converged'), crd('ippools.crd.projectcalico.org'))).toBe(V3);
    expect(group(migration('Complete'))).toBe(V3);
  });

  it('follows the CRDs, stored v1 ones first', () => {
    expect(group(crd('ippools.crd.projectcalico.org'), crd('ippools.projectcalico.org'))).toBe(V1);
    expect(group(crd('ippools.projectcalico.org'), recent)).toBe(V3);
    expect(group(crd('datastoremigrations.migration.projectcalico.org'), v3Pool, recent)).toBeNull();
  });

  it('takes objects of the v1 group for proof, v3 objects for none', () => {
    expect(group(ipPool('p', '10.0.0.0/16'), recent)).toBe(V1);
    expect(group(v3Pool, recent)).toBeNull();
    expect(group(v3Pool)).toBeNull();
  });

  it('knows that there were no native v3 CRDs before 3.23', () => {
    expect(group(v3Pool, installation({ version: 'v3.22.4' }))).toBe(V1);
    expect(group(v3Pool, installation({ version: 'v3.23.0' }))).toBeNull();
  });

  it('takes the missing variable of calico-node for proof, as the operator sets it for native CRDs', () => {
    expect(group(v3Pool, calicoNode({}, 'v3.24.0'))).toBe(V1);
    expect(group(v3Pool, calicoNode({ CALICO_API_GROUP: '' }, 'v3.24.0'))).toBeNull();
  });
});

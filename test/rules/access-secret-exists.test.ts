// Cases of access-secret-exists: Secrets that are there, that are not, and of which nobody can tell.

import { expect, test } from 'vitest';
import rule from '../../rules/access-secret-exists.ts';
import type { Rule } from '../../src/rule.ts';
import { build } from '../kit/mesh.ts';
import { changed, healthyMesh, type Manifest, manifest, remote, without } from '../kit/objects.ts';
import { runRule, testRule } from '../kit/test-rule.ts';

const two = healthyMesh(['east', 'west']) as { east: Manifest[]; west: Manifest[] };
const RCC = 'RemoteClusterConfiguration';
const SECRET = 'remote-cluster-secret-west';
const refer = (reference: Record<string, unknown>) =>
  changed(two.east, RCC, 'west', { spec: { clusterAccessSecret: reference } });

testRule(rule, [
  { title: 'passes where every Secret is there', clusters: two, verdict: 'pass' },
  {
    title: 'fails where the export holds the namespace but not the Secret',
    clusters: { ...two, east: without(two.east, 'Secret', SECRET) },
    verdict: { east: 'fail', west: 'pass' },
    says: ['absent'],
    at: [`east Secret/${SECRET}`],
  },
  {
    title: 'names the namespace in which a Secret of that name is',
    clusters: { ...two, east: refer({ namespace: 'federation' }) },
    verdict: { east: 'unknown', west: 'pass' },
    says: ['unread'],
  },
  {
    title: 'an export of two namespaces proves that a third has none',
    clusters: {
      ...two,
      east: [
        ...refer({ namespace: 'federation' }),
        { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'other', namespace: 'default' }, type: 'Opaque' },
      ],
    },
    verdict: 'fail',
    says: ['elsewhere'],
    at: [`east Secret/${SECRET}`],
    text: ['one of that name is in calico-system'],
  },
  {
    title: 'a name that no Secret can have needs no export to be missed',
    clusters: { ...two, east: without(refer({ name: 'West_Secret', namespace: 'elsewhere' }), 'Secret', 'none') },
    verdict: 'fail',
    says: ['absent'],
  },
  {
    title: 'two remotes that refer to one missing Secret have one cause',
    clusters: {
      ...two,
      east: [
        ...without(two.east, 'Secret', SECRET),
        changed([remote('west', 'Enabled')], RCC, 'west', { metadata: { name: 'again' } })[0] as Manifest,
      ],
    },
    verdict: 'fail',
    says: ['absent'],
    text: ['RemoteClusterConfiguration again, west refers'],
  },
  {
    title: 'is unknown once where no Secret was read',
    clusters: { ...two, east: without(two.east, 'Secret') },
    verdict: { east: 'unknown', west: 'pass' },
    says: ['missingInput'],
  },
  {
    title: 'is unknown, and says why, where a Secret may not be read',
    clusters: {
      ...two,
      east: [
        ...without(two.east, 'Secret', SECRET),
        manifest('east', [
          {
            resource: 'secrets',
            state: 'read',
            names: { [`calico-system/${SECRET}`]: { state: 'forbidden', why: 'no right to get secrets' } },
          },
        ]),
      ],
    },
    verdict: { east: 'unknown', west: 'pass' },
    says: ['refused'],
  },
  {
    title: 'is unknown where the reference is incomplete',
    clusters: {
      ...two,
      east: refer({ namespace: null }),
      west: changed(two.west, RCC, 'east', { spec: { clusterAccessSecret: { name: null } } }),
    },
    verdict: 'unknown',
    says: ['incomplete', 'incomplete'],
  },
  {
    title: 'a reference without a kind is looked up all the same',
    clusters: { ...two, east: refer({ kind: null }) },
    verdict: 'pass',
  },
  {
    title: 'does not concern a remote without a reference',
    clusters: {
      ...two,
      east: changed(two.east, RCC, 'west', { spec: { clusterAccessSecret: null, datastoreType: 'kubernetes' } }),
    },
    verdict: { east: 'not-applicable', west: 'pass' },
  },
  {
    title: 'is unknown where the remotes were not read',
    clusters: { ...two, east: without(two.east, RCC) },
    verdict: { east: 'unknown', west: 'pass' },
    says: ['missingInput'],
  },
]);

test('access-secret-exists points at the namespace of the reference where the Secret is in another', () => {
  const other = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'other', namespace: 'default' } };
  const evidence = (objects: readonly Manifest[]) =>
    runRule(rule as unknown as Rule, build({ ...two, east: [...objects] })).findings[0]?.evidence;
  expect(evidence([...refer({ namespace: 'federation' }), other])).toEqual([
    `east Secret/${SECRET}`,
    `east ${RCC}/west spec.clusterAccessSecret`,
    `east ${RCC}/west spec.clusterAccessSecret.namespace`,
    `east Secret/${SECRET}`,
  ]);
  expect(evidence(refer({ name: 'misspelt' }))).toEqual([
    'east Secret/misspelt',
    `east ${RCC}/west spec.clusterAccessSecret`,
    `east ${RCC}/west spec.clusterAccessSecret.name`,
  ]);
});

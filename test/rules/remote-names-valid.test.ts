// Cases of remote-names-valid: form and clarity of the names of RemoteClusterConfigurations.

import rule from '../../rules/remote-names-valid.ts';
import { changed, healthyMesh, without } from '../kit/objects.ts';
import { testRule } from '../kit/test-rule.ts';

const mesh = healthyMesh(['a', 'b', 'c']);
const RCC = 'RemoteClusterConfiguration';
const renamed = (name: string) => ({ ...mesh, b: changed(mesh.b ?? [], RCC, 'c', { metadata: { name } }) });

testRule(rule, [
  { title: 'passes for lower-case names', clusters: mesh, verdict: 'pass' },
  {
    title: 'passes for digits and dashes, and notes that peers call the cluster differently',
    clusters: renamed('c-2-east'),
    verdict: 'pass',
    says: ['differs'],
    blames: ['a b'],
    text: ['lead to c have different names: c and c-2-east'],
  },
  {
    title: 'fails for a name with capitals',
    clusters: renamed('C-East'),
    verdict: { a: 'pass', b: 'fail', c: 'pass' },
    says: ['form', 'differs'],
    at: ['b RemoteClusterConfiguration/C-East metadata.name', 'a RemoteClusterConfiguration/c metadata.name'],
  },
  {
    title: 'fails for an underscore, a dot and a dash at the end',
    clusters: {
      a: changed(changed(mesh.a ?? [], RCC, 'b', { metadata: { name: 'b_1' } }), RCC, 'c', {
        metadata: { name: 'c.1' },
      }),
      b: changed(mesh.b ?? [], RCC, 'a', { metadata: { name: 'a-' } }),
    },
    verdict: 'fail',
    says: ['form', 'form', 'form'],
  },
  {
    title: 'notes a name that a local node has, too',
    clusters: renamed('b-node-1'),
    verdict: 'pass',
    says: ['equalsNode', 'differs'],
  },
  {
    title: 'does not mind a name that a node of the other cluster has',
    clusters: { ...renamed('c-node-1'), a: [] },
    options: { routing: 'overlay' },
    verdict: { a: 'unknown', b: 'pass', c: 'pass' },
    says: ['missingInput'],
  },
  {
    title: 'does not apply to a cluster without remotes',
    clusters: {
      ...mesh,
      b: { 'remotes.yaml': [{ apiVersion: 'projectcalico.org/v3', kind: `${RCC}List`, items: [] }] },
    },
    verdict: { a: 'pass', b: 'not-applicable', c: 'pass' },
  },
  {
    title: 'is unknown for a cluster whose remotes were not read',
    clusters: { ...mesh, b: without(mesh.b ?? [], RCC) },
    options: { routing: 'overlay' },
    verdict: { a: 'pass', b: 'unknown', c: 'pass' },
    says: ['missingInput'],
  },
]);

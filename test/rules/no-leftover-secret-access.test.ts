// Cases of no-leftover-secret-access: grants to Typha that no RemoteClusterConfiguration needs.

import rule from '../../rules/no-leftover-secret-access.ts';
import { changed, healthyMesh, typhaBinding, typhaRole, without } from '../kit/objects.ts';
import { testRule } from '../kit/test-rule.ts';

const { a = [], b = [] } = healthyMesh(['a', 'b']);
const RCC = 'RemoteClusterConfiguration';
const leftover = [...b, typhaRole('mesh'), typhaBinding('mesh')];

testRule(rule, [
  { title: 'passes with grants that are needed', clusters: { a, b }, verdict: 'pass' },
  {
    title: 'notes a grant in a namespace without an access Secret',
    clusters: { a, b: leftover },
    verdict: 'pass',
    says: ['leftover'],
    at: ['b RoleBinding/remote-cluster-secret-access metadata.namespace'],
  },
  {
    title: 'does not note one for somebody else, or for other resources',
    clusters: {
      a: [...a, typhaRole('mesh'), { ...typhaBinding('mesh'), subjects: [{ kind: 'User', name: 'u' }] }],
      b: [...b, { ...typhaRole('mesh'), rules: [] }, typhaBinding('mesh')],
    },
    verdict: 'pass',
  },
  {
    title: 'is silent where a needed grant is missing: the misplaced one is its cause',
    clusters: {
      a,
      b: changed(b, RCC, 'a', { spec: { clusterAccessSecret: { namespace: 'x' } } }).concat(leftover.slice(-2)),
    },
    verdict: 'pass',
  },
  {
    title: 'does not apply without a reference',
    clusters: { a, b: changed(b, RCC, 'a', { spec: { clusterAccessSecret: null } }) },
    verdict: { a: 'pass', b: 'not-applicable' },
    says: ['leftover'],
  },
  {
    title: 'does not apply where a Secret is gone: its reference may be what is wrong',
    clusters: { a, b: without(leftover, 'Secret', 'remote-cluster-secret-a') },
    verdict: { a: 'pass', b: 'not-applicable' },
  },
  {
    title: 'does not apply where the remotes or a namespace are not told',
    clusters: {
      a: changed([...a, ...leftover.slice(-2)], RCC, 'b', { spec: { clusterAccessSecret: { namespace: null } } }),
      b: without(leftover, RCC),
    },
    options: { routing: 'overlay' },
    verdict: 'not-applicable',
  },
]);

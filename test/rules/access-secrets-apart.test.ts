// Cases of access-secrets-apart: who else may read Secrets where access secrets are.

import rule from '../../rules/access-secrets-apart.ts';
import { healthyMesh, type Manifest, typhaRole, without } from '../kit/objects.ts';
import { testRule } from '../kit/test-rule.ts';

const two = healthyMesh(['east', 'west']) as { east: Manifest[]; west: Manifest[] };
const SECRET = 'remote-cluster-secret-west';
const RBAC = 'rbac.authorization.k8s.io';

function binding(kind: string, role: string, ...subjects: readonly Record<string, string>[]): Manifest {
  return {
    apiVersion: `${RBAC}/v1`,
    kind,
    metadata: { name: 'others', ...(kind === 'RoleBinding' ? { namespace: 'calico-system' } : {}) },
    roleRef: { apiGroup: RBAC, kind: role === 'reader' ? 'ClusterRole' : 'Role', name: role },
    subjects,
  };
}
const reader = { ...typhaRole('x'), kind: 'ClusterRole', metadata: { name: 'reader' } };
const ROLE = 'remote-cluster-secret-access';

testRule(rule, [
  { title: 'passes where only Typha may read the Secrets', clusters: two, verdict: 'pass' },
  {
    title: 'takes an account without a namespace for one of the namespace of the binding',
    clusters: {
      ...two,
      east: [...two.east, binding('RoleBinding', ROLE, { kind: 'ServiceAccount', name: 'calico-typha' })],
    },
    verdict: 'pass',
  },
  {
    title: 'warns once for all others that may',
    clusters: {
      ...two,
      east: [
        ...two.east,
        binding(
          'RoleBinding',
          ROLE,
          { kind: 'ServiceAccount', name: 'ci', namespace: 'build' },
          { kind: 'Group', name: 'developers', apiGroup: RBAC },
          { kind: 'Group', name: 'system:authenticated', apiGroup: RBAC },
        ),
      ],
    },
    verdict: { east: 'warn', west: 'pass' },
    says: ['shared'],
    at: [`east Secret/${SECRET} metadata.namespace`],
    text: ['ServiceAccount ci, Group developers, Group system:authenticated'],
  },
  {
    title: 'others may that are granted the Secrets by their names',
    clusters: {
      ...two,
      east: [
        ...two.east,
        {
          ...typhaRole('calico-system'),
          metadata: { name: 'named', namespace: 'calico-system' },
          rules: [{ apiGroups: [''], resources: ['secrets'], resourceNames: [SECRET], verbs: ['get'] }],
        },
        binding('RoleBinding', 'named', {
          kind: 'ServiceAccount',
          name: 'mesh-preflight',
          namespace: 'mesh-preflight',
        }),
      ],
    },
    verdict: 'pass',
  },
  {
    title: 'components of Kubernetes and of the operator may read them',
    clusters: {
      ...two,
      east: [
        ...two.east,
        binding(
          'RoleBinding',
          ROLE,
          { kind: 'ServiceAccount', name: 'tigera-operator', namespace: 'tigera-operator' },
          { kind: 'User', name: 'system:kube-controller-manager', apiGroup: RBAC },
          { kind: 'Group', name: 'system:serviceaccounts:kube-system', apiGroup: RBAC },
        ),
      ],
    },
    verdict: 'pass',
  },
  {
    title: 'a grant in all namespaces is no reason to move the Secret',
    clusters: {
      ...two,
      east: [
        ...two.east,
        reader,
        binding('ClusterRoleBinding', 'reader', { kind: 'Group', name: 'developers', apiGroup: RBAC }),
      ],
    },
    verdict: 'pass',
  },
  {
    title: 'who reads all Secrets anyway gains nothing from a grant here',
    clusters: {
      ...two,
      east: [
        ...two.east,
        reader,
        binding('ClusterRoleBinding', 'reader', { kind: 'ServiceAccount', name: 'ci', namespace: 'build' }),
        binding('RoleBinding', ROLE, { kind: 'ServiceAccount', name: 'ci', namespace: 'build' }),
      ],
    },
    verdict: 'pass',
  },
  {
    title: 'does not concern a Secret that was not read; remotes are needed',
    clusters: { east: without(two.east, 'Secret'), west: without(two.west, 'RemoteClusterConfiguration') },
    verdict: { east: 'not-applicable', west: 'unknown' },
    says: ['missingInput'],
  },
]);

// Cases of typha-reads-access-secrets: what lets Typha read the access Secrets, and what nearly does.

import rule from '../../rules/typha-reads-access-secrets.ts';
import { changed, healthyMesh, type Manifest, typhaBinding, typhaRole, without } from '../kit/objects.ts';
import { testRule } from '../kit/test-rule.ts';

const RCC = 'RemoteClusterConfiguration';
const NAME = 'remote-cluster-secret-access';
const { a = [], b = [] } = healthyMesh(['a', 'b']);
/** A Role and a RoleBinding for somebody else. */
const other = (namespace: string): Manifest[] => [
  { ...typhaRole(namespace), metadata: { name: 'leader', namespace }, rules: [] },
  {
    ...typhaBinding(namespace),
    metadata: { name: 'leader', namespace },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'leader' },
    subjects: [{ kind: 'ServiceAccount', name: 'leader', namespace }],
  },
];
/** Those of two namespaces, so that an absence in a third one is told. */
const others = [...other('kube-system'), ...other('kube-public')];
const told = [...b, ...others];
const mesh = (objects: readonly Manifest[]) => ({ a, b: objects });
const plain = without(without(told, 'Role', NAME), 'RoleBinding', NAME);
const moved = (namespace: string) => changed(told, RCC, 'a', { spec: { clusterAccessSecret: { namespace } } });
const readers = (rules: readonly unknown[], kind = 'Role') => ({ ...typhaRole('calico-system'), kind, rules });
const secrets = { apiGroups: [''], resources: ['secrets'], verbs: ['get', 'list', 'watch'] };
const clusterRole = (
  name: string,
  rules: readonly unknown[],
  more: Readonly<Record<string, unknown>> = {},
): Manifest => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRole',
  metadata: { name },
  rules,
  ...more,
});
const clusterBinding = (name: string, role: string, subjects: readonly unknown[]): Manifest => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRoleBinding',
  metadata: { name },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
  subjects,
});
const typha = { kind: 'ServiceAccount', name: 'calico-typha', namespace: 'calico-system' };
const failsAt = (place: string) => ({ verdict: { a: 'pass', b: 'fail' }, at: [`b ${place}`], blames: ['b'] }) as const;
const passes = { verdict: { a: 'pass', b: 'pass' } } as const;

testRule(rule, [
  { title: 'passes with Role and RoleBinding in the namespace', clusters: mesh(b), ...passes },
  {
    title: 'passes on a grant, whatever else was not read',
    clusters: mesh(without(without(b, 'ClusterRole'), 'ClusterRoleBinding')),
    ...passes,
  },
  {
    title: 'passes with a ClusterRole that a RoleBinding confines',
    clusters: mesh([
      ...plain,
      clusterRole('reader', [secrets]),
      { ...typhaBinding('calico-system'), roleRef: { kind: 'ClusterRole', name: 'reader' } },
    ]),
    ...passes,
  },
  {
    title: 'passes with an aggregated ClusterRole, wildcards and a group',
    clusters: mesh([
      ...plain,
      clusterRole('whole', [], {
        metadata: { name: 'whole' },
        aggregationRule: { clusterRoleSelectors: [{ matchLabels: { part: 'x' } }] },
      }),
      clusterRole('part', [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }], {
        metadata: { name: 'part', labels: { part: 'x' } },
      }),
      clusterBinding('all', 'whole', [{ kind: 'Group', name: 'system:serviceaccounts:calico-system' }]),
    ]),
    ...passes,
  },
  {
    title: 'fails when Role and RoleBinding are in another namespace than the Secret',
    clusters: mesh(moved('mesh')),
    ...failsAt('Role/remote-cluster-secret-access metadata.namespace'),
    says: ['namespace'],
    text: ['in namespace mesh: RoleBinding remote-cluster-secret-access is in another namespace'],
  },
  {
    title: 'does not take a grant for misplaced that another Secret needs',
    clusters: mesh([
      ...told,
      {
        apiVersion: 'crd.projectcalico.org/v1',
        kind: RCC,
        metadata: { name: 'z' },
        spec: { clusterAccessSecret: { kind: 'Secret', name: 'z', namespace: 'mesh' } },
      },
    ]),
    ...failsAt('Role/remote-cluster-secret-access'),
    says: ['nothing'],
  },
  {
    title: 'points at the RoleBinding when only that is in another namespace',
    clusters: mesh([...moved('mesh').filter((o) => o.kind !== 'Role' || o.metadata.name !== NAME), typhaRole('mesh')]),
    ...failsAt('RoleBinding/remote-cluster-secret-access metadata.namespace'),
    says: ['namespace'],
  },
  {
    title: 'points at the Role when only that is in another namespace',
    clusters: mesh([...without(moved('mesh'), 'RoleBinding', NAME), typhaBinding('mesh')]),
    ...failsAt('Role/remote-cluster-secret-access metadata.namespace'),
    says: ['role'],
  },
  {
    title: 'fails when the RoleBinding refers to a Role that is gone',
    clusters: mesh(without(told, 'Role', NAME)),
    ...failsAt('Role/remote-cluster-secret-access'),
    says: ['role'],
  },
  {
    title: 'fails when the RoleBinding refers to view, which every cluster has and which grants no Secrets',
    clusters: mesh([
      ...without(without(told, 'Role', NAME), 'RoleBinding', NAME),
      {
        ...typhaBinding('calico-system'),
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' },
      },
    ]),
    ...failsAt('RoleBinding/remote-cluster-secret-access roleRef.name'),
    says: ['view'],
    text: ['refers to ClusterRole view'],
  },
  {
    title: 'is unknown when it refers to edit, which every cluster has',
    clusters: mesh([
      ...without(without(told, 'Role', NAME), 'RoleBinding', NAME),
      {
        ...typhaBinding('calico-system'),
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'edit' },
      },
    ]),
    verdict: { a: 'pass', b: 'unknown' },
    says: ['notExported'],
    text: ['ClusterRole edit is not in the input'],
  },
  {
    title: 'points at the reference when the right Role is beside it',
    clusters: mesh(changed(told, 'RoleBinding', NAME, { roleRef: { name: 'misspelt' } })),
    ...failsAt('RoleBinding/remote-cluster-secret-access roleRef.name'),
    says: ['role'],
  },
  {
    title: 'points at the kind when it is that which is wrong',
    clusters: mesh(changed(told, 'RoleBinding', NAME, { roleRef: { kind: 'ClusterRole' } })),
    ...failsAt('RoleBinding/remote-cluster-secret-access roleRef.kind'),
    says: ['role'],
  },
  {
    title: 'fails for a subject of another namespace',
    clusters: mesh(changed(told, 'RoleBinding', NAME, { subjects: [{ ...typha, namespace: 'kube-system' }] })),
    ...failsAt('RoleBinding/remote-cluster-secret-access subjects[0].namespace'),
    says: ['subject'],
  },
  {
    title: 'fails for a subject of another name, and for none',
    clusters: {
      a: changed([...a, ...others], 'RoleBinding', NAME, { subjects: [{ ...typha, name: 'calico-node' }] }),
      b: changed(told, 'RoleBinding', NAME, { subjects: [] }),
    },
    verdict: 'fail',
    says: ['subject', 'subject'],
    at: [
      'a RoleBinding/remote-cluster-secret-access subjects[0].name',
      'b RoleBinding/remote-cluster-secret-access subjects',
    ],
  },
  {
    title: 'fails for a missing verb',
    clusters: mesh(changed(told, 'Role', NAME, { rules: [{ ...secrets, verbs: ['get'] }] })),
    ...failsAt('Role/remote-cluster-secret-access rules[0].verbs'),
    says: ['rule'],
    text: ['Typha may not list and watch Secrets in namespace calico-system'],
  },
  {
    title: 'adds up rules, and fails for a wrong group',
    clusters: {
      a: [
        ...without(a, 'Role', NAME),
        readers([
          { ...secrets, verbs: ['get'] },
          { ...secrets, verbs: ['list', 'watch'] },
        ]),
      ],
      b: changed(told, 'Role', NAME, { rules: [{ ...secrets, apiGroups: ['v1'] }] }),
    },
    ...failsAt('Role/remote-cluster-secret-access rules[0].apiGroups'),
    says: ['rule'],
  },
  {
    title: 'does not blame a ClusterRole of Typha for what it was never meant to grant',
    clusters: mesh([
      ...plain,
      clusterRole('calico-typha', [{ ...secrets, resources: ['configmaps'] }]),
      clusterBinding('calico-typha', 'calico-typha', [typha]),
    ]),
    ...failsAt('Role/remote-cluster-secret-access'),
    says: ['nothing'],
  },
  {
    title: 'fails when nothing binds the Role',
    clusters: mesh(without(told, 'RoleBinding', NAME)),
    ...failsAt('RoleBinding/remote-cluster-secret-access'),
    says: ['binding'],
  },
  {
    title: 'cannot tell that from the RoleBindings of one other namespace',
    clusters: mesh([...without(b, 'RoleBinding', NAME), ...other('kube-system')]),
    verdict: { a: 'pass', b: 'unknown' },
    says: ['notExported'],
  },
  {
    title: 'passes when resourceNames limit nothing but the get of that Secret',
    clusters: mesh(
      changed(told, 'Role', NAME, {
        rules: [
          { ...secrets, verbs: ['get'], resourceNames: ['remote-cluster-secret-a'] },
          { ...secrets, verbs: ['list', 'watch'] },
        ],
      }),
    ),
    ...passes,
  },
  {
    title: 'warns when resourceNames name the Secret',
    clusters: mesh(
      changed(told, 'Role', NAME, { rules: [{ ...secrets, resourceNames: ['remote-cluster-secret-a'] }] }),
    ),
    verdict: { a: 'pass', b: 'warn' },
    says: ['byName'],
    at: ['b Role/remote-cluster-secret-access rules[0].resourceNames'],
  },
  {
    title: 'fails when resourceNames name another Secret',
    clusters: mesh(changed(told, 'Role', NAME, { rules: [{ ...secrets, resourceNames: ['other'] }] })),
    ...failsAt('Role/remote-cluster-secret-access rules[0].resourceNames'),
    says: ['rule'],
  },
  {
    title: 'leaves a limited grant open while something was not read',
    clusters: mesh(
      without(
        changed(told, 'Role', NAME, { rules: [{ ...secrets, resourceNames: ['remote-cluster-secret-a'] }] }),
        'ClusterRole',
      ),
    ),
    verdict: { a: 'pass', b: 'unknown' },
    says: ['missingInput'],
  },
  {
    title: 'is unknown when the namespace of the Secret was not exported',
    clusters: mesh(changed(b, RCC, 'a', { spec: { clusterAccessSecret: { namespace: 'mesh' } } })),
    verdict: { a: 'pass', b: 'unknown' },
    says: ['notExported'],
    text: ['the RoleBindings of namespace mesh are not in the input'],
  },
  {
    title: 'is unknown when no RBAC was exported',
    clusters: mesh(without(without(without(without(b, 'Role'), 'RoleBinding'), 'ClusterRole'), 'ClusterRoleBinding')),
    verdict: { a: 'pass', b: 'unknown' },
    says: ['missingInput', 'missingInput', 'missingInput', 'missingInput'],
  },
  {
    title: 'does not apply to a reference to nowhere, which is wrong itself',
    clusters: mesh(
      changed(
        [...told, { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's', namespace: 'kube-system' } }],
        RCC,
        'a',
        { spec: { clusterAccessSecret: { namespace: 'typo' } } },
      ),
    ),
    verdict: { a: 'pass', b: 'not-applicable' },
  },
  {
    title: 'judges a reference to a Secret that is gone from a namespace that is there',
    clusters: mesh(without(without(told, 'Secret', 'remote-cluster-secret-a'), 'RoleBinding', NAME)),
    ...failsAt('RoleBinding/remote-cluster-secret-access'),
    says: ['binding'],
  },
  {
    title: 'does not apply without a reference, or with one that is incomplete',
    clusters: {
      a: changed(a, RCC, 'b', { spec: { clusterAccessSecret: null } }),
      b: changed(b, RCC, 'a', { spec: { clusterAccessSecret: { namespace: null } } }),
    },
    verdict: 'not-applicable',
  },
  {
    title: 'is unknown when the remotes were not read',
    clusters: mesh(without(b, RCC)),
    options: { routing: 'overlay' },
    verdict: { a: 'pass', b: 'unknown' },
    says: ['missingInput'],
  },
]);

// Cases of federation-account-authorised: which account is judged, what it needs, and where what it lacks has to be changed.

import rule from '../../rules/federation-account-authorised.ts';
import { clusterCredentials, uuid } from '../kit/credentials.ts';
import {
  ACCOUNT,
  accessSecret,
  calicoNode,
  changed,
  federationBinding,
  federationRole,
  healthyMesh,
  type Manifest,
  serverOf,
  without,
} from '../kit/objects.ts';
import { testRule } from '../kit/test-rule.ts';

const { a = [], b = [] } = healthyMesh(['a', 'b']);
const old = healthyMesh(['a', 'b'], { version: 'v3.19.4' });
const underlay = healthyMesh(['a', 'b', 'c'], { routing: 'underlay' });
const mesh = (objects: readonly Manifest[]) => ({ a, b: objects });
const READ = ['get', 'list', 'watch'];
const core = (...resources: string[]) => ({ apiGroups: [''], resources, verbs: READ });
const calico = (group: string, ...resources: string[]) => ({ apiGroups: [group], resources, verbs: READ });
const all = ['namespaces', 'serviceaccounts', 'services', 'endpoints', 'pods', 'nodes'];
const own = ['hostendpoints', 'ipamblocks', 'ippools'];
const V1 = 'crd.projectcalico.org';
const V3 = 'projectcalico.org';
const rules = (...list: unknown[]) => changed(b, 'ClusterRole', ACCOUNT, { rules: list });
const role = (name: string, list: unknown[]): Manifest => ({ ...federationRole(), metadata: { name }, rules: list });
const subject = (patch: Readonly<Record<string, unknown>>, objects: readonly Manifest[] = b) =>
  changed(objects, 'ClusterRoleBinding', ACCOUNT, {
    subjects: [{ kind: 'ServiceAccount', name: ACCOUNT, namespace: 'calico-system', ...patch }],
  });
const account = (namespace: string, name = ACCOUNT): Manifest => ({
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: { name, namespace, uid: uuid(`b ${namespace} ${name}`) },
});
/** a's kubeconfig for b with a token of this account of b. */
const tokenOf = (namespace: string, name = ACCOUNT) => {
  const credentials = clusterCredentials('b');
  const token = credentials.serviceAccountToken({ namespace, name, uid: uuid(`b ${namespace} ${name}`) });
  const kubeconfig = credentials.kubeconfig({ server: serverOf('b'), token });
  return [...without(a, 'Secret', 'remote-cluster-secret-b'), accessSecret('b', { kubeconfig })];
};
const federated: Manifest = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 's', namespace: 'default', annotations: { 'federation.tigera.io/serviceSelector': 'run == "s"' } },
  spec: {},
};
const crd = (name: string): Manifest => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name },
});
/** b as a cluster of native v3 CRDs would be exported. */
const native = (objects: readonly Manifest[]) =>
  objects.map((o) => (o.apiVersion === `${V1}/v1` ? { ...o, apiVersion: `${V3}/v3` } : o));
const passes = { verdict: { a: 'pass', b: 'pass' } } as const;
const failsAt = (...places: string[]) =>
  ({ verdict: { a: 'pass', b: 'fail' }, at: places.map((p) => `b ${p}`), blames: places.map(() => 'b') }) as const;

testRule(rule, [
  { title: 'passes with the documented objects', clusters: mesh(b), ...passes },
  { title: 'passes with those of 3.19', clusters: old, verdict: 'pass' },
  {
    title: 'passes with other names, split rules, wildcards and an aggregated ClusterRole',
    clusters: mesh([
      ...without(without(b, 'ClusterRole', ACCOUNT), 'ClusterRoleBinding', ACCOUNT),
      role('peers', [core('nodes', 'pods'), { ...core('*'), verbs: ['*'] }, calico('*', 'hostendpoints')]),
      {
        ...role('routes', []),
        metadata: { name: 'routes' },
        rules: undefined,
        aggregationRule: { clusterRoleSelectors: [{ matchLabels: { routes: 'yes' } }] },
      },
      { ...role('part', [calico(V1, 'ipamblocks', 'ippools')]), metadata: { name: 'part', labels: { routes: 'yes' } } },
      {
        ...federationBinding('calico-system'),
        metadata: { name: 'one' },
        roleRef: { kind: 'ClusterRole', name: 'peers' },
      },
      {
        ...federationBinding('calico-system'),
        metadata: { name: 'two' },
        roleRef: { kind: 'ClusterRole', name: 'routes' },
      },
    ]),
    ...passes,
  },
  {
    title: 'fails once for the role of before 3.18, in overlay',
    clusters: mesh(rules(core(...all.slice(0, 5)), calico(V1, 'hostendpoints'))),
    ...failsAt(`ClusterRole/${ACCOUNT} rules[0].resources`),
    says: ['resources'],
    text: ['ClusterRole tigera-federation-remote-cluster does not list ipamblocks, ippools and nodes'],
  },
  { title: 'passes with that role in underlay', clusters: underlay, verdict: 'pass' },
  {
    title: 'points at the rule of the group that lacks a resource',
    clusters: mesh(rules(core(...all), calico(V1, 'hostendpoints', 'ippools'))),
    ...failsAt(`ClusterRole/${ACCOUNT} rules[1].resources`),
    says: ['resources'],
  },
  {
    title: 'fails for a missing verb, apart from a missing resource',
    clusters: mesh(rules({ ...core(...all), verbs: ['get', 'list'] }, calico(V1, 'hostendpoints', 'ippools'))),
    ...failsAt(`ClusterRole/${ACCOUNT} rules[0].verbs`, `ClusterRole/${ACCOUNT} rules[1].resources`),
    says: ['verbs', 'resources'],
    text: ['lacks watch on namespaces, nodes, pods and serviceaccounts'],
  },
  {
    title: 'fails for a rule that resourceNames limit, and for a role without rules',
    clusters: {
      a: changed(a, 'ClusterRole', ACCOUNT, { rules: [] }),
      b: rules({ ...core(...all), resourceNames: ['kube-system'] }, calico(V1, ...own)),
    },
    verdict: 'fail',
    says: ['rules', 'resourceNames'],
    at: [`a ClusterRole/${ACCOUNT} rules`, `b ClusterRole/${ACCOUNT} rules[0].resourceNames`],
  },
  {
    title: 'fails for services only where a peer has federated services',
    clusters: {
      a: [...a, federated],
      b: rules(core('namespaces', 'serviceaccounts', 'pods', 'nodes'), calico(V1, ...own)),
    },
    ...failsAt(`ClusterRole/${ACCOUNT} rules[0].resources`),
    says: ['resources'],
    text: ['does not list endpoints and services'],
  },
  {
    title: 'passes without services where only the cluster itself has them',
    clusters: mesh([...rules(core('namespaces', 'serviceaccounts', 'pods', 'nodes'), calico(V1, ...own)), federated]),
    ...passes,
  },
  {
    title: 'fails when the role names stored v1 objects and the CRDs are native v3 ones',
    clusters: mesh([...native(b), crd('ippools.projectcalico.org')]),
    ...failsAt(`ClusterRole/${ACCOUNT} rules[1].apiGroups`),
    says: ['apiGroups'],
    text: ['does not grant hostendpoints, ipamblocks and ippools in API group projectcalico.org'],
  },
  {
    title: 'says the same once when that role also lacks resources',
    clusters: mesh([...native(rules(core(...all), calico(V1, 'hostendpoints'))), crd('ippools.projectcalico.org')]),
    ...failsAt(`ClusterRole/${ACCOUNT} rules[1].apiGroups`),
    says: ['apiGroups'],
    text: ['does not grant hostendpoints, ipamblocks and ippools in API group projectcalico.org'],
  },
  {
    title: 'takes the variable of calico-node for the group',
    clusters: mesh([...without(native(b), 'DaemonSet'), calicoNode({ CALICO_API_GROUP: 'projectcalico.org/v3' })]),
    ...failsAt(`ClusterRole/${ACCOUNT} rules[1].apiGroups`),
    says: ['apiGroups'],
  },
  {
    title: 'passes when the role names both groups, whichever it is',
    clusters: mesh(without(native(rules(core(...all), { ...calico(V1, ...own), apiGroups: [V1, V3] })), 'DaemonSet')),
    ...passes,
  },
  {
    title: 'fails when the role names only the group of the aggregated API',
    clusters: {
      ...old,
      b: changed(native(old.b ?? []), 'ClusterRole', ACCOUNT, { rules: [core(...all), calico(V3, ...own)] }),
    },
    ...failsAt(`ClusterRole/${ACCOUNT} rules[1].apiGroups`),
    says: ['apiGroups'],
  },
  {
    title: 'is unknown where nothing tells the group and the role names one of them',
    clusters: mesh(without(native(b), 'DaemonSet')),
    verdict: { a: 'pass', b: 'unknown' },
    says: ['groupUntold'],
  },
  {
    title: 'passes with v3 objects and the v1 role where calico-node is not told to use native CRDs',
    clusters: mesh(native(b)),
    ...passes,
  },
  {
    title: 'passes with v3 objects and the v1 role before native CRDs existed',
    clusters: { ...old, b: native(old.b ?? []) },
    verdict: 'pass',
  },
  {
    title: 'fails for a subject of the other namespace',
    clusters: mesh(subject({ namespace: 'kube-system' })),
    ...failsAt(`ClusterRoleBinding/${ACCOUNT} subjects[0].namespace`),
    says: ['subject'],
  },
  {
    title: 'does not blame a role that everybody is bound to',
    clusters: mesh([
      ...subject({ namespace: 'kube-system' }),
      role('basic-user', [{ ...core('selfsubjectreviews'), verbs: ['create'] }]),
      {
        ...federationBinding('x'),
        metadata: { name: 'basic-user' },
        roleRef: { kind: 'ClusterRole', name: 'basic-user' },
        subjects: [{ kind: 'Group', name: 'system:authenticated' }],
      },
    ]),
    ...failsAt(`ClusterRoleBinding/${ACCOUNT} subjects[0].namespace`),
    says: ['subject'],
  },
  {
    title: 'fails for a subject of another name, and for a group called like the account',
    clusters: {
      a: changed(a, 'ClusterRoleBinding', ACCOUNT, { subjects: [{ kind: 'Group', name: ACCOUNT }] }),
      b: subject({ name: 'x' }),
    },
    verdict: 'fail',
    says: ['subject', 'subject'],
    at: [`a ClusterRoleBinding/${ACCOUNT} subjects[0].kind`, `b ClusterRoleBinding/${ACCOUNT} subjects[0].name`],
  },
  {
    title: 'passes for the user name of the account',
    clusters: mesh(
      changed(b, 'ClusterRoleBinding', ACCOUNT, {
        subjects: [{ kind: 'User', name: `system:serviceaccount:calico-system:${ACCOUNT}` }],
      }),
    ),
    ...passes,
  },
  {
    title: 'fails for a binding to another role',
    clusters: mesh([...changed(b, 'ClusterRoleBinding', ACCOUNT, { roleRef: { name: 'other' } }), role('other', [])]),
    ...failsAt(`ClusterRoleBinding/${ACCOUNT} roleRef.name`),
    says: ['roleRef'],
  },
  {
    title: 'fails for a binding to a role that does not exist, with the right one beside it and without',
    clusters: {
      a: changed(a, 'ClusterRoleBinding', ACCOUNT, { roleRef: { name: 'gone' } }),
      b: [...without(b, 'ClusterRole', ACCOUNT), role('other', [])],
    },
    verdict: 'fail',
    says: ['role', 'role'],
    at: [`a ClusterRoleBinding/${ACCOUNT} roleRef.name`, `b ClusterRole/${ACCOUNT}`],
  },
  {
    title: 'is unknown for a binding to a role that every cluster has',
    clusters: mesh(changed(b, 'ClusterRoleBinding', ACCOUNT, { roleRef: { name: 'cluster-admin' } })),
    verdict: { a: 'pass', b: 'unknown' },
    says: ['roleUntold'],
    text: ['ClusterRole cluster-admin is not in the input'],
  },
  {
    title: 'fails for a binding to view, which every cluster has, with the right one beside it',
    clusters: mesh(changed(b, 'ClusterRoleBinding', ACCOUNT, { roleRef: { name: 'view' } })),
    ...failsAt(`ClusterRoleBinding/${ACCOUNT} roleRef.name`),
    says: ['view'],
    text: ['which does not grant hostendpoints, ipamblocks, ippools and nodes'],
  },
  {
    title: 'fails when nothing binds the role',
    clusters: mesh([
      ...without(b, 'ClusterRoleBinding', ACCOUNT),
      { ...federationBinding('x'), metadata: { name: 'other' }, roleRef: { kind: 'ClusterRole', name: 'other' } },
    ]),
    ...failsAt(`ClusterRoleBinding/${ACCOUNT}`),
    says: ['binding'],
  },
  {
    title: 'fails when a RoleBinding confines it to a namespace',
    clusters: mesh([
      ...without(b, 'ClusterRoleBinding', ACCOUNT),
      { ...federationBinding('x'), metadata: { name: 'other' }, roleRef: { kind: 'ClusterRole', name: 'other' } },
      {
        ...federationBinding('calico-system'),
        kind: 'RoleBinding',
        metadata: { name: ACCOUNT, namespace: 'calico-system' },
      },
    ]),
    ...failsAt(`RoleBinding/${ACCOUNT} metadata.namespace`),
    says: ['namespace'],
  },
  {
    title: 'fails when neither role nor binding is there',
    clusters: mesh([
      ...without(without(b, 'ClusterRoleBinding', ACCOUNT), 'ClusterRole', ACCOUNT),
      { ...federationBinding('x'), metadata: { name: 'other' }, roleRef: { kind: 'ClusterRole', name: 'other' } },
      role('other', []),
    ]),
    ...failsAt(`ClusterRole/${ACCOUNT}`),
    says: ['nothing'],
  },
  {
    title: 'fails once when the account does not exist',
    clusters: mesh([...without(b, 'ServiceAccount', ACCOUNT), account('calico-system', 'default')]),
    ...failsAt(`ServiceAccount/${ACCOUNT}`),
    says: ['account'],
  },
  {
    title: 'does not report the missing binding of an account that does not exist, but a role that lacks something',
    clusters: {
      a: [
        ...without(without(a, 'ServiceAccount', ACCOUNT), 'ClusterRoleBinding', ACCOUNT),
        account('calico-system', 'default'),
        { ...federationBinding('x'), metadata: { name: 'other' }, roleRef: { kind: 'ClusterRole', name: 'other' } },
      ],
      b: [...without(rules(core(...all)), 'ServiceAccount', ACCOUNT), account('calico-system', 'default')],
    },
    verdict: 'fail',
    says: ['account', 'account', 'rules'],
    blames: ['a', 'b', 'b'],
  },
  {
    title: 'cannot tell that from the ServiceAccounts of another namespace',
    clusters: mesh([...without(b, 'ServiceAccount', ACCOUNT), account('default', 'default')]),
    verdict: { a: 'pass', b: 'unknown' },
    says: ['accountUntold'],
  },
  {
    title: 'fails when token and account are of the other namespace, and the binding is not',
    clusters: { a: tokenOf('kube-system'), b: [...without(b, 'ServiceAccount', ACCOUNT), account('kube-system')] },
    ...failsAt(`ClusterRoleBinding/${ACCOUNT} subjects[0].namespace`),
    says: ['subject'],
  },
  {
    title: 'passes when account and binding agree: an old token is the affair of the kubeconfig that holds it',
    clusters: { a: tokenOf('kube-system'), b: [...b, account('kube-system')] },
    ...passes,
  },
  {
    title: 'leaves open whether token or binding is wrong while no account was read',
    clusters: { a: tokenOf('kube-system'), b: without(b, 'ServiceAccount') },
    verdict: { a: 'pass', b: 'unknown' },
    says: ['missingInput'],
  },
  {
    title: 'passes when token, account and binding agree on the namespace of older versions',
    clusters: {
      a: tokenOf('kube-system'),
      b: [...without(subject({ namespace: 'kube-system' }), 'ServiceAccount', ACCOUNT), account('kube-system')],
    },
    ...passes,
  },
  {
    title: 'passes when the token names an account of another name and the documented one is right',
    clusters: { a: tokenOf('default', 'admin'), b: [...b, account('default', 'admin')] },
    ...passes,
  },
  {
    title: 'judges the account of another name where the documented one is not there',
    clusters: {
      a: tokenOf('default', 'peers'),
      b: [
        ...without(without(b, 'ServiceAccount', ACCOUNT), 'ClusterRoleBinding', ACCOUNT),
        account('default', 'peers'),
        {
          ...federationBinding('default'),
          metadata: { name: 'peers' },
          subjects: [{ kind: 'ServiceAccount', name: 'peers', namespace: 'default' }],
        },
      ],
    },
    ...passes,
  },
  {
    title: 'takes the documented account where no token was read',
    clusters: { a: without(a, 'Secret'), b: rules(core(...all)) },
    verdict: { a: 'pass', b: 'fail' },
    says: ['rules'],
  },
  {
    title: 'fails for a manifest of an API that is gone',
    clusters: mesh(changed(b, 'ClusterRole', ACCOUNT, { apiVersion: 'rbac.authorization.k8s.io/v1beta1' })),
    ...failsAt(`ClusterRole/${ACCOUNT} apiVersion`),
    says: ['apiVersion'],
  },
  {
    title: 'is unknown where a kind was not read, and fails for what stands without it',
    clusters: {
      a: without(a, 'ClusterRoleBinding'),
      b: without(rules(core(...all), calico(V1, 'hostendpoints')), 'ServiceAccount'),
    },
    verdict: { a: 'unknown', b: 'fail' },
    says: ['missingInput', 'missingInput', 'resources'],
  },
  {
    title: 'in underlay, does not apply to a cluster that no remote leads to',
    clusters: {
      ...underlay,
      a: without(without(underlay.a ?? [], 'RemoteClusterConfiguration', 'c'), 'ClusterRole'),
      b: without(underlay.b ?? [], 'RemoteClusterConfiguration', 'c'),
      c: without(underlay.c ?? [], 'ServiceAccount'),
    },
    verdict: { a: 'unknown', b: 'pass', c: 'not-applicable' },
    says: ['missingInput'],
  },
  {
    title: 'in underlay, applies to all while a remote is unbound',
    clusters: {
      ...underlay,
      a: without(underlay.a ?? [], 'Secret', 'remote-cluster-secret-c'),
      b: without(underlay.b ?? [], 'RemoteClusterConfiguration', 'c'),
      c: without(underlay.c ?? [], 'ServiceAccount'),
    },
    verdict: { a: 'pass', b: 'pass', c: 'unknown' },
    says: ['missingInput'],
  },
]);

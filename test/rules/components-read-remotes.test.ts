// Cases of components-read-remotes: the operator's ClusterRoles, where they are in the input.

import rule from '../../rules/components-read-remotes.ts';
import { healthyMesh, type Manifest, without } from '../kit/objects.ts';
import { testRule } from '../kit/test-rule.ts';

const { a = [], b = [] } = healthyMesh(['a', 'b']);
const RCC = 'RemoteClusterConfiguration';
const READ = ['get', 'list', 'watch'];
const grant = (group: string, resource: string, verbs = READ) => ({ apiGroups: [group], resources: [resource], verbs });
const component = (name: string, rules: readonly unknown[]): Manifest[] => [
  { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name }, rules },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
    subjects: [{ kind: 'ServiceAccount', name, namespace: 'calico-system' }],
  },
];
const reading = grant('crd.projectcalico.org', 'remoteclusterconfigurations');
const controllers = [reading, grant('', 'secrets'), grant('', 'endpoints', ['create', 'update', 'delete'])];
const federated: Manifest = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 's', namespace: 'default', annotations: { 'federation.tigera.io/serviceSelector': 'run == "s"' } },
  spec: {},
};
const mesh = (...more: readonly Manifest[]) => ({ a, b: [...b, ...more] });

testRule(rule, [
  {
    title: 'passes with the rule of the operator, and does not apply where the role was not read',
    clusters: mesh(...component('calico-typha', [reading])),
    verdict: { a: 'not-applicable', b: 'pass' },
  },
  {
    title: 'fails when the rule is missing',
    clusters: mesh(...component('calico-typha', [grant('crd.projectcalico.org', 'ippools')])),
    verdict: { a: 'not-applicable', b: 'fail' },
    says: ['refused'],
    at: ['b ClusterRole/calico-typha rules[0].resources'],
    text: ['Typha may not get, list and watch remoteclusterconfigurations'],
  },
  {
    title: 'passes when another role grants it',
    clusters: mesh(
      ...component('calico-typha', []),
      ...component('more', [reading]).map((o) =>
        o.kind === 'ClusterRoleBinding'
          ? { ...o, subjects: [{ kind: 'Group', name: 'system:serviceaccounts:calico-system' }] }
          : o,
      ),
    ),
    verdict: { a: 'not-applicable', b: 'pass' },
  },
  {
    title: 'does not judge calico-kube-controllers without federated services',
    clusters: mesh(...component('calico-kube-controllers', [])),
    verdict: 'not-applicable',
  },
  {
    title: 'passes for calico-kube-controllers with what it needs',
    clusters: mesh(...component('calico-kube-controllers', controllers), federated),
    verdict: { a: 'not-applicable', b: 'pass' },
  },
  {
    title: 'fails for calico-kube-controllers that may not write Endpoints',
    clusters: mesh(...component('calico-kube-controllers', controllers.slice(0, 2)), federated),
    verdict: { a: 'not-applicable', b: 'fail' },
    says: ['refused'],
    text: ['calico-kube-controllers may not create, delete and update endpoints'],
  },
  {
    title: 'does not apply without remotes',
    clusters: {
      a,
      b: {
        'remotes.yaml': [{ apiVersion: 'projectcalico.org/v3', kind: `${RCC}List`, items: [] }],
        'rest.yaml': without(b, RCC),
      },
    },
    verdict: 'not-applicable',
  },
  {
    title: 'is unknown when the remotes were not read',
    clusters: { a, b: [...without(b, RCC), ...component('calico-typha', [reading])] },
    options: { routing: 'overlay' },
    verdict: { a: 'not-applicable', b: 'unknown' },
    says: ['missingInput'],
  },
]);

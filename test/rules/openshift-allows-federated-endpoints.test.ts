// Tests of the rule openshift-allows-federated-endpoints.

import rule from '../../rules/openshift-allows-federated-endpoints.ts';
import { changed, healthyMesh, type Manifest, without } from '../kit/objects.ts';
import { testRule } from '../kit/test-rule.ts';

const { east = [], west = [] } = healthyMesh(['east', 'west']);
const openshift = changed(east, 'Installation', 'default', { spec: { kubernetesProvider: 'OpenShift' } });
const service: Manifest = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web', namespace: 'shop', annotations: { 'federation.tigera.io/serviceSelector': "app == 'web'" } },
};
const ROLE = 'system:controller:endpoint-controller';
const binding = (role: string, account: string): Manifest => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRoleBinding',
  metadata: { name: `${account}-${role.replaceAll(':', '-')}` },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
  subjects: [{ kind: 'ServiceAccount', name: account, namespace: 'calico-system' }],
});
const whole = [...openshift, service, binding('calico-kube-controllers', 'calico-kube-controllers')];

testRule(rule, [
  {
    title: 'passes elsewhere, and without federated Services',
    clusters: { east: without(whole, 'Service'), west: [...west, service] },
    verdict: 'pass',
  },
  {
    title: 'passes where the binding is there, by whatever name',
    clusters: { east: [...whole, binding(ROLE, 'calico-kube-controllers')], west },
    verdict: 'pass',
  },
  {
    title: 'fails where it is missing',
    clusters: { east: whole, west },
    verdict: { east: 'fail', west: 'pass' },
    says: ['unbound'],
    at: ['east ClusterRoleBinding/calico-kube-controllers-endpoint-controller'],
  },
  {
    title: 'fails where it binds somebody else',
    clusters: { east: [...whole, binding(ROLE, 'calico-node')], west },
    verdict: { east: 'fail', west: 'pass' },
    says: ['unbound'],
  },
  {
    title: 'says nothing where ClusterRoleBindings were not read, or only a selection of them',
    clusters: { east: without(whole, 'ClusterRoleBinding'), west: [...openshift, service] },
    verdict: 'pass',
  },
]);

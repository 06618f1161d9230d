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
const binding = (name: string): Manifest => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRoleBinding',
  metadata: { name: 'restored' },
  roleRef: {
    apiGroup: 'rbac.authorization.k8s.io',
    kind: 'ClusterRole',
    name: 'system:controller:endpoint-controller',
  },
  subjects: [{ kind: 'ServiceAccount', name, namespace: 'calico-system' }],
});

testRule(rule, [
  {
    title: 'passes elsewhere, and without federated Services',
    clusters: { east: openshift, west: [...west, service] },
    verdict: 'pass',
  },
  {
    title: 'passes where the binding is there, by whatever name',
    clusters: { east: [...openshift, service, binding('calico-kube-controllers')], west },
    verdict: 'pass',
  },
  {
    title: 'fails where it is missing',
    clusters: { east: [...openshift, service], west },
    verdict: { east: 'fail', west: 'pass' },
    says: ['unbound'],
    at: ['east ClusterRoleBinding/calico-kube-controllers-endpoint-controller'],
  },
  {
    title: 'fails where it binds somebody else',
    clusters: { east: [...openshift, service, binding('calico-node')], west },
    verdict: { east: 'fail', west: 'pass' },
    says: ['unbound'],
  },
  {
    title: 'says nothing where ClusterRoleBindings were not read',
    clusters: { east: without([...openshift, service], 'ClusterRoleBinding'), west },
    verdict: 'pass',
  },
]);

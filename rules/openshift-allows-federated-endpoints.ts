// Judges whether federated services may write their endpoints on OpenShift. Reads nothing but the mesh.

import { absent, defineRule, inside, kubectl } from '../src/rule.ts';

const ROLE = 'system:controller:endpoint-controller';
const BINDING = 'calico-kube-controllers-endpoint-controller';
const ACCOUNT = 'calico-kube-controllers';

export default defineRule({
  id: 'openshift-allows-federated-endpoints',
  title: 'On OpenShift, calico-kube-controllers may write endpoints of federated services',
  requirement: 'supported-version',
  severity: 'error',
  compares: false,
  needs: [],
  evidence: ['installations', 'services', 'clusterRoleBindings'],
  docs: {
    why: 'OpenShift lets nobody write Endpoints with addresses of pods but those who have the role of its endpoint controller. Without it federated services stay empty.',
    fix: 'Let the operator restore the ClusterRoleBinding calico-kube-controllers-endpoint-controller.',
    limits:
      'Only where the Installation tells OpenShift, federated Services were read, and the export holds another ClusterRoleBinding of calico-kube-controllers.',
    sources: [
      {
        title: 'operator pkg/render/kubecontrollers/kube-controllers.go: endpoint controller binding on OpenShift',
        url: 'https://github.com/tigera/operator/blob/release-v1.42/pkg/render/kubecontrollers/kube-controllers.go',
        version: '1.42',
      },
    ],
  },
  messages: {
    unbound: 'calico-kube-controllers of {cluster} is not bound to {role}, so OpenShift keeps federated services empty',
  },
  *check({ clusters }, say) {
    for (const { name, installations, services, clusterRoleBindings } of clusters) {
      yield say.pass([name]);
      const isOpenShift = installations.items.some((i) => i.kubernetesProvider?.value === 'OpenShift');
      const service = services.items.find((s) => s.federated);
      const own = clusterRoleBindings.items.filter((b) => b.subjects.some((s) => s.name === ACCOUNT));
      const isBound = own.some(({ roleRef }) => roleRef.name === ROLE && roleRef.kind === 'ClusterRole');
      // The operator binds the account to a role of its own, too: an export without that one is a selection.
      const isWhole = clusterRoleBindings.state === 'complete' && own.length > 0;
      if (!isOpenShift || !service || isBound || !isWhole) continue;
      const object = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRoleBinding', name: BINDING };
      const wanting = inside(service, ['metadata', 'name'], 'a federated Service');
      const evidence = [absent(name, object, `no binding to ${ROLE}`), wanting] as const;
      const account = `--serviceaccount=calico-system:${ACCOUNT}`;
      const command = kubectl(name, `create clusterrolebinding ${BINDING} --clusterrole=${ROLE} ${account}`);
      const fix = { title: 'restore the ClusterRoleBinding of the operator', command };
      yield say.finding('unbound', { cluster: name, role: ROLE }, { clusters: [name], evidence, fix });
    }
  },
});

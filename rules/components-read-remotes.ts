// Judges whether the components that read RemoteClusterConfigurations may do so, where their ClusterRoles are in the input. Reads nothing
// but the mesh.

import {
  type AccessRequest,
  buildAuthorizer,
  defineRule,
  inside,
  kubectl,
  names,
  shortfall,
  storageGroup,
  storageSections,
} from '../src/rule.ts';

const read = ['get', 'list', 'watch'];

/**
 * What the operator grants (tigera/operator v1.42, pkg/render/typha.go and pkg/render/kubecontrollers/kube-controllers.go). The
 * Federated Services Controller writes Endpoints and opens connections of its own.
 */
const components = [
  { name: 'calico-typha', what: 'Typha', federatedServices: false },
  { name: 'calico-kube-controllers', what: 'calico-kube-controllers', federatedServices: true },
] as const;

export default defineRule({
  id: 'components-read-remotes',
  title: 'Typha and calico-kube-controllers may read RemoteClusterConfigurations',
  requirement: 'typha-secret-access',
  severity: 'error',
  compares: false,
  needs: ['remotes'],
  evidence: ['roles', 'clusterRoles', 'roleBindings', 'clusterRoleBindings', 'services', ...storageSections],
  docs: {
    why: 'Typha that may not read RemoteClusterConfigurations never learns of any remote. Without access to Secrets and Endpoints, calico-kube-controllers leaves federated services empty.',
    fix: 'These ClusterRoles belong to the operator: remove what keeps it from restoring them, for example an annotation that makes it ignore them.',
    limits:
      'Judged only where the ClusterRole of the component is in the input; calico-kube-controllers only in clusters that have federated services.',
    sources: [
      {
        title: 'tigera/operator: ClusterRoles of Typha and calico-kube-controllers',
        url: 'https://github.com/tigera/operator/blob/release-v1.42/pkg/render/typha.go',
        version: '1.42',
      },
    ],
  },
  messages: {
    refused: '{what} may not {verbs} {resources}: ClusterRole {role} does not grant it',
  },
  *check({ clusters }, say) {
    for (const cluster of clusters) {
      const { name, remotes, clusterRoles, services } = cluster;
      if (remotes.items.length === 0) {
        if (remotes.state === 'complete') yield say.notApplicable([name]);
        continue;
      }
      const authorizer = buildAuthorizer(cluster);
      const stored = storageGroup(cluster);
      let isJudged = false;
      const federates = services.items.some((service) => service.federated);
      for (const { name: component, what, federatedServices } of components) {
        const role = clusterRoles.items.find(({ ref }) => ref.name === component);
        if (!role || (federatedServices && !federates)) continue;
        isJudged = true;
        const everywhere = { namespace: null };
        const wanted: AccessRequest[] = [
          {
            verbs: read,
            group: stored ?? 'crd.projectcalico.org',
            resource: 'remoteclusterconfigurations',
            ...everywhere,
          },
        ];
        if (federatedServices) {
          wanted.push({ verbs: read, group: '', resource: 'secrets', ...everywhere });
          wanted.push({ verbs: ['create', 'update', 'delete'], group: '', resource: 'endpoints', ...everywhere });
        }
        const account = { namespace: 'calico-system', name: component };
        const refused = wanted.flatMap((request) => {
          const either = stored === null && authorizer.grants(role, { ...request, group: 'projectcalico.org' });
          const { answer, missing } = authorizer.can(account, request);
          return answer !== 'no' || either || authorizer.grants(role, request) ? [] : [{ ...request, verbs: missing }];
        });
        const [first, ...others] = refused.map((request) => shortfall(authorizer, role, request));
        if (!first) continue;
        const evidence = [first, ...others].map((place) => inside(place.role, place.path, 'does not cover it'));
        yield say.finding(
          'refused',
          {
            what,
            verbs: names(new Set(refused.flatMap((request) => request.verbs))),
            resources: names(refused.map((request) => request.resource)),
            role: component,
          },
          {
            clusters: [name],
            evidence: [evidence[0] ?? inside(role, ['rules'], 'does not cover it'), ...evidence.slice(1)],
            fix: {
              title: 'let the operator restore the ClusterRole',
              command: kubectl(name, `edit clusterrole ${component}`),
            },
          },
        );
      }
      if (remotes.state === 'complete') yield isJudged ? say.pass([name]) : say.notApplicable([name]);
    }
  },
});

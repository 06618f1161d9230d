// Judges the token Secrets of the federation account, where they are in the input: will Kubernetes mint a token into them? Reads nothing
// but the mesh.

import {
  absent,
  accountNeeds,
  defineRule,
  type Evidence,
  FEDERATION_NAME,
  inside,
  kubectl,
  shell,
  tokenSecrets,
} from '../src/rule.ts';

export default defineRule({
  id: 'federation-tokens-minted',
  title: 'The token Secret of the federation account is of the right type and names its account',
  requirement: 'federation-account',
  severity: 'error',
  compares: false,
  needs: ['serviceAccounts'],
  evidence: ['secrets', 'remotes'],
  docs: {
    why: 'Kubernetes fills a token into a Secret only if its type is kubernetes.io/service-account-token and its annotation names a ServiceAccount of the same namespace. Otherwise there is nothing to put into the kubeconfigs of the peers.',
    fix: 'Create the Secret again, in the namespace of the account, with that type and the annotation kubernetes.io/service-account.name.',
    limits: 'Secrets that are not in the input are not judged.',
    sources: [
      {
        title: 'Kubernetes: manually create a long-lived API token for a ServiceAccount',
        url: 'https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/#manually-create-an-api-token-for-a-serviceaccount',
        version: '1.31',
      },
      {
        title: 'Creating the cluster mesh: generate credentials for cross-cluster resource synchronization',
        url: 'https://docs.tigera.io/calico-enterprise/latest/multicluster/federation/kubeconfig#generate-credentials-for-cross-cluster-resource-synchronization',
        version: '3.23',
      },
    ],
  },
  messages: {
    type: 'token Secret {secret} is of type {found}, not kubernetes.io/service-account-token',
    annotation: 'token Secret {secret} names ServiceAccount {found}, not {wanted}',
    noAnnotation: 'token Secret {secret} names no ServiceAccount in its annotation kubernetes.io/service-account.name',
    namespace: 'token Secret {secret} is in namespace {found}, where ServiceAccount {wanted} does not exist',
    untold: 'whether ServiceAccount {wanted} exists in the namespace of token Secret {secret} is not told',
  },
  *check(mesh, say) {
    const isNeeded = accountNeeds(mesh);
    for (const cluster of mesh.clusters) {
      const clusters = [cluster.name];
      if (!isNeeded(cluster)) {
        yield say.notApplicable(clusters);
        continue;
      }
      for (const { secret, fault, untold } of tokenSecrets(cluster)) {
        if (untold && cluster.serviceAccounts.state === 'complete') {
          const account = `${FEDERATION_NAME} --namespace ${shell(secret.ref.namespace ?? '')}`;
          const command = kubectl(cluster.name, `get serviceaccount ${account} -o yaml`);
          const data = { secret: secret.ref.name, wanted: FEDERATION_NAME };
          yield say.unknown('untold', data, {
            clusters,
            reason: 'missing-input',
            fix: { title: 'look it up', command },
          });
        }
        if (fault === null) continue;
        const { kind, found, wanted, path } = fault;
        const { namespace, name } = secret.ref;
        const evidence: [Evidence, ...Evidence[]] = [inside(secret, path, 'keeps a token from being minted')];
        if (kind === 'namespace') {
          evidence.push(
            absent(
              cluster.name,
              { apiVersion: 'v1', kind: 'ServiceAccount', namespace, name: wanted },
              'it is missing',
            ),
          );
        }
        const scope = namespace === null ? '' : ` --namespace ${shell(namespace)}`;
        const command = kubectl(cluster.name, `delete secret ${shell(name)}${scope}`);
        const fix = { title: 'create the Secret again; its type cannot be changed', command };
        yield say.finding(kind, { secret: name, found, wanted }, { clusters, evidence, fix });
      }
      yield say.pass(clusters);
    }
  },
});

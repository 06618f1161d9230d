// Judges whether a remote's kubeconfig holds its credentials itself instead of pointing at files and programs. It looks at which fields
// take effect.

import { type ConnectionFault, defineRule, heldKubeconfigs, writeAccessSecret } from '../src/rule.ts';

const pick = (faults: readonly ConnectionFault[], kind: 'file-reference' | 'plugin') =>
  faults.flatMap((fault) => (fault.kind === kind ? [fault.field] : [])).join(', ');

export default defineRule({
  id: 'kubeconfig-self-contained',
  title: 'Every kubeconfig holds its credentials inline',
  requirement: 'usable-kubeconfig',
  severity: 'error',
  compares: false,
  needs: ['remotes'],
  docs: {
    why: 'Files of an administrator and programs such as the ones of cloud providers do not exist in the containers of Typha and kube-controllers.',
    fix: 'Embed the token of the federation account and certificate-authority-data; flatten a kubeconfig with kubectl config view --raw --flatten --minify.',
    limits: 'That nothing of it exists in the containers is inferred from what the operator renders.',
    example: 'users:\n- name: west\n  user:\n    token: TOKEN',
    sources: [
      {
        title: 'Remote cluster configuration: file contents are expected in the Secret',
        url: 'https://docs.tigera.io/calico-enterprise/latest/reference/resources/remoteclusterconfiguration',
        version: '3.23',
      },
      {
        title: 'client-go tools/clientcmd: files are opened when the kubeconfig is validated',
        url: 'https://github.com/kubernetes/client-go/blob/v0.31.0/tools/clientcmd/validation.go',
        version: '0.31',
      },
    ],
  },
  messages: {
    file: 'the kubeconfig in Secret {secret} of {cluster} points at files with {fields}',
    program: 'the kubeconfig in Secret {secret} of {cluster} fetches its credential with {fields}',
  },
  *check({ clusters }, say) {
    for (const { name: cluster, remotes } of clusters) {
      const held = heldKubeconfigs(remotes);
      for (const { connection, secret: object, remotes: users, evidence } of held) {
        const secret = `${object.namespace}/${object.name}`;
        const fix = {
          title: 'write the kubeconfig anew with everything inline',
          command: writeAccessSecret(cluster, object),
        };
        const spec = { clusters: [cluster], remotes: users.map((r) => r.ref), fix };
        const [files, programs] = [pick(connection.faults, 'file-reference'), pick(connection.faults, 'plugin')];
        if (files !== '') {
          const data = { secret, cluster, fields: files };
          yield say.finding('file', data, { ...spec, evidence: evidence(`files behind ${files}`) });
        }
        if (programs !== '') {
          const data = { secret, cluster, fields: programs };
          yield say.finding('program', data, { ...spec, evidence: evidence(`a program behind ${programs}`) });
        }
      }
      if (held.length > 0) yield say.pass([cluster]);
      else if (remotes.state === 'complete') yield say.notApplicable([cluster]);
    }
  },
});

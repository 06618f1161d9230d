// Judges what a remote's kubeconfig says on its own: a context that resolves, and a server, CA and token that can be what they stand for.
// It sees facts and faults, never the text.

import {
  bySecret,
  type ConnectionFault,
  defineRule,
  few,
  getSecret,
  heldKubeconfigs,
  holdsKubeconfig,
  kubectl,
  type Remote,
  readingSecrets,
  references,
  secretName,
  unreadSecrets,
  writeAccessSecret,
} from '../src/rule.ts';

/** What is wrong with the current context. */
const contexts: Readonly<Partial<Record<ConnectionFault['kind'], string>>> = {
  'no-current-context': 'has no current-context',
  'unknown-context': 'has a current-context that it does not define',
  'unknown-cluster': 'has a current context whose cluster it does not define',
  'unknown-user': 'has a current context whose user it does not define',
};

/** What is wrong with a value that is there. */
const malformed: Readonly<Partial<Record<ConnectionFault['kind'], string>>> = {
  'bad-server': 'a server that is not an https URL',
  'bad-ca': 'certificate-authority-data that is not base64 of a PEM certificate',
  'encoded-token': 'a token that is still base64, as its Secret shows it',
  'bad-token': 'a token with blanks or line breaks in it',
  'bad-client-certificate': 'client-certificate-data and client-key-data that are not a pair of base64 PEM texts',
};

const fields = (faults: readonly ConnectionFault[], kind: 'placeholder' | 'empty') =>
  faults.flatMap((fault) => (fault.kind === kind ? [fault.field] : [])).join(', ');

const texts = (faults: readonly ConnectionFault[], by: typeof contexts) => faults.flatMap(({ kind }) => by[kind] ?? []);

const lacksKubeconfig = ({ access, connection }: Remote) => access.kind === 'found' && !holdsKubeconfig(connection);

export default defineRule({
  id: 'kubeconfig-complete',
  title: 'Every kubeconfig has a context that resolves, a server, a CA and a token',
  requirement: 'usable-kubeconfig',
  severity: 'error',
  compares: false,
  needs: ['remotes'],
  evidence: ['secrets'],
  docs: {
    why: 'Typha takes the current context of the kubeconfig as it stands; nothing fills in what is missing. A template that was not filled in, or a field that came out empty, leaves the remote unconnected.',
    fix: 'Write the kubeconfig anew with values of the remote cluster: its API server URL, its CA in base64 and the decoded token of its federation account.',
    limits: 'It does not connect: whether the server answers and accepts the token shows only in Typha.',
    sources: [
      {
        title: 'Creating the cluster mesh: generate credentials for cross-cluster resource synchronization',
        url: 'https://docs.tigera.io/calico-enterprise/latest/multicluster/federation/kubeconfig#generate-credentials-for-cross-cluster-resource-synchronization',
        version: '3.23',
      },
      {
        title: 'client-go tools/clientcmd: which context, cluster and user take effect',
        url: 'https://github.com/kubernetes/client-go/blob/v0.31.0/tools/clientcmd/client_config.go',
        version: '0.31',
      },
    ],
  },
  messages: {
    context: 'the kubeconfig in {secret} of {cluster} {fault}',
    placeholder: 'the kubeconfig in {secret} of {cluster} still holds the text of a template for {fields}',
    empty: 'the kubeconfig in {secret} of {cluster} has no {fields}',
    malformed: 'the kubeconfig in {secret} of {cluster} has {fault}',
    unread: 'the kubeconfig in Secret {secrets} in {namespace} of {cluster} is not in the input',
    refused: 'the kubeconfig in Secret {secrets} in {namespace} of {cluster} could not be read: {why}',
    noKubeconfig: 'there is no kubeconfig in {secret} of {cluster} that could be judged',
  },
  *check({ clusters }, say) {
    for (const { name: cluster, remotes, secrets } of clusters) {
      for (const { connection, secret: object, remotes: users, evidence } of heldKubeconfigs(remotes)) {
        const { faults } = connection;
        const secret = `Secret ${object.namespace}/${object.name}`;
        const fix = { title: 'write the kubeconfig anew', command: writeAccessSecret(cluster, object) };
        const spec = { clusters: [cluster], remotes: users.map((r) => r.ref), fix };
        const [placeholders, empty] = [fields(faults, 'placeholder'), fields(faults, 'empty')];
        for (const fault of texts(faults, contexts)) {
          yield say.finding('context', { secret, cluster, fault }, { ...spec, evidence: evidence(fault) });
        }
        if (placeholders !== '') {
          const data = { secret, cluster, fields: placeholders };
          yield say.finding('placeholder', data, { ...spec, evidence: evidence(`template text for ${placeholders}`) });
        }
        if (empty !== '') {
          yield say.finding(
            'empty',
            { secret, cluster, fields: empty },
            { ...spec, evidence: evidence(`no ${empty}`) },
          );
        }
        for (const fault of texts(faults, malformed)) {
          yield say.finding('malformed', { secret, cluster, fault }, { ...spec, evidence: evidence(fault) });
        }
      }
      const unread = unreadSecrets(remotes.items);
      if (unread.length > 0 && secrets.state !== 'complete')
        yield say.missing(cluster, 'secrets', { remotes: unread.flatMap((u) => u.remotes.map((r) => r.ref)) });
      else {
        for (const each of unread) {
          const data = { secrets: few(each.names), namespace: each.namespace, cluster };
          const spec = readingSecrets(cluster, each);
          if (each.refused === null) yield say.unknown('unread', data, spec);
          else yield say.unknown('refused', { ...data, why: each.refused }, spec);
        }
      }
      const empty = remotes.items.filter((r) => r.access.kind === 'absent' || lacksKubeconfig(r));
      for (const group of bySecret(empty)) {
        const { name, namespace } = group[0].clusterAccessSecret ?? {};
        yield say.unknown(
          'noKubeconfig',
          { secret: secretName(group[0]), cluster },
          {
            clusters: [cluster],
            remotes: group.map((r) => r.ref),
            reason: 'missing-input',
            evidence: references(group),
            fix: {
              title: 'put a kubeconfig into the Secret and check again',
              command: kubectl(cluster, getSecret(namespace ?? '', name ?? '')),
            },
          },
        );
      }
      if (remotes.items.some((r) => r.access.kind !== 'no-reference')) yield say.pass([cluster]);
      else if (remotes.state === 'complete') yield say.notApplicable([cluster]);
    }
  },
});

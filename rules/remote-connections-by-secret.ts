// Judges how RemoteClusterConfigurations say where and how to connect: by a complete secret reference, and by nothing else. It looks at
// which fields are set, never at a credential.

import { defineRule, type Evidence, inside, kubectl, type RemoteFacts, shell } from '../src/rule.ts';

/** Fields of the spec that hold credentials themselves (tigera/api pkg/apis/projectcalico/v3/remoteclusterconfig.go, 3.23). */
const inline = ['kubeconfigInline', 'k8sAPIToken', 'etcdPassword', 'etcdKey'];
/** Fields that name a file, which would have to exist inside the Typha container. */
const files = ['kubeconfig', 'k8sKeyFile', 'k8sCertFile', 'k8sCAFile', 'etcdKeyFile', 'etcdCertFile', 'etcdCACertFile'];
/** All connection fields; `syncOptions` is none. The ones that matter most come first, so that they are shown first. */
const connection = [
  ...inline,
  ...files,
  'k8sAPIEndpoint',
  'k8sInsecureSkipTLSVerify',
  'etcdEndpoints',
  'etcdUsername',
  'etcdCert',
  'etcdCACert',
];

const isSet = (remote: RemoteFacts, field: string) =>
  remote.fields[field] !== undefined && remote.fields[field] !== false;
const list = (fields: readonly string[]) => fields.join(', ');

export default defineRule({
  id: 'remote-connections-by-secret',
  title: 'Every RemoteClusterConfiguration connects through a complete secret reference alone',
  requirement: 'valid-remotes',
  severity: 'error',
  compares: false,
  needs: ['remotes'],
  docs: {
    why: 'Typha takes all connection settings from the referenced Secret. A reference that is incomplete leads nowhere; credentials that stand in the RemoteClusterConfiguration itself are readable by everybody who may read it; files are looked for inside the Typha container, where the operator mounts none.',
    fix: 'Put datastoreType and kubeconfig into a Secret, refer to it with spec.clusterAccessSecret (kind, name and namespace) and remove all other connection fields.',
    limits:
      'That no file is mounted into Typha is inferred from what the operator renders; a changed Deployment could mount one.',
    example:
      'spec:\n  clusterAccessSecret:\n    kind: Secret\n    name: remote-cluster-secret-west\n    namespace: calico-system\n  syncOptions:\n    overlayRoutingMode: Enabled',
    sources: [
      {
        title: 'Remote cluster configuration: spec',
        url: 'https://docs.tigera.io/calico-enterprise/latest/reference/resources/remoteclusterconfiguration#spec',
        version: '3.23',
      },
      {
        title: 'tigera/api pkg/apis/projectcalico/v3/remoteclusterconfig.go: datastoreType is etcdv3 by default',
        url: 'https://github.com/tigera/api/blob/release-calient-v3.23/pkg/apis/projectcalico/v3/remoteclusterconfig.go',
        version: '3.23',
      },
    ],
  },
  messages: {
    incomplete: 'RemoteClusterConfiguration {remote} refers to its access secret without {lacking}',
    shapeless:
      'RemoteClusterConfiguration {remote} refers to its access secret by {found} instead of name and namespace, which kubectl refuses',
    kind: 'RemoteClusterConfiguration {remote} refers to an access secret of kind {found}, not Secret',
    mixed:
      'RemoteClusterConfiguration {remote} refers to an access secret and also sets {fields}, which must be empty then',
    redundantType: {
      text: 'RemoteClusterConfiguration {remote} refers to an access secret and also sets datastoreType, which the secret replaces',
      severity: 'note',
    },
    noConnection:
      'RemoteClusterConfiguration {remote} has neither clusterAccessSecret nor datastoreType, which is etcdv3 then',
    notKubernetes: 'RemoteClusterConfiguration {remote} sets datastoreType to {found}, not kubernetes',
    inline: 'RemoteClusterConfiguration {remote} holds credentials itself, in {fields}',
    files: 'RemoteClusterConfiguration {remote} names files that do not exist inside Typha, in {fields}',
    insecure: {
      text: 'RemoteClusterConfiguration {remote} skips TLS verification, so nothing proves which server answers',
      severity: 'warning',
    },
  },
  *check({ clusters }, say) {
    for (const { name, remotes } of clusters) {
      for (const remote of remotes.items) {
        const data = { remote: remote.ref.name };
        const show = kubectl(name, `edit remoteclusterconfiguration ${shell(data.remote)}`);
        const spec = (evidence: readonly [Evidence, ...Evidence[]], title: string) => ({
          clusters: [name],
          remotes: [remote.ref],
          evidence,
          fix: { title, command: show },
        });
        const field = (path: string, note: string) => inside(remote, ['spec', ...path.split('.')], note);
        const places = (fields: readonly string[], note: string) =>
          fields.map((each) => field(each, note)) as [Evidence, ...Evidence[]];
        const secret = remote.clusterAccessSecret;
        const type = remote.datastoreType?.value ?? null;

        if (secret !== null) {
          const lacking = (['name', 'namespace'] as const).filter((key) => secret[key] === null);
          if (secret.instead !== null) {
            const where = places(['clusterAccessSecret'], `${secret.instead}, not a mapping`);
            const found = { ...data, found: secret.instead };
            yield say.finding('shapeless', found, spec(where, 'write the reference as kind, name and namespace'));
          } else if (lacking.length > 0) {
            const where = places(
              lacking.map((key) => `clusterAccessSecret.${key}`),
              'not set',
            );
            yield say.finding('incomplete', { ...data, lacking: list(lacking) }, spec(where, 'complete the reference'));
          } else if (secret.kind !== null && secret.kind !== 'Secret') {
            const where = places(['clusterAccessSecret.kind'], 'not Secret');
            yield say.finding('kind', { ...data, found: secret.kind }, spec(where, 'refer to a Secret'));
          }
          const others = connection.filter((each) => isSet(remote, each));
          if (type !== null && type !== 'kubernetes') others.push('datastoreType');
          if (others.length > 0) {
            const where = places(others, 'set beside clusterAccessSecret');
            yield say.finding('mixed', { ...data, fields: list(others) }, spec(where, 'remove all but the reference'));
          } else if (type !== null) {
            const where = places(['datastoreType'], 'replaced by that of the secret');
            yield say.finding('redundantType', data, spec(where, 'remove it'));
          }
          continue;
        }

        const move = 'move the connection into a Secret and refer to it';
        const credentials = inline.filter((each) => isSet(remote, each));
        const named = files.filter((each) => isSet(remote, each));
        if (type === null) {
          yield say.finding('noConnection', data, spec([field('datastoreType', 'not set')], move));
        } else if (type !== 'kubernetes') {
          const where = places(['datastoreType'], 'not kubernetes');
          yield say.finding('notKubernetes', { ...data, found: type }, spec(where, move));
        }
        if (credentials.length > 0) {
          const where = places(credentials, 'readable by everybody who may read this object');
          yield say.finding('inline', { ...data, fields: list(credentials) }, spec(where, move));
        }
        if (named.length > 0) {
          const where = places(named, 'a file inside the Typha container');
          yield say.finding('files', { ...data, fields: list(named) }, spec(where, move));
        }
        // What kubectl refuses, the text `true`, was meant all the same.
        if (isSet(remote, 'k8sInsecureSkipTLSVerify') && remote.fields.k8sInsecureSkipTLSVerify !== 'false') {
          const where = places(['k8sInsecureSkipTLSVerify'], 'no server authentication');
          yield say.finding('insecure', data, spec(where, 'verify the server by its CA'));
        }
      }
      if (remotes.state !== 'complete') continue;
      yield remotes.items.length > 0 ? say.pass([name]) : say.notApplicable([name]);
    }
  },
});

// Judges whether access secrets hold datastoreType kubernetes and something that decodes to a kubeconfig. What the kubeconfig says is
// judged elsewhere.

import {
  at,
  bySecret,
  type ConnectionFault,
  defineRule,
  few,
  inside,
  references,
  type SecretFacts,
  writeAccessSecret,
} from '../src/rule.ts';

const REQUIRED = ['datastoreType', 'kubeconfig'];

/** Where a key of the Secret stands, or would stand. */
function keyOf(secret: SecretFacts, key: string): readonly string[] {
  const plain = Object.values(secret.keys).some((k) => k.path[0] === 'stringData');
  const data = Object.values(secret.keys).some((k) => k.path[0] === 'data');
  return [plain && !data ? 'stringData' : 'data', key];
}

/** The value, if it is a spelling of a datastore; whatever else stands there may be a credential in the wrong place. */
function shown(value: string): string {
  return /^\W*(?:kubernetes|k8s|etcdv[23]|etcd)\W*$/i.test(value) ? JSON.stringify(value) : 'something else';
}

/** What the value is instead of a kubeconfig. */
const instead: Readonly<Partial<Record<ConnectionFault['kind'], string>>> = {
  'empty-value': 'empty',
  'not-base64': 'not base64',
  'double-encoded': 'base64 encoded twice',
  'not-yaml': 'neither YAML nor JSON',
  'not-a-kubeconfig': 'YAML or JSON, but no kubeconfig',
};

export default defineRule({
  id: 'access-secret-holds-keys',
  title: 'Every access secret holds datastoreType kubernetes and a kubeconfig',
  requirement: 'access-secret',
  severity: 'error',
  compares: false,
  needs: ['remotes'],
  docs: {
    why: 'Typha reads the keys datastoreType and kubeconfig of the Secret and nothing else. Without datastoreType it takes etcdv3; a value that is not exactly kubernetes, or a kubeconfig that does not decode, leaves it without a connection.',
    fix: 'Create the Secret with kubectl create secret generic, which encodes the values once: --from-literal=datastoreType=kubernetes --from-file=kubeconfig=PATH.',
    example:
      'apiVersion: v1\nkind: Secret\ntype: Opaque\nstringData:\n  datastoreType: kubernetes\n  kubeconfig: |\n    apiVersion: v1\n    kind: Config',
    sources: [
      {
        title: 'Creating the cluster mesh: establish cross-cluster resource synchronization',
        url: 'https://docs.tigera.io/calico-enterprise/latest/multicluster/federation/kubeconfig#establish-cross-cluster-resource-synchronization',
        version: '3.23',
      },
      {
        title: 'Remote cluster configuration: datastoreType, clusterAccessSecret',
        url: 'https://docs.tigera.io/calico-enterprise/latest/reference/resources/remoteclusterconfiguration',
        version: '3.23',
      },
    ],
  },
  messages: {
    missing: 'Secret {secret} of {cluster} lacks {missing}; it holds {keys}',
    datastoreType: 'datastoreType of Secret {secret} of {cluster} is {value}, not kubernetes',
    notText: '{key} of Secret {secret} of {cluster} is {found} instead of a string, which kubectl refuses',
    undecodable: 'datastoreType of Secret {secret} of {cluster} is not base64',
    noKubeconfig: 'the kubeconfig of Secret {secret} of {cluster} is {found}',
  },
  *check({ clusters }, say) {
    for (const { name: cluster, remotes } of clusters) {
      const groups = bySecret(remotes.items.filter((r) => r.access.kind === 'found'));
      for (const group of groups) {
        const [{ access }] = group;
        if (access.kind !== 'found') continue;
        const { secret: object } = access;
        const { namespace, name } = object.ref;
        const secret = `${namespace}/${name}`;
        const fix = {
          title: 'create the Secret anew from the kubeconfig file',
          command: writeAccessSecret(cluster, { namespace: namespace ?? '', name }),
        };
        const spec = { clusters: [cluster], remotes: group.map((r) => r.ref), fix };
        const missing = REQUIRED.filter((key) => !Object.hasOwn(object.keys, key));
        const [lacking] = missing;
        if (lacking !== undefined) {
          const keys = few(Object.keys(object.keys).sort()) || 'no keys';
          yield say.finding(
            'missing',
            { secret, cluster, missing: missing.join(' and '), keys },
            {
              ...spec,
              evidence: [
                inside(object, keyOf(object, lacking), `no key ${missing.join(' or ')}`),
                ...references(group),
              ],
            },
          );
        }
        for (const [key, found] of Object.entries(object.instead)) {
          const evidence = [
            inside(object, ['stringData', key], `${found}, not a string`),
            ...references(group),
          ] as const;
          yield say.finding('notText', { key, secret, cluster, found }, { ...spec, evidence });
        }
        const type = object.instead.datastoreType ? undefined : object.keys.datastoreType;
        if (type && object.datastoreType?.value !== 'kubernetes') {
          const evidence = [at(type, 'not kubernetes'), ...references(group)] as const;
          if (object.datastoreType === null)
            yield say.finding('undecodable', { secret, cluster }, { ...spec, evidence });
          else {
            const value = shown(object.datastoreType.value);
            yield say.finding('datastoreType', { secret, cluster, value }, { ...spec, evidence });
          }
        }
        const fault = object.connection?.faults.find(({ kind }) => instead[kind] !== undefined);
        const found = fault && instead[fault.kind];
        if (object.connection && found !== undefined) {
          const evidence = [at(object.connection.source, found), ...references(group)] as const;
          yield say.finding('noKubeconfig', { secret, cluster, found }, { ...spec, evidence });
        }
      }
      if (groups.length > 0) yield say.pass([cluster]);
      else if (remotes.state === 'complete') yield say.notApplicable([cluster]);
    }
  },
});

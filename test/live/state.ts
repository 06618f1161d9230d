// The state of healthy meshes in live API servers: the manifests of the kit, with the UIDs, CAs and tokens that the servers really have.

import { kinds } from '../../src/model/objects/kinds.ts';
import { clusterCredentials, secretTokenClaims } from '../kit/credentials.ts';
import {
  ACCOUNT,
  accessSecret,
  accountNamespace,
  calicoNode,
  changed,
  encode,
  federationRole,
  healthyMesh,
  type Manifest,
  without,
} from '../kit/objects.ts';
import { ApiError, type Client, collectionPath } from './client.ts';
import { CALICO_API, createDefinitions, type Storage } from './crds.ts';
import type { LiveServer } from './servers.ts';

export interface StateOptions {
  /** How each cluster stores Calico's objects; v1 unless given. */
  readonly storage?: Readonly<Record<string, Storage>>;
}

const NAMESPACES = ['calico-system', 'tigera-operator'];
const VERSION = 'v3.23.1';

/**
 * Makes the servers the clusters of a healthy mesh in overlay. The kubeconfigs in the access Secrets hold a token that the remote server
 * accepts and its CA; the server's address in them is a name that its certificate bears and its port, but the name leads nowhere: an
 * address of this machine would be a fault, and nobody dials it.
 */
export async function createHealthyMesh(servers: readonly LiveServer[], options: StateOptions = {}): Promise<void> {
  const storageOf = ({ name }: LiveServer): Storage => options.storage?.[name] ?? 'v1';
  const accounts = await Promise.all(
    servers.map(async (server) => {
      await createDefinitions(server.admin, storageOf(server));
      await Promise.all([...NAMESPACES, 'kube-system', 'default'].map((name) => createNamespace(server.admin, name)));
      return { server, token: await createAccount(server) };
    }),
  );
  const mesh = healthyMesh(
    servers.map(({ name }) => name),
    { version: VERSION },
  );
  const made = new Set(['Namespace', 'ServiceAccount']);
  await Promise.all(
    servers.map(async (server) => {
      let objects = (mesh[server.name] ?? []).filter(({ kind }) => !made.has(kind));
      objects = without(objects, 'Secret', ACCOUNT);
      for (const peer of accounts.filter((each) => each.server !== server)) {
        const { name, port, caPem } = peer.server;
        const kubeconfig = clusterCredentials(name).kubeconfig({
          server: `https://api.${name}.example.com:${port}`,
          ca: caPem,
          token: peer.token,
        });
        const { data } = accessSecret(name, { kubeconfig });
        objects = changed(objects, 'Secret', `remote-cluster-secret-${name}`, { data });
      }
      objects = changed(objects, 'ConfigMap', 'kube-root-ca.crt', { data: { 'ca.crt': server.caPem } });
      await Promise.all(stored(objects, storageOf(server)).map((object) => createWhole(server.admin, object)));
    }),
  );
}

/** The objects as a cluster with this storage holds them, with what a server demands of them. */
function stored(objects: readonly Manifest[], storage: Storage): readonly Manifest[] {
  const labels = { 'k8s-app': 'calico-node' };
  const spec = { selector: { matchLabels: labels }, template: { metadata: { labels } } };
  // The operator sets the variable for native v3 and for nothing else.
  const workload = calicoNode(storage === 'v3' ? { CALICO_API_GROUP: CALICO_API.v3 } : {}, VERSION);
  const complete = changed([...without(objects, 'DaemonSet'), workload], 'DaemonSet', 'calico-node', { spec });
  if (storage === 'v1') return complete;
  const [group = ''] = CALICO_API.v3.split('/');
  const { rules } = federationRole();
  return complete.map((object) => {
    if (object.apiVersion === CALICO_API.v1) return { ...object, apiVersion: CALICO_API.v3 };
    if (object.kind === 'ClusterRole') {
      const renamed = (rules as readonly { readonly apiGroups: readonly string[] }[]).map((rule) =>
        rule.apiGroups.includes('') ? rule : { ...rule, apiGroups: [group] },
      );
      return { ...object, rules: renamed };
    }
    return object;
  });
}

/** Creates an object and, through the subresource, its status. */
export async function createWhole(client: Client, object: Manifest): Promise<Manifest> {
  const { status, ...rest } = object;
  const { uid: _, ...metadata } = rest.metadata;
  const created = await client.create({ ...rest, metadata });
  return status === undefined ? created : client.patch(object, { status }, 'status');
}

/** Creates a namespace, unless the server, which makes some by itself, was faster. */
async function createNamespace(client: Client, name: string): Promise<void> {
  try {
    await client.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  } catch (error) {
    if (!(error instanceof ApiError && error.code === 409)) throw error;
  }
}

/** Creates the federation account of a cluster and its token Secret, as the token controller would fill it in; gives the token. */
async function createAccount({ admin, caPem, signToken }: LiveServer): Promise<string> {
  const namespace = accountNamespace(VERSION);
  const account = await admin.create({
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: ACCOUNT, namespace },
  });
  const uid = String(account.metadata.uid);
  const token = signToken(secretTokenClaims({ namespace, name: ACCOUNT, uid, secret: ACCOUNT }));
  await admin.create({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: ACCOUNT,
      namespace,
      annotations: { 'kubernetes.io/service-account.name': ACCOUNT, 'kubernetes.io/service-account.uid': uid },
    },
    type: 'kubernetes.io/service-account-token',
    data: { 'ca.crt': encode(caPem), namespace: encode(namespace), token: encode(token) },
  });
  return token;
}

/** Everything that the program reads, as lists by the names of files: what an export of all namespaces holds. */
export async function exportState(client: Client): Promise<Record<string, readonly unknown[]>> {
  const { groups } = await client.get<{
    readonly groups: readonly { readonly name: string; readonly preferredVersion: { readonly groupVersion: string } }[];
  }>('/apis');
  const versions = new Map(groups.map(({ name, preferredVersion }) => [name, preferredVersion.groupVersion]));
  versions.set('', 'v1');
  const lists = kinds.flatMap(({ kind, plural, groups: known }) =>
    known.map(async (group) => {
      const version = versions.get(group);
      const list = version === undefined ? null : await listOf(client, version, kind);
      return list === null ? [] : [[`${plural}${group && `.${group}`}.json`, [list]] as const];
    }),
  );
  return Object.fromEntries((await Promise.all(lists)).flat());
}

/** All objects of a kind, as the server lists them; null where it serves no such kind. */
async function listOf(client: Client, apiVersion: string, kind: string): Promise<unknown> {
  try {
    return await client.get(collectionPath(apiVersion, kind));
  } catch (error) {
    if (error instanceof ApiError && error.code === 404) return null;
    throw error;
  }
}

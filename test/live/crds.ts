// Custom resource definitions for the kinds that the program reads: any object is good, nothing is defaulted or pruned. They stand for
// those that Calico Enterprise installs, whose schemas are not what is tested here.

import { setTimeout as pause } from 'node:timers/promises';
import { kinds } from '../../src/model/objects/kinds.ts';
import type { Manifest } from '../kit/objects.ts';
import { ApiError, type Client, collectionPath } from './client.ts';

/**
 * How a cluster stores Calico's objects: `crd.projectcalico.org/v1`, or `projectcalico.org/v3` without an API server of Calico's in front
 * (Calico Enterprise 3.23 and later, docs operations/native-v3-crds).
 */
export type Storage = 'v1' | 'v3';

export const CALICO_API: Readonly<Record<Storage, string>> = {
  v1: 'crd.projectcalico.org/v1',
  v3: 'projectcalico.org/v3',
};

/** The other groups whose kinds are custom resources, and their versions. */
const OTHERS = ['operator.tigera.io/v1', 'migration.projectcalico.org/v1beta1', 'config.openshift.io/v1'];

/** Kinds whose status is written through the subresource only. */
const WITH_STATUS: ReadonlySet<string> = new Set(['Installation', 'Istio', 'DatastoreMigration', 'Infrastructure']);

interface Served {
  readonly apiVersion: string;
  readonly kind: string;
  readonly plural: string;
}

/** The kinds that are custom resources in a cluster with this storage; OpenShift's only where asked for. */
function served(storage: Storage, openshift: boolean): readonly Served[] {
  return [CALICO_API[storage], ...OTHERS].flatMap((apiVersion) => {
    const [group = ''] = apiVersion.split('/');
    if (group === 'config.openshift.io' && !openshift) return [];
    // calicoctl's Node is in a group of CRDs, but no custom resource.
    const found = kinds.filter(({ id, groups }) => id !== 'CalicoNode' && groups.includes(group));
    return found.map(({ kind, plural }) => ({ apiVersion, kind, plural }));
  });
}

function definition({ apiVersion, kind, plural }: Served): Manifest {
  const [group = '', version] = apiVersion.split('/');
  const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
  const subresources = WITH_STATUS.has(kind) ? { subresources: { status: {} } } : {};
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: 'Cluster',
      names: { kind, listKind: `${kind}List`, plural, singular: kind.toLowerCase() },
      versions: [{ name: version, served: true, storage: true, schema, ...subresources }],
    },
  };
}

/** Creates the definitions and waits until their kinds are served. */
export async function createDefinitions(
  client: Client,
  storage: Storage = 'v1',
  { openshift = false }: { readonly openshift?: boolean } = {},
): Promise<void> {
  const all = served(storage, openshift);
  await Promise.all(all.map((each) => client.create(definition(each))));
  await Promise.all(all.map(({ apiVersion, kind }) => isServed(client, collectionPath(apiVersion, kind))));
}

async function isServed(client: Client, path: string): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await client.get(`${path}?limit=1`);
      return;
    } catch (error) {
      if (tries === 600 || !(error instanceof ApiError && error.code === 404)) throw error;
    }
    await pause(50);
  }
}

// Which API group Calico's objects of a cluster are stored and read in. No I/O.

import type { Sections } from '../mesh.ts';
import { isAtLeast } from './version.ts';

/** Stored v1 CRDs, with or without the aggregated API server in front of them; or native v3 CRDs (from 3.23, docs operations/native-v3-crds). */
export type StorageGroup = 'crd.projectcalico.org' | 'projectcalico.org';

/** Sections that tell the group. */
export const storageSections = [
  'version',
  'calicoNode',
  'crds',
  'datastoreMigrations',
  'ipPools',
  'remotes',
  'clusterInformations',
  'ipamBlocks',
] as const;

type Tellers = Pick<Sections, (typeof storageSections)[number]>;

/**
 * The group that holds the data; null when nothing tells it. The aggregated API serves `projectcalico.org/v3` copies of stored v1
 * objects, so objects of that group alone prove nothing.
 *
 * Components follow CALICO_API_GROUP, which the operator, the only way to install Calico Enterprise, sets on calico-node for native v3
 * CRDs and for nothing else. Without it they take v3 if CRDs serve the group `projectcalico.org` and none serve `crd.projectcalico.org`
 * (projectcalico/calico v3.32, libcalico-go/lib/backend/k8s/discovery.go; tigera/operator v1.43, render of calico-node). A migration
 * switches them when it has converged (docs, operations/crd-migration, 3.23).
 */
export function storageGroup(cluster: Tellers): StorageGroup | null {
  const explicit = explicitGroup(cluster);
  if (explicit) return explicit;
  for (const { phase } of cluster.datastoreMigrations.items) {
    if (phase) return migrated.has(phase.value) ? 'projectcalico.org' : 'crd.projectcalico.org';
  }
  const groups = new Set(cluster.crds.items.map(({ ref }) => ref.name.slice(ref.name.indexOf('.') + 1)));
  if (groups.has('crd.projectcalico.org')) return 'crd.projectcalico.org';
  if (groups.has('projectcalico.org') && cluster.crds.state === 'complete') return 'projectcalico.org';
  const { ipPools, remotes, clusterInformations, ipamBlocks, version, calicoNode } = cluster;
  const objects = [ipPools, remotes, clusterInformations, ipamBlocks].flatMap(
    (list): readonly Referring[] => list.items,
  );
  if (objects.some(({ ref }) => ref.apiVersion.startsWith('crd.projectcalico.org/'))) return 'crd.projectcalico.org';
  if (version.value && !isAtLeast(version.value, 3, 23)) return 'crd.projectcalico.org';
  const isUnset = calicoNode.items.some((workload) => !mayHaveVariable(workload));
  return isUnset && calicoNode.state === 'complete' ? 'crd.projectcalico.org' : null;
}

interface Referring {
  readonly ref: { readonly apiVersion: string };
}

type Workload = Tellers['calicoNode']['items'][number];

/** Phases of a DatastoreMigration from which on the v3 CRDs are authoritative. */
const migrated: ReadonlySet<string> = new Set(['Converged', 'Complete']);

const VARIABLE = 'CALICO_API_GROUP';

const environment = (workload: Workload) => workload.containers.find(({ name }) => name === 'calico-node');

/** May the variable be set, if only by a reference that leads to a whole ConfigMap? */
function mayHaveVariable(workload: Workload): boolean {
  const container = environment(workload);
  return !container || container.envFrom.length > 0 || container.env.some(({ name }) => name === VARIABLE);
}

function explicitGroup({ calicoNode }: Tellers): StorageGroup | null {
  for (const workload of calicoNode.items) {
    const value = environment(workload)?.env.findLast(({ name }) => name === VARIABLE)?.value;
    if (value?.startsWith('projectcalico.org/')) return 'projectcalico.org';
    if (value?.startsWith('crd.projectcalico.org/')) return 'crd.projectcalico.org';
  }
  return null;
}

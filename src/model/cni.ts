// Which CNI plugin, IPAM and storage mode a cluster runs, as far as its objects tell. No I/O.

import type { ContainerFacts, InstallationFacts, WorkloadFacts } from './facts.ts';
import type { Sections } from './mesh.ts';
import type { Path, Sourced } from './resource.ts';

/** What provides pod networking and pod addresses; null where nothing that was read tells it. */
export interface Cni {
  /** `Calico`, `GKE`, `AmazonVPC`, `AzureVNET`; `not Calico` where only that is told. */
  readonly type: Sourced<string> | null;
  /** `Calico`, `HostLocal`, `AmazonVPC`, `AzureVNET`. */
  readonly ipam: Sourced<string> | null;
}

/**
 * Installation first, the environment of calico-node where that does not tell. `configMaps` resolves variables that refer to a
 * ConfigMap; without them such a variable tells nothing.
 */
export function tellCni(
  cluster: Pick<Sections, 'installations' | 'calicoNode'> & Partial<Pick<Sections, 'configMaps'>>,
): Cni {
  const installation = cluster.installations.items.find((i) => i.ref.name === 'default');
  const declared = installation ? declaredCni(installation) : UNTOLD;
  const [daemonSet] = cluster.calicoNode.items;
  const running = daemonSet ? runningCni(daemonSet, cluster.configMaps) : UNTOLD;
  return { type: declared.type ?? running.type, ipam: declared.ipam ?? running.ipam };
}

const UNTOLD: Cni = { type: null, ipam: null };

/** Operator v1.42, pkg/controller/installation/core_controller.go, fillDefaults. */
const PLUGIN_OF_PROVIDER: Readonly<Record<string, string>> = { AKS: 'AzureVNET', EKS: 'AmazonVPC', GKE: 'GKE' };
const IPAM_OF_PLUGIN: Readonly<Record<string, string>> = {
  Calico: 'Calico',
  GKE: 'HostLocal',
  AmazonVPC: 'AmazonVPC',
  AzureVNET: 'AzureVNET',
};

/**
 * What the Installation says, with the operator's defaults. The operator writes a provider that it detects into the object, so only a
 * stored object (one with a UID) proves that an unset provider is none; a manifest may yet become an AKS, EKS or GKE installation.
 */
function declaredCni(installation: InstallationFacts): Cni {
  const { ref, kubernetesProvider: provider, cniType, ipamType } = installation;
  const assumed = (path: Path, value: string | undefined): Sourced<string> | null =>
    value === undefined ? null : { value, ref, path };
  const isSettled = provider !== null || installation.uid !== null;
  const plugin = isSettled ? (PLUGIN_OF_PROVIDER[provider ?? ''] ?? 'Calico') : undefined;
  const type = cniType ?? assumed(['spec', 'cni', 'type'], plugin);
  return { type, ipam: ipamType ?? assumed(['spec', 'cni', 'ipam', 'type'], IPAM_OF_PLUGIN[type?.value ?? '']) };
}

/**
 * What calico-node's environment proves (operator v1.42, pkg/render/node.go; calico v3.32, charts/calico/templates/calico-node.yaml):
 *
 * - CALICO_MANAGE_CNI is `true` with the Calico CNI only, and `false` with others only.
 * - CALICO_NETWORKING_BACKEND is `bird` or `vxlan` with the Calico CNI only. `none` tells nothing: host-local IPAM without BGP, the VPP
 *   data plane and Canal have it too, and they run the Calico CNI.
 * - USE_POD_CIDR goes with host-local IPAM; the Calico CNI without it has Calico IPAM.
 */
function runningCni(daemonSet: WorkloadFacts, configMaps: Sections['configMaps'] | undefined): Cni {
  const container = daemonSet.containers.find((c) => c.name === 'calico-node');
  if (!container) return UNTOLD;
  const read = (name: string) => variable(daemonSet, container, name, configMaps);
  const manages = read('CALICO_MANAGE_CNI');
  const backend = read('CALICO_NETWORKING_BACKEND');
  const podCIDR = read('USE_POD_CIDR');
  const told = (from: Sourced<string>, value: string): Sourced<string> => ({ ...from, value });
  let type: Sourced<string> | null = null;
  if (manages?.value === 'true') type = told(manages, 'Calico');
  else if (manages?.value === 'false') type = told(manages, 'not Calico');
  else if (backend?.value === 'bird' || backend?.value === 'vxlan') type = told(backend, 'Calico');
  if (podCIDR === null) return { type, ipam: null };
  if (podCIDR.value === 'true') return { type, ipam: told(podCIDR, 'HostLocal') };
  return { type, ipam: type?.value === 'Calico' ? told(type, 'Calico') : null };
}

/** The value that a variable of the container has, '' when it is not set; null when it comes from something that was not read. */
function variable(
  { ref }: WorkloadFacts,
  container: ContainerFacts,
  name: string,
  configMaps: Sections['configMaps'] | undefined,
): Sourced<string> | null {
  const path: Path = ['spec', 'template', 'spec', 'containers', container.index];
  const configMap = (wanted: string) =>
    configMaps?.items.find((c) => c.ref.name === wanted && c.ref.namespace === ref.namespace);
  // Kubernetes lets the last entry of a name win, and `env` over `envFrom`.
  const entry = container.env.findLast((e) => e.name === name);
  if (entry) {
    const { value, from, index } = entry;
    if (value !== null) return { value, ref, path: [...path, 'env', index, 'value'] };
    const found = from?.kind === 'ConfigMap' ? configMap(from.name)?.data[from.key] : undefined;
    return found === undefined ? null : { value: found, ref, path: [...path, 'env', index, 'valueFrom'] };
  }
  for (const source of container.envFrom.toReversed()) {
    // This one holds the address of the API server alone (docs, operations/ebpf/install, 3.23), and is mostly absent.
    if (!name.startsWith(source.prefix) || source.name === 'kubernetes-services-endpoint') continue;
    const found = source.kind === 'ConfigMap' ? configMap(source.name) : undefined;
    if (!found) return null;
    const value = found.data[name.slice(source.prefix.length)];
    if (value !== undefined) return { value, ref, path: [...path, 'envFrom', source.index] };
  }
  return { value: '', ref, path: [...path, 'env'] };
}

/**
 * The API group that holds a cluster's Calico objects: `crd.projectcalico.org` (classic, with or without the aggregated API server) or
 * `projectcalico.org` (native v3 CRDs, tech preview in 3.23, default of new installations from 3.24). `undecided` where what was read
 * fits both.
 */
export type ServingMode = 'crd.projectcalico.org' | 'projectcalico.org' | 'undecided';

/**
 * Tells the serving mode as Calico's components decide it (calico v3.32, libcalico-go/lib/backend/k8s/discovery.go; operator v1.44,
 * pkg/apis/version.go): an explicit CALICO_API_GROUP, then a migration, then the groups that exist, v1 before v3. Objects of
 * `projectcalico.org` alone prove nothing, because the aggregated API server shows the same.
 */
export function servingMode(
  cluster: Pick<
    Sections,
    | 'calicoNode'
    | 'datastoreMigrations'
    | 'crds'
    | 'version'
    | 'ipPools'
    | 'remotes'
    | 'ipamBlocks'
    | 'clusterInformations'
  > &
    Partial<Pick<Sections, 'configMaps'>>,
): ServingMode {
  const [daemonSet] = cluster.calicoNode.items;
  const container = daemonSet?.containers.find((c) => c.name === 'calico-node');
  const group = daemonSet && container && variable(daemonSet, container, 'CALICO_API_GROUP', cluster.configMaps);
  if (group && group.value !== '') {
    return group.value.toLowerCase() === 'projectcalico.org/v3' ? 'projectcalico.org' : 'crd.projectcalico.org';
  }
  const { phase } = cluster.datastoreMigrations.items.find((m) => m.phase !== null) ?? {};
  if (phase) {
    return phase.value === 'Converged' || phase.value === 'Complete' ? 'projectcalico.org' : 'crd.projectcalico.org';
  }
  const { value: version } = cluster.version;
  if (version && (version.major < 3 || (version.major === 3 && version.minor < 23))) return 'crd.projectcalico.org';
  const definitions = cluster.crds.items.map((c) => c.ref.name);
  const stored = [cluster.ipPools, cluster.remotes, cluster.ipamBlocks, cluster.clusterInformations].flatMap((list) =>
    list.items.map((item) => item.ref.apiVersion),
  );
  if (stored.some((v) => v.startsWith('crd.projectcalico.org/'))) return 'crd.projectcalico.org';
  if (definitions.some((d) => d.endsWith('.crd.projectcalico.org'))) return 'crd.projectcalico.org';
  // The aggregated API server serves this kind without a definition.
  const isNative = definitions.includes('ippools.projectcalico.org');
  return isNative && cluster.crds.state === 'complete' ? 'projectcalico.org' : 'undecided';
}

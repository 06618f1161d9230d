// The kinds of objects that are read: their groups, plural names, and which section of a cluster they feed. Data and look-ups only.

import type { Section } from '../mesh.ts';

export interface Kind {
  /** Unique here: `CalicoNode` is calicoctl's Node, the others are called as the API calls them. */
  readonly id: string;
  readonly kind: string;
  /** API groups that serve it; '' is the core group. */
  readonly groups: readonly string[];
  readonly plural: string;
  readonly namespaced: boolean;
  readonly section: Section | null;
}

/** Calico's own groups: the aggregated API or native CRDs, and the stored v1 CRDs. */
const CALICO = ['projectcalico.org', 'crd.projectcalico.org'] as const;
const RBAC = ['rbac.authorization.k8s.io'] as const;

const list = [
  { id: 'Node', kind: 'Node', groups: [''], plural: 'nodes', namespaced: false, section: 'nodes' },
  {
    id: 'CalicoNode',
    kind: 'Node',
    groups: ['projectcalico.org'],
    plural: 'nodes',
    namespaced: false,
    section: 'nodes',
  },
  { id: 'IPPool', kind: 'IPPool', groups: CALICO, plural: 'ippools', namespaced: false, section: 'ipPools' },
  {
    id: 'FelixConfiguration',
    kind: 'FelixConfiguration',
    groups: CALICO,
    plural: 'felixconfigurations',
    namespaced: false,
    section: 'felix',
  },
  {
    id: 'RemoteClusterConfiguration',
    kind: 'RemoteClusterConfiguration',
    groups: CALICO,
    plural: 'remoteclusterconfigurations',
    namespaced: false,
    section: 'remotes',
  },
  {
    id: 'ClusterInformation',
    kind: 'ClusterInformation',
    groups: CALICO,
    plural: 'clusterinformations',
    namespaced: false,
    section: 'clusterInformations',
  },
  {
    id: 'IPAMBlock',
    kind: 'IPAMBlock',
    groups: CALICO,
    plural: 'ipamblocks',
    namespaced: false,
    section: 'ipamBlocks',
  },
  {
    id: 'BGPConfiguration',
    kind: 'BGPConfiguration',
    groups: CALICO,
    plural: 'bgpconfigurations',
    namespaced: false,
    section: 'bgpConfigurations',
  },
  { id: 'BGPPeer', kind: 'BGPPeer', groups: CALICO, plural: 'bgppeers', namespaced: false, section: 'bgpPeers' },
  {
    id: 'LicenseKey',
    kind: 'LicenseKey',
    groups: CALICO,
    plural: 'licensekeys',
    namespaced: false,
    section: 'licenseKeys',
  },
  {
    id: 'DatastoreMigration',
    kind: 'DatastoreMigration',
    groups: ['migration.projectcalico.org'],
    plural: 'datastoremigrations',
    namespaced: false,
    section: 'datastoreMigrations',
  },
  {
    id: 'Installation',
    kind: 'Installation',
    groups: ['operator.tigera.io'],
    plural: 'installations',
    namespaced: false,
    section: 'installations',
  },
  {
    id: 'Istio',
    kind: 'Istio',
    groups: ['operator.tigera.io'],
    plural: 'istios',
    namespaced: false,
    section: 'istios',
  },
  {
    id: 'Infrastructure',
    kind: 'Infrastructure',
    groups: ['config.openshift.io'],
    plural: 'infrastructures',
    namespaced: false,
    section: null,
  },
  { id: 'Secret', kind: 'Secret', groups: [''], plural: 'secrets', namespaced: true, section: 'secrets' },
  { id: 'ConfigMap', kind: 'ConfigMap', groups: [''], plural: 'configmaps', namespaced: true, section: 'configMaps' },
  { id: 'Namespace', kind: 'Namespace', groups: [''], plural: 'namespaces', namespaced: false, section: 'namespaces' },
  {
    id: 'ServiceAccount',
    kind: 'ServiceAccount',
    groups: [''],
    plural: 'serviceaccounts',
    namespaced: true,
    section: 'serviceAccounts',
  },
  { id: 'Service', kind: 'Service', groups: [''], plural: 'services', namespaced: true, section: 'services' },
  { id: 'Pod', kind: 'Pod', groups: [''], plural: 'pods', namespaced: true, section: 'pods' },
  {
    id: 'ServiceCIDR',
    kind: 'ServiceCIDR',
    groups: ['networking.k8s.io'],
    plural: 'servicecidrs',
    namespaced: false,
    section: 'serviceCIDRs',
  },
  {
    id: 'DaemonSet',
    kind: 'DaemonSet',
    groups: ['apps'],
    plural: 'daemonsets',
    namespaced: true,
    section: 'calicoNode',
  },
  { id: 'Role', kind: 'Role', groups: RBAC, plural: 'roles', namespaced: true, section: 'roles' },
  {
    id: 'ClusterRole',
    kind: 'ClusterRole',
    groups: RBAC,
    plural: 'clusterroles',
    namespaced: false,
    section: 'clusterRoles',
  },
  {
    id: 'RoleBinding',
    kind: 'RoleBinding',
    groups: RBAC,
    plural: 'rolebindings',
    namespaced: true,
    section: 'roleBindings',
  },
  {
    id: 'ClusterRoleBinding',
    kind: 'ClusterRoleBinding',
    groups: RBAC,
    plural: 'clusterrolebindings',
    namespaced: false,
    section: 'clusterRoleBindings',
  },
  {
    id: 'CustomResourceDefinition',
    kind: 'CustomResourceDefinition',
    groups: ['apiextensions.k8s.io'],
    plural: 'customresourcedefinitions',
    namespaced: false,
    section: 'crds',
  },
] as const satisfies readonly Kind[];

export type KindId = (typeof list)[number]['id'];

/** All kinds that are read. */
export const kinds: readonly (Kind & { readonly id: KindId })[] = list;

const byId = new Map(kinds.map((kind) => [kind.id, kind]));

/** What is known of a kind. */
export function kindInfo(id: KindId): Kind {
  return byId.get(id) as Kind;
}

const byName = new Map<string, KindId>();
for (const { id, kind, groups } of list) for (const group of groups) byName.set(`${group}/${kind}`, id);

/** Group of an apiVersion: `apps/v1` is in `apps`, `v1` in ''. */
export function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf('/');
  return slash < 0 ? '' : apiVersion.slice(0, slash);
}

/** Which kind an object is of; null for kinds that are not read. */
export function kindOf(apiVersion: string, kind: string): KindId | null {
  return byName.get(`${groupOf(apiVersion)}/${kind}`) ?? null;
}

/** The kind of a typed list (`IPPoolList`); null when it is not one of those that are read. */
export function kindOfList(apiVersion: string, kind: string): KindId | null {
  return kind.endsWith('List') ? kindOf(apiVersion, kind.slice(0, -'List'.length)) : null;
}

const byFile = new Map<string, KindId>();
for (const { id, kind, groups, plural } of list) {
  if (id === 'CalicoNode') continue;
  for (const name of [plural, kind.toLowerCase()]) {
    byFile.set(name, id);
    for (const group of groups) if (group !== '') byFile.set(`${name}.${group}`, id);
  }
}

/**
 * The kind that a file or folder is named after: the plural resource name or the kind, with or without the group, in any case
 * (`ippools.yaml`, `ippools.crd.projectcalico.org.yaml`, `IPPool.json`). Null when the name tells nothing.
 */
export function kindNamed(name: string): KindId | null {
  const bare = name.toLowerCase().replace(/\.(ya?ml|json)$/, '');
  return byFile.get(bare) ?? byFile.get(bare.replace(/\.v[0-9][a-z0-9]*\./, '.')) ?? null;
}

const groups = new Set<string>(list.flatMap((k) => k.groups as readonly string[]).filter((g) => g !== ''));

/** Is this the name of an API group that is read? */
export function isGroup(name: string): boolean {
  return groups.has(name.toLowerCase());
}

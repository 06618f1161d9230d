// What the sections of a cluster are called, and the command that exports each. Data only.

import type { Cluster, Section } from './model/mesh.ts';
import { kindInfo, kindOf } from './model/objects/kinds.ts';
import { kubectl, shell } from './rule.ts';

export interface SectionInfo {
  /** As a plural noun, in the API's own words. */
  readonly title: string;
  /** Arguments of `kubectl get`, and the file that takes the output. */
  readonly get: string;
  readonly file: string;
}

/** Every section: its name for people and how to export it. */
export const sections: Readonly<Record<Section, SectionInfo>> = {
  nodes: { title: 'Nodes', get: 'nodes', file: 'nodes.yaml' },
  ipPools: { title: 'IPPools', get: 'ippools', file: 'ippools.yaml' },
  felix: { title: 'FelixConfigurations', get: 'felixconfigurations', file: 'felixconfigurations.yaml' },
  calicoNode: {
    title: 'DaemonSet calico-node',
    get: 'daemonset calico-node --namespace calico-system',
    file: 'calico-node.yaml',
  },
  installations: { title: 'Installation', get: 'installations.operator.tigera.io', file: 'installations.yaml' },
  remotes: {
    title: 'RemoteClusterConfigurations',
    get: 'remoteclusterconfigurations',
    file: 'remoteclusterconfigurations.yaml',
  },
  secrets: { title: 'access Secrets', get: 'secrets --namespace calico-system', file: 'secrets.yaml' },
  identity: {
    title: 'identity',
    get: 'configmap kube-root-ca.crt --namespace default',
    file: 'kube-root-ca.yaml',
  },
  serviceAccounts: { title: 'ServiceAccounts', get: 'serviceaccounts --all-namespaces', file: 'serviceaccounts.yaml' },
  roles: { title: 'Roles', get: 'roles --all-namespaces', file: 'roles.yaml' },
  clusterRoles: { title: 'ClusterRoles', get: 'clusterroles', file: 'clusterroles.yaml' },
  roleBindings: { title: 'RoleBindings', get: 'rolebindings --all-namespaces', file: 'rolebindings.yaml' },
  clusterRoleBindings: {
    title: 'ClusterRoleBindings',
    get: 'clusterrolebindings',
    file: 'clusterrolebindings.yaml',
  },
  configMaps: { title: 'ConfigMaps', get: 'configmaps --namespace calico-system', file: 'configmaps.yaml' },
  clusterInformations: { title: 'ClusterInformation', get: 'clusterinformations', file: 'clusterinformations.yaml' },
  ipamBlocks: { title: 'IPAMBlocks', get: 'ipamblocks.crd.projectcalico.org', file: 'ipamblocks.yaml' },
  pods: { title: 'Pods', get: 'pods --all-namespaces', file: 'pods.yaml' },
  services: { title: 'Services', get: 'services --all-namespaces', file: 'services.yaml' },
  serviceCIDRs: { title: 'ServiceCIDRs', get: 'servicecidrs', file: 'servicecidrs.yaml' },
  namespaces: { title: 'Namespaces', get: 'namespaces', file: 'namespaces.yaml' },
  awsNode: { title: 'DaemonSet aws-node', get: 'daemonset aws-node --namespace kube-system', file: 'aws-node.yaml' },
  bgpConfigurations: { title: 'BGPConfigurations', get: 'bgpconfigurations', file: 'bgpconfigurations.yaml' },
  bgpPeers: { title: 'BGPPeers', get: 'bgppeers', file: 'bgppeers.yaml' },
  licenseKeys: { title: 'LicenseKeys', get: 'licensekeys', file: 'licensekeys.yaml' },
  datastoreMigrations: {
    title: 'DatastoreMigrations',
    get: 'datastoremigrations.migration.projectcalico.org',
    file: 'datastoremigrations.yaml',
  },
  istios: { title: 'Istio', get: 'istios.operator.tigera.io', file: 'istios.yaml' },
  crds: {
    title: 'CustomResourceDefinitions',
    get: 'customresourcedefinitions',
    file: 'customresourcedefinitions.yaml',
  },
  version: { title: 'version', get: 'installations.operator.tigera.io', file: 'installations.yaml' },
};

/** The section that holds objects of a kind; null for kinds that no section holds. */
export function sectionOf({ apiVersion, kind }: { apiVersion: string; kind: string }): Section | null {
  const id = kindOf(apiVersion, kind);
  return id === null ? null : kindInfo(id).section;
}

/**
 * The command that exports a section of a cluster into its folder; it changes nothing in the cluster. Secrets are asked for by name where
 * the cluster's RemoteClusterConfigurations tell which.
 */
export function exportCommand(cluster: Cluster<'remotes'>, section: Section): string {
  const { get, file } = sections[section];
  const folder = shell(cluster.name);
  if (section === 'secrets') {
    const wanted = new Map<string, Set<string>>();
    for (const { clusterAccessSecret: secret } of cluster.remotes.items) {
      if (!secret?.name || !secret.namespace) continue;
      wanted.set(secret.namespace, (wanted.get(secret.namespace) ?? new Set()).add(secret.name));
    }
    if (wanted.size > 0) {
      return [...wanted]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([namespace, secrets]) => {
          const args = `get secret ${[...secrets].sort().map(shell).join(' ')} --namespace ${shell(namespace)} -o yaml`;
          return `${kubectl(cluster.name, args)} > ${folder}/secrets-${shell(namespace)}.yaml`;
        })
        .join('\n');
    }
  }
  return `${kubectl(cluster.name, `get ${get} -o yaml`)} > ${folder}/${file}`;
}

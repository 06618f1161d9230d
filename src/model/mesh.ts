// The mesh: what is known of all clusters, and how far. Rules see nothing else. No I/O.

import type { Routing } from '../requirements.ts';
import type { Pool } from './addresses/pools.ts';
import type { Availability, Listed } from './availability.ts';
import type { Felix } from './felix/felix.ts';
import type * as facts from './objects/facts.ts';
import type { Version } from './platform/version.ts';
import type { Identity } from './remotes/identity.ts';
import type { Remote } from './remotes/remotes.ts';
import type { Sourced } from './resource.ts';

/**
 * What can be asked of a cluster. One entry is one thing that a rule may need or take as evidence; how far it was read is part of it.
 * Sections that stand for several kinds are as available as the weakest of them.
 */
export interface Sections {
  /** Kubernetes Nodes, or Calico Nodes. */
  readonly nodes: Listed<facts.NodeFacts>;
  readonly ipPools: Listed<Pool>;
  /** Effective Felix values; as available as FelixConfigurations are. The DaemonSet is `calicoNode`. */
  readonly felix: Felix;
  /** The DaemonSet of this name: at most one. Missing unless that very object was read. */
  readonly calicoNode: Listed<facts.WorkloadFacts>;
  readonly installations: Listed<facts.InstallationFacts>;
  /** RemoteClusterConfigurations, each with the cluster that it leads to. */
  readonly remotes: Listed<Remote>;
  readonly secrets: Listed<facts.SecretFacts>;
  /** Everything that says who this cluster is. Missing when nothing does. */
  readonly identity: Identity;
  readonly serviceAccounts: Listed<facts.ObjectFacts>;
  readonly roles: Listed<facts.RoleFacts>;
  readonly clusterRoles: Listed<facts.RoleFacts>;
  readonly roleBindings: Listed<facts.BindingFacts>;
  readonly clusterRoleBindings: Listed<facts.BindingFacts>;
  readonly configMaps: Listed<facts.ConfigMapFacts>;
  readonly clusterInformations: Listed<facts.ClusterInformationFacts>;
  readonly ipamBlocks: Listed<facts.IPAMBlockFacts>;
  readonly pods: Listed<facts.PodFacts>;
  readonly services: Listed<facts.ServiceFacts>;
  readonly serviceCIDRs: Listed<facts.CidrListFacts>;
  readonly namespaces: Listed<facts.ObjectFacts>;
  readonly awsNode: Listed<facts.WorkloadFacts>;
  readonly bgpConfigurations: Listed<facts.BGPConfigurationFacts>;
  readonly bgpPeers: Listed<facts.BGPPeerFacts>;
  readonly licenseKeys: Listed<facts.LicenseKeyFacts>;
  readonly datastoreMigrations: Listed<facts.DatastoreMigrationFacts>;
  readonly istios: Listed<facts.ObjectFacts>;
  /** CustomResourceDefinitions of Calico's groups, by name (`ippools.crd.projectcalico.org`). */
  readonly crds: Listed<facts.ObjectFacts>;
  /** The product's version; as available as anything that tells it. */
  readonly version: ClusterVersion;
}

export type Section = keyof Sections;

export interface ClusterVersion extends Availability {
  /** Calico Enterprise version; null when nothing tells it. */
  readonly value: Version | null;
  readonly source: Sourced<string> | null;
}

/** A cluster as a rule sees it: its name and the sections that the rule declared. */
export type Cluster<S extends Section = never> = { readonly name: string } & Pick<Sections, S>;

/**
 * Which requirement text applies (docs, "Creating the cluster mesh"): `3.18` stands for 3.18 to 3.20 (VXLAN only), `3.21` for 3.21
 * and later (VXLAN or WireGuard). The lowest version of the mesh decides.
 */
export type Text = '3.18' | '3.21';

/**
 * Is an overlay used: by two or more clusters, or, VXLAN up to 3.20, always? Undecided while a cluster that could tell was not read, be
 * it that only one cluster is in the input.
 */
export type Use = 'used' | 'unused' | 'undecided';

/**
 * One reading of the input. Where mode or version is not told, the engine judges several readings and compares their verdicts; a rule
 * never sees that.
 */
export interface Mesh<S extends Section = never> {
  /** Sorted by name. */
  readonly clusters: readonly Cluster<S>[];
  readonly routing: Routing;
  readonly text: Text;
  readonly vxlan: Use;
  readonly wireguard: Use;
  /** The time at which expiry is judged, in milliseconds. */
  readonly at: number;
  /** The RemoteClusterConfigurations do not exist yet. */
  readonly beforePeering: boolean;
  /** Is a RemoteClusterConfiguration meant to lead from one cluster to another? Everywhere, unless someone says otherwise. */
  readonly isMeant: (from: string, to: string) => boolean;
}

/** Computes once what several rules ask of a mesh, or of one of its clusters. */
export function memo<K extends object, V>(compute: (of: K) => V): (of: K) => V {
  const known = new WeakMap<K, { readonly value: V }>();
  return (of) => {
    const found = known.get(of) ?? { value: compute(of) };
    known.set(of, found);
    return found.value;
  };
}

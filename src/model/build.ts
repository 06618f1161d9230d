// From the facts of every cluster to the mesh that rules see, in each of the readings that the input leaves open. No I/O.

import type { Routing } from '../requirements.ts';
import { buildPools } from './addresses/pools.ts';
import { type Listed, weakest } from './availability.ts';
import { buildFelix, wireguardOn } from './felix/felix.ts';
import type { Cluster, Mesh, Section, Sections, Text, Use } from './mesh.ts';
import type { ObjectFacts } from './objects/facts.ts';
import type { Intake, KindFacts } from './objects/intake.ts';
import { groupOf, type KindId, kindInfo, kinds } from './objects/kinds.ts';
import type { FactsOf } from './objects/project.ts';
import { compareVersions, tellVersion, textOf, type Version } from './platform/version.ts';
import { buildIdentity } from './remotes/identity.ts';
import { bindRemotes } from './remotes/remotes.ts';

/** What the user settled; null where the input has to tell. */
export interface MeshOptions {
  readonly routing: Routing | null;
  readonly calicoVersion: Version | null;
  readonly beforePeering: boolean;
  /** In milliseconds. */
  readonly at: number;
  /** The ways between clusters that are meant to be, if not all. */
  readonly isMeant?: Mesh['isMeant'];
  /** Pools, by cluster and name, whose pods take no part in the mesh; none unless given. */
  readonly isLeftOut?: (cluster: string, pool: string) => boolean;
}

/** The mesh, with what the input tells of mode and version and which readings it leaves open. */
export interface BuiltMesh {
  readonly clusters: readonly Cluster<Section>[];
  readonly routing: {
    readonly value: Routing;
    readonly given: boolean;
    readonly open: boolean;
    readonly why: string | null;
  };
  readonly version: {
    /** The lowest that is told, or what the user gave; null when nothing tells it. */
    readonly value: Version | null;
    readonly given: boolean;
    /** The texts that may apply, the first of them that of `value`. */
    readonly texts: readonly [Text, ...Text[]];
    /** Clusters whose version nothing tells. */
    readonly untold: readonly string[];
  };
  /** The mesh under one mode and one text. */
  read(routing: Routing, text: Text): Mesh<Section>;
}

/** Builds the mesh. Clusters are in the order of `intakes`. */
export function buildMesh(intakes: readonly Intake[], options: MeshOptions): BuiltMesh {
  const unbound = intakes.map((intake) => ({ name: intake.cluster, ...sectionsOf(intake, options) }));
  const remotes = bindRemotes(unbound);
  const clusters: Cluster<Section>[] = unbound.map((c) => ({
    ...c,
    remotes: remotes.get(c.name) as Sections['remotes'],
  }));
  const version = tellMeshVersion(clusters, options);
  const routing = tellRouting(clusters, options, version.texts);
  const read = (mode: Routing, text: Text): Mesh<Section> => ({
    clusters,
    routing: mode,
    text,
    vxlan: text === '3.18' ? 'used' : use(clusters.map((c) => hasVxlan(c))),
    wireguard: text === '3.18' ? 'unused' : use(clusters.map((c) => wireguardOn(c.felix))),
    at: options.at,
    beforePeering: options.beforePeering,
    isMeant: options.isMeant ?? (() => true),
  });
  return { clusters, routing, version, read };
}

function sectionsOf(
  intake: Intake,
  { isLeftOut }: Pick<MeshOptions, 'isLeftOut'>,
): Omit<Sections, 'remotes'> & { readonly remotes: Listed<FactsOf['RemoteClusterConfiguration']> } {
  const { cluster } = intake;
  const migrating = intake.kinds.DatastoreMigration.items.some(
    (m) => m.phase !== null && m.phase.value !== 'Converged' && m.phase.value !== 'Complete',
  );
  const list = <K extends KindId>(...ids: K[]) =>
    listed(
      ids.map((id) => [id, intake.kinds[id] as KindFacts<K>]),
      migrating,
    );
  const workloads = list('DaemonSet');
  const named = (name: string) => {
    const why = intake.kinds.DaemonSet.unread ?? `no DaemonSet ${name} in the input`;
    return only(workloads, why, (d) => d.ref.name === name);
  };
  const nodes = mergedNodes(list('Node', 'CalicoNode'));
  const installations = list('Installation');
  const clusterInformations = list('ClusterInformation');
  const configMaps = list('ConfigMap');
  const namespaces = list('Namespace');
  const secrets = list('Secret');
  const serviceAccounts = list('ServiceAccount');
  const ipamBlocks = list('IPAMBlock');
  const pods = list('Pod');
  const calicoNode = named('calico-node');
  const version = tellVersion({ installations, clusterInformations, calicoNode });
  return {
    nodes,
    ipPools: buildPools({
      cluster,
      pools: list('IPPool'),
      blocks: ipamBlocks,
      nodes,
      pods,
      version: version.value,
      ...(isLeftOut && { isLeftOut: (pool) => isLeftOut(cluster, pool) }),
    }),
    felix: buildFelix({
      cluster,
      configurations: list('FelixConfiguration'),
      calicoNode,
      configMaps,
      secrets,
      nodes,
      version: version.value,
    }),
    calicoNode,
    installations,
    remotes: list('RemoteClusterConfiguration'),
    secrets,
    identity: buildIdentity({
      cluster,
      namespaces,
      clusterInformations,
      configMaps,
      secrets,
      serviceAccounts,
      infrastructures: list('Infrastructure'),
      nodes,
    }),
    serviceAccounts,
    roles: list('Role'),
    clusterRoles: list('ClusterRole'),
    roleBindings: list('RoleBinding'),
    clusterRoleBindings: list('ClusterRoleBinding'),
    configMaps,
    clusterInformations,
    ipamBlocks,
    pods,
    services: list('Service'),
    serviceCIDRs: list('ServiceCIDR'),
    namespaces,
    awsNode: named('aws-node'),
    bgpConfigurations: list('BGPConfiguration'),
    bgpPeers: list('BGPPeer'),
    licenseKeys: list('LicenseKey'),
    datastoreMigrations: list('DatastoreMigration'),
    istios: list('Istio'),
    crds: list('CustomResourceDefinition'),
    version,
  };
}

/** Kinds that a section is made of beyond those that `kinds` says feed it: see `sectionsOf`. */
const more: Readonly<Partial<Record<Section, readonly KindId[]>>> = {
  ipPools: ['IPAMBlock', 'Node', 'Pod', 'Installation', 'ClusterInformation', 'DaemonSet'],
  felix: ['DaemonSet', 'ConfigMap', 'Secret', 'Node', 'Installation', 'ClusterInformation'],
  remotes: ['Secret', 'Namespace', 'ClusterInformation', 'ConfigMap', 'ServiceAccount', 'Infrastructure', 'Node'],
  identity: ['Secret', 'Namespace', 'ClusterInformation', 'ConfigMap', 'ServiceAccount', 'Infrastructure', 'Node'],
  secrets: ['RemoteClusterConfiguration', 'DaemonSet'],
  configMaps: ['DaemonSet'],
  awsNode: ['DaemonSet'],
  version: ['Installation', 'ClusterInformation', 'DaemonSet'],
};

/** What tells mode and version of any mesh, and whether two clusters are one. */
const ALWAYS: readonly Section[] = ['remotes', 'identity', 'version', 'ipPools', 'felix', 'datastoreMigrations'];

/** The kinds that have to be read for these sections. */
export function kindsFor(sections: Iterable<Section>): ReadonlySet<KindId> {
  const asked = new Set([...sections, ...ALWAYS]);
  const fed = kinds.flatMap(({ id, section }) => (section !== null && asked.has(section) ? [id] : []));
  return new Set([...fed, ...[...asked].flatMap((section) => more[section] ?? [])]);
}

/** The objects of one or several kinds that stand for one section, each object once. */
function listed<K extends KindId>(
  parts: readonly (readonly [K, KindFacts<K>])[],
  migrating: boolean,
): Listed<FactsOf[K]> {
  const names = [...new Set(parts.map(([id]) => kindInfo(id).kind))];
  const read = parts.filter(([, part]) => part.listed || part.items.length > 0);
  const partial = parts.map(([, part]) => part.partial).find((why) => why !== null) ?? null;
  const items = parts.flatMap(([, part]) => once(part.items, migrating));
  const namespaces = new Set(items.flatMap((i) => (i.ref.namespace === null ? [] : [i.ref.namespace])));
  const [first] = read.map(([, part]) => part);
  const { scope = 'export', absent, unreadNames } = first ?? {};
  const found = { items, namespaces, scope, ...(absent && { absent }), ...(unreadNames && { unreadNames }) };
  if (partial !== null) return { ...found, state: 'partial', why: partial };
  const unread = parts.map(([, part]) => part.unread).find((why) => why !== null);
  if (read.length === 0) {
    return { ...found, state: 'missing', why: unread ?? `no ${names.join(' or ')} in the input` };
  }
  return { ...found, state: 'complete', why: null };
}

/**
 * One object per namespace and name, in that order. Of a v3 and a v1 copy (aggregated API and its store) the v3 one counts, unless a
 * migration to native v3 CRDs has not converged (docs, operations/crd-migration, 3.23); of equal ones the last that was read.
 */
function once<T extends ObjectFacts>(items: readonly T[], migrating: boolean): readonly T[] {
  const found = new Map<string, T>();
  for (const item of items) {
    const key = `${item.ref.namespace ?? ''}/${item.ref.name}`;
    const other = found.get(key);
    if (!other || preferred(item, migrating) >= preferred(other, migrating)) found.set(key, item);
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : Number(a > b))).map(([, item]) => item);
}

function preferred(item: ObjectFacts, migrating: boolean): number {
  const stored = groupOf(item.ref.apiVersion) === 'crd.projectcalico.org';
  return Number(stored === migrating);
}

/** A Kubernetes Node and calicoctl's Node of the same name are one node; what one of them lacks comes from the other. */
function mergedNodes(nodes: Listed<FactsOf['Node']>): Listed<FactsOf['Node']> {
  const byName = new Map<string, FactsOf['Node']>();
  for (const node of nodes.items) {
    const other = byName.get(node.ref.name);
    if (!other) byName.set(node.ref.name, node);
    else {
      byName.set(node.ref.name, {
        ...other,
        fields: { ...node.fields, ...other.fields },
        labels: { ...node.labels, ...other.labels },
        internalIPs: other.internalIPs.length > 0 ? other.internalIPs : node.internalIPs,
        externalIPs: other.externalIPs.length > 0 ? other.externalIPs : node.externalIPs,
        podCIDRs: other.podCIDRs.length > 0 ? other.podCIDRs : node.podCIDRs,
      });
    }
  }
  const items = [...byName.values()].sort((a, b) => (a.ref.name < b.ref.name ? -1 : 1));
  return { ...nodes, items };
}

/** The objects of a list with some property. Its absence is not proven by the presence of others. */
function only<T extends ObjectFacts>(list: Listed<T>, why: string, is: (item: T) => boolean): Listed<T> {
  const items = list.items.filter(is);
  const namespaces = new Set(items.flatMap((i) => (i.ref.namespace === null ? [] : [i.ref.namespace])));
  if (list.state === 'partial') return { items, namespaces, state: 'partial', why: list.why };
  if (list.scope === 'all') return { items, namespaces, state: 'complete', why: null };
  if (items.length === 0) return { items, namespaces, state: 'missing', why };
  return { items, namespaces, state: 'complete', why: null };
}

/** Does the cluster have a participating VXLAN pool? */
function hasVxlan(cluster: Cluster<'ipPools'>): boolean | 'undecided' {
  const { items, state } = cluster.ipPools;
  if (items.some((p) => p.participates && (p.vxlanMode.value === 'Always' || p.vxlanMode.value === 'CrossSubnet')))
    return true;
  return state === 'complete' ? false : 'undecided';
}

/** An overlay is used when two or more clusters have it; of a cluster alone, the others are not known. */
function use(have: readonly (boolean | 'undecided')[]): Use {
  if (have.length < 2) return 'undecided';
  if (have.filter((h) => h === true).length >= 2) return 'used';
  return have.filter((h) => h !== false).length >= 2 ? 'undecided' : 'unused';
}

function tellMeshVersion(
  clusters: readonly Cluster<'version'>[],
  { calicoVersion }: MeshOptions,
): BuiltMesh['version'] {
  if (calicoVersion) return { value: calicoVersion, given: true, texts: [textOf(calicoVersion)], untold: [] };
  const told = clusters.flatMap((c) => (c.version.value ? [c.version.value] : [])).sort(compareVersions);
  const untold = clusters.filter((c) => c.version.value === null).map((c) => c.name);
  const [lowest] = told;
  // A cluster that does not tell its version may be older than the others, never make them newer.
  if (!lowest) return { value: null, given: false, texts: ['3.21', '3.18'], untold };
  if (textOf(lowest) === '3.18' || untold.length === 0) {
    return { value: lowest, given: false, texts: [textOf(lowest)], untold };
  }
  return { value: lowest, given: false, texts: ['3.21', '3.18'], untold };
}

/**
 * One mode for the mesh: what most RemoteClusterConfigurations say; on a tie overlay if every cluster has a participating VXLAN pool
 * (or, from 3.21, WireGuard), else underlay; without any, overlay.
 */
function tellRouting(
  clusters: readonly Cluster<Section>[],
  { routing, beforePeering }: MeshOptions,
  texts: readonly Text[],
): BuiltMesh['routing'] {
  if (routing) return { value: routing, given: true, open: false, why: null };
  if (beforePeering) return { value: 'overlay', given: false, open: false, why: null };
  const remotes = weakest(...clusters.map((c) => c.remotes));
  const modes = clusters.flatMap((c) => c.remotes.items.map((r) => r.overlayRoutingMode?.value));
  const enabled = modes.filter((m) => m === 'Enabled').length;
  const disabled = modes.filter((m) => m === 'Disabled').length;
  const unread = remotes.state === 'complete' ? null : remotes.why;
  const decided = (value: Routing, why: string | null) => ({ value, given: false, open: why !== null, why });
  if (modes.length === 0 || enabled > disabled) return decided('overlay', unread);
  if (disabled > enabled) return decided('underlay', unread);
  const overlays = clusters.map((c) => {
    const vxlan = hasVxlan(c);
    if (vxlan === true || !texts.includes('3.21')) return vxlan;
    const wireguard = wireguardOn(c.felix);
    return wireguard === true ? true : vxlan === 'undecided' ? 'undecided' : wireguard;
  });
  const undecided = overlays.includes('undecided') && !overlays.includes(false);
  const parts = weakest(...clusters.flatMap((c) => [c.ipPools, c.felix]));
  return decided(
    overlays.every((o) => o === true) ? 'overlay' : 'underlay',
    unread ?? (undecided ? (parts.why ?? 'IP pools') : null),
  );
}

// The vendor's requirements that are judged: id, sentence, where it applies and where it is written. Data only.

/** Overlay: Calico routes between clusters. Underlay: the network does, Calico only federates identity. */
export type Routing = 'overlay' | 'underlay';

/**
 * - `core`: a prerequisite or set-up step of the vendor, decidable from exported state.
 * - `advisory`: decidable too, but an export often lacks the kinds that it needs.
 * - `probe`: no cluster state can settle it.
 */
export type RequirementClass = 'core' | 'advisory' | 'probe';

export interface Requirement {
  readonly id: string;
  /** The requirement as a sentence that should be true. */
  readonly title: string;
  /** Where it applies; both when null. */
  readonly routing: Routing | null;
  readonly class: RequirementClass;
  /** Is it judged when the RemoteClusterConfigurations do not exist yet (`--before-peering`)? */
  readonly beforePeering: boolean;
  /** The vendor's page that states it. */
  readonly page: string;
}

const DOCS = 'https://docs.tigera.io/calico-enterprise/latest';
const MESH = `${DOCS}/multicluster/federation/kubeconfig`;
const PREREQUISITES = `${MESH}#prerequisites-for-calico-enterprise-multi-cluster-networking`;
const CREDENTIALS = `${MESH}#generate-credentials-for-cross-cluster-resource-synchronization`;
const REMOTES = `${MESH}#establish-cross-cluster-resource-synchronization`;
const CHECK = `${MESH}#check-remote-cluster-connection`;
const SWITCH = `${MESH}#switch-to-multi-cluster-networking`;

const list = [
  {
    id: 'unique-node-names',
    title: 'Node names are unique across the mesh',
    routing: null,
    class: 'core',
    beforePeering: true,
    page: PREREQUISITES,
  },
  {
    id: 'unique-node-addresses',
    title: 'Every node has a private address that no other cluster uses',
    routing: null,
    class: 'core',
    beforePeering: true,
    page: PREREQUISITES,
  },
  {
    id: 'common-overlay',
    title: 'All clusters share an overlay',
    routing: 'overlay',
    class: 'core',
    beforePeering: true,
    page: PREREQUISITES,
  },
  {
    id: 'disjoint-pod-cidrs',
    title: 'Pod CIDRs of different clusters do not overlap',
    routing: null,
    class: 'core',
    beforePeering: true,
    page: PREREQUISITES,
  },
  {
    id: 'aligned-route-source',
    title: 'routeSource is the same on every node of the mesh',
    routing: 'overlay',
    class: 'core',
    beforePeering: true,
    page: PREREQUISITES,
  },
  {
    id: 'aligned-vxlan',
    title: 'The vxlan settings of Felix are the same on every node of the mesh',
    routing: 'overlay',
    class: 'core',
    beforePeering: true,
    page: PREREQUISITES,
  },
  {
    id: 'aligned-wireguard',
    title: 'The wireguard settings of Felix are the same on every node of the mesh',
    routing: 'overlay',
    class: 'core',
    beforePeering: true,
    page: PREREQUISITES,
  },
  {
    id: 'supported-cni',
    title: 'The CNI of every cluster supports the overlay',
    routing: 'overlay',
    class: 'core',
    beforePeering: true,
    page: PREREQUISITES,
  },
  {
    id: 'bidirectional-remotes',
    title: 'RemoteClusterConfigurations lead both ways between every pair of clusters',
    routing: 'overlay',
    class: 'core',
    beforePeering: false,
    page: REMOTES,
  },
  {
    id: 'overlay-routing-mode',
    title: 'overlayRoutingMode fits the mesh on every RemoteClusterConfiguration',
    routing: null,
    class: 'core',
    beforePeering: false,
    page: `${MESH}#troubleshoot`,
  },
  {
    id: 'valid-remotes',
    title: 'Every RemoteClusterConfiguration has a valid spec',
    routing: null,
    class: 'core',
    beforePeering: false,
    page: `${DOCS}/reference/resources/remoteclusterconfiguration`,
  },
  {
    id: 'distinct-remotes',
    title: 'Every RemoteClusterConfiguration leads to a different other cluster',
    routing: null,
    class: 'core',
    beforePeering: false,
    page: REMOTES,
  },
  {
    id: 'access-secret',
    title: 'The access secret of every remote exists and holds its keys',
    routing: null,
    class: 'core',
    beforePeering: false,
    page: REMOTES,
  },
  {
    id: 'usable-kubeconfig',
    title: 'The kubeconfig of every remote is complete and usable by Typha',
    routing: null,
    class: 'core',
    beforePeering: false,
    page: CREDENTIALS,
  },
  {
    id: 'typha-secret-access',
    title: 'Typha may read every access secret',
    routing: null,
    class: 'core',
    beforePeering: false,
    page: REMOTES,
  },
  {
    id: 'federation-account',
    title: 'Every cluster authorises the federation account',
    routing: null,
    class: 'core',
    beforePeering: false,
    page: CREDENTIALS,
  },
  {
    id: 'nat-exclusion',
    title: 'Disabled IP pools keep remote pod CIDRs from being NATed',
    routing: 'underlay',
    class: 'core',
    beforePeering: true,
    page: REMOTES,
  },
  {
    id: 'no-stale-pools',
    title: 'No disabled IP pool for a remote pod CIDR is left over',
    routing: 'overlay',
    class: 'core',
    beforePeering: true,
    page: SWITCH,
  },
  {
    id: 'supported-version',
    title: 'Product and version of every cluster support the mesh',
    routing: null,
    class: 'advisory',
    beforePeering: true,
    page: `${DOCS}/multicluster/federation/overview`,
  },
  {
    id: 'node-reachability',
    title: 'Nodes reach each other over their private addresses',
    routing: null,
    class: 'probe',
    beforePeering: true,
    page: PREREQUISITES,
  },
  {
    id: 'overlay-port-open',
    title: 'The UDP port of the overlay is open between nodes',
    routing: 'overlay',
    class: 'probe',
    beforePeering: true,
    page: PREREQUISITES,
  },
  {
    id: 'pod-routability',
    title: 'The underlying network routes pod IPs between clusters',
    routing: 'underlay',
    class: 'probe',
    beforePeering: true,
    page: `${DOCS}/multicluster/federation/overview#pod-ip-routability`,
  },
  {
    id: 'remotes-in-sync',
    title: 'Typha reports every remote in sync',
    routing: null,
    class: 'probe',
    beforePeering: false,
    page: CHECK,
  },
  {
    id: 'overlay-routes-synced',
    title: 'Typha has synced the routes of every remote',
    routing: 'overlay',
    class: 'probe',
    beforePeering: false,
    page: `${MESH}#check-logs`,
  },
] as const satisfies readonly Requirement[];

export type RequirementId = (typeof list)[number]['id'];

/** All requirements, in the order of reports. Ids are part of the JSON contract and never reused. */
export const requirements: readonly (Requirement & { readonly id: RequirementId })[] = list;

// Manifests of clusters that form a healthy mesh, and small changes to them. Plain data, as kubectl would export it.

import { clusterCredentials, uuid } from './credentials.ts';

/** An object as exported. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly [field: string]: unknown };
  readonly [field: string]: unknown;
}

export interface ClusterPlan {
  /** Its name, and the seed of everything made up. */
  readonly name: string;
  /** 1 to 200: its nodes are in 10.<index>.0.0/24, its pods in 10.<index>.128.0/17 (IPv4). */
  readonly index: number;
  readonly peers: readonly string[];
  readonly nodes?: number;
  /** Of Calico Enterprise; null leaves everything out that tells it. */
  readonly version?: string | null;
  readonly routing?: 'overlay' | 'underlay';
  /** Pod CIDRs of the peers, for the pools that keep them from being NATed; needed in underlay only. */
  readonly peerCIDRs?: readonly string[];
}

export const ACCOUNT = 'tigera-federation-remote-cluster';
const CALICO = 'crd.projectcalico.org/v1';
const RBAC = 'rbac.authorization.k8s.io/v1';
const READ = ['get', 'list', 'watch'];

/** The namespace of the federation account in the documentation of that version. */
export function accountNamespace(version: string | null): string {
  return version !== null && /^v?3\.(18|19|20)\b/.test(version) ? 'kube-system' : 'calico-system';
}

export function podCIDR(index: number): string {
  return `10.${index}.128.0/17`;
}

export function serverOf(name: string): string {
  return `https://api.${name}.example.com:6443`;
}

/** All objects of a healthy cluster. */
export function healthyCluster(plan: ClusterPlan): Manifest[] {
  const { name, index, peers, nodes: count = 2, version = 'v3.23.1', routing = 'overlay', peerCIDRs = [] } = plan;
  const namespace = accountNamespace(version);
  const overlay = routing === 'overlay';
  const credentials = clusterCredentials(name);
  const account = { namespace, uid: uuid(`${name} ${ACCOUNT}`) };
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kube-system', uid: uuid(`${name} kube-system`) } },
    ...Array.from({ length: count }, (_, i) => node(name, index, i + 1, overlay)),
    ipPool('default-ipv4-ippool', podCIDR(index), { vxlanMode: overlay ? 'Always' : 'Never', natOutgoing: true }),
    ...(overlay ? [] : peerCIDRs.map((cidr, i) => ipPool(`no-nat-${i + 1}`, cidr, { disabled: true }))),
    felixConfiguration('default', {}),
    calicoNode({}, version),
    installation({ version, encapsulation: overlay ? 'VXLAN' : 'None', cidr: podCIDR(index) }),
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'kube-root-ca.crt', namespace: 'default' },
      data: { 'ca.crt': credentials.caPem },
    },
    ...peers.flatMap((peer) => [remote(peer, overlay ? 'Enabled' : 'Disabled'), accessSecret(peer, { version })]),
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: ACCOUNT, namespace, uid: account.uid } },
    tokenSecret(name, version),
    federationRole(overlay),
    federationBinding(namespace),
    typhaRole('calico-system'),
    typhaBinding('calico-system'),
  ];
}

/** A full mesh of healthy clusters, by name. */
export function healthyMesh(
  names: readonly string[],
  options: Partial<Pick<ClusterPlan, 'nodes' | 'version' | 'routing'>> = {},
): Record<string, Manifest[]> {
  return Object.fromEntries(
    names.map((name, i) => {
      const peers = names.filter((n) => n !== name);
      const peerCIDRs = names.flatMap((n, j) => (n === name ? [] : [podCIDR(j + 1)]));
      return [name, healthyCluster({ ...options, name, index: i + 1, peers, peerCIDRs })];
    }),
  );
}

/** Node `<cluster>-node-<n>` with the addresses of its cluster's index. */
export function node(cluster: string, index: number, n: number, overlay = true): Manifest {
  const ip = `10.${index}.${(n + 9) >> 8}.${(n + 9) & 255}`;
  const block = (n - 1) * 64;
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name: `${cluster}-node-${n}`,
      uid: uuid(`${cluster} node ${n}`),
      annotations: {
        'projectcalico.org/IPv4Address': `${ip}/24`,
        ...(overlay
          ? { 'projectcalico.org/IPv4VXLANTunnelAddr': `10.${index}.${128 + (block >> 8)}.${block & 255}` }
          : {}),
      },
      labels: { 'kubernetes.io/os': 'linux', 'kubernetes.io/hostname': `${cluster}-node-${n}` },
    },
    spec: {},
    status: { addresses: [{ type: 'InternalIP', address: ip }] },
  };
}

export function ipPool(name: string, cidr: string, spec: Readonly<Record<string, unknown>> = {}): Manifest {
  return { apiVersion: CALICO, kind: 'IPPool', metadata: { name }, spec: { cidr, ...spec } };
}

export function felixConfiguration(
  name: string,
  spec: Readonly<Record<string, unknown>>,
  annotations: Readonly<Record<string, string>> = {},
): Manifest {
  return { apiVersion: CALICO, kind: 'FelixConfiguration', metadata: { name, annotations }, spec };
}

/** The DaemonSet calico-node with literal environment variables. */
export function calicoNode(env: Readonly<Record<string, string>>, version: string | null = 'v3.23.1'): Manifest {
  const image =
    version === null ? 'registry.example.com/calico/node@sha256:0' : `registry.example.com/tigera/cnx-node:${version}`;
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'calico-node', namespace: 'calico-system' },
    spec: {
      template: {
        spec: {
          containers: [
            {
              name: 'calico-node',
              image,
              env: [
                { name: 'FELIX_DEFAULTENDPOINTTOHOSTACTION', value: 'ACCEPT' },
                ...Object.entries(env).map(([name, value]) => ({ name, value })),
              ],
            },
          ],
        },
      },
    },
  };
}

export function installation({
  version = 'v3.23.1' as string | null,
  cni = 'Calico',
  ipam = 'Calico',
  encapsulation = 'VXLAN',
  cidr = '10.1.128.0/17',
} = {}): Manifest {
  return {
    apiVersion: 'operator.tigera.io/v1',
    kind: 'Installation',
    metadata: { name: 'default' },
    spec: {
      variant: 'CalicoEnterprise',
      cni: { type: cni, ipam: { type: ipam } },
      calicoNetwork: {
        bgp: 'Disabled',
        linuxDataplane: 'Iptables',
        ipPools: [{ name: 'default-ipv4-ippool', cidr, encapsulation, natOutgoing: 'Enabled' }],
      },
    },
    status: { variant: 'CalicoEnterprise', ...(version === null ? {} : { calicoVersion: version }) },
  };
}

/** RemoteClusterConfiguration `<peer>` with its Secret `remote-cluster-secret-<peer>` in calico-system. */
export function remote(peer: string, mode: string | null, spec: Readonly<Record<string, unknown>> = {}): Manifest {
  return {
    apiVersion: CALICO,
    kind: 'RemoteClusterConfiguration',
    metadata: { name: peer },
    spec: {
      clusterAccessSecret: { kind: 'Secret', name: `remote-cluster-secret-${peer}`, namespace: 'calico-system' },
      ...(mode === null ? {} : { syncOptions: { overlayRoutingMode: mode } }),
      ...spec,
    },
  };
}

/** The access Secret for a peer, with the kubeconfig of its federation account. */
export function accessSecret(
  peer: string,
  { version = 'v3.23.1' as string | null, namespace = 'calico-system', kubeconfig = null as string | null } = {},
): Manifest {
  const text =
    kubeconfig ?? clusterCredentials(peer).kubeconfig({ server: serverOf(peer), token: accountToken(peer, version) });
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: `remote-cluster-secret-${peer}`, namespace },
    type: 'Opaque',
    data: { datastoreType: encode('kubernetes'), kubeconfig: encode(text) },
  };
}

/** The token of a cluster's federation account. */
export function accountToken(cluster: string, version: string | null = 'v3.23.1'): string {
  return clusterCredentials(cluster).serviceAccountToken({
    namespace: accountNamespace(version),
    name: ACCOUNT,
    uid: uuid(`${cluster} ${ACCOUNT}`),
  });
}

/** The token Secret of a cluster's own federation account. */
export function tokenSecret(cluster: string, version: string | null = 'v3.23.1'): Manifest {
  const namespace = accountNamespace(version);
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: ACCOUNT,
      namespace,
      annotations: {
        'kubernetes.io/service-account.name': ACCOUNT,
        'kubernetes.io/service-account.uid': uuid(`${cluster} ${ACCOUNT}`),
      },
    },
    type: 'kubernetes.io/service-account-token',
    data: {
      'ca.crt': encode(clusterCredentials(cluster).caPem),
      namespace: encode(namespace),
      token: encode(accountToken(cluster, version)),
    },
  };
}

export function federationRole(overlay = true): Manifest {
  return {
    apiVersion: RBAC,
    kind: 'ClusterRole',
    metadata: { name: ACCOUNT },
    rules: [
      {
        apiGroups: [''],
        resources: ['namespaces', 'serviceaccounts', 'services', 'endpoints', 'pods', ...(overlay ? ['nodes'] : [])],
        verbs: READ,
      },
      {
        apiGroups: ['crd.projectcalico.org'],
        resources: ['hostendpoints', ...(overlay ? ['ipamblocks', 'ippools'] : [])],
        verbs: READ,
      },
    ],
  };
}

export function federationBinding(namespace: string): Manifest {
  return {
    apiVersion: RBAC,
    kind: 'ClusterRoleBinding',
    metadata: { name: ACCOUNT },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: ACCOUNT },
    subjects: [{ kind: 'ServiceAccount', name: ACCOUNT, namespace }],
  };
}

export function typhaRole(namespace: string): Manifest {
  return {
    apiVersion: RBAC,
    kind: 'Role',
    metadata: { name: 'remote-cluster-secret-access', namespace },
    rules: [{ apiGroups: [''], resources: ['secrets'], verbs: ['watch', 'list', 'get'] }],
  };
}

export function typhaBinding(namespace: string): Manifest {
  return {
    apiVersion: RBAC,
    kind: 'RoleBinding',
    metadata: { name: 'remote-cluster-secret-access', namespace },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'remote-cluster-secret-access' },
    subjects: [{ kind: 'ServiceAccount', name: 'calico-typha', namespace: 'calico-system' }],
  };
}

export function encode(text: string): string {
  return Buffer.from(text).toString('base64');
}

/** All objects but those of a kind (and name). */
export function without(objects: readonly Manifest[], kind: string, name?: string): Manifest[] {
  return objects.filter((o) => o.kind !== kind || (name !== undefined && o.metadata.name !== name));
}

/**
 * The objects with one of them changed: `patch` is merged into it as a JSON merge patch (null removes a field, lists are replaced).
 * Throws when there is no such object: a case that changes nothing proves nothing.
 */
export function changed(
  objects: readonly Manifest[],
  kind: string,
  name: string,
  patch: Readonly<Record<string, unknown>>,
): Manifest[] {
  if (!objects.some((o) => o.kind === kind && o.metadata.name === name))
    throw new Error(`no ${kind} ${name} to change`);
  return objects.map((o) => (o.kind === kind && o.metadata.name === name ? (merge(o, patch) as Manifest) : o));
}

function merge(target: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
  const result: Record<string, unknown> =
    typeof target === 'object' && target !== null && !Array.isArray(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = merge(result[key], value);
  }
  return result;
}

/** The manifest of a snapshot. */
export function manifest(cluster: string, resources: readonly object[]): Manifest {
  return {
    apiVersion: 'mesh-preflight/v1',
    kind: 'Snapshot',
    metadata: { name: cluster },
    taken: '2026-01-01T00:00:00Z',
    server: null,
    tool: 'mesh-preflight',
    resources,
  };
}

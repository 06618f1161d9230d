// Writes the exports of a healthy full mesh of any size, as kubectl prints them: overlay over VXLAN, every cluster with every other. The
// same size and seed give the same bytes.

import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { bytes, type ClusterCredentials, clusterCredentials, uuid } from '../kit/credentials.ts';
import { listYaml, type Value } from './kubectl-yaml.ts';

export interface MeshSize {
  readonly clusters: number;
  /** Per cluster. */
  readonly nodes: number;
  readonly seed?: number;
}

type KubeObject = Readonly<Record<string, Value>>;

const VERSION = 'v3.21.2';
const ACCOUNT = 'tigera-federation-remote-cluster';
const NAMESPACE = 'calico-system';
/** Addresses in an IPAM block; Calico's default for IPv4. */
const BLOCK = 64;
/** A kubelet reports this many images of a node. */
const IMAGES = 50;

/** Writes `dir/<cluster>/<kind>.yaml` and returns what it wrote, in bytes. Throws RangeError where private addresses do not suffice. */
export function writeMesh(dir: string, size: MeshSize): number {
  const clusters = Array.from({ length: size.clusters }, (_, index) => clusterOf(index, size));
  let written = 0;
  for (const cluster of clusters) {
    mkdirSync(join(dir, cluster.name), { recursive: true });
    for (const [kind, objects] of exportsOf(cluster, clusters)) {
      const file = openSync(join(dir, cluster.name, `${kind}.yaml`), 'w');
      for (const text of listYaml(objects)) written += writeSync(file, text);
      closeSync(file);
    }
  }
  return written;
}

/** What all objects of a cluster have to agree on. */
interface Cluster {
  readonly name: string;
  readonly server: string;
  readonly credentials: ClusterCredentials;
  /** The federation account's. */
  readonly accountUID: string;
  readonly token: string;
  readonly nodes: number;
  readonly podCIDR: string;
  /** The first address of a node's IPAM block. */
  blockAddress(node: number): string;
  nodeAddress(node: number): string;
  /** Length of the prefix of the nodes' subnet. */
  readonly nodePrefix: number;
  uid(object: string): string;
  /** As many hex digits as asked for, different for each name. */
  hex(name: string, digits: number): string;
  object(apiVersion: string, kind: string, name: string, more: KubeObject, metadata?: KubeObject): KubeObject;
}

function clusterOf(index: number, { clusters, nodes, seed = 1 }: MeshSize): Cluster {
  // Pods share 10.0.0.0/8, nodes 172.16.0.0/12; every cluster has a subnet of its own in both.
  const podBits = Math.min(16, 24 - Math.ceil(Math.log2(clusters)));
  const nodeBits = Math.max(8, Math.ceil(Math.log2(nodes + 2)));
  if (nodes * BLOCK > 2 ** podBits || clusters * 2 ** nodeBits > 2 ** 20) {
    throw new RangeError(`no room for ${clusters} clusters of ${nodes} nodes`);
  }
  const podBase = (10 << 24) + index * 2 ** podBits;
  const nodeBase = (172 << 24) + (16 << 16) + index * 2 ** nodeBits + 1;
  const name = `cluster-${String(index).padStart(3, '0')}`;
  const own = `${seed} ${name}`;
  const uid = (object: string) => uuid(`${own} ${object}`);
  const credentials = clusterCredentials(own);
  const accountUID = uid(`ServiceAccount ${ACCOUNT}`);
  return {
    name,
    server: `https://api.${name}.example.com:6443`,
    credentials,
    accountUID,
    token: credentials.serviceAccountToken({ namespace: NAMESPACE, uid: accountUID }),
    nodes,
    podCIDR: `${address(podBase)}/${32 - podBits}`,
    blockAddress: (node) => address(podBase + node * BLOCK),
    nodeAddress: (node) => address(nodeBase + node),
    nodePrefix: 32 - nodeBits,
    uid,
    hex: (of, digits) =>
      bytes(`${own} ${of}`, Math.ceil(digits / 2))
        .toString('hex')
        .slice(0, digits),
    object(apiVersion, kind, objectName, more, metadata = {}) {
      const id = uid(`${kind} ${objectName}`);
      const resourceVersion = String(100_000 + (Number.parseInt(id.slice(0, 6), 16) % 900_000));
      const common = { creationTimestamp: '2025-06-01T09:30:00Z', name: objectName, resourceVersion, uid: id };
      return { apiVersion, kind, metadata: { ...common, ...metadata }, ...more };
    },
  };
}

function address(value: number): string {
  return [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.');
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** Objects of each kind, keyed by the name of the export's file. */
function* exportsOf(cluster: Cluster, all: readonly Cluster[]): Generator<[string, Iterable<KubeObject>]> {
  const others = all.filter((other) => other !== cluster);
  const inNamespace = (namespace: string) => ({ namespace });
  yield ['nodes', nodes(cluster)];
  yield ['ippools', [pool(cluster)]];
  yield ['felixconfigurations', [felixConfiguration(cluster)]];
  yield ['clusterinformations', [clusterInformation(cluster)]];
  yield ['installations', [installation(cluster)]];
  yield ['daemonsets', [calicoNode(cluster)]];
  yield ['remoteclusterconfigurations', others.map((other) => remote(cluster, other))];
  yield ['secrets', [tokenSecret(cluster), ...others.map((other) => accessSecret(cluster, other))]];
  yield ['configmaps', [clusterInfo(cluster), rootCA(cluster)]];
  yield ['namespaces', ['calico-system', 'kube-public', 'kube-system'].map((name) => namespace(cluster, name))];
  yield ['serviceaccounts', [cluster.object('v1', 'ServiceAccount', ACCOUNT, {}, inNamespace(NAMESPACE))]];
  yield ['clusterroles', [clusterRole(cluster)]];
  yield ['clusterrolebindings', [binding(cluster, 'ClusterRole', ACCOUNT, ACCOUNT, {})]];
  yield ['roles', [secretRole(cluster)]];
  yield [
    'rolebindings',
    [binding(cluster, 'Role', 'remote-cluster-secret-access', 'calico-typha', inNamespace(NAMESPACE))],
  ];
}

function* nodes(cluster: Cluster): Generator<KubeObject> {
  const images = Array.from({ length: 2 * IMAGES }, (_, i) => ({
    names: [
      `registry.example.com/platform/service-${i}@sha256:${cluster.hex(`image ${i}`, 64)}`,
      `registry.example.com/platform/service-${i}:v1.${i % 40}.${i % 7}`,
    ],
    sizeBytes: 1_000_000 + 7_654_321 * i,
  }));
  for (let i = 0; i < cluster.nodes; i++) yield node(cluster, i, images);
}

function node(cluster: Cluster, index: number, images: readonly KubeObject[]): KubeObject {
  const ip = cluster.nodeAddress(index);
  const name = `ip-${ip.replaceAll('.', '-')}.${cluster.name}.example.com`;
  const zone = `eu-west-1${'abc'.charAt(index % 3)}`;
  const instance = `i-0${cluster.hex(`instance ${index}`, 16)}`;
  const beat = '2025-11-20T08:15:00Z';
  const condition = (type: string, status: string, reason: string, message: string) => ({
    lastHeartbeatTime: beat,
    lastTransitionTime: '2025-06-01T09:31:00Z',
    message,
    reason,
    status,
    type,
  });
  const resources = {
    cpu: '16',
    'ephemeral-storage': '104845292Ki',
    'hugepages-1Gi': '0',
    memory: '64326652Ki',
    pods: '110',
  };
  const annotations = {
    'csi.volume.kubernetes.io/nodeid': JSON.stringify({ 'csi.tigera.io': name, 'ebs.csi.aws.com': instance }),
    'node.alpha.kubernetes.io/ttl': '0',
    'projectcalico.org/IPv4Address': `${ip}/${cluster.nodePrefix}`,
    'projectcalico.org/IPv4VXLANTunnelAddr': cluster.blockAddress(index),
    'volumes.kubernetes.io/controller-managed-attach-detach': 'true',
  };
  const labels = {
    'beta.kubernetes.io/arch': 'amd64',
    'beta.kubernetes.io/instance-type': 'm6i.4xlarge',
    'beta.kubernetes.io/os': 'linux',
    'failure-domain.beta.kubernetes.io/region': 'eu-west-1',
    'failure-domain.beta.kubernetes.io/zone': zone,
    'kubernetes.io/arch': 'amd64',
    'kubernetes.io/hostname': name,
    'kubernetes.io/os': 'linux',
    'node.kubernetes.io/instance-type': 'm6i.4xlarge',
    'topology.kubernetes.io/region': 'eu-west-1',
    'topology.kubernetes.io/zone': zone,
  };
  const podCIDR = `${cluster.blockAddress(index)}/26`;
  const first = (index * 13) % IMAGES;
  return cluster.object(
    'v1',
    'Node',
    name,
    {
      spec: { podCIDR, podCIDRs: [podCIDR], providerID: `aws:///${zone}/${instance}` },
      status: {
        addresses: [
          { address: ip, type: 'InternalIP' },
          { address: name, type: 'Hostname' },
        ],
        allocatable: { ...resources, cpu: '15890m', memory: '63200252Ki' },
        capacity: resources,
        conditions: [
          condition('NetworkUnavailable', 'False', 'CalicoIsUp', 'Calico is running on this node'),
          condition('MemoryPressure', 'False', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'),
          condition('DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'),
          condition('PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'),
          condition('Ready', 'True', 'KubeletReady', 'kubelet is posting ready status'),
        ],
        daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
        images: images.slice(first, first + IMAGES),
        nodeInfo: {
          architecture: 'amd64',
          bootID: cluster.uid(`boot ${index}`),
          containerRuntimeVersion: 'containerd://1.7.27',
          kernelVersion: '6.1.134-152.225.x86_64',
          kubeProxyVersion: 'v1.32.4',
          kubeletVersion: 'v1.32.4',
          machineID: cluster.hex(`machine ${index}`, 32),
          operatingSystem: 'linux',
          osImage: 'Debian GNU/Linux 12 (bookworm)',
          systemUUID: cluster.uid(`system ${index}`),
        },
      },
    },
    { annotations, labels },
  );
}

function pool(cluster: Cluster): KubeObject {
  return cluster.object('projectcalico.org/v3', 'IPPool', 'default-ipv4-ippool', {
    spec: {
      allowedUses: ['Workload', 'Tunnel'],
      assignmentMode: 'Automatic',
      blockSize: 26,
      cidr: cluster.podCIDR,
      ipipMode: 'Never',
      natOutgoing: true,
      nodeSelector: 'all()',
      vxlanMode: 'Always',
    },
  });
}

function felixConfiguration(cluster: Cluster): KubeObject {
  return cluster.object('projectcalico.org/v3', 'FelixConfiguration', 'default', {
    spec: {
      bpfConnectTimeLoadBalancing: 'TCP',
      floatingIPs: 'Disabled',
      healthPort: 9099,
      logSeverityScreen: 'Info',
      reportingInterval: '0s',
      vxlanPort: 4789,
      vxlanVNI: 4096,
    },
  });
}

function clusterInformation(cluster: Cluster): KubeObject {
  return cluster.object('projectcalico.org/v3', 'ClusterInformation', 'default', {
    spec: {
      clusterGUID: cluster.hex('guid', 32),
      clusterType: 'typha,kdd,k8s,operator,kubeadm',
      cnxVersion: VERSION,
      datastoreReady: true,
    },
  });
}

function installation(cluster: Cluster): KubeObject {
  const spec = {
    calicoNetwork: {
      bgp: 'Disabled',
      ipPools: [
        {
          allowedUses: ['Workload', 'Tunnel'],
          blockSize: 26,
          cidr: cluster.podCIDR,
          encapsulation: 'VXLAN',
          name: 'default-ipv4-ippool',
          natOutgoing: 'Enabled',
          nodeSelector: 'all()',
        },
      ],
      linuxDataplane: 'Iptables',
      nodeAddressAutodetectionV4: { kubernetes: 'NodeInternalIP' },
      windowsDataplane: 'Disabled',
    },
    cni: { ipam: { type: 'Calico' }, type: 'Calico' },
    variant: 'TigeraSecureEnterprise',
  };
  return cluster.object('operator.tigera.io/v1', 'Installation', 'default', {
    spec,
    status: { calicoVersion: VERSION, computed: spec, mtu: 1450, variant: 'TigeraSecureEnterprise' },
  });
}

function calicoNode(cluster: Cluster): KubeObject {
  const literal = (name: string, value: string) => ({ name, value });
  const labels = { 'k8s-app': 'calico-node' };
  return cluster.object(
    'apps/v1',
    'DaemonSet',
    'calico-node',
    {
      spec: {
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            containers: [
              {
                env: [
                  literal('DATASTORE_TYPE', 'kubernetes'),
                  literal('CLUSTER_TYPE', 'k8s,operator'),
                  literal('CALICO_MANAGE_CNI', 'true'),
                  literal('CALICO_NETWORKING_BACKEND', 'vxlan'),
                  literal('FELIX_DEFAULTENDPOINTTOHOSTACTION', 'ACCEPT'),
                  literal('FELIX_TYPHAK8SSERVICENAME', 'calico-typha'),
                  { name: 'NODENAME', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'spec.nodeName' } } },
                ],
                image: `registry.example.com/tigera/cnx-node:${VERSION}`,
                name: 'calico-node',
              },
            ],
            hostNetwork: true,
            serviceAccountName: 'calico-node',
          },
        },
      },
    },
    {
      labels,
      namespace: NAMESPACE,
      ownerReferences: [
        {
          apiVersion: 'operator.tigera.io/v1',
          controller: true,
          kind: 'Installation',
          name: 'default',
          uid: cluster.uid('Installation default'),
        },
      ],
    },
  );
}

const secretOf = (other: Cluster): string => `remote-cluster-secret-${other.name}`;

function remote(cluster: Cluster, other: Cluster): KubeObject {
  return cluster.object('projectcalico.org/v3', 'RemoteClusterConfiguration', other.name, {
    spec: {
      clusterAccessSecret: { kind: 'Secret', name: secretOf(other), namespace: NAMESPACE },
      syncOptions: { overlayRoutingMode: 'Enabled' },
    },
  });
}

function accessSecret(cluster: Cluster, other: Cluster): KubeObject {
  const kubeconfig = other.credentials.kubeconfig({ server: other.server, token: other.token });
  const data = { datastoreType: base64('kubernetes'), kubeconfig: base64(kubeconfig) };
  return cluster.object('v1', 'Secret', secretOf(other), { data, type: 'Opaque' }, { namespace: NAMESPACE });
}

function tokenSecret(cluster: Cluster): KubeObject {
  const data = {
    'ca.crt': base64(cluster.credentials.caPem),
    namespace: base64(NAMESPACE),
    token: base64(cluster.token),
  };
  const annotations = {
    'kubernetes.io/service-account.name': ACCOUNT,
    'kubernetes.io/service-account.uid': cluster.accountUID,
  };
  const type = 'kubernetes.io/service-account-token';
  return cluster.object('v1', 'Secret', ACCOUNT, { data, type }, { annotations, namespace: NAMESPACE });
}

function clusterInfo(cluster: Cluster): KubeObject {
  const kubeconfig = [
    'apiVersion: v1',
    'clusters:',
    '- cluster:',
    `    certificate-authority-data: ${base64(cluster.credentials.caPem)}`,
    `    server: ${cluster.server}`,
    '  name: ""',
    'contexts: null',
    'current-context: ""',
    'kind: Config',
    'preferences: {}',
    'users: null',
    '',
  ].join('\n');
  return cluster.object('v1', 'ConfigMap', 'cluster-info', { data: { kubeconfig } }, { namespace: 'kube-public' });
}

function rootCA(cluster: Cluster): KubeObject {
  const data = { 'ca.crt': cluster.credentials.caPem };
  return cluster.object('v1', 'ConfigMap', 'kube-root-ca.crt', { data }, { namespace: 'kube-system' });
}

function namespace(cluster: Cluster, name: string): KubeObject {
  return cluster.object('v1', 'Namespace', name, { spec: { finalizers: ['kubernetes'] }, status: { phase: 'Active' } });
}

const RBAC = 'rbac.authorization.k8s.io';
const read = ['get', 'list', 'watch'];

function clusterRole(cluster: Cluster): KubeObject {
  const core = ['nodes', 'namespaces', 'serviceaccounts', 'services', 'endpoints', 'pods'];
  return cluster.object(`${RBAC}/v1`, 'ClusterRole', ACCOUNT, {
    rules: [
      { apiGroups: [''], resources: core, verbs: read },
      { apiGroups: ['crd.projectcalico.org'], resources: ['hostendpoints', 'ipamblocks', 'ippools'], verbs: read },
    ],
  });
}

function secretRole(cluster: Cluster): KubeObject {
  const rules = [{ apiGroups: [''], resources: ['secrets'], verbs: read }];
  return cluster.object(`${RBAC}/v1`, 'Role', 'remote-cluster-secret-access', { rules }, { namespace: NAMESPACE });
}

function binding(cluster: Cluster, kind: string, role: string, account: string, metadata: KubeObject): KubeObject {
  const more = {
    roleRef: { apiGroup: RBAC, kind, name: role },
    subjects: [{ kind: 'ServiceAccount', name: account, namespace: NAMESPACE }],
  };
  return cluster.object(`${RBAC}/v1`, `${kind}Binding`, role, more, metadata);
}

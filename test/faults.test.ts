// One fault at a time in a mesh that is healthy otherwise: it breaks its requirement, in its cluster, at its place, and no other.

import { describe, expect, test } from 'vitest';
import { judge } from '../src/engine.ts';
import { pathText } from '../src/model/resource.ts';
import { loadRules } from '../src/registry.ts';
import { requirements } from '../src/requirements.ts';
import { readText } from '../src/source/yaml.ts';
import { clusterCredentials, uuid } from './kit/credentials.ts';
import { felixSecret, withEnvFrom, withSecretReference } from './kit/felix.ts';
import { build, type ClusterState, type KitOptions } from './kit/mesh.ts';
import {
  ACCOUNT,
  accessSecret,
  accountToken,
  calicoNode,
  changed,
  encode,
  felixConfiguration,
  healthyMesh,
  ipPool,
  type Manifest,
  podCIDR,
  remote,
  serverOf,
  without,
} from './kit/objects.ts';
import { reduceAll } from './kit/reduced.ts';

const rules = await loadRules();

interface Fault {
  readonly title: string;
  /** The clusters that are changed, and how. */
  readonly spoil: Readonly<Record<string, (objects: readonly Manifest[]) => ClusterState>>;
  readonly mesh?: {
    readonly names?: readonly string[];
    readonly version?: string | null;
    readonly routing?: 'overlay' | 'underlay';
  };
  readonly options?: KitOptions;
  /** Verdicts other than pass, not-applicable, and the unknown of probes. */
  readonly breaks: Readonly<Record<string, string>>;
  /** Clusters and first evidence of every finding that is fail or warn: `a b: b Kind/name path`. */
  readonly finds?: readonly string[];
}

function stateOf({ spoil, mesh = {} }: Fault): Readonly<Record<string, ClusterState>> {
  const { names = ['a', 'b'], ...plan } = mesh;
  const state: Record<string, ClusterState> = { ...healthyMesh(names, plan) };
  for (const [name, change] of Object.entries(spoil)) state[name] = change(state[name] as Manifest[]);
  return state;
}

function judged(state: Readonly<Record<string, ClusterState>>, { options }: Fault): ReturnType<typeof judge> {
  return judge(rules, build(state, options), new Set());
}

/** A cluster's objects as a snapshot holds them. */
function reduced(state: ClusterState): ClusterState {
  if (typeof state === 'string') return reduceAll([...readText(state)].map((d) => d.value)) as Manifest[];
  if (Array.isArray(state)) return reduceAll(state) as Manifest[];
  const files = Object.entries(state as Readonly<Record<string, string | Manifest[]>>);
  return Object.fromEntries(files.map(([file, content]) => [file, reduced(content) as Manifest[]]));
}

function check(fault: Fault): void {
  test(fault.title, () => {
    const state = stateOf(fault);
    const { requirements: results, findings, failures } = judged(state, fault);
    expect(failures).toEqual([]);
    const probes = new Set<string>(requirements.filter((r) => r.class === 'probe').map((r) => r.id));
    const broken = results.filter((r) => r.verdict !== 'pass' && r.verdict !== 'not-applicable');
    const seen = Object.fromEntries(broken.filter((r) => !probes.has(r.id)).map((r) => [r.id, r.verdict]));
    const told = findings
      .filter(({ outcome: o }) => o.verdict === 'fail' || o.verdict === 'warn')
      .map(({ rule, outcome: o, text }) => {
        const [first] = o.evidence;
        const place = first
          ? `${first.ref.cluster} ${first.ref.kind}/${first.ref.name} ${pathText(first.path)}`.trimEnd()
          : '-';
        return { place: `${o.clusters.join(' ')}: ${place}`, text: `${rule.id}: ${text}` };
      });
    expect(seen, told.map((t) => t.text).join('\n')).toEqual(fault.breaks);
    if (fault.finds)
      expect(told.map((t) => t.place).sort(), told.map((t) => t.text).join('\n')).toEqual([...fault.finds].sort());
    const kept = Object.fromEntries(Object.entries(state).map(([name, objects]) => [name, reduced(objects)]));
    const ofSnapshot = judged(kept, fault);
    expect(ofSnapshot.requirements).toEqual(results);
    expect(ofSnapshot.findings.map(({ text }) => text)).toEqual(findings.map(({ text }) => text));
  });
}

const all = (objects: readonly Manifest[], ...more: Manifest[]): Manifest[] => [...objects, ...more];
const nodeOf = (name: string, annotations: Record<string, string | null>) => (o: readonly Manifest[]) =>
  changed(o, 'Node', name, { metadata: { annotations } });
const kubeconfig = (cluster: string, parts: Parameters<ReturnType<typeof clusterCredentials>['kubeconfig']>[0] = {}) =>
  clusterCredentials(cluster).kubeconfig({ server: serverOf(cluster), token: accountToken(cluster), ...parts });
const secretWith = (peer: string, text: string) => (o: readonly Manifest[]) =>
  changed(o, 'Secret', `remote-cluster-secret-${peer}`, { data: { kubeconfig: encode(text) } });
const wireguardKey = (cluster: string, n: number) => encode(`${cluster} ${n}`.padEnd(32));
const same = (o: readonly Manifest[]) => [...o];

describe('nothing spoiled', () => {
  for (const version of ['v3.18.2', 'v3.20.1', 'v3.21.0', 'v3.23.1', null]) {
    check({
      title: `overlay ${version}`,
      spoil: {},
      mesh: { version },
      breaks: version === null ? { 'supported-version': 'unknown' } : {},
    });
    check({
      title: `underlay ${version}`,
      spoil: {},
      mesh: { version, routing: 'underlay' },
      breaks: version === null ? { 'supported-version': 'unknown' } : {},
    });
  }
  check({ title: 'three clusters', spoil: {}, mesh: { names: ['a', 'b', 'c'] }, breaks: {} });
  check({
    title: 'one cluster alone: whatever holds between clusters is not told',
    spoil: {},
    mesh: { names: ['a'] },
    options: { beforePeering: true },
    breaks: {
      'unique-node-names': 'unknown',
      'unique-node-addresses': 'unknown',
      'common-overlay': 'unknown',
      'disjoint-pod-cidrs': 'unknown',
      'aligned-route-source': 'unknown',
      'aligned-vxlan': 'unknown',
      'aligned-wireguard': 'unknown',
      'supported-cni': 'unknown',
      'no-stale-pools': 'unknown',
      'supported-version': 'unknown',
    },
    finds: [],
  });
  check({
    title: 'before peering',
    spoil: {
      a: (o) => without(without(o, 'RemoteClusterConfiguration'), 'Secret'),
      b: (o) => without(without(o, 'RemoteClusterConfiguration'), 'Secret'),
    },
    options: { beforePeering: true },
    breaks: {},
  });
});

describe('nodes', () => {
  check({
    title: 'one name twice',
    spoil: { b: (o) => changed(o, 'Node', 'b-node-1', { metadata: { name: 'a-node-1' } }) },
    breaks: { 'unique-node-names': 'fail' },
    finds: ['a b: a Node/a-node-1 metadata.name'],
  });
  check({
    title: 'one address twice',
    spoil: {
      b: (o) =>
        changed(o, 'Node', 'b-node-1', {
          metadata: { annotations: { 'projectcalico.org/IPv4Address': '10.1.0.10/24' } },
          status: { addresses: [{ type: 'InternalIP', address: '10.1.0.10' }] },
        }),
    },
    breaks: { 'unique-node-addresses': 'fail' },
  });
  check({
    title: 'no Calico address',
    spoil: { b: nodeOf('b-node-1', { 'projectcalico.org/IPv4Address': null }) },
    breaks: { 'unique-node-addresses': 'fail' },
    finds: ['b: b Node/b-node-1 metadata.annotations["projectcalico.org/IPv4Address"]'],
  });
  check({
    title: 'no tunnel address',
    spoil: { b: nodeOf('b-node-2', { 'projectcalico.org/IPv4VXLANTunnelAddr': null }) },
    breaks: { 'unique-node-addresses': 'fail' },
    finds: ['b: b Node/b-node-2 metadata.annotations["projectcalico.org/IPv4VXLANTunnelAddr"]'],
  });
  check({
    title: 'a public address',
    spoil: {
      b: (o) =>
        changed(o, 'Node', 'b-node-1', {
          metadata: { annotations: { 'projectcalico.org/IPv4Address': '203.0.113.7/24' } },
        }),
    },
    breaks: { 'unique-node-addresses': 'warn' },
  });
  check({
    title: 'one tunnel MAC twice',
    spoil: {
      a: nodeOf('a-node-1', { 'projectcalico.org/VXLANTunnelMACAddr': '66:01:02:03:04:05' }),
      b: nodeOf('b-node-1', { 'projectcalico.org/VXLANTunnelMACAddr': '66:01:02:03:04:05' }),
    },
    breaks: { 'unique-node-addresses': 'fail' },
  });
  check({
    title: 'nodes not exported',
    spoil: { b: (o) => without(o, 'Node') },
    breaks: { 'unique-node-names': 'unknown', 'unique-node-addresses': 'unknown' },
  });
});

describe('pools', () => {
  check({
    title: 'containment',
    spoil: { b: (o) => changed(o, 'IPPool', 'default-ipv4-ippool', { spec: { cidr: '10.0.0.0/9' } }) },
    breaks: { 'disjoint-pod-cidrs': 'fail' },
  });
  check({
    title: 'one range around those of two others, which do not meet',
    mesh: { names: ['a', 'b', 'c'] },
    spoil: { b: (o) => changed(o, 'IPPool', 'default-ipv4-ippool', { spec: { cidr: '10.0.0.0/9' } }) },
    breaks: { 'disjoint-pod-cidrs': 'fail' },
    finds: ['b: b IPPool/default-ipv4-ippool spec.cidr'],
  });
  check({
    title: 'host bits hide an overlap',
    spoil: { b: (o) => all(o, ipPool('more', '10.1.130.7/20', { vxlanMode: 'Always' })) },
    breaks: { 'disjoint-pod-cidrs': 'fail' },
    finds: ['a b: a IPPool/default-ipv4-ippool spec.cidr'],
  });
  check({
    title: 'a disabled pool that still holds blocks',
    spoil: {
      b: (o) =>
        all(o, ipPool('old', '10.1.128.0/20', { vxlanMode: 'Always', disabled: true }), {
          apiVersion: 'crd.projectcalico.org/v1',
          kind: 'IPAMBlock',
          metadata: { name: '10-1-128-0-26' },
          spec: { cidr: '10.1.128.0/26', affinity: 'host:b-node-1', allocations: [0, null] },
        }),
    },
    breaks: { 'disjoint-pod-cidrs': 'fail' },
  });
  const hostLocal = (name: string, prefix: string) => (o: readonly Manifest[]) => {
    const node = (n: number) => ({
      metadata: {
        annotations: {
          'projectcalico.org/IPv4VXLANTunnelAddr': null,
          'projectcalico.org/IPv4WireguardInterfaceAddr': `${prefix}.${n}.0`,
          'projectcalico.org/WireguardPublicKey': wireguardKey(name, n),
        },
      },
      spec: { podCIDRs: [`${prefix}.${n}.0/24`] },
    });
    const cni = { type: 'Calico', ipam: { type: 'HostLocal' } };
    const patches = [
      ['FelixConfiguration', 'default', { spec: { wireguardEnabled: true } }],
      ['IPPool', 'default-ipv4-ippool', { spec: { vxlanMode: 'Never' } }],
      ['Installation', 'default', { spec: { cni, calicoNetwork: { ipPools: [] } } }],
      ['Node', `${name}-node-1`, node(1)],
      ['Node', `${name}-node-2`, node(2)],
    ] as const;
    return patches.reduce((objects, [kind, object, patch]) => changed(objects, kind, object, patch), same(o));
  };
  check({
    title: 'equal ranges of Nodes, and the addresses of their tunnels with them',
    spoil: { a: hostLocal('a', '10.244'), b: hostLocal('b', '10.244') },
    breaks: { 'disjoint-pod-cidrs': 'fail' },
    finds: ['a b: a Node/a-node-1 spec.podCIDRs[0]'],
  });
  check({
    title: 'ranges of Nodes that are apart',
    spoil: { a: hostLocal('a', '10.244'), b: hostLocal('b', '10.245') },
    breaks: {},
  });
  check({
    title: 'a range that Calico cannot read',
    spoil: { b: (o) => changed(o, 'IPPool', 'default-ipv4-ippool', { spec: { cidr: '10.2.128.0' } }) },
    breaks: { 'disjoint-pod-cidrs': 'unknown' },
    finds: [],
  });
  check({
    title: 'a disabled pool for a peer with a block that is marked as deleted is left over, not in use',
    spoil: {
      b: (o) =>
        all(o, ipPool('old', '10.1.128.0/20', { vxlanMode: 'Always', disabled: true }), {
          apiVersion: 'crd.projectcalico.org/v1',
          kind: 'IPAMBlock',
          metadata: { name: '10-1-128-0-26' },
          spec: { cidr: '10.1.128.0/26', affinity: 'host:b-node-1', allocations: [0, null], deleted: true },
        }),
    },
    breaks: { 'no-stale-pools': 'warn' },
    finds: ['b: b IPPool/old spec.cidr'],
  });
  check({
    title: 'a pool that pods have to ask for',
    spoil: {
      b: (o) => all(o, ipPool('manual', '10.1.144.0/20', { vxlanMode: 'Always', assignmentMode: 'Manual' })),
    },
    breaks: { 'disjoint-pod-cidrs': 'fail' },
    finds: ['a b: a IPPool/default-ipv4-ippool spec.cidr'],
  });
  check({
    title: 'a leftover disabled pool',
    spoil: { b: (o) => all(o, ipPool('no-nat', podCIDR(1), { disabled: true })) },
    breaks: { 'no-stale-pools': 'fail' },
    finds: ['b: b IPPool/no-nat spec.cidr'],
  });
  check({
    title: 'pods in node addresses of another cluster',
    spoil: { b: (o) => all(o, ipPool('more', '10.1.0.0/24', { vxlanMode: 'Always' })) },
    breaks: { 'disjoint-pod-cidrs': 'fail' },
  });
  check({
    title: 'no VXLAN pool, 3.20',
    mesh: { version: 'v3.20.1' },
    spoil: { b: (o) => changed(o, 'IPPool', 'default-ipv4-ippool', { spec: { vxlanMode: 'Never' } }) },
    breaks: { 'common-overlay': 'fail' },
    finds: ['b: b IPPool/default-ipv4-ippool spec.vxlanMode'],
  });
  check({
    title: 'IPIP, 3.23',
    spoil: {
      b: (o) => changed(o, 'IPPool', 'default-ipv4-ippool', { spec: { vxlanMode: 'Never', ipipMode: 'Always' } }),
    },
    breaks: { 'common-overlay': 'fail' },
  });
  check({
    title: 'CrossSubnet is VXLAN',
    spoil: { b: (o) => changed(o, 'IPPool', 'default-ipv4-ippool', { spec: { vxlanMode: 'CrossSubnet' } }) },
    breaks: {},
  });
  check({
    title: 'a LoadBalancer pool holds no pods',
    spoil: { b: (o) => all(o, ipPool('lb', podCIDR(1), { allowedUses: ['LoadBalancer'] })) },
    breaks: {},
  });
  const olderIpip = {
    b: (o: readonly Manifest[]) => changed(o, 'IPPool', 'default-ipv4-ippool', { spec: { ipip: { enabled: true } } }),
  };
  check({
    title: 'IPIP beside VXLAN by an older field, 3.22',
    mesh: { version: 'v3.22.1' },
    spoil: olderIpip,
    breaks: { 'common-overlay': 'fail' },
    finds: ['b: b IPPool/default-ipv4-ippool spec.ipip'],
  });
  check({
    title: 'IPIP by an older field that 3.23 does not know',
    mesh: { version: 'v3.23.1' },
    spoil: olderIpip,
    breaks: {},
  });
  check({
    title: 'pools not exported',
    spoil: { b: (o) => without(o, 'IPPool') },
    breaks: {
      'common-overlay': 'unknown',
      'disjoint-pod-cidrs': 'unknown',
      'aligned-vxlan': 'unknown',
      'no-stale-pools': 'unknown',
    },
  });
});

describe('Felix', () => {
  check({
    title: 'an override in the metadata that a v1 object keeps of its user',
    spoil: {
      b: (o) =>
        changed(o, 'FelixConfiguration', 'default', {
          metadata: {
            annotations: {
              'projectcalico.org/metadata': '{"annotations":{"config.projectcalico.org/VXLANPort":"8472"}}',
            },
          },
        }),
    },
    breaks: { 'aligned-vxlan': 'fail' },
    finds: ['a b: b FelixConfiguration/default metadata.annotations["projectcalico.org/metadata"]'],
  });
  const env = (pairs: Record<string, string>) => (o: readonly Manifest[]) => [
    ...without(o, 'DaemonSet'),
    calicoNode(pairs),
  ];
  const felix = (spec: Record<string, unknown>) => (o: readonly Manifest[]) =>
    changed(o, 'FelixConfiguration', 'default', { spec });
  check({
    title: 'another port',
    mesh: { names: ['a', 'b', 'c'] },
    spoil: { b: felix({ vxlanPort: 8472 }) },
    breaks: { 'aligned-vxlan': 'fail' },
    finds: ['b: b FelixConfiguration/default spec.vxlanPort'],
  });
  check({
    title: 'another VNI from the environment',
    mesh: { names: ['a', 'b', 'c'] },
    spoil: { c: env({ FELIX_VXLANVNI: '0x2000' }) },
    breaks: { 'aligned-vxlan': 'fail' },
    finds: ['c: c DaemonSet/calico-node spec.template.spec.containers[0].env[1].value'],
  });
  check({
    title: 'the default said explicitly',
    spoil: { b: felix({ vxlanPort: 4789, vxlanVNI: 4096, routeSource: 'calicoipam' }) },
    breaks: {},
  });
  check({
    title: 'a per-node override',
    mesh: { names: ['a', 'b', 'c'] },
    spoil: { b: (o) => all(o, felixConfiguration('node.b-node-1', { vxlanVNI: 4097 })) },
    breaks: { 'aligned-vxlan': 'fail' },
    finds: ['b: b FelixConfiguration/node.b-node-1 spec.vxlanVNI'],
  });
  check({
    title: 'an override for a node that is not there',
    spoil: { b: (o) => all(o, felixConfiguration('node.gone', { vxlanVNI: 4097 })) },
    breaks: {},
  });
  check({
    title: 'VXLAN switched off',
    spoil: { b: felix({ vxlanEnabled: false }) },
    breaks: { 'aligned-vxlan': 'fail' },
    finds: ['b: b FelixConfiguration/default spec.vxlanEnabled'],
  });
  check({
    title: 'another routeSource',
    mesh: { names: ['a', 'b', 'c'] },
    spoil: { b: felix({ routeSource: 'WorkloadIPs' }) },
    breaks: { 'aligned-route-source': 'fail' },
    finds: ['b: b FelixConfiguration/default spec.routeSource'],
  });
  check({
    title: 'an annotation that overrides',
    mesh: { names: ['a', 'b', 'c'] },
    spoil: {
      b: (o) =>
        changed(o, 'FelixConfiguration', 'default', {
          metadata: { annotations: { 'config.projectcalico.org/VXLANPort': '4790' } },
        }),
    },
    breaks: { 'aligned-vxlan': 'fail' },
    finds: ['b: b FelixConfiguration/default metadata.annotations["config.projectcalico.org/VXLANPort"]'],
  });
  check({
    title: 'FelixConfiguration not exported',
    spoil: { b: (o) => without(o, 'FelixConfiguration') },
    breaks: { 'aligned-route-source': 'unknown', 'aligned-vxlan': 'unknown' },
  });
  check({
    title: 'two explicit ports fail without the DaemonSets',
    spoil: {
      a: (o) => without(felix({ vxlanPort: 4789 })(o), 'DaemonSet'),
      b: (o) => without(felix({ vxlanPort: 8472 })(o), 'DaemonSet'),
    },
    breaks: { 'aligned-route-source': 'unknown', 'aligned-vxlan': 'fail', 'aligned-wireguard': 'unknown' },
  });
  const port = { FELIX_VXLANPORT: '8472' };
  check({
    title: 'a port from a Secret that the environment takes over',
    spoil: { a: (o) => all(withEnvFrom(o, 'secretRef'), felixSecret(port)), b: felix({ vxlanPort: 8472 }) },
    breaks: {},
  });
  check({
    title: 'another port from a Secret that the environment takes over',
    mesh: { names: ['a', 'b', 'c'] },
    spoil: { a: (o) => all(withEnvFrom(o, 'secretRef'), felixSecret(port)) },
    breaks: { 'aligned-vxlan': 'fail' },
    finds: ['a: a Secret/felix data.FELIX_VXLANPORT'],
  });
  check({
    title: 'a port from a key of a Secret',
    spoil: {
      a: (o) => all(withSecretReference(o, 'FELIX_VXLANPORT'), felixSecret({ value: '8472' })),
      b: felix({ vxlanPort: 8472 }),
    },
    breaks: {},
  });
  check({
    title: 'a port from a key of a Secret that may be a credential',
    spoil: {
      a: (o) => all(withSecretReference(o, 'FELIX_VXLANPORT'), felixSecret({ value: 'hunter2' })),
      b: felix({ vxlanPort: 8472 }),
    },
    breaks: { 'aligned-vxlan': 'unknown' },
  });
  const variables = (env: readonly object[]) => (o: readonly Manifest[]) =>
    changed(o, 'DaemonSet', 'calico-node', {
      spec: { template: { spec: { containers: [{ name: 'calico-node', image: 'calico/node:v3.21.2', env }] } } },
    });
  check({
    title: 'a port that stands in another variable',
    spoil: {
      a: variables([
        { name: 'PORT', value: '8472' },
        { name: 'FELIX_VXLANPORT', value: '$(PORT)' },
      ]),
      b: felix({ vxlanPort: 8472 }),
    },
    breaks: {},
  });
  check({
    title: 'a port from a long value of a ConfigMap',
    spoil: {
      a: (o) =>
        all(
          variables([{ name: 'FELIX_VXLANPORT', valueFrom: { configMapKeyRef: { name: 'felix', key: 'port' } } }])(o),
          {
            apiVersion: 'v1',
            kind: 'ConfigMap',
            metadata: { name: 'felix', namespace: 'calico-system' },
            data: { port: '8472'.padEnd(300) },
          },
        ),
      b: felix({ vxlanPort: 8472 }),
    },
    breaks: { 'aligned-vxlan': 'unknown' },
  });
  for (const kind of ['configMapRef', 'secretRef'] as const) {
    // Only the Secrets of another namespace: that does not prove those of this one absent.
    const unread = (o: readonly Manifest[]) => without(withEnvFrom(o, kind), 'Secret', 'remote-cluster-secret-b');
    const alone = { a: (o: readonly Manifest[]) => without(unread(o), 'Secret', ACCOUNT) };
    check({
      title: `another port stands where the ${kind} of the environment was not read`,
      options: { beforePeering: true },
      spoil: { ...alone, b: felix({ vxlanPort: 8472 }) },
      breaks: { 'aligned-route-source': 'unknown', 'aligned-vxlan': 'fail' },
      finds: ['a b: b FelixConfiguration/default spec.vxlanPort'],
    });
    check({
      title: `equal ports are open where the ${kind} of the environment was not read`,
      options: { beforePeering: true },
      spoil: alone,
      breaks: { 'aligned-route-source': 'unknown', 'aligned-vxlan': 'unknown' },
    });
  }
  check({
    title: 'an optional Secret of the environment that is not there',
    spoil: { a: (o) => withEnvFrom(o, 'secretRef', { optional: true }) },
    breaks: {},
  });
  check({ title: 'WireGuard on one side only', spoil: { b: felix({ wireguardEnabled: true }) }, breaks: {} });
  const keyed = (name: string) => (o: readonly Manifest[]) =>
    [1, 2].reduce(
      (objects, n) =>
        nodeOf(`${name}-node-${n}`, {
          'projectcalico.org/WireguardPublicKey': wireguardKey(name, n),
        })(objects),
      felix({ wireguardEnabled: true })(o),
    );
  check({
    title: 'another port of WireGuard in the cluster that has it off',
    mesh: { names: ['a', 'b', 'c'] },
    spoil: { a: keyed('a'), b: keyed('b'), c: felix({ wireguardListeningPort: 51900 }) },
    breaks: { 'aligned-wireguard': 'fail' },
    finds: [
      'c: c FelixConfiguration/default spec.wireguardEnabled',
      'c: c FelixConfiguration/default spec.wireguardListeningPort',
    ],
  });
  check({
    title: 'another port of WireGuard for IPv6, which no cluster has on',
    mesh: { names: ['a', 'b', 'c'] },
    spoil: {
      a: keyed('a'),
      b: keyed('b'),
      c: (o) => felix({ wireguardListeningPortV6: 51900 })(keyed('c')(o)),
    },
    breaks: { 'aligned-wireguard': 'fail' },
    finds: ['c: c FelixConfiguration/default spec.wireguardListeningPortV6'],
  });
  check({
    title: 'MTUs for IPv6 without a pool of it',
    spoil: { a: felix({ vxlanMTUV6: 1430 }), b: felix({ vxlanMTUV6: 1400 }) },
    breaks: { 'aligned-vxlan': 'fail' },
    finds: ['a b: a FelixConfiguration/default spec.vxlanMTUV6'],
  });
});

describe('remotes', () => {
  const mode = (value: string | null) => (o: readonly Manifest[]) =>
    changed(o, 'RemoteClusterConfiguration', 'b', {
      spec: { syncOptions: value === null ? null : { overlayRoutingMode: value } },
    });
  const noWayBack = (o: readonly Manifest[]) => ({
    'remoteclusterconfigurations.yaml': [{ apiVersion: 'v1', kind: 'List', items: [] }],
    'rest.yaml': without(o, 'RemoteClusterConfiguration'),
  });
  check({
    title: 'one way only',
    spoil: { b: noWayBack },
    breaks: { 'bidirectional-remotes': 'fail' },
    finds: ['b: b RemoteClusterConfiguration/a'],
  });
  check({ title: 'none at all', spoil: { a: noWayBack, b: noWayBack }, breaks: { 'bidirectional-remotes': 'fail' } });
  check({
    title: 'the wrong mode',
    mesh: { names: ['a', 'b', 'c'] },
    spoil: { a: mode('Disabled') },
    breaks: { 'overlay-routing-mode': 'fail' },
    finds: ['a: a RemoteClusterConfiguration/b spec.syncOptions.overlayRoutingMode'],
  });
  check({ title: 'no mode', spoil: { a: mode(null) }, breaks: { 'overlay-routing-mode': 'warn' } });
  check({
    title: 'a mode that is none',
    mesh: { names: ['a', 'b', 'c'] },
    spoil: { a: mode('enabled') },
    breaks: { 'overlay-routing-mode': 'fail' },
  });
  check({
    title: 'a mode that YAML reads as true',
    mesh: { names: ['a', 'b', 'c'] },
    spoil: {
      a: (o) => ({
        'rest.yaml': without(o, 'RemoteClusterConfiguration', 'b'),
        'rcc.yaml': `apiVersion: projectcalico.org/v3
kind: RemoteClusterConfiguration
metadata: {name: b, labels: {rack: 7}}
spec:
  clusterAccessSecret: {kind: Secret, name: remote-cluster-secret-b, namespace: calico-system}
  syncOptions: {overlayRoutingMode: on}
`,
      }),
    },
    breaks: { 'overlay-routing-mode': 'fail' },
    finds: ['a: a RemoteClusterConfiguration/b spec.syncOptions.overlayRoutingMode'],
  });
  check({
    title: 'labels and annotations that are no strings',
    spoil: {
      a: (o) =>
        changed(o, 'RemoteClusterConfiguration', 'b', {
          metadata: { labels: { rack: 7 }, annotations: { a: true, b: {}, c: null } },
        }),
    },
    breaks: {},
  });
  check({
    title: 'a reference that is only a name',
    spoil: {
      a: (o) =>
        changed(o, 'RemoteClusterConfiguration', 'b', { spec: { clusterAccessSecret: 'remote-cluster-secret-b' } }),
    },
    breaks: {
      'valid-remotes': 'fail',
      'bidirectional-remotes': 'unknown',
      'distinct-remotes': 'unknown',
      'access-secret': 'unknown',
    },
    finds: ['a: a RemoteClusterConfiguration/b spec.clusterAccessSecret'],
  });
  check({
    title: 'a kubeconfig written as a mapping',
    spoil: {
      a: (o) =>
        changed(o, 'Secret', 'remote-cluster-secret-b', {
          stringData: { kubeconfig: { apiVersion: 'v1', kind: 'Config' } },
        }),
    },
    breaks: {
      'access-secret': 'fail',
      'usable-kubeconfig': 'unknown',
      'bidirectional-remotes': 'unknown',
      'distinct-remotes': 'unknown',
    },
    finds: ['a: a Secret/remote-cluster-secret-b stringData.kubeconfig'],
  });
  check({
    title: 'a datastoreType that is no string',
    spoil: { a: (o) => changed(o, 'Secret', 'remote-cluster-secret-b', { stringData: { datastoreType: 1 } }) },
    breaks: { 'access-secret': 'fail' },
    finds: ['a: a Secret/remote-cluster-secret-b stringData.datastoreType'],
  });
  check({
    title: 'to itself',
    spoil: {
      a: (o) => all(o, remote('self', 'Enabled'), { ...accessSecret('self', { kubeconfig: kubeconfig('a') }) }),
    },
    breaks: { 'distinct-remotes': 'fail' },
  });
  check({
    title: 'twice to one cluster',
    spoil: { a: (o) => all(o, remote('again', 'Enabled'), accessSecret('again', { kubeconfig: kubeconfig('b') })) },
    breaks: { 'distinct-remotes': 'fail' },
  });
  check({
    title: 'the Secret is not there',
    spoil: {
      a: (o) =>
        all(without(o, 'Secret', 'remote-cluster-secret-b'), {
          apiVersion: 'v1',
          kind: 'Secret',
          metadata: { name: 'x', namespace: 'calico-system' },
        }),
    },
    breaks: {
      'access-secret': 'fail',
      'usable-kubeconfig': 'unknown',
      'bidirectional-remotes': 'unknown',
      'distinct-remotes': 'unknown',
    },
  });
  check({
    title: 'a file name as the key',
    spoil: {
      a: (o) =>
        changed(o, 'Secret', 'remote-cluster-secret-b', {
          data: { kubeconfig: null, 'b.yaml': encode(kubeconfig('b')) },
        }),
    },
    breaks: {
      'access-secret': 'fail',
      'usable-kubeconfig': 'unknown',
      'bidirectional-remotes': 'unknown',
      'distinct-remotes': 'unknown',
    },
  });
  check({
    title: 'a wrong datastoreType',
    spoil: { a: (o) => changed(o, 'Secret', 'remote-cluster-secret-b', { data: { datastoreType: encode('etcdv3') } }) },
    breaks: { 'access-secret': 'fail' },
    finds: ['a: a Secret/remote-cluster-secret-b data.datastoreType'],
  });
  check({
    title: 'credentials inline',
    spoil: { a: (o) => changed(o, 'RemoteClusterConfiguration', 'b', { spec: { k8sAPIToken: 'x' } }) },
    breaks: { 'valid-remotes': 'fail' },
  });
  check({
    title: 'a reference without namespace',
    spoil: {
      a: (o) => changed(o, 'RemoteClusterConfiguration', 'b', { spec: { clusterAccessSecret: { namespace: null } } }),
    },
    breaks: {
      'valid-remotes': 'fail',
      'bidirectional-remotes': 'unknown',
      'distinct-remotes': 'unknown',
      'access-secret': 'unknown',
    },
  });
});

describe('kubeconfigs', () => {
  const at = ['a: a Secret/remote-cluster-secret-b data.kubeconfig'];
  check({
    title: 'a placeholder',
    spoil: { a: secretWith('b', kubeconfig('b', { token: '<YOUR-SERVICE-ACCOUNT-TOKEN>' })) },
    breaks: { 'usable-kubeconfig': 'fail' },
    finds: at,
  });
  check({
    title: 'no token',
    spoil: { a: secretWith('b', kubeconfig('b').replace(/token: .*/, 'token: ""')) },
    breaks: { 'usable-kubeconfig': 'fail' },
    finds: at,
  });
  check({
    title: 'an exec plugin',
    spoil: { a: secretWith('b', kubeconfig('b').replace(/token: .*/, 'exec: {command: aws, apiVersion: v1}')) },
    breaks: { 'usable-kubeconfig': 'fail' },
    finds: at,
  });
  check({
    title: 'a loopback server',
    spoil: { a: secretWith('b', kubeconfig('b', { server: 'https://127.0.0.1:6443' })) },
    breaks: { 'usable-kubeconfig': 'fail' },
    finds: at,
  });
  check({
    title: 'no current context',
    spoil: { a: secretWith('b', kubeconfig('b').replace(/current-context: .*/, 'current-context: ""')) },
    breaks: { 'usable-kubeconfig': 'fail' },
  });
  check({
    title: 'encoded twice',
    spoil: { a: secretWith('b', encode(kubeconfig('b'))) },
    breaks: {
      'access-secret': 'fail',
      'usable-kubeconfig': 'unknown',
      'bidirectional-remotes': 'unknown',
      'distinct-remotes': 'unknown',
    },
  });
  check({
    title: 'an expired token',
    spoil: {
      a: secretWith(
        'b',
        kubeconfig('b', {
          token: clusterCredentials('b').token({
            exp: 1_700_000_000,
            iss: 'x',
            sub: `system:serviceaccount:calico-system:${ACCOUNT}`,
            'kubernetes.io': {
              namespace: 'calico-system',
              serviceaccount: { name: ACCOUNT, uid: uuid(`b ${ACCOUNT}`) },
            },
          }),
        }),
      ),
    },
    breaks: { 'usable-kubeconfig': 'fail' },
    finds: at,
  });
  check({
    title: 'server of one cluster, credentials of another',
    mesh: { names: ['a', 'b', 'c'] },
    spoil: { a: secretWith('b', kubeconfig('b', { token: accountToken('c') })) },
    breaks: { 'distinct-remotes': 'fail', 'bidirectional-remotes': 'unknown' },
  });
  check({
    title: 'no verification',
    spoil: {
      a: secretWith('b', kubeconfig('b').replace(/certificate-authority-data: .*/, 'insecure-skip-tls-verify: true')),
    },
    breaks: { 'usable-kubeconfig': 'warn' },
  });
});

describe('RBAC', () => {
  check({
    title: 'Typha has no Role',
    spoil: {
      a: (o) =>
        all(
          without(without(o, 'Role'), 'RoleBinding'),
          {
            apiVersion: 'rbac.authorization.k8s.io/v1',
            kind: 'Role',
            metadata: { name: 'x', namespace: 'calico-system' },
            rules: [],
          },
          {
            apiVersion: 'rbac.authorization.k8s.io/v1',
            kind: 'RoleBinding',
            metadata: { name: 'x', namespace: 'calico-system' },
            roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'x' },
            subjects: [],
          },
        ),
    },
    breaks: { 'typha-secret-access': 'fail' },
  });
  check({
    title: 'Typha may get and list, but not watch',
    spoil: {
      a: (o) =>
        changed(o, 'Role', 'remote-cluster-secret-access', {
          rules: [{ apiGroups: [''], resources: ['secrets'], verbs: ['get', 'list'] }],
        }),
    },
    breaks: { 'typha-secret-access': 'fail' },
    finds: ['a: a Role/remote-cluster-secret-access rules[0].verbs'],
  });
  check({
    title: 'another account is bound',
    spoil: {
      a: (o) =>
        changed(o, 'RoleBinding', 'remote-cluster-secret-access', {
          subjects: [{ kind: 'ServiceAccount', name: 'typha', namespace: 'calico-system' }],
        }),
    },
    breaks: { 'typha-secret-access': 'fail' },
  });
  check({
    title: 'a group is bound',
    spoil: {
      a: (o) =>
        changed(o, 'RoleBinding', 'remote-cluster-secret-access', {
          subjects: [
            { kind: 'Group', apiGroup: 'rbac.authorization.k8s.io', name: 'system:serviceaccounts:calico-system' },
          ],
        }),
    },
    breaks: {},
  });
  check({
    title: 'a role from before overlay routing',
    spoil: {
      b: (o) =>
        changed(o, 'ClusterRole', ACCOUNT, {
          rules: [
            {
              apiGroups: [''],
              resources: ['namespaces', 'serviceaccounts', 'services', 'endpoints', 'pods'],
              verbs: ['get', 'list', 'watch'],
            },
            { apiGroups: ['crd.projectcalico.org'], resources: ['hostendpoints'], verbs: ['get', 'list', 'watch'] },
          ],
        }),
    },
    breaks: { 'federation-account': 'fail' },
  });
  check({
    title: 'the binding names another namespace',
    spoil: {
      b: (o) =>
        changed(o, 'ClusterRoleBinding', ACCOUNT, {
          subjects: [{ kind: 'ServiceAccount', name: ACCOUNT, namespace: 'kube-system' }],
        }),
    },
    breaks: { 'federation-account': 'fail' },
    finds: [`b: b ClusterRoleBinding/${ACCOUNT} subjects[0].namespace`],
  });
  check({
    title: 'the account has moved, and tokens of the old one are left',
    spoil: {
      b: (o) =>
        changed(
          o.map((x) =>
            x.metadata.name === ACCOUNT && (x.kind === 'ServiceAccount' || x.kind === 'Secret')
              ? { ...x, metadata: { ...x.metadata, namespace: 'kube-system', uid: 'new' } }
              : x,
          ),
          'ClusterRoleBinding',
          ACCOUNT,
          { subjects: [{ kind: 'ServiceAccount', name: ACCOUNT, namespace: 'kube-system' }] },
        ),
    },
    breaks: { 'usable-kubeconfig': 'fail' },
  });
  check({
    title: 'no account, whose token Secret is left',
    spoil: {
      b: (o) =>
        all(without(o, 'ServiceAccount'), {
          apiVersion: 'v1',
          kind: 'ServiceAccount',
          metadata: { name: 'default', namespace: 'calico-system' },
        }),
    },
    breaks: { 'federation-account': 'fail' },
    finds: [`b: b ServiceAccount/${ACCOUNT}`],
  });
  check({
    title: 'no binding',
    spoil: {
      b: (o) =>
        all(without(o, 'ClusterRoleBinding'), {
          apiVersion: 'rbac.authorization.k8s.io/v1',
          kind: 'ClusterRoleBinding',
          metadata: { name: 'x' },
          roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' },
          subjects: [],
        }),
    },
    breaks: { 'federation-account': 'fail' },
  });
  check({
    title: 'RBAC not exported',
    spoil: {
      b: (o) =>
        ['ServiceAccount', 'ClusterRole', 'ClusterRoleBinding', 'Role', 'RoleBinding'].reduce(
          (kept, kind) => without(kept, kind),
          same(o),
        ),
    },
    breaks: { 'typha-secret-access': 'unknown', 'federation-account': 'unknown' },
  });
});

describe('underlay', () => {
  const mesh = { routing: 'underlay' } as const;
  check({
    title: 'no pool for the peer',
    mesh,
    spoil: { a: (o) => without(o, 'IPPool', 'no-nat-1') },
    breaks: { 'nat-exclusion': 'fail' },
    finds: ['a: a IPPool/default-ipv4-ippool spec.natOutgoing'],
  });
  check({
    title: 'no pool, but no NAT either',
    mesh,
    spoil: {
      a: (o) =>
        changed(without(o, 'IPPool', 'no-nat-1'), 'IPPool', 'default-ipv4-ippool', { spec: { natOutgoing: false } }),
    },
    breaks: {},
  });
  const olderNat = {
    a: (o: readonly Manifest[]) =>
      changed(without(o, 'IPPool', 'no-nat-1'), 'IPPool', 'default-ipv4-ippool', {
        spec: { natOutgoing: false, 'nat-outgoing': true },
      }),
  };
  check({
    title: 'NAT by an older field, 3.22',
    mesh: { ...mesh, version: 'v3.22.1' },
    spoil: olderNat,
    breaks: { 'nat-exclusion': 'fail' },
    finds: ['a: a IPPool/default-ipv4-ippool spec.nat-outgoing'],
  });
  check({
    title: 'NAT by an older field that 3.23 does not know',
    mesh: { ...mesh, version: 'v3.23.1' },
    spoil: olderNat,
    breaks: {},
  });
  check({
    title: 'a pool that covers half',
    mesh,
    spoil: { a: (o) => changed(o, 'IPPool', 'no-nat-1', { spec: { cidr: '10.2.128.0/18' } }) },
    breaks: { 'nat-exclusion': 'fail' },
  });
  check({
    title: 'two pools that cover both halves',
    mesh,
    spoil: {
      a: (o) =>
        all(
          changed(o, 'IPPool', 'no-nat-1', { spec: { cidr: '10.2.128.0/18' } }),
          ipPool('no-nat-2', '10.2.192.0/18', { disabled: true }),
        ),
    },
    breaks: {},
  });
  check({
    title: 'a pool that is enabled',
    mesh,
    spoil: { a: (o) => changed(o, 'IPPool', 'no-nat-1', { spec: { disabled: false } }) },
    breaks: { 'nat-exclusion': 'fail', 'disjoint-pod-cidrs': 'fail' },
  });
  check({
    title: 'a range that Calico cannot read',
    mesh,
    spoil: { b: (o) => changed(o, 'IPPool', 'default-ipv4-ippool', { spec: { cidr: '10.2.128.0' } }) },
    breaks: { 'disjoint-pod-cidrs': 'unknown', 'nat-exclusion': 'unknown' },
    finds: [],
  });
  check({
    title: 'one way is allowed',
    mesh,
    spoil: {
      b: (o) => ({
        'remoteclusterconfigurations.yaml': [{ apiVersion: 'v1', kind: 'List', items: [] }],
        'rest.yaml': without(o, 'RemoteClusterConfiguration'),
      }),
    },
    breaks: {},
  });
});

describe('CNI', () => {
  const cni = (type: string) => (o: readonly Manifest[]) =>
    changed(o, 'Installation', 'default', { spec: { cni: { type, ipam: { type } } } });
  check({
    title: 'VXLAN with another CNI',
    spoil: { b: cni('AmazonVPC') },
    breaks: { 'supported-cni': 'fail' },
    finds: ['b: b Installation/default spec.cni.type'],
  });
  check({
    title: 'VXLAN with another CNI, of which the operator computed nothing',
    spoil: {
      b: (o) =>
        changed(cni('AmazonVPC')(o), 'Installation', 'default', {
          status: { computed: { variant: 'CalicoEnterprise' } },
        }),
    },
    breaks: { 'supported-cni': 'fail' },
    finds: ['b: b Installation/default spec.cni.type'],
  });
  check({
    title: 'the Calico CNI as the operator computed it',
    spoil: {
      b: (o) =>
        changed(cni('AmazonVPC')(o), 'Installation', 'default', {
          status: { computed: { cni: { type: 'Calico', ipam: { type: 'Calico' } } } },
        }),
    },
    breaks: {},
  });
  check({
    title: 'neither Installation nor calico-node',
    spoil: { b: (o) => without(without(o, 'Installation'), 'DaemonSet') },
    breaks: {
      'supported-cni': 'unknown',
      'supported-version': 'unknown',
      'aligned-route-source': 'unknown',
      'aligned-vxlan': 'unknown',
    },
  });
});

// Cases of identity: what of an export tells who its cluster is.

import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import type { Listed } from '../../../src/model/availability.ts';
import type { ConfigMapFacts, NodeFacts, ObjectFacts, SecretFacts } from '../../../src/model/objects/facts.ts';
import {
  buildIdentity,
  type IdentitySources,
  identityClue,
  isLocalHost,
  serverAddress,
} from '../../../src/model/remotes/identity.ts';
import type { ObjectRef } from '../../../src/model/resource.ts';
import { clusterCredentials } from '../../kit/credentials.ts';

const dallas = clusterCredentials('dallas');
const base64 = (text: string) => Buffer.from(text).toString('base64');
const parse = (text: string): unknown => load(text);

function ref(kind: string, namespace: string | null, name: string): ObjectRef {
  return { cluster: 'dallas', apiVersion: 'v1', kind, namespace, name, origin: null };
}

function object(kind: string, namespace: string | null, name: string, uid: string | null = null): ObjectFacts {
  return { ref: ref(kind, namespace, name), uid, created: null, labels: {} };
}

function configMap(namespace: string, name: string, data: Record<string, string>): ConfigMapFacts {
  const base = object('ConfigMap', namespace, name);
  return { ...base, data, keys: Object.keys(data), identity: identityClue(base.ref, data, parse) };
}

function list<T>(...items: T[]): Listed<T> {
  return { items, namespaces: new Set(), state: 'complete', why: null };
}

function unread<T>(state: 'missing' | 'partial' = 'missing'): Listed<T> {
  return { items: [], namespaces: new Set(), state, why: `${state} in the input` };
}

function sources(read: Partial<IdentitySources>): IdentitySources {
  return {
    cluster: 'dallas',
    namespaces: unread(),
    clusterInformations: unread(),
    configMaps: unread(),
    secrets: unread(),
    serviceAccounts: unread(),
    infrastructures: unread(),
    nodes: unread(),
    ...read,
  };
}

const values = (list: readonly { readonly value: string }[]) => list.map((v) => v.value);

describe('what a ConfigMap says about its cluster', () => {
  const clusterInfo = `apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: ${base64(dallas.caPem)}
    server: https://10.20.1.5:6443
  name: ""
contexts: null
kind: Config
`;

  it('kube-root-ca.crt holds the CA, in every namespace', () => {
    const clue = identityClue(ref('ConfigMap', 'default', 'kube-root-ca.crt'), { 'ca.crt': dallas.caPem }, parse);
    expect(clue?.caFingerprints).toMatchObject([{ value: dallas.caFingerprint, path: ['data', 'ca.crt'] }]);
  });

  it('cluster-info holds server and CA', () => {
    const clue = identityClue(ref('ConfigMap', 'kube-public', 'cluster-info'), { kubeconfig: clusterInfo }, parse);
    expect(values(clue?.servers ?? [])).toEqual(['https://10.20.1.5:6443']);
    expect(values(clue?.caFingerprints ?? [])).toEqual([dallas.caFingerprint]);
  });

  it('a ConfigMap of that name elsewhere is somebody else’s', () => {
    expect(identityClue(ref('ConfigMap', 'default', 'cluster-info'), { kubeconfig: clusterInfo }, parse)).toBeNull();
  });

  it.each([
    ['api.dallas.example.com:443', 'api.dallas.example.com:443'],
    ['api.dallas.example.com', 'api.dallas.example.com:6443'],
    ['[fd00::5]', '[fd00::5]:6443'],
  ])('kubeadm-config names %s', (endpoint, server) => {
    const ClusterConfiguration = `controlPlaneEndpoint: "${endpoint}"\nnetworking: {podSubnet: 10.42.0.0/16, serviceSubnet: 10.96.0.0/12}\n`;
    const clue = identityClue(ref('ConfigMap', 'kube-system', 'kubeadm-config'), { ClusterConfiguration }, parse);
    expect(values(clue?.servers ?? [])).toEqual([server]);
    expect(clue?.podSubnet?.value).toBe('10.42.0.0/16');
    expect(clue?.serviceSubnet?.value).toBe('10.96.0.0/12');
  });

  it.each([
    ['10.20.1.5', '6443', '10.20.1.5:6443'],
    ['fd00::5', '6443', '[fd00::5]:6443'],
    ['api.dallas.example.com', '', 'api.dallas.example.com'],
  ])('kubernetes-services-endpoint names %s', (host, port, server) => {
    const data = { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port };
    const clue = identityClue(ref('ConfigMap', 'tigera-operator', 'kubernetes-services-endpoint'), data, parse);
    expect(values(clue?.servers ?? [])).toEqual([server]);
  });

  it.each([
    ['cluster-info', 'kube-public', { kubeconfig: 'clusters: [' }],
    ['cluster-info', 'kube-public', { kubeconfig: '- 1' }],
    ['kubeadm-config', 'kube-system', { ClusterConfiguration: 'null' }],
    ['kube-root-ca.crt', 'default', { 'ca.crt': 'no PEM' }],
    ['kubernetes-services-endpoint', 'kube-system', {}],
    ['calico-config', 'kube-system', { veth_mtu: '0' }],
    ['constructor', 'default', {}],
  ])('%s in %s that says nothing is no clue', (name, namespace, data) => {
    expect(identityClue(ref('ConfigMap', namespace, name), data as Record<string, string>, parse)).toBeNull();
  });
});

describe('who a cluster is', () => {
  const tokenSecret: SecretFacts = {
    ...object('Secret', 'calico-system', 'peer'),
    type: 'kubernetes.io/service-account-token',
    keys: { token: { value: null, ref: ref('Secret', 'calico-system', 'peer'), path: ['stringData', 'token'] } },
    settings: {},
    instead: {},
    datastoreType: null,
    connection: null,
    token: { tokenFingerprint: 'f00d', claims: null, caFingerprints: [] },
    serviceAccount: {
      name: { value: 'peer', ref: ref('Secret', 'calico-system', 'peer'), path: [] },
      uid: 'u-1',
    },
  };

  it('is told by all its sources, each value once and normalised', () => {
    const identity = buildIdentity(
      sources({
        namespaces: list(
          object('Namespace', null, 'default', 'ns-0'),
          object('Namespace', null, 'kube-system', 'ns-1'),
        ),
        configMaps: list(
          configMap('kube-system', 'kube-root-ca.crt', { 'ca.crt': dallas.caPem }),
          configMap('default', 'kube-root-ca.crt', { 'ca.crt': dallas.caPem }),
          configMap('kube-system', 'kubernetes-services-endpoint', {
            KUBERNETES_SERVICE_HOST: 'API.Dallas.example.com.',
          }),
        ),
        serviceAccounts: list(object('ServiceAccount', 'calico-system', 'peer', 'u-1')),
        secrets: list(tokenSecret),
        infrastructures: list({
          ...object('Infrastructure', null, 'cluster'),
          servers: [
            { value: 'https://api.dallas.example.com:443', ref: ref('Infrastructure', null, 'cluster'), path: [] },
          ],
        }),
      }),
    );
    expect(identity).toMatchObject({ state: 'complete', why: null, kubeSystemUID: 'ns-1', clusterGUID: null });
    expect(identity.caFingerprints).toMatchObject([{ value: dallas.caFingerprint, ref: { namespace: 'default' } }]);
    expect(values(identity.servers)).toEqual(['api.dallas.example.com:443']);
    expect(identity.tokenFingerprints).toMatchObject([{ value: 'f00d', path: ['stringData', 'token'] }]);
    expect(identity.serviceAccounts).toMatchObject([
      { namespace: 'calico-system', name: 'peer', uid: { value: 'u-1', ref: { kind: 'ServiceAccount' } } },
    ]);
  });

  it('is not told by a GUID and a namespace UID, which no kubeconfig can be held against', () => {
    const identity = buildIdentity(sources({ namespaces: list(object('Namespace', null, 'kube-system', 'ns-1')) }));
    expect(identity).toMatchObject({ state: 'missing', kubeSystemUID: 'ns-1' });
    expect(identity.why).not.toBeNull();
  });

  it('stands where another source was read in part, but is not all of it', () => {
    const serviceAccounts = list(object('ServiceAccount', 'calico-system', 'peer', 'u-1'));
    const configMaps = unread<ConfigMapFacts>('partial');
    expect(buildIdentity(sources({ serviceAccounts }))).toMatchObject({ state: 'complete', isWhole: true });
    expect(buildIdentity(sources({ serviceAccounts, configMaps }))).toMatchObject({
      state: 'complete',
      isWhole: false,
    });
    expect(buildIdentity(sources({ configMaps }))).toMatchObject({ state: 'partial', why: 'partial in the input' });
  });

  it('addresses of the control plane count, those of workers do not', () => {
    const node = (name: string, ip: string, labels: Record<string, string>): NodeFacts => ({
      ...object('Node', null, name),
      labels,
      name: { value: name, ref: ref('Node', null, name), path: ['metadata', 'name'] },
      fields: {},
      internalIPs: [{ value: ip, ref: ref('Node', null, name), path: ['status', 'addresses', 0, 'address'] }],
      externalIPs: [],
      podCIDRs: [],
      os: 'linux',
      providerID: null,
      kernelVersion: null,
    });
    const nodes = list(
      node('cp', '10.20.1.10', { 'node-role.kubernetes.io/control-plane': '' }),
      node('cp6', 'FD00:0::10', { 'node-role.kubernetes.io/master': '' }),
      node('worker', '10.20.1.20', {}),
    );
    const identity = buildIdentity(sources({ nodes }));
    expect(values(identity.controlPlaneAddresses)).toEqual(['10.20.1.10', '[fd00::10]']);
    expect(identity.state).toBe('complete');
    expect(buildIdentity(sources({ nodes: list(node('worker', '10.20.1.20', {})) })).state).toBe('missing');
  });

  it('loopback addresses and names of the cluster’s DNS identify nobody', () => {
    const endpoint = (KUBERNETES_SERVICE_HOST: string) =>
      configMap('kube-system', 'kubernetes-services-endpoint', { KUBERNETES_SERVICE_HOST });
    for (const host of ['127.0.0.1', 'kubernetes.default.svc.cluster.local', 'localhost']) {
      expect(buildIdentity(sources({ configMaps: list(endpoint(host)) })).state).toBe('missing');
    }
  });
});

describe('addresses of API servers', () => {
  it.each([
    ['https://API.example.com', 'api.example.com:443', ''],
    ['https://api.example.com:443/', 'api.example.com:443', ''],
    ['http://10.0.0.1', '10.0.0.1:80', ''],
    ['10.0.0.1:6443', '10.0.0.1:6443', ''],
    ['https://[FD00:0:0::1]:6443', '[fd00::1]:6443', ''],
    ['https://rancher.example.com/k8s/clusters/c-1/', 'rancher.example.com:443', '/k8s/clusters/c-1'],
  ])('%s is %s%s', (server, hostPort, path) => {
    expect(serverAddress(server)).toMatchObject({ hostPort, path });
  });

  it.each(['', 'https://', 'https://a b', '10.0.0.1:99999'])('%j is none', (server) => {
    expect(serverAddress(server)).toBeNull();
  });

  it.each([
    'localhost',
    '127.0.0.1',
    '127.8.8.8',
    '0.0.0.0',
    '169.254.20.10',
    '[::1]',
    '[::]',
    '[fe80::1]',
    '[::ffff:7f00:1]',
    'kubernetes',
    'kubernetes.default',
    'kubernetes.default.svc',
    'kubernetes.default.svc.corp.internal',
    'api.kube-system.svc',
    'node-1.cluster.local',
  ])('%s means something else elsewhere', (host) => {
    expect(isLocalHost(host)).toBe(true);
  });

  it.each([
    '10.0.0.1',
    '128.0.0.1',
    '169.253.0.1',
    '[fd00::1]',
    '[ff02::1]',
    'api.svc.example.com',
    'kubernetes.example.com',
    'localhost.example.com',
  ])('%s means the same everywhere', (host) => {
    expect(isLocalHost(host)).toBe(false);
  });
});

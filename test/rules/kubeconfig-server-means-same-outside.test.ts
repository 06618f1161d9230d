// Cases of kubeconfig-server-means-same-outside: loopback, Service addresses and ports of API servers.

import rule from '../../rules/kubeconfig-server-means-same-outside.ts';
import { clusterCredentials } from '../kit/credentials.ts';
import { accessSecret, accountToken, changed, healthyMesh, type Manifest, without } from '../kit/objects.ts';
import { testRule } from '../kit/test-rule.ts';

const two = healthyMesh(['east', 'west']) as { east: Manifest[]; west: Manifest[] };
const SECRET = 'remote-cluster-secret-west';
/** East with that server in its kubeconfig for west. */
function serving(server: string): Manifest[] {
  const kubeconfig = clusterCredentials('west').kubeconfig({ server, token: accountToken('west') });
  return changed(two.east, 'Secret', SECRET, { data: accessSecret('west', { kubeconfig }).data });
}
function service(name: string, clusterIP: string, annotations: Record<string, string> = {}): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: 'default', annotations },
    spec: { clusterIPs: [clusterIP] },
  };
}
const federated = service('shop', '10.96.7.7', { 'federation.tigera.io/serviceSelector': "app == 'shop'" });
const AT = [`east Secret/${SECRET} data.kubeconfig`];

testRule(rule, [
  { title: 'passes for an address that means the same everywhere', clusters: two, verdict: 'pass' },
  {
    title: 'fails for a loopback address',
    clusters: { ...two, east: serving('https://127.0.0.1:6443') },
    verdict: { east: 'fail', west: 'pass' },
    says: ['local'],
    at: AT,
  },
  {
    title: 'fails for the name of the API server inside its cluster',
    clusters: { ...two, east: serving('https://kubernetes.default.svc:443') },
    verdict: 'fail',
    says: ['local'],
  },
  {
    title: 'fails for the address of a Service of its own cluster, which may have it as clusterIP alone',
    clusters: {
      ...two,
      east: [
        ...serving('https://10.96.0.1'),
        {
          apiVersion: 'v1',
          kind: 'Service',
          metadata: { name: 'kubernetes', namespace: 'default' },
          spec: { clusterIP: '10.96.0.1' },
        },
      ],
    },
    verdict: { east: 'fail', west: 'pass' },
    says: ['service'],
    at: AT,
  },
  {
    title: 'fails for the address of a Service of the remote',
    clusters: { east: serving('https://10.96.0.1'), west: [...two.west, service('kubernetes', '10.96.0.1')] },
    verdict: { east: 'fail', west: 'pass' },
    says: ['service'],
    at: AT,
    text: ['a Service of west'],
  },
  {
    title: 'fails for the first address of a range of Services, in ServiceCIDR or kubeadm-config',
    clusters: {
      east: [
        ...serving('https://[fd00:96::1]'),
        {
          apiVersion: 'networking.k8s.io/v1',
          kind: 'ServiceCIDR',
          metadata: { name: 'kubernetes' },
          spec: { cidrs: ['10.97.0.0/16', 'fd00:96::/108'] },
        },
      ],
      west: [
        ...changed(two.west, 'Secret', 'remote-cluster-secret-east', {
          data: accessSecret('east', {
            kubeconfig: clusterCredentials('east').kubeconfig({
              server: 'https://10.98.0.1',
              token: accountToken('east'),
            }),
          }).data,
        }),
        {
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: { name: 'kubeadm-config', namespace: 'kube-system' },
          data: { ClusterConfiguration: 'networking:\n  serviceSubnet: 10.98.0.0/16,fd00:98::/108\n' },
        },
      ],
    },
    verdict: 'fail',
    says: ['service', 'service'],
  },
  {
    title: 'an address inside the range of Services that is no Service is left alone',
    clusters: { east: serving('https://10.96.44.5:6443'), west: [...two.west, service('kubernetes', '10.96.0.1')] },
    verdict: 'pass',
  },
  {
    title: 'fails for a port that calico-kube-controllers cannot reach, where Services are federated',
    clusters: { ...two, east: [...serving('https://api.west.example.com:8443'), federated] },
    verdict: { east: 'fail', west: 'pass' },
    says: ['port'],
    text: ['has port 8443'],
  },
  {
    title: 'leaves the port alone where no Service is federated',
    clusters: { ...two, east: serving('https://api.west.example.com:8443') },
    verdict: 'pass',
  },
  {
    title: 'does not concern a Secret that was not read; remotes are needed',
    clusters: { east: without(two.east, 'Secret'), west: without(two.west, 'RemoteClusterConfiguration') },
    verdict: { east: 'not-applicable', west: 'unknown' },
    says: ['missingInput'],
  },
]);

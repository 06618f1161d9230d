// Cases of remotes-lead-elsewhere: remotes that lead home, or to one cluster twice.

import rule from '../../rules/remotes-lead-elsewhere.ts';
import { clusterCredentials } from '../kit/credentials.ts';
import { accessSecret, changed, healthyCluster, healthyMesh, type Manifest, remote, without } from '../kit/objects.ts';
import { testRule } from '../kit/test-rule.ts';

const two = healthyMesh(['east', 'west']) as { east: Manifest[]; west: Manifest[] };
const three = healthyMesh(['east', 'north', 'west']) as { east: Manifest[]; north: Manifest[]; west: Manifest[] };
const RCC = 'RemoteClusterConfiguration';

/** The Secret for one peer with the content of another's. */
function swapped(objects: readonly Manifest[], peer: string, by: string): Manifest[] {
  return changed(objects, 'Secret', `remote-cluster-secret-${peer}`, { data: accessSecret(by).data });
}
const nameless = (objects: readonly Manifest[]) =>
  without(without(without(objects, 'ConfigMap'), 'ServiceAccount'), 'Secret', 'tigera-federation-remote-cluster');
const noRemotes = { apiVersion: 'projectcalico.org/v3', kind: 'RemoteClusterConfigurationList', items: [] };
const reuse = (name: string, secret: string): Manifest =>
  remote(name, 'Enabled', { clusterAccessSecret: { kind: 'Secret', name: secret, namespace: 'calico-system' } });

testRule(rule, [
  { title: 'passes where every remote leads to another cluster', clusters: three, verdict: 'pass' },
  {
    title: 'fails for a remote that leads to its own cluster, at the kubeconfig',
    clusters: { ...two, west: swapped(two.west, 'east', 'west') },
    verdict: { east: 'pass', west: 'fail' },
    says: ['itself'],
    at: ['west Secret/remote-cluster-secret-east data.kubeconfig'],
  },
  {
    title: 'fails once for two remotes that lead to one cluster, at the one too many',
    clusters: { ...two, east: [...two.east, reuse('west-again', 'remote-cluster-secret-west')] },
    verdict: { east: 'fail', west: 'pass' },
    says: ['duplicate'],
    at: [`east ${RCC}/west-again`],
    text: ['RemoteClusterConfigurations west, west-again of east all lead to west'],
  },
  {
    title: 'a remote with the name of another cluster of the input has the wrong kubeconfig',
    clusters: { ...three, east: swapped(three.east, 'north', 'west') },
    verdict: { east: 'fail', north: 'pass', west: 'pass' },
    says: ['duplicate'],
    at: ['east Secret/remote-cluster-secret-north data.kubeconfig'],
  },
  {
    title: 'a remote with the name of another cluster that refers to the Secret of the first has the wrong reference',
    clusters: {
      ...three,
      east: [
        ...without(three.east, 'RemoteClusterConfiguration', 'north'),
        reuse('north', 'remote-cluster-secret-west'),
      ],
    },
    verdict: { east: 'fail', north: 'pass', west: 'pass' },
    says: ['duplicate'],
    at: [`east ${RCC}/north spec.clusterAccessSecret.name`],
  },
  {
    title: 'two remotes with one Secret lead to one cluster, whichever it is',
    clusters: {
      east: without([...nameless(two.east), reuse('a', 'shared'), reuse('b', 'shared')], 'Secret'),
      west: two.west,
    },
    verdict: { east: 'fail', west: 'pass' },
    says: ['sameConnection', 'missingInput', 'missingInput'],
    text: ['RemoteClusterConfigurations a, b of east all lead to the same cluster, by Secret calico-system/shared'],
  },
  {
    title: 'two kubeconfigs with one token, one account or one server lead to one cluster',
    clusters: {
      east: [
        ...nameless(two.east),
        reuse('copy', 'copy'),
        { ...accessSecret('west'), metadata: { name: 'copy', namespace: 'calico-system' } },
      ],
      west: [
        ...nameless(two.west),
        ...['one', 'two'].flatMap((name) => {
          const ca = clusterCredentials('other').caPem;
          const kubeconfig = clusterCredentials('x').kubeconfig({
            server: 'https://api.x:6443',
            ca,
            token: `opaque-${name}`,
          });
          const secret = { ...accessSecret('x', { kubeconfig }), metadata: { name, namespace: 'calico-system' } };
          return [reuse(name, name), secret];
        }),
      ],
    },
    verdict: 'fail',
    says: ['sameConnection', 'sameConnection', 'missingInput', 'missingInput'],
    text: ['by their token', 'by their server https://api.x:6443'],
  },
  {
    title: 'a token that was made anew is still of the same account',
    clusters: {
      east: [
        ...nameless(two.east),
        ...['one', 'two'].flatMap((name) => {
          const token = clusterCredentials('x').serviceAccountToken({ uid: 'u-1', secret: name });
          const kubeconfig = clusterCredentials(name).kubeconfig({ server: `https://${name}.x:6443`, token });
          const secret = { ...accessSecret('x', { kubeconfig }), metadata: { name, namespace: 'calico-system' } };
          return [reuse(name, name), secret];
        }),
      ],
      west: two.west,
    },
    verdict: { east: 'fail', west: 'pass' },
    says: ['sameConnection', 'missingInput'],
    text: ['by the UID of their ServiceAccount'],
  },
  {
    title: 'a remote that leads out of the input leads to another cluster',
    clusters: { east: healthyCluster({ name: 'east', index: 1, peers: ['west', 'stranger'] }), west: two.west },
    verdict: 'pass',
  },
  {
    title: 'is unknown where two remotes may lead to the same cluster outside, by two addresses',
    clusters: {
      ...two,
      east: [
        ...two.east,
        ...['one', 'two'].flatMap((name) => {
          const token = clusterCredentials('stranger').serviceAccountToken({ uid: `u-${name}` });
          const kubeconfig = clusterCredentials('stranger').kubeconfig({
            server: `https://${name}.example.com`,
            token,
          });
          const secret = { ...accessSecret('x', { kubeconfig }), metadata: { name, namespace: 'calico-system' } };
          return [reuse(name, name), secret];
        }),
      ],
    },
    verdict: { east: 'unknown', west: 'pass' },
    says: ['untold'],
    text: ['nothing tells it from another that leads out of the input'],
  },
  {
    title: 'is unknown where nothing tells who the clusters are',
    clusters: { east: nameless(two.east), west: nameless(two.west) },
    verdict: 'unknown',
    says: ['missingInput', 'missingInput'],
  },
  {
    title: 'two remotes with different CAs lead to different clusters, whichever these are',
    clusters: {
      ...three,
      east: swapped(three.east, 'north', 'stranger'),
      north: swapped(three.north, 'east', 'stranger'),
      west: nameless(three.west),
    },
    verdict: { east: 'pass', north: 'pass', west: 'unknown' },
    says: ['missingInput'],
  },
  {
    title: 'is unknown where nothing keeps a remote from leading home',
    clusters: {
      ...two,
      west: changed(two.west, 'Secret', 'remote-cluster-secret-east', {
        data: accessSecret('east', {
          kubeconfig: clusterCredentials('east').kubeconfig({ token: 'opaque', ca: 'none' }),
        }).data,
      }),
    },
    verdict: { east: 'pass', west: 'unknown' },
    says: ['untold'],
  },
  {
    title: 'is unknown where the remotes were not read',
    clusters: { ...two, west: without(two.west, RCC) },
    verdict: { east: 'pass', west: 'unknown' },
    says: ['missingInput'],
  },
  {
    title: 'does not concern a cluster without remotes',
    clusters: { ...two, west: { 'all.yaml': without(two.west, RCC), 'remotes.yaml': [noRemotes] } },
    verdict: { east: 'pass', west: 'not-applicable' },
  },
  {
    title: 'is judged for one cluster alone: its own identity is enough',
    clusters: { east: two.east },
    verdict: 'pass',
  },
]);

// Cases of remotes-lead-both-ways: missing ways, and ways of which nobody can tell.

import rule from '../../rules/remotes-lead-both-ways.ts';
import { changed, encode, healthyCluster, healthyMesh, type Manifest, without } from '../kit/objects.ts';
import { testRule } from '../kit/test-rule.ts';

const two = healthyMesh(['east', 'west']) as { east: Manifest[]; west: Manifest[] };
const three = healthyMesh(['east', 'north', 'west']) as { east: Manifest[]; north: Manifest[]; west: Manifest[] };
const four = healthyMesh(['a', 'b', 'c', 'd']) as { a: Manifest[]; b: Manifest[]; c: Manifest[]; d: Manifest[] };
const RCC = 'RemoteClusterConfiguration';
const noRemotes = { apiVersion: 'projectcalico.org/v3', kind: 'RemoteClusterConfigurationList', items: [] };
/** The list is in the export, and empty. */
const listed = (objects: readonly Manifest[]) => ({ 'all.yaml': [...objects], 'remotes.yaml': [noRemotes] });

/** Nothing in the export tells who the cluster is. */
const nameless = (objects: readonly Manifest[]) =>
  without(without(without(objects, 'ConfigMap'), 'ServiceAccount'), 'Secret', 'tigera-federation-remote-cluster');

testRule(rule, [
  { title: 'passes for two clusters that lead to each other', clusters: two, verdict: 'pass' },
  { title: 'passes for a full mesh of three', clusters: three, verdict: 'pass' },
  {
    title: 'goes by where remotes lead, not by their names',
    clusters: {
      east: changed(two.east, RCC, 'west', { metadata: { name: 'anything' } }),
      west: two.west,
    },
    verdict: 'pass',
  },
  {
    title: 'fails for the cluster that lacks the way back',
    clusters: { east: two.east, west: listed(without(two.west, RCC)) },
    verdict: { east: 'pass', west: 'fail' },
    says: ['oneWay'],
    at: [`west ${RCC}/east`],
    blames: ['west'],
    text: ['no RemoteClusterConfiguration of west leads to east'],
  },
  {
    title: 'tells one cluster without any remote once, not once for each other cluster',
    clusters: { ...three, north: listed(without(three.north, RCC)) },
    verdict: 'fail',
    says: ['oneWay'],
    blames: ['north'],
    text: ['leads to east, west'],
  },
  {
    title: 'tells two clusters that are not connected once',
    clusters: { ...three, north: without(three.north, RCC, 'west'), west: without(three.west, RCC, 'north') },
    verdict: 'fail',
    says: ['unconnected'],
    blames: ['north west'],
  },
  {
    title: 'tells a cluster that nobody is connected with once',
    clusters: {
      east: without(three.east, RCC, 'north'),
      north: listed(without(three.north, RCC)),
      west: without(three.west, RCC, 'north'),
    },
    verdict: 'fail',
    says: ['unconnected'],
    blames: ['north'],
    text: ['from north to east, west or back'],
  },
  {
    title: 'blames all of two islands, for none of them is odd',
    clusters: {
      a: without(without(four.a, RCC, 'c'), RCC, 'd'),
      b: without(without(four.b, RCC, 'c'), RCC, 'd'),
      c: without(without(four.c, RCC, 'a'), RCC, 'b'),
      d: without(without(four.d, RCC, 'a'), RCC, 'b'),
    },
    verdict: 'fail',
    says: ['unconnected', 'unconnected'],
    blames: ['a c d', 'b c d'],
  },
  {
    title: 'fails once for a mesh without any remote',
    clusters: { east: listed(without(two.east, RCC)), west: listed(without(two.west, RCC)) },
    verdict: 'fail',
    says: ['noRemotes'],
    blames: ['east west'],
  },
  {
    title: 'a remote that leads to its own cluster is no way to the other',
    clusters: {
      east: two.east,
      west: changed(two.west, 'Secret', 'remote-cluster-secret-east', {
        data: (two.east.find((o) => o.metadata.name === 'remote-cluster-secret-west') as Manifest).data,
      }),
    },
    verdict: { east: 'pass', west: 'fail' },
    says: ['oneWay'],
  },
  {
    title: 'is unknown where the remotes of a cluster were not read',
    clusters: { east: two.east, west: without(two.west, RCC) },
    verdict: 'unknown',
    says: ['missingInput'],
  },
  {
    title: 'a missing way is certain whatever the other cluster has',
    clusters: { east: listed(without(two.east, RCC)), west: without(two.west, RCC) },
    verdict: { east: 'fail', west: 'unknown' },
    says: ['oneWay', 'missingInput'],
    blames: ['east', 'west'],
  },
  {
    title: 'is unknown where nothing tells who the clusters are',
    clusters: { east: nameless(two.east), west: nameless(two.west) },
    verdict: 'unknown',
    says: ['missingInput', 'missingInput'],
  },
  {
    title: 'is unknown for the cluster that nothing tells, and for those that may lead there',
    clusters: { ...three, west: nameless(three.west) },
    verdict: 'unknown',
    says: ['missingInput', 'untold', 'untold'],
    blames: ['west', 'east', 'north'],
    text: ['nothing that was read of west matches it or rules it out'],
  },
  {
    title: 'is unknown where the Secrets were not read',
    clusters: { east: two.east, west: without(two.west, 'Secret') },
    verdict: { east: 'pass', west: 'unknown' },
    says: ['missingInput'],
  },
  {
    title: 'is unknown, not failed, where the Secret does not exist or holds nothing',
    clusters: {
      east: without(two.east, 'Secret', 'remote-cluster-secret-west'),
      west: changed(two.west, 'Secret', 'remote-cluster-secret-east', { data: { kubeconfig: encode('') } }),
    },
    verdict: 'unknown',
    says: ['untold', 'untold'],
    text: ['does not exist', 'holds no kubeconfig'],
  },
  {
    title: 'is unknown where a remote leads out of the input, though all inside is connected',
    clusters: { east: healthyCluster({ name: 'east', index: 1, peers: ['west', 'stranger'] }), west: two.west },
    verdict: { east: 'unknown', west: 'pass' },
    says: ['outside'],
  },
  {
    title: 'fails where the only remote leads out of the input for certain',
    clusters: { east: healthyCluster({ name: 'east', index: 1, peers: ['stranger'] }), west: two.west },
    verdict: 'fail',
    says: ['oneWay', 'outside'],
    blames: ['east', 'east'],
  },
  {
    title: 'one cluster alone has nothing to be connected with',
    clusters: { east: two.east },
    verdict: 'unknown',
    says: ['nothingToCompare'],
  },
  {
    title: 'does not ask for ways back where the network routes',
    clusters: healthyMesh(['east', 'west'], { routing: 'underlay' }),
    verdict: 'not-applicable',
  },
]);

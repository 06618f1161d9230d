// Cases of kubeconfig-names-one-cluster: kubeconfigs put together from parts of several clusters.

import rule from '../../rules/kubeconfig-names-one-cluster.ts';
import { clusterCredentials } from '../kit/credentials.ts';
import { accessSecret, accountToken, changed, healthyMesh, type Manifest, serverOf, without } from '../kit/objects.ts';
import { testRule } from '../kit/test-rule.ts';

const three = healthyMesh(['east', 'north', 'west']) as { east: Manifest[]; north: Manifest[]; west: Manifest[] };
const RCC = 'RemoteClusterConfiguration';
const noRemotes = { apiVersion: 'projectcalico.org/v3', kind: 'RemoteClusterConfigurationList', items: [] };

/** East's Secret for a peer with a kubeconfig put together from parts. */
function eastWith(peer: string, parts: { server: string; ca: string; token: string }): Manifest[] {
  const kubeconfig = clusterCredentials(peer).kubeconfig({
    server: serverOf(parts.server),
    ca: clusterCredentials(parts.ca).caPem,
    token: accountToken(parts.token),
  });
  return changed(three.east, 'Secret', `remote-cluster-secret-${peer}`, {
    data: accessSecret(peer, { kubeconfig }).data,
  });
}

testRule(rule, [
  { title: 'passes where all parts are of one cluster', clusters: three, verdict: 'pass' },
  {
    title: 'fails for the CA of one cluster and the token of another',
    clusters: { ...three, east: eastWith('west', { server: 'west', ca: 'west', token: 'north' }) },
    verdict: { east: 'fail', north: 'pass', west: 'pass' },
    says: ['contradiction'],
    at: ['east Secret/remote-cluster-secret-west data.kubeconfig'],
    blames: ['east'],
    text: ['token of north', 'CA of west'],
  },
  {
    title: 'fails for an own token that was taken for that of the peer',
    clusters: { ...three, east: eastWith('west', { server: 'west', ca: 'west', token: 'east' }) },
    verdict: 'fail',
    says: ['contradiction'],
  },
  {
    title: 'a foreign CA that is of no cluster contradicts nothing',
    clusters: { ...three, east: eastWith('west', { server: 'west', ca: 'stranger', token: 'west' }) },
    verdict: 'pass',
  },
  {
    title: 'notes names that suggest another cluster where kubeconfigs are exchanged',
    clusters: {
      ...three,
      east: changed(
        eastWith('west', { server: 'north', ca: 'north', token: 'north' }),
        'Secret',
        'remote-cluster-secret-north',
        { data: accessSecret('west').data },
      ),
    },
    verdict: 'pass',
    says: ['otherName', 'otherName'],
    at: [`east ${RCC}/north`, `east ${RCC}/west`],
  },
  {
    title: 'notes no name where two remotes lead to one cluster, which is told elsewhere',
    clusters: { ...three, east: eastWith('west', { server: 'north', ca: 'north', token: 'north' }) },
    verdict: 'pass',
  },
  {
    title: 'is unknown where the remotes were not read, and does not concern a cluster without any',
    clusters: {
      east: without(three.east, RCC),
      north: { 'all.yaml': without(three.north, RCC), 'remotes.yaml': [noRemotes] },
      west: three.west,
    },
    verdict: { east: 'unknown', north: 'not-applicable', west: 'pass' },
    says: ['missingInput'],
  },
]);

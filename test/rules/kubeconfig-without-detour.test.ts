// Cases of kubeconfig-without-detour: proxies and other names of the server.

import rule from '../../rules/kubeconfig-without-detour.ts';
import { clusterCredentials } from '../kit/credentials.ts';
import { accessSecret, accountToken, changed, healthyMesh, type Manifest, serverOf, without } from '../kit/objects.ts';
import { testRule } from '../kit/test-rule.ts';

const two = healthyMesh(['east', 'west']) as { east: Manifest[]; west: Manifest[] };
const SECRET = 'remote-cluster-secret-west';
const healthy = clusterCredentials('west').kubeconfig({ server: serverOf('west'), token: accountToken('west') });
function setting(fields: string) {
  const kubeconfig = healthy.replace(/ {4}server:/, `    ${fields}\n    server:`);
  return { ...two, east: changed(two.east, 'Secret', SECRET, { data: accessSecret('west', { kubeconfig }).data }) };
}

testRule(rule, [
  { title: 'says nothing about a direct connection', clusters: two, verdict: 'pass' },
  {
    title: 'notes a proxy and another server name, and judges neither',
    clusters: setting('proxy-url: http://gate:3128\n    tls-server-name: api.west'),
    verdict: 'pass',
    says: ['detour'],
    at: [`east Secret/${SECRET} data.kubeconfig`],
    text: ['sets proxy-url and tls-server-name'],
  },
  {
    title: 'does not concern a Secret that was not read; remotes are needed',
    clusters: { east: without(two.east, 'Secret'), west: without(two.west, 'RemoteClusterConfiguration') },
    verdict: { east: 'not-applicable', west: 'unknown' },
    says: ['missingInput'],
  },
]);

// Cases of kubeconfig-self-contained: files and programs in place of credentials.

import rule from '../../rules/kubeconfig-self-contained.ts';
import { clusterCredentials } from '../kit/credentials.ts';
import { accessSecret, accountToken, changed, healthyMesh, type Manifest, serverOf, without } from '../kit/objects.ts';
import { testRule } from '../kit/test-rule.ts';

const two = healthyMesh(['east', 'west']) as { east: Manifest[]; west: Manifest[] };
const SECRET = 'remote-cluster-secret-west';
const healthy = clusterCredentials('west').kubeconfig({ server: serverOf('west'), token: accountToken('west') });
function edited(line: RegExp, by: string) {
  const kubeconfig = healthy.replace(line, by);
  return { ...two, east: changed(two.east, 'Secret', SECRET, { data: accessSecret('west', { kubeconfig }).data }) };
}

testRule(rule, [
  { title: 'passes where everything is inline', clusters: two, verdict: 'pass' },
  {
    title: 'fails for a credential of a program',
    clusters: edited(/token: .*/, 'exec: {apiVersion: client.authentication.k8s.io/v1, command: aws}'),
    verdict: { east: 'fail', west: 'pass' },
    says: ['program'],
    at: [`east Secret/${SECRET} data.kubeconfig`],
    text: ['fetches its credential with exec'],
  },
  {
    title: 'fails once for files of a client certificate',
    clusters: edited(/token: .*/, 'client-certificate: /a.crt\n    client-key: /a.key'),
    verdict: 'fail',
    says: ['file'],
    text: ['with client-certificate, client-key'],
  },
  {
    title: 'fails for a CA file',
    clusters: edited(/certificate-authority-data: .*/, 'certificate-authority: ca.crt'),
    verdict: 'fail',
    says: ['file'],
  },
  {
    title: 'does not concern a Secret that was not read; remotes are needed',
    clusters: { east: without(two.east, 'Secret'), west: without(two.west, 'RemoteClusterConfiguration') },
    verdict: { east: 'not-applicable', west: 'unknown' },
    says: ['missingInput'],
  },
]);

// Cases of kubeconfig-token-lasting: tokens before and after they expire.

import rule from '../../rules/kubeconfig-token-lasting.ts';
import { clusterCredentials, uuid } from '../kit/credentials.ts';
import { ACCOUNT, accessSecret, changed, healthyMesh, type Manifest, serverOf, without } from '../kit/objects.ts';
import { testRule } from '../kit/test-rule.ts';

const two = healthyMesh(['east', 'west']) as { east: Manifest[]; west: Manifest[] };
const SECRET = 'remote-cluster-secret-west';
const west = clusterCredentials('west');
/** East with a token of the TokenRequest API that expires then. */
function expiring(exp: number): Manifest[] {
  const account = { name: ACCOUNT, uid: uuid(`west ${ACCOUNT}`) };
  const token = west.token({ exp, 'kubernetes.io': { namespace: 'calico-system', serviceaccount: account } });
  const kubeconfig = west.kubeconfig({ server: serverOf('west'), token });
  return changed(two.east, 'Secret', SECRET, { data: accessSecret('west', { kubeconfig }).data });
}
const noon = Date.parse('2026-06-01T12:00:00Z') / 1000;
const AT = [`east Secret/${SECRET} data.kubeconfig`];

testRule(rule, [
  { title: 'passes for a long-lived token', clusters: two, verdict: 'pass' },
  {
    title: 'warns for a token that will expire',
    clusters: { ...two, east: expiring(noon) },
    options: { at: '2026-06-01T11:59:59Z' },
    verdict: { east: 'warn', west: 'pass' },
    says: ['expires'],
    at: AT,
    text: ['expires at 2026-06-01T12:00:00Z'],
  },
  {
    title: 'fails for a token that has expired',
    clusters: { ...two, east: expiring(noon) },
    options: { at: '2026-06-01T12:00:00Z' },
    verdict: { east: 'fail', west: 'pass' },
    says: ['expired'],
    at: AT,
  },
  {
    title: 'a time beyond every calendar is one, too',
    clusters: { ...two, east: expiring(1e300) },
    verdict: 'warn',
    says: ['expires'],
    text: ['no time on a calendar'],
  },
  {
    title: 'does not concern a Secret that was not read; remotes are needed',
    clusters: { east: without(two.east, 'Secret'), west: without(two.west, 'RemoteClusterConfiguration') },
    verdict: { east: 'not-applicable', west: 'unknown' },
    says: ['missingInput'],
  },
]);

// Cases of kubeconfig-trusts-remote: foreign, expired and unused CAs.

import rule from '../../rules/kubeconfig-trusts-remote.ts';
import { clusterCredentials } from '../kit/credentials.ts';
import { accessSecret, accountToken, changed, healthyMesh, type Manifest, serverOf, without } from '../kit/objects.ts';
import { testRule } from '../kit/test-rule.ts';

const two = healthyMesh(['east', 'west']) as { east: Manifest[]; west: Manifest[] };
const SECRET = 'remote-cluster-secret-west';
const west = clusterCredentials('west');
/** East with that CA in its kubeconfig for west. */
function trusting(ca: string, more: readonly [RegExp, string] = [/$/, '']): Manifest[] {
  const kubeconfig = west.kubeconfig({ server: serverOf('west'), token: accountToken('west'), ca }).replace(...more);
  return changed(two.east, 'Secret', SECRET, { data: accessSecret('west', { kubeconfig }).data });
}
const AT = [`east Secret/${SECRET} data.kubeconfig`];

testRule(rule, [
  { title: 'passes for the CA of the remote', clusters: two, verdict: 'pass' },
  {
    title: 'passes for a bundle that holds the CA of the remote',
    clusters: {
      ...two,
      east: trusting(clusterCredentials('old', { notAfter: '2020-01-01T00:00:00Z' }).caPem + west.caPem),
    },
    verdict: 'pass',
  },
  {
    title: 'fails for a CA that is not that of the remote',
    clusters: { ...two, east: trusting(clusterCredentials('stranger').caPem) },
    verdict: { east: 'fail', west: 'pass' },
    says: ['foreign'],
    at: AT,
    text: ['is not that of west, where its token leads'],
  },
  {
    title: 'fails once for an expired CA',
    clusters: { ...two, east: trusting(clusterCredentials('west', { notAfter: '2025-12-31T00:00:00Z' }).caPem) },
    options: { at: '2026-01-01T00:00:00Z' },
    verdict: 'fail',
    says: ['expired'],
    text: ['expired on 2025-12-31'],
  },
  {
    title: 'the day before, the CA is only another one',
    clusters: { ...two, east: trusting(clusterCredentials('west', { notAfter: '2025-12-31T00:00:00Z' }).caPem) },
    options: { at: '2025-12-30T00:00:00Z' },
    verdict: 'fail',
    says: ['foreign'],
  },
  {
    title: 'warns where TLS verification is switched off, whatever the CA',
    clusters: {
      ...two,
      east: trusting(clusterCredentials('stranger').caPem, [
        / {4}server:/,
        '    insecure-skip-tls-verify: true\n    server:',
      ]),
    },
    verdict: { east: 'warn', west: 'pass' },
    says: ['unverified'],
    at: AT,
  },
  {
    title: 'compares nothing where the CA of the remote was not read',
    clusters: {
      east: trusting(clusterCredentials('stranger').caPem),
      west: changed(without(two.west, 'ConfigMap'), 'Secret', 'tigera-federation-remote-cluster', {
        data: { 'ca.crt': null },
      }),
    },
    verdict: 'pass',
  },
  {
    title: 'does not concern a Secret that was not read; remotes are needed',
    clusters: { east: without(two.east, 'Secret'), west: without(two.west, 'RemoteClusterConfiguration') },
    verdict: { east: 'not-applicable', west: 'unknown' },
    says: ['missingInput'],
  },
]);

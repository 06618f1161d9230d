// Cases of federation-account-as-documented: differences that break nothing.

import rule from '../../rules/federation-account-as-documented.ts';
import { ACCOUNT, changed, federationRole, healthyMesh, without } from '../kit/objects.ts';
import { testRule } from '../kit/test-rule.ts';

const { a = [], b = [] } = healthyMesh(['a', 'b']);
const old = healthyMesh(['a', 'b'], { version: 'v3.19.4' });
const underlay = healthyMesh(['a', 'b', 'c'], { routing: 'underlay' });
const version = { status: { calicoVersion: 'v3.22.1' } };
const [core, calico] = (federationRole() as unknown as { readonly rules: readonly Record<string, unknown>[] }).rules;

testRule(rule, [
  { title: 'passes with the account in calico-system from 3.21 on', clusters: { a, b }, verdict: 'pass' },
  { title: 'passes with the account in kube-system up to 3.20', clusters: old, verdict: 'pass' },
  {
    title: 'notes the account of an older version in a newer cluster',
    clusters: { ...old, b: changed(old.b ?? [], 'Installation', 'default', version) },
    verdict: 'pass',
    says: ['otherNamespace'],
    at: [`b ServiceAccount/${ACCOUNT} metadata.namespace`],
    text: ['is in namespace kube-system, the manifests of this version have it in calico-system'],
  },
  {
    title: 'notes a role without services as long as nobody federates services',
    clusters: {
      a,
      b: changed(b, 'ClusterRole', ACCOUNT, {
        rules: [{ ...core, resources: ['namespaces', 'serviceaccounts', 'pods', 'nodes'] }, calico],
      }),
    },
    verdict: 'pass',
    says: ['noServices'],
    text: ['may not read endpoints and services'],
  },
  {
    title: 'does not apply in underlay to a cluster that no remote leads to',
    clusters: {
      a: without(underlay.a ?? [], 'RemoteClusterConfiguration', 'c'),
      b: without(underlay.b ?? [], 'RemoteClusterConfiguration', 'c'),
      c: without(underlay.c ?? [], 'ClusterRole'),
    },
    verdict: { a: 'pass', b: 'pass', c: 'not-applicable' },
  },
  {
    title: 'leaves it to other rules that the roles were not read',
    clusters: { a, b: without(b, 'ClusterRole') },
    verdict: 'pass',
  },
]);

// Cases of federation-tokens-minted: token Secrets that Kubernetes fills, and those that it does not.

import rule from '../../rules/federation-tokens-minted.ts';
import { ACCOUNT, changed, healthyMesh, type Manifest, without } from '../kit/objects.ts';
import { testRule } from '../kit/test-rule.ts';

const { a = [], b = [] } = healthyMesh(['a', 'b']);
const underlay = healthyMesh(['a', 'b', 'c'], { routing: 'underlay' });
const ANNOTATION = 'kubernetes.io/service-account.name';
const token = (patch: Readonly<Record<string, unknown>>, objects: readonly Manifest[] = b) => ({
  a,
  b: changed(objects, 'Secret', ACCOUNT, patch),
});
const failsAt = (path: string) =>
  ({ verdict: { a: 'pass', b: 'fail' }, at: [`b Secret/${ACCOUNT} ${path}`], blames: ['b'] }) as const;
const account = (namespace: string, name: string): Manifest => ({
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: { name, namespace },
});
const unminted = { data: null, metadata: { annotations: { 'kubernetes.io/service-account.uid': null } } };

testRule(rule, [
  { title: 'passes with the documented Secret', clusters: { a, b }, verdict: 'pass' },
  { title: 'passes where no such Secret was read', clusters: { a, b: without(b, 'Secret', ACCOUNT) }, verdict: 'pass' },
  { title: 'passes for one that has not been filled yet', clusters: token(unminted), verdict: 'pass' },
  {
    title: 'fails for another type',
    clusters: token({ type: 'Opaque' }),
    ...failsAt('type'),
    says: ['type'],
    text: ['is of type Opaque'],
  },
  {
    title: 'fails for no type, which is Opaque',
    clusters: token({ type: null }),
    ...failsAt('type'),
    says: ['type'],
    text: ['is of type Opaque'],
  },
  {
    title: 'fails for an annotation that names another account',
    clusters: token({ metadata: { annotations: { [ANNOTATION]: 'tigera-federation' } } }),
    ...failsAt(`metadata.annotations["${ANNOTATION}"]`),
    says: ['annotation'],
  },
  {
    title: 'fails without the annotation',
    clusters: token({ metadata: { annotations: null } }),
    ...failsAt(`metadata.annotations["${ANNOTATION}"]`),
    says: ['noAnnotation'],
  },
  {
    title: 'fails in a namespace that proves not to have the account',
    clusters: token({ metadata: { namespace: 'default' } }, [...b, account('default', 'default')]),
    ...failsAt('metadata.namespace'),
    says: ['namespace'],
  },
  {
    title: 'leaves an account that is nowhere to the rule of the account',
    clusters: { a, b: [...without(b, 'ServiceAccount'), account('calico-system', 'default')] },
    verdict: 'pass',
  },
  {
    title: 'is unknown in a namespace whose accounts were not exported, as long as no token was minted',
    clusters: token({ ...unminted, metadata: { ...unminted.metadata, namespace: 'default' } }),
    verdict: { a: 'pass', b: 'unknown' },
    says: ['untold'],
  },
  {
    title: 'passes there once a token was minted',
    clusters: token({ metadata: { namespace: 'default' } }),
    verdict: 'pass',
  },
  {
    title: 'does not mind a wrong one beside a right one',
    clusters: {
      a,
      b: [
        ...b,
        {
          apiVersion: 'v1',
          kind: 'Secret',
          type: 'Opaque',
          metadata: { name: 'second', namespace: 'calico-system', annotations: { [ANNOTATION]: ACCOUNT } },
        },
      ],
    },
    verdict: 'pass',
  },
  {
    title: 'does not take an access Secret of the same name for a token Secret',
    clusters: {
      a,
      b: [
        ...without(b, 'Secret', ACCOUNT),
        {
          apiVersion: 'v1',
          kind: 'Secret',
          type: 'Opaque',
          metadata: { name: ACCOUNT, namespace: 'x' },
          data: { kubeconfig: '' },
        },
      ],
    },
    verdict: 'pass',
  },
  {
    title: 'does not apply in underlay to a cluster that no remote leads to',
    clusters: {
      a: without(underlay.a ?? [], 'RemoteClusterConfiguration', 'c'),
      b: without(underlay.b ?? [], 'RemoteClusterConfiguration', 'c'),
      c: underlay.c ?? [],
    },
    verdict: { a: 'pass', b: 'pass', c: 'not-applicable' },
  },
  {
    title: 'is unknown where the accounts were not read',
    clusters: { a, b: without(b, 'ServiceAccount') },
    verdict: { a: 'pass', b: 'unknown' },
    says: ['missingInput'],
  },
]);

// Cases of kubeconfig-of-federation-account: tokens of other, earlier and unbound accounts.

import rule from '../../rules/kubeconfig-of-federation-account.ts';
import { clusterCredentials, uuid } from '../kit/credentials.ts';
import {
  ACCOUNT,
  accessSecret,
  changed,
  encode,
  federationBinding,
  healthyMesh,
  type Manifest,
  serverOf,
  tokenSecret,
  without,
} from '../kit/objects.ts';
import { testRule } from '../kit/test-rule.ts';

const two = healthyMesh(['east', 'west']) as { east: Manifest[]; west: Manifest[] };
const SECRET = 'remote-cluster-secret-west';
const west = clusterCredentials('west');
/** East with that token in its kubeconfig for west. */
function holding(token: string): Manifest[] {
  const kubeconfig = west.kubeconfig({ server: serverOf('west'), token });
  return changed(two.east, 'Secret', SECRET, { data: accessSecret('west', { kubeconfig }).data });
}
const uid = uuid(`west ${ACCOUNT}`);
const old = west.serviceAccountToken({ namespace: 'kube-system', name: ACCOUNT, uid: 'old' });
const pem = (label: string) => encode(`-----BEGIN ${label}-----\nAAAA\n-----END ${label}-----\n`);
const certificate = west
  .kubeconfig({ server: serverOf('west') })
  .replace(/token: .*/, `client-certificate-data: ${pem('CERTIFICATE')}\n    client-key-data: ${pem('PRIVATE KEY')}`);
const AT = [`east Secret/${SECRET} data.kubeconfig`];
const RBAC = 'rbac.authorization.k8s.io/v1';

testRule(rule, [
  { title: 'passes for the token of the federation account as it is', clusters: two, verdict: 'pass' },
  {
    title: 'warns for the token of another account',
    clusters: { ...two, east: holding(west.serviceAccountToken({ namespace: 'default', name: 'admin' })) },
    verdict: { east: 'warn', west: 'pass' },
    says: ['otherAccount'],
    at: AT,
    text: ['ServiceAccount default/admin'],
  },
  {
    title: 'warns for a token that is of no ServiceAccount, and for a client certificate',
    clusters: {
      east: holding('opaque'),
      west: changed(two.west, 'Secret', 'remote-cluster-secret-east', {
        data: accessSecret('east', { kubeconfig: certificate }).data,
      }),
    },
    verdict: 'warn',
    says: ['otherAccount', 'otherAccount'],
    text: ['of somebody else', 'of a client certificate'],
  },
  {
    title: 'a template is no credential of anybody',
    clusters: { ...two, east: holding('<TOKEN>') },
    verdict: 'pass',
  },
  {
    title: 'fails for a token of the account that the binding named before',
    clusters: { ...two, east: holding(old) },
    verdict: { east: 'fail', west: 'pass' },
    says: ['unbound'],
    at: AT,
    blames: ['east'],
    text: [`ServiceAccount kube-system/${ACCOUNT}, which no ClusterRoleBinding of west names`],
  },
  {
    title: 'passes where both accounts are bound',
    clusters: {
      east: holding(old),
      west: changed(two.west, 'ClusterRoleBinding', ACCOUNT, {
        subjects: ['kube-system', 'calico-system'].map((namespace) => ({
          kind: 'ServiceAccount',
          name: ACCOUNT,
          namespace,
        })),
      }),
    },
    verdict: 'pass',
  },
  {
    title: 'passes where a group grants it',
    clusters: {
      east: holding(old),
      west: [
        ...two.west,
        {
          ...federationBinding('x'),
          metadata: { name: 'group' },
          subjects: [
            { kind: 'Group', name: 'system:serviceaccounts:kube-system', apiGroup: 'rbac.authorization.k8s.io' },
          ],
        },
      ],
    },
    verdict: 'pass',
  },
  {
    title: 'a group that grants nothing of it does not count',
    clusters: {
      east: holding(old),
      west: [
        ...two.west,
        {
          apiVersion: RBAC,
          kind: 'ClusterRole',
          metadata: { name: 'discovery' },
          rules: [{ nonResourceURLs: ['/api'], verbs: ['get'] }],
        },
        {
          ...federationBinding('x'),
          metadata: { name: 'discovery' },
          roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'discovery' },
          subjects: [{ kind: 'Group', name: 'system:authenticated', apiGroup: 'rbac.authorization.k8s.io' }],
        },
      ],
    },
    verdict: 'fail',
    says: ['unbound'],
  },
  {
    title: 'a binding to an account that is not there is at fault itself, not the token',
    clusters: {
      ...two,
      west: changed(two.west, 'ClusterRoleBinding', ACCOUNT, {
        subjects: [{ kind: 'ServiceAccount', name: ACCOUNT, namespace: 'kube-system' }],
      }),
    },
    verdict: 'pass',
  },
  {
    title: 'where nothing tells which account is there, the token and the binding still do not agree',
    clusters: { east: holding(old), west: without(two.west, 'ServiceAccount') },
    verdict: 'fail',
    says: ['unbound'],
  },
  {
    title: 'says nothing of bindings that were not read',
    clusters: { east: holding(old), west: without(two.west, 'ClusterRoleBinding') },
    verdict: 'pass',
  },
  {
    title: 'fails for a token of an earlier account of the same name',
    clusters: { ...two, east: holding(west.serviceAccountToken({ name: ACCOUNT, uid: 'earlier' })) },
    verdict: { east: 'fail', west: 'pass' },
    says: ['recreated'],
    at: AT,
    text: [`is of an earlier ServiceAccount calico-system/${ACCOUNT} than west has now`],
  },
  {
    title: 'fails for another token than the Secret of the account holds now',
    clusters: {
      ...two,
      west: changed(two.west, 'Secret', ACCOUNT, {
        data: { token: encode(clusterCredentials('west with other keys').serviceAccountToken({ name: ACCOUNT, uid })) },
      }),
    },
    verdict: { east: 'fail', west: 'pass' },
    says: ['replaced'],
    at: AT,
  },
  {
    title: 'a token that expires was not minted into the Secret, whatever Secret it names',
    clusters: {
      ...two,
      east: holding(
        west.token({
          exp: Date.parse('2099-01-01T00:00:00Z') / 1000,
          'kubernetes.io/serviceaccount/namespace': 'calico-system',
          'kubernetes.io/serviceaccount/secret.name': ACCOUNT,
          'kubernetes.io/serviceaccount/service-account.name': ACCOUNT,
          'kubernetes.io/serviceaccount/service-account.uid': uid,
          sub: `system:serviceaccount:calico-system:${ACCOUNT}`,
        }),
      ),
    },
    verdict: 'pass',
  },
  {
    title: 'a token Secret whose token was taken out proves nothing',
    clusters: { ...two, west: changed(two.west, 'Secret', ACCOUNT, { data: { token: encode('removed') } }) },
    verdict: 'pass',
  },
  {
    title: 'a token of a second Secret of the account is as good',
    clusters: {
      east: holding(west.serviceAccountToken({ name: ACCOUNT, uid, secret: 'second' })),
      west: [...two.west, { ...tokenSecret('east'), metadata: { name: 'unrelated', namespace: 'calico-system' } }],
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

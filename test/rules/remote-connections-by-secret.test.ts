// Cases of remote-connections-by-secret: which connection fields of a RemoteClusterConfiguration may be set together.

import rule from '../../rules/remote-connections-by-secret.ts';
import { changed, healthyMesh, type Manifest, without } from '../kit/objects.ts';
import { testRule } from '../kit/test-rule.ts';

const mesh = healthyMesh(['a', 'b']);
const RCC = 'RemoteClusterConfiguration';

/** The spec of b's remote changed. */
const spec = (patch: Readonly<Record<string, unknown>>) => ({
  ...mesh,
  b: changed(mesh.b ?? [], RCC, 'a', { spec: patch }),
});
/** b's remote connects by these fields instead of by a secret. */
const inline = (fields: Readonly<Record<string, unknown>>) => spec({ clusterAccessSecret: null, ...fields });
const verdicts = (b: 'fail' | 'warn' | 'pass') => ({ a: 'pass', b }) as const;
const place = (field: string) => `b RemoteClusterConfiguration/a spec.${field}`;

testRule(rule, [
  { title: 'passes for a complete reference', clusters: mesh, verdict: 'pass' },
  {
    title: 'passes for a reference without a kind: name and namespace are looked up',
    clusters: spec({ clusterAccessSecret: { kind: null } }),
    verdict: 'pass',
  },
  {
    title: 'fails for a reference without a namespace',
    clusters: spec({ clusterAccessSecret: { namespace: null } }),
    verdict: verdicts('fail'),
    says: ['incomplete'],
    at: [place('clusterAccessSecret.namespace')],
    text: ['refers to its access secret without namespace'],
  },
  {
    title: 'fails once for a reference that lacks both',
    clusters: spec({ clusterAccessSecret: { name: '', namespace: null } }),
    verdict: verdicts('fail'),
    says: ['incomplete'],
    at: [place('clusterAccessSecret.name')],
  },
  {
    title: 'fails for a reference that is only a name',
    clusters: spec({ clusterAccessSecret: 'remote-cluster-secret-a' }),
    verdict: verdicts('fail'),
    says: ['shapeless'],
    at: [place('clusterAccessSecret')],
    text: ['refers to its access secret by a string instead of name and namespace'],
  },
  {
    title: 'fails for a reference that is a list',
    clusters: spec({ clusterAccessSecret: [{ kind: 'Secret', name: 'a', namespace: 'b' }] }),
    verdict: verdicts('fail'),
    says: ['shapeless'],
    at: [place('clusterAccessSecret')],
    text: ['by a list'],
  },
  {
    title: 'fails for verification switched off by a string beside the reference',
    clusters: spec({ k8sInsecureSkipTLSVerify: 'true' }),
    verdict: verdicts('fail'),
    says: ['mixed'],
    at: [place('k8sInsecureSkipTLSVerify')],
  },
  {
    title: 'warns of verification switched off by a string, not by one that says false',
    clusters: {
      ...inline({ datastoreType: 'kubernetes', k8sInsecureSkipTLSVerify: 'true' }),
      a: changed(mesh.a ?? [], RCC, 'b', {
        spec: { clusterAccessSecret: null, datastoreType: 'kubernetes', k8sInsecureSkipTLSVerify: 'false' },
      }),
    },
    verdict: verdicts('warn'),
    says: ['insecure'],
    at: [place('k8sInsecureSkipTLSVerify')],
  },
  {
    title: 'fails for a reference to another kind',
    clusters: spec({ clusterAccessSecret: { kind: 'ConfigMap' } }),
    verdict: verdicts('fail'),
    says: ['kind'],
    at: [place('clusterAccessSecret.kind')],
  },
  {
    title: 'fails once for connection fields beside the reference, inline credentials first',
    clusters: spec({ datastoreType: 'kubernetes', k8sAPIEndpoint: 'https://192.0.2.1:6443', k8sAPIToken: 'made-up' }),
    verdict: verdicts('fail'),
    says: ['mixed'],
    at: [place('k8sAPIToken')],
    text: ['also sets k8sAPIToken, k8sAPIEndpoint, which must be empty'],
  },
  {
    title: 'fails for a switched-off verification beside the reference, not for one that is on',
    clusters: {
      ...spec({ k8sInsecureSkipTLSVerify: true }),
      a: changed(mesh.a ?? [], RCC, 'b', { spec: { k8sInsecureSkipTLSVerify: false } }),
    },
    verdict: verdicts('fail'),
    says: ['mixed'],
  },
  {
    title: 'only notes a datastoreType that says what the secret says',
    clusters: spec({ datastoreType: 'kubernetes' }),
    verdict: 'pass',
    says: ['redundantType'],
  },
  {
    title: 'fails for etcdv3 beside the reference',
    clusters: spec({ datastoreType: 'etcdv3' }),
    verdict: verdicts('fail'),
    says: ['mixed'],
    at: [place('datastoreType')],
  },
  {
    title: 'fails when nothing says how to connect',
    clusters: inline({}),
    verdict: verdicts('fail'),
    says: ['noConnection'],
    at: [place('datastoreType')],
  },
  {
    title: 'fails for etcdv3',
    clusters: inline({ datastoreType: 'etcdv3', etcdEndpoints: 'https://192.0.2.1:2379' }),
    verdict: verdicts('fail'),
    says: ['notKubernetes'],
    at: [place('datastoreType')],
  },
  {
    title: 'fails for an inline kubeconfig',
    clusters: inline({ datastoreType: 'kubernetes', kubeconfigInline: 'apiVersion: v1' }),
    verdict: verdicts('fail'),
    says: ['inline'],
    at: [place('kubeconfigInline')],
  },
  {
    title: 'fails for a kubeconfig that is a path, with a type that is misspelt',
    clusters: inline({ datastoreType: 'Kubernetes', kubeconfig: '/etc/remote/kubeconfig' }),
    verdict: verdicts('fail'),
    says: ['files', 'notKubernetes'],
    at: [place('kubeconfig'), place('datastoreType')],
  },
  {
    title: 'warns when the server is not verified',
    clusters: inline({
      datastoreType: 'kubernetes',
      k8sAPIEndpoint: 'https://192.0.2.1',
      k8sInsecureSkipTLSVerify: true,
    }),
    verdict: verdicts('warn'),
    says: ['insecure'],
    at: [place('k8sInsecureSkipTLSVerify')],
  },
  {
    title: 'does not apply to a cluster without remotes',
    clusters: {
      ...mesh,
      b: { 'remotes.yaml': [{ apiVersion: 'projectcalico.org/v3', kind: `${RCC}List`, items: [] as Manifest[] }] },
    },
    verdict: { a: 'pass', b: 'not-applicable' },
  },
  {
    title: 'is unknown for a cluster whose remotes were not read',
    clusters: { ...mesh, b: without(mesh.b ?? [], RCC) },
    options: { routing: 'overlay' },
    verdict: { a: 'pass', b: 'unknown' },
    says: ['missingInput'],
  },
]);

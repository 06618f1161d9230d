// Cases of federation-account-read-only: what the federation account may do beyond what peers need.

import rule from '../../rules/federation-account-read-only.ts';
import {
  ACCOUNT,
  changed,
  federationBinding,
  federationRole,
  healthyMesh,
  type Manifest,
  without,
} from '../kit/objects.ts';
import { testRule } from '../kit/test-rule.ts';

const { a = [], b = [] } = healthyMesh(['a', 'b']);
const underlay = healthyMesh(['a', 'b', 'c'], { routing: 'underlay' });
const { rules: healthy } = federationRole() as Manifest & { readonly rules: readonly unknown[] };
const more = (...rules: unknown[]) => ({ a, b: changed(b, 'ClusterRole', ACCOUNT, { rules: [...healthy, ...rules] }) });
const warnsAt = (field: string) =>
  ({ verdict: { a: 'pass', b: 'warn' }, says: ['excess'], at: [`b ClusterRole/${ACCOUNT} ${field}`] }) as const;
const READ = ['get', 'list', 'watch'];
const everybody: Manifest = {
  ...federationBinding('x'),
  metadata: { name: 'basic-user' },
  roleRef: { kind: 'ClusterRole', name: 'basic-user' },
  subjects: [{ kind: 'Group', name: 'system:authenticated' }],
};

testRule(rule, [
  { title: 'passes with the documented role', clusters: { a, b }, verdict: 'pass' },
  {
    title: 'passes for reading more than is needed',
    clusters: more({ apiGroups: ['apps'], resources: ['daemonsets'], verbs: READ }),
    verdict: 'pass',
  },
  {
    title: 'warns of verbs that write',
    clusters: more({ apiGroups: [''], resources: ['pods'], verbs: ['get', 'delete'] }),
    ...warnsAt('rules[2].verbs'),
    text: ['read what they sync, which is inferred to be needless: delete'],
  },
  {
    title: 'warns of secrets of the core group, not of another one',
    clusters: more(
      { apiGroups: ['example.com'], resources: ['secrets'], verbs: READ },
      { apiGroups: [''], resources: ['secrets'], verbs: ['get'] },
    ),
    ...warnsAt('rules[3].resources'),
  },
  {
    title: 'warns once of a role that is all wildcards',
    clusters: more({ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }),
    ...warnsAt('rules[2].verbs'),
    text: ['all API groups, all resources and all verbs'],
  },
  {
    title: 'does not count what everybody may do',
    clusters: {
      a,
      b: [
        ...b,
        everybody,
        {
          ...federationRole(),
          metadata: { name: 'basic-user' },
          rules: [{ apiGroups: ['authorization.k8s.io'], resources: ['selfsubjectaccessreviews'], verbs: ['create'] }],
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
      c: without(underlay.c ?? [], 'ClusterRole'),
    },
    verdict: { a: 'pass', b: 'pass', c: 'not-applicable' },
  },
  {
    title: 'is unknown where the roles were not read',
    clusters: { a, b: without(b, 'ClusterRole') },
    verdict: { a: 'pass', b: 'unknown' },
    says: ['missingInput'],
  },
]);

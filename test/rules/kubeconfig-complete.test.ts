// Cases of kubeconfig-complete: templates, empty fields, contexts that do not resolve and malformed values.

import rule from '../../rules/kubeconfig-complete.ts';
import { clusterCredentials } from '../kit/credentials.ts';
import {
  accessSecret,
  accountToken,
  changed,
  encode,
  healthyMesh,
  type Manifest,
  manifest,
  serverOf,
  without,
} from '../kit/objects.ts';
import { testRule } from '../kit/test-rule.ts';

const two = healthyMesh(['east', 'west']) as { east: Manifest[]; west: Manifest[] };
const RCC = 'RemoteClusterConfiguration';
const SECRET = 'remote-cluster-secret-west';
const healthy = clusterCredentials('west').kubeconfig({ server: serverOf('west'), token: accountToken('west') });

/** The mesh with an edited kubeconfig of east for west. */
function edited(...edits: readonly (readonly [RegExp, string])[]) {
  const kubeconfig = edits.reduce((text, [line, by]) => text.replace(line, by), healthy);
  if (kubeconfig === healthy) throw new Error('nothing is edited');
  return { ...two, east: changed(two.east, 'Secret', SECRET, { data: accessSecret('west', { kubeconfig }).data }) };
}
const AT = [`east Secret/${SECRET} data.kubeconfig`];

testRule(rule, [
  { title: 'passes for the kubeconfig of the documentation', clusters: two, verdict: 'pass' },
  {
    title: 'fails once for a template that was not filled in',
    clusters: edited([/server: .*/, 'server: <YOUR-SERVER-ADDRESS>'], [/token: .*/, 'token: <YOUR-TOKEN>']),
    verdict: { east: 'fail', west: 'pass' },
    says: ['placeholder'],
    at: AT,
    text: ['template for server, token'],
  },
  {
    title: 'fails once for fields that came out empty',
    clusters: edited([/token: .*/, 'token: ""'], [/certificate-authority-data: .*/, 'certificate-authority-data: ""']),
    verdict: 'fail',
    says: ['empty'],
    at: AT,
    text: ['has no certificate-authority-data, token'],
  },
  {
    title: 'no CA is no fault where TLS verification is switched off, which is judged elsewhere',
    clusters: edited([/certificate-authority-data: .*/, 'insecure-skip-tls-verify: true']),
    verdict: 'pass',
  },
  {
    title: 'fails for a context that does not resolve',
    clusters: edited([/current-context: .*/, 'current-context: west']),
    verdict: 'fail',
    says: ['context'],
    at: AT,
    text: ['a current-context that it does not define'],
  },
  {
    title: 'fails for an unknown user, without asking for its token',
    clusters: edited([/ {4}user: .*/, '    user: admin']),
    verdict: 'fail',
    says: ['context'],
  },
  {
    title: 'fails for a server without TLS and a token that is still base64, two causes',
    clusters: edited([/server: .*/, 'server: http://west'], [/token: .*/, `token: ${encode(accountToken('west'))}`]),
    verdict: 'fail',
    says: ['malformed', 'malformed'],
    text: ['a server that is not an https URL', 'a token that is still base64'],
  },
  {
    title: 'two remotes with one Secret have one cause',
    clusters: {
      ...two,
      east: [
        ...edited([/server: .*/, 'server: <SERVER>']).east,
        changed(two.east, RCC, 'west', { metadata: { name: 'again' } }).find((o) => o.kind === RCC) as Manifest,
      ],
    },
    verdict: 'fail',
    says: ['placeholder'],
  },
  {
    title: 'is unknown where the Secret is missing or holds no kubeconfig, which is judged elsewhere',
    clusters: {
      east: without(two.east, 'Secret', SECRET),
      west: changed(two.west, 'Secret', 'remote-cluster-secret-east', { data: { kubeconfig: 'AAAA' } }),
    },
    verdict: 'unknown',
    says: ['noKubeconfig', 'noKubeconfig'],
  },
  {
    title: 'is unknown where the Secret is not in the input',
    clusters: {
      east: changed(two.east, RCC, 'west', { spec: { clusterAccessSecret: { namespace: 'federation' } } }),
      west: without(two.west, 'Secret'),
    },
    verdict: 'unknown',
    says: ['unread', 'missingInput'],
  },
  {
    title: 'is unknown, and says why, where a Secret may not be read',
    clusters: {
      ...two,
      east: [
        ...without(two.east, 'Secret', SECRET),
        manifest('east', [
          {
            resource: 'secrets',
            state: 'read',
            names: { [`calico-system/${SECRET}`]: { state: 'forbidden', why: 'no right to get secrets' } },
          },
        ]),
      ],
    },
    verdict: { east: 'unknown', west: 'pass' },
    says: ['refused'],
  },
  {
    title: 'is unknown where the remotes were not read, and does not concern one without a reference',
    clusters: {
      east: without(two.east, RCC),
      west: changed(two.west, RCC, 'east', { spec: { clusterAccessSecret: null } }),
    },
    verdict: { east: 'unknown', west: 'not-applicable' },
    says: ['missingInput'],
  },
]);

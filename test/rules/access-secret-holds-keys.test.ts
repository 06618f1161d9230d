// Cases of access-secret-holds-keys: missing keys, wrong values and texts that are no kubeconfig.

import rule from '../../rules/access-secret-holds-keys.ts';
import { changed, encode, healthyMesh, type Manifest, without } from '../kit/objects.ts';
import { testRule } from '../kit/test-rule.ts';

const two = healthyMesh(['east', 'west']) as { east: Manifest[]; west: Manifest[] };
const RCC = 'RemoteClusterConfiguration';
const SECRET = 'remote-cluster-secret-west';
const own = two.east.find((o) => o.metadata.name === SECRET)?.data as { kubeconfig: string };
const east = (patch: Record<string, unknown>) => ({ ...two, east: changed(two.east, 'Secret', SECRET, patch) });

testRule(rule, [
  { title: 'passes where both keys are there', clusters: two, verdict: 'pass' },
  {
    title: 'passes for plain values in stringData',
    clusters: east({ data: null, stringData: { datastoreType: 'kubernetes', kubeconfig: 'clusters: []' } }),
    verdict: 'pass',
  },
  {
    title: 'fails for a kubeconfig under the name of its file',
    clusters: east({ data: { kubeconfig: null, 'west.yaml': own.kubeconfig } }),
    verdict: { east: 'fail', west: 'pass' },
    says: ['missing'],
    at: [`east Secret/${SECRET} data.kubeconfig`],
    text: ['lacks kubeconfig; it holds datastoreType, west.yaml'],
  },
  {
    title: 'fails once for a Secret without anything',
    clusters: east({ data: null }),
    verdict: 'fail',
    says: ['missing'],
    text: ['lacks datastoreType and kubeconfig; it holds no keys'],
  },
  {
    title: 'fails where the datastoreType has a line break',
    clusters: east({ data: { datastoreType: encode('kubernetes\n') } }),
    verdict: 'fail',
    says: ['datastoreType'],
    at: [`east Secret/${SECRET} data.datastoreType`],
    text: ['is "kubernetes\\n", not kubernetes'],
  },
  {
    title: 'fails for etcd, and prints nothing that may be a credential',
    clusters: {
      east: changed(two.east, 'Secret', SECRET, { data: { datastoreType: encode('etcdv3') } }),
      west: changed(two.west, 'Secret', 'remote-cluster-secret-east', {
        data: { datastoreType: encode('token: hunter2') },
      }),
    },
    verdict: 'fail',
    says: ['datastoreType', 'datastoreType'],
    text: ['is "etcdv3"', 'is something else'],
  },
  {
    title: 'fails for a kubeconfig given as a mapping, as without the | after its key, and prints nothing of it',
    clusters: east({ stringData: { kubeconfig: { users: [{ user: { token: 'hunter2' } }] } } }),
    verdict: { east: 'fail', west: 'pass' },
    says: ['notText'],
    at: [`east Secret/${SECRET} stringData.kubeconfig`],
    text: ['kubeconfig of Secret calico-system/remote-cluster-secret-west of east is a mapping instead of a string'],
  },
  ...[true, 1, ['kubernetes'], { kubernetes: null }].map((datastoreType) => ({
    title: `fails for a datastoreType that is no string: ${JSON.stringify(datastoreType)}`,
    clusters: east({ stringData: { datastoreType } }),
    verdict: { east: 'fail', west: 'pass' } as const,
    says: ['notText'],
    at: [`east Secret/${SECRET} stringData.datastoreType`],
    text: ['instead of a string, which kubectl refuses'],
  })),
  {
    title: 'fails where the datastoreType is not base64',
    clusters: east({ data: { datastoreType: 'kubernetes!' } }),
    verdict: 'fail',
    says: ['undecodable'],
  },
  {
    title: 'fails where the kubeconfig is base64 encoded twice',
    clusters: east({ data: { kubeconfig: encode(own.kubeconfig) } }),
    verdict: 'fail',
    says: ['noKubeconfig'],
    at: [`east Secret/${SECRET} data.kubeconfig`],
    text: ['is base64 encoded twice'],
  },
  {
    title: 'fails for an empty kubeconfig, and for a text that is none',
    clusters: {
      east: changed(two.east, 'Secret', SECRET, { data: { kubeconfig: '' } }),
      west: changed(two.west, 'Secret', 'remote-cluster-secret-east', { data: { kubeconfig: encode('see wiki') } }),
    },
    verdict: 'fail',
    says: ['noKubeconfig', 'noKubeconfig'],
    text: ['is empty', 'YAML or JSON, but no kubeconfig'],
  },
  {
    title: 'a kubeconfig that holds a template is a kubeconfig',
    clusters: east({ data: { kubeconfig: encode('clusters: [{name: a, cluster: {server: <SERVER>}}]') } }),
    verdict: 'pass',
  },
  {
    title: 'leaves a Secret that was not read to another rule, but not remotes',
    clusters: { east: without(two.east, 'Secret'), west: without(two.west, RCC) },
    verdict: { east: 'not-applicable', west: 'unknown' },
    says: ['missingInput'],
  },
]);

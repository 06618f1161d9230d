// Cases of one-way-remotes-are-meant: remotes without a way back where the network routes.

import rule from '../../rules/one-way-remotes-are-meant.ts';
import { healthyMesh, type Manifest, without } from '../kit/objects.ts';
import { testRule } from '../kit/test-rule.ts';

const two = healthyMesh(['east', 'west'], { routing: 'underlay' }) as { east: Manifest[]; west: Manifest[] };
const RCC = 'RemoteClusterConfiguration';
const noRemotes = { apiVersion: 'projectcalico.org/v3', kind: 'RemoteClusterConfigurationList', items: [] };

testRule(rule, [
  { title: 'says nothing about remotes that lead both ways', clusters: two, verdict: 'pass' },
  {
    title: 'notes a remote without a way back',
    clusters: { east: two.east, west: { 'all.yaml': without(two.west, RCC), 'remotes.yaml': [noRemotes] } },
    verdict: { east: 'pass', west: 'not-applicable' },
    says: ['oneWay'],
    at: [`east ${RCC}/west`],
  },
  {
    title: 'says nothing where the other cluster was not read',
    clusters: { east: two.east, west: without(two.west, RCC) },
    options: { routing: 'underlay' },
    verdict: { east: 'pass', west: 'unknown' },
    says: ['missingInput'],
  },
  {
    title: 'does not concern an overlay, which needs both ways',
    clusters: healthyMesh(['east', 'west']),
    verdict: 'not-applicable',
  },
]);

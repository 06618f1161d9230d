// Tests of the rule no-istio-ambient.

import rule from '../../rules/no-istio-ambient.ts';
import { changed, healthyMesh, type Manifest, without } from '../kit/objects.ts';
import { testRule } from '../kit/test-rule.ts';

const { east = [], west = [] } = healthyMesh(['east', 'west']);
const istio: Manifest = { apiVersion: 'operator.tigera.io/v1', kind: 'Istio', metadata: { name: 'default' }, spec: {} };
const ambient = (cluster: readonly Manifest[], istioAmbientMode: string) =>
  changed(cluster, 'FelixConfiguration', 'default', { spec: { istioAmbientMode } });
/** A cluster whose RemoteClusterConfigurations were read: there are none. */
const alone = (cluster: readonly Manifest[]) => ({
  'all.yaml': without(cluster, 'RemoteClusterConfiguration'),
  'remoteclusterconfigurations.yaml': [{ apiVersion: 'v1', kind: 'List', items: [] }],
});

testRule(rule, [
  { title: 'passes without Istio', clusters: { east, west: ambient(west, 'Disabled') }, verdict: 'pass' },
  {
    title: 'fails for the Istio of the operator',
    clusters: { east: [...east, istio], west },
    verdict: { east: 'fail', west: 'pass' },
    says: ['ambient'],
    at: ['east Istio/default metadata.name'],
    blames: ['east'],
  },
  {
    title: 'fails for ambient mode of Felix',
    clusters: { east, west: ambient(west, 'Enabled') },
    verdict: { east: 'pass', west: 'fail' },
    says: ['ambient'],
    at: ['west FelixConfiguration/default spec.istioAmbientMode'],
  },
  {
    title: 'passes where the cluster has no remotes',
    clusters: { east: alone([...east, istio]), west },
    verdict: 'pass',
  },
  {
    title: 'fails before peering all the same',
    clusters: { east: without([...east, istio], 'RemoteClusterConfiguration'), west },
    options: { beforePeering: true },
    verdict: { east: 'fail', west: 'pass' },
    says: ['ambient'],
  },
  {
    title: 'is unknown where the remotes were not read',
    clusters: { east: without([...east, istio], 'RemoteClusterConfiguration'), west },
    options: { routing: 'overlay' },
    verdict: { east: 'unknown', west: 'pass' },
    says: ['missingInput'],
  },
]);

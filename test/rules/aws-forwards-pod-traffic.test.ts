// Tests of the rule aws-forwards-pod-traffic.

import rule from '../../rules/aws-forwards-pod-traffic.ts';
import { changed, healthyMesh, type Manifest, without } from '../kit/objects.ts';
import { testRule } from '../kit/test-rule.ts';

const { east = [], west = [] } = healthyMesh(['east', 'west'], { routing: 'underlay' });
const onAWS = (cluster: readonly Manifest[], node: string) =>
  changed(cluster, 'Node', node, { spec: { providerID: 'aws:///eu-west-1a/i-1' } });
const aws = onAWS(east, 'east-node-1');
const set = (awsSrcDstCheck: string) => changed(aws, 'FelixConfiguration', 'default', { spec: { awsSrcDstCheck } });

testRule(rule, [
  { title: 'passes elsewhere', clusters: { east, west }, verdict: 'pass' },
  {
    title: 'warns where nothing turns the check off',
    clusters: { east: aws, west },
    verdict: { east: 'warn', west: 'pass' },
    says: ['checked'],
    at: ['east FelixConfiguration/default spec.awsSrcDstCheck'],
    text: ['is DoNothing'],
  },
  {
    title: 'passes where the pods take no part in the mesh',
    clusters: { east: aws, west },
    options: { leftOut: ['east/default-ipv4-ippool'] },
    verdict: 'pass',
  },
  {
    title: 'warns where it is turned on',
    clusters: { east: set('Enable'), west },
    verdict: { east: 'warn', west: 'pass' },
    says: ['checked'],
  },
  { title: 'passes where it is turned off', clusters: { east: set('Disable'), west }, verdict: 'pass' },
  {
    title: 'passes for another CNI, and for pods with encapsulation',
    clusters: {
      east: changed(aws, 'Installation', 'default', {
        spec: { cni: { type: 'AmazonVPC', ipam: { type: 'AmazonVPC' } } },
      }),
      west: changed(onAWS(west, 'west-node-1'), 'IPPool', 'default-ipv4-ippool', { spec: { ipipMode: 'Always' } }),
    },
    verdict: 'pass',
  },
  {
    title: 'says nothing where what would turn it off was not read',
    clusters: { east: without(aws, 'FelixConfiguration'), west: without(onAWS(west, 'west-node-1'), 'DaemonSet') },
    verdict: 'pass',
  },
  {
    title: 'does not apply to an overlay',
    clusters: { east: aws, west },
    options: { routing: 'overlay' },
    verdict: 'not-applicable',
  },
]);

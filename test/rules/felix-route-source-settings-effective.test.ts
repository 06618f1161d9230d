// Tests of the rule felix-route-source-settings-effective.

import rule from '../../rules/felix-route-source-settings-effective.ts';
import { withEnvironment, withFelix, withOverride } from '../kit/felix.ts';
import { healthyMesh, type Manifest, without } from '../kit/objects.ts';
import { testRule } from '../kit/test-rule.ts';

const two = healthyMesh(['east', 'west']) as { east: Manifest[]; west: Manifest[] };
const environment = { FELIX_ROUTESOURCE: 'CalicoIPAM' };

testRule(rule, [
  { title: 'passes with the defaults', clusters: two, verdict: 'pass' },
  {
    title: 'warns of a FelixConfiguration that the environment outranks',
    clusters: { ...two, west: withEnvironment(withFelix(two.west, { routeSource: 'WorkloadIPs' }), environment) },
    verdict: { east: 'pass', west: 'warn' },
    says: ['outranked'],
    at: ['west DaemonSet/calico-node spec.template.spec.containers[0].env[1].value'],
  },
  {
    title: 'notes what is said twice',
    clusters: { ...two, west: withEnvironment(withFelix(two.west, { routeSource: 'calicoipam' }), environment) },
    verdict: 'pass',
    says: ['restated'],
  },
  {
    title: 'warns of a value that Felix cannot read',
    clusters: { ...two, west: withFelix(two.west, { routeSource: 'IPAM' }) },
    verdict: { east: 'pass', west: 'warn' },
    says: ['unreadable'],
    at: ['west FelixConfiguration/default spec.routeSource'],
    text: ['FelixConfiguration default sets routeSource of west to IPAM, which Felix cannot read, so CalicoIPAM'],
  },
  {
    title: 'warns of a variable that Felix cannot read',
    clusters: { ...two, west: withEnvironment(two.west, { FELIX_ROUTESOURCE: 'IPAM' }) },
    verdict: { east: 'pass', west: 'warn' },
    says: ['unreadable'],
    text: ['FELIX_ROUTESOURCE sets routeSource of west to IPAM'],
  },
  {
    title: 'warns of two selectors for one node',
    clusters: {
      ...two,
      west: withOverride(
        withOverride(two.west, 'first', { routeSource: 'CalicoIPAM', nodeSelector: 'all()' }),
        'second',
        { routeSource: 'WorkloadIPs', nodeSelector: 'all()' },
      ),
    },
    verdict: { east: 'pass', west: 'warn' },
    says: ['contested'],
  },
  {
    title: 'fails a nodeSelector where none is allowed',
    clusters: {
      ...two,
      west: withOverride(two.west, 'node.west-node-1', { routeSource: 'CalicoIPAM', nodeSelector: 'all()' }),
    },
    verdict: { east: 'pass', west: 'fail' },
    says: ['idle', 'refused'],
  },
  {
    title: 'notes annotations that Felix does not know',
    clusters: {
      ...two,
      west: withOverride(two.west, 'node.west-node-1', {}, { 'config.projectcalico.org/route-source': 'WorkloadIPs' }),
    },
    verdict: 'pass',
    says: ['ignored'],
    text: ['config.projectcalico.org/RouteSource would set routeSource'],
  },
  {
    title: 'notes that there is no FelixConfiguration default',
    clusters: {
      ...two,
      west: [...without(two.west, 'FelixConfiguration'), ...withOverride([], 'node.west-node-1', {})],
    },
    verdict: 'pass',
    says: ['noDefault'],
  },
  {
    title: 'is unknown without FelixConfigurations',
    clusters: { ...two, west: without(two.west, 'FelixConfiguration') },
    verdict: 'unknown',
    says: ['missingInput'],
  },
]);

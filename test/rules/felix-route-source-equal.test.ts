// Tests of the rule felix-route-source-equal.

import rule from '../../rules/felix-route-source-equal.ts';
import { calicoConfig, withEnvironment, withFelix, withOverride, withReference } from '../kit/felix.ts';
import { changed, healthyMesh, installation, type Manifest, without } from '../kit/objects.ts';
import { testRule } from '../kit/test-rule.ts';

const three = healthyMesh(['east', 'north', 'west']) as { east: Manifest[]; north: Manifest[]; west: Manifest[] };
const { north, ...two } = three;
const workloadIPs = (objects: Manifest[]) => withFelix(objects, { routeSource: 'WorkloadIPs' });
const FIELD = 'FelixConfiguration/default spec.routeSource';

testRule(rule, [
  { title: 'passes where nobody sets it', clusters: three, verdict: 'pass' },
  {
    title: 'passes where the default is written out, in any letters and in any place',
    clusters: {
      east: withEnvironment(three.east, { FELIX_ROUTESOURCE: 'CALICOIPAM' }),
      north: withFelix(north, { routeSource: 'calicoipam' }),
      west: three.west,
    },
    verdict: 'pass',
  },
  {
    title: 'names the one cluster that differs, and shows the others',
    clusters: { ...three, west: workloadIPs(three.west) },
    verdict: { east: 'pass', north: 'pass', west: 'fail' },
    says: ['differs'],
    blames: ['west'],
    at: [`west ${FIELD}`],
    text: ['routeSource is WorkloadIPs in west, but CalicoIPAM in east and north'],
  },
  {
    title: 'names both of two, the one without the built-in default first',
    clusters: { ...two, west: workloadIPs(two.west) },
    verdict: 'fail',
    says: ['differs'],
    blames: ['east west'],
    at: [`west ${FIELD}`],
  },
  {
    title: 'points at the field that is absent where the built-in default is the odd one',
    clusters: { east: workloadIPs(three.east), north: workloadIPs(north), west: three.west },
    verdict: { east: 'pass', north: 'pass', west: 'fail' },
    says: ['differs'],
    at: [`west ${FIELD}`],
  },
  {
    title: 'points at FelixConfiguration default where there is none',
    clusters: {
      east: workloadIPs(three.east),
      north: workloadIPs(north),
      west: without(three.west, 'FelixConfiguration'),
    },
    verdict: 'unknown',
    says: ['missingInput'],
  },
  {
    title: 'the environment that the operator writes for another CNI makes the others follow',
    clusters: {
      ...two,
      west: [
        ...without(withEnvironment(two.west, { FELIX_ROUTESOURCE: 'WorkloadIPs' }), 'Installation'),
        installation({ cni: 'AmazonVPC', ipam: 'AmazonVPC', encapsulation: 'None' }),
      ],
    },
    verdict: 'fail',
    says: ['differs'],
    blames: ['east west'],
    at: ['west DaemonSet/calico-node spec.template.spec.containers[0].env[1].value'],
  },
  {
    title: 'an environment variable wins over an aligned FelixConfiguration',
    clusters: {
      ...three,
      west: withEnvironment(withFelix(three.west, { routeSource: 'CalicoIPAM' }), { FELIX_ROUTESOURCE: 'WorkloadIPs' }),
    },
    verdict: { east: 'pass', north: 'pass', west: 'fail' },
    says: ['differs'],
    at: ['west DaemonSet/calico-node spec.template.spec.containers[0].env[1].value'],
  },
  {
    title: 'an override for one node is a violation of its cluster',
    clusters: { ...two, west: withOverride(two.west, 'node.west-node-2', { routeSource: 'WorkloadIPs' }) },
    verdict: { east: 'pass', west: 'fail' },
    says: ['differs'],
    blames: ['west'],
    at: ['west FelixConfiguration/node.west-node-2 spec.routeSource'],
    text: ['routeSource is WorkloadIPs on node west-node-2 of west, but CalicoIPAM on its other nodes'],
  },
  {
    title: 'an override for a node that does not exist is none',
    clusters: { ...two, west: withOverride(two.west, 'node.gone', { routeSource: 'WorkloadIPs' }) },
    verdict: 'pass',
  },
  {
    title: 'an override cannot be judged without the Nodes',
    clusters: { ...two, west: without(withOverride(two.west, 'node.gone', { routeSource: 'WorkloadIPs' }), 'Node') },
    verdict: 'unknown',
    says: ['open'],
    text: [
      'what takes effect in west cannot be told: FelixConfiguration node.gone is for some nodes only, and no Node was read',
    ],
  },
  {
    title: 'a selector reaches the nodes with its labels',
    clusters: {
      ...two,
      west: withOverride(two.west, 'edge', {
        routeSource: 'WorkloadIPs',
        nodeSelector: "kubernetes.io/hostname == 'west-node-1'",
      }),
    },
    verdict: { east: 'pass', west: 'fail' },
    says: ['differs'],
    at: ['west FelixConfiguration/edge spec.routeSource'],
  },
  {
    title: 'a ConfigMap that was not read leaves it open',
    clusters: { ...three, west: withReference(three.west, 'FELIX_ROUTESOURCE') },
    verdict: { east: 'pass', north: 'pass', west: 'unknown' },
    says: ['open'],
  },
  {
    title: 'a ConfigMap that was read is the place to change',
    clusters: { ...three, west: [...withReference(three.west, 'FELIX_ROUTESOURCE'), calicoConfig('WorkloadIPs')] },
    verdict: { east: 'pass', north: 'pass', west: 'fail' },
    says: ['differs'],
    at: ['west ConfigMap/calico-config data.value'],
  },
  {
    title: 'two different values fail without the DaemonSets, and say so',
    clusters: { east: without(workloadIPs(two.east), 'DaemonSet'), west: without(two.west, 'DaemonSet') },
    verdict: 'fail',
    says: ['differs', 'missingInput', 'missingInput'],
    text: ['the DaemonSet calico-node of east and west could still change that and was not read'],
  },
  {
    title: 'two equal values are unknown without the DaemonSets',
    clusters: { east: without(two.east, 'DaemonSet'), west: without(two.west, 'DaemonSet') },
    verdict: 'unknown',
    says: ['missingInput', 'missingInput'],
  },
  {
    title: 'a built-in default does not count without FelixConfigurations',
    clusters: { ...two, east: without(two.east, 'FelixConfiguration'), west: workloadIPs(two.west) },
    verdict: 'unknown',
    says: ['missingInput'],
  },
  {
    title: 'an environment variable counts without FelixConfigurations',
    clusters: {
      ...two,
      east: without(withEnvironment(two.east, { FELIX_ROUTESOURCE: 'WorkloadIPs' }), 'FelixConfiguration'),
    },
    verdict: 'fail',
    says: ['differs', 'missingInput'],
  },
  {
    title: 'one cluster alone is unknown',
    clusters: { east: three.east },
    verdict: 'unknown',
    says: ['nothingToCompare'],
  },
  {
    title: 'is not applicable where the network routes',
    clusters: { ...two, west: workloadIPs(two.west) },
    options: { routing: 'underlay' },
    verdict: 'not-applicable',
  },
  {
    title: 'takes an annotation before the field of the same object',
    clusters: {
      ...three,
      west: changed(three.west, 'FelixConfiguration', 'default', {
        metadata: { annotations: { 'config.projectcalico.org/RouteSource': 'WorkloadIPs' } },
        spec: { routeSource: 'CalicoIPAM' },
      }),
    },
    verdict: { east: 'pass', north: 'pass', west: 'fail' },
    says: ['differs'],
    at: ['west FelixConfiguration/default metadata.annotations["config.projectcalico.org/RouteSource"]'],
  },
]);

// The SNAT of the AWS VPC CNI.

import rule from '../../rules/aws-cni-leaves-snat-to-vpc.ts';
import { calicoNode, installation, ipPool, type Manifest } from '../kit/objects.ts';
import { testRule } from '../kit/test-rule.ts';

const UNDERLAY = { routing: 'underlay' } as const;
const eks = [ipPool('p', '10.1.0.0/16'), installation({ cni: 'AmazonVPC', ipam: 'AmazonVPC' })];
const awsNode = (...env: Readonly<Record<string, unknown>>[]): Manifest => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'aws-node', namespace: 'kube-system' },
  spec: { template: { spec: { containers: [{ name: 'aws-node', image: 'x', env }] } } },
});
const SNAT = 'AWS_VPC_K8S_CNI_EXTERNALSNAT';

testRule(rule, [
  {
    title: 'passes where it is left to the VPC, for other CNIs, and without the DaemonSet',
    clusters: {
      a: [...eks, awsNode({ name: SNAT, value: 'true' })],
      b: [ipPool('p', '10.2.0.0/16'), installation(), awsNode()],
      c: eks,
    },
    options: UNDERLAY,
    verdict: 'pass',
  },
  {
    title: 'fails where it is unset, false, or overridden by a later entry',
    clusters: {
      a: [...eks, awsNode({ name: 'X', value: '1' })],
      b: [...eks, awsNode({ name: SNAT, value: 'false' })],
      c: [...eks, awsNode({ name: SNAT, value: 'true' }, { name: SNAT, value: 'no' })],
    },
    options: UNDERLAY,
    verdict: 'fail',
    says: ['snat', 'snat', 'snat'],
    at: [
      'a DaemonSet/aws-node spec.template.spec.containers[0].env',
      'b DaemonSet/aws-node spec.template.spec.containers[0].env[0].value',
      'c DaemonSet/aws-node spec.template.spec.containers[0].env[1].value',
    ],
  },
  {
    title: 'is unknown where the value stands elsewhere',
    clusters: { a: [...eks, awsNode({ name: SNAT, valueFrom: { configMapKeyRef: { name: 'c', key: 'k' } } })] },
    options: UNDERLAY,
    verdict: 'unknown',
    says: ['elsewhere'],
  },
  {
    title: 'is unknown without pools, and silent where nothing tells the CNI',
    clusters: {
      a: [installation()],
      b: [ipPool('p', '10.1.0.0/16'), calicoNode({}), awsNode()],
      c: [
        ipPool('p', '10.1.0.0/16'),
        calicoNode({}),
        { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x', namespace: 'calico-system' }, data: {} },
      ],
    },
    options: UNDERLAY,
    verdict: { a: 'unknown', b: 'pass', c: 'pass' },
    says: ['missingInput'],
  },
]);

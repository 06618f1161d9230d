// Pod ranges that meet Service CIDRs.

import rule from '../../rules/pod-ranges-clear-of-services.ts';
import { installation, ipPool, type Manifest } from '../kit/objects.ts';
import { testRule } from '../kit/test-rule.ts';

const pool = (cidr: string) => ipPool('default', cidr, { vxlanMode: 'Always' });
const serviceCIDR = (...cidrs: string[]): Manifest => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'ServiceCIDR',
  metadata: { name: 'kubernetes' },
  spec: { cidrs },
});
const kubeadm = (serviceSubnet: string): Manifest => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'kubeadm-config', namespace: 'kube-system' },
  data: {
    ClusterConfiguration: `apiVersion: kubeadm.k8s.io/v1beta3\nkind: ClusterConfiguration\nnetworking:\n  serviceSubnet: ${serviceSubnet}\n`,
  },
});
const OLD = { calicoVersion: '3.19', routing: 'overlay' } as const;

testRule(rule, [
  {
    title: 'passes where Services and pods are apart, although clusters share Service CIDRs',
    clusters: {
      a: [pool('10.1.0.0/16'), serviceCIDR('10.96.0.0/12')],
      b: [pool('10.2.0.0/16'), serviceCIDR('10.96.0.0/12')],
    },
    options: OLD,
    verdict: 'pass',
  },
  {
    title: 'warns of a pod range inside the Service CIDR of another cluster, and of its own',
    clusters: {
      a: [pool('10.100.0.0/16'), serviceCIDR('10.96.0.0/12')],
      b: [pool('10.2.0.0/16'), kubeadm('10.96.0.0/12,fd00:96::/108')],
    },
    options: OLD,
    verdict: { a: 'warn', b: 'pass' },
    says: ['services'],
    at: ['a IPPool/default spec.cidr'],
    text: ['10.100.0.0/16 of a lies in Service CIDR 10.96.0.0/12 of a and b'],
  },
  {
    title: 'reads both families of a dual-stack cluster',
    clusters: { a: [pool('fd00:96::/64')], b: [pool('10.2.0.0/16'), kubeadm('10.96.0.0/12,fd00:96::/108')] },
    options: OLD,
    verdict: { a: 'warn', b: 'pass' },
    says: ['services'],
    text: ['contains Service CIDR fd00:96::/108 of b'],
  },
  {
    title: 'is unknown without pools, and silent without Service CIDRs',
    clusters: { a: [installation()], b: [pool('10.96.0.0/16')] },
    options: OLD,
    verdict: { a: 'unknown', b: 'pass' },
    says: ['missingInput'],
  },
  {
    title: 'leaves out ranges that Nodes hand out',
    clusters: {
      a: [
        ipPool('default', '10.1.0.0/16'),
        installation({ ipam: 'HostLocal' }),
        serviceCIDR('10.244.0.0/16'),
        { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1' }, spec: { podCIDRs: ['10.244.0.0/24'] } },
      ],
      b: [ipPool('default', '10.2.0.0/16')],
    },
    options: { calicoVersion: '3.23', routing: 'overlay' },
    verdict: 'pass',
  },
]);

// Pods that have addresses of other clusters, or of no pool at all.

import rule from '../../rules/pods-in-own-pools.ts';
import { installation, ipPool, type Manifest } from '../kit/objects.ts';
import { testRule } from '../kit/test-rule.ts';

const VXLAN = { vxlanMode: 'Always' };
const a = [ipPool('default', '10.1.0.0/16', VXLAN), installation()];
const b = [ipPool('default', '10.2.0.0/16', VXLAN), installation()];
const pod = (ip: string, spec: Readonly<Record<string, unknown>> = {}, phase = 'Running'): Manifest => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: `pod-${ip}`, namespace: 'default' },
  spec,
  status: { phase, podIP: ip, podIPs: [{ ip }] },
});
const OLD = { calicoVersion: '3.19', routing: 'overlay' } as const;

testRule(rule, [
  {
    title: 'passes pods in their own pools, and without any pods',
    clusters: { a: [...a, pod('10.1.0.5')], b },
    options: OLD,
    verdict: 'pass',
  },
  {
    title: 'fails a pod in a range of another cluster',
    clusters: { a, b: [...b, pod('10.2.0.5'), pod('10.1.0.5'), pod('10.1.0.6')] },
    options: OLD,
    verdict: { a: 'pass', b: 'fail' },
    says: ['elsewhere'],
    at: ['b Pod/pod-10.1.0.5 status.podIPs[0].ip'],
    blames: ['b'],
    text: ['pods of b have addresses of pod range 10.1.0.0/16 of a: 10.1.0.5 and 10.1.0.6'],
  },
  {
    title: 'leaves the pods to ranges that overlap',
    clusters: { a, b: [ipPool('default', '10.1.0.0/16', VXLAN), installation(), pod('10.1.0.5')] },
    options: OLD,
    verdict: 'pass',
  },
  {
    title: 'warns of a pod outside of all pools',
    clusters: { a, b: [...b, pod('10.9.0.5')] },
    options: OLD,
    verdict: { a: 'pass', b: 'warn' },
    says: ['outside'],
    at: ['b Pod/pod-10.9.0.5 status.podIPs[0].ip'],
  },
  {
    title: 'warns of no pod that may lie in a pool whose range cannot be read',
    clusters: { a, b: [...b, ipPool('bad', '10.9.0.0', VXLAN), pod('10.9.0.5')] },
    options: OLD,
    verdict: 'pass',
  },
  {
    title: "takes no notice of pods that ended, of their node's network, or of another IPAM",
    clusters: {
      a: [...a, pod('10.2.0.5', { hostNetwork: true }), pod('10.2.0.6', {}, 'Succeeded')],
      b: [ipPool('default', '10.2.0.0/16'), installation({ cni: 'AmazonVPC', ipam: 'AmazonVPC' }), pod('172.31.0.5')],
    },
    options: OLD,
    verdict: 'pass',
  },
  {
    title: 'is unknown without pools',
    clusters: { a, b, c: [pod('10.9.0.5')] },
    options: OLD,
    verdict: { a: 'pass', b: 'pass', c: 'unknown' },
    says: ['missingInput'],
  },
  {
    title: 'looks at the ranges of Nodes with host-local IPAM',
    clusters: {
      a: [
        ipPool('default', '172.20.0.0/16'),
        installation({ ipam: 'HostLocal' }),
        { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1' }, spec: { podCIDRs: ['10.244.0.0/24'] } },
      ],
      b: [...b, pod('10.244.0.9')],
    },
    options: { calicoVersion: '3.23', routing: 'overlay' },
    verdict: { a: 'pass', b: 'fail' },
    says: ['elsewhere'],
  },
]);

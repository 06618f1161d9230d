// What keeps pod ranges from being compared: unreadable pools, clouds, an IPAM that nothing tells.

import rule from '../../rules/pod-ranges-told.ts';
import { calicoNode, installation, ipPool, type Manifest } from '../kit/objects.ts';
import { testRule } from '../kit/test-rule.ts';

const VXLAN = { vxlanMode: 'Always' };
const plain = ipPool('plain', '10.1.0.0/16');
const node = (name: string, podCIDRs: readonly string[]): Manifest => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name },
  spec: { podCIDRs },
});
const OLD = { calicoVersion: '3.19', routing: 'overlay' } as const;
const NEW = { calicoVersion: '3.23', routing: 'overlay' } as const;

testRule(rule, [
  {
    title: 'passes a cluster with a VXLAN pool, whatever its IPAM',
    clusters: { a: [ipPool('vxlan', '10.1.0.0/16', VXLAN)] },
    options: NEW,
    verdict: 'pass',
  },
  {
    title: 'passes up to 3.20, which names pools alone',
    clusters: { a: [plain] },
    options: OLD,
    verdict: 'pass',
  },
  {
    title: 'passes without a VXLAN pool where the IPAM is that of Calico',
    clusters: { a: [plain, installation()], b: [plain, calicoNode({ CALICO_NETWORKING_BACKEND: 'bird' })] },
    options: NEW,
    verdict: 'pass',
  },
  {
    title: 'passes host-local IPAM where every Node shows its range',
    clusters: { a: [plain, installation({ ipam: 'HostLocal' }), node('n1', ['10.244.0.0/24'])] },
    options: NEW,
    verdict: 'pass',
  },
  {
    title: 'is unknown while neither Installation nor calico-node was read',
    clusters: { a: [plain] },
    options: NEW,
    verdict: 'unknown',
    says: ['missingInput'],
    text: ['Installation of a'],
  },
  {
    title: 'is unknown while the Installation that was read does not tell the IPAM',
    clusters: { a: [plain, { ...installation(), spec: { variant: 'CalicoEnterprise' } }] },
    options: NEW,
    verdict: 'unknown',
    says: ['missingInput'],
    text: ['DaemonSet calico-node of a'],
  },
  {
    title: 'is unknown where both were read and neither tells it',
    clusters: { a: [plain, { ...installation(), spec: { variant: 'CalicoEnterprise' } }, calicoNode({})] },
    options: NEW,
    verdict: 'unknown',
    says: ['untoldIPAM'],
  },
  {
    title: 'is unknown for host-local IPAM without Nodes',
    clusters: { a: [plain, installation({ ipam: 'HostLocal' })] },
    options: NEW,
    verdict: 'unknown',
    says: ['missingInput'],
    text: ['Nodes of a'],
  },
  {
    title: 'is unknown where a Node shows no pod CIDR',
    clusters: { a: [plain, installation({ ipam: 'HostLocal' }), node('n1', ['10.244.0.0/24']), node('n2', [])] },
    options: NEW,
    verdict: 'unknown',
    says: ['noPodCIDR'],
    at: ['a Node/n2 spec.podCIDRs'],
  },
  {
    title: 'is unknown where a cloud gives out addresses',
    clusters: { a: [plain, installation({ cni: 'AmazonVPC', ipam: 'AmazonVPC' })] },
    options: NEW,
    verdict: 'unknown',
    says: ['cloudRanges'],
    at: ['a Installation/default spec.cni.ipam.type'],
  },
  {
    title: 'is unknown where Calico cannot read a participating pool, not where the pool is disabled',
    clusters: {
      a: [ipPool('octal', '010.1.0.0/16', VXLAN)],
      b: [ipPool('vxlan', '10.2.0.0/16', VXLAN), ipPool('off', '10.3.0.0/33', { disabled: true })],
    },
    options: OLD,
    verdict: { a: 'unknown', b: 'pass' },
    says: ['unreadable'],
    at: ['a IPPool/octal spec.cidr'],
  },
  {
    title: 'fails an IPv4-mapped range',
    clusters: { a: [ipPool('mapped', '::ffff:10.1.0.0/112', VXLAN)] },
    options: OLD,
    verdict: 'fail',
    says: ['mapped'],
    at: ['a IPPool/mapped spec.cidr'],
    text: ['which Calico reads as 10.1.0.0/16'],
  },
]);

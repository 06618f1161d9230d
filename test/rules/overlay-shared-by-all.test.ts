// The overlay of the mesh: VXLAN on every pool up to 3.20, any overlay in common from 3.21.

import rule from '../../rules/overlay-shared-by-all.ts';
import { withEnvFrom, withSecretReference } from '../kit/felix.ts';
import { calicoNode, felixConfiguration, installation, ipPool, type Manifest } from '../kit/objects.ts';
import { testRule } from '../kit/test-rule.ts';

const OLD = { calicoVersion: '3.19', routing: 'overlay' } as const;
const NEW = { calicoVersion: '3.23', routing: 'overlay' } as const;
const vxlan = (mode = 'Always') => ipPool('vxlan', '10.1.0.0/16', { vxlanMode: mode });
const ipip = ipPool('ipip', '10.2.0.0/16', { ipipMode: 'Always', vxlanMode: 'Never' });
const plain = ipPool('plain', '10.3.0.0/16');
const wireguard = (on: boolean): Manifest[] => [
  felixConfiguration('default', { wireguardEnabled: on }),
  calicoNode({}),
  installation({ cidr: '10.99.0.0/16' }),
];
const noPools = {
  'ippools.yaml': 'apiVersion: v1\nkind: List\nitems: []\n',
  'installation.yaml': [installation({ cni: 'AmazonVPC', ipam: 'AmazonVPC' })],
};

testRule(rule, [
  {
    title: 'passes up to 3.20 where every participating pool has VXLAN on, CrossSubnet included',
    clusters: { a: [vxlan()], b: [vxlan('CrossSubnet'), ipPool('off', '10.9.0.0/16', { disabled: true })] },
    options: OLD,
    verdict: 'pass',
  },
  {
    title: 'fails a cluster without VXLAN, at the mode of its pool',
    clusters: { a: [vxlan()], b: [ipip], c: [plain] },
    options: OLD,
    verdict: { a: 'pass', b: 'fail', c: 'fail' },
    says: ['noVxlan', 'noVxlan'],
    at: ['b IPPool/ipip spec.vxlanMode', 'c IPPool/plain spec.vxlanMode'],
    text: ['b has VXLAN on, which is the overlay of the mesh: ipip (ipipMode Always)', 'plain (vxlanMode Never)'],
  },
  {
    title: 'fails a pool without VXLAN beside one that has it, up to 3.20',
    clusters: { a: [vxlan()], b: [vxlan(), ipip, plain] },
    options: OLD,
    verdict: { a: 'pass', b: 'fail' },
    says: ['partlyVxlan'],
    at: ['b IPPool/ipip spec.vxlanMode'],
    text: ['ipip (ipipMode Always) and plain (vxlanMode Never) without'],
  },
  {
    title: 'warns of it from 3.21',
    clusters: { a: [vxlan()], b: [vxlan(), ipip] },
    options: NEW,
    verdict: { a: 'pass', b: 'warn' },
    says: ['besideVxlan'],
    at: ['b IPPool/ipip spec.vxlanMode'],
  },
  {
    title: 'asks nothing of a pool that takes no part in the mesh, in its cluster alone',
    clusters: { a: [vxlan(), ipip], b: [vxlan(), ipip] },
    options: { ...OLD, leftOut: ['a/ipip'] },
    verdict: { a: 'pass', b: 'fail' },
    says: ['partlyVxlan'],
    blames: ['b'],
  },
  {
    title: 'asks nothing of it from 3.21 either',
    clusters: { a: [vxlan(), ipip], b: [vxlan(), ipip] },
    options: { ...NEW, leftOut: ['a/ipip'] },
    verdict: { a: 'pass', b: 'warn' },
    says: ['besideVxlan'],
  },
  {
    title: 'counts no VXLAN of a pool that takes no part, whatever the version',
    clusters: { a: [vxlan()], b: [vxlan(), plain] },
    options: { ...NEW, leftOut: ['b/vxlan'] },
    verdict: 'unknown',
    says: ['missingInput', 'missingInput'],
  },
  {
    title: 'fails a cluster whose pools with VXLAN take no part',
    clusters: { a: [vxlan(), ...wireguard(false)], b: [vxlan(), plain, ...wireguard(false)] },
    options: { ...NEW, leftOut: ['b/vxlan'] },
    verdict: { a: 'pass', b: 'fail' },
    says: ['noVxlan'],
    at: ['b IPPool/plain spec.vxlanMode'],
  },
  {
    title: 'fails a cluster none of whose pools takes part',
    clusters: { a: [vxlan()], b: [vxlan()] },
    options: { ...OLD, leftOut: ['b/vxlan'] },
    verdict: { a: 'pass', b: 'fail' },
    says: ['noPool'],
    at: ['b IPPool/default-ipv4-ippool'],
  },
  {
    title: 'takes no mode that Felix does not know for VXLAN',
    clusters: { a: [vxlan()], b: [vxlan('always')] },
    options: OLD,
    verdict: { a: 'pass', b: 'fail' },
    says: ['noVxlan'],
    text: ['vxlan (vxlanMode always)'],
  },
  {
    title: 'fails a cluster without any pool for pods',
    clusters: { a: [vxlan()], b: noPools, c: [ipPool('lb', '10.8.0.0/16', { allowedUses: ['LoadBalancer'] })] },
    options: OLD,
    verdict: { a: 'pass', b: 'fail', c: 'fail' },
    says: ['noPool', 'noPool'],
  },
  {
    title: 'points at what keeps the VXLAN pool of a cluster from taking part',
    clusters: {
      a: [vxlan()],
      b: [
        ipPool('a-lb', '10.8.0.0/16', { allowedUses: ['LoadBalancer'] }),
        ipPool('off', '10.9.0.0/16', { vxlanMode: 'Always', disabled: true }),
      ],
    },
    options: OLD,
    verdict: { a: 'pass', b: 'fail' },
    says: ['noPool'],
    at: ['b IPPool/off spec.disabled'],
  },
  {
    title: 'ignores WireGuard up to 3.20',
    clusters: { a: [ipip, ...wireguard(true)], b: [vxlan(), ...wireguard(true)] },
    options: OLD,
    verdict: { a: 'fail', b: 'pass' },
    says: ['noVxlan'],
  },
  {
    title: 'passes on WireGuard in common from 3.21, and warns of IPIP',
    clusters: { a: [plain, ...wireguard(true)], b: [ipip, ...wireguard(true)] },
    options: NEW,
    verdict: { a: 'pass', b: 'warn' },
    says: ['ipip'],
  },
  {
    title: 'fails pairs that share different overlays: the cluster without what most have',
    clusters: {
      a: [vxlan(), ...wireguard(false)],
      b: [vxlan(), ...wireguard(true)],
      c: [plain, ...wireguard(true)],
    },
    options: NEW,
    verdict: { a: 'pass', b: 'pass', c: 'fail' },
    says: ['noVxlan'],
    at: ['c IPPool/plain spec.vxlanMode'],
  },
  {
    title: 'asks for WireGuard where most have that',
    clusters: {
      a: [vxlan(), ...wireguard(false)],
      b: [plain, ...wireguard(true)],
      c: [plain, ...wireguard(true)],
    },
    options: NEW,
    verdict: { a: 'fail', b: 'pass', c: 'pass' },
    says: ['wireguardOff'],
    at: ['a FelixConfiguration/default spec.wireguardEnabled'],
  },
  {
    title: 'fails by what was read, and says what was not',
    clusters: {
      a: [vxlan(), felixConfiguration('default', {})],
      b: [plain, ...wireguard(true)],
      c: [plain, ...wireguard(true)],
    },
    options: NEW,
    verdict: { a: 'fail', b: 'pass', c: 'pass' },
    says: ['wireguardOff'],
    text: ['as far as was read: DaemonSet calico-node of a was not'],
  },
  {
    title: 'fails where a Secret that could turn WireGuard on was not read, and says so',
    clusters: {
      a: [vxlan(), ...withEnvFrom(wireguard(false), 'secretRef')],
      b: [plain, ...wireguard(true)],
      c: [plain, ...wireguard(true)],
    },
    options: NEW,
    verdict: { a: 'fail', b: 'pass', c: 'pass' },
    says: ['wireguardOff'],
    text: ['as far as was read: Secret calico-system/felix of a was not'],
  },
  {
    title: 'fails a cluster without VXLAN where only what was not read could make WireGuard common, and says so',
    clusters: {
      a: [vxlan(), ...withSecretReference(wireguard(false), 'FELIX_WIREGUARDENABLED')],
      b: [plain, ...wireguard(true)],
    },
    options: NEW,
    verdict: { a: 'pass', b: 'fail' },
    says: ['noVxlan'],
    text: ['as far as was read: key value of Secret calico-system/felix of a was not'],
  },
  {
    title: 'fails it without more words where WireGuard is off for certain',
    clusters: {
      a: [vxlan(), ...wireguard(false)],
      b: [plain, ...withSecretReference(wireguard(true), 'FELIX_WIREGUARDENABLED')],
    },
    options: NEW,
    verdict: { a: 'pass', b: 'fail' },
    says: ['noVxlan'],
    at: ['b IPPool/plain spec.vxlanMode'],
  },
  {
    title: 'is unknown while WireGuard may be common and Felix was not read',
    clusters: { a: [vxlan()], b: [plain, ...wireguard(true)] },
    options: NEW,
    verdict: { a: 'unknown', b: 'pass' },
    says: ['missingInput'],
    text: ['FelixConfigurations of a'],
  },
  {
    title: 'is unknown while the environment of calico-node may turn WireGuard on',
    clusters: {
      a: [plain, felixConfiguration('node.x', { wireguardEnabled: true }), calicoNode({})],
      b: [plain, ...wireguard(true)],
    },
    options: NEW,
    verdict: { a: 'unknown', b: 'pass' },
    says: ['open'],
  },
  {
    title: 'needs no Felix where the pools settle it',
    clusters: { a: [vxlan()], b: [vxlan()] },
    options: NEW,
    verdict: 'pass',
  },
  {
    title: 'is unknown for a cluster whose pools were not read, and fails the others by theirs',
    clusters: { a: [installation()], b: [ipip], c: [vxlan()] },
    options: OLD,
    verdict: { a: 'unknown', b: 'fail', c: 'pass' },
    says: ['missingInput', 'noVxlan'],
  },
  {
    title: 'is unknown for one cluster alone',
    clusters: { a: [vxlan()] },
    options: OLD,
    verdict: 'unknown',
    says: ['nothingToCompare'],
  },
]);

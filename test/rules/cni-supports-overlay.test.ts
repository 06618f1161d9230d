// Tests of the rule cni-supports-overlay.

import rule from '../../rules/cni-supports-overlay.ts';
import { calicoNode, changed, healthyMesh, type Manifest, without } from '../kit/objects.ts';
import { testRule } from '../kit/test-rule.ts';

const { east = [], west = [], south = [] } = healthyMesh(['east', 'west', 'south']);
const cni = (cluster: readonly Manifest[], type: string) =>
  changed(cluster, 'Installation', 'default', { spec: { cni: { type, ipam: { type } } } });
/** WireGuard instead of VXLAN. */
const wireguard = (cluster: readonly Manifest[]) =>
  changed(
    changed(cluster, 'IPPool', 'default-ipv4-ippool', { spec: { vxlanMode: 'Never' } }),
    'FelixConfiguration',
    'default',
    { spec: { wireguardEnabled: true } },
  );
/** Without the Installation, and with these variables of calico-node. */
const manifest = (cluster: readonly Manifest[], env: Readonly<Record<string, string>>) => [
  ...without(without(cluster, 'Installation'), 'DaemonSet'),
  calicoNode(env),
];

testRule(rule, [
  { title: 'passes where all have the Calico CNI', clusters: { east, west, south }, verdict: 'pass' },
  {
    title: 'fails where VXLAN is used and one has another',
    clusters: { east, west: cni(west, 'AmazonVPC'), south },
    verdict: { east: 'pass', west: 'fail', south: 'pass' },
    says: ['notCalico'],
    at: ['west Installation/default spec.cni.type'],
    blames: ['west'],
    text: ['the CNI of west is AmazonVPC'],
  },
  {
    title: 'fails up to 3.20 whatever the pools are',
    clusters: { east, west: wireguard(cni(west, 'AmazonVPC')) },
    options: { calicoVersion: '3.20.1' },
    verdict: { east: 'pass', west: 'fail' },
    says: ['notCalico'],
  },
  {
    title: 'believes what the operator computed before what the spec says',
    clusters: {
      east,
      west: changed(west, 'Installation', 'default', { status: { computed: { cni: { type: 'AzureVNET' } } } }),
    },
    verdict: { east: 'pass', west: 'fail' },
    says: ['notCalico'],
    at: ['west Installation/default status.computed.cni.type'],
  },
  {
    title: 'passes where WireGuard joins clusters that all have another CNI',
    clusters: { east: wireguard(cni(east, 'AmazonVPC')), west: wireguard(cni(west, 'AzureVNET')) },
    verdict: 'pass',
  },
  {
    title: 'fails where WireGuard joins both kinds, and blames the fewer',
    clusters: { east: wireguard(east), west: wireguard(cni(west, 'AmazonVPC')), south: wireguard(south) },
    verdict: { east: 'pass', west: 'fail', south: 'pass' },
    says: ['mixed'],
    at: ['west Installation/default spec.cni.type'],
    blames: ['west'],
  },
  {
    title: 'blames all where both kinds are as many',
    clusters: { east: wireguard(east), west: wireguard(cni(west, 'AmazonVPC')) },
    verdict: 'fail',
    says: ['mixed'],
    blames: ['east west'],
  },
  {
    title: 'blames clusters with the Calico CNI where they are fewer',
    clusters: {
      east: wireguard(east),
      west: wireguard(cni(west, 'AmazonVPC')),
      south: wireguard(cni(south, 'AzureVNET')),
    },
    verdict: { east: 'fail', west: 'pass', south: 'pass' },
    says: ['mixed'],
    blames: ['east'],
  },
  {
    title: 'is unknown where what joins them was not read',
    clusters: { east, west: without(cni(west, 'AmazonVPC'), 'IPPool') },
    verdict: { east: 'pass', west: 'unknown' },
    says: ['undecided'],
    blames: ['west'],
  },
  {
    title: 'is unknown for both sides where WireGuard may join them',
    clusters: {
      east: wireguard(east),
      west: without(
        changed(cni(west, 'AmazonVPC'), 'IPPool', 'default-ipv4-ippool', { spec: { vxlanMode: 'Never' } }),
        'FelixConfiguration',
      ),
    },
    verdict: 'unknown',
    says: ['undecided'],
    blames: ['east west'],
  },
  {
    title: 'does not apply where no overlay is used, or the network routes',
    clusters: {
      east: changed(east, 'IPPool', 'default-ipv4-ippool', { spec: { vxlanMode: 'Never' } }),
      west: cni(west, 'AmazonVPC'),
    },
    verdict: 'not-applicable',
  },
  {
    title: 'passes with the Calico CNI everywhere although no overlay is used: it fits any',
    clusters: {
      east: changed(east, 'IPPool', 'default-ipv4-ippool', { spec: { vxlanMode: 'Never' } }),
      west,
    },
    verdict: 'pass',
  },
  {
    title: 'takes the environment of calico-node where there is no Installation',
    clusters: {
      east: manifest(east, { CALICO_NETWORKING_BACKEND: 'vxlan' }),
      west: manifest(west, { CALICO_MANAGE_CNI: 'false' }),
    },
    verdict: { east: 'pass', west: 'fail' },
    says: ['notCalico'],
    at: ['west DaemonSet/calico-node spec.template.spec.containers[0].env[1].value'],
    text: ['the CNI of west is not Calico'],
  },
  {
    title: 'follows that environment to a ConfigMap',
    clusters: {
      east,
      west: [
        ...changed(manifest(west, {}), 'DaemonSet', 'calico-node', {
          spec: {
            template: {
              spec: {
                containers: [
                  {
                    name: 'calico-node',
                    image: 'cnx-node:v3.23.1',
                    env: [
                      {
                        name: 'CALICO_NETWORKING_BACKEND',
                        valueFrom: { configMapKeyRef: { name: 'calico-config', key: 'calico_backend' } },
                      },
                    ],
                  },
                ],
              },
            },
          },
        }),
        {
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: { name: 'calico-config', namespace: 'calico-system' },
          data: { calico_backend: 'bird' },
        },
      ],
    },
    verdict: 'pass',
  },
  {
    title: 'is unknown where that environment does not tell it',
    clusters: { east, west: manifest(west, { CALICO_NETWORKING_BACKEND: 'none', FELIX_ROUTESOURCE: 'WorkloadIPs' }) },
    verdict: { east: 'pass', west: 'unknown' },
    says: ['missingInput'],
  },
  {
    title: 'is unknown for a manifest that leaves the CNI to the operator',
    clusters: {
      east: without(changed(east, 'Installation', 'default', { spec: { cni: null } }), 'DaemonSet'),
      west: changed(west, 'Installation', 'default', { spec: { cni: null } }),
    },
    verdict: 'unknown',
    says: ['missingInput', 'untold'],
  },
  {
    title: 'is unknown for one cluster alone',
    clusters: { east },
    verdict: 'unknown',
    says: ['nothingToCompare'],
  },
  {
    title: 'is unknown for one cluster alone that has another CNI: WireGuard may join it',
    clusters: { east: cni(east, 'AmazonVPC') },
    verdict: 'unknown',
    says: ['nothingToCompare'],
  },
]);

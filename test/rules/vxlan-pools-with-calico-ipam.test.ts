// VXLAN pools in clusters with host-local IPAM.

import rule from '../../rules/vxlan-pools-with-calico-ipam.ts';
import { calicoNode, installation, ipPool, type Manifest } from '../kit/objects.ts';
import { testRule } from '../kit/test-rule.ts';

const OVERLAY = { routing: 'overlay' } as const;
const vxlan = ipPool('vxlan', '10.1.0.0/16', { vxlanMode: 'Always' });
const viaConfigMap: Manifest = {
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'calico-node', namespace: 'kube-system' },
  spec: {
    template: {
      spec: {
        containers: [
          {
            name: 'calico-node',
            image: 'x',
            env: [{ name: 'USE_POD_CIDR', valueFrom: { configMapKeyRef: { name: 'calico-config', key: 'pods' } } }],
          },
        ],
      },
    },
  },
};

testRule(rule, [
  {
    title: 'passes the IPAM of Calico, no VXLAN, and an IPAM that nothing tells',
    clusters: {
      a: [vxlan, installation()],
      b: [ipPool('plain', '10.1.0.0/16'), installation({ ipam: 'HostLocal' })],
      c: [vxlan],
    },
    options: OVERLAY,
    verdict: 'pass',
  },
  {
    title: 'fails host-local IPAM with VXLAN, whatever tells it',
    clusters: {
      a: [vxlan, installation({ ipam: 'HostLocal' })],
      b: [vxlan, calicoNode({ USE_POD_CIDR: 'true' })],
      c: [
        vxlan,
        viaConfigMap,
        {
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: { name: 'calico-config', namespace: 'kube-system' },
          data: { pods: 'true' },
        },
      ],
    },
    options: OVERLAY,
    verdict: 'fail',
    says: ['hostLocal', 'hostLocal', 'hostLocal'],
    blames: ['a', 'b', 'c'],
  },
  {
    title: 'is unknown without pools',
    clusters: { a: [installation()] },
    options: OVERLAY,
    verdict: 'unknown',
    says: ['missingInput'],
  },
]);

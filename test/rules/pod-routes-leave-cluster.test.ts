// BGP that does not carry pod routes beyond the cluster.

import rule from '../../rules/pod-routes-leave-cluster.ts';
import { installation, ipPool, type Manifest } from '../kit/objects.ts';
import { testRule } from '../kit/test-rule.ts';

const UNDERLAY = { routing: 'underlay' } as const;
const pool = ipPool('pods', '10.1.0.0/16');
const calico = (kind: string, name: string, spec: Readonly<Record<string, unknown>>): Manifest => ({
  apiVersion: 'projectcalico.org/v3',
  kind,
  metadata: { name },
  spec,
});
const mesh = (nodeToNodeMeshEnabled: boolean) => calico('BGPConfiguration', 'default', { nodeToNodeMeshEnabled });
const peer = calico('BGPPeer', 'router', { peerIP: '192.0.2.1', asNumber: 64512 });
const noPeers = { apiVersion: 'projectcalico.org/v3', kind: 'BGPPeerList', metadata: { name: '' }, items: [] };

testRule(rule, [
  {
    title: 'passes a peer without the mesh, the mesh without a peer, and no BGP objects at all',
    clusters: {
      a: [pool, mesh(false), peer],
      b: [pool, mesh(true), noPeers],
      c: [pool, ipPool('off', '10.9.0.0/16', { disabled: true, disableBGPExport: true })],
      d: [pool, mesh(false)],
    },
    options: UNDERLAY,
    verdict: 'pass',
  },
  {
    title: 'asks nothing of a pool that takes no part in the mesh',
    clusters: { a: [pool, ipPool('lab', '10.9.0.0/16', { disableBGPExport: true })], b: [pool] },
    options: { ...UNDERLAY, leftOut: ['a/lab'] },
    verdict: 'pass',
  },
  {
    title: 'warns of each way in which routes stay inside',
    clusters: {
      a: [ipPool('pods', '10.1.0.0/16', { disableBGPExport: true })],
      b: [pool, mesh(false), noPeers],
      c: [pool, mesh(true), peer],
    },
    options: UNDERLAY,
    verdict: 'warn',
    says: ['meshStillOn', 'noPeer', 'notExported'],
    at: [
      'a IPPool/pods spec.disableBGPExport',
      'b BGPConfiguration/default spec.nodeToNodeMeshEnabled',
      'c BGPConfiguration/default spec.nodeToNodeMeshEnabled',
    ],
  },
  {
    title: 'is unknown without pools',
    clusters: { a: [installation()] },
    options: UNDERLAY,
    verdict: 'unknown',
    says: ['missingInput'],
  },
]);

// Judges whether BGP can carry the pod routes of a cluster to the network. Reads nothing but the mesh.

import { at, defineRule, inside, kubectl, poolsOfMesh, shell } from '../src/rule.ts';

export default defineRule({
  id: 'pod-routes-leave-cluster',
  title: 'BGP announces the pod ranges of a cluster beyond it',
  requirement: 'nat-exclusion',
  severity: 'warning',
  compares: false,
  needs: ['ipPools'],
  evidence: ['bgpConfigurations', 'bgpPeers'],
  docs: {
    why: 'Where routers carry pod addresses between clusters, they learn them by BGP. A pool that is not exported, or a cluster without a peer, stays unknown to them.',
    fix: 'Leave disableBGPExport unset on pools with pods. With a router or reflector, turn the node-to-node mesh off and peer all nodes with it.',
    limits: 'Networks that learn routes by other means need no BGP; that it is meant is inferred from the objects.',
    sources: [
      {
        title: 'IP pool: disableBGPExport; that the routes are needed is inferred',
        url: 'https://docs.tigera.io/calico-enterprise/latest/reference/resources/ippool',
        version: '3.23',
        inferred: true,
      },
      {
        title: 'Cluster mesh example for AWS: node-to-node mesh off, one global peer',
        url: 'https://docs.tigera.io/calico-enterprise/latest/multicluster/federation/aws',
        version: '3.23',
      },
    ],
  },
  messages: {
    notExported: 'IPPool {pool} of {cluster} has disableBGPExport, so routers are inferred not to know its pods',
    noPeer:
      'BGPConfiguration {name} of {cluster} turns the node-to-node mesh off and no BGPPeer is there, so no pod route leaves a node',
    meshStillOn:
      'BGPPeer {peer} of {cluster} is global while nodeToNodeMeshEnabled of BGPConfiguration {name} is not false, which the example with a router turns off',
  },
  *check({ clusters }, say) {
    for (const { name, ipPools, bgpConfigurations, bgpPeers } of clusters) {
      for (const pool of poolsOfMesh(ipPools).items.filter((p) => p.participates && p.disableBGPExport)) {
        const patch = { spec: { disableBGPExport: false } };
        const edit = `patch ippool ${shell(pool.ref.name)} --type merge -p ${shell(JSON.stringify(patch))}`;
        yield say.finding(
          'notExported',
          { pool: pool.ref.name, cluster: name },
          {
            clusters: [name],
            evidence: [inside(pool, ['spec', 'disableBGPExport'], 'not exported')],
            fix: { title: 'export it', command: kubectl(name, edit), patch },
          },
        );
      }
      const bgp = bgpConfigurations.items.find((b) => b.ref.name === 'default');
      const mesh = bgp?.nodeToNodeMeshEnabled ?? null;
      const peer = bgpPeers.items.find((p) => p.global);
      const fix = { title: 'compare peers and mesh with the routers', command: kubectl(name, 'get bgppeers -o yaml') };
      if (bgp && mesh?.value === false && bgpPeers.state === 'complete' && bgpPeers.items.length === 0) {
        const evidence = [at(mesh, 'node-to-node mesh is off')] as const;
        yield say.finding('noPeer', { name: bgp.ref.name, cluster: name }, { clusters: [name], evidence, fix });
      } else if (bgp && mesh?.value !== false && peer) {
        const evidence = [
          inside(bgp, ['spec', 'nodeToNodeMeshEnabled'], 'not false'),
          inside(peer, [], 'a global peer'),
        ] as const;
        const data = { peer: peer.ref.name, cluster: name, name: bgp.ref.name };
        yield say.finding('meshStillOn', data, { clusters: [name], evidence, fix });
      }
      yield say.pass([name]);
    }
  },
});

// Tests of the rule distinct-tunnel-identities.

import rule from '../../rules/distinct-tunnel-identities.ts';
import { derivedMac } from '../../src/model/addresses/nodes.ts';
import { changed, healthyMesh, installation, type Manifest, node, without } from '../kit/objects.ts';
import { testRule } from '../kit/test-rule.ts';

const { east = [], west = [], south = [], north = [] } = healthyMesh(['east', 'west', 'south', 'north']);
const routed = healthyMesh(['east', 'west'], { routing: 'underlay' }) as { east: Manifest[]; west: Manifest[] };
const ADDRESS = 'projectcalico.org/IPv4VXLANTunnelAddr';
const MAC = 'projectcalico.org/VXLANTunnelMACAddr';
const KEY = 'projectcalico.org/WireguardPublicKey';
const at = (annotation: string) => `metadata.annotations["${annotation}"]`;
const annotated = (cluster: readonly Manifest[], name: string, annotations: Readonly<Record<string, string | null>>) =>
  changed(cluster, 'Node', name, { metadata: { annotations } });
const key = `${'k'.repeat(43)}=`;
const keyed = (cluster: readonly Manifest[], name: string) => annotated(cluster, name, { [KEY]: key });

const WIREGUARD = 'projectcalico.org/IPv4WireguardInterfaceAddr';
/** With host-local IPAM its pods and tunnels have addresses of the node's own range. */
const hostLocal = (cluster: readonly Manifest[], name: string, podCIDR: string, tunnel: string) => [
  ...changed(
    changed(without(cluster, 'Installation'), 'IPPool', 'default-ipv4-ippool', { spec: { vxlanMode: 'Never' } }),
    'Node',
    name,
    {
      metadata: { annotations: { [ADDRESS]: null, [WIREGUARD]: tunnel } },
      spec: { podCIDR, podCIDRs: [podCIDR] },
    },
  ),
  installation({ ipam: 'HostLocal', encapsulation: 'None' }),
];

testRule(rule, [
  { title: 'passes where nothing occurs twice', clusters: { east, west, south }, verdict: 'pass' },
  {
    title: 'fails where a tunnel address of another cluster is left over',
    clusters: { east, west: annotated(west, 'west-node-1', { [ADDRESS]: '10.1.128.0' }), south },
    verdict: { east: 'fail', west: 'fail', south: 'pass' },
    says: ['same'],
    at: [`east Node/east-node-1 ${at(ADDRESS)}`],
    blames: ['east west'],
    text: ['east-node-1 of east, west-node-1 of west have the same tunnel address 10.1.128.0'],
  },
  {
    title: 'fails for equal tunnel addresses where pools were not read',
    clusters: {
      east: without(east, 'IPPool'),
      west: without(annotated(west, 'west-node-1', { [ADDRESS]: '10.1.128.0' }), 'IPPool'),
    },
    options: { routing: 'overlay', calicoVersion: '3.19.4' },
    verdict: 'fail',
    says: ['same'],
  },
  {
    title: 'leaves equal tunnel addresses of overlapping pools to the rules of those',
    clusters: {
      east,
      west: changed(annotated(west, 'west-node-1', { [ADDRESS]: '10.1.128.0' }), 'IPPool', 'default-ipv4-ippool', {
        spec: { cidr: '10.0.0.0/8' },
      }),
    },
    verdict: 'pass',
  },
  {
    title: 'leaves equal tunnel addresses of overlapping node ranges to the rules of those',
    clusters: {
      east: hostLocal(east, 'east-node-1', '10.244.1.0/24', '10.244.1.0'),
      west: hostLocal(west, 'west-node-1', '10.244.1.0/24', '10.244.1.0'),
    },
    verdict: 'pass',
  },
  {
    title: 'leaves equal tunnel addresses of a pool and a node range that overlap to the rules of those',
    clusters: {
      east: annotated(east, 'east-node-1', { [WIREGUARD]: '10.1.128.1' }),
      west: hostLocal(west, 'west-node-1', '10.1.128.0/24', '10.1.128.1'),
    },
    verdict: 'pass',
  },
  {
    title: 'fails for equal tunnel addresses that only one of the node ranges holds',
    clusters: {
      east: hostLocal(east, 'east-node-1', '10.244.1.0/24', '10.244.1.0'),
      west: hostLocal(west, 'west-node-1', '10.244.2.0/24', '10.244.1.0'),
    },
    verdict: 'fail',
    says: ['same'],
    at: [`east Node/east-node-1 ${at(WIREGUARD)}`],
  },
  {
    title: 'fails for equal tunnel addresses in node ranges that pods get no addresses from',
    clusters: {
      east: changed(annotated(east, 'east-node-1', { [WIREGUARD]: '10.244.1.0' }), 'Node', 'east-node-1', {
        spec: { podCIDRs: ['10.244.1.0/24'] },
      }),
      west: changed(annotated(west, 'west-node-1', { [WIREGUARD]: '10.244.1.0' }), 'Node', 'west-node-1', {
        spec: { podCIDRs: ['10.244.1.0/24'] },
      }),
    },
    verdict: 'fail',
    says: ['same'],
  },
  {
    title: 'fails where recorded MACs are equal, however they are written',
    clusters: {
      east: annotated(east, 'east-node-1', { [MAC]: '66:AA:BB:CC:DD:01' }),
      west: annotated(west, 'west-node-1', { [MAC]: '66-aa-bb-cc-dd-01' }),
    },
    verdict: 'fail',
    says: ['same'],
    at: [`east Node/east-node-1 ${at(MAC)}`],
    text: ['MAC 66:aa:bb:cc:dd:01'],
  },
  {
    title: 'fails where a recorded MAC is the one that another name gives',
    clusters: {
      east: changed(east, 'Node', 'east-node-1', { metadata: { name: 'node1' } }),
      west: annotated(west, 'west-node-1', { [MAC]: '66:f9:37:c3:7e:94' }),
    },
    verdict: 'fail',
    says: ['same'],
    at: ['east Node/node1 metadata.name'],
  },
  {
    title: 'leaves MACs of equal names to the rule of those, and takes a name for no MAC where no VTEP is',
    clusters: {
      east: changed(east, 'Node', 'east-node-1', { metadata: { name: 'node1' } }),
      west: changed(west, 'Node', 'west-node-1', { metadata: { name: 'node1' } }),
      south: changed(annotated(south, 'south-node-1', { [ADDRESS]: null }), 'Node', 'south-node-1', {
        metadata: { name: 'node2' },
      }),
      north: annotated(north, 'north-node-1', { [MAC]: derivedMac('node2', 4) }),
    },
    verdict: 'pass',
  },
  {
    title: 'fails where recorded MACs are equal, though the network routes and no VTEP is there',
    clusters: {
      east: annotated(routed.east, 'east-node-1', { [MAC]: '66:aa:bb:cc:dd:01' }),
      west: annotated(routed.west, 'west-node-1', { [MAC]: '66:aa:bb:cc:dd:01' }),
    },
    verdict: 'fail',
    says: ['same'],
    at: [`east Node/east-node-1 ${at(MAC)}`],
    blames: ['east west'],
  },
  {
    title: 'passes other recorded MACs where the network routes',
    clusters: {
      east: annotated(routed.east, 'east-node-1', { [MAC]: '66:aa:bb:cc:dd:01' }),
      west: annotated(routed.west, 'west-node-1', { [MAC]: '66:aa:bb:cc:dd:02' }),
    },
    verdict: 'pass',
  },
  {
    title: 'fails where WireGuard keys are equal, in whatever clusters',
    clusters: {
      east: keyed(east, 'east-node-1'),
      west: keyed(west, 'west-node-2'),
      south: keyed(keyed(south, 'south-node-1'), 'south-node-2'),
    },
    verdict: 'fail',
    says: ['same'],
    blames: ['east south west'],
  },
  {
    title: 'fails where two nodes of one cluster have one WireGuard key',
    clusters: { east, west: keyed(keyed(west, 'west-node-1'), 'west-node-2') },
    verdict: { east: 'pass', west: 'fail' },
    says: ['same'],
    at: [`west Node/west-node-1 ${at(KEY)}`],
  },
  {
    title: 'fails where two nodes of one cluster have one tunnel address, also in a pool that another cluster has too',
    clusters: {
      east,
      west: annotated(west, 'west-node-1', { [ADDRESS]: '10.2.128.64' }),
      south: changed(annotated(south, 'south-node-1', { [ADDRESS]: '10.3.128.64' }), 'IPPool', 'default-ipv4-ippool', {
        spec: { cidr: '10.3.0.0/16' },
      }),
      north: changed(north, 'IPPool', 'default-ipv4-ippool', { spec: { cidr: '10.3.0.0/16' } }),
    },
    verdict: { east: 'pass', west: 'fail', south: 'fail', north: 'pass' },
    says: ['same', 'same'],
    at: [`west Node/west-node-1 ${at(ADDRESS)}`, `south Node/south-node-1 ${at(ADDRESS)}`],
    blames: ['west', 'south'],
    text: ['west-node-1 of west, west-node-2 of west have the same tunnel address 10.2.128.64'],
  },
  {
    title: 'fails where two nodes of one cluster have one tunnel address that overlapping pools give a third',
    clusters: {
      east: annotated(east, 'east-node-1', { [ADDRESS]: '10.1.128.64' }),
      west: changed(annotated(west, 'west-node-1', { [ADDRESS]: '10.1.128.64' }), 'IPPool', 'default-ipv4-ippool', {
        spec: { cidr: '10.1.128.0/17' },
      }),
    },
    verdict: 'fail',
    says: ['same'],
    blames: ['east west'],
  },
  {
    title: 'fails where two nodes of one cluster have one MAC, recorded on both or what the name of one gives',
    clusters: {
      east,
      west: annotated(annotated(west, 'west-node-1', { [MAC]: '66:aa:bb:cc:dd:01' }), 'west-node-2', {
        [MAC]: '66:AA:BB:CC:DD:01',
      }),
      south: annotated(south, 'south-node-1', { [MAC]: derivedMac('south-node-2', 4) }),
      north: annotated(north, 'north-node-1', { [MAC]: '66:aa:bb:cc:dd:02' }),
    },
    verdict: { east: 'pass', west: 'fail', south: 'fail', north: 'pass' },
    says: ['same', 'same'],
    at: [`west Node/west-node-1 ${at(MAC)}`, `south Node/south-node-1 ${at(MAC)}`],
  },
  {
    title: 'tells of many nodes of one cluster that share something as one cause',
    clusters: {
      east,
      west: [...west, ...cloned('far', 8), ...cloned('near', 8)],
    },
    verdict: { east: 'pass', west: 'fail' },
    says: ['sameMany'],
    text: [
      'nodes of west have tunnel addresses, MACs or WireGuard keys in common, 6 in all, tunnel address 10.8.128.0',
    ],
  },
  {
    title: 'tells what the same nodes share at once, and cloned clusters as one cause',
    clusters: {
      east: keyed(annotated(east, 'east-node-1', { [MAC]: '66:aa:bb:cc:dd:01' }), 'east-node-1'),
      west: keyed(annotated(west, 'west-node-1', { [MAC]: '66:aa:bb:cc:dd:01' }), 'west-node-1'),
      north: cloned('north', 8),
      far: cloned('far', 9),
    },
    verdict: 'fail',
    says: ['same', 'sameMany'],
    text: ['6 in all', 'MAC 66:aa:bb:cc:dd:01, WireGuard key'],
  },
  {
    title: 'is unknown for a cluster without Nodes',
    clusters: { east, west: without(west, 'Node') },
    verdict: 'unknown',
    says: ['missingInput'],
  },
]);

/** Six nodes whose MACs another cluster made in this way has, too. */
function cloned(name: string, index: number): Manifest[] {
  const nodes = [1, 2, 3, 4, 5, 6].map((n) => node(name, index, n));
  return nodes.map((n, i) => {
    const [changedNode] = annotated([n], n.metadata.name, {
      [MAC]: `66:00:00:00:00:0${i}`,
      [ADDRESS]: `10.${index}.128.${i * 8}`,
    });
    return changedNode ?? n;
  });
}

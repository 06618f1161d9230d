// Tests of the rule overlay-port-passes.

import { expect, test } from 'vitest';
import rule from '../../rules/overlay-port-passes.ts';
import type { Rule } from '../../src/rule.ts';
import { build } from '../kit/mesh.ts';
import { changed, healthyMesh, type Manifest, without } from '../kit/objects.ts';
import { runRule, testRule } from '../kit/test-rule.ts';

const { east = [], west = [] } = healthyMesh(['east', 'west']);
const felix = (cluster: readonly Manifest[], spec: Readonly<Record<string, unknown>>) =>
  changed(cluster, 'FelixConfiguration', 'default', { spec });
const bare = (cluster: readonly Manifest[]) =>
  changed(cluster, 'IPPool', 'default-ipv4-ippool', { spec: { vxlanMode: 'Never' } });

testRule(rule, [
  {
    title: 'is unknown for the built-in port of VXLAN',
    clusters: { east, west },
    verdict: 'unknown',
    says: ['untried'],
    blames: ['east west'],
    text: ['UDP port 4789 is'],
  },
  {
    title: 'is unknown for the ports that are set, of both overlays',
    clusters: {
      east: felix(east, { vxlanPort: 8472, wireguardEnabled: true, wireguardListeningPort: 51999 }),
      west: felix(west, { vxlanPort: 8472, wireguardEnabled: true }),
    },
    verdict: 'unknown',
    says: ['untried'],
    text: ['8472, 51820, 51999'],
  },
  {
    title: 'names built-in ports where no FelixConfiguration was read',
    clusters: { east: without(east, 'FelixConfiguration'), west: without(west, 'FelixConfiguration') },
    verdict: 'unknown',
    says: ['untried'],
    text: ['4789, 51820'],
  },
  {
    title: 'is unknown without Nodes',
    clusters: { east, west: without(west, 'Node') },
    verdict: 'unknown',
    says: ['untried'],
  },
  {
    title: 'is unknown for the port of VXLAN where the clusters share no overlay yet',
    clusters: { east: bare(east), west },
    verdict: 'unknown',
    says: ['untried'],
    text: ['UDP port 4789 is'],
  },
  {
    title: 'is unknown for the port of WireGuard alone',
    clusters: {
      east: felix(bare(east), { wireguardEnabled: true }),
      west: felix(bare(west), { wireguardEnabled: true }),
    },
    verdict: 'unknown',
    says: ['untried'],
    text: ['UDP port 51820 is'],
  },
  {
    title: 'does not apply where the network routes',
    clusters: { east, west },
    options: { routing: 'underlay' },
    verdict: 'not-applicable',
  },
]);

test('overlay-port-passes gives a command with addresses and ports of the mesh', () => {
  const { findings } = runRule(
    rule as unknown as Rule,
    build({ east: felix(east, { vxlanPort: 8472 }), west: felix(west, { vxlanPort: 8472 }) }),
  );
  expect(findings[0]?.command).toBe(
    'ssh 10.2.0.10 "sudo timeout 20 tcpdump -c 1 -n -i any udp dst port 8472 and src host 10.1.0.10" & sleep 3; ' +
      `ssh 10.1.0.10 "bash -c 'echo probe > /dev/udp/10.2.0.10/8472'"; wait $!`,
  );
});

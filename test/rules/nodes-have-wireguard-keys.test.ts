// Tests of the rule nodes-have-wireguard-keys.

import rule from '../../rules/nodes-have-wireguard-keys.ts';
import { changed, felixConfiguration, healthyMesh, type Manifest, without } from '../kit/objects.ts';
import { testRule } from '../kit/test-rule.ts';

const { east = [], west = [] } = healthyMesh(['east', 'west']);
const KEY = 'projectcalico.org/WireguardPublicKey';
const key = (letter: string) => `${letter.repeat(43)}=`;
const encrypted = (cluster: readonly Manifest[]) =>
  changed(cluster, 'FelixConfiguration', 'default', { spec: { wireguardEnabled: true } });
const keyed = (cluster: readonly Manifest[], name: string, value: string | null) =>
  changed(cluster, 'Node', name, { metadata: { annotations: { [KEY]: value } } });
const ready = (cluster: readonly Manifest[], name: string) =>
  keyed(keyed(encrypted(cluster), `${name}-node-1`, key('b')), `${name}-node-2`, key('c'));

testRule(rule, [
  {
    title: 'passes where every node has one',
    clusters: { east: ready(east, 'east'), west: ready(west, 'west') },
    verdict: 'pass',
  },
  { title: 'passes where WireGuard is off', clusters: { east, west }, verdict: 'pass' },
  {
    title: 'warns where a node has none',
    clusters: { east: keyed(ready(east, 'east'), 'east-node-2', null), west: ready(west, 'west') },
    verdict: { east: 'warn', west: 'pass' },
    says: ['noKey'],
    at: [`east Node/east-node-2 metadata.annotations["${KEY}"]`],
    text: ['east-node-2'],
  },
  {
    title: 'takes what is no key for none',
    clusters: { east: keyed(ready(east, 'east'), 'east-node-2', 'YWJj'), west: ready(west, 'west') },
    verdict: { east: 'warn', west: 'pass' },
    says: ['noKey'],
  },
  {
    title: 'passes over a node for which WireGuard is off',
    clusters: {
      east: [
        ...keyed(ready(east, 'east'), 'east-node-2', null),
        felixConfiguration('node.east-node-2', { wireguardEnabled: false }),
      ],
      west: ready(west, 'west'),
    },
    verdict: 'pass',
  },
  {
    title: 'does not matter where one cluster alone has WireGuard, or before 3.21',
    clusters: { east: encrypted(east), west },
    verdict: 'pass',
  },
  {
    title: 'does not matter before 3.21',
    clusters: { east: encrypted(east), west: encrypted(west) },
    options: { calicoVersion: '3.20.1' },
    verdict: 'pass',
  },
  {
    title: 'judges each cluster alone, and is unknown without Nodes',
    clusters: { east: ready(east, 'east'), west: without(ready(west, 'west'), 'Node') },
    verdict: { east: 'pass', west: 'unknown' },
    says: ['missingInput'],
  },
]);

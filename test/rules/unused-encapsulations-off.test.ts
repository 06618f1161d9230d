// Tests of the rule unused-encapsulations-off.

import rule from '../../rules/unused-encapsulations-off.ts';
import { withEnvironment, withFelix, withOverride } from '../kit/felix.ts';
import { changed, healthyMesh, ipPool, type Manifest, without } from '../kit/objects.ts';
import { testRule } from '../kit/test-rule.ts';

const two = healthyMesh(['east', 'west']) as { east: Manifest[]; west: Manifest[] };
const old = healthyMesh(['east', 'west'], { version: 'v3.20.0' }) as typeof two;
const four = healthyMesh(['a', 'b', 'east', 'west']) as Record<'a' | 'b' | 'east' | 'west', Manifest[]>;
const { east } = two;
const pool = (objects: Manifest[], spec: Record<string, unknown>) =>
  changed(objects, 'IPPool', 'default-ipv4-ippool', { spec });
const encrypted = (objects: Manifest[], spec: Record<string, unknown> = {}) =>
  withFelix(pool(objects, { vxlanMode: 'Never' }), { wireguardEnabled: true, ...spec });
const leftover = withFelix(two.west, { ipipEnabled: true });

testRule(rule, [
  { title: 'passes where the pools decide', clusters: two, verdict: 'pass' },
  {
    title: 'says nothing of what a pool uses, or of what is off',
    clusters: { east: withFelix(east, { vxlanEnabled: true }), west: withFelix(two.west, { ipipEnabled: false }) },
    verdict: 'pass',
  },
  {
    title: 'notes IPIP that is left over beside VXLAN',
    clusters: { east, west: leftover },
    verdict: 'pass',
    says: ['unused'],
    blames: ['west'],
    at: ['west FelixConfiguration/default spec.ipipEnabled'],
    text: ['ipipEnabled is true in west, although no IPPool there uses IPIP'],
  },
  {
    title: 'notes it where the environment keeps it on',
    clusters: { east, west: withEnvironment(two.west, { FELIX_IPINIPENABLED: 'true' }) },
    verdict: 'pass',
    says: ['unused'],
    at: ['west DaemonSet/calico-node spec.template.spec.containers[0].env[1].value'],
  },
  {
    title: 'notes it on a single node',
    clusters: { east, west: withOverride(two.west, 'node.west-node-1', { ipipEnabled: true }) },
    verdict: 'pass',
    says: ['unused'],
    text: ['true on node west-node-1 of west'],
  },
  {
    title: 'says nothing where a pool uses IPIP, be it disabled',
    clusters: { east, west: [...leftover, ipPool('old', '172.20.0.0/16', { ipipMode: 'Always', disabled: true })] },
    verdict: 'pass',
  },
  {
    title: 'notes VXLAN that no pool uses in a mesh of WireGuard',
    clusters: { east: encrypted(east), west: encrypted(two.west, { vxlanEnabled: true }) },
    verdict: 'not-applicable',
    says: ['unused'],
    at: ['west FelixConfiguration/default spec.vxlanEnabled'],
    text: ['although no IPPool there uses VXLAN over IPv4'],
  },
  {
    title: 'notes it where only IPv6 pools use VXLAN, for which there is no such setting',
    clusters: {
      east: encrypted(east),
      west: [...encrypted(two.west, { vxlanEnabled: true }), ipPool('v6', 'fd00:10::/64', { vxlanMode: 'Always' })],
    },
    verdict: 'not-applicable',
    says: ['unused'],
  },
  {
    title: 'says nothing where a mode that is none is meant to turn it on',
    clusters: { east, west: [...leftover, ipPool('more', '172.20.0.0/16', { ipipMode: 'always' })] },
    verdict: 'pass',
  },
  {
    title: 'says nothing of a cluster without an overlay, which lacks a pool',
    clusters: {
      east,
      west: withFelix(pool(two.west, { vxlanMode: 'Never' }), { vxlanEnabled: true, ipipEnabled: true }),
    },
    verdict: 'not-applicable',
  },
  {
    title: 'says nothing of it where WireGuard is no overlay yet',
    clusters: { east: old.east, west: encrypted(old.west, { vxlanEnabled: true }) },
    verdict: 'pass',
  },
  {
    title: 'leaves a setting that another cluster contradicts to another rule',
    clusters: {
      a: withFelix(four.a, { wireguardEnabled: true }),
      b: withFelix(four.b, { wireguardEnabled: true }),
      east: encrypted(four.east, { vxlanEnabled: true }),
      west: encrypted(four.west),
    },
    verdict: 'pass',
  },
  {
    title: 'says nothing where the pools were not all read',
    clusters: {
      east,
      west: {
        'export.yaml': leftover,
        'ippools.yaml': [{ apiVersion: 'v1', kind: 'List', metadata: { continue: 'x' }, items: [] }],
      },
    },
    verdict: 'pass',
  },
  {
    title: 'says nothing where the DaemonSet, which outranks the setting, was not read',
    clusters: { east, west: without(leftover, 'DaemonSet') },
    verdict: 'pass',
  },
]);

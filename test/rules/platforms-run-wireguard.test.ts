// Tests of the rule platforms-run-wireguard.

import rule from '../../rules/platforms-run-wireguard.ts';
import { changed, healthyMesh, type Manifest, without } from '../kit/objects.ts';
import { testRule } from '../kit/test-rule.ts';

const { east = [], west = [] } = healthyMesh(['east', 'west']);
const encrypted = (cluster: readonly Manifest[], vxlanMode = 'Never') =>
  changed(changed(cluster, 'IPPool', 'default-ipv4-ippool', { spec: { vxlanMode } }), 'FelixConfiguration', 'default', {
    spec: { wireguardEnabled: true },
  });
const gke = (cluster: readonly Manifest[]) =>
  changed(cluster, 'Installation', 'default', { spec: { kubernetesProvider: 'GKE' } });

testRule(rule, [
  {
    title: 'passes where no cluster is on GKE',
    clusters: { east: encrypted(east), west: encrypted(west) },
    verdict: 'pass',
  },
  {
    title: 'fails on GKE where WireGuard is the only overlay',
    clusters: { east: encrypted(east), west: gke(encrypted(west)) },
    verdict: { east: 'pass', west: 'fail' },
    says: ['unsupported'],
    at: ['west Installation/default spec.kubernetesProvider'],
  },
  {
    title: 'passes on GKE where VXLAN is used, or WireGuard is not',
    clusters: { east: encrypted(east, 'Always'), west: gke(encrypted(west, 'Always')) },
    verdict: 'pass',
  },
  { title: 'passes on GKE without WireGuard', clusters: { east, west: gke(west) }, verdict: 'pass' },
  {
    title: 'is unknown where the pools that decide about VXLAN were not read',
    clusters: { east: encrypted(east, 'Always'), west: gke(without(encrypted(west), 'IPPool')) },
    verdict: { east: 'pass', west: 'unknown' },
    says: ['unsupportedIfAlone'],
  },
]);

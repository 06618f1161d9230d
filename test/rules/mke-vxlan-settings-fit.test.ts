// Tests of the rule mke-vxlan-settings-fit.

import rule from '../../rules/mke-vxlan-settings-fit.ts';
import { changed, healthyMesh, type Manifest } from '../kit/objects.ts';
import { testRule } from '../kit/test-rule.ts';

const { east = [], west = [] } = healthyMesh(['east', 'west']);
const mke = (cluster: readonly Manifest[], metadata: Readonly<Record<string, unknown>> = {}) =>
  changed(cluster, 'Installation', 'default', { metadata, spec: { kubernetesProvider: 'DockerEnterprise' } });
const felix = (cluster: readonly Manifest[], spec: Readonly<Record<string, unknown>>) =>
  changed(cluster, 'FelixConfiguration', 'default', { spec });

testRule(rule, [
  { title: 'passes without MKE', clusters: { east, west }, verdict: 'pass' },
  {
    title: 'fails for a manifest that leaves the VNI to the operator',
    clusters: { east, west: mke(west) },
    verdict: { east: 'pass', west: 'fail' },
    says: ['becomes'],
    at: ['west FelixConfiguration/default spec.vxlanVNI'],
    text: ['other clusters have 4096'],
  },
  {
    title: 'passes where the VNI is set, or all clusters are on MKE, or the others have the same',
    clusters: { east, west: felix(mke(west), { vxlanVNI: 4096 }) },
    verdict: 'pass',
  },
  { title: 'passes where all clusters are on MKE', clusters: { east: mke(east), west: mke(west) }, verdict: 'pass' },
  {
    title: 'passes where the others have what the operator writes',
    clusters: { east: felix(east, { vxlanVNI: 10000 }), west: mke(west) },
    verdict: 'pass',
  },
  {
    title: 'passes for stored state, where the operator has written it',
    clusters: { east, west: mke(west, { uid: 'f00' }) },
    verdict: 'pass',
  },
  {
    title: 'fails for eBPF on the port of Swarm',
    clusters: { east, west: felix(mke(west), { vxlanVNI: 4096, vxlanPort: 4789, bpfEnabled: true }) },
    verdict: { east: 'pass', west: 'fail' },
    says: ['swarmPort'],
    at: ['west FelixConfiguration/default spec.vxlanPort'],
  },
  {
    title: 'passes for eBPF on another port, or that port without eBPF',
    clusters: {
      east: felix(mke(east), { vxlanVNI: 4096, vxlanPort: 8472, bpfEnabled: true }),
      west: felix(mke(west), { vxlanVNI: 4096, vxlanPort: 4789 }),
    },
    verdict: 'pass',
  },
]);

// One cause gives one finding per requirement, over all rules that judge Felix settings.

import { describe, expect, it } from 'vitest';
import { judge } from '../src/engine.ts';
import { loadRules } from '../src/registry.ts';
import { calicoConfig, withEnvironment, withFelix, withOverride, withReference } from './kit/felix.ts';
import { build, type ClusterState } from './kit/mesh.ts';
import { changed, healthyMesh, type Manifest, without } from './kit/objects.ts';

const rules = (await loadRules()).filter(({ requirement }) => requirement.startsWith('aligned-'));
const three = healthyMesh(['east', 'north', 'west']) as { east: Manifest[]; north: Manifest[]; west: Manifest[] };

/** Every finding but notes, as `verdict requirement clusters`. */
function findings(clusters: Readonly<Record<string, ClusterState>>): readonly string[] {
  const judged = judge(rules, build(clusters), new Set());
  expect(judged.failures).toEqual([]);
  return judged.findings
    .filter(({ outcome }) => outcome.verdict !== 'note')
    .map(({ rule, outcome }) => `${outcome.verdict} ${rule.requirement} ${outcome.clusters.join(' ')}`);
}

const west = (state: ClusterState) => findings({ ...three, west: state });
const envFrom = (objects: Manifest[]) =>
  changed(objects, 'DaemonSet', 'calico-node', {
    spec: {
      template: {
        spec: { containers: [{ name: 'calico-node', envFrom: [{ configMapRef: { name: 'calico-config' } }] }] },
      },
    },
  });

describe('one cause', () => {
  it('a healthy mesh gives none', () => {
    expect(findings(three)).toEqual([]);
  });

  it('a variable that is at odds with the mesh and with its own FelixConfiguration', () => {
    const state = withEnvironment(withFelix(three.west, { vxlanPort: 4789 }), { FELIX_VXLANPORT: '8472' });
    expect(west(state)).toEqual(['fail aligned-vxlan west']);
  });

  it('a value that cannot be read, so that its built-in default is at odds with the mesh', () => {
    const others = { east: withFelix(three.east, { vxlanVNI: 7 }), north: withFelix(three.north, { vxlanVNI: 7 }) };
    const state = withEnvironment(withFelix(three.west, { vxlanVNI: 7 }), { FELIX_VXLANVNI: 'seven' });
    expect(findings({ ...others, west: state })).toEqual(['fail aligned-vxlan west']);
  });

  it('a port of 0 in one cluster', () => {
    expect(west(withFelix(three.west, { vxlanPort: 0 }))).toEqual(['fail aligned-vxlan west']);
  });

  it('an MTU that is too large for WireGuard on AKS, and that no other cluster has', () => {
    const on = (objects: Manifest[], spec: Record<string, unknown> = {}) =>
      withFelix(objects, { wireguardEnabled: true, ...spec });
    const state = changed(on(three.west, { wireguardMTU: 1440 }), 'Installation', 'default', {
      spec: { kubernetesProvider: 'AKS' },
    });
    expect(findings({ east: on(three.east), north: on(three.north), west: state })).toEqual([
      'fail aligned-wireguard west',
    ]);
  });

  it('an MTU of the Installation, which sets those of both overlays and families', () => {
    const on = (objects: Manifest[]) => withFelix(objects, { wireguardEnabled: true });
    const variables = ['FELIX_VXLANMTU', 'FELIX_VXLANMTUV6', 'FELIX_WIREGUARDMTU', 'FELIX_WIREGUARDMTUV6'];
    const mtu = (objects: Manifest[], value: number) =>
      changed(
        withEnvironment(on(objects), Object.fromEntries(variables.map((name) => [name, `${value}`]))),
        'Installation',
        'default',
        { spec: { calicoNetwork: { mtu: value } } },
      );
    expect(
      findings({ east: mtu(three.east, 1400), north: mtu(three.north, 1400), west: mtu(three.west, 1350) }),
    ).toEqual(['fail aligned-vxlan west', 'warn aligned-wireguard west']);
    expect(findings({ east: on(three.east), north: on(three.north), west: mtu(three.west, 1350) })).toEqual([
      'warn aligned-vxlan west',
      'warn aligned-wireguard west',
    ]);
  });

  it('vxlanEnabled false by the environment where the FelixConfiguration says true', () => {
    const state = withEnvironment(withFelix(three.west, { vxlanEnabled: true }), { FELIX_VXLANENABLED: 'false' });
    expect(west(state)).toEqual(['fail aligned-vxlan west']);
  });

  it('an override for a node, by two FelixConfigurations whose selectors match it', () => {
    const first = withOverride(three.west, 'first', { vxlanPort: 8472, nodeSelector: 'all()' });
    expect(west(withOverride(first, 'second', { vxlanPort: 1, nodeSelector: 'all()' }))).toEqual([
      'fail aligned-vxlan west',
    ]);
  });

  it('an envFrom that was not read, once for every requirement that it leaves open', () => {
    expect(west(envFrom(three.west))).toEqual(['unknown aligned-route-source west', 'unknown aligned-vxlan west']);
    expect(west([...envFrom(three.west), calicoConfig('x')])).toEqual([]);
  });

  it('a reference that was not read, only for the requirement of its parameter', () => {
    expect(west(withReference(three.west, 'FELIX_VXLANMTU'))).toEqual(['unknown aligned-vxlan west']);
    expect(west(withReference(three.west, 'FELIX_VXLANMTUV6'))).toEqual(['unknown aligned-vxlan west']);
    expect(west(withReference(three.west, 'FELIX_WIREGUARDMTU'))).toEqual([]);
    expect(west(withReference(three.west, 'FELIX_LOGSEVERITYSCREEN'))).toEqual([]);
  });

  it('a DaemonSet that was not read', () => {
    expect(west(without(three.west, 'DaemonSet'))).toEqual([
      'unknown aligned-route-source west',
      'unknown aligned-vxlan west',
    ]);
  });
});

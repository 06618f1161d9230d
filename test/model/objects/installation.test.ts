// An Installation: what the operator computed counts, field by field, and the spec where it computed nothing.

import { describe, expect, it } from 'vitest';
import type { InstallationFacts } from '../../../src/model/objects/facts.ts';
import { pathText, type Sourced } from '../../../src/model/resource.ts';
import { intakeOf } from '../../kit/mesh.ts';

type Raw = Readonly<Record<string, unknown>>;

const FIELDS = [
  'variant',
  'kubernetesProvider',
  'cniType',
  'ipamType',
  'linuxDataplane',
  'windowsDataplane',
  'mtu',
  'noAutodetectionV4',
] as const satisfies readonly (keyof InstallationFacts)[];

/** Where each of the fields stands that are told. */
function places(spec: Raw, computed: Raw): readonly string[] {
  const object = {
    apiVersion: 'operator.tigera.io/v1',
    kind: 'Installation',
    metadata: { name: 'default' },
    spec,
    status: { computed },
  };
  const [facts] = intakeOf('a', [object]).kinds.Installation.items;
  const told = FIELDS.flatMap((field): Sourced<unknown>[] => (facts?.[field] ? [facts[field]] : []));
  return told.map(({ path }) => pathText(path));
}

const all = {
  variant: 'CalicoEnterprise',
  kubernetesProvider: 'AKS',
  cni: { type: 'AzureVNET', ipam: { type: 'AzureVNET' } },
  calicoNetwork: { linuxDataplane: 'BPF', windowsDataplane: 'HNS', mtu: 1400, nodeAddressAutodetectionV4: {} },
};
const below = (root: string) =>
  [
    'variant',
    'kubernetesProvider',
    'cni.type',
    'cni.ipam.type',
    'calicoNetwork.linuxDataplane',
    'calicoNetwork.windowsDataplane',
    'calicoNetwork.mtu',
    'calicoNetwork.nodeAddressAutodetectionV4',
  ].map((path) => `${root}.${path}`);

describe('each field', () => {
  it('is what the operator computed', () => {
    expect(places(all, all)).toEqual(below('status.computed'));
    expect(places({}, all)).toEqual(below('status.computed'));
  });

  it('is that of the spec where the operator computed none', () => {
    expect(places(all, {})).toEqual(below('spec'));
    expect(places(all, { variant: 'CalicoEnterprise', cni: { type: '' }, calicoNetwork: null })).toEqual([
      'status.computed.variant',
      ...below('spec').slice(1),
    ]);
  });

  it('is looked for by itself, not with its neighbours', () => {
    expect(places({ cni: { type: 'Calico', ipam: { type: 'HostLocal' } } }, { cni: { type: 'Calico' } })).toEqual([
      'status.computed.cni.type',
      'spec.cni.ipam.type',
    ]);
  });
});

it('has autodetection that was computed although the spec turns it off', () => {
  const off = { calicoNetwork: { nodeAddressAutodetectionV4: {} } };
  expect(places(off, { calicoNetwork: { nodeAddressAutodetectionV4: { firstFound: true } } })).toEqual([]);
});

// CNI and IPAM: what the Installation and calico-node prove, and what they leave open.

import { describe, expect, it } from 'vitest';
import type { Listed } from '../../../src/model/availability.ts';
import type {
  ConfigMapFacts,
  ContainerFacts,
  InstallationFacts,
  ObjectFacts,
  WorkloadFacts,
} from '../../../src/model/objects/facts.ts';
import { tellCni } from '../../../src/model/platform/cni.ts';
import type { Sourced } from '../../../src/model/resource.ts';

function object(kind: string, name: string, apiVersion = 'v1', namespace: string | null = null): ObjectFacts {
  return {
    ref: { cluster: 'a', apiVersion, kind, namespace, name, origin: null },
    uid: 'f00',
    created: null,
    labels: {},
  };
}

function sourced({ ref }: ObjectFacts, value: string | undefined, ...path: string[]): Sourced<string> | null {
  return value === undefined ? null : { value, ref, path };
}

function installation(written: { cni?: string; ipam?: string; provider?: string; uid?: null }): InstallationFacts {
  const base = object('Installation', 'default');
  return {
    ...base,
    uid: written.uid === null ? null : base.uid,
    variant: null,
    calicoVersion: null,
    kubernetesProvider: sourced(base, written.provider, 'spec', 'kubernetesProvider'),
    cniType: sourced(base, written.cni, 'spec', 'cni', 'type'),
    ipamType: sourced(base, written.ipam, 'spec', 'cni', 'ipam', 'type'),
    linuxDataplane: null,
    windowsDataplane: null,
    mtu: null,
    statusMtu: null,
    noAutodetectionV4: null,
    ipPools: [],
  };
}

/** Values are literal; `{ map, key }` refers to a ConfigMap. */
function calicoNode(
  env: Readonly<Record<string, string | { map: string; key: string }>>,
  envFrom: ContainerFacts['envFrom'] = [],
): WorkloadFacts {
  const entries = Object.entries(env).map(([name, value], index) =>
    typeof value === 'string'
      ? { name, value, from: null, index }
      : {
          name,
          value: null,
          from: { kind: 'ConfigMap', name: value.map, key: value.key, optional: false } as const,
          index,
        },
  );
  const container = { name: 'calico-node', index: 0, image: '', env: entries, envFrom };
  return {
    ...object('DaemonSet', 'calico-node', 'apps/v1', 'calico-system'),
    containers: [container],
    operatorManaged: false,
  };
}

function configMap(name: string, data: Readonly<Record<string, string>>, namespace = 'calico-system'): ConfigMapFacts {
  return { ...object('ConfigMap', name, 'v1', namespace), data, keys: Object.keys(data), identity: null };
}

const complete = <T>(...items: T[]): Listed<T> => ({ state: 'complete', why: null, items, namespaces: new Set() });
const missing: Listed<never> = { state: 'missing', why: 'not in the input', items: [], namespaces: new Set() };

describe('tellCni by the Installation', () => {
  const told = (written: Parameters<typeof installation>[0]) => {
    const { type, ipam } = tellCni({ installations: complete(installation(written)), calicoNode: missing });
    return [type?.value ?? null, ipam?.value ?? null];
  };

  it('takes what is written', () => {
    expect(told({ cni: 'AmazonVPC', ipam: 'AmazonVPC' })).toEqual(['AmazonVPC', 'AmazonVPC']);
    expect(told({ cni: 'Calico', ipam: 'HostLocal', provider: 'GKE' })).toEqual(['Calico', 'HostLocal']);
  });

  it('applies the defaults of the provider and of the plugin', () => {
    expect(told({ provider: 'EKS' })).toEqual(['AmazonVPC', 'AmazonVPC']);
    expect(told({ provider: 'AKS' })).toEqual(['AzureVNET', 'AzureVNET']);
    expect(told({ provider: 'GKE' })).toEqual(['GKE', 'HostLocal']);
    expect(told({ provider: 'OpenShift' })).toEqual(['Calico', 'Calico']);
    expect(told({ provider: 'EKS', cni: 'Calico' })).toEqual(['Calico', 'Calico']);
  });

  it('takes an unset provider for none only in a stored object', () => {
    expect(told({})).toEqual(['Calico', 'Calico']);
    expect(told({ uid: null })).toEqual([null, null]);
    expect(told({ uid: null, cni: 'Calico' })).toEqual(['Calico', 'Calico']);
  });

  it('points at the field, or at where it would stand', () => {
    const place = (written: Parameters<typeof installation>[0]) =>
      tellCni({ installations: complete(installation(written)), calicoNode: missing }).type?.path;
    expect(place({ cni: 'Calico' })).toEqual(['spec', 'cni', 'type']);
    expect(place({ provider: 'EKS' })).toEqual(['spec', 'cni', 'type']);
  });
});

describe('tellCni by calico-node', () => {
  const told = (env: Parameters<typeof calicoNode>[0], ...maps: ConfigMapFacts[]) => {
    const { type, ipam } = tellCni({
      installations: missing,
      calicoNode: complete(calicoNode(env)),
      configMaps: complete(...maps),
    });
    return [type?.value ?? null, ipam?.value ?? null];
  };

  it('is told by CALICO_MANAGE_CNI', () => {
    expect(told({ CALICO_MANAGE_CNI: 'true', CALICO_NETWORKING_BACKEND: 'none' })).toEqual(['Calico', 'Calico']);
    expect(told({ CALICO_MANAGE_CNI: 'false', CALICO_NETWORKING_BACKEND: 'none' })).toEqual(['not Calico', null]);
  });

  it('is told by a backend of the Calico CNI', () => {
    expect(told({ CALICO_NETWORKING_BACKEND: 'bird' })).toEqual(['Calico', 'Calico']);
    expect(told({ CALICO_NETWORKING_BACKEND: 'vxlan' })).toEqual(['Calico', 'Calico']);
  });

  it('is not told by backend none, nor by other variables', () => {
    expect(told({ CALICO_NETWORKING_BACKEND: 'none' })).toEqual([null, null]);
    expect(told({ FELIX_ROUTESOURCE: 'WorkloadIPs', DATASTORE_TYPE: 'kubernetes' })).toEqual([null, null]);
    expect(told({})).toEqual([null, null]);
  });

  it('tells host-local IPAM by USE_POD_CIDR', () => {
    expect(told({ USE_POD_CIDR: 'true', CALICO_MANAGE_CNI: 'true' })).toEqual(['Calico', 'HostLocal']);
    expect(told({ USE_POD_CIDR: 'true' })).toEqual([null, 'HostLocal']);
    expect(told({ USE_POD_CIDR: 'false', CALICO_NETWORKING_BACKEND: 'bird' })).toEqual(['Calico', 'Calico']);
  });

  it('follows references to ConfigMaps of the same namespace', () => {
    const env = { CALICO_NETWORKING_BACKEND: { map: 'calico-config', key: 'calico_backend' } };
    expect(told(env, configMap('calico-config', { calico_backend: 'vxlan' }))).toEqual(['Calico', 'Calico']);
    expect(told(env, configMap('calico-config', { calico_backend: 'vxlan' }, 'elsewhere'))).toEqual([null, null]);
    expect(told(env)).toEqual([null, null]);
  });

  it('follows envFrom, which what is written in env outranks', () => {
    const from = [
      { kind: 'ConfigMap', name: 'kubernetes-services-endpoint', prefix: '', optional: true, index: 0 },
      { kind: 'ConfigMap', name: 'extra', prefix: 'USE_', optional: false, index: 1 },
    ] as const;
    const of = (env: Parameters<typeof calicoNode>[0], ...maps: ConfigMapFacts[]) =>
      tellCni({ installations: missing, calicoNode: complete(calicoNode(env, from)), configMaps: complete(...maps) })
        .ipam;
    const extra = configMap('extra', { POD_CIDR: 'true' });
    expect(of({}, extra)).toMatchObject({
      value: 'HostLocal',
      path: ['data', 'POD_CIDR'],
    });
    expect(of({ USE_POD_CIDR: 'false', CALICO_MANAGE_CNI: 'true' }, extra)?.value).toBe('Calico');
    expect(of({ CALICO_MANAGE_CNI: 'true' })).toBeNull();
  });

  it('yields to the Installation', () => {
    const { type, ipam } = tellCni({
      installations: complete(installation({ cni: 'AzureVNET' })),
      calicoNode: complete(calicoNode({ CALICO_NETWORKING_BACKEND: 'bird' })),
    });
    expect([type?.value, ipam?.value]).toEqual(['AzureVNET', 'AzureVNET']);
  });
});

it('tells nothing where neither was read', () => {
  expect(tellCni({ installations: missing, calicoNode: missing })).toEqual({ type: null, ipam: null });
});

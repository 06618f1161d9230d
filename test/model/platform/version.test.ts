// Calico Enterprise versions: how they are read and ordered, and what tells them of a cluster.

import { describe, expect, it } from 'vitest';
import type { Listed } from '../../../src/model/availability.ts';
import type {
  ClusterInformationFacts,
  InstallationFacts,
  ObjectFacts,
  WorkloadFacts,
} from '../../../src/model/objects/facts.ts';
import {
  compareVersions,
  isAtLeast,
  parseVersion,
  tellProduct,
  tellVersion,
  textOf,
  type Version,
} from '../../../src/model/platform/version.ts';
import type { Path, Sourced } from '../../../src/model/resource.ts';

function version(text: string): Version {
  const found = parseVersion(text);
  if (!found) throw new Error(`${text} is no version`);
  return found;
}

describe('versions', () => {
  it.each([
    ['v3.19.4', 3, 19, 4, ''],
    ['3.22.0-1.0', 3, 22, 0, '1.0'],
    ['v3.21', 3, 21, null, ''],
    [' v3.23.1 ', 3, 23, 1, ''],
  ])('reads %j', (text, major, minor, patch, suffix) => {
    expect(parseVersion(text)).toMatchObject({ major, minor, patch, suffix });
  });

  it.each(['master', 'release-calient-v3.23', '', 'v3', 'sha256:ab', '3.19.4 or so'])(
    'reads nothing from %j',
    (text) => {
      expect(parseVersion(text)).toBeNull();
    },
  );

  it('are ordered, a preview before its release', () => {
    const sorted = ['3.22.1', '3.9.0', '3.22.0-1.0', '3.22.0', '3.22.0-2.0', '3.21'].map(version).sort(compareVersions);
    expect(sorted.map((v) => v.text)).toEqual(['3.9.0', '3.21', '3.22.0-1.0', '3.22.0-2.0', '3.22.0', '3.22.1']);
  });

  it('are compared by number, not by text', () => {
    expect(isAtLeast(version('3.21.0'), 3, 21)).toBe(true);
    expect(isAtLeast(version('3.9.2'), 3, 21)).toBe(false);
    expect(isAtLeast(version('4.0.0'), 3, 21)).toBe(true);
  });

  it('fall under one of two texts', () => {
    expect(
      ['3.17.4', '3.18.6', '3.20.7', '3.21.0-1.0', '3.21.9', '3.24.0', '4.0'].map((v) => textOf(version(v))),
    ).toEqual(['3.18', '3.18', '3.18', '3.21', '3.21', '3.21', '3.21']);
  });
});

function object(kind: string, name: string): ObjectFacts {
  const ref = { cluster: 'a', apiVersion: 'v1', kind, namespace: null, name, origin: null };
  return { ref, uid: null, created: null, labels: {} };
}

function sourced<T>({ ref }: ObjectFacts, value: T | undefined, ...path: Path): Sourced<T> | null {
  return value === undefined ? null : { value, ref, path };
}

function installation(written: { variant?: string; calicoVersion?: string; name?: string }): InstallationFacts {
  const base = object('Installation', written.name ?? 'default');
  return {
    ...base,
    variant: sourced(base, written.variant, 'status', 'variant'),
    calicoVersion: sourced(base, written.calicoVersion, 'status', 'calicoVersion'),
    kubernetesProvider: null,
    cniType: null,
    ipamType: null,
    linuxDataplane: null,
    windowsDataplane: null,
    mtu: null,
    statusMtu: null,
    noAutodetectionV4: null,
    ipPools: [],
  };
}

function information(written: {
  enterpriseVersion?: string;
  calicoVersion?: string;
  variant?: string;
}): ClusterInformationFacts {
  const base = object('ClusterInformation', 'default');
  return {
    ...base,
    clusterGUID: null,
    calicoVersion: sourced(base, written.calicoVersion, 'spec', 'calicoVersion'),
    enterpriseVersion: sourced(base, written.enterpriseVersion, 'spec', 'cnxVersion'),
    variant: sourced(base, written.variant, 'spec', 'variant'),
    datastoreReady: null,
  };
}

function calicoNode(image: string, container = 'calico-node'): WorkloadFacts {
  const containers = [
    { name: 'sidecar', index: 0, image: 'registry.example/cnx-node:v3.1.1', env: [], envFrom: [] },
    { name: container, index: 1, image, env: [], envFrom: [] },
  ];
  return { ...object('DaemonSet', 'calico-node'), containers, operatorManaged: true };
}

const complete = <T>(...items: T[]): Listed<T> => ({ state: 'complete', why: null, items, namespaces: new Set() });
const missing = (what: string): Listed<never> => ({
  state: 'missing',
  why: `no ${what} in the input`,
  items: [],
  namespaces: new Set(),
});
const none = {
  installations: missing('Installation'),
  clusterInformations: missing('ClusterInformation'),
  calicoNode: missing('DaemonSet calico-node'),
};

describe('tellVersion', () => {
  const image = (name: string, container?: string) =>
    tellVersion({ ...none, calicoNode: complete(calicoNode(name, container)) }).value?.text ?? null;

  it('takes the status of an Enterprise Installation first', () => {
    const told = tellVersion({
      installations: complete(installation({ variant: 'TigeraSecureEnterprise', calicoVersion: 'v3.21.1' })),
      clusterInformations: complete(information({ enterpriseVersion: 'v3.20.0' })),
      calicoNode: complete(calicoNode('registry.example/tigera/cnx-node:v3.19.4')),
    });
    expect(told).toMatchObject({ state: 'complete', why: null, value: { text: 'v3.21.1' } });
    expect(told.source?.path).toEqual(['status', 'calicoVersion']);
  });

  it('does not take the version of open-source Calico for it', () => {
    const told = tellVersion({
      ...none,
      installations: complete(installation({ variant: 'Calico', calicoVersion: 'v3.30.1' })),
      clusterInformations: complete(information({ calicoVersion: 'v3.30.1' })),
    });
    expect(told.value).toBeNull();
  });

  it('takes ClusterInformation next, then the image', () => {
    const clusterInformations = complete(information({ enterpriseVersion: 'v3.20.0', calicoVersion: 'v3.29.1' }));
    const nodes = complete(calicoNode('registry.example/tigera/cnx-node:v3.19.4'));
    const bare = complete(installation({ variant: 'CalicoEnterprise' }));
    expect(tellVersion({ installations: bare, clusterInformations, calicoNode: nodes }).value?.text).toBe('v3.20.0');
    const told = tellVersion({ ...none, installations: bare, calicoNode: nodes });
    expect(told.value?.text).toBe('v3.19.4');
    expect(told.source?.path).toEqual(['spec', 'template', 'spec', 'containers', 1, 'image']);
  });

  it('does not infer it from the open-source base, which two versions share', () => {
    expect(
      tellVersion({ ...none, clusterInformations: complete(information({ calicoVersion: 'v3.28.2' })) }).value,
    ).toBeNull();
  });

  it.each([
    ['registry.example.com/tigera/cnx-node:v3.18.6', 'v3.18.6'],
    ['registry.example.com:5000/any/path/cnx-node:v3.20.1@sha256:0f', 'v3.20.1'],
    ['cnx-node:v3.20.1', 'v3.20.1'],
    ['registry.example.com/tigera/node:v3.23.1', 'v3.23.1'],
    ['registry.example.com/calico/node:v3.30.1', null],
    ['registry.example.com/any/node:v3.23.1', null],
    ['registry.example.com/tigera/cnx-node@sha256:0f', null],
    ['registry.example.com/tigera/cnx-node', null],
    ['registry.example.com/tigera/cnx-node:master', null],
    ['registry.example.com/tigera/xcnx-node:v3.20.1', null],
  ])('reads image %s as %s', (name, expected) => {
    expect(image(name)).toBe(expected);
  });

  it('looks at the container calico-node alone', () => {
    expect(image('registry.example.com/tigera/cnx-node:v3.18.6', 'other')).toBeNull();
  });

  it('looks at the Installation default alone', () => {
    const overlay = installation({ name: 'overlay', variant: 'CalicoEnterprise', calicoVersion: 'v3.9.9' });
    expect(tellVersion({ ...none, installations: complete(overlay) }).value).toBeNull();
  });

  it('is missing where nothing tells it, partial where what was not read may', () => {
    expect(tellVersion(none)).toMatchObject({ state: 'missing', value: null });
    const partial = { ...missing('Installation'), state: 'partial', why: 'installation.yaml does not parse' } as const;
    expect(tellVersion({ ...none, installations: partial })).toMatchObject({
      state: 'partial',
      why: 'installation.yaml does not parse',
      value: null,
    });
  });
});

describe('tellProduct', () => {
  const told = (...installations: InstallationFacts[]) =>
    tellProduct({ ...none, installations: complete(...installations) })?.value ?? null;

  it('knows both names of Enterprise', () => {
    expect(told(installation({ variant: 'TigeraSecureEnterprise' }))).toBe('Enterprise');
    expect(told(installation({ variant: 'CalicoEnterprise' }))).toBe('Enterprise');
    expect(told(installation({ variant: 'Calico' }))).toBe('Calico');
  });

  it('says nothing where nothing tells it', () => {
    expect(told(installation({}))).toBeNull();
    expect(tellProduct(none)).toBeNull();
  });

  it('takes ClusterInformation and the image where there is no Installation', () => {
    const clusterInformations = complete(information({ variant: 'Calico' }));
    const nodes = complete(calicoNode('registry.example.com/tigera/cnx-node:v3.18.6'));
    expect(tellProduct({ ...none, clusterInformations, calicoNode: nodes })?.value).toBe('Calico');
    expect(tellProduct({ ...none, calicoNode: nodes })?.value).toBe('Enterprise');
    expect(
      tellProduct({ ...none, calicoNode: complete(calicoNode('registry.example.com/calico/node@sha256:0f')) })?.value,
    ).toBe('Calico');
  });
});

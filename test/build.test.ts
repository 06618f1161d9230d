// What the build puts in the place of two modules does what those modules do; and what few runs need is loaded by those alone.

import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { buildProgram, compiledValidators, licences, listedRules, loadedWith } from '../build.mjs';
import { kinds } from '../src/model/objects/kinds.ts';
import { validate } from '../src/model/objects/validate.ts';
import { validator } from '../src/model/objects/validators.ts';
import { ruleModules } from '../src/rule-modules.ts';

const metadata = { name: 'a' };
const container = (fields: object) => ({ metadata, spec: { template: { spec: { containers: [fields] } } } });

/** Kind, object, and what `validate` says of it: `path: why`, or null. */
const table: readonly (readonly [kind: string, object: unknown, fault: string | null])[] = [
  ['IPPool', { metadata, spec: { cidr: '10.0.0.0/8', vxlanMode: 'Sometimes', unknown: [] } }, null],
  ['IPPool', { metadata, spec: { cidr: '10.0.0.0/8', natOutgoing: null, allowedUses: null }, status: null }, null],
  [
    'IPPool',
    { metadata, spec: { cidr: '10.0.0.0/8', natOutgoing: 'true' } },
    'spec.natOutgoing: must be a boolean, is a string',
  ],
  ['IPPool', { metadata, spec: {} }, 'spec.cidr: must be set, is absent'],
  ['IPPool', { metadata, spec: { cidr: null } }, 'spec.cidr: must be a string, is null'],
  [
    'IPPool',
    { metadata, spec: { cidr: 'x', allowedUses: ['Workload', 1] } },
    'spec.allowedUses.1: must be a string, is a number',
  ],
  ['IPPool', [], ': must be an object, is a list'],
  ['IPPool', null, ': must be an object, is null'],
  ['Node', {}, 'metadata: must be set, is absent'],
  ['Node', { metadata: {} }, 'metadata.name: must be set, is absent'],
  ['Node', { metadata: { name: 1 } }, 'metadata.name: must be a string, is a number'],
  ['ConfigMap', { metadata, data: { 'a/b~c': 1 } }, 'data.a/b~c: must be a string, is a number'],
  ['Node', { metadata: { name: 'a', labels: { x: null, y: 7, z: {} }, creationTimestamp: null } }, null],
  ['Node', { metadata: { name: 'a', annotations: { x: [true] } } }, null],
  ['Node', { metadata: { name: 'a', annotations: [] } }, 'metadata.annotations: must be an object, is a list'],
  ['CalicoNode', { metadata, spec: { bgp: [] } }, 'spec.bgp: must be an object, is a list'],
  ['Role', { metadata, rules: null }, null],
  ['Role', { metadata, rules: [null] }, 'rules.0: must be an object, is null'],
  ['ClusterRoleBinding', { metadata, subjects: null }, 'roleRef: must be set, is absent'],
  ['Secret', { metadata, data: null, stringData: { a: 1 } }, 'stringData.a: must be a string, is a number'],
  ['Secret', { metadata, data: { kubeconfig: {} } }, 'data.kubeconfig: must be a string, is an object'],
  ['Secret', { metadata, data: { datastoreType: true } }, 'data.datastoreType: must be a string, is a boolean'],
  ['Secret', { metadata, stringData: { kubeconfig: {}, datastoreType: [] } }, null],
  [
    'Secret',
    { metadata, stringData: { kubeconfig: [] } },
    'stringData.kubeconfig: must be a string or an object, is a list',
  ],
  [
    'RemoteClusterConfiguration',
    { metadata, spec: { clusterAccessSecret: 'a', syncOptions: { overlayRoutingMode: true } } },
    null,
  ],
  ['RemoteClusterConfiguration', { metadata, spec: { clusterAccessSecret: [], k8sInsecureSkipTLSVerify: '' } }, null],
  [
    'RemoteClusterConfiguration',
    { metadata, spec: { clusterAccessSecret: { name: 1 } } },
    'spec.clusterAccessSecret.name: must be a string, is a number',
  ],
  [
    'RemoteClusterConfiguration',
    { metadata, spec: { syncOptions: 'Enabled' } },
    'spec.syncOptions: must be an object, is a string',
  ],
  [
    'DaemonSet',
    container({ env: [{ name: 'A' }, { name: 'B', value: true }] }),
    'spec.template.spec.containers.0.env.1.value: must be a string, is a boolean',
  ],
  [
    'FelixConfiguration',
    { metadata, spec: { vxlanPort: '4789', wireguardMTU: 1.5, healthTimeoutOverrides: [{}] } },
    null,
  ],
  [
    'FelixConfiguration',
    { metadata, spec: { vxlanPort: {} } },
    'spec.vxlanPort: must be a string or a number or a boolean, is an object',
  ],
  ['IPAMBlock', { metadata, spec: { cidr: '10.0.0.0/26', allocations: [null, 0, null] } }, null],
  [
    'IPAMBlock',
    { metadata, spec: { cidr: '10.0.0.0/26', allocations: [0.5] } },
    'spec.allocations.0: must be an integer, is a number',
  ],
  [
    'Installation',
    { metadata, status: { computed: { cni: 'Calico' } } },
    'status.computed.cni: must be an object, is a string',
  ],
  ['Gateway', 1, null],
  ['constructor', 1, null],
];

describe('validators', async () => {
  const built = await import(`data:text/javascript,${encodeURIComponent(compiledValidators())}`);

  it.each(table)('%s %j: %s', (kind, object, expected) => {
    const fault = validate(kind, object);
    expect(fault && `${fault.path.join('.')}: ${fault.why}`).toBe(expected);
    const results = [validator(kind), built.validator(kind)].map((check) => [check?.(object), check?.errors?.[0]]);
    const essence = results.map(([valid, error]) => [valid, error?.instancePath, error?.keyword, error?.params]);
    expect(essence[1]).toEqual(essence[0]);
  });
});

it('has a schema of every kind that is read, and no other', () => {
  const schemas = readdirSync(new URL('../schemas/resources/', import.meta.url)).map((file) =>
    file.replace('.json', ''),
  );
  expect(schemas.filter((name) => name !== 'metadata').sort()).toEqual(kinds.map((kind) => kind.id).sort());
  for (const { id } of kinds) expect(validator(id), id).not.toBeNull();
});

it('lists the rules that the folder holds', async () => {
  const folder = (await ruleModules()).map(([name]) => name);
  const imported = [...listedRules().matchAll(/^import (rule\d+) from '\.\.\/rules\/(.+)\.ts';$/gm)];
  const listed = [...listedRules().matchAll(/\["([^"]+)", (rule\d+)\]/g)];
  expect(imported.map(([, , name]) => name)).toEqual(folder);
  expect(listed.map(([, name, variable]) => [variable, name])).toEqual(
    imported.map(([, variable, name]) => [variable, name]),
  );
});

describe('the Kubernetes client', async () => {
  const { metafile } = await buildProgram();
  const outputs = metafile?.outputs ?? {};

  const packagesIn = (files: Iterable<string>) => {
    const inputs = [...files].flatMap((file) => Object.entries(outputs[file]?.inputs ?? {}));
    const used = inputs.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([input]) => input);
    return new Set(used.map((input) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input)?.[1]).filter(Boolean));
  };

  it('is not loaded until a live cluster is asked, nor is what asks it', () => {
    const loaded = new Set(['dist/command-line.cjs', ...loadedWith('dist/command-line.cjs', outputs)]);
    expect(packagesIn(loaded)).toContain('js-yaml');
    expect(packagesIn(loaded)).not.toContain('@kubernetes/client-node');
    const inputs = [...loaded].flatMap((file) => Object.entries(outputs[file]?.inputs ?? {}));
    const live = inputs.filter(
      ([input, { bytesInOutput }]) => input.startsWith('src/source/live/') && bytesInOutput > 0,
    );
    expect(live).toEqual([]);
    const lazy = Object.keys(outputs).filter((file) => packagesIn([file]).has('@kubernetes/client-node'));
    expect(lazy).toHaveLength(1);
    expect(outputs[lazy[0] ?? '']?.bytes).toBeLessThan(150_000);
  });

  it('comes without what would send requests of its own', () => {
    const packages = packagesIn(Object.keys(outputs));
    for (const name of ['node-fetch', 'openid-client', 'jsonpath-plus', 'ws', 'tar-fs']) {
      expect(packages).not.toContain(name);
    }
  });

  it('comes with its licence', () => {
    expect(licences(outputs)).toMatch(/^@kubernetes\/client-node 1\..*\n\n\s*Apache License/m);
  });
});

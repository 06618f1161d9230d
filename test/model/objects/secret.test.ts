// Of the values of a Secret only settings are kept: what could be a credential leaves no trace in the facts.

import { describe, expect, it } from 'vitest';
import { intakeOf } from '../../kit/mesh.ts';
import { encode } from '../../kit/objects.ts';

function settingsOf(fields: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> | undefined {
  const secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'felix', namespace: 'calico-system' },
    ...fields,
  };
  return intakeOf('a', [secret]).kinds.Secret.items[0]?.settings;
}

const kept = (key: string, text: string) => settingsOf({ data: { [key]: encode(text) } })?.[key];

describe('under the name of a variable of Felix', () => {
  it.each(['FELIX_VXLANPORT', 'felix_vxlanPort', 'Felix_WIREGUARDINTERFACENAME'])('%s, any short text is', (key) => {
    expect(kept(key, 'some text')).toBe('some text');
    expect(kept(key, 'x'.repeat(256))).toBe('x'.repeat(256));
    expect(kept(key, 'x'.repeat(257))).toBeUndefined();
  });

  it.each(['FELIX_PASSWORD', 'FELIX_VXLAN_PORT', 'VXLANPORT', 'MY_FELIX_VXLANPORT', 'token'])('%s, none is', (key) => {
    expect(kept(key, 'some text')).toBeUndefined();
  });
});

describe('under another name', () => {
  it.each([
    'true',
    'No',
    't',
    '0',
    'none',
    'NONE',
    'CalicoIPAM',
    'workloadips',
    'Enabled',
    'disabled',
    '8472',
    '12345678',
    '-1',
    '0x1000',
    '0xFFFFFFFF',
    '0b1010',
    '0o17',
    '',
  ])('%j is kept', (text) => {
    expect(kept('k', text)).toBe(text);
  });

  it.each([
    'hunter2',
    '123456789',
    '0x123456789',
    'deadbeef',
    'true ',
    '8472\n',
    'on',
    'eyJhbGciOiJSUzI1NiJ9.e30.x',
    '10.0.0.0/8',
  ])('%j is not', (text) => {
    expect(kept('k', text)).toBeUndefined();
  });
});

it('keeps of a kubeconfig written as a mapping that it is one', () => {
  const kubeconfig = { users: [{ name: 'a', user: { token: 'hunter2' } }] };
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a' }, stringData: { kubeconfig } };
  const [facts] = intakeOf('a', [secret]).kinds.Secret.items;
  expect(facts).toMatchObject({ connection: null, instead: { kubeconfig: 'a mapping' } });
  expect(JSON.stringify(facts)).not.toContain('hunter2');
});

it('reads stringData before data, and passes over what is no base64', () => {
  expect(settingsOf({ data: { k: encode('1') }, stringData: { k: '2' } })).toEqual({ k: '2' });
  expect(settingsOf({ data: { k: encode('1') }, stringData: { k: 'hunter2' } })).toEqual({});
  expect(settingsOf({ data: { k: '8472', FELIX_VXLANPORT: '*' } })).toEqual({});
  expect(settingsOf({})).toEqual({});
});

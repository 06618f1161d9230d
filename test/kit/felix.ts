// Changes to the Felix settings of a cluster's manifests. Plain data.

import { calicoNode, changed, encode, felixConfiguration, type Manifest, without } from './objects.ts';

/** With these fields in FelixConfiguration `default`. */
export function withFelix(objects: readonly Manifest[], spec: Readonly<Record<string, unknown>>): Manifest[] {
  return changed(objects, 'FelixConfiguration', 'default', { spec });
}

/** With another FelixConfiguration: `node.<name>`, or one with a nodeSelector. */
export function withOverride(
  objects: readonly Manifest[],
  name: string,
  spec: Readonly<Record<string, unknown>>,
  annotations: Readonly<Record<string, string>> = {},
): Manifest[] {
  return [...objects, felixConfiguration(name, spec, annotations)];
}

/** With these variables in the container calico-node, from `env[1]` on. */
export function withEnvironment(objects: readonly Manifest[], env: Readonly<Record<string, string>>): Manifest[] {
  return [...without(objects, 'DaemonSet', 'calico-node'), calicoNode(env)];
}

/** With variables that come from key `value` of ConfigMap `calico-config`. */
export function withReference(objects: readonly Manifest[], ...variables: readonly string[]): Manifest[] {
  const valueFrom = { configMapKeyRef: { name: 'calico-config', key: 'value' } };
  return withContainer(objects, { env: variables.map((name) => ({ name, valueFrom })) });
}

/** With a variable that comes from key `value` of Secret `felix`. */
export function withSecretReference(objects: readonly Manifest[], variable: string): Manifest[] {
  return withContainer(objects, {
    env: [{ name: variable, valueFrom: { secretKeyRef: { name: 'felix', key: 'value' } } }],
  });
}

/** With all keys of a ConfigMap (`configMapRef`) or Secret (`secretRef`) named `felix` as variables. */
export function withEnvFrom(
  objects: readonly Manifest[],
  kind: 'configMapRef' | 'secretRef',
  more: { readonly optional?: boolean } = {},
): Manifest[] {
  return withContainer(objects, { envFrom: [{ [kind]: { name: 'felix', ...more } }] });
}

function withContainer(objects: readonly Manifest[], fields: Readonly<Record<string, unknown>>): Manifest[] {
  const containers = [{ name: 'calico-node', ...fields }];
  return changed(objects, 'DaemonSet', 'calico-node', { spec: { template: { spec: { containers } } } });
}

/** Secret `felix` of calico-node's namespace. */
export function felixSecret(values: Readonly<Record<string, string>>): Manifest {
  const data = Object.fromEntries(Object.entries(values).map(([key, value]) => [key, encode(value)]));
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'felix', namespace: 'calico-system' }, data };
}

/** ConfigMap `calico-config` of calico-node's namespace. */
export function calicoConfig(value: string): Manifest {
  const metadata = { name: 'calico-config', namespace: 'calico-system' };
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { value } };
}

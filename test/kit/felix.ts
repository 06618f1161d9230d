// Changes to the Felix settings of a cluster's manifests. Plain data.

import { calicoNode, changed, felixConfiguration, type Manifest, without } from './objects.ts';

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

/** With a variable that comes from key `value` of ConfigMap `calico-config`. */
export function withReference(objects: readonly Manifest[], variable: string): Manifest[] {
  const valueFrom = { configMapKeyRef: { name: 'calico-config', key: 'value' } };
  const container = { name: 'calico-node', env: [{ name: variable, valueFrom }] };
  return changed(objects, 'DaemonSet', 'calico-node', { spec: { template: { spec: { containers: [container] } } } });
}

/** ConfigMap `calico-config` of calico-node's namespace. */
export function calicoConfig(value: string): Manifest {
  const metadata = { name: 'calico-config', namespace: 'calico-system' };
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { value } };
}

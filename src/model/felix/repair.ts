// How to give a Felix parameter another value in a cluster, at the place that decides it. Proposes, and runs nothing.

import type { Cluster } from '../mesh.ts';
import { at, type Evidence } from '../resource.ts';
import type { FelixGroup, FelixSetting } from './felix.ts';
import {
  environmentName,
  type FelixParameter,
  type FelixValue,
  formatFelixValue,
  isDuration,
  overrideAnnotation,
} from './parameters.ts';

/** A change of one cluster: arguments of kubectl, none where no single command makes it. */
export interface Repair {
  readonly title: string;
  readonly cluster: string;
  readonly command: readonly string[] | null;
  /** A merge patch for the object that decides the value now. */
  readonly patch: Readonly<Record<string, unknown>> | null;
}

/** A cluster with what tells what its operator derives settings from. */
export type Configured = Cluster<'felix' | 'installations'>;

/** Does the operator write this variable, whatever is edited (operator v1.42, pkg/render/node.go)? */
export function isForced({ installations }: Configured, parameter: FelixParameter, { setting }: FelixGroup): boolean {
  const installation = installations.items.find(({ ref }) => ref.name === 'default');
  if (!installation || setting?.layer !== 'environment') return false;
  const { cniType, kubernetesProvider } = installation;
  if (parameter === 'routeSource') return cniType !== null && cniType.value !== 'Calico';
  const isCloud = kubernetesProvider?.value === 'AKS' || kubernetesProvider?.value === 'EKS';
  return parameter === 'wireguardHostEncryptionEnabled' && isCloud;
}

/** What the operator derives the value from, where the input holds it: the owner's field, to be shown after the value itself. */
export function ownerOf(
  { installations }: Configured,
  parameter: FelixParameter,
  { setting }: FelixGroup,
): Evidence | null {
  const installation = installations.items.find(({ ref }) => ref.name === 'default');
  if (!installation || !setting) return null;
  const { mtu, cniType, kubernetesProvider } = installation;
  if (setting.layer === 'environment') {
    if (isMtu(parameter) && mtu?.value === setting.value) {
      return at(mtu, `the operator derives ${environmentName(parameter)} from it`);
    }
    const isDerived = parameter === 'routeSource' && cniType && cniType.value !== 'Calico';
    return isDerived ? at(cniType, `with the CNI ${cniType.value} the operator sets FELIX_ROUTESOURCE`) : null;
  }
  // setDefaultsOnFelixConfiguration, operator v1.34 and later.
  const isMke = parameter === 'vxlanVNI' && setting.value === 10000 && kubernetesProvider?.value === 'DockerEnterprise';
  return isMke ? at(kubernetesProvider, 'on MKE the operator sets vxlanVNI to 10000') : null;
}

/** Gives the nodes of a group another value. */
export function repair(cluster: Configured, parameter: FelixParameter, group: FelixGroup, value: FelixValue): Repair {
  const { setting } = group;
  const wanted = formatFelixValue(parameter, value);
  const title =
    value === null ? `remove ${parameter} in ${cluster.name}` : `set ${parameter} to ${wanted} in ${cluster.name}`;
  const [place] = setting?.places ?? [];
  if (!setting || !place) {
    const patch = { spec: { [parameter]: written(parameter, value) } };
    if (cluster.felix.global) return { title, cluster: cluster.name, command: merge('default', patch), patch };
    return { title: `${title} with a FelixConfiguration default`, cluster: cluster.name, command: null, patch: null };
  }
  if (setting.layer === 'environment' && ownerOf(cluster, parameter, group) && isMtu(parameter)) {
    const patch = JSON.stringify({ spec: { calicoNetwork: { mtu: value === 0 ? null : value } } });
    const command = ['patch', 'installations.operator.tigera.io', 'default', '--type', 'merge', '-p', patch];
    return {
      title: `set the MTU of the Installation in ${cluster.name} to ${wanted}`,
      cluster: cluster.name,
      command,
      patch: null,
    };
  }
  const { ref, path } = place;
  const inNamespace = ref.namespace === null ? [] : ['-n', ref.namespace];
  const text = String(value ?? '');
  if (ref.kind === 'ConfigMap') {
    const patch = { data: { [String(path[1])]: text } };
    const command = [...inNamespace, 'patch', 'configmap', ref.name, '--type', 'merge', '-p', JSON.stringify(patch)];
    return { title, cluster: cluster.name, command, patch };
  }
  if (ref.kind === 'Secret') {
    const patch = { stringData: { [String(path[1])]: text } };
    const command = [...inNamespace, 'patch', 'secret', ref.name, '--type', 'merge', '-p', JSON.stringify(patch)];
    return { title, cluster: cluster.name, command, patch };
  }
  if (setting.layer === 'environment') {
    const assignment = value === null ? `${environmentName(parameter)}-` : `${environmentName(parameter)}=${text}`;
    const command = [...inNamespace, 'set', 'env', 'daemonset/calico-node', '-c', 'calico-node', assignment];
    return { title, cluster: cluster.name, command, patch: null };
  }
  if (path[0] === 'metadata' && setting.layer === 'default') {
    const annotation = overrideAnnotation(parameter);
    const patch = { metadata: { annotations: { [annotation]: text } } };
    const command = ['annotate', '--overwrite', 'felixconfiguration', ref.name, `${annotation}=${text}`];
    return { title, cluster: cluster.name, command, patch };
  }
  // An override for some nodes goes: what it differs from is the value of the others.
  if (setting.layer !== 'default') return removal(cluster.name, parameter, setting);
  const patch = { spec: { [parameter]: written(parameter, value) } };
  return { title, cluster: cluster.name, command: merge(ref.name, patch), patch };
}

/** Takes a setting out of its FelixConfiguration. */
export function removal(cluster: string, parameter: FelixParameter, { places: [{ ref, path }] }: FelixSetting): Repair {
  const title = `remove ${parameter} from FelixConfiguration ${ref.name} in ${cluster}`;
  if (path[0] !== 'metadata') {
    const patch = { spec: { [parameter]: null } };
    return { title, cluster, command: merge(ref.name, patch), patch };
  }
  const annotation = String(path.at(-1));
  const command = ['annotate', 'felixconfiguration', ref.name, `${annotation}-`];
  return { title, cluster, command, patch: { metadata: { annotations: { [annotation]: null } } } };
}

function merge(name: string, patch: unknown): readonly string[] {
  return ['patch', 'felixconfiguration', name, '--type', 'merge', '-p', JSON.stringify(patch)];
}

/** A value as the field of `spec` takes it. */
function written(parameter: FelixParameter, value: FelixValue): FelixValue {
  return isDuration(parameter) && value !== null ? `${value}s` : value;
}

function isMtu(parameter: FelixParameter): boolean {
  return parameter.includes('MTU');
}

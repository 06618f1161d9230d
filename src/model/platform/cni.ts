// Which CNI plugin and IPAM a cluster runs, as far as its objects tell. No I/O.

import type { Listed } from '../availability.ts';
import { type Environment, type KnownVariable, readEnvironment, type Variable } from '../felix/environment.ts';
import type { Sections } from '../mesh.ts';
import type { InstallationFacts } from '../objects/facts.ts';
import type { Path, Sourced } from '../resource.ts';

/** What provides pod networking and pod addresses; null where nothing that was read tells it. */
export interface Cni {
  /** `Calico`, `GKE`, `AmazonVPC`, `AzureVNET`; `not Calico` where only that is told. */
  readonly type: Sourced<string> | null;
  /** `Calico`, `HostLocal`, `AmazonVPC`, `AzureVNET`. */
  readonly ipam: Sourced<string> | null;
}

/**
 * Installation first, the environment of calico-node where that does not tell. `configMaps` resolves variables that refer to a
 * ConfigMap; without them such a variable tells nothing. One that refers to a Secret tells nothing either.
 */
export function tellCni(
  cluster: Pick<Sections, 'installations' | 'calicoNode'> & Partial<Pick<Sections, 'configMaps'>>,
): Cni {
  const installation = cluster.installations.items.find((i) => i.ref.name === 'default');
  const declared = installation ? declaredCni(installation) : UNTOLD;
  const running = runningCni(environmentOf(cluster));
  return { type: declared.type ?? running.type, ipam: declared.ipam ?? running.ipam };
}

const UNTOLD: Cni = { type: null, ipam: null };

/** Operator v1.42, pkg/controller/installation/core_controller.go, fillDefaults. */
const PLUGIN_OF_PROVIDER: Readonly<Record<string, string>> = { AKS: 'AzureVNET', EKS: 'AmazonVPC', GKE: 'GKE' };
const IPAM_OF_PLUGIN: Readonly<Record<string, string>> = {
  Calico: 'Calico',
  GKE: 'HostLocal',
  AmazonVPC: 'AmazonVPC',
  AzureVNET: 'AzureVNET',
};

/**
 * What the Installation says, with the operator's defaults. The operator writes a provider that it detects into the object, so only a
 * stored object (one with a UID) proves that an unset provider is none; a manifest may yet become an AKS, EKS or GKE installation.
 */
function declaredCni(installation: InstallationFacts): Cni {
  const { ref, kubernetesProvider, cniType, ipamType } = installation;
  const provider = kubernetesProvider?.value ?? null;
  const assumed = (path: Path, value: string | undefined): Sourced<string> | null =>
    value === undefined ? null : { value, ref, path };
  const isSettled = provider !== null || installation.uid !== null;
  const plugin = isSettled ? (PLUGIN_OF_PROVIDER[provider ?? ''] ?? 'Calico') : undefined;
  const type = cniType ?? assumed(['spec', 'cni', 'type'], plugin);
  return { type, ipam: ipamType ?? assumed(['spec', 'cni', 'ipam', 'type'], IPAM_OF_PLUGIN[type?.value ?? '']) };
}

/**
 * What calico-node's environment proves (operator v1.42, pkg/render/node.go; calico v3.32, charts/calico/templates/calico-node.yaml):
 *
 * - CALICO_MANAGE_CNI is `true` with the Calico CNI only, and `false` with others only.
 * - CALICO_NETWORKING_BACKEND is `bird` or `vxlan` with the Calico CNI only. `none` tells nothing: host-local IPAM without BGP, the VPP
 *   data plane and Canal have it too, and they run the Calico CNI.
 * - USE_POD_CIDR goes with host-local IPAM; the Calico CNI without it has Calico IPAM.
 */
function runningCni(environment: Environment): Cni {
  const [manages, backend, podCIDR] = ['CALICO_MANAGE_CNI', 'CALICO_NETWORKING_BACKEND', 'USE_POD_CIDR'].map((name) =>
    environment.variables.get(name),
  );
  let type: Sourced<string> | null = null;
  if (isSetTo(manages, 'true')) type = told(manages, 'Calico');
  else if (isSetTo(manages, 'false')) type = told(manages, 'not Calico');
  else if (isSetTo(backend, 'bird') || isSetTo(backend, 'vxlan')) type = told(backend, 'Calico');
  if (isSetTo(podCIDR, 'true')) return { type, ipam: told(podCIDR, 'HostLocal') };
  const isUntold = podCIDR ? 'doubt' in podCIDR : environment.unread.length > 0;
  return { type, ipam: type?.value === 'Calico' && !isUntold ? type : null };
}

function isSetTo(variable: Variable | undefined, text: string): variable is KnownVariable {
  return variable !== undefined && 'text' in variable && variable.text === text;
}

function told({ places: [place] }: KnownVariable, value: string): Sourced<string> {
  return { ...place, value };
}

function environmentOf({
  calicoNode,
  configMaps = UNREAD,
}: Pick<Sections, 'calicoNode'> & Partial<Pick<Sections, 'configMaps'>>): Environment {
  const [daemonSet] = calicoNode.items;
  return daemonSet ? readEnvironment(daemonSet, { configMaps, secrets: UNREAD }) : { variables: new Map(), unread: [] };
}

const UNREAD: Listed<never> = { state: 'missing', why: null, items: [], namespaces: new Set() };

// One object as it was read, reduced to the facts that are kept. The only place that looks into raw values. No I/O.

import { NODE_ANNOTATIONS, NODE_SPEC_PATHS } from '../addresses/nodes.ts';
import { MESH_FELIX_FIELDS } from '../felix/felix.ts';
import { isFelixName, isSetting, LONGEST_SETTING } from '../felix/parameters.ts';
import { reduceInline, reduceSecretKubeconfig, reduceTokenSecret, type SecretValue } from '../remotes/credentials.ts';
import { identityClue } from '../remotes/identity.ts';
import { REDUCED } from '../remotes/redaction.ts';
import type { ObjectRef, Path, Sourced } from '../resource.ts';
import type * as facts from './facts.ts';
import type { KindId } from './kinds.ts';
import { isRecord, NOT_KEPT, type Raw, record } from './raw.ts';
import type { Reading } from './reading.ts';

/** The facts of every kind. */
export interface FactsOf {
  readonly Node: facts.NodeFacts;
  readonly CalicoNode: facts.NodeFacts;
  readonly IPPool: facts.IPPoolFacts;
  readonly FelixConfiguration: facts.FelixConfigurationFacts;
  readonly RemoteClusterConfiguration: facts.RemoteFacts;
  readonly ClusterInformation: facts.ClusterInformationFacts;
  readonly IPAMBlock: facts.IPAMBlockFacts;
  readonly BGPConfiguration: facts.BGPConfigurationFacts;
  readonly BGPPeer: facts.BGPPeerFacts;
  readonly LicenseKey: facts.LicenseKeyFacts;
  readonly DatastoreMigration: facts.DatastoreMigrationFacts;
  readonly Installation: facts.InstallationFacts;
  readonly Istio: facts.ObjectFacts;
  readonly Infrastructure: facts.InfrastructureFacts;
  readonly Secret: facts.SecretFacts;
  readonly ConfigMap: facts.ConfigMapFacts;
  readonly Namespace: facts.ObjectFacts;
  readonly ServiceAccount: facts.ObjectFacts;
  readonly Service: facts.ServiceFacts;
  readonly Pod: facts.PodFacts;
  readonly ServiceCIDR: facts.CidrListFacts;
  readonly DaemonSet: facts.WorkloadFacts;
  readonly Role: facts.RoleFacts;
  readonly ClusterRole: facts.RoleFacts;
  readonly RoleBinding: facts.BindingFacts;
  readonly ClusterRoleBinding: facts.BindingFacts;
  readonly CustomResourceDefinition: facts.ObjectFacts;
}

interface Context {
  readonly ref: ObjectRef;
  readonly raw: Raw;
  readonly base: facts.ObjectFacts;
  readonly annotations: Readonly<Record<string, string>>;
  /** Where an annotation stands in the object: itself, or the stash that it comes from. */
  readonly annotationPath: (name: string) => Path;
  readonly reading: Reading;
}

/** What a kind has beyond what every object has; of that it may lay down anew what it knows better. */
type Own<F extends facts.ObjectFacts> = Omit<F, keyof facts.ObjectFacts> & Partial<facts.ObjectFacts>;

const projections: { readonly [K in KindId]: (context: Context) => Own<FactsOf[K]> } = {
  Node: node,
  CalicoNode: calicoNode,
  IPPool: ipPool,
  FelixConfiguration: felixConfiguration,
  RemoteClusterConfiguration: remote,
  ClusterInformation: clusterInformation,
  IPAMBlock: ipamBlock,
  BGPConfiguration: ({ ref, raw }) => ({
    nodeToNodeMeshEnabled: sourced(ref, raw, ['spec', 'nodeToNodeMeshEnabled'], isBoolean),
  }),
  BGPPeer: ({ raw }) => ({ global: !get(raw, ['spec', 'node']) && !get(raw, ['spec', 'nodeSelector']) }),
  LicenseKey: ({ ref, raw }) => ({
    expiry: sourced(ref, raw, ['status', 'expiry'], isString),
    gracePeriod: text(get(raw, ['status', 'gracePeriod'])),
  }),
  DatastoreMigration: ({ ref, raw }) => ({
    phase: sourced(ref, raw, ['status', 'phase'], isString),
  }),
  Installation: installation,
  Istio: () => ({}),
  Infrastructure: ({ ref, raw }) => ({
    servers: present([
      sourced(ref, raw, ['status', 'apiServerURL'], isString),
      sourced(ref, raw, ['status', 'apiServerInternalURI'], isString),
    ]),
  }),
  Secret: secret,
  ConfigMap: configMap,
  Namespace: () => ({}),
  ServiceAccount: () => ({}),
  Service: service,
  Pod: pod,
  ServiceCIDR: ({ ref, raw }) => ({ cidrs: strings(ref, raw, ['spec', 'cidrs']) }),
  DaemonSet: workload,
  Role: role,
  ClusterRole: role,
  RoleBinding: binding,
  ClusterRoleBinding: binding,
  CustomResourceDefinition: () => ({}),
};

/** Which DaemonSets are kept; others say nothing about a mesh. */
const daemonSets: readonly string[] = ['calico-node', 'calico-node-windows', 'aws-node'];

/** Is this one of the objects of its kind that anything looks at? The others are counted as ignored and make no section read. */
export function isKept(kind: KindId, name: string): boolean {
  if (kind === 'DaemonSet') return daemonSets.includes(name);
  if (kind === 'CustomResourceDefinition') return name.endsWith('projectcalico.org');
  return true;
}

/**
 * Reduces an object to its facts. `raw` has passed its schema; `ref` names it. v1 objects of Calico (`crd.projectcalico.org/v1`) keep the
 * user's metadata in the annotation `projectcalico.org/metadata`; it is laid over the object's own (libcalico-go
 * lib/backend/k8s/resources/resources.go, v3.30).
 */
export function project<K extends KindId>(kind: K, ref: ObjectRef, raw: Raw, reading: Reading): FactsOf[K] {
  const metadata = record(raw.metadata);
  const own = stringMap(metadata.annotations);
  const stash = own[STASH] === undefined ? {} : record(parsed(own[STASH]));
  const stashed = stringMap(stash.annotations);
  const { [STASH]: _, ...annotations } = { ...own, ...stashed };
  const annotationPath = (name: string): Path => ['metadata', 'annotations', name in stashed ? STASH : name];
  const created = Date.parse(text(stash.creationTimestamp) ?? text(metadata.creationTimestamp) ?? '');
  const base: facts.ObjectFacts = {
    ref,
    uid: text(metadata.uid),
    created: Number.isNaN(created) ? null : created,
    labels: { ...stringMap(metadata.labels), ...stringMap(stash.labels) },
  };
  const ignores = Object.entries(annotations).filter(([name]) => name.startsWith(IGNORE_ANNOTATION));
  if (ignores.length > 0) {
    const reasons = ignores.map(([name, reason]) => [name.slice(IGNORE_ANNOTATION.length), reason]);
    Object.assign(base, { ignores: Object.fromEntries(reasons) });
  }
  // Spreading them into a new object would give each a hidden class of its own, which takes more memory than the facts.
  return Object.assign(base, projections[kind]({ ref, raw, base, annotations, annotationPath, reading })) as FactsOf[K];
}

const STASH = 'projectcalico.org/metadata';

/** An annotation of this name and a rule's id keeps findings of the rule about the object from counting; its value says why. */
export const IGNORE_ANNOTATION = 'mesh-preflight/ignore.';

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return {};
  }
}

function node({ ref, raw, base, annotations }: Context): Own<facts.NodeFacts> {
  const fields: Partial<Record<facts.NodeField, Sourced<string>>> = {};
  for (const [field, annotation] of Object.entries(NODE_ANNOTATIONS) as [facts.NodeField, string][]) {
    const value = annotations[annotation];
    if (value !== undefined && value !== '') fields[field] = { value, ref, path: ANNOTATION_PATHS[field] };
  }
  const spec = record(raw.spec);
  return {
    // Labels that only Calico knows; Kubernetes' own win (semantics of libcalico-go lib/backend/k8s/resources/node.go, v3.30).
    labels: { ...stringMap(parsed(annotations['projectcalico.org/labels'] ?? '{}')), ...base.labels },
    name: { value: ref.name, ref, path: NAME },
    fields,
    internalIPs: addresses(ref, raw, ['status', 'addresses'], 'InternalIP'),
    externalIPs: addresses(ref, raw, ['status', 'addresses'], 'ExternalIP'),
    podCIDRs: Array.isArray(spec.podCIDRs)
      ? strings(ref, raw, ['spec', 'podCIDRs'])
      : present([sourced(ref, raw, ['spec', 'podCIDR'], isString)]),
    os: base.labels['kubernetes.io/os'] ?? text(get(raw, ['status', 'nodeInfo', 'operatingSystem'])),
    providerID: text(spec.providerID),
    kernelVersion: text(get(raw, ['status', 'nodeInfo', 'kernelVersion'])),
  };
}

const NAME: Path = ['metadata', 'name'];
const ANNOTATION_PATHS = Object.fromEntries(
  Object.entries(NODE_ANNOTATIONS).map(([field, annotation]) => [field, ['metadata', 'annotations', annotation]]),
) as unknown as Readonly<Record<facts.NodeField, Path>>;

/** calicoctl's Node carries as fields what a Kubernetes Node carries as annotations. */
function calicoNode({ ref, raw, base }: Context): Own<facts.NodeFacts> {
  const fields: Partial<Record<facts.NodeField, Sourced<string>>> = {};
  for (const [field, path] of Object.entries(NODE_SPEC_PATHS) as [facts.NodeField, Path][]) {
    const value = get(raw, path);
    if (typeof value === 'string' && value !== '') fields[field] = { value, ref, path };
  }
  return {
    name: { value: ref.name, ref, path: NAME },
    fields,
    internalIPs: addresses(ref, raw, ['spec', 'addresses'], 'InternalIP'),
    externalIPs: addresses(ref, raw, ['spec', 'addresses'], 'ExternalIP'),
    podCIDRs: strings(ref, raw, ['status', 'podCIDRs']),
    os: base.labels['kubernetes.io/os'] ?? null,
    providerID: null,
    kernelVersion: null,
  };
}

function addresses(ref: ObjectRef, raw: Raw, path: Path, type: string): readonly Sourced<string>[] {
  return array(get(raw, path)).flatMap((entry, i) => {
    const { address, type: found } = record(entry);
    return found === type && typeof address === 'string'
      ? [{ value: address, ref, path: [...path, i, 'address'] }]
      : [];
  });
}

/** Defaults of an IPPool; an unset or empty mode is `Never`. */
function ipPool({ ref, raw }: Context): Own<facts.IPPoolFacts> {
  const spec = record(raw.spec);
  const value = <T>(field: string, found: T): Sourced<T> => ({ value: found, ref, path: ['spec', field] });
  const mode = (field: string) => value(field, text(spec[field]) || 'Never');
  const uses = array(spec.allowedUses).filter(isString);
  const condition = array(get(raw, ['status', 'conditions']))
    .map(record)
    .find((c) => c.type === 'Allocatable');
  return {
    cidr: value('cidr', text(spec.cidr) ?? ''),
    vxlanMode: mode('vxlanMode'),
    ipipMode: mode('ipipMode'),
    natOutgoing: value('natOutgoing', spec.natOutgoing === true),
    legacy: legacy(ref, spec),
    disabled: value('disabled', spec.disabled === true),
    disableBGPExport: spec.disableBGPExport === true,
    nodeSelector: value('nodeSelector', text(spec.nodeSelector) || 'all()'),
    namespaceSelector: value('namespaceSelector', text(spec.namespaceSelector) ?? ''),
    allowedUses: value('allowedUses', uses.length > 0 ? uses : ['Workload', 'Tunnel']),
    deleting: typeof get(raw, ['metadata', 'deletionTimestamp']) === 'string',
    allocatable: condition ? { status: text(condition.status) ?? '', reason: text(condition.reason) ?? '' } : null,
  };
}

/**
 * `ipip: {enabled, mode}` replaces `ipipMode` where it is present, `nat-outgoing` is or-ed with `natOutgoing` (libcalico-go lib/apis/v3 and
 * lib/clientv3/ippool.go, v3.30). Which versions honour them is for the pools to say.
 */
function legacy(ref: ObjectRef, spec: Raw): facts.IPPoolFacts['legacy'] {
  const ipip = isRecord(spec.ipip) ? spec.ipip : null;
  const isNat = spec['nat-outgoing'] === true;
  if (!ipip && !isNat) return null;
  const mode = ipip?.enabled !== true ? 'Never' : ipip.mode === 'cross-subnet' ? 'CrossSubnet' : 'Always';
  return {
    ipipMode: ipip && { value: mode, ref, path: ['spec', 'ipip'] },
    natOutgoing: isNat ? { value: true, ref, path: ['spec', 'nat-outgoing'] } : null,
  };
}

function felixConfiguration({ ref, raw, annotations, annotationPath }: Context): Own<facts.FelixConfigurationFacts> {
  const spec = record(raw.spec);
  const kept: Record<string, unknown> = {};
  for (const field of MESH_FELIX_FIELDS) {
    const value = spec[field];
    if (value !== undefined && value !== null) kept[field] = Array.isArray(value) ? [...value] : value;
  }
  const overrides: Record<string, Sourced<string>> = {};
  for (const [annotation, value] of Object.entries(annotations)) {
    if (!annotation.startsWith(OVERRIDE)) continue;
    overrides[annotation.slice(OVERRIDE.length)] = { value, ref, path: annotationPath(annotation) };
  }
  return { spec: kept, overrides, nodeSelector: text(spec.nodeSelector) };
}

/** libcalico-go lib/backend/syncersv1/updateprocessors/configurationprocessor.go, v3.30. */
const OVERRIDE = 'config.projectcalico.org/';

/** Connection fields of a RemoteClusterConfiguration whose values are credentials or may hold them: only that they are set is kept. */
export const SECRET_FIELDS: ReadonlySet<string> = new Set([
  'etcdEndpoints',
  'etcdUsername',
  'etcdPassword',
  'etcdKey',
  'etcdCert',
  'etcdCACert',
  'kubeconfigInline',
  'k8sAPIToken',
]);

function remote({ ref, raw, annotations, reading }: Context): Own<facts.RemoteFacts> {
  const spec = record(raw.spec);
  const fields: Record<string, string | boolean | null> = {};
  for (const [field, value] of Object.entries(spec)) {
    if (typeof value !== 'string' && typeof value !== 'boolean') continue;
    if (value === '' || field === 'clusterAccessSecret') continue;
    fields[field] = SECRET_FIELDS.has(field) ? null : value;
  }
  const reference = spec.clusterAccessSecret;
  const secretRef = reference === undefined || reference === null ? null : record(reference);
  return {
    fields,
    datastoreType: sourced(ref, raw, ['spec', 'datastoreType'], isText),
    clusterAccessSecret: secretRef && {
      ref,
      path: ['spec', 'clusterAccessSecret'],
      kind: text(secretRef.kind) || null,
      name: text(secretRef.name) || null,
      namespace: text(secretRef.namespace) || null,
      instead: isRecord(reference) ? null : typeName(reference),
    },
    overlayRoutingMode: mode(ref, raw, ['spec', 'syncOptions', 'overlayRoutingMode']),
    misplacedMode: mode(ref, raw, ['spec', 'overlayRoutingMode']),
    inline: reduceInline(ref, spec, reading, annotations[REDUCED] === 'true'),
  };
}

/** A mode as text, whatever it was: YAML 1.1 reads `on` as true. */
function mode(ref: ObjectRef, raw: Raw, path: Path): Sourced<string> | null {
  const found = sourced(ref, raw, path, isScalar);
  return found && found.value !== '' ? { ...found, value: String(found.value) } : null;
}

function clusterInformation({ ref, raw }: Context): Own<facts.ClusterInformationFacts> {
  return {
    clusterGUID: sourced(ref, raw, ['spec', 'clusterGUID'], isText),
    calicoVersion: sourced(ref, raw, ['spec', 'calicoVersion'], isText),
    enterpriseVersion:
      sourced(ref, raw, ['spec', 'calicoEnterpriseVersion'], isText) ??
      sourced(ref, raw, ['spec', 'cnxVersion'], isText),
    variant: sourced(ref, raw, ['spec', 'variant'], isText),
    datastoreReady: sourced(ref, raw, ['spec', 'datastoreReady'], isBoolean),
  };
}

/**
 * `allocations` has an entry per address, null where it is free; `affinity` is `host:<node>` (libcalico-go lib/backend/model/block.go).
 * Calico marks a block as `deleted` right before it deletes the object, so that nobody uses it any more (libcalico-go
 * lib/backend/k8s/resources/ipam_block.go, DeleteKVP, v3.30).
 */
function ipamBlock({ ref, raw }: Context): Own<facts.IPAMBlockFacts> {
  const affinity = text(get(raw, ['spec', 'affinity'])) ?? '';
  const allocations = get(raw, ['spec', 'allocations']);
  // An export may leave the addresses out; a block is there for some.
  const free = Array.isArray(allocations) && allocations.every((a) => a === null || a === undefined);
  return {
    cidr: { value: text(get(raw, ['spec', 'cidr'])) ?? '', ref, path: ['spec', 'cidr'] },
    empty: (free && affinity === '') || get(raw, ['spec', 'deleted']) === true,
    node: affinity.startsWith('host:') ? affinity.slice('host:'.length) : null,
  };
}

function installation({ ref, raw }: Context): Own<facts.InstallationFacts> {
  // status.computed is the spec that takes effect: defaults and the overlay Installation merged in (operator v1.38). A field that it
  // does not have is that of the spec.
  const effective = <T>(is: (value: unknown) => value is T, ...path: Path): Sourced<T> | null =>
    sourced(ref, raw, ['status', 'computed', ...path], is) ?? sourced(ref, raw, ['spec', ...path], is);
  const autodetection = effective(isRecord, 'calicoNetwork', 'nodeAddressAutodetectionV4');
  return {
    variant: sourced(ref, raw, ['status', 'variant'], isText) ?? effective(isText, 'variant'),
    calicoVersion: sourced(ref, raw, ['status', 'calicoVersion'], isText),
    kubernetesProvider: effective(isText, 'kubernetesProvider'),
    cniType: effective(isText, 'cni', 'type'),
    ipamType: effective(isText, 'cni', 'ipam', 'type'),
    linuxDataplane: effective(isText, 'calicoNetwork', 'linuxDataplane'),
    windowsDataplane: effective(isText, 'calicoNetwork', 'windowsDataplane'),
    mtu: effective(isNumber, 'calicoNetwork', 'mtu'),
    statusMtu: sourced(ref, raw, ['status', 'mtu'], isNumber),
    noAutodetectionV4:
      autodetection && Object.keys(autodetection.value).length === 0 ? { ...autodetection, value: null } : null,
    // The list that people edit is that of the spec.
    ipPools: array(get(raw, ['spec', 'calicoNetwork', 'ipPools'])).flatMap((entry, index) => {
      const pool = record(entry);
      const cidr = text(pool.cidr);
      if (cidr === null) return [];
      return [
        {
          index,
          name: text(pool.name),
          cidr,
          encapsulation: text(pool.encapsulation),
          natOutgoing: text(pool.natOutgoing),
          disableNewAllocations: isBoolean(pool.disableNewAllocations) ? pool.disableNewAllocations : null,
          path: ['spec', 'calicoNetwork', 'ipPools', index],
        },
      ];
    }),
  };
}

/** The values of a Secret by key, with the field that holds each: `stringData` outranks `data`, which a snapshot holds reduced. */
export function secretValues(
  raw: Raw,
  isReduced: boolean,
): ReadonlyMap<string, SecretValue & { readonly field: string }> {
  const values = new Map<string, SecretValue & { readonly field: string }>();
  for (const [field, form] of [
    ['data', isReduced ? 'reduced' : 'base64'],
    ['stringData', 'plain'],
  ] as const) {
    for (const [key, value] of Object.entries(record(raw[field])))
      values.set(key, { text: text(value) ?? '', form, field });
  }
  return values;
}

/** Of what is no string in `stringData`, only that is kept: a kubeconfig written as a mapping holds credentials. */
function secret({ ref, raw, annotations, reading }: Context): Own<facts.SecretFacts> {
  const values = secretValues(raw, annotations[REDUCED] === 'true');
  const keys: Record<string, Sourced<null>> = {};
  for (const [key, { field }] of values) keys[key] = { value: null, ref, path: [field, key] };
  const value = (key: string): SecretValue | null => values.get(key) ?? null;
  const instead = noStrings(record(raw.stringData));
  const datastoreType = instead.datastoreType ? null : value('datastoreType');
  const kubeconfig = instead.kubeconfig ? null : value('kubeconfig');
  const decoded = datastoreType && decodedText(datastoreType);
  const name = annotations['kubernetes.io/service-account.name'];
  return {
    type: text(raw.type),
    keys,
    settings: settings(Object.keys(keys), value),
    datastoreType:
      decoded === null || !keys.datastoreType
        ? null
        : { value: decoded.slice(0, 64), ref, path: keys.datastoreType.path },
    connection: kubeconfig && keys.kubeconfig ? reduceSecretKubeconfig(kubeconfig, keys.kubeconfig, reading) : null,
    instead,
    token: raw.type === SERVICE_ACCOUNT_TOKEN ? reduceTokenSecret(value('token'), value('ca.crt'), keys) : null,
    serviceAccount: {
      name:
        name === undefined
          ? null
          : { value: name, ref, path: ['metadata', 'annotations', 'kubernetes.io/service-account.name'] },
      uid: annotations['kubernetes.io/service-account.uid'] ?? null,
    },
  };
}

const SERVICE_ACCOUNT_TOKEN = 'kubernetes.io/service-account-token';

/** Null where it is not base64. */
export function decodedText({ text: value, form }: SecretValue): string | null {
  if (form === 'reduced' && value.startsWith('!')) return null;
  return form === 'base64' ? base64(value) : value;
}

/** What most Secrets have: held once. */
const NONE: Readonly<Record<string, string>> = Object.freeze({});

/** What stands where Typha looks for strings and is none. */
function noStrings(stringData: Raw): facts.SecretFacts['instead'] {
  const found = ['datastoreType', 'kubeconfig'].flatMap((key): [string, string][] => {
    const value = get(stringData, [key]) ?? null;
    return value === null || isString(value) ? [] : [[key, typeName(value)]];
  });
  return found.length > 0 ? Object.fromEntries(found) : NONE;
}

/** No word or number that is kept under any name is longer, encoded or not. */
const LONGEST_WORD = 32;

/** A value of a Secret that can be nothing but a setting of Felix; null for others, which are not even decoded where they are too long. */
export function settingOf(key: string, value: SecretValue): string | null {
  if (value.text.length > (isFelixName(key) ? 4 * LONGEST_SETTING : LONGEST_WORD)) return null;
  const plain = decodedText(value);
  return plain !== null && plain !== NOT_KEPT && isSetting(key, plain) ? plain : null;
}

/** Of the values of a Secret those that can be nothing but settings. */
function settings(keys: readonly string[], read: (key: string) => SecretValue | null): facts.SecretFacts['settings'] {
  const kept = keys.flatMap((key): [string, string][] => {
    const value = read(key);
    const setting = value && settingOf(key, value);
    return setting === null ? [] : [[key, setting]];
  });
  return kept.length > 0 ? Object.fromEntries(kept) : NONE;
}

/** Decodes standard base64 with line breaks allowed; null for anything else. */
function base64(encoded: string): string | null {
  const compact = encoded.replace(/[\r\n]/g, '');
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(compact)) return null;
  return new TextDecoder().decode(Uint8Array.from(atob(compact), (char) => char.charCodeAt(0)));
}

function configMap({ ref, raw, reading }: Context): Own<facts.ConfigMapFacts> {
  const data = stringMap(raw.data);
  return {
    data: Object.fromEntries(
      Object.entries(data).filter(([, value]) => value !== NOT_KEPT && value.length <= LONGEST_SETTING),
    ),
    keys: Object.keys(data),
    identity: identityClue(ref, data, reading.parse),
  };
}

function service({ ref, raw, annotations }: Context): Own<facts.ServiceFacts> {
  const clusterIPs = strings(ref, raw, ['spec', 'clusterIPs']);
  return {
    federated: 'federation.tigera.io/serviceSelector' in annotations,
    // Manifests, and clusters before 1.20, have the first alone.
    clusterIPs: clusterIPs.length > 0 ? clusterIPs : present([sourced(ref, raw, ['spec', 'clusterIP'], isText)]),
  };
}

function pod({ ref, raw }: Context): Own<facts.PodFacts> {
  const list = array(get(raw, ['status', 'podIPs'])).flatMap((entry, i) => {
    const ip = text(record(entry).ip);
    return ip === null ? [] : [{ value: ip, ref, path: ['status', 'podIPs', i, 'ip'] }];
  });
  const phase = text(get(raw, ['status', 'phase']));
  return {
    podIPs: list.length > 0 ? list : present([sourced(ref, raw, ['status', 'podIP'], isText)]),
    hostNetwork: get(raw, ['spec', 'hostNetwork']) === true,
    node: text(get(raw, ['spec', 'nodeName'])),
    finished: phase === 'Succeeded' || phase === 'Failed',
  };
}

function workload({ raw }: Context): Own<facts.WorkloadFacts> {
  const owners = array(get(raw, ['metadata', 'ownerReferences'])).map(record);
  const containers = array(get(raw, ['spec', 'template', 'spec', 'containers'])).map((entry, index) => {
    const container = record(entry);
    return {
      name: text(container.name) ?? '',
      index,
      image: text(container.image) ?? '',
      env: array(container.env).map((e, i) => environment(record(e), i)),
      envFrom: array(container.envFrom).flatMap((e, i) => environmentSource(record(e), i)),
    };
  });
  return {
    containers,
    operatorManaged: owners.some((o) => text(o.apiVersion)?.startsWith('operator.tigera.io/') === true),
  };
}

function environment(entry: Raw, index: number): facts.EnvVar {
  const name = text(entry.name) ?? '';
  const from = entry.valueFrom;
  if (!isRecord(from)) return { name, value: text(entry.value) ?? '', from: null, index };
  for (const [kind, field] of REFERENCES) {
    if (!isRecord(from[field])) continue;
    const { name: object, key, optional } = from[field];
    return {
      name,
      value: null,
      from: { kind, name: text(object) ?? '', key: text(key) ?? '', optional: optional === true },
      index,
    };
  }
  return { name, value: null, from: { kind: 'other' }, index };
}

const REFERENCES = [
  ['ConfigMap', 'configMapKeyRef'],
  ['Secret', 'secretKeyRef'],
] as const;

function environmentSource(entry: Raw, index: number): facts.ContainerFacts['envFrom'] {
  const prefix = text(entry.prefix) ?? '';
  for (const [kind, field] of [
    ['ConfigMap', 'configMapRef'],
    ['Secret', 'secretRef'],
  ] as const) {
    if (!isRecord(entry[field])) continue;
    const { name, optional } = entry[field];
    return [{ kind, name: text(name) ?? '', prefix, optional: optional === true, index }];
  }
  return [];
}

function role({ raw }: Context): Own<facts.RoleFacts> {
  const selectors = get(raw, ['aggregationRule', 'clusterRoleSelectors']);
  return {
    rules: array(raw.rules).map((entry) => {
      const rule = record(entry);
      const list = (field: string) => array(rule[field]).filter(isString);
      return {
        apiGroups: list('apiGroups'),
        resources: list('resources'),
        resourceNames: list('resourceNames'),
        verbs: list('verbs'),
        nonResourceURLs: list('nonResourceURLs'),
      };
    }),
    aggregation: Array.isArray(selectors)
      ? selectors.map((entry) => {
          const selector = record(entry);
          return {
            matchLabels: stringMap(selector.matchLabels),
            matchExpressions: array(selector.matchExpressions).map((e) => {
              const { key, operator, values } = record(e);
              return { key: text(key) ?? '', operator: text(operator) ?? '', values: array(values).filter(isString) };
            }),
          };
        })
      : null,
    hasRules: Array.isArray(raw.rules),
  };
}

function binding({ raw }: Context): Own<facts.BindingFacts> {
  const roleRef = record(raw.roleRef);
  return {
    roleRef: {
      apiGroup: text(roleRef.apiGroup) ?? '',
      kind: text(roleRef.kind) ?? '',
      name: text(roleRef.name) ?? '',
    },
    subjects: array(raw.subjects).map((entry) => {
      const subject = record(entry);
      return {
        kind: text(subject.kind) ?? '',
        name: text(subject.name) ?? '',
        namespace: text(subject.namespace),
        apiGroup: text(subject.apiGroup),
      };
    }),
  };
}

function get(raw: unknown, path: Path): unknown {
  let value = raw;
  for (const step of path) {
    if (typeof step === 'number' || !isRecord(value) || !Object.hasOwn(value, step)) return undefined;
    value = value[step];
  }
  return value;
}

function sourced<T>(ref: ObjectRef, raw: Raw, path: Path, is: (value: unknown) => value is T): Sourced<T> | null {
  const value = get(raw, path);
  return is(value) ? { value, ref, path } : null;
}

function strings(ref: ObjectRef, raw: Raw, path: Path): readonly Sourced<string>[] {
  return array(get(raw, path)).flatMap((value, i) => (isString(value) ? [{ value, ref, path: [...path, i] }] : []));
}

function present<T>(values: readonly (T | null)[]): readonly T[] {
  return values.filter((v): v is T => v !== null);
}

function array(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function isString(value: unknown): value is string {
  return typeof value === 'string';
}

/** A string that is not empty: Go's API machinery drops empty strings as unset. */
function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function isScalar(value: unknown): value is string | boolean | number {
  return isString(value) || isBoolean(value) || isNumber(value);
}

/** A value's type as people name it. */
function typeName(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  return isRecord(value) ? 'a mapping' : isString(value) ? 'a string' : `a ${typeof value}`;
}

function isBoolean(value: unknown): value is boolean {
  return typeof value === 'boolean';
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number';
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function stringMap(value: unknown): Readonly<Record<string, string>> {
  const map: Record<string, string> = {};
  for (const [key, entry] of Object.entries(record(value))) if (typeof entry === 'string') map[key] = entry;
  return map;
}

// An object as a snapshot holds it: the fields that are read of its kind, and of credentials only what is told of them. What comes of a
// reduced object is what came of the whole one. No I/O.

import { NODE_ANNOTATIONS } from '../addresses/nodes.ts';
import { isFelixName, isSetting, LONGEST_SETTING } from '../felix/parameters.ts';
import { markPlainly, readServer, type SecretValue } from '../remotes/credentials.ts';
import { REDUCED, redactCertificates, redactKubeconfig, redactMintedToken } from '../remotes/redaction.ts';
import type { KindId } from './kinds.ts';
import { decodedText, IGNORE_ANNOTATION, isKept, SECRET_FIELDS, secretValues, settingOf } from './project.ts';
import { isRecord, NOT_KEPT, type Raw, record, records } from './raw.ts';
import type { ParseText } from './reading.ts';
import { type Schema, schemas } from './schemas.ts';

const schemaOf = new Map(schemas.map((schema) => [schema.$id?.replace(/\.json$/, ''), schema]));

/** Reduces an object that has passed its schema; null for one that nothing looks at. */
export function reduceObject(kind: KindId, raw: Raw, parse: ParseText): Raw | null {
  const metadata = record(raw.metadata);
  const schema = schemaOf.get(kind);
  if (!schema || !isKept(kind, String(metadata.name))) return null;
  const pruned = record(prune(raw, schema, schema));
  const own = {
    ...pruned,
    apiVersion: raw.apiVersion,
    kind: raw.kind,
    metadata: reduceMetadata(record(pruned.metadata)),
  };
  return reductions[kind]?.(own, raw, parse) ?? own;
}

/** What a schema names of a value. */
function prune(value: unknown, schema: Schema, root: Schema): unknown {
  if (schema.$ref !== undefined) {
    const [file, fragment] = schema.$ref.split('#/$defs/');
    const other = file ? schemaOf.get(file.replace(/\.json$/, '')) : root;
    const found = fragment === undefined ? other : other?.$defs?.[fragment];
    return found ? prune(value, found, file ? found : root) : undefined;
  }
  if (Array.isArray(value))
    return schema.items ? value.map((item) => prune(item, schema.items as Schema, root)) : value;
  if (!isRecord(value)) return value;
  // A mapping of which nothing is said is read as it is.
  if (!schema.properties && !schema.patternProperties && !schema.additionalProperties) return value;
  const kept: Record<string, unknown> = {};
  for (const key of Object.keys(value).sort()) {
    const pattern = Object.entries(schema.patternProperties ?? {}).find(([text]) => new RegExp(text).test(key))?.[1];
    const inner =
      schema.properties && Object.hasOwn(schema.properties, key)
        ? schema.properties[key]
        : (pattern ?? schema.additionalProperties);
    // What is absent and what is null are the same, for the API server as for us.
    if (inner && value[key] !== null) kept[key] = prune(value[key], inner, root);
  }
  return kept;
}

/** Annotations that are read; others may be long, change by the minute, or hold a copy of the object with all its secrets. */
export const KEPT_ANNOTATIONS: ReadonlySet<string> = new Set([
  ...Object.values(NODE_ANNOTATIONS),
  'projectcalico.org/labels',
  'kubernetes.io/service-account.name',
  'kubernetes.io/service-account.uid',
  'federation.tigera.io/serviceSelector',
  REDUCED,
]);
/** Beginnings of more of them. */
export const KEPT_PREFIXES: readonly string[] = ['config.projectcalico.org/', IGNORE_ANNOTATION];
const STASH = 'projectcalico.org/metadata';

function reduceMetadata(metadata: Raw): Raw {
  const { annotations, ...rest } = metadata;
  const kept = Object.entries(record(annotations)).flatMap(([name, value]) => {
    if (name === STASH && typeof value === 'string') return [[name, reduceStash(value)]];
    const isKept = KEPT_ANNOTATIONS.has(name) || KEPT_PREFIXES.some((prefix) => name.startsWith(prefix));
    return isKept ? [[name, value]] : [];
  });
  return kept.length > 0 ? { annotations: Object.fromEntries(kept), ...rest } : rest;
}

/** The user's metadata of a v1 object of Calico, which the annotation holds as JSON. */
function reduceStash(json: string): string {
  let stash: Raw = {};
  try {
    stash = record(JSON.parse(json));
  } catch {
    // What is no JSON tells nothing.
  }
  const { annotations, labels, creationTimestamp } = stash;
  return JSON.stringify({ ...reduceMetadata({ annotations }), ...(isRecord(labels) && { labels }), creationTimestamp });
}

type Reduction = (pruned: Raw, whole: Raw, parse: ParseText) => Raw;

const reductions: Readonly<Partial<Record<KindId, Reduction>>> = {
  Secret: reduceSecret,
  RemoteClusterConfiguration: reduceRemote,
  ConfigMap: reduceConfigMap,
  DaemonSet: reduceDaemonSet,
  IPAMBlock: reduceBlock,
};

function reduceSecret(pruned: Raw, whole: Raw, parse: ParseText): Raw {
  if (isReduced(pruned)) return pruned;
  const { stringData: _, ...rest } = pruned;
  const noStrings = Object.entries(record(whole.stringData)).filter(([, v]) => v !== null && typeof v !== 'string');
  const data: Record<string, string> = {};
  for (const [key, value] of [...secretValues(whole, false)].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (noStrings.some(([other]) => other === key)) continue;
    const reduce = secretKeys[key];
    data[key] = reduce && Object.hasOwn(secretKeys, key) ? reduce(value, parse) : (settingOf(key, value) ?? NOT_KEPT);
  }
  const empty = noStrings.map(([key, value]) => [key, emptyOf(value)]);
  return marked({ ...rest, data, ...(empty.length > 0 && { stringData: Object.fromEntries(empty) }) });
}

/** What a value is, without what it says. */
function emptyOf(value: unknown): unknown {
  if (typeof value === 'object') return Array.isArray(value) ? [] : {};
  return typeof value === 'number' ? 0 : false;
}

/** What is told of the values under the keys that are read; of others only that they are there. */
const secretKeys: Readonly<Record<string, (value: SecretValue, parse: ParseText) => string>> = {
  kubeconfig: redactKubeconfig,
  token: redactMintedToken,
  'ca.crt': redactCertificates,
  datastoreType: (value) => decodedText(value)?.slice(0, 64) ?? '!not-base64',
};

function reduceRemote(pruned: Raw, whole: Raw, parse: ParseText): Raw {
  const spec = { ...record(pruned.spec) };
  const credentials = [...SECRET_FIELDS, 'k8sAPIEndpoint'].filter(
    (field) => typeof spec[field] === 'string' && spec[field],
  );
  // A field that no schema names may hold anything; that it is there is an error of its own.
  for (const [field, value] of Object.entries(record(whole.spec))) {
    if (!(field in spec) && (typeof value === 'string' || typeof value === 'boolean'))
      spec[field] = value === '' ? '' : 'reduced';
  }
  if (isReduced(pruned) || credentials.length === 0) return { ...pruned, spec };
  for (const field of credentials) {
    const value: SecretValue = { text: String(spec[field]), form: 'plain' };
    if (field === 'kubeconfigInline') spec[field] = redactKubeconfig(value, parse);
    else if (field === 'k8sAPIToken') spec[field] = markPlainly(value.text);
    else spec[field] = field === 'k8sAPIEndpoint' ? (readServer(value.text, true)?.url ?? '!bad-server') : 'reduced';
  }
  return marked({ ...pruned, spec });
}

function reduceConfigMap(pruned: Raw, _: Raw, parse: ParseText): Raw {
  const data = record(pruned.data);
  const kept: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(data)) {
    if (typeof value !== 'string') continue;
    if (key === 'ca.crt') kept[key] = redactCertificates({ text: value, form: 'plain' });
    else if (key === 'kubeconfig')
      kept[key] = redactKubeconfig({ text: value, form: isReduced(pruned) ? 'reduced' : 'plain' }, parse);
    else if (key === 'ClusterConfiguration') kept[key] = reduceKubeadm(value, parse);
    // Longer values are no environment variable's.
    // The signatures of cluster-info tell what the bootstrap tokens are to those who can guess them.
    else
      kept[key] =
        value.length <= LONGEST_SETTING && !key.startsWith('jws-') && !USER_OF_URL.test(value) ? value : NOT_KEPT;
  }
  return { ...pruned, data: kept };
}

/** Name and password in a URL, whatever it stands in. */
export const USER_OF_URL = /(?<=:\/\/)[^"/ ]*(?=@)/;

/** Of kubeadm's configuration of the cluster: where its API server is, and its ranges. */
function reduceKubeadm(text: string, parse: ParseText): string {
  try {
    const { controlPlaneEndpoint, networking } = record(parse(text));
    const { podSubnet, serviceSubnet } = record(networking);
    return `${JSON.stringify({ controlPlaneEndpoint, networking: { podSubnet, serviceSubnet } }, null, 2)}\n`;
  } catch {
    return '';
  }
}

/**
 * Variables of calico-node and aws-node whose values are read, beside the settings of Felix; others may hold credentials of a registry or
 * datastore.
 */
export const VARIABLES: ReadonlySet<string> = new Set([
  'CALICO_API_GROUP',
  'CALICO_MANAGE_CNI',
  'CALICO_NETWORKING_BACKEND',
  'IP',
  'IP6',
  'USE_POD_CIDR',
  'AWS_VPC_K8S_CNI_EXTERNALSNAT',
]);

/**
 * Of a container's variables, by their places, those whose values are kept: those that are read, those that these refer to by `$(NAME)`
 * and that were set before, as far as it goes, and what is no more than a number or a word.
 */
function publicVariables(env: readonly Raw[]): ReadonlySet<number> {
  const settings = new Set<number>();
  const read = new Set<number>();
  /** What each refers to; nothing for one whose value is not kept in any case. */
  const referred = new Map<number, readonly number[]>();
  const last = new Map<unknown, number>();
  for (const [index, { name, value }] of env.entries()) {
    if (typeof value === 'string') {
      const isRead = VARIABLES.has(String(name)) || isFelixName(String(name));
      if (!isRead && isSetting(String(name), value)) settings.add(index);
      if (!USER_OF_URL.test(value)) {
        const names = [...value.matchAll(/\$\$|\$\(([^)]*)\)/g)].map(([, other]) => other);
        referred.set(
          index,
          names.flatMap((other) => (other === undefined ? [] : (last.get(other) ?? []))),
        );
        if (isRead) read.add(index);
      }
    }
    last.set(name, index);
  }
  // What is added on the way is followed in its turn.
  for (const index of read) {
    for (const other of referred.get(index) ?? []) if (referred.has(other)) read.add(other);
  }
  return new Set([...read, ...settings]);
}

function reduceDaemonSet(pruned: Raw): Raw {
  const spec = record(pruned.spec);
  const template = record(spec.template);
  const pod = record(template.spec);
  const containers = records(pod.containers).map((container) => {
    if (!Array.isArray(container.env)) return container;
    const env = records(container.env);
    const kept = publicVariables(env);
    return {
      ...container,
      env: env.map((entry, i) =>
        typeof entry.value !== 'string' || kept.has(i) ? entry : { ...entry, value: NOT_KEPT },
      ),
    };
  });
  return { ...pruned, spec: { ...spec, template: { ...template, spec: { ...pod, containers } } } };
}

/** Which addresses are taken changes by the minute; that none is, is what counts. */
function reduceBlock(pruned: Raw): Raw {
  const { allocations, ...spec } = record(pruned.spec);
  const free = Array.isArray(allocations) && allocations.every((a) => a === null || a === undefined);
  return { ...pruned, spec: { ...spec, ...(free && { allocations: [] }) } };
}

function isReduced(object: Raw): boolean {
  return record(record(object.metadata).annotations)[REDUCED] === 'true';
}

function marked(object: Raw): Raw {
  const metadata = record(object.metadata);
  return { ...object, metadata: { ...metadata, annotations: { ...record(metadata.annotations), [REDUCED]: 'true' } } };
}

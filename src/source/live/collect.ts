// Reads the state of one cluster from its API server, as far as rules need it: what is served, all objects of small kinds, Secrets and
// ConfigMaps by name alone. What could not be read is part of what is told. Every object is reduced as it comes in.

import { type KindId, kindInfo, kinds } from '../../model/objects/kinds.ts';
import { type Asked, type AskedResource, newManifest } from '../../model/objects/manifest.ts';
import { type Raw, record, records } from '../../model/objects/raw.ts';
import { reduceObject } from '../../model/objects/reduction.ts';
import type { Snapshot } from '../snapshot.ts';
import { parseSingle } from '../yaml.ts';
import type { Answer, Api } from './api.ts';
import { configMapsOf, DAEMON_SETS, NAMED, type Name, secretsOf } from './wanted.ts';

export interface CollectOptions {
  readonly cluster: string;
  /** Kinds that are asked for. */
  readonly wanted: ReadonlySet<KindId>;
  /** RFC 3339. */
  readonly taken: string;
  /** URL of the API server, without credentials. */
  readonly server: string;
  readonly tool: string;
  /** Is told what is being read. */
  readonly progress?: (what: string) => void;
}

/** Reads a cluster. Never fails: what could not be read is said in the manifest. */
export async function collect(api: Api, options: CollectOptions): Promise<Snapshot> {
  const { cluster, wanted, taken, server, tool, progress } = options;
  const served = await discover(api);
  const objects = new Map<KindId, readonly Raw[]>();
  const resources: AskedResource[] = [];
  const listed = kinds.map(({ id }) => id).filter((id) => wanted.has(id) && !NAMED.has(id) && id !== 'CalicoNode');
  await Promise.all(
    listed.map(async (id) => {
      progress?.(kindInfo(id).plural);
      const { asked, items } = await listKind(api, id, placesOf(id, served));
      resources.push(asked);
      if (items.length > 0) objects.set(id, items);
    }),
  );
  for (const [id, names] of [
    ['ConfigMap', configMapsOf(objects)],
    ['Secret', secretsOf(objects)],
  ] as const) {
    if (!wanted.has(id)) continue;
    progress?.(kindInfo(id).plural);
    const { asked, items } = await getNamed(api, id, names);
    resources.push(asked);
    if (items.length > 0) objects.set(id, items);
  }
  resources.sort((a, b) => (a.resource < b.resource ? -1 : 1));
  return { cluster, manifest: newManifest(cluster, { taken, server, tool, resources }), objects };
}

/** Where a kind is served. */
interface Place {
  readonly group: string;
  readonly version: string;
}

/**
 * The resources of each API group by name, and the version that serves them; null where the server does not tell, as of an aggregated API
 * whose own server is down.
 */
type Served = ReadonlyMap<string, { readonly version: string; readonly resources: ReadonlySet<string> | null }> | null;

const groups: ReadonlySet<string> = new Set(kinds.flatMap((kind) => kind.groups as readonly string[]));

async function discover(api: Api): Promise<Served> {
  const answer = await api.get('/apis');
  if (answer.kind !== 'read') return null;
  const found = records(record(answer.value).groups).filter((group) => groups.has(String(group.name)));
  const served = await Promise.all(
    found.map(async ({ name, preferredVersion }) => {
      const version = String(record(preferredVersion).version);
      const told = await api.get(`/apis/${name}/${version}`);
      const resources = told.kind === 'read' ? records(record(told.value).resources).map((r) => String(r.name)) : null;
      return [String(name), { version, resources: resources && new Set(resources) }] as const;
    }),
  );
  return new Map(served);
}

/** Versions that are asked for where the server does not tell which it serves. */
const VERSIONS: Readonly<Record<string, string>> = {
  'projectcalico.org': 'v3',
  'migration.projectcalico.org': 'v1beta1',
};

/**
 * Where to ask for a kind, the first that answers counts: Calico's own API, native or aggregated, before its store. Last come groups of
 * which is not told what they serve: that nothing answers there does not mean that there is nothing.
 */
function placesOf(id: KindId, served: Served): readonly Place[] {
  const kind = kindInfo(id);
  const untold: Place[] = [];
  const told = kind.groups.flatMap((group): readonly Place[] => {
    if (group === '') return [{ group, version: 'v1' }];
    const { version, resources } = served?.get(group) ?? { version: VERSIONS[group] ?? 'v1', resources: null };
    const isServed = served === null || served.has(group);
    if (resources?.has(kind.plural)) return [{ group, version }];
    if (isServed && resources === null) untold.push({ group, version });
    return [];
  });
  return [...told, ...untold];
}

interface Kept {
  readonly asked: AskedResource;
  readonly items: readonly Raw[];
}

async function listKind(api: Api, id: KindId, places: readonly Place[]): Promise<Kept> {
  let worst: AskedResource = { resource: kindInfo(id).plural, state: 'absent' };
  for (const place of places) {
    const resource = place.group === '' ? kindInfo(id).plural : `${kindInfo(id).plural}.${place.group}`;
    const answer = await listAt(api, id, place);
    if (answer.kind === 'read') {
      return { asked: { resource, state: 'read', objects: answer.value.length }, items: answer.value };
    }
    if (worst.state === 'absent' && answer.kind !== 'absent') worst = { resource, state: answer.kind, why: answer.why };
  }
  return { asked: worst, items: [] };
}

async function listAt(api: Api, id: KindId, { group, version }: Place): Promise<Answer<readonly Raw[]>> {
  const apiVersion = group === '' ? version : `${group}/${version}`;
  const path = `${group === '' ? '/api/' : '/apis/'}${apiVersion}/${kindInfo(id).plural}`;
  const kind = kindInfo(id).kind;
  const project = (item: unknown) => reduceObject(id, { ...record(item), apiVersion, kind }, parseSingle);
  const queries = id === 'DaemonSet' ? DAEMON_SETS.map((name) => ({ fieldSelector: `metadata.name=${name}` })) : [{}];
  const kept: Raw[] = [];
  for (const query of queries) {
    const answer = await api.list(path, { project, query });
    if (answer.kind !== 'read') return answer;
    for (const object of answer.value) if (object !== null) kept.push(object);
  }
  return { kind: 'read', value: kept };
}

/** Reads objects by their names. */
async function getNamed(api: Api, id: 'ConfigMap' | 'Secret', wanted: readonly Name[]): Promise<Kept> {
  const items: Raw[] = [];
  const names: Record<string, Asked> = {};
  const sorted = new Map([...wanted].sort(byKey).map((name) => [keyOf(name), name]));
  await Promise.all(
    [...sorted].map(async ([key, { namespace, name }]) => {
      names[key] = { state: 'failed' };
      const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/${kindInfo(id).plural}/${encodeURIComponent(name)}`;
      const answer = await api.get(path);
      const object =
        answer.kind === 'read'
          ? reduceObject(id, { ...record(answer.value), apiVersion: 'v1', kind: id }, parseSingle)
          : null;
      if (object) items.push(object);
      names[key] =
        answer.kind === 'forbidden' || answer.kind === 'failed'
          ? { state: answer.kind, why: answer.why }
          : { state: answer.kind };
    }),
  );
  return { asked: { resource: kindInfo(id).plural, state: 'read', names }, items };
}

const keyOf = ({ namespace, name }: Name) => `${namespace}/${name}`;
const byKey = (a: Name, b: Name) => (keyOf(a) < keyOf(b) ? -1 : 1);

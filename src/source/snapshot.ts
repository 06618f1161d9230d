// Snapshots: a cluster's state in a folder that `check` reads, one file per kind and a manifest, with no credentials in it. The same state
// gives the same bytes but for the time, so that a snapshot can be committed and compared.

import fs from 'node:fs';
import path from 'node:path';
import { dump } from 'js-yaml';
import { groupOf, type KindId, kindInfo, kinds } from '../model/objects/kinds.ts';
import { type Manifest, newManifest, resourcesOf } from '../model/objects/manifest.ts';
import type { Raw } from '../model/objects/raw.ts';
import { reduceObject } from '../model/objects/reduction.ts';
import { IDENTITY_CONFIG_MAPS } from '../model/remotes/identity.ts';
import { type HeldCluster, readFiles } from './files.ts';
import { UsageError } from './source.ts';
import { parseSingle } from './yaml.ts';

/** What is kept of a cluster. */
export interface Snapshot {
  readonly cluster: string;
  readonly manifest: Manifest;
  /** Reduced, in any order. */
  readonly objects: ReadonlyMap<KindId, readonly Raw[]>;
}

/** Collects objects, reduced at once. */
export function newCollection(): {
  readonly objects: Map<KindId, Raw[]>;
  add(kind: KindId, raw: Raw): void;
} {
  const objects = new Map<KindId, Raw[]>();
  const add = (kind: KindId, raw: Raw): void => {
    const reduced = reduceObject(kind, raw, parseSingle);
    if (reduced === null) return;
    const found = objects.get(kind);
    if (found) found.push(reduced);
    else objects.set(kind, [reduced]);
  };
  return { objects, add };
}

/** Name of the file of a snapshot that says what was read. */
const MANIFEST_FILE = 'manifest.yaml';

/** The files of a snapshot. */
export function filesOf({ cluster, manifest, objects }: Snapshot): HeldCluster {
  const files = [{ path: MANIFEST_FILE, text: yaml(manifest) }];
  for (const { id } of kinds) {
    const items = objects.get(id);
    if (items) files.push({ path: fileOf(id), text: listText(items) });
  }
  return { cluster, files };
}

function fileOf(id: KindId): string {
  // calicoctl's Nodes are called as Kubernetes' are.
  return id === 'CalicoNode' ? 'nodes.projectcalico.org.yaml' : `${kindInfo(id).plural}.yaml`;
}

/** A list as kubectl prints it, sorted by namespace, name and API. */
function listText(items: readonly Raw[]): string {
  const key = (item: Raw) => {
    const { namespace = '', name = '' } = item.metadata as { namespace?: string; name?: string };
    return `${namespace}/${name} ${groupOf(String(item.apiVersion))}`;
  };
  const sorted = [...items].sort((a, b) => (key(a) < key(b) ? -1 : 1));
  const body = sorted.map((item) => yaml([item])).join('');
  return `apiVersion: v1\nitems:${sorted.length === 0 ? ' []' : ''}\n${body}kind: List\nmetadata: {}\n`;
}

/** As YAML, keys sorted. */
export function yaml(value: unknown): string {
  return dump(value, {
    sortKeys: true,
    lineWidth: -1,
    noRefs: true,
    seqNoIndent: true,
    quoteStyle: 'double',
    skipInvalid: true,
  });
}

/**
 * Writes a snapshot into `folder/<cluster>/`, every file under a temporary name first, and takes away files of an earlier snapshot that
 * this one does not have. Throws UsageError where that cannot be done, or where the folder holds something else than a snapshot.
 */
export function writeSnapshot(folder: string, snapshot: Snapshot): void {
  const { cluster, files } = filesOf(snapshot);
  const target = path.join(folder, cluster);
  if (!/^[^./\\][^/\\]*$/.test(cluster)) {
    throw new UsageError(
      `${cluster} cannot be the name of a folder; name the cluster otherwise: --cluster NAME=PATH, --context NAME=CONTEXT`,
    );
  }
  try {
    fs.mkdirSync(target, { recursive: true });
    const there = fs.readdirSync(target).filter((name) => !name.startsWith('.'));
    if (there.length > 0 && !there.includes(MANIFEST_FILE)) {
      throw new UsageError(`${target} holds something else than a snapshot; give another folder`);
    }
    for (const { path: name, text } of files) {
      const temporary = path.join(target, `.${name}.${process.pid}.tmp`);
      fs.writeFileSync(temporary, text);
      fs.renameSync(temporary, path.join(target, name));
    }
    const known = new Set(kinds.map(({ id }) => fileOf(id)));
    const kept = new Set(files.map((file) => file.path));
    for (const name of there) if (known.has(name) && !kept.has(name)) fs.rmSync(path.join(target, name));
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${target}: cannot be written (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})`);
  }
}

/**
 * Of ConfigMaps that neither tell who the cluster is nor are asked for by an environment, only that they are there: that others are not
 * is proven by them.
 */
function withoutOtherConfigMaps(objects: ReadonlyMap<KindId, readonly Raw[]>): ReadonlyMap<KindId, readonly Raw[]> {
  const configMaps = objects.get('ConfigMap');
  if (!configMaps) return objects;
  const referenced = environmentReferences(objects.get('DaemonSet') ?? []).map(({ name }) => name);
  const asked = new Set([...IDENTITY_CONFIG_MAPS, ...referenced]);
  const slim = configMaps.map((object) => {
    const { data: _, ...rest } = object;
    return asked.has(String((object.metadata as Raw).name)) ? object : rest;
  });
  return new Map([...objects, ['ConfigMap', slim]]);
}

/** What the environment of containers refers to. */
export function environmentReferences(
  daemonSets: readonly Raw[],
): readonly { readonly kind: 'ConfigMap' | 'Secret'; readonly namespace: string; readonly name: string }[] {
  return daemonSets.flatMap((daemonSet) => {
    const { namespace = 'default' } = daemonSet.metadata as { readonly namespace?: string };
    return references(daemonSet).map((reference) => ({ ...reference, namespace }));
  });
}

function references(value: unknown): readonly { readonly kind: 'ConfigMap' | 'Secret'; readonly name: string }[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const [, kind] = /^(configMap|secret)(?:Key)?Ref$/.exec(key) ?? [];
    const { name } = (inner ?? {}) as { readonly name?: unknown };
    if (kind === undefined || typeof name !== 'string') return references(inner);
    return [{ kind: kind === 'secret' ? 'Secret' : 'ConfigMap', name }];
  });
}

/** What an export holds, as snapshots: nothing is known that it does not tell, so that the same comes of both. */
export function snapshotsOfExports(
  clusters: readonly { readonly name: string; readonly path: string }[],
  { cwd, taken, tool }: { readonly cwd: string; readonly taken: string; readonly tool: string },
): { readonly snapshots: readonly Snapshot[]; readonly problems: ReturnType<typeof readFiles>['problems'] } {
  const collections = new Map(clusters.map(({ name }) => [name, newCollection()]));
  const input = readFiles({
    paths: [],
    clusters,
    cwd,
    repository: null,
    see: (cluster, kind, raw) => collections.get(cluster)?.add(kind, raw),
  });
  const snapshots = input.clusters.map((intake): Snapshot => {
    const { objects } = collections.get(intake.cluster) ?? newCollection();
    for (const { id } of kinds) if (intake.kinds[id].listed && !objects.has(id)) objects.set(id, []);
    return {
      cluster: intake.cluster,
      manifest: newManifest(intake.cluster, {
        taken: intake.taken === null ? taken : new Date(intake.taken).toISOString(),
        server: null,
        tool,
        resources: resourcesOf(intake.kinds),
      }),
      objects: withoutOtherConfigMaps(objects),
    };
  });
  return { snapshots, problems: input.problems };
}

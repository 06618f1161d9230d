// Clusters as their API servers tell them: contexts of kubeconfigs in, snapshots out. A cluster that cannot be read is a snapshot that
// says so; it never stops the others.

import { type KindId, kinds } from '../../model/objects/kinds.ts';
import { newManifest } from '../../model/objects/manifest.ts';
import type { Snapshot } from '../snapshot.ts';
import { UsageError } from '../source.ts';
import { connect } from './api.ts';
import { AccessError, authenticate } from './authenticate.ts';
import { collect } from './collect.ts';
import { type ContextConfig, contextOf, type KubeconfigOptions, readKubeconfigs } from './kubeconfig.ts';
import type { EnvironmentProxy } from './proxy.ts';

/** A context and the name that its cluster has in reports. */
export interface LiveCluster {
  readonly name: string;
  readonly context: string;
}

export interface LiveOptions extends KubeconfigOptions {
  readonly proxy: EnvironmentProxy;
  readonly wanted: ReadonlySet<KindId>;
  /** RFC 3339. */
  readonly taken: string;
  /** This program: its name and version. */
  readonly tool: { readonly name: string; readonly version: string };
  /** Milliseconds for each cluster. */
  readonly timeout: number;
  /** Ends everything at once. */
  readonly signal: AbortSignal;
  /** Is told what is being read of a cluster; null when it is done. */
  readonly progress?: (cluster: string, what: string | null) => void;
}

/** Reads clusters, all at once. Throws UsageError for a context that is not there or cannot be used, before any is asked. */
export async function readLive(clusters: readonly LiveCluster[], options: LiveOptions): Promise<readonly Snapshot[]> {
  const kubeconfigs = readKubeconfigs(options);
  const names = new Set<string>();
  const contexts = clusters.map(({ name, context }) => {
    if (names.has(name))
      throw new UsageError(`cluster ${name} is given twice; name one of them with --context NAME=CONTEXT`);
    names.add(name);
    return { name, context: contextOf(kubeconfigs, context, options.proxy) };
  });
  return Promise.all(
    contexts.map(async ({ name, context }) => {
      const snapshot = await readCluster(name, context, options);
      options.progress?.(name, null);
      return snapshot;
    }),
  );
}

async function readCluster(cluster: string, context: ContextConfig, options: LiveOptions): Promise<Snapshot> {
  const { wanted, taken, tool, timeout, signal, progress } = options;
  const server = `${context.server.protocol}//${context.server.host}${context.server.pathname.replace(/\/$/, '')}`;
  const label = `${tool.name} ${tool.version}`;
  try {
    const api = connect(await authenticate(context), { version: tool.version, timeout, signal });
    try {
      const told = (what: string) => progress?.(cluster, what);
      return await collect(api, { cluster, wanted, taken, server, tool: label, progress: told });
    } finally {
      api.close();
    }
  } catch (error) {
    if (!(error instanceof AccessError)) throw error;
    const why = error.message;
    const resources = kinds
      .filter(({ id }) => wanted.has(id))
      .map(({ plural }) => ({ resource: plural, state: 'failed', why }) as const);
    return { cluster, manifest: newManifest(cluster, { taken, server, tool: label, resources }), objects: new Map() };
  }
}

// `snapshot` and `rbac`: what is kept of clusters, and the rights that reading them takes.

import path from 'node:path';
import type { KindId } from '../model/objects/kinds.ts';
import { loadRules } from '../registry.ts';
import { UsageError } from '../source/source.ts';
import type { CheckFlags } from './check.ts';
import { INTERRUPTED, kindsRead, type LiveFlags, readContexts } from './live.ts';
import { complain, type Program, print } from './program.ts';

export interface RightsFlags extends LiveFlags {
  readonly cluster: CheckFlags['cluster'];
  readonly serviceAccount: string;
}

export interface SnapshotFlags extends LiveFlags {
  readonly cluster: CheckFlags['cluster'];
  readonly directory: string | undefined;
  readonly printScript: boolean;
}

export async function runRights(program: Program, flags: RightsFlags): Promise<number> {
  const [context, ...more] = flags.context;
  const [given, ...others] = flags.cluster;
  if (more.length + others.length > 0 || (context === undefined) === (given === undefined)) {
    throw new UsageError('rbac takes one cluster: --context NAME or --cluster NAME=PATH');
  }
  const [, namespace = '', name = ''] = /^([a-z0-9-]+)\/([a-z0-9.-]+)$/.exec(flags.serviceAccount) ?? [];
  if (name === '') throw new UsageError('--service-account takes NAMESPACE/NAME');
  const rules = await loadRules();
  const wanted = kindsRead(rules);
  const now = Date.now();
  // They tell which Secrets and ConfigMaps are read.
  const telling = new Set<KindId>(['RemoteClusterConfiguration', 'DaemonSet']);
  const live = await readContexts(program, flags, telling, now);
  if (live === null) return INTERRUPTED;
  const { snapshotsOfExports, yaml } = await import('../source/snapshot.ts');
  const { rightsFor } = await import('../source/live/rights.ts');
  const options = { cwd: process.cwd(), taken: new Date(now).toISOString(), tool: program.name };
  const [snapshot] = given ? snapshotsOfExports([given], options).snapshots : live;
  for (const { resource, state, why } of snapshot?.manifest.resources ?? []) {
    if (state !== 'read' && state !== 'absent')
      complain(`${resource} could not be read (${why ?? state}), so rights for what they refer to are missing`);
  }
  const manifests = rightsFor(wanted, snapshot?.objects ?? new Map(), { namespace, name });
  await print(manifests.map((manifest) => yaml(manifest)).join('---\n'));
  return 0;
}

export async function runSnapshot(program: Program, flags: SnapshotFlags): Promise<number> {
  const { cluster, context, directory, printScript } = flags;
  if (printScript) {
    if (cluster.length + context.length > 0 || directory !== undefined) {
      throw new UsageError('--print-script takes no clusters and no directory: the script does, where it is run');
    }
    const { snapshotScript } = await import('../source/script.ts');
    await print(snapshotScript(kindsRead(await loadRules()), `${program.name} ${program.version}`));
    return 0;
  }
  if (cluster.length + context.length === 0)
    throw new UsageError('no input: give --context NAME or --cluster NAME=PATH');
  if (directory === undefined) throw new UsageError('no directory to keep it in: give --directory DIR');
  const now = Date.now();
  const live = await readContexts(program, flags, kindsRead(await loadRules()), now);
  if (live === null) return INTERRUPTED;
  const { snapshotsOfExports, writeSnapshot } = await import('../source/snapshot.ts');
  const cwd = process.cwd();
  const tool = `${program.name} ${program.version}`;
  const { snapshots: exported, problems } = snapshotsOfExports(cluster, {
    cwd,
    taken: new Date(now).toISOString(),
    tool,
  });
  const snapshots = [...exported, ...live];
  for (const { uri, line, column, why } of problems)
    complain(
      [uri, line, column]
        .filter((p) => p !== null)
        .join(':')
        .concat(`: ${why}`),
    );
  for (const snapshot of snapshots) {
    writeSnapshot(path.resolve(cwd, directory), snapshot);
    process.stderr.write(`wrote ${path.join(directory, snapshot.cluster)}\n`);
    for (const { resource, state, why } of snapshot.manifest.resources) {
      if (state === 'forbidden' || state === 'failed')
        complain(`${snapshot.cluster}: ${resource} could not be read: ${why ?? state}`);
    }
  }
  return 0;
}

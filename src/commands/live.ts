// Reading live clusters for a command: which kinds, from where, and what is told meanwhile.

import os from 'node:os';
import { kindsFor } from '../model/build.ts';
import type { KindId } from '../model/objects/kinds.ts';
import { decideWidth, sanitise } from '../report/terminal.ts';
import type { Rule } from '../rule.ts';
import type { LiveCluster } from '../source/live/live.ts';
import type { Snapshot } from '../source/snapshot.ts';
import type { Program } from './program.ts';

/** Where live clusters are found, and how they are read. */
export interface LiveFlags {
  readonly context: readonly LiveCluster[];
  readonly kubeconfig: readonly string[];
  readonly timeout: number;
  readonly progress: boolean;
}

/** Ctrl-C, as shells tell it. */
export const INTERRUPTED = 130;

/** The kinds that rules look at. */
export function kindsRead(rules: readonly Rule[]): ReadonlySet<KindId> {
  return kindsFor(rules.flatMap(({ needs, evidence = [] }) => [...needs, ...evidence]));
}

/** Reads live clusters; null where the user interrupts it. */
export async function readContexts(
  program: Program,
  flags: LiveFlags,
  wanted: ReadonlySet<KindId>,
  now: number,
): Promise<readonly Snapshot[] | null> {
  if (flags.context.length === 0) return [];
  const { readLive } = await import('../source/live/live.ts');
  const stop = new AbortController();
  const interrupt = () => stop.abort();
  process.once('SIGINT', interrupt);
  const progress = flags.progress && process.stderr.isTTY ? tellProgress() : null;
  try {
    const snapshots = await readLive(flags.context, {
      given: flags.kubeconfig,
      environment: process.env.KUBECONFIG,
      proxy: {
        https: process.env.HTTPS_PROXY || process.env.https_proxy,
        except: process.env.NO_PROXY || process.env.no_proxy,
      },
      home: os.homedir(),
      cwd: process.cwd(),
      wanted,
      taken: new Date(now).toISOString(),
      tool: program,
      timeout: flags.timeout,
      signal: stop.signal,
      ...(progress && { progress: progress.tell }),
    });
    return stop.signal.aborted ? null : snapshots;
  } finally {
    process.off('SIGINT', interrupt);
    progress?.end();
  }
}

/** One line on the terminal that says what is being read of which cluster. */
function tellProgress(): { tell(cluster: string, what: string | null): void; end(): void } {
  const reading = new Map<string, string>();
  const show = (text: string) => process.stderr.write(`\r\u001b[K${text}`);
  return {
    tell(cluster, what) {
      if (what === null) reading.delete(cluster);
      else reading.set(cluster, what);
      const line = [...reading].map(([name, of]) => `${sanitise(name)}: ${of}`).join('  ');
      show(line.slice(0, decideWidth(process.stderr, process.env) - 1));
    },
    end: () => show(''),
  };
}

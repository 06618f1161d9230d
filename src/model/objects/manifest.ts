// The manifest of a snapshot: what of a cluster was read and what was not, when and from where. It makes an empty list known to be empty,
// and an absence in a namespace proven. No I/O.

import type { ObjectFacts } from './facts.ts';
import type { Intake } from './intake.ts';
import { type KindId, kindNamed, kinds } from './kinds.ts';

export const MANIFEST_VERSION = 'mesh-preflight/v1';
export const MANIFEST_KIND = 'Snapshot';

/**
 * What became of a question to the API server.
 * - `read`: answered, with all there is.
 * - `absent`: the API does not serve it, or the object does not exist.
 * - `forbidden`: the reader may not see it.
 * - `failed`: no answer that could be used.
 * - `partial`: an export that does not hold all there is.
 */
export type Outcome = 'read' | 'absent' | 'forbidden' | 'failed' | 'partial';

export interface Asked {
  readonly state: Outcome;
  /** For `forbidden` and `failed`: why, as a phrase for people. */
  readonly why?: string;
}

/** A kind that was asked for: all of its objects in all namespaces, or, with `names`, those objects alone. */
export interface AskedResource extends Asked {
  /** Plural, with the group if it has one: `nodes`, `ippools.projectcalico.org`. */
  readonly resource: string;
  readonly objects?: number;
  /** By `namespace/name`. */
  readonly names?: Readonly<Record<string, Asked>>;
}

export interface Manifest {
  readonly apiVersion: typeof MANIFEST_VERSION;
  readonly kind: typeof MANIFEST_KIND;
  readonly metadata: { readonly name: string };
  /** RFC 3339. */
  readonly taken: string;
  /** URL of the API server; null for a snapshot of an export. */
  readonly server: string | null;
  readonly tool: string;
  readonly resources: readonly AskedResource[];
}

export function newManifest(
  cluster: string,
  { taken, server, tool, resources }: Pick<Manifest, 'taken' | 'server' | 'tool' | 'resources'>,
): Manifest {
  return {
    apiVersion: MANIFEST_VERSION,
    kind: MANIFEST_KIND,
    metadata: { name: cluster },
    taken,
    server,
    tool,
    resources,
  };
}

const outcomes: readonly string[] = ['read', 'absent', 'forbidden', 'failed', 'partial'];

/** Takes a manifest into account. Returns what is wrong with it; null when nothing is. */
export function takeManifest(intake: Intake, raw: { readonly [key: string]: unknown }): string | null {
  const taken = typeof raw.taken === 'string' ? Date.parse(raw.taken) : Number.NaN;
  if (Number.isNaN(taken)) return 'taken must be a time';
  if (!Array.isArray(raw.resources)) return 'resources must be a list';
  intake.taken = Math.max(taken, intake.taken ?? taken);
  for (const entry of raw.resources as readonly unknown[]) {
    if (!isAskedResource(entry)) return 'an entry of resources cannot be understood';
    const kind = kindNamed(entry.resource);
    // A later version of this program may ask for more.
    if (kind) takeResource(intake, kind, entry);
  }
  return null;
}

function takeResource(intake: Intake, kind: KindId, { state, why, names }: AskedResource): void {
  const facts = intake.kinds[kind];
  if (state === 'partial') {
    facts.partial ??= why ?? 'the export was incomplete';
    return;
  }
  if (state === 'forbidden' || state === 'failed') {
    facts.unread ??= said(state, why);
    return;
  }
  facts.listed = true;
  facts.scope = names ? 'named' : 'all';
  for (const [name, asked] of Object.entries(names ?? {})) {
    if (asked.state === 'absent') facts.absent.add(name);
    else if (asked.state !== 'read') facts.unreadNames.set(name, said(asked.state, asked.why));
  }
}

/** What a manifest says of kinds that were read so: the reverse of `takeManifest`. */
export function resourcesOf(facts: Intake['kinds']): readonly AskedResource[] {
  return kinds.flatMap(({ id, plural }): readonly AskedResource[] => {
    const { scope, unread, partial, items, absent, unreadNames } = facts[id];
    if (partial !== null) return [{ resource: plural, state: 'partial', why: partial }];
    if (unread !== null) return [{ resource: plural, ...saidBack(unread) }];
    if (scope === 'all') return [{ resource: plural, state: 'read' }];
    if (scope === 'export') return [];
    const names: Record<string, Asked> = {};
    for (const { ref } of items as readonly ObjectFacts[])
      names[`${ref.namespace ?? ''}/${ref.name}`] = { state: 'read' };
    for (const name of absent) names[name] = { state: 'absent' };
    for (const [name, why] of unreadNames) names[name] = saidBack(why);
    return [{ resource: plural, state: 'read', names }];
  });
}

function saidBack(why: string): Asked {
  const [, more] = /^forbidden(?:: (.*))?$/.exec(why) ?? [];
  if (!why.startsWith('forbidden')) return { state: 'failed', why };
  return more === undefined ? { state: 'forbidden' } : { state: 'forbidden', why: more };
}

function said(state: Outcome, why: string | undefined): string {
  return state === 'forbidden' ? `forbidden${why ? `: ${why}` : ''}` : (why ?? 'the API server gave no answer');
}

function isAskedResource(entry: unknown): entry is AskedResource {
  if (!isAsked(entry)) return false;
  const { resource, names } = entry as Partial<AskedResource>;
  const isNames =
    names === undefined || (typeof names === 'object' && names !== null && Object.values(names).every(isAsked));
  return typeof resource === 'string' && isNames;
}

function isAsked(entry: unknown): entry is Asked {
  if (typeof entry !== 'object' || entry === null) return false;
  const { state, why } = entry as Partial<Asked>;
  return outcomes.includes(state ?? '') && (why === undefined || typeof why === 'string');
}

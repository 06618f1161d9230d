// From documents to the facts of one cluster: unwraps lists, tells kinds, validates, prunes, and keeps book of what was read how far.
// No I/O.

import type { Scope } from '../availability.ts';
import type { ObjectRef, Path } from '../resource.ts';
import { type KindId, kindInfo, kindNamed, kindOf, kindOfList, kinds } from './kinds.ts';
import { MANIFEST_KIND, MANIFEST_VERSION, takeManifest } from './manifest.ts';
import { type FactsOf, isKept, project } from './project.ts';
import type { Raw } from './raw.ts';
import type { Reading } from './reading.ts';
import { validate } from './validate.ts';

/** All that was read of one kind in one cluster. */
export interface KindFacts<K extends KindId = KindId> {
  readonly items: FactsOf[K][];
  /** A list of the kind was there, if only an empty one. */
  listed: boolean;
  /** Why what was read is not all there is; null when nothing says so. */
  partial: string | null;
  scope: Scope;
  /** Why the kind could not be read, as a manifest says; null when none does. */
  unread: string | null;
  /** Objects, as `namespace/name`, that a manifest says do not exist, and those that could not be read, with why. */
  readonly absent: Set<string>;
  readonly unreadNames: Map<string, string>;
}

/** What has been read of one cluster so far. */
export interface Intake {
  readonly cluster: string;
  readonly kinds: { readonly [K in KindId]: KindFacts<K> };
  readonly counts: { documents: number; objects: number; ignored: number };
  /** When its snapshot was taken, in milliseconds; null for an export. */
  taken: number | null;
}

export function newIntake(cluster: string): Intake {
  const nothing = (): KindFacts => ({
    items: [],
    listed: false,
    partial: null,
    scope: 'export',
    unread: null,
    absent: new Set(),
    unreadNames: new Map(),
  });
  const facts = Object.fromEntries(kinds.map(({ id }) => [id, nothing()]));
  return {
    cluster,
    kinds: facts as unknown as Intake['kinds'],
    counts: { documents: 0, objects: 0, ignored: 0 },
    taken: null,
  };
}

/** A document that was read: its value, where it stands, and how its file is called (last folders and name). */
export interface Document {
  readonly value: unknown;
  readonly file: number;
  readonly document: number;
  /** The kind that the file or its folder is named after. */
  readonly named: KindId | null;
  /** The file as messages call it. */
  readonly uri: string;
}

/** An object that is not of the shape of its kind: where, from the document's root, and why. */
export interface ObjectFault {
  readonly item: Path;
  readonly path: Path;
  readonly why: string;
}

/** Lists inside lists deeper than this hold no objects. */
const MAX_LIST_DEPTH = 3;
/** More objects in one document are an alias bomb rather than an export. */
const MAX_OBJECTS = 5_000_000;

/** What came of a document. */
export interface Taken {
  /** The objects that could not be used; their kinds are partial from then on. */
  readonly faults: readonly ObjectFault[];
  /** The kinds of the objects that it holds. */
  readonly held: ReadonlySet<KindId>;
}

/** Takes all objects of a document. */
export function take(intake: Intake, document: Document, reading: Reading): Taken {
  intake.counts.documents++;
  const faults: ObjectFault[] = [];
  const held = new Set<KindId>();
  let objects = 0;
  const visit = (
    value: unknown,
    item: Path,
    listKind: KindId | null,
    listVersion: string | null,
    depth: number,
  ): void => {
    if (++objects > MAX_OBJECTS) {
      if (objects === MAX_OBJECTS + 1) faults.push({ item: [], path: [], why: 'it holds more than 5,000,000 objects' });
      return;
    }
    if (Array.isArray(value)) {
      if (depth >= MAX_LIST_DEPTH) intake.counts.ignored++;
      else for (let i = 0; i < value.length; i++) visit(value[i], [...item, i], listKind, listVersion, depth + 1);
      return;
    }
    if (typeof value !== 'object' || value === null) {
      intake.counts.ignored++;
      return;
    }
    const raw = value as Raw;
    const apiVersion = typeof raw.apiVersion === 'string' ? raw.apiVersion : listVersion;
    const kindName = typeof raw.kind === 'string' ? raw.kind : listKind && kindInfo(listKind).kind;
    if (apiVersion === null || kindName === null) {
      intake.counts.ignored++;
      return;
    }
    if (apiVersion === MANIFEST_VERSION && kindName === MANIFEST_KIND) {
      const why = takeManifest(intake, raw);
      if (why === null) return;
      faults.push({ item, path: [], why: `the manifest cannot be used: ${why}` });
      markPartial(intake, null, `the manifest in ${document.uri} cannot be used`);
      return;
    }
    if (kindName.endsWith('List') && (Array.isArray(raw.items) || raw.items === null || raw.items === undefined)) {
      list(raw, apiVersion, kindName, item, depth);
      return;
    }
    const kind = kindOf(apiVersion, kindName);
    if (kind === null) intake.counts.ignored++;
    else object(kind, apiVersion, kindName, raw, item);
  };

  const list = (raw: Raw, apiVersion: string, kindName: string, item: Path, depth: number): void => {
    const items = Array.isArray(raw.items) ? raw.items : [];
    const typed = kindName === 'List' ? null : kindOfList(apiVersion, kindName);
    if (typed) intake.kinds[typed].listed = true;
    else if (kindName === 'List' && items.length === 0 && document.named) intake.kinds[document.named].listed = true;
    if (depth >= MAX_LIST_DEPTH) {
      intake.counts.ignored++;
      return;
    }
    const metadata = raw.metadata;
    const truncated =
      typeof metadata === 'object' && metadata !== null && 'continue' in metadata && Boolean(metadata.continue);
    if (truncated) {
      const why = `the list in ${document.uri} ends early (metadata.continue is set)`;
      const cut = new Set<KindId>(typed ? [typed] : document.named ? [document.named] : []);
      for (const entry of items) {
        const kind = entryKind(entry);
        if (kind) cut.add(kind);
      }
      for (const kind of cut) markPartial(intake, kind, why);
    }
    for (let i = 0; i < items.length; i++)
      visit(
        items[i],
        item.length === 0 ? reading.item(i) : [...item, 'items', i],
        typed,
        typed && apiVersion,
        depth + 1,
      );
  };

  const object = (kind: KindId, apiVersion: string, kindName: string, raw: Raw, item: Path): void => {
    held.add(kind);
    const fault = validate(kind, raw);
    const metadata = raw.metadata as Raw | undefined | null;
    const name = metadata?.name;
    if (fault || typeof name !== 'string' || name === '') {
      const { path, why } = fault ?? { path: ['metadata', 'name'], why: 'must be set' };
      faults.push({ item, path, why: `${path.length > 0 ? `${path.join('.')} ` : ''}${why}` });
      markPartial(intake, kind, `a ${kindName} in ${document.uri} cannot be used`);
      return;
    }
    if (!isKept(kind, name)) {
      intake.counts.ignored++;
      return;
    }
    const namespace = typeof metadata?.namespace === 'string' ? metadata.namespace : null;
    const { text } = reading;
    const ref: ObjectRef = {
      cluster: intake.cluster,
      apiVersion: text(apiVersion),
      kind: text(kindName),
      namespace: namespaced.has(kind) ? text(namespace ?? 'default') : null,
      name: text(name),
      origin: { file: document.file, document: document.document, item },
    };
    reading.see?.(intake.cluster, kind, { ...raw, apiVersion, kind: kindName });
    const facts = project(kind, ref, raw, reading);
    reading.keep(facts);
    (intake.kinds[kind].items as unknown[]).push(facts);
    intake.counts.objects++;
  };

  visit(document.value, [], null, null, 0);
  return { faults, held };
}

const namespaced: ReadonlySet<KindId> = new Set(kinds.filter((k) => k.namespaced).map((k) => k.id));

function entryKind(entry: unknown): KindId | null {
  if (typeof entry !== 'object' || entry === null) return null;
  const { apiVersion, kind } = entry as Raw;
  return typeof apiVersion === 'string' && typeof kind === 'string' ? kindOf(apiVersion, kind) : null;
}

/** Something of a kind is known to be missing; null means that it may be of any kind. */
export function markPartial(intake: Intake, kind: KindId | null, why: string): void {
  for (const id of kind ? [kind] : kinds.map((k) => k.id)) intake.kinds[id].partial ??= why;
}

/**
 * What a document that cannot be read may have held: `all`, or one kind, or none that is read. Its own `apiVersion` and `kind`
 * tell, if they stand among its outermost keys and it is no untyped List; else the name of its file.
 */
export function kindOfBroken(text: string, named: KindId | null): KindId | 'all' | 'none' {
  const indent = /^\s*\{\s*?\r?\n([ \t]+)"/.exec(text)?.[1] ?? '';
  const outermost = (key: string) =>
    new RegExp(`^${indent}"?${key}"?:[ \\t]*["']?([\\w./-]+)["']?,?[ \\t]*\\r?$`, 'm').exec(text)?.[1];
  const apiVersion = outermost('apiVersion');
  const kind = outermost('kind');
  if (apiVersion !== undefined && kind !== undefined && kind !== 'List') {
    return kindOf(apiVersion, kind) ?? kindOfList(apiVersion, kind) ?? 'none';
  }
  return named ?? 'all';
}

/** The kind that a path is named after: its file, else the nearest of its folders that tells. */
export function kindOfPath(path: string): KindId | null {
  for (const part of path.split('/').reverse()) {
    const kind = kindNamed(part);
    if (kind) return kind;
  }
  return null;
}

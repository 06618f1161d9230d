// How far the input tells what a cluster has. Unknown is never pass: every reader of a section has to look here first.

/**
 * - `complete`: at least one object or one list of the kind was read and nothing of it is known to be missing.
 * - `partial`: what was read stands, but it proves neither an absence nor a default (a truncated list, a broken document).
 * - `missing`: nothing of the kind was read.
 */
export type State = 'complete' | 'partial' | 'missing';

export interface Availability {
  readonly state: State;
  /** Why it is not complete, as a phrase for people (`no IPPool in the input`); null when complete. */
  readonly why: string | null;
}

/**
 * What the objects of a kind stand for: an export holds some, a manifest says that they are all there are in all namespaces, or that
 * those were asked for by name.
 */
export type Scope = 'export' | 'all' | 'named';

/** The objects of one kind, as far as they were read. */
export interface Listed<T> extends Availability {
  readonly items: readonly T[];
  /** Namespaces that hold at least one of the objects; empty for cluster-scoped kinds. */
  readonly namespaces: ReadonlySet<string>;
  /** `export` unless said. */
  readonly scope?: Scope;
  /** Objects, as `namespace/name`, that a manifest says do not exist, and those that could not be read, with why. */
  readonly absent?: ReadonlySet<string>;
  readonly unreadNames?: ReadonlyMap<string, string>;
}

/**
 * Can the list prove that a namespace holds no further object of its kind (of this name)? Only if a manifest says so, or the input holds
 * objects of that kind in that namespace or in two or more namespaces (an export of all namespaces).
 */
export function provesAbsence(list: Listed<unknown>, namespace: string, name?: string): boolean {
  if (list.state !== 'complete') return false;
  if (list.scope === 'all') return true;
  if (list.scope === 'named') return name !== undefined && list.absent?.has(`${namespace}/${name}`) === true;
  return list.namespaces.has(namespace) || list.namespaces.size >= 2;
}

/** Names of namespaces are RFC 1123 labels, those of Secrets and ConfigMaps RFC 1123 subdomains (Kubernetes docs, "Object Names and IDs", v1.31). */
export function canExist(namespace: string, name: string): boolean {
  const label = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
  const isName = name.length <= 253 && name.split('.').every((part) => label.test(part));
  return isName && namespace.length <= 63 && label.test(namespace);
}

/** The worst state of several; its reason is that of the first that has this state. */
export function weakest(...parts: readonly Availability[]): Availability {
  const order: readonly State[] = ['missing', 'partial', 'complete'];
  for (const state of order) {
    const part = parts.find((p) => p.state === state);
    if (part) return { state, why: part.why };
  }
  return { state: 'complete', why: null };
}

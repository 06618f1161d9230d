// Explains why RBAC refuses something: the object that was probably meant to grant it, and the field that is wrong. It judges nothing:
// that access is refused is for rbac.ts to say. No I/O.

import type { BindingFacts, ObjectFacts, RoleFacts, Subject } from '../objects/facts.ts';
import { absent, type Evidence, inside, type Path } from '../resource.ts';
import {
  type AccessRequest,
  type Account,
  type Authorizer,
  type Bound,
  covers,
  coversResource,
  isSubject,
  type Rbac,
} from './rbac.ts';

/** The field of a role that keeps it from granting something, and what that field lacks. */
export interface Shortfall {
  readonly role: RoleFacts;
  /** `rules` when no rule comes close. */
  readonly field: 'verbs' | 'apiGroups' | 'resources' | 'resourceNames' | 'rules';
  readonly path: Path;
}

/**
 * Where a role that does not grant something would have to be edited: the field of the rule that needs the fewest changes. Among
 * equals, a rule that names the resource comes before one of its group, and that before one with the right verbs.
 */
export function shortfall(authorizer: Authorizer, role: RoleFacts, request: AccessRequest): Shortfall {
  let best: { readonly cost: number; readonly place: Shortfall } | null = null;
  for (const { role: owner, index, rule } of authorizer.rules(role)) {
    const wrong = (
      [
        ['apiGroups', !covers(rule.apiGroups, request.group)],
        ['resources', !coversResource(rule.resources, request)],
        ['verbs', !request.verbs.every((verb) => covers(rule.verbs, verb))],
        ['resourceNames', rule.resourceNames.length > 0 && !rule.resourceNames.includes(request.name ?? '')],
      ] as const
    ).flatMap(([field, isWrong]) => (isWrong ? [field] : []));
    const [field] = wrong;
    // A rule for other resources of another group is no rule for this one.
    const isForeign = wrong.includes('apiGroups') && wrong.includes('resources');
    if (field === undefined || isForeign || wrong.length > 2) continue;
    const weight = { resources: 4, apiGroups: 3, verbs: 2, resourceNames: 1 };
    const cost = wrong.reduce((sum, each) => sum + 10 + weight[each], 0);
    if (best === null || cost < best.cost) {
      best = { cost, place: { role: owner, field, path: ['rules', index, field] } };
    }
  }
  return best?.place ?? { role, field: 'rules', path: ['rules'] };
}

/**
 * The subject of a binding that was probably meant to be the account, and its field that is wrong. Null when no subject shares the
 * account's name, and none its namespace.
 */
export function nearSubject(
  binding: BindingFacts,
  account: Account,
): { readonly path: Path; readonly found: string; readonly sameName: boolean } | null {
  const full = `system:serviceaccount:${account.namespace}:${account.name}`;
  const lastPart = (name: string) => name.slice(name.lastIndexOf(':') + 1);
  const candidates = binding.subjects.map((subject, index) => {
    const sameName = lastPart(subject.name) === account.name;
    if (subject.kind !== 'ServiceAccount') {
      const field = subject.name === full ? 'kind' : 'name';
      return { index, sameName, sameNamespace: false, field: sameName && subject.kind === 'User' ? field : 'kind' };
    }
    const home = subject.namespace || binding.ref.namespace;
    return { index, sameName, sameNamespace: home === account.namespace, field: sameName ? 'namespace' : 'name' };
  });
  const near = candidates.find((c) => c.sameName) ?? candidates.find((c) => c.sameNamespace);
  const subject = near && binding.subjects[near.index];
  if (!near || !subject) return null;
  return {
    path: ['subjects', near.index, near.field],
    found: subjectText(subject, binding.ref.namespace),
    sameName: near.sameName,
  };
}

/** A subject as people name it: `ServiceAccount calico-system/calico-typha`. */
export function subjectText(subject: Subject, bindingNamespace: string | null): string {
  if (subject.kind !== 'ServiceAccount') return `${subject.kind} ${subject.name}`;
  const home = subject.namespace || bindingNamespace;
  return home ? `ServiceAccount ${home}/${subject.name}` : `ServiceAccount ${subject.name} without a namespace`;
}

/** What somebody wanted to set up: an account's access, and the names that the vendor's documentation gives to role and binding. */
export interface Intent {
  readonly account: Account;
  /** What the account lacks; all in one namespace, or all cluster-wide. */
  readonly requests: readonly [AccessRequest, ...AccessRequest[]];
  readonly role: string;
  readonly binding: string;
  /** May what is bound in this namespace be moved, because nothing needs it there? */
  isSpare(namespace: string): boolean;
}

/** The object that comes nearest to granting what is refused, and what is wrong with it. */
export type NearMiss =
  /** A bound role has no rule for it. */
  | { readonly kind: 'rule'; readonly binding: BindingFacts; readonly place: Shortfall }
  /** A binding refers to a role that does not exist; `instead` is one here that would grant it, `elsewhere` one of another namespace. */
  | {
      readonly kind: 'role';
      readonly binding: BindingFacts;
      readonly elsewhere: RoleFacts | null;
      readonly instead: RoleFacts | null;
    }
  /** A binding refers to the `view` that every cluster has; `instead` is a role here that would grant it. */
  | { readonly kind: 'view'; readonly binding: BindingFacts; readonly instead: RoleFacts | null }
  /** A binding to a role that would grant it names somebody else. */
  | { readonly kind: 'subject'; readonly binding: BindingFacts; readonly path: Path; readonly found: string }
  /** A RoleBinding for the account stands in another namespace, and its Role with it unless that is null. */
  | { readonly kind: 'namespace'; readonly binding: BindingFacts; readonly role: RoleFacts | null }
  /** A role would grant it, but nothing binds it to anybody. */
  | { readonly kind: 'binding'; readonly role: RoleFacts }
  | { readonly kind: 'nothing' };

/** The nearest miss: a wrong rule comes before a missing or built-in role, that before a wrong subject, a wrong namespace and a missing binding. */
export function nearMiss(rbac: Rbac, authorizer: Authorizer, intent: Intent): NearMiss {
  for (const miss of misses(rbac, authorizer, intent)) return miss;
  return { kind: 'nothing' };
}

function* misses(rbac: Rbac, authorizer: Authorizer, intent: Intent): Iterable<NearMiss> {
  const { account, requests } = intent;
  const [{ namespace }] = requests;
  const bindings = [...rbac.roleBindings.items, ...rbac.clusterRoleBindings.items];
  const bound = new Set(bindings.map(authorizer.role));
  const grants = (role: RoleFacts) => requests.every((request) => authorizer.grants(role, request));
  const isMeant = ({ ref, roleRef }: BindingFacts) => ref.name === intent.binding || roleRef.name === intent.role;
  const isLocal = ({ ref }: BindingFacts) => ref.namespace === namespace;
  const all = authorizer.bindings(account, namespace);
  // What is bound to everybody was hardly meant for the account.
  const isOwn = ({ binding, subject }: Bound) =>
    !EVERYBODY.has(binding.subjects[subject]?.name ?? '') || isMeant(binding);
  const own = all.filter(isOwn);
  const unbound = [...rbac.roles.items, ...rbac.clusterRoles.items].filter((role) => {
    const isHere = role.ref.namespace === null ? role.ref.name === intent.role : role.ref.namespace === namespace;
    return isHere && !bound.has(role) && grants(role);
  });

  const wrong = (bound: readonly Bound[]) =>
    bound.flatMap(({ binding, role }): Extract<NearMiss, { kind: 'rule' }>[] =>
      role ? [{ kind: 'rule', binding, place: shortfall(authorizer, role, requests[0]) }] : [],
    );
  const mentions = (role: RoleFacts) =>
    authorizer.rules(role).some(({ rule }) => requests.some((request) => coversResource(rule.resources, request)));
  yield* wrong(own).filter(({ binding, place }) => isMeant(binding) || mentions(place.role));
  yield* wrong(own).filter(({ binding, place }) => isLocal(binding) && place.field !== 'rules');

  for (const { binding, role } of own) {
    if (role !== null || !(isLocal(binding) || isMeant(binding))) continue;
    if (requests.every((request) => authorizer.isView(binding, request))) {
      yield { kind: 'view', binding, instead: unbound[0] ?? null };
      continue;
    }
    const elsewhere = rbac.roles.items.find((r) => r.ref.name === binding.roleRef.name && grants(r)) ?? null;
    yield { kind: 'role', binding, elsewhere, instead: unbound[0] ?? null };
  }

  const others = bindings.filter(isLocal).flatMap((binding) => {
    const role = authorizer.role(binding);
    const near = nearSubject(binding, account);
    if (!isMeant(binding) && !(near && role && grants(role))) return [];
    const rank = near?.sameName ? 3 : isMeant(binding) ? 2 : role && isMinimal(role, requests) ? 1 : 0;
    const found = near?.found ?? (binding.subjects.map((s) => subjectText(s, namespace)).join(', ') || 'nobody');
    return [{ rank, miss: { kind: 'subject', binding, path: near?.path ?? ['subjects'], found } as const }];
  });
  for (const { rank, miss } of others.sort((a, b) => b.rank - a.rank)) if (rank > 0) yield miss;

  for (const binding of rbac.roleBindings.items) {
    const home = binding.ref.namespace;
    const isOurs = binding.subjects.some((s) => s.kind !== 'Group' && isSubject(s, account, home));
    if (home === null || home === namespace || !isOurs || !intent.isSpare(home)) continue;
    const role = authorizer.role(binding);
    const moves = role !== null && grants(role) ? role : null;
    if (!moves && !unbound.some(({ ref }) => ref.name === binding.roleRef.name)) continue;
    yield { kind: 'namespace', binding, role: moves?.ref.namespace ? moves : null };
  }

  for (const role of unbound) yield { kind: 'binding', role };
  yield* wrong(own).filter(({ binding }) => isLocal(binding));
  yield* wrong(all).filter(({ place }) => mentions(place.role));
}

const EVERYBODY: ReadonlySet<string> = new Set(['system:authenticated', 'system:serviceaccounts']);

/** Does the role grant nothing but what was asked for? */
function isMinimal(role: RoleFacts, requests: readonly AccessRequest[]): boolean {
  return role.rules.every(
    ({ verbs, resources }) =>
      resources.every((resource) => requests.some((request) => request.resource === resource)) &&
      verbs.every((verb) => requests.some((request) => request.verbs.includes(verb))),
  );
}

/** A near miss as evidence. */
export interface Explanation {
  readonly kind: NearMiss['kind'];
  /** The object that misses, as people name it: `RoleBinding typha`; '' when there is none. */
  readonly what: string;
  /** The place to change first. */
  readonly evidence: readonly [Evidence, ...Evidence[]];
  /** What else explains it; to be shown after what makes the access necessary. */
  readonly after: readonly Evidence[];
}

/** Where a near miss has to be changed. */
export function explain(rbac: Rbac, authorizer: Authorizer, cluster: string, intent: Intent): Explanation {
  const miss = nearMiss(rbac, authorizer, intent);
  const { kind } = miss;
  const [{ namespace }] = intent.requests;
  const prefix = namespace === null ? 'Cluster' : '';
  const missing = (object: string, name: string) =>
    absent(
      cluster,
      { apiVersion: API_VERSION, kind: object, namespace: object.startsWith('Cluster') ? null : namespace, name },
      'it is missing',
    );
  const moved = (object: RoleFacts | BindingFacts) =>
    inside(
      object,
      ['metadata', 'namespace'],
      namespace === null ? 'grants nothing outside it' : `grants nothing in ${namespace}`,
    );
  switch (kind) {
    case 'rule': {
      const { role, path } = miss.place;
      const after = [inside(miss.binding, ['roleRef', 'name'], 'binds that role')];
      return { kind, what: objectTitle(role), evidence: [inside(role, path, 'does not cover it')], after };
    }
    case 'role': {
      const { binding, elsewhere, instead } = miss;
      const field = instead?.ref.name === binding.roleRef.name ? 'kind' : 'name';
      const reference = inside(binding, ['roleRef', field], 'refers to a role that does not exist here');
      if (instead) {
        const after = [inside(instead, ['metadata', 'name'], 'would grant it')];
        return { kind, what: objectTitle(binding), evidence: [reference], after };
      }
      const gone = elsewhere ? moved(elsewhere) : missing(binding.roleRef.kind, binding.roleRef.name);
      return { kind, what: objectTitle(binding), evidence: [gone, reference], after: [] };
    }
    case 'view': {
      const reference = inside(miss.binding, ['roleRef', 'name'], 'refers to a role that does not grant it');
      const after = miss.instead ? [inside(miss.instead, ['metadata', 'name'], 'would grant it')] : [];
      return { kind, what: objectTitle(miss.binding), evidence: [reference], after };
    }
    case 'subject': {
      const place = inside(miss.binding, miss.path, `names ${miss.found}`);
      return { kind, what: objectTitle(miss.binding), evidence: [place], after: [] };
    }
    case 'namespace': {
      const [first, ...rest] = miss.role ? [moved(miss.role), moved(miss.binding)] : [moved(miss.binding)];
      return { kind, what: objectTitle(miss.binding), evidence: [first as Evidence, ...rest], after: [] };
    }
    case 'binding': {
      const after = [inside(miss.role, ['metadata', 'name'], 'would grant it once it is bound')];
      return { kind, what: objectTitle(miss.role), evidence: [missing(`${prefix}RoleBinding`, intent.binding)], after };
    }
    case 'nothing': {
      const role = missing(`${prefix}Role`, intent.role);
      return { kind, what: '', evidence: [role, missing(`${prefix}RoleBinding`, intent.binding)], after: [] };
    }
  }
}

const API_VERSION = 'rbac.authorization.k8s.io/v1';

/** An object as people name it: `ClusterRole federation`. */
export const objectTitle = ({ ref }: ObjectFacts) => `${ref.kind} ${ref.name}`;

// Can this ServiceAccount do this here? Kubernetes RBAC, evaluated offline over exported roles and bindings. No I/O; it judges what
// RBAC grants and knows nothing of other authorizers.
//
// Semantics: kubernetes/kubernetes v1.31, plugin/pkg/auth/authorizer/rbac/rbac.go, pkg/registry/rbac/validation/rule.go,
// pkg/apis/rbac/v1/evaluation_helpers.go and pkg/controller/clusterroleaggregation.

import { type Listed, provesAbsence } from '../availability.ts';
import type { BindingFacts, PolicyRule, RoleFacts, Subject } from '../objects/facts.ts';

/** The four kinds that decide access. */
export interface Rbac {
  readonly roles: Listed<RoleFacts>;
  readonly clusterRoles: Listed<RoleFacts>;
  readonly roleBindings: Listed<BindingFacts>;
  readonly clusterRoleBindings: Listed<BindingFacts>;
}

export interface Account {
  readonly namespace: string;
  readonly name: string;
}

export interface AccessRequest {
  readonly verbs: readonly string[];
  /** API group; '' for the core group. */
  readonly group: string;
  /** Plural in lower case. */
  readonly resource: string;
  readonly subresource?: string;
  /** Null: for cluster-scoped resources, or for all namespaces at once. */
  readonly namespace: string | null;
  /** The one object that is wanted; without it, only grants on all objects count. */
  readonly name?: string;
}

/** A rule of a role that grants some of what was asked, and the binding that brings it to the account. */
export interface Grant {
  readonly binding: BindingFacts;
  /** Index in the binding's `subjects`. */
  readonly subject: number;
  /** The role in which the rule stands: the bound one, or one that is aggregated into it. */
  readonly role: RoleFacts;
  /** Index in the role's `rules`. */
  readonly rule: number;
  /** The verbs, of those asked for, that it grants. */
  readonly verbs: readonly string[];
  /** True when `resourceNames` limits a list or watch to the object that was asked for. */
  readonly byName: boolean;
}

/** Something that was not read and could still grant what no object in the input grants. */
export interface Gap {
  readonly section: keyof Rbac;
  /** What may be missing, as a phrase for people. */
  readonly why: string;
  /** The binding whose role is not in the input, if that is the gap. */
  readonly binding: BindingFacts | null;
}

export interface Decision {
  /**
   * - `yes`: every verb is granted: those that name no object (list, watch) on all objects of the resource, others on the wanted one.
   * - `restricted`: `resourceNames` lets list or watch through only with the field selector `metadata.name`.
   * - `no`: proven; everything that could grant it was read.
   * - `unknown`: not granted by what was read, but `gaps` may hold a grant.
   */
  readonly answer: 'yes' | 'restricted' | 'no' | 'unknown';
  /** What the objects in the input grant for certain, whatever else was not read. */
  readonly proven: 'yes' | 'restricted' | 'no';
  /** Verbs that nothing in the input grants, not even by name. */
  readonly missing: readonly string[];
  readonly grants: readonly Grant[];
  /** Empty unless the answer is `unknown`. */
  readonly gaps: readonly Gap[];
}

export interface Authorizer {
  can(account: Account, request: AccessRequest): Decision;
  /**
   * Bindings that name the account in this scope (null: ClusterRoleBindings only) and the index of the subject that does, the account
   * itself before a group, with the role each leads to; null when the input does not hold that role.
   */
  bindings(account: Account, namespace: string | null): readonly Bound[];
  /** The role that a binding refers to; null when the input does not hold it. */
  role(binding: BindingFacts): RoleFacts | null;
  /** Does the binding refer to the `view` of the API server, not in the input, which lacks this for certain? */
  isView(binding: BindingFacts, request: AccessRequest): boolean;
  /** Does the role grant every verb, if only with a field selector, once it is bound? */
  grants(role: RoleFacts, request: AccessRequest): boolean;
  /** The rules of a role as they take effect, aggregation included, each with the role in which it stands. */
  rules(role: RoleFacts): readonly PlacedRule[];
}

export interface Bound {
  readonly binding: BindingFacts;
  readonly subject: number;
  readonly role: RoleFacts | null;
}

export interface PlacedRule {
  readonly role: RoleFacts;
  readonly index: number;
  readonly rule: PolicyRule;
}

/**
 * ClusterRoles that the API server creates at every start (Kubernetes docs, "Using RBAC authorization", user-facing roles). A binding
 * to one of them is never dangling, even if an export left the role out.
 */
const builtIn: ReadonlySet<string> = new Set(['cluster-admin', 'admin', 'edit', 'view']);

/** ClusterRoles with this label are part of `view` (Kubernetes docs, "Using RBAC authorization", user-facing roles, v1.31). */
const PART_OF_VIEW = 'rbac.authorization.k8s.io/aggregate-to-view';

/**
 * Does `view`, as the API server creates it, lack this for certain? It "does not allow viewing Secrets" (Kubernetes docs, "Using RBAC
 * authorization", v1.31), and grants of cluster-scoped resources namespaces alone, of API groups only those of Kubernetes
 * (kubernetes/kubernetes plugin/pkg/auth/authorizer/rbac/bootstrappolicy/policy.go, v1.31). What ClusterRoles add to it by their label is
 * another matter.
 */
function isBeyondView({ group, resource }: AccessRequest): boolean {
  if (group === '') return resource === 'secrets' || resource === 'nodes';
  return group === 'crd.projectcalico.org' || group === 'projectcalico.org';
}

const key = (namespace: string | null, name: string) => `${namespace ?? ''}/${name}`;

/** Prepares the four kinds of one cluster for questions. */
export function buildAuthorizer(rbac: Rbac): Authorizer {
  const { roleBindings, clusterRoleBindings } = rbac;
  const roles = new Map(rbac.roles.items.map((role) => [key(role.ref.namespace, role.ref.name), role]));
  const clusterRoles = new Map(rbac.clusterRoles.items.map((role) => [role.ref.name, role]));
  const aggregated = new Map<RoleFacts, readonly PlacedRule[]>();

  const role = ({ roleRef, ref }: BindingFacts): RoleFacts | null => {
    if (roleRef.kind === 'ClusterRole') return clusterRoles.get(roleRef.name) ?? null;
    if (roleRef.kind === 'Role' && ref.namespace !== null) return roles.get(key(ref.namespace, roleRef.name)) ?? null;
    return null;
  };

  const isPlainView = !rbac.clusterRoles.items.some(({ labels }) => labels[PART_OF_VIEW] === 'true');
  const isView = ({ roleRef: { kind, name } }: BindingFacts, request: AccessRequest): boolean =>
    kind === 'ClusterRole' &&
    name === 'view' &&
    !clusterRoles.has(name) &&
    rbac.clusterRoles.state === 'complete' &&
    isPlainView &&
    isBeyondView(request);

  const rules = (of: RoleFacts): readonly PlacedRule[] => {
    if (!isUnaggregated(of)) return own(of);
    let found = aggregated.get(of);
    if (!found) {
      found = aggregate(of, rbac.clusterRoles.items).flatMap(own);
      aggregated.set(of, found);
    }
    return found;
  };

  const asked = new Map<string, readonly Bound[]>();
  const bindings = (account: Account, namespace: string | null): readonly Bound[] => {
    const question = JSON.stringify([account.namespace, account.name, namespace]);
    const answer = asked.get(question) ?? find(account, namespace);
    asked.set(question, answer);
    return answer;
  };

  const find = (account: Account, namespace: string | null): readonly Bound[] => {
    const scoped = namespace === null ? [] : roleBindings.items.filter((b) => b.ref.namespace === namespace);
    return [...clusterRoleBindings.items, ...scoped].flatMap((binding) => {
      const isIts = (s: Subject) => isSubject(s, account, binding.ref.namespace);
      const direct = binding.subjects.findIndex((s) => s.kind !== 'Group' && isIts(s));
      const subject = direct < 0 ? binding.subjects.findIndex(isIts) : direct;
      return subject < 0 ? [] : [{ binding, subject, role: role(binding) }];
    });
  };

  /** Why the input may lack a grant of this. */
  const gaps = (bound: readonly Bound[], request: AccessRequest): readonly Gap[] => {
    const { namespace } = request;
    const found: Gap[] = [];
    const kinds: readonly (keyof Rbac)[] =
      namespace === null
        ? ['clusterRoles', 'clusterRoleBindings']
        : ['roles', 'clusterRoles', 'roleBindings', 'clusterRoleBindings'];
    for (const section of kinds) {
      const { state, why } = rbac[section];
      if (state !== 'complete') found.push({ section, why: why ?? `${section} were not read`, binding: null });
    }
    if (namespace !== null && roleBindings.state === 'complete' && !provesAbsence(roleBindings, namespace)) {
      found.push({
        section: 'roleBindings',
        why: `the RoleBindings of namespace ${namespace} are not in the input`,
        binding: null,
      });
    }
    for (const { binding, role: target } of bound) {
      const { kind, name } = binding.roleRef;
      if (target !== null || isView(binding, request)) continue;
      if (kind === 'ClusterRole' && rbac.clusterRoles.state === 'complete' && builtIn.has(name)) {
        found.push({ section: 'clusterRoles', why: `ClusterRole ${name} is not in the input`, binding });
      }
      const home = binding.ref.namespace;
      if (kind === 'Role' && home !== null && rbac.roles.state === 'complete' && !provesAbsence(rbac.roles, home)) {
        found.push({ section: 'roles', why: `the Roles of namespace ${home} are not in the input`, binding });
      }
    }
    return found;
  };

  const can = (account: Account, request: AccessRequest): Decision => {
    const bound = bindings(account, request.namespace);
    const grants: Grant[] = [];
    const plain = new Set<string>();
    const any = new Set<string>();
    for (const { binding, subject, role: target } of bound) {
      for (const { role: owner, index, rule } of target ? rules(target) : []) {
        const everywhere = request.verbs.filter((verb) => allows(rule, plainly(request, verb)));
        const named = request.verbs.filter((verb) => allows(rule, selectively(request, verb)));
        const verbs = [...new Set([...everywhere, ...named])];
        if (verbs.length === 0) continue;
        for (const verb of everywhere) plain.add(verb);
        for (const verb of verbs) any.add(verb);
        grants.push({ binding, subject, role: owner, rule: index, verbs, byName: everywhere.length < verbs.length });
      }
    }
    const missing = request.verbs.filter((verb) => !any.has(verb));
    const proven = missing.length > 0 ? 'no' : request.verbs.every((verb) => plain.has(verb)) ? 'yes' : 'restricted';
    const open = proven === 'yes' ? [] : gaps(bound, request);
    return { answer: open.length > 0 ? 'unknown' : proven, proven, missing, grants, gaps: open };
  };

  const grants = (of: RoleFacts, request: AccessRequest): boolean =>
    request.verbs.every((verb) => rules(of).some(({ rule }) => allows(rule, selectively(request, verb))));

  return { can, bindings, role, isView, grants, rules };
}

/** Is the account this subject of a binding? A ServiceAccount without a namespace is of the binding's own namespace. */
export function isSubject(subject: Subject, account: Account, bindingNamespace: string | null): boolean {
  switch (subject.kind) {
    case 'User':
      return subject.name === `system:serviceaccount:${account.namespace}:${account.name}`;
    case 'Group':
      return (
        subject.name === 'system:serviceaccounts' ||
        subject.name === `system:serviceaccounts:${account.namespace}` ||
        subject.name === 'system:authenticated'
      );
    case 'ServiceAccount':
      return subject.name === account.name && (subject.namespace || bindingNamespace || '') === account.namespace;
    default:
      return false;
  }
}

interface SingleRequest extends Omit<AccessRequest, 'verbs'> {
  readonly verb: string;
  /** '' for a request that names no object: a list or watch of all of them. */
  readonly name: string;
}

/**
 * Verbs whose requests name no object, and of them those that can select one by its name: a selector of `deletecollection` is not looked
 * at (apiserver pkg/endpoints/request, v1.31).
 */
const UNNAMED: ReadonlySet<string> = new Set(['list', 'watch', 'create', 'deletecollection']);
const SELECTIVE: ReadonlySet<string> = new Set(['list', 'watch']);

/** The request as clients make it: a get names its object, a list or watch is for all. What a subresource is created of is named. */
function plainly(request: AccessRequest, verb: string): SingleRequest {
  const isUnnamed = UNNAMED.has(verb) && !(verb === 'create' && request.subresource);
  return { ...request, verb, name: isUnnamed ? '' : (request.name ?? '') };
}

/** The request with the field selector `metadata.name`, where the verb takes one. */
function selectively(request: AccessRequest, verb: string): SingleRequest {
  return SELECTIVE.has(verb) ? { ...request, verb, name: request.name ?? '' } : plainly(request, verb);
}

/** Does one rule allow one request? */
function allows(rule: PolicyRule, request: SingleRequest): boolean {
  return (
    covers(rule.verbs, request.verb) &&
    covers(rule.apiGroups, request.group) &&
    coversResource(rule.resources, request) &&
    (rule.resourceNames.length === 0 || rule.resourceNames.includes(request.name))
  );
}

/** Does a list of verbs, groups or resources of a rule cover one of them? */
export const covers = (list: readonly string[], wanted: string) => list.includes('*') || list.includes(wanted);

// `*` covers every resource and subresource, `*/scale` that subresource of every resource; `pods/*` covers nothing but itself.
export function coversResource(
  resources: readonly string[],
  { resource, subresource }: Pick<AccessRequest, 'resource' | 'subresource'>,
): boolean {
  if (!subresource) return covers(resources, resource);
  return covers(resources, `${resource}/${subresource}`) || resources.includes(`*/${subresource}`);
}

const own = (role: RoleFacts): readonly PlacedRule[] => role.rules.map((rule, index) => ({ role, index, rule }));

/**
 * A ClusterRole whose rules the controller has yet to fill in: a manifest with an aggregation rule and no rules. In state, what is
 * stored counts, even if it is empty.
 */
function isUnaggregated(role: RoleFacts): boolean {
  const isManifest = role.uid === null && role.created === null;
  return role.aggregation !== null && isManifest && (!role.hasRules || role.rules.length === 0);
}

/** The ClusterRoles whose rules end up in an aggregated one: those selected, and through selected aggregated ones, theirs. */
function aggregate(root: RoleFacts, all: readonly RoleFacts[]): readonly RoleFacts[] {
  const found = new Set<RoleFacts>();
  const queue = [root];
  for (const role of queue) {
    for (const other of all) {
      if (other === root || found.has(other) || !role.aggregation?.some((s) => selects(s, other.labels))) continue;
      found.add(other);
      if (isUnaggregated(other)) queue.push(other);
    }
  }
  return [...found];
}

type LabelSelector = NonNullable<RoleFacts['aggregation']>[number];

/** A Kubernetes label selector; an empty one selects everything, one with an unknown operator nothing. */
function selects(selector: LabelSelector, labels: Readonly<Record<string, string>>): boolean {
  const value = (label: string) => (Object.hasOwn(labels, label) ? labels[label] : undefined);
  return (
    Object.entries(selector.matchLabels).every(([label, wanted]) => value(label) === wanted) &&
    selector.matchExpressions.every(({ key: label, operator, values }) => {
      const found = value(label);
      switch (operator) {
        case 'In':
          return found !== undefined && values.includes(found);
        case 'NotIn':
          return found === undefined || !values.includes(found);
        case 'Exists':
          return found !== undefined;
        case 'DoesNotExist':
          return found === undefined;
        default:
          return false;
      }
    })
  );
}

// Why a federation account is not right, each cause once, and where it has to be changed. No I/O.

import { provesAbsence } from '../availability.ts';
import type { Cluster } from '../mesh.ts';
import type { BindingFacts, RoleFacts, SecretFacts } from '../objects/facts.ts';
import { absent, type Evidence, inside, type Path } from '../resource.ts';
import {
  FEDERATION_NAME,
  type FederationAccount,
  type FederationAccounts,
  type FederationCluster,
} from './federation.ts';
import type { AccessRequest, Bound } from './rbac.ts';
import { type Explanation, explain, objectTitle, type Shortfall, shortfall } from './refusal.ts';

/** One cause for which an account is not right. */
export interface AccountFault {
  /**
   * - `account`: the ServiceAccount does not exist.
   * - `verbs`, `apiGroups`, `resources`, `resourceNames`, `rules`: this field of the bound role lacks something.
   * - `roleRef`: another role than the one that would do is bound.
   * - `role`, `view`, `subject`, `namespace`, `binding`, `nothing`: see `NearMiss`.
   * - `apiVersion`: a role or binding is written for an API that is gone.
   */
  readonly kind: 'account' | Shortfall['field'] | 'roleRef' | Exclude<Explanation['kind'], 'rule'> | 'apiVersion';
  /** The object at fault, as people name it; '' when there is none. */
  readonly what: string;
  /** What the account lacks for it. */
  readonly requests: readonly AccessRequest[];
  /** The place to change first. */
  readonly evidence: readonly [Evidence, ...Evidence[]];
}

/** All causes. That nothing is bound to an account which does not exist is a consequence and left out. */
export function accountFaults(
  cluster: FederationCluster,
  judged: FederationAccounts,
  account: FederationAccount,
): readonly AccountFault[] {
  const bindings = judged.authorizer.bindings(account, null);
  const own = bindings.filter(({ binding, subject }) => binding.subjects[subject]?.kind !== 'Group');
  const faults: AccountFault[] = [];
  if (account.presence === 'absent') faults.push(noAccount(cluster, account, own));
  if (account.presence !== 'absent' || own.length > 0) faults.push(...refusals(cluster, judged, account, bindings));
  for (const object of new Set(own.flatMap(({ binding, role }) => (role ? [binding, role] : [binding])))) {
    if (!object.ref.apiVersion.endsWith('/v1beta1')) continue;
    const evidence = [inside(object, ['apiVersion'], 'not served any more')] as const;
    faults.push({ kind: 'apiVersion', what: objectTitle(object), requests: [], evidence });
  }
  return faults.map((fault) => ({ ...fault, evidence: [...fault.evidence, ...tokens(account)] }));
}

/** Tokens that name the account, stored in other clusters. */
function tokens({ remotes }: FederationAccount): readonly Evidence[] {
  return remotes.flatMap(({ connection }) =>
    connection ? [inside(connection.source, connection.source.path, 'the token here names the account')] : [],
  );
}

function noAccount(cluster: FederationCluster, account: FederationAccount, own: readonly Bound[]): AccountFault {
  const { namespace, name } = account;
  const place = absent(cluster.name, { apiVersion: 'v1', kind: 'ServiceAccount', namespace, name }, 'it is missing');
  const named = own.map(({ binding, subject }) => inside(binding, ['subjects', subject], 'names it'));
  return { kind: 'account', what: `ServiceAccount ${name}`, requests: [], evidence: [place, ...named] };
}

const isDocumented = (role: RoleFacts) => role.ref.name === FEDERATION_NAME;

/** Why it may not do what it is refused: one cause per wrong binding or per field of the bound role. */
function refusals(
  cluster: FederationCluster,
  { authorizer, needed }: FederationAccounts,
  account: FederationAccount,
  bindings: readonly Bound[],
): readonly AccountFault[] {
  const [first, ...rest] = account.refused;
  if (!first) return [];
  const requests = [first, ...rest] as const;
  // What everybody is bound to was not meant for the account unless it grants some of it.
  const bound = bindings.flatMap(({ binding, subject, role }) => {
    const isGroups = binding.subjects[subject]?.kind === 'Group';
    const isMeant = !isGroups || needed.always.some((request) => role && authorizer.grants(role, request));
    return role && isMeant ? [{ binding, role }] : [];
  });
  const main = bound.find(({ role }) => isDocumented(role)) ?? bound[0];
  if (!main) {
    const intent = { account, requests, role: FEDERATION_NAME, binding: FEDERATION_NAME, isSpare: () => true };
    const { kind, what, evidence, after } = explain(cluster, authorizer, cluster.name, intent);
    const necessary = account.object ? [inside(account.object, ['metadata', 'name'], 'the account of the peers')] : [];
    const places = [...evidence.slice(1), ...necessary, ...after];
    return [{ kind: kind === 'rule' ? 'rules' : kind, what, requests, evidence: [evidence[0], ...places] }];
  }
  const right = cluster.clusterRoles.items.find(
    (role) => isDocumented(role) && requests.every((request) => authorizer.grants(role, request)),
  );
  if (account.granted === 0 && right) {
    const reference = inside(main.binding, ['roleRef', 'name'], 'binds a role that grants nothing of it');
    const would = inside(right, ['metadata', 'name'], 'would grant it');
    return [{ kind: 'roleRef', what: objectTitle(main.binding), requests, evidence: [reference, would] }];
  }
  const byField = new Map<
    Shortfall['field'],
    { readonly places: Map<string, Evidence>; readonly requests: AccessRequest[] }
  >();
  for (const request of requests) {
    const { role, field, path } = shortfall(authorizer, main.role, request);
    const found = byField.get(field) ?? { places: new Map<string, Evidence>(), requests: [] };
    byField.set(field, found);
    found.requests.push(request);
    found.places.set(`${role.ref.name} ${path.join('.')}`, inside(role, path, 'does not cover what peers read'));
  }
  // Where a rule is of the wrong group, resources that it does not even list are of the same cause.
  const [wrongGroup, none] = [byField.get('apiGroups'), byField.get('rules')];
  if (
    wrongGroup &&
    none?.requests.every(({ group }) => wrongGroup.requests.some((request) => request.group === group))
  ) {
    wrongGroup.requests.push(...none.requests);
    byField.delete('rules');
  }
  const reference = inside(main.binding, ['roleRef', 'name'], 'binds that role to the account');
  return [...byField].map(([kind, found]) => {
    const [place = reference, ...others] = found.places.values();
    return { kind, what: objectTitle(main.role), requests: found.requests, evidence: [place, ...others, reference] };
  });
}

/** Something about an account that the sections which were read do not settle. */
export interface AccountQuestion {
  /**
   * - `account`: the ServiceAccounts of its namespace are not in the input.
   * - `group`: nothing tells which API group holds Calico's objects, and not both are granted.
   * - `role`: a role that is bound to it is not in the input, and not proven to be absent.
   */
  readonly kind: 'account' | 'group' | 'role';
  readonly requests: readonly AccessRequest[];
  /** As a phrase for people; '' where the kind says it. */
  readonly why: string;
}

/** What is open about an account although every needed section of its cluster was read. */
export function accountQuestions(
  { serviceAccounts, clusterRoles, clusterRoleBindings }: FederationCluster,
  { authorizer, needed }: FederationAccounts,
  account: FederationAccount,
): readonly AccountQuestion[] {
  if (account.state !== 'open') return [];
  const questions: AccountQuestion[] = [];
  const isUntold = account.presence === 'unread' && !provesAbsence(serviceAccounts, account.namespace);
  if (isUntold && serviceAccounts.state === 'complete') questions.push({ kind: 'account', requests: [], why: '' });
  if (clusterRoles.state !== 'complete' || clusterRoleBindings.state !== 'complete') return questions;
  const gaps = account.open.flatMap((request) => authorizer.can(account, request).gaps);
  const [gap] = gaps;
  if (gap) questions.push({ kind: 'role', requests: account.open, why: gap.why });
  else if (account.open.length > 0 && needed.group === null)
    questions.push({ kind: 'group', requests: account.open, why: '' });
  return questions;
}

/** A role that lets an account do more than peers need, and where. */
export interface Excess {
  readonly role: RoleFacts;
  readonly binding: BindingFacts;
  readonly excess: readonly { readonly path: Path; readonly what: string }[];
}

const READ: ReadonlySet<string> = new Set(['get', 'list', 'watch']);

/** ClusterRoles bound to the account itself that write, read Secrets or use wildcards. Rights of groups are left out. */
export function excessOf(authorizer: FederationAccounts['authorizer'], account: FederationAccount): readonly Excess[] {
  return authorizer.bindings(account, null).flatMap(({ binding, subject, role }) => {
    if (!role || binding.subjects[subject]?.kind === 'Group') return [];
    const excess = authorizer.rules(role).flatMap(({ role: owner, index, rule }) => {
      if (owner !== role || rule.resources.length === 0) return [];
      const found: { readonly path: Path; readonly what: string }[] = [];
      const add = (field: string, what: string) => found.push({ path: ['rules', index, field], what });
      const writes = rule.verbs.filter((verb) => !READ.has(verb));
      if (writes.length > 0) add('verbs', writes.includes('*') ? 'all verbs' : writes.join('/'));
      if (rule.apiGroups.includes('*')) add('apiGroups', 'all API groups');
      if (rule.resources.includes('*')) add('resources', 'all resources');
      else if (rule.resources.includes('secrets') && (rule.apiGroups.includes('') || rule.apiGroups.includes('*')))
        add('resources', 'secrets');
      return found;
    });
    return excess.length > 0 ? [{ role, binding, excess }] : [];
  });
}

/** A Secret that is meant to hold the token of a federation account. */
export interface TokenSecret {
  readonly secret: SecretFacts;
  /** True where nothing tells whether its account exists: no token was minted yet, and the ServiceAccounts there were not exported. */
  readonly untold: boolean;
  readonly fault: {
    readonly kind: 'type' | 'annotation' | 'noAnnotation' | 'namespace';
    readonly found: string;
    readonly wanted: string;
    readonly path: Path;
  } | null;
}

const TOKEN_TYPE = 'kubernetes.io/service-account-token';
const ANNOTATION = 'kubernetes.io/service-account.name';

/**
 * Secrets that bear the documented name, or name an account of that name: which of them Kubernetes mints no token into
 * (kubernetes/kubernetes v1.31, pkg/controller/serviceaccount/tokens_controller.go). None is at fault where another one is right.
 */
export function tokenSecrets(cluster: Cluster<'serviceAccounts' | 'secrets' | 'remotes'>): readonly TokenSecret[] {
  const { serviceAccounts, secrets, remotes } = cluster;
  const referenced = new Set(
    remotes.items.map(({ clusterAccessSecret: reference }) => `${reference?.namespace}/${reference?.name}`),
  );
  const meant = secrets.items.filter(({ ref, serviceAccount, keys }) => {
    if (referenced.has(`${ref.namespace}/${ref.name}`) || keys.kubeconfig) return false;
    return ref.name === FEDERATION_NAME || serviceAccount.name?.value === FEDERATION_NAME;
  });
  const judged = meant.map((secret): TokenSecret => {
    const { type, serviceAccount, ref } = secret;
    const wanted = FEDERATION_NAME;
    const annotated = serviceAccount.name;
    const path = ['metadata', 'annotations', ANNOTATION];
    const home = ref.namespace ?? '';
    const wrong = (kind: NonNullable<TokenSecret['fault']>['kind'], found: string, at: Path): TokenSecret => ({
      secret,
      untold: false,
      fault: { kind, found, wanted, path: at },
    });
    if (type !== TOKEN_TYPE) return wrong('type', type ?? 'Opaque', ['type']);
    if (!annotated) return wrong('noAnnotation', '', path);
    if (annotated.value !== wanted) return wrong('annotation', annotated.value, path);
    const exists = serviceAccounts.items.some((a) => a.ref.namespace === home && a.ref.name === wanted);
    // Where there is no such account at all, that is what is wrong, and it is told of the account.
    const isAstray = serviceAccounts.items.some((a) => a.ref.name === wanted);
    if (!exists && provesAbsence(serviceAccounts, home))
      return isAstray ? wrong('namespace', home, ['metadata', 'namespace']) : { secret, untold: false, fault: null };
    const isMinted = (secret.token?.claims ?? null) !== null || serviceAccount.uid !== null;
    return { secret, fault: null, untold: !exists && !isMinted };
  });
  const right = judged.filter(({ fault, untold }) => fault === null && !untold);
  return right.length > 0 ? right : judged;
}

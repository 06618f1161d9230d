// Roles, bindings and questions about Typha's access, made up so that questions often hit what a role grants.

import fc from 'fast-check';
import type { AccessRequest } from '../../src/model/access/rbac.ts';
import type { Manifest } from '../kit/objects.ts';

export const RBAC_API = 'rbac.authorization.k8s.io/v1';

/** Who Typha is: to the program, and to the server. */
export const typha = { namespace: 'calico-system', name: 'calico-typha' };
export const typhaUser = {
  user: 'system:serviceaccount:calico-system:calico-typha',
  groups: ['system:serviceaccounts', 'system:serviceaccounts:calico-system', 'system:authenticated'],
};

/** The namespaces in which objects and questions are. */
export const namespaces = ['calico-system', 'federation', 'other'] as const;

const BATCH = 'mesh-preflight-batch';
/** Selects everything that is made up. */
export const batchSelector = `labelSelector=${BATCH}`;

export function rbacObject(
  kind: string,
  { name, namespace }: { readonly name: string; readonly namespace?: string },
  rest: object,
): Manifest {
  const metadata = { name, ...(namespace === undefined ? {} : { namespace }), labels: { [BATCH]: '' } };
  return { apiVersion: RBAC_API, kind, metadata, ...rest };
}

export const roleRef = (kind: string, name: string) => ({ apiGroup: 'rbac.authorization.k8s.io', kind, name });

const verbs = ['get', 'list', 'watch', 'create', 'update', 'deletecollection'];
const apiGroups = ['', 'apps', 'crd.projectcalico.org'];
const resources = ['secrets', 'pods', 'pods/log', 'nodes/log', 'deployments', 'deployments/scale', 'ippools'];
const objectNames = ['remote-b', 'remote-c'];

const some = (values: readonly string[], maxLength = 3) =>
  fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength });

interface Rule {
  readonly verbs: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
}

const resourceRule = fc.record({
  verbs: fc.oneof(fc.constantFrom<string[]>(['get', 'list', 'watch'], ['*']), some([...verbs, 'Get'], 5)),
  apiGroups: fc.oneof({ weight: 2, arbitrary: fc.constant(['']) }, some([...apiGroups, '*', 'core'])),
  resources: some([...resources, 'secrets', 'pods', '*', '*/log', '*/scale', 'pods/*', '*/*', 'Secrets', 'secrets/']),
  resourceNames: fc.oneof(fc.constant([]), some([...objectNames, '', '*'])),
});
/** Grants no resource; of ClusterRoles only. */
const urlRule = fc.record({ verbs: some(['get', '*']), nonResourceURLs: some(['*', '/healthz', '/api/*']) });

const roleNames = ['r', 's'];
const clusterRoleNames = ['batch-r', 'batch-s'];
const role = (name: string, namespace: string) =>
  fc
    .array(resourceRule, { minLength: 1, maxLength: 4 })
    .map((rules) => rbacObject('Role', { name, namespace }, { rules }));
const clusterRole = (name: string) =>
  fc
    .array(fc.oneof({ weight: 6, arbitrary: resourceRule }, urlRule), { maxLength: 4 })
    .map((rules) => rbacObject('ClusterRole', { name }, { rules }));

/** A subject, often Typha. In a RoleBinding a ServiceAccount may lack its namespace. */
const subject = (inNamespace: boolean) =>
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant('ServiceAccount'),
        name: fc.constantFrom(typha.name, typha.name, typha.name, 'calico-node'),
        namespace: fc.constantFrom('calico-system', 'calico-system', 'federation', ...(inNamespace ? [undefined] : [])),
      }),
    },
    fc.record({
      kind: fc.constant('User'),
      name: fc.constantFrom(typhaUser.user, typha.name, 'system:serviceaccount:federation:calico-typha', '*'),
      namespace: fc.constantFrom(undefined, undefined, 'federation'),
    }),
    fc.record({
      kind: fc.constant('Group'),
      name: fc.constantFrom(
        ...typhaUser.groups,
        'system:serviceaccounts:federation',
        'system:masters',
        typha.name,
        '*',
      ),
      namespace: fc.constantFrom(undefined, undefined, 'federation'),
    }),
  );

const toRole = fc.constantFrom(...roleNames, ...roleNames, 'gone').map((name) => roleRef('Role', name));
const toClusterRole = fc
  .oneof(
    { weight: 12, arbitrary: fc.constantFrom(...clusterRoleNames, 'gone') },
    { weight: 2, arbitrary: fc.constantFrom('view', 'system:basic-user', 'system:node-problem-detector') },
    { weight: 1, arbitrary: fc.constantFrom('admin', 'cluster-admin') },
  )
  .map((name) => roleRef('ClusterRole', name));

/** All roles and bindings of a batch. */
export const objects: fc.Arbitrary<readonly Manifest[]> = fc
  .tuple(
    fc.tuple(...namespaces.flatMap((namespace) => roleNames.map((name) => role(name, namespace)))),
    fc.tuple(...clusterRoleNames.map(clusterRole)),
    fc.array(
      fc.record({
        namespace: fc.constantFrom(...namespaces),
        roleRef: fc.oneof(toRole, toClusterRole),
        subjects: fc.array(subject(true), { minLength: 1, maxLength: 3 }),
      }),
      { minLength: 2, maxLength: 8 },
    ),
    fc.array(fc.record({ roleRef: toClusterRole, subjects: fc.array(subject(false), { maxLength: 2 }) }), {
      maxLength: 2,
    }),
  )
  .map(([roles, clusterRoles, bindings, clusterBindings]) => [
    ...roles,
    ...clusterRoles,
    ...bindings.map(({ namespace, ...rest }, i) => rbacObject('RoleBinding', { name: `b${i}`, namespace }, rest)),
    ...clusterBindings.map((rest, i) => rbacObject('ClusterRoleBinding', { name: `batch-b${i}` }, rest)),
  ]);

/** A question, once the objects of the batch are known. */
export type Question = (created: readonly Manifest[]) => AccessRequest;

function access(
  path: string,
  { name, ...rest }: Pick<AccessRequest, 'verbs' | 'group' | 'namespace'> & { readonly name: string | undefined },
): AccessRequest {
  const [resource = '', subresource] = path.split('/');
  return { ...rest, resource, ...(subresource && { subresource }), ...(name && { name }) };
}

const askedVerbs = fc.oneof(
  fc.constant<string[]>(['get', 'list', 'watch']),
  some(['get', 'list', 'watch'], 2),
  some(verbs, 2),
);
const askedName = fc.constantFrom(undefined, ...objectNames);

const anyQuestion: fc.Arbitrary<Question> = fc
  .record({
    verbs: askedVerbs,
    group: fc.constantFrom(...apiGroups),
    path: fc.constantFrom(...resources),
    namespace: fc.constantFrom(...namespaces, null),
    name: askedName,
  })
  .map(
    ({ path, ...rest }): Question =>
      () =>
        access(path, rest),
  );

/** A question about what some rule of some bound role says, or nearly. */
const nearQuestion: fc.Arbitrary<Question> = fc
  .record({ asked: askedVerbs, name: askedName, binding: fc.nat(), rule: fc.nat(), item: fc.nat() })
  .map(
    ({ asked, name, ...picks }): Question =>
      (created) => {
        const binding = pick(
          created.filter((each) => 'roleRef' in each),
          picks.binding,
        );
        const namespace = binding?.metadata.namespace ?? null;
        const rule = pick(rulesOf(binding, created), picks.rule);
        const group = pick(rule?.apiGroups, picks.item) ?? '';
        const path = pick(rule?.resources, picks.item) ?? 'secrets';
        const inRule = asked.filter((verb) => rule?.verbs.includes(verb));
        return access(
          path
            .replace(/^\*(?=\/|$)/, 'pods')
            .replace(/\*$/, 'log')
            .replace(/\/$/, '')
            .toLowerCase(),
          {
            verbs: inRule.length > 0 && picks.item % 4 > 0 ? inRule : asked,
            group: group === '*' || group === 'core' ? '' : group,
            namespace,
            name: pick(rule?.resourceNames, picks.item)?.replace('*', '') || name,
          },
        );
      },
  );

function pick<T>(values: readonly T[] | undefined, index: number): T | undefined {
  return values?.[index % values.length];
}

function rulesOf(binding: Manifest | undefined, created: readonly Manifest[]): readonly Rule[] {
  const { kind, name } = (binding?.roleRef ?? {}) as Partial<ReturnType<typeof roleRef>>;
  const bound = created.find(({ kind: found, metadata }) => {
    const inScope = kind === 'ClusterRole' || metadata.namespace === binding?.metadata.namespace;
    return found === kind && metadata.name === name && inScope;
  });
  return (bound?.rules ?? []) as readonly Rule[];
}

export const question: fc.Arbitrary<Question> = fc.oneof(anyQuestion, { weight: 3, arbitrary: nearQuestion });

// The RBAC evaluator: literal cases of Kubernetes' semantics, and properties against a reference that works differently.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AccessRequest,
  type Account,
  buildAuthorizer,
  isSubject,
  type Rbac,
} from '../../../src/model/access/rbac.ts';
import type { Listed } from '../../../src/model/availability.ts';
import type { BindingFacts, PolicyRule, RoleFacts, Subject } from '../../../src/model/objects/facts.ts';
import type { ObjectRef } from '../../../src/model/resource.ts';

const typha: Account = { namespace: 'calico-system', name: 'calico-typha' };
const readSecrets: AccessRequest = {
  verbs: ['get', 'list', 'watch'],
  group: '',
  resource: 'secrets',
  namespace: 'federation',
};

const ref = (kind: string, name: string, namespace: string | null): ObjectRef => ({
  cluster: 'a',
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind,
  namespace,
  name,
  origin: { file: 0, document: 0, item: [] },
});
const facts = (kind: string, name: string, namespace: string | null) => ({
  ref: ref(kind, name, namespace),
  uid: `uid-of-${name}`,
  created: 0,
  labels: {},
});
const rule = (verbs: string[], apiGroups: string[], resources: string[], resourceNames: string[] = []): PolicyRule => ({
  verbs,
  apiGroups,
  resources,
  resourceNames,
  nonResourceURLs: [],
});
const reading = rule(['get', 'list', 'watch'], [''], ['secrets']);
const role = (namespace: string, name: string, rules: PolicyRule[]): RoleFacts => ({
  ...facts('Role', name, namespace),
  rules,
  aggregation: null,
  hasRules: true,
});
const clusterRole = (name: string, rules: PolicyRule[], more: Partial<RoleFacts> = {}): RoleFacts => ({
  ...facts('ClusterRole', name, null),
  rules,
  aggregation: null,
  hasRules: true,
  ...more,
});
const account = (namespace: string, name: string): Subject => ({
  kind: 'ServiceAccount',
  name,
  namespace,
  apiGroup: null,
});
const binding = (
  namespace: string | null,
  name: string,
  to: readonly [kind: string, name: string],
  subjects: Subject[] = [account('calico-system', 'calico-typha')],
): BindingFacts => ({
  ...facts(namespace === null ? 'ClusterRoleBinding' : 'RoleBinding', name, namespace),
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: to[0], name: to[1] },
  subjects,
});
const list = <T extends { readonly ref: ObjectRef }>(items: readonly T[], namespaces: string[] = []): Listed<T> => ({
  state: 'complete',
  why: null,
  items,
  namespaces: new Set([...items.flatMap(({ ref: { namespace } }) => namespace ?? []), ...namespaces]),
});
const unread = { state: 'missing', why: 'not in the input', items: [], namespaces: new Set<string>() } as const;

/** A cluster whose four kinds were all read, in all namespaces. */
const cluster = (objects: {
  roles?: RoleFacts[];
  clusterRoles?: RoleFacts[];
  roleBindings?: BindingFacts[];
  clusterRoleBindings?: BindingFacts[];
}): Rbac => ({
  roles: list(objects.roles ?? [], ['x', 'y']),
  clusterRoles: list(objects.clusterRoles ?? []),
  roleBindings: list(objects.roleBindings ?? [], ['x', 'y']),
  clusterRoleBindings: list(objects.clusterRoleBindings ?? []),
});
const answer = (rbac: Rbac, request: AccessRequest = readSecrets) => buildAuthorizer(rbac).can(typha, request).answer;

const granting = (...rules: PolicyRule[]) =>
  cluster({
    roles: [role('federation', 'r', rules)],
    roleBindings: [binding('federation', 'b', ['Role', 'r'])],
  });

describe('rules', () => {
  it('grants what a rule lists, and nothing else', () => {
    expect(answer(granting(reading))).toBe('yes');
    expect(answer(granting(reading), { ...readSecrets, verbs: ['get', 'delete'] })).toBe('no');
    expect(answer(granting(reading), { ...readSecrets, group: 'apps' })).toBe('no');
    expect(answer(granting(reading), { ...readSecrets, resource: 'configmaps' })).toBe('no');
  });

  it('adds up verbs of several rules', () => {
    expect(answer(granting(rule(['get'], [''], ['secrets']), rule(['list', 'watch'], ['*'], ['*'])))).toBe('yes');
    expect(answer(granting(rule(['get'], [''], ['secrets']), rule(['list'], ['*'], ['*'])))).toBe('no');
  });

  it('knows the wildcards', () => {
    expect(answer(granting(rule(['*'], ['*'], ['*'])))).toBe('yes');
    expect(answer(granting(rule(['get', 'list', 'watch'], ['core'], ['secrets'])))).toBe('no');
  });

  it('keeps resources and subresources apart', () => {
    const log = { ...readSecrets, verbs: ['get'], resource: 'pods', subresource: 'log' };
    expect(answer(granting(rule(['get'], [''], ['pods'])), log)).toBe('no');
    expect(answer(granting(rule(['get'], [''], ['pods/log'])), log)).toBe('yes');
    expect(answer(granting(rule(['get'], [''], ['*/log'])), log)).toBe('yes');
    expect(answer(granting(rule(['get'], [''], ['*/status'])), log)).toBe('no');
    expect(answer(granting(rule(['get'], [''], ['pods/*'])), log)).toBe('no');
    expect(answer(granting(rule(['get'], [''], ['*'])), log)).toBe('yes');
    expect(answer(granting(rule(['get'], [''], ['*/log'])), { ...log, subresource: '' })).toBe('no');
  });

  it('lets a get by name through resourceNames, and a create through none', () => {
    const get = granting(
      rule(['get', 'create'], [''], ['secrets'], ['remote-b']),
      rule(['list', 'watch'], [''], ['*']),
    );
    expect(answer(get, { ...readSecrets, name: 'remote-b' })).toBe('yes');
    expect(answer(get, { ...readSecrets, name: 'remote-c' })).toBe('no');
    expect(answer(get, { ...readSecrets, verbs: ['create'], name: 'remote-b' })).toBe('no');
  });

  it('lets a create of a subresource through resourceNames', () => {
    const token: AccessRequest = {
      ...readSecrets,
      verbs: ['create'],
      resource: 'serviceaccounts',
      subresource: 'token',
    };
    const named = granting(rule(['create'], [''], ['serviceaccounts/token'], ['calico-node']));
    expect(answer(named, { ...token, name: 'calico-node' })).toBe('yes');
    expect(answer(named, { ...token, name: 'default' })).toBe('no');
    expect(answer(named, token)).toBe('no');
  });

  it('lets no deletion of a collection through resourceNames, whatever it selects', () => {
    const named = granting(rule(['delete', 'deletecollection'], [''], ['secrets'], ['remote-b']));
    expect(answer(named, { ...readSecrets, verbs: ['delete'], name: 'remote-b' })).toBe('yes');
    expect(answer(named, { ...readSecrets, verbs: ['deletecollection'], name: 'remote-b' })).toBe('no');
  });

  it('counts resourceNames for the named object only', () => {
    const named = granting(rule(['get', 'list', 'watch'], [''], ['secrets'], ['remote-b']));
    expect(answer(named)).toBe('no');
    expect(answer(named, { ...readSecrets, name: 'remote-b' })).toBe('restricted');
    expect(answer(named, { ...readSecrets, name: 'remote-c' })).toBe('no');
    const both = granting(rule(['get'], [''], ['secrets'], ['remote-b']), reading);
    expect(answer(both, { ...readSecrets, name: 'remote-b' })).toBe('yes');
  });
});

describe('bindings', () => {
  const roles = [role('federation', 'r', [reading])];
  const clusterRoles = [clusterRole('c', [reading])];

  it('confines a RoleBinding to its namespace, also when it leads to a ClusterRole', () => {
    const here = cluster({ clusterRoles, roleBindings: [binding('federation', 'b', ['ClusterRole', 'c'])] });
    const there = cluster({ clusterRoles, roleBindings: [binding('calico-system', 'b', ['ClusterRole', 'c'])] });
    expect(answer(here)).toBe('yes');
    expect(answer(there)).toBe('no');
    expect(answer(here, { ...readSecrets, namespace: null })).toBe('no');
  });

  it('lets a ClusterRoleBinding grant everywhere', () => {
    const rbac = cluster({ clusterRoles, clusterRoleBindings: [binding(null, 'b', ['ClusterRole', 'c'])] });
    expect(answer(rbac)).toBe('yes');
    expect(answer(rbac, { ...readSecrets, namespace: null })).toBe('yes');
  });

  it('looks for a Role in the namespace of its binding, and for no Role behind a ClusterRoleBinding', () => {
    const elsewhere = [role('calico-system', 'r', [reading])];
    const bindings = [binding('federation', 'b', ['Role', 'r'])];
    expect(answer(cluster({ roles, roleBindings: bindings }))).toBe('yes');
    expect(answer(cluster({ roles: elsewhere, roleBindings: bindings }))).toBe('no');
    expect(answer(cluster({ roles, clusterRoleBindings: [binding(null, 'b', ['Role', 'r'])] }))).toBe('no');
  });

  it.each<[string, Subject, boolean]>([
    ['the ServiceAccount', account('calico-system', 'calico-typha'), true],
    ['one of another namespace', account('kube-system', 'calico-typha'), false],
    ['one of another name', account('calico-system', 'calico-node'), false],
    ['its user name', { ...account('', 'system:serviceaccount:calico-system:calico-typha'), kind: 'User' }, true],
    ['a user of its bare name', { ...account('', 'calico-typha'), kind: 'User' }, false],
    ['all ServiceAccounts', { ...account('', 'system:serviceaccounts'), kind: 'Group' }, true],
    ['those of its namespace', { ...account('', 'system:serviceaccounts:calico-system'), kind: 'Group' }, true],
    ['those of another namespace', { ...account('', 'system:serviceaccounts:federation'), kind: 'Group' }, false],
    ['everybody who logged in', { ...account('', 'system:authenticated'), kind: 'Group' }, true],
    ['everybody who did not', { ...account('', 'system:unauthenticated'), kind: 'Group' }, false],
    ['a user named like a group', { ...account('', 'system:authenticated'), kind: 'User' }, false],
  ])('takes %s as the subject: %#', (_, subject, expected) => {
    const roleBindings = [binding('federation', 'b', ['Role', 'r'], [account('x', 'y'), subject])];
    expect(answer(cluster({ roles, roleBindings }))).toBe(expected ? 'yes' : 'no');
  });

  it('completes a ServiceAccount without a namespace with that of the binding', () => {
    const bare: Subject = { kind: 'ServiceAccount', name: 'calico-typha', namespace: null, apiGroup: null };
    expect(isSubject(bare, typha, 'calico-system')).toBe(true);
    expect(isSubject(bare, typha, 'federation')).toBe(false);
    expect(isSubject(bare, typha, null)).toBe(false);
  });

  it('names binding, subject, role and rule of every grant', () => {
    const decision = buildAuthorizer(
      cluster({
        roles: [role('federation', 'r', [rule(['get'], [''], ['configmaps']), reading])],
        roleBindings: [
          binding('federation', 'b', ['Role', 'r'], [account('x', 'y'), account('calico-system', 'calico-typha')]),
        ],
      }),
    ).can(typha, readSecrets);
    expect(decision.grants).toMatchObject([
      { binding: { ref: { name: 'b' } }, subject: 1, role: { ref: { name: 'r' } }, rule: 1, byName: false },
    ]);
  });
});

describe('what was not read', () => {
  const roles = list([role('federation', 'r', [reading])]);
  const roleBindings = list([binding('federation', 'b', ['Role', 'r'])]);

  it('does not matter to a grant', () => {
    expect(answer({ roles, roleBindings, clusterRoles: unread, clusterRoleBindings: unread })).toBe('yes');
  });

  it.each(['roles', 'clusterRoles', 'roleBindings', 'clusterRoleBindings'] as const)(
    'keeps a refusal open: %s',
    (section) => {
      const rbac = cluster({ roleBindings: [binding('federation', 'b', ['Role', 'gone'])] });
      expect(answer(rbac)).toBe('no');
      for (const state of ['missing', 'partial'] as const) {
        const decision = buildAuthorizer({ ...rbac, [section]: { ...unread, state } }).can(typha, readSecrets);
        expect(decision).toMatchObject({ answer: 'unknown', proven: 'no' });
        expect(decision.gaps.map((gap) => gap.section)).toContain(section);
      }
    },
  );

  it('asks for no namespaced kind when the question is cluster-wide', () => {
    const rbac = { ...cluster({}), roles: unread, roleBindings: unread };
    expect(answer(rbac, { ...readSecrets, namespace: null })).toBe('no');
  });

  it('needs the RoleBindings of the namespace, or those of two', () => {
    const one = { ...cluster({}), roleBindings: list([binding('x', 'b', ['Role', 'r'])]) };
    const two = {
      ...cluster({}),
      roleBindings: list([binding('x', 'b', ['Role', 'r']), binding('y', 'b', ['Role', 'r'])]),
    };
    expect(answer(one)).toBe('unknown');
    expect(answer(two)).toBe('no');
  });

  it('does not take a Role for absent whose namespace was not exported', () => {
    const rbac = { ...cluster({}), roleBindings, roles: list([role('calico-system', 'r', [reading])]) };
    expect(answer(rbac)).toBe('unknown');
    expect(answer({ ...rbac, roles: list([role('federation', 'other', [])]) })).toBe('no');
  });

  it('does not take a ClusterRole of the API server for absent', () => {
    const to = (name: string) => cluster({ clusterRoleBindings: [binding(null, 'b', ['ClusterRole', name])] });
    expect(answer(to('cluster-admin'))).toBe('unknown');
    expect(answer(to('gone'))).toBe('no');
  });

  describe('knows of the view of the API server', () => {
    const bound = (clusterRoles: RoleFacts[] = []) =>
      cluster({ clusterRoles, clusterRoleBindings: [binding(null, 'b', ['ClusterRole', 'view'])] });
    const ask = (group: string, resource: string): AccessRequest => ({
      ...readSecrets,
      group,
      resource,
      namespace: null,
    });

    it.each<[string, string, string]>([
      ['', 'secrets', 'no'],
      ['', 'nodes', 'no'],
      ['crd.projectcalico.org', 'ippools', 'no'],
      ['projectcalico.org', 'hostendpoints', 'no'],
      ['', 'pods', 'unknown'],
      ['', 'namespaces', 'unknown'],
      ['apps', 'deployments', 'unknown'],
    ])('that of %j %s it says %s', (group, resource, expected) => {
      expect(answer(bound(), ask(group, resource))).toBe(expected);
    });

    it('that ClusterRoles with its label may add to it', () => {
      const labels = (value: string) => ({ labels: { 'rbac.authorization.k8s.io/aggregate-to-view': value } });
      expect(answer(bound([clusterRole('part', [reading], labels('true'))]))).toBe('unknown');
      expect(answer(bound([clusterRole('part', [reading], labels('false'))]))).toBe('no');
    });

    it('that one in the input counts as it is, and that none counts where not all were read', () => {
      expect(answer(bound([clusterRole('view', [reading])]))).toBe('yes');
      expect(answer({ ...bound(), clusterRoles: unread })).toBe('unknown');
    });

    it.each(['admin', 'edit', 'cluster-admin'])('and not of %s', (name) => {
      expect(answer(cluster({ clusterRoleBindings: [binding(null, 'b', ['ClusterRole', name])] }))).toBe('unknown');
    });

    it('and that a Role of its name is another', () => {
      const roleBindings = [binding('federation', 'b', ['Role', 'view'])];
      expect(answer(cluster({ roleBindings, roles: [role('federation', 'view', [reading])] }))).toBe('yes');
    });
  });
});

describe('aggregation', () => {
  const part = clusterRole('part', [reading], { labels: { 'mesh/secrets': 'true' } });
  const selector = { matchLabels: { 'mesh/secrets': 'true' }, matchExpressions: [] };
  const manifest = { aggregation: [selector], hasRules: false, uid: null, created: null };
  const bound = (...clusterRoles: RoleFacts[]) =>
    cluster({ clusterRoles, clusterRoleBindings: [binding(null, 'b', ['ClusterRole', 'whole'])] });

  it('is computed for a manifest without rules', () => {
    expect(answer(bound(clusterRole('whole', [], manifest), part))).toBe('yes');
    expect(answer(bound(clusterRole('whole', [], { ...manifest, hasRules: true }), part))).toBe('yes');
    expect(answer(bound(clusterRole('whole', [], manifest), { ...part, labels: {} }))).toBe('no');
  });

  it('is not computed for state, whose stored rules decide', () => {
    expect(answer(bound(clusterRole('whole', [], { ...manifest, uid: 'u' }), part))).toBe('no');
    expect(answer(bound(clusterRole('whole', [], { ...manifest, created: 1 }), part))).toBe('no');
    expect(answer(bound(clusterRole('whole', [reading], { aggregation: [selector] })))).toBe('yes');
  });

  it('leaves a manifest with rules as it is', () => {
    const stored = clusterRole('whole', [rule(['get'], [''], ['pods'])], { ...manifest, hasRules: true });
    expect(answer(bound(stored, part))).toBe('no');
  });

  it('goes through aggregated ClusterRoles, also in a circle', () => {
    const middle = clusterRole('middle', [], { ...manifest, labels: { tier: 'middle' } });
    const toMiddle = { matchLabels: { tier: 'middle' }, matchExpressions: [] };
    expect(answer(bound(clusterRole('whole', [], { ...manifest, aggregation: [toMiddle] }), middle, part))).toBe('yes');
    const loop = clusterRole('whole', [], { ...manifest, aggregation: [toMiddle], labels: { 'mesh/secrets': 'true' } });
    expect(answer(bound(loop, middle))).toBe('no');
  });

  it.each([
    ['In', ['a', 'b'], { env: 'b' }, true],
    ['In', ['a'], { env: 'b' }, false],
    ['In', ['a'], {}, false],
    ['NotIn', ['a'], { env: 'b' }, true],
    ['NotIn', ['a'], {}, true],
    ['NotIn', ['a'], { env: 'a' }, false],
    ['Exists', [], { env: 'a' }, true],
    ['Exists', [], {}, false],
    ['DoesNotExist', [], {}, true],
    ['DoesNotExist', [], { env: 'a' }, false],
    ['Gt', ['1'], { env: '2' }, false],
  ] as const)('selects by expression: env %s %j of %j', (operator, values, labels, expected) => {
    const matchExpressions = [{ key: 'env', operator, values: [...values] }];
    const whole = clusterRole('whole', [], { ...manifest, aggregation: [{ matchLabels: {}, matchExpressions }] });
    expect(answer(bound(whole, { ...part, labels }))).toBe(expected ? 'yes' : 'no');
  });

  it('points at the role in which a rule stands', () => {
    const { grants } = buildAuthorizer(bound(clusterRole('whole', [], manifest), part)).can(typha, readSecrets);
    expect(grants).toMatchObject([{ role: { ref: { name: 'part' } }, rule: 0 }]);
  });
});

describe('properties', () => {
  const universe = {
    verbs: ['get', 'list', 'watch', 'create'],
    groups: ['', 'apps', 'crd.projectcalico.org'],
    resources: ['secrets', 'pods', 'pods/log', 'nodes/log'],
    names: ['', 'a', 'b'],
    namespaces: ['calico-system', 'federation'],
  } as const;
  const some = (values: readonly string[]) =>
    fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: 3 });
  const rules = fc.array(
    fc.record({
      verbs: some([...universe.verbs, '*']),
      apiGroups: some([...universe.groups, '*']),
      resources: some([...universe.resources, '*', '*/log', 'pods/*']),
      resourceNames: fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, some(['a', 'b', 'c'])),
      nonResourceURLs: fc.constant([]),
    }),
    { minLength: 1, maxLength: 4 },
  );
  const subjects = fc.array(
    fc.record({
      kind: fc.constantFrom('ServiceAccount', 'ServiceAccount', 'User', 'Group', 'Group', 'Robot'),
      name: fc.constantFrom(
        'calico-typha',
        'calico-node',
        'system:serviceaccount:calico-system:calico-typha',
        'system:serviceaccounts',
        'system:serviceaccounts:calico-system',
        'system:authenticated',
        'system:masters',
      ),
      namespace: fc.constantFrom('calico-system', 'federation', null),
      apiGroup: fc.constant(null),
    }),
    { minLength: 1, maxLength: 4 },
  );
  const names = ['r', 's'];
  const namespace = fc.constantFrom(...universe.namespaces);
  const labels = fc.constantFrom({}, { part: 'x' }, { part: 'y' });
  const aggregation = fc.oneof(
    { weight: 3, arbitrary: fc.constant(null) },
    fc.constantFrom(
      [{ matchLabels: { part: 'x' }, matchExpressions: [] }],
      [{ matchLabels: {}, matchExpressions: [{ key: 'part', operator: 'Exists', values: [] }] }],
    ),
  );
  const byName = (object: { readonly ref: ObjectRef }) => `${object.ref.namespace}/${object.ref.name}`;
  const roles = fc.uniqueArray(
    fc.tuple(namespace, fc.constantFrom(...names), rules).map((args) => role(...args)),
    { selector: byName, minLength: 2, maxLength: 4 },
  );
  const clusterRoles = fc.uniqueArray(
    fc
      .tuple(fc.constantFrom(...names), rules, labels, aggregation, fc.boolean())
      .map(([name, own, label, selectors, stored]) =>
        clusterRole(name, own, {
          labels: label,
          aggregation: selectors,
          hasRules: own.length > 0,
          ...(stored ? {} : { uid: null, created: null }),
        }),
      ),
    { selector: byName, minLength: 1, maxLength: 3 },
  );
  const roleRef = fc.tuple(fc.constantFrom('Role', 'ClusterRole', 'Roll'), fc.constantFrom(...names));
  const bindings = (where: fc.Arbitrary<string | null>) =>
    fc.uniqueArray(
      fc.tuple(where, fc.constantFrom('b', 'c', 'd'), roleRef, subjects).map((args) => binding(...args)),
      { selector: byName, minLength: 2, maxLength: 4 },
    );
  const objects = fc.record({
    roles,
    clusterRoles,
    roleBindings: bindings(namespace),
    clusterRoleBindings: bindings(fc.constant(null)),
  });
  const requests = fc
    .record({
      verbs: fc.uniqueArray(fc.constantFrom(...universe.verbs), { minLength: 1, maxLength: 2 }),
      group: fc.constantFrom(...universe.groups),
      resource: fc.constantFrom(...universe.resources),
      namespace: fc.constantFrom(...universe.namespaces, null),
      name: fc.constantFrom(...universe.names),
    })
    .map(({ resource, name, ...rest }): AccessRequest => {
      const [plural = '', subresource] = resource.split('/');
      return { ...rest, resource: plural, ...(subresource && { subresource }), ...(name && { name }) };
    });

  /** Writes down every single request that is allowed, by expanding each grant over the universe. */
  function allowed(rbac: Rbac): ReadonlySet<string> {
    const me = new Set([
      'User system:serviceaccount:calico-system:calico-typha',
      'Group system:serviceaccounts',
      'Group system:serviceaccounts:calico-system',
      'Group system:authenticated',
    ]);
    const stored = new Map(rbac.clusterRoles.items.map((each) => [each.ref.name, each.rules]));
    const pending = rbac.clusterRoles.items.filter((r) => r.aggregation && r.uid === null && r.rules.length === 0);
    for (let round = 0; round <= pending.length; round++) {
      for (const each of pending) {
        const parts = rbac.clusterRoles.items.filter(
          (other) =>
            other !== each &&
            each.aggregation?.some((s) => (s.matchLabels.part ? other.labels.part === 'x' : 'part' in other.labels)),
        );
        stored.set(
          each.ref.name,
          parts.flatMap((other) => stored.get(other.ref.name) ?? []),
        );
      }
    }
    const set = new Set<string>();
    for (const each of [...rbac.clusterRoleBindings.items, ...rbac.roleBindings.items]) {
      const home = each.ref.namespace;
      const isMine = each.subjects.some((s) =>
        s.kind === 'ServiceAccount'
          ? me.has(`User system:serviceaccount:${s.namespace ?? home}:${s.name}`)
          : me.has(`${s.kind} ${s.name}`),
      );
      if (!isMine) continue;
      const granted =
        each.roleRef.kind === 'ClusterRole'
          ? stored.get(each.roleRef.name)
          : rbac.roles.items.find(
              (r) => each.roleRef.kind === 'Role' && r.ref.namespace === home && r.ref.name === each.roleRef.name,
            )?.rules;
      const expand = (values: readonly string[], all: readonly string[]) => (values.includes('*') ? all : values);
      for (const { verbs, apiGroups, resources, resourceNames } of granted ?? [])
        for (const where of home === null ? [...universe.namespaces, null] : [home])
          for (const verb of expand(verbs, universe.verbs))
            for (const group of expand(apiGroups, universe.groups))
              for (const resource of expand(resources, universe.resources).flatMap((r) =>
                r === '*/log' ? ['pods/log', 'nodes/log'] : r,
              ))
                for (const name of resourceNames.length > 0 ? resourceNames : universe.names)
                  set.add([where, verb, group, resource, name].join('|'));
    }
    return set;
  }

  const rank = { no: 0, restricted: 1, yes: 2 };

  it('agrees with a reference that writes down all that is allowed', () => {
    fc.assert(
      fc.property(objects, requests, (input, request) => {
        const rbac = cluster(input);
        const set = allowed(rbac);
        const resource = request.subresource ? `${request.resource}/${request.subresource}` : request.resource;
        const has = (verb: string, name: string) =>
          set.has([request.namespace, verb, request.group, resource, name].join('|'));
        const name = request.name ?? '';
        const created = request.subresource ? name : '';
        const all = request.verbs.every((verb) => has(verb, { get: name, create: created }[verb] ?? ''));
        const named = request.verbs.every((verb) => has(verb, verb === 'create' ? created : name));
        expect(answer(rbac, request)).toBe(all ? 'yes' : named ? 'restricted' : 'no');
      }),
      { numRuns: 3000 },
    );
  });

  it('never loses access by an added object', () => {
    fc.assert(
      fc.property(objects, fc.nat(), fc.nat(), requests, (input, which, index, request) => {
        const kinds = ['roles', 'clusterRoles', 'roleBindings', 'clusterRoleBindings'] as const;
        const kind = kinds[which % kinds.length] ?? 'roles';
        const without = { ...input, [kind]: input[kind].filter((_, i) => i !== index % input[kind].length) };
        const before = buildAuthorizer(cluster(without)).can(typha, request).proven;
        const after = buildAuthorizer(cluster(input)).can(typha, request).proven;
        expect(rank[after]).toBeGreaterThanOrEqual(rank[before]);
      }),
      { numRuns: 1000 },
    );
  });

  it('does not depend on the order of objects', () => {
    fc.assert(
      fc.property(objects, requests, (input, request) => {
        const reversed = Object.fromEntries(Object.entries(input).map(([kind, items]) => [kind, [...items].reverse()]));
        const { answer: forwards, missing } = buildAuthorizer(cluster(input)).can(typha, request);
        expect(buildAuthorizer(cluster(reversed)).can(typha, request)).toMatchObject({ answer: forwards, missing });
      }),
    );
  });

  it('refuses only what stays refused when everything is read', () => {
    fc.assert(
      fc.property(
        objects,
        fc.subarray(['roles', 'clusterRoles', 'roleBindings', 'clusterRoleBindings'] as const),
        requests,
        (input, hidden, request) => {
          const whole = cluster(input);
          const seen = { ...whole, ...Object.fromEntries(hidden.map((kind) => [kind, unread])) };
          const { answer: told } = buildAuthorizer(seen).can(typha, request);
          if (told !== 'unknown') expect(answer(whole, request)).toBe(told);
        },
      ),
      { numRuns: 1000 },
    );
  });
});

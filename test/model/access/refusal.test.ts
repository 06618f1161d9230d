// Near misses: which object was probably meant to grant something, and which of its fields is wrong.

import { describe, expect, it } from 'vitest';
import { type AccessRequest, buildAuthorizer } from '../../../src/model/access/rbac.ts';
import { explain, type Intent, nearMiss, nearSubject, shortfall } from '../../../src/model/access/refusal.ts';
import type { Section } from '../../../src/model/mesh.ts';
import { pathText } from '../../../src/model/resource.ts';
import type { Cluster } from '../../../src/rule.ts';
import { mesh } from '../../kit/mesh.ts';
import { type Manifest, typhaBinding, typhaRole } from '../../kit/objects.ts';

const typha = { namespace: 'calico-system', name: 'calico-typha' };
const request: AccessRequest = { verbs: ['get', 'list', 'watch'], group: '', resource: 'secrets', namespace: 'mesh' };
const intent: Intent = {
  account: typha,
  requests: [request],
  role: 'remote-cluster-secret-access',
  binding: 'remote-cluster-secret-access',
  isSpare: (namespace) => namespace !== 'needed',
};
const RULE = { verbs: ['get', 'list', 'watch'], apiGroups: [''], resources: ['secrets'] };
const named = (object: Manifest, name: string, more: Readonly<Record<string, unknown>> = {}): Manifest => ({
  ...object,
  metadata: { ...object.metadata, name },
  ...more,
});
const subject = (namespace: string, name: string) => ({ kind: 'ServiceAccount', name, namespace });
const to = (name: string, kind = 'Role') => ({ apiGroup: 'rbac.authorization.k8s.io', kind, name });
const cluster = (...objects: Manifest[]) => {
  const [only] = mesh({ a: objects }, { routing: 'overlay', calicoVersion: '3.23' }).clusters;
  return only as Cluster<Section>;
};

describe('shortfall', () => {
  const path = (rules: readonly unknown[], patch: Partial<AccessRequest> = {}) => {
    const rbac = cluster({ ...typhaRole('mesh'), rules });
    const [role] = rbac.roles.items;
    return role && pathText(shortfall(buildAuthorizer(rbac), role, { ...request, ...patch }).path);
  };

  it('finds the field that keeps a rule from granting', () => {
    expect(path([{ ...RULE, verbs: ['get'] }])).toBe('rules[0].verbs');
    expect(path([{ ...RULE, apiGroups: ['core'] }])).toBe('rules[0].apiGroups');
    expect(path([{ ...RULE, resources: ['secret'] }])).toBe('rules[0].resources');
    expect(path([{ ...RULE, resourceNames: ['z'] }])).toBe('rules[0].resourceNames');
    expect(path([{ ...RULE, resources: ['secret'], verbs: ['get'] }])).toBe('rules[0].resources');
  });

  it('points at all rules where none comes close', () => {
    expect(path([])).toBe('rules');
    expect(path([{ ...RULE, apiGroups: ['apps'], resources: ['deployments'] }])).toBe('rules');
  });

  it('prefers the rule that needs the fewest changes', () => {
    const core = { ...RULE, resources: ['pods'] };
    const crd = { ...RULE, apiGroups: ['crd.projectcalico.org'], resources: ['hostendpoints'] };
    expect(path([crd, core], { resource: 'nodes' })).toBe('rules[1].resources');
    expect(path([core, crd], { group: 'crd.projectcalico.org', resource: 'ippools' })).toBe('rules[1].resources');
    expect(path([core, crd], { group: 'projectcalico.org', resource: 'hostendpoints' })).toBe('rules[1].apiGroups');
  });
});

describe('nearSubject', () => {
  const path = (...subjects: Readonly<Record<string, unknown>>[]) => {
    const [binding] = cluster({ ...typhaBinding('mesh'), subjects }).roleBindings.items;
    const near = binding && nearSubject(binding, typha);
    return near && pathText(near.path);
  };

  it('finds the field of the subject that was meant to be the account', () => {
    expect(path(subject('x', 'y'), subject('kube-system', 'calico-typha'))).toBe('subjects[1].namespace');
    expect(path({ kind: 'ServiceAccount', name: 'calico-typha' })).toBe('subjects[0].namespace');
    expect(path(subject('calico-system', 'typha'))).toBe('subjects[0].name');
    expect(path({ kind: 'User', name: 'calico-typha' })).toBe('subjects[0].name');
    expect(path({ kind: 'Group', name: 'calico-typha' })).toBe('subjects[0].kind');
  });

  it('finds none that shares neither name nor namespace', () => {
    expect(path(subject('x', 'y'))).toBeNull();
    expect(path()).toBeNull();
  });
});

const readNothing: Manifest = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRole',
  metadata: { name: 'nothing' },
  rules: [],
};

describe('nearMiss', () => {
  const miss = (...objects: Manifest[]) => {
    const rbac = cluster(...objects);
    return nearMiss(rbac, buildAuthorizer(rbac), intent);
  };
  const kindOf = (...objects: Manifest[]) => miss(...objects).kind;

  it('tells what is wrong', () => {
    expect(kindOf()).toBe('nothing');
    expect(kindOf(typhaRole('mesh'))).toBe('binding');
    expect(kindOf(typhaBinding('mesh'))).toBe('role');
    expect(kindOf(typhaRole('other'), named(typhaBinding('mesh'), 'b', { roleRef: to('view', 'ClusterRole') }))).toBe(
      'role',
    );
    expect(kindOf(readNothing, named(typhaBinding('mesh'), 'b', { roleRef: to('view', 'ClusterRole') }))).toBe('view');
    expect(kindOf({ ...typhaRole('mesh'), rules: [] }, typhaBinding('mesh'))).toBe('rule');
    expect(kindOf(typhaRole('mesh'), { ...typhaBinding('mesh'), subjects: [] })).toBe('subject');
    expect(kindOf(typhaRole('other'), typhaBinding('other'))).toBe('namespace');
    expect(kindOf(typhaRole('needed'), typhaBinding('needed'))).toBe('nothing');
  });

  it('prefers the binding whose subject has the name of the account to the one that is named as documented', () => {
    const documented = { ...typhaBinding('mesh'), subjects: [subject('calico-system', 'calico-node')] };
    const other = named(typhaBinding('mesh'), 'mine', { subjects: [subject('kube-system', 'calico-typha')] });
    expect(miss(typhaRole('mesh'), documented, other)).toMatchObject({
      kind: 'subject',
      binding: { ref: { name: 'mine' } },
    });
  });

  it('does not blame the binding of somebody else who may read Secrets and more', () => {
    const operator = named(typhaRole('mesh'), 'operator', { rules: [{ ...RULE, verbs: ['*'] }] });
    const bound = named(typhaBinding('mesh'), 'operator', {
      roleRef: to('operator'),
      subjects: [subject('calico-system', 'operator')],
    });
    expect(kindOf(operator, bound)).toBe('nothing');
  });

  it('takes the binding of a neighbour for meant if its role grants just what is missing', () => {
    const role = named(typhaRole('mesh'), 'reader');
    const bound = named(typhaBinding('mesh'), 'reader', {
      roleRef: to('reader'),
      subjects: [subject('calico-system', 'calico-node')],
    });
    expect(kindOf(role, bound)).toBe('subject');
  });

  it('blames what everybody is bound to only if nothing else comes near', () => {
    const all = named(typhaBinding('mesh'), 'all', {
      roleRef: to('all'),
      subjects: [{ kind: 'Group', name: 'system:authenticated' }],
    });
    const reader = named(typhaRole('mesh'), 'all', { rules: [{ ...RULE, verbs: ['get'] }] });
    expect(kindOf(all, reader)).toBe('rule');
    expect(kindOf(all, reader, typhaRole('mesh'))).toBe('binding');
  });

  it('does not blame a group for being elsewhere', () => {
    const everybody = { ...typhaBinding('other'), subjects: [{ kind: 'Group', name: 'system:serviceaccounts' }] };
    expect(kindOf(typhaRole('other'), everybody)).toBe('nothing');
  });

  it('finds a ClusterRole only by its documented name', () => {
    const clusterRole = (name: string): Manifest => ({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name },
      rules: [RULE],
    });
    expect(kindOf(clusterRole('remote-cluster-secret-access'))).toBe('binding');
    expect(kindOf(clusterRole('admin'))).toBe('nothing');
  });
});

describe('explain', () => {
  const places = (...objects: Manifest[]) => {
    const rbac = cluster(...objects);
    const { evidence, after } = explain(rbac, buildAuthorizer(rbac), 'a', intent);
    return [...evidence, ...after].map(({ ref, path }) =>
      `${ref.origin ? '' : 'no '}${ref.kind} ${ref.namespace ?? ''}/${ref.name} ${pathText(path)}`.trim(),
    );
  };

  it('shows the place to change first', () => {
    const name = 'remote-cluster-secret-access';
    expect(places()).toEqual([`no Role mesh/${name}`, `no RoleBinding mesh/${name}`]);
    expect(places(typhaRole('mesh'))).toEqual([`no RoleBinding mesh/${name}`, `Role mesh/${name} metadata.name`]);
    expect(places(typhaBinding('mesh'))).toEqual([`no Role mesh/${name}`, `RoleBinding mesh/${name} roleRef.name`]);
    const toView = { ...typhaBinding('mesh'), roleRef: to('view', 'ClusterRole') };
    expect(places(readNothing, toView)).toEqual([`RoleBinding mesh/${name} roleRef.name`]);
    expect(places(readNothing, toView, typhaRole('mesh'))).toEqual([
      `RoleBinding mesh/${name} roleRef.name`,
      `Role mesh/${name} metadata.name`,
    ]);
    expect(places(typhaBinding('mesh'), typhaRole('other'))).toEqual([
      `Role other/${name} metadata.namespace`,
      `RoleBinding mesh/${name} roleRef.name`,
    ]);
    expect(places(typhaBinding('other'), typhaRole('other'))).toEqual([
      `Role other/${name} metadata.namespace`,
      `RoleBinding other/${name} metadata.namespace`,
    ]);
    expect(places({ ...typhaBinding('mesh'), roleRef: to('typo') }, typhaRole('mesh'))).toEqual([
      `RoleBinding mesh/${name} roleRef.name`,
      `Role mesh/${name} metadata.name`,
    ]);
  });

  it('names the subject that was found', () => {
    const rbac = cluster(typhaRole('mesh'), {
      ...typhaBinding('mesh'),
      subjects: [subject('kube-system', 'calico-typha')],
    });
    const [first] = explain(rbac, buildAuthorizer(rbac), 'a', intent).evidence;
    expect(first.note).toBe('names ServiceAccount kube-system/calico-typha');
  });
});

// The least that a reader has to be granted: a ClusterRole for whole kinds, a Role per namespace for objects by name. No I/O.

import { type KindId, kinds } from '../../model/objects/kinds.ts';
import { configMapsOf, DAEMON_SETS, NAMED, type Name, type Objects, secretsOf } from './wanted.ts';

const RBAC = 'rbac.authorization.k8s.io';
const NAME = 'mesh-preflight';

export interface Subject {
  readonly namespace: string;
  readonly name: string;
}

interface PolicyRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

/**
 * Roles and bindings that let a ServiceAccount read what is wanted of a cluster, and no more. Discovery of the API groups is left out:
 * every authenticated account has it (Kubernetes docs, "Using RBAC authorization", system:discovery, v1.31).
 */
export function rightsFor(wanted: ReadonlySet<KindId>, objects: Objects, subject: Subject): readonly object[] {
  const whole = kinds.filter(({ id }) => wanted.has(id) && !NAMED.has(id) && id !== 'CalicoNode');
  const rules = whole.map(
    ({ id, groups, plural }): PolicyRule => ({
      apiGroups: groups,
      resources: [plural],
      // A list that is limited to one name by a field selector is granted by that name.
      ...(id === 'DaemonSet' && { resourceNames: DAEMON_SETS }),
      verbs: ['list'],
    }),
  );
  const subjects = [{ kind: 'ServiceAccount', ...subject }];
  const bind = (kind: 'ClusterRole' | 'Role', metadata: object) => ({
    apiVersion: `${RBAC}/v1`,
    kind: `${kind}Binding`,
    metadata,
    roleRef: { apiGroup: RBAC, kind, name: NAME },
    subjects,
  });
  const named = [
    ...(wanted.has('ConfigMap') ? configMapsOf(objects).map((name) => ({ ...name, resource: 'configmaps' })) : []),
    ...(wanted.has('Secret') ? secretsOf(objects).map((name) => ({ ...name, resource: 'secrets' })) : []),
  ];
  const namespaces = [...new Set(named.map(({ namespace }) => namespace))].sort();
  return [
    { apiVersion: `${RBAC}/v1`, kind: 'ClusterRole', metadata: { name: NAME }, rules: merged(rules) },
    bind('ClusterRole', { name: NAME }),
    ...namespaces.flatMap((namespace) => {
      const metadata = { name: NAME, namespace };
      const own = named.filter((name) => name.namespace === namespace);
      return [{ apiVersion: `${RBAC}/v1`, kind: 'Role', metadata, rules: byName(own) }, bind('Role', metadata)];
    }),
  ];
}

/** One rule for the resources of the same groups. */
function merged(rules: readonly PolicyRule[]): readonly PolicyRule[] {
  const found = new Map<string, PolicyRule>();
  for (const rule of rules) {
    const key = JSON.stringify([rule.apiGroups, rule.resourceNames]);
    const same = found.get(key);
    found.set(key, same ? { ...same, resources: [...same.resources, ...rule.resources].sort() } : rule);
  }
  return [...found.values()];
}

function byName(names: readonly (Name & { readonly resource: string })[]): readonly PolicyRule[] {
  return ['configmaps', 'secrets'].flatMap((resource) => {
    const own = [...new Set(names.filter((n) => n.resource === resource).map((n) => n.name))].sort();
    return own.length > 0 ? [{ apiGroups: [''], resources: [resource], resourceNames: own, verbs: ['get'] }] : [];
  });
}

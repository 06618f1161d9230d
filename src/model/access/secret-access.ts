// May Typha read the access Secrets that RemoteClusterConfigurations refer to? Asks the RBAC evaluator per namespace. No I/O.

import { memo, type Sections } from '../mesh.ts';
import type { Remote } from '../remotes/remotes.ts';
import { type Evidence, inside } from '../resource.ts';
import { type AccessRequest, type Account, buildAuthorizer, type Decision } from './rbac.ts';
import { type Explanation, explain } from './refusal.ts';

/** Typha's ServiceAccount under the operator (tigera/operator v1.42, pkg/render/typha.go). */
export const TYPHA: Account = { namespace: 'calico-system', name: 'calico-typha' };

/** The name of Role and RoleBinding in the documentation; any other does as well. */
export const SECRET_ROLE = 'remote-cluster-secret-access';

/** What Typha does with the Secrets (docs, multicluster/federation/kubeconfig, 3.23). */
export const SECRET_VERBS: readonly string[] = ['get', 'list', 'watch'];

/** The answer for those Secrets of one namespace for which it is the same. */
export interface SecretAccess {
  readonly namespace: string;
  readonly answer: Decision['answer'];
  /** Sorted, each once. */
  readonly secrets: readonly string[];
  readonly remotes: readonly Remote[];
  /** Of the Secret of the first of the remotes. */
  readonly decision: Decision;
  /** The references that make the access necessary; none where it is granted. */
  readonly references: readonly Evidence[];
  /** Why it is refused; null unless the answer is `no`. */
  readonly refusal: Explanation | null;
}

type Asked = { readonly name: string } & Pick<
  Sections,
  'remotes' | 'secrets' | 'roles' | 'clusterRoles' | 'roleBindings' | 'clusterRoleBindings'
>;

/**
 * Typha's access to the referenced Secrets of a cluster, by namespace and answer. References that are incomplete are left out, and so are
 * those to nowhere: that Typha has no access to a namespace without any Secret is a consequence of the wrong reference.
 */
export const secretAccess = memo((cluster: Asked): readonly SecretAccess[] => {
  const { remotes: all, secrets: held } = cluster;
  const authorizer = buildAuthorizer(cluster);
  const inNamespace = new Map<string, Decision | null>();
  /** The answer for all Secrets of a namespace; null where `resourceNames` make it differ by name. */
  const common = (namespace: string, request: AccessRequest): Decision | null => {
    const known = inNamespace.get(namespace);
    if (known !== undefined) return known;
    const bound = authorizer.bindings(TYPHA, namespace);
    const differs = bound.some(
      ({ role }) => role && authorizer.rules(role).some(({ rule }) => rule.resourceNames.length > 0),
    );
    const decision = authorizer.can(TYPHA, request);
    const shared = decision.answer === 'yes' || !differs ? decision : null;
    inNamespace.set(namespace, shared);
    return shared;
  };
  const found = new Map<
    string,
    { readonly decision: Decision; readonly remotes: Remote[]; readonly namespace: string }
  >();
  const needed = new Set<string>();
  for (const remote of all.items) {
    const { access, clusterAccessSecret: reference } = remote;
    if (access.kind === 'no-reference' || access.kind === 'incomplete-reference' || !reference) continue;
    const { namespace, name } = reference;
    if (namespace === null || name === null) continue;
    if (access.kind === 'absent' && !held.namespaces.has(namespace)) continue;
    const request = { verbs: SECRET_VERBS, group: '', resource: 'secrets', namespace };
    const decision = common(namespace, request) ?? authorizer.can(TYPHA, { ...request, name });
    const key = `${namespace} ${decision.answer}`;
    needed.add(namespace);
    const same = found.get(key) ?? { decision, remotes: [], namespace };
    same.remotes.push(remote);
    found.set(key, same);
  }
  return [...found.values()].map(({ namespace, decision, remotes }) => {
    const secrets = [...new Set(remotes.flatMap(({ clusterAccessSecret }) => clusterAccessSecret?.name ?? []))].sort();
    const name = remotes[0]?.clusterAccessSecret?.name ?? '';
    const request = { verbs: decision.missing, group: '', resource: 'secrets', namespace, name };
    const intent = {
      account: TYPHA,
      requests: [request] as const,
      role: SECRET_ROLE,
      binding: SECRET_ROLE,
      isSpare: (other: string) => !needed.has(other),
    };
    return {
      namespace,
      answer: decision.answer,
      secrets,
      remotes,
      decision,
      references: (decision.answer === 'yes' ? [] : remotes).map((remote) =>
        inside(remote, ['spec', 'clusterAccessSecret', 'namespace'], 'the access Secret is in this namespace'),
      ),
      refusal: decision.answer === 'no' ? explain(cluster, authorizer, cluster.name, intent) : null,
    };
  });
});

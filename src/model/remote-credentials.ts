// What a cluster says about itself that a kubeconfig for it can be held against: its account, its token Secrets, its Services. No I/O.

import { type Listed, provesAbsence } from './availability.ts';
import { parseCidr, parseIp } from './cidr.ts';
import type { TokenClaims } from './credentials.ts';
import type { AccountIdentity, Identity } from './identity.ts';
import type { Cluster } from './mesh.ts';
import { buildAuthorizer } from './rbac.ts';
import { at, type Evidence, inside, type Sourced } from './resource.ts';

/** The account of the token as the cluster has it now: the account itself tells it better than its token Secret. */
export function currentAccount({ serviceAccounts }: Identity, claims: TokenClaims): AccountIdentity | null {
  const same = serviceAccounts.filter((a) => a.namespace === claims.namespace && a.name === claims.serviceAccount);
  return same.find((a) => a.uid.ref.kind === 'ServiceAccount') ?? same[0] ?? null;
}

/**
 * The token that the cluster has now in the Secret that this token was minted into, if it is another: the API server holds long-lived
 * tokens against their Secret (kubernetes/kubernetes pkg/serviceaccount/legacy.go, v1.31). A Secret whose token was taken out of the
 * export proves nothing.
 */
export function replacedToken(
  { secrets }: Cluster<'secrets'>,
  claims: TokenClaims,
  tokenFingerprint: string | null,
): Sourced<null> | null {
  const minted = secrets.items.find(({ ref }) => ref.name === claims.secret && ref.namespace === claims.namespace);
  if (!minted?.token?.claims || minted.token.claims.uid !== claims.uid) return null;
  return minted.token.tokenFingerprint === tokenFingerprint ? null : (minted.keys.token ?? null);
}

/** Roles in namespaces grant no access to the whole cluster. */
const NONE: Listed<never> = { items: [], namespaces: new Set(), state: 'missing', why: null };

/**
 * The binding that authorises an account of this name in another namespace, where none authorises the token's own: applying the
 * manifests of 3.21 or later moves the only subject from kube-system to calico-system. Where the account of the token is there and the
 * other is not, the binding is wrong and not the token: null.
 */
export function movedBinding(
  {
    clusterRoles,
    clusterRoleBindings,
    serviceAccounts,
  }: Cluster<'clusterRoles' | 'clusterRoleBindings' | 'serviceAccounts'>,
  { namespace, serviceAccount: name }: TokenClaims,
): Evidence | null {
  if (namespace === null || name === null || clusterRoleBindings.state !== 'complete') return null;
  const authorizer = buildAuthorizer({ clusterRoles, clusterRoleBindings, roles: NONE, roleBindings: NONE });
  const reads = { verbs: ['list'], group: '', resource: 'pods', namespace: null };
  const named = authorizer.bindings({ namespace, name }, null).some(({ binding, subject }) => {
    // Every account is in some groups that may do next to nothing.
    return binding.subjects[subject]?.kind !== 'Group' || authorizer.can({ namespace, name }, reads).proven === 'yes';
  });
  if (named) return null;
  const isThere = (home: string) => serviceAccounts.items.some((a) => a.ref.name === name && a.ref.namespace === home);
  for (const binding of clusterRoleBindings.items) {
    for (const [i, { kind, name: subject, namespace: home }] of binding.subjects.entries()) {
      if (kind !== 'ServiceAccount' || subject !== name || home === null) continue;
      if (isThere(home) || !(isThere(namespace) || provesAbsence(serviceAccounts, home)))
        return inside(binding, ['subjects', i, 'namespace'], `authorises the account in ${home}`);
    }
  }
  return null;
}

/** Where the cluster says that this host is the address of one of its Services, which nothing outside of it reaches. */
export function serviceAddress(
  { services, serviceCIDRs, configMaps }: Cluster<'services' | 'serviceCIDRs' | 'configMaps'>,
  host: string,
): Evidence | null {
  const ip = parseIp(host.replace(/^\[|\]$/g, ''));
  if (ip === null) return null;
  const same = services.items
    .flatMap((s) => s.clusterIPs)
    .find(({ value }) => parseIp(value)?.family === ip.family && parseIp(value)?.first === ip.first);
  if (same) return at(same, 'the address of a Service');
  // The first address of the range is always that of the Service kubernetes (Kubernetes docs, "Service ClusterIP allocation", v1.31).
  const ranges = [
    ...serviceCIDRs.items.flatMap((s) => s.cidrs),
    ...configMaps.items.flatMap((c) => c.identity?.serviceSubnet ?? []),
  ];
  const around = ranges.find((range) =>
    range.value.split(',').some((part) => {
      const cidr = parseCidr(part.trim());
      return cidr?.family === ip.family && cidr.first + 1n === ip.first;
    }),
  );
  return around ? at(around, 'the first address of this range is the Service kubernetes') : null;
}

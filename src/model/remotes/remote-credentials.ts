// What a cluster says about itself that a kubeconfig for it can be held against: its accounts, its token Secrets, its Services. Each
// question is prepared once per cluster, because every other cluster of the mesh asks it. No I/O.

import { buildAuthorizer } from '../access/rbac.ts';
import { type Ip, parseCidr, parseIp } from '../addresses/cidr.ts';
import { type Listed, provesAbsence } from '../availability.ts';
import type { Cluster } from '../mesh.ts';
import { at, type Evidence, inside, type Sourced } from '../resource.ts';
import type { TokenClaims } from './credentials.ts';
import type { AccountIdentity } from './identity.ts';

/** Why a cluster does not accept a token, or does not authorise it. */
export interface TokenFault {
  /**
   * - `unbound`: only an account of the same name in another namespace is authorised.
   * - `recreated`: the account has another UID now.
   * - `replaced`: the Secret that the token was minted into holds another token now.
   */
  readonly kind: 'unbound' | 'recreated' | 'replaced';
  /** Where the cluster says so. */
  readonly place: Evidence;
}

type Bindings = Cluster<'clusterRoles' | 'clusterRoleBindings' | 'serviceAccounts'>;

/** Tells what is wrong with a token for the cluster, as far as its export tells; null when nothing is. */
export function tokenJudge(
  cluster: Bindings & Cluster<'identity' | 'secrets'>,
): (claims: TokenClaims, tokenFingerprint: string | null) => TokenFault | null {
  const accounts = new Map<string, AccountIdentity>();
  // The account itself tells its UID better than its token Secret: it comes last.
  const isAccount = ({ uid }: AccountIdentity) => uid.ref.kind === 'ServiceAccount';
  for (const a of [...cluster.identity.serviceAccounts].sort((x, y) => Number(isAccount(x)) - Number(isAccount(y))))
    accounts.set(`${a.namespace}/${a.name}`, a);
  const minted = new Map(
    cluster.secrets.items.flatMap((s) => (s.token ? [[`${s.ref.namespace}/${s.ref.name}`, s] as const] : [])),
  );
  const moved = new Map<string, Evidence | null>();
  return (claims, tokenFingerprint) => {
    const account = `${claims.namespace}/${claims.serviceAccount}`;
    const known = moved.get(account);
    const binding = known === undefined ? movedBinding(cluster, claims) : known;
    moved.set(account, binding);
    if (binding) return { kind: 'unbound', place: binding };
    const now = accounts.get(account);
    if (now && claims.uid !== null && now.uid.value !== claims.uid)
      return { kind: 'recreated', place: at(now.uid, 'the UID of the account now') };
    // The API server holds long-lived tokens against their Secret (kubernetes/kubernetes pkg/serviceaccount/legacy.go, v1.31). A Secret
    // whose token was taken out of the export proves nothing, and a token that expires was not minted into it.
    const secret = minted.get(`${claims.namespace}/${claims.secret}`);
    const key = secret?.keys.token;
    if (claims.expires !== null || !secret?.token?.claims || secret.token.claims.uid !== claims.uid || !key)
      return null;
    return secret.token.tokenFingerprint === tokenFingerprint
      ? null
      : { kind: 'replaced', place: at(key, 'the token now') };
  };
}

/** Roles in namespaces grant no access to the whole cluster. */
const NONE: Listed<never> = { items: [], namespaces: new Set(), state: 'missing', why: null };

/**
 * The binding that authorises an account of this name in another namespace, where none authorises the token's own: applying the
 * manifests of 3.21 or later moves the only subject from kube-system to calico-system. Where the account of the token is there and the
 * other is not, the binding is wrong and not the token: null.
 */
function movedBinding(
  { clusterRoles, clusterRoleBindings, serviceAccounts }: Bindings,
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

/** Tells where the cluster says that a host is the address of one of its Services, which nothing outside of it reaches. */
export function serviceAddresses({
  services,
  serviceCIDRs,
  configMaps,
}: Cluster<'services' | 'serviceCIDRs' | 'configMaps'>): (host: string) => Evidence | null {
  const key = ({ family, first }: Pick<Ip, 'family' | 'first'>) => `${family} ${first}`;
  const known = new Map<string, Evidence>();
  // The first address of the range is always that of the Service kubernetes (Kubernetes docs, "Service ClusterIP allocation", v1.31).
  const ranges: readonly Sourced<string>[] = [
    ...serviceCIDRs.items.flatMap((s) => s.cidrs),
    ...configMaps.items.flatMap((c) => c.identity?.serviceSubnet ?? []),
  ];
  for (const range of ranges) {
    for (const part of range.value.split(',')) {
      const cidr = parseCidr(part.trim());
      const place = at(range, 'the first address of this range is the Service kubernetes');
      if (cidr) known.set(key({ family: cidr.family, first: cidr.first + 1n }), place);
    }
  }
  for (const address of services.items.flatMap((s) => s.clusterIPs)) {
    const ip = parseIp(address.value);
    if (ip) known.set(key(ip), at(address, 'the address of a Service'));
  }
  return (host) => {
    const ip = parseIp(host.replace(/^\[|\]$/g, ''));
    return ip === null ? null : (known.get(key(ip)) ?? null);
  };
}

// The federation account of a cluster: which ServiceAccount the peers use, what it has to be allowed, and what it is. No I/O.

import { provesAbsence } from './availability.ts';
import type { ObjectFacts } from './facts.ts';
import type { Cluster, Mesh } from './mesh.ts';
import { type AccessRequest, type Account, type Authorizer, buildAuthorizer } from './rbac.ts';
import { mayLeadTo, type Remote, targetOf } from './remotes.ts';
import { type StorageGroup, storageGroup, storageSections } from './storage.ts';
import { isAtLeast } from './version.ts';

/** The name that account, ClusterRole, ClusterRoleBinding and token Secret have in the documentation of all versions. */
export const FEDERATION_NAME = 'tigera-federation-remote-cluster';

/** Sections that say which access the account needs and which it is. */
export const federationSections = [...storageSections, 'services'] as const;

type Section = 'serviceAccounts' | 'clusterRoles' | 'clusterRoleBindings' | 'roles' | 'roleBindings';
/** A mesh as far as federation accounts are judged. */
export type FederationMesh = Mesh<(typeof federationSections)[number] | Section>;
/** A cluster as far as its federation account is judged. */
export type FederationCluster = Cluster<(typeof federationSections)[number] | Section>;

const READ = ['get', 'list', 'watch'];

/**
 * Whether a remote leads to the cluster or might: the clusters of the mesh that need the account. With Calico routing between the
 * clusters all of them do; else those that a remote leads to, and all while one is unbound or not read.
 */
export function needsAccount({ clusters, routing }: FederationMesh, cluster: FederationCluster): boolean {
  if (routing === 'overlay' || clusters.some(({ remotes }) => remotes.state !== 'complete')) return true;
  return clusters.some(({ remotes }) =>
    remotes.items.some(({ leads }) =>
      leads.kind === 'bound' ? leads.cluster === cluster.name : leads.kind !== 'outside',
    ),
  );
}

/** The access that peers need in a cluster. */
export interface NeededAccess {
  /** Without these, endpoints, or in overlay the routes to them, are not synced. */
  readonly always: readonly AccessRequest[];
  /** What the Federated Services Controller of a peer reads. */
  readonly services: readonly AccessRequest[];
  /** Has a peer of the cluster a federated Service? */
  readonly servicesUsed: boolean;
  /** The group of Calico's resources; null when nothing tells it, and `always` asks for the stored v1 one. */
  readonly group: StorageGroup | null;
}

/**
 * What the federation ClusterRole of the documentation grants, less what the mode does not need: nodes, IPAM blocks and IP pools are
 * read for routes only (manifest federation-rem-rbac-kdd.yaml, 3.18 and later; before 3.18 without them).
 */
export function neededAccess({ clusters, routing }: FederationMesh, cluster: FederationCluster): NeededAccess {
  const group = storageGroup(cluster);
  const overlay = routing === 'overlay';
  const ask = (of: string, resources: readonly string[]): AccessRequest[] =>
    resources.map((resource) => ({ verbs: READ, group: of, resource, namespace: null }));
  return {
    always: [
      ...ask('', ['namespaces', 'serviceaccounts', 'pods', ...(overlay ? ['nodes'] : [])]),
      ...ask(group ?? 'crd.projectcalico.org', ['hostendpoints', ...(overlay ? ['ipamblocks', 'ippools'] : [])]),
    ],
    services: ask('', ['services', 'endpoints']),
    servicesUsed: clusters.some(
      ({ name, services }) => name !== cluster.name && services.items.some((service) => service.federated),
    ),
    group,
  };
}

/** A ServiceAccount that peers use, or may use, in a cluster. */
export interface FederationAccount extends Account {
  /** Remotes whose tokens name it: those that lead to the cluster or, for want of these, may lead there. */
  readonly remotes: readonly Remote[];
  readonly presence: 'present' | 'absent' | 'unread';
  readonly object: ObjectFacts | null;
  /** What it lacks for certain, with the verbs that it lacks. */
  readonly refused: readonly AccessRequest[];
  /** How many of the needed requests are granted. */
  readonly granted: number;
  /** What nothing in the input grants, and nothing proves that it is refused. */
  readonly open: readonly AccessRequest[];
  /** `ok`: it is there and may do all. `broken`: something is missing for certain. */
  readonly state: 'ok' | 'open' | 'broken';
}

/** The accounts to judge in a cluster; one of them suffices, or each has to be right. */
export interface FederationAccounts {
  readonly authorizer: Authorizer;
  readonly needed: NeededAccess;
  readonly accounts: readonly FederationAccount[];
  /** True when the documented account is right, whatever tokens say. */
  readonly documentedIsRight: boolean;
  /** The namespace of the account in the documentation of the cluster's version. */
  readonly documentedNamespace: string;
}

/**
 * The accounts that are judged: those that the tokens of the peers name. A foreign name is the affair of the kubeconfig that holds it as
 * long as the documented account is right. Where no token is proven to lead here, the account that is in the best state counts: tokens
 * that may lead here decide which are asked, else the documentation does.
 */
export function federationAccounts(mesh: FederationMesh, cluster: FederationCluster): FederationAccounts {
  const authorizer = buildAuthorizer(cluster);
  const needed = neededAccess(mesh, cluster);
  const judge = (account: Account, remotes: readonly Remote[]) =>
    judgeAccount(cluster, authorizer, needed, account, remotes);
  const peers = [...mesh.clusters].sort((a, b) => (a.name < b.name ? -1 : 1));
  const all = peers.flatMap(({ remotes }) => remotes.items);
  const documentedNamespace = documentedHome(mesh, cluster);
  const documented = [documentedNamespace, documentedNamespace === NEW_HOME ? OLD_HOME : NEW_HOME].map((namespace) =>
    judge({ namespace, name: FEDERATION_NAME }, []),
  );
  const documentedIsRight = documented.some(({ state }) => state === 'ok');
  const certain = named(all.filter((remote) => targetOf(remote) === cluster.name)).map((each) =>
    judge(each, each.remotes),
  );
  const possible = named(all.filter((remote) => mayLeadTo(remote, cluster.name))).map((each) =>
    judge(each, each.remotes),
  );
  const own = certain.filter(({ name }) => name === FEDERATION_NAME || !documentedIsRight);
  const pool = possible.some(({ name }) => name === FEDERATION_NAME) ? possible : [...documented, ...possible];
  const best = [...(documentedIsRight ? documented : pool)].sort((a, b) => standing(a) - standing(b)).slice(0, 1);
  return { authorizer, needed, accounts: own.length > 0 ? own : best, documentedIsRight, documentedNamespace };
}

/** Up to 3.20 and from 3.21 on (docs, multicluster/federation/kubeconfig; manifests of the same versions). */
const OLD_HOME = 'kube-system';
const NEW_HOME = 'calico-system';

function documentedHome({ text }: FederationMesh, { version }: FederationCluster): string {
  const isNew = version.value ? isAtLeast(version.value, 3, 21) : text === '3.21';
  return isNew ? NEW_HOME : OLD_HOME;
}

/** The accounts that tokens name, each once, in the order of their remotes. */
function named(remotes: readonly Remote[]): readonly (Account & { readonly remotes: readonly Remote[] })[] {
  const found = new Map<string, Account & { readonly remotes: Remote[] }>();
  for (const remote of remotes) {
    const { namespace, serviceAccount: name } = remote.connection?.claims ?? {};
    if (!namespace || !name) continue;
    const account = found.get(`${namespace}/${name}`) ?? { namespace, name, remotes: [] };
    account.remotes.push(remote);
    found.set(`${namespace}/${name}`, account);
  }
  return [...found.values()];
}

/** Lower is better: what is right, then what may be, then what is there, then what is bound. */
function standing({ state, presence, refused, open }: FederationAccount): number {
  const order = { ok: 0, open: 100, broken: 200 }[state];
  return order + (presence === 'present' ? 0 : 50) + Math.min(49, refused.length + open.length);
}

function judgeAccount(
  cluster: FederationCluster,
  authorizer: Authorizer,
  needed: NeededAccess,
  account: Account,
  remotes: readonly Remote[],
): FederationAccount {
  const { serviceAccounts } = cluster;
  const { namespace, name } = account;
  const object = serviceAccounts.items.find(({ ref }) => ref.namespace === namespace && ref.name === name) ?? null;
  const presence = object ? 'present' : provesAbsence(serviceAccounts, namespace) ? 'absent' : 'unread';
  const refused: AccessRequest[] = [];
  const open: AccessRequest[] = [];
  let granted = 0;
  for (const request of [...needed.always, ...(needed.servicesUsed ? needed.services : [])]) {
    const { answer, missing } = authorizer.can(account, request);
    const isCalicos = request.group !== '' && needed.group === null;
    const other = isCalicos ? authorizer.can(account, { ...request, group: 'projectcalico.org' }).answer : answer;
    // While nothing tells which group holds the data, only both together suffice, and only the lack of both is certain.
    if (answer === 'no' && other === 'no') refused.push({ ...request, verbs: missing });
    else if (answer !== 'yes' || other !== 'yes') open.push(request);
    else granted++;
  }
  const state =
    presence === 'absent' || refused.length > 0 ? 'broken' : presence === 'unread' || open.length > 0 ? 'open' : 'ok';
  return { namespace, name, remotes, presence, object, refused, granted, open, state };
}

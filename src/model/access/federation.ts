// The federation account of a cluster: which ServiceAccount the peers use, what it has to be allowed, and what it is. No I/O.

import type { Routing } from '../../requirements.ts';
import { provesAbsence } from '../availability.ts';
import { type Cluster, type Mesh, memo } from '../mesh.ts';
import type { ObjectFacts } from '../objects/facts.ts';
import { type StorageGroup, storageGroup, storageSections } from '../platform/storage.ts';
import { isAtLeast } from '../platform/version.ts';
import type { Remote } from '../remotes/remotes.ts';
import { type AccessRequest, type Account, type Authorizer, buildAuthorizer } from './rbac.ts';

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

/** The access that peers need in a cluster. */
export interface NeededAccess {
  /** Without these, endpoints, or in overlay the routes to them, are not synced. */
  readonly always: readonly AccessRequest[];
  /** What the Federated Services Controller of a peer reads. */
  readonly services: readonly AccessRequest[];
  /** What has to be granted: `always`, and `services` too where a peer of the cluster has a federated Service. */
  readonly all: readonly AccessRequest[];
  /** The group of Calico's resources; null when nothing tells it, and `always` asks for the stored v1 one. */
  readonly group: StorageGroup | null;
}

/**
 * What the federation ClusterRole of the documentation grants, less what the mode does not need: nodes, IPAM blocks and IP pools are
 * read for routes only (manifest federation-rem-rbac-kdd.yaml, 3.18 and later; before 3.18 without them).
 */
function neededAccess(routing: Routing, servicesUsed: boolean, cluster: FederationCluster): NeededAccess {
  const group = storageGroup(cluster);
  const overlay = routing === 'overlay';
  const ask = (of: string, resources: readonly string[]): AccessRequest[] =>
    resources.map((resource) => ({ verbs: READ, group: of, resource, namespace: null }));
  const always = [
    ...ask('', ['namespaces', 'serviceaccounts', 'pods', ...(overlay ? ['nodes'] : [])]),
    ...ask(group ?? 'crd.projectcalico.org', ['hostendpoints', ...(overlay ? ['ipamblocks', 'ippools'] : [])]),
  ];
  const services = ask('', ['services', 'endpoints']);
  return { always, services, all: servicesUsed ? [...always, ...services] : always, group };
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

/** The accounts to judge in a cluster: each of them has to be right. */
export interface FederationAccounts {
  readonly authorizer: Authorizer;
  readonly needed: NeededAccess;
  readonly accounts: readonly FederationAccount[];
  /** The namespace of the account in the documentation of the cluster's version. */
  readonly documentedNamespace: string;
}

/**
 * Which clusters need a federation account. With Calico routing between the clusters every one does, else those that a remote leads to,
 * and all while a remote is unbound or not read.
 */
export function accountNeeds({ clusters, routing }: Mesh<'remotes'>): (cluster: Cluster) => boolean {
  const leads = clusters.flatMap(({ remotes }) => remotes.items.map((remote) => remote.leads));
  const isOpen = clusters.some(({ remotes }) => remotes.state !== 'complete');
  if (routing === 'overlay' || isOpen || leads.some(({ kind }) => kind !== 'bound' && kind !== 'outside'))
    return () => true;
  const targets = new Set(leads.flatMap((lead) => (lead.kind === 'bound' ? [lead.cluster] : [])));
  return ({ name }) => targets.has(name);
}

/**
 * Finds the accounts of each cluster; null for a cluster that needs none.
 *
 * Where the documented account is right, a token that names another one is the affair of the kubeconfig that holds it. Else the accounts
 * that are judged are those that the tokens of the peers name. Where no token is proven to lead to the cluster, the account that is in the best state
 * counts: tokens that may lead there say which are asked, else the documentation does.
 */
export const federationAccounts = memo((mesh: FederationMesh) => {
  const { bound, possible } = survey(mesh);
  const isNeeded = accountNeeds(mesh);
  const federating = mesh.clusters.filter(({ services }) => services.items.some((service) => service.federated));
  return memo((cluster: FederationCluster): FederationAccounts | null => {
    const { name } = cluster;
    if (!isNeeded(cluster)) return null;
    const leading = bound.get(name) ?? [];
    const authorizer = buildAuthorizer(cluster);
    const servicesUsed = federating.some((other) => other.name !== name);
    const needed = neededAccess(mesh.routing, servicesUsed, cluster);
    const judge = (account: NamedAccount) => judgeAccount(cluster, authorizer, needed, account);
    const documentedNamespace = documentedHome(mesh, cluster);
    const documented = [documentedNamespace, documentedNamespace === NEW_HOME ? OLD_HOME : NEW_HOME].map((namespace) =>
      judge({ namespace, name: FEDERATION_NAME, remotes: [] }),
    );
    const isRight = documented.some(({ state }) => state === 'ok');
    const mayBeRight = documented.some(
      ({ presence, granted }) => presence !== 'absent' && granted === needed.all.length,
    );
    const plausible = (named: readonly NamedAccount[]) =>
      named
        .map(judge)
        .filter(({ name: called, state, presence }) =>
          isRight
            ? state === 'ok' && called === FEDERATION_NAME
            : state !== 'broken' || presence === 'present' || !mayBeRight,
        );
    const certain = plausible(namedBy(leading));
    const rumoured = plausible(
      possible.filter(({ candidates }) => candidates.has(name)).flatMap(({ accounts }) => accounts),
    );
    const isNamed = rumoured.some((account) => account.name === FEDERATION_NAME);
    const [best] = [...(isNamed ? [] : documented), ...rumoured].sort((x, y) => standing(x) - standing(y));
    const accounts = certain.length > 0 ? certain : best ? [best] : [];
    return { authorizer, needed, accounts, documentedNamespace };
  });
});

type NamedAccount = Account & { readonly remotes: readonly Remote[] };

/** Which remotes lead where, and the accounts that the tokens of those name of which that is not told. */
function survey({ clusters }: FederationMesh) {
  const bound = new Map<string, Remote[]>();
  const undecided = new Map<ReadonlySet<string>, Remote[]>();
  for (const { remotes } of [...clusters].sort((x, y) => (x.name < y.name ? -1 : 1))) {
    for (const remote of remotes.items) {
      const { leads } = remote;
      if (leads.kind === 'outside') continue;
      if (leads.kind === 'bound') append(bound, leads.cluster, remote);
      else append(undecided, leads.candidates, remote);
    }
  }
  const possible = [...undecided].map(([candidates, remotes]) => ({ candidates, accounts: namedBy(remotes) }));
  return { bound, possible };
}

/** Up to 3.20 and from 3.21 on (docs, multicluster/federation/kubeconfig; manifests of the same versions). */
const OLD_HOME = 'kube-system';
const NEW_HOME = 'calico-system';

function documentedHome({ text }: FederationMesh, { version }: FederationCluster): string {
  const isNew = version.value ? isAtLeast(version.value, 3, 21) : text === '3.21';
  return isNew ? NEW_HOME : OLD_HOME;
}

function append<K>(map: Map<K, Remote[]>, key: K, remote: Remote): void {
  const found = map.get(key);
  if (found) found.push(remote);
  else map.set(key, [remote]);
}

/** The accounts that tokens name, each once, in the order of their remotes. */
function namedBy(remotes: readonly Remote[]): readonly NamedAccount[] {
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
  account: NamedAccount,
): FederationAccount {
  const { serviceAccounts } = cluster;
  const { namespace, name, remotes } = account;
  const object = serviceAccounts.items.find(({ ref }) => ref.namespace === namespace && ref.name === name) ?? null;
  const presence = object ? 'present' : provesAbsence(serviceAccounts, namespace) ? 'absent' : 'unread';
  const refused: AccessRequest[] = [];
  const open: AccessRequest[] = [];
  let granted = 0;
  for (const request of needed.all) {
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

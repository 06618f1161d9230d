// The rule API: all that a rule may import. A rule declares what it needs, looks at a mesh and yields outcomes; it cannot do I/O.

import type { OpenQuestion } from './model/felix/alignment.ts';
import type { Repair } from './model/felix/repair.ts';
import type { Cluster, Mesh, Section } from './model/mesh.ts';
import { getSecret, references, type UnreadSecrets } from './model/remotes/remotes.ts';
import type { Evidence, ObjectRef } from './model/resource.ts';
import { shell } from './model/wording.ts';
import type { RequirementId, Routing } from './requirements.ts';

export * from './model/access/federation.ts';
export * from './model/access/federation-faults.ts';
export * from './model/access/rbac.ts';
export * from './model/access/refusal.ts';
export * from './model/access/secret-access.ts';
export * from './model/addresses/cidr.ts';
export * from './model/addresses/nat.ts';
export * from './model/addresses/nodes.ts';
export * from './model/addresses/overlays.ts';
export * from './model/addresses/pod-cidrs.ts';
export * from './model/addresses/pools.ts';
export * from './model/addresses/selector.ts';
export * from './model/availability.ts';
export * from './model/felix/alignment.ts';
export * from './model/felix/external-nodes.ts';
export * from './model/felix/felix.ts';
export * from './model/felix/observed-mtu.ts';
export * from './model/felix/vxlan-enabled.ts';
export * from './model/felix/weaknesses.ts';
export * from './model/felix/wireguard-hosts.ts';
export type { Cluster, Mesh, Section, Sections, Text, Use } from './model/mesh.ts';
export type * from './model/objects/facts.ts';
export * from './model/platform/cni.ts';
export * from './model/platform/data-plane.ts';
export * from './model/platform/storage.ts';
export * from './model/platform/version.ts';
export type * from './model/remotes/credentials.ts';
export * from './model/remotes/peering.ts';
export * from './model/remotes/remote-credentials.ts';
export * from './model/remotes/remotes.ts';
export type { Evidence, ObjectRef, Path, Sourced } from './model/resource.ts';
export { absent, at, inside, pathText } from './model/resource.ts';
export * from './model/wording.ts';
export type { RequirementId, Routing } from './requirements.ts';

/** Worst first. */
export type Verdict = 'fail' | 'unknown' | 'warn' | 'pass' | 'not-applicable';
/** `error` fails, `warning` warns; a `note` changes no verdict. */
export type Severity = 'error' | 'warning' | 'note';

/** Why a verdict is unknown. */
export type Reason = 'missing-input' | 'partial-input' | 'needs-probe' | 'switched-off' | 'rule-failed';

/** How to put it right, or how to settle it. Printed, never run: this program changes no cluster. */
export interface Fix {
  /** What to do, as an imperative sentence without a final period. */
  readonly title: string;
  /** A command to copy; in an unknown outcome it changes no object in the cluster. */
  readonly command?: string;
  /** A merge patch for the object that `evidence[0]` names. */
  readonly patch?: Readonly<Record<string, unknown>>;
}

/**
 * A message text with `{placeholders}`, at most five, no quotes around them. Lower case, one sentence, no final period, names before
 * values. As an object, it also sets a severity other than the rule's.
 */
export type Message = string | { readonly text: string; readonly severity: Severity };
export type Messages = Readonly<Record<string, Message>>;

type TextOf<M extends Message> = M extends string ? M : M extends { readonly text: infer T extends string } ? T : never;
type Placeholder<T extends string> = T extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Placeholder<Rest>
  : never;
export type Data<M extends Message> = { readonly [Name in Placeholder<TextOf<M>>]: string | number };

export interface FindingSpec {
  /** Those that have to change; where the sides are equal, all of them. */
  readonly clusters: readonly string[];
  /** Clusters on the other side of a comparison, if they are not among `clusters`. */
  readonly against?: readonly string[];
  /** The RemoteClusterConfigurations that it concerns, if it concerns some. */
  readonly remotes?: readonly ObjectRef[];
  /** The place to change first, then every other side (at most ten). */
  readonly evidence: readonly [Evidence, ...Evidence[]];
  readonly fix?: Fix;
}

export interface UnknownSpec {
  readonly clusters: readonly string[];
  readonly against?: readonly string[];
  readonly remotes?: readonly ObjectRef[];
  readonly reason: 'missing-input' | 'partial-input' | 'needs-probe';
  readonly evidence?: readonly Evidence[];
  /** Its command settles the question and changes no object in the cluster. */
  readonly fix: Fix & { readonly command: string };
  /** The worst that it leaves possible, if that is not the rule's severity. */
  readonly severity?: Severity;
}

/** The only way to make an outcome, typed by the rule's own messages. */
export interface Say<M extends Messages> {
  pass(clusters: readonly string[]): Outcome;
  notApplicable(clusters: readonly string[]): Outcome;
  /** A violation (error, warning) or a note; which of them is the message's severity. */
  finding<K extends keyof M & string>(message: K, data: Data<M[K]>, spec: FindingSpec): Outcome;
  /** What was read does not settle it. */
  unknown<K extends keyof M & string>(message: K, data: Data<M[K]>, spec: UnknownSpec): Outcome;
  /**
   * A section that is needed in this case only (not listed in `needs`) is not complete: unknown, with the standard text and command.
   * The section must be among the rule's `evidence`.
   */
  missing(cluster: string, section: Section, about?: { readonly remotes?: readonly ObjectRef[] }): Outcome;
}

export interface Outcome {
  readonly verdict: Verdict | 'note';
  readonly severity: Severity | null;
  readonly clusters: readonly string[];
  readonly against: readonly string[];
  /** None: it concerns clusters as a whole. */
  readonly remotes: readonly ObjectRef[];
  readonly message: { readonly id: string; readonly data: Readonly<Record<string, string | number>> } | null;
  readonly evidence: readonly Evidence[];
  readonly fix: Fix | null;
  readonly reason: Reason | null;
  /** The section that is missing, for outcomes of `missing`. */
  readonly section: Section | null;
}

/** Where a vendor fact stands: a documentation page or a source file, and the version that was read. */
export interface Source {
  readonly title: string;
  readonly url: string;
  readonly version: string;
  /** True where the vendor does not say it and it was inferred: such findings are warnings at most and say so. */
  readonly inferred?: boolean;
}

export interface Rule<S extends Section = Section, M extends Messages = Messages> {
  /** File name, page, test and SARIF rule id: a short statement of what should hold. Never a requirement's id. */
  readonly id: string;
  /** The rule as a sentence that should be true. */
  readonly title: string;
  readonly requirement: RequirementId;
  /** Narrower than the requirement: the only mode in which the rule speaks. Elsewhere it is not applicable. */
  readonly routing?: Routing;
  /** Of its messages, unless a message says otherwise; also what an unknown leaves possible. */
  readonly severity: Severity;
  /** Does it judge clusters against each other? Then one cluster alone is unknown, never pass. */
  readonly compares: boolean;
  /** Sections without which a cluster cannot pass. The engine turns those that are not complete into unknown. */
  readonly needs: readonly S[];
  /** Sections that it looks at as well; their absence blocks nothing unless the rule says `missing`. */
  readonly evidence?: readonly S[];
  readonly docs: {
    /** What goes wrong in the user's traffic. */
    readonly why: string;
    /** How to put it right, in general. */
    readonly fix: string;
    /** What the rule cannot see. */
    readonly limits?: string;
    /** YAML before and after, or the like. */
    readonly example?: string;
    readonly sources: readonly [Source, ...Source[]];
  };
  readonly messages: M;
  /**
   * Yields at least one outcome for every cluster whose needs are complete; silence is an error, not a pass. It also runs on what was
   * read of clusters whose needs are not: a violation that stands whatever is missing is yielded, everything else is left out.
   */
  check(mesh: Mesh<S>, say: Say<M>): Iterable<Outcome>;
}

/** Types a rule by its own needs and messages: a section that was not declared or a placeholder without data does not compile. */
export function defineRule<const S extends Section, const M extends Messages>(rule: Rule<S, M>): Rule<S, M> {
  return rule;
}

/** The names of clusters, sorted, for messages. */
export function names(clusters: Iterable<Cluster | string>): string {
  const list = [...clusters].map((c) => (typeof c === 'string' ? c : c.name)).sort();
  return list.length < 2 ? (list[0] ?? '') : `${list.slice(0, -1).join(', ')} and ${list.at(-1)}`;
}

/** Different texts in their order, for messages: a long list ends in how many more there are. */
export function few(texts: Iterable<string>, most = 3): string {
  const list = [...new Set(texts)];
  return list.length > most + 1 ? `${list.slice(0, most).join(', ')} and ${list.length - most} more` : list.join(', ');
}

/** `kubectl --context CLUSTER …`, the cluster's name quoted for the shell; arguments given as a list are quoted too. */
export function kubectl(cluster: string, args: string | readonly string[]): string {
  return `kubectl --context ${shell(cluster)} ${typeof args === 'string' ? args : args.map(shell).join(' ')}`;
}

/** Prints the lines of the logs of every Typha pod of the clusters that match a pattern of grep -E. */
export function typhaLogs(clusters: readonly string[], pattern: string): string {
  // One pod answers for a Deployment; all of them are asked by label. Many clusters are asked in a loop.
  const logs = 'logs --namespace calico-system -l k8s-app=calico-typha --tail=-1 --prefix --max-log-requests=50';
  if (clusters.length <= 3) {
    return clusters.map((cluster) => `${kubectl(cluster, logs)} | grep -E ${shell(pattern)}`).join('\n');
  }
  const each = `echo "$c:"; kubectl --context "$c" ${logs} | grep -E ${shell(pattern)}`;
  return `for c in ${clusters.map(shell).join(' ')}; do ${each}; done`;
}

/** A repair of Felix settings as a fix to print. */
export function fixOf({ title, cluster, command, patch }: Repair): Fix {
  return { title, ...(command && { command: kubectl(cluster, command) }), ...(patch && { patch }) };
}

/** An open question about Felix settings, with the command that settles it. */
export function settling({ clusters, reason, evidence, settle }: OpenQuestion): UnknownSpec {
  const { title, cluster, command } = settle;
  return { clusters, reason, evidence, fix: { title, command: kubectl(cluster, command) } };
}

/** Secrets that were not read, with the command that gets them, or, where the reader may not see them, that prints what it lacks. */
export function readingSecrets(
  cluster: string,
  { namespace, names: secrets, remotes, refused }: UnreadSecrets,
): UnknownSpec {
  const fix = refused?.startsWith('forbidden')
    ? {
        title: 'grant what this prints, and read them again',
        command: `mesh-preflight rbac --context ${shell(cluster)}`,
      }
    : { title: 'add the Secrets to the input', command: kubectl(cluster, getSecret(namespace, ...secrets)) };
  const refs = remotes.map((r) => r.ref);
  return { clusters: [cluster], remotes: refs, reason: 'missing-input', evidence: references(remotes), fix };
}

/** Writes an access Secret anew from the kubeconfig file PATH, as the documentation does: kubectl encodes it. */
export function writeAccessSecret(cluster: string, { namespace, name }: { namespace: string; name: string }): string {
  const create = `create secret generic ${shell(name)} -n ${shell(namespace)} --from-literal=datastoreType=kubernetes`;
  const rendered = kubectl(cluster, `${create} --from-file=kubeconfig=PATH --dry-run=client -o yaml`);
  return `${rendered} | ${kubectl(cluster, 'apply -f -')}`;
}

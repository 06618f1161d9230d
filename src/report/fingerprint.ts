// The identity of a finding across runs: what it is about, never where it stands or what value was found; and, apart from it, what was
// found. Pure.

import { createHash } from 'node:crypto';
import type { Outcome } from '../rule.ts';
import type { Finding } from './report.ts';

/** One side of a finding. */
export interface Subject {
  readonly rule: string;
  readonly cluster: string;
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string | null;
  readonly name: string;
  /** As in the JSON report. */
  readonly path: string;
  /** What tells findings apart that one rule makes of one place: `discriminatorsOf`. */
  readonly discriminators: readonly string[];
}

/** What messages call by a name that no value changes. Lists of names are not among them: one that grows leaves the finding what it is. */
const NAMES = ['parameter', 'account', 'family', 'fault'] as const;

/**
 * What tells findings apart that one rule makes of one place: the message, the one remote, names in the message, the item of a list, and
 * the other cluster where a finding is about two. One against many, or many against each other, is the same finding when one more joins.
 */
export function discriminatorsOf({ message, remotes, clusters, against, evidence, verdict }: Outcome): string[] {
  const data = message?.data ?? {};
  const named = NAMES.flatMap((name) => (data[name] === undefined ? [] : [`${name}=${data[name]}`]));
  const [subject] = evidence;
  const item = subject?.item === undefined ? [] : [`item=${subject.item}`];
  const others = [...clusters, ...against].filter((name) => name !== subject?.ref.cluster);
  // A setting is held against that of everybody, however many that are; what nobody can tell of several is one question.
  const isOfTwo = data.parameter === undefined && remotes.length === 0 && (verdict !== 'unknown' || against.length > 0);
  const other = isOfTwo && subject && others.length === 1 ? [`other=${others[0]}`] : [];
  return [message?.id ?? '', remotes.length === 1 ? (remotes[0]?.name ?? '') : '', ...named, ...item, ...other];
}

/**
 * 32 hex digits. The API's version does not count, nor does the place in a list: re-exports and shuffled lists keep the identity.
 */
export function fingerprint(subject: Subject): string {
  return digest(['v1', subject.rule, ...placeOf(subject), ...subject.discriminators]);
}

/**
 * 32 hex digits of what was found: the values in the text and the objects on all sides. A finding that keeps its identity and loses this
 * has changed.
 */
export function evidencePrint({ message, evidence }: Pick<Finding, 'message' | 'evidence'>): string {
  return digest(['v1', message.id, Object.entries(message.data).sort(), sidesOf({ evidence })]);
}

/** The places that a finding shows, sorted. */
export function sidesOf({ evidence }: Pick<Finding, 'evidence'>): readonly string[] {
  return evidence.map((each) => JSON.stringify(placeOf(each))).sort();
}

/** Where a field is, whatever file holds it and in whatever order. */
function placeOf(at: Pick<Subject, 'cluster' | 'apiVersion' | 'kind' | 'namespace' | 'name' | 'path'>): string[] {
  const group = at.apiVersion.includes('/') ? at.apiVersion.slice(0, at.apiVersion.indexOf('/')) : '';
  // Calico's objects are served by two groups; which of them was exported makes no other finding.
  const stable = group === 'crd.projectcalico.org' ? 'projectcalico.org' : group;
  return [at.cluster, `${stable}/${at.kind}`, at.namespace ?? '', at.name, at.path.replace(/\[\d+\]/g, '[]')];
}

function digest(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 32);
}

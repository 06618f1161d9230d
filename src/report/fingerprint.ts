// The identity of a finding across runs: what it is about, never where it stands or what value was found; and, apart from it, what was
// found. Pure.

import { createHash } from 'node:crypto';
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
  /** What tells findings apart that one rule makes of one field: the message, a remote's name. */
  readonly discriminators: readonly string[];
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
  const sides = evidence.map((each) => JSON.stringify(placeOf(each))).sort();
  return digest(['v1', message.id, Object.entries(message.data).sort(), sides]);
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

// The identity of a finding across runs: what it is about, never where it stands or what value was found. Pure.

import { createHash } from 'node:crypto';

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
  const group = subject.apiVersion.includes('/') ? subject.apiVersion.slice(0, subject.apiVersion.indexOf('/')) : '';
  // Calico's objects are served by two groups; which of them was exported makes no other finding.
  const stable = group === 'crd.projectcalico.org' ? 'projectcalico.org' : group;
  const identity = [
    'v1',
    subject.rule,
    subject.cluster,
    `${stable}/${subject.kind}`,
    subject.namespace ?? '',
    subject.name,
    subject.path.replace(/\[\d+\]/g, '[]'),
    ...subject.discriminators,
  ];
  return createHash('sha256').update(JSON.stringify(identity)).digest('hex').slice(0, 32);
}

// What is said of suppressions themselves. These are no rules of the mesh: their findings are notes of the requirement that was suppressed.

/** What a rule is to those who read of it; without what it judges, and by which document. */
export interface Audit {
  readonly id: string;
  /** As a sentence that should be true. */
  readonly title: string;
  readonly severity: 'note';
  readonly docs: { readonly why: string; readonly fix: string };
  /** As findings say it. */
  readonly fix: string;
  readonly message: { readonly id: string; readonly text: string };
}

const unused: Audit = {
  id: 'unused-suppression',
  title: 'Every suppression suppresses something',
  severity: 'note',
  docs: {
    why: 'What was accepted is no longer found: it was put right, or the suppression never met it, as its rule, clusters, object, field or place is another. One that is left standing hides the finding when it comes back.',
    fix: 'Take the comment, the annotation or the entry of the configuration away, or make it say what the finding says: the JSON report has its rule, clusters, object and path.',
  },
  fix: 'take it away',
  message: { id: 'unused', text: 'the {by} that suppresses {rule} suppresses nothing' },
};

const expired: Audit = {
  id: 'expired-suppression',
  title: 'No suppression has ended',
  severity: 'note',
  docs: {
    why: 'The last day on which the finding was accepted is over, so it counts again. The day is one in UTC.',
    fix: 'Put right what was accepted for a time, or give it another day.',
  },
  fix: 'mend what it suppressed, or give it another day',
  message: { id: 'expired', text: 'the {by} that suppresses {rule} ended on {until}' },
};

const reasonless: Audit = {
  id: 'suppression-without-reason',
  title: 'Every suppression says why',
  severity: 'note',
  docs: {
    why: 'Nobody can tell later whether what was accepted still is, unless it is said why. Without a reason nothing is suppressed.',
    fix: 'Write the reason after the rule: # mesh-preflight: ignore[RULE] REASON, or as the value of the annotation.',
  },
  fix: 'say why',
  message: { id: 'reasonless', text: 'the {by} that suppresses {rule} gives no reason, so it does not count' },
};

export const AUDITS = { unused, expired, reasonless } as const;

/** Sorted by id. */
export const audits: readonly Audit[] = [expired, reasonless, unused];

// What verdicts are called where people read them. Pure.

import type { RequirementClass } from '../requirements.ts';
import type { Verdict } from '../rule.ts';
import { QUESTION } from './questions.ts';
import type { Finding, RunVerdict } from './report.ts';

export const VERDICT: Readonly<Record<Verdict, string>> = {
  pass: 'pass',
  fail: 'fail',
  warn: 'warning',
  unknown: 'undecided',
  'not-applicable': 'not applicable',
};

export const RUN: Readonly<Record<RunVerdict, string>> = {
  ready: 'ready',
  'not-ready': 'not ready',
  'not-proven': 'not proven',
};

/** What a finding is called, and painted as. */
export const FINDING = { fail: 'error', warn: 'warning', unknown: 'undecided', note: 'note' } as const;

/** `error`, `warning`, `note`; of an unknown it tells what kind of question it is. */
export function wordOf({ verdict }: Pick<Finding, 'verdict'>, of: RequirementClass): string {
  return verdict === 'unknown' ? QUESTION[of] : FINDING[verdict];
}

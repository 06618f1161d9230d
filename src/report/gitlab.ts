// The report as Code Quality of GitLab, for its merge requests. Reads the View only.

import { anchor, fileOf } from './anchor.ts';
import { addressOf } from './frame.ts';
import type { Finding, View } from './report.ts';
import { placeOfObject } from './sarif-place.ts';
import { sanitise } from './terminal.ts';

/** https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format (GitLab 18). */
interface Issue {
  readonly description: string;
  readonly check_name: string;
  /** Issues of one fingerprint are shown as one. */
  readonly fingerprint: string;
  readonly severity: 'info' | 'minor' | 'major' | 'critical' | 'blocker';
  /** From the root of the repository, without `./`. Required. */
  readonly location: { readonly path: string; readonly lines: { readonly begin: number } };
}

const SEVERITY = { fail: 'critical', warn: 'major', note: 'minor' } as const;

/** What was found. What is undecided is a fault of no line, and is left to the exit code, as in SARIF. */
export function gitlab(view: View): string {
  const issues = view.report.findings.flatMap((finding) => issueOf(finding, view) ?? []);
  return `${JSON.stringify(issues, null, 2)}\n`;
}

function issueOf(finding: Finding, view: View): Issue | null {
  const { verdict, rule, message, evidence, fingerprint, suppressed } = finding;
  const [subject] = evidence;
  // A rule cannot state a violation without evidence (FindingSpec).
  if (verdict === 'unknown' || suppressed !== null || !subject) return null;
  const shown = anchor(finding, view);
  const other = shown?.means === 'evidence' ? evidence.find((one) => one !== shown.at) : subject;
  return {
    description: `${sanitise(message.text)}${other ? ` (see ${addressOf(other, sanitise)})` : ''}`,
    check_name: rule,
    fingerprint,
    severity: SEVERITY[verdict],
    location: {
      // An object of a live cluster is in no file; what stands for it is what stands for it in SARIF.
      path: shown ? sanitise(fileOf(shown)).replace(/^(\.\/)+/, '') : placeOfObject(subject).uri,
      lines: { begin: shown?.at.location.line ?? 1 },
    },
  };
}

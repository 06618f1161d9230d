// The place in a file at which a finding is shown, by formats that need one. Pure.

import type { Excerpt, Finding, Location, ReportEvidence, View } from './report.ts';

/** A piece of evidence that has a location. */
export type Shown = ReportEvidence & { readonly location: Location };

/**
 * - `evidence`: a piece of evidence, the first that has a location. That is the place to change, unless the object to change is missing:
 *   then it is what makes the object necessary.
 * - `first-file`: nothing of the finding is in a file; the start of its cluster's first file stands for it. The text has to say so.
 */
export interface Anchor {
  readonly at: Shown;
  readonly excerpt: Excerpt | null;
  readonly means: 'evidence' | 'first-file';
}

/** Null when the cluster of the finding has no file at all. */
export function anchor(finding: Finding, view: Pick<View, 'excerpt' | 'firstFile'>): Anchor | null {
  const located = finding.evidence.find(isShown);
  if (located) return { at: located, excerpt: view.excerpt(located), means: 'evidence' };
  const [subject] = finding.evidence;
  const first = subject ? view.firstFile(subject.cluster) : null;
  if (!subject || !first) return null;
  return { at: { ...subject, location: first.location }, excerpt: first.excerpt, means: 'first-file' };
}

/** Its file, from the root of the repository where it is in one; not percent-encoded. */
export function fileOf({ at, excerpt }: Anchor): string {
  return excerpt?.repositoryUri ?? at.location.uri;
}

export function isShown(evidence: ReportEvidence): evidence is Shown {
  return evidence.location !== undefined;
}

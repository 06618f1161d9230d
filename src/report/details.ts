// What a finding tells beside its sentence, as lines of plain text, for formats that carry text and nothing else. Pure.

import { objectOf, placeOf } from './frame.ts';
import type { Finding, ReportEvidence } from './report.ts';
import { copyable, sanitise } from './terminal.ts';

/** `east/ippools.yaml:6:9: IPPool pods of east, spec.cidr (10.48.0.0/16)`; without the file where there is none. */
export function placeLine(evidence: ReportEvidence): string {
  const { cluster, path, note } = evidence;
  const at = placeOf(evidence, sanitise);
  const object = `${objectOf(evidence, sanitise)} of ${sanitise(cluster)}`;
  const field = path === '' ? '' : `, ${sanitise(path)}`;
  return `${at === null ? '' : `${at}: `}${object}${field}${note === '' ? '' : ` (${sanitise(note)})`}`;
}

/** `fix: …`, or for what is undecided `settle: …`, and the command. */
export function fixLines({ fix, verdict }: Finding): string[] {
  if (fix === null) return [];
  const label = verdict === 'unknown' ? 'settle' : 'fix';
  return [`${label}: ${sanitise(fix.title)}`, ...(fix.command === undefined ? [] : copyable(fix.command))];
}

/** Places, fix and command, with a blank line between them. */
export function details(finding: Finding): string[] {
  const parts = [finding.evidence.map(placeLine), fixLines(finding)].filter((lines) => lines.length > 0);
  return parts.flatMap((lines, i) => (i === 0 ? lines : ['', ...lines]));
}

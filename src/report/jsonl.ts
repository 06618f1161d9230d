// The report as JSON Lines, for log shippers and line-wise tools. Reads the View only.

import type { View } from './report.ts';

/**
 * One object a line, each with a `type`: every `finding`, then every `requirement` and `problem`, all as in the JSON report, and at the
 * end one `summary`, so that whoever has read it has read all.
 */
export function* jsonl({ report }: View): Generator<string> {
  const { schemaVersion, tool, verdict, mesh, clusters, counts } = report;
  for (const finding of report.findings) yield line({ type: 'finding', ...finding });
  for (const requirement of report.requirements) yield line({ type: 'requirement', ...requirement });
  for (const problem of report.problems) yield line({ type: 'problem', ...problem });
  yield line({
    type: 'summary',
    schemaVersion,
    tool,
    verdict,
    mesh,
    clusters: clusters.map(({ name }) => name),
    counts,
  });
}

/** Some readers break lines at characters that JSON leaves as they are. */
function line(value: object): string {
  const text = JSON.stringify(value).replace(
    /[\u007f-\u009f\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return `${text}\n`;
}

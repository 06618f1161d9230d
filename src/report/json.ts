// The JSON report: the shape of schemas/report.schema.json. Pure.

import type { View } from './report.ts';

/** The whole report; nothing is left out but excerpts. */
export function json({ report }: View): string {
  return `${JSON.stringify(report, null, 2)}\n`;
}

// The formats of `-o`: name → reporter. The table's module is loaded when it is asked for: nothing else wants its libraries.

import { concise } from './concise.ts';
import { dot } from './dot.ts';
import { github } from './github.ts';
import { gitlab } from './gitlab.ts';
import { json } from './json.ts';
import { jsonl } from './jsonl.ts';
import { junit } from './junit.ts';
import { markdown } from './markdown.ts';
import { mermaid } from './mermaid.ts';
import { openreports, policyreport } from './openreports.ts';
import type { View } from './report.ts';
import { type SarifOptions, sarif } from './sarif.ts';
import type { TextOptions } from './terminal.ts';

/** What formats have to know beside the report. */
export interface ReportOptions extends TextOptions {
  readonly sarif?: SarifOptions;
}

/** Long reports come in pieces. */
type Text = string | Iterable<string>;
type Reporter = (view: View, options: ReportOptions) => Text | Promise<Text>;

const formats: Readonly<Record<string, Reporter>> = {
  table: async (view, options) => (await import('./table.ts')).table(view, options),
  concise,
  json,
  jsonl,
  sarif: (view, options) => sarif(view, options.sarif),
  junit,
  markdown,
  github,
  gitlab,
  openreports,
  policyreport,
  mermaid,
  dot,
  html: async (view, options) => (await import('./html/html.ts')).html(view, options),
};

export const reporters = {
  names: Object.keys(formats),
  has: (format: string): boolean => Object.hasOwn(formats, format),
  /** The report as text, ending in a line break. */
  render: async (format: string, view: View, options: ReportOptions): Promise<string> => {
    const reporter = formats[format];
    if (!reporter) throw new Error(`no format ${format}`);
    const text = await reporter(view, options);
    return typeof text === 'string' ? text : [...text].join('');
  },
};

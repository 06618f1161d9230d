// The formats of `-o`: name → reporter. Each is loaded when it is asked for: no run wants them all.

import type { View } from './report.ts';
import type { SarifOptions } from './sarif.ts';
import type { TextOptions } from './terminal.ts';

/** What formats have to know beside the report. */
export interface ReportOptions extends TextOptions {
  readonly sarif?: SarifOptions;
}

/** Long reports come in pieces. */
type Text = string | Iterable<string>;
type Reporter = (view: View, options: ReportOptions) => Text;

const formats: Readonly<Record<string, () => Promise<Reporter>>> = {
  table: async () => (await import('./table.ts')).table,
  concise: async () => (await import('./concise.ts')).concise,
  json: async () => (await import('./json.ts')).json,
  jsonl: async () => (await import('./jsonl.ts')).jsonl,
  sarif: async () => {
    const { sarif } = await import('./sarif.ts');
    return (view, options) => sarif(view, options.sarif);
  },
  html: async () => (await import('./html/html.ts')).html,
  junit: async () => (await import('./junit.ts')).junit,
  markdown: async () => (await import('./markdown.ts')).markdown,
  github: async () => (await import('./github.ts')).github,
  gitlab: async () => (await import('./gitlab.ts')).gitlab,
  openreports: async () => (await import('./openreports.ts')).openreports,
  policyreport: async () => (await import('./openreports.ts')).policyreport,
  mermaid: async () => (await import('./mermaid.ts')).mermaid,
  dot: async () => (await import('./dot.ts')).dot,
};

export const reporters = {
  names: Object.keys(formats),
  has: (format: string): boolean => Object.hasOwn(formats, format),
  /** The report as text, ending in a line break. */
  render: async (format: string, view: View, options: ReportOptions): Promise<string> => {
    const load = formats[format];
    if (!load) throw new Error(`no format ${format}`);
    const text = (await load())(view, options);
    return typeof text === 'string' ? text : [...text].join('');
  },
};

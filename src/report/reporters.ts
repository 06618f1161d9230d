// The formats of `-o`: name → reporter. What few runs want is loaded when it is asked for: a page and a table by themselves, all others together,
// because a file costs more than what is in it.

import { json } from './json.ts';
import type { View } from './report.ts';
import type { SarifOptions } from './sarif.ts';
import type { TextOptions } from './terminal.ts';

/** What formats have to know beside the report. */
export interface ReportOptions extends TextOptions {
  readonly sarif?: SarifOptions;
  /** `openreports` as ClusterPolicyReports of wgpolicyk8s.io, its predecessor. */
  readonly policyReport?: boolean;
}

/** Long reports come in pieces. */
type Text = string | Iterable<string>;
type Reporter = (view: View, options: ReportOptions) => Text;

const others = () => import('./formats.ts');

const formats: Readonly<Record<string, () => Reporter | Promise<Reporter>>> = {
  table: async () => (await import('./table.ts')).table,
  concise: async () => (await others()).concise,
  json: () => json,
  jsonl: async () => (await others()).jsonl,
  sarif: async () => {
    const { sarif } = await others();
    return (view, options) => sarif(view, options.sarif);
  },
  html: async () => (await import('./html/html.ts')).html,
  junit: async () => (await others()).junit,
  markdown: async () => (await others()).markdown,
  github: async () => (await others()).github,
  gitlab: async () => (await others()).gitlab,
  openreports: async () => {
    const { openreports, policyreport } = await others();
    return (view, options) => (options.policyReport ? policyreport : openreports)(view);
  },
  mermaid: async () => (await others()).mermaid,
  dot: async () => (await others()).dot,
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

// The formats of `-o`: name → reporter. A reporter's module is loaded when its format is asked for.

import type { View } from './report.ts';
import type { SarifOptions } from './sarif.ts';
import type { TextOptions } from './terminal.ts';

/** What formats have to know beside the report. */
export interface ReportOptions extends TextOptions {
  readonly sarif?: SarifOptions;
}

/** Long reports come in pieces. */
type Reporter = (view: View, options: ReportOptions) => Promise<string | Iterable<string>>;

const formats: Readonly<Record<string, Reporter>> = {
  table: async (view, options) => (await import('./table.ts')).table(view, options),
  concise: async (view, options) => (await import('./concise.ts')).concise(view, options),
  json: async (view) => (await import('./json.ts')).json(view),
  sarif: async (view, { sarif }) => (await import('./sarif.ts')).sarif(view, sarif),
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

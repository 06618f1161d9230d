// The formats of `-o`: name → reporter. A reporter's module is loaded when its format is asked for.

import type { View } from './report.ts';
import type { TextOptions } from './terminal.ts';

/** Long reports come in pieces. */
type Reporter = (view: View, options: TextOptions) => Promise<string | Iterable<string>>;

const formats: Readonly<Record<string, Reporter>> = {
  table: async (view, options) => (await import('./table.ts')).table(view, options),
  concise: async (view, options) => (await import('./concise.ts')).concise(view, options),
  json: async (view) => (await import('./json.ts')).json(view),
  sarif: async (view) => (await import('./sarif.ts')).sarif(view),
};

export const reporters = {
  names: Object.keys(formats),
  has: (format: string): boolean => Object.hasOwn(formats, format),
  /** The report as text, ending in a line break. */
  render: async (format: string, view: View, options: TextOptions): Promise<string> => {
    const reporter = formats[format];
    if (!reporter) throw new Error(`no format ${format}`);
    const text = await reporter(view, options);
    return typeof text === 'string' ? text : [...text].join('');
  },
};

// One line per finding, for grep, editors and logs. Reads the View only.

import { anchor } from './anchor.ts';
import { addressOf } from './frame.ts';
import type { Finding, View } from './report.ts';
import { copyable, grouped, type Pen, pen, type TextOptions, uncommanded } from './terminal.ts';
import { FINDING, wordOf } from './words.ts';

const ORDER = ['fail', 'warn', 'unknown', 'note'] as const;

/**
 * `PLACE: WORD[RULE] TEXT (see PLACE)`, errors first, then warnings, questions (with their command, if it fits on a line), notes
 * and problems of the input. PLACE is `file:line:column`, of the first evidence that is in a file or else of the first file of the
 * cluster; without any file `cluster/Kind/namespace/name#path`, or the clusters, or `mesh`. Suppressed findings are left out.
 */
export function* concise(view: View, options: TextOptions): Generator<string> {
  const ink = pen(options);
  const classes = new Map(view.report.requirements.map((r) => [r.id, r.class]));
  const tag = (finding: Finding) => {
    const word = wordOf(finding, classes.get(finding.requirement) ?? 'core');
    return ink.paint(FINDING[finding.verdict], `${word}[${ink.clean(finding.rule)}]`);
  };
  const open = view.report.findings.filter((f) => f.suppressed === null);
  for (const verdict of ORDER) {
    const seen = new Map<string, { readonly first: Finding; n: number }>();
    for (const finding of open) {
      if (finding.verdict !== verdict) continue;
      const of = seen.get(finding.rule) ?? { first: finding, n: 0 };
      seen.set(finding.rule, of);
      of.n += 1;
      if (of.n <= options.maxFindings) yield uncommanded(`${line(finding, tag(finding), view, ink)}\n`);
    }
    for (const { first, n } of seen.values()) {
      if (n <= options.maxFindings) continue;
      yield `mesh: ${tag(first)} ${grouped(n - options.maxFindings)} more not shown, -o json holds all\n`;
    }
  }
  for (const { uri, line: at, column, why } of view.report.problems) {
    const place = ink.clean(uri) + (at === null ? '' : `:${at}:${column ?? 1}`);
    yield uncommanded(`${ink.paint('place', place)}: ${ink.paint('warning', 'problem[input]')} ${ink.clean(why)}\n`);
  }
}

function line(finding: Finding, tag: string, view: View, ink: Pen): string {
  const { verdict, message, evidence, clusters, fix } = finding;
  const fallback = clusters.length === 0 ? 'mesh' : ink.clean(clusters.join(','));
  const shown = anchor(finding, view);
  const first = shown?.at ?? evidence[0];
  const at = ink.paint('place', first ? addressOf(first, ink.clean) : fallback);
  const other = shown?.means === 'first-file' ? evidence[0] : evidence.find((one) => one !== first);
  const see = other ? ` (see ${addressOf(other, ink.clean)})` : '';
  const command = verdict === 'unknown' && fix?.command !== undefined ? oneLine(fix.command) : null;
  const settle = command === null ? '' : ` (settle: ${command})`;
  return `${at}: ${tag} ${ink.clean(message.text)}${see}${settle}`;
}

/** A command on one line that does the same; null for a here-document and for lines that hang together otherwise. */
function oneLine(command: string): string | null {
  const lines = copyable(command);
  const apart = lines.every((l) => !l.endsWith('\\') && l.split("'").length % 2 === 1 && l.split('"').length % 2 === 1);
  return lines.length === 1 || (apart && !command.includes('<<')) ? lines.join('; ') : null;
}

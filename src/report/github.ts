// The report as workflow commands of GitHub Actions: annotations beside the changed lines, from standard output alone. Reads the View only.

import { type Anchor, anchor, fileOf } from './anchor.ts';
import { fixLines, placeLine } from './details.ts';
import { blocksOf, placesOf, texts } from './questions.ts';
import type { Finding, ReportEvidence, View } from './report.ts';
import { copyable, count, sanitise } from './terminal.ts';
import { wordOf } from './words.ts';

type Level = 'error' | 'warning' | 'notice';

/** What a command says. */
interface Annotation {
  readonly level: Level;
  /** `error[rule]`. */
  readonly title: string;
  /** As the command takes it. */
  readonly place: Readonly<Record<string, string | number>>;
  readonly lines: readonly string[];
}

/** The runner keeps ten annotations of a level per step (actions/runner at b363739a, ExecutionContext.cs: `_maxIssueCount`). */
const MOST = 10;

/** The places beside its own that an annotation tells. */
const MOST_OTHERS = 3;

/**
 * Up to ten annotations of each level, what was found before what is undecided, and a line that says how many more there are. No line
 * starts with text of the input: whatever does so with `::` is a command to the runner.
 */
export function* github(view: View): Generator<string> {
  const all = annotations(view);
  for (const level of ['error', 'warning', 'notice'] as const) {
    const own = all.filter((annotation) => annotation.level === level);
    for (const annotation of own.slice(0, MOST)) yield command(annotation);
    const more = own.length - MOST;
    if (more > 0) yield `${count(more, `more ${level}`)}, as GitHub shows ${MOST} of a level: -o json holds all\n`;
  }
}

/** What is undecided makes a warning if it counts for the run, and one annotation for all that one command settles. */
function annotations(view: View): Annotation[] {
  const { findings, requirements, problems } = view.report;
  const open = findings.filter(({ suppressed }) => suppressed === null);
  const levels = { fail: 'error', warn: 'warning', note: 'notice' } as const;
  const found = open.flatMap((finding): Annotation[] => {
    const { verdict, rule, message, evidence } = finding;
    if (verdict === 'unknown') return [];
    const shown = shownIn(finding, view);
    const lines = [sanitise(message.text), ...others(evidence, shown), ...fixLines(finding)];
    return [{ level: levels[verdict], title: `${wordOf(finding, 'core')}[${rule}]`, place: placeOf(shown), lines }];
  });
  const undecided = (['core', 'probe', 'advisory'] as const).flatMap((of) => {
    const ids = new Set(requirements.filter((r) => r.class === of).map((r) => r.id));
    const own = open.filter(({ verdict, requirement }) => verdict === 'unknown' && ids.has(requirement));
    return blocksOf(own).map((block): Annotation => {
      const [finding] = block[0].findings;
      const shown = shownIn(finding, view);
      const commands = new Set(block.flatMap(({ findings: [{ fix }] }) => fix?.command ?? []));
      const lines = [
        ...texts(block).map(sanitise),
        ...others(placesOf(block), shown),
        ...fixLines(finding).slice(0, 1),
        ...[...commands].flatMap(copyable),
      ];
      const level = of === 'core' ? 'warning' : 'notice';
      return { level, title: `${wordOf(finding, of)}[${finding.rule}]`, place: placeOf(shown), lines };
    });
  });
  const unread = problems.map(({ uri, line, column, why }): Annotation => {
    const at = line === null ? {} : { line, col: column ?? 1 };
    return { level: 'warning', title: 'problem[input]', place: { file: sanitise(uri), ...at }, lines: [sanitise(why)] };
  });
  return [...found, ...undecided, ...unread];
}

/** The place of a finding, where it has one in a file. */
function shownIn(finding: Finding, view: View): Anchor | null {
  const place = anchor(finding, view);
  return place?.means === 'evidence' ? place : null;
}

/** The runner drops columns of more than one line (ActionCommandManager.cs: ValidateLinesAndColumns). */
function placeOf(shown: Anchor | null): Annotation['place'] {
  if (shown === null) return {};
  const { line, column, endLine, endColumn } = shown.at.location;
  const columns = line === endLine ? { col: column, endColumn } : {};
  return { file: sanitise(fileOf(shown)), line, endLine, ...columns };
}

function others(evidence: readonly ReportEvidence[], shown: Anchor | null): string[] {
  const lines = evidence.map(placeLine).filter((line) => shown === null || line !== placeLine(shown.at));
  const more = lines.length - MOST_OTHERS;
  return [...lines.slice(0, MOST_OTHERS), ...(more > 0 ? [`and ${count(more, 'other place')}`] : [])];
}

/** `::error title=…,file=…,line=…::text`. */
function command({ level, title, place, lines }: Annotation): string {
  const told = Object.entries({ title, ...place }).map(([name, value]) => `${name}=${escapeProperty(String(value))}`);
  return `::${level} ${told.join(',')}::${escapeData(lines.join('\n'))}\n`;
}

/** As @actions/core 1.11 does it (src/command.ts). */
function escapeData(text: string): string {
  return text.replace(/%/g, '%25').replace(/\r/g, '%0D').replace(/\n/g, '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replace(/:/g, '%3A').replace(/,/g, '%2C');
}

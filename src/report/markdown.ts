// The report in Markdown, for the summary of a GitHub job and comments on changes. Reads the View only.

import type { RequirementClass } from '../requirements.ts';
import type { Verdict } from '../rule.ts';
import { objectOf, placeOf } from './frame.ts';
import { blocksOf, OPEN, openOf, placesOf, QUESTION, type Question, texts } from './questions.ts';
import { compareVerdicts, type Finding, type Report, type ReportEvidence, type View, worst } from './report.ts';
import { copyable, count, sanitise } from './terminal.ts';
import { RUN, VERDICT, wordOf } from './words.ts';

/** GitHub takes 1 MiB for the summary of a step, which may hold more than this report, and shows an error instead of what is longer. */
const MOST_BYTES = 900_000;
/** The line that says what was left out fits into this. */
const RESERVE = 1_000;
/** Columns that can be read. Of more clusters, the worst are shown. */
const MOST_COLUMNS = 12;

const SIGN: Readonly<Record<Verdict, string>> = {
  pass: '✅',
  fail: '❌',
  warn: '⚠️',
  unknown: '❔',
  'not-applicable': '➖',
};

const HEADINGS: Readonly<Record<RequirementClass, string>> = {
  core: 'Undecided',
  probe: 'To verify on the network',
  advisory: 'Not checked',
};

const CLASSES = ['core', 'probe', 'advisory'] as const;

/** A part that stays or goes as a whole. */
interface Block {
  readonly text: string;
  /** What it is counted as where it does not fit; a heading is not counted. */
  readonly noun?: string;
  readonly n?: number;
}

/** Errors first. What does not fit is counted at the end. */
export function markdown({ report }: View): string {
  let text = '';
  let bytes = RESERVE;
  const left = new Map<string, number>();
  for (const block of blocks(report)) {
    bytes += Buffer.byteLength(block.text) + 1;
    if (bytes <= MOST_BYTES) text += text === '' ? block.text : `\n${block.text}`;
    else if (block.noun !== undefined) left.set(block.noun, (left.get(block.noun) ?? 0) + (block.n ?? 1));
  }
  if (left.size === 0) return text;
  const told = [...left].map(([noun, n]) => count(n, noun)).join(', ');
  return `${text}\nLeft out, as a summary may not be longer: ${told}. \`-o json\` holds all.\n`;
}

function* blocks(report: Report): Generator<Block> {
  const open = report.findings.filter(({ suppressed }) => suppressed === null);
  yield { text: header(report) };
  const table = matrix(report);
  if (table !== '') yield { text: table, noun: 'table' };
  for (const [verdict, heading] of [
    ['fail', 'Errors'],
    ['warn', 'Warnings'],
  ] as const) {
    yield* section(heading, open, verdict, (finding) => violation(finding, report));
  }
  yield* questions(open, report);
  yield* section('Notes', open, 'note', (finding) => violation(finding, report));
  if (report.problems.length > 0) yield { text: '### Problems of the input\n' };
  for (const { uri, line, column, why } of report.problems) {
    const place = sanitise(uri) + (line === null ? '' : `:${line}:${column ?? 1}`);
    yield { text: `- ${code(place)}: ${prose(why)}\n`, noun: 'problem' };
  }
  const waived = report.findings.filter(({ suppressed }) => suppressed !== null);
  if (waived.length > 0) yield { text: `### Suppressed: ${count(waived.length, 'finding')}\n` };
  for (const { rule, message, suppressed } of waived) {
    const text = `- ${code(rule)} ${prose(message.text)} (reason: ${prose(suppressed?.reason ?? '')})\n`;
    yield { text, noun: 'suppressed finding' };
  }
}

function* section(
  heading: string,
  open: readonly Finding[],
  verdict: Finding['verdict'],
  textOf: (finding: Finding) => string,
): Generator<Block> {
  const own = open.filter((finding) => finding.verdict === verdict);
  if (own.length > 0) yield { text: `### ${heading}\n` };
  const noun = wordOf({ verdict }, 'core');
  for (const finding of own) yield { text: textOf(finding), noun };
}

function header(report: Report): string {
  const { tool, verdict, clusters, mesh, counts } = report;
  const { findings, suppressed } = counts;
  const signs = { ready: SIGN.pass, 'not-ready': SIGN.fail, 'not-proven': SIGN.unknown } as const;
  const how = (fact: 'routing' | 'calicoVersion') => (mesh.inferred.includes(fact) ? ' (inferred)' : '');
  const found = [
    ...(findings.fail > 0 ? [count(findings.fail, 'error')] : []),
    ...(findings.warn > 0 ? [count(findings.warn, 'warning')] : []),
    ...(findings.note > 0 ? [count(findings.note, 'note')] : []),
    ...CLASSES.map((of) => [openOf(report, of), OPEN[of]] as const).flatMap(([n, words]) =>
      n > 0 ? [`${n} ${words}`] : [],
    ),
    ...(suppressed > 0 ? [`${suppressed} suppressed`] : []),
  ];
  const facts = [
    count(clusters.length, 'cluster'),
    mesh.routing + how('routing'),
    mesh.calicoVersion === null
      ? 'version unknown'
      : `Calico Enterprise ${prose(mesh.calicoVersion)}${how('calicoVersion')}`,
  ];
  return `## ${signs[verdict]} ${tool.name}: ${RUN[verdict]}\n\n${[found.join(', ') || 'nothing found', ...facts].join(' · ')}\n`;
}

/** Requirements and clusters, without what applies to none and what only the network settles. */
function matrix({ requirements, clusters }: Report): string {
  const names = clusters.map(({ name }) => name);
  const verdictOf = (row: Report['requirements'][number], name: string) => row.clusters[name] ?? row.verdict;
  const rows = requirements.filter((row) => {
    const verdicts = names.map((name) => verdictOf(row, name));
    return verdicts.some((v) => v !== 'not-applicable' && (row.class !== 'probe' || v !== 'unknown'));
  });
  if (rows.length === 0) return '';
  const ofCluster = new Map(names.map((name) => [name, worst(rows.map((row) => verdictOf(row, name)))]));
  const order = (a: string, b: string) => compareVerdicts(ofCluster.get(a) ?? 'pass', ofCluster.get(b) ?? 'pass');
  const kept = new Set(names.length > MOST_COLUMNS ? [...names].sort(order).slice(0, MOST_COLUMNS) : names);
  const shown = names.filter((name) => kept.has(name));
  const lines = [
    `| requirement | ${shown.map((name) => code(name)).join(' | ')} |`,
    `|---|${shown.map(() => ':-:').join('|')}|`,
    ...rows.map((row) => `| ${code(row.id)} | ${shown.map((name) => SIGN[verdictOf(row, name)]).join(' | ')} |`),
  ];
  const seen = new Set(rows.flatMap((row) => shown.map((name) => verdictOf(row, name))));
  const legend = (Object.keys(SIGN) as Verdict[]).filter((verdict) => seen.has(verdict));
  const more = names.length - shown.length;
  const notes = [
    legend.map((verdict) => `${SIGN[verdict]} ${VERDICT[verdict]}`).join(' · '),
    ...(more > 0 ? [`${count(more, 'cluster')} with no worse verdicts not shown`] : []),
  ];
  return `${lines.join('\n')}\n\n${notes.join('; ')}\n`;
}

function violation(finding: Finding, { requirements }: Report): string {
  const { rule, requirement, message, evidence, fix } = finding;
  const title = requirements.find(({ id }) => id === requirement)?.title ?? requirement;
  const lines = [`**${prose(message.text)}**`, `${code(rule)}: ${prose(title)}`];
  if (evidence.length > 0) lines.push(evidence.map((one) => `- ${place(one)}`).join('\n'));
  if (fix !== null) lines.push(`Fix: ${prose(fix.title)}`, ...fenced(fix.command));
  return `${lines.join('\n\n')}\n`;
}

/** What is open, each question with the command that settles it. */
function* questions(open: readonly Finding[], { requirements }: Report): Generator<Block> {
  for (const of of CLASSES) {
    const ids = new Set(requirements.filter((r) => r.class === of).map((r) => r.id));
    const own = open.filter(({ verdict, requirement }) => verdict === 'unknown' && ids.has(requirement));
    if (own.length === 0) continue;
    yield { text: `### ${HEADINGS[of]}\n` };
    for (const block of blocksOf(own)) {
      const n = block.reduce((sum, { findings }) => sum + findings.length, 0);
      yield { text: question(block), noun: `${QUESTION[of]} finding`, n };
    }
  }
}

function question(block: readonly [Question, ...Question[]]): string {
  const [{ findings, requirements }] = block;
  const [{ fix }] = findings;
  const rules = new Set(block.flatMap((one) => one.findings.map(({ rule }) => rule)));
  const lines = texts(block).map((text) => `**${prose(text)}**`);
  lines.push(`${[...rules].map(code).join(', ')}: leaves ${requirements.map(code).join(', ')} undecided`);
  const places = placesOf(block);
  if (places.length > 0) lines.push(places.map((one) => `- ${place(one)}`).join('\n'));
  const commands = new Set(block.flatMap((one) => one.findings[0].fix?.command ?? []));
  if (fix !== null) lines.push(`Settle: ${prose(fix.title)}`, ...fenced([...commands].join('\n') || undefined));
  return `${lines.join('\n\n')}\n`;
}

function place(evidence: ReportEvidence): string {
  const { cluster, path, note } = evidence;
  const at = placeOf(evidence, sanitise);
  const object = `${code(objectOf(evidence, sanitise))} of ${code(cluster)}`;
  const parts = [object, ...(path === '' ? [] : [code(path)])].join(', ');
  return `${at === null ? '' : `${code(at)} `}${parts}${note === '' ? '' : `: ${prose(note)}`}`;
}

/** A block that nothing in it can end. */
function fenced(command: string | undefined): string[] {
  if (command === undefined) return [];
  const text = copyable(command).join('\n');
  const longest = Math.max(0, ...(text.match(/`+/g) ?? []).map(({ length }) => length));
  const fence = '`'.repeat(Math.max(3, longest + 1));
  return [`${fence}sh\n${text}\n${fence}`];
}

/**
 * What Markdown, or GitHub and GitLab after it, could take for more than text: markup, HTML, tables, mathematics, mentions, references,
 * addresses of the web, and `:100:`, which is an emoji inside of fd00:100::1.
 */
const MEANT = /[\\`*_{}[\]<>#|~&$@^]|:.|:\/\/|www\.|\bgh-\d/i;

/** A sentence; words that could be taken for more are code, where nothing is. */
function prose(text: string): string {
  return sanitise(text)
    .split(' ')
    .map((word) => {
      const [, body = '', end = ''] = /^(.*?)([,;:.]?)$/.exec(word) ?? [];
      return MEANT.test(body) ? `${code(body)}${end}` : word;
    })
    .join(' ');
}

/**
 * Code. Where its text could end it or a cell of a table, its characters are entities: a backslash before a pipe means one thing in a
 * table and another outside.
 */
function code(text: string): string {
  const clean = sanitise(text);
  if (clean !== '' && !/[`|]|^ | $/.test(clean)) return `\`${clean}\``;
  const entities = clean.replace(/[^\p{L}\p{N} ]/gu, (character) => `&#${character.codePointAt(0)};`);
  return `<code>${entities}</code>`;
}

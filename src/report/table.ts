// The report for people at a terminal: findings with their sources, the matrix, and what is not settled. Reads the View only.

import type { RequirementClass } from '../requirements.ts';
import type { Rule } from '../rule.ts';
import { frame } from './frame.ts';
import { matrix } from './matrix.ts';
import {
  blocksOf,
  effect,
  isInput,
  MOST_NAMES,
  OPEN,
  openOf,
  placesOf,
  QUESTION,
  type Question,
  texts,
} from './questions.ts';
import type { Finding, Report, ReportEvidence, RequirementResult, RunVerdict, View } from './report.ts';
import {
  copyable,
  count,
  displayWidth,
  grouped,
  type Pen,
  pen,
  type Role,
  type Sign,
  type TextOptions,
  uncommanded,
  wrap,
} from './terminal.ts';

/** Characters from which a reason says enough. */
const ENOUGH = 60;

/** Places that a note or a question shows. */
const MOST_PLACES = 3;

const TOLD = {
  fail: { role: 'error', word: 'error' },
  warn: { role: 'warning', word: 'warning' },
  note: { role: 'note', word: 'note' },
} as const satisfies Readonly<Partial<Record<Finding['verdict'], { readonly role: Role; readonly word: string }>>>;

/** What is not settled in requirements of one class. */
interface Section {
  readonly class: RequirementClass;
  readonly heading: string;
}

const SECTIONS: readonly Section[] = [
  { class: 'core', heading: 'Undecided' },
  { class: 'probe', heading: 'To verify on the network' },
  { class: 'advisory', heading: 'Not checked' },
];

/** What all parts of the report are written with. */
interface Desk {
  readonly view: View;
  readonly report: Report;
  readonly ink: Pen;
  readonly maxFindings: number;
}

/** The report in pieces of whole lines. */
export function* table(view: View, options: TextOptions): Generator<string> {
  const desk = { view, report: view.report, ink: pen(options), maxFindings: options.maxFindings };
  for (const lines of blocks(desk)) yield uncommanded(`${lines.join('\n')}\n\n`);
  yield `${total(desk).join('\n')}\n`;
}

/** Everything between the first line and the total, in blocks that a blank line sets apart. */
function* blocks(desk: Desk): Generator<string[]> {
  const open = desk.report.findings.filter((f) => f.suppressed === null);
  yield header(desk);
  yield* violations(open, desk);
  yield* notes(open, desk);
  const drawn = matrix(desk.report, desk.ink);
  if (drawn.length > 0) yield drawn;
  for (const part of SECTIONS) yield* unsettled(part, open, desk);
  if (desk.report.problems.length > 0) yield problems(desk);
  if (desk.report.counts.suppressed > 0) yield suppressed(desk);
}

function header({ report, ink }: Desk): string[] {
  const { tool, mesh, clusters } = report;
  const names = clusters.map((c) => ink.clean(c.name)).join(', ');
  const named = clusters.length > 0 && clusters.length <= MOST_NAMES ? ` (${names})` : '';
  const how = (fact: 'routing' | 'calicoVersion') => (mesh.inferred.includes(fact) ? ' (inferred)' : '');
  const version = mesh.calicoVersion && `Calico Enterprise ${ink.clean(mesh.calicoVersion)}${how('calicoVersion')}`;
  const name = `${tool.name} ${tool.version}`;
  const facts = [
    count(clusters.length, 'cluster') + named,
    mesh.routing + how('routing'),
    version ?? 'version unknown',
  ];
  const [first = '', ...rest] = wrap([name, ...facts].join(ink.sign.dot), ink.measure);
  return [ink.paint('strong', name) + first.slice(name.length), ...rest];
}

/** Errors, then warnings, each grouped by requirement. Why a rule exists is told where it first speaks. */
function* violations(open: readonly Finding[], desk: Desk): Generator<string[]> {
  const { view, report, ink, maxFindings } = desk;
  const rules = new Map(view.rules.map((r) => [r.id, r]));
  const explained = new Set<string>();
  for (const verdict of ['fail', 'warn'] as const) {
    const { role, word } = TOLD[verdict];
    for (const [requirement, findings] of byRequirement(open, verdict, report)) {
      const { shown, hidden } = atMost(findings, maxFindings);
      const sign = `${ink.sign[verdict]} `;
      const title = wrap(`${requirement.title} (${requirement.id})`, ink.measure - sign.length);
      yield hanging(sign, title).map((line, i) =>
        i === 0 ? ink.paint(role, sign) + ink.paint('strong', line.slice(sign.length)) : ink.paint('strong', line),
      );
      for (const finding of shown) {
        const rule = explained.has(finding.rule) ? undefined : rules.get(finding.rule);
        explained.add(finding.rule);
        yield violation(finding, rule, word, role, desk);
      }
      yield* uncounted(hidden, word, ink);
    }
  }
}

function violation(finding: Finding, rule: Rule | undefined, word: string, role: Role, { view, ink }: Desk): string[] {
  const lines = [
    ...headline(word, finding.rule, finding.message.text, role, ink),
    ...frame(finding.evidence, view, role, ink),
  ];
  if (rule) lines.push(...remark('why', gist(rule.docs.why), ink));
  const { beside, below } = command(finding.fix?.command, 'fix', ink);
  if (finding.fix) lines.push(...remark('fix', ink.clean(finding.fix.title), ink), ...beside);
  if (finding.baselineState === 'updated') lines.push(...remark('known', 'but changed since the baseline', ink));
  if (rule) lines.push(...remark('more', `mesh-preflight explain ${rule.id}`, ink));
  return [...lines, ...below];
}

/** Short: no source and no reasons. */
function* notes(open: readonly Finding[], { view, report, ink, maxFindings }: Desk): Generator<string[]> {
  const { role, word } = TOLD.note;
  for (const [, findings] of byRequirement(open, 'note', report)) {
    const { shown, hidden } = atMost(findings, maxFindings);
    for (const finding of shown) {
      const places = shortly(finding.evidence, role, view, ink);
      const fix = finding.fix ? remark('fix', ink.clean(finding.fix.title), ink) : [];
      yield [...headline(word, finding.rule, finding.message.text, role, ink), ...places, ...fix];
    }
    yield* uncounted(hidden, word, ink);
  }
}

/** Places without their source. */
function shortly(evidence: readonly ReportEvidence[], role: Role, view: View, ink: Pen): string[] {
  const lines = frame(evidence.slice(0, MOST_PLACES), view, role, ink, false);
  const more = evidence.length - MOST_PLACES;
  if (more > 0) lines.push(ink.paint('muted', `   ${ink.sign.cut} and ${count(more, 'other place')}`));
  return lines;
}

function* byRequirement(
  open: readonly Finding[],
  verdict: Finding['verdict'],
  report: Report,
): Generator<[RequirementResult, Finding[]]> {
  const groups = new Map<string, Finding[]>(report.requirements.map((r) => [r.id, []]));
  for (const finding of open) if (finding.verdict === verdict) groups.get(finding.requirement)?.push(finding);
  for (const requirement of report.requirements) {
    const findings = groups.get(requirement.id) ?? [];
    if (findings.length > 0) yield [requirement, findings];
  }
}

/** What was not settled in requirements of one class, each question with the command that settles it. */
function* unsettled(part: Section, open: readonly Finding[], desk: Desk): Generator<string[]> {
  const { report, ink, maxFindings } = desk;
  const ids = new Set(report.requirements.filter((r) => r.class === part.class).map((r) => r.id));
  const findings = open.filter((f) => f.verdict === 'unknown' && ids.has(f.requirement));
  if (findings.length === 0) return;
  yield [ink.paint('undecided', `${ink.sign.unknown} `) + ink.paint('strong', part.heading)];
  const asked = new Map(blocksOf(findings).map((block) => [block[0].findings[0], block]));
  const { shown, hidden } = atMost([...asked.keys()], maxFindings);
  for (const finding of shown) yield question(finding, asked.get(finding) ?? [], part, desk);
  yield* uncounted(hidden, QUESTION[part.class], ink);
}

function question(
  first: Finding,
  block: readonly Question[],
  { class: of }: Section,
  { view, ink, maxFindings }: Desk,
): string[] {
  const { fix, reason, rule } = first;
  const [text = '', ...more] = texts(block.slice(0, maxFindings));
  const lines = headline(QUESTION[of], rule, text, 'undecided', ink);
  for (const each of more) lines.push(...remark('and', ink.clean(each), ink));
  // What can only be tried on the network has no place in a file, and waits for nothing else.
  const probe = of === 'probe';
  if (!probe) lines.push(...shortly(placesOf(block), 'undecided', view, ink));
  const label = isInput(reason) ? 'get it' : 'settle';
  const commands = new Set(block.slice(0, maxFindings).flatMap((q) => q.findings[0].fix?.command ?? []));
  const { beside, below } = command([...commands].join('\n'), label, ink);
  if (fix) lines.push(...remark(label, ink.clean(fix.title), ink), ...beside);
  if (!probe) lines.push(...remark('effect', effect(block), ink));
  return [...lines, ...below];
}

function problems({ report, ink, maxFindings }: Desk): string[] {
  const lines = [ink.paint('strong', 'Problems of the input')];
  for (const { uri, line, column, why } of report.problems.slice(0, maxFindings)) {
    const place = ink.clean(uri) + (line === null ? '' : `:${line}:${column ?? 1}`);
    const [first = '', ...rest] = hanging('  ', wrap(`${place}: ${ink.clean(why)}`, ink.measure - 4), '    ');
    lines.push(`  ${ink.paint('place', place)}${first.slice(2 + place.length)}`, ...rest);
  }
  const more = report.problems.length - maxFindings;
  if (more > 0) lines.push(ink.paint('muted', `  ${ink.sign.cut} ${grouped(more)} more: -o json holds all`));
  return lines;
}

function suppressed({ report, ink, maxFindings }: Desk): string[] {
  const all = report.findings.filter((f) => f.suppressed !== null);
  const lines = [ink.paint('strong', `Suppressed: ${count(report.counts.suppressed, 'finding')}`)];
  for (const { verdict, rule, message, suppressed: by } of all.slice(0, maxFindings)) {
    const tag = `${verdict === 'unknown' ? 'undecided' : TOLD[verdict].word}[${ink.clean(rule)}]`;
    const text = `${tag}: ${ink.clean(message.text)} (reason: ${ink.clean(by?.reason ?? '')})`;
    lines.push(...hanging('  ', wrap(text, ink.measure - 4), '    '));
  }
  const more = all.length - maxFindings;
  if (more > 0) lines.push(ink.paint('muted', `  ${ink.sign.cut} ${grouped(more)} more: -o json holds all`));
  return lines;
}

/** The whole verdict, and the exit code that goes with it unless flags or faults make it another. */
const VERDICTS: Readonly<
  Record<RunVerdict, { readonly words: string; readonly role: Role; readonly sign: Sign; readonly code: number }>
> = {
  ready: { words: 'ready', role: 'pass', sign: 'pass', code: 0 },
  'not-ready': { words: 'not ready', role: 'error', sign: 'fail', code: 1 },
  'not-proven': { words: 'not proven', role: 'undecided', sign: 'unknown', code: 3 },
};

/** The verdict in one line, with the exit code if it follows from the verdict; any other is explained on standard error. */
function total({ report, view, ink }: Desk): string[] {
  const { findings, suppressed: waived, requirements, objects, files } = report.counts;
  const { words, role, sign, code } = VERDICTS[report.verdict];
  const parts: string[] = [];
  if (report.verdict === 'ready') parts.push(`${count(requirements.pass + requirements.warn, 'requirement')} met`);
  if (findings.fail > 0) parts.push(count(findings.fail, 'error'));
  else if (report.verdict === 'not-proven') parts.push('no errors');
  if (findings.warn > 0) parts.push(count(findings.warn, 'warning'));
  if (findings.note > 0) parts.push(count(findings.note, 'note'));
  for (const { class: of } of SECTIONS) {
    const n = openOf(report, of);
    if (n > 0) parts.push(`${grouped(n)} ${OPEN[of]}`);
  }
  if (waived > 0) parts.push(`${grouped(waived)} suppressed`);
  const expected = view.exitReason.startsWith(`exit ${code}:`);
  const read = [count(report.clusters.length, 'cluster'), `${count(objects, 'object')} in ${count(files, 'file')}`];
  const verdict = `${ink.sign[sign]} ${words}`;
  // A code is not torn from its word.
  const exit = expected ? [`exit\u00a0${code}`] : [];
  const line = `${verdict}: ${parts.join(', ')} (${[...read, ...exit].join('; ')})`;
  const [first = '', ...rest] = wrap(line, ink.measure).map((l) => l.replace('\u00a0', ' '));
  return [ink.paint(role, verdict) + first.slice(verdict.length), ...rest];
}

/** Splits findings into those that are printed and, per rule, how many are not. */
function atMost(findings: readonly Finding[], most: number): { shown: Finding[]; hidden: Map<string, number> } {
  const seen = new Map<string, number>();
  const hidden = new Map<string, number>();
  const shown = findings.filter(({ rule }) => {
    const n = (seen.get(rule) ?? 0) + 1;
    seen.set(rule, n);
    if (n > most) hidden.set(rule, n - most);
    return n <= most;
  });
  return { shown, hidden };
}

function* uncounted(hidden: ReadonlyMap<string, number>, word: string, ink: Pen): Generator<string[]> {
  for (const [rule, n] of hidden) {
    yield [ink.paint('muted', `${ink.sign.cut} ${grouped(n)} more ${word}[${ink.clean(rule)}]: -o json holds all`)];
  }
}

/** `error[rule]: text`, broken to fit, its tag in the colour of what it says. */
function headline(word: string, rule: string, text: string, role: Role, ink: Pen): string[] {
  const tag = `${word}[${ink.clean(rule)}]`;
  const [first = '', ...rest] = wrap(`${tag}: ${ink.clean(text)}`, ink.measure);
  return [
    ink.paint(role, tag) + ink.paint('strong', first.slice(tag.length)),
    ...rest.map((l) => ink.paint('strong', l)),
  ];
}

/** `  = label: text`, continued under the text. */
function remark(label: string, text: string, ink: Pen): string[] {
  const lead = `  = ${label}: `;
  const [first = '', ...rest] = hanging(lead, wrap(text, ink.measure - lead.length));
  return [ink.paint('frame', '  = ') + ink.paint('strong', `${label}:`) + first.slice(lead.length - 1), ...rest];
}

/**
 * A command, never broken, so that it can be copied: beside its remark, under the text. A here-document ends at a line that is its
 * mark and nothing else, so a command that holds one goes below everything, without an indent.
 */
function command(text: string | undefined, label: string, ink: Pen): { beside: string[]; below: string[] } {
  const lines = !text ? [] : copyable(text).map((line) => ink.paint('command', line));
  const mark = /<<-?\s*(['"]?)(\w+)\1/.exec(text ?? '')?.[2];
  if (mark !== undefined && text?.split('\n').includes(mark)) return { beside: [], below: ['', ...lines] };
  return { beside: hanging(' '.repeat(`  = ${label}: `.length), lines), below: [] };
}

function hanging(first: string, lines: readonly string[], rest = ' '.repeat(displayWidth(first))): string[] {
  return lines.map((line, index) => (index === 0 ? first : rest) + line);
}

/** The first sentence, with the next one where it is too short to say what goes wrong. */
function gist(text: string): string {
  let told = '';
  for (const sentence of text.split(/(?<=[.!?])\s+(?=[A-Z])/)) {
    told += (told === '' ? '' : ' ') + sentence;
    if (told.length >= ENOUGH) break;
  }
  return told.replace(/\.$/, '');
}

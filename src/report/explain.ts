// What `explain`, `rules` and `requirements` print: rules and requirements as text for a terminal, and as JSON. Pure.

import { type Audit, audits } from '../audits.ts';
import { type Requirement, requirements } from '../requirements.ts';
import type { Rule, Section, Severity } from '../rule.ts';
import { sections } from '../sections.ts';
import { count, type Pen, pen, type TextOptions, wrap } from './terminal.ts';

const SEVERITIES = ['error', 'warning', 'note'] as const;
const CLASSES: Readonly<Record<Requirement['class'], string>> = {
  core: 'core: the vendor demands it, and exported state can decide it',
  advisory: 'advisory: exported state can decide it, but often lacks what that needs',
  probe: 'probe: no cluster state can settle it',
};
const OF_THE_SUPPRESSED = 'that of the rule that was suppressed';
const INDENT = '  ';
/** The widest label of the facts under a title, with the gap after it. */
const LABEL = 'Before peering  '.length;
/** A last column narrower than this goes below its row. */
const NARROWEST = 40;

/** All that is known of a rule, for a terminal. Its texts are the project's own, so nothing has to be made harmless. */
export function explainRule(rule: Rule, options: TextOptions): string {
  const ink = pen(options);
  const { docs } = rule;
  const requirement = requirements.find((r) => r.id === rule.requirement);
  const severities = severitiesOf(rule);
  const input = (list: readonly Section[]) => list.map((section) => sections[section].title).join(', ');
  const lines = [
    ...titleOf(rule.id, rule.title, ink),
    '',
    ...fact('Requirement', requirement ? `${requirement.id}: ${requirement.title}` : rule.requirement, ink),
    ...fact('Severity', severities.join(', '), ink),
    ...fact('Mode', modeOf(rule.routing ?? requirement?.routing ?? null), ink),
    ...fact(
      'Clusters',
      rule.compares ? 'held against each other; one alone is undecided' : 'each is judged alone',
      ink,
    ),
    ...fact('Needs', input(rule.needs) || 'nothing: no cluster state can settle it', ink),
    ...(rule.evidence?.length ? fact('Also reads', input(rule.evidence), ink) : []),
    ...chapter('Why', docs.why, ink),
    ...chapter('How to fix it', docs.fix, ink),
  ];
  if (docs.example) lines.push(...heading('Example', ink), ...verbatim(docs.example, ink));
  lines.push(...heading('Messages', ink), ...messagesOf(rule).flatMap(([s, text]) => says(s, text, ink)));
  if (docs.limits) lines.push(...chapter('What it cannot see', docs.limits, ink));
  lines.push(...heading('Sources', ink));
  for (const { title, version, inferred, url } of docs.sources) {
    const told = `${title} (version ${version}${inferred ? '; not said there, but inferred' : ''})`;
    lines.push(...paragraph(told, ink), INDENT + ink.paint('place', url));
  }
  return `${lines.join('\n')}\n`;
}

/** What is said of suppressions, for a terminal. */
export function explainAudit({ id, title, severity, docs, message }: Audit, options: TextOptions): string {
  const ink = pen(options);
  const lines = [
    ...titleOf(id, title, ink),
    '',
    ...fact('Requirement', OF_THE_SUPPRESSED, ink),
    ...fact('Severity', severity, ink),
    ...chapter('Why', docs.why, ink),
    ...chapter('How to fix it', docs.fix, ink),
    ...heading('Messages', ink),
    ...says(severity, message.text, ink),
  ];
  return `${lines.join('\n')}\n`;
}

/** All that is known of a requirement, for a terminal. */
export function explainRequirement(requirement: Requirement, rules: readonly Rule[], options: TextOptions): string {
  const ink = pen(options);
  const own = rules.filter((r) => r.requirement === requirement.id);
  const lines = [
    ...titleOf(requirement.id, requirement.title, ink),
    '',
    ...fact('Mode', modeOf(requirement.routing), ink),
    ...fact('Class', CLASSES[requirement.class], ink),
    ...fact('Before peering', requirement.beforePeering ? 'judged as well' : 'not applicable', ink),
    ...fact('Vendor page', requirement.page, ink),
    ...heading(own.length === 0 ? 'No rule judges it' : `Judged by ${count(own.length, 'rule')}`, ink),
    ...aligned(
      own.map((r) => [r.id, severitiesOf(r)[0] ?? r.severity, r.title]),
      ink,
      INDENT,
    ),
  ];
  const [first] = own;
  if (first)
    lines.push('', ...wrap(`mesh-preflight explain ${first.id} tells why, and how to fix what it finds`, ink.measure));
  return `${lines.join('\n')}\n`;
}

/** All rules, and what is said of suppressions: aligned text or JSON. */
export function listRules(rules: readonly Rule[], form: 'table' | 'json', options: TextOptions): string {
  if (form === 'json') return `${JSON.stringify([...rules.map(ruleData), ...audits.map(auditData)], null, 2)}\n`;
  const order = new Map(requirements.map((r, index) => [r.id as string, index]));
  const rank = (rule: Rule) => order.get(rule.requirement) ?? 0;
  const rows = [...rules]
    .sort((a, b) => rank(a) - rank(b) || (a.id < b.id ? -1 : 1))
    .map((r) => [r.id, severitiesOf(r)[0] ?? r.severity, r.requirement, r.title]);
  const others = audits.map(({ id, severity, title }) => [id, severity, '-', title]);
  return list(['Rule', 'Severity', 'Requirement', 'Holds when'], [...rows, ...others], options);
}

/** All requirements: aligned text or JSON. */
export function listRequirements(rules: readonly Rule[], form: 'table' | 'json', options: TextOptions): string {
  const rulesOf = (requirement: Requirement) => rules.filter((r) => r.requirement === requirement.id);
  if (form === 'json') {
    return `${JSON.stringify(
      requirements.map((r) => requirementData(r, rulesOf(r))),
      null,
      2,
    )}\n`;
  }
  const rows = requirements.map((r) => [r.id, r.class, r.routing ?? 'both', String(rulesOf(r).length), r.title]);
  return list(['Requirement', 'Class', 'Mode', 'Rules', 'Holds when'], rows, options);
}

/** A rule without its code: what the reports and pages are made of. */
function ruleData(rule: Rule) {
  const { id, title, requirement, severity, compares, needs, evidence = [], docs } = rule;
  const routing = rule.routing ?? requirements.find((r) => r.id === requirement)?.routing ?? null;
  const messages = Object.fromEntries(
    Object.entries(rule.messages).map(([name, m]) => [name, typeof m === 'string' ? { text: m, severity } : m]),
  );
  return { id, title, requirement, severity, routing, compares, needs, evidence, docs, messages };
}

/** The same for what is said of suppressions: of any requirement, and of no document. */
function auditData({ id, title, severity, docs, message }: Audit) {
  const messages = { [message.id]: { text: message.text, severity } };
  const judged = { requirement: null, severity, routing: null, compares: false, needs: [], evidence: [] };
  return { id, title, ...judged, docs: { ...docs, sources: [] }, messages };
}

function requirementData({ id, title, routing, class: of, beforePeering, page }: Requirement, own: readonly Rule[]) {
  return { id, title, routing, class: of, beforePeering, page, rules: own.map((r) => r.id) };
}

/** What a rule can find, worst first: severity and text with its placeholders. */
function messagesOf(rule: Rule): (readonly [Severity, string])[] {
  const all = Object.values(rule.messages).map((m) =>
    typeof m === 'string' ? { text: m, severity: rule.severity } : m,
  );
  return SEVERITIES.flatMap((s) => all.filter((m) => m.severity === s).map(({ text }) => [s, text] as const));
}

/** The severities that its findings can have, worst first. */
function severitiesOf(rule: Rule): Severity[] {
  const own = messagesOf(rule).map(([severity]) => severity);
  return SEVERITIES.filter((s) => own.includes(s) || (own.length === 0 && s === rule.severity));
}

function modeOf(routing: Requirement['routing']): string {
  return routing ?? 'overlay and underlay';
}

function titleOf(id: string, title: string, ink: Pen): string[] {
  const [first = '', ...rest] = wrap(`${id}: ${title}`, ink.measure);
  return [ink.paint('strong', id) + first.slice(id.length), ...rest];
}

function heading(text: string, ink: Pen): string[] {
  return ['', ink.paint('strong', text)];
}

function paragraph(text: string, ink: Pen): string[] {
  return wrap(text, ink.measure - INDENT.length).map((line) => INDENT + line);
}

function chapter(title: string, text: string, ink: Pen): string[] {
  return [...heading(title, ink), ...paragraph(text, ink)];
}

function fact(label: string, text: string, ink: Pen): string[] {
  return wrap(text, ink.measure - INDENT.length - LABEL).map(
    (line, index) => INDENT + ink.paint('muted', (index === 0 ? label : '').padEnd(LABEL)) + line,
  );
}

function says(severity: Severity, text: string, ink: Pen): string[] {
  const label = `${severity}: `;
  const lines = wrap(text.replace(/\{(\w+)\}/g, '<$1>'), ink.measure - INDENT.length - label.length);
  return lines.map(
    (line, index) =>
      INDENT + (index === 0 ? ink.paint(severity, severity) + label.slice(-2) : ' '.repeat(label.length)) + line,
  );
}

/** Lines as they are: YAML has to stay YAML. */
function verbatim(text: string, ink: Pen): string[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => (line === '' ? '' : INDENT + ink.paint('command', line)));
}

function list(head: readonly string[], rows: readonly (readonly string[])[], options: TextOptions): string {
  const ink = pen(options);
  const [first = '', ...rest] = aligned([head, ...rows], ink, '');
  return `${[ink.paint('strong', first), ...rest].join('\n')}\n`;
}

/** Rows in columns. The last column is broken inside itself, or, where it would be too narrow, goes below its row. */
function aligned(rows: readonly (readonly string[])[], ink: Pen, margin: string): string[] {
  const last = Math.max(0, ...rows.map((r) => r.length)) - 1;
  const widths = Array.from({ length: last }, (_, i) => Math.max(...rows.map((r) => (r[i] ?? '').length)) + 2);
  const left = margin.length + widths.reduce((sum, width) => sum + width, 0);
  const below = ink.width - left < NARROWEST;
  const indent = below ? margin.length + 4 : left;
  return rows.flatMap((row) => {
    const cells = row.slice(0, last).map((cell, i) => {
      const severity = SEVERITIES.find((s) => s === cell);
      return (severity ? ink.paint(severity, cell) : cell) + ' '.repeat((widths[i] ?? 0) - cell.length);
    });
    const [first = '', ...rest] = wrap(row[last] ?? '', Math.min(ink.width, left + ink.measure) - indent);
    const start = margin + cells.join('');
    if (below) return [start.trimEnd(), ...[first, ...rest].map((line) => ' '.repeat(indent) + line)];
    return [start + first, ...rest.map((line) => ' '.repeat(indent) + line)];
  });
}

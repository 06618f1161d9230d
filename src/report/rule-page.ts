// Rule → Markdown: its page in rules/, and the help that code scanning shows. Pure.

import { audits } from '../audits.ts';
import { type Requirement, requirements } from '../requirements.ts';
import type { Rule, Section, Source } from '../rule.ts';
import { sections } from '../sections.ts';

const MODES = { overlay: 'overlay', underlay: 'underlay' } as const;

/** @param run what a run reports of input that breaks the rule, as plain text; shown below the example of the rule's docs */
export function rulePage(rule: Rule, run?: string): string {
  const { docs } = rule;
  const requirement = requirements.find((one) => one.id === rule.requirement);
  const routing = rule.routing ?? requirement?.routing ?? null;
  const parts = [
    `# ${rule.title}`,
    list([
      `Rule: \`${rule.id}\``,
      `Requirement: ${requirement ? `[\`${requirement.id}\`](${requirement.page}), ${lower(requirement)}` : rule.requirement}`,
      `Severity: ${severities(rule)}`,
      `Mode: ${routing === null ? 'overlay and underlay' : MODES[routing]}`,
      `Compares clusters: ${rule.compares ? 'yes, so one cluster alone is unknown' : 'no, each is judged alone'}`,
    ]),
    '## Why it matters',
    docs.why,
    '## How to fix it',
    docs.fix,
    ...(docs.example === undefined && run === undefined ? [] : ['## Example']),
    ...(docs.example === undefined ? [] : [docs.example.includes('```') ? docs.example : fenced('yaml', docs.example)]),
    ...(run === undefined ? [] : ['What a run reports:', fenced('text', run)]),
    '## Messages',
    table(
      ['Message', 'Severity'],
      Object.values(rule.messages).map((one) => messageRow(rule, one)),
    ),
    'An error fails the requirement, a warning warns of it, a note changes nothing. Where what was read does not settle it, the verdict is `unknown`, and the severity is the worst that is possible.',
    '## Input',
    inputs(rule),
    ...(docs.limits === undefined ? [] : ['## Limits', docs.limits]),
    '## Sources',
    list(docs.sources.map(source)),
  ];
  return `${parts.join('\n\n')}\n`;
}

/** rules/README.md: what is required, and which rules judge it. */
export function rulesIndex(rules: readonly Rule[]): string {
  const rows = requirements.flatMap((requirement) => {
    const own = rules.filter((rule) => rule.requirement === requirement.id);
    const links = own.map((rule) => `[${rule.id}](${rule.id}.md)`).join('<br>');
    const routing = requirement.routing === null ? 'both' : MODES[requirement.routing];
    return [
      [`[\`${requirement.id}\`](${requirement.page})<br>${requirement.title}`, routing, requirement.class, links],
    ];
  });
  return `${[
    '# Rules',
    `${rules.length} rules judge the ${requirements.length} requirements that the vendor's documentation makes of a cluster mesh. Every rule has its page here, beside its source; both are named after what should hold. The pages and this table are written by \`npm run docs\`.`,
    table(['Requirement', 'Mode', 'Class', 'Rules'], rows),
    list([
      'Core: a prerequisite or set-up step of the vendor that exported state can decide.',
      'Advisory: decidable too, but an export often lacks the kinds that it needs.',
      'Probe: no cluster state can settle it; the report gives the command that does.',
    ]),
    '## Suppressions',
    'What keeps findings from counting is looked at as well. Each of these is a note of the requirement whose finding was suppressed.',
    table(
      ['Note', 'Why', 'How to fix it'],
      audits.map(({ id, docs }) => [`\`${id}\``, docs.why, docs.fix]),
    ),
  ].join('\n\n')}\n`;
}

/** The severities that its messages have, worst first. */
function severities(rule: Rule): string {
  const own = new Set(
    Object.values(rule.messages).map((one) => (typeof one === 'string' ? rule.severity : one.severity)),
  );
  return (['error', 'warning', 'note'] as const).filter((one) => own.has(one) || one === rule.severity).join(', ');
}

function lower({ title }: Requirement): string {
  return /^[A-Z][a-z]+ /.test(title) ? title.charAt(0).toLowerCase() + title.slice(1) : title;
}

function messageRow(rule: Rule, message: Rule['messages'][string]): readonly string[] {
  const { text, severity } = typeof message === 'string' ? { text: message, severity: rule.severity } : message;
  return [text.replace(/\{(\w+)\}/g, '*$1*'), severity];
}

function inputs(rule: Rule): string {
  const row = (section: Section, use: string) => {
    const { title, get } = sections[section];
    return [title, use, `\`kubectl get ${get} -o yaml\``];
  };
  const rows = [
    ...rule.needs.map((section) => row(section, 'needed: without it the cluster is unknown')),
    ...(rule.evidence ?? []).map((section) => row(section, 'used where it is there')),
  ];
  return rows.length === 0 ? 'Nothing: no cluster state can settle it.' : table(['What', 'Use', 'Command'], rows);
}

function source({ title, url, version, inferred }: Source): string {
  return `[${title}](${url}), version ${version}${inferred ? ' (not said there, but inferred from it)' : ''}`;
}

function list(items: readonly string[]): string {
  return items.map((item) => `- ${item}`).join('\n');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** A code block whose fence is longer than any in the text. */
function fenced(language: string, text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${text.trimEnd()}\n${fence}`;
}

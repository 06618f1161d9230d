// Rule → SARIF's description of it, and a finding → the message that its rule has for it. Pure.

import type { Message, ReportingDescriptor } from 'sarif';
import type { Audit } from '../audits.ts';
import { requirements } from '../requirements.ts';
import type { Messages, Rule, Severity } from '../rule.ts';
import type { Finding } from './report.ts';
import { rulePage } from './rule-page.ts';
import { sanitise } from './terminal.ts';

/**
 * What a message says besides the rule's own words, so that one of them fits every result:
 * `linked`: there is another place, related location 1 (GitHub shows related locations only where the message links them);
 * `anchored`: the result is shown at a file that has nothing to do with it.
 */
const endings = {
  plain: '',
  linked: ', see [the other place](1)',
  anchored: ', shown at the start of the first file of the cluster',
} as const;
export type Form = keyof typeof endings;

const PROBLEM: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', note: 'recommendation' };

export function descriptor(rule: Rule): ReportingDescriptor {
  const requirement = requirements.find((one) => one.id === rule.requirement);
  const inferred = rule.docs.sources.filter((source) => source.inferred === true).length;
  const precision = inferred === 0 ? 'very-high' : inferred < rule.docs.sources.length ? 'high' : 'medium';
  const tags = [rule.requirement, 'calico', 'cluster-mesh', ...(requirement ? [requirement.class] : [])];
  return {
    id: rule.id,
    name: pascalCase(rule.id),
    shortDescription: { text: `${rule.title}.` },
    fullDescription: { text: rule.docs.why },
    ...(requirement ? { helpUri: requirement.page } : {}),
    help: { text: `${rule.docs.why}\n\nFix: ${rule.docs.fix}`, markdown: rulePage(rule) },
    messageStrings: messageStrings(rule.messages),
    defaultConfiguration: { level: rule.severity },
    properties: { tags: [...new Set(tags)].sort(), precision, 'problem.severity': PROBLEM[rule.severity] },
  };
}

/** The same for what is said of suppressions; `helpUri` is where that stands. */
export function auditDescriptor({ id, title, severity, docs, message }: Audit, helpUri: string): ReportingDescriptor {
  const page = [`# ${title}`, '## Why it matters', docs.why, '## How to fix it', docs.fix];
  return {
    id,
    name: pascalCase(id),
    shortDescription: { text: `${title}.` },
    fullDescription: { text: docs.why },
    helpUri,
    help: { text: `${docs.why}\n\nFix: ${docs.fix}`, markdown: `${page.join('\n\n')}\n` },
    messageStrings: messageStrings({ [message.id]: message.text }),
    defaultConfiguration: { level: severity },
    properties: {
      tags: ['calico', 'cluster-mesh', 'suppressions'],
      precision: 'very-high',
      'problem.severity': PROBLEM[severity],
    },
  };
}

function messageStrings(messages: Messages): NonNullable<ReportingDescriptor['messageStrings']> {
  const strings = Object.entries(messages).flatMap(([id, message]) =>
    Object.keys(endings).map((form) => {
      const { body } = template(typeof message === 'string' ? message : message.text);
      return [messageId(id, form as Form), { text: `${body}${endings[form as Form]}.` }] as const;
    }),
  );
  return Object.fromEntries(strings);
}

/** The rendered text, and its rule's message string with its arguments, which give the same text. */
export function message(finding: Finding, messages: Messages | undefined, form: Form): Message {
  const { id, text, data } = finding.message;
  const own = messages?.[id];
  if (own === undefined) return { text: `${quoteText(text)}.` };
  const { body, names } = template(typeof own === 'string' ? own : own.text);
  const values = names.map((name) => String(data[name] ?? ''));
  // Doubled braces stay as they are: `text` is a message string too.
  const rendered = body.replace(/\{\{|\}\}|\{(\d+)\}/g, (all, number: string | undefined) =>
    number === undefined ? all : quoteText(values[Number(number)] ?? ''),
  );
  return {
    text: `${rendered}${endings[form]}.`,
    id: messageId(id, form),
    arguments: values.map(quoteArgument),
  };
}

/** Text from the input, inside a message string: harmless to terminals, `[…](…)` no link, braces no placeholder. */
export function quoteText(text: string): string {
  return quoteArgument(text).replace(/[{}]/g, '$&$&');
}

/** The same for an argument, in which braces stand for themselves. */
function quoteArgument(text: string): string {
  return sanitise(text).replace(/[\\[\]]/g, '\\$&');
}

/** `nodes-in-2-clusters` as `NodesIn2Clusters`: every word begins with a capital and has a second character, as SARIF2012 demands. */
export function pascalCase(id: string): string {
  return id.split('-').reduce((name, word) => {
    const joins = word.length < 2 || !/^[a-z]/.test(word);
    return name + (joins && name !== '' ? word : word.charAt(0).toUpperCase() + word.slice(1));
  }, '');
}

function messageId(id: string, form: Form): string {
  return form === 'plain' ? id : `${id}.${form}`;
}

/** A rule's message as a SARIF message string: named placeholders become numbered ones in single quotes, as SARIF2015 demands. */
function template(text: string): { readonly body: string; readonly names: readonly string[] } {
  const names: string[] = [];
  const parts = text.split(/\{(\w+)\}/);
  const body = parts.map((part, i) => {
    if (i % 2 === 0) return quoteText(part);
    if (!names.includes(part)) names.push(part);
    return `'{${names.indexOf(part)}}'`;
  });
  return { body: body.join(''), names };
}

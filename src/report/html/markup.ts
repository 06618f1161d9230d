// Markup that cannot be broken out of: text of the input gets into a page through the tag below, which makes it harmless. Pure.

import type { Verdict } from '../../rule.ts';
import type { Finding } from '../report.ts';
import { clip, pen, sanitise } from '../terminal.ts';

/** HTML that may stand in a page as it is. */
export class Markup {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

type Part = Markup | string | number | null | undefined | false | readonly Part[];

/** Markup from a template: what is filled in is escaped, unless it is markup itself. Null, undefined and false are nothing, lists are joined. */
export function markup(template: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return new Markup(template.reduce((text, piece, i) => text + written(parts[i - 1]) + piece));
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function written(part: Part): string {
  if (part === null || part === undefined || part === false) return '';
  if (part instanceof Markup) return part.text;
  if (typeof part === 'object') return part.map(written).join('');
  return sanitise(String(part)).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}

/** What a verdict looks like: its sign, its word, and the class that gives it colour and pattern. */
export interface Look {
  readonly sign: string;
  readonly word: string;
  readonly tone: 'fail' | 'unknown' | 'warn' | 'note' | 'pass' | 'idle';
}

const { sign } = pen({ width: 80, color: false, unicode: true });

export const LOOKS: Readonly<Record<Verdict | 'note', Look>> = {
  fail: { sign: sign.fail, word: 'fail', tone: 'fail' },
  unknown: { sign: sign.unknown, word: 'undecided', tone: 'unknown' },
  warn: { sign: sign.warn, word: 'warning', tone: 'warn' },
  note: { sign: 'i', word: 'note', tone: 'note' },
  pass: { sign: sign.pass, word: 'pass', tone: 'pass' },
  'not-applicable': { sign: sign['not-applicable'], word: 'not applicable', tone: 'idle' },
};

/** A name cut in its middle, where there is no room for all of it. */
export function short(name: string, columns: number): string {
  return clip(sanitise(name), columns, '…', Math.floor(columns / 2));
}

/** A length in a drawing: a tenth of a pixel is enough. */
export function round(n: number): number {
  return Math.round(n * 10) / 10;
}

/** Where a finding stands in the page. The same in the pages of later runs, so that a link stays good. */
export function idOf({ fingerprint }: Pick<Finding, 'fingerprint'>): string {
  return `f-${fingerprint.replace('#', '-')}`;
}

/** Tables and drawings that are wider than the page scroll by themselves, with the keyboard too. */
export function scroller(label: string, content: Markup): Markup {
  return markup`<div class="scroll" tabindex="0" role="region" aria-label="${label}">${content}</div>\n`;
}

/** What the signs of these verdicts mean; nothing where all is well. */
export function legend(seen: ReadonlySet<Verdict>, more: readonly Markup[] = []): Markup {
  const order = ['pass', 'fail', 'warn', 'unknown', 'not-applicable'] as const;
  const items = order
    .filter((v) => seen.has(v))
    .map((v) => {
      const { sign, word, tone } = LOOKS[v];
      return markup`<li><span class="v ${tone}" aria-hidden="true">${sign}</span> ${word}</li>`;
    });
  return markup`<ul class="legend">${items}${more.map((one) => markup`<li>${one}</li>`)}</ul>\n`;
}

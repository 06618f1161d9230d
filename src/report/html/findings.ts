// Findings as articles: what is wrong, the places in their sources, why it matters, how to put it right. Reads the View only.

import type { RequirementClass } from '../../requirements.ts';
import type { Rule } from '../../rule.ts';
import { objectOf, placeOf } from '../frame.ts';
import { askedOf, effect, isInput, openOf, placesOf, QUESTION, type Question, texts } from '../questions.ts';
import type { Excerpt, Finding, ReportEvidence, View } from '../report.ts';
import { copyable, count, grouped, sanitise } from '../terminal.ts';
import { FINDING } from '../words.ts';
import { idOf, LOOKS, type Markup, markup } from './markup.ts';

/** So many places are shown with their source, the others by name. */
const SOURCES = 4;
const MOST_PLACES = 10;
const ORDER = ['fail', 'warn', 'note'] as const;

/** What is certain: a group for each requirement, those with errors first. More like findings than `most` are folded and told in short. */
export function violations(view: View, most: number): Markup[] {
  const rules = new Map(view.rules.map((rule) => [rule.id, rule]));
  const open = view.report.findings.filter((f) => f.suppressed === null && f.verdict !== 'unknown');
  const worstOf = (findings: readonly Finding[]) =>
    Math.min(...findings.map((f) => ORDER.indexOf(f.verdict as 'fail')));
  const groups = view.report.requirements
    .map((requirement) => ({ requirement, findings: open.filter((f) => f.requirement === requirement.id) }))
    .filter(({ findings }) => findings.length > 0)
    .sort((a, b) => worstOf(a.findings) - worstOf(b.findings));
  return groups.map(({ requirement, findings }) => {
    const { sign, tone } = LOOKS[ORDER[worstOf(findings)] ?? 'note'];
    const sorted = ORDER.flatMap((verdict) => findings.filter((f) => f.verdict === verdict));
    const seen = new Map<string, Finding[]>();
    const told = sorted.map((finding) => {
      const alike = seen.get(finding.rule) ?? [];
      seen.set(finding.rule, [...alike, finding]);
      if (alike.length >= most) return null;
      return violation(finding, alike.length === 0 ? rules.get(finding.rule) : undefined, view);
    });
    const folded = [...seen]
      .filter(([, alike]) => alike.length > most)
      .map(([rule, alike]) => rest(rule, alike.slice(most)));
    return markup`<section class="group" id="r-${requirement.id}" aria-labelledby="h-${requirement.id}">
<h3 id="h-${requirement.id}"><span class="v ${tone}" aria-hidden="true">${sign}</span> ${requirement.title} <code>${requirement.id}</code></h3>
${told}${folded}</section>\n`;
  });
}

function violation(finding: Finding, rule: Rule | undefined, view: View): Markup {
  const { verdict, evidence, fix } = finding;
  const { tone } = LOOKS[verdict];
  return markup`<article class="finding ${tone}" id="${idOf(finding)}" data-fingerprint="${finding.fingerprint}">
${headline(finding)}
${places(evidence, view, verdict !== 'note')}<dl class="remarks">
${rule && verdict !== 'note' ? markup`<dt>Why</dt><dd>${paragraph(rule.docs.why)}</dd>\n` : null}${
  fix && markup`<dt>Fix</dt><dd>${fix.title}${command(fix.command)}</dd>\n`
}${finding.baselineState === 'updated' && markup`<dt>Known</dt><dd>but changed since the baseline</dd>\n`}<dt>More</dt><dd><code>mesh-preflight explain ${finding.rule}</code> <span class="fingerprint">fingerprint ${finding.fingerprint}</span></dd>
</dl>
</article>\n`;
}

function headline({ verdict, rule, message, clusters }: Finding): Markup {
  const { tone, sign } = LOOKS[verdict];
  return markup`<h4>${message.text}</h4>
<p class="tags"><span class="tag ${tone}">${sign} ${FINDING[verdict]}</span> <code>${rule}</code>${clusters.map((name) => markup` <span class="cluster">${name}</span>`)}</p>`;
}

/** Texts of rules may mark code with backquotes. */
function paragraph(text: string): Markup[] {
  return text.split('`').map((part, i) => (i % 2 === 1 ? markup`<code>${part}</code>` : markup`${part}`));
}

function command(text: string | undefined): Markup | null {
  if (text === undefined) return null;
  return markup`<pre class="command"><code>${copyable(text).map((line) => markup`${line}\n`)}</code></pre>`;
}

/** Places with their sources beside each other, further ones by name. */
function places(evidence: readonly ReportEvidence[], view: View, withSources: boolean): Markup | null {
  if (evidence.length === 0) return null;
  const drawn = withSources ? (evidence.length > SOURCES ? SOURCES - 1 : evidence.length) : 0;
  const others = evidence.slice(drawn, MOST_PLACES);
  const more = evidence.length - drawn - others.length;
  const figures = evidence.slice(0, drawn).map((one, i) => figure(one, view.excerpt(one), i === 0));
  return markup`${drawn > 0 && markup`<div class="sources">\n${figures}</div>\n`}${
    others.length > 0 &&
    markup`<ul class="places">\n${others.map((one) => markup`<li>${caption(one)}${one.note !== '' && markup`: ${one.note}`}</li>\n`)}${more > 0 && markup`<li>and ${count(more, 'other place')}</li>`}</ul>\n`
  }`;
}

function caption(evidence: ReportEvidence): Markup {
  const at = placeOf(evidence, String);
  const path = at === null && evidence.path !== '' ? `, ${evidence.path}` : '';
  const object = `${objectOf(evidence, String)} in ${evidence.cluster}${path}`;
  return markup`${at !== null && markup`<code class="at">${at}</code> `}<span class="object">${object}</span>`;
}

function figure(evidence: ReportEvidence, excerpt: Excerpt | null, primary: boolean): Markup {
  const { location, note } = evidence;
  const code =
    location && excerpt && markup`<pre><code>${excerpt.lines.map((line) => codeLine(line, location))}</code></pre>\n`;
  return markup`<figure class="source${primary && ' primary'}${!code && ' bare'}"><figcaption>${caption(evidence)}</figcaption>
${code ?? null}${note !== '' && markup`<p class="note">${note}</p>`}</figure>\n`;
}

type Line = Excerpt['lines'][number];

/** A line of the source with what is meant marked. Lines wrap, so that nothing of them is out of sight. */
function codeLine({ line, column, text, cut }: Line, location: NonNullable<ReportEvidence['location']>): Markup {
  const within = line >= location.line && line <= location.endLine;
  const indent = text.search(/\S|$/);
  const from = line === location.line ? Math.max(0, location.column - column) : indent;
  const to = line === location.endLine ? Math.max(from, location.endColumn - column) : text.trimEnd().length;
  const parts = within
    ? [text.slice(0, from), text.slice(from, to), text.slice(to).trimEnd()]
    : [text.trimEnd(), '', ''];
  const [before, marked, after] = parts.map(tidy);
  return markup`<span class="line${within && ' hit'}"><span class="number">${line}</span><span class="text">${column > 1 && '…'}${before}${
    marked !== '' && markup`<mark>${marked ?? ''}</mark>`
  }${after}${cut && '…'}</span></span>`;
}

/** Of a long mask it is enough to see that there is one. */
function tidy(text: string): string {
  return sanitise(text.replaceAll('\t', '  ').replace(/\*{9,}/g, '********'));
}

function rest(rule: string, findings: readonly Finding[]): Markup {
  return markup`<details class="more"><summary>${grouped(findings.length)} more of <code>${rule}</code></summary>
${brief(findings)}</details>\n`;
}

/** Findings in one line each. */
function brief(findings: readonly Finding[]): Markup {
  return markup`<ul class="brief">\n${findings.map((finding) => {
    const [first] = finding.evidence;
    const { sign, tone, word } = LOOKS[finding.verdict];
    return markup`<li id="${idOf(finding)}" data-fingerprint="${finding.fingerprint}"><span class="v ${tone}" role="img" aria-label="${word}">${sign}</span> ${finding.message.text} <code>${finding.rule}</code>${
      first && markup`<br>${caption(first)}`
    }${finding.suppressed && markup`<br><span class="object">${waiver(finding.suppressed)}</span>`}</li>\n`;
  })}</ul>\n`;
}

/** Who says that it does not count, for how long, and why. */
function waiver({ by, owner, until, reason }: NonNullable<Finding['suppressed']>): string {
  const more = [...(owner === undefined ? [] : [owner]), ...(until === undefined ? [] : [`until ${until}`])];
  return `Suppressed by ${by}${more.length > 0 ? ` (${more.join(', ')})` : ''}: ${reason}`;
}

/** Findings that do not count. */
export function suppressed(view: View): Markup | null {
  const findings = view.report.findings.filter((f) => f.suppressed !== null);
  if (findings.length === 0) return null;
  return markup`<details id="suppressed"><summary><h3>${count(findings.length, 'suppressed finding')}</h3></summary>
${brief(findings)}</details>\n`;
}

/** What requirements of one class leave open: questions that one command settles are told once. */
export function questions(view: View, of: RequirementClass, title: string): Markup | null {
  const blocks = askedOf(view.report, of);
  if (blocks.length === 0) return null;
  // A mesh that is not proven has nothing but these to read.
  const unfolded = of === 'core' && view.report.verdict === 'not-proven';
  return markup`<details class="questions" id="open-${of}"${unfolded && markup` open`}><summary><h3>${title}: ${count(openOf(view.report, of), 'requirement')}, ${count(blocks.length, 'question')}</h3></summary>
${blocks.map((block) => question(block, of))}</details>\n`;
}

function question(block: readonly [Question, ...Question[]], of: RequirementClass): Markup {
  const [first] = block[0].findings;
  const [text = '', ...more] = texts(block);
  const findings = block.flatMap((q) => q.findings);
  const at = placesOf(block).slice(0, MOST_PLACES);
  const commands = [...new Set(block.flatMap((q) => q.findings[0].fix?.command ?? []))].join('\n');
  const probe = of === 'probe';
  return markup`<article class="finding unknown">
${findings.map((f) => markup`<span id="${idOf(f)}" data-fingerprint="${f.fingerprint}"></span>`)}
<h4>${text}</h4>
<p class="tags"><span class="tag unknown">? ${QUESTION[of]}</span> <code>${first.rule}</code></p>
${more.length > 0 && markup`<ul class="places">${more.map((one) => markup`<li>${one}</li>`)}</ul>\n`}${
  !probe &&
  at.length > 0 &&
  markup`<ul class="places">${at.map((one) => markup`<li>${caption(one)}${one.note !== '' && markup`: ${one.note}`}</li>\n`)}</ul>\n`
}<dl class="remarks">
${first.fix && markup`<dt>${isInput(first.reason) ? 'Get it' : 'Settle'}</dt><dd>${first.fix.title}${command(commands === '' ? undefined : commands)}</dd>\n`}${
  !probe && markup`<dt>Effect</dt><dd>${effect(block)}</dd>\n`
}</dl>
</article>\n`;
}

/** Files and documents that could not be read. */
export function problems(view: View): Markup {
  return markup`<ul class="places">\n${view.report.problems.map(
    ({ uri, line, column, why }) =>
      markup`<li><code class="at">${uri}${line !== null && `:${line}:${column ?? 1}`}</code> ${why}</li>\n`,
  )}</ul>\n`;
}

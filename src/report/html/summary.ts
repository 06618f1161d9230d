// The head of the page: the verdict, how much there is of what, and which clusters were read. Pure.

import type { RequirementClass } from '../../requirements.ts';
import { askedOf, OPEN, openOf } from '../questions.ts';
import type { Report, RunVerdict, View } from '../report.ts';
import { count, grouped } from '../terminal.ts';
import { LOOKS, type Look, type Markup, markup, scroller } from './markup.ts';

/** A list of more clusters is folded. */
const MOST_OPEN = 6;
/** Versions that are told one by one. */
const MOST_VERSIONS = 6;

export const RUN: Readonly<Record<RunVerdict, { readonly words: string; readonly look: Look }>> = {
  ready: { words: 'Ready', look: LOOKS.pass },
  'not-ready': { words: 'Not ready', look: LOOKS.fail },
  'not-proven': { words: 'Not proven', look: LOOKS.unknown },
};

/** The verdict in a sentence. What is suppressed may be violated: it only does not count. */
function meaning({ verdict, counts }: Report): string {
  if (verdict === 'not-ready') return 'At least one requirement is violated.';
  if (verdict === 'not-proven') return 'No violation counts, but the input does not settle all that has to be proven.';
  return counts.suppressed > 0 ? 'Nothing that was found counts.' : 'Every core requirement was proven.';
}

export function summary(view: View): Markup {
  const { report } = view;
  const { words, look } = RUN[report.verdict];
  const { tool, mesh } = report;
  const how = (fact: 'routing' | 'calicoVersion') => mesh.inferred.includes(fact) && ' (inferred)';
  return markup`<header class="summary">
<p class="tool">${tool.name} ${tool.version}</p>
<div class="verdict ${look.tone}"><span class="mark" aria-hidden="true">${look.sign}</span><div><h1>${words}</h1><p>${meaning(report)} <span class="object">${view.exitReason}</span></p></div></div>
${counts(report)}<dl class="facts">
<div><dt>Routing</dt><dd>${mesh.routing}${how('routing')}</dd></div>
<div><dt>Judged as of</dt><dd>${mesh.calicoVersion === null ? 'version unknown' : markup`Calico Enterprise ${mesh.calicoVersion}`}${how('calicoVersion')}</dd></div>
<div><dt>Calico versions</dt><dd>${versions(report)}</dd></div>
<div><dt>Read</dt><dd>${count(report.counts.objects, 'object')} in ${count(report.counts.files, 'file')} of ${count(report.clusters.length, 'cluster')}</dd></div>
</dl>
${clusters(report)}</header>\n`;
}

/** How much there is of what, with links to where it is told. */
function counts(report: Report): Markup {
  const { counts } = report;
  const open = (of: RequirementClass): Count => {
    const isTold = askedOf(report, of).length > 0;
    return [openOf(report, of), OPEN[of], 'unknown', isTold ? `#open-${of}` : null];
  };
  const { fail, warn, note } = counts.findings;
  const met = counts.requirements.pass + counts.requirements.warn;
  const all: readonly Count[] = [
    [fail, fail === 1 ? 'error' : 'errors', fail === 0 ? 'idle' : 'fail', fail === 0 ? null : '#findings'],
    [warn, warn === 1 ? 'warning' : 'warnings', 'warn', '#findings'],
    open('core'),
    open('probe'),
    open('advisory'),
    [note, note === 1 ? 'note' : 'notes', 'note', '#findings'],
    [counts.suppressed, 'suppressed', 'idle', '#suppressed'],
    [met, met === 1 ? 'requirement met' : 'requirements met', 'pass', null],
  ];
  const shown = all.filter(([n], i) => n > 0 || i === 0);
  return markup`<ul class="counts">${shown.map(([n, words, tone, href]) => {
    const text = markup`<b>${grouped(n)}</b> ${words}`;
    return markup`<li class="${tone}">${href === null ? text : markup`<a href="${href}">${text}</a>`}</li>`;
  })}</ul>\n`;
}

type Count = readonly [n: number, words: string, tone: Look['tone'], href: string | null];

function versions({ clusters }: Report): Markup {
  const found = new Map<string, number>();
  for (const { version } of clusters) found.set(version ?? 'not told', (found.get(version ?? 'not told') ?? 0) + 1);
  const listed = [...found].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1)).slice(0, MOST_VERSIONS);
  const more = found.size - listed.length;
  const alone = found.size === 1;
  return markup`${listed.map(([version, n], i) => `${i > 0 ? ', ' : ''}${version}${alone ? '' : ` (${grouped(n)})`}`)}${more > 0 && ` and ${more} more`}`;
}

function clusters(report: Report): Markup {
  const own = new Map(report.clusters.map(({ name }) => [name, { fail: 0, warn: 0, asked: 0 }]));
  const add = (names: Iterable<string>, what: 'fail' | 'warn' | 'asked') => {
    for (const name of names) {
      const counted = own.get(name);
      if (counted) counted[what] += 1;
    }
  };
  for (const { verdict, clusters, suppressed } of report.findings) {
    if (suppressed === null && (verdict === 'fail' || verdict === 'warn')) add(clusters, verdict);
  }
  for (const block of (['core', 'probe', 'advisory'] as const).flatMap((of) => askedOf(report, of))) {
    add(new Set(block.flatMap((q) => q.findings.flatMap((f) => f.clusters))), 'asked');
  }
  const rows = report.clusters.map(({ name, version, objects, missing }) => {
    const counted = own.get(name);
    const lacks = Object.entries(missing);
    const number = (n: number | undefined) =>
      markup`<td class="number">${n ? grouped(n) : markup`<span class="none">0</span>`}</td>`;
    return markup`<tr><th scope="row">${name}</th><td>${version ?? 'not told'}</td>${number(objects)}${number(counted?.fail)}${number(counted?.warn)}${number(counted?.asked)}<td class="lacks">${
      lacks.length === 0
        ? markup`<span class="none">nothing</span>`
        : lacks.map(([section, why], i) => markup`${i > 0 && ', '}<abbr title="${why}">${section}</abbr>`)
    }</td></tr>\n`;
  });
  const table = markup`<table class="list">
<thead><tr><th scope="col">Cluster</th><th scope="col">Version</th><th scope="col" class="number">Objects</th><th scope="col" class="number">Errors</th><th scope="col" class="number">Warnings</th><th scope="col" class="number">Questions</th><th scope="col">Not read, or in part</th></tr></thead>
<tbody>
${rows}</tbody></table>`;
  return markup`<details class="clusters"${report.clusters.length <= MOST_OPEN && markup` open`}><summary>${count(report.clusters.length, 'cluster')}</summary>
${scroller('Table of clusters', table)}</details>\n`;
}

// The report as one page that can be mailed, kept and printed: no script, nothing loaded, light and dark. Reads the View only.

import { createHash } from 'node:crypto';
import type { View } from '../report.ts';
import { count } from '../terminal.ts';
import { addressPlan } from './addresses.ts';
import { problems, questions, suppressed, violations } from './findings.ts';
import { BESIDE, heatMap, meshMatrix } from './grids.ts';
import { type Markup, markup, Markup as Raw } from './markup.ts';
import { placesOf } from './places.ts';
import { STYLE } from './style.ts';
import { RUN, summary } from './summary.ts';
import { topology } from './topology.ts';

interface Section {
  readonly id: string;
  readonly title: string;
  readonly content: Markup;
}

/** The page in pieces. Of one rule no more findings than `maxFindings` are told at length; all of them are in the page. */
export function* html(view: View, { maxFindings }: { readonly maxFindings: number }): Generator<string> {
  const { report } = view;
  const parts = sections(view, maxFindings);
  yield head(`${RUN[report.verdict].words}: ${count(report.clusters.length, 'cluster')}, ${report.tool.name}`).text;
  yield markup`<body>
${summary(view)}<nav aria-label="Parts"><ul>${parts.map(({ id, title }) => markup`<li><a href="#${id}">${title}</a></li>`)}</ul></nav>
<main>\n`.text;
  for (const { id, title, content } of parts) {
    yield markup`<section id="${id}" aria-labelledby="h-${id}">
<h2 id="h-${id}">${title}</h2>
${content}</section>\n`.text;
  }
  yield '</main>\n</body>\n</html>\n';
}

/** Nothing may be loaded, sent or run; the one style is known by its hash. */
function head(title: string): Markup {
  const hash = createHash('sha256').update(STYLE).digest('base64');
  const policy = `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
  return markup`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${new Raw(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${new Raw(STYLE)}</style>
</head>
`;
}

function sections(view: View, most: number): Section[] {
  const { report } = view;
  const places = placesOf(report);
  const found: Section[] = [{ id: 'requirements', title: 'Requirements by cluster', content: heatMap(report, places) }];
  if (report.clusters.length > 1) {
    const drawing = topology(report);
    const { matrix, width } = meshMatrix(report, places);
    const isBeside = drawing !== null && width <= BESIDE;
    const content = markup`<div class="${isBeside ? 'beside' : 'alone'}"><div>${matrix}</div>${drawing}</div>\n`;
    found.push({ id: 'mesh', title: 'Between clusters', content });
  }
  const plan = addressPlan(view.addressPlan(), places);
  if (plan) found.push({ id: 'addresses', title: 'Pod addresses', content: plan });
  const told = violations(view, most);
  const waived = suppressed(view);
  found.push({
    id: 'findings',
    title: 'Findings',
    content: markup`${told.length === 0 && markup`<p class="remark">No violation was found.</p>\n`}${told}${waived}`,
  });
  const open = [
    questions(view, 'core', 'Undecided'),
    questions(view, 'probe', 'To verify on the network'),
    questions(view, 'advisory', 'Not checked'),
  ].filter((part) => part !== null);
  if (open.length > 0) found.push({ id: 'open', title: 'Not settled by the input', content: markup`${open}` });
  if (report.problems.length > 0)
    found.push({ id: 'problems', title: 'Problems of the input', content: problems(view) });
  return found;
}

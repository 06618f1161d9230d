// The report as JUnit XML, for the test pages of CI systems: a suite per requirement. Reads the View only.

import type { Verdict } from '../rule.ts';
import { anchor, fileOf, isShown } from './anchor.ts';
import { details } from './details.ts';
import { objectOf } from './frame.ts';
import type { Finding, RequirementResult, View } from './report.ts';
import { sanitise } from './terminal.ts';
import { VERDICT, wordOf } from './words.ts';

/** What is common to GitLab 18 (doc/ci/testing/unit_test_reports.md), Jenkins (junit-10.xsd of its xUnit plugin) and Buildkite. */
interface Case {
  readonly name: string;
  readonly file: string | null;
  readonly outcome: 'failure' | 'skipped' | 'passed';
  /** One line. GitLab shows the content alone, Jenkins this one first. */
  readonly message: string;
  readonly type: string;
  /** Empty for what holds. */
  readonly content: readonly string[];
}

/** Cases of one finding that tell all of it; those of further clusters tell its sentence. GitLab takes no file over 30 MB. */
const MOST_IN_FULL = 10;

/**
 * Every finding is a case in each of its clusters. An error fails; warnings and notes pass, and are told as output; what is undecided is
 * skipped, with the command that settles it, and what is suppressed with its reason. Where a requirement holds in a cluster, that is a
 * case as well; where it does not apply, there is none.
 */
export function junit(view: View): string {
  const { tool, requirements } = view.report;
  const suites = requirements.map((requirement) => ({ requirement, cases: casesOf(requirement, view) }));
  const all = suites.flatMap(({ cases }) => cases);
  const lines = ['<?xml version="1.0" encoding="UTF-8"?>'];
  // `skipped` is not an attribute of testsuites in junit-10.xsd.
  lines.push(`<testsuites ${attributes({ name: tool.name, ...counts(all), time: 0 })}>`);
  for (const { requirement, cases } of suites) {
    if (cases.length === 0) continue;
    const skipped = cases.filter(({ outcome }) => outcome === 'skipped').length;
    lines.push(`  <testsuite ${attributes({ name: requirement.id, ...counts(cases), skipped, time: 0 })}>`);
    // GitLab shows the class as the suite, and Jenkins makes a package of what is before the dot.
    const classname = `${tool.name}.${requirement.id}`;
    for (const each of cases) lines.push(...caseLines(each, classname));
    lines.push('  </testsuite>');
  }
  return `${[...lines, '</testsuites>'].join('\n')}\n`;
}

function counts(cases: readonly Case[]): {
  readonly tests: number;
  readonly failures: number;
  readonly errors: number;
} {
  return { tests: cases.length, failures: cases.filter(({ outcome }) => outcome === 'failure').length, errors: 0 };
}

function casesOf(requirement: RequirementResult, view: View): Case[] {
  const { clusters, findings } = view.report;
  const own = findings.filter((finding) => finding.requirement === requirement.id);
  const holding = clusters.flatMap(({ name }) => {
    const verdict = requirement.clusters[name] ?? requirement.verdict;
    const told = own.some((finding) => finding.verdict === verdict && concerns(finding, name));
    return told || verdict === 'not-applicable' ? [] : [bare(requirement, name, verdict)];
  });
  const found = own.flatMap((finding) => {
    const where = finding.clusters.length === 0 ? ['mesh'] : finding.clusters;
    return where.map((cluster, i) => caseOf(finding, cluster, requirement, i < MOST_IN_FULL, view));
  });
  return distinct([...holding, ...found]);
}

function concerns({ clusters }: Finding, cluster: string): boolean {
  return clusters.length === 0 || clusters.includes(cluster);
}

/** A requirement in a cluster of which no finding tells the verdict. */
function bare({ id, title, reason }: RequirementResult, cluster: string, verdict: Verdict): Case {
  const outcome = verdict === 'fail' ? 'failure' : verdict === 'unknown' ? 'skipped' : 'passed';
  const message = `${VERDICT[verdict]}: ${title}${verdict === 'unknown' && reason !== null ? ` (${reason})` : ''}`;
  const content = verdict === 'pass' ? [] : [message];
  return { name: sanitise(cluster), file: null, outcome, message, type: id, content };
}

function caseOf(finding: Finding, cluster: string, requirement: RequirementResult, full: boolean, view: View): Case {
  const { rule, verdict, message, evidence, fingerprint, suppressed, reason } = finding;
  const here = evidence.filter((one) => one.cluster === cluster);
  const object = here[0] ? ` ${objectOf(here[0], sanitise)}` : '';
  const place = anchor({ ...finding, evidence: [...here.filter(isShown), ...evidence] }, view);
  const because = reason === null ? '' : ` (${reason})`;
  const text = `${wordOf(finding, requirement.class)}${because}: ${sanitise(message.text)}`;
  const told = suppressed === null ? text : `suppressed, ${sanitise(suppressed.reason)}: ${text}`;
  const failed = verdict === 'fail' ? 'failure' : verdict === 'unknown' ? 'skipped' : 'passed';
  return {
    // Results are compared by name from run to run, so nothing is in it that can change while the finding stays.
    name: `${sanitise(cluster)}: ${rule}${object} (${fingerprint.slice(0, 8)})`,
    file: place?.means === 'evidence' ? sanitise(fileOf(place)) : null,
    outcome: suppressed === null ? failed : 'skipped',
    message: told,
    type: rule,
    content: [told, ...(full ? ['', ...details(finding)] : []), '', `fingerprint: ${fingerprint}`],
  };
}

/** GitLab drops all cases but the first of one class and name. */
function distinct(cases: readonly Case[]): Case[] {
  const seen = new Map<string, number>();
  return cases.map((each) => {
    const n = (seen.get(each.name) ?? 0) + 1;
    seen.set(each.name, n);
    return n === 1 ? each : { ...each, name: `${each.name} #${n}` };
  });
}

function caseLines({ name, file, outcome, message, type, content }: Case, classname: string): string[] {
  const open = `    <testcase ${attributes({ classname, name, ...(file !== null && { file }), time: 0 })}`;
  if (content.length === 0) return [`${open}/>`];
  const text = content
    .map(encoded)
    .join('\n')
    .replace(/\n{2,}/g, '\n\n');
  const head = { failure: `failure ${attributes({ message, type })}`, skipped: `skipped ${attributes({ message })}` };
  const [start, end] = outcome === 'passed' ? ['system-out', 'system-out'] : [head[outcome], outcome];
  return [`${open}>`, `      <${start}>${text}</${end}>`, '    </testcase>'];
}

function attributes(of: Readonly<Record<string, string | number>>): string {
  return Object.entries(of)
    .map(([name, value]) => `${name}="${encoded(String(value))}"`)
    .join(' ');
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/**
 * Text or the value of an attribute. The characters that XML 1.0 does not allow (section 2.2) are shown as escapes before. Here
 * `[[ATTACHMENT|…]]` would make GitLab and Jenkins link a file, and a line that starts with `::` is a command to the runner of GitHub
 * Actions, if the report is printed there.
 */
function encoded(text: string): string {
  return text
    .replace(/\[\[(?=ATTACHMENT)/g, '[ [')
    .replace(/[&<>"]/g, (character) => ENTITIES[character] ?? '')
    .replace(/^::/gm, '&#58;:');
}

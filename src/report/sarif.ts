// View → SARIF 2.1.0: one run, in the shape that GitHub code scanning shows best and other readers accept. Pure.

import type {
  Fix,
  Log,
  Notification,
  PhysicalLocation,
  Result,
  Run,
  Location as SarifLocation,
  Suppression,
} from 'sarif';
import { audits } from '../audits.ts';
import type { Messages } from '../rule.ts';
import { anchor, isShown, type Shown } from './anchor.ts';
import { evidencePrint, fingerprint } from './fingerprint.ts';
import type { Finding, Problem, ReportEvidence, View } from './report.ts';
import { edit } from './sarif-edit.ts';
import { encodePath, logicalLocations, type Place, placeInFile, placeOfObject } from './sarif-place.ts';
import { auditDescriptor, descriptor, type Form, message, pascalCase, quoteText } from './sarif-rule.ts';
import { sanitise } from './terminal.ts';
import type { VersionControl } from './version-control.ts';

export interface SarifOptions {
  /** Of more results the most severe are kept. GitHub keeps 5,000 (the default) of a run and refuses more than 25,000. */
  readonly maxResults?: number;
  /**
   * Keeps several uploads for one revision apart. GitHub ignores the category that the upload action is given where the file has one
   * of its own, so none is written unless it is asked for.
   */
  readonly category?: string | null;
  /** Are suppressed findings results as well, marked as such? GitHub does not look at the mark, and opens an alert for each. */
  readonly suppressed?: boolean;
  readonly versionControl?: VersionControl | null;
  /** Of this program. */
  readonly homepage?: string | null;
}

const SCHEMA = 'https://json.schemastore.org/sarif-2.1.0.json';
const ROOT = '%SRCROOT%';
const MAX_RESULTS = 5000;
/** With more results and notifications than this, nobody reads the file, and white space would be half of it. */
const MAX_INDENTED = 1000;

/** What the notifications of a run are about. */
const notices = [
  {
    id: 'not-decided',
    title: 'What was read does not settle whether a requirement holds',
    text: 'It is no result, because nothing is known to be wrong. The command in its properties settles it.',
  },
  {
    id: 'not-read',
    title: 'A part of the input could not be read',
    text: 'The rest of the input was judged; what this part may have held counts as not read.',
  },
  {
    id: 'left-out',
    title: 'There are more results than this file holds',
    text: 'The most severe are kept. The JSON report holds all of them.',
  },
] as const;
type Notice = (typeof notices)[number]['id'];

/** A side of a finding that has to change: what becomes one result. */
interface Side {
  readonly finding: Finding;
  /** What it is about; in another place than `place` if the input does not hold it. */
  readonly subject: ReportEvidence;
  readonly evidence: ReportEvidence;
  readonly place: Place;
  readonly related: readonly Shown[];
  readonly form: Form;
  readonly identity: string;
}

interface Context {
  readonly view: View;
  readonly rules: ReadonlyMap<string, { readonly index: number; readonly messages: Messages }>;
  readonly place: (evidence: Shown) => Place;
  /** Texts that stand for objects which are in no file, by their address. */
  readonly standIns: readonly (readonly [uri: string, text: string])[];
}

/**
 * Failures, warnings and notes are results, one for each side that has to change; all results of one finding share a `groupId`, the
 * fingerprint that the finding has in the JSON report. What is not decided is a notification, because code scanning opens an alert for
 * every result. For the same reason suppressed findings are left out unless they are asked for. What a baseline knows stays, because GitHub
 * takes for fixed what is not in the file. All rules are described, whether they found something or not.
 */
export function sarif(view: View, options: SarifOptions = {}): string {
  const { maxResults = MAX_RESULTS, category = null, versionControl = null, homepage = null } = options;
  const { suppressed: isWhole = false } = options;
  const { report, rules } = view;
  const { name, version } = report.tool;
  const place = placesOf(view);
  const active = report.findings.filter(({ suppressed }) => suppressed === null || suppressed.by === 'baseline');
  const stated = isWhole ? report.findings : active;

  const sides = stated.flatMap((finding) => (finding.verdict === 'unknown' ? [] : sidesOf(finding, view, place)));
  const kept = sides.sort(bySeverity).slice(0, maxResults).sort(byPlace);
  // As it is published: a major version is a promise, and the page is one of the package.
  const onSuppressions = `https://unpkg.com/${name}@${version.split('.')[0]}/rules/README.md#suppressions`;
  const described = [...rules, ...audits.map(({ id, message }) => ({ id, messages: { [message.id]: message.text } }))];
  const context: Context = {
    view,
    rules: new Map(described.map(({ id, messages }, index) => [id, { index, messages }])),
    place,
    standIns: standInsOf(kept, place),
  };

  const notifications = [
    ...(kept.length < sides.length ? [leftOut(sides.length - kept.length, kept.length)] : []),
    ...active.filter((finding) => finding.verdict === 'unknown').map((finding) => notDecided(finding, context)),
    ...report.problems.map(notRead),
  ];

  const run: Run = {
    tool: {
      driver: {
        name,
        fullName: `${name} ${version}`,
        semanticVersion: version,
        version,
        ...(homepage === null ? {} : { informationUri: homepage }),
        language: 'en-US',
        shortDescription: { text: 'Preflight checks for Calico Enterprise cluster meshes.' },
        rules: [...rules.map(descriptor), ...audits.map((audit) => auditDescriptor(audit, onSuppressions))],
        notifications: notices.map(({ id, title, text }) => ({
          id,
          name: pascalCase(id),
          shortDescription: { text: `${title}.` },
          fullDescription: { text: `${title}. ${text}` },
          help: { text },
          defaultConfiguration: { level: 'warning' },
        })),
      },
    },
    language: 'en-US',
    columnKind: 'utf16CodeUnits',
    defaultEncoding: 'utf-8',
    originalUriBaseIds: { [ROOT]: { description: { text: 'The root of the repository that holds the input.' } } },
    ...(versionControl ? { versionControlProvenance: [{ ...versionControl, mappedTo: { uriBaseId: ROOT } }] } : {}),
    ...(category === null ? {} : { automationDetails: { id: `${category.replace(/\/+$/, '')}/` } }),
    ...(context.standIns.length === 0
      ? {}
      : {
          artifacts: context.standIns.map(([uri, text]) => ({
            location: { uri, uriBaseId: ROOT },
            contents: { text },
          })),
        }),
    invocations: [
      {
        // A rule that failed leaves out results, and GitHub would close their alerts as fixed.
        executionSuccessful: !report.findings.some((finding) => finding.reason === 'rule-failed'),
        exitCodeDescription: `${view.exitReason}.`,
        toolExecutionNotifications: notifications,
      },
    ],
    // The standard wants suppressions in all results or in none.
    results: kept.map((side) => ({
      ...resultOf(side, context),
      ...(isWhole && { suppressions: suppressionsOf(side.finding) }),
    })),
    properties: {
      verdict: report.verdict,
      mesh: report.mesh,
      requirements: Object.fromEntries(report.requirements.map((one) => [one.id, one.verdict])),
      suppressed: report.counts.suppressed,
    },
  };
  const log: Log = { $schema: SCHEMA, version: '2.1.0', runs: [run] };
  return `${JSON.stringify(log, null, kept.length + notifications.length > MAX_INDENTED ? undefined : 2)}\n`;
}

/** The places of evidence, each looked up once. */
function placesOf(view: View): (evidence: Shown) => Place {
  const known = new Map<ReportEvidence, Place>();
  return (evidence) => {
    const place = known.get(evidence) ?? placeInFile(evidence, view.excerpt(evidence));
    known.set(evidence, place);
    return place;
  };
}

/**
 * The side of the first evidence, and one for every other cluster that has to change and has evidence in a file: each owner then sees
 * the alert where it can be put right.
 */
function sidesOf(finding: Finding, view: View, place: (evidence: Shown) => Place): Side[] {
  const [subject] = finding.evidence;
  // A rule cannot state a finding without evidence (FindingSpec).
  if (!subject) return [];
  const found = anchor(finding, view);
  const located = finding.evidence.filter(isShown);
  const common = { finding, subject, identity: finding.fingerprint };
  if (!found) {
    return [{ ...common, evidence: subject, place: placeOfObject(subject), related: [], form: 'plain' }];
  }
  if (found.means === 'first-file') {
    const place = placeInFile(found.at, found.excerpt);
    return [{ ...common, evidence: found.at, place, related: [], form: 'anchored' }];
  }
  const side = (evidence: Shown): Side => {
    // Fields that are absent can share the place of their parent.
    const related = located.filter(
      (other, i) => !samePlace(other, evidence) && located.findIndex((one) => samePlace(one, other)) === i,
    );
    const form = related.length === 0 ? 'plain' : 'linked';
    return { ...common, evidence, place: place(evidence), related, form };
  };
  const sides = [side(found.at)];
  for (const cluster of finding.clusters) {
    const own = located.find((evidence) => evidence.cluster === cluster);
    if (!own || cluster === subject.cluster || cluster === found.at.cluster) continue;
    // The first side's identity tells this side apart from what other findings of the rule say of the same field.
    const discriminators = [finding.message.id, finding.fingerprint];
    sides.push({ ...side(own), subject: own, identity: fingerprint({ ...own, rule: finding.rule, discriminators }) });
  }
  return sides;
}

function samePlace({ location: a }: Shown, { location: b }: Shown): boolean {
  return a.uri === b.uri && a.line === b.line && a.column === b.column;
}

const LEVELS = ['error', 'warning', 'note'] as const;

function bySeverity(a: Side, b: Side): number {
  return LEVELS.indexOf(a.finding.severity) - LEVELS.indexOf(b.finding.severity) || byPlace(a, b);
}

function byPlace(a: Side, b: Side): number {
  return (
    compare(a.place.uri, b.place.uri) ||
    a.place.region.startLine - b.place.region.startLine ||
    a.place.region.startColumn - b.place.region.startColumn ||
    compare(a.finding.rule, b.finding.rule) ||
    compare(a.identity, b.identity)
  );
}

/** By code units, as no locale can change. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function standInsOf(sides: readonly Side[], placeOf: Context['place']): Context['standIns'] {
  const texts = new Map<string, string>();
  for (const { place, related } of sides) {
    for (const { uri, standIn } of [place, ...related.map(placeOf)]) if (standIn !== null) texts.set(uri, standIn);
  }
  return [...texts].sort(([a], [b]) => compare(a, b));
}

function resultOf(side: Side, context: Context): Result {
  const { finding, subject, evidence, place, related } = side;
  const known = context.rules.get(finding.rule);
  const here = locationOf(evidence, place, context);
  const absent = subject === evidence ? [] : logicalLocations(subject);
  const others = related.map((other) => locationOf(other, context.place(other), context));
  const change = side.identity === finding.fingerprint ? fixOf(side, context) : null;
  return {
    ruleId: finding.rule,
    ...(known ? { ruleIndex: known.index } : {}),
    kind: 'fail',
    level: finding.severity,
    message: message(finding, known?.messages, side.form),
    locations: [
      {
        ...here,
        logicalLocations: side.form === 'anchored' ? absent : [...absent, ...(here.logicalLocations ?? [])],
      },
    ],
    ...(others.length === 0
      ? {}
      : {
          relatedLocations: others.map((other, i) => ({ id: i + 1, ...other })),
          codeFlows: [
            {
              threadFlows: [
                { locations: [here, ...others].map((location) => ({ location, importance: 'essential' as const })) },
              ],
            },
          ],
        }),
    ...(finding.baselineState && { baselineState: finding.baselineState }),
    partialFingerprints: {
      'findingIdentity/v1': side.identity,
      'findingEvidence/v1': evidencePrint(finding),
      ...(place.lineHash === null ? {} : { primaryLocationLineHash: place.lineHash }),
    },
    ...(change ? { fixes: [change] } : {}),
    properties: {
      groupId: finding.fingerprint,
      requirement: finding.requirement,
      clusters: finding.clusters,
      ...(finding.fix ? { fix: finding.fix } : {}),
    },
  };
}

/** Who said that it need not count; a baseline marks results by their state instead. */
function suppressionsOf({ suppressed }: Finding): Suppression[] {
  if (suppressed === null || suppressed.by === 'baseline') return [];
  const { by, reason, owner, until } = suppressed;
  const properties = { ...(owner !== undefined && { owner }), ...(until !== undefined && { until }) };
  return [
    {
      kind: by === 'config' ? 'external' : 'inSource',
      status: 'accepted',
      justification: sanitise(reason),
      ...(Object.keys(properties).length > 0 && { properties }),
    },
  ];
}

function locationOf(evidence: ReportEvidence, place: Place, context: Context): SarifLocation {
  return {
    physicalLocation: physicalLocation(place, context),
    logicalLocations: logicalLocations(evidence),
    ...(evidence.note === '' ? {} : { message: { text: `${quoteText(evidence.note)}.` } }),
  };
}

function physicalLocation(place: Place, { standIns }: Context): PhysicalLocation {
  const index = place.standIn === null ? -1 : standIns.findIndex(([uri]) => uri === place.uri);
  return {
    artifactLocation: { uri: place.uri, uriBaseId: ROOT, ...(index < 0 ? {} : { index }) },
    region: place.region,
    ...(place.contextRegion ? { contextRegion: place.contextRegion } : {}),
  };
}

/** The repair as an edit of the file, where the finding's patch sets just the value that the result shows. */
function fixOf({ finding, evidence, place }: Side, { view }: Context): Fix | null {
  if (!finding.fix?.patch || !isShown(evidence)) return null;
  const text = edit(finding.fix.patch, evidence, view.excerpt(evidence));
  if (text === null) return null;
  const { snippet: _, ...deletedRegion } = place.region;
  return {
    description: { text: `${quoteText(finding.fix.title)}.` },
    artifactChanges: [
      {
        artifactLocation: { uri: place.uri, uriBaseId: ROOT },
        replacements: [{ deletedRegion, insertedContent: { text } }],
      },
    ],
  };
}

function notice(id: Notice): Notification['descriptor'] {
  return { id, index: notices.findIndex((one) => one.id === id) };
}

function notDecided(finding: Finding, context: Context): Notification {
  const known = context.rules.get(finding.rule);
  const locations = finding.evidence.filter(isShown).map((one) => locationOf(one, context.place(one), context));
  return {
    descriptor: notice('not-decided'),
    associatedRule: { id: finding.rule, ...(known ? { index: known.index } : {}) },
    level: finding.reason === 'rule-failed' ? 'error' : finding.severity === 'note' ? 'note' : 'warning',
    message: message(finding, undefined, 'plain'),
    ...(locations.length === 0 ? {} : { locations }),
    properties: {
      fingerprint: finding.fingerprint,
      requirement: finding.requirement,
      clusters: finding.clusters,
      reason: finding.reason,
      severity: finding.severity,
      ...(finding.fix ? { fix: finding.fix } : {}),
    },
  };
}

function notRead({ cluster, uri, line, column, why }: Problem): Notification {
  const region =
    line === null ? {} : { region: { startLine: line, ...(column === null ? {} : { startColumn: column }) } };
  return {
    descriptor: notice('not-read'),
    level: 'warning',
    message: { text: `${quoteText(why)}.` },
    locations: [{ physicalLocation: { artifactLocation: { uri: encodePath(uri), uriBaseId: ROOT }, ...region } }],
    properties: { cluster },
  };
}

function leftOut(missing: number, kept: number): Notification {
  return {
    descriptor: notice('left-out'),
    level: 'warning',
    message: { text: `${missing} results are left out, the ${kept} most severe are kept.` },
  };
}

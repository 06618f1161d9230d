// SARIF of literal Views: golden files, and what has to hold of every report, in words that no schema has.

import type { Location, Log, Message, ReportingDescriptor, Result, Run } from 'sarif';
import { describe, expect, test } from 'vitest';
import { audits } from '../../src/audits.ts';
import { sarif } from '../../src/report/sarif.ts';
import { encodePath } from '../../src/report/sarif-place.ts';
import { pascalCase } from '../../src/report/sarif-rule.ts';
import { schemaErrors } from './sarif-gate.ts';
import {
  absent,
  clean,
  hostile,
  many,
  mixture,
  overlap,
  rules,
  type SarifView,
  sarifViews,
  texts,
} from './sarif-views.ts';
import { views } from './views.ts';

function runOf(text: string): Run {
  const log = JSON.parse(text) as Log;
  const [run, ...more] = log.runs;
  if (!run || more.length > 0) throw new Error('one run');
  return run;
}

function results(view: SarifView): readonly Result[] {
  return runOf(sarif(view)).results ?? [];
}

function allLocations(result: Result): Location[] {
  const steps = result.codeFlows?.flatMap((flow) => flow.threadFlows.flatMap((thread) => thread.locations)) ?? [];
  return [
    ...(result.locations ?? []),
    ...(result.relatedLocations ?? []),
    ...steps.flatMap((step) => (step.location ? [step.location] : [])),
  ];
}

/** A message string with its arguments, as section 3.11 of the standard defines it. */
function render(template: string, values: readonly string[]): string {
  return template.replace(/\{\{|\}\}|\{(\d+)\}/g, (all, number?: string) =>
    number === undefined ? all.charAt(0) : (values[Number(number)] ?? '?'),
  );
}

const everyView = Object.entries(sarifViews);

describe.each(everyView)('SARIF of %s', (name, view) => {
  const text = sarif(view, name === 'many' ? { maxResults: 3 } : {});
  const run = runOf(text);
  const found = run.results ?? [];
  const described = run.tool.driver.rules ?? [];

  test('is the golden file', async () => {
    await expect(text).toMatchFileSnapshot(`golden/${name}.sarif`);
  });

  test('fits the schema', () => {
    expect(schemaErrors(text)).toEqual([]);
  });

  test('describes all rules, in order, and what is said of suppressions', () => {
    expect(described.map((rule) => rule.id)).toEqual([...view.rules, ...audits].map((rule) => rule.id));
  });

  test('renders every message as its template with its arguments', () => {
    for (const result of found) {
      const rule = described[result.ruleIndex ?? -1] as ReportingDescriptor;
      expect(rule.id).toBe(result.ruleId);
      const { id = '', arguments: values = [], text: rendered = '' } = result.message as Message;
      const template = rule.messageStrings?.[id]?.text ?? '';
      expect(render(rendered, [])).toBe(render(template, values));
      expect(values.length).toBeLessThanOrEqual(5);
    }
  });

  test('links related location 1 exactly where there is one', () => {
    for (const result of found) {
      const ids = (result.relatedLocations ?? []).map((one) => one.id);
      expect(ids).toEqual(ids.map((_, i) => i + 1));
      expect(/\[the other place\]\(1\)/.test(result.message.text ?? '')).toBe(ids.length > 0);
      expect(/(?<!\\)\](?=\()/g[Symbol.match](result.message.text ?? '')?.length ?? 0).toBe(ids.length > 0 ? 1 : 0);
    }
  });

  test('has one location per result, and codeFlows of two or more steps', () => {
    for (const result of found) {
      expect(result.locations).toHaveLength(1);
      for (const flow of result.codeFlows ?? []) {
        expect(flow.threadFlows[0]?.locations.length).toBe((result.relatedLocations?.length ?? 0) + 1);
      }
    }
  });

  test('has addresses that are relative, stay below the root and decode to the path', () => {
    for (const { physicalLocation } of found.flatMap(allLocations)) {
      const uri = physicalLocation?.artifactLocation?.uri ?? '';
      expect(uri).toMatch(/^(?:[A-Za-z0-9!'()*._~-]|%[0-9A-F]{2})+(?:\/(?:[A-Za-z0-9!'()*._~-]|%[0-9A-F]{2})+)*$/);
      expect(uri.split('/')).not.toContain('..');
      expect(uri.split('/')).not.toContain('.');
    }
  });

  test('quotes the files as they are', () => {
    for (const { physicalLocation } of found.flatMap(allLocations)) {
      const { artifactLocation, region, contextRegion } = physicalLocation ?? {};
      const uri = artifactLocation?.uri ?? '';
      const content =
        run.artifacts?.[artifactLocation?.index ?? -1]?.contents?.text ??
        Object.entries(view.files).find(([file]) => encodePath(file) === uri)?.[1] ??
        '';
      const lines = content.replace(/^\ufeff/, '').split(/\r\n|\r|\n/);
      for (const part of [region, contextRegion]) {
        const { startLine = 0, startColumn = 1, endLine = startLine, snippet } = part ?? {};
        const shown = lines.slice(startLine - 1, endLine);
        const endColumn = part?.endColumn ?? (shown.at(-1)?.length ?? 0) + 1;
        const cut = shown.map((line, i) =>
          line.slice(i === 0 ? startColumn - 1 : 0, i === shown.length - 1 ? endColumn - 1 : undefined),
        );
        expect(snippet?.text).toBe(cut.join('\n'));
        expect(snippet?.text).not.toBe('');
      }
      expect(contextRegion?.snippet?.text).toContain(region?.snippet?.text);
      expect(contextRegion?.snippet?.text).not.toBe(region?.snippet?.text);
    }
  });

  test('has as many groups as findings, and every identity once', () => {
    const stated = view.report.findings.filter((f) => f.verdict !== 'unknown' && f.suppressed === null);
    const groups = new Set(found.map((result) => result.properties?.groupId));
    if (name !== 'many') expect(groups).toEqual(new Set(stated.map((finding) => finding.fingerprint)));
    const identities = found.map((result) => result.partialFingerprints?.['findingIdentity/v1']);
    expect(new Set(identities).size).toBe(identities.length);
  });

  test('has the same results whatever the order of findings', () => {
    const findings = [...view.report.findings].reverse();
    const reversed = sarif({ ...view, report: { ...view.report, findings } }, name === 'many' ? { maxResults: 3 } : {});
    expect(runOf(reversed).results).toEqual(found);
  });
});

test.each(Object.entries(views))('SARIF of the view %s fits the schema', (_, view) => {
  expect(schemaErrors(sarif(view))).toEqual([]);
});

describe('sides', () => {
  test('every cluster that has to change gets a result at its own file', () => {
    const [east, west] = results(overlap);
    expect(east?.locations?.[0]?.physicalLocation?.artifactLocation?.uri).toBe('east/ippools.yaml');
    expect(west?.locations?.[0]?.physicalLocation?.artifactLocation?.uri).toBe('west/ippools.yaml');
    expect(west?.relatedLocations?.[0]?.physicalLocation?.artifactLocation?.uri).toBe('east/ippools.yaml');
    expect(east?.properties?.groupId).toBe(west?.properties?.groupId);
    expect(results(overlap)).toHaveLength(2);
  });

  test('a cluster that is only compared with gets none', () => {
    const odd = results(mixture).filter((result) => result.ruleId === 'vxlan-port-aligned');
    expect(odd.map((result) => result.locations?.[0]?.physicalLocation?.artifactLocation?.uri)).toEqual([
      'b/felix.yaml',
    ]);
    expect(odd[0]?.relatedLocations).toHaveLength(3);
  });

  test('places that fields share are shown once', () => {
    const [finding] = overlap.report.findings;
    if (!finding) throw new Error('a finding');
    const evidence = [...finding.evidence, ...finding.evidence.map((one) => ({ ...one, path: 'spec.other' }))];
    const view = { ...overlap, report: { ...overlap.report, findings: [{ ...finding, evidence }] } };
    expect(results(view).map((result) => result.relatedLocations?.length)).toEqual([1, 1]);
  });

  test('a missing object is shown at what refers to it, and named', () => {
    const missing = results(absent).find((result) => result.ruleId === 'access-secrets-exist');
    const [location] = missing?.locations ?? [];
    expect(location?.physicalLocation?.region?.snippet?.text).toBe('clusterAccessSecret');
    expect(location?.logicalLocations?.[0]?.fullyQualifiedName).toBe('east/v1/Secret/calico-system/west-access');
  });

  test('a finding without any place is shown at the first file of its cluster, and says so', () => {
    const none = results(absent).find((result) => result.ruleId === 'remotes-lead-both-ways');
    const { artifactLocation, region } = none?.locations?.[0]?.physicalLocation ?? {};
    expect(artifactLocation?.uri).toBe('west/nodes.yaml');
    expect(region).toMatchObject({ startLine: 1, startColumn: 1, endLine: 1, endColumn: 2 });
    expect(none?.message.text).toContain('shown at the start of the first file of the cluster');
  });

  test('an object that is in no file is shown in a text that stands for it', () => {
    const run = runOf(sarif(absent));
    const live = run.results?.find((result) => result.ruleId === 'vxlan-port-aligned');
    const { artifactLocation } = live?.locations?.[0]?.physicalLocation ?? {};
    expect(artifactLocation?.uri).toBe('live/live-1/projectcalico.org/v3/FelixConfiguration/default.yaml');
    expect(run.artifacts?.[artifactLocation?.index ?? -1]?.contents?.text).toContain('name: default');
    expect(live?.fixes).toBeUndefined();
  });
});

describe('results', () => {
  test('leave out what is undecided, suppressed or not read, and notify of it', () => {
    const run = runOf(sarif(mixture));
    expect(run.results).toHaveLength(2);
    expect(run.properties?.suppressed).toBe(1);
    const [invocation] = run.invocations ?? [];
    const told = invocation?.toolExecutionNotifications?.map((one) => [one.descriptor?.id, one.message.text]);
    expect(told).toEqual([
      ['not-decided', 'vxlanPort of d may be set where it was not read.'],
      ['not-read', 'key spec is given twice.'],
      ['not-read', 'the file is not UTF-8.'],
    ]);
    expect(invocation?.executionSuccessful).toBe(true);
  });

  test('hold what is suppressed where that is asked for, all of them marked or none', async () => {
    const [odd, ...more] = mixture.report.findings;
    if (!odd) throw new Error('a finding');
    const findings = [
      { ...odd, baselineState: 'unchanged' as const, suppressed: { reason: 'known before', by: 'baseline' as const } },
      ...more.map((f) => ({
        ...f,
        baselineState: 'new' as const,
        suppressed: f.suppressed && { ...f.suppressed, owner: 'network team', until: '2027-03-31' },
      })),
    ];
    const known = { ...mixture, report: { ...mixture.report, findings } };
    const text = sarif(known, { suppressed: true });
    await expect(text).toMatchFileSnapshot('golden/suppressed.sarif');
    expect(schemaErrors(text)).toEqual([]);
    const told = (run: Run) => run.results?.map((one) => [one.ruleId, one.baselineState, one.suppressions]);
    expect(told(runOf(text))).toEqual([
      ['vxlan-port-aligned', 'unchanged', []],
      ['pod-cidrs-apart', 'new', []],
      [
        'pod-cidrs-apart',
        'new',
        [
          {
            kind: 'external',
            status: 'accepted',
            justification: 'known',
            properties: { owner: 'network team', until: '2027-03-31' },
          },
        ],
      ],
    ]);
    // Without being asked for: what a baseline knows is still there, because GitHub would close its alert.
    expect(told(runOf(sarif(known)))).toEqual([
      ['vxlan-port-aligned', 'unchanged', undefined],
      ['pod-cidrs-apart', 'new', undefined],
    ]);
    const [inSource] = runOf(
      sarif(
        {
          ...mixture,
          report: {
            ...mixture.report,
            findings: [{ ...odd, suppressed: { reason: '\u001b[31mx', by: 'comment' as const } }],
          },
        },
        { suppressed: true },
      ),
    ).results as [Result];
    expect(inSource.suppressions).toEqual([
      { kind: 'inSource', status: 'accepted', justification: expect.not.stringContaining('\u001b') },
    ]);
  });

  test('have the level of the finding', () => {
    expect(results(mixture).map((result) => [result.ruleId, result.level])).toEqual([
      ['vxlan-port-aligned', 'error'],
      ['pod-cidrs-apart', 'note'],
    ]);
  });

  test('have an edit where the patch is one', () => {
    const [odd] = results(mixture);
    const [replacement] = odd?.fixes?.[0]?.artifactChanges[0]?.replacements ?? [];
    expect(replacement).toEqual({
      deletedRegion: { startLine: 6, startColumn: 14, endLine: 6, endColumn: 18 },
      insertedContent: { text: '4789' },
    });
  });

  test('over the limit lose the least severe, and the report says how many', () => {
    const all = runOf(sarif(many));
    expect(all.results).toHaveLength(6);
    const run = runOf(sarif(many, { maxResults: 3 }));
    expect(run.results?.map((result) => result.level)).toEqual(['note', 'note', 'error']);
    const [left] = run.invocations?.[0]?.toolExecutionNotifications ?? [];
    expect(left?.message.text).toBe('3 results are left out, the 3 most severe are kept.');
  });

  test('by the thousand are written without white space, 5,000 of them', () => {
    const [finding] = overlap.report.findings;
    if (!finding) throw new Error('a finding');
    const findings = Array.from({ length: 2501 }, (_, i) => ({ ...finding, fingerprint: String(i).padStart(32, '0') }));
    const text = sarif({ ...overlap, report: { ...overlap.report, findings } });
    expect(text.split('\n')).toHaveLength(2);
    expect(runOf(text).results).toHaveLength(5000);
    expect(schemaErrors(text)).toEqual([]);
  });

  test('cannot be taken for complete after a rule failed', () => {
    const [finding] = mixture.report.findings.filter((one) => one.verdict === 'unknown');
    if (!finding) throw new Error('an unknown finding');
    const findings = [{ ...finding, reason: 'rule-failed' as const }];
    const run = runOf(sarif({ ...mixture, report: { ...mixture.report, findings } }));
    expect(run.invocations?.[0]?.executionSuccessful).toBe(false);
    expect(run.invocations?.[0]?.toolExecutionNotifications?.[0]?.level).toBe('error');
  });

  test('of a clean mesh are an empty list', () => {
    expect(results(clean)).toEqual([]);
  });

  test('follow the line, not its number', () => {
    const moved = results({ ...texts });
    expect(
      moved.every((one) => /^[0-9a-f]{1,16}:\d+$/.test(one.partialFingerprints?.primaryLocationLineHash ?? '')),
    ).toBe(true);
  });
});

describe('options', () => {
  test('a category ends in a slash and is not written unasked', () => {
    expect(runOf(sarif(clean)).automationDetails).toBeUndefined();
    expect(runOf(sarif(clean, { category: 'prod' })).automationDetails).toEqual({ id: 'prod/' });
    expect(runOf(sarif(clean, { category: 'prod/' })).automationDetails).toEqual({ id: 'prod/' });
  });

  test('the revision is written where it is told', () => {
    const versionControl = { repositoryUri: 'https://git.example/team/repo', revisionId: 'abc', branch: 'main' };
    expect(runOf(sarif(clean)).versionControlProvenance).toBeUndefined();
    const text = sarif(clean, { versionControl });
    expect(runOf(text).versionControlProvenance).toEqual([{ ...versionControl, mappedTo: { uriBaseId: '%SRCROOT%' } }]);
    expect(schemaErrors(text)).toEqual([]);
  });

  test('a homepage is', () => {
    expect(runOf(sarif(clean)).tool.driver.informationUri).toBeUndefined();
    expect(runOf(sarif(clean, { homepage: 'https://example.com/' })).tool.driver.informationUri).toBe(
      'https://example.com/',
    );
  });
});

test('names of the input are no links, placeholders or escapes', () => {
  const text = sarif(hostile);
  expect(text).not.toMatch(/\u001b|\u202e/);
  const [first] = results(hostile);
  expect(first?.message.text).not.toMatch(/(?<!\\)\[click/);
  expect(first?.relatedLocations?.length).toBe(1);
});

test.each([
  ['unique-node-names', 'UniqueNodeNames'],
  ['nodes-in-2-clusters', 'NodesIn2Clusters'],
  ['a-b', 'Ab'],
  ['vtep-mac-x-y-is-set', 'VtepMacxyIsSet'],
])('the rule %s is called %s', (id, name) => {
  expect(pascalCase(id)).toBe(name);
  expect(name).toMatch(/^(\p{Lu}[\p{Ll}\p{Nd}]+)*$/u);
});

test('rules are described for code scanning', () => {
  for (const rule of runOf(sarif(clean)).tool.driver.rules ?? []) {
    expect(rule.name).toMatch(/^(\p{Lu}[\p{Ll}\p{Nd}]+)*$/u);
    expect(rule.help?.markdown).toContain('## How to fix it');
    expect(rule.properties?.tags?.length).toBeLessThanOrEqual(10);
    for (const { text } of Object.values(rule.messageStrings ?? {})) expect(text).toMatch(/\.$/);
  }
  expect(rules).toHaveLength(4);
});

// Literal Views whose findings have real messages, for the tests of SARIF: the rules' templates, the data, and what follows from both.

import { lineHashes } from '../../src/report/line-hash.ts';
import type { Excerpt, Finding, Location, Problem, ReportEvidence, ReportFix, View } from '../../src/report/report.ts';
import type { RequirementId } from '../../src/requirements.ts';
import { defineRule, type Messages, type Rule, type Severity } from '../../src/rule.ts';
import { view } from './views.ts';

const DOCS = 'https://docs.tigera.io/calico-enterprise/latest/multicluster';

function ruleOf(id: string, requirement: RequirementId, title: string, severity: Severity, messages: Messages): Rule {
  return defineRule({
    id,
    title,
    requirement,
    severity,
    compares: true,
    needs: ['ipPools'],
    evidence: ['ipamBlocks'],
    docs: {
      why: `Traffic between clusters is lost where this does not hold: ${title}.`,
      fix: 'Change the value on one side.',
      example: 'spec:\n  cidr: 10.49.0.0/16',
      sources: [{ title: 'Cluster mesh', url: DOCS, version: '3.21' }],
    },
    messages,
    *check(_mesh, say) {
      yield say.pass([]);
    },
  });
}

export const rules: readonly Rule[] = [
  ruleOf('access-secrets-exist', 'access-secret', 'Every access Secret exists', 'error', {
    missing: 'RemoteClusterConfiguration {remote} of {cluster} refers to Secret {namespace}/{name}, which is not there',
  }),
  ruleOf('pod-cidrs-apart', 'disjoint-pod-cidrs', 'Pod CIDRs of two clusters do not overlap', 'error', {
    overlap: 'IPPool {pool} of {cluster} overlaps IPPool {other} of {otherCluster} in {range}',
    hostBits: { text: 'cidr {cidr} of IPPool {pool} in {cluster} has host bits set', severity: 'note' },
  }),
  ruleOf('remotes-lead-both-ways', 'bidirectional-remotes', 'Remotes lead both ways', 'error', {
    none: 'none of {clusters} has a RemoteClusterConfiguration',
  }),
  ruleOf('vxlan-port-aligned', 'aligned-vxlan', 'vxlanPort is the same on every node', 'error', {
    odd: 'vxlanPort is {found} in {cluster}, but {expected} in {count} clusters',
    unread: 'vxlanPort of {cluster} may be set where it was not read',
  }),
];

export interface Spot {
  readonly cluster: string;
  readonly kind?: string;
  readonly namespace?: string;
  readonly name: string;
  readonly path?: string;
  readonly note: string;
  readonly in?: string;
  /** The text to point at; its first occurrence in the file. */
  readonly mark?: string;
}

export interface Said {
  readonly rule: string;
  readonly message: string;
  readonly data: Readonly<Record<string, string | number>>;
  readonly verdict?: Finding['verdict'];
  readonly clusters: readonly string[];
  readonly at: readonly Spot[];
  readonly fix?: ReportFix;
  readonly reason?: Finding['reason'];
  readonly suppressed?: string;
}

export interface SarifViewSpec {
  readonly clusters: readonly string[];
  /** Text by address; the first folder of the address is the cluster's name. */
  readonly files?: Readonly<Record<string, string>>;
  readonly said?: readonly Said[];
  readonly problems?: readonly Problem[];
}

/** A View with the texts that its evidence points into. */
export interface SarifView extends View {
  readonly files: Readonly<Record<string, string>>;
}

export function sarifView(spec: SarifViewSpec): SarifView {
  const { clusters, files = {}, said = [], problems = [] } = spec;
  const findings = said.map((one, i) => findingOf(one, files, i));
  const { report } = view({ clusters, rules, problems });
  const firstFile = (cluster: string) => {
    const uri = Object.keys(files)
      .sort()
      .find((file) => file.startsWith(`${cluster}/`));
    if (uri === undefined) return null;
    const location = { uri, line: 1, column: 1, endLine: 1, endColumn: 2 };
    return { location, excerpt: excerptOf(location, files) };
  };
  return {
    report: {
      ...report,
      findings,
      counts: { ...report.counts, suppressed: findings.filter((f) => f.suppressed !== null).length },
    },
    rules,
    files,
    excerpt: ({ location }) => (location ? excerptOf(location, files) : null),
    firstFile,
    addressPlan: () => [],
    exitReason: `exit ${findings.some((f) => f.verdict === 'fail') ? '1: errors' : '0: ready'}`,
  };
}

function findingOf(one: Said, files: Readonly<Record<string, string>>, index: number): Finding {
  const rule = rules.find((r) => r.id === one.rule);
  const template = rule?.messages[one.message];
  if (!rule || template === undefined) throw new Error(`no message ${one.message} of ${one.rule}`);
  const { text, severity } = typeof template === 'string' ? { text: template, severity: rule.severity } : template;
  const verdicts = { error: 'fail', warning: 'warn', note: 'note' } as const;
  return {
    rule: rule.id,
    requirement: rule.requirement,
    verdict: one.verdict ?? verdicts[severity],
    severity,
    clusters: one.clusters,
    message: { id: one.message, text: text.replace(/\{(\w+)\}/g, (_, key) => String(one.data[key])), data: one.data },
    evidence: one.at.map((spot) => evidenceOf(spot, files)),
    fix: one.fix ?? null,
    reason: one.reason ?? null,
    fingerprint: (index + 1).toString(16).padStart(32, '0'),
    suppressed: one.suppressed === undefined ? null : { reason: one.suppressed, by: 'config' },
  };
}

function evidenceOf(spot: Spot, files: Readonly<Record<string, string>>): ReportEvidence {
  const { cluster, kind = 'IPPool', namespace = null, name, path = '', note, in: uri, mark } = spot;
  const apiVersion = kind === 'Secret' ? 'v1' : 'projectcalico.org/v3';
  const location = uri !== undefined && mark !== undefined ? { location: find(uri, files[uri] ?? '', mark) } : {};
  return { cluster, apiVersion, kind, namespace, name, path, note, ...location };
}

const LINE_END = /\r\n|\r|\n/;

function find(uri: string, file: string, mark: string): Location {
  const text = file.replace(/^\ufeff/, '');
  const from = text.indexOf(mark);
  if (from < 0) throw new Error(`${uri} does not hold ${mark}`);
  const before = text.slice(0, from).split(LINE_END);
  const inside = mark.split(LINE_END);
  const column = (before.at(-1)?.length ?? 0) + 1;
  const endColumn = (inside.at(-1)?.length ?? 0) + (inside.length > 1 ? 1 : column);
  return { uri, line: before.length, column, endLine: before.length + inside.length - 1, endColumn };
}

/** As the reader of files makes it: two lines around, lines over 240 characters cut to 80 characters on both sides. */
function excerptOf(location: Location, files: Readonly<Record<string, string>>): Excerpt | null {
  const file = files[location.uri];
  if (file === undefined) return null;
  const lines = file
    .replace(/^\ufeff/, '')
    .replace(/(\r\n|\r|\n)$/, '')
    .split(LINE_END);
  const from = Math.max(1, location.line - 2);
  return {
    repositoryUri: location.uri,
    lineHash: lineHashes(file, new Set([location.line])).get(location.line) ?? '',
    lines: lines.slice(from - 1, location.endLine + 2).map((text, i) => {
      const line = from + i;
      if (text.length <= 240) return { line, column: 1, text, cut: false };
      const start = line === location.line ? Math.max(0, location.column - 1 - 80) : 0;
      const end = line === location.line && location.endLine === line ? location.endColumn - 1 + 80 : start + 160;
      return { line, column: start + 1, text: text.slice(start, end), cut: true };
    }),
  };
}

const pool = (name: string, cidr: string) =>
  `apiVersion: projectcalico.org/v3\nkind: IPPool\nmetadata:\n  name: ${name}\nspec:\n  cidr: ${cidr}\n  vxlanMode: Always\n`;

const felix = (port: number) =>
  `apiVersion: projectcalico.org/v3\nkind: FelixConfiguration\nmetadata:\n  name: default\nspec:\n  vxlanPort: ${port}\n`;

const overlapSaid = (east: string, west: string, eastMark: string, westMark: string): Said => ({
  rule: 'pod-cidrs-apart',
  message: 'overlap',
  data: { pool: 'east-pods', cluster: 'east', other: 'west-pods', otherCluster: 'west', range: '10.48.128.0/17' },
  clusters: ['east', 'west'],
  at: [
    { cluster: 'east', name: 'east-pods', path: 'spec.cidr', note: 'this range', in: east, mark: eastMark },
    { cluster: 'west', name: 'west-pods', path: 'spec.cidr', note: 'lies inside it', in: west, mark: westMark },
  ],
  fix: {
    title: 'give west another range, then migrate its workloads',
    command: 'kubectl --context west get ippool west-pods -o yaml',
  },
});

/** Both sides have to change: two results of one group. */
export const overlap = sarifView({
  clusters: ['east', 'west'],
  files: {
    'east/ippools.yaml': pool('east-pods', '10.48.0.0/16'),
    'west/ippools.yaml': `# exported by the platform team\n${pool('west-pods', '10.48.128.0/17')}`,
  },
  said: [overlapSaid('east/ippools.yaml', 'west/ippools.yaml', '10.48.0.0/16', '10.48.128.0/17')],
});

/** One odd value among four, a note, a suppressed finding, an undecided one, and files that could not be read. */
export const mixture = sarifView({
  clusters: ['a', 'b', 'c', 'd'],
  files: {
    'a/felix.yaml': felix(4789),
    'b/felix.yaml': felix(4790),
    'c/felix.yaml': felix(4789),
    'c/pools.yaml': pool('c-pods', '10.50.0.1/16'),
    'd/felix.yaml': felix(4789),
  },
  said: [
    {
      rule: 'vxlan-port-aligned',
      message: 'odd',
      data: { found: 4790, cluster: 'b', expected: 4789, count: 3 },
      clusters: ['b'],
      at: ['b', 'a', 'c', 'd'].map((cluster) => ({
        cluster,
        kind: 'FelixConfiguration',
        name: 'default',
        path: 'spec.vxlanPort',
        note: cluster === 'b' ? 'the odd value' : 'has the value of most clusters',
        in: `${cluster}/felix.yaml`,
        mark: cluster === 'b' ? '4790' : '4789',
      })),
      fix: {
        title: 'set vxlanPort to 4789',
        command: `kubectl --context b patch felixconfiguration default --type merge -p '{"spec":{"vxlanPort":4789}}'`,
        patch: { spec: { vxlanPort: 4789 } },
      },
    },
    {
      rule: 'pod-cidrs-apart',
      message: 'hostBits',
      data: { cidr: '10.50.0.1/16', pool: 'c-pods', cluster: 'c' },
      clusters: ['c'],
      at: [
        {
          cluster: 'c',
          name: 'c-pods',
          path: 'spec.cidr',
          note: 'stands for 10.50.0.0/16',
          in: 'c/pools.yaml',
          mark: '10.50.0.1/16',
        },
      ],
    },
    {
      rule: 'pod-cidrs-apart',
      message: 'hostBits',
      data: { cidr: '10.50.0.1/16', pool: 'c-pods', cluster: 'c' },
      clusters: ['c'],
      at: [{ cluster: 'c', name: 'c-pods', path: 'spec.cidr', note: '', in: 'c/pools.yaml', mark: '10.50.0.1/16' }],
      suppressed: 'known',
    },
    {
      rule: 'vxlan-port-aligned',
      message: 'unread',
      data: { cluster: 'd' },
      verdict: 'unknown',
      reason: 'missing-input',
      clusters: ['d'],
      at: [
        {
          cluster: 'd',
          kind: 'FelixConfiguration',
          name: 'default',
          path: 'spec.vxlanPort',
          note: 'set here',
          in: 'd/felix.yaml',
          mark: '4789',
        },
      ],
      fix: {
        title: 'export what is missing and check again',
        command: 'kubectl --context d get daemonset calico-node --namespace calico-system -o yaml > d/calico-node.yaml',
      },
    },
  ],
  problems: [
    { cluster: 'd', uri: 'd/broken.yaml', line: 3, column: 7, why: 'key spec is given twice' },
    { cluster: 'd', uri: 'd/my secrets.json', line: null, column: null, why: 'the file is not UTF-8' },
  ],
});

/** A missing Secret, shown at what refers to it; a finding without any file; and one of a live cluster, without files at all. */
export const absent = sarifView({
  clusters: ['east', 'live-1', 'west'],
  files: {
    'east/remotes.yaml':
      'apiVersion: projectcalico.org/v3\nkind: RemoteClusterConfiguration\nmetadata:\n  name: west\nspec:\n  clusterAccessSecret:\n    name: west-access\n    namespace: calico-system\n',
    'west/nodes.yaml': 'apiVersion: v1\nkind: NodeList\nitems: []\n',
    'west/pools.yaml': pool('west-pods', '10.60.0.0/16'),
  },
  said: [
    {
      rule: 'access-secrets-exist',
      message: 'missing',
      data: { remote: 'west', cluster: 'east', namespace: 'calico-system', name: 'west-access' },
      clusters: ['east'],
      at: [
        { cluster: 'east', kind: 'Secret', namespace: 'calico-system', name: 'west-access', note: 'is not there' },
        {
          cluster: 'east',
          kind: 'RemoteClusterConfiguration',
          name: 'west',
          path: 'spec.clusterAccessSecret',
          note: 'refers to it',
          in: 'east/remotes.yaml',
          mark: 'clusterAccessSecret',
        },
      ],
      fix: { title: 'create the Secret' },
    },
    {
      rule: 'remotes-lead-both-ways',
      message: 'none',
      data: { clusters: 'east and west' },
      clusters: ['west'],
      at: [{ cluster: 'west', kind: 'RemoteClusterConfiguration', name: 'east', note: 'is not there' }],
    },
    {
      rule: 'vxlan-port-aligned',
      message: 'odd',
      data: { found: 4790, cluster: 'live-1', expected: 4789, count: 2 },
      clusters: ['live-1'],
      at: [
        {
          cluster: 'live-1',
          kind: 'FelixConfiguration',
          name: 'default',
          path: 'spec.vxlanPort',
          note: 'the odd value',
        },
      ],
      fix: { title: 'set vxlanPort to 4789', patch: { spec: { vxlanPort: 4789 } } },
    },
  ],
});

const minified = (name: string, cidr: string) =>
  JSON.stringify({
    apiVersion: 'v1',
    items: Array.from({ length: 40 }, (_, i) => ({
      kind: 'IPPool',
      metadata: { name: i === 20 ? name : `pool-${i}` },
      spec: { cidr: i === 20 ? cidr : `10.${i}.0.0/16`, natOutgoing: true },
    })),
  });

/** JSON on one line, a byte order mark with CRLF and characters of two code units, blanks and colons in names, block scalars. */
export const texts = sarifView({
  clusters: ['east', 'west', '東京 #1', 'c:d'],
  files: {
    'east/pools.json': minified('east-pods', '10.148.0.0/16'),
    'west/pools.json': `${minified('west-pods', '10.148.128.0/17')}\n`,
    '東京 #1/プール 🚀%.yaml': `\ufeff# 🚀\r\n${pool('east-pods', '"10.48.0.0/16" # 日本語 👩‍👩‍👧').replaceAll('\n', '\r\n')}`,
    'c:d/pools.yaml': pool('west-pods', '>-\n    10.48.128.0/17'),
  },
  said: [
    overlapSaid('east/pools.json', 'west/pools.json', '"10.148.0.0/16"', '"10.148.128.0/17"'),
    overlapSaid('東京 #1/プール 🚀%.yaml', 'c:d/pools.yaml', '"10.48.0.0/16"', '>-\n    10.48.128.0/17'),
  ],
});

/** Names that try to be links, placeholders, schemes or paths. */
export const hostile = sarifView({
  clusters: ['..', '{0}[x](https://example.com)'],
  files: { '../pools.yaml': pool('"[click](1)"', '10.0.0.0/8'), 'z/%2e%2e/a?b.yaml': pool('x', '10.1.0.0/16') },
  said: [
    {
      rule: 'pod-cidrs-apart',
      message: 'overlap',
      data: {
        pool: '[click](https://example.com)',
        cluster: '..',
        other: "{1}'{0}' {{2}} \\[y](1)",
        otherCluster: '\u001b[31m\u202ered\n::error::',
        range: '<script>alert(1)</script>',
      },
      clusters: ['..', '{0}[x](https://example.com)'],
      at: [
        {
          cluster: '..',
          name: '[click](1)',
          path: 'metadata.annotations["a.b/c[0]"].x[3]',
          note: '[a note](1) {0}',
          in: '../pools.yaml',
          mark: '10.0.0.0/8',
        },
        {
          cluster: '{0}[x](https://example.com)',
          name: '..',
          note: 'here',
          in: 'z/%2e%2e/a?b.yaml',
          mark: '10.1.0.0/16',
        },
      ],
    },
    {
      rule: 'remotes-lead-both-ways',
      message: 'none',
      data: { clusters: '{clusters}' },
      clusters: ['{0}[x](https://example.com)'],
      at: [{ cluster: '{0}[x](https://example.com)', kind: '../..', namespace: '.', name: 'a/b', note: '' }],
    },
  ],
});

/** Nothing is wrong. */
export const clean = sarifView({
  clusters: ['east', 'west'],
  files: { 'east/ippools.yaml': pool('p', '10.0.0.0/16') },
});

/** More results than are kept: notes first in the order of places, the errors after them. */
export const many = sarifView({
  clusters: ['a', 'b'],
  files: { 'a/pools.yaml': pool('a', '10.0.0.1/8'), 'b/felix.yaml': felix(4790) },
  said: [
    ...Array.from(
      { length: 5 },
      (_, i): Said => ({
        rule: 'pod-cidrs-apart',
        message: 'hostBits',
        data: { cidr: `10.${i}.0.1/8`, pool: 'a', cluster: 'a' },
        clusters: ['a'],
        at: [{ cluster: 'a', name: `a-${i}`, path: 'spec.cidr', note: '', in: 'a/pools.yaml', mark: '10.0.0.1/8' }],
      }),
    ),
    {
      rule: 'vxlan-port-aligned',
      message: 'odd',
      data: { found: 4790, cluster: 'b', expected: 4789, count: 2 },
      clusters: ['b'],
      at: [
        {
          cluster: 'b',
          kind: 'FelixConfiguration',
          name: 'default',
          path: 'spec.vxlanPort',
          note: 'the odd value',
          in: 'b/felix.yaml',
          mark: '4790',
        },
      ],
    },
  ],
});

/** All of them, by name. */
export const sarifViews: Readonly<Record<string, SarifView>> = {
  overlap,
  mixture,
  absent,
  texts,
  hostile,
  clean,
  many,
};

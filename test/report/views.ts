// Small literal Views for the tests of reporters: what a reporter may see, without a reader or an engine behind it.

import type {
  ClusterResult,
  Excerpt,
  Finding,
  Location,
  PairResult,
  PlannedAddresses,
  Problem,
  ReportEvidence,
  RequirementResult,
  RunVerdict,
  View,
} from '../../src/report/report.ts';
import { worst } from '../../src/report/report.ts';
import { type RequirementId, requirements } from '../../src/requirements.ts';
import { defineRule, type Rule, type Severity, type Verdict } from '../../src/rule.ts';

const DOCS = 'https://docs.tigera.io/calico-enterprise/latest';

/** A rule that is never run: reporters read its texts only. */
export function rule(
  id: string,
  requirement: RequirementId,
  title: string,
  more: { readonly why: string; readonly severity?: Severity; readonly limits?: string; readonly example?: string },
): Rule {
  const { why, severity = 'error', limits, example } = more;
  return defineRule({
    id,
    title,
    requirement,
    severity,
    compares: true,
    needs: ['ipPools'],
    evidence: ['ipamBlocks'],
    docs: {
      why,
      fix: 'Change the value on one side and restart what reads it.',
      ...(limits === undefined ? {} : { limits }),
      ...(example === undefined ? {} : { example }),
      sources: [{ title: 'Cluster mesh prerequisites', url: `${DOCS}/multicluster`, version: '3.21' }],
    },
    messages: { differs: 'found {found}, expected {expected}' },
    *check(_mesh, say) {
      yield say.pass([]);
    },
  });
}

export const rules: readonly Rule[] = [
  rule('access-secret-present', 'access-secret', 'The Secret that a RemoteClusterConfiguration refers to exists', {
    why: 'Typha reads the credentials of a remote cluster from this Secret. Without it nothing of that cluster is seen.',
  }),
  rule('federation-role', 'federation-account', 'The federation account has the rules that its version needs', {
    why: 'The remote Typha lists and watches with this account.',
  }),
  rule('node-addresses-reachable', 'node-reachability', 'Nodes can be reached over their private addresses', {
    why: 'Tunnels run between the private addresses of nodes.',
  }),
  rule('pod-cidr-overlap', 'disjoint-pod-cidrs', 'Pod CIDRs of two clusters do not overlap', {
    why: 'The mesh routes on pod IPs without NAT; two pods can end up with the same address. Traffic then goes astray.',
    limits: 'Addresses that another IPAM hands out are seen only where the export holds them.',
    example: ['# before', 'spec:', '  cidr: 10.48.128.0/17', '', '# after', 'spec:', '  cidr: 10.49.0.0/16'].join('\n'),
  }),
  rule('version-skew', 'supported-version', 'Clusters of a mesh run one minor version', {
    why: 'The vendor tests a mesh of one minor version only.',
    severity: 'warning',
  }),
  rule('vxlan-port-aligned', 'aligned-vxlan', 'vxlanPort is the same on every node', {
    why: 'A node sends VXLAN packets to its own port number, whatever the other side listens on.',
  }),
];

/** Lines and columns of the only occurrence of `mark` in `text`. */
function locate(uri: string, text: string, mark: string): Location {
  const from = text.indexOf(mark);
  if (from < 0) throw new Error(`${uri} does not hold ${mark}`);
  const before = text.slice(0, from).split('\n');
  const line = before.length;
  const column = (before.at(-1)?.length ?? 0) + 1;
  return { uri, line, column, endLine: line, endColumn: column + mark.length };
}

export interface Spot {
  readonly cluster: string;
  readonly kind?: string;
  readonly namespace?: string;
  readonly name: string;
  readonly path?: string;
  readonly note: string;
  /** File and the text in it to point at; absent for an object that is not there. */
  readonly in?: string;
  readonly mark?: string;
}

export interface FindingSpec {
  readonly rule: string;
  readonly requirement: RequirementId;
  readonly verdict?: Finding['verdict'];
  readonly severity?: Severity;
  readonly clusters: readonly string[];
  readonly text: string;
  readonly data?: Finding['message']['data'];
  readonly at?: readonly Spot[];
  readonly fix?: Finding['fix'];
  readonly reason?: Finding['reason'];
  readonly suppressed?: string;
}

export interface ViewSpec {
  readonly clusters: readonly string[];
  readonly verdict?: RunVerdict;
  readonly files?: Readonly<Record<string, string>>;
  readonly findings?: readonly FindingSpec[];
  /** Verdicts that the findings do not tell: per requirement one for all clusters, or one per cluster. */
  readonly verdicts?: Readonly<Partial<Record<RequirementId, Verdict | Readonly<Record<string, Verdict>>>>>;
  readonly problems?: readonly Problem[];
  /** All of them; else those of a mesh in which every two clusters are connected, but for `differing`. */
  readonly pairs?: readonly PairResult[];
  readonly missing?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly rules?: readonly Rule[];
  readonly exitReason?: string;
  readonly addressPlan?: readonly PlannedAddresses[];
  /** Of those that differ from a remote each way and `pass`. */
  readonly differing?: readonly PairResult[];
}

/** A View of files and findings; what follows from them (verdicts, counts, places) is worked out. */
export function view(spec: ViewSpec): View {
  const files = spec.files ?? {};
  const known = spec.rules ?? rules;
  const findings = (spec.findings ?? []).map((f, index) => finding(f, files, index));
  const results = requirements.map((r): RequirementResult => {
    const given = spec.verdicts?.[r.id] ?? (r.routing === 'underlay' ? 'not-applicable' : 'pass');
    const mine = findings.filter((f) => f.requirement === r.id);
    const clusters = Object.fromEntries(
      spec.clusters.map((name) => {
        const own = mine
          .filter((f) => f.clusters.includes(name))
          .map((f) => (f.verdict === 'note' ? 'pass' : f.verdict));
        return [name, worst([typeof given === 'string' ? given : (given[name] ?? 'pass'), ...own])];
      }),
    );
    const verdict = worst(Object.values(clusters));
    const reason = verdict === 'unknown' ? (mine.find((f) => f.reason !== null)?.reason ?? null) : null;
    const judgedBy = known.filter((one) => one.requirement === r.id).map((one) => one.id);
    return { id: r.id, title: r.title, class: r.class, verdict, reason, clusters, rules: judgedBy };
  });
  const open = findings.filter((f) => f.suppressed === null);
  const tally = (verdict: Finding['verdict']) => open.filter((f) => f.verdict === verdict).length;
  const holding = (verdict: Verdict) => results.filter((r) => r.verdict === verdict).length;
  const verdict: RunVerdict =
    spec.verdict ??
    (tally('fail') > 0
      ? 'not-ready'
      : results.some((r) => r.class === 'core' && r.verdict === 'unknown')
        ? 'not-proven'
        : 'ready');
  const exits: Record<RunVerdict, string> = {
    ready: 'exit 0: ready',
    'not-ready': `exit 1: ${tally('fail')} error(s)`,
    'not-proven': 'exit 3: undecided requirements (--on-unknown=warn to accept)',
  };
  return {
    report: {
      schemaVersion: 1,
      tool: { name: 'mesh-preflight', version: '0.1.0' },
      verdict,
      mesh: { routing: 'overlay', calicoVersion: '3.21', inferred: ['routing'] },
      clusters: spec.clusters.map((name) => cluster(name, spec.missing?.[name] ?? {})),
      requirements: results,
      pairs: spec.pairs ?? pairs(spec.clusters, spec.differing ?? []),
      findings,
      problems: spec.problems ?? [],
      counts: {
        files: Object.keys(files).length,
        documents: Object.keys(files).length,
        objects: spec.clusters.length * 10,
        ignored: 3,
        findings: { fail: tally('fail'), warn: tally('warn'), unknown: tally('unknown'), note: tally('note') },
        suppressed: findings.length - open.length,
        requirements: {
          fail: holding('fail'),
          unknown: holding('unknown'),
          warn: holding('warn'),
          pass: holding('pass'),
          'not-applicable': holding('not-applicable'),
        },
      },
    },
    rules: known,
    excerpt: ({ location }) => (location ? excerpt(location, files) : null),
    firstFile: (name) => {
      const [uri] = Object.keys(files)
        .filter((file) => file.startsWith(`${name}/`))
        .sort();
      if (uri === undefined) return null;
      const location: Location = { uri, line: 1, column: 1, endLine: 1, endColumn: 1 };
      return { location, excerpt: excerpt(location, files) };
    },
    addressPlan: () => spec.addressPlan ?? [],
    exitReason: spec.exitReason ?? exits[verdict],
  };
}

/** A remote each way between all clusters, and what differs from it; pairs without a target come last. */
function pairs(clusters: readonly string[], given: readonly PairResult[]): PairResult[] {
  const every = clusters.flatMap((from) => clusters.filter((to) => to !== from).map((to) => ({ from, to })));
  const told = every.map(
    ({ from, to }): PairResult =>
      given.find((pair) => pair.from === from && pair.to === to) ?? {
        from,
        to,
        remote: to,
        verdict: 'pass',
        because: [],
      },
  );
  return [...told, ...given.filter(({ to }) => to === null)];
}

function cluster(name: string, missing: Readonly<Record<string, string>>): ClusterResult {
  const identity = { kubeSystemUID: null, clusterGUID: null, servers: [], caFingerprints: [] };
  return { name, version: '3.21.2', identity, missing, objects: 10 };
}

function finding(spec: FindingSpec, files: Readonly<Record<string, string>>, index: number): Finding {
  const { verdict = 'fail', clusters, text, fix = null, reason = null } = spec;
  const severities = { fail: 'error', warn: 'warning', unknown: 'error', note: 'note' } as const;
  return {
    rule: spec.rule,
    requirement: spec.requirement,
    verdict,
    severity: spec.severity ?? severities[verdict],
    clusters,
    message: { id: 'differs', text, data: spec.data ?? {} },
    evidence: (spec.at ?? []).map((spot): ReportEvidence => {
      const { cluster: owner, kind = 'IPPool', namespace = null, name, path = '', note, in: uri, mark } = spot;
      const place = uri !== undefined && mark !== undefined ? { location: locate(uri, files[uri] ?? '', mark) } : {};
      const apiVersion = kind === 'Secret' ? 'v1' : 'projectcalico.org/v3';
      return { cluster: owner, apiVersion, kind, namespace, name, path, note, ...place };
    }),
    fix,
    reason,
    fingerprint: index.toString(16).padStart(32, '0'),
    suppressed: spec.suppressed === undefined ? null : { reason: spec.suppressed, by: 'config' },
  };
}

function excerpt(location: Location, files: Readonly<Record<string, string>>): Excerpt | null {
  const text = files[location.uri];
  if (text === undefined) return null;
  const all = text.replace(/\n$/, '').split('\n');
  const from = Math.max(1, location.line - 2);
  const lines = all.slice(from - 1, location.endLine + 2);
  return {
    repositoryUri: location.uri,
    lineHash: `${location.line.toString(16)}:1`,
    lines: lines.map((line, index) => ({ line: from + index, column: 1, text: line, cut: false })),
  };
}

const pool = (name: string, cidr: string) =>
  `apiVersion: projectcalico.org/v3\nkind: IPPool\nmetadata:\n  name: ${name}\nspec:\n  cidr: ${cidr}\n  vxlanMode: Always\n`;

/** Two sides of one violation, in two files. */
export const overlap: View = view({
  clusters: ['east', 'west'],
  files: {
    'east/ippools.yaml': pool('default-ipv4-ippool', '10.48.0.0/16'),
    'west/ippools.yaml': `# exported by the platform team\n${pool('pods-west', '10.48.128.0/17')}`,
  },
  findings: [
    {
      rule: 'pod-cidr-overlap',
      requirement: 'disjoint-pod-cidrs',
      clusters: ['east', 'west'],
      text: 'pod CIDRs of east and west overlap in 10.48.128.0/17 (32,768 shared addresses)',
      at: [
        {
          cluster: 'east',
          name: 'default-ipv4-ippool',
          path: 'spec.cidr',
          note: '10.48.0.0 - 10.48.255.255',
          in: 'east/ippools.yaml',
          mark: '10.48.0.0/16',
        },
        {
          cluster: 'west',
          name: 'pods-west',
          path: 'spec.cidr',
          note: 'lies wholly inside it',
          in: 'west/ippools.yaml',
          mark: '10.48.128.0/17',
        },
      ],
      fix: {
        title: 'give west a range outside 10.48.0.0/16 (free in this mesh: 10.49.0.0/16), then migrate its workloads',
        command:
          'kubectl --context west create -f - <<EOF\napiVersion: projectcalico.org/v3\nkind: IPPool\nmetadata:\n  name: pods-west-2\nspec:\n  cidr: 10.49.0.0/16\nEOF',
      },
    },
  ],
});

/** A missing object, an object of a live cluster, and a file that cannot be shown. */
export const absentObject: View = view({
  clusters: ['east', 'west'],
  files: {
    'east/remotes.yaml':
      'apiVersion: projectcalico.org/v3\nkind: RemoteClusterConfiguration\nmetadata:\n  name: west\nspec:\n  clusterAccessSecret:\n    namespace: calico-system\n    name: west-access\n    kind: Secret\n',
  },
  findings: [
    {
      rule: 'access-secret-present',
      requirement: 'access-secret',
      clusters: ['east'],
      text: 'Secret calico-system/west-access does not exist in east, but RemoteClusterConfiguration west refers to it',
      at: [
        { cluster: 'east', kind: 'Secret', namespace: 'calico-system', name: 'west-access', note: 'does not exist' },
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
      fix: {
        title: 'create the Secret from the kubeconfig of west',
        command:
          'kubectl --context east -n calico-system create secret generic west-access --from-literal=datastoreType=kubernetes --from-file=kubeconfig=west.kubeconfig',
      },
    },
    {
      rule: 'federation-role',
      requirement: 'federation-account',
      clusters: ['west'],
      text: 'ClusterRole tigera-federation-remote-cluster in west lacks the verb watch on ippools',
      at: [
        {
          cluster: 'west',
          kind: 'ClusterRole',
          name: 'tigera-federation-remote-cluster',
          path: 'rules[0].verbs',
          note: 'has get and list',
        },
      ],
      fix: { title: 'add the verb watch to rules[0].verbs' },
    },
  ],
});

const ports = Array.from({ length: 10 }, (_, i) => `c${String(i + 1).padStart(2, '0')}`);
const felix = (port: number) =>
  `apiVersion: projectcalico.org/v3\nkind: FelixConfiguration\nmetadata:\n  name: default\nspec:\n  vxlanPort: ${port}\n`;

/** One finding with ten places, one of which is to change. */
export const tenPlaces: View = view({
  clusters: ports,
  files: Object.fromEntries(ports.map((name, i) => [`${name}/felix.yaml`, felix(i === 0 ? 4790 : 4789)])),
  findings: [
    {
      rule: 'vxlan-port-aligned',
      requirement: 'aligned-vxlan',
      clusters: ['c01'],
      text: 'vxlanPort is 4790 in c01, but 4789 in 9 clusters',
      at: ports.map((name, i) => ({
        cluster: name,
        kind: 'FelixConfiguration',
        name: 'default',
        path: 'spec.vxlanPort',
        note: i === 0 ? '4790' : '4789',
        in: `${name}/felix.yaml`,
        mark: i === 0 ? '4790' : '4789',
      })),
      fix: {
        title: 'set vxlanPort to 4789',
        command: `kubectl --context c01 patch felixconfiguration default --type merge -p '{"spec":{"vxlanPort":4789}}'`,
      },
    },
  ],
});

/** Nothing fails, but core, advisory and probe requirements are undecided. */
export const undecided: View = view({
  clusters: ['east', 'edge-lab', 'west'],
  missing: { 'edge-lab': { felix: 'no FelixConfiguration in the input' } },
  verdicts: { 'node-reachability': 'unknown' },
  findings: [
    {
      rule: 'vxlan-port-aligned',
      requirement: 'aligned-vxlan',
      verdict: 'unknown',
      clusters: ['edge-lab'],
      text: 'FelixConfigurations of edge-lab are needed, but no FelixConfiguration is in the input',
      fix: {
        title: 'export the FelixConfigurations of edge-lab',
        command:
          'kubectl --context edge-lab get felixconfigurations.projectcalico.org -o yaml > exports/edge-lab/felixconfigurations.yaml',
      },
      reason: 'missing-input',
    },
    {
      rule: 'route-source-aligned',
      requirement: 'aligned-route-source',
      verdict: 'unknown',
      clusters: ['edge-lab'],
      text: 'FelixConfigurations of edge-lab are needed, but no FelixConfiguration is in the input',
      fix: {
        title: 'export the FelixConfigurations of edge-lab',
        command:
          'kubectl --context edge-lab get felixconfigurations.projectcalico.org -o yaml > exports/edge-lab/felixconfigurations.yaml',
      },
      reason: 'missing-input',
    },
    {
      rule: 'version-skew',
      requirement: 'supported-version',
      verdict: 'unknown',
      severity: 'warning',
      clusters: ['west'],
      text: 'nothing that was read tells the version of west',
      fix: {
        title: 'export the ClusterInformation of west',
        command: 'kubectl --context west get clusterinformations.projectcalico.org default -o yaml',
      },
      reason: 'missing-input',
    },
    {
      rule: 'node-addresses-reachable',
      requirement: 'node-reachability',
      verdict: 'unknown',
      clusters: ['east', 'edge-lab', 'west'],
      text: 'whether nodes reach each other over their private addresses cannot be read from cluster state',
      fix: {
        title: 'ping a node of another cluster from a node',
        command: 'kubectl --context east debug node/e-1 --image=busybox -- \\\n  ping -c 3 10.1.0.11',
      },
      reason: 'needs-probe',
    },
  ],
  problems: [
    { cluster: 'west', uri: 'west/policies.yaml', line: 41, column: 3, why: 'key spec is given twice' },
    { cluster: 'west', uri: 'west/broken.json', line: null, column: null, why: 'the file is not UTF-8' },
  ],
});

/** Every requirement holds. */
export const allPass: View = view({ clusters: ['east', 'eu-1', 'west'] });

/** A warning, a note, and suppressed findings. */
export const notes: View = view({
  clusters: ['east', 'west'],
  files: { 'east/ippools.yaml': pool('default-ipv4-ippool', '10.48.0.1/16') },
  findings: [
    {
      rule: 'pod-cidr-overlap',
      requirement: 'disjoint-pod-cidrs',
      verdict: 'note',
      clusters: ['east'],
      text: 'cidr 10.48.0.1/16 of IPPool default-ipv4-ippool in east has host bits set',
      at: [
        {
          cluster: 'east',
          name: 'default-ipv4-ippool',
          path: 'spec.cidr',
          note: 'stands for 10.48.0.0/16',
          in: 'east/ippools.yaml',
          mark: '10.48.0.1/16',
        },
      ],
      fix: { title: 'write 10.48.0.0/16' },
    },
    {
      rule: 'version-skew',
      requirement: 'supported-version',
      verdict: 'warn',
      clusters: ['west'],
      text: 'west runs 3.22.1, but east runs 3.21.2 (inferred)',
      at: [
        {
          cluster: 'west',
          kind: 'ClusterInformation',
          name: 'default',
          path: 'spec.cnxVersion',
          note: 'v3.22.1',
        },
      ],
    },
    {
      rule: 'federation-role',
      requirement: 'federation-account',
      clusters: ['east'],
      text: 'ClusterRole tigera-federation-remote-cluster is not in east',
      suppressed: 'is installed next week',
    },
  ],
});

const many = Array.from({ length: 30 }, (_, i) => `prod-eu-west-${i + 1}`);

/** Thirty clusters: a terminal cannot show a column for each. */
export const thirtyClusters: View = view({
  clusters: many,
  verdicts: {
    'aligned-vxlan': { 'prod-eu-west-7': 'fail' },
    'access-secret': { 'prod-eu-west-7': 'unknown', 'prod-eu-west-12': 'unknown', 'prod-eu-west-13': 'unknown' },
    'supported-version': 'warn',
    'usable-kubeconfig': { 'prod-eu-west-20': 'fail', 'prod-eu-west-21': 'warn' },
  },
  verdict: 'not-ready',
  exitReason: 'exit 1: 1 error',
});

/** Names that try to leave their place: terminal escapes, bidirectional overrides, line breaks, markup, workflow commands. */
export const hostile: View = view({
  clusters: ['ev\u001b[31mil', 'we\u202est\n✓ ready', '<b>&"\'</b>|::error::'],
  files: {
    'ev\u001b[2Jil/pools\u0007.yaml': `# \u001b]8;;https://example.com\u0007link\u001b]8;;\u0007\tand \u009b31m tab\nname: a\u200bb \u2066x\u2069 # \u202e\n`,
  },
  findings: [
    {
      rule: 'pod-cidr-overlap',
      requirement: 'disjoint-pod-cidrs',
      clusters: ['ev\u001b[31mil', 'we\u202est\n✓ ready'],
      text: 'pool \u001b[31mred\u001b[0m\r\nerror[forged]: <script>alert(1)</script> | ::error file=a::b %0A of ev\u001b[31mil',
      at: [
        {
          cluster: 'ev\u001b[31mil',
          name: 'a\u200bb',
          path: 'spec["\u001b[1m"]',
          note: 'looks \u202elike\u202c this\nand this',
          in: 'ev\u001b[2Jil/pools\u0007.yaml',
          mark: 'a\u200bb \u2066x',
        },
        { cluster: 'we\u202est\n✓ ready', name: 'x\u0000y\u0085z\u2028', note: 'not\there' },
      ],
      fix: {
        title: 'rename \u001b[5mit',
        command: `kubectl --context 'we\u202est\n✓ ready' get ippools '\u001b]0;title\u0007'`,
      },
    },
    {
      rule: 'vxlan-port-aligned',
      requirement: 'aligned-vxlan',
      verdict: 'unknown',
      clusters: ['<b>&"\'</b>|::error::'],
      text: 'FelixConfigurations of <b>&"\'</b>|::error:: are needed',
      fix: { title: 'export them', command: `kubectl --context '<b>&"'\\''</b>|::error::' get felixconfigurations` },
      reason: 'missing-input',
    },
  ],
  problems: [{ cluster: 'x\u001bc', uri: 'x\u001bc/a\nb.yaml', line: 1, column: 1, why: 'bad \u001b[1m key' }],
});

/** Wide characters, combining marks and emoji in names and source. */
export const wide: View = view({
  clusters: ['東京', 'são-paulo', '🚀-lab', '서울'],
  files: {
    '東京/プール.yaml': pool('既定のプール', '"10.48.0.0/16" # 日本語の注釈 👩‍👩‍👧 ok'),
    '🚀-lab/pools.yaml': pool('🚀🚀', '{a: "é", cidr: 10.48.0.0/16}'),
  },
  findings: [
    {
      rule: 'pod-cidr-overlap',
      requirement: 'disjoint-pod-cidrs',
      clusters: ['東京', '🚀-lab'],
      text: 'pod CIDRs of 東京 and 🚀-lab overlap in 10.48.0.0/16, これはとても長い文章なので端末の幅に合わせて折り返さなければなりません',
      at: [
        {
          cluster: '東京',
          name: '既定のプール',
          path: 'spec.cidr',
          note: '東京のすべてのポッドはここからアドレスを得る',
          in: '東京/プール.yaml',
          mark: '"10.48.0.0/16"',
        },
        {
          cluster: '🚀-lab',
          name: '🚀🚀',
          path: 'spec.cidr',
          note: 'the same range',
          in: '🚀-lab/pools.yaml',
          mark: '10.48.0.0/16',
        },
      ],
    },
  ],
});

/** What ends or starts something in one format or another. */
export const tricks = [
  '@team #1 GH-1 *bold* _it_ ~~no~~ $x$ fd00:100::1',
  '| a | b |\\| `x` ``y`',
  '::error file=a,line=1::b%0A::warning::c',
  '##[error]x',
  ']]> --> </failure> <!-- <script>alert(1)</script> &amp; &#65;',
  '[x](https://example.com) <https://example.com> www.example.com a@example.com ![y](z)',
  '"] ; } c0 --> c1 click c0 href "x" %%{init: {"theme":"dark"}}%% #quot; end',
  '\\" ]; x -> y [label="\\N"] // \\',
  '[[ATTACHMENT|/etc/passwd]]',
  'a\r\nb\u2028c\u0085d\ufffe\uffff\ud800\u0000\u001b[31m\u202e',
  '`',
  '\\',
] as const;

/** All tricks in all texts of the input: names, notes, sentences, commands, reasons, rules' reasons and problems. */
export const tricky: View = view({
  clusters: [...tricks],
  files: Object.fromEntries(tricks.map((trick) => [`${trick}/pools.yaml`, `cidr: ${trick}\n`])),
  findings: (['fail', 'warn', 'unknown', 'note', 'fail'] as const).flatMap((verdict, index) =>
    tricks.map(
      (trick): FindingSpec => ({
        rule: 'pod-cidr-overlap',
        requirement: 'disjoint-pod-cidrs',
        verdict,
        clusters: [trick],
        text: `pool ${trick} overlaps`,
        at: [
          {
            cluster: trick,
            name: trick,
            path: trick,
            note: trick,
            ...(verdict !== 'note' && { in: `${trick}/pools.yaml`, mark: 'cidr' }),
          },
          { cluster: 'x', kind: 'Secret', namespace: trick, name: trick, note: trick },
        ],
        fix: { title: `change ${trick}`, command: `kubectl get '${trick}'\n\`\`\`\n::error::x\n# done` },
        ...(verdict === 'unknown' && { reason: 'missing-input' as const }),
        ...(index === 4 && { suppressed: trick }),
      }),
    ),
  ),
  pairs: tricks.flatMap((trick, i) => [
    { from: trick, to: tricks[(i + 1) % tricks.length] ?? '', remote: trick, verdict: 'fail', because: [trick, trick] },
    { from: trick, to: null, remote: trick, verdict: 'unknown', because: [trick, trick, trick] },
  ]),
  problems: tricks.map((trick) => ({ cluster: trick, uri: `${trick}/a.yaml`, line: 1, column: 1, why: trick })),
});

/** All of them, by name. */
export const views = { overlap, absentObject, tenPlaces, undecided, allPass, notes, thirtyClusters, hostile, wide };

// The configuration: what it says, what is wrong with it and where, how it is found, and what it does to a run.

import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { compiledConfig } from '../build.mjs';
import { readConfig } from '../src/config.ts';
import { configError, schema } from '../src/config-schema.ts';
import { loadRules } from '../src/registry.ts';
import type { Report } from '../src/report/report.ts';
import { defineRule, type Message, type Rule, type Severity } from '../src/rule.ts';
import { root } from './kit/examples.ts';
import { runProgram } from './kit/program.ts';

const rules = await loadRules();
const FILE = { name: 'c.yaml', uri: 'c.yaml', repositoryUri: 'sub/c.yaml' };
const read = (text: string) => readConfig(text, FILE, rules);

describe('reading', () => {
  it('takes everything that the schema names', () => {
    const config = read(`# yaml-language-server: $schema=config.schema.json
clusters:
  east: exports/east
  west: { context: admin@west }
  north: { path: n.yaml }
routing: underlay
stage: before-peering
calicoVersion: "3.20"
rules:
  distinct-node-names: { severity: off, reason: known }
  pod-ranges-disjoint: { severity: warning, reason: known }
suppressions:
- rule: pod-ranges-disjoint
  clusters: [east, west]
  pairs: ["east -> west", a<->b]
  object: IPPool/default
  field: spec.cidr
  reason: west moves
  owner: team
  until: 2027-01-31
participatingPools: { east: [default-ipv4-ippool] }
maxFindings: 7
`);
    expect(config).toMatchObject({
      clusters: [
        { name: 'east', path: 'exports/east', context: null },
        { name: 'west', path: null, context: 'admin@west' },
        { name: 'north', path: 'n.yaml', context: null },
      ],
      routing: 'underlay',
      stage: 'before-peering',
      calicoVersion: { major: 3, minor: 20 },
      suppressions: [
        {
          rule: 'pod-ranges-disjoint',
          by: 'config',
          clusters: ['east', 'west'],
          pairs: [
            { from: 'east', to: 'west', both: false },
            { from: 'a', to: 'b', both: true },
          ],
          object: 'IPPool/default',
          field: 'spec.cidr',
          reason: 'west moves',
          owner: 'team',
          until: '2027-01-31',
          place: { cluster: null, location: { uri: 'c.yaml', line: 13, column: 9 } },
        },
      ],
      maxFindings: 7,
    });
    expect([...(config?.participatingPools ?? [])]).toEqual([['east', ['default-ipv4-ippool']]]);
    expect([...(config?.rules ?? [])]).toEqual([
      ['distinct-node-names', { severity: 'off', reason: 'known' }],
      ['pod-ranges-disjoint', { severity: 'warning', reason: 'known' }],
    ]);
    expect([config?.at(['routing']), config?.at(['rules', 'pod-ranges-disjoint'])]).toEqual([
      { line: 6, column: 1 },
      { line: 11, column: 3 },
    ]);
  });

  it('takes the example of the README', () => {
    const [, text = ''] =
      /```yaml\n(# yaml-language-server: [^`]+)```/.exec(readFileSync(`${root}README.md`, 'utf8')) ?? [];
    expect(read(text)).toMatchObject({ routing: 'overlay', suppressions: [{ owner: 'network team' }] });
  });

  it.each([
    ['full-mesh', 'ab ac ad ba bc bd ca cb cd da db dc'],
    ['{ hubs: [a], spokes: [b, c, d] }', 'ab ac ad ba ca da'],
    ['{ hubs: [a, b], spokes: [c, d] }', 'ab ac ad ba bc bd ca cb da db'],
    ['{ pairs: [a<->b, a->c, c <-> d] }', 'ab ac ba cd dc'],
    ['{ hubs: [a], spokes: [b], pairs: [c<->d] }', 'ab ba cd dc'],
    ['{ hubs: [a], spokes: [b, c] }', 'ab ac ad ba bd ca cd da db dc'],
  ])('means with %s the ways %s', (topology, ways) => {
    const config = read(`topology: ${topology}`);
    const names = ['a', 'b', 'c', 'd'];
    const meant = names.flatMap((from) =>
      names.filter((to) => from !== to && (config?.topology?.isMeant(from, to) ?? true)).map((to) => from + to),
    );
    expect(meant.join(' ')).toBe(ways);
  });

  it.each(['', '# nothing\n', '---\n', 'null'])('takes %j for no configuration', (text) => {
    expect(read(text)).toBeNull();
  });

  it.each([
    ['rooting: overlay', '1:1: no such key: rooting; did you mean routing?'],
    ['{"routing": "overlay", "stages": 1}', '1:25: no such key: stages; did you mean stage?'],
    ['rules:\n  unused-suppression: { severity: error, reason: x }', '2:25: unused-suppression is a note, or off'],
    [
      'suppressions:\n- rule: distinct-node-names\n  reason: x (until 2025-01-01)',
      '3:3: the last day has a key of its own: until: YYYY-MM-DD',
    ],
    ['participatingPools: { east: [] }', '1:23: east cannot be empty'],
    ['routing: over', '1:1: routing is one of overlay, underlay'],
    ['maxFindings: many', '1:1: maxFindings has to be a whole number'],
    ['maxFindings: 0', '1:1: maxFindings has to be at least 1'],
    ['calicoVersion: 3.2', '1:1: calicoVersion has to be a text in quotes'],
    ['a: 1\na: 2', /^2:1: duplicate/],
    ['- a', '1:1: the configuration has to be a mapping'],
    ['clusters:\n  a: { path: x, context: y }', '2:3: a cluster has a path or a context'],
    [
      'topology: ring',
      '1:1: topology cannot be "ring"; write it like full-mesh or {"hubs":["hub"],"spokes":["east","west"]} or {"pairs":["east<->west"]}',
    ],
    ['topology: { hub: [a] }', '1:13: no such key: hub; did you mean hubs?'],
    ['clusters:\n  a: {}', '2:3: a cluster has a path or a context'],
    ['clusters:\n  a: { pat: x }', '2:8: no such key: pat; did you mean path?'],
    [
      'rules:\n  distinct-node-name: { severity: off, reason: x }',
      '2:3: no rule distinct-node-name; did you mean distinct-node-names?',
    ],
    ['rules:\n  distinct-node-names: { severity: off }', '2:3: distinct-node-names needs reason'],
    [
      'rules:\n  distinct-node-names: { severity: off, reason: " " }',
      '2:41: reason cannot be " "; write it like west moves in March',
    ],
    [
      'rules:\n  distinct-node-names: { severity: none, reason: x }',
      '2:26: severity is one of off, note, warning, error',
    ],
    ['suppressions:\n- rule: x\n  reason: y', '2:3: no rule x'],
    ['suppressions:\n- rule: distinct-node-names', '2:1: suppressions[0] needs reason'],
    ['suppressions:\n- rule: distinct-node-names\n  reason: y\n  until: 2027-13-31', '4:3: 2027-13-31 is no day'],
    [
      'suppressions:\n- rule: distinct-node-names\n  reason: y\n  untill: 2027-12-31',
      '4:3: no such key: untill; did you mean until?',
    ],
    [
      'suppressions:\n- rule: distinct-node-names\n  reason: y\n  pairs: [a-b]',
      '4:11: pairs[0] cannot be "a-b"; write it like east<->west or east->west',
    ],
    ['suppressions:\n- rule: distinct-node-names\n  reason: y\n  until: 2027-02-31', '4:3: 2027-02-31 is no day'],
    [
      'suppressions:\n- rule: distinct-node-names\n  reason: y\n  until: March',
      '4:3: until cannot be "March"; write it like 2027-03-31',
    ],
    [
      'suppressions:\n- rule: distinct-node-names\n  reason: y\n  object: x',
      '4:3: object cannot be "x"; write it like IPPool/default-ipv4-ippool or Role/calico-system/typha',
    ],
    [
      'suppressions:\n- rule: distinct-node-names\n  reason: y\n  field: ""',
      '4:3: field cannot be ""; write it like spec.cidr',
    ],
    ['calicoVersion: latest', '1:1: calicoVersion cannot be "latest"; write it like 3.23'],
    ['topology: { hubs: [1] }', '1:20: hubs[0] has to be a text in quotes'],
    ['participatingPool: {}', '1:1: no such key: participatingPool; did you mean participatingPools?'],
    ['clusters:\n  east: "-"', '2:3: standard input is named on the command line alone: --cluster east=-'],
    ['clusters:\n  east: { path: "./-" }', '2:3: standard input is named on the command line alone: --cluster east=-'],
    ['clusters:\n  east: 1', '2:3: east has to be a text in quotes or a mapping'],
    ['clusters:\n  east: ""', '2:3: east cannot be ""; write it like exports/east'],
    ['clusters:\n  "": exports/east', '1:1: a cluster needs a name'],
    ['topology: { spokes: [a, b] }', '1:13: spokes are connected with hubs; name some, or pairs'],
    ['topology: { hubs: [], spokes: [a, b] }', '1:23: spokes are connected with hubs; name some, or pairs'],
    ['topology: { pairs: [a->b->c] }', '1:21: pairs[0] cannot be "a->b->c"; write it like east<->west or east->west'],
    ['topology: { pairs: [a->b, b<->b] }', '1:27: b<->b leads from a cluster to itself'],
    [
      'suppressions:\n- rule: distinct-node-names\n  reason: y\n  pairs: [a->a]',
      '4:11: a->a leads from a cluster to itself',
    ],
    ['routing: overlay\n---\nrouting: overlay', '2:1: a configuration is one document'],
    ['routing: [', /^1:\d+: /],
  ])('refuses %j', (text, why) => {
    let message = '';
    try {
      read(text);
    } catch (error) {
      message = (error as Error).message;
    }
    if (typeof why === 'string') expect(message).toBe(`c.yaml:${why}`);
    else expect(message.replace('c.yaml:', '')).toMatch(why);
  });
});

it('is that of the example, which is ready for what it accepts', async () => {
  const run = (...args: readonly string[]) =>
    runProgram(['--at', '2026-06-01T00:00:00Z', ...args], {
      cwd: join(root, 'examples/accepted'),
      env: { LANG: 'C.UTF-8' },
    });
  const { code, stdout } = await run();
  expect(code).toBe(0);
  await expect(stdout).toMatchFileSnapshot('../examples/accepted/expected.txt');
  const report: Report = JSON.parse((await run('-o', 'json')).stdout);
  const waived = report.findings.flatMap(({ rule, suppressed }) => (suppressed ? [`${suppressed.by} ${rule}`] : []));
  expect(waived.sort()).toEqual([
    'annotation versions-agree',
    'comment pod-ranges-disjoint',
    'config nodes-reach-each-other',
  ]);
  expect(await run('--no-ignores', '--no-config', 'clusters', '-o', 'concise')).toMatchObject({
    code: 1,
    stderr: 'exit 1: not ready, 2 errors, 2 warnings\n',
  });
});

it('says by an example what may stand where a text is not as it has to be', () => {
  const lacking: string[] = [];
  JSON.stringify(schema, (key, node) => {
    if (node?.pattern && !node.examples) lacking.push(key);
    return node;
  });
  expect(lacking).toEqual([]);
});

describe('the severity of a rule', () => {
  const messages = {
    plain: 'plain',
    grave: { text: 'grave', severity: 'error' },
    minor: { text: 'minor', severity: 'warning' },
    hint: { text: 'hint', severity: 'note' },
  } as const satisfies Readonly<Record<string, Message>>;
  const made = (severity: Severity) =>
    defineRule({ ...(rules[0] as Rule), id: 'distinct-node-names', severity, messages }) as Rule;
  const weigh = (own: Severity, configured: string, off: readonly string[] = []) => {
    const config = read(`rules: { distinct-node-names: { severity: ${configured}, reason: x } }`);
    const [rule] = config?.weigh([made(own)], new Set(off)) ?? [];
    const said = Object.values<Message>(rule?.messages ?? {});
    return said.map((message) => (typeof message === 'string' ? rule?.severity : message.severity)).join(' ');
  };

  it.each<[own: Severity, configured: string, severities: string]>([
    ['error', 'error', 'error error error note'],
    ['error', 'warning', 'warning warning warning note'],
    ['error', 'note', 'note note note note'],
    ['note', 'error', 'error error error note'],
    ['warning', 'off', 'warning error warning note'],
  ])('that is %s and configured as %s is that of all its violations', (own, configured, severities) => {
    expect(weigh(own, configured)).toBe(severities);
  });

  it('counts as its own where the rule does not run, unless the configuration makes more of it', () => {
    expect(weigh('error', 'warning', ['distinct-node-names'])).toBe('error error warning note');
    expect(weigh('warning', 'error', ['distinct-node-names'])).toBe('error error error note');
  });
});

it('is judged by the built program as by its schema', async () => {
  const built = await import(`data:text/javascript,${encodeURIComponent(compiledConfig())}`);
  for (const value of [
    {},
    { routing: 'x' },
    { a: 1 },
    { rules: { r: {} } },
    { suppressions: [{ rule: 1 }] },
    { maxFindings: 0.5 },
    [],
  ]) {
    const { instancePath, keyword, params } = configError(value) ?? {};
    expect(built.configError(value) ?? {}).toMatchObject(JSON.parse(JSON.stringify({ instancePath, keyword, params })));
    expect(built.configError(value) === null).toBe(configError(value) === null);
  }
  expect(built.schema).toEqual(schema);
});

describe('a run', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mesh-preflight-config-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  beforeEach(() => {
    for (const name of ['.git', 'a/b']) mkdirSync(join(folder, 'repository', name), { recursive: true });
    for (const name of ['repository/.mesh-preflight.yaml', 'repository/.mesh-preflight.json', '.mesh-preflight.yaml'])
      rmSync(join(folder, name), { force: true });
  });
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
  const run = (args: readonly string[], cwd = 'repository/a/b') =>
    runProgram([...args], { cwd: join(folder, cwd), env: {} });
  const CHECK = ['check', '--at', '2026-06-01T00:00:00Z', '-o', 'concise'];
  const pools = `clusters:\n  east: ${root}examples/overlapping-pools/east\n  west: ${root}examples/overlapping-pools/west\n`;

  it('finds its clusters in the configuration at the root of the repository, and no further up', async () => {
    write('repository/.mesh-preflight.yaml', pools);
    expect(await run(CHECK)).toMatchObject({ code: 1, stderr: 'exit 1: not ready, 2 errors\n' });
    expect(await run([...CHECK, '--no-config'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('no input'),
    });
    rmSync(join(folder, 'repository/.mesh-preflight.yaml'));
    write('.mesh-preflight.yaml', pools);
    expect(await run(CHECK)).toMatchObject({ code: 2, stderr: expect.stringContaining('no input') });
    expect(await run([...CHECK, '--config', '../../../.mesh-preflight.yaml'])).toMatchObject({ code: 1 });
  });

  it('takes paths from the folder of the configuration', async () => {
    write('repository/.mesh-preflight.yaml', 'clusters:\n  east: east.yaml\n');
    write('repository/east.yaml', 'apiVersion: v1\nkind: Namespace\nmetadata:\n  name: kube-system\n');
    expect((await run(['check', '-o', 'json'])).stdout).toContain('"name": "east"');
  });

  it('leaves clusters to the command line where it names some', async () => {
    write('repository/.mesh-preflight.yaml', pools);
    const { stdout } = await run([
      ...CHECK.slice(0, 3),
      '-o',
      'json',
      '--cluster',
      `only=${root}examples/stale-pools/alpha`,
    ]);
    expect(JSON.parse(stdout).clusters.map(({ name }: { name: string }) => name)).toEqual(['only']);
  });

  it('suppresses, switches off and weighs rules as the configuration says', async () => {
    write(
      'repository/.mesh-preflight.yaml',
      `${pools}suppressions:\n- rule: pod-ranges-disjoint\n  object: IPPool/default-ipv4-ippool\n  reason: west moves\n`,
    );
    expect(await run(CHECK)).toMatchObject({ code: 1, stderr: 'exit 1: not ready, 1 error, 1 suppressed\n' });
    expect(await run([...CHECK, '--no-ignores'])).toMatchObject({ stderr: 'exit 1: not ready, 2 errors\n' });
    write(
      'repository/.mesh-preflight.yaml',
      `${pools}rules:\n  pod-ranges-disjoint: { severity: warning, reason: west moves }\n`,
    );
    expect(await run(CHECK)).toMatchObject({ code: 0, stderr: 'exit 0: ready, 2 warnings\n' });
    write(
      'repository/.mesh-preflight.yaml',
      `${pools}rules:\n  pod-ranges-disjoint: { severity: off, reason: west moves }\n`,
    );
    expect(await run(CHECK)).toMatchObject({ code: 3, stderr: 'exit 3: not proven, 1 requirement not proven\n' });
  });

  it('leaves the requirement of a lowered rule unknown where the rule does not run', async () => {
    write(
      'repository/.mesh-preflight.yaml',
      `${pools}rules:\n  pod-ranges-disjoint: { severity: warning, reason: west moves }\n`,
    );
    const ended = { code: 3, stderr: 'exit 3: not proven, 1 requirement not proven\n' };
    expect(await run([...CHECK, '--disable', 'pod-ranges-disjoint'])).toMatchObject(ended);
  });

  it('weighs what a rule says with a severity of its own as well', async () => {
    cpSync(`${root}examples/healthy-overlay`, join(folder, 'repository/mesh'), { recursive: true });
    const file = 'repository/mesh/berlin/remoteclusterconfigurations.yaml';
    write(file, readFileSync(join(folder, file), 'utf8').replace(/ +overlayRoutingMode: .*\n/, ''));
    const told = async (severity: string) => {
      write(
        'repository/.mesh-preflight.yaml',
        `rules:\n  remote-modes-match-mesh: { severity: ${severity}, reason: x }\n`,
      );
      const report: Report = JSON.parse(
        (await run(['check', 'mesh', ...CHECK.slice(1, 3), '-o', 'json'], 'repository')).stdout,
      );
      const requirement = report.requirements.find(({ id }) => id === 'overlay-routing-mode');
      return [report.findings.find(({ rule }) => rule === 'remote-modes-match-mesh')?.verdict, requirement?.verdict];
    };
    expect(await told('error')).toEqual(['fail', 'fail']);
    expect(await told('warning')).toEqual(['warn', 'warn']);
    expect(await told('note')).toEqual(['note', 'pass']);
  });

  it('misses only the remotes that the topology means', async () => {
    const mesh = 'clusters: { east: east, west: west }\nrules: {}\n';
    for (const name of ['east', 'west'])
      cpSync(`${root}examples/overlapping-pools/${name}`, join(folder, 'repository', name), { recursive: true });
    rmSync(join(folder, 'repository/west/remoteclusterconfigurations.yaml'));
    write('repository/west/remoteclusterconfigurations.yaml', 'apiVersion: v1\nkind: List\nitems: []\n');
    const told = async (topology: string) => {
      write('repository/.mesh-preflight.yaml', mesh + topology);
      const { requirements, pairs } = JSON.parse((await run([...CHECK.slice(0, 3), '-o', 'json'])).stdout) as Report;
      const both = requirements.find(({ id }) => id === 'bidirectional-remotes');
      return [both?.verdict, pairs.find(({ from }) => from === 'west')?.verdict];
    };
    expect(await told('')).toEqual(['fail', 'fail']);
    expect(await told('topology: { pairs: [east<->west] }')).toEqual(['fail', 'fail']);
    expect(await told('topology: { pairs: [east->west] }')).toEqual(['pass', 'not-applicable']);
  });

  it('stops at the name of a cluster that there is not, and at no other', async () => {
    cpSync(`${root}examples/healthy-overlay`, join(folder, 'repository/whole'), { recursive: true });
    const told = async (text: string, ...more: readonly string[]) => {
      write('repository/.mesh-preflight.yaml', text);
      const given = more.length > 0 ? more : ['whole'];
      const { code, stderr } = await run(['check', ...given, ...CHECK.slice(1)], 'repository');
      return code === 2 ? stderr.replace(/^mesh-preflight: \.mesh-preflight\.yaml:|\n$/g, '') : code;
    };
    const strange = (place: string, name: string, meant = '') =>
      `${place}: no cluster ${name}, neither in this run nor under clusters${meant}`;
    const ends: readonly (readonly [text: string, end: string | number])[] = [
      ['topology: { hubs: [berlin], spokes: [dublin, olso] }', strange('1:46', 'olso', '; did you mean oslo?')],
      ['topology: { hubs: [hub], spokes: [dublin] }', strange('1:20', 'hub')],
      ['topology:\n  pairs:\n  - berlin->oslo\n  - dublin->X', strange('4:5', 'X')],
      ['participatingPools: { brelin: [default-ipv4-ippool] }', strange('1:23', 'brelin', '; did you mean berlin?')],
      ['suppressions:\n- { rule: distinct-node-names, reason: x, clusters: [oslo, X] }', strange('2:60', 'X')],
      ['suppressions:\n- { rule: distinct-node-names, reason: x, pairs: [X<->oslo] }', strange('2:51', 'X')],
      ['topology: { hubs: [berlin], spokes: [dublin, oslo] }', 0],
      // A run may be of some clusters only; that others are meant is no mistake.
      ['clusters: { lab: lab }\ntopology: { hubs: [lab], spokes: [berlin] }', 0],
      ['clusters: { lab: lab }\nparticipatingPools: { lab: [p] }', 0],
      ['clusters: { lab: lab }\nsuppressions: [{ rule: distinct-node-names, reason: x, pairs: [lab->oslo] }]', 0],
    ];
    for (const [text, end] of ends) expect(await told(text), text).toBe(end);
    expect(await told('topology: { pairs: [oslo<->lab] }', '--cluster', 'oslo=whole/berlin')).toBe(
      strange('1:21', 'lab'),
    );
  });

  it.each<[cwd: string, config: string, json: string, sarif: string]>([
    ['repository', '.mesh-preflight.yaml', '.mesh-preflight.yaml', '.mesh-preflight.yaml'],
    ['repository/a/b/c', '../../../.mesh-preflight.yaml', '.mesh-preflight.yaml', '.mesh-preflight.yaml'],
    ['repository/a/b', '../c.yaml', 'a/c.yaml', 'a/c.yaml'],
    ['repository/a', 'c.yaml', 'c.yaml', 'a/c.yaml'],
    ['repository/a', '../../c.yaml', 'external/c.yaml', 'external/c.yaml'],
  ])('is told of as one file, whatever the place: in %s of %s', async (cwd, config, json, sarif) => {
    mkdirSync(join(folder, cwd), { recursive: true });
    write(join(cwd, config), `${pools}suppressions:\n- rule: distinct-node-names\n  reason: moved\n`);
    const told = async (format: string) =>
      JSON.parse((await run([...CHECK.slice(0, 3), '--config', config, '-o', format], cwd)).stdout);
    const report: Report = await told('json');
    const [unused] = report.findings.filter(({ rule }) => rule === 'unused-suppression');
    expect(unused?.evidence[0]?.location).toEqual({ uri: json, line: 5, column: 9, endLine: 5, endColumn: 28 });
    const [run0] = (await told('sarif')).runs;
    const [result] = run0.results.filter(({ ruleId }: { ruleId: string }) => ruleId === 'unused-suppression');
    const { artifactLocation, region } = result.locations[0].physicalLocation;
    expect([artifactLocation.uri, region.startLine, region.snippet]).toEqual([
      sarif,
      5,
      { text: 'distinct-node-names' },
    ]);
    const issues: readonly { check_name: string; location: { path: string } }[] = await told('gitlab');
    expect(issues.find(({ check_name }) => check_name === 'unused-suppression')?.location.path).toBe(sarif);
  });

  it('is told of like a comment in the input, from the root of the repository in SARIF', async () => {
    cpSync(`${root}examples/healthy-overlay`, join(folder, 'repository/a/mesh'), { recursive: true });
    const file = 'repository/a/mesh/berlin/ippools.yaml';
    const text = readFileSync(join(folder, file), 'utf8');
    write(file, text.replace(/cidr: .*/, '$& # mesh-preflight: ignore[distinct-node-names] moved'));
    const { stdout } = await run(['check', 'mesh', ...CHECK.slice(1, 3), '-o', 'sarif'], 'repository/a');
    const [result] = JSON.parse(stdout).runs[0].results;
    expect(result.locations[0].physicalLocation.artifactLocation.uri).toBe('a/mesh/berlin/ippools.yaml');
  });

  it('asks less of pools that take no part, and stops where there is no such pool', async () => {
    for (const name of ['east', 'west'])
      cpSync(`${root}examples/overlapping-pools/${name}`, join(folder, 'repository', name), { recursive: true });
    const lab =
      'apiVersion: projectcalico.org/v3\nkind: IPPool\nmetadata: { name: lab }\nspec: { cidr: 10.99.0.0/16 }\n';
    write('repository/west/lab.yaml', lab);
    const told = async (pools: string) => {
      write(
        'repository/.mesh-preflight.yaml',
        `clusters: { east: east, west: west }\nparticipatingPools:\n  west: ${pools}\n`,
      );
      const { stdout, stderr } = await run([...CHECK.slice(0, 3), '-o', 'json']);
      if (stdout === '') return stderr;
      const report: Report = JSON.parse(stdout);
      const own = report.findings.filter(({ message }) => message.text.includes('lab'));
      return own.map(({ rule }) => rule);
    };
    expect(await told('[default-ipv4-ippool, default-ipv6-ippool, lab]')).toEqual(['overlay-shared-by-all']);
    expect(await told('[default-ipv4-ippool, default-ipv6-ippool]')).toEqual(['pools-take-part']);
    expect(await told('[default-ipv4-ipool]')).toBe(
      'mesh-preflight: ../../.mesh-preflight.yaml:3:10: no IPPool default-ipv4-ipool in cluster west; did you mean default-ipv4-ippool?\n',
    );
  });

  it.each([
    ['rules: { x: {} }', '../../.mesh-preflight.yaml:1:10: x needs severity'],
    ['rules:\n  pod-ranges-disjont: { severity: off, reason: x }', 'did you mean pod-ranges-disjoint?'],
  ])('stops at %j', async (text, why) => {
    write('repository/.mesh-preflight.yaml', text);
    for (const command of [CHECK, ['config', 'print']]) {
      const ended = await run(command);
      expect(ended).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(why) });
      expect(ended.stderr.trimEnd().split('\n')).toHaveLength(1);
    }
  });

  it('begins with a configuration that init writes, once', async () => {
    mkdirSync(join(folder, 'repository/exports/east'), { recursive: true });
    mkdirSync(join(folder, 'repository/exports/.git'), { recursive: true });
    expect(await run(['init', 'exports'], 'repository')).toEqual({
      code: 0,
      stdout: '',
      stderr: 'wrote .mesh-preflight.yaml\n',
    });
    const text = readFileSync(join(folder, 'repository/.mesh-preflight.yaml'), 'utf8');
    expect(read(text)).toMatchObject({ clusters: [{ name: 'east', path: 'exports/east' }] });
    expect(text).toMatch(/^# yaml-language-server: \$schema=https:\/\/\S+\/config\.schema\.json\n/);
    // What it leaves to be filled in is right as well.
    const filled = read(text.replaceAll(/^# (?=\w+:| {2}|- )/gm, ''));
    expect(filled).toMatchObject({ routing: 'overlay', suppressions: [{ rule: 'pod-ranges-disjoint' }] });
    expect(filled?.topology).toMatchObject({ hubs: ['east'] });
    expect(filled?.participatingPools.size).toBe(1);
    expect(await run(['init'], 'repository')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('is there already'),
    });
    rmSync(join(folder, 'repository/.mesh-preflight.yaml'));
    expect(await run(['init', 'nowhere'], 'repository')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('ENOENT'),
    });
    expect(await run(['init'], 'repository')).toMatchObject({ code: 0 });
    expect(read(readFileSync(join(folder, 'repository/.mesh-preflight.yaml'), 'utf8'))).toBeNull();
  });

  it('does not run a rule that is switched off, whatever else is said', async () => {
    write('repository/.mesh-preflight.yaml', pools);
    const only = ['--only', 'pod-ranges-disjoint'];
    const off = ['--disable', 'pod-ranges-disjoint'];
    const told = async (...more: readonly string[]) => {
      const { stdout } = await run([...CHECK.slice(0, 3), '-o', 'json', ...more]);
      const { findings }: Report = JSON.parse(stdout);
      return findings.filter(({ rule }) => rule === 'pod-ranges-disjoint').map(({ verdict }) => verdict);
    };
    expect(await told(...only)).toEqual(['fail', 'fail']);
    expect(await told(...only, ...off)).toEqual(['unknown']);
    const configured = 'rules: { pod-ranges-disjoint: { severity: off, reason: x } }';
    write('repository/.mesh-preflight.yaml', `${pools}${configured}`);
    expect(await told(...only)).toEqual(['fail', 'fail']);
  });

  it('knows a cluster by any name', async () => {
    write(
      'repository/.mesh-preflight.yaml',
      `clusters:\n  __proto__: ${root}examples/overlapping-pools/east\n  constructor: ${root}examples/overlapping-pools/west\ntopology: { pairs: [__proto__<->constructor] }\n`,
    );
    const { stdout } = await run([...CHECK.slice(0, 3), '-o', 'json']);
    const { requirements }: Report = JSON.parse(stdout);
    const names = requirements.map(({ clusters }) => Object.keys(clusters).join(' '));
    expect([...new Set(names)]).toEqual(['__proto__ constructor']);
    const { clusters } = requirements.find(({ id }) => id === 'disjoint-pod-cidrs') ?? {};
    expect(Object.values(clusters ?? {})).toEqual(['fail', 'fail']);
  });

  it('stops where a cluster of the configuration is not', async () => {
    write('repository/.mesh-preflight.yaml', 'clusters:\n  nowhere: nowhere\n');
    expect(await run(CHECK)).toMatchObject({
      code: 2,
      stderr: 'mesh-preflight: ../../.mesh-preflight.yaml:2:3: ../../nowhere: no such file or folder\n',
    });
  });

  it('stops at two configurations, and at one that is not there', async () => {
    expect(await run([...CHECK, '--config', ''])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--config'),
    });
    symlinkSync('nowhere.yaml', join(folder, 'repository/.mesh-preflight.yaml'));
    expect(await run(CHECK)).toMatchObject({
      code: 2,
      stderr: 'mesh-preflight: ../../.mesh-preflight.yaml: cannot be read (ENOENT)\n',
    });
    rmSync(join(folder, 'repository/.mesh-preflight.yaml'));
    write('repository/.mesh-preflight.yaml', '');
    write('repository/.mesh-preflight.json', '{}');
    expect(await run(CHECK)).toMatchObject({ code: 2, stderr: expect.stringContaining('are both there') });
    expect(await run([...CHECK, '--config', 'x.yaml'])).toMatchObject({
      code: 2,
      stderr: 'mesh-preflight: x.yaml: cannot be read (ENOENT)\n',
    });
  });

  it('prints each setting with its origin, as a configuration that says the same', async () => {
    const text = `routing: overlay\nclusters: { a: x, b: { context: y } }\nrules:\n  pod-ranges-disjoint: { severity: off, reason: x }\nsuppressions:\n- { rule: pod-ranges-disjoint, pairs: [a<->b], reason: x }\n`;
    write('repository/.mesh-preflight.yaml', text);
    const { stdout } = await run(['config', 'print'], 'repository');
    expect(stdout).toMatch(/^routing: overlay +# \.mesh-preflight\.yaml:1:1$/m);
    expect(stdout).toMatch(/^maxFindings: 100 +# default$/m);
    const said = read(stdout.replaceAll(/^.*# default$/gm, ''));
    expect(
      JSON.stringify({
        ...said,
        suppressions: said?.suppressions.map((s) => ({ ...s, place: null })),
        rules: [...(said?.rules ?? [])],
      }),
    ).toBe(
      JSON.stringify({
        ...read(text),
        suppressions: read(text)?.suppressions.map((s) => ({ ...s, place: null })),
        rules: [...(read(text)?.rules ?? [])],
      }),
    );
  });
});

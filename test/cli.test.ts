// The program as users start it: arguments, exit codes, streams. Runs the built binary.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { dump } from 'js-yaml';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { root } from './kit/examples.ts';
import { healthyMesh, type Manifest, without } from './kit/objects.ts';

const binary = path.join(root, 'bin/mesh-preflight.js');
let folder = '';
beforeAll(() => {
  folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'mesh-preflight-')));
});
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

interface Run {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function run(args: readonly string[], { cwd = root, input = '', env = {} as Record<string, string> } = {}): Run {
  const result = spawnSync(process.execPath, [binary, ...args], {
    cwd,
    input,
    encoding: 'utf8',
    env: { PATH: process.env.PATH ?? '', LANG: 'C.UTF-8', ...env },
  });
  return { status: result.status, stdout: result.stdout, stderr: result.stderr };
}

const last = (text: string) => text.trimEnd().split('\n').at(-1);
const stream = (objects: readonly Manifest[]) => objects.map((o) => dump(o)).join('---\n');

function meshFolder(name: string, clusters: Readonly<Record<string, readonly Manifest[]>>): string {
  for (const [cluster, objects] of Object.entries(clusters)) {
    fs.mkdirSync(path.join(folder, name, cluster), { recursive: true });
    fs.writeFileSync(path.join(folder, name, cluster, 'export.yaml'), stream(objects));
  }
  return name;
}

describe('exit codes', () => {
  const healthy = healthyMesh(['a', 'b']);
  const unproven = { ...healthy, b: without(healthy.b ?? [], 'FelixConfiguration') };
  // Outcome → code without options, and what options make of it.
  const cases: readonly (readonly [string, readonly string[], number, RegExp])[] = [
    ['ready', [], 0, /^exit 0: ready$/],
    ['ready', ['--strict'], 3, /^exit 3: not proven, \d+ requirements not proven$/],
    ['not-ready', [], 1, /^exit 1: not ready, \d+ errors?/],
    ['not-ready', ['--exit-zero'], 0, /^exit 0: not ready.*\(--exit-zero\)$/],
    ['not-ready', ['--fail-on', 'never'], 0, /^exit 0: not ready/],
    ['not-proven', [], 3, /^exit 3: not proven, \d+ requirements? not proven$/],
    ['not-proven', ['--on-unknown=warn'], 0, /^exit 0: not proven.*\(accepted\)$/],
    ['not-proven', ['--fail-on', 'never'], 3, /^exit 3: not proven/],
  ];
  beforeAll(() => {
    meshFolder('ready', healthy);
    meshFolder('not-ready', {
      ...healthy,
      b: (healthy.b ?? []).map((o) =>
        o.metadata.name === 'b-node-1' ? { ...o, metadata: { ...o.metadata, name: 'a-node-1' } } : o,
      ),
    });
    meshFolder('not-proven', unproven);
  });
  for (const [mesh, flags, code, reason] of cases) {
    for (const format of ['table', 'concise', 'json', 'sarif']) {
      test(`${mesh} ${flags.join(' ')} as ${format}: ${code}`, () => {
        const { status, stderr } = run(['check', mesh, '-o', format, ...flags], { cwd: folder });
        expect(status, stderr).toBe(code);
        expect(last(stderr)).toMatch(reason);
      });
    }
  }
});

describe('wrong use ends in one line and 2', () => {
  const cases: readonly (readonly [string, readonly string[], RegExp])[] = [
    ['no input', ['check'], /no input: give a mesh folder/],
    ['a path that does not exist', ['check', 'nowhere'], /nowhere: no such file or folder/],
    ['an unknown format', ['check', 'examples/stale-pools', '-o', 'sarf'], /no format sarf; did you mean sarif\?/],
    [
      'an unknown rule',
      ['check', 'examples/stale-pools', '--disable', 'distinct-node-name'],
      /no rule distinct-node-name; did you mean distinct-node-names\?/,
    ],
    ['an unknown flag', ['check', '--strickt', 'x'], /unknown option '--strickt'/],
    ['a cluster without a path', ['check', '--cluster', 'a'], /It takes NAME=PATH/],
    ['a version that is none', ['check', '--calico-version', 'new', 'x'], /It takes a version such as 3.21/],
    ['a day that is none', ['check', '--at', '2027-02-31', 'x'], /It takes a time such as/],
    [
      'two reports on standard output',
      ['check', 'examples/stale-pools', '-o', 'json', '-o', 'sarif'],
      /one format only can go to standard output/,
    ],
    [
      'a form of a report that is not asked for',
      ['check', 'examples/stale-pools', '--policyreport'],
      /give -o openreports/,
    ],
    ['a report into no file', ['check', 'examples/stale-pools', '-o', 'json='], /No file is named behind =/],
    [
      'a report into no folder',
      ['check', 'examples/stale-pools', '-o', 'json=none/r.json'],
      /: none\/r\.json: cannot be written \(no such folder\)/,
    ],
    [
      'a report into a folder',
      ['check', 'examples/stale-pools', '-o', 'json=examples'],
      /: examples: cannot be written/,
    ],
    ['standard input without a name', ['check', '-'], /standard input needs a cluster name/],
    [
      'a name given twice',
      ['check', '--cluster', 'a=examples/stale-pools/alpha', '--cluster', 'a=examples/stale-pools/beta'],
      /cluster a is given twice/,
    ],
    [
      'the same cluster twice',
      ['check', '--cluster', 'a=examples/stale-pools/alpha', '--cluster', 'b=examples/stale-pools/alpha'],
      /a and b are the same cluster/,
    ],
    ['a folder without objects', ['check', 'schemas'], /no Kubernetes object in schemas/],
    ['something that explains nothing', ['explain', 'unique-node-nam'], /did you mean unique-node-names\?/],
  ];
  for (const [title, args, message] of cases) {
    test(title, () => {
      const { status, stdout, stderr } = run(args);
      expect(status).toBe(2);
      expect(stdout).toBe('');
      expect(stderr).toMatch(message);
      expect(stderr.trimEnd().split('\n').length).toBeLessThanOrEqual(2);
      expect(stderr).not.toMatch(/ {4}at /);
    });
  }
});

describe('streams', () => {
  test('one cluster from standard input', () => {
    const { status, stdout } = run(
      ['check', '--cluster', 'beta=-', '--cluster', 'alpha=examples/stale-pools/alpha', '-o', 'json'],
      {
        input: ['ippools', 'nodes']
          .map((f) => fs.readFileSync(path.join(root, `examples/stale-pools/beta/${f}.yaml`), 'utf8'))
          .join('---\n'),
      },
    );
    expect(status).not.toBe(2);
    const report = JSON.parse(stdout) as { clusters: { name: string; objects: number }[] };
    expect(report.clusters.map((c) => [c.name, c.objects > 0])).toEqual([
      ['alpha', true],
      ['beta', true],
    ]);
  });
  test('one cluster from a pipe with a name', () => {
    const pipe = `${folder}/pipe`;
    spawnSync('mkfifo', [pipe]);
    const shell = `cat examples/stale-pools/beta/*.yaml > ${pipe} & exec "$0" bin/mesh-preflight.js check --cluster alpha=examples/stale-pools/alpha --cluster beta=${pipe} -o json`;
    const { stdout } = spawnSync('sh', ['-c', shell, process.execPath], { cwd: root, encoding: 'utf8' });
    const report = JSON.parse(stdout) as { clusters: { name: string; objects: number }[] };
    expect(report.clusters.map((c) => c.objects > 0)).toEqual([true, true]);
  });
  test('reports go to files, whole, and standard output carries the report only', () => {
    const { stdout, stderr } = run([
      'check',
      'examples/stale-pools',
      '-o',
      'concise',
      '-o',
      `json=${folder}/r.json`,
      '-o',
      `sarif=${folder}/r.sarif`,
    ]);
    expect(stdout).toMatch(/^examples\/stale-pools\//);
    expect(stderr).toContain(`wrote ${folder}/r.json`);
    expect(JSON.parse(fs.readFileSync(path.join(folder, 'r.json'), 'utf8'))).toHaveProperty('verdict', 'not-ready');
    expect(JSON.parse(fs.readFileSync(path.join(folder, 'r.sarif'), 'utf8'))).toHaveProperty('version', '2.1.0');
    expect(fs.readdirSync(folder).filter((f) => f.endsWith('.tmp'))).toEqual([]);
  });
  test('a file keeps its mode, a link leads where it led, and what is no file stays what it is', () => {
    const at = (name: string) => path.join(folder, name);
    fs.writeFileSync(at('private'), 'old');
    fs.chmodSync(at('private'), 0o600);
    fs.symlinkSync('private', at('link'));
    spawnSync('mkfifo', [at('reader')]);
    const shell = `cat ${at('reader')} & "$0" bin/mesh-preflight.js check examples/stale-pools --exit-zero -o json=${at('reader')} -o sarif=${at('link')}; wait`;
    const { stdout } = spawnSync('sh', ['-c', shell, process.execPath], { cwd: root, encoding: 'utf8' });
    expect(JSON.parse(stdout)).toHaveProperty('verdict', 'not-ready');
    expect(fs.statSync(at('reader')).isFIFO()).toBe(true);
    expect(fs.lstatSync(at('link')).isSymbolicLink()).toBe(true);
    expect(fs.statSync(at('private')).mode & 0o777).toBe(0o600);
    expect(JSON.parse(fs.readFileSync(at('private'), 'utf8'))).toHaveProperty('version', '2.1.0');
    expect(fs.readdirSync(folder).filter((f) => f.endsWith('.tmp'))).toEqual([]);
  });
  test('a link to what is not there yet is not taken away, and what a log holds stays in it', () => {
    const at = (name: string) => path.join(folder, name);
    fs.symlinkSync('later.json', at('early'));
    run(['check', 'examples/stale-pools', '-o', `json=${at('early')}`]);
    expect(fs.lstatSync(at('early')).isSymbolicLink()).toBe(true);
    expect(JSON.parse(fs.readFileSync(at('later.json'), 'utf8'))).toHaveProperty('verdict', 'not-ready');
    fs.writeFileSync(at('log'), 'before\n');
    const shell = `"$0" bin/mesh-preflight.js check examples/stale-pools -o json=/dev/stdout >> ${at('log')}`;
    spawnSync('sh', ['-c', shell, process.execPath], { cwd: root });
    const [first, ...rest] = fs.readFileSync(at('log'), 'utf8').split('\n');
    expect(first).toBe('before');
    expect(JSON.parse(rest.join('\n'))).toHaveProperty('verdict', 'not-ready');
    const both = `"$0" bin/mesh-preflight.js check examples/stale-pools -o json=/dev/stdout -o concise > ${at('both')}`;
    spawnSync('sh', ['-c', both, process.execPath], { cwd: root });
    const [, report = '', lines = ''] = /^(\{.*\n\}\n)(.*)$/s.exec(fs.readFileSync(at('both'), 'utf8')) ?? [];
    expect(JSON.parse(report)).toHaveProperty('verdict', 'not-ready');
    expect(lines).toMatch(/^examples\/stale-pools\//);
  });
  test.runIf(fs.existsSync('/dev/shm'))('a file in memory is replaced as any other', () => {
    const file = `/dev/shm/mesh-preflight-${process.pid}.json`;
    for (let i = 0; i < 2; i++) run(['check', 'examples/stale-pools', '-o', `json=${file}`]);
    expect(JSON.parse(fs.readFileSync(file, 'utf8'))).toHaveProperty('verdict', 'not-ready');
    fs.rmSync(file);
  });
  test.runIf(fs.existsSync('/dev/stdout'))('what the shell has opened can be named as a file', () => {
    const shell = '"$0" bin/mesh-preflight.js check examples/stale-pools -o json=/dev/stdout | cat';
    const { stdout } = spawnSync('sh', ['-c', shell, process.execPath], { cwd: root, encoding: 'utf8' });
    expect(JSON.parse(stdout)).toHaveProperty('verdict', 'not-ready');
    expect(fs.lstatSync('/dev/stdout').isSymbolicLink()).toBe(true);
  });
  test.each(['table', 'sarif', 'html'])('a reader of %s that has read enough changes nothing', (format) => {
    const shell = `{ "$0" bin/mesh-preflight.js check examples/healthy-overlay -o ${format}; echo "$?" >&2; } | head -c 10`;
    const { stderr } = spawnSync('sh', ['-c', shell, process.execPath], { cwd: root, encoding: 'utf8' });
    expect(stderr).toBe('exit 0: ready\n0\n');
  });
  test
    .runIf(fs.existsSync('/dev/full'))
    .each([
      ['check', 'examples/healthy-overlay'],
      ['check', 'examples/healthy-overlay', '-o', 'json'],
      ['rules'],
      ['--help'],
      ['--version'],
    ])('a full disk behind standard output ends %s %s in 2 and one line', (...args) => {
    const full = fs.openSync('/dev/full', 'w');
    const ended = spawnSync(process.execPath, [binary, ...args], {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', full, 'pipe'],
    });
    fs.closeSync(full);
    expect(ended.status).toBe(2);
    expect(last(ended.stderr)).toBe('mesh-preflight: standard output cannot be written (ENOSPC)');
    expect(ended.stderr).not.toMatch(/ {4}at /);
  });
  test('a fault of the program itself ends in 2 and one line', () => {
    for (const part of ['bin', 'dist']) fs.mkdirSync(path.join(folder, 'broken', part), { recursive: true });
    for (const file of ['bin/mesh-preflight.js', 'bin/package.json', 'dist/cli.cjs'])
      fs.copyFileSync(path.join(root, file), path.join(folder, 'broken', file));
    const { status, stderr } = spawnSync(process.execPath, [path.join(folder, 'broken/bin/mesh-preflight.js'), 'x'], {
      encoding: 'utf8',
    });
    expect(status).toBe(2);
    expect(stderr).toMatch(/^mesh-preflight: fault of the program: Error: Cannot find module .*\n$/);
  });
  test('the same input gives the same bytes, from any folder of the repository', () => {
    const one = run(['check', 'examples/broken-remotes', '-o', 'sarif', '--at', '2026-06-01T00:00:00Z']);
    const two = run(['check', 'examples/broken-remotes', '-o', 'sarif', '--at', '2026-06-01T00:00:00Z']);
    expect(one.stdout).toBe(two.stdout);
    expect(one.stdout).not.toContain(root);
  });
  test('no colour in a pipe, colour when asked for', () => {
    expect(run(['check', 'examples/stale-pools']).stdout).not.toContain('\u001b');
    expect(run(['check', 'examples/stale-pools', '--color', 'always']).stdout).toContain('\u001b');
    expect(run(['check', 'examples/stale-pools'], { env: { FORCE_COLOR: '1', NO_COLOR: '1' } }).stdout).not.toContain(
      '\u001b',
    );
  });
  test('--policyreport writes openreports as its predecessor', () => {
    const kinds = (...more: readonly string[]) => {
      const { items } = JSON.parse(run(['check', 'examples/stale-pools', '-o', 'openreports', ...more]).stdout);
      return (items as { apiVersion: string; kind: string }[]).map(({ apiVersion, kind }) => `${apiVersion} ${kind}`);
    };
    expect(new Set(kinds())).toEqual(new Set(['openreports.io/v1alpha1 ClusterReport']));
    expect(new Set(kinds('--policyreport'))).toEqual(new Set(['wgpolicyk8s.io/v1alpha2 ClusterPolicyReport']));
  });
  test('--quiet prints nothing when ready', () => {
    expect(run(['check', 'examples/healthy-overlay', '-q']).stdout).toBe('');
    expect(run(['check', 'examples/stale-pools', '-q']).stdout).not.toBe('');
  });
});

describe('other commands', () => {
  test('version', () => {
    const { version } = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8')) as { version: string };
    for (const args of [['--version'], ['-V'], ['version']]) expect(run(args).stdout).toBe(`${version}\n`);
  });
  test('check is the default command', () => {
    expect(run(['examples/stale-pools', '-o', 'json']).stdout).toBe(
      run(['check', 'examples/stale-pools', '-o', 'json']).stdout,
    );
  });
  test('rules and requirements as JSON', () => {
    const rules = JSON.parse(run(['rules', '-o', 'json']).stdout) as { id: string }[];
    const requirements = JSON.parse(run(['requirements', '-o', 'json']).stdout) as { id: string }[];
    expect(rules.length).toBeGreaterThan(requirements.length);
  });
  test('explain', () => {
    expect(run(['explain', 'distinct-node-names']).stdout).toContain('distinct-node-names');
    expect(run(['explain', 'unused-suppression']).stdout).toContain('Every suppression suppresses something');
    expect(run(['explain', 'unique-node-names']).stdout).toContain('Node names are unique across the mesh');
  });
  test('help', () => {
    const { status, stdout } = run(['--help']);
    expect(status).toBe(0);
    expect(stdout).toContain('mesh-preflight');
  });
  test('help of a command tells defaults that say something', () => {
    const { stdout } = run(['check', '--help']);
    expect(stdout).toContain('how long a live cluster may take (default: 2m)');
    expect(stdout).not.toMatch(/default: (\[\]|false|\d{4,}\D*\d{4,})/);
  });
});

// What others run the program with: the GitHub action, the hook of pre-commit, the job for GitLab.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { load } from 'js-yaml';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import manifest from '../package.json' with { type: 'json' };
import { reporters } from '../src/report/reporters.ts';
import { root } from './kit/examples.ts';
import { hasTool } from './kit/tools.ts';

interface Step {
  readonly if?: string;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
}
interface Action {
  readonly inputs: Readonly<Record<string, { readonly description: string; readonly default: string }>>;
  readonly outputs: Readonly<Record<string, { readonly value: string }>>;
  readonly runs: { readonly using: string; readonly steps: readonly Step[] };
}

const read = (file: string) => fs.readFileSync(path.join(root, file), 'utf8');
const action = load(read('action.yml')) as Action;

let folder = '';
beforeAll(() => {
  folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'mesh-preflight-integrations-')));
  // Stands in for npm: what it installs is the program as it is built here. It keeps what it was asked.
  fs.mkdirSync(path.join(folder, 'bin'));
  fs.writeFileSync(
    path.join(folder, 'bin/npm'),
    `#!/bin/sh
printf '%s\\n' "$@" > '${folder}/asked'
while [ "$1" != --prefix ]; do shift; done
mkdir -p "$2/node_modules/.bin" && ln -sf '${root}bin/mesh-preflight.js' "$2/node_modules/.bin/mesh-preflight"
`,
    { mode: 0o755 },
  );
});
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

describe('the action', () => {
  const [, check, upload] = action.runs.steps;

  it('hands every input to its script as a variable', () => {
    expect(action.runs.using).toBe('composite');
    const names = Object.keys(action.inputs);
    expect(Object.values(check?.env ?? {})).toEqual(names.map((name) => `\${{ inputs.${name} }}`));
    expect(Object.keys(check?.env ?? {})).toEqual(names.map((name) => `MESH_PREFLIGHT_${name.toUpperCase()}`));
    for (const { description } of Object.values(action.inputs)) expect(description).toMatch(/\w/);
    expect(action.inputs.version?.default).toBe(manifest.version);
    expect(check?.run).toBe('"$GITHUB_ACTION_PATH/ci/github/check.sh"');
  });

  it('uploads what was found even where the check failed, and only where there is something', () => {
    expect(upload?.if).toBe(`\${{ always() && steps.check.outputs.sarif-file != '' }}`);
  });

  /** Runs the script as the action does, with these inputs. */
  function run(inputs: Readonly<Record<string, string>>) {
    const given = Object.entries(action.inputs).map(([name, input]) => [
      `MESH_PREFLIGHT_${name.toUpperCase()}`,
      inputs[name] ?? input.default,
    ]);
    const temporary = fs.mkdtempSync(path.join(folder, 'runner-'));
    const [output, summary] = [path.join(temporary, 'output'), path.join(temporary, 'summary')];
    fs.writeFileSync(output, '');
    fs.writeFileSync(summary, '');
    const { status, stdout, stderr } = spawnSync('bash', [path.join(root, 'ci/github/check.sh')], {
      cwd: path.join(root, 'examples'),
      encoding: 'utf8',
      env: {
        ...Object.fromEntries(given),
        PATH: `${folder}/bin:${process.env.PATH}`,
        RUNNER_TEMP: temporary,
        GITHUB_OUTPUT: output,
        GITHUB_STEP_SUMMARY: summary,
      },
    });
    const outputs = Object.fromEntries(
      fs
        .readFileSync(output, 'utf8')
        .split('\n')
        .filter(Boolean)
        .map((line) => line.split('=')),
    ) as Readonly<Record<string, string>>;
    return { status, stdout, stderr, outputs, summary: fs.readFileSync(summary, 'utf8') };
  }

  it('ends as the program does, with SARIF either way', () => {
    for (const [mesh, code] of [
      ['healthy-overlay', 0],
      ['overlapping-pools', 1],
    ] as const) {
      const { status, outputs, stdout, stderr } = run({
        paths: mesh,
        summary: 'false',
        options: '--at\n2026-06-01T00:00:00Z\n',
      });
      expect(status, stderr).toBe(code);
      expect(outputs['exit-code']).toBe(`${code}`);
      expect(stdout).toContain('unique-node-names');
      const { runs } = JSON.parse(fs.readFileSync(outputs['sarif-file'] ?? '', 'utf8'));
      expect(runs[0].automationDetails.id).toMatch(/^mesh-preflight\//);
      expect(runs[0].results.length > 0).toBe(code === 1);
    }
    expect(fs.readFileSync(path.join(folder, 'asked'), 'utf8')).toContain(`\nmesh-preflight@${manifest.version}\n`);
  });

  it.skipIf(!reporters.has('markdown'))('puts the report on the page of the run', () => {
    const { summary, outputs } = run({ paths: 'overlapping-pools', sarif: 'false' });
    expect(summary).toContain('Pod CIDRs');
    expect(outputs).toEqual({ 'exit-code': '1' });
  });

  it('takes several folders and options with blanks, and reads none of them as shell', () => {
    const sign = path.join(folder, 'sign');
    const { status, stderr } = run({
      paths: `overlapping-pools/east\r\n$(touch ${sign}); touch ${sign}\n\`touch ${sign}\`\n`,
      summary: 'false',
    });
    expect(status).toBe(2);
    expect(stderr).toContain('no such file or folder');
    expect(fs.existsSync(sign)).toBe(false);
    const two = run({ paths: 'overlapping-pools/east\n\noverlapping-pools/west', summary: 'false' });
    expect(two.status, two.stderr).toBe(1);
    expect(run({ paths: '--help', summary: 'false' }).stderr).toContain('--help: no such file or folder');
  });

  it.each(['latest', '0.1.0 --registry=x', '^0.1.0', ''])('refuses %j for a version', (version) => {
    const { status, stderr, outputs } = run({ version });
    expect(status).toBe(2);
    expect(stderr).toBe('mesh-preflight: version takes an exact version, such as 0.1.0\n');
    expect(outputs).toEqual({});
  });

  it('leaves it to the configuration where there are no paths', () => {
    const { status, stderr, outputs } = run({ paths: '\n', summary: 'false' });
    // There is none here.
    expect(status).toBe(2);
    expect(stderr).toMatch(/^mesh-preflight: no input/);
    expect(outputs).toEqual({ 'exit-code': '2' });
  });

  it.skipIf(!hasTool('shellcheck', 'REQUIRE_SHELLCHECK'))('passes shellcheck', () => {
    expect(spawnSync('shellcheck', ['ci/github/check.sh'], { cwd: root, encoding: 'utf8' }).stdout).toBe('');
  });
});

it('is shown in the README as it is now', () => {
  const readme = read('README.md');
  const versions = [...readme.matchAll(/OWNER\/mesh-preflight@v([\d.]+)|^ *rev: v([\d.]+)$/gm)].map(
    ([, of, rev]) => of ?? rev,
  );
  expect(versions).toEqual([manifest.version, manifest.version]);
  expect(readme).toContain(read('.github/workflows/ci.yml').match(/actions\/checkout@.*/)?.[0]);
});

describe('the hook of pre-commit', () => {
  const [hook, ...others] = load(read('.pre-commit-hooks.yaml')) as readonly Readonly<Record<string, unknown>>[];

  it('checks the mesh as a whole', () => {
    expect(others).toEqual([]);
    expect(hook).toMatchObject({ id: 'mesh-preflight', language: 'node', pass_filenames: false });
    expect(Object.keys(manifest.bin)).toContain(hook?.entry);
    const args = hook?.args as readonly string[];
    const { stderr } = spawnSync(process.execPath, [path.join(root, 'bin/mesh-preflight.js'), ...args], {
      cwd: folder,
      encoding: 'utf8',
    });
    // Nothing else is wrong with how it is called.
    expect(stderr).toBe('mesh-preflight: exports/: no such file or folder\n');
  });

  describe('installs the program from git, which npm has to build', { timeout: 240_000 }, () => {
    // Git's own variables would lead it to the repository that these tests may be run for.
    const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_')));
    let repository = '';

    /** Runs a program in a folder, with the prefix as the place that npm installs to globally. */
    function run(cwd: string, prefix: string, command: string, ...args: readonly string[]): string {
      const env = { ...environment, npm_config_prefix: prefix };
      const { status, stdout, stderr } = spawnSync(command, args, { cwd, env, encoding: 'utf8' });
      expect(status, `${command} ${args.join(' ')}\n${stdout}${stderr}`).toBe(0);
      return stdout;
    }

    /** A repository that holds what lies here, whether it was committed or not. */
    beforeAll(() => {
      repository = path.join(folder, 'repository');
      const left = ['.git', 'build', 'dist', 'node_modules'].map((name) => path.join(root, name));
      fs.cpSync(root, repository, { recursive: true, filter: (file) => !left.includes(path.resolve(file)) });
      run(repository, '', 'git', 'init', '--quiet');
      run(repository, '', 'git', 'add', '--all');
      const author = ['-c', 'user.name=nobody', '-c', 'user.email=nobody@example.org', '-c', 'commit.gpgsign=false'];
      run(repository, '', 'git', ...author, 'commit', '--quiet', '--no-verify', '--message=all');
    });

    beforeEach(({ skip }) => {
      const { status } = spawnSync('npm', ['view', 'esbuild', 'version', '--fetch-retries=0'], { cwd: folder });
      skip(status !== 0 && process.env.REQUIRE_REGISTRY !== '1', 'npm does not reach its registry');
    });

    /** What was installed is the whole program. */
    function works(prefix: string) {
      const program = path.join(prefix, 'bin/mesh-preflight');
      const mesh = path.join(root, 'examples/healthy-overlay');
      expect(run(folder, prefix, program, '--version')).toBe(`${manifest.version}\n`);
      expect(run(folder, prefix, program, 'check', mesh, '--at=2026-06-01T00:00:00Z')).toContain('unique-node-names');
      expect(fs.existsSync(path.join(prefix, 'lib/node_modules/mesh-preflight/node_modules'))).toBe(false);
    }

    it('since pre-commit 4.7: npm clones, prepares and packs it', () => {
      const prefix = fs.mkdtempSync(path.join(folder, 'prefix-'));
      const source = `git+file://${repository}`;
      run(folder, prefix, 'npm', 'install', '--allow-git=root', '--install-links', '-g', source);
      works(prefix);
    });

    it('before: npm installs in a clone, and packing it prints nothing but the name of the file', () => {
      const prefix = fs.mkdtempSync(path.join(folder, 'prefix-'));
      const clone = path.join(prefix, 'clone');
      run(repository, prefix, 'git', 'clone', '--quiet', repository, clone);
      run(clone, prefix, 'npm', 'install', '--include=dev', '--include=prod', '--no-progress', '--no-save');
      const built = fs.statSync(path.join(clone, 'dist/cli.cjs')).mtimeMs;
      expect(run(clone, prefix, 'npm', 'pack')).toBe(`mesh-preflight-${manifest.version}.tgz\n`);
      // Others may be reading it, such as these tests.
      expect(fs.statSync(path.join(clone, 'dist/cli.cjs')).mtimeMs).toBe(built);
      // Of the file npm runs nothing: what it would run is not in there.
      run(clone, prefix, 'npm', 'install', '-g', path.join(clone, `mesh-preflight-${manifest.version}.tgz`));
      works(prefix);
    });
  });
});

describe('the job for GitLab', () => {
  const file = load(read('ci/gitlab/mesh-preflight.gitlab-ci.yml')) as Readonly<Record<string, never>>;
  const job = file['mesh-preflight'] as unknown as {
    readonly variables: Readonly<Record<string, string>>;
    readonly script: readonly string[];
    readonly artifacts: { readonly when: string; readonly reports: Readonly<Record<string, string>> };
  };

  it('keeps its reports whatever is found', () => {
    expect(Object.keys(file)).toEqual(['mesh-preflight']);
    expect(job.variables.MESH_PREFLIGHT_VERSION).toBe(manifest.version);
    expect(job.artifacts.when).toBe('always');
    expect(Object.keys(job.artifacts.reports)).toEqual(['junit', 'codequality']);
    for (const report of Object.values(job.artifacts.reports)) expect(job.script.join('\n')).toContain(`=${report}`);
  });

  it.skipIf(!reporters.has('junit') || !reporters.has('gitlab'))('runs, and writes them', () => {
    const script = job.script.join('\n').replaceAll('/opt/', `${folder}/opt/`);
    const { status, stderr } = spawnSync('bash', ['-eu', '-o', 'pipefail', '-c', script], {
      cwd: folder,
      encoding: 'utf8',
      env: {
        ...job.variables,
        MESH_PREFLIGHT_PATH: path.join(root, 'examples/overlapping-pools'),
        MESH_PREFLIGHT_OPTIONS: '--strict --before-peering',
        PATH: `${folder}/bin:${process.env.PATH}`,
      },
    });
    expect(status, stderr).toBe(1);
    for (const report of Object.values(job.artifacts.reports)) {
      expect(fs.statSync(path.join(folder, report)).size).toBeGreaterThan(100);
    }
  });
});

// Our own workflows: what they may do, what they run, and what a release hands on to krew.

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { load } from 'js-yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import manifest from '../package.json' with { type: 'json' };
import { root } from './kit/examples.ts';
import { hasTool } from './kit/tools.ts';

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}
interface Job {
  readonly steps: readonly Step[];
  readonly permissions?: Readonly<Record<string, string>>;
  readonly 'timeout-minutes'?: number;
  readonly environment?: string;
  readonly strategy?: { readonly matrix: Readonly<Record<string, readonly unknown[]>> };
}
interface Workflow {
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

const read = (file: string) => fs.readFileSync(path.join(root, file), 'utf8');
const files = fs.readdirSync(path.join(root, '.github/workflows')).map((file) => `.github/workflows/${file}`);
const workflows = files.map((file) => [file, load(read(file)) as Workflow] as const);
const jobs = workflows.flatMap(([file, { jobs: own }]) =>
  Object.entries(own).map(([name, job]) => [`${file} ${name}`, job] as const),
);

let folder = '';
beforeAll(() => {
  folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'mesh-preflight-workflows-')));
});
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

describe('workflows', () => {
  const action = load(read('action.yml')) as { readonly runs: { readonly steps: readonly Step[] } };
  const steps = [...jobs.flatMap(([, job]) => job.steps), ...action.runs.steps];

  it('take other actions by the hash of a commit, the same everywhere, and say which version that is', () => {
    const lines = [...files, 'action.yml'].flatMap((file) =>
      [...read(file).matchAll(/^ *(?:- )?uses: (.+)$/gm)].map(([, line]) => line),
    );
    expect(lines).toHaveLength(steps.filter((step) => step.uses !== undefined).length);
    expect(lines.filter((line) => !/^[\w-]+\/[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line ?? ''))).toEqual([]);
    const distinct = new Set(lines);
    expect(new Set([...distinct].map((line) => line?.split('@')[0])).size).toBe(distinct.size);
  });

  it('put nothing into a script that comes from elsewhere', () => {
    const scripts = steps.flatMap((step) => step.run ?? []);
    expect(scripts.length).toBeGreaterThan(5);
    expect(scripts.filter((script) => script.includes('${{'))).toEqual([]);
  });

  it('may do what they have to and no more', () => {
    for (const [file, { permissions }] of workflows) {
      expect(Object.entries(permissions).flat(), file).toEqual(file.endsWith('ci.yml') ? ['contents', 'read'] : []);
    }
    const rights = jobs.flatMap(([name, { permissions }]) =>
      permissions ? [[name.split('/').at(-1), permissions]] : [],
    );
    expect(Object.fromEntries(rights)).toEqual({
      'release.yml check': { contents: 'read' },
      'release.yml executables': { contents: 'read' },
      'release.yml npm': { contents: 'read', 'id-token': 'write' },
      'release.yml github': { contents: 'write', 'id-token': 'write', attestations: 'write' },
    });
    for (const [name, job] of jobs) {
      expect(job['timeout-minutes'], name).toBeLessThanOrEqual(90);
      const checkouts = job.steps.filter((step) => step.uses?.startsWith('actions/checkout@'));
      expect(checkouts.map((step) => step.with?.['persist-credentials'])).toEqual(checkouts.map(() => false));
    }
  });

  it('test on every Node that the package supports, and publish with provenance and without a token', () => {
    const ci = workflows.find(([file]) => file.endsWith('ci.yml'))?.[1];
    const nodes = ci?.jobs.all?.strategy?.matrix.node;
    expect(nodes).toEqual([...manifest.engines.node.matchAll(/\d+(?=\.\d+\.\d+)/g)].map(String));
    const release = read('.github/workflows/release.yml');
    expect(release).toContain('npm publish --provenance');
    expect(release).not.toMatch(/secrets\.|NODE_AUTH_TOKEN|_authToken/);
    const npm = workflows.find(([file]) => file.endsWith('release.yml'))?.[1].jobs.npm;
    expect(npm?.environment).toBe('npm');
  });

  it.skipIf(!hasTool('go', 'REQUIRE_ACTIONLINT'))('pass actionlint', { timeout: 300_000 }, (context) => {
    const install = spawnSync('go', ['install', 'github.com/rhysd/actionlint/cmd/actionlint@v1.7.12'], {
      cwd: folder,
      env: { ...process.env, GOBIN: path.join(folder, 'gobin'), GOFLAGS: '' },
      encoding: 'utf8',
    });
    if (process.env.REQUIRE_ACTIONLINT === '1') expect(install.status, install.stderr).toBe(0);
    else if (install.status !== 0) context.skip(`actionlint cannot be built here: ${install.stderr}`);
    const run = spawnSync(path.join(folder, 'gobin/actionlint'), files, { cwd: root, encoding: 'utf8' });
    expect(run.stdout + run.stderr).toBe('');
    expect(run.status).toBe(0);
  });
});

describe("krew's manifest", () => {
  const platforms = workflows
    .flatMap(([, { jobs: own }]) => own.executables?.strategy?.matrix.include ?? [])
    .map((entry) => (entry as { readonly platform: string }).platform);
  const archives = platforms.map((platform) => `mesh-preflight-${platform}.tar.gz`);
  const fill = (...args: readonly string[]) =>
    spawnSync(process.execPath, [path.join(root, 'krew/fill.mjs'), ...args], { encoding: 'utf8' });

  it('is filled in for every platform that is released', () => {
    expect(platforms).toHaveLength(5);
    const release = path.join(folder, 'release');
    fs.mkdirSync(release);
    for (const archive of archives) fs.writeFileSync(path.join(release, archive), archive);
    const { stdout, stderr, status } = fill('OWNER/mesh-preflight', '1.2.3', release);
    expect(status, stderr).toBe(0);
    expect(stdout).not.toContain('@');
    const plugin = load(stdout) as {
      readonly metadata: { readonly name: string };
      readonly spec: {
        readonly version: string;
        readonly shortDescription: string;
        readonly platforms: readonly object[];
      };
    };
    expect(plugin.metadata.name).toBe('mesh-preflight');
    expect(plugin.spec.version).toBe('v1.2.3');
    // What krew's index asks of it.
    expect(plugin.spec.shortDescription.length).toBeLessThanOrEqual(50);
    const systems = { linux: 'linux', darwin: 'darwin', win32: 'windows' } as const;
    expect(plugin.spec.platforms).toEqual(
      platforms.map((platform, i) => {
        const [system, cpu] = platform.split('-') as [keyof typeof systems, string];
        const archive = archives[i] ?? '';
        return {
          selector: { matchLabels: { os: systems[system], arch: cpu === 'x64' ? 'amd64' : cpu } },
          uri: `https://github.com/OWNER/mesh-preflight/releases/download/v1.2.3/${archive}`,
          sha256: createHash('sha256').update(archive).digest('hex'),
          bin: system === 'win32' ? 'mesh-preflight.exe' : 'mesh-preflight',
        };
      }),
    );
  });

  it('is not, where an archive or an argument is missing', () => {
    expect(fill('OWNER/mesh-preflight', '1.2.3', folder).status).toBe(1);
    for (const args of [[], ['OWNER', '1.2.3', folder], ['OWNER/mesh-preflight', 'new', folder]]) {
      expect(fill(...args).status).toBe(2);
    }
  });
});

// The script of `snapshot --print-script` before it is run: whole, for the same kinds as everything else, and without anything that shells
// differ about. What it does is tested with API servers.

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type KindId, kinds } from '../../src/model/objects/kinds.ts';
import { rightsFor } from '../../src/source/live/rights.ts';
import { snapshotScript } from '../../src/source/script.ts';
import { runProgram } from '../kit/program.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const all: ReadonlySet<KindId> = new Set(kinds.map(({ id }) => id));
const script = snapshotScript(all, 'mesh-preflight 1.2.3');

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
}

describe('the script', () => {
  it('has everything filled in', () => {
    expect(script.match(/@(tool|kinds|annotations|prefixes|daemonSets|secrets|remote)@/g)).toBeNull();
    expect(script).toContain('# Keeps what mesh-preflight 1.2.3 reads of clusters');
    expect(script).toMatch(/^#!\/bin\/sh\n/);
  });

  it('asks for what rbac grants, and nothing else', () => {
    const roles = rightsFor(all, new Map(), { namespace: 'n', name: 'n' }) as readonly {
      kind: string;
      rules?: Rule[];
    }[];
    const [whole = [], ...named] = roles.flatMap(({ kind, rules = [] }) => (kind.endsWith('Role') ? [rules] : []));
    const granted = whole.flatMap(({ apiGroups, resources }) =>
      resources.flatMap((resource) => apiGroups.map((group) => (group === '' ? resource : `${resource}.${group}`))),
    );
    const asked = [...script.matchAll(/^ {2}list \w+ "\$\w+" (.+)$/gm)].flatMap(([, resources = '']) =>
      resources.split(' '),
    );
    expect(asked.sort()).toEqual(granted.sort());
    const objects = named.flat().flatMap(({ resourceNames = [] }) => resourceNames);
    const references = [...script.matchAll(/^ {2}references \w+ (.+) \|$/gm)].flatMap(([, names = '']) =>
      names.split(' '),
    );
    expect(references.map((name) => name.replace(/.*\//, '')).sort()).toEqual(objects.sort());
  });

  it('asks for no more kinds than are wanted', () => {
    const few = snapshotScript(new Set<KindId>(['Node', 'IPPool']), 'x');
    expect(few.match(/^known=.*$/m)?.[0]).toBe("known='nodes ippools'");
    expect(few).not.toMatch(/^ {2}(references|list (?!nodes|ippools))/m);
  });

  it('keeps of a kind what its schema names', () => {
    const template = /^ippools='([^']+)'$/m.exec(script)?.[1] ?? '';
    for (const field of ['cidr', 'vxlanMode', 'disabled', 'allowedUses']) expect(template).toContain(`"${field}"`);
    expect(template).not.toContain('blockSize');
    expect(/^felixconfigurations='([^']+)'$/m.exec(script)?.[1]).toContain('(eq (printf "%.9s" $key) "wireguard")');
  });

  it('is printed for the kinds that the rules need', async () => {
    const { stdout } = await runProgram(['snapshot', '--print-script'], { cwd: root, env: process.env });
    await expect(stdout).toMatchFileSnapshot('../../examples/mesh-snapshot.sh');
  });

  it.each([
    [['--context', 'a'], '--print-script takes no clusters and no directory'],
    [['--directory', 'x'], '--print-script takes no clusters and no directory'],
  ])('is not printed with %j', async (more, why) => {
    const ended = await runProgram(['snapshot', '--print-script', ...more], { cwd: root, env: process.env });
    expect(ended).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(why) });
  });

  const { error } = spawnSync('shellcheck', ['--version']);
  it.skipIf(error !== undefined && process.env.REQUIRE_SHELLCHECK !== '1')('passes shellcheck', () => {
    const { stdout } = spawnSync('shellcheck', ['-'], { input: script, encoding: 'utf8' });
    expect(stdout).toBe('');
  });
});

// Who may import whom, what code may touch, and what no file of the repository may mention. One table each; the first row that fits a
// file is the one that counts.

import { readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../', import.meta.url));

/** A pattern of files, and a pattern of what they may import: paths from the root, packages, modules of Node. */
const imports: readonly (readonly [who: RegExp, whom: RegExp])[] = [
  [/^rules\//, /^src\/rule\.ts$/],
  [/^src\/requirements\.ts$/, /^$/],
  [/^src\/rule\.ts$/, /^src\/(model\/|requirements\.ts)/],
  [/^src\/model\/addresses\/cidr\.ts$/, /^$/],
  [/^src\/model\/objects\/schemas\.ts$/, /^schemas\/resources\//],
  [/^src\/model\/objects\/validators\.ts$/, /^(src\/model\/objects\/schemas\.ts|ajv\/)/],
  [/^src\/model\/(remotes\/credentials|addresses\/nodes)\.ts$/, /^(src\/model\/|node:crypto$)/],
  [/^src\/model\//, /^src\/(model\/|requirements\.ts)/],
  [/^src\/audits\.ts$/, /^$/],
  [
    /^src\/suppressions\.ts$/,
    /^src\/(audits|model\/wording|report\/(report|fingerprint)|requirements|source\/ignores)\.ts$/,
  ],
  [/^src\/(engine|sections)\.ts$/, /^src\/(model\/|rule\.ts|requirements\.ts|sections\.ts|report\/report\.ts)/],
  [
    /^src\/report\//,
    /^(src\/(report\/|audits\.ts|rule\.ts|requirements\.ts|sections\.ts)|node:(crypto|util)$|cli-table3$|sarif$)/,
  ],
  [/^src\/source\/live\/client-library\.ts$/, /^(src\/source\/live\/|@kubernetes\/client-node$|node:https$)/],
  [/^src\/source\/live\/transport\.ts$/, /^(src\/source\/live\/|node:(https?|timers\/promises|url)$)/],
  [
    /^src\/source\/live\/(collect|live|rights|wanted)\.ts$/,
    /^src\/(source\/(live\/|snapshot\.ts|source\.ts|yaml\.ts)|model\/(objects\/(kinds|manifest|raw|reduction)|access\/federation)\.ts)/,
  ],
  [
    /^src\/source\/live\//,
    /^(src\/(source\/(live\/|source\.ts|yaml\.ts)|model\/(addresses\/cidr|wording)\.ts)|node:(crypto|fs|https|path)$)/,
  ],
  [/^src\/source\//, /^(src\/(source\/|model\/|report\/(report|line-hash)\.ts)|node:|js-yaml$)/],
  [/^src\/rule-modules\.ts$/, /^(src\/rule\.ts|node:fs)$/],
  [/^src\/(config|report)-schema\.ts$/, /^(schemas\/(config|report)\.schema\.json$|ajv\/)/],
  [/^src\/baseline\.ts$/, /^src\/(report\/(fingerprint|report)|rule|source\/source)\.ts$/],
  [/^src\/(check|registry|config|index)\.ts$/, /^src\//],
  [/^src\/commands\/table\.ts$/, /^commander$/],
  [/^src\/commands\//, /^(src\/|node:(fs|os|path)$)/],
  [/^src\/command-line\.ts$/, /^(src\/|commander$)/],
  [/^src\/single\.ts$/, /^(src\/cli\.ts|node:path)$/],
  [/^src\/cli\.ts$/, /^(src\/command-line\.ts|package\.json)$/],
  [/^bin\//, /^node:fs$/],
];

/** A pattern of code, and the files that may hold it. */
const code: readonly (readonly [what: RegExp, where: RegExp])[] = [
  [/\bprocess\.exit\(/, /^$/],
  [/\bconsole\./, /^$/],
  [/\bprocess\.(stdout|stderr|argv|env|exitCode)\b/, /^(bin\/|src\/((cli|single)\.ts$|command-line\.ts$|commands\/))/],
  [/\bprocess\.(cwd|stdin)\b/, /^src\/(commands|source)\//],
  [/\bDate\.now\(|\bnew Date\(\)/, /^src\/commands\//],
  [/\bMath\.random\(/, /^src\/source\/live\/transport\.ts$/],
  [/\brandom(UUID|Bytes|Int)\b/, /^$/],
  [/\bfetch\(|['"]node:(http2|net|tls|dgram|dns|child_process|worker_threads)['"]/, /^$/],
  [/^(?!import type ).*['"]node:https?['"]/, /^src\/source\/live\/transport\.ts$/],
  // No request but GET: of Node's two ways to send one only `get` is imported, and nothing says what else to do.
  [/\bmethod\??\s*:|\.method\b|['"`](POST|PUT|PATCH|DELETE|HEAD|OPTIONS|CONNECT|TRACE)['"`]/, /^$/],
  [/\brequest\b.* from 'node:https?'|\bhttps?\.(request|get)\(|import (\* as )?\w+ from 'node:https?'/, /^$/],
  [/\beval\(|\bnew Function\(/, /^$/],
];

/** All files of the repository but what is installed or built, as paths from the root, sorted. */
const files = readdirSync(root, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => posix.join(entry.parentPath.slice(root.length).replaceAll('\\', '/'), entry.name))
  .filter((file) => !/(^|\/)(node_modules|dist|build|coverage|\.git)\//.test(file) && !file.endsWith('.tgz'))
  .sort();
const sources = files.filter((file) => /^(src|rules|bin)\/.*\.[jt]s$/.test(file));
const text = (file: string): string => readFileSync(root + file, 'utf8');

/** What a file imports or re-exports, statically or not, with relative paths made paths from the root. */
function importsOf(file: string): string[] {
  const found = text(file).matchAll(
    /^(?:import|export)\b[^;'"]*?from '([^']+)'|^import '([^']+)'|\bimport\('([^']+)'\)/gm,
  );
  return [...found].map(([, from, bare, dynamic]) => {
    const name = from ?? bare ?? dynamic ?? '';
    return name.startsWith('.') ? posix.join(posix.dirname(file), name) : name;
  });
}

/** Imports that the table forbids, as `file → import`. */
function forbidden(file: string, names: readonly string[]): string[] {
  const row = imports.find(([who]) => who.test(file));
  return names.filter((name) => !row?.[1].test(name)).map((name) => `${file} → ${name}`);
}

describe('imports', () => {
  it('are those that the table allows', () => {
    expect(sources.flatMap((file) => forbidden(file, importsOf(file)))).toEqual([]);
  });

  it('are found, whatever their form', () => {
    expect(importsOf('src/cli.ts')).toEqual(['package.json', 'src/command-line.ts']);
    expect(importsOf('src/source/yaml.ts')).toContain('js-yaml');
    expect(importsOf('src/rule.ts')).toContain('src/model/objects/facts.ts');
  });

  it('are refused where the table says so', () => {
    expect(
      forbidden('rules/a.ts', ['src/rule.ts', 'src/model/addresses/cidr.ts', 'rules/b.ts', 'node:fs']),
    ).toHaveLength(3);
    expect(forbidden('src/model/addresses/pools.ts', ['ip-num', 'node:crypto', 'src/rule.ts'])).toHaveLength(3);
    expect(forbidden('src/new.ts', ['node:fs'])).toEqual(['src/new.ts → node:fs']);
  });
});

it('touches the world where the table says so', () => {
  const found = sources.flatMap((file) => {
    const lines = text(file).split('\n');
    const rows = code.filter(([, where]) => !where.test(file));
    return lines.flatMap((line, i) =>
      rows
        .filter(([what]) => what.test(line.replace(/^\s*(\/\/|\/?\*).*/, '')))
        .map(() => `${file}:${i + 1}: ${line.trim()}`),
    );
  });
  expect(found).toEqual([]);
});

it('says in the first line of every file what it is', () => {
  const written = files.filter((file) =>
    /^(src|rules|bin|test)\/.*\.[jt]s$|^(build|build-sea|prepare|krew\/fill)\.mjs$/.test(file),
  );
  expect(written.filter((file) => !/^(#!.*\n)?\/\/ [A-Z`]/.test(text(file)))).toEqual([]);
});

it('mentions neither this machine nor where packages come from', () => {
  const own = [root.replace(/[/\\]$/, ''), `${homedir()}/`].filter((path) => path.split(/[/\\]/).length > 2);
  const host = /\/\/[\w.-]*(registry|artifactory|nexus|npmjs|pypi|proxy)[\w.-]*[:/]/i;
  const found = files.filter((file) => {
    const content = text(file);
    return own.some((path) => content.includes(path)) || (file !== 'test/architecture.test.ts' && host.test(content));
  });
  expect(found).toEqual([]);
});

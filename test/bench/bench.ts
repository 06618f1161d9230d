// Measures the built program against yardsticks that run beside it: `npm run bench [-- --rounds N]`. Prints goals and figures; a goal that
// is missed does not fail. Times are medians of rounds in which every command runs once, in turn, so that slow spells of the machine
// fall on all of them alike.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { writeMesh } from './mesh.ts';

interface Command {
  readonly name: string;
  readonly argv: readonly string[];
}

interface Measured {
  /** Median, in milliseconds. */
  readonly time: number;
  /** Highest resident set size, in bytes. */
  readonly memory: number;
}

interface Goal {
  readonly what: string;
  readonly atMost: number;
  readonly figure: number;
  readonly unit: string;
}

const program = resolve('bin/mesh-preflight.js');
const check = (dir: string) => [program, 'check', dir, '--at', '2026-01-01T00:00:00Z', '--output', 'json'];
/** Reads every file below a folder with js-yaml's CommonJS build, the faster of its two. */
const loadAll = `
  const { load } = require(${JSON.stringify(resolve('node_modules/js-yaml'))});
  const { readdirSync, readFileSync } = require('node:fs');
  for (const entry of readdirSync(process.argv[1], { recursive: true, withFileTypes: true }))
    if (entry.isFile()) load(readFileSync(entry.path + '/' + entry.name, 'utf8'));`;

function measure(commands: readonly Command[], rounds: number, dir: string): Map<string, Measured> {
  const hook = join(dir, 'memory.cjs');
  const memoryFile = join(dir, 'memory');
  const report = `process.on('exit', () => require('node:fs').writeFileSync(process.env.MEMORY_FILE, String(process.resourceUsage().maxRSS)));`;
  writeFileSync(hook, report);
  const times = new Map<string, number[]>(commands.map(({ name }) => [name, []]));
  const memory = new Map<string, number>();
  for (let round = 0; round <= rounds; round++) {
    for (const { name, argv } of commands) {
      // The round before the first warms the page cache and tells memory; its times do not count.
      const first = round === 0;
      const env = first ? { ...process.env, NODE_OPTIONS: `--require=${hook}`, MEMORY_FILE: memoryFile } : process.env;
      const start = performance.now();
      const { status, stderr } = spawnSync(process.execPath, argv, { env, stdio: ['ignore', 'ignore', 'pipe'] });
      const time = performance.now() - start;
      if (status !== 0) throw new Error(`${name} ended with ${status}: ${stderr}`);
      if (first) memory.set(name, Number(readFileSync(memoryFile, 'utf8')) * 1024);
      else times.get(name)?.push(time);
    }
  }
  return new Map(
    commands.map(({ name }) => [name, { time: median(times.get(name) ?? []), memory: memory.get(name) ?? 0 }]),
  );
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

function goalsOf(rounds: number, dir: string): Goal[] {
  const mesh = (clusters: number, nodes: number) => {
    const path = join(dir, `${clusters}x${nodes}`);
    return { path, bytes: writeMesh(path, { clusters, nodes }) };
  };
  const [small, middle, large] = [mesh(3, 10), mesh(10, 100), mesh(100, 100)];
  const floor = { name: 'floor', argv: ['-e', '0'] };
  const start = measure(
    [floor, { name: 'version', argv: [program, '--version'] }, { name: 'small', argv: check(small.path) }],
    3 * rounds,
    dir,
  );
  const bulk = measure(
    [
      floor,
      { name: 'middle', argv: check(middle.path) },
      { name: 'large', argv: check(large.path) },
      { name: 'yaml', argv: ['--max-old-space-size=4096', '-e', loadAll, large.path] },
    ],
    rounds,
    dir,
  );
  const of = (measured: ReadonlyMap<string, Measured>, name: string): Measured => {
    const found = measured.get(name);
    if (!found) throw new Error(`${name} was not measured`);
    return found;
  };
  const whole = (name: string) => of(start, name).time / of(start, 'floor').time;
  const above = (name: string) => of(bulk, name).time - of(bulk, 'floor').time;
  const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;
  return [
    { what: '--version / node -e 0', atMost: 1.15, figure: whole('version'), unit: '' },
    {
      what: `3 clusters of 10 nodes, ${megabytes(small.bytes)} / node -e 0`,
      atMost: 3.2,
      figure: whole('small'),
      unit: '',
    },
    {
      what: `100 clusters of 100 nodes, ${megabytes(large.bytes)} / js-yaml's load of the same`,
      atMost: 1.4,
      figure: above('large') / above('yaml'),
      unit: '',
    },
    { what: 'the same: peak memory', atMost: 600, figure: of(bulk, 'large').memory / 1e6, unit: ' MB' },
    {
      what: 'growth of time over bytes, 10 to 100 clusters: exponent',
      atMost: 1.05,
      figure: Math.log(above('large') / above('middle')) / Math.log(large.bytes / middle.bytes),
      unit: '',
    },
  ];
}

function main(): void {
  const { values } = parseArgs({ options: { rounds: { type: 'string', default: '7' } } });
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1) throw new RangeError('--rounds takes a whole number from 1 on');
  const dir = mkdtempSync(join(tmpdir(), 'mesh-preflight-bench-'));
  try {
    for (const { what, atMost, figure, unit } of goalsOf(rounds, dir)) {
      const verdict = figure <= atMost ? 'met' : 'missed';
      process.stdout.write(`${what.padEnd(72)} ${figure.toFixed(2)}${unit} (goal ${atMost}${unit}: ${verdict})\n`);
    }
  } finally {
    rmSync(dir, { recursive: true });
  }
}

main();

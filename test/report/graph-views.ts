// Literal Views of meshes as graphs, for the formats that draw them.

import type { PairResult } from '../../src/report/report.ts';
import { tricky, view, views } from './views.ts';

const pair = (
  from: string,
  to: string | null,
  verdict: PairResult['verdict'],
  remote: string | null = to,
  ...because: readonly string[]
): PairResult => ({ from, to, remote, verdict, because });

/** A connection of every verdict, one that nothing leads, one twice, and two that lead nowhere known. */
const mixture = view({
  clusters: ['west', 'east', 'north'],
  verdicts: {
    'aligned-vxlan': { east: 'fail' },
    'access-secret': { north: 'unknown' },
    'node-reachability': 'unknown',
  },
  pairs: [
    pair('west', 'north', 'unknown', 'north', 'access-secret-present'),
    pair('west', null, 'unknown', 'lab', 'remotes-lead-both-ways'),
    pair('west', 'east', 'fail', 'east-old', 'a-rule', 'b-rule', 'c-rule', 'd-rule'),
    pair('west', 'east', 'warn', 'east', 'version-skew'),
    pair('east', 'west', 'pass'),
    pair('east', null, 'fail', 'gone', 'remotes-lead-both-ways'),
    pair('north', 'east', 'fail', null, 'remotes-lead-both-ways'),
    pair('north', 'west', 'not-applicable', null),
    pair('east', 'north', 'pass', 'x'.repeat(60)),
  ],
});

const many = Array.from({ length: 400 }, (_, i) => `cluster-${String(i).padStart(3, '0')}`);
const next = (i: number) => many[(i + 1) % many.length] ?? '';

/** More clusters than can be drawn, most of which pass. */
const large = view({
  clusters: many,
  verdicts: { 'aligned-vxlan': { 'cluster-007': 'fail', 'cluster-100': 'warn' } },
  pairs: many.map((from, i) =>
    pair(from, next(i), i % 20 === 0 ? 'fail' : 'pass', next(i), ...(i % 20 ? [] : ['a-rule'])),
  ),
});

/** More connections that fail than can be drawn. */
const broken = view({
  clusters: many,
  verdicts: { 'bidirectional-remotes': 'fail' },
  pairs: many.flatMap((from, i) => [
    pair(from, next(i), 'warn', next(i), 'version-skew'),
    pair(next(i), from, 'fail', null, 'remotes-lead-both-ways'),
  ]),
});

export const graphs = { ...views, tricky, mixture, large, broken };

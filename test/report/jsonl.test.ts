// The report as JSON Lines.

import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it, test } from 'vitest';
import schema from '../../schemas/report.schema.json' with { type: 'json' };
import { jsonl } from '../../src/report/jsonl.ts';
import type { View } from '../../src/report/report.ts';
import { checkInput, examples, readExample } from '../kit/examples.ts';
import { tricky, views } from './views.ts';

const objectsOf = (of: View) => [...jsonl(of)].map((line) => JSON.parse(line));

test.each(Object.entries({ ...views, tricky }))('%s', async (name, of) => {
  const { findings, requirements, problems, verdict, counts } = of.report;
  const text = [...jsonl(of)].join('');
  await expect(text).toMatchFileSnapshot(`golden/jsonl/${name}.jsonl`);
  expect(objectsOf(of)).toEqual([
    ...findings.map((finding) => ({ type: 'finding', ...finding })),
    ...requirements.map((requirement) => ({ type: 'requirement', ...requirement })),
    ...problems.map((problem) => ({ type: 'problem', ...problem })),
    expect.objectContaining({ type: 'summary', schemaVersion: 1, verdict, counts }),
  ]);
});

it('has a line break at the end of an object and nowhere else, whatever a reader takes for one', () => {
  for (const line of jsonl(tricky)) {
    expect(line).toMatch(/^\{.*\}\n$/);
    expect(line.slice(0, -1)).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
  }
});

const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true, strictTypes: false, strictRequired: false });
ajv.addSchema(schema);
const shapeOf = (pointer: string) => ajv.compile({ $ref: `${schema.$id}#${pointer}` });
const shapes: Readonly<Record<string, ReturnType<typeof shapeOf>>> = {
  finding: shapeOf('/$defs/finding'),
  requirement: shapeOf('/$defs/requirement'),
  problem: shapeOf('/$defs/problem'),
};
/** What a summary has is in the report as it is, but of clusters only their names. */
const inSummary = Object.fromEntries(
  ['schemaVersion', 'tool', 'verdict', 'mesh', 'counts'].map((key) => [key, shapeOf(`/properties/${key}`)]),
);
const clusterName = shapeOf('/$defs/clusterName');

/** Where and why a line has not the shape that the schema of the JSON report promises. */
function faults({ type, ...rest }: Readonly<Record<string, unknown>>): unknown[] {
  const wrong = (shape: ReturnType<typeof shapeOf> | undefined, value: unknown, where: string) =>
    shape?.(value) ? [] : [[where, shape?.errors ?? 'nothing describes it']];
  if (type !== 'summary') return wrong(shapes[String(type)], rest, String(type));
  const { clusters, ...others } = rest;
  return [
    ...Object.entries(others).flatMap(([key, value]) => wrong(inSummary[key], value, key)),
    ...(clusters as unknown[]).flatMap((name) => wrong(clusterName, name, 'clusters')),
  ];
}

describe('a line', () => {
  const summary = objectsOf(views.overlap).at(-1);

  it.each(examples)('of the example %s has the shape that the schema promises', async (example) => {
    const of = { ...(await checkInput(readExample(example))), exitReason: 'exit 0' };
    const lines = objectsOf(of);
    expect(lines.length).toBeGreaterThan(1);
    expect(lines.flatMap(faults)).toEqual([]);
  });

  it('of a problem has it, too', () => {
    const problem = { type: 'problem', cluster: 'east', uri: 'east/a.yaml', line: 3, column: 1, why: 'is no YAML' };
    expect(faults(problem)).toEqual([]);
    expect(faults({ ...problem, line: 0 })).not.toEqual([]);
  });

  it.each([
    ['of another type', { type: 'pair' }],
    ['with another verdict', { ...summary, verdict: 'not ready' }],
    ['with a field that nothing describes', { ...summary, pairs: [] }],
    ['without counts', { ...summary, counts: {} }],
    ['of a finding that lacks everything', { type: 'finding' }],
  ])('%s is refused', (_, value) => {
    expect(faults(value)).not.toEqual([]);
  });
});

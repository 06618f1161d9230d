// The report as JSON Lines.

import { expect, it, test } from 'vitest';
import { jsonl } from '../../src/report/jsonl.ts';
import type { View } from '../../src/report/report.ts';
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

// The line hash against the implementation of the SARIF SDK, which is GitHub's.

import { computeRollingHashes } from '@microsoft/sarif';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lineHashes } from '../../src/report/line-hash.ts';

function allLines(text: string): Map<number, string> {
  const oracle = computeRollingHashes(text);
  return lineHashes(text, new Set(oracle.keys()));
}

const piece = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom('\n', '\r\n', '\r', ' ', '\t', '  ', 'cidr: 10.48.0.0/16', 'a', '- name: b'),
  },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 12 }) },
  { weight: 1, arbitrary: fc.constantFrom('\ufeff', '\uffff', '\ud83d', '😀', 'x'.repeat(150), 'é') },
);

describe('lineHashes', () => {
  test('agrees with the SARIF SDK on any text', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 120 }), (pieces) => {
        const text = pieces.join('');
        expect([...allLines(text)]).toEqual([...computeRollingHashes(text)].sort(([a], [b]) => a - b));
      }),
      { numRuns: 500 },
    );
  });

  test.each([
    ['an empty file', ''],
    ['a line without an end', 'kind: IPPool'],
    ['a byte order mark', '\ufeffkind: IPPool\nspec:\n'],
    ['CRLF', 'kind: IPPool\r\nspec:\r\n  cidr: 10.0.0.0/8\r\n'],
    ['lone carriage returns', 'kind: IPPool\rspec:\r'],
    ['blank lines only', '\n\n \n\t\n'],
    ['a line of exactly one block', `${'a'.repeat(99)}\n${'a'.repeat(100)}\n${'a'.repeat(101)}\n`],
    ['a mebibyte on one line', 'ab 9'.repeat(1 << 18)],
  ])('agrees with the SARIF SDK on %s', (_, text) => {
    const oracle = computeRollingHashes(text);
    const ours = allLines(text);
    expect([...ours].sort()).toEqual([...oracle].sort());
  });

  test('is the value that GitHub documents by its own test data', () => {
    // github/codeql-action, src/fingerprints.test.ts
    const text = ' a\nb\n  \t\tc\n d';
    expect(lineHashes(text, new Set([1, 2, 3, 4]))).toEqual(
      new Map([
        [1, '271789c17abda88f:1'],
        [2, '54703d4cd895b18:1'],
        [3, '180aee12dab6264:1'],
        [4, 'a23a3dc5e078b07b:1'],
      ]),
    );
  });

  test('counts equal lines and does not depend on line numbers, indentation or line ends', () => {
    const tail = `\n${'z'.repeat(120)}`;
    const lines = (text: string, line: number): string | undefined => lineHashes(text, new Set([line])).get(line);
    const before = lines(`cidr: 10.0.0.0/8${tail}`, 1);
    expect(lines(`new: 1\n    cidr:  10.0.0.0/8\r${tail}`, 2)).toBe(before);
    expect(lines(`cidr: 10.0.0.0/9${tail}`, 1)).not.toBe(before);
    const twice = `${'q'.repeat(100)}\n${'q'.repeat(100)}\n`;
    expect(lines(twice, 1)?.endsWith(':1')).toBe(true);
    expect(lines(twice, 2)).toBe(lines(twice, 1)?.replace(/:1$/, ':2'));
  });

  test('leaves out lines that the text does not have', () => {
    expect(lineHashes('a\n', new Set([0, 7]))).toEqual(new Map());
    expect(lineHashes('a\n', new Set())).toEqual(new Map());
  });
});

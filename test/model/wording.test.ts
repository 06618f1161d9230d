// How lists of names and words of commands are written, and which name was meant.

import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { nearest, several, shell } from '../../src/model/wording.ts';

it('lists six words, or five and how many more', () => {
  expect(several([])).toBe('');
  expect(several(['a'])).toBe('a');
  expect(several(['a', 'b'])).toBe('a and b');
  expect(several(['a', 'b', 'c', 'd', 'e', 'f'])).toBe('a, b, c, d, e and f');
  expect(several(['a', 'b', 'c', 'd', 'e', 'f', 'g'])).toBe('a, b, c, d, e and 2 more');
});

it('writes words that a shell takes for what they are', () => {
  expect(shell('calico-system/a')).toBe('calico-system/a');
  const word = fc.string({ unit: fc.constantFrom(...'ab \n\t"\'$`\\;|&<>(){}*?!~#=') });
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 20 }), (words) => {
      const { stdout } = spawnSync('/bin/sh', ['-c', `printf '%s\\0' ${words.map(shell).join(' ')}`], {
        encoding: 'utf8',
      });
      expect(stdout).toBe(`${words.join('\0')}\0`);
    }),
    { numRuns: 30 },
  );
});

it('finds the name that was meant', () => {
  const known = ['production', 'prod', 'test', 'pr'];
  expect(nearest('prodution', known)).toBe('production');
  expect(nearest('prd', known)).toBe('pr');
  expect(nearest('staging', known)).toBeNull();
  expect(nearest('a', [])).toBeNull();
});

// What all clusters have in common is held once, and nothing of it changes.

import { describe, expect, it } from 'vitest';
import { newReading } from '../../../src/model/objects/reading.ts';

const reading = () => newReading(JSON.parse);

describe('texts of facts', () => {
  it('stay what they are, at any depth', () => {
    const facts = {
      a: 'x',
      b: ['y', 1, null, true],
      c: { d: { e: 'naïve' } },
      f: '\ud800',
      g: '𐐷',
      h: 'z'.repeat(1000),
    };
    const before = structuredClone(facts);
    reading().keep(facts);
    expect(facts).toEqual(before);
  });

  it('leave out places, which other facts share', () => {
    const place = { ref: Object.freeze({ name: 'a' }), path: Object.freeze(['spec', 'a']) };
    expect(() => reading().keep({ ...place, of: { ...place, value: 'a' } })).not.toThrow();
  });
});

it('has one path for the items of one place', () => {
  const { item } = reading();
  expect(item(3)).toEqual(['items', 3]);
  expect(item(3)).toBe(item(3));
  expect(item(4)).not.toBe(item(3));
});

it('works out what a text tells once, and another text anew', () => {
  const { once } = reading();
  let asked = 0;
  const tell = () => ({ asked: ++asked });
  expect([once('a', tell), once('a', tell), once('b', tell)]).toEqual([{ asked: 1 }, { asked: 1 }, { asked: 2 }]);
});

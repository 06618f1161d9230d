// Text to values, as kubectl reads it.

import { describe, expect, test } from 'vitest';
import { parseSingle, readText } from '../../src/source/yaml.ts';

const values = (text: string) => [...readText(text)].map((d) => d.value);
const faults = (text: string) =>
  [...readText(text)].flatMap((d) =>
    d.fault ? [[d.index, text.slice(d.fault.offset, d.fault.offset + 3), d.fault.why]] : [],
  );

describe('plain scalars are read as kubectl does', () => {
  // What `kubectl annotate --local -o json` of v1.32 printed for `v: <text>`.
  const cases: readonly (readonly [string, unknown])[] = [
    ['yes', true],
    ['Yes', true],
    ['YES', true],
    ['y', true],
    ['on', true],
    ['true', true],
    ['no', false],
    ['n', false],
    ['Off', false],
    ['false', false],
    ['032', 26],
    ['0o17', 15],
    ['0x1F', 31],
    ['0b11', 3],
    ['1_000', 1000],
    ['-012', -10],
    ['08', 8],
    ['0', 0],
    ['4789', 4789],
    ['1.5', 1.5],
    ['12:30', '12:30'],
    ['2026-01-01', '2026-01-01'],
    ['10.0.0.0/16', '10.0.0.0/16'],
    ['~', null],
    ['null', null],
    ['"yes"', 'yes'],
    ["'032'", '032'],
    ['none', 'none'],
  ];
  for (const [text, value] of cases) test(text, () => expect(parseSingle(`v: ${text}`)).toEqual({ v: value }));
});

describe('documents', () => {
  test('a stream', () => expect(values('a: 1\n---\nb: 2\n--- # next\nc: 3\n')).toEqual([{ a: 1 }, { b: 2 }, { c: 3 }]));
  test('--- that is no marker', () => expect(values('---foo: 1\n')).toEqual([{ '---foo': 1 }]));
  test('--- inside a block scalar', () => expect(values('a: |\n  x\n  ---\n  y\n')).toEqual([{ a: 'x\n---\ny\n' }]));
  test('content on the marker line', () => expect(values('--- {a: 1}\n--- {b: 2}\n')).toEqual([{ a: 1 }, { b: 2 }]));
  test('directives', () => expect(values('%YAML 1.2\n---\na: 1\n')).toEqual([{ a: 1 }]));
  test('empty parts', () => expect(values('---\n---\na: 1\n---\n').filter((v) => v != null)).toEqual([{ a: 1 }]));
  test('CRLF', () => expect(values('a: 1\r\n---\r\nb: 2\r\n')).toEqual([{ a: 1 }, { b: 2 }]));
  test('merge keys', () =>
    expect(parseSingle('x: &x {a: 1}\nz:\n  <<: *x\n  b: 2')).toEqual({ x: { a: 1 }, z: { a: 1, b: 2 } }));
});

describe('JSON', () => {
  test('an object', () => expect(values('{"a":\t1}')).toEqual([{ a: 1 }]));
  test('an array', () => expect(values(' [1, {"a": 2}]')).toEqual([[1, { a: 2 }]]));
  test('the last of equal keys counts, without a word', () => {
    expect(values('{"a": 1, "a": 2}')).toEqual([{ a: 2 }]);
    expect(faults('{"a": 1, "a": 2}')).toEqual([]);
  });
  test('one object a line', () => expect(values('{"a": 1}\n{"b": "}{"}\n')).toEqual([{ a: 1 }, { b: '}{' }]));
  test('flow YAML that only looks like it', () => expect(values('{a: yes}')).toEqual([{ a: true }]));
  test('a truncated object is told', () => expect(faults('{"a": [1,\n')).toHaveLength(1));
});

describe('faults', () => {
  test('a broken document costs only itself', () => {
    const text = 'a: 1\n---\nb: [1\nc: 2\n---\nd: 4\n';
    expect(values(text)).toEqual([{ a: 1 }, undefined, { d: 4 }]);
    expect(faults(text)).toEqual([[1, 'c: ', 'deficient indentation']]);
  });
  test('a key that occurs twice: the last counts, and it is told', () => {
    const text = 'x: 0\n---\na: 1\nb: 2\na: 3\n';
    expect(values(text)).toEqual([{ x: 0 }, { a: 3, b: 2 }]);
    expect(faults(text)).toEqual([[1, 'a: ', 'a key occurs twice; the last one counts']]);
  });
  test('unknown tags', () => expect(faults('a: !secret x\n')).toHaveLength(1));
  test('aliases without end are refused', () => {
    const bomb = ['a: &a [x,x,x,x,x,x,x,x,x,x]'];
    for (let i = 0; i < 12; i++)
      bomb.push(`${'bcdefghijklm'[i]}: &${'bcdefghijklm'[i]} [${Array(10).fill(`*${'abcdefghijkl'[i]}`)}]`);
    expect(faults(`${bomb.join('\n')}\n`)).toHaveLength(1);
  });
  test('nesting without end is refused', () => {
    expect(faults(`a: ${'['.repeat(100_000)}`)).toHaveLength(1);
    expect(faults(`${'{"a":'.repeat(100_000)}1`)).toHaveLength(1);
  });
  test('__proto__ is a key like others', () => {
    const value = parseSingle('__proto__: {polluted: true}') as object;
    expect(Object.keys(value)).toEqual(['__proto__']);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});

// Text to values, as kubectl reads it.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseSingle, readText } from '../../src/source/yaml.ts';
import { listYaml, type Value } from '../bench/kubectl-yaml.ts';

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

describe('a long list is read in pieces, to what the parser makes of the whole', () => {
  /** Enough to make a list long. */
  const filler = Array.from(
    { length: 900 },
    (_, i) => `- kind: Filler\n  metadata:\n    name: filler-${i}\n    note: "${'x'.repeat(50)}"\n`,
  );
  const long = (items: string, tail = 'kind: List\n') =>
    `apiVersion: v1\nitems:\n${filler.join('')}${items}${filler.join('')}${tail}`;
  const inPieces = (text: string) =>
    [...readText(text)].map(({ value, fault, byItems }) => ({ value, fault, byItems }));
  const itemsOf = (text: string) => (values(text)[0] as { items: Record<string, unknown>[] }).items;
  /** A key in quotes keeps the text in one piece. */
  const inOne = (text: string) => inPieces(text.replace('\nitems:', '\n"items":'));

  test('as kubectl prints it', () => {
    const text = long('- a: 1\n  b: |\n    - c\n- - d\n-\n  e: yes\n');
    const [document] = inPieces(text);
    expect(document?.byItems).toBe(true);
    expect(itemsOf(text).slice(900, 903)).toEqual([{ a: 1, b: '- c\n' }, ['d'], { e: true }]);
    expect(inOne(text)).toEqual([{ value: document?.value, fault: null, byItems: false }]);
  });

  test.each([
    ['an alias for what stands in another piece', long('- &a {b: 1}\n').replace('kind: List\n', 'kind: *a\n')],
    ['a comment in the first column', long('- a: 1\n# more\n- b: 2\n')],
    ['a second list of the same name', long('- a: 1\n', 'items:\n- b: 2\n')],
    ['a key that occurs twice in an item', long('- a: 1\n  a: 2\n')],
    ['an item that is broken', long('- a: [1\n')],
    ['lists that are indented', long('- a: 1\n').replaceAll(/^(?=[- ])/gm, '  ')],
    ['CRLF', long('- a: 1\n').replaceAll('\n', '\r\n')],
    ['text that only looks like a list', `a: |\n  items:\n${long('').replaceAll(/^/gm, '  ')}`],
  ])('but for %s', (_what, text) => {
    const [document] = inPieces(text);
    expect(document?.byItems).toBe(false);
    const [expected] = inOne(text);
    expect(document?.value).toEqual(expected?.value);
    expect(document?.fault?.why).toBe(expected?.fault?.why);
  });

  describe('without the images of Nodes', () => {
    const node = (images: string) => `- kind: Node\n  status:\n    images:\n${images}    phase: Ready\n`;
    const image = '    - names:\n      - quay.io/a/b@sha256:0f\n      - quay.io/a/b:v1\n      sizeBytes: 12\n';
    const status = (text: string) => itemsOf(long(text))[900]?.status;

    test('if they are plainly that', () => expect(status(node(image + image))).toEqual({ images: [], phase: 'Ready' }));
    test.each([
      ['other fields', image.replace('sizeBytes: 12', 'size: 12')],
      ['quotes', image.replace('12', '"12"')],
      ['a comment', image.replace('v1', 'v1 # a')],
      ['an item of another depth', `${image}    - names: a\n`],
    ])('but with %s', (_what, text) => {
      expect(status(node(text))).toEqual(itemsOf(`items:\n${node(text)}`)[0]?.status);
      expect(status(node(text))).not.toMatchObject({ images: [] });
    });
    test('but not wrong indentation or a field twice', () => {
      for (const broken of [
        image.replace('    sizeBytes', '   sizeBytes'),
        image.replace(/\n$/, '\n      sizeBytes: 13\n'),
      ]) {
        expect(faults(long(node(broken)))).toHaveLength(1);
      }
    });
  });

  test('whatever is done to a text', () => {
    const word = fc.oneof(
      fc.constantFrom(
        '',
        'yes',
        'null',
        '~',
        '0',
        '017',
        '1_000',
        '-',
        '- a',
        'a: b',
        'a #b',
        '#',
        "'",
        '"',
        '{',
        'a\nb\n',
        ' a',
      ),
      fc.string({ unit: 'grapheme', maxLength: 12 }).filter((s) => !/[\n\r]/.test(s)),
    );
    const { value } = fc.letrec<{ value: Value }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 3, depthIdentifier: 'value' },
        word,
        fc.constantFrom(true, false, null, 0, 4096, -7, 1.5),
        fc.array(tie('value'), { maxLength: 4, depthIdentifier: 'value' }),
        fc.dictionary(fc.stringMatching(/^[a-z][\w./-]{0,9}$/), tie('value'), { maxKeys: 4, depthIdentifier: 'value' }),
      ),
    }));
    const item = fc.dictionary(fc.stringMatching(/^[a-z]\w{0,6}$/), value, { minKeys: 1, maxKeys: 4 });
    /** An edit of a text at some place: characters that mean something, blanks, lines twice or not at all. */
    const edit = fc.record({
      place: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      what: fc.constantFrom('delete', 'line', 'drop', 'outdent', ...' \n:-#\'"|>&*!{}[],?%@`\t'),
    });
    fc.assert(
      fc.property(fc.array(item, { minLength: 1, maxLength: 4 }), fc.array(edit, { maxLength: 3 }), (list, edits) => {
        const items = [...listYaml(list)].join('').replace(/^apiVersion: v1\nitems:\n/, '');
        const text = long(edits.reduce(edited, items.slice(0, items.lastIndexOf('kind: List\n'))));
        const [pieces, one] = [inPieces(text), inOne(text)];
        expect(pieces.map((d) => d.value)).toEqual(one.map((d) => d.value));
        expect(pieces.map((d) => d.fault?.why)).toEqual(one.map((d) => d.fault?.why));
      }),
      { numRuns: 200 },
    );
  });
});

function edited(text: string, { place, what }: { readonly place: number; readonly what: string }): string {
  const at = Math.floor(place * text.length);
  const start = text.lastIndexOf('\n', at - 1) + 1;
  const end = text.indexOf('\n', at) + 1 || text.length;
  if (what === 'delete') return text.slice(0, at) + text.slice(at + 1);
  if (what === 'line') return text.slice(0, end) + text.slice(start, end) + text.slice(end);
  if (what === 'drop') return text.slice(0, start) + text.slice(end);
  if (what === 'outdent') return text.slice(0, start) + text.slice(start).replace(/^ /, '');
  return text.slice(0, at) + what + text.slice(at);
}

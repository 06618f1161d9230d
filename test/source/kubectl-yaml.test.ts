// What the reader of kubectl's layout reads is what the YAML parser would have made of it; all else it leaves to the parser.

import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GIVEN_UP, readKubectlYaml } from '../../src/source/kubectl-yaml.ts';
import { readText } from '../../src/source/yaml.ts';
import { listYaml, type Value } from '../bench/kubectl-yaml.ts';

/** What the parser makes of a text: a comment in front keeps the quick reader off. Undefined where it finds a fault or no one document. */
function parsed(text: string): unknown {
  const documents = [...readText(`# comment\n${text}`)].filter((d) => d.value !== undefined || d.fault);
  const [document] = documents;
  return documents.length === 1 && !document?.fault ? document?.value : undefined;
}

const resolve = (scalar: string) => parsed(`${scalar}\n`);
const read = (text: string) => readKubectlYaml(text, resolve);

describe('reads', () => {
  const table: readonly (readonly [what: string, text: string, value: unknown])[] = [
    ['mappings in mappings', 'a:\n  b:\n    c: d\n  e: f\ng: h\n', { a: { b: { c: 'd' }, e: 'f' }, g: 'h' }],
    ['lists in the column of their key', 'a:\n- b\n- c\nd: e\n', { a: ['b', 'c'], d: 'e' }],
    ['lists that are indented', 'a:\n  - b\n  - c: d\n    e: f\ng: h\n', { a: ['b', { c: 'd', e: 'f' }], g: 'h' }],
    ['lists in lists', '- - a\n  - b\n-\n  - c\n- []\n', [['a', 'b'], ['c'], []]],
    ['wide dashes', '-   a: b\n    c: d\n', [{ a: 'b', c: 'd' }]],
    ['what is absent', 'a:\nb:\n- \n'.replace('- ', '-'), { a: null, b: [null] }],
    ['empty collections', 'a: {}\nb: []\n', { a: {}, b: [] }],
    ['booleans and numbers', 'a: true\nb: false\nc: 4789\nd: -1\ne: 0\n', { a: true, b: false, c: 4789, d: -1, e: 0 }],
    [
      'what kubectl takes for another type',
      'a: yes\nb: 0x1F\nc: 1e3\nd: ~\ne: 017\n',
      { a: true, b: 31, c: 1000, d: null, e: 15 },
    ],
    [
      'strings that look like numbers',
      'a: 10.0.0.1\nb: 1.2.3\nc: 66:3e:ca\nd: 3157fac8-3d8d\n',
      { a: '10.0.0.1', b: '1.2.3', c: '66:3e:ca', d: '3157fac8-3d8d' },
    ],
    [
      'quotes',
      `a: "4096"\nb: 'it''s'\nc: "a\\nb\\u00e9"\nd: '{"a": 1}'\n`,
      { a: '4096', b: "it's", c: 'a\nbé', d: '{"a": 1}' },
    ],
    ['blocks', 'a: |\n  b\n\n    c\nd: |-\n  e\nf: |+\n  g\n\n', { a: 'b\n\n  c\n', d: 'e', f: 'g\n\n' }],
    [
      'managedFields',
      'a:\n  f:b:\n    .: {}\n    k:{"type":"Ready"}:\n      f:c: {}\n',
      { a: { 'f:b': { '.': {}, 'k:{"type":"Ready"}': { 'f:c': {} } } } },
    ],
    ['a first line of dashes', '---\na: b\n', { a: 'b' }],
    ['empty lines', '\na: b\n\nc: d\n\n', { a: 'b', c: 'd' }],
    ['names of methods', 'constructor: a\ntoString: b\n', { constructor: 'a', toString: 'b' }],
  ];

  it.each(table)('%s', (_what, text, value) => {
    expect(read(text)).toEqual(value);
    expect(parsed(text)).toEqual(value);
  });
});

describe('images', () => {
  const images = (item: string) => `status:\n  images:\n${item}  phase: a\n`;
  const item = '  - names:\n    - quay.io/a/b@sha256:0f\n    - quay.io/a/b:v1\n    sizeBytes: 12\n';

  it('of a Node are left out', () => {
    expect(read(images(item + item))).toEqual({ status: { images: [], phase: 'a' } });
    expect(
      read(
        images(item)
          .replaceAll(/^(?=.)/gm, '  ')
          .replace('  status', '- status'),
      ),
    ).toEqual([{ status: { images: [], phase: 'a' } }]);
  });

  it.each([
    ['other fields', item.replace('sizeBytes: 12', 'size: 12'), { size: 12 }],
    ['quotes', item.replace('12', '"12"'), { sizeBytes: '12' }],
    [
      'another order',
      item.replace(/(.*)names:\n(.*\n.*\n)(.*)\n/, '  - sizeBytes: 12\n    names:\n$2'),
      { sizeBytes: 12 },
    ],
  ])('with %s are read', (_what, text, fields) => {
    expect(read(images(text))).toMatchObject({ status: { images: [fields] } });
    expect(read(images(text))).toEqual(parsed(images(text)));
  });

  it.each([
    ['a comment', item.replace('v1', 'v1 # a')],
    ['wrong indentation', item.replace('    sizeBytes', '   sizeBytes')],
    ['a field twice', item.replace(/\n$/, '\n    sizeBytes: 13\n')],
    ['an item of another depth', `${item}    - names: a\n`],
  ])('with %s are left to the parser', (_what, text) => {
    expect(read(images(text))).toBe(GIVEN_UP);
  });
});

describe('leaves to the parser', () => {
  it.each([
    ['nothing', ''],
    ['a comment', '# a\na: b\n'],
    ['a comment after a value', 'a: b # c\n'],
    ['a tab', 'a:\tb\n'],
    ['a carriage return', 'a: b\r\n'],
    ['an anchor', 'a: &b c\n'],
    ['an alias', 'a: *b\n'],
    ['a tag', 'a: !!str b\n'],
    ['a merge', 'a:\n  <<: b\n'],
    ['flow style', 'a: {b: c}\n'],
    ['a folded block', 'a: >\n  b\n'],
    ['a block with an indentation of its own', 'a: |2\n    b\n'],
    ['a plain scalar over two lines', 'a: b\n  c\n'],
    ['a quoted scalar over two lines', 'a: "b\n  c"\n'],
    ['a quoted key', '"a": b\n'],
    ['a key that is a number', '1: b\n'],
    ['a key that is a boolean', 'on: b\n'],
    ['a key with a blank', 'a b: c\n'],
    ['a prototype', '__proto__: a\n'],
    ['a key that occurs twice', 'a: b\na: c\n'],
    ['an escape that JSON does not know', 'a: "\\x41"\n'],
    ['two documents', 'a: b\n---\nc: d\n'],
    ['an end of the document', 'a: b\n...\n'],
    ['no line break at the end', 'a: b'],
    ['a mapping inside a value', 'a: b: c\n'],
    ['wrong indentation', 'a:\n    b: c\n  d: e\n'],
    ['a list behind a mapping', 'a: b\n- c\n'],
    ['deep nesting', `${'- '.repeat(60)}a\n`],
  ])('%s', (_what, text) => {
    expect(read(text)).toBe(GIVEN_UP);
  });
});

const word = fc.oneof(
  fc.constantFrom(
    '',
    'yes',
    'null',
    '~',
    '0',
    '017',
    '1_000',
    '.5',
    '+1',
    '-',
    '- a',
    'a: b',
    'a #b',
    '#',
    "'",
    '"',
    '{',
    'a\nb\n',
    'a\n\n  b\n',
    ' a',
  ),
  fc.string({ unit: 'grapheme', maxLength: 12 }).filter((s) => !/[\n\r]/.test(s)),
  fc.ipV4(),
  fc.uuid(),
);
const { value } = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthIdentifier: 'value' },
    word,
    fc.constantFrom(true, false, null, 0, 4096, -7, 1.5),
    fc.array(tie('value'), { maxLength: 4, depthIdentifier: 'value' }),
    fc.dictionary(fc.stringMatching(/^[a-z][\w./-]{0,9}$/), tie('value'), { maxKeys: 4, depthIdentifier: 'value' }),
  ),
}));
const objects = fc.array(fc.dictionary(fc.stringMatching(/^[a-z]\w{0,6}$/), value, { minKeys: 1, maxKeys: 4 }), {
  maxLength: 3,
});

/** An edit of a text at some place: characters that mean something, blanks, lines twice or not at all. */
const edit = fc.record({
  place: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  what: fc.constantFrom('delete', 'line', 'drop', 'indent', 'outdent', ...' \n:-#\'"|>&*!{}[],~?%@`0x.\t\r\\=<'),
});

function apply(text: string, edits: readonly { place: number; what: string }[]): string {
  let edited = text;
  for (const { place, what } of edits) {
    const at = Math.floor(place * edited.length);
    const start = edited.lastIndexOf('\n', at - 1) + 1;
    const end = edited.indexOf('\n', at) + 1 || edited.length;
    const line = edited.slice(start, end);
    if (what === 'delete') edited = edited.slice(0, at) + edited.slice(at + 1);
    else if (what === 'line') edited = edited.slice(0, end) + line + edited.slice(end);
    else if (what === 'drop') edited = edited.slice(0, start) + edited.slice(end);
    else if (what === 'indent') edited = `${edited.slice(0, start)} ${edited.slice(start)}`;
    else if (what === 'outdent') edited = edited.slice(0, start) + edited.slice(start).replace(/^ /, '');
    else edited = edited.slice(0, at) + what + edited.slice(at);
  }
  return edited;
}

it('means what the parser means, whatever is done to a text', () => {
  fc.assert(
    fc.property(objects, fc.array(edit, { maxLength: 3 }), (list, edits) => {
      const text = apply([...listYaml(list)].join(''), edits);
      const quick = read(text);
      fc.pre(quick !== GIVEN_UP);
      expect(isDeepStrictEqual(quick, parsed(text)), text).toBe(true);
    }),
    { numRuns: 1000 },
  );
});

it('reads what kubectl prints', () => {
  const plain = fc.dictionary(
    fc.stringMatching(/^k\w{1,6}$/),
    fc.oneof(fc.ipV4(), fc.uuid(), fc.integer(), fc.constantFrom('', 'a: b', "it's", 'a\nb\n')),
    { minKeys: 1 },
  );
  fc.assert(
    fc.property(fc.array(plain), (list) => {
      const text = [...listYaml(list)].join('');
      expect(read(text)).toMatchObject({ items: list });
    }),
  );
});

// The selector language: what matches, what is refused and where, and the laws that hold for every selector.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatSelector, matches, parseSelector, type Selector } from '../../../src/model/addresses/selector.ts';

function parsed(text: string): Selector {
  const result = parseSelector(text);
  if ('error' in result) throw new Error(`${text}: ${result.error} at ${result.offset}`);
  return result;
}

const selects = (text: string, labels: Record<string, string>) => matches(parsed(text), labels);

describe('what matches', () => {
  it.each([
    ['', {}],
    [' \t ', { zone: 'a' }],
    ['all()', {}],
    ['all( \t)', {}],
    ['global()', { zone: 'a' }],
    ["zone == 'a'", { zone: 'a' }],
    ["zone=='a'", { zone: 'a', rack: '1' }],
    ["zone != 'a'", { zone: 'b' }],
    ["zone != 'a'", {}],
    ["zone != ''", {}],
    ["zone == ''", { zone: '' }],
    ["zone contains ''", { zone: 'x' }],
    ["zone contains 'bc'", { zone: 'abcd' }],
    ["zone starts with 'ab'", { zone: 'abcd' }],
    ["zone startswith 'ab'", { zone: 'ab' }],
    ["zone starts \t with 'ab'", { zone: 'abcd' }],
    ["zone ends with 'cd'", { zone: 'abcd' }],
    ["zone endswith 'cd'", { zone: 'abcd' }],
    ["zone in {'a', 'b'}", { zone: 'b' }],
    ["zone in{'a','b',}", { zone: 'a' }],
    ["zone not in {'a'}", { zone: 'b' }],
    ["zone notin {'a'}", {}],
    ['zone not in {}', { zone: 'a' }],
    ['has(zone)', { zone: '' }],
    ['has( zone )', { zone: 'a' }],
    ['!has(zone)', {}],
    ["!zone == 'a'", { zone: 'b' }],
    ['! !! has(zone)', {}],
    ['!!has(zone)', { zone: 'a' }],
    ["zone == 'a' || rack == '1' && row == '2'", { zone: 'a' }],
    ["!(zone == 'a' && has(rack))", { zone: 'a' }],
    [`zone == "it's"`, { zone: "it's" }],
    [`zone == '"'`, { zone: '"' }],
    ["kubernetes.io/os == 'linux'", { 'kubernetes.io/os': 'linux' }],
    ["all == 'x'", { all: 'x' }],
    ["in in {'in'}", { in: 'in' }],
    ["not not in {'x'}", { not: 'y' }],
    ["contains contains 'x'", { contains: 'x' }],
    ["has == 'x'", { has: 'x' }],
    ["toString != 'x'", {}],
  ])('%j matches %j', (text, labels) => {
    expect(selects(text, labels as Record<string, string>)).toBe(true);
    expect(selects(formatSelector(parsed(text)), labels as Record<string, string>)).toBe(true);
  });

  it.each([
    ["zone == 'a'", {}],
    ["zone == 'a'", { zone: 'A' }],
    ["zone == 'a'", { Zone: 'a' }],
    ["zone != 'a'", { zone: 'a' }],
    ["zone contains 'x'", {}],
    ["zone contains ''", {}],
    ["zone starts with 'b'", { zone: 'ab' }],
    ["zone ends with 'a'", { zone: 'ab' }],
    ["zone in {'a'}", {}],
    ['zone in {}', { zone: '' }],
    ["zone not in {'a'}", { zone: 'a' }],
    ['has(zone)', { rack: '1' }],
    ['has(toString)', {}],
    ['!has(zone)', { zone: '' }],
    ["!zone == 'a'", { zone: 'a' }],
    ["!zone == 'a' && has(rack)", { zone: 'b' }],
    ["(zone == 'a' || rack == '1') && row == '2'", { zone: 'a' }],
    ['!all()', {}],
  ])('%j does not match %j', (text, labels) => {
    expect(selects(text, labels as Record<string, string>)).toBe(false);
    expect(selects(formatSelector(parsed(text)), labels as Record<string, string>)).toBe(false);
  });
});

describe('what is refused, and where', () => {
  it.each([
    ['zone', 4, 'operator'],
    ['zone ', 5, 'operator'],
    ['zone rack', 5, 'operator'],
    ['zone = "a"', 5, '=='],
    ['zone=a', 4, '=='],
    ['zone == rack', 8, 'quoted'],
    ['zone ==', 7, 'quoted'],
    ['zone != ||', 8, 'quoted'],
    ['zone starts "a"', 5, 'operator'],
    ['zone Contains "a"', 5, 'operator'],
    ['zone in "a"', 8, '{'],
    ['zone in {"a", ||', 14, '}'],
    ['zone in {,}', 9, '}'],
    ['zone in {a}', 9, '}'],
    ["'a' == zone", 0, 'label'],
    ['zone == "a', 8, 'quote'],
    [`zone == "a'`, 8, 'quote'],
    ['zone == "a" & has(b)', 12, '&&'],
    ['zone == "a" |', 12, '||'],
    ['zone == "a" &&', 14, 'label'],
    ['has(b) has(c)', 7, '&&'],
    ['has (b)', 4, 'operator'],
    ['has()', 0, 'has(LABEL)'],
    ['has(b', 0, 'has(LABEL)'],
    ['all(x)', 0, 'all()'],
    ['all', 3, 'operator'],
    ['All()', 3, 'operator'],
    ['global(', 0, 'global()'],
    ['!', 1, 'label'],
    ['(', 1, 'label'],
    ['()', 1, 'label'],
    [')', 0, 'label'],
    ['(has(a)', 7, ')'],
    ['has(a))', 6, '&&'],
    ['%', 0, 'character'],
    ['has(a) || %', 10, 'character'],
    ['has(a) &&\nhas(b)', 9, 'line break'],
    ['has(a)\n', 6, 'line break'],
    [`${'a'.repeat(513)} == "x"`, 512, 'operator'],
  ])('%j is refused at %i', (text, offset, reason) => {
    const result = parseSelector(text);
    expect(result).toMatchObject({ offset });
    expect('error' in result && result.error).toContain(reason);
  });

  it('takes a label of 512 characters', () => {
    expect(selects(`${'a'.repeat(512)} == "x"`, { ['a'.repeat(512)]: 'x' })).toBe(true);
  });

  it('takes deep nesting, and refuses what would exhaust the stack', () => {
    expect(selects(`${'('.repeat(200)}all()${')'.repeat(200)}`, {})).toBe(true);
    expect(parseSelector(`${'('.repeat(100_000)}all()`)).toMatchObject({ offset: 200 });
    expect(selects(`${'!'.repeat(100_001)}all()`, {})).toBe(false);
  });
});

it.each([
  ['', 'all()'],
  [' (all() )', 'all()'],
  ['! (has( b)||! has(a ))', '!(has(b) || !has(a))'],
  [`!!!(a == 'b'&&! c != "d")`, '!(a == "b" && !c != "d")'],
  [`a startswith '"'`, `a starts with '"'`],
  [`a!="'"`, `a != "'"`],
  [`a notin {'d','a',"d",}`, 'a not in {"a", "d"}'],
  ['a in { }', 'a in {}'],
])('the canonical form of %j is %j', (text, canonical) => {
  expect(formatSelector(parsed(text))).toBe(canonical);
});

const label = fc.oneof(
  fc.constantFrom('a', 'b', 'kubernetes.io/os', 'in', 'not', 'all', 'has', 'global', 'contains'),
  fc.stringMatching(/^[A-Za-z0-9_./-]{1,12}$/),
);
const literal = fc
  .oneof(fc.constantFrom('', 'x', 'xy', 'yx'), fc.string({ maxLength: 6 }))
  .map((s) => s.replaceAll(/['&|]/g, ''));
const labels = fc.dictionary(label, fc.oneof(fc.constantFrom('', 'x', 'xy', 'xyx'), fc.string({ maxLength: 6 })));
const selector: fc.Arbitrary<Selector> = fc.letrec<{ node: Selector }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constant<Selector>({ kind: 'all' }),
    fc.record({ kind: fc.constant('has' as const), label }),
    fc.record({
      kind: fc.constantFrom(
        '==' as const,
        '!=' as const,
        'contains' as const,
        'starts with' as const,
        'ends with' as const,
      ),
      label,
      value: literal,
    }),
    fc.record({
      kind: fc.constantFrom('in' as const, 'not in' as const),
      label,
      values: fc.uniqueArray(literal, { maxLength: 3 }).map((values) => values.sort()),
    }),
    tie('node').map((operand): Selector => (operand.kind === 'not' ? operand : { kind: 'not', operand })),
    fc.record({
      kind: fc.constantFrom('and' as const, 'or' as const),
      operands: fc.array(tie('node'), { minLength: 2, maxLength: 3 }),
    }),
  ),
})).node;

/** Do two selectors, each as text or as parsed, agree on these labels? */
const agree = (a: string, b: string, on: Record<string, string>) => selects(a, on) === selects(b, on);
const negation = (s: Selector) => `!(${formatSelector(s)})`;

describe('laws', () => {
  it('the canonical form parses to an equal selector', () => {
    fc.assert(
      fc.property(selector, (s) => {
        expect(parseSelector(formatSelector(s))).toEqual(s);
      }),
    );
  });

  it('blanks between tokens and around the text change nothing', () => {
    const blank = fc.stringMatching(/^[ \t]{1,3}$/);
    fc.assert(
      fc.property(selector, blank, (s, by) => {
        const spaced = formatSelector(s).replaceAll(/ && | \|\| /g, (operator) => by + operator + by);
        expect(parsed(by + spaced + by)).toEqual(s);
      }),
    );
  });

  it('De Morgan', () => {
    fc.assert(
      fc.property(selector, selector, labels, (a, b, on) => {
        const [x, y] = [formatSelector(a), formatSelector(b)];
        expect(agree(`!(${x} && ${y})`, `${negation(a)} || ${negation(b)}`, on)).toBe(true);
        expect(agree(`!(${x} || ${y})`, `${negation(a)} && ${negation(b)}`, on)).toBe(true);
      }),
    );
  });

  it('a negation is the opposite, and a double one nothing', () => {
    fc.assert(
      fc.property(selector, labels, (s, on) => {
        expect(selects(negation(s), on)).toBe(!matches(s, on));
        expect(selects(`!${negation(s)}`, on)).toBe(matches(s, on));
      }),
    );
  });

  it('&& binds tighter than ||', () => {
    fc.assert(
      fc.property(selector, selector, selector, labels, (a, b, c, on) => {
        const [x, y, z] = [a, b, c].map(formatSelector);
        expect(agree(`${x} || ${y} && ${z}`, `${x} || (${y} && ${z})`, on)).toBe(true);
      }),
    );
  });

  it('!= is the negation of ==, not in that of in, in that of one value is ==', () => {
    fc.assert(
      fc.property(label, literal, labels, (key, value, on) => {
        expect(agree(`${key} != '${value}'`, `!${key} == '${value}'`, on)).toBe(true);
        expect(agree(`${key} not in {'${value}'}`, `!${key} in {'${value}'}`, on)).toBe(true);
        expect(agree(`${key} in {'${value}'}`, `${key} == '${value}'`, on)).toBe(true);
      }),
    );
  });

  it('equal, starting or ending with a text contains it, and all of them need the label', () => {
    fc.assert(
      fc.property(label, literal, labels, (key, value, on) => {
        for (const operator of ['==', 'starts with', 'ends with', 'contains']) {
          if (!selects(`${key} ${operator} '${value}'`, on)) continue;
          expect(selects(`${key} contains '${value}' && has(${key})`, on)).toBe(true);
        }
      }),
    );
  });

  it('any text is either a selector or an error inside the text', () => {
    const token = fc.constantFrom(
      'a',
      '==',
      '!=',
      '!',
      '(',
      ')',
      '{',
      '}',
      ',',
      '"x"',
      "'",
      'in',
      'not in',
      'has(',
      'all()',
      ' ',
      '\n',
      '&&',
      '||',
      '=',
    );
    const text = fc.oneof(
      fc.string(),
      fc.array(token, { maxLength: 12 }).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(text, (source) => {
        const result = parseSelector(source);
        if ('error' in result) expect(result.offset).toSatisfy((at: number) => at >= 0 && at <= source.length);
        else expect(parseSelector(formatSelector(result))).toEqual(result);
      }),
    );
  });
});

// What a terminal can show, how wide text is, where it breaks, and how text of the input is made harmless.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { concise } from '../../src/report/concise.ts';
import { table } from '../../src/report/table.ts';
import {
  clip,
  copyable,
  count,
  decideColor,
  decideUnicode,
  decideWidth,
  displayWidth,
  grouped,
  pen,
  sanitise,
  sanitiseToAscii,
  takeEnd,
  takeStart,
  uncommanded,
  wrap,
} from '../../src/report/terminal.ts';
import { view } from './views.ts';

describe('width', () => {
  test('is that of the terminal', () => {
    expect(decideWidth({ isTTY: true, columns: 132 }, { COLUMNS: '70' })).toBe(132);
  });
  test('is 80 in a pseudo-terminal of 0 columns', () => {
    expect(decideWidth({ isTTY: true, columns: 0 }, {})).toBe(80);
    expect(decideWidth({ isTTY: true }, {})).toBe(80);
  });
  test('is COLUMNS or 100 in a pipe', () => {
    expect(decideWidth({ isTTY: false }, { COLUMNS: '70' })).toBe(70);
    expect(decideWidth({ isTTY: false }, {})).toBe(100);
    expect(decideWidth({ isTTY: false }, { COLUMNS: 'wide' })).toBe(100);
    expect(decideWidth({ isTTY: false }, { COLUMNS: '-5' })).toBe(100);
  });
  test('is never so narrow that nothing can be read', () => {
    expect(decideWidth({ isTTY: true, columns: 7 }, {})).toBe(40);
  });
});

describe('colour', () => {
  const terminal = { isTTY: true };
  const pipe = { isTTY: false };
  test('follows the flag before everything else', () => {
    expect(decideColor('always', pipe, { NO_COLOR: '1' })).toBe(true);
    expect(decideColor('never', terminal, { FORCE_COLOR: '1' })).toBe(false);
  });
  test('follows NO_COLOR before FORCE_COLOR, unless it is empty', () => {
    expect(decideColor('auto', terminal, { NO_COLOR: '0', FORCE_COLOR: '1' })).toBe(false);
    expect(decideColor('auto', terminal, { NO_COLOR: '' })).toBe(true);
  });
  test('can be forced into a pipe', () => {
    expect(decideColor('auto', pipe, { FORCE_COLOR: '1' })).toBe(true);
    expect(decideColor('auto', pipe, { CLICOLOR_FORCE: '1' })).toBe(true);
    expect(decideColor('auto', terminal, { FORCE_COLOR: '0' })).toBe(false);
    expect(decideColor('auto', pipe, { CLICOLOR_FORCE: '' })).toBe(false);
  });
  test('is for terminals that are not dumb', () => {
    expect(decideColor('auto', terminal, { TERM: 'xterm' })).toBe(true);
    expect(decideColor('auto', terminal, { TERM: 'dumb' })).toBe(false);
    expect(decideColor('auto', pipe, {})).toBe(false);
  });
});

describe('characters beyond ASCII', () => {
  test('need a locale of UTF-8', () => {
    expect(decideUnicode('linux', { LANG: 'de_DE.UTF-8' })).toBe(true);
    expect(decideUnicode('linux', { LANG: 'C.utf8' })).toBe(true);
    expect(decideUnicode('linux', { LANG: 'C' })).toBe(false);
    expect(decideUnicode('linux', {})).toBe(false);
  });
  test('follow LC_ALL before LC_CTYPE before LANG; an empty one says nothing', () => {
    expect(decideUnicode('linux', { LC_ALL: 'C', LC_CTYPE: 'en_US.UTF-8', LANG: 'en_US.UTF-8' })).toBe(false);
    expect(decideUnicode('linux', { LC_ALL: '', LC_CTYPE: 'C', LANG: 'en_US.UTF-8' })).toBe(false);
    expect(decideUnicode('linux', { LC_ALL: '', LANG: 'en_US.UTF-8' })).toBe(true);
  });
  test('follow the terminal on Windows', () => {
    expect(decideUnicode('win32', { WT_SESSION: 'x' })).toBe(true);
    expect(decideUnicode('win32', { LANG: 'en_US.UTF-8' })).toBe(false);
  });
});

describe('text of the input', () => {
  test('shows what would move the cursor, start a sequence or turn the direction', () => {
    expect(sanitise('a\u001b[31mb\r\n\tc\u0007')).toBe('a\\x1b[31mb\\r\\n\\tc\\x07');
    expect(sanitise('\u0000 \u009b31m \u0085')).toBe('\\x00 \\x9b31m \\x85');
    expect(sanitise('\u202eright\u202c \u2066x\u2069 \u200e\u200f\u061c')).toBe(
      '\\u202eright\\u202c \\u2066x\\u2069 \\u200e\\u200f\\u061c',
    );
    expect(sanitise('a\u2028b\u2029c\u00ad\ufeff\u{e0041}')).toBe('a\\u2028b\\u2029c\\xad\\ufeff\\u{e0041}');
    expect(sanitise('\ud800x')).toBe('\\ud800x');
    expect(sanitise('\ufffe\uffff\ufdd0\u{1fffe}')).toBe('\\ufffe\\uffff\\ufdd0\\u{1fffe}');
  });
  test('keeps letters of all scripts and joined emoji, but no joiner elsewhere', () => {
    expect(sanitise('são-paulo 東京 👩‍👩‍👧 🏳️‍🌈')).toBe('são-paulo 東京 👩‍👩‍👧 🏳️‍🌈');
    expect(sanitise('a\u200db')).toBe('a\\u200db');
  });
  test('is ASCII where nothing else can be shown', () => {
    expect(sanitiseToAscii('são 東🚀\u001b')).toBe('s\\xe3o \\u6771\\u{1f680}\\x1b');
  });
  test('never keeps a control or format character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(sanitise(text)).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]|(?!\u200d)\p{Cf}/u);
        expect(sanitiseToAscii(text)).toMatch(/^[\x20-\x7e]*$/);
      }),
      { numRuns: 300 },
    );
  });
  test('is left as it is when it is harmless', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'abc019-./\\ é東🚀') }), (text) => {
        expect(sanitise(text)).toBe(text);
      }),
    );
  });
  test('keeps the lines of a command', () => {
    expect(copyable('kubectl get \\\n  -o yaml\u001b\n')).toEqual(['kubectl get \\', '  -o yaml\\x1b']);
    expect(copyable('a ::b\n::error::c\n  ::d: e')).toEqual(['a ::b', '\\x3a:error::c', '  \\x3a:d: e']);
  });
});

describe('display width', () => {
  test.each([
    ['abc', 3],
    ['', 0],
    ['é', 1],
    ['e\u0301', 1],
    ['東京', 4],
    ['서울', 4],
    ['ﾌﾘ', 2],
    ['ｗｉｄｅ', 8],
    ['🚀', 2],
    ['👩‍👩‍👧', 2],
    ['🇩🇪', 2],
    ['❤️', 2],
    ['✓ ✗ – │ ┌─', 10],
  ])('of %s is %i', (text, width) => {
    expect(displayWidth(text)).toBe(width);
  });

  test('is kept by cutting', () => {
    expect(takeStart('日本語', 5)).toBe('日本');
    expect(takeEnd('日本語', 5)).toBe('本語');
    expect(takeEnd('abc', 0)).toBe('');
    expect(clip('production-payments-eu', 12, '…', 6)).toBe('produ…nts-eu');
    expect(clip('short', 12, '…')).toBe('short');
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.nat(40), fc.nat(20), (text, width, tail) => {
        expect(displayWidth(takeStart(text, width))).toBeLessThanOrEqual(width);
        expect(displayWidth(takeEnd(text, width))).toBeLessThanOrEqual(width);
        const room = Math.max(width, tail + 1);
        expect(displayWidth(clip(text, room, '…', tail))).toBeLessThanOrEqual(room);
      }),
    );
  });
});

describe('breaking lines', () => {
  test('breaks between words', () => {
    expect(wrap('one two three', 7)).toEqual(['one two', 'three']);
    expect(wrap('one two three', 7, 3)).toEqual(['one', 'two', 'three']);
  });
  test('breaks beside wide characters', () => {
    expect(wrap('ab日本語cd', 4)).toEqual(['ab日', '本語', 'cd']);
  });
  test('leaves a word whole that fits nowhere', () => {
    expect(wrap('see east/calico-system/ippools.yaml now', 10)).toEqual([
      'see',
      'east/calico-system/ippools.yaml',
      'now',
    ]);
  });
  test('gives a line for nothing', () => {
    expect(wrap('', 10)).toEqual(['']);
  });
  test('loses nothing but blanks, and keeps to the width unless a word cannot', () => {
    const word = fc.string({ unit: fc.constantFrom(...'ab-/é東🚀'), minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(fc.array(word), fc.integer({ min: 2, max: 60 }), (words, width) => {
        const text = words.join(' ');
        const lines = wrap(text, width);
        expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
        for (const line of lines) if (/ |[東🚀]/u.test(line)) expect(displayWidth(line)).toBeLessThanOrEqual(width);
      }),
    );
  });
});

test('colours only where they were decided on', () => {
  const plain = pen({ width: 80, color: false, unicode: true });
  const colored = pen({ width: 80, color: true, unicode: true });
  expect(plain.paint('error', 'x')).toBe('x');
  expect(colored.paint('error', 'x')).toBe('\u001b[1m\u001b[31mx\u001b[39m\u001b[22m');
  expect(colored.paint('error', '')).toBe('');
});

test('counts in words', () => {
  expect(count(1, 'error')).toBe('1 error');
  expect(count(0, 'error')).toBe('0 errors');
  expect(grouped(1234567)).toBe('1,234,567');
});

test.each([
  ['::error file=x::y', '\\x3a:error file=x::y'],
  ['a\n  ::stop-commands::x\n', 'a\n  \\x3a:stop-commands::x\n'],
  ['a\r\n\t::add-mask::x', 'a\r\n\t\\x3a:add-mask::x'],
  ['a ::error::b', 'a ::error::b'],
  ['::/0 and ::1 meet', '::/0 and ::1 meet'],
  [' ::: x', ' ::: x'],
  ['a ##[add-mask]b ##vso[task.x]c ## [d]', 'a \\x23#[add-mask]b \\x23#vso[task.x]c ## [d]'],
])('a CI system takes nothing in %j for a command', (text, harmless) => {
  expect(uncommanded(text)).toBe(harmless);
});

test.each([
  ['table', table],
  ['concise', concise],
])('a %s gives commands to no CI system, whatever clusters are called', (_, write) => {
  const name = '::warning file=x,line=1::pwned';
  const { report, ...rest } = view({
    clusters: [name, '##[error]b'],
    findings: [
      {
        rule: 'pod-cidr-overlap',
        requirement: 'disjoint-pod-cidrs',
        clusters: [name],
        text: `${name} ${'x '.repeat(40)} ${name}`,
      },
    ],
  });
  for (const width of [20, 40, 60, 80, 100]) {
    const text = [...write({ ...rest, report }, { width, color: false, unicode: true, maxFindings: 100 })].join('');
    expect(text).toContain('pwned');
    expect(text).not.toMatch(/^\s*::[a-z]|##(vso)?\[/m);
  }
});

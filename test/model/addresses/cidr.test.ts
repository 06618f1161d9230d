// Address ranges: literal cases of Go's grammar, and properties against brute force and against ip-num's own arithmetic.

import fc from 'fast-check';
import { IPv4CidrRange, IPv6CidrRange, RangedSet } from 'ip-num';
import { describe, expect, it } from 'vitest';
import {
  type Cidr,
  contains,
  equalRanges,
  formatIp,
  formatRange,
  isLinkLocal,
  isPrivate,
  overlapGroups,
  overlaps,
  parseCidr,
  parseCidrOrIp,
  parseIp,
  type Range,
  rangeIndex,
  sharedAddresses,
  uncovered,
} from '../../../src/model/addresses/cidr.ts';
import golden from './golden/cidr.json' with { type: 'json' };

function range(text: string): Cidr {
  const parsed = parseCidr(text);
  if (!parsed) throw new Error(`${text} is no CIDR`);
  return parsed;
}

describe('parseCidr', () => {
  it.each([
    ['10.0.0.0/8', '10.0.0.0/8'],
    ['10.1.2.3/16', '10.1.0.0/16'],
    ['0.0.0.0/0', '0.0.0.0/0'],
    ['255.255.255.255/32', '255.255.255.255/32'],
    ['10.0.0.0/08', '10.0.0.0/8'],
    ['fd00::1/8', 'fd00::/8'],
    ['FD00:0:0:1::/64', 'fd00:0:0:1::/64'],
    ['::/0', '::/0'],
    ['::1/128', '::1/128'],
    ['1:0:0:2:0:0:0:3/128', '1:0:0:2::3/128'],
    ['1:0:2:3:4:5:6:7/128', '1:0:2:3:4:5:6:7/128'],
    ['1:2:3:4:5:6:7::/112', '1:2:3:4:5:6:7:0/112'],
    ['64:ff9b::192.0.2.1/128', '64:ff9b::c000:201/128'],
    ['::ffff:10.1.2.3/104', '10.0.0.0/8'],
    ['::ffff:a01:203/128', '10.1.2.3/32'],
    ['::ffff:0:0/96', '0.0.0.0/0'],
    ['::ffff:0:0/90', '::ffc0:0:0/90'],
  ])('reads %s as %s', (text, canonical) => {
    expect(parseCidr(text)).toMatchObject({ text, canonical });
  });

  it.each([
    '',
    '10.0.0.0',
    '10/8',
    '10.0.0/8',
    '10.0.0.0.0/8',
    '010.0.0.0/8',
    '10.00.0.0/8',
    '256.0.0.0/8',
    '0x0a.0.0.0/8',
    '1e1.0.0.0/8',
    '١٠.0.0.0/8',
    ' 10.0.0.0/8',
    '10.0.0.0/8 ',
    '10.0.0.0 /8',
    '10.0.0.0/',
    '10.0.0.0/33',
    '10.0.0.0/-1',
    '10.0.0.0/+8',
    '10.0.0.0/8/8',
    '10.0.0.0/255.0.0.0',
    'fd00::/129',
    '::ffff:10.0.0.0/129',
    'fd00::/',
    'fe80::1%eth0/64',
    ':::/64',
    '1::2::3/64',
    '1:2:3:4:5:6:7/64',
    '1:2:3:4:5:6:7:8:9/64',
    '1:2:3:4:5:6:7::8/64',
    ':1::/64',
    '1:/64',
    '12345::/64',
    'g::/64',
    '1.2.3.4::/64',
    '::1.2.3.4:5/64',
    '::01.2.3.4/128',
    `${'0'.repeat(100)}10.0.0.0/8`,
    `10.0.0.0/${'0'.repeat(100)}8`,
  ])('refuses %j', (text) => {
    expect(parseCidr(text)).toBeNull();
  });

  it('keeps what was written apart from what it means', () => {
    expect(range('10.1.2.3/16')).toEqual({
      text: '10.1.2.3/16',
      canonical: '10.1.0.0/16',
      family: 4,
      prefix: 16,
      first: 0x0a010000n,
      last: 0x0a01ffffn,
      hostBitsSet: true,
      mapped: false,
    });
    expect(range('::ffff:10.0.0.0/104')).toMatchObject({ family: 4, prefix: 8, mapped: true, hostBitsSet: false });
    expect(range('10.1.0.0/16').hostBitsSet).toBe(false);
  });
});

describe('parseIp and parseCidrOrIp', () => {
  it('reads bare addresses only', () => {
    expect(parseIp('10.0.0.1')).toEqual({ text: '10.0.0.1', family: 4, first: 0x0a000001n, last: 0x0a000001n });
    expect(parseIp('::ffff:10.0.0.1')).toMatchObject({ family: 4, first: 0x0a000001n });
    expect(parseIp('fd00::1')).toMatchObject({ family: 6 });
    for (const text of ['10.0.0.1/32', '10.0.0.01', 'fe80::1%eth0', '', 'node-1']) expect(parseIp(text)).toBeNull();
  });

  it("keeps a node's address apart from its network", () => {
    const read = parseCidrOrIp('10.10.1.20/24');
    expect(read && [formatIp(read.ip), read.network.canonical]).toEqual(['10.10.1.20', '10.10.1.0/24']);
    const bare = parseCidrOrIp('10.10.1.20');
    expect(bare && [formatIp(bare.ip), bare.network.canonical]).toEqual(['10.10.1.20', '10.10.1.20/32']);
    expect(parseCidrOrIp('10.10.1.20/33')).toBeNull();
    expect(parseCidrOrIp('10.10.1.020/24')).toBeNull();
  });
});

describe('comparisons', () => {
  it.each([
    ['10.0.0.0/8', '10.42.0.0/16', 65536n],
    ['10.42.0.0/16', '10.42.0.0/16', 65536n],
    ['10.42.0.0/16', '10.43.0.0/16', 0n],
    ['10.42.0.5/16', '10.42.9.0/24', 256n],
    ['::a00:0/104', '10.0.0.0/8', 0n],
    ['::ffff:10.0.0.0/104', '10.0.0.0/24', 256n],
    ['fd00::/8', 'fd12::/64', 2n ** 64n],
  ])('%s and %s share %d addresses', (a, b, shared) => {
    expect(sharedAddresses(range(a), range(b))).toBe(shared);
    expect(sharedAddresses(range(b), range(a))).toBe(shared);
    expect(overlaps(range(a), range(b))).toBe(shared > 0n);
  });

  it('tells private from public ranges', () => {
    for (const text of ['10.0.0.0/8', '172.16.0.0/12', '172.31.9.0/24', '192.168.1.1/32', '100.64.0.0/10', 'fd00::/8'])
      expect([text, isPrivate(range(text))]).toEqual([text, true]);
    for (const text of [
      '10.0.0.0/7',
      '172.32.0.0/16',
      '192.169.0.0/16',
      '100.128.0.0/16',
      '2001:db8::/32',
      '0.0.0.0/0',
    ])
      expect([text, isPrivate(range(text))]).toEqual([text, false]);
  });

  it('knows link-local ranges', () => {
    for (const text of ['169.254.0.0/16', '169.254.7.0/24', '169.0.0.0/8', 'fe80::/10', 'fe80::/64'])
      expect([text, isLinkLocal(range(text))]).toEqual([text, true]);
    for (const text of ['169.253.0.0/16', 'fec0::/10', '10.0.0.0/8'])
      expect([text, isLinkLocal(range(text))]).toEqual([text, false]);
  });

  it('writes a range without CIDR notation as its ends', () => {
    expect(formatRange({ family: 4, first: 0x0a000001n, last: 0x0a000004n })).toBe('10.0.0.1-10.0.0.4');
    expect(formatRange({ family: 4, first: 0x0a000000n, last: 0x0a0000ffn })).toBe('10.0.0.0/24');
    expect(formatRange({ family: 6, first: 1n, last: 1n })).toBe('::1/128');
  });
});

describe('uncovered', () => {
  it.each([
    ['10.0.0.0/8', [], ['10.0.0.0/8']],
    ['10.42.0.0/16', ['10.0.0.0/8'], []],
    ['10.42.0.0/16', ['10.42.0.0/17', '10.42.128.0/17'], []],
    ['10.42.0.0/16', ['10.42.128.0/17'], ['10.42.0.0/17']],
    ['10.42.0.0/16', ['10.42.64.0/18', '10.42.64.0/20', '10.43.0.0/16'], ['10.42.0.0/18', '10.42.128.0/17']],
    ['10.42.0.0/16', ['fd00::/8'], ['10.42.0.0/16']],
    ['0.0.0.0/0', ['255.255.255.255/32', '128.0.0.0/2', '192.0.0.0/2'], ['0.0.0.0/1']],
    ['::/0', ['8000::/1'], ['::/1']],
  ])('of %s without %j is %j', (whole, by, rest) => {
    expect(uncovered(range(whole), by.map(range)).map((r) => r.canonical)).toEqual(rest);
  });
});

describe('overlapGroups', () => {
  const item = (owner: string, text: string) => ({ owner, range: range(text) });
  const groups = (items: { owner: string; range: Cidr }[]) =>
    overlapGroups(items, (i) => i.owner).map((group) => group.map((i) => `${i.owner} ${i.range.canonical}`));

  it('makes one group of what one wide range holds', () => {
    expect(
      groups([
        item('b', '10.42.0.0/16'),
        item('c', '10.43.0.0/16'),
        item('a', '10.0.0.0/8'),
        item('d', '11.0.0.0/8'),
        item('d', '11.1.0.0/16'),
      ]),
    ).toEqual([['a 10.0.0.0/8', 'b 10.42.0.0/16', 'c 10.43.0.0/16']]);
  });

  it('keeps causes apart', () => {
    expect(
      groups([
        item('a', '10.1.0.0/16'),
        item('b', '10.1.0.0/16'),
        item('a', '10.2.0.0/16'),
        item('b', '10.2.0.0/16'),
        item('a', 'fd00::/64'),
        item('b', 'fd00:0:0:1::/64'),
      ]),
    ).toEqual([
      ['a 10.1.0.0/16', 'b 10.1.0.0/16'],
      ['a 10.2.0.0/16', 'b 10.2.0.0/16'],
    ]);
  });

  it('finds one group among a thousand equal ranges, at once', () => {
    const items = Array.from({ length: 1000 }, (_, i) => item(`c${i}`, '192.168.0.0/16'));
    expect(groups(items).map((group) => group.length)).toEqual([1000]);
  });
});

const v4 = fc
  .tuple(fc.integer({ min: 0, max: 0xffffffff }), fc.integer({ min: 0, max: 32 }))
  .map(([n, prefix]) => `${[n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255].join('.')}/${prefix}`);
const v6 = fc
  .tuple(fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff })), { minLength: 8, maxLength: 8 }))
  .chain(([groups]) =>
    fc.integer({ min: 0, max: 128 }).map((p) => `${groups.map((g) => g.toString(16)).join(':')}/${p}`),
  )
  .filter((text) => !parseCidr(text)?.mapped);
/** Few addresses, so that ranges meet: 10.0.0.0/28 to /32. */
const small = fc
  .tuple(fc.integer({ min: 0, max: 15 }), fc.integer({ min: 28, max: 32 }))
  .map(([n, prefix]) => range(`10.0.0.${n}/${prefix}`));
const owned = fc.array(fc.record({ owner: fc.constantFrom('a', 'b', 'c'), range: small }), { maxLength: 12 });

const oracle = (text: string) => (text.includes(':') ? IPv6CidrRange.fromCidr(text) : IPv4CidrRange.fromCidr(text));
function addresses({ first, last }: Range): Set<bigint> {
  return new Set(Array.from({ length: Number(last - first) + 1 }, (_, i) => first + BigInt(i)));
}

describe('properties', () => {
  it('agrees with ip-num on the ends of a range', () => {
    fc.assert(
      fc.property(fc.oneof(v4, v6), (text) => {
        const [ours, theirs] = [range(text), oracle(text)];
        expect([ours.first, ours.last]).toEqual([theirs.getFirst().value, theirs.getLast().value]);
      }),
    );
  });

  it('agrees with ip-num on overlap and containment', () => {
    fc.assert(
      fc.property(fc.oneof(fc.tuple(v4, v4), fc.tuple(v6, v6)), ([a, b]) => {
        const [x, y] = [RangedSet.fromCidrRange(oracle(a)), RangedSet.fromCidrRange(oracle(b))];
        const [p, q] = [range(a), range(b)];
        const apart = x.getLast().value < y.getFirst().value || y.getLast().value < x.getFirst().value;
        expect(overlaps(p, q)).toBe(!apart);
        expect(contains(p, q)).toBe(x.contains(y));
        expect(equalRanges(p, q)).toBe(x.isEquals(y));
      }),
    );
  });

  it('has one canonical form, which means the same', () => {
    fc.assert(
      fc.property(fc.oneof(v4, v6), (text) => {
        const once = range(text);
        const twice = range(once.canonical);
        expect(twice.canonical).toBe(once.canonical);
        expect(equalRanges(once, twice)).toBe(true);
        expect(twice.hostBitsSet).toBe(false);
        expect(formatRange(once)).toBe(once.canonical);
      }),
    );
  });

  it('reads what it writes', () => {
    fc.assert(
      fc.property(fc.oneof(v4, v6), (text) => {
        const ip = parseIp(text.slice(0, text.indexOf('/')));
        expect(ip && parseIp(formatIp(ip))).toMatchObject({ family: ip?.family, first: ip?.first });
      }),
    );
  });

  it('leaves uncovered exactly the addresses that no range holds, in as few CIDRs as there can be', () => {
    fc.assert(
      fc.property(small, fc.array(small, { maxLength: 5 }), (whole, by) => {
        const rest = uncovered(whole, by);
        const expected = new Set(addresses(whole));
        for (const cover of by) for (const a of addresses(cover)) expected.delete(a);
        expect(rest.flatMap((r) => [...addresses(r)])).toEqual([...expected].sort((a, b) => Number(a - b)));
        for (const [i, r] of rest.entries()) {
          const next = rest[i + 1];
          const mergeable =
            next &&
            next.first === r.last + 1n &&
            next.prefix === r.prefix &&
            r.first % (2n * (r.last - r.first + 1n)) === 0n;
          expect(mergeable ?? false).toBe(false);
        }
      }),
    );
  });

  it('groups as brute force does', () => {
    fc.assert(
      fc.property(owned, (items) => {
        const group = items.map((_, i) => i);
        for (const [i, a] of items.entries())
          for (const [j, b] of items.entries())
            if (a.owner !== b.owner && overlaps(a.range, b.range)) {
              const [from, to] = [group[j], group[i]];
              for (const k of group.keys()) if (group[k] === from) group[k] = to as number;
            }
        const expected = new Set(
          items.flatMap((a, i) =>
            items.some((b) => b.owner !== a.owner && overlaps(a.range, b.range))
              ? [JSON.stringify(members(group, i))]
              : [],
          ),
        );
        const found = overlapGroups(items, (i) => i.owner);
        expect(new Set(found.map((g) => JSON.stringify(g.map((x) => items.indexOf(x)).sort((a, b) => a - b))))).toEqual(
          expected,
        );
        for (const [widest, ...others] of found)
          for (const other of others) expect(widest && contains(widest.range, other.range)).toBe(true);
      }),
    );
  });

  it('looks up as brute force does', () => {
    fc.assert(
      fc.property(owned, small, (items, inner) => {
        const found = rangeIndex(items)(inner);
        expect(new Set(found)).toEqual(new Set(items.filter((i) => contains(i.range, inner))));
        const prefixes = found.map((i) => i.range.prefix);
        expect(prefixes).toEqual([...prefixes].sort((a, b) => b - a));
      }),
    );
  });

  it('never throws, whatever it is given', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        parseCidr(text);
        parseIp(text);
        parseCidrOrIp(text);
      }),
    );
  });
});

function members(group: number[], i: number): number[] {
  return [...group.keys()].filter((k) => group[k] === group[i]);
}

// What Go makes of many texts; golden/cidr.go wrote it.
describe('Go', () => {
  it('reads the same texts as the same ranges', () => {
    expect(golden.cidrs.map(({ text }) => ({ text, network: parseCidr(text)?.canonical ?? null }))).toEqual(
      golden.cidrs,
    );
  });

  it('reads the same texts as the same addresses', () => {
    const format = (ip: Range | null) => ip && formatIp(ip);
    expect(golden.ips.map(({ text }) => ({ text, network: format(parseIp(text)) }))).toEqual(golden.ips);
  });
});

// Address ranges of both families, read as Calico reads them. No I/O.

export type Family = 4 | 6;

/** Consecutive addresses of one family, both ends included. Families never overlap. */
export interface Range {
  readonly family: Family;
  readonly first: bigint;
  readonly last: bigint;
}

/** One address: a range whose ends are equal. Compare `family` and `first`, never texts; `formatIp` renders it. */
export interface Ip extends Range {
  /** As written. */
  readonly text: string;
}

/** A range in CIDR notation. Compare ranges, never texts. */
export interface Cidr extends Range {
  /** As written. */
  readonly text: string;
  /** Masked and in RFC 5952 form. */
  readonly canonical: string;
  readonly prefix: number;
  /** `10.1.2.3/16`: stored so in some modes, masked by Felix. */
  readonly hostBitsSet: boolean;
  /** Written as IPv4-mapped IPv6 (`::ffff:10.0.0.0/104`) and folded to IPv4, as Go's net.ParseCIDR and so Calico do. */
  readonly mapped: boolean;
}

// The longest valid text has 49 characters (an IPv6 address with an embedded IPv4 one, and a prefix). What is longer is not looked at.
const LONGEST = 64;
const BITS = { 4: 32, 6: 128 } as const;
// ::ffff:0:0/96
const MAPPED = 0xffffn << 32n;

/**
 * Reads a CIDR as strictly as Go's net.ParseCIDR (Go 1.26), which Calico uses: no leading zeros in octets, no zones, no blanks, a
 * prefix that fits. Like there, host bits may be set and a prefix may have leading zeros. Null for anything else.
 */
export function parseCidr(text: string): Cidr | null {
  const slash = text.indexOf('/');
  if (slash < 0 || text.length > LONGEST) return null;
  const address = readAddress(text.slice(0, slash));
  const digits = text.slice(slash + 1);
  if (!address || !/^\d+$/.test(digits)) return null;
  const { value, family, mapped } = address;
  const prefix = Number(digits);
  if (mapped && prefix >= 96 && prefix <= 128) return cidr(text, 4, value, prefix - 96, true);
  // A mapped address with a prefix that reaches above the mapped part is IPv6: ::ffff:0:0/90.
  if (mapped) return prefix <= 128 ? cidr(text, 6, value | MAPPED, prefix, false) : null;
  return prefix <= BITS[family] ? cidr(text, family, value, prefix, false) : null;
}

/** Reads a bare address as strictly as Go's net.ParseIP; null for anything else. IPv4-mapped IPv6 is IPv4. */
export function parseIp(text: string): Ip | null {
  const address = text.length > LONGEST ? null : readAddress(text);
  return address && { text, family: address.family, first: address.value, last: address.value };
}

/**
 * Reads what Calico takes as a node's address: `10.0.0.5/24`, or a bare address, whose network is then itself alone (libcalico-go,
 * net.ParseCIDROrIP, v3.30). Null for anything else.
 */
export function parseCidrOrIp(text: string): { readonly ip: Ip; readonly network: Cidr } | null {
  const slash = text.indexOf('/');
  const ip = parseIp(slash < 0 ? text : text.slice(0, slash));
  if (!ip) return null;
  const network = slash < 0 ? cidr(text, ip.family, ip.first, BITS[ip.family], false) : parseCidr(text);
  return network && { ip, network };
}

/** An address in RFC 5952 form. */
export function formatIp({ family, first }: Range): string {
  if (family === 6) {
    const groups = first.toString(16).padStart(32, '0').match(/.{4}/g) ?? [];
    // The URL standard writes addresses in this form, and Node has it built in.
    return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1);
  }
  const value = Number(first);
  return `${value >>> 24}.${(value >>> 16) & 255}.${(value >>> 8) & 255}.${value & 255}`;
}

/** A range as people write it: CIDR notation where it has one, else first and last address. */
export function formatRange(range: Range): string {
  const size = range.last - range.first + 1n;
  const aligned = (size & (size - 1n)) === 0n && range.first % size === 0n;
  if (!aligned) return `${formatIp(range)}-${formatIp({ ...range, first: range.last })}`;
  return `${formatIp(range)}/${BITS[range.family] - log2(size)}`;
}

/** Do they share an address? */
export function overlaps(a: Range, b: Range): boolean {
  return a.family === b.family && a.first <= b.last && b.first <= a.last;
}

/** Is every address of `inner` in `outer`? Equal ranges contain each other. */
export function contains(outer: Range, inner: Range): boolean {
  return outer.family === inner.family && outer.first <= inner.first && inner.last <= outer.last;
}

export function equalRanges(a: Range, b: Range): boolean {
  return a.family === b.family && a.first === b.first && a.last === b.last;
}

/** How many addresses both hold. */
export function sharedAddresses(a: Range, b: Range): bigint {
  if (!overlaps(a, b)) return 0n;
  const first = compare(a.first, b.first) < 0 ? b.first : a.first;
  const last = compare(a.last, b.last) < 0 ? a.last : b.last;
  return last - first + 1n;
}

/** The parts of a range that no range of `by` covers, in ascending order, each as large as CIDR notation allows. */
export function uncovered(range: Range, by: Iterable<Range>): Cidr[] {
  const rest: Cidr[] = [];
  let next = range.first;
  for (const cover of [...by].filter((c) => overlaps(c, range)).sort(byPosition)) {
    if (cover.first > next) rest.push(...asCidrs(range.family, next, cover.first - 1n));
    if (cover.last >= next) next = cover.last + 1n;
  }
  if (next <= range.last) rest.push(...asCidrs(range.family, next, range.last));
  return rest;
}

/**
 * Groups the items whose ranges overlap a range of another owner, directly or through others. A group's first item has its widest
 * range, which holds all the others; the rest follows in the order of ranges, then of input. Groups are in the order of ranges.
 * Takes n log n: a thousand owners with the same range are one group, not half a million pairs.
 */
export function overlapGroups<T extends { readonly range: Cidr }>(
  items: Iterable<T>,
  owner: (item: T) => string,
): T[][] {
  const spots = nest(items);
  const groupOf: number[] = spots.map((_, i) => i);
  const root = (i: number): number => {
    let at = i;
    while (groupOf[at] !== at) at = groupOf[at] as number;
    groupOf[i] = at;
    return at;
  };
  const owners = spots.map((spot) => new Set(spot.items.map(owner)));
  const conflicts = owners.map((set) => set.size > 1);
  for (const [i, spot] of spots.entries()) {
    for (let up = spot.parent; up >= 0; up = spots[up]?.parent ?? -1) {
      const [inner, outer] = [owners[i], owners[up]];
      if (!inner || !outer || (inner.size === 1 && outer.size === 1 && [...inner].every((o) => outer.has(o)))) continue;
      conflicts[i] = conflicts[up] = true;
      const [a, b] = [root(i), root(up)];
      groupOf[Math.max(a, b)] = Math.min(a, b);
    }
  }
  const groups = new Map<number, T[]>();
  for (const [i, spot] of spots.entries()) {
    if (!conflicts[i]) continue;
    const group = groups.get(root(i));
    if (group) group.push(...spot.items);
    else groups.set(root(i), [...spot.items]);
  }
  return [...groups.values()];
}

/** Prepares many ranges for many questions: the answer holds the items whose range contains the one asked for, narrowest first. */
export function rangeIndex<T extends { readonly range: Cidr }>(items: Iterable<T>): (inner: Range) => T[] {
  const spots = nest(items);
  return (inner) => {
    let [low, high] = [0, spots.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const range = spots[middle]?.range;
      if (range && (range.family - inner.family || compare(range.first, inner.first)) <= 0) low = middle + 1;
      else high = middle;
    }
    const found: T[] = [];
    for (let i = low - 1; i >= 0; i = spots[i]?.parent ?? -1) {
      const spot = spots[i];
      if (spot && contains(spot.range, inner)) found.push(...spot.items);
    }
    return found;
  };
}

const PRIVATE = blocks('10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7');
const LINK_LOCAL = blocks('169.254.0.0/16', 'fe80::/10');

/** RFC 1918, RFC 6598 (shared address space) or RFC 4193 (fc00::/7), as a whole. */
export function isPrivate(range: Range): boolean {
  return PRIVATE.some((block) => contains(block, range));
}

/** Does it touch a link-local range? The only ranges that Calico refuses for pools (libcalico-go, clientv3/ippool.go, v3.30). */
export function isLinkLocal(range: Range): boolean {
  return LINK_LOCAL.some((block) => overlaps(block, range));
}

// Own code, because no library reads as Go does: they take zones or leading zeros, or refuse IPv4-mapped ranges. A large mesh has millions
// of addresses.
function readAddress(text: string): { value: bigint; family: Family; mapped: boolean } | null {
  if (!text.includes(':')) {
    const value = readIPv4(text);
    return value === null ? null : { value: BigInt(value), family: 4, mapped: false };
  }
  const value = readIPv6(text);
  if (value === null) return null;
  return value >> 32n === 0xffffn
    ? { value: value & 0xffffffffn, family: 4, mapped: true }
    : { value, family: 6, mapped: false };
}

// By character codes: splitting and matching take five times as long, and a large mesh has millions of addresses.
function readIPv4(text: string): number | null {
  let [value, octet, digits, octets] = [0, 0, 0, 1];
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 0x2e) {
      if (digits === 0 || octets === 4) return null;
      value = value * 256 + octet;
      [octet, digits, octets] = [0, 0, octets + 1];
      continue;
    }
    if (code < 0x30 || code > 0x39 || (digits > 0 && octet === 0)) return null;
    octet = octet * 10 + code - 0x30;
    digits++;
    if (octet > 255) return null;
  }
  return digits === 0 || octets !== 4 ? null : value * 256 + octet;
}

function readIPv6(text: string): bigint | null {
  const [head = '', tail, more] = text.split('::');
  if (more !== undefined) return null;
  const left = readGroups(head, tail === undefined);
  const right = tail === undefined ? [] : readGroups(tail, true);
  if (!left || !right) return null;
  const missing = 8 - left.length - right.length;
  // `::` stands for at least one group.
  if (tail === undefined ? missing !== 0 : missing < 1) return null;
  const groups = [...left, ...Array<number>(missing).fill(0), ...right];
  return BigInt(`0x${groups.map((group) => group.toString(16).padStart(4, '0')).join('')}`);
}

/** Groups of 16 bits; the last of an address may be an IPv4 address, which makes two. */
function readGroups(text: string, ends: boolean): number[] | null {
  if (text === '') return [];
  const groups: number[] = [];
  const parts = text.split(':');
  for (const [i, part] of parts.entries()) {
    if (/^[0-9a-fA-F]{1,4}$/.test(part)) {
      groups.push(Number.parseInt(part, 16));
      continue;
    }
    const embedded = ends && i === parts.length - 1 ? readIPv4(part) : null;
    if (embedded === null) return null;
    groups.push(Math.floor(embedded / 65536), embedded % 65536);
  }
  return groups;
}

function cidr(text: string, family: Family, value: bigint, prefix: number, mapped: boolean): Cidr {
  const { first, last } = masked(family, value, prefix);
  const canonical = `${formatIp({ family, first, last: first })}/${prefix}`;
  return { text, canonical, family, prefix, first, last, hostBitsSet: value !== first, mapped };
}

function masked(family: Family, value: bigint, prefix: number): Range {
  const size = 1n << BigInt(BITS[family] - prefix);
  const first = value - (value % size);
  return { family, first, last: first + size - 1n };
}

function asCidrs(family: Family, first: bigint, last: bigint): Cidr[] {
  const parts: Cidr[] = [];
  for (let next = first; next <= last; ) {
    let prefix: number = BITS[family];
    let size = 1n;
    while (prefix > 0 && next % (size * 2n) === 0n && next + size * 2n - 1n <= last) {
      size *= 2n;
      prefix -= 1;
    }
    const range = { family, first: next, last: next + size - 1n };
    parts.push(cidr(formatRange(range), family, next, prefix, false));
    next += size;
  }
  return parts;
}

/** One range with everything that has exactly this range, and the place of the narrowest range around it (-1: none). */
interface Spot<T> {
  readonly range: Cidr;
  readonly items: T[];
  readonly parent: number;
}

/** CIDRs are equal, nested or apart: in sorted order, one stack holds all the ranges around the current one. */
function nest<T extends { readonly range: Cidr }>(items: Iterable<T>): Spot<T>[] {
  const spots: Spot<T>[] = [];
  let parent = -1;
  for (const item of [...items].sort((a, b) => byPosition(a.range, b.range))) {
    const { range } = item;
    const previous = spots.at(-1);
    if (previous && equalRanges(previous.range, range)) {
      previous.items.push(item);
      continue;
    }
    parent = spots.length - 1;
    for (let up = spots[parent]; up && !contains(up.range, range); up = spots[parent]) parent = up.parent;
    spots.push({ range, items: [item], parent });
  }
  return spots;
}

/** By family, then first address; of those that begin together the widest comes first. */
export function byPosition(a: Range, b: Range): number {
  return a.family - b.family || compare(a.first, b.first) || compare(b.last, a.last);
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : Number(a > b);
}

function log2(power: bigint): number {
  return power.toString(2).length - 1;
}

function blocks(...texts: string[]): Range[] {
  return texts.flatMap((text) => {
    const [address = '', prefix] = text.split('/');
    const read = readAddress(address);
    return read ? [masked(read.family, read.value, Number(prefix))] : [];
  });
}

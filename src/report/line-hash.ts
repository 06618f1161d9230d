// The hash by which GitHub code scanning follows an alert while lines move. Pure: text in, hashes out.

/** Characters that one hash covers, from the start of its line on. */
const BLOCK = 100;
const BASE = 37;
/** What the algorithm appends to a text; no character of a well-formed text has this code. */
const END = 0xffff;
const WORD = 0x1_0000_0000;

/** BASE to the power of BLOCK, modulo 2^64, as two words: the weight of the character that leaves the window. */
const [POWER_HIGH, POWER_LOW] = power();

function power(): readonly [number, number] {
  const value = BigInt.asUintN(64, BigInt(BASE) ** BigInt(BLOCK));
  return [Number(value >> 32n), Number(value & 0xffff_ffffn)];
}

/**
 * The values of `primaryLocationLineHash` for some lines of a file: `<hex>:<n>`, the n-th line of the file with that hash. It has to be
 * the very value that GitHub computes, for the upload action warns about every other one.
 *
 * The algorithm (github/codeql-action, src/fingerprints.ts, v3): a rolling hash, base 37 modulo 2^64, over the 100 UTF-16 code units
 * from the start of the line on, spaces and tabs left out, CR and CRLF read as LF; past the end of the text come 0xFFFF and zeros.
 *
 * @param text the file as UTF-8 decodes it, its byte order mark included
 * @param lines line numbers, from 1; those that the text does not have are left out of the result
 */
export function lineHashes(text: string, lines: ReadonlySet<number>): Map<number, string> {
  const found = new Map<number, string>();
  if (lines.size === 0) return found;
  const counts = new Map<string, number>();
  const window = new Uint16Array(BLOCK);
  /** The line that starts at this place of the window; 0 for none. */
  const starts = new Uint32Array(BLOCK);
  let high = 0;
  let low = 0;
  let place = 0;
  let line = 0;
  let atLineStart = true;

  const emit = (): void => {
    const started = starts[place] ?? 0;
    if (started === 0) return;
    starts[place] = 0;
    const hash = high === 0 ? low.toString(16) : high.toString(16) + low.toString(16).padStart(8, '0');
    const count = (counts.get(hash) ?? 0) + 1;
    counts.set(hash, count);
    if (lines.has(started)) found.set(started, `${hash}:${count}`);
  };

  // hash = BASE * hash + entering - BASE^BLOCK * leaving. Every product stays below 2^53.
  const roll = (entering: number): void => {
    const leaving = window[place] ?? 0;
    window[place] = entering;
    place = (place + 1) % BLOCK;
    const sum = BASE * low + entering - POWER_LOW * leaving;
    const carry = Math.floor(sum / WORD);
    low = sum - carry * WORD;
    high = (BASE * high + carry - ((POWER_HIGH * leaving) % WORD)) % WORD;
    if (high < 0) high += WORD;
  };

  const take = (code: number): void => {
    emit();
    if (atLineStart) {
      line++;
      starts[place] = line;
    }
    atLineStart = code === 0x0a;
    roll(code);
  };

  let afterCarriageReturn = false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    const skipped = code === 0x20 || code === 0x09 || (code === 0x0a && afterCarriageReturn);
    afterCarriageReturn = code === 0x0d;
    if (!skipped) take(code === 0x0d ? 0x0a : code);
  }
  take(END);
  for (let i = 0; i < BLOCK; i++) {
    emit();
    roll(0);
  }
  return found;
}

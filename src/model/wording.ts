// How lists of names and words of commands are written, the same everywhere. No I/O.

/** Up to six words in the order given, or five and how many more there are: `a`, `a and b`, `a, b, c, d, e and 7 more`. */
export function several(words: readonly string[]): string {
  const shown = words.length > 6 ? [...words.slice(0, 5), `${words.length - 5} more`] : words;
  return shown.length < 2 ? (shown[0] ?? '') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
}

/** Quotes a word for a POSIX shell where it needs it. */
export function shell(word: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

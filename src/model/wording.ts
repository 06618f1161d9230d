// How lists of names and words of commands are written, the same everywhere, and which name was meant. No I/O.

/** Up to six words in the order given, or five and how many more there are: `a`, `a and b`, `a, b, c, d, e and 7 more`. */
export function several(words: readonly string[]): string {
  const shown = words.length > 6 ? [...words.slice(0, 5), `${words.length - 5} more`] : words;
  return shown.length < 2 ? (shown[0] ?? '') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
}

/** Quotes a word for a POSIX shell where it needs it. */
export function shell(word: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** The known word that a mistyped one is nearest to; null where none is near. */
export function nearest(given: string, known: readonly string[]): string | null {
  const near = known
    .map((name) => ({ name, distance: distance(given, name) }))
    // Of short words one has little in common with another.
    .filter(({ name, distance: d }) => d <= Math.max(2, Math.floor(name.length / 3)) && 2 * d <= name.length)
    .sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1));
  return near[0]?.name ?? null;
}

/** A template with its `{placeholders}` filled in. */
export function filled(template: string, data: Readonly<Record<string, string | number>>): string {
  return template.replace(/\{(\w+)\}/g, (_, key: string) => String(data[key] ?? ''));
}

/** `no rule x; did you mean y?` */
export function noSuch(what: string, given: string, known: readonly string[]): string {
  return `no ${what} ${given}${didYouMean(given, known)}`;
}

/** `; did you mean y?`, where a known word is near. */
export function didYouMean(given: string, known: readonly string[]): string {
  const near = nearest(given, known);
  return near === null ? '' : `; did you mean ${near}?`;
}

/** Levenshtein's edit distance. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + Number(a[i - 1] !== b[j - 1]);
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, change));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

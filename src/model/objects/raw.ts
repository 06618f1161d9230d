// Objects as a parser made them of text, before anything is known of their shape. No I/O.

export type Raw = { readonly [key: string]: unknown };

export function isRecord(value: unknown): value is Raw {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A mapping as it is, and an empty one for anything else. */
export function record(value: unknown): Raw {
  return isRecord(value) ? value : {};
}

/** The entries of a list as mappings; none for anything else. */
export function records(value: unknown): readonly Raw[] {
  return Array.isArray(value) ? value.map(record) : [];
}

/** Stands in a snapshot for a text of which only that it is there is told. */
export const NOT_KEPT = '!not-kept';

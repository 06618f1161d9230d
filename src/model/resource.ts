// What one object of a cluster is called and where it came from. No I/O, no opinion.

/** A place inside an object: keys and list indices, e.g. `['spec', 'cidr']`. Never reaches out of the object into its List. */
export type Path = readonly (string | number)[];

/**
 * Where an object was read. Opaque to everybody but the source that made it: only the source turns it into line and column.
 * `document` counts the documents of a file, `item` leads from the document's root to the object (`['items', 3]`, or `[]`).
 */
export interface Origin {
  readonly file: number;
  readonly document: number;
  readonly item: Path;
}

/** Names one object of one cluster. `origin` is null for an object that the input does not hold. */
export interface ObjectRef {
  readonly cluster: string;
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string | null;
  readonly name: string;
  readonly origin: Origin | null;
}

/** A value with the object and field that it was read from, so that a finding can point at it. */
export interface Sourced<T> {
  readonly value: T;
  readonly ref: ObjectRef;
  readonly path: Path;
  /** What names the item of a list that it stands in: a variable of an environment. The index in the path changes from export to export. */
  readonly item?: string;
}

/** A place that a finding shows. The first piece of evidence is the place to change. */
export interface Evidence {
  readonly ref: ObjectRef;
  readonly path: Path;
  /** What is to be seen there, as a short phrase without a final period. */
  readonly note: string;
  /** As in `Sourced`. */
  readonly item?: string;
}

/** Points at a value that was read. */
export function at(value: Omit<Sourced<unknown>, 'value'>, note: string): Evidence {
  const { ref, path, item } = value;
  return { ref, path, note, ...(item !== undefined && { item }) };
}

/** Points at a field of an object; a field that is absent resolves to its nearest parent that exists. */
export function inside(object: { readonly ref: ObjectRef }, path: Path, note: string): Evidence {
  return { ref: object.ref, path, note };
}

/** Points at an object that is not there. Follow it with the field that makes the object necessary. */
export function absent(
  cluster: string,
  object: {
    readonly apiVersion: string;
    readonly kind: string;
    readonly namespace?: string | null;
    readonly name: string;
  },
  note: string,
): Evidence {
  const { apiVersion, kind, namespace = null, name } = object;
  return { ref: { cluster, apiVersion, kind, namespace, name, origin: null }, path: [], note };
}

/** A path as people and the JSON report write it: `rules[0].resources`, `metadata.annotations["a.b/c"]`. */
export function pathText(path: Path): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else if (/^[A-Za-z_][A-Za-z0-9_-]*$/.test(step)) text += text === '' ? step : `.${step}`;
    else text += `[${JSON.stringify(step)}]`;
  }
  return text;
}

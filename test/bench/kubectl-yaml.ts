// YAML as kubectl prints it: keys sorted, lists not indented, quotes only where a reader of YAML 1.1 would see another type. No I/O.

/** What YAML is written of here. */
export type Value = string | number | boolean | null | readonly Value[] | { readonly [key: string]: Value };

/** A `kind: List` of objects, one piece of text per object. */
export function* listYaml(objects: Iterable<Value>): Generator<string> {
  let head = 'apiVersion: v1\nitems:\n';
  for (const object of objects) {
    yield `${head}- ${block(object, 2).trimStart()}`;
    head = '';
  }
  yield `${head === '' ? '' : 'apiVersion: v1\nitems: []\n'}kind: List\nmetadata:\n  resourceVersion: ""\n`;
}

/** A mapping or list as lines that are indented by `indent` blanks. */
function block(value: Value, indent: number): string {
  const pad = ' '.repeat(indent);
  if (Array.isArray(value)) {
    return value
      .map((item) => `${pad}- ${isBlock(item) ? block(item, indent + 2).trimStart() : `${scalar(item, indent + 2)}\n`}`)
      .join('');
  }
  return Object.entries(value as Readonly<Record<string, Value>>)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, item]) => {
      if (!isBlock(item)) return `${pad}${key}: ${scalar(item, indent + 2)}\n`;
      return `${pad}${key}:\n${block(item, Array.isArray(item) ? indent : indent + 2)}`;
    })
    .join('');
}

function isBlock(value: Value): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0;
}

function scalar(value: Value, indent: number): string {
  if (typeof value !== 'string') return JSON.stringify(value);
  if (value.includes('\n')) return literal(value, indent);
  if (looksLikeAnotherType.test(value)) return JSON.stringify(value);
  if (needsQuotes.test(value)) return `'${value.replaceAll("'", "''")}'`;
  return value;
}

const looksLikeAnotherType =
  /^(|~|null|true|false|y|n|yes|no|on|off|[-+]?(0x[\da-f_]+|\d[\d_]*(\.\d*)?(e[-+]?\d+)?)|\d{4}-\d\d?-\d\d?([Tt ].*)?)$/i;
const needsQuotes = /^[\s#,[\]{}&*!|>'"%@`]|^[-?:](\s|$)|:(\s|$)|\s#|\s$/;

/** A block scalar; all of these texts end in exactly one line break. */
function literal(value: string, indent: number): string {
  const pad = ' '.repeat(indent);
  return `|\n${value
    .trimEnd()
    .split('\n')
    .map((line) => pad + line)
    .join('\n')}`;
}

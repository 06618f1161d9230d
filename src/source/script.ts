// The shell script that takes a snapshot where this program cannot reach: what it asks for, and the fields that it keeps, come from the
// kinds, schemas and names that the program itself reads by.

import { FELIX_NAMES } from '../model/felix/parameters.ts';
import { type KindId, kindInfo, kinds } from '../model/objects/kinds.ts';
import { SECRET_FIELDS } from '../model/objects/project.ts';
import { KEPT_ANNOTATIONS, KEPT_PREFIXES, VARIABLES } from '../model/objects/reduction.ts';
import { type Schema, schemas } from '../model/objects/schemas.ts';
import { configMapsOf, DAEMON_SETS, NAMED, type Name, secretsOf } from './live/wanted.ts';
import script from './snapshot.sh';

/** Kinds whose templates stand in the script: of their objects not everything that a schema names is kept. */
const OWN: ReadonlySet<KindId> = new Set<KindId>([
  'DaemonSet',
  'RemoteClusterConfiguration',
  'IPAMBlock',
  'CustomResourceDefinition',
]);

/** The script for these kinds, for /bin/sh. `tool` is the name and version of this program. */
export function snapshotScript(wanted: ReadonlySet<KindId>, tool: string): string {
  const listed = kinds.filter(({ id }) => wanted.has(id) && !NAMED.has(id) && id !== 'CalicoNode');
  const named = [
    { id: 'ConfigMap', word: 'configmap', template: 'config_map', names: configMapsOf(new Map()) },
    { id: 'Secret', word: 'secret', template: 'secret', names: secretsOf(new Map()) },
  ] as const;
  const read = named.filter(({ id }) => wanted.has(id));
  const lines = [
    '# ---- What is read ----',
    '',
    ...listed.filter(({ id }) => !OWN.has(id)).map(({ id, plural }) => `${plural}='${templateOf(id)}'\n`),
    `known='${[...listed, ...read.map(({ id }) => kindInfo(id))].map(({ plural }) => plural).join(' ')}'`,
    '',
    'read_kinds() {',
    ...listed.map(
      ({ plural, groups }) => `  list ${plural} "$${plural}" ${groups.map((g) => resource(plural, g)).join(' ')}`,
    ),
    ...read.map(
      ({ id, word, template, names }) =>
        `  references ${word} ${names.map(written).join(' ')} |\n    named ${word} ${kindInfo(id).plural} "$${template}"`,
    ),
    '}',
  ];
  const parts: Readonly<Record<string, string>> = {
    tool,
    kinds: lines.join('\n'),
    annotations: quoted(KEPT_ANNOTATIONS),
    prefixes: KEPT_PREFIXES.map((prefix) => ` ${beginsWith(prefix)}`).join(''),
    daemonSets: DAEMON_SETS.join(' '),
    secrets: [...SECRET_FIELDS].map((field) => ` .${field}`).join(''),
    remote: quoted(remoteFields()),
    variables: quoted(VARIABLES),
    felix: quoted(new Set(FELIX_NAMES.flatMap((name) => [name.toUpperCase(), name.toLowerCase(), name]))),
  };
  return script.replaceAll(/@(\w+)@/g, (whole, name: string) => parts[name] ?? whole);
}

const resource = (plural: string, group: string) => (group === '' ? plural : `${plural}.${group}`);
const written = ({ namespace, name }: Name) => `${namespace}/${name}`;
const quoted = (texts: Iterable<string>) => [...texts].map((text) => ` "${text}"`).join('');

const schemaOf = (id: KindId) => schemas.find(({ $id }) => $id === `${id}.json`) as Schema;

/** Fields of a RemoteClusterConfiguration that may be told as they are. */
function remoteFields(): readonly string[] {
  const fields = Object.keys(schemaOf('RemoteClusterConfiguration').properties?.spec?.properties ?? {});
  return fields.filter((field) => !SECRET_FIELDS.has(field) && field !== 'k8sAPIEndpoint');
}

/** A template of Go that prints the objects of a list with the fields that the schema names, as YAML. Lists are printed whole. */
function templateOf(id: KindId): string {
  const root = schemaOf(id);
  const parts = Object.entries(root.properties ?? {}).flatMap(([field, schema]) => {
    if (field === 'metadata') return [];
    const own = resolved(schema, root);
    if (!own.properties)
      return [
        `{{range $key, $value := .}}{{if eq $key "${field}"}}  ${field}: {{template "value" $value}}\n{{end}}{{end}}`,
      ];
    return [`{{with .${field}}}  ${field}:\n${fieldsOf(own, root)}{{end}}`];
  });
  return `{{range .items}}{{template "head" .}}${parts.join('')}{{end}}`;
}

/** The fields of a mapping, one per line. */
function fieldsOf(schema: Schema, root: Schema): string {
  const { plain, nested } = split(schema, root);
  const others = nested.map(([name, inner]) => `{{else if eq $key "${name}"}}    ${name}: ${flow(inner, root)}\n`);
  const first = plain === '' ? 'false' : plain;
  return `{{range $key, $value := .}}{{if ${first}}}    {{$key}}: {{template "value" $value}}\n${others.join('')}{{end}}{{end}}`;
}

/** A mapping of \`$value\` in one line. */
function flow(schema: Schema, root: Schema): string {
  const { plain, nested } = split(schema, root);
  const others = nested.map(([name, inner]) => `{{else if eq $key "${name}"}}"${name}": ${flow(inner, root)}, `);
  const first = plain === '' ? 'false' : plain;
  return `{{with $value}}{ {{- range $key, $value := .}}{{if ${first}}}{{printf "%q" $key}}: {{template "value" $value}}, ${others.join('')}{{end}}{{end -}} }{{else}}{{template "value" $value}}{{end}}`;
}

/** The condition for fields that are printed whole, and the mappings of which only some are. */
function split(schema: Schema, root: Schema): { readonly plain: string; readonly nested: readonly [string, Schema][] } {
  const fields = Object.entries(schema.properties ?? {}).map(([name, s]): [string, Schema] => [
    name,
    resolved(s, root),
  ]);
  const nested = fields.filter(([, inner]) => inner.properties);
  const names = fields.filter(([, inner]) => !inner.properties).map(([name]) => name);
  const conditions = names.length > 0 ? [`(eq $key${quoted(names)})`] : [];
  for (const pattern of Object.keys(schema.patternProperties ?? {})) {
    const [, prefixes = ''] = /^\^\(([\w|]+)\)$/.exec(pattern) ?? [];
    for (const prefix of prefixes.split('|')) conditions.push(beginsWith(prefix));
  }
  return { plain: conditions.length > 1 ? `or ${conditions.join(' ')}` : (conditions[0] ?? '').slice(1, -1), nested };
}

function beginsWith(prefix: string): string {
  return `(eq (printf "%.${prefix.length}s" $key) "${prefix}")`;
}

function resolved(schema: Schema, root: Schema): Schema {
  const [, name] = /^#\/\$defs\/(.+)$/.exec(schema.$ref ?? '') ?? [];
  return (name === undefined ? schema : root.$defs?.[name]) ?? schema;
}

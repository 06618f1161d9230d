// Builds dist/: the program and the library with everything they import, and the library's types. Some modules are replaced on the way:
// schemas are compiled now rather than at run time, and the folder of rules becomes a list.

import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import standalone from 'ajv/dist/standalone/index.js';
import { build, transform, transformSync } from 'esbuild';

const root = dirname(fileURLToPath(import.meta.url));
const dist = join(root, 'dist');

/** The names of a folder's files with this extension, without it, sorted. */
function names(folder, extension) {
  const files = readdirSync(join(root, folder)).filter((file) => file.endsWith(extension));
  return files.map((file) => basename(file, extension)).sort();
}

/** Code that stands in for src/model/objects/validators.ts: the same function over validators that need no compiler. Nobody reads it. */
export function compiledValidators() {
  const kinds = names('schemas/resources', '.json');
  const read = (kind) => JSON.parse(readFileSync(join(root, 'schemas/resources', `${kind}.json`), 'utf8'));
  const ajv = new Ajv2020({
    schemas: kinds.map(read),
    allowUnionTypes: true,
    messages: false,
    inlineRefs: false,
    code: { source: true, esm: true },
  });
  const told = standalone.default(ajv, Object.fromEntries(kinds.map((kind) => [kind, `${kind}.json`])));
  // Nobody asks where in a schema an error comes from, and it is a seventh of the code that every run reads.
  const code = told.replaceAll(/schemaPath: ?"[^"]*", ?/g, '');
  const table = kinds.map((kind) => `[${JSON.stringify(kind)}, ${kind}]`).join(', ');
  const look = `export function validator(kind) { return validators.get(kind) ?? null; }`;
  return transformSync(
    `${code.replaceAll(/^export const /gm, 'const ')}\nconst validators = new Map([${table}]);\n${look}`,
    { minify: true },
  ).code;
}

/** Code that stands in for src/config-schema.ts: the schema, and the same function over a validator that needs no compiler. */
export function compiledConfig() {
  return compiledSchema('config.schema.json', 'configError');
}

/**
 * The same for src/report-schema.ts, but for names that are empty and lists that hold something twice: a report is read all the same, and
 * what tells them would bring a part of the compiler along. Descriptions would, too, be in the code.
 */
function compiledReport() {
  const leftOut = new Set(['uniqueItems', 'minLength', 'description']);
  return compiledSchema('report.schema.json', 'reportError', (key, value) => (leftOut.has(key) ? undefined : value));
}

function compiledSchema(file, name, kept) {
  const schema = JSON.parse(readFileSync(join(root, 'schemas', file), 'utf8'), kept);
  const ajv = new Ajv2020({
    allowUnionTypes: true,
    strictTypes: false,
    strictRequired: false,
    messages: false,
    code: { source: true, esm: true },
  });
  const code = standalone.default(ajv, ajv.compile(schema));
  const look = `export function ${name}(value) { return compiled(value) ? null : (compiled.errors?.[0] ?? null); }`;
  const told = `export const schema = ${JSON.stringify(schema)};`;
  return transformSync(
    `${code.replace('export const validate =', 'const compiled =').replace(/export default \w+;/, '')}\n${look}\n${told}`,
    { minify: true },
  ).code;
}

/** Code that stands in for src/rule-modules.ts: the same function over static imports. */
export function listedRules() {
  const rules = names('rules', '.ts');
  return `${rules.map((rule, i) => `import rule${i} from '../rules/${rule}.ts';`).join('\n')}
export async function ruleModules() {
  return [${rules.map((rule, i) => `[${JSON.stringify(rule)}, rule${i}]`).join(', ')}];
}
`;
}

/** Puts generated code in the place of modules, by their paths from the root. */
function replace(modules) {
  return {
    name: 'replace',
    setup({ onLoad }) {
      for (const [path, generate] of Object.entries(modules)) {
        const file = resolve(root, path);
        const filter = new RegExp(`[/\\\\]${basename(path).replaceAll('.', '\\.')}$`);
        onLoad({ filter }, (args) => {
          if (resolve(args.path) !== file) return null;
          return { contents: generate(), loader: 'js', resolveDir: dirname(file) };
        });
      }
    },
  };
}

/**
 * The YAML parser spreads objects in its loops, which Node 20 runs three times slower than what esbuild can make of it; and that still
 * slower than `Object.assign`, which does the same to plain data.
 */
const fasterYaml = {
  name: 'faster-yaml',
  setup({ onLoad }) {
    onLoad({ filter: /[/\\]js-yaml[/\\]dist[/\\].*\.mjs$/ }, async ({ path }) => {
      const { code } = await transform(readFileSync(path), { supported: { 'object-rest-spread': false } });
      return { contents: `${code.replaceAll(/\b__spread(Values|Props)\(/g, 'Object.assign(')}` };
    });
  },
};

/** Puts off loading Node's child_process, which commander wants for subcommands that are programs of their own: there are none. */
const later = {
  name: 'later',
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /^node:child_process$/ }, ({ path, namespace }) => {
      return namespace === 'later' ? null : { path, namespace: 'later' };
    });
    onLoad({ filter: /.*/, namespace: 'later' }, () => ({
      contents: `exports.spawn = (...given) => require('node:child_process').spawn(...given);`,
    }));
  },
};

/** What writes YAML is a module of its own: few runs write any, and one file would hold it together with what reads it. */
const writerApart = {
  name: 'writer-apart',
  setup({ onResolve }) {
    onResolve({ filter: /^js-yaml$/ }, ({ importer }) => {
      const path = join(root, 'node_modules/js-yaml/dist/js-yaml.mjs');
      return importer === join(root, 'src/source/snapshot.ts') ? { path, suffix: '?writer' } : null;
    });
  },
};

/**
 * Of the Kubernetes client only the module that fills in credentials goes into the bundle, without what it would need to parse kubeconfigs
 * and to talk to clusters and identity providers itself.
 */
const credentialsOnly = {
  name: 'credentials-only',
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /^@kubernetes\/client-node$/ }, () => ({
      path: join(root, 'node_modules/@kubernetes/client-node/dist/config.js'),
    }));
    onResolve(
      { filter: /^(?:\.\/gen\/index\.js|js-yaml|jsonpath-plus|node-fetch|openid-client)$/ },
      ({ path, importer }) => {
        return /[/\\]client-node[/\\]dist[/\\]\w+\.js$/.test(importer) ? { path, namespace: 'left-out' } : null;
      },
    );
    onLoad({ filter: /.*/, namespace: 'left-out' }, () => ({ contents: 'module.exports = {};' }));
  },
};

/** The licences of the packages that went into the bundle ask to be passed on with it. */
export function licences(outputs) {
  const packages = new Set();
  for (const [input, { bytesInOutput }] of Object.values(outputs).flatMap(({ inputs }) => Object.entries(inputs))) {
    const match = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input);
    if (match && bytesInOutput > 0) packages.add(match[1]);
  }
  const texts = [...packages].sort().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
    const file = readdirSync(join(root, folder)).find((f) => /^licen[cs]e/i.test(f));
    const text = file ? readFileSync(join(root, folder, file), 'utf8').trim() : `Licence: ${license}`;
    return `${name} ${version}\n\n${text}\n`;
  });
  return texts.join(`\n${'-'.repeat(80)}\n\n`);
}

const target = { platform: 'node', target: 'node20' };

const common = {
  ...target,
  absWorkingDir: root,
  outdir: dist,
  outExtension: { '.js': '.cjs' },
  bundle: true,
  format: 'esm',
  loader: { '.sh': 'text', '.bash': 'text', '.zsh': 'text', '.fish': 'text' },
  legalComments: 'none',
  minify: true,
  write: false,
  logLevel: 'warning',
};

const whole = {
  ...common,
  plugins: [
    replace({
      'src/model/objects/validators.ts': compiledValidators,
      'src/config-schema.ts': compiledConfig,
      'src/report-schema.ts': compiledReport,
      'src/rule-modules.ts': listedRules,
    }),
    fasterYaml,
    writerApart,
    later,
    credentialsOnly,
  ],
  metafile: true,
};

/** The program and the library, with what both share in chunks. */
export function buildProgram(entryPoints = ['src/command-line.ts', 'src/index.ts']) {
  return build({ ...whole, entryPoints, splitting: true, chunkNames: 'chunks/[name]-[hash]' });
}

/** The program as one script, which is all that an executable can hold. */
export function buildSingle() {
  return build({ ...whole, entryPoints: ['src/single.ts'], format: 'cjs' });
}

/** The entry by itself: it answers --version, and even an empty chunk beside it would be felt there. */
function buildEntry() {
  const commandLine = {
    name: 'command-line',
    setup({ onResolve }) {
      onResolve({ filter: /\/command-line\.ts$/ }, () => ({ path: './command-line.cjs', external: true }));
    },
  };
  return build({ ...common, entryPoints: ['src/cli.ts'], plugins: [commandLine] });
}

/** Where the chunks lie that every run loads, in one file. */
const CORE = join(dist, 'chunks/core.cjs');

/**
 * Chunks that every run loads, as one file: esbuild makes a chunk of what each other set of entries shares, and a file costs more than
 * what is in it. Each chunk becomes a namespace, `k0` and so on, in the order of `paths`.
 */
async function merged(paths, texts) {
  const inner = {
    name: 'inner',
    setup({ onLoad, onResolve }) {
      onResolve({ filter: /\.cjs$/ }, ({ path, importer, namespace }) => {
        const full = resolve(dirname(namespace === 'built' ? importer : CORE), path);
        return paths.includes(full) ? { path: full, namespace: 'built' } : { path, external: true };
      });
      onLoad({ filter: /.*/, namespace: 'built' }, ({ path }) => ({ contents: texts.get(path), loader: 'js' }));
    },
  };
  const { outputFiles } = await build({
    ...common,
    stdin: { contents: paths.map((path, i) => `export * as k${i} from './${basename(path)}';`).join('\n') },
    outdir: undefined,
    outfile: CORE,
    plugins: [inner],
  });
  return { path: CORE, text: outputFiles[0].text };
}

/** Chunks that a file loads outright, or others that it loads so. */
export function loadedWith(file, outputs, found = new Set()) {
  for (const { path, kind, external } of outputs[file]?.imports ?? []) {
    if (kind !== 'import-statement' || external || found.has(path)) continue;
    found.add(path);
    loadedWith(path, outputs, found);
  }
  return found;
}

/**
 * Everything becomes CommonJS, because Node needs 4 ms to set up its loader of modules; esbuild splits modules alone, so only now. The
 * library's entry is a module all the same: its users import it by name.
 */
async function finished({ outputFiles, metafile: { outputs } }) {
  const texts = new Map(outputFiles.map(({ path, text }) => [path, text]));
  const core = [...loadedWith('dist/command-line.cjs', outputs)].map((path) => join(root, path)).sort();
  const kept = [...texts].map(([path, text]) => ({ path, text })).filter(({ path }) => !core.includes(path));
  const files = await Promise.all(
    [...kept, await merged(core, texts)].map(async ({ path, text }) => {
      const { code } = await transform(text, {
        ...target,
        format: 'cjs',
        minify: true,
        supported: { 'dynamic-import': false },
      });
      const linked = code.replaceAll(/\brequire\("(\.[^"]+)"\)/g, (whole, to) => {
        const index = core.indexOf(resolve(dirname(path), to));
        const folder = dirname(path) === dirname(CORE) ? '' : 'chunks/';
        return index < 0 ? whole : `require("./${folder}core.cjs").k${index}`;
      });
      return { path, code: linked };
    }),
  );
  const names = outputs['dist/index.cjs'].exports.sort();
  const library = `import library from './index.cjs';\nexport const { ${names.join(', ')} } = library;\n`;
  return [...files, { path: join(dist, 'index.js'), code: library }];
}

async function main() {
  const [program, entry] = await Promise.all([buildProgram(), buildEntry()]);
  const files = await finished({ ...program, outputFiles: [...program.outputFiles, ...entry.outputFiles] });

  // Only now: a build that fails leaves the last one in place.
  rmSync(dist, { recursive: true, force: true });
  for (const { path, code } of files) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, code);
  }
  writeFileSync(join(dist, 'THIRD-PARTY-LICENSES.txt'), licences(program.metafile.outputs));

  // Of the types only those that the library's entry reaches. A configuration of its own, because tsc takes either that or file names.
  const configuration = join(dist, 'tsconfig.json');
  writeFileSync(
    configuration,
    JSON.stringify({ extends: '../tsconfig.json', files: ['../src/index.ts'], include: [] }),
  );
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  const { status } = spawnSync(process.execPath, [compiler, '-p', configuration, '--emitDeclarationOnly'], {
    stdio: 'inherit',
  });
  rmSync(configuration);
  if (status !== 0) process.exitCode = 1;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    await main();
  } catch (error) {
    // esbuild has said what is wrong, and where.
    if (!error.errors) throw error;
    process.exitCode = 1;
  }
}

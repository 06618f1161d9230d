// Judges SARIF files as their readers will: by the published schema, and by Microsoft's validator with the rules for GitHub on.

import { execFile } from 'node:child_process';
import { accessSync, chmodSync, constants, copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import type { Log } from 'sarif';

const require = createRequire(import.meta.url);
const policy = fileURLToPath(new URL('../sarif-policy.xml', import.meta.url));

/** Only `resolve` finds the package, and only its entry is exported. */
const schemaFile = join(
  dirname(fileURLToPath(import.meta.resolve('@microsoft/sarif-multitool-ts'))),
  '../assets/sarif-2.1.0.schema.json',
);
const ajv = new Ajv2020({ strict: false, allErrors: true });
formats.default(ajv);
const validate = ajv.compile(JSON.parse(readFileSync(schemaFile, 'utf8')));

/** What the schema finds wrong with a SARIF text. */
export function schemaErrors(text: string): string[] {
  if (validate(JSON.parse(text))) return [];
  return (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message}`);
}

/**
 * The validator's program, which its package brings for Linux, macOS and Windows; null where there is none. Throws where there has to be
 * one (REQUIRE_MULTITOOL=1).
 */
export function multitool(): string | null {
  const name = `@microsoft/sarif-multitool-${process.platform}`;
  try {
    const program = require(name) as string;
    if (existsSync(program)) return program;
  } catch {
    // Told below.
  }
  const why = `no SARIF validator: ${name} is not installed`;
  if (process.env.REQUIRE_MULTITOOL === '1') throw new Error(why);
  process.stderr.write(`${why}; set REQUIRE_MULTITOOL=1 to make that a failure\n`);
  return null;
}

/**
 * Everything that the validator reports about the files, at any level, as lines of text. Its exit code is 0 whatever it finds, so its log
 * is read; and its launcher hands the arguments to a shell, which would cut them at the semicolon, so the program is called itself.
 */
export async function validatorFindings(program: string, files: readonly string[]): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'sarif-gate-'));
  try {
    const log = join(folder, 'report.sarif');
    const args = ['validate', ...files, '--config', policy, '--rule-kind', 'Sarif;Ghas'];
    args.push('--level', 'Error;Warning;Note', '--kind', 'Fail;Pass;Review;Open;NotApplicable;Informational');
    args.push('--output', log, '--log', 'ForceOverwrite;PrettyPrint');
    // A bare image has no library of locales, which .NET insists on otherwise.
    const env = { ...process.env, DOTNET_SYSTEM_GLOBALIZATION_INVARIANT: '1' };
    const { stdout } = await promisify(execFile)(runnable(program, folder), args, { maxBuffer: 1 << 26, env });
    const scanned = /(\d+) files? scanned/.exec(stdout)?.[1];
    const found = logFindings(JSON.parse(readFileSync(log, 'utf8')) as Log);
    return Number(scanned) === files.length
      ? found
      : [`${scanned ?? 'no'} of ${files.length} files were scanned`, ...found];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Its package makes it executable in an install script, which may not have run. */
function runnable(program: string, folder: string): string {
  try {
    accessSync(program, constants.X_OK);
    return program;
  } catch {
    const copy = join(folder, basename(program));
    copyFileSync(program, copy);
    chmodSync(copy, 0o700);
    return copy;
  }
}

function logFindings({ runs }: Log): string[] {
  const found: string[] = runs.length === 0 ? ['the validator ran nothing'] : [];
  for (const run of runs) {
    for (const result of run.results ?? []) {
      const [location] = result.locations ?? [];
      const file = location?.physicalLocation?.artifactLocation?.uri ?? '';
      const values = result.message.arguments?.join(' | ') ?? result.message.text ?? '';
      found.push(`${basename(file)}: ${result.level ?? 'warning'} ${result.ruleId} ${result.message.id}: ${values}`);
    }
    for (const invocation of run.invocations ?? []) {
      if (!invocation.executionSuccessful) found.push('the validator did not end well');
      const notes = [
        ...(invocation.toolExecutionNotifications ?? []),
        ...(invocation.toolConfigurationNotifications ?? []),
      ];
      for (const { descriptor, message } of notes) {
        // That the policy switches a rule off.
        if (descriptor?.id !== 'WRN999.RuleExplicitlyDisabled') found.push(`${descriptor?.id}: ${message.text}`);
      }
    }
  }
  return found;
}

// What all commands share: the program's name, the terminal, files that are written whole.

import fs from 'node:fs';
import path from 'node:path';
import {
  type ColorChoice,
  decideColor,
  decideUnicode,
  decideWidth,
  sanitise,
  type TextOptions,
} from '../report/terminal.ts';
import { UsageError } from '../source/source.ts';

/** What the program is called and which version it is. */
export interface Program {
  readonly program: string;
  readonly name: string;
  readonly version: string;
  /** Null where there is none. */
  readonly homepage: string | null;
}

export function complain(message: string): void {
  process.stderr.write(`mesh-preflight: ${sanitise(message)}\n`);
}

export function textOptions(choice: ColorChoice, stream: NodeJS.WriteStream | null, maxFindings: number): TextOptions {
  const target = stream ?? { isTTY: false };
  return {
    width: decideWidth(target, process.env),
    color: stream === null ? choice === 'always' : decideColor(choice, target, process.env),
    unicode: decideUnicode(process.platform, process.env),
    maxFindings,
  };
}

/** Waits until the text is taken, so that a pipe gets all of it; a reader that has gone away is no fault. */
export function print(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(text, (error) => {
      if (error && (error as NodeJS.ErrnoException).code !== 'EPIPE') reject(error);
      else resolve();
    });
  });
}

/** The text of a file; `uri` is what the message calls it where it cannot be read. */
export function readWhole(file: string, uri: string): string {
  try {
    return fs.readFileSync(file, 'utf8').replace(/^\uFEFF/, '');
  } catch (error) {
    throw new UsageError(`${uri}: cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})`);
  }
}

/** Under a temporary name first, so that nobody reads half a report. */
export function writeWhole(file: string, text: string): void {
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    fs.writeFileSync(temporary, text);
    fs.renameSync(temporary, file);
  } catch (error) {
    fs.rmSync(temporary, { force: true });
    throw new UsageError(`${file}: cannot be written (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})`);
  }
}

/** The nearest folder at or above that holds `.git`; null when there is none. */
export function repositoryRoot(from: string): string | null {
  for (let folder = from; ; folder = path.dirname(folder)) {
    if (fs.existsSync(path.join(folder, '.git'))) return folder;
    if (path.dirname(folder) === folder) return null;
  }
}

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
  uncommanded,
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
  process.stderr.write(uncommanded(`mesh-preflight: ${sanitise(message)}\n`));
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

/** Waits until the text is taken, so that a pipe gets all of it. What keeps it from that is told by the entry. */
export function print(text: string): Promise<void> {
  return new Promise((resolve) => {
    process.stdout.write(text, () => resolve());
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

/**
 * Under a temporary name first, so that nobody reads half a report; a file that is there keeps its mode, and links lead where they led. What
 * is no file on a disk (a device, a pipe) gets the text as it is, behind what it has. `uri` is what the message calls it where it cannot be
 * written.
 */
export function writeWhole(file: string, text: string, uri: string): void {
  try {
    const found = fs.statSync(file, { throwIfNoEntry: false });
    if (found?.isFile()) {
      // What the shell has opened would, opened once more, be written from its beginning, or by both in turns.
      const target = descriptorOf(file) ?? fs.realpathSync(file);
      if (typeof target === 'number' || !isReplaced(target, text, found.mode)) fs.writeFileSync(target, text);
    } else if (fs.lstatSync(file, { throwIfNoEntry: false })) fs.appendFileSync(file, text);
    else replace(file, text);
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException;
    throw new UsageError(`${uri}: cannot be written (${code === 'ENOENT' ? 'no such folder' : code})`);
  }
}

/** The number of a file that the shell has opened for this program, by the names that it has there; null for any other. */
function descriptorOf(file: string): number | null {
  if (file === '/dev/stdout') return 1;
  if (file === '/dev/stderr') return 2;
  const [, number] = /^\/(?:dev|proc\/self)\/fd\/(\d+)$/.exec(file) ?? [];
  return number === undefined ? null : Number(number);
}

function replace(file: string, text: string, mode?: number): void {
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    fs.writeFileSync(temporary, text);
    if (mode !== undefined) fs.chmodSync(temporary, mode);
    fs.renameSync(temporary, file);
  } catch (error) {
    fs.rmSync(temporary, { force: true });
    throw error;
  }
}

/** A file may be open to writing where its folder is not, or be mounted: then nothing can take its place. */
function isReplaced(file: string, text: string, mode: number): boolean {
  try {
    replace(file, text, mode);
    return true;
  } catch (error) {
    if (['EACCES', 'EBUSY', 'EPERM', 'EROFS', 'EXDEV'].includes((error as NodeJS.ErrnoException).code ?? ''))
      return false;
    throw error;
  }
}

/** The nearest folder at or above that holds `.git`; null when there is none. */
export function repositoryRoot(from: string): string | null {
  for (let folder = from; ; folder = path.dirname(folder)) {
    if (fs.existsSync(path.join(folder, '.git'))) return folder;
    if (path.dirname(folder) === folder) return null;
  }
}

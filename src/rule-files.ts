// The rules that there are, as modules by file name. The build puts a list of imports in this module's place, so that the published
// program reads no folder: keep it to what that replacement can do.

import { readdir } from 'node:fs/promises';

const folder = new URL('../rules/', import.meta.url);

/** What each file of rules/ exports by default, keyed and sorted by the file's name without its extension. Nothing is checked here. */
export async function ruleFiles(): Promise<ReadonlyMap<string, unknown>> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.ts')).sort();
  const modules = await Promise.all(
    files.map((file) => import(new URL(file, folder).href) as Promise<{ default: unknown }>),
  );
  return new Map(files.map((file, i) => [file.slice(0, -'.ts'.length), modules[i]?.default]));
}

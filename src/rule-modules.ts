// The modules of rules/, listed from the folder. The build replaces this file by a generated list of imports; a test holds both equal.

import fs from 'node:fs';
import type { Rule } from './rule.ts';

const folder = new URL('../rules/', import.meta.url);

/** File name without ending, and the rule that it exports. */
export async function ruleModules(): Promise<readonly (readonly [string, Rule])[]> {
  const files = fs.readdirSync(folder).filter((f) => f.endsWith('.ts'));
  return Promise.all(
    files.sort().map(async (file) => {
      const module = (await import(new URL(file, folder).href)) as { readonly default: Rule };
      return [file.replace(/\.ts$/, ''), module.default] as const;
    }),
  );
}

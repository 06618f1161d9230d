// The example meshes: where they are, their clusters, and a check of one as the program does it.

import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Checked, type CheckOptions, check } from '../../src/check.ts';
import { loadRules } from '../../src/registry.ts';
import { readFiles } from '../../src/source/files.ts';
import type { Input } from '../../src/source/source.ts';
import { readText } from '../../src/source/yaml.ts';

export const root = fileURLToPath(new URL('../../', import.meta.url));

/** Names of all example meshes but the one with a configuration. */
export const examples: readonly string[] = fs
  .readdirSync(path.join(root, 'examples'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !['accepted', 'in-cluster', 'library'].includes(entry.name))
  .map((entry) => entry.name)
  .sort();

/** The time at which examples are judged. */
export const AT = Date.parse('2026-06-01T00:00:00Z');

export function readExample(name: string): Input {
  return readFiles({ paths: [`examples/${name}`], clusters: [], cwd: root, repository: root });
}

export async function checkInput(input: Input, options: Partial<CheckOptions> = {}): Promise<Checked> {
  return check(input, await loadRules(), {
    routing: null,
    calicoVersion: null,
    beforePeering: false,
    at: AT,
    disabled: new Set(),
    strict: false,
    tool: { name: 'mesh-preflight', version: '0.0.0' },
    ...options,
  });
}

/** The documents of every cluster of an example. */
export function documentsOf(
  name: string,
): readonly { readonly name: string; readonly documents: readonly unknown[] }[] {
  const folder = path.join(root, 'examples', name);
  const clusters = fs.readdirSync(folder, { withFileTypes: true }).filter((e) => e.isDirectory());
  return clusters.map((cluster) => ({
    name: cluster.name,
    documents: fs.readdirSync(path.join(folder, cluster.name)).flatMap((file) => {
      return [...readText(fs.readFileSync(path.join(folder, cluster.name, file), 'utf8'))].map((d) => d.value);
    }),
  }));
}

/** Everything in an example's Secrets and inline credentials that must never be seen: encoded values, tokens in them, and their parts. */
export function secretsOf(name: string): readonly string[] {
  const found = new Set<string>();
  const folder = path.join(root, 'examples', name);
  for (const file of fs.readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!/\.(ya?ml|json)$/.test(file)) continue;
    const text = fs.readFileSync(path.join(folder, file), 'utf8');
    for (const [, value = ''] of text.matchAll(
      /"?(?:token|kubeconfig|k8sAPIToken|[\w.-]*kubeconfig)"?: "?([A-Za-z0-9+/=._-]{40,})"?/g,
    )) {
      found.add(value);
      const decoded = Buffer.from(value, 'base64').toString();
      for (const [token] of decoded.matchAll(/eyJ[A-Za-z0-9_.-]{20,}/g)) {
        for (const part of [token, ...token.split('.')]) found.add(part);
      }
    }
  }
  return [...found];
}

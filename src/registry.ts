// Finds the rules. In development it lists the folder rules/; the build replaces that listing by a generated list.

import { requirements } from './requirements.ts';
import type { Rule } from './rule.ts';
import { ruleModules } from './rule-modules.ts';

/** All rules, sorted by id. Throws where a rule's id is not its file's name or a requirement's id. */
export async function loadRules(): Promise<readonly Rule[]> {
  const rules: Rule[] = [];
  for (const [name, rule] of await ruleModules()) {
    if (rule.id !== name) throw new Error(`rules/${name} calls itself ${rule.id}`);
    if (requirements.some((r) => r.id === rule.id)) throw new Error(`rule ${rule.id} has the id of a requirement`);
    rules.push(rule);
  }
  return rules.sort((a, b) => (a.id < b.id ? -1 : 1));
}

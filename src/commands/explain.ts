// `explain`, `rules` and `requirements`: what is judged, and why.

import { audits } from '../audits.ts';
import { noSuch } from '../model/wording.ts';
import { loadRules } from '../registry.ts';
import { explainAudit, explainRequirement, explainRule, listRequirements, listRules } from '../report/explain.ts';
import type { ColorChoice } from '../report/terminal.ts';
import { requirements } from '../requirements.ts';
import type { Rule } from '../rule.ts';
import { UsageError } from '../source/source.ts';
import { print, textOptions } from './program.ts';

export async function runExplain(id: string, { color }: { color: ColorChoice }): Promise<number> {
  const rules = await loadRules();
  const options = textOptions(color, process.stdout, 0);
  const rule = rules.find((r) => r.id === id);
  const requirement = requirements.find((r) => r.id === id);
  const audit = audits.find((a) => a.id === id);
  if (audit) await print(explainAudit(audit, options));
  else if (rule) await print(explainRule(rule, options));
  else if (requirement) await print(explainRequirement(requirement, rules, options));
  else {
    const known = [...rules, ...audits, ...requirements].map((each) => each.id);
    throw new UsageError(noSuch('rule or requirement', id, known));
  }
  return 0;
}

export async function runList(
  what: 'rules' | 'requirements',
  flags: { output: 'table' | 'json'; color: ColorChoice },
): Promise<number> {
  const rules: readonly Rule[] = await loadRules();
  const options = textOptions(flags.color, process.stdout, 0);
  const list = what === 'rules' ? listRules : listRequirements;
  await print(list(rules, flags.output, options));
  return 0;
}

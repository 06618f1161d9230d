// The library: check clusters from exported files and get the report as data.

export { type Checked, type CheckOptions, check } from './check.ts';
export { loadRules } from './registry.ts';
export type { Finding, Report } from './report/report.ts';
export { requirements } from './requirements.ts';
export { defineRule, type Rule } from './rule.ts';
export { type FileOptions, readFiles } from './source/files.ts';
export { UsageError } from './source/source.ts';

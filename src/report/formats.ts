// The formats that are loaded together.

export { concise } from './concise.ts';
export { dot } from './dot.ts';
export { github } from './github.ts';
export { gitlab } from './gitlab.ts';
export { jsonl } from './jsonl.ts';
export { junit } from './junit.ts';
export { markdown } from './markdown.ts';
export { mermaid } from './mermaid.ts';
export { openreports, policyreport } from './openreports.ts';
export { sarif } from './sarif.ts';

// Checks exported clusters and prints what is in their way: `node check.mjs exports`.
import { check, loadRules, readFiles, UsageError } from 'mesh-preflight';

const [folder = 'exports'] = process.argv.slice(2);

try {
  const input = readFiles({ paths: [folder], clusters: [], cwd: process.cwd(), repository: null });
  const { report } = check(input, await loadRules(), {
    routing: null, // the input tells, as it does the version
    calicoVersion: null,
    beforePeering: false,
    at: Date.now(), // when expiry is judged
    disabled: new Set(), // ids of rules
    strict: false,
    tool: { name: 'my-program', version: '1.0.0' },
  });
  for (const { verdict, rule, message, evidence } of report.findings) {
    if (verdict === 'unknown') continue;
    const location = evidence[0]?.location;
    console.log(`${location ? `${location.uri}:${location.line}: ` : ''}${message.text} [${rule}]`);
  }
  const open = report.requirements.filter((requirement) => requirement.verdict === 'unknown');
  console.log(`${report.verdict}; not proven: ${open.map((requirement) => requirement.id).join(', ') || 'nothing'}`);
  process.exitCode = report.verdict === 'ready' ? 0 : 1;
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}

// Programs that tests run and that not every machine has.

import { spawnSync } from 'node:child_process';

/**
 * Is it on the PATH? Where this variable is set to 1 it is said to be, so that the tests that want it fail rather than being skipped.
 */
export function hasTool(name: string, required: `REQUIRE_${string}`): boolean {
  if (process.env[required] === '1') return true;
  return spawnSync('sh', ['-c', 'command -v "$1"', 'sh', name]).status === 0;
}

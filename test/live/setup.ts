// Before the live tests: says how to have them run where they cannot, or fails where they have to.

import { assets, noAssets } from './servers.ts';

export default function setup(): void {
  if (assets() === null) process.stderr.write(`${noAssets}; set REQUIRE_LIVE=1 to make that a failure\n`);
}

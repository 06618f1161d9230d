// The browser that tests look at pages with: Debian's chromium. Without it they are skipped and say how to get it, or fail if it is required.

import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const CHROMIUM = '/usr/bin/chromium';
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Is there no browser? Says so once, and throws where REQUIRE_BROWSER is 1. */
export function browserIsMissing(): boolean {
  if (existsSync(CHROMIUM)) return false;
  const why = `no browser: ${CHROMIUM} is not installed (apt-get install chromium fonts-dejavu-core fonts-noto-color-emoji)`;
  if (process.env.REQUIRE_BROWSER === '1') throw new Error(why);
  process.stderr.write(`${why}; set REQUIRE_BROWSER=1 to make that a failure\n`);
  return true;
}

export function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
}

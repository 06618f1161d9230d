// The page in a browser: accessible in both colour schemes, wide and narrow; loads nothing, never scrolls sideways, cuts no text.

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { html } from '../../src/report/html/html.ts';
import type { View } from '../../src/report/report.ts';
import { browserIsMissing, openBrowser } from '../kit/browser.ts';
import { checkInput, readExample, root } from '../kit/examples.ts';
import { crowds, forged, forty, pools, rich } from './html-views.ts';
import { views } from './views.ts';

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

const misfits = readFileSync(new URL('misfits.js', import.meta.url), 'utf8');

const missing = browserIsMissing();

const EXAMPLE = 'overlapping-pools';
const checked = await checkInput(readExample(EXAMPLE));
const tool = { name: manifest.name, version: manifest.version };
const example: View = { ...checked, report: { ...checked.report, tool }, exitReason: 'exit 1: not ready, 2 errors' };
const pages: Readonly<Record<string, View>> = {
  rich,
  forty,
  forged,
  pools,
  wide: views.wide,
  undecided: views.undecided,
  'ten places': views.tenPlaces,
  'an example': example,
};

describe.skipIf(missing)('the page in a browser', () => {
  const folder = mkdtempSync(join(tmpdir(), 'html-report-'));
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
    for (const [name, view] of Object.entries({ ...pages, ...crowds })) {
      writeFileSync(join(folder, `${name}.html`), [...html(view, { maxFindings: 100 })].join(''));
    }
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const url = (name: string) => pathToFileURL(join(folder, `${name}.html`)).href;

  async function withPage(
    options: Parameters<Browser['newContext']>[0],
    use: (page: Page, context: BrowserContext) => Promise<void>,
  ): Promise<void> {
    const context = await browser.newContext(options);
    try {
      await use(await context.newPage(), context);
    } finally {
      await context.close();
    }
  }

  describe.each(Object.keys(pages))('of %s', (name) => {
    const every = [1200, 420].flatMap((width) => (['light', 'dark'] as const).map((scheme) => ({ width, scheme })));
    // What differs between pages is what they hold, not how it is coloured: each width and each scheme once is enough for most.
    const some = every.filter(({ width, scheme }) => name === 'rich' || (width === 1200) === (scheme === 'light'));
    it.each(some)('is sound at $width pixels, $scheme', async ({ width, scheme }) => {
      await withPage({ viewport: { width, height: 900 }, colorScheme: scheme }, async (page, context) => {
        const requests: string[] = [];
        const said: string[] = [];
        context.on('request', (request) => requests.push(request.url()));
        page.on('console', (message) => said.push(message.text()));
        page.on('pageerror', (error) => said.push(error.message));
        await page.goto(url(name));
        // What is folded has to be sound as well.
        await page.evaluate('for (const details of document.querySelectorAll("details")) details.open = true');
        expect(await page.evaluate(misfits)).toEqual([]);
        expect(requests).toEqual([url(name)]);
        expect(said).toEqual([]);
        // The page holds no frames, for which axe would otherwise copy all that it knows to and fro.
        const axe = new AxeBuilder({ page }).setLegacyMode().options({ resultTypes: ['violations'] });
        const { violations } = await axe.withTags(TAGS).analyze();
        expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((n) => n.html).join(' | ')}`)).toEqual([]);
      });
    });
  });

  it('opens what a link leads to', async () => {
    await withPage({ viewport: { width: 1200, height: 900 } }, async (page) => {
      await page.goto(url('rich'));
      const folded = page.locator('#open-core article').first();
      expect(await folded.isVisible()).toBe(false);
      await page.getByRole('link', { name: 'access-secret in lab: undecided' }).click();
      expect(await folded.isVisible()).toBe(true);
    });
  });

  it('takes names for names', async () => {
    await withPage({ viewport: { width: 1200, height: 900 } }, async (page) => {
      await page.goto(url('forged'));
      const row = page.getByRole('row', { name: /^from|<b>&"'<\/b>\|::error::/ });
      expect(await row.count()).toBeGreaterThan(0);
      expect(await page.locator('script, tbody b').count()).toBe(0);
      const text = (await page.locator('body').textContent()) ?? '';
      expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202a-\u202e]/u);
    });
  });

  it.each([...Object.keys(pages), ...Object.keys(crowds)])(
    'prints all of %s, what is folded as well, nothing wider than the paper, and nothing too small',
    async (name) => {
      await withPage({ viewport: { width: 720, height: 1000 }, colorScheme: 'dark' }, async (page) => {
        await page.emulateMedia({ media: 'print' });
        await page.goto(url(name));
        const folded = page.locator('details > :not(summary)');
        for (const each of await folded.all()) expect(await each.isVisible()).toBe(true);
        const cut = 'e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1';
        const scrollers = `[...document.querySelectorAll(".scroll")].filter((e) => ${cut}).map((e) => e.ariaLabel)`;
        expect(await page.evaluate(scrollers)).toEqual([]);
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(720);
        expect(await page.evaluate(misfits)).toEqual([]);
      });
    },
  );

  it('prints every range and every overlap of many pools', async () => {
    await withPage({ viewport: { width: 720, height: 1000 } }, async (page) => {
      await page.emulateMedia({ media: 'print' });
      await page.goto(url('pools'));
      const text = await page.locator('#addresses').innerText();
      for (const { ranges } of pools.addressPlan()) {
        for (const { text: range, pool } of ranges) expect(text).toContain(`${range} ${pool}`);
      }
      const overlaps = page.locator('#addresses .told li');
      expect(await overlaps.count()).toBeGreaterThan(80);
      for (const one of await overlaps.all()) expect(await one.isVisible()).toBe(true);
    });
  });

  const few = Object.keys(crowds).filter((name) => (crowds[name]?.report.clusters.length ?? 0) <= 12);
  it.each(['rich', 'pools', ...few])('shows all ways between clusters of %s at once', async (name) => {
    await withPage({ viewport: { width: 1200, height: 900 } }, async (page) => {
      await page.goto(url(name));
      const cut =
        '[...document.querySelectorAll(":is(#requirements, #mesh) .scroll")].filter((e) => e.scrollWidth > e.clientWidth)';
      expect(await page.evaluate(`${cut}.map((e) => e.ariaLabel)`)).toEqual([]);
    });
  });

  it('shows where there is more to scroll to, until there is no more', async () => {
    await withPage({ viewport: { width: 1200, height: 900 } }, async (page) => {
      await page.goto(url('pools'));
      const fading = () =>
        page.evaluate<string[]>(
          `[...document.querySelectorAll(".scroll")].filter((e) => parseFloat(getComputedStyle(e).getPropertyValue("--right")) > 0).map((e) => e.ariaLabel)`,
        );
      const plan = page.getByRole('region', { name: 'Table of pod ranges, IPv4' });
      expect(await fading()).toEqual(['Table of pod ranges, IPv4']);
      await plan.evaluate((e) => e.scrollTo(e.scrollWidth, 0));
      await expect.poll(fading).toEqual([]);
      await plan.evaluate((e) => e.scrollTo(0, 0));
      await expect.poll(fading).not.toEqual([]);
      await page.emulateMedia({ media: 'print' });
      expect(await fading()).toEqual([]);
    });
  });

  it('is shown in the README', async () => {
    const picture = join(root, 'examples', EXAMPLE, 'report.png');
    // No two machines draw the same bytes: to draw it anew, take it away.
    if (!existsSync(picture)) {
      await withPage({ viewport: { width: 1200, height: 900 }, colorScheme: 'light' }, async (page) => {
        await page.goto(url('an example'));
        await page.locator('.clusters > summary').click();
        const box = await page.locator('#addresses').boundingBox();
        const height = Math.ceil((box?.y ?? 0) + (box?.height ?? 0)) + 16;
        await page.screenshot({ path: picture, fullPage: true, clip: { x: 0, y: 0, width: 1200, height } });
      });
    }
    const bytes = readFileSync(picture);
    expect(bytes.readUInt32BE(16)).toBe(1200);
    expect(bytes.length).toBeLessThan(320_000);
  });
});

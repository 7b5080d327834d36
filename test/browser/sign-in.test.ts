import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { putLiveSections } from '../fixtures/live-sections.ts';
import { type ResultsFixture, startResultsTable } from '../fixtures/results-table.ts';
import { signedFigures } from '../fixtures/signed-figures.ts';
import { chromiumPath, launchChromium } from './chromium.ts';
import { lowContrast } from './low-contrast.ts';
import { type PageFront, startPageFront } from './page-front.ts';

if (chromiumPath === undefined) {
  console.warn('No Chromium found: signing in is NOT tested. Set CHROMIUM_PATH to test it.');
}

describe.skipIf(chromiumPath === undefined)('the live page', { timeout: 60_000 }, () => {
  let table: ResultsFixture;
  let closed: PageFront;
  let open: PageFront;
  let signed: Awaited<ReturnType<typeof signedFigures>>;
  let browser: Browser;
  let page: Page;
  /** Errors on the console that are not the browser's word on a refusal. */
  let complaints: string[];
  /** The tokens that figures were asked for with. */
  let asked: (string | undefined)[];

  beforeAll(async () => {
    table = await startResultsTable();
    signed = await signedFigures();
    closed = await startPageFront(table, signed.parts);
    open = await startPageFront(table);
    browser = await launchChromium(chromiumPath ?? '');
  });

  afterAll(async () => {
    await browser?.close();
    await Promise.all([closed?.stop(), open?.stop()]);
    await table?.stop();
  });

  beforeEach(async () => {
    complaints = [];
    asked = [];
    await putLiveSections(table, Date.now());
    const options = { locale: 'en-US', timezoneId: 'UTC', viewport: { width: 1280, height: 800 } };
    page = await browser.newPage(options);
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      if (!/status of 40[13]/.test(message.text())) complaints.push(message.text());
    });
    page.on('request', (request) => {
      if (request.url().endsWith('/live')) asked.push(request.headers()['authorization']);
    });
  });

  afterEach(async () => {
    await page.close();
    expect(complaints).toEqual([]);
  });

  const field = () => page.getByLabel('Token');
  const form = () => page.locator('[data-part="sign-in"]');
  const figures = () => page.locator('main');
  const refusal = () => page.getByRole('alert');
  const signOut = () => page.getByRole('button', { name: 'Sign out' });
  const net = () => page.locator('[data-slot="net"] [data-slot="value"]').textContent();
  const status = (words: string) =>
    page.locator('[data-slot="status"]', { hasText: words }).waitFor({ timeout: 10_000 });

  const go = (front: PageFront) => page.goto(`${front.url}/dashboard`);

  async function signIn(text: string): Promise<void> {
    await field().fill(text);
    await page.getByRole('button', { name: 'Show the figures' }).click();
  }

  test('shows its figures without a word about tokens where they are for everyone', async () => {
    await go(open);
    await status('Live');
    expect(await net()).toMatch(/^\$\d/);
    expect([await form().isVisible(), await signOut().isVisible()]).toEqual([false, false]);
    expect(asked.every((token) => token === undefined)).toBe(true);
  });

  test('asks for a token once, and for figures no more, until there is one', async () => {
    await go(closed);
    await field().waitFor();
    await status('Signed out');
    expect([await figures().isVisible(), await signOut().isVisible()]).toEqual([false, false]);
    expect(await refusal().textContent()).toBe('');
    expect(await form().textContent()).toContain('npm run -s token -- --role analyst');
    await page.waitForTimeout(2_500);
    expect(asked).toEqual([undefined]);
  });

  test('is signed in to by the keyboard alone, and keeps the token in its tab', async () => {
    await go(closed);
    await field().waitFor();
    expect(await field().evaluate((input) => input === document.activeElement)).toBe(true);
    const token = await signed.tokenOf('analyst');
    await page.keyboard.insertText(`Bearer ${token.slice(0, 60)}\n  ${token.slice(60)}`);
    await page.keyboard.press('Enter');
    await status('Live');
    expect(await net()).toMatch(/^\$\d/);
    expect(await form().isVisible()).toBe(false);
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('figures');
    await page.waitForTimeout(2_200);
    expect(asked.slice(1).length).toBeGreaterThan(1);
    expect(new Set(asked.slice(1))).toEqual(new Set([`Bearer ${token}`]));
    const kept = await page.evaluate(() => ({
      tab: JSON.stringify(sessionStorage),
      browser: JSON.stringify(localStorage) + document.cookie + location.href,
      shown: document.documentElement.outerHTML,
    }));
    expect(kept.tab).toContain(token);
    expect(kept.browser + kept.shown).not.toContain(token);

    await page.reload();
    await status('Live');
    expect(await form().isVisible()).toBe(false);
    await signOut().click();
    await field().waitFor();
    await status('Signed out');
    expect(await page.evaluate(() => JSON.stringify(sessionStorage))).not.toContain(token);
    expect(await net()).toBe('–');
    expect(await page.title()).toBe('Shop live');
  });

  test('says what is wrong with a token, and takes the next one', async () => {
    const stranger = await (await signedFigures()).tokenOf('analyst');
    await go(closed);
    for (const [text, reason] of [
      ['npm run -s token', 'That is no token: one has three parts, with dots between them.'],
      ['no.to.ken', 'The token is not accepted: the token is not one that this shop signs.'],
      [stranger, 'The token is not accepted: the token was not signed by this shop.'],
      [
        await signed.tokenOf('shopper'),
        "The token gives no right to this: it takes role analyst, operator or admin; this token's is shopper.",
      ],
    ] as const) {
      await field().waitFor();
      await signIn(text);
      await expect.poll(() => refusal().textContent(), { timeout: 5_000 }).toBe(reason);
      expect(await field().getAttribute('aria-invalid')).toBe('true');
      expect(await field().evaluate((input) => input === document.activeElement)).toBe(true);
      expect(await figures().isVisible()).toBe(false);
    }
    await signIn(await signed.tokenOf('operator'));
    await status('Live');
  });

  test('takes its figures away when the token has expired, and says so', async () => {
    await go(closed);
    await field().waitFor();
    await signIn(await signed.tokenOf('analyst', 4_000));
    await status('Live');
    const shown = String(await net());
    expect(shown).toMatch(/^\$\d/);
    const reason = 'The token is not accepted: the token has expired.';
    await page.locator('[role="alert"]', { hasText: reason }).waitFor({ timeout: 15_000 });
    expect(await page.locator('body').textContent()).not.toContain(shown);
    expect(await page.evaluate(() => JSON.stringify(sessionStorage))).not.toContain('ey');
    await signIn(await signed.tokenOf('analyst'));
    await status('Live');
    expect(await net()).toBe(shown);
  });

  test('shows what is for everyone also to who still has an old token', async () => {
    await page.addInitScript((token) => sessionStorage.setItem('shop-token', token), 'a.b.c');
    await go(open);
    await status('Live');
    expect([await form().isVisible(), await signOut().isVisible()]).toEqual([false, false]);
  });

  test('keeps the form while the API is away, and goes on with the token when it is back', async () => {
    await go(closed);
    await field().waitFor();
    await closed.goAway();
    await signIn(await signed.tokenOf('analyst'));
    await status('Offline');
    expect(await form().isVisible()).toBe(true);
    await closed.comeBack();
    await status('Live');
    expect(await form().isVisible()).toBe(false);
    complaints = complaints.filter((words) => !/ERR_(CONNECTION|EMPTY|SOCKET)/.test(words));
  });

  test.each([
    [390, 844, 'light'],
    [390, 844, 'dark'],
    [1280, 800, 'light'],
    [1920, 1080, 'dark'],
  ] as const)(
    'asks for a token at %d × %d in %s colours with nothing cut off',
    async (width, height, colorScheme) => {
      await page.setViewportSize({ width, height });
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await go(closed);
      await field().waitFor();
      await signIn('no.to.ken');
      await expect.poll(() => refusal().textContent(), { timeout: 5_000 }).not.toBe('');
      expect(await lowContrast(page)).toEqual([]);
      const room = await page.evaluate(() => ({
        overflow: document.documentElement.scrollWidth - innerWidth,
        scrolls: document.documentElement.scrollHeight > innerHeight,
      }));
      expect(room).toEqual({ overflow: 0, scrolls: false });
      await signIn(await signed.tokenOf('analyst'));
      await status('Live');
      expect(await lowContrast(page)).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0);
    },
  );
});

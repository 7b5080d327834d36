import { afterAll, beforeAll, expect, test } from 'vitest';
import { serveHandlers } from '../fixtures/http-front.ts';
import { testInsights } from '../fixtures/insights.ts';
import { startShop } from '../fixtures/shop.ts';
import { chromiumPath, launchChromium } from './chromium.ts';

let shop: Awaited<ReturnType<typeof startShop>>;
let front: Awaited<ReturnType<typeof serveHandlers>>;

beforeAll(async () => {
  shop = await startShop();
  const insights = testInsights();
  front = await serveHandlers({
    $default: shop.handler,
    '/insights/openapi.json': insights,
  });
});

afterAll(async () => {
  await front?.close();
  await shop?.stop();
});

test.skipIf(chromiumPath === undefined)(
  'the documentation shows every endpoint, tries one with a token, and asks nobody else',
  { timeout: 60_000 },
  async () => {
    const browser = await launchChromium(chromiumPath ?? '');
    try {
      const page = await browser.newPage();
      const complaints: string[] = [];
      const hosts = new Set<string>();
      page.on('console', (message) => {
        if (message.type() === 'error') complaints.push(message.text());
      });
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('request', (request) => {
        if (!request.url().startsWith('data:')) hosts.add(new URL(request.url()).host);
      });
      await page.goto(`${front.url}/docs`);
      await page.waitForSelector('.opblock-summary-path[data-path="/orders/{id}/payments"]');
      const operations: string[] = [];
      for (const document of ['openapi.json', 'insights/openapi.json']) {
        const { paths } = await (await fetch(`${front.url}/${document}`)).json();
        operations.push(...Object.values<object>(paths).flatMap(Object.keys));
      }
      expect(await page.locator('.opblock').count()).toBe(operations.length);
      const token = await shop.tokenOf('analyst');
      await page.locator('.auth-wrapper .btn.authorize').click();
      await page.locator('.auth-container input').fill(token);
      await page.locator('.auth-btn-wrapper .btn.authorize').click();
      await page.locator('.btn-done').click();
      await page.locator('.opblock-get [data-path="/customers"]').click();
      const asked = page.waitForRequest(/\/customers/);
      await page.locator('.execute').click();
      expect((await asked).headers()['authorization']).toBe(`Bearer ${token}`);
      await page.waitForSelector('.live-responses-table');
      const reply = await page.locator('.live-responses-table').textContent();
      expect(reply).toContain('"id": 1');
      expect(complaints).toEqual([]);
      expect([...hosts]).toEqual([new URL(front.url).host]);
    } finally {
      await browser.close();
    }
  },
);

import { afterAll, beforeAll, expect, test } from 'vitest';
import { serveHandlers } from '../fixtures/http-front.ts';
import { startShop } from '../fixtures/shop.ts';
import { chromiumPath, launchChromium } from './chromium.ts';

let shop: Awaited<ReturnType<typeof startShop>>;
let front: Awaited<ReturnType<typeof serveHandlers>>;

beforeAll(async () => {
  shop = await startShop();
  front = await serveHandlers({ $default: shop.handler });
});

afterAll(async () => {
  await front?.close();
  await shop?.stop();
});

test.skipIf(chromiumPath === undefined)(
  'the documentation shows every endpoint, tries one, and asks nobody else',
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
      expect(await page.locator('.opblock').count()).toBe(15);
      await page.locator('.opblock-summary-path[data-path="/categories"]').click();
      await page.locator('.execute').click();
      await page.waitForSelector('.live-responses-table');
      const reply = await page.locator('.live-responses-table').textContent();
      expect(reply).toContain('"name": "Phones"');
      expect(complaints).toEqual([]);
      expect([...hosts]).toEqual([new URL(front.url).host]);
    } finally {
      await browser.close();
    }
  },
);

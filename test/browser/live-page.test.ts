import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { slackMessage } from '../../shared/alerts/slack-message.ts';
import type { LiveDocument } from '../../shared/events/live.ts';
import { putLiveSections } from '../fixtures/live-sections.ts';
import { type ResultsFixture, startResultsTable } from '../fixtures/results-table.ts';
import { shopHour } from '../fixtures/shop-hour.ts';
import { chromiumPath, launchChromium } from './chromium.ts';
import { lowContrast } from './low-contrast.ts';
import { type PageFront, startPageFront } from './page-front.ts';

if (chromiumPath === undefined) {
  console.warn('No Chromium found: the live page is NOT tested. Set CHROMIUM_PATH to test it.');
}

const money = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD' });
const dollars = (cents: number) => money.format(cents / 100);
const wholeDollars = (cents: number) => `$${Math.round(cents / 100).toLocaleString('en-US')}`;

describe.skipIf(chromiumPath === undefined)('the live page', () => {
  let table: ResultsFixture;
  let front: PageFront;
  let browser: Browser;
  let page: Page;
  /** What must stay empty: errors on the console, requests to other places. */
  let complaints: string[];

  beforeAll(async () => {
    table = await startResultsTable();
    front = await startPageFront(table);
    browser = await launchChromium(chromiumPath ?? '');
  });

  afterAll(async () => {
    await browser?.close();
    await front?.stop();
    await table?.stop();
  });

  beforeEach(async () => {
    complaints = [];
    const options = { locale: 'en-US', timezoneId: 'UTC', viewport: { width: 1280, height: 800 } };
    page = await browser.newPage(options);
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      if (message.type() !== 'log') complaints.push(message.text());
    });
    page.on('request', (request) => {
      if (!request.url().startsWith(front.url)) complaints.push(request.url());
    });
  });

  afterEach(async () => {
    await page.close();
    expect(complaints).toEqual([]);
  });

  const putHour = (atMs: number) => putLiveSections(table, atMs);

  async function open(): Promise<void> {
    await page.goto(`${front.url}/dashboard`);
  }

  async function live(): Promise<LiveDocument> {
    return (await fetch(`${front.url}/live`)).json();
  }

  const text = (selector: string) => page.locator(selector).first().textContent();
  const waitForText = (selector: string, words: string) =>
    page.locator(selector, { hasText: words }).first().waitFor({ timeout: 10_000 });

  test('before the first figures it says what will appear', async () => {
    await open();
    await waitForText('[data-slot="status"]', 'Waiting');
    await waitForText('[data-slot="notice"]', 'No job has written a result yet');
    await waitForText('[data-part="orders"]', 'No order yet');
    await waitForText('[data-part="most-viewed"]', 'No view yet');
    await waitForText('[data-part="messages"]', 'Nothing sent yet');
    expect(await text('[data-part="summary"] [data-slot="net"] [data-slot="value"]')).toBe('–');
  });

  test('it sends its own page view as a click, with nobody in it', async () => {
    const before = front.clicks.length;
    await open();
    await expect.poll(() => front.clicks.length, { timeout: 5_000 }).toBe(before + 1);
    const seen = { type: 'page', page: '/dashboard', user: null, consent: 'statistics' };
    expect(front.clicks.at(-1)).toMatchObject(seen);
    await page.evaluate(() => {
      Reflect.get(window, 'shopClicks').send({ type: 'view', productId: 7 });
      document.dispatchEvent(new Event('visibilitychange'));
    });
    await expect.poll(() => front.clicks.length, { timeout: 5_000 }).toBe(before + 2);
    const [first, second] = front.clicks.slice(-2);
    expect(second).toMatchObject({ type: 'view', productId: 7, session: first?.session });
  });

  test('it shows the figures the API returns', async () => {
    await putHour(Date.now());
    await open();
    await waitForText('[data-slot="status"]', 'Live');
    const { revenue, orders, alerts, health } = await live();
    const windows = revenue?.windows ?? [];
    const netCents = windows.reduce((sum, window) => sum + window.netCents, 0);
    expect(await text('[data-slot="net"] [data-slot="value"]')).toBe(wholeDollars(netCents));
    for (const pane of ['.net', '.orders-pane']) {
      expect(await page.locator(`${pane} .bar`).count()).toBe(windows.length);
      expect(await page.locator(`${pane} .bar.open`).count()).toBe(1);
    }
    expect(await text('[data-part="revenue"] [data-slot="readout"]')).toContain('preliminary');

    const rows = page.locator('[data-part="orders"] tbody tr');
    expect(await rows.count()).toBe(orders?.orders.length);
    const newest = orders?.orders[0];
    expect(await rows.first().textContent()).toContain(newest?.id);
    expect(await rows.first().textContent()).toContain(dollars(newest?.totalCents ?? 0));

    const alert = alerts?.alerts[2];
    const alertText = await page.locator('.alert').nth(2).textContent();
    for (const words of [alert?.reason, alert?.orderId, dollars(alert?.totalCents ?? 0), 'Sent']) {
      expect(alertText).toContain(words);
    }
    const jobs = await page.locator('[data-part="health"] tbody tr').allTextContents();
    expect(jobs).toHaveLength(health.length);
    expect(jobs.find((row) => row.startsWith('Revenue'))).toMatch(
      /^Revenue11838.ms.+62.ms141.ms412,118/,
    );
  });

  test('products are ranked by their views, and change places where they stand', async () => {
    const nowMs = Date.now();
    await putHour(nowMs);
    await open();
    await waitForText('[data-slot="status"]', 'Live');
    const { mostViewed } = shopHour(nowMs);
    const items = page.locator('[data-part="most-viewed"] li');
    const words = ({ productId, views }: { productId: number; views: number }) =>
      `${front.productNames.get(productId) ?? `Product ${productId}`}  ${views.toLocaleString('en-US')} `;
    await waitForText('[data-part="most-viewed"]', front.productNames.get(3) ?? '');
    expect(await items.allTextContents()).toEqual(mostViewed.products.map(words));
    expect(await text('[data-part="most-viewed"] [data-slot="aside"]')).toMatch(
      /^4,718 views in 10.min$/,
    );
    const longest = await items.first().evaluate((item) => item.style.getPropertyValue('--share'));
    expect(longest).toBe('1');

    await items.nth(4).evaluate((item) => item.setAttribute('data-seen', ''));
    const [first, ...others] = mostViewed.products;
    const risen = { productId: others[3]?.productId ?? 0, views: 1_500 };
    const products = [risen, first, ...others.filter((_, index) => index !== 3)];
    await table.putSection('most-viewed', { ...mostViewed, products }, nowMs + 1);
    await waitForText('[data-part="most-viewed"] li:first-child', words(risen));
    expect(await items.first().getAttribute('data-seen')).toBe('');
    expect(await items.count()).toBe(10);
  });

  test('a result is on the page a second later, and what stood there is not drawn anew', async () => {
    const nowMs = Date.now();
    await putHour(nowMs);
    await open();
    await waitForText('[data-slot="status"]', 'Live');
    await page.evaluate(() => {
      for (const row of document.querySelectorAll('[data-part="orders"] tbody tr')) {
        row.setAttribute('data-seen', '');
      }
    });
    const { orders } = shopHour(nowMs).orders;
    const fresh = { ...orders[0], id: '99001', totalCents: 777_77, orderedAtMs: nowMs };
    await table.putSection('orders', { orders: [fresh, ...orders.slice(0, 19)] }, nowMs + 1);
    const putMs = Date.now();
    await waitForText('[data-part="orders"] tbody tr:first-child', '$777.77');
    expect(Date.now() - putMs).toBeLessThan(2000);
    expect(await page.locator('[data-part="orders"] tbody tr[data-seen]').count()).toBe(19);
    expect(await page.locator('[data-part="orders"] tbody tr').count()).toBe(20);
  });

  test('while nothing changes it asks once a second and is answered 304', async () => {
    await putHour(Date.now());
    const statuses: number[] = [];
    page.on('response', (response) => {
      if (response.url().endsWith('/live')) statuses.push(response.status());
    });
    await open();
    await waitForText('[data-slot="status"]', 'Live');
    await page.waitForTimeout(3500);
    expect(statuses[0]).toBe(200);
    expect(new Set(statuses.slice(1))).toEqual(new Set([304]));
    expect(statuses.length).toBeGreaterThanOrEqual(4);
    expect(statuses.length).toBeLessThanOrEqual(6);
  });

  test('it says that the API is away and since when, and comes back by itself', async () => {
    await putHour(Date.now());
    await open();
    await waitForText('[data-slot="status"]', 'Live');
    await front.goAway();
    await waitForText('[data-slot="status"]', 'Offline');
    await waitForText('[data-slot="notice"]', 'The API does not answer, since');
    expect(await page.locator('[data-part="orders"] tbody tr').count()).toBe(20);
    await front.comeBack();
    await putHour(Date.now());
    await waitForText('[data-slot="status"]', 'Live');
    expect(await page.locator('[data-slot="notice"]').isVisible()).toBe(false);
    // A browser writes each refused connection to the console, and nothing but that stands there.
    complaints = complaints.filter((words) => !/ERR_(CONNECTION|EMPTY|SOCKET)/.test(words));
  });

  test('it says that figures are old, and why', async () => {
    await putHour(Date.now() - 90_000);
    await open();
    await waitForText('[data-slot="status"]', 'Not updating');
    await waitForText('[data-slot="notice"]', 'has written nothing since');
    await putHour(Date.now());
    await waitForText('[data-slot="status"]', 'Live');
  });

  test('messages that were sent are shown as text, whatever they contain', async () => {
    await putHour(Date.now());
    const alert = {
      rule: 'high-value-order',
      ruleVersion: 1,
      severity: 'critical' as const,
      title: 'Order <img src=x onerror=alert(1)>',
      reason: 'Over <script>alert(2)</script> & *not bold*',
      orderId: '7',
      customerId: '9',
      totalCents: 123_456,
      atMs: Date.now(),
    };
    const told = { id: 'alert-7', count: 1, others: [], sinceMs: alert.atMs, shopUrl: '' };
    const lead = { id: 'alert-7', data: alert };
    const body = JSON.stringify(slackMessage({ ...told, lead }));
    await fetch(`${front.url}/local/webhook`, { method: 'POST', body });
    await open();
    await waitForText('.message', alert.title);
    const message = page.locator('.message').first();
    expect(await message.textContent()).toContain('Over <script>alert(2)</script> &');
    expect(await message.textContent()).toContain('1,234.56');
    expect(await message.locator('.message-body img, script').count()).toBe(0);
  });

  test('the chart is read with the keyboard, and has a table beside it', async () => {
    await putHour(Date.now());
    await open();
    await waitForText('[data-slot="status"]', 'Live');
    const chart = page.getByRole('slider', { name: 'Revenue and orders per minute' });
    await chart.focus();
    await page.keyboard.press('End');
    expect(await chart.getAttribute('aria-valuetext')).toContain('preliminary');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    const { revenue } = await live();
    const second = revenue?.windows[2];
    expect(await chart.getAttribute('aria-valuetext')).toContain(dollars(second?.netCents ?? 0));
    expect(await chart.getAttribute('aria-valuenow')).toBe('58');

    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Enter');
    const rows = page.locator('[data-part="revenue"] tbody tr');
    expect(await rows.nth(2).textContent()).toContain(dollars(second?.netCents ?? 0));
    expect(await rows.count()).toBe(60);
    expect(await page.getByRole('button', { name: 'Table' }).getAttribute('aria-pressed')).toBe(
      'true',
    );
  });

  test('a new alert is announced to screen readers, the ones that stood there are not', async () => {
    const nowMs = Date.now();
    await putHour(nowMs);
    await open();
    await waitForText('[data-slot="status"]', 'Live');
    const announcer = page.locator('[aria-live="polite"]');
    expect(await announcer.count()).toBe(1);
    expect(await announcer.textContent()).toBe('');
    const { alerts } = shopHour(nowMs).alerts;
    const fresh = {
      ...alerts[2],
      id: 'fresh',
      reason: 'Order total 9999.00 is over the threshold',
    };
    await table.putSection('alerts', { alerts: [fresh, ...alerts] }, nowMs + 1);
    await page.locator('.alert').nth(9).waitFor();
    expect(await announcer.textContent()).toBe(
      'High-value order: Order total 9999.00 is over the threshold.',
    );
  });

  test.each(['light', 'dark'] as const)(
    'every text can be read in %s colours',
    async (colorScheme) => {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await putHour(Date.now());
      await open();
      await waitForText('[data-slot="status"]', 'Live');
      expect(await lowContrast(page)).toEqual([]);
      const ground = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      expect(ground).toBe(colorScheme === 'dark' ? 'rgb(15, 18, 23)' : 'rgb(243, 244, 246)');
    },
  );

  test.each([
    [390, 844],
    [1280, 800],
    [1920, 1080],
  ])(
    'at %d × %d nothing is cut off, and nothing moves when figures come',
    async (width, height) => {
      await page.setViewportSize({ width, height });
      await page.addInitScript(() => {
        const shifts: number[] = [];
        Object.assign(window, { shifts });
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) {
            if ('value' in entry) shifts.push(Number(entry.value));
          }
        }).observe({ type: 'layout-shift', buffered: true });
      });
      await open();
      await putHour(Date.now());
      await waitForText('[data-slot="status"]', 'Live');
      await page.waitForTimeout(1200);
      const measured = await page.evaluate(() => ({
        shifts:
          'shifts' in window && Array.isArray(window.shifts) ? window.shifts : ['not measured'],
        overflow: document.documentElement.scrollWidth - innerWidth,
        scrolls: document.documentElement.scrollHeight > innerHeight,
      }));
      expect(measured.overflow).toBe(0);
      expect(measured.shifts.reduce((sum, shift) => sum + shift, 0)).toBeLessThan(0.02);
      // On a screen that hangs on a wall nobody scrolls.
      if (width >= 1920) expect(measured.scrolls).toBe(false);
    },
  );
});

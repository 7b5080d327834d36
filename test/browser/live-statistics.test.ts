import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { LiveDocument } from '../../shared/events/live.ts';
import { formats } from '../../web/format.ts';
import { putLiveSections } from '../fixtures/live-sections.ts';
import { type ResultsFixture, startResultsTable } from '../fixtures/results-table.ts';
import { chromiumPath, launchChromium } from './chromium.ts';
import { type PageFront, startPageFront } from './page-front.ts';

const format = formats('en-US', 'USD');

describe.skipIf(chromiumPath === undefined)('the statistics on the live page', () => {
  let table: ResultsFixture;
  let front: PageFront;
  let browser: Browser;
  let page: Page;
  let nowMs: number;

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
    const options = { locale: 'en-US', timezoneId: 'UTC', viewport: { width: 1280, height: 800 } };
    page = await browser.newPage(options);
    nowMs = Date.now();
    await putLiveSections(table, nowMs);
    await page.goto(`${front.url}/dashboard`);
    await waitForText('[data-slot="status"]', 'Live');
    await waitForText('[data-part="most-viewed"]', front.productNames.get(3) ?? '');
  });

  afterEach(() => page.close());

  async function live(): Promise<LiveDocument> {
    return (await fetch(`${front.url}/live`)).json();
  }

  const waitForText = (selector: string, words: string) =>
    page.locator(selector, { hasText: words }).first().waitFor({ timeout: 10_000 });
  /** What is read, without the spaces that only part words. */
  const texts = async (selector: string) =>
    (await page.locator(selector).allTextContents()).map((words) =>
      words.replaceAll(/\s+/g, ' ').trim(),
    );
  const nameOf = (id: number) => front.productNames.get(id) ?? `Product ${id}`;
  const words = (...parts: readonly string[]) => parts.join(' ').replaceAll(/\s+/g, ' ').trim();

  /** Everything the sections show now is what the API says now. */
  async function expectAsTold(): Promise<void> {
    const { topProducts, salesPulse, productInterest, funnel, abandonedCarts } = await live();
    const top = topProducts.find(({ windowMs }) => windowMs === 300_000);
    expect(await texts('[data-slot="sold"] li')).toEqual(
      top?.byQuantity.map(({ productId, quantity, revenueCents }) =>
        words(nameOf(productId), format.moneyRounded(revenueCents), format.count(quantity)),
      ),
    );
    expect(await texts('[data-slot="rising"] li')).toEqual(
      top?.trending.map(({ productId, sharePercent, sharePercentBefore }) =>
        words(
          nameOf(productId),
          `${format.share(sharePercentBefore)} →`,
          format.share(sharePercent),
        ),
      ),
    );
    expect(await texts('[data-slot="categories"] .ranked-figure')).toEqual(
      top?.categories.map(({ revenueCents }) => format.moneyRounded(revenueCents)),
    );
    const now = salesPulse?.now;
    const pulse = (await texts('[data-part="pulse"]'))[0] ?? '';
    for (const said of [
      format.count(now?.sales ?? -1),
      format.moneyRounded(now?.revenueCents ?? -1),
      format.change(now?.growthPercent ?? -1),
      now?.insight ?? 'none',
    ]) {
      expect(pulse).toContain(said);
    }
    expect(await page.locator('.beat').count()).toBe(salesPulse?.recent.length);
    expect(await texts('[data-part="interest"] tbody tr')).toEqual(
      productInterest?.products.map((product) =>
        [
          nameOf(product.productId),
          ...[product.views, product.carts, product.purchases].map(format.count),
          format.share(product.conversionPercent ?? -1),
          product.isCandidate ? ' looked at, not bought' : '',
        ]
          .join('')
          .trim(),
      ),
    );
    expect(await texts('[data-slot="stages"] .stage-count')).toEqual(
      funnel?.stages.map(({ sessions }) => format.count(sessions)),
    );
    expect(await texts('[data-slot="carts"] .left-products')).toEqual(
      abandonedCarts?.carts.map(({ products, productsLeft }) =>
        words(
          nameOf(products[0]?.productId ?? -1),
          productsLeft > 1 ? `and ${productsLeft - 1} more` : '',
        ),
      ),
    );
  }

  test('every section shows the figures the API returns', async () => {
    await expectAsTold();
  });

  test('figures change where they stand, within two seconds, and go on after the API was away', async () => {
    await page
      .locator('[data-slot="sold"] li')
      .nth(2)
      .evaluate((row) => row.setAttribute('data-seen', ''));
    const { topProducts, salesPulse } = await live();
    const top = topProducts.find(({ windowMs }) => windowMs === 300_000)!;
    const [first, second, third, ...others] = top.byQuantity;
    const byQuantity = [{ ...third!, quantity: 4_321 }, first!, second!, ...others];
    await table.putSection('top-products#300000', { ...top, byQuantity }, nowMs + 1);
    const putMs = Date.now();
    await waitForText('[data-slot="sold"] li:first-child', '4,321');
    expect(Date.now() - putMs).toBeLessThan(2_000);
    expect(await page.locator('[data-slot="sold"] li:first-child').getAttribute('data-seen')).toBe(
      '',
    );
    await expectAsTold();

    await front.goAway();
    await waitForText('[data-slot="status"]', 'Offline');
    const sold = await texts('[data-slot="sold"] li');
    const spike = { ...salesPulse!.now, sales: 777, isSpike: true, insight: 'Sales leap.' };
    await table.putSection('sales-pulse', { ...salesPulse, now: spike }, nowMs + 2);
    expect(await texts('[data-slot="sold"] li')).toEqual(sold);
    await front.comeBack();
    await putLiveSections(table, Date.now());
    await table.putSection('sales-pulse', { ...salesPulse, now: spike }, nowMs + 3);
    await waitForText('[data-slot="status"]', 'Live');
    await waitForText('[data-part="pulse"]', 'Spike');
    await expectAsTold();
  });

  test('windows of each length are a press of a button away, also by the keyboard', async () => {
    const { topProducts, longerRevenue } = await live();
    await page.locator('[data-part="top-products"] [data-slot="sizes"] button').last().focus();
    await page.keyboard.press('Enter');
    const hour = topProducts.find(({ windowMs }) => windowMs === 3_600_000);
    await page.getByRole('button', { name: 'Revenue', exact: true }).click();
    expect(await texts('[data-slot="sold"] .ranked-figure')).toEqual(
      hour?.byRevenue.map(({ revenueCents }) => format.moneyRounded(revenueCents)),
    );
    const sizes = page.getByRole('group', { name: 'Length of a window' }).first();
    await sizes.getByRole('button', { name: '1h' }).click();
    expect(await sizes.getByRole('button', { name: '1h' }).getAttribute('aria-pressed')).toBe(
      'true',
    );
    await page.getByRole('slider', { name: 'Revenue and orders per hour' }).waitFor();
    expect(await page.locator('.net .bar').count()).toBe(longerRevenue[0]?.windows.length);
  });

  test('a section says that its job stands still while the others are live', async () => {
    const { health } = await live();
    const pulse = health.find(({ job }) => job === 'sales-pulse')!;
    const stopped = { ...pulse, status: 'stopped', reason: 'for a while' };
    await table.putSection('health#sales-pulse', stopped, nowMs);
    await waitForText('[data-part="pulse"] .trouble', 'Stopped');
    expect(await page.locator('[data-part="pulse"] .trouble').textContent()).toContain(
      'for a while',
    );
    expect(await page.locator('[data-part="funnel"] .trouble').isVisible()).toBe(false);
    expect((await texts('[data-part="health"] tbody th'))[0]).toBe('Sales pulse (stopped)');
  });

  test('an alert about a product names it, and nothing is there in place of an order', async () => {
    await waitForText('.alert .about', nameOf(11));
    const alert = (await texts('.alert'))[1] ?? '';
    expect(alert).toContain('354 views and 1 purchase');
    expect(alert).not.toMatch(/Order|Customer|undefined/);
  });

  test('products keep their ids where the shop cannot tell their names', async () => {
    const top = { ...(await live()).topProducts[1]! };
    const [product] = top.byQuantity;
    await table.putSection(
      'top-products#300000',
      { ...top, byQuantity: [{ ...product!, productId: 987_654 }] },
      nowMs + 1,
    );
    await waitForText('[data-slot="sold"]', 'Product 987654');
  });
});

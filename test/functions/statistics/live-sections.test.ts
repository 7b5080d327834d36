import { beforeEach, describe, expect, test } from 'vitest';
import { liveShows } from '../../../functions/statistics/live-sections.ts';
import { settings } from '../../../shared/config/settings.ts';
import { liveSections } from '../../../shared/events/live.ts';
import { MemoryStore } from '../../../shared/state/memory-store.ts';
import { codecVersion } from '../../../shared/stream/state/control.ts';
import { resultKey, sessionResultKey } from '../../../shared/stream/state/layout.ts';
import { shopHour } from '../../fixtures/shop-hour.ts';
import { shopStatistics } from '../../fixtures/shop-statistics.ts';

const nowMs = Date.UTC(2026, 2, 1, 12, 34, 56);
const hour = shopHour(nowMs);
const statistics = shopStatistics(nowMs);
const bounds = settings({});

let store: MemoryStore;
beforeEach(() => {
  store = new MemoryStore();
});

interface Window {
  readonly startMs: number;
  readonly endMs: number;
  readonly revision: number;
  readonly closed: boolean;
  readonly final: boolean;
}

/** As the engine tells a window; a job may say more than the page shows. */
async function tell<Told extends Window>(job: string, window: Told, generation = 1): Promise<void> {
  const { startMs, endMs, revision, closed, final, ...data } = window;
  const put = {
    codec: codecVersion,
    startMs,
    endMs,
    revision,
    closed,
    final,
    data: JSON.stringify({ ...data, more: 1 }),
  };
  await store.transact([{ key: resultKey({ name: job, generation }, startMs), put }]);
}

async function shown(job: string, section: keyof typeof liveSections, sk: string = section) {
  await liveShows(bounds, store).get(job)?.({ name: job, generation: 1 }, nowMs);
  return read(section, sk);
}

async function read(section: keyof typeof liveSections, sk: string = section) {
  const item = await store.get({ table: 'results', pk: 'LIVE', sk });
  return item && liveSections[section].parse(JSON.parse(String(item.attributes['data'])));
}

describe('liveShows()', () => {
  test('shows revenue of each size, newest first, and no more windows than have room', async () => {
    const [byHour] = statistics.longerRevenue;
    // Sixty windows with their parts would be as many times the bytes, ten times a second.
    const parts = { categories: [], methods: [] };
    for (const window of hour.revenue.windows) await tell('revenue', { ...window, ...parts });
    for (const window of byHour!.windows) await tell('revenue-1h', window);
    const early = byHour!.windows.at(-1)!;
    await tell('revenue-1h', { ...early, startMs: early.startMs - 3_600_000 });
    // One place is for a window of which an order from ahead tells.
    expect(await shown('revenue', 'revenue')).toEqual({
      ...hour.revenue,
      windows: hour.revenue.windows.slice(0, 59),
      windowsMax: 60,
    });
    expect(await shown('revenue-1h', 'revenue', 'revenue#3600000')).toEqual({
      ...byHour,
      windows: byHour!.windows.slice(0, 47),
    });
  });

  test('reads windows again until they are final, and those of another generation anew', async () => {
    const [open, closed, final] = hour.revenue.windows;
    for (const window of [open, closed, final]) await tell('revenue', window!);
    const shows = liveShows(bounds, store);
    const show = (generation: number) =>
      shows.get('revenue')?.({ name: 'revenue', generation }, nowMs);
    const orders = async () => {
      const section = await read('revenue');
      return section && 'windows' in section ? section.windows.map((window) => window.orders) : [];
    };
    await show(1);
    expect(await orders()).toEqual([open!.orders, closed!.orders, final!.orders]);
    for (const window of [open, closed]) await tell('revenue', { ...window!, orders: 900 });
    await show(1);
    expect(await orders()).toEqual([900, 900, final!.orders]);
    await tell('revenue', { ...final!, orders: 7 }, 2);
    await show(2);
    expect(await orders()).toEqual([7]);
  });

  test('shows top products of each size with the categories that have room', async () => {
    for (const top of statistics.topProducts) {
      const { windowMs, ...window } = top;
      const name = { 60000: '1m', 300000: '5m', 3600000: '1h' }[windowMs];
      const more = { ...window, categories: [...window.categories, ...window.categories] };
      await tell(`top-products-${name}`, more);
      const sk = `top-products#${windowMs}`;
      expect(await shown(`top-products-${name}`, 'top-products', sk)).toEqual(top);
    }
  });

  test('shows the pulse of the last closed window, and the open one as the end of its curve', async () => {
    const { now, recent } = statistics.salesPulse;
    for (const beat of recent) await tell('sales-pulse', { ...now, ...beat });
    const section = await shown('sales-pulse', 'sales-pulse');
    expect(section).toEqual({ now: { ...now, ...recent[1] }, recent });
  });

  test('shows the most viewed products and every candidate behind them', async () => {
    const [first] = statistics.productInterest.products;
    const many = Array.from({ length: 40 }, (_, index) => ({
      ...first!,
      productId: 100 + index,
      isCandidate: index === 30,
    }));
    await tell('product-interest', { ...statistics.productInterest, products: many });
    const section = await shown('product-interest', 'product-interest');
    const products = [...many.slice(0, 12), many[30]];
    expect(section).toEqual({ ...statistics.productInterest, products });
  });

  test('shows the newest window of views and of the funnel', async () => {
    const before = { startMs: hour.mostViewed.startMs - 60_000, endMs: hour.mostViewed.endMs };
    await tell('most-viewed', { ...hour.mostViewed, ...before, views: 1 });
    await tell('most-viewed', hour.mostViewed);
    await tell('funnel', statistics.funnel);
    expect(await shown('most-viewed', 'most-viewed')).toEqual(hour.mostViewed);
    expect(await shown('funnel', 'funnel')).toEqual(statistics.funnel);
  });

  test('shows abandoned carts, the latest first, and never whose they are', async () => {
    const { carts } = statistics.abandonedCarts;
    for (const [index, cart] of carts.entries()) {
      const visitor = `pseudonym-${index}`;
      const job = { name: 'abandoned-carts', generation: 1 };
      const data = { ...cart, visitor, visitorKind: 'user' };
      const key = sessionResultKey(job, cart.firstAtMs, visitor);
      await store.transact([{ key, put: { codec: codecVersion, data: JSON.stringify(data) } }]);
    }
    const near = carts.filter(({ firstAtMs }) => firstAtMs >= nowMs - 5_400_000);
    expect(await shown('abandoned-carts', 'abandoned-carts')).toEqual({ carts: near });
    const item = await store.get({ table: 'results', pk: 'LIVE', sk: 'abandoned-carts' });
    expect(String(item?.attributes['data'])).not.toContain('pseudonym');
  });

  test('writes nothing of a job that has said nothing', async () => {
    expect(await shown('funnel', 'funnel')).toBeUndefined();
  });
});

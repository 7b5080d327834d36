import { expect, test } from 'vitest';
import { saleFeaturesJob } from '../../../functions/sale-features/sale-features.ts';
import { settings } from '../../../shared/config/settings.ts';
import { saleFeaturesSchema } from '../../../shared/events/sale-features.ts';
import type { FeatureEvent } from '../../../shared/features/feature.ts';
import { saleEvents } from '../../../shared/sales/events.ts';
import { viewText } from '../../fixtures/clicks.ts';
import { loggedSource, playLog, type Step } from '../../fixtures/event-log.ts';
import { itemFact } from '../../fixtures/sales.ts';
import {
  orderItemText,
  orderText,
  paymentText,
  streamRecord,
} from '../../fixtures/shop-changes.ts';

const noonMs = Date.UTC(2026, 2, 2, 12);
const minuteMs = 60_000;
// What is played arrives at the epoch, so the time of every event lies ahead of its arrival.
const job = saleFeaturesJob(settings({ MAX_FUTURE_MS: String(Number.MAX_SAFE_INTEGER) }));

function sold(itemId: string, orderedAtMs: number, unitPriceCents: number): Step<FeatureEvent> {
  const event = saleEvents(itemFact({ itemId, orderedAtMs, unitPriceCents }));
  if (event === undefined) throw new TypeError('Cannot play a sale: it is no event');
  return { id: itemId, event };
}

test.each([1, 2, 4])(
  'saleFeaturesJob() tells each sale once, in order of its seller’s time, over %i shards',
  async (shards) => {
    const played = { ...job, sources: [loggedSource<FeatureEvent>('shop-changes')] };
    const steps = [
      sold('1', noonMs, 1_000),
      sold('2', noonMs + minuteMs, 2_000),
      { restart: true } as const,
      sold('3', noonMs + 2 * minuteMs, 6_000),
    ];
    const { emissions, late } = await playLog(played, steps, {
      seed: shards,
      shards,
      oneByOne: true,
    });

    expect(emissions.map(({ id, revision }) => [id, revision])).toEqual([
      ['sale-features|1', 1],
      ['sale-features|2', 1],
      ['sale-features|3', 1],
    ]);
    const [first, , third] = emissions.map(({ data }) => saleFeaturesSchema.parse(data));
    expect(first).toMatchObject({ itemId: '1', productId: '3', categoryId: '5', sellerId: '7' });
    expect(first?.features).toMatchObject({ price_zscore: null, seller_volume_last_1h: 2_000 });
    expect(third?.features).toMatchObject({
      // Two sales of 1,000 and 2,000 before: 4,500 over their mean of 1,500, which they miss by 500.
      price_zscore: 9,
      price_zscore_seller: 9,
      price_zscore_season: 9,
      price_to_product_mean: 4,
      seller_volume_last_1h: 18_000,
      // Three lines in 27 minutes, none in the 30 before.
      category_trend_30min: expect.closeTo((3 * 30) / Math.sqrt(27 * 30 * 3), 12),
      seasonality_score: 168,
      customer_pieces_28d: 6,
      customer_views_1h: 0,
    });
    expect(late).toEqual([]);
  },
);

test('saleFeaturesJob() reads orders, lines and clicks of people who are known', () => {
  const [changes, clickstream] = job.sources;
  const read = (text: string, source = changes) => {
    const [decoded] = source?.decode([streamRecord(text)]) ?? [];
    return decoded?.kind === 'event' ? decoded.event : decoded?.kind;
  };
  const customer_hash = 'c'.repeat(64);
  expect(read(orderText(5, noonMs, { customer_hash }))).toMatchObject({
    source: 'order',
    entities: { customer: customer_hash },
  });
  expect(read(orderText(5, noonMs))).toBe('ignored');
  expect(read(orderItemText(5, noonMs, { category_id: 4, seller_id: 6, customer_hash }))).toEqual({
    source: 'item',
    id: '5',
    atMs: noonMs,
    entities: {
      product: '3',
      seller: '6',
      customer: customer_hash,
      category: '4',
      season: '4|2026-Q1',
      hour: '4|12',
    },
    values: {
      quantity: 2,
      unitPriceCents: 995,
      amountCents: 1_990,
      category: '4',
      seller: '6',
      orderId: '1',
    },
  });
  expect(read(orderItemText(5, noonMs))).toMatchObject({ entities: { product: '3' } });
  expect(read(paymentText(5, noonMs))).toBe('ignored');
  expect(read(viewText('v', noonMs, { user: 'visitor-7' }), clickstream)).toMatchObject({
    source: 'click',
    entities: { customer: 'visitor-7' },
  });
  expect(read(viewText('v', noonMs, { user: null }), clickstream)).toBe('ignored');
});

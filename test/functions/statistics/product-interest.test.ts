import { describe, expect, it } from 'vitest';
import { productInterestJob } from '../../../functions/statistics/product-interest.ts';
import type { ShopFacts } from '../../../shared/changes/shop-facts.ts';
import { settings } from '../../../shared/config/settings.ts';
import { alertDataSchema } from '../../../shared/events/alert.ts';
import type { ClickRecord } from '../../../shared/events/click.ts';
import { productInterestDataSchema } from '../../../shared/events/product-interest.ts';
import { loggedSource, playLog, type Step } from '../../fixtures/event-log.ts';

type Seen = ClickRecord | ShopFacts['orderItem'];

const noonMs = Date.UTC(2026, 2, 1, 12);
const minuteMs = 60_000;
const small = {
  MAX_FUTURE_MS: String(Number.MAX_SAFE_INTEGER),
  INTEREST_PRODUCTS_SHOWN: '2',
  INTEREST_CANDIDATES_SHOWN: '2',
  FLASH_SALE_VIEWS_ABOVE: '10',
  FLASH_SALE_PURCHASES_BELOW: '3',
  FLASH_SALE_ALERTS_MAX: '1',
};

interface Shown {
  readonly type?: 'view' | 'cart';
  readonly category?: string | null;
  readonly atMs?: number;
}

function clicks(
  productId: number,
  count: number,
  { type = 'view', category = 'Toys', atMs = noonMs }: Shown = {},
): Step<Seen>[] {
  return Array.from({ length: count }, (_, index) => {
    const eventId = `${type}-${productId}-${atMs}-${category}-${index}`;
    const event: Seen = {
      ...{ schemaVersion: 1, eventId, type, productId, category, consent: 'statistics' },
      ...{ occurredAtMs: atMs + index, session: 's', user: null },
    };
    return { id: eventId, event };
  });
}

function bought(productId: number, count: number, orderedAtMs = noonMs): Step<Seen>[] {
  return Array.from({ length: count }, (_, index) => {
    const itemId = `${productId}-${orderedAtMs}-${index}`;
    const event: Seen = {
      ...{ kind: 'orderItem', itemId, orderId: itemId, customerId: '1', customerHash: null },
      ...{ productId: String(productId), categoryId: '1', sellerId: '1', orderedAtMs },
      ...{ quantity: 2, unitPriceCents: 1_050, committedAtMs: undefined },
    };
    return { id: itemId, event, stream: 'shop-changes' };
  });
}

async function told(steps: readonly Step<Seen>[]) {
  const job = {
    ...productInterestJob(settings(small)),
    sources: ['clickstream', 'shop-changes'].map((stream) => loggedSource<Seen>(stream)),
  };
  const all = [...steps, { tickMs: noonMs + 60 * minuteMs }];
  const { results, emissions } = await playLog(job, all, { seed: 5, shards: 2 });
  const interests = new Map(
    results
      .filter(({ data }) => 'candidates' in (data as object))
      .map(({ window, data }) => [
        (window.endMs - noonMs) / minuteMs,
        productInterestDataSchema.parse(data),
      ]),
  );
  const alerts = emissions
    .filter(({ type }) => type === 'alert')
    .map(({ id, entity, data }) => ({ id, entity, data: alertDataSchema.parse(data) }));
  return { interests, alerts };
}

describe('productInterestJob()', () => {
  it('puts clicks and order items of a product together, in both windows that they lie in', async () => {
    const { interests } = await told([
      ...clicks(7, 4),
      ...clicks(7, 1, { type: 'cart', category: 'Games', atMs: noonMs + 1 }),
      ...bought(7, 1),
      ...bought(9, 2, noonMs + 5 * minuteMs),
    ]);
    expect(interests.get(5)).toEqual({
      ...{ views: 4, carts: 1, purchases: 1, quantity: 2, revenueCents: 2_100 },
      ...{ conversionPercent: 25, distinctProducts: 1, candidates: 0, candidatesLeftOut: 0 },
      products: [
        {
          ...{ productId: 7, category: 'Toys', views: 4, carts: 1, purchases: 1, quantity: 2 },
          ...{ revenueCents: 2_100, conversionPercent: 25, isCandidate: false },
        },
      ],
    });
    expect(interests.get(10)).toMatchObject({ purchases: 3, distinctProducts: 2 });
    expect(interests.get(10)?.products[1]).toMatchObject({
      ...{ productId: 9, category: null, views: 0, purchases: 2, conversionPercent: null },
    });
    expect([...interests.keys()]).toEqual([5, 10, 15]);
  });

  it('tells the most viewed and the candidates, ties by product, and how many are left out', async () => {
    const { interests } = await told([
      ...[30, 4].flatMap((product) => [...clicks(product, 20), ...bought(product, 3)]),
      ...[6, 5, 8].flatMap((product) => [...clicks(product, 11), ...bought(product, 2)]),
      ...clicks(3, 10),
    ]);
    const told5 = interests.get(5);
    expect(told5?.products.map(({ productId, isCandidate }) => [productId, isCandidate])).toEqual([
      [4, false],
      [30, false],
      [5, true],
      [6, true],
    ]);
    expect(told5).toMatchObject({ distinctProducts: 6, candidates: 3, candidatesLeftOut: 1 });
  });

  it('alerts people to the most viewed candidates, each product on its own', async () => {
    const { alerts } = await told([
      ...clicks(5, 11, { atMs: noonMs - 5 * minuteMs }),
      ...clicks(6, 12, { atMs: noonMs - 5 * minuteMs, category: null }),
      ...clicks(6, 1, { atMs: noonMs - 5 * minuteMs, type: 'cart' }),
      ...clicks(5, 2, { atMs: noonMs }),
    ]);
    const ids = alerts.map(({ id, entity }) => [id, entity]).sort();
    expect(ids).toEqual([
      [`flash-sale|5|${noonMs - 5 * minuteMs}`, 'product|5'],
      [`flash-sale|6|${noonMs - 10 * minuteMs}`, 'product|6'],
    ]);
    const of6 = alerts.find(({ entity }) => entity === 'product|6')?.data;
    expect(of6?.reason).toBe(
      'Product 6 (Toys) was viewed 12 times and bought 0 times in 10 min, a conversion of 0 %. It was put into carts once: a flash sale may bring these to the till',
    );
    expect(of6).toMatchObject({ rule: 'flash-sale', entity: { kind: 'product', id: '6' } });
    expect(alerts.find(({ entity }) => entity === 'product|5')?.data.reason).toContain(
      'Hardly anyone puts it into a cart',
    );
  });
});

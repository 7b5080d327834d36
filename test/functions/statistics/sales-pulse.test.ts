import { describe, expect, it } from 'vitest';
import { salesPulseJob } from '../../../functions/statistics/sales-pulse.ts';
import type { ShopFacts } from '../../../shared/changes/shop-facts.ts';
import { settings } from '../../../shared/config/settings.ts';
import { alertDataSchema } from '../../../shared/events/alert.ts';
import { type SalesPulseData, salesPulseDataSchema } from '../../../shared/events/sales-pulse.ts';
import { loggedSource, playLog, type Step } from '../../fixtures/event-log.ts';

type Fact = ShopFacts['order'] | ShopFacts['orderItem'];

const noonMs = Date.UTC(2026, 2, 1, 12);
const minuteMs = 60_000;
const bounds = settings({ MAX_FUTURE_MS: String(Number.MAX_SAFE_INTEGER) });
let lastId = 0;

interface Placed {
  readonly lines?: number;
  readonly seller?: string | null;
  readonly cents?: number;
  readonly committedAfterMs?: number;
}

/** Orders in a row, a tenth of a second apart, each of so many lines. */
function orders(
  count: number,
  fromMs: number,
  { lines = 1, seller, cents = 5_000, committedAfterMs = 10 }: Placed = {},
): Step<Fact>[] {
  return Array.from({ length: count }, (_, index) => {
    lastId += 1;
    const orderedAtMs = fromMs + index * 100;
    const orderId = String(lastId);
    const ofOrder = { orderId, customerId: '1', customerHash: null, orderedAtMs };
    const committedAtMs = orderedAtMs + committedAfterMs;
    const order: Fact = {
      ...ofOrder,
      ...{ kind: 'order', customerSinceMs: null, totalCents: lines * cents, committedAtMs },
      ...{ channel: null, country: null },
      ...{ emailHash: null, deviceId: null, addressHash: null, ipHash: null },
    };
    const items = Array.from(
      { length: lines },
      (_, line): Fact => ({
        ...ofOrder,
        ...{ kind: 'orderItem', itemId: `${orderId}-${line}`, productId: '1', categoryId: '1' },
        ...{ quantity: 1, unitPriceCents: cents, committedAtMs },
        sellerId: seller === undefined ? String(index % 3) : seller,
      }),
    );
    return [order, ...items].map((event, place) => ({ id: `${orderId}|${place}`, event }));
  }).flat();
}

async function told(steps: readonly Step<Fact>[]) {
  const job = { ...salesPulseJob(bounds), sources: [loggedSource<Fact>('shop-changes')] };
  const all = [...steps, { tickMs: noonMs + 60 * minuteMs }];
  const { results, emissions } = await playLog(job, all, { seed: 3, shards: 2 });
  const pulses = new Map(
    results
      .filter(({ data }) => 'gates' in (data as object))
      .map(({ window, data }) => [
        (window.endMs - noonMs) / minuteMs,
        salesPulseDataSchema.parse(data),
      ]),
  );
  const alerts = emissions
    .filter(({ type }) => type === 'alert')
    .map(({ id, entity, data }) => ({ id, entity, data: alertDataSchema.parse(data) }));
  return { pulses, alerts: new Map(alerts.map((alert) => [alert.id, alert])) };
}

function gateValues(pulse: SalesPulseData | undefined) {
  return pulse?.gates.map(({ name, value, passed }) => [name, value, passed]);
}

describe('salesPulseJob()', () => {
  it('tells a window beside the one before, by order and by line', async () => {
    const { pulses } = await told([
      ...orders(2, noonMs - minuteMs, { lines: 3 }),
      ...orders(4, noonMs, { lines: 2 }),
      ...orders(1, noonMs, { lines: 2, seller: null }),
    ]);
    expect(pulses.get(1)).toMatchObject({
      ...{ sales: 8, quantity: 8, revenueCents: 40_000, orders: 5, sellers: 3 },
      linesWithoutSeller: 2,
      before: { sales: 6, quantity: 6, revenueCents: 30_000, orders: 2, sellers: 2 },
      ...{ growthPercent: 33.3, revenueGrowthPercent: 33.3, isSpike: false },
      insight:
        '8 sales in 60 s, 33.3 % more than in the 60 s before (6), which may be chance (p = 0.23)',
    });
    expect(pulses.get(1)?.pValue).toBeCloseTo(29 / 128, 5);
    expect(pulses.get(2)?.insight).toBe('No sales in 60 s, after 8 in the 60 s before');
    expect([...pulses.keys()]).toEqual([-0.5, 0, 0.5, 1, 1.5, 2]);
  });

  it('raises an alert when sales leap, once per window', async () => {
    const { pulses, alerts } = await told([
      ...orders(6, noonMs - minuteMs),
      ...orders(20, noonMs + minuteMs / 2),
    ]);
    const pulse = pulses.get(1);
    expect(pulse?.isSpike).toBe(true);
    expect(pulse?.insight).toBe(
      'Sales leap: 20 in 60 s, 233.3 % more than in the 60 s before (6); chance brings so many orders once in 210 such windows',
    );
    const [first, ...others] = alerts.values();
    expect(others).toEqual([]);
    expect(first).toMatchObject({
      id: `sales-spike|${noonMs}`,
      entity: 'shop|shop',
      data: {
        rule: 'sales-spike',
        title: 'Sales are up 233.3 %',
        entity: { kind: 'shop', id: 'shop' },
        window: { startMs: noonMs, endMs: noonMs + minuteMs },
        links: [{ path: `/statistics/sales-pulse?from=${noonMs}&to=${noonMs + 1}` }],
      },
    });
    expect(first?.data.orderId).toBeUndefined();
  });

  it.each([
    [499, false],
    [500, true],
  ])(
    'takes %i sales after 400 for a leap: %s, for a quarter more must it be',
    async (now, isSpike) => {
      const { pulses } = await told([...orders(400, noonMs - minuteMs), ...orders(now, noonMs)]);
      expect(pulses.get(1)).toMatchObject({ sales: now, isSpike });
      expect(pulses.get(1)?.pValue).toBeLessThan(0.01);
    },
  );

  it('takes no lines of few orders for a leap', async () => {
    const { pulses, alerts } = await told([
      ...orders(4, noonMs - minuteMs, { lines: 2 }),
      ...orders(6, noonMs, { lines: 6 }),
    ]);
    expect(pulses.get(1)).toMatchObject({ sales: 36, growthPercent: 350, isSpike: false });
    expect(alerts.size).toBe(0);
  });

  it('sees no spike out of nothing', async () => {
    const { pulses, alerts } = await told(orders(50, noonMs));
    expect(pulses.get(1)).toMatchObject({ growthPercent: null, pValue: null, isSpike: false });
    expect(pulses.get(1)?.insight).toBe(
      '50 sales in 60 s after 60 s without any: nothing to compare with',
    );
    expect(alerts.size).toBe(0);
  });

  it.each<[string, Placed, unknown]>([
    ['too few sellers', { seller: '7' }, ['sellers', 1, false]],
    ['too little revenue', { cents: 100 }, ['revenue', 2_000, false]],
    ['orders dated after their commit', { committedAfterMs: -1 }, ['timestamps', 0, false]],
    ['orders dated long before it', { committedAfterMs: 10_001 }, ['timestamps', 0, false]],
  ])('judges nothing by %s', async (_what, placed, gate) => {
    const { pulses, alerts } = await told([
      ...orders(2, noonMs - minuteMs),
      ...orders(20, noonMs, placed),
    ]);
    expect(gateValues(pulses.get(1))).toContainEqual(gate);
    expect(pulses.get(1)?.isSpike).toBe(false);
    expect(pulses.get(1)?.insight).toContain('not judged');
    expect(alerts.size).toBe(0);
  });

  it('says which gates stay shut', async () => {
    const { pulses } = await told(orders(3, noonMs, { cents: 1_500, seller: '1' }));
    expect(pulses.get(1)?.insight).toBe(
      '3 sales in 60 s, not judged: 3 of at least 5 sales, revenue 45.00 of at least 100.00, 1 of at least 2 sellers',
    );
  });
});

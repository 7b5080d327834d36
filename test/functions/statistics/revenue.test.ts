import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { revenueJob } from '../../../functions/statistics/revenue.ts';
import { settings } from '../../../shared/config/settings.ts';
import { revenueDataSchema } from '../../../shared/events/revenue.ts';
import { finalResults } from '../../fixtures/final-results.ts';
import {
  adjustmentText,
  orderItemText,
  orderText,
  paymentText,
  tickText,
} from '../../fixtures/shop-changes.ts';

const minuteMs = 60_000;
const noonMs = Date.UTC(2026, 2, 1, 12);
const job = revenueJob(settings({ CHANGE_TICK_SETTLE_MS: '0' }));

/** What the job says of each window once time has passed them all, by its start after noon. */
async function revenueOf(texts: readonly string[]) {
  const { results } = await finalResults(job, texts, tickText, noonMs);
  return results.map(({ startMs, final, data }) => {
    expect(final).toBe(true);
    return [(startMs - noonMs) / minuteMs, data];
  });
}

const nothing = {
  orders: 0,
  items: 0,
  grossCents: 0,
  refundedCents: 0,
  netCents: 0,
  lines: 0,
  adjustedLines: 0,
};

describe('revenueJob()', () => {
  it('adds up orders and pieces per minute of the order, exact to the cent', async () => {
    const texts = [
      orderText(1, noonMs, { total: '0.10' }),
      orderText(2, noonMs + minuteMs - 1, { total: '0.20' }),
      orderItemText(1, noonMs, { quantity: 3 }),
      orderItemText(2, noonMs, { quantity: 4 }),
      orderText(3, noonMs + minuteMs, { total: '9999999999.99' }),
    ];
    expect(await revenueOf(texts)).toMatchObject([
      [
        0,
        {
          orders: 2,
          items: 7,
          grossCents: 30,
          refundedCents: 0,
          netCents: 30,
          averageOrderCents: 15,
          lines: 2,
          adjustedLines: 0,
        },
      ],
      [
        1,
        {
          orders: 1,
          items: 0,
          grossCents: 999_999_999_999,
          refundedCents: 0,
          netCents: 999_999_999_999,
          averageOrderCents: 999_999_999_999,
          lines: 0,
          adjustedLines: 0,
        },
      ],
    ]);
  });

  it('takes a refund off in the minute it happened in, not in that of its order', async () => {
    const texts = [
      orderText(1, noonMs, { total: '19.90' }),
      adjustmentText(1, noonMs + 2 * minuteMs, { amount: '19.90' }),
      adjustmentText(2, noonMs, { amount: '0.01' }),
    ];
    expect(await revenueOf(texts)).toMatchObject([
      [
        0,
        {
          ...nothing,
          orders: 1,
          grossCents: 1_990,
          refundedCents: 1,
          adjustedLines: 1,
          netCents: 1_989,
          averageOrderCents: 1_990,
        },
      ],
      [
        2,
        {
          ...nothing,
          refundedCents: 1_990,
          adjustedLines: 1,
          netCents: -1_990,
          averageOrderCents: null,
        },
      ],
    ]);
  });

  it('tells each category and payment method, of equal ones the lower or the earlier first', async () => {
    const line = (id: number, category_id: number | null, quantity: number, unit_price: string) =>
      orderItemText(id, noonMs, { category_id, quantity, unit_price });
    const back = { amount: '2.50', quantity: 1, category_id: 9, method: 'pix' };
    const texts = [
      line(1, null, 1, '30.00'),
      line(2, 10, 3, '10.00'),
      line(3, 9, 2, '15.00'),
      line(4, 11, 1, '30.01'),
      adjustmentText(1, noonMs, back),
      adjustmentText(2, noonMs, { amount: '1.00' }),
      paymentText(1, noonMs, { method: 'pix', amount: '10.00' }),
      paymentText(2, noonMs, { method: 'paypal', amount: '4.00' }),
      paymentText(3, noonMs, { method: 'paypal', amount: '6.00' }),
      paymentText(4, noonMs, { method: 'pix', amount: '99.00', status: 'declined' }),
    ];
    const [[, data] = []] = await revenueOf(texts);
    const { categories, methods } = revenueDataSchema.parse(data);
    const none = { returnedItems: 0, refundedCents: 0 };
    expect(categories).toEqual([
      { categoryId: 11, lines: 1, items: 1, grossCents: 3_001, ...none, netCents: 3_001 },
      {
        categoryId: 9,
        lines: 1,
        items: 2,
        grossCents: 3_000,
        returnedItems: 1,
        refundedCents: 250,
        netCents: 2_750,
      },
      { categoryId: 10, lines: 1, items: 3, grossCents: 3_000, ...none, netCents: 3_000 },
      {
        categoryId: null,
        lines: 1,
        items: 1,
        grossCents: 3_000,
        returnedItems: 0,
        refundedCents: 100,
        netCents: 2_900,
      },
    ]);
    expect(methods).toEqual([
      {
        method: 'paypal',
        payments: 2,
        paidCents: 1_000,
        declinedPayments: 0,
        refundedCents: 0,
      },
      { method: 'pix', payments: 1, paidCents: 1_000, declinedPayments: 1, refundedCents: 250 },
      { method: null, payments: 0, paidCents: 0, declinedPayments: 0, refundedCents: 100 },
    ]);
  });

  it('sets a line of a category whose id is no number aside', async () => {
    const texts = [orderItemText(1, noonMs, { category_id: 'toys' }), orderText(1, noonMs)];
    const { quarantinedRecords } = await finalResults(job, texts, tickText, noonMs);
    expect(quarantinedRecords).toBe(1);
  });

  it('counts a fact once, however often it comes, and no change of it', async () => {
    const order = orderText(1, noonMs, { total: '5.00' });
    const texts = [
      order,
      order,
      orderText(1, noonMs, { total: '6.00', row_version: 2 }, { operation: 'update' }),
      orderText(1, noonMs, {}, { operation: 'delete' }),
      orderText(2, noonMs, {}, { operation: 'load' }),
      orderText(3, noonMs, { total: 'much' }),
    ];
    expect(await revenueOf(texts)).toMatchObject([[0, { orders: 1, grossCents: 500 }]]);
  });

  it('says what adding up the orders says, in any order', async () => {
    const cents = fc.integer({ min: 0, max: 999_999_999_999 });
    await fc.assert(
      fc.asyncProperty(fc.array(cents, { minLength: 1, maxLength: 30 }), async (totals) => {
        const texts = totals.map((total, index) =>
          orderText(index + 1, noonMs, {
            total: `${Math.floor(total / 100)}.${String(total % 100).padStart(2, '0')}`,
          }),
        );
        const sum = totals.reduce((a, b) => a + b, 0);
        const orders = totals.filter((total) => total > 0).length;
        const windows = await revenueOf(texts.toReversed());
        expect(windows).toMatchObject([
          [
            0,
            {
              orders,
              grossCents: sum,
              averageOrderCents: orders === 0 ? null : Math.round(sum / orders),
            },
          ],
        ]);
      }),
      { numRuns: 30, examples: [[[0, 100]], [[0]]] },
    );
  });
});

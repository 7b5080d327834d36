import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SaleLine } from '../../../cli/import/group-orders.ts';
import { planOrder } from '../../../cli/import/plan-order.ts';

const noonMs = Date.UTC(2011, 2, 4, 12);

function lineOf(line: number, changes: Partial<SaleLine> = {}): SaleLine {
  return {
    ...{ line, order: 'A1', atMs: noonMs, customer: '4711', country: 'France', quantity: 1 },
    ...{ priceCents: 250, channel: 'web', isCancellation: false, changed: {} },
    product: {
      ...{ sku: 'OWL', name: 'Owl', category: 'Owls', brand: '' },
      ...{ seller: 'Hoot', sellerCountry: 'GB' },
    },
    ...changes,
  };
}

const anyLine = fc.record({
  quantity: fc.integer({ min: -5_000, max: 5_000 }),
  priceCents: fc.option(fc.integer({ min: -500_000, max: 500_000 }), { nil: undefined }),
  isCancellation: fc.boolean(),
  atMs: fc.integer({ min: noonMs, max: noonMs + 60_000 }),
});

describe('planOrder()', () => {
  it('makes every line an item or an adjustment, worth in all what the lines were worth', () => {
    fc.assert(
      fc.property(fc.array(anyLine, { minLength: 1, maxLength: 20 }), (lines) => {
        const order = planOrder({
          reference: 'A1',
          lines: lines.map((changes, index) => lineOf(index + 2, changes)),
        });
        const { items, givenBack, totalCents, status } = order;
        expect([...items, ...givenBack].map(({ line }) => line).sort((a, b) => a - b)).toEqual(
          lines.map((_, index) => index + 2),
        );
        const worth = lines.reduce((sum, line) => sum + line.quantity * (line.priceCents ?? 0), 0);
        expect(totalCents - givenBack.reduce((sum, { cents }) => sum + cents, 0)).toBe(worth + 0);
        for (const item of items) expect(item.quantity).toBeGreaterThan(0);
        for (const { cents } of [...items, ...givenBack]) expect(cents).toBeGreaterThanOrEqual(0);
        expect(status).toBe(items.length > 0 ? 'completed' : 'cancelled');
        expect(order.orderedAtMs).toBe(Math.min(...lines.map(({ atMs }) => atMs)));
      }),
    );
  });

  it('finds nothing in an ordinary order, nor in an ordinary cancellation', () => {
    expect(planOrder({ reference: 'A1', lines: [lineOf(2), lineOf(3)] }).findings).toEqual([]);
    const back = lineOf(2, { quantity: -3, isCancellation: true });
    expect(planOrder({ reference: 'C1', lines: [back] })).toMatchObject({
      ...{ findings: [], status: 'cancelled', totalCents: 0, items: [] },
      givenBack: [{ kind: 'cancellation', quantity: 3, cents: 750 }],
    });
  });

  it('takes what is given back beside what is sold for a refund', () => {
    const lines = [lineOf(2, { quantity: 3 }), lineOf(3, { quantity: -1 })];
    expect(planOrder({ reference: 'A1', lines })).toMatchObject({
      ...{ status: 'completed', totalCents: 750 },
      givenBack: [{ kind: 'refund', quantity: 1, cents: 250 }],
    });
  });

  it('flags each rule that is broken once, by its line and field', () => {
    const unknown = { customer: undefined, country: 'Atlantis' };
    const lines = [
      lineOf(7, { ...unknown, quantity: 30_000 }),
      lineOf(8, {
        ...unknown,
        priceCents: 0,
        changed: { unitPrice: 'Rounded to the cent: "0.001"' },
      }),
      lineOf(9, { ...unknown, quantity: -4 }),
    ];
    expect(planOrder({ reference: 'A1', lines }).findings).toEqual([
      { line: 7, field: 'customerId', reason: 'Must be given' },
      { line: 7, field: 'quantity', reason: 'Must be from 1 to 1000: received 30000' },
      {
        ...{ line: 8, field: 'unitPrice' },
        reason: 'Must be at least 0.01: received 0.00; Rounded to the cent: "0.001"',
      },
      { line: 9, field: 'quantity', reason: 'Must be from 1 to 1000: received -4' },
      { line: 7, field: 'total', reason: 'Must be from 0.01 to 50000.00: received 74990.00' },
      { line: 7, field: 'country', reason: 'Is none that is known: received "Atlantis"' },
    ]);
  });

  it('refuses an order that no column can hold', () => {
    const lines = [lineOf(2, { quantity: 2_000_000_000, priceCents: 999_999_999_999 })];
    expect(() => planOrder({ reference: 'A1', lines })).toThrow(/more than an order can be worth/);
  });
});

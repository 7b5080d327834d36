import fc from 'fast-check';
import { expect, test } from 'vitest';
import { brokenSaleRules, type SaleLine } from '../../../shared/shop/sale-rules.ts';

const line: SaleLine = {
  productId: 7,
  quantity: 1,
  unitPriceCents: 1_990,
  stock: 10,
  isActive: true,
};
const fields = (lines: readonly SaleLine[]) => brokenSaleRules(lines).map(({ field }) => field);

test('brokenSaleRules() lets a sale pass at its limits and not beyond', () => {
  expect(fields([{ ...line, unitPriceCents: 1 }])).toEqual([]);
  expect(fields([{ ...line, unitPriceCents: 0 }])).toEqual(['total']);
  expect(fields([{ ...line, unitPriceCents: 5_000_000 }])).toEqual([]);
  expect(fields([{ ...line, unitPriceCents: 5_000_001 }])).toEqual(['total']);
  expect(fields([{ ...line, quantity: 1_000, stock: 1_000, unitPriceCents: 1 }])).toEqual([]);
  const tooMany = { ...line, quantity: 1_001, stock: 1_000, unitPriceCents: 1 };
  expect(fields([tooMany])).toEqual(['items.0.quantity', 'items.0.quantity']);
  expect(fields([{ ...line, quantity: 10 }])).toEqual([]);
  expect(fields([{ ...line, quantity: 11 }])).toEqual(['items.0.quantity']);
  expect(fields([])).toEqual(['items']);
});

test('brokenSaleRules() lists every breach of every line', () => {
  expect(
    brokenSaleRules([
      { ...line, quantity: 0 },
      { ...line, isActive: false },
      { ...line, quantity: 11, unitPriceCents: 4_000_000 },
    ]),
  ).toEqual([
    { field: 'items.0.quantity', reason: 'Must be from 1 to 1000: received 0' },
    { field: 'items.1.productId', reason: 'Product 7 is no longer sold' },
    { field: 'items.2.quantity', reason: 'Product 7 has 10 left: received 11' },
    { field: 'total', reason: 'Must be from 0.01 to 50000.00: received 440019.90' },
  ]);
});

test('brokenSaleRules() of a sale is nothing exactly when each line and the total may pass', () => {
  const lines = fc.array(
    fc.record({
      productId: fc.constant(1),
      quantity: fc.integer({ min: -1, max: 1_002 }),
      unitPriceCents: fc.integer({ min: 0, max: 60_000 }),
      stock: fc.integer({ min: 0, max: 1_100 }),
      isActive: fc.boolean(),
    }),
    { minLength: 1, maxLength: 4 },
  );
  fc.assert(
    fc.property(lines, (sale) => {
      const total = sale.reduce((sum, each) => sum + each.quantity * each.unitPriceCents, 0);
      const mayPass =
        sale.every((each) => each.isActive && each.quantity >= 1) &&
        sale.every((each) => each.quantity <= Math.min(1_000, each.stock)) &&
        total >= 1 &&
        total <= 5_000_000;
      expect(brokenSaleRules(sale).length === 0).toBe(mayPass);
    }),
  );
});

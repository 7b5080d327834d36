import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  brokenSaleRules,
  flaggedSaleRules,
  type SaleLine,
  type ToldSale,
} from '../../../shared/shop/sale-rules.ts';

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

const told: ToldSale = {
  lines: [{ quantity: 1_000, unitPriceCents: 1 }],
  hasCustomer: true,
  method: 'pix',
  installments: 12,
};
const flags = (sale: Partial<ToldSale>) =>
  flaggedSaleRules({ ...told, ...sale }).map(({ field }) => field);

test('flaggedSaleRules() of history flags what no sale of today may be, all of it together', () => {
  expect(flags({})).toEqual([]);
  expect(flags({ method: undefined, installments: undefined })).toEqual([]);
  expect(
    flaggedSaleRules({
      lines: [
        { quantity: -12, unitPriceCents: 4_000 },
        { quantity: 80_995, unitPriceCents: 0 },
      ],
      hasCustomer: false,
      method: 'cheque',
      installments: 13,
    }),
  ).toEqual([
    { field: 'customerId', reason: 'Must be given' },
    { field: 'items.0.quantity', reason: 'Must be from 1 to 1000: received -12' },
    { field: 'items.1.quantity', reason: 'Must be from 1 to 1000: received 80995' },
    { field: 'items.1.unitPrice', reason: 'Must be at least 0.01: received 0.00' },
    { field: 'total', reason: 'Must be from 0.01 to 50000.00: received -480.00' },
    expect.objectContaining({ field: 'method' }),
    { field: 'installments', reason: 'Must be from 1 to 12: received 13' },
  ]);
  expect(flags({ lines: [] })).toEqual(['items']);
  expect(flags({ lines: [{ quantity: Number.NaN, unitPriceCents: Number.NaN }] })).toEqual([
    'items.0.quantity',
    'items.0.unitPrice',
    'total',
  ]);
});

test('flaggedSaleRules() flags whatever brokenSaleRules() refuses for more than the stock', () => {
  const lines = fc.array(
    fc.record({
      quantity: fc.integer({ min: -1, max: 1_002 }),
      unitPriceCents: fc.integer({ min: 0, max: 6_000_000 }),
    }),
    { maxLength: 4 },
  );
  fc.assert(
    fc.property(lines, (sold) => {
      const sale = sold.map((each) => ({ ...line, stock: 2_000, ...each }));
      expect(flags({ lines: sold })).toEqual(expect.arrayContaining(fields(sale)));
    }),
  );
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  giveBackAll,
  giveBackSome,
  type SoldLine,
} from '../../../../shared/shop/orders/give-back.ts';

const atlas: SoldLine = {
  orderItemId: 1,
  quantity: 3,
  unitPriceCents: 1_990,
  givenQuantity: 0,
  givenCents: 0,
};
const pen: SoldLine = { ...atlas, orderItemId: 2, quantity: 10, unitPriceCents: 5 };
const sold = [atlas, pen];
const totalCents = 6_020;

const soldLines = fc
  .array(
    fc.record({
      quantity: fc.integer({ min: 1, max: 1_000 }),
      unitPriceCents: fc.integer({ min: 0, max: 5_000_000 }),
      given: fc.double({ min: 0, max: 1, noNaN: true }),
      discount: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
    { minLength: 1, maxLength: 5 },
  )
  .map((lines) =>
    lines.map(({ quantity, unitPriceCents, given, discount }, index): SoldLine => {
      const givenQuantity = Math.floor(quantity * given);
      const givenCents = Math.floor(givenQuantity * unitPriceCents * discount);
      return { orderItemId: index + 1, quantity, unitPriceCents, givenQuantity, givenCents };
    }),
  );
const left = (lines: readonly SoldLine[]) =>
  lines.reduce((sum, line) => sum + line.quantity * line.unitPriceCents - line.givenCents, 0);
const amountOf = (given: readonly { amountCents: number }[]) =>
  given.reduce((sum, { amountCents }) => sum + amountCents, 0);

describe('giveBackAll()', () => {
  it('gives every line back at its price', () => {
    expect(giveBackAll(sold, totalCents)).toEqual([
      { orderItemId: 1, quantity: 3, amountCents: 5_970 },
      { orderItemId: 2, quantity: 10, amountCents: 50 },
    ]);
  });

  it('gives what is left of lines and of the whole order', () => {
    const returned = { ...atlas, givenQuantity: 3, givenCents: 5_000 };
    expect(giveBackAll([returned, pen], 1_000)).toEqual([
      { orderItemId: 1, amountCents: 970 },
      { orderItemId: 2, quantity: 10, amountCents: 30 },
    ]);
    expect(giveBackAll([{ ...returned, givenCents: 5_970 }], 0)).toEqual([]);
    expect(giveBackAll([pen], 75)).toEqual([
      { orderItemId: 2, quantity: 10, amountCents: 50 },
      { amountCents: 25 },
    ]);
  });

  it('adds up to what is left, and to the pieces that are left, whatever went back before', () => {
    fc.assert(
      fc.property(soldLines, fc.double({ min: 0, max: 1, noNaN: true }), (lines, share) => {
        const leftCents = Math.floor(left(lines) * share);
        const given = giveBackAll(lines, leftCents);
        expect(amountOf(given)).toBe(leftCents);
        for (const line of lines) {
          const own = given.filter(({ orderItemId }) => orderItemId === line.orderItemId);
          const pieces = own.reduce((sum, { quantity = 0 }) => sum + quantity, 0);
          expect(pieces).toBe(line.quantity - line.givenQuantity);
        }
      }),
    );
  });
});

describe('giveBackSome()', () => {
  const fields = (...args: Parameters<typeof giveBackSome>) =>
    giveBackSome(...args).breaches.map(({ field }) => field);

  it('gives lines back at their prices, or at the amount named', () => {
    const lines = [
      { orderItemId: 2, quantity: 4 },
      { orderItemId: 1, quantity: 1 },
    ];
    expect(giveBackSome({ lines }, sold, totalCents).given).toEqual([
      { orderItemId: 2, quantity: 4, amountCents: 20 },
      { orderItemId: 1, quantity: 1, amountCents: 1_990 },
    ]);
    expect(giveBackSome({ lines, amountCents: 1_005 }, sold, totalCents).given).toEqual([
      { orderItemId: 2, quantity: 4, amountCents: 10 },
      { orderItemId: 1, quantity: 1, amountCents: 995 },
    ]);
    expect(giveBackSome({ amountCents: 7 }, sold, totalCents).given).toEqual([{ amountCents: 7 }]);
    expect(giveBackSome({}, sold, totalCents).given).toEqual(giveBackAll(sold, totalCents));
  });

  it('lists every rule that is broken', () => {
    const given = { ...pen, givenQuantity: 9, givenCents: 45 };
    const lines = [
      { orderItemId: 7, quantity: 1 },
      { orderItemId: 2, quantity: 2 },
      { orderItemId: 1, quantity: 1 },
      { orderItemId: 1, quantity: 1 },
    ];
    expect(giveBackSome({ lines }, [atlas, given], 100)).toEqual({
      given: [],
      breaches: [
        { field: 'lines.0.orderItemId', reason: 'There is no such line in the order' },
        {
          field: 'lines.1.quantity',
          reason: 'Must be at most what is left of the line, 1: received 2',
        },
        { field: 'lines.3.orderItemId', reason: 'Must be named once' },
        {
          field: 'lines',
          reason: 'Must be at most what is left of the payment, 1.00: received 39.90',
        },
      ],
    });
    expect(fields({ amountCents: 6_021 }, sold, totalCents)).toEqual(['amount']);
    const one = [{ orderItemId: 2, quantity: 1 }];
    expect(fields({ lines: one, amountCents: 6 }, sold, totalCents)).toEqual(['amount']);
    expect(fields({}, [], 0)).toEqual(['lines']);
  });

  it('never gives more than is left, and shares an amount to the cent, no line above its value', () => {
    const wanted = fc.record(
      {
        places: fc.uniqueArray(fc.nat({ max: 4 }), { minLength: 1, maxLength: 5 }),
        amountCents: fc.integer({ min: 0, max: 6_000_000 }),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(soldLines, wanted, fc.nat(), (before, { places, amountCents }, leftCents) => {
        const lines = places
          ?.flatMap((place) => before[place] ?? [])
          .map((line) => ({ orderItemId: line.orderItemId, quantity: line.quantity }));
        const want = { ...(lines && { lines }), ...(amountCents !== undefined && { amountCents }) };
        const { given, breaches } = giveBackSome(want, before, leftCents);
        expect(given.length > 0).toBe(breaches.length === 0);
        expect(amountOf(given)).toBeLessThanOrEqual(leftCents);
        if (breaches.length > 0) return;
        if (amountCents !== undefined) expect(amountOf(given)).toBe(amountCents);
        for (const { orderItemId, quantity = 0, amountCents: cents } of given) {
          const line = before.find((known) => known.orderItemId === orderItemId);
          if (!line) continue;
          expect(quantity).toBeLessThanOrEqual(line.quantity - line.givenQuantity);
          if (lines) expect(cents).toBeLessThanOrEqual(quantity * line.unitPriceCents);
        }
      }),
    );
  });
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { z } from 'zod';
import {
  orderAdjustmentRecord,
  orderItemRecord,
  orderRecord,
} from '../../../shared/changes/fact-records.ts';
import { shopFacts } from '../../../shared/changes/shop-facts.ts';
import { clickRecord, clickTypes } from '../../../shared/events/click.ts';
import { clicks } from '../../../shared/events/click-source.ts';
import { streamRecord } from '../../fixtures/shop-changes.ts';

const odd = fc.constantFrom<unknown>(
  null,
  undefined,
  '',
  'x',
  'x'.repeat(400),
  -1,
  0.5,
  true,
  {},
  [],
);
/** Mostly sound, sometimes anything, sometimes absent. */
const mostly = (sound: fc.Arbitrary<unknown>) =>
  fc.oneof({ weight: 12, arbitrary: sound }, { weight: 1, arbitrary: odd });
const id = mostly(fc.oneof(fc.nat(), fc.constantFrom('9007199254740993', 'a')));
const cents = fc.nat(2_000_000);
const money = mostly(
  fc.oneof(
    cents.map((value) => value / 100),
    cents.map((value) => (value / 100).toFixed(2)),
    fc.constantFrom('1e2', '1.5E+3', '+7', '0', 1e10, -0.01),
  ),
);
const instant = mostly(
  fc.constantFrom(
    '2026-03-01T12:00:00Z',
    '2026-03-01T12:00:00.123456Z',
    '2026-03-01T12:00:00+01:00',
  ),
);
const shortText = mostly(fc.constantFrom('web', null));
const fact = {
  id,
  row_version: mostly(fc.oneof(fc.integer({ min: 1, max: 9 }), fc.constant('3'))),
  is_backfill: fc.constantFrom(undefined, null, false, 'f', 0),
};

const kinds: readonly [string, z.ZodType, fc.Arbitrary<Record<string, unknown>>][] = [
  [
    'orders',
    orderRecord,
    fc.record({
      ...fact,
      customer_id: id,
      total: money,
      ordered_at: instant,
      channel: shortText,
      shipping_country: shortText,
    }),
  ],
  [
    'order_items',
    orderItemRecord,
    fc.record({
      ...fact,
      order_id: id,
      product_id: id,
      quantity: mostly(fc.integer({ min: 1, max: 99 })),
      unit_price: money,
      ordered_at: instant,
    }),
  ],
  [
    'order_adjustments',
    orderAdjustmentRecord,
    fc.record({ ...fact, order_id: id, amount: money, occurred_at: instant }),
  ],
];

test.each(kinds)(
  'shopFacts() reads of %s what its schema takes, and nothing else',
  (table, schema, rows) => {
    const source = shopFacts(['order', 'orderItem', 'adjustment'], 0);
    let taken = 0;
    fc.assert(
      fc.property(rows, (data) => {
        const metadata = { 'record-type': 'data', operation: 'insert', 'table-name': table };
        const text = JSON.stringify({ data, metadata });
        const accepted = schema.safeParse(JSON.parse(text)).success;
        if (accepted) taken += 1;
        const kind = source.decode([streamRecord(text)])[0]?.kind;
        expect([text, kind]).toEqual([text, accepted ? 'event' : 'undecodable']);
      }),
      { numRuns: 2_000 },
    );
    expect(taken).toBeGreaterThan(300);
  },
);

test('clicks() reads what the schema of a recorded click takes, and nothing else', () => {
  const name = mostly(fc.constantFrom('a', 'é'.repeat(128)));
  const nameOrNull = mostly(fc.constantFrom('a', null));
  const record = fc.record(
    {
      schemaVersion: mostly(fc.constant(1)),
      eventId: name,
      type: mostly(fc.constantFrom(...clickTypes)),
      occurredAtMs: mostly(fc.nat()),
      session: name,
      user: nameOrNull,
      productId: mostly(fc.constantFrom(41, null)),
      category: nameOrNull,
      page: fc.constantFrom(undefined, '/', 7, 'x'.repeat(257)),
      consent: mostly(fc.constantFrom('statistics', 'personal')),
      isBackfill: fc.constantFrom(undefined, true),
    },
    { requiredKeys: ['schemaVersion', 'type'] },
  );
  let taken = 0;
  fc.assert(
    fc.property(record, (click) => {
      const text = JSON.stringify(click);
      const parsed = clickRecord.safeParse(JSON.parse(text));
      if (parsed.success) taken += 1;
      const expected = parsed.data?.isBackfill ? 'ignored' : 'event';
      const kind = clicks().decode([streamRecord(text)])[0]?.kind;
      expect([text, kind]).toEqual([text, parsed.success ? expected : 'undecodable']);
    }),
    { numRuns: 2_000 },
  );
  expect(taken).toBeGreaterThan(20);
});

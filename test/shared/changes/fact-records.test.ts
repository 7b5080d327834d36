import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { z } from 'zod';
import {
  orderAdjustmentRecord,
  orderItemRecord,
  orderRecord,
  orderReviewRecord,
  paymentRecord,
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

const instantOrNull = fc.oneof(instant, fc.constantFrom(null, undefined));
const idOrNull = fc.oneof(id, fc.constantFrom(null, undefined));
const hash = mostly(fc.constantFrom('f'.repeat(64), null, undefined));
const traces = {
  customer_hash: hash,
  email_hash: hash,
  device_id: hash,
  shipping_address_hash: hash,
  ip_hash: hash,
};

const kinds: readonly [string, z.ZodType, fc.Arbitrary<Record<string, unknown>>][] = [
  [
    'orders',
    orderRecord,
    fc.record({
      ...fact,
      customer_id: id,
      customer_since: instantOrNull,
      total: money,
      ordered_at: instant,
      channel: shortText,
      shipping_country: shortText,
      ...traces,
    }),
  ],
  [
    'order_items',
    orderItemRecord,
    fc.record({
      ...fact,
      order_id: id,
      customer_id: idOrNull,
      customer_hash: hash,
      product_id: id,
      category_id: idOrNull,
      seller_id: idOrNull,
      quantity: mostly(fc.integer({ min: 1, max: 99 })),
      unit_price: money,
      ordered_at: instant,
    }),
  ],
  [
    'order_adjustments',
    orderAdjustmentRecord,
    fc.record({
      ...fact,
      order_id: id,
      customer_id: idOrNull,
      kind: shortText,
      product_id: idOrNull,
      category_id: idOrNull,
      seller_id: idOrNull,
      quantity: fc.oneof(mostly(fc.integer({ min: 1, max: 99 })), fc.constant(null)),
      method: mostly(fc.constantFrom('pix', 'cash_on_delivery', null, undefined)),
      amount: money,
      occurred_at: instant,
    }),
  ],
  [
    'payments',
    paymentRecord,
    fc.record({
      ...fact,
      order_id: id,
      customer_id: id,
      customer_since: instantOrNull,
      method: mostly(fc.constantFrom('pix', 'credit_card')),
      installments: mostly(fc.integer({ min: 1, max: 12 })),
      amount: money,
      status: mostly(fc.constantFrom('approved', 'declined')),
      order_total: fc.oneof(money, fc.constant(null)),
      ordered_at: instantOrNull,
      attempted_at: instantOrNull,
      created_at: instant,
      card_fingerprint: hash,
      ...traces,
      decision: mostly(fc.constantFrom('allow', 'block', null)),
      decision_basis: mostly(fc.constantFrom('model', 'default', null)),
      decision_score: mostly(fc.constantFrom(0, 1, 0.5, '0.50000', '.5', '1.00000', '1.5', '2')),
    }),
  ],
  [
    'order_reviews',
    orderReviewRecord,
    fc.record({
      ...fact,
      order_id: id,
      customer_id: id,
      verdict: mostly(fc.constantFrom('fraud', 'legitimate')),
      source: mostly(fc.constantFrom('operator', 'chargeback')),
      reviewed_at: instant,
      ordered_at: instantOrNull,
      order_total: fc.oneof(money, fc.constant(null)),
      card_fingerprint: hash,
      ...traces,
    }),
  ],
];

test.each(kinds)(
  'shopFacts() reads of %s what its schema takes, and nothing else',
  (table, schema, rows) => {
    const source = shopFacts(['order', 'orderItem', 'payment', 'adjustment', 'review'], 0);
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
    expect(taken).toBeGreaterThan(100);
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

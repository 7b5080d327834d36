import { describe, expect, it } from 'vitest';
import { shopFacts } from '../../../shared/changes/shop-facts.ts';
import {
  adjustmentText,
  changeText,
  orderItemText,
  orderText,
  paymentText,
  reviewText,
  streamRecord,
  tickText,
} from '../../fixtures/shop-changes.ts';

const noonMs = Date.UTC(2026, 2, 1, 12);
const facts = shopFacts(['order', 'orderItem', 'payment', 'adjustment', 'review'], 2_000);
const traces = {
  customer_hash: 'c'.repeat(64),
  email_hash: 'e'.repeat(64),
  device_id: 'phone-1',
  shipping_address_hash: 'a'.repeat(64),
  ip_hash: '1'.repeat(64),
};
const read = {
  customerHash: traces.customer_hash,
  emailHash: traces.email_hash,
  deviceId: traces.device_id,
  addressHash: traces.shipping_address_hash,
  ipHash: traces.ip_hash,
};
const unknown = {
  customerHash: null,
  emailHash: null,
  deviceId: null,
  addressHash: null,
  ipHash: null,
};
const decode = (text: string) => facts.decode([streamRecord(text)])[0];

describe('shopFacts()', () => {
  it('reads an order, money exact in cents', () => {
    expect(decode(orderText(5, noonMs + 123, { total: '1234567.89' }))).toEqual({
      kind: 'event',
      id: 'orders|5|1',
      committedAtMs: noonMs + 123,
      event: {
        kind: 'order',
        orderId: '5',
        customerId: '7',
        customerSinceMs: null,
        totalCents: 123_456_789,
        orderedAtMs: noonMs + 123,
        channel: 'web',
        country: 'DE',
        ...unknown,
        committedAtMs: noonMs + 123,
      },
    });
  });

  it('reads what an order is compared by', () => {
    const row = { ...traces, customer_since: '2026-02-01T00:00:00Z' };
    expect(decode(orderText(5, noonMs, row))).toMatchObject({
      event: { ...read, customerSinceMs: Date.UTC(2026, 1, 1) },
    });
  });

  it('reads a payment with the order it is for and what was decided', () => {
    const row = {
      ...traces,
      shipping_country: 'DE',
      customer_since: '2026-02-01T00:00:00Z',
      card_fingerprint: 'f'.repeat(64),
      installments: 3,
      order_total: '25.00',
      ordered_at: '2026-03-01T11:59:00Z',
      decision: 'review',
      decision_basis: 'model',
      decision_score: '0.12345',
    };
    expect(decode(paymentText(4, noonMs, row))).toEqual({
      kind: 'event',
      id: 'payments|4|1',
      committedAtMs: noonMs,
      event: {
        kind: 'payment',
        paymentId: '4',
        orderId: '1',
        customerId: '7',
        customerSinceMs: Date.UTC(2026, 1, 1),
        country: 'DE',
        cardHash: row.card_fingerprint,
        method: 'credit_card',
        installments: 3,
        amountCents: 1_990,
        status: 'approved',
        orderTotalCents: 2_500,
        orderedAtMs: noonMs - 60_000,
        attemptedAtMs: noonMs,
        ...read,
        decision: 'review',
        decisionBasis: 'model',
        decisionScore: 0.12345,
        committedAtMs: noonMs,
      },
    });
  });

  it('reads a payment from before it told of its order, at the time it was written', () => {
    const old = { attempted_at: undefined, created_at: '2026-03-01T12:00:01Z' };
    expect(decode(paymentText(4, noonMs, old))).toMatchObject({
      event: {
        ...unknown,
        attemptedAtMs: noonMs + 1_000,
        customerSinceMs: null,
        cardHash: null,
        orderTotalCents: null,
        orderedAtMs: null,
        decision: null,
        decisionBasis: null,
        decisionScore: null,
      },
    });
  });

  it('reads what an order turned out to be', () => {
    const row = { ...traces, card_fingerprint: 'f', order_total: 25, ordered_at: null };
    expect(decode(reviewText(3, noonMs, row))).toEqual({
      kind: 'event',
      id: 'order_reviews|3|1',
      committedAtMs: noonMs,
      event: {
        kind: 'review',
        reviewId: '3',
        orderId: '1',
        customerId: '7',
        verdict: 'fraud',
        source: 'operator',
        cardHash: 'f',
        orderedAtMs: null,
        orderTotalCents: 2_500,
        reviewedAtMs: noonMs,
        ...read,
        committedAtMs: noonMs,
      },
    });
  });

  it('reads order items and adjustments at their own time', () => {
    expect(decode(orderItemText(8, noonMs))).toMatchObject({
      id: 'order_items|8|1',
      event: {
        ...{ kind: 'orderItem', quantity: 2, unitPriceCents: 995, orderedAtMs: noonMs },
        committedAtMs: expect.any(Number),
      },
    });
    const { customer_hash } = traces;
    expect(decode(orderItemText(8, noonMs, { customer_hash }))).toMatchObject({
      event: { kind: 'orderItem', customerHash: customer_hash },
    });
    expect(decode(adjustmentText(9, noonMs + 1))).toMatchObject({
      id: 'order_adjustments|9|1',
      event: { kind: 'adjustment', orderId: '1', amountCents: 500, occurredAtMs: noonMs + 1 },
    });
  });

  it('reads what an adjustment gives back, and nothing where it is of a whole order', () => {
    const line = {
      product_id: 3,
      category_id: 4,
      seller_id: '9007199254740993',
      quantity: 2,
      method: 'pix',
    };
    expect(decode(adjustmentText(9, noonMs, line))).toMatchObject({
      event: {
        productId: '3',
        categoryId: '4',
        sellerId: '9007199254740993',
        quantity: 2,
        method: 'pix',
      },
    });
    const none = {
      productId: null,
      categoryId: null,
      sellerId: null,
      quantity: null,
      method: null,
    };
    expect(decode(adjustmentText(9, noonMs))).toMatchObject({ event: none });
  });

  it.each(['19.90', 19.9, '1.99E+1', '0019.9'])('reads %j as 19.90', (total) => {
    expect(decode(orderText(1, noonMs, { total }))).toMatchObject({ event: { totalCents: 1_990 } });
  });

  it('reads an order without channel and country', () => {
    const text = orderText(1, noonMs, { channel: null, shipping_country: undefined });
    expect(decode(text)).toMatchObject({ event: { channel: null, country: null } });
  });

  it.each([false, 'f', 'false', 0, '0', null, undefined])(
    'takes a row with is_backfill %j for news',
    (told) => {
      expect(decode(orderText(1, noonMs, { is_backfill: told }))).toMatchObject({ kind: 'event' });
    },
  );

  it('gives ticks', () => {
    expect(decode(tickText(noonMs))).toEqual({ kind: 'tick', atMs: noonMs });
  });

  it('leaves alone whatever is no new fact', () => {
    const ignored = { kind: 'ignored' };
    expect(decode(orderText(1, noonMs, { row_version: 2 }, { operation: 'update' }))).toEqual(
      ignored,
    );
    expect(decode(changeText('orders', { id: 1 }, { operation: 'delete' }))).toEqual(ignored);
    expect(decode(orderText(1, noonMs, {}, { operation: 'load' }))).toEqual(ignored);
    expect(decode(changeText('customers', { id: 1 }))).toEqual(ignored);
    for (const told of [true, 't', 'true', 1, '1']) {
      expect(decode(orderText(1, noonMs, { is_backfill: told, total: 'much' }))).toEqual(ignored);
      expect(decode(orderItemText(1, noonMs, { is_backfill: told }))).toEqual(ignored);
      expect(decode(adjustmentText(1, noonMs, { is_backfill: told }))).toEqual(ignored);
    }
    const ordersOnly = shopFacts(['order'], 0);
    expect(ordersOnly.decode([streamRecord(orderItemText(1, noonMs))])).toEqual([ignored]);
  });

  it.each([
    ['no money', orderText(1, noonMs, { total: 'much' }), /^orders 1: total: /],
    ['three places', orderText(1, noonMs, { total: '1.001' }), /total/],
    ['no total', orderText(1, noonMs, { total: null }), /total/],
    ['a negative total', orderText(1, noonMs, { total: '-0.01' }), /total/],
    ['more than the column holds', orderText(1, noonMs, { total: '10000000000.00' }), /total/],
    ['no customer', orderText(1, noonMs, { customer_id: null }), /customer_id/],
    ['an empty customer', orderText(1, noonMs, { customer_id: '' }), /customer_id/],
    ['an endless customer', orderText(1, noonMs, { customer_id: '9'.repeat(65) }), /customer_id/],
    ['an endless key', orderText(1, noonMs, { id: '9'.repeat(600_000) }), /^orders: primary key/],
    ['an endless channel', orderText(1, noonMs, { channel: 'x'.repeat(65) }), /channel/],
    ['no time', orderText(1, noonMs, { ordered_at: 'yesterday' }), /ordered_at/],
    [
      'a time without zone',
      orderText(1, noonMs, { ordered_at: '2026-03-01T12:00:00' }),
      /ordered_at/,
    ],
    ['a status nobody knows', paymentText(1, noonMs, { status: 'lost' }), /one of pending, /],
    ['a score above one', paymentText(1, noonMs, { decision_score: 1.5 }), /decision_score/],
    ['no verdict', reviewText(1, noonMs, { verdict: null }), /^order_reviews 1: verdict/],
    ['a part of an item', orderItemText(1, noonMs, { quantity: 1.5 }), /quantity/],
    ['minus one item', orderItemText(1, noonMs, { quantity: -1 }), /quantity/],
    ['a key that is no id', orderText(1.5, noonMs), /^orders: primary key id is 1.5/],
    ['nothing known', '{"data":', /^not JSON/],
  ])('cannot decode %s and says why', (_what, text, reason) => {
    const decoded = decode(text);
    expect(decoded).toMatchObject({ kind: 'undecodable', reason: expect.stringMatching(reason) });
  });

  it('names the column, what it expects and what it was given', () => {
    expect(decode(orderText(1, noonMs, { total: '1.001' }))).toEqual({
      kind: 'undecodable',
      reason:
        'orders 1: total: an amount of two places from 0 to 9999999999.99 is expected: received "1.001"',
      faultOf: 'order',
    });
  });

  it('never rounds a key, and knows it as written', () => {
    const text = orderText(0, noonMs).replace('"id":0', '"id":9007199254740993');
    expect(decode(text)).toMatchObject({
      id: 'orders|9007199254740993|1',
      event: { orderId: '9007199254740993' },
    });
  });

  it('leaves the faults of other facts to the jobs that want them', () => {
    const records = [streamRecord(orderItemText(1, noonMs, { quantity: 0 }))];
    expect(shopFacts(['order'], 0).decode(records)).toEqual([{ kind: 'ignored' }]);
    expect(shopFacts(['orderItem'], 0).decode(records)).toMatchObject([{ kind: 'undecodable' }]);
  });

  it('reads a batch once for all sources', () => {
    const records = [streamRecord(orderText(1, noonMs)), streamRecord(adjustmentText(2, noonMs))];
    const [order] = shopFacts(['order'], 0).decode(records);
    expect(shopFacts(['order', 'adjustment'], 5).decode(records)[0]).toBe(order);
  });
});

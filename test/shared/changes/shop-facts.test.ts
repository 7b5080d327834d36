import { describe, expect, it } from 'vitest';
import { shopFacts } from '../../../shared/changes/shop-facts.ts';
import {
  adjustmentText,
  changeText,
  orderItemText,
  orderText,
  streamRecord,
  tickText,
} from '../../fixtures/shop-changes.ts';

const noonMs = Date.UTC(2026, 2, 1, 12);
const facts = shopFacts(['order', 'orderItem', 'adjustment'], 2_000);
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
        totalCents: 123_456_789,
        orderedAtMs: noonMs + 123,
        channel: 'web',
        country: 'DE',
        committedAtMs: noonMs + 123,
      },
    });
  });

  it('reads order items and adjustments at their own time', () => {
    expect(decode(orderItemText(8, noonMs))).toMatchObject({
      id: 'order_items|8|1',
      event: { kind: 'orderItem', quantity: 2, unitPriceCents: 995, orderedAtMs: noonMs },
    });
    expect(decode(adjustmentText(9, noonMs + 1))).toMatchObject({
      id: 'order_adjustments|9|1',
      event: { kind: 'adjustment', orderId: '1', amountCents: 500, occurredAtMs: noonMs + 1 },
    });
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

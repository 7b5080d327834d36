import { afterAll, beforeAll, expect, test } from 'vitest';
import { review as reviewShape } from '../../../functions/shop-api/schemas/review.ts';
import type { CallOptions, Reply } from '../../fixtures/http-client.ts';
import { startShop } from '../../fixtures/shop.ts';
import { shopOrders } from '../../fixtures/shop-orders.ts';

let shop: Awaited<ReturnType<typeof startShop>>;
let orders: Awaited<ReturnType<typeof shopOrders>>;

beforeAll(async () => {
  shop = await startShop();
  orders = await shopOrders(shop);
});

afterAll(async () => {
  expect(shop.failures).toEqual([]);
  await shop.stop();
});

function review(id: number, verdict: string, options: CallOptions = {}): Promise<Reply> {
  return orders.call('POST', `/fraud/orders/${id}/reviews`, { body: { verdict }, ...options });
}

/** An order that the shop holds back, as a decision at checkout leaves it. */
async function held(): Promise<number> {
  const { id } = await orders.placePaid({ 1: 2 });
  await shop.admin.query(`update orders set review = 'open' where id = $1`, [id]);
  return id;
}

async function factsOf(id: number) {
  const { rows } = await shop.admin.query(
    `select verdict, source, reviewer, order_total::float8 as total, device_id, is_backfill
     from order_reviews where order_id = $1 order by id`,
    [id],
  );
  return rows;
}

test('an order that is held is not sent before someone finds it legitimate', async () => {
  const id = await held();
  expect((await orders.ship(id)).body).toMatchObject({
    status: 409,
    detail: 'It waits for a review.',
  });
  const reply = await review(id, 'legitimate');
  expect(reply.status).toBe(201);
  expect(reviewShape.parse(reply.body)).toEqual(reply.body);
  expect(reply.body).toMatchObject({ orderId: id, source: 'operator', reviewer: 'operator' });
  expect((await orders.ship(id)).status).toBe(201);
});

test('fraud that was not sent is cancelled, its money and its pieces are given back', async () => {
  const stock = await orders.stockOf(1);
  const id = await held();
  expect(await orders.stockOf(1)).toBe(stock - 2);
  expect((await review(id, 'fraud')).status).toBe(201);
  const { body } = await orders.call('GET', `/orders/${id}`);
  expect(body).toMatchObject({ status: 'cancelled', payments: [{ status: 'refunded' }] });
  expect(body.adjustments).toMatchObject([{ kind: 'cancellation', reason: null }]);
  expect(await orders.stockOf(1)).toBe(stock);
  expect((await orders.ship(id)).status).toBe(409);
});

test('fraud that was being prepared is not sent, fraud that was sent is a label alone', async () => {
  const prepared = await orders.placePaid({ 1: 1 });
  await orders.ship(prepared.id);
  await review(prepared.id, 'fraud');
  const { body } = await orders.call('GET', `/orders/${prepared.id}`);
  expect(body).toMatchObject({ status: 'cancelled', shipments: [{ status: 'cancelled' }] });

  const sent = await orders.placePaid({ 1: 1 });
  const { body: shipment } = await orders.ship(sent.id);
  await orders.move(shipment.id, 'shipped');
  const chargeback = { body: { verdict: 'fraud', source: 'chargeback' } };
  expect((await review(sent.id, 'fraud', chargeback)).status).toBe(201);
  expect((await orders.call('GET', `/orders/${sent.id}`)).body.status).toBe('shipped');
  expect(await factsOf(sent.id)).toMatchObject([{ verdict: 'fraud', source: 'chargeback' }]);
});

test('the same verdict of the same reviewer is noted once, another is a fact of its own', async () => {
  const id = await held();
  const replies = await Promise.all([1, 2, 3].map(() => review(id, 'legitimate')));
  expect(replies.map(({ status }) => status).sort()).toEqual([200, 200, 201]);
  expect(new Set(replies.map(({ body }) => body.id)).size).toBe(1);
  expect((await review(id, 'fraud')).status).toBe(201);
  expect((await review(id, 'legitimate', { token: shop.tokenOf('admin') })).status).toBe(201);
  const facts = await factsOf(id);
  expect(facts.map(({ verdict, reviewer }) => [verdict, reviewer])).toEqual([
    ['legitimate', 'operator'],
    ['fraud', 'operator'],
    ['legitimate', 'admin'],
  ]);
  const { rows } = await shop.admin.query('select review, status from orders where id = $1', [id]);
  expect(rows).toEqual([{ review: 'legitimate', status: 'cancelled' }]);
});

test('a verdict of the past is told with its time, and marked', async () => {
  const at = '2026-01-02T12:00:00.000Z';
  const past = { 'shop-time': '2026-01-01T12:00:00.000Z' };
  const { body: order } = await orders.place({ 1: 1 }, { headers: past });
  const early = await review(order.id, 'fraud', {
    headers: { 'shop-time': '2025-12-31T12:00:00.000Z' },
  });
  expect(early.status).toBe(400);
  const reply = await review(order.id, 'fraud', { headers: { 'shop-time': at } });
  expect(reply.body.reviewedAt).toBe(at);
  expect(await factsOf(order.id)).toMatchObject([{ is_backfill: true }]);
});

test('verdicts are for operators, about orders there are, in words that exist', async () => {
  const id = await held();
  expect((await review(4711, 'fraud')).status).toBe(404);
  expect((await review(id, 'maybe')).body.errors).toEqual([
    { field: 'verdict', reason: 'Must be one of fraud, legitimate' },
  ]);
  expect((await review(id, 'fraud', { token: shop.tokenOf('shopper', 1) })).status).toBe(403);
  expect((await review(id, 'fraud', { token: shop.tokenOf('analyst') })).status).toBe(403);
});

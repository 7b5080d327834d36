import { afterAll, beforeAll, expect, test } from 'vitest';
import { adjustment, refund } from '../../../functions/shop-api/schemas/adjustment.ts';
import { order as orderShape } from '../../../functions/shop-api/schemas/order.ts';
import { shipment } from '../../../functions/shop-api/schemas/shipment.ts';
import { startShop } from '../../fixtures/shop.ts';
import { shopOrders } from '../../fixtures/shop-orders.ts';

let shop: Awaited<ReturnType<typeof startShop>>;
let on: Awaited<ReturnType<typeof shopOrders>>;

beforeAll(async () => {
  shop = await startShop();
  on = await shopOrders(shop);
  await shop.admin.query(`update products set price = 19.90, stock = 100 where id = 1`);
  await shop.admin.query(`update products set price = 0.05, stock = 100 where id = 2`);
});

afterAll(async () => {
  expect(shop.failures).toEqual([]);
  await shop.stop();
});

async function orderOf(id: number) {
  const { body } = await on.call('GET', `/orders/${id}`);
  expect(orderShape.parse(body)).toEqual(body);
  return body;
}

test('an order is paid, shipped, delivered and completed, step by step', async () => {
  const { id } = await on.placePaid({ 1: 1 });
  const prepared = await on.ship(id);
  expect(prepared.status).toBe(201);
  expect(shipment.parse(prepared.body)).toEqual(prepared.body);
  expect(prepared.body).toMatchObject({
    status: 'preparing',
    carrier: 'Correios',
    shippedAt: null,
  });
  expect((await orderOf(id)).status).toBe('paid');
  expect((await on.ship(id)).body).toMatchObject({
    status: 409,
    detail: `It has shipment ${prepared.body.id}.`,
  });
  expect((await on.move(prepared.body.id, 'delivered')).body).toMatchObject({
    status: 409,
    detail: 'It is preparing.',
  });
  const complete = () => on.call('POST', `/orders/${id}/completion`);
  expect((await complete()).body).toMatchObject({ status: 409, detail: 'It is paid.' });
  const sent = await on.move(prepared.body.id, 'shipped');
  expect(sent.body).toMatchObject({ status: 'shipped', shippedAt: expect.any(String) });
  expect((await on.move(prepared.body.id, 'shipped')).body).toEqual(sent.body);
  expect((await orderOf(id)).status).toBe('shipped');
  expect((await on.cancel(id)).body).toMatchObject({ status: 409, detail: 'It is shipped.' });
  const stale = { headers: { 'if-match': '"seen-before"' } };
  expect((await on.move(prepared.body.id, 'delivered', stale)).status).toBe(412);
  await on.move(prepared.body.id, 'delivered');
  expect((await complete()).body).toMatchObject({ status: 'completed', shipments: [{}] });
  expect((await complete()).status).toBe(200);
  expect((await on.move(prepared.body.id, 'returned')).body.status).toBe('returned');
  expect((await orderOf(id)).status).toBe('completed');
});

test('a cancellation gives stock and money back, line by line, once', async () => {
  const before = await on.stockOf(1);
  const { id } = await on.placePaid({ 1: 2, 2: 3 });
  const { body: prepared } = await on.ship(id);
  const own = { token: shop.tokenOf('shopper', 1), body: { reason: 'Too late' } };
  const replies = await Promise.all([1, 2, 3].map(() => on.cancel(id, own)));
  expect(replies.map(({ status }) => status)).toEqual([200, 200, 200]);
  const asShopper = await on.call('GET', `/orders/${id}`, { token: own.token });
  expect(replies[2]?.body).toEqual(asShopper.body);
  const order = await orderOf(id);
  expect(order).toMatchObject({
    status: 'cancelled',
    payments: [{ status: 'refunded' }],
    shipments: [{ status: 'cancelled' }],
    adjustments: [
      { kind: 'cancellation', productId: 1, quantity: 2, amount: '39.80', reason: 'Too late' },
      { kind: 'cancellation', productId: 2, quantity: 3, amount: '0.15', reason: 'Too late' },
    ],
  });
  expect(await on.stockOf(1)).toBe(before);
  expect((await on.move(prepared.id, 'shipped')).body.detail).toBe('It is cancelled.');
  expect((await on.pay(id)).body.detail).toBe('It is cancelled.');
  expect((await on.ship(id)).body.detail).toBe('It is cancelled.');
  expect((await on.refund(id, {})).body.detail).toBe('It is cancelled.');
  const { body: seen } = await on.call('GET', `/orders/${id}`, { token: shop.tokenOf('analyst') });
  expect(seen.adjustments[0].reason).toBeNull();
});

test('an unpaid order is cancelled without a payment, and leaves the revenue all the same', async () => {
  const { body: placed } = await on.place({ 1: 1 });
  const { body } = await on.cancel(placed.id);
  expect(body).toMatchObject({ status: 'cancelled', payments: [] });
  expect(body.adjustments).toMatchObject([{ amount: '19.90', quantity: 1 }]);
});

test('what was paid back before it was sent is not sent', async () => {
  const { id } = await on.placePaid({ 1: 1 });
  const { body: prepared } = await on.ship(id);
  expect((await on.refund(id, {})).status).toBe(201);
  const refused = { status: 409, body: { detail: 'It was refunded.' } };
  expect(await on.move(prepared.id, 'shipped')).toMatchObject(refused);
  expect((await on.cancel(id)).body).toMatchObject({ shipments: [{ status: 'cancelled' }] });
});

test('refunds give back lines, amounts, and all that is left; never more than was paid', async () => {
  const order = await on.placePaid({ 1: 3, 2: 10 });
  const [atlas, pen] = order.items;
  const before = await on.stockOf(1);
  const line = { lines: [{ orderItemId: atlas.id, quantity: 1 }], restock: true };
  const first = await on.refund(order.id, { ...line, reason: 'Torn' });
  expect(first.status).toBe(201);
  expect(refund.parse(first.body)).toEqual(first.body);
  expect(first.body).toMatchObject({
    amount: '19.90',
    adjustments: [{ kind: 'refund', orderItemId: atlas.id, quantity: 1, reason: 'Torn' }],
  });
  expect(adjustment.parse(first.body.adjustments[0])).toEqual(first.body.adjustments[0]);
  expect(await on.stockOf(1)).toBe(before + 1);
  const amount = await on.refund(order.id, { amount: '5' });
  expect(amount.body).toMatchObject({ amount: '5.00', adjustments: [{ orderItemId: null }] });
  const errors = async (body: object) => (await on.refund(order.id, body)).body.errors;
  expect(await errors({ amount: '35.31' })).toEqual([
    {
      field: 'amount',
      reason: 'Must be at most what is left of the payment, 35.30: received 35.31',
    },
  ]);
  expect(await errors({ lines: [{ orderItemId: atlas.id, quantity: 3 }] })).toMatchObject([
    { field: 'lines.0.quantity' },
    { field: 'lines' },
  ]);
  expect(await errors({ amount: '0.00', restock: true })).toMatchObject([
    { field: 'amount', reason: 'Must be above 0' },
    { field: 'restock' },
  ]);
  expect((await orderOf(order.id)).payments[0].status).toBe('approved');
  const rest = await on.refund(order.id, {});
  expect(rest.body).toMatchObject({
    amount: '35.30',
    adjustments: [
      { orderItemId: atlas.id, quantity: 2, amount: '35.30' },
      { orderItemId: pen.id, quantity: 10, amount: '0.00' },
    ],
  });
  expect(await orderOf(order.id)).toMatchObject({
    status: 'paid',
    payments: [{ status: 'refunded' }],
  });
  expect(await on.stockOf(1)).toBe(before + 1);
  expect((await on.ship(order.id)).body.detail).toBe('It was refunded.');
  expect(await errors({})).toEqual([{ field: 'lines', reason: 'Nothing is left to give back' }]);
});

test('a refund repeated with its key is given once, and two at once never give too much', async () => {
  const order = await on.placePaid({ 1: 2 });
  const key = { headers: { 'idempotency-key': 'once' } };
  const same = await Promise.all([1, 2, 3].map(() => on.refund(order.id, { amount: '9.90' }, key)));
  expect(same.map(({ status }) => status).sort()).toEqual([200, 200, 201]);
  expect(same[1]?.body).toEqual(same[0]?.body);
  expect((await on.refund(order.id, { amount: '9.91' }, key)).body).toMatchObject({
    status: 422,
    errors: [{ field: 'idempotency-key' }],
  });
  const instances = Array.from({ length: 8 }, () => shop.instance());
  const token = await shop.tokenOf('operator');
  const replies = await Promise.all(
    instances.map(({ call }, index) =>
      call('POST', `/orders/${order.id}/refunds`, {
        token,
        body: { amount: '10.00' },
        headers: { 'idempotency-key': `at-once-${index}` },
      }),
    ),
  );
  await Promise.all(instances.map(({ close }) => close()));
  expect(replies.filter(({ status }) => status === 201)).toHaveLength(2);
  const { rows } = await shop.admin.query(
    'select sum(amount) as given from order_adjustments where order_id = $1',
    [order.id],
  );
  expect(rows).toEqual([{ given: '29.90' }]);
});

test('an operator tells of the past, and nobody of the future', async () => {
  const told = (at: string) => ({ headers: { 'shop-time': at } });
  const { body: order } = await on.place({ 1: 1, 2: 1 }, told('2024-02-29T12:00:00.5+01:00'));
  expect(order.orderedAt).toBe('2024-02-29T11:00:00.500Z');
  const before = await on.pay(order.id, told('2024-02-29T11:00:00.499Z'));
  expect(before.body).toMatchObject({ status: 400, errors: [{ field: 'shop-time' }] });
  const paid = await on.pay(order.id, told('2024-02-29T11:05:00Z'));
  expect(paid.body.paidAt).toBe('2024-02-29T11:05:00.000Z');
  const { body: sent } = await on.ship(order.id, told('2024-03-01T00:00:00Z'));
  const moved = await on.move(sent.id, 'shipped', told('2024-03-02T00:00:00Z'));
  expect(moved.body.shippedAt).toBe('2024-03-02T00:00:00.000Z');
  const given = await on.refund(order.id, {}, told('2024-04-01T00:00:00Z'));
  expect(given.body.occurredAt).toBe('2024-04-01T00:00:00.000Z');
  const { rows } = await shop.admin.query(
    `select bool_and(orders.is_backfill and item.is_backfill and payments.is_backfill
       and shipments.is_backfill and fact.is_backfill) as told, bool_and(
       item.ordered_at = orders.ordered_at) as same, count(*)::int
     from orders join order_items as item on item.order_id = orders.id
     join payments on payments.order_id = orders.id
     join shipments on shipments.order_id = orders.id
     join order_adjustments as fact on fact.order_id = orders.id where orders.id = $1`,
    [order.id],
  );
  expect(rows).toEqual([{ told: true, same: true, count: 4 }]);
  const wrong = ['3000-01-01T00:00:00Z', '1999-12-31T23:59:59Z', 'yesterday'];
  for (const at of wrong) {
    expect((await on.place({ 1: 1 }, told(at))).body).toMatchObject({
      status: 400,
      errors: [{ field: 'shop-time' }],
    });
  }
  const token = shop.tokenOf('shopper', 1);
  const shopper = { token, headers: { 'shop-time': '2024-03-01T00:00:00Z' } };
  expect((await on.place({ 1: 1 }, shopper)).status).toBe(403);
  expect((await on.cancel(order.id, shopper)).status).toBe(403);
});

test('an unpaid order expires when its time is over, told or now', async () => {
  const expire = (id: number, headers = {}) => on.call('POST', `/orders/${id}/expiry`, { headers });
  const { body: live } = await on.place({ 1: 1 });
  expect((await expire(live.id)).body).toMatchObject({
    status: 409,
    detail: expect.stringMatching(/^It can be paid until \d{4}-/),
  });
  const { body: old } = await on.place(
    { 1: 1 },
    { headers: { 'shop-time': '2024-05-01T00:00:00Z' } },
  );
  const before = await on.stockOf(1);
  const early = await expire(old.id, { 'shop-time': '2024-05-01T00:29:59Z' });
  expect(early.status).toBe(409);
  const { body } = await expire(old.id, { 'shop-time': '2024-05-01T12:00:00Z' });
  expect(body).toMatchObject({
    status: 'expired',
    adjustments: [{ kind: 'expiry', occurredAt: '2024-05-01T00:30:00.000Z', quantity: 1 }],
  });
  expect(await on.stockOf(1)).toBe(before + 1);
  expect((await expire(old.id)).body).toEqual(body);
  expect((await on.pay(old.id)).body).toMatchObject({ status: 409, detail: 'It is expired.' });
});

test('only who may does it, and someone else’s order is none', async () => {
  const order = await on.placePaid({ 1: 1 });
  const stranger = { token: await shop.tokenOf('shopper', 2) };
  expect((await on.cancel(order.id, stranger)).status).toBe(404);
  expect((await on.call('POST', `/orders/${order.id}/completion`, stranger)).status).toBe(404);
  const owner = { token: await shop.tokenOf('shopper', 1) };
  expect((await on.refund(order.id, {}, owner)).status).toBe(403);
  expect((await on.ship(order.id, owner)).status).toBe(403);
  expect((await on.move(1, 'shipped', owner)).status).toBe(403);
  const analyst = { token: await shop.tokenOf('analyst') };
  expect((await on.cancel(order.id, analyst)).status).toBe(403);
  expect((await on.cancel(4711)).status).toBe(404);
  expect((await on.move(4711, 'shipped')).status).toBe(404);
});

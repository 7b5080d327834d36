import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { FeatureVector } from '../../../shared/features/feature.ts';
import { shopFraud } from '../../../shared/fraud/features.ts';
import { type FraudRule, fraudRule } from '../../../shared/fraud/rule.ts';
import type { CallOptions } from '../../fixtures/http-client.ts';
import { startShop } from '../../fixtures/shop.ts';
import { shopOrders } from '../../fixtures/shop-orders.ts';

const card = { number: '4242 4242 4242 4242', expiryMonth: 12, expiryYear: 2034 };
let shop: Awaited<ReturnType<typeof startShop>>;
let orders: Awaited<ReturnType<typeof shopOrders>>;
let shopper: string;
/** What the rules were shown at payments. */
let seen: FeatureVector[];

beforeAll(async () => {
  shop = await startShop();
  orders = await shopOrders(shop);
  shopper = await shop.tokenOf('shopper', 1);
});

beforeEach(() => {
  seen = [];
  shop.decisions.fallback = 'allow';
  shop.decisions.complaints.length = 0;
});

afterAll(async () => {
  expect(shop.failures).toEqual([]);
  await shop.stop();
});

/** A rule that asks for a decision about each order from so many pieces on. */
function fromPieces(decision: 'review' | 'block', pieces: number): FraudRule {
  return fraudRule({
    name: `${decision}-many-pieces`,
    version: 1,
    severity: 'warning',
    mode: 'live',
    decision,
    on: ['payment'],
    title: 'Many pieces',
    entity: 'order',
    windowMs: 1_000,
    reads: ['order_pieces_1d', 'order_total_cents', 'card_customers_1h'],
    parameters: { pieces },
    when(features, _, parameters) {
      seen.push(features);
      return (features.order_pieces_1d ?? 0) >= parameters.pieces;
    },
    reason: () => 'It has many pieces',
  });
}

function judgeBy(...rules: FraudRule[]): void {
  shop.decisions.judging = { features: shopFraud, rules, model: undefined };
}

async function pay(orderId: number, options: CallOptions = {}) {
  const body = { method: 'credit_card', card };
  return orders.pay(orderId, { body, token: shopper, ...options });
}

async function decidedOf(orderId: number) {
  const { rows } = await shop.admin.query(
    `select payments.status, decision, decision_basis as basis, decision_score as score, review
     from payments join orders on orders.id = order_id where order_id = $1 order by payments.id`,
    [orderId],
  );
  return rows;
}

test('a payment is judged by the items of its order, and its card, before it is made', async () => {
  judgeBy(fromPieces('block', 99));
  const { body: order } = await orders.place({ 1: 2, 2: 3 });
  const reply = await pay(order.id);
  expect(reply.body.status).toBe('approved');
  expect(seen).toMatchObject([{ order_pieces_1d: 5, card_customers_1h: 1 }]);
  expect(seen[0]?.['order_total_cents']).toBe(Math.round(Number(order.total) * 100));
  expect(await decidedOf(order.id)).toEqual([
    { status: 'approved', decision: 'allow', basis: 'rules', score: null, review: null },
  ]);
});

test('what is to be reviewed is paid, and not sent before a verdict', async () => {
  judgeBy(fromPieces('review', 2));
  const { body: order } = await orders.place({ 1: 2 });
  expect((await pay(order.id)).body.status).toBe('approved');
  expect(await decidedOf(order.id)).toMatchObject([{ decision: 'review', review: 'open' }]);
  expect((await orders.ship(order.id)).status).toBe(409);
  const review = { body: { verdict: 'legitimate' } };
  await orders.call('POST', `/fraud/orders/${order.id}/reviews`, review);
  expect((await orders.ship(order.id)).status).toBe(201);
});

test('what is blocked is declined without being tried, and the shopper is told no more', async () => {
  judgeBy(fromPieces('block', 2));
  const { body: order } = await orders.place({ 1: 2 });
  const reply = await pay(order.id);
  expect(reply).toMatchObject({ status: 201, body: { status: 'declined', paidAt: null } });
  expect(reply.body).not.toHaveProperty('fraud');
  const path = `/orders/${order.id}`;
  const asShopper = (await orders.call('GET', path, { token: shopper })).body;
  expect(asShopper).toMatchObject({ status: 'pending', payments: [reply.body] });
  expect(JSON.stringify(asShopper)).not.toMatch(/fraud|review|decision/);
  for (const role of ['operator', 'analyst', 'admin'] as const) {
    const { body } = await orders.call('GET', path, { token: shop.tokenOf(role) });
    expect(body).toMatchObject({
      review: null,
      payments: [{ fraud: { decision: 'block', basis: 'rules', score: null } }],
    });
  }
});

test('what a person found legitimate is not judged again', async () => {
  judgeBy(fromPieces('block', 2));
  const { body: order } = await orders.place({ 1: 2 });
  await pay(order.id);
  const review = { body: { verdict: 'legitimate' } };
  await orders.call('POST', `/fraud/orders/${order.id}/reviews`, review);
  expect((await pay(order.id)).body.status).toBe('approved');
  expect(await decidedOf(order.id)).toMatchObject([
    { status: 'declined', decision: 'block' },
    { status: 'approved', decision: null, basis: null },
  ]);
  expect((await orders.ship(order.id)).status).toBe(201);
});

test('where nothing can be asked, the shop goes on with its default, and says so', async () => {
  judgeBy(fromPieces('block', 1));
  const { read } = shop.decisions;
  shop.decisions.read = () => Promise.reject(new Error('no table'));
  try {
    const { body: first } = await orders.place({ 1: 1 });
    const reply = await pay(first.id, { token: shop.tokenOf('operator') });
    expect(reply.body).toMatchObject({
      status: 'approved',
      fraud: { decision: 'allow', basis: 'default', score: null },
    });
    expect(shop.decisions.complaints).toMatchObject([{ message: 'no table' }]);
    shop.decisions.fallback = 'review';
    const { body: second } = await orders.place({ 1: 1 });
    await pay(second.id);
    expect(await decidedOf(second.id)).toMatchObject([
      { status: 'approved', decision: 'review', basis: 'default', review: 'open' },
    ]);
  } finally {
    shop.decisions.read = read;
  }
});

test('a card that the bank declines holds no order for a review', async () => {
  judgeBy(fromPieces('review', 1));
  const { body: order } = await orders.place({ 1: 1 });
  const declined = { ...card, number: '4000000000000002' };
  await pay(order.id, { body: { method: 'debit_card', card: declined } });
  expect(await decidedOf(order.id)).toMatchObject([
    { status: 'declined', decision: 'review', review: null },
  ]);
  await pay(order.id, { body: { method: 'pix' } });
  expect((await decidedOf(order.id))[1]).toMatchObject({ status: 'approved', review: 'open' });
});

test('about payments of the past, and of orders that cannot be paid, nobody is asked', async () => {
  judgeBy(fromPieces('block', 1));
  const headers = { 'shop-time': '2026-01-01T12:00:00.000Z' };
  const { body: order } = await orders.place({ 1: 1 }, { headers });
  const paid = await pay(order.id, { headers, token: shop.tokenOf('operator') });
  expect(paid.body).toMatchObject({ status: 'approved', fraud: null });
  expect((await pay(order.id)).status).toBe(409);
  expect((await pay(4711)).status).toBe(404);
  expect(seen).toEqual([]);
});

test('no row of the shop is locked while the state is read', async () => {
  judgeBy(fromPieces('block', 99));
  const { body: order } = await orders.place({ 1: 1 });
  const { read } = shop.decisions;
  let locks: unknown;
  shop.decisions.read = async (keys) => {
    const { rows } = await shop.admin.query(
      `select count(*)::int as open from pg_stat_activity
       where usename = 'shop_app' and xact_start is not null and pid <> pg_backend_pid()`,
    );
    locks = rows[0].open;
    return read(keys);
  };
  try {
    expect((await pay(order.id)).body.status).toBe('approved');
  } finally {
    shop.decisions.read = read;
  }
  expect(locks).toBe(0);
});

/** Pays an order, and does something else while the state is being read. */
async function payMeanwhile(orderId: number, meanwhile: () => Promise<unknown>) {
  const { read } = shop.decisions;
  shop.decisions.read = async (keys) => {
    shop.decisions.read = read;
    await meanwhile();
    return read(keys);
  };
  try {
    return await pay(orderId);
  } finally {
    shop.decisions.read = read;
  }
}

function verdict(orderId: number, word: 'fraud' | 'legitimate') {
  return orders.call('POST', `/fraud/orders/${orderId}/reviews`, { body: { verdict: word } });
}

test('what comes about while a payment is decided on counts: verdicts, and another payment', async () => {
  judgeBy(fromPieces('review', 1));
  const { body: cancelled } = await orders.place({ 1: 1 });
  const refused = await payMeanwhile(cancelled.id, () => verdict(cancelled.id, 'fraud'));
  expect(refused.status).toBe(409);
  expect(await decidedOf(cancelled.id)).toEqual([]);

  const { body: freed } = await orders.place({ 1: 1 });
  await payMeanwhile(freed.id, () => verdict(freed.id, 'legitimate'));
  expect(await decidedOf(freed.id)).toMatchObject([
    { status: 'approved', decision: 'review', review: 'legitimate' },
  ]);
  expect((await orders.ship(freed.id)).status).toBe(201);

  const { body: paid } = await orders.place({ 1: 1 });
  const second = await payMeanwhile(paid.id, () => pay(paid.id));
  expect(second.status).toBe(409);
  expect(await decidedOf(paid.id)).toMatchObject([{ status: 'approved', review: 'open' }]);
});

test('of an order that is found to be fraud several times at once the money goes back once', async () => {
  judgeBy(fromPieces('review', 1));
  const { body: order } = await orders.place({ 1: 2 });
  await pay(order.id);
  const admin = { body: { verdict: 'fraud' }, token: shop.tokenOf('admin') };
  const path = `/fraud/orders/${order.id}/reviews`;
  await Promise.all([
    ...[1, 2].map(() => verdict(order.id, 'fraud')),
    ...[1, 2].map(() => orders.call('POST', path, admin)),
    orders.call('POST', `/orders/${order.id}/cancellation`, { body: {} }),
  ]);
  const { body } = await orders.call('GET', `/orders/${order.id}`);
  const given = body.adjustments.map(({ amount }: { amount: string }) => Number(amount));
  expect(given.reduce((sum: number, amount: number) => sum + amount, 0)).toBe(Number(order.total));
  expect(body).toMatchObject({ status: 'cancelled', payments: [{ status: 'refunded' }] });
});

import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { shopFraud } from '../../shared/fraud/features.ts';
import { athenaClient } from '../../shared/lake/athena-client.ts';
import { lakeOfStage } from '../../shared/lake/lake-of-stage.ts';
import { runSql } from '../../shared/lake/run-sql.ts';
import { eventually, ShopProcess } from './shop-process.ts';

const _root = path.resolve(import.meta.dirname, '../..');
const cards = ['4242424242424242', '5555555555554444'];
const countries = ['BR', 'PT'];
const foundCase = z.looseObject({
  at: z.string(),
  features: z.record(z.string(), z.number().nullable()),
});

let shop: ShopProcess;
let apiUrl: string;
let awsUrl: string;
let call: ReturnType<ShopProcess['operatorOf']>;

beforeAll(async () => {
  shop = await ShopProcess.create(5230);
  ({ apiUrl, awsUrl } = await shop.start('--no-traffic'));
  call = shop.operatorOf(apiUrl);
}, 240_000);
afterAll(() => shop?.remove());

/** The `turn`th order: people, devices and cards return in patterns of their own. */
async function buy(turn: number): Promise<string> {
  const customerId = 1 + (turn % 3);
  const click = {
    schemaVersion: 1,
    eventId: randomUUID(),
    type: 'view',
    occurredAt: new Date().toISOString(),
    sessionId: `session-${turn % 2}`,
    userId: String(customerId),
    productId: 1,
    category: 'books',
    consent: 'personal',
  };
  expect((await call('POST', '/events', { events: [click] })).status).toBeLessThan(300);
  // It comes by another stream, which the order must not overtake.
  await sleep(1_000);
  const { body: cart } = await call('POST', '/carts', { customerId });
  await call('POST', `/carts/${cart.id}/items`, { productId: 1 + (turn % 2), quantity: 1 });
  const { body: order } = await call('POST', '/orders', {
    cartId: cart.id,
    shippingAddress: `Rua A, ${turn % 4}`,
    shippingCountry: countries[turn % 2],
    deviceId: `device-${turn % 5}`,
  });
  await call('POST', `/orders/${order.id}/payments`, {
    method: 'credit_card',
    card: { number: cards[turn % 2], expiryMonth: 12, expiryYear: 2099 },
  });
  return String(order.id);
}

async function caseOf(orderId: string) {
  let found: z.output<typeof foundCase> | undefined;
  await eventually(`the payment of order ${orderId} is judged`, async () => {
    const { status, body } = await call('GET', `/fraud/orders/${orderId}`);
    found = status === 200 ? foundCase.parse(body) : undefined;
    return found?.at === 'payment';
  });
  return found?.features ?? {};
}

async function inTheLake() {
  const client = athenaClient(awsUrl);
  const { columns, rows } = await runSql(client, shopFraud.sql(), lakeOfStage('dev'));
  client.destroy();
  return rows.map((row) => new Map(columns.map(({ name }, index) => [name, row[index] ?? null])));
}

it('the job and Athena know the same of every order that was paid', async () => {
  const orders: string[] = [];
  for (let turn = 0; turn < 12; turn += 1) {
    // The one before is judged, so that the next cannot overtake it in another shard.
    const order = await buy(turn);
    await caseOf(order);
    orders.push(order);
  }
  let rows = await inTheLake();
  await eventually('all has landed', async () => {
    rows = await inTheLake();
    const paid = rows.filter((row) => row.get('point_source') === 'payment');
    const items = rows.map((row) => Number(row.get('order_lines_1d')));
    return paid.length === orders.length && Math.max(...items) > 0;
  });

  const differences: string[] = [];
  for (const order of orders) {
    const row = rows.find(
      (each) => each.get('point_order') === order && each.get('point_source') === 'payment',
    );
    const features = await caseOf(order);
    for (const { name } of shopFraud.features) {
      const told = row?.get(name) ?? null;
      const inSql = told === null ? null : Number(told);
      // A case leaves out what is 0.
      const atEvent = name in features ? (features[name] ?? null) : 0;
      const isSame =
        inSql === atEvent ||
        (inSql !== null && atEvent !== null && Math.abs(inSql - atEvent) <= 1e-9 * Math.abs(inSql));
      if (!isSame) differences.push(`order ${order} ${name}: ${atEvent}, in SQL ${inSql}`);
    }
  }
  expect(differences).toEqual([]);
}, 420_000);

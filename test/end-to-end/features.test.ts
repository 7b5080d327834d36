import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import type { FeatureSet } from '../../shared/features/feature-set.ts';
import { shopFraud } from '../../shared/fraud/features.ts';
import { athenaClient } from '../../shared/lake/athena-client.ts';
import { lakeOfStage } from '../../shared/lake/lake-of-stage.ts';
import { runSql } from '../../shared/lake/run-sql.ts';
import { customerBehavior, saleFeatures } from '../../shared/sales/sale-features.ts';
import { isSame } from '../fixtures/feature-vectors.ts';
import { eventually, ShopProcess } from './shop-process.ts';

const cards = ['4242424242424242', '5555555555554444'];
const countries = ['BR', 'PT'];
const foundCase = z.looseObject({
  at: z.string(),
  features: z.record(z.string(), z.number().nullable()),
});

const soldLine = z.looseObject({
  features: z.record(z.string(), z.number().nullable()),
  customerBehaviorVector: z.array(z.number().nullable()),
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

const live = z.looseObject({
  health: z.array(
    z.looseObject({ job: z.string(), counts: z.looseObject({ counted: z.number() }).optional() }),
  ),
});

/** How many events the jobs that keep features have counted. */
async function countedByJobs(): Promise<readonly number[]> {
  const { health } = live.parse(await (await fetch(`${apiUrl}/live`)).json());
  return ['fraud', 'sale-features'].map(
    (name) => health.find(({ job }) => job === name)?.counts?.counted ?? 0,
  );
}

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
  const before = await countedByJobs();
  expect((await call('POST', '/events', { events: [click] })).status).toBeLessThan(300);
  // It comes by another stream, which the order must not overtake.
  await eventually('the click is counted', async () => {
    const after = await countedByJobs();
    return after.every((counted, index) => counted > (before[index] ?? 0));
  });
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

/** Rows of a statement by the local Athena, each by the names of its columns. */
async function ask(sql: string) {
  const client = athenaClient(awsUrl);
  const { columns, rows } = await runSql(client, sql, lakeOfStage('dev'));
  client.destroy();
  return rows.map((row) => new Map(columns.map(({ name }, index) => [name, row[index] ?? null])));
}

type Row = ReadonlyMap<string, string | null>;

/** Where a row says something else of the features than was told. */
function differences(
  { features }: FeatureSet,
  row: Row | undefined,
  told: (name: string) => number | null,
): readonly string[] {
  return features.flatMap(({ name }) => {
    const value = row?.get(name) ?? null;
    const inLake = value === null ? null : Number(value);
    return isSame(inLake, told(name)) ? [] : [`${name}: ${told(name)}, in the lake ${inLake}`];
  });
}

it('the job and Athena know the same of every order that was paid', async () => {
  const orders: string[] = [];
  for (let turn = 0; turn < 12; turn += 1) {
    // The one before is judged, so that the next cannot overtake it in another shard.
    const order = await buy(turn);
    await caseOf(order);
    orders.push(order);
  }
  let rows = await ask(shopFraud.sql());
  await eventually('all has landed', async () => {
    rows = await ask(shopFraud.sql());
    const paid = rows.filter((row) => row.get('point_source') === 'payment');
    const items = rows.map((row) => Number(row.get('order_lines_1d')));
    const [clicks] = await ask('SELECT count(*) AS landed FROM clicks');
    const allClicks = Number(clicks?.get('landed')) >= orders.length;
    if (!allClicks) return false;
    rows = await ask(shopFraud.sql());
    return paid.length === orders.length && Math.max(...items) > 0;
  });

  for (const order of orders) {
    const row = rows.find(
      (each) => each.get('point_order') === order && each.get('point_source') === 'payment',
    );
    const features = await caseOf(order);
    // A case leaves out what is 0.
    const told = (name: string) => (name in features ? (features[name] ?? null) : 0);
    expect([order, differences(shopFraud, row, told)]).toEqual([order, []]);
  }
}, 420_000);

it('the API, the lake’s view and Athena know the same of every line that was sold', async () => {
  let rows: readonly Row[] = [];
  let view: readonly Row[] = [];
  await eventually('all has landed', async () => {
    rows = await ask(saleFeatures.sql());
    view = await ask('SELECT * FROM sale_features');
    return rows.length > 0 && view.length === rows.length;
  });
  for (const row of rows) {
    const id = String(row.get('point_id'));
    const { status, body } = await call('GET', `/features/sales/${id}`);
    expect(status).toBe(200);
    const { features, customerBehaviorVector } = soldLine.parse(body);
    const told = (name: string) => features[name] ?? null;
    expect([id, differences(saleFeatures, row, told)]).toEqual([id, []]);
    const landed = view.find((each) => each.get('item_id') === id);
    expect([id, differences(saleFeatures, landed, told)]).toEqual([id, []]);
    expect(customerBehaviorVector).toEqual(customerBehavior.map(told));
  }

  const [last] = rows.toSorted((a, b) => Number(b.get('point_id')) - Number(a.get('point_id')));
  const customer = String(last?.get('point_customer'));
  const { body } = await call('GET', `/features/customers/${customer}`);
  const views = Number(last?.get('customer_views_7d'));
  expect(views).toBeGreaterThan(0);
  expect(soldLine.parse(body).features['customer_views_7d']).toBe(views);
  expect(Number(last?.get('customer_orders_28d'))).toBeGreaterThan(1);
}, 420_000);

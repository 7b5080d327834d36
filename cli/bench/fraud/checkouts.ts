import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { z } from 'zod';
import type { LocalCloud } from '../../../infra/local/cloud.ts';
import { percentiles } from '../../../shared/telemetry/recent.ts';
import { apiToken } from '../../api-token.ts';
import { drain } from '../../start/drain.ts';
import { fillCarts } from '../api/carts.ts';

/** How many orders a second are placed and paid, and for how long. */
interface CheckoutLoad {
  readonly perSecond: number;
  readonly seconds: number;
}

const warmUp = { perSecond: 20, seconds: 5 };
const clients = 8;
const made = z.object({ id: z.int() });
const decidedRow = z.object({ basis: z.string().nullable(), payments: z.coerce.number() });

/**
 * Places orders by the API and pays each right away, and measures what the decision about the
 * payment takes inside the function: its reads, from PostgreSQL and the state, and the judgement.
 */
export async function benchCheckouts(cloud: LocalCloud, load: CheckoutLoad): Promise<void> {
  const database = new pg.Client(cloud.database);
  await database.connect();
  try {
    const token = await apiToken({ role: 'operator', cloud });
    const [warmCarts, carts] = [warmUp, load].map(({ perSecond, seconds }) => perSecond * seconds);
    const first = await fillCarts(database, (warmCarts ?? 0) + (carts ?? 0));
    await checkOut(cloud.apiUrl, token, first, warmUp);
    await drain(cloud);
    cloud.metrics.clear();
    const { rows: before } = await database.query(
      'select coalesce(max(id), 0) as id from payments',
    );
    const requestMs = await checkOut(cloud.apiUrl, token, first + (warmCarts ?? 0), load);
    // Functions write their metrics at the end of an invocation.
    await sleep(500);
    const { rows } = await database.query(
      `select decision_basis as basis, count(*) as payments from payments where id > $1 group by 1`,
      [before[0]?.id],
    );
    const byBasis = z
      .array(decidedRow)
      .parse(rows)
      .map(({ basis, payments }) => [basis, payments]);
    const line = {
      perSecond: load.perSecond,
      payments: requestMs.length,
      decisionMs: tenths(cloud.metrics.values('DecisionMs')),
      requestMs: tenths(requestMs),
      byBasis: Object.fromEntries(byBasis),
    };
    console.log(JSON.stringify({ bench: 'fraud', part: 'checkout', ...line }));
  } finally {
    await database.end();
  }
}

/** @returns how long each payment took whoever sent it. */
async function checkOut(
  apiUrl: string,
  token: string,
  firstCart: number,
  { perSecond, seconds }: CheckoutLoad,
): Promise<readonly number[]> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const post = async (path: string, body: object, key?: string): Promise<unknown> => {
    const answer = await fetch(`${apiUrl}${path}`, {
      method: 'POST',
      headers: { ...headers, ...(key !== undefined && { 'idempotency-key': key }) },
      body: JSON.stringify(body),
    });
    const told: unknown = await answer.json();
    if (answer.ok) return told;
    throw new Error(
      `Cannot check out: POST ${path} answers ${answer.status}: received ${JSON.stringify(told)}`,
    );
  };
  const took: number[] = [];
  const startedMs = performance.now();
  let next = 0;
  const work = async (): Promise<void> => {
    for (let index = next++; index < perSecond * seconds; index = next++) {
      const early = startedMs + (index / perSecond) * 1000 - performance.now();
      if (early > 0) await sleep(early);
      const cartId = firstCart + index;
      const address = { shippingAddress: `Long Street ${cartId % 500}`, shippingCountry: 'DE' };
      const order = { cartId, ...address, deviceId: `bench-device-${cartId % 300}` };
      const { id } = made.parse(await post('/orders', order, `bench-${cartId}`));
      const beganMs = performance.now();
      const card = { number: '4242424242424242', expiryMonth: 12, expiryYear: 2099 };
      await post(`/orders/${id}/payments`, { method: 'credit_card', card });
      took.push(performance.now() - beganMs);
    }
  };
  await Promise.all(Array.from({ length: clients }, work));
  return took;
}

function tenths(values: readonly number[]) {
  const found = percentiles(values);
  return found && { p50: Math.round(found.p50 * 10) / 10, p99: Math.round(found.p99 * 10) / 10 };
}

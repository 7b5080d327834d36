import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import pg from 'pg';
import { z } from 'zod';
import type { LocalCloud } from '../../../infra/local/cloud.ts';
import { settings } from '../../../shared/config/settings.ts';
import { fraudCaseSchema } from '../../../shared/events/fraud-case.ts';
import { percentiles } from '../../../shared/telemetry/recent.ts';
import { drain } from '../../start/drain.ts';
import { nameOf } from '../../start/name-of.ts';
import { summarise } from '../../start/summary.ts';
import { clientOptions } from '../end-to-end/client-options.ts';
import { isBent, measureLoad } from '../measure-load.ts';
import { type PaidOrderLoad, PaidOrders } from './put-paid-orders.ts';

const warmUpSeconds = 8;

/** How fast orders are to come, for how long, and how many of them are worth an alert. */
export interface FraudRates {
  readonly rates: readonly number[];
  readonly seconds: number;
  readonly alertShare: number;
}

/**
 * Places and pays orders in PostgreSQL at rising rates, and measures how long after its commit an
 * alert is at the webhook and a case in its table, with the score that the API serves.
 */
export async function benchFraudOrders(cloud: LocalCloud, load: FraudRates): Promise<void> {
  const { rates, seconds, alertShare } = load;
  const orders = new PaidOrders(cloud.database);
  const warmUp = { perSecond: 50, seconds: warmUpSeconds, alertShare };
  await orders.put(await orders.invite(warmUp), warmUp);
  for (const perSecond of rates) {
    const line = await measure(cloud, orders, { perSecond, seconds, alertShare });
    console.log(JSON.stringify({ bench: 'fraud', part: 'orders', ...line }));
    if (line.bent) break;
  }
  await balance(cloud);
}

async function measure(cloud: LocalCloud, orders: PaidOrders, load: PaidOrderLoad) {
  const customers = await orders.invite(load);
  await drain(cloud);
  await sleep(500);
  const { done, taken } = await measureLoad(cloud, () => orders.put(customers, load));
  const commitToAlertMs = percentiles(cloud.metrics.values('CommitToAlert'));
  const commitToCaseMs = percentiles(cloud.metrics.values('CommitToCase'));
  return {
    targetPerSecond: load.perSecond,
    reachedPerSecond: Math.round(done.perSecond),
    orders: customers.length,
    alertShare: load.alertShare,
    alerts: cloud.metrics.values('CommitToAlert').length,
    cases: cloud.metrics.values('CommitToCase').length,
    commitToAlertMs,
    commitToCaseMs,
    ...taken,
    bent: isBent({ target: load.perSecond, reached: done.perSecond }, commitToAlertMs),
  };
}

/** Holds every output against PostgreSQL, the cases too, and prints what is lost or doubled. */
async function balance(cloud: LocalCloud): Promise<void> {
  const { orders, lost, doubled, alertsSent } = await summarise(
    cloud,
    await drain(cloud),
    settings({}),
  );
  const cases = await balanceCases(cloud);
  console.log(
    JSON.stringify({ bench: 'fraud', part: 'orders', orders, alertsSent, lost, doubled, cases }),
  );
  if (lost + doubled + cases.lost + cases.doubled > 0) process.exitCode = 1;
}

const caseItem = z.object({
  pk: z.object({ S: z.string() }),
  case: z.object({
    S: z
      .string()
      .transform((text): unknown => JSON.parse(text))
      .pipe(fraudCaseSchema.pick({ at: true })),
  }),
});

/** Each paid order has a case that its payment made, and each case has an order. */
async function balanceCases(cloud: LocalCloud) {
  const stored = new Map<string, string>();
  const client = new DynamoDBClient({
    ...clientOptions(cloud.awsUrl),
    requestHandler: new NodeHttpHandler(),
  });
  const database = new pg.Client(cloud.database);
  await database.connect();
  try {
    const TableName = nameOf(cloud, 'AWS::DynamoDB::Table', 'fraud-cases');
    for await (const { Items = [] } of paginateScan({ client }, { TableName })) {
      for (const item of Items) {
        const { pk, case: known } = caseItem.parse(item);
        stored.set(pk.S, known.S.at);
      }
    }
    const { rows } = await database.query(
      `select order_id::text as id from payments where not is_backfill`,
    );
    const paid = z.array(z.object({ id: z.string() })).parse(rows);
    const lost = paid.filter(({ id }) => stored.get(id) !== 'payment').length;
    const known = new Set(paid.map(({ id }) => id));
    const doubled = [...stored].filter(([id, at]) => at === 'payment' && !known.has(id)).length;
    return { paid: paid.length, stored: stored.size, lost, doubled };
  } finally {
    await database.end();
    client.destroy();
  }
}

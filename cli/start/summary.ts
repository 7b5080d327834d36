import { DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import pg from 'pg';
import { z } from 'zod';
import type { LocalCloud } from '../../infra/local/cloud.ts';
import { localRegion } from '../../infra/local/service.ts';
import type { Settings } from '../../shared/config/settings.ts';
import { readGenerations } from '../../shared/jobs/generations.ts';
import { athenaClient } from '../../shared/lake/athena-client.ts';
import { DynamoDbStore } from '../../shared/state/dynamodb-store.ts';
import { revenueWindows } from '../../shared/statistics/statistic-window.ts';
import { addCounts, type Counts, unpackControl } from '../../shared/stream/state/control.ts';
import {
  controlRows,
  jobPartition,
  resultPartition,
  wholePartition,
} from '../../shared/stream/state/layout.ts';
import type { StateStore } from '../../shared/stream/state-store.ts';
import { percentiles } from '../../shared/telemetry/recent.ts';
import { copiedTables, landedRows } from '../balance/lake-rows.ts';
import { soldPerWindow, toldRevenue } from '../balance/revenue-windows.ts';
import { declaredJobs } from '../jobs/declared-jobs.ts';
import { type Balance, balanceOf } from './balance.ts';
import { compareViews, mostViewedRow } from './compare-views.ts';
import { compareWindows } from './compare-windows.ts';
import { nameOf } from './name-of.ts';

/** The table of alerts has other items, too. */
const loggedAlert = z.object({
  pk: z.string(),
  sk: z.string(),
  deliveries: z.record(z.string(), z.object({ status: z.string() })).default({}),
});

/** Counts everything at its source and at its end, and tells the difference. */
export async function summarise(cloud: LocalCloud, drained: boolean, settings: Settings) {
  const { revenueWindowMs, highOrderValueCents, maxFutureMs } = settings;
  const database = new pg.Client(cloud.database);
  await database.connect();
  const dynamo = new DynamoDBClient({
    endpoint: cloud.awsUrl,
    region: localRegion,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  try {
    const store = storeOf(dynamo, cloud);
    const windows = await toldRevenue(store, settings);
    const viewed = await liveWindows(store, 'most-viewed', mostViewedRow);
    const events = await eventsOfJobs(store, settings);
    const sold = await soldPerWindow(database, revenueWindowMs);
    const revenue = compareWindows(sold, windows, await isRevenueFirst(store, settings));
    const alerts = await compareAlerts(
      database,
      await scan(dynamo, cloud, 'alerts'),
      highOrderValueCents,
    );
    const lake = await compareLake(database, cloud);
    const { late = 0 } = events['most-viewed'] ?? {};
    const clickstream = nameOf(cloud, 'AWS::Kinesis::Stream', 'clickstream');
    const views = compareViews(cloud.kinesis, clickstream, viewed, late, {
      nowMs: Date.now(),
      maxFutureMs,
    });
    const { metrics } = cloud;
    const balances = [revenue, views, alerts.balance, ...Object.values(lake.balance)];
    return {
      drained,
      orders: windows.reduce((sum, { data }) => sum + data.orders, 0),
      changes: (await cloud.capture.status()).changesPut,
      events,
      windowsClosed: windows.filter(({ closed }) => closed).length,
      alertsSent: alerts.sent,
      lakeRows: lake.rows,
      latencyMs: {
        commitToResult: percentiles(metrics.values('CommitToResult')),
        commitToAlert: percentiles(metrics.values('CommitToAlert')),
      },
      lost: balances.reduce((sum, { lost }) => sum + lost, 0),
      doubled: balances.reduce((sum, { doubled }) => sum + doubled, 0),
      balance: { revenue, views, alerts: alerts.balance, lake: lake.balance },
    };
  } finally {
    await database.end();
    dynamo.destroy();
  }
}

/** Whether no earlier generation of it has told anything. */
async function isRevenueFirst(store: StateStore, settings: Settings): Promise<boolean> {
  const [{ job }] = revenueWindows(settings);
  const { live } = await readGenerations(store, job);
  for (let generation = 1; generation < live; generation += 1) {
    const told = await store.query(resultPartition({ ...job, generation }), wholePartition);
    if (told.length > 0) return false;
  }
  return true;
}

/** The results of a job in the generation that counts. */
async function liveWindows<Row extends z.ZodType>(
  store: StateStore,
  name: string,
  row: Row,
): Promise<z.output<Row>[]> {
  const { live } = await readGenerations(store, { name, generation: 1 });
  const items = await store.query(resultPartition({ name, generation: live }), wholePartition);
  return items.map(({ attributes }) => row.parse(attributes));
}

/** What became of the events of each job, from the control rows of its shards. */
async function eventsOfJobs(
  store: StateStore,
  settings: Settings,
): Promise<Readonly<Record<string, Counts>>> {
  const counts = declaredJobs(settings).map(async (job) => {
    const { live } = await readGenerations(store, job);
    const partition = jobPartition({ name: job.name, generation: live });
    const rows = await store.query(partition, controlRows);
    return [job.name, addCounts(rows.map((row) => unpackControl(row).counts))] as const;
  });
  return Object.fromEntries(await Promise.all(counts));
}

function storeOf(client: DynamoDBClient, cloud: LocalCloud): StateStore {
  const [state, results] = [
    nameOf(cloud, 'AWS::DynamoDB::Table', 'state'),
    nameOf(cloud, 'AWS::DynamoDB::Table', 'results'),
  ];
  return new DynamoDbStore(client, { state, results });
}

/**
 * Of the one rule that the orders themselves can tell: every order above the threshold must have
 * been sent, or be held back by its cooldown, and nothing sent about an order that is not there. An
 * alert under an earlier, lower threshold is neither; history that is told later alerts nobody.
 */
async function compareAlerts(
  database: pg.Client,
  log: readonly unknown[],
  highOrderValueCents: number,
) {
  const { rows } = await database.query(
    `select 'high-value-order|' || id as alert, total * 100 >= $1 and not is_backfill as expected
     from orders`,
    [highOrderValueCents],
  );
  const orders = z.array(z.object({ alert: z.string(), expected: z.boolean() })).parse(rows);
  const logged = z
    .array(loggedAlert)
    .parse(log)
    .filter(({ pk, sk }) => sk === 'ALERT' && pk.startsWith('high-value-order|'));
  const inStates = (...states: readonly string[]) =>
    new Set(
      logged
        .filter(({ deliveries }) =>
          Object.values(deliveries).some(({ status }) => states.includes(status)),
        )
        .map(({ pk }) => pk),
    );
  const sent = inStates('sent');
  const accounted = inStates('sent', 'held', 'muted');
  const known = new Set(orders.map(({ alert }) => alert));
  const lost = orders.filter(({ alert, expected }) => expected && !accounted.has(alert)).length;
  const doubled = [...sent].filter((id) => !known.has(id)).length;
  return { sent: sent.size, balance: { lost, doubled } };
}

async function compareLake(database: pg.Client, cloud: LocalCloud) {
  const lake = { client: athenaClient(cloud.awsUrl) };
  const rows: Record<string, number> = {};
  const balance: Record<string, Balance> = {};
  for (const dataSet of copiedTables) {
    const { name: table } = dataSet;
    const truth = await database.query(`select count(*)::int as count from ${table}`);
    const [{ count }] = z.tuple([z.object({ count: z.number() })]).parse(truth.rows);
    const { all, distinct } = await landedRows(lake, dataSet);
    rows[table] = all;
    balance[table] = balanceOf([distinct - count, all - distinct]);
  }
  return { rows, balance };
}

async function scan(
  client: DynamoDBClient,
  cloud: LocalCloud,
  table: 'alerts',
): Promise<readonly unknown[]> {
  const items: unknown[] = [];
  for await (const page of paginateScan(
    { client },
    { TableName: nameOf(cloud, 'AWS::DynamoDB::Table', table), ConsistentRead: true },
  )) {
    for (const item of page.Items ?? []) items.push(unmarshall(item));
  }
  return items;
}

import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import middy from '@middy/core';
import type { KinesisStreamBatchResponse } from 'aws-lambda';
import { z } from 'zod';
import { AlertLog } from '../../shared/alerts/alert-log.ts';
import { LaneTable } from '../../shared/alerts/lane-table.ts';
import { type Mute, MuteTable } from '../../shared/alerts/mutes.ts';
import { UndeliveredTable } from '../../shared/alerts/undelivered.ts';
import { environment } from '../../shared/config/environment.ts';
import { settings } from '../../shared/config/settings.ts';
import { sendDeadLetters } from '../../shared/jobs/dead-letters.ts';
import { readInvocation } from '../../shared/jobs/invocation.ts';
import type { KinesisBatch } from '../../shared/jobs/kinesis-batch.ts';
import { DynamoDbStore } from '../../shared/state/dynamodb-store.ts';
import { telemetry } from '../../shared/telemetry/telemetry.ts';
import { deliverAll, deliverDue } from './deliver-batch.ts';
import { LiveAlerts } from './live-alerts.ts';
import { Outages } from './outages.ts';
import { postTo } from './post-to.ts';
import { readAlert } from './read-alert.ts';
import type { Delivery, DeliveryParts } from './send-lane.ts';
import { Targets } from './targets.ts';

/** The alarm asks whether there is one; how many there are the API tells. */
const undeliveredCountMax = 100;

const env = environment(
  z.object({
    ALERTS_TABLE_NAME: z.string(),
    RESULTS_TABLE_NAME: z.string(),
    WEBHOOK_SECRET_ARN: z.string(),
    DEAD_LETTER_QUEUE_URL: z.string(),
    /** Where the shop's API answers; links lead there. */
    SHOP_URL: z.string().default(''),
  }),
);
const now = (): number => Date.now();
const { logger, milliseconds, count, flush } = telemetry('alert-delivery');
const dynamo = new DynamoDBClient({});
const sqs = new SQSClient({ useQueueUrlAsEndpoint: true });
const undelivered = new UndeliveredTable(dynamo, env.ALERTS_TABLE_NAME);
const muteTable = new MuteTable(dynamo, env.ALERTS_TABLE_NAME);
const targets = new Targets(new SecretsManagerClient({}), env.WEBHOOK_SECRET_ARN, now);
const tables = { state: env.RESULTS_TABLE_NAME, results: env.RESULTS_TABLE_NAME };
const live = new LiveAlerts(new DynamoDbStore(dynamo, tables), now);

/** A new mute is heeded within this time. */
const mutesLifetimeMs = 5_000;
let mutes: { readonly list: readonly Mute[]; readonly atMs: number } | undefined;

const parts: DeliveryParts = {
  log: new AlertLog(dynamo, env.ALERTS_TABLE_NAME),
  lanes: new LaneTable(dynamo, env.ALERTS_TABLE_NAME),
  undelivered,
  outages: new Outages(),
  shopUrl: env.SHOP_URL,
  momentsToldWithinMs: settings().statisticsAlertsToldWithinMs,
  now,
  random: () => Math.random(),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  async mutes() {
    if (!mutes || now() - mutes.atMs >= mutesLifetimeMs) {
      mutes = { list: await muteTable.list(now()), atMs: now() };
    }
    return mutes.list;
  },
  targetNames: () => targets.names(),
  post: (target, message) => postTo(targets, target, message, now),
};

/** Less than the function's timeout by what one delivery may take. */
const sweepMaxMs = 30_000;
/** A batch brings what is due along now and then: it need not wait for the schedule. */
const alongMaxMs = 2_000;
const alongEveryMs = 5_000;
let alongAtMs = 0;

/** Alerts of a batch of insights are sent as they come; a schedule sends what had to wait. */
export const handler = middy<unknown, KinesisStreamBatchResponse | undefined>().handler(
  async (event) => {
    try {
      const invocation = readInvocation(event);
      if (invocation.kind === 'batch') return await takeBatch(invocation.batch);
      await sweep();
      return undefined;
    } finally {
      flush();
    }
  },
);

async function takeBatch({ from, records }: KinesisBatch): Promise<KinesisStreamBatchResponse> {
  const read = records.map((record) => readAlert(record, from));
  const letters = read.flatMap((one) => (one.kind === 'undecodable' ? [one.letter] : []));
  const alerts = read.flatMap((one) => (one.kind === 'told' ? [one.insight] : []));
  try {
    const { deliveries, errors } = await deliverAll(alerts, parts);
    await tell(deliveries);
    if (errors.length > 0) throw new AggregateError(errors, 'Cannot deliver some alerts');
    await bringAlong();
    // Last, since every retry of the batch would send them again.
    await sendDeadLetters(sqs, env.DEAD_LETTER_QUEUE_URL, letters);
    return { batchItemFailures: [] };
  } catch (error) {
    logger.error('Cannot take a batch of insights, it will come again', { ...from, error });
    return { batchItemFailures: [{ itemIdentifier: records[0]?.sequenceNumber ?? '' }] };
  }
}

/** Tells what has waited long enough, but to targets that are down. Never throws. */
async function bringAlong(): Promise<void> {
  if (now() - alongAtMs < alongEveryMs) return;
  alongAtMs = now();
  try {
    const { deliveries, errors } = await deliverDue(parts, now() + alongMaxMs);
    await tell(deliveries);
    if (errors.length > 0) throw new AggregateError(errors, 'Cannot deliver some alerts');
  } catch (error) {
    logger.error('Cannot tell what was held back, the schedule will', { error });
  }
}

async function sweep(): Promise<void> {
  // Here it is found out who is back.
  parts.outages.endAll();
  const { deliveries, errors } = await deliverDue(parts, now() + sweepMaxMs);
  await tell(deliveries);
  // Says so again every minute, for as long as there are any.
  count('AlertsUndelivered', (await undelivered.list(undeliveredCountMax)).messages.length);
  if (errors.length > 0) throw new AggregateError(errors, 'Cannot deliver some alerts');
}

async function tell(deliveries: readonly Delivery[]): Promise<void> {
  const sent = deliveries.filter(({ status }) => status === 'sent');
  const latencies = sent.flatMap(({ data, sentAtMs, prompt }) =>
    data.committedAtMs === undefined || sentAtMs === undefined || !prompt
      ? []
      : [sentAtMs - data.committedAtMs],
  );
  for (const { id, status, attempts, reason } of deliveries) {
    if (status === 'failed') logger.error('Gave up an alert', { id, attempts, reason });
    else if (reason) logger.warn('Cannot send an alert yet', { id, attempts, reason });
  }
  milliseconds('CommitToAlert', latencies);
  count('AlertsSent', sent.length);
  count('AlertsHeld', deliveries.filter(({ held }) => held).length);
  count(
    'AlertsDelayed',
    deliveries.filter(({ status, held }) => status !== 'sent' && !held).length,
  );
  try {
    await live.show(deliveries, latencies);
  } catch (error) {
    // They are told; no alert waits for a page.
    logger.warn('Cannot show alerts on the live page', { error });
  }
}

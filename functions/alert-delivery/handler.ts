import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import middy from '@middy/core';
import type { KinesisStreamBatchResponse } from 'aws-lambda';
import { z } from 'zod';
import { type PostOutcome, postWebhook } from '../../shared/alerts/post-webhook.ts';
import type { SlackMessage } from '../../shared/alerts/slack-message.ts';
import { environment } from '../../shared/config/environment.ts';
import { sendDeadLetters } from '../../shared/jobs/dead-letters.ts';
import { readInvocation } from '../../shared/jobs/invocation.ts';
import type { KinesisBatch } from '../../shared/jobs/kinesis-batch.ts';
import { DynamoDbStore } from '../../shared/state/dynamodb-store.ts';
import { telemetry } from '../../shared/telemetry/telemetry.ts';
import { AlertLog } from './alert-log.ts';
import type { Delivery, DeliveryParts } from './deliver.ts';
import { deliverAll, deliverDue } from './deliver-batch.ts';
import { LiveAlerts } from './live-alerts.ts';
import { readAlert } from './read-alert.ts';
import { WebhookAddress } from './webhook-address.ts';

const env = environment(
  z.object({
    ALERTS_TABLE_NAME: z.string(),
    RESULTS_TABLE_NAME: z.string(),
    WEBHOOK_SECRET_ARN: z.string(),
    UNDELIVERED_ALERTS_QUEUE_URL: z.string(),
    DEAD_LETTER_QUEUE_URL: z.string(),
  }),
);
const now = (): number => Date.now();
const { logger, milliseconds, count, flush } = telemetry('alert-delivery');
const dynamo = new DynamoDBClient({});
const sqs = new SQSClient({ useQueueUrlAsEndpoint: true });
const log = new AlertLog(dynamo, env.ALERTS_TABLE_NAME);
const address = new WebhookAddress(new SecretsManagerClient({}), env.WEBHOOK_SECRET_ARN, now);
const tables = { state: env.RESULTS_TABLE_NAME, results: env.RESULTS_TABLE_NAME };
const live = new LiveAlerts(new DynamoDbStore(dynamo, tables), now);

const parts: DeliveryParts = {
  log,
  now,
  random: () => Math.random(),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  post,
  giveUp: async (id, data, reason) => {
    const letter = { id, reason, data };
    await sqs.send(
      new SendMessageCommand({
        QueueUrl: env.UNDELIVERED_ALERTS_QUEUE_URL,
        MessageBody: JSON.stringify(letter),
      }),
    );
  },
};

/** Less than the function's timeout by what one delivery may take. */
const sweepMaxMs = 30_000;
const addressRetryMs = 60_000;

/** Alerts of a batch of insights are sent as they come; a schedule sends what had to wait. */
export const handler = middy<unknown, KinesisStreamBatchResponse | undefined>().handler(
  async (event) => {
    try {
      const invocation = readInvocation(event);
      if (invocation.kind === 'batch') return await takeBatch(invocation.batch);
      await tell(await deliverDue(parts, now() + sweepMaxMs));
      return undefined;
    } finally {
      flush();
    }
  },
);

async function takeBatch({ from, records }: KinesisBatch): Promise<KinesisStreamBatchResponse> {
  const read = records.map((record) => readAlert(record, from));
  const letters = read.flatMap((one) => (one.kind === 'undecodable' ? [one.letter] : []));
  const alerts = read.flatMap((one) => (one.kind === 'alert' ? [one] : []));
  try {
    const { deliveries, errors } = await deliverAll(alerts, parts);
    await tell(deliveries);
    if (errors.length > 0) throw new AggregateError(errors, 'Cannot deliver some alerts');
    // Last, since every retry of the batch would send them again.
    await sendDeadLetters(sqs, env.DEAD_LETTER_QUEUE_URL, letters);
    return { batchItemFailures: [] };
  } catch (error) {
    logger.error('Cannot take a batch of insights, it will come again', { ...from, error });
    return { batchItemFailures: [{ itemIdentifier: records[0]?.sequenceNumber ?? '' }] };
  }
}

async function post(message: SlackMessage): Promise<PostOutcome> {
  let url: string;
  try {
    url = await address.get();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { kind: 'failed', reason, retryAfterMs: addressRetryMs };
  }
  return postWebhook(url, message);
}

async function tell(deliveries: readonly Delivery[]): Promise<void> {
  const sent = deliveries.filter(({ status }) => status === 'sent');
  const latencies = sent.flatMap(({ data, sentAtMs }) =>
    data.committedAtMs === undefined || sentAtMs === undefined
      ? []
      : [sentAtMs - data.committedAtMs],
  );
  for (const { id, status, attempts, reason } of deliveries) {
    if (status === 'failed') logger.error('Gave up an alert', { id, attempts, reason });
    else if (reason) logger.warn('Cannot send an alert yet', { id, attempts, reason });
  }
  milliseconds('CommitToAlert', latencies);
  count('AlertsSent', sent.length);
  count('AlertsDelayed', deliveries.length - sent.length);
  await live.show(deliveries, latencies);
}

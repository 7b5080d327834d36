import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import middy from '@middy/core';
import type { KinesisStreamBatchResponse } from 'aws-lambda';
import { z } from 'zod';
import { postWebhook } from '../../shared/alerts/post-webhook.ts';
import { environment } from '../../shared/config/environment.ts';
import { sendDeadLetters } from '../../shared/jobs/dead-letters.ts';
import { isKinesisEvent, parseKinesisBatch } from '../../shared/jobs/kinesis-batch.ts';
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
  post: async (message) => postWebhook(await address.get(), message),
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

/** Alerts of a batch of insights are sent as they come; a schedule sends what had to wait. */
export const handler = middy<unknown, KinesisStreamBatchResponse | undefined>().handler(
  async (event) => {
    try {
      if (isKinesisEvent(event)) return await takeBatch(event);
      await sendDue();
      return undefined;
    } finally {
      flush();
    }
  },
);

async function takeBatch(event: unknown): Promise<KinesisStreamBatchResponse> {
  const { from, records } = parseKinesisBatch(event);
  const read = records.map((record) => readAlert(record, from));
  const letters = read.flatMap((one) => (one.kind === 'undecodable' ? [one.letter] : []));
  const alerts = read.flatMap((one) => (one.kind === 'alert' ? [one] : []));
  try {
    await sendDeadLetters(sqs, env.DEAD_LETTER_QUEUE_URL, letters);
    await tell(await deliverAll(alerts, parts));
    return { batchItemFailures: [] };
  } catch (error) {
    logger.error('Cannot take a batch of insights, it will come again', { ...from, error });
    return { batchItemFailures: [{ itemIdentifier: records[0]?.sequenceNumber ?? '' }] };
  }
}

async function sendDue(): Promise<void> {
  await tell(await deliverDue(await log.due(now()), parts));
}

async function tell(deliveries: readonly Delivery[]): Promise<void> {
  const sent = deliveries.filter(({ status }) => status === 'sent');
  const latencies = sent.flatMap(({ data, sentAtMs = 0, attempts }) =>
    data.committedAtMs === undefined || attempts > 1 ? [] : [sentAtMs - data.committedAtMs],
  );
  milliseconds('CommitToAlert', latencies);
  count('AlertsSent', sent.length);
  count('AlertsDelayed', deliveries.length - sent.length);
  await live.show(deliveries, latencies);
}

import { FirehoseClient } from '@aws-sdk/client-firehose';
import { SQSClient } from '@aws-sdk/client-sqs';
import middy from '@middy/core';
import type { KinesisStreamBatchResponse } from 'aws-lambda';
import { environment } from '../../shared/config/environment.ts';
import { sendDeadLetters } from '../../shared/jobs/dead-letters.ts';
import { parseKinesisBatch } from '../../shared/jobs/kinesis-batch.ts';
import { telemetry } from '../../shared/telemetry/telemetry.ts';
import { config } from './config.ts';
import { deliver } from './deliver.ts';
import { consumer, planLanding } from './landing.ts';

const env = environment(config);
const firehose = new FirehoseClient({});
const deadLetters = new SQSClient({ useQueueUrlAsEndpoint: true });
const { logger, count, flush } = telemetry(consumer);
const wait = {
  sleep: (milliseconds: number): Promise<void> =>
    new Promise((resolve) => setTimeout(resolve, milliseconds)),
  random: () => Math.random(),
};

/**
 * Lands changes, clicks and insights in the lake: rows packed for the delivery stream of their data set, what cannot
 * be read to the dead-letter queue. When something does not arrive, the batch comes again from the
 * first record concerned; rows behind it may land twice, which the current-state views do not show.
 */
export const handler = middy<unknown, KinesisStreamBatchResponse>().handler(async (event) => {
  try {
    const batch = parseKinesisBatch(event);
    const { packs, refused } = planLanding(batch, {
      clickstream: env.CLICKSTREAM_NAME,
      insights: env.INSIGHTS_STREAM_NAME,
    });
    const missing: number[] = [];
    for (const [dataSet, ofDataSet] of packs) {
      const deliveryStream = `${env.DELIVERY_STREAM_PREFIX}${dataSet}`;
      const undelivered = await deliver(firehose, deliveryStream, ofDataSet, wait);
      const rows = ofDataSet.reduce((sum, pack) => sum + pack.rows, 0);
      const missingRows = undelivered?.packs.reduce((sum, pack) => sum + pack.rows, 0) ?? 0;
      count('RowsLanded', rows - missingRows);
      if (!undelivered) continue;
      const { reason } = undelivered;
      logger.error('Cannot deliver rows, they will come again', {
        deliveryStream,
        missingRows,
        reason,
      });
      missing.push(...undelivered.packs.map(({ firstRecordIndex }) => firstRecordIndex));
    }
    try {
      await sendDeadLetters(
        deadLetters,
        env.DEAD_LETTER_QUEUE_URL,
        refused.map(({ letter }) => letter),
      );
      count('RecordsRefused', refused.length);
    } catch (error) {
      logger.error('Cannot send dead letters, their records will come again', { error });
      missing.push(...refused.map(({ recordIndex }) => recordIndex));
    }
    if (missing.length === 0) return { batchItemFailures: [] };
    const itemIdentifier = batch.records[Math.min(...missing)]?.sequenceNumber ?? '';
    return { batchItemFailures: [{ itemIdentifier }] };
  } finally {
    flush();
  }
});

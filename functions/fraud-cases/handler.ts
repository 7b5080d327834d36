import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import middy from '@middy/core';
import type { KinesisStreamBatchResponse } from 'aws-lambda';
import { z } from 'zod';
import { environment } from '../../shared/config/environment.ts';
import { sendDeadLetters } from '../../shared/jobs/dead-letters.ts';
import { parseKinesisBatch } from '../../shared/jobs/kinesis-batch.ts';
import { telemetry } from '../../shared/telemetry/telemetry.ts';
import { readCase } from './read-case.ts';
import { storeCases } from './store-cases.ts';

const env = environment(
  z.object({ FRAUD_CASES_TABLE_NAME: z.string(), DEAD_LETTER_QUEUE_URL: z.string() }),
);
const now = (): number => Date.now();
const { logger, milliseconds, count, flush } = telemetry('fraud-cases');
const sqs = new SQSClient({ useQueueUrlAsEndpoint: true });
const table = { client: new DynamoDBClient({}), tableName: env.FRAUD_CASES_TABLE_NAME };

/** Cases of a batch of insights are stored where they are newer than what is there. */
export const handler = middy<unknown, KinesisStreamBatchResponse>().handler(async (event) => {
  const { from, records } = parseKinesisBatch(event);
  try {
    const read = records.map((record) => readCase(record, from));
    const letters = read.flatMap((one) => (one.kind === 'undecodable' ? [one.letter] : []));
    const told = read.flatMap((one) => (one.kind === 'told' ? [one.insight] : []));
    const stored = await storeCases(table, told, now);
    const atMs = now();
    const latencies = stored.flatMap(({ data }) =>
      data.committedAtMs === null ? [] : [atMs - data.committedAtMs],
    );
    milliseconds('CommitToCase', latencies);
    count('CasesStored', stored.length);
    // Last, since every retry of the batch would send them again.
    await sendDeadLetters(sqs, env.DEAD_LETTER_QUEUE_URL, letters);
    return { batchItemFailures: [] };
  } catch (error) {
    logger.error('Cannot take a batch of insights, it will come again', { ...from, error });
    return { batchItemFailures: [{ itemIdentifier: records[0]?.sequenceNumber ?? '' }] };
  } finally {
    flush();
  }
});

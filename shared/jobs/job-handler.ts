import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import middy from '@middy/core';
import type { KinesisStreamBatchResponse } from 'aws-lambda';
import { z } from 'zod';
import { environment } from '../config/environment.ts';
import { kinesisClient } from '../kinesis/client.ts';
import { KinesisShardReader } from '../kinesis/shard-reader.ts';
import { DynamoDbStore } from '../state/dynamodb-store.ts';
import type { ShardId, StreamRecord } from '../stream/record.ts';
import { telemetry } from '../telemetry/telemetry.ts';
import { readInvocation } from './invocation.ts';
import type { JobSurroundings } from './job-runner.ts';
import type { KinesisBatch } from './kinesis-batch.ts';
import { Publisher } from './publisher.ts';

const jobEnvironment = z.object({
  SHOP_CHANGES_STREAM_NAME: z.string(),
  INSIGHTS_STREAM_NAME: z.string(),
  STATE_TABLE_NAME: z.string(),
  RESULTS_TABLE_NAME: z.string(),
  DEAD_LETTER_QUEUE_URL: z.string(),
});

/** What surrounds the jobs of a function, and the name sources use of each stream it reads. */
interface FunctionSurroundings extends JobSurroundings {
  readonly streamOf: Readonly<Record<string, string>>;
}

/** The AWS side of a function that runs jobs. Call once, at cold start. */
export function jobSurroundings(service: string): FunctionSurroundings {
  const env = environment(jobEnvironment);
  const kinesis = kinesisClient();
  const store = new DynamoDbStore(new DynamoDBClient({}), {
    state: env.STATE_TABLE_NAME,
    results: env.RESULTS_TABLE_NAME,
  });
  const now = (): number => Date.now();
  const sleep = (milliseconds: number): Promise<void> =>
    new Promise((resolve) => setTimeout(resolve, milliseconds));
  const streamNames = { 'shop-changes': env.SHOP_CHANGES_STREAM_NAME };
  const publisher = new Publisher(kinesis, env.INSIGHTS_STREAM_NAME, store, {
    sleep,
    random: () => Math.random(),
  });
  return {
    store,
    streamOf: { [env.SHOP_CHANGES_STREAM_NAME]: 'shop-changes' },
    shards: new KinesisShardReader(kinesis, streamNames, now),
    publisher,
    telemetry: telemetry(service),
    deadLetters: {
      client: new SQSClient({ useQueueUrlAsEndpoint: true }),
      queueUrl: env.DEAD_LETTER_QUEUE_URL,
    },
    now,
    sleep,
  };
}

/** A job, or anything else, that takes batches and is swept by a schedule. */
export interface BatchTaker {
  take(from: ShardId, records: readonly StreamRecord[]): Promise<void>;
  sweep(): Promise<void>;
}

/**
 * The handler of a function that runs jobs: batches of a Kinesis mapping, and the sweep of a
 * schedule. When a taker fails the whole batch comes again; those that had taken it see nothing new.
 */
export function jobHandler(
  { streamOf, telemetry: { logger, flush } }: FunctionSurroundings,
  takers: readonly BatchTaker[],
) {
  return middy<unknown, KinesisStreamBatchResponse | undefined>().handler(async (event) => {
    try {
      const invocation = readInvocation(event);
      if (invocation.kind === 'batch') return await takeBatch(invocation.batch);
      await sweepAll();
      return undefined;
    } finally {
      flush();
    }
  });

  async function takeBatch({ from, records }: KinesisBatch): Promise<KinesisStreamBatchResponse> {
    try {
      const stream = streamOf[from.stream];
      if (stream === undefined) {
        throw new RangeError(
          `Cannot take a batch: no job here reads its stream: received "${from.stream}"`,
        );
      }
      for (const taker of takers) await taker.take({ ...from, stream }, records);
      return { batchItemFailures: [] };
    } catch (error) {
      logger.error('Cannot take a batch, it will come again', { ...from, error });
      return { batchItemFailures: [{ itemIdentifier: records[0]?.sequenceNumber ?? '' }] };
    }
  }

  /** A sweep that fails leaves the others theirs. */
  async function sweepAll(): Promise<void> {
    const errors: unknown[] = [];
    for (const taker of takers) {
      try {
        await taker.sweep();
      } catch (error) {
        logger.error('Cannot sweep, the schedule will try again', { error });
        errors.push(error);
      }
    }
    if (errors.length > 0) throw new AggregateError(errors, 'Cannot sweep every job');
  }
}

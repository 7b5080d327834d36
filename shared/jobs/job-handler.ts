import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import middy from '@middy/core';
import type { KinesisStreamBatchResponse } from 'aws-lambda';
import { z } from 'zod';
import { environment } from '../config/environment.ts';
import { settings } from '../config/settings.ts';
import { kinesisClient } from '../kinesis/client.ts';
import { KinesisShardReader } from '../kinesis/shard-reader.ts';
import { checkMappings, UnreachableError } from '../lambda/mapping-guard.ts';
import { DynamoDbStore } from '../state/dynamodb-store.ts';
import type { ShardId, StreamRecord } from '../stream/record.ts';
import { telemetry } from '../telemetry/telemetry.ts';
import { readInvocation } from './invocation.ts';
import type { JobSurroundings } from './job-runner.ts';
import type { KinesisBatch } from './kinesis-batch.ts';
import { Publisher } from './publisher.ts';

const jobEnvironment = z.object({
  SHOP_CHANGES_STREAM_NAME: z.string(),
  /** Given to functions that read clicks. */
  CLICKSTREAM_NAME: z.string().optional(),
  INSIGHTS_STREAM_NAME: z.string(),
  STATE_TABLE_NAME: z.string(),
  RESULTS_TABLE_NAME: z.string(),
  DEAD_LETTER_QUEUE_URL: z.string(),
  /** What Lambda itself sets; outside of it there are no mappings to look at. */
  AWS_LAMBDA_FUNCTION_NAME: z.string().optional(),
  AWS_REGION: z.string().default('us-east-1'),
  AWS_ENDPOINT_URL: z.url().optional(),
  AWS_ACCESS_KEY_ID: z.string().default(''),
  AWS_SECRET_ACCESS_KEY: z.string().default(''),
  AWS_SESSION_TOKEN: z.string().optional(),
});

const backOffFirstMs = 5;
const backOffMaxMs = 1_000;

/** What surrounds the jobs of a function, and the name sources use of each stream it reads. */
interface FunctionSurroundings extends JobSurroundings {
  readonly streamOf: Readonly<Record<string, string>>;
  /** Holds the function's own mappings against what jobs rest on. */
  checkMappings(): Promise<void>;
}

/** The AWS side of a function that runs jobs. Call once, at cold start. */
export function jobSurroundings(service: string): FunctionSurroundings {
  const env = environment(jobEnvironment);
  const bounds = settings();
  const kinesis = kinesisClient();
  const store = new DynamoDbStore(new DynamoDBClient({}), {
    state: env.STATE_TABLE_NAME,
    results: env.RESULTS_TABLE_NAME,
  });
  const now = (): number => Date.now();
  const sleep = (milliseconds: number): Promise<void> =>
    new Promise((resolve) => setTimeout(resolve, milliseconds));
  const streamNames = {
    'shop-changes': env.SHOP_CHANGES_STREAM_NAME,
    ...(env.CLICKSTREAM_NAME !== undefined && { clickstream: env.CLICKSTREAM_NAME }),
  };
  const publisher = new Publisher(kinesis, env.INSIGHTS_STREAM_NAME, store, {
    sleep,
    random: () => Math.random(),
  });
  return {
    store,
    streamOf: Object.fromEntries(
      Object.entries(streamNames).map(([name, stream]) => [stream, name]),
    ),
    shards: new KinesisShardReader(kinesis, streamNames, now),
    publisher,
    telemetry: telemetry(service),
    deadLetters: {
      client: new SQSClient({ useQueueUrlAsEndpoint: true }),
      queueUrl: env.DEAD_LETTER_QUEUE_URL,
    },
    now,
    sleep,
    backOff: (attempt) =>
      sleep(Math.min(backOffMaxMs, backOffFirstMs * 2 ** attempt) * Math.random()),
    patience: { failures: bounds.parkAfterFailures, forMs: bounds.parkAfterMs },
    async checkMappings() {
      const functionName = env.AWS_LAMBDA_FUNCTION_NAME;
      if (functionName === undefined) return;
      const region = env.AWS_REGION;
      const credentials = {
        accessKeyId: env.AWS_ACCESS_KEY_ID,
        secretAccessKey: env.AWS_SECRET_ACCESS_KEY,
        sessionToken: env.AWS_SESSION_TOKEN,
      };
      const endpoint = env.AWS_ENDPOINT_URL ?? `https://lambda.${region}.amazonaws.com`;
      await checkMappings({ endpoint, region, credentials, now }, functionName);
    },
  };
}

/** A job, or anything else, that takes batches and is swept by a schedule. */
export interface BatchTaker {
  take(from: ShardId, records: readonly StreamRecord[]): Promise<void>;
  sweep(): Promise<void>;
}

/**
 * The handler of a function that runs jobs: batches of a Kinesis mapping, and the sweep of a
 * schedule. All takers are given the same records at the same time. When one fails the whole batch
 * comes again; those that had taken it see nothing new.
 */
export function jobHandler(
  { streamOf, checkMappings: check, telemetry: { logger, flush } }: FunctionSurroundings,
  takers: readonly BatchTaker[],
) {
  let isChecked = false;
  return middy<unknown, KinesisStreamBatchResponse | undefined>().handler(async (event) => {
    try {
      const invocation = readInvocation(event);
      await guard();
      if (invocation.kind === 'batch') return await takeBatch(invocation.batch);
      await sweepAll();
      return undefined;
    } finally {
      flush();
    }
  });

  /** Before the first commit; an outage of Lambda's own API keeps no batch waiting. */
  async function guard(): Promise<void> {
    if (isChecked) return;
    try {
      await check();
      isChecked = true;
    } catch (error) {
      if (!(error instanceof UnreachableError)) throw error;
      logger.warn('Cannot look at the mappings, the next invocation will', { error });
    }
  }

  async function takeBatch({ from, records }: KinesisBatch): Promise<KinesisStreamBatchResponse> {
    const stream = streamOf[from.stream];
    const errors =
      stream === undefined
        ? [unknownStream(from.stream)]
        : await errorsOf((taker) => taker.take({ ...from, stream }, records));
    if (errors.length === 0) return { batchItemFailures: [] };
    for (const error of errors) {
      logger.error('Cannot take a batch, it will come again', { ...from, error });
    }
    return { batchItemFailures: [{ itemIdentifier: records[0]?.sequenceNumber ?? '' }] };
  }

  async function sweepAll(): Promise<void> {
    const errors = await errorsOf((taker) => taker.sweep());
    for (const error of errors) {
      logger.error('Cannot sweep, the schedule will try again', { error });
    }
    if (errors.length > 0) throw new AggregateError(errors, 'Cannot sweep every job');
  }

  /** Lets every taker do its part, whatever becomes of the others. */
  async function errorsOf(part: (taker: BatchTaker) => Promise<void>): Promise<unknown[]> {
    const outcomes = await Promise.allSettled(takers.map(part));
    return outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
  }
}

function unknownStream(name: string): RangeError {
  return new RangeError(
    `Cannot take a batch: no job here reads its stream: received ${JSON.stringify(name)}`,
  );
}

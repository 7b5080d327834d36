import { ListShardsCommand, PutRecordCommand } from '@aws-sdk/client-kinesis';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { z } from 'zod';
import { environment } from '../../shared/config/environment.ts';
import { kinesisClient } from '../../shared/kinesis/client.ts';
import { telemetry } from '../../shared/telemetry/telemetry.ts';
import { tickUntil } from './tick-until.ts';

const env = environment(
  z.object({
    CLICKSTREAM_NAME: z.string(),
    TICK_INTERVAL_MS: z.coerce.number().int().min(100).default(5_000),
  }),
);
const kinesis = kinesisClient();
const { logger } = telemetry('clock');

/** Starts every minute and ticks until the next start is due. */
const shiftMs = 60_000;
const reserveMs = 3_000;

export const handler = middy<unknown, void, Error, Context>().handler(async (_event, context) => {
  const endMs = Date.now() + Math.min(shiftMs, context.getRemainingTimeInMillis() - reserveMs);
  await tickUntil(endMs, env.TICK_INTERVAL_MS, {
    now: () => Date.now(),
    sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
    openShards: async () => {
      const input = {
        StreamName: env.CLICKSTREAM_NAME,
        ShardFilter: { Type: 'AT_LATEST' as const },
      };
      const { Shards = [] } = await kinesis.send(new ListShardsCommand(input));
      return Shards.map(({ HashKeyRange }) => HashKeyRange?.StartingHashKey ?? '0');
    },
    put: async (hashKey, record) => {
      await kinesis.send(
        new PutRecordCommand({
          StreamName: env.CLICKSTREAM_NAME,
          PartitionKey: 'tick',
          ExplicitHashKey: hashKey,
          Data: Buffer.from(JSON.stringify(record)),
        }),
      );
    },
    onError: (error) => logger.error('Cannot tick, the next one follows', { error }),
  });
});

import type { KinesisClient } from '@aws-sdk/client-kinesis';
import { afterAll, beforeAll, describe, it } from 'vitest';
import type { Departure, Unless } from './kinesis/departure.ts';
import { iteratorFeatures } from './kinesis/iterator-features.ts';
import { KinesisCalls } from './kinesis/kinesis-calls.ts';
import { putFeatures } from './kinesis/put-features.ts';
import { shardFeatures } from './kinesis/shard-features.ts';
import { streamFeatures } from './kinesis/stream-features.ts';

export interface KinesisFactory {
  readonly client: KinesisClient;
  close(): Promise<void>;
}

/** What holds for every Kinesis, whoever plays it. */
export function kinesisFeatures(
  name: string,
  start: () => Promise<KinesisFactory>,
  departures: readonly Departure[] = [],
): void {
  const unless: Unless = (departure) => (departures.includes(departure) ? it.skip : it);

  describe(`Kinesis features of ${name}`, () => {
    const calls = new KinesisCalls();
    let kinesis: KinesisFactory;

    beforeAll(async () => {
      kinesis = await start();
      calls.use(kinesis.client);
    });
    afterAll(() => kinesis.close());

    streamFeatures(calls);
    putFeatures(calls, unless);
    iteratorFeatures(calls, unless);
    shardFeatures(calls, unless);
  });
}

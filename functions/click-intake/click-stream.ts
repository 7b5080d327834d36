import type { KinesisClient } from '@aws-sdk/client-kinesis';
import type { ClickRecord } from '../../shared/events/click.ts';
import { putRecords, type Wait } from '../../shared/kinesis/put-records.ts';

/** Puts clicks into the stream, those of one person in one shard. */
export function clickStream(client: KinesisClient, streamName: string, wait: Wait) {
  return async (clicks: readonly ClickRecord[]): Promise<void> => {
    const records = clicks.map((click) => ({
      PartitionKey: click.user ?? click.session,
      Data: Buffer.from(JSON.stringify(click)),
    }));
    await putRecords(client, streamName, records, wait);
  };
}

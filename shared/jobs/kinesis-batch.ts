import { z } from 'zod';
import type { ShardId, StreamRecord } from '../stream/record.ts';

const kinesisEvent = z.object({
  Records: z
    .array(
      z.object({
        eventID: z.string(),
        eventSourceARN: z.string(),
        kinesis: z.object({
          sequenceNumber: z.string(),
          data: z.string(),
          approximateArrivalTimestamp: z.number(),
        }),
      }),
    )
    .min(1),
});

/** A batch as an event source mapping brings it: records of one shard, in its order. */
export interface KinesisBatch {
  readonly from: ShardId;
  readonly records: readonly StreamRecord[];
}

/**
 * Reads the event of a Kinesis mapping
 * (https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html).
 *
 * @returns records of one shard; `from.stream` is the stream's physical name, also where the
 * mapping reads by enhanced fan-out.
 * @throws Error when the event has another form.
 */
export function parseKinesisBatch(event: unknown): KinesisBatch {
  const { Records } = kinesisEvent.parse(event);
  const first = Records[0];
  const shard = first?.eventID.split(':')[0] ?? '';
  const stream = first?.eventSourceARN.split(':stream/')[1]?.split('/')[0] ?? '';
  return {
    from: { stream, shard },
    records: Records.map(({ kinesis }) => ({
      sequenceNumber: kinesis.sequenceNumber,
      data: Buffer.from(kinesis.data, 'base64'),
      arrivalMs: Math.round(kinesis.approximateArrivalTimestamp * 1000),
    })),
  };
}

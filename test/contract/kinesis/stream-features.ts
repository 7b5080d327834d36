import { setTimeout as delay } from 'node:timers/promises';
import {
  CreateStreamCommand,
  DecreaseStreamRetentionPeriodCommand,
  DeleteStreamCommand,
  DescribeStreamCommand,
  DescribeStreamSummaryCommand,
  IncreaseStreamRetentionPeriodCommand,
  ListStreamsCommand,
} from '@aws-sdk/client-kinesis';
import { describe, expect, it } from 'vitest';
import { hashSpace, rangeOf } from './hash-keys.ts';
import type { KinesisCalls } from './kinesis-calls.ts';

/** Streams are made, listed, kept and deleted. */
export function streamFeatures(kinesis: KinesisCalls): void {
  describe('streams', () => {
    it('have shards that cover the hash space once', async () => {
      const StreamName = await kinesis.newStream(3);
      const { StreamDescription: stream } = await kinesis.client.send(
        new DescribeStreamCommand({ StreamName }),
      );
      expect(stream).toMatchObject({
        StreamName,
        StreamStatus: 'ACTIVE',
        RetentionPeriodHours: 24,
        HasMoreShards: false,
        StreamARN: expect.stringMatching(new RegExp(`^arn:aws:kinesis:.*:stream/${StreamName}$`)),
      });
      const ranges = (stream?.Shards ?? []).map(rangeOf);
      expect(ranges).toHaveLength(3);
      expect(ranges[0]?.start).toBe(0n);
      expect(ranges.at(-1)?.end).toBe(hashSpace - 1n);
      for (const [index, { start }] of ranges.slice(1).entries()) {
        expect(start).toBe((ranges[index]?.end ?? 0n) + 1n);
      }
    });

    it('are listed by name', async () => {
      const streams = [await kinesis.newStream(), await kinesis.newStream()];
      const { StreamNames = [], HasMoreStreams } = await kinesis.client.send(
        new ListStreamsCommand({}),
      );
      expect(HasMoreStreams).toBe(false);
      expect(StreamNames).toEqual(expect.arrayContaining(streams));
      expect(StreamNames).toEqual([...StreamNames].sort());
    });

    it('cannot be created twice', async () => {
      const StreamName = await kinesis.newStream();
      await expect(
        kinesis.client.send(new CreateStreamCommand({ StreamName, ShardCount: 1 })),
      ).rejects.toMatchObject({ name: 'ResourceInUseException' });
    });

    it('are gone after they were deleted', async () => {
      const StreamName = await kinesis.newStream();
      await kinesis.client.send(new DeleteStreamCommand({ StreamName }));
      await delay(50);
      await expect(
        kinesis.client.send(new DescribeStreamCommand({ StreamName })),
      ).rejects.toMatchObject({
        name: 'ResourceNotFoundException',
        message: expect.stringMatching(/^Stream \S+ under account \d{12} not found\.$/),
      });
    });

    it('keep records as long as they are told', async () => {
      const StreamName = await kinesis.newStream();
      const hours = async (): Promise<number | undefined> => {
        const answer = await kinesis.client.send(new DescribeStreamSummaryCommand({ StreamName }));
        return answer.StreamDescriptionSummary?.RetentionPeriodHours;
      };
      await kinesis.client.send(
        new IncreaseStreamRetentionPeriodCommand({ StreamName, RetentionPeriodHours: 168 }),
      );
      expect(await hours()).toBe(168);
      await kinesis.client.send(
        new DecreaseStreamRetentionPeriodCommand({ StreamName, RetentionPeriodHours: 48 }),
      );
      expect(await hours()).toBe(48);
      await expect(
        kinesis.client.send(
          new IncreaseStreamRetentionPeriodCommand({ StreamName, RetentionPeriodHours: 24 }),
        ),
      ).rejects.toMatchObject({ name: 'InvalidArgumentException' });
      await expect(
        kinesis.client.send(
          new DecreaseStreamRetentionPeriodCommand({ StreamName, RetentionPeriodHours: 72 }),
        ),
      ).rejects.toMatchObject({ name: 'InvalidArgumentException' });
    });
  });
}

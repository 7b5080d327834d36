import { setTimeout as delay } from 'node:timers/promises';
import { GetRecordsCommand, PutRecordCommand } from '@aws-sdk/client-kinesis';
import { describe, expect, it } from 'vitest';
import type { Unless } from './departure.ts';
import type { KinesisCalls } from './kinesis-calls.ts';

/** Shards are read from a place on. */
export function iteratorFeatures(kinesis: KinesisCalls, unless: Unless): void {
  describe('iterators', () => {
    it('at the trim horizon see everything, in order, once', async () => {
      const StreamName = await kinesis.newStream();
      await kinesis.put(StreamName, 'a', 'b', 'c', 'd', 'e');
      const start = await kinesis.iterator(StreamName, { ShardIteratorType: 'TRIM_HORIZON' });
      expect(await kinesis.textsFrom(start)).toEqual(['a', 'b', 'c', 'd', 'e']);
      expect(await kinesis.textsFrom(start, 2)).toEqual(['a', 'b', 'c', 'd', 'e']);
    });

    it('at the latest see what comes', async () => {
      const StreamName = await kinesis.newStream();
      await kinesis.put(StreamName, 'before');
      const start = await kinesis.iterator(StreamName, { ShardIteratorType: 'LATEST' });
      expect(await kinesis.textsFrom(start)).toEqual([]);
      await kinesis.put(StreamName, 'after', 'later');
      expect(await kinesis.textsFrom(start)).toEqual(['after', 'later']);
    });

    it('in an empty shard go on when there is something', async () => {
      const StreamName = await kinesis.newStream();
      const [answer] = await kinesis.readAll(
        await kinesis.iterator(StreamName, { ShardIteratorType: 'TRIM_HORIZON' }),
      );
      expect(answer?.Records).toEqual([]);
      await kinesis.put(StreamName, 'first');
      expect(await kinesis.textsFrom(answer?.NextShardIterator ?? '')).toEqual(['first']);
    });

    it('at and after a number begin with it and behind it', async () => {
      const StreamName = await kinesis.newStream();
      const [, second = ''] = await kinesis.put(StreamName, 'a', 'b', 'c');
      const at = {
        ShardIteratorType: 'AT_SEQUENCE_NUMBER',
        StartingSequenceNumber: second,
      } as const;
      expect(await kinesis.textsFrom(await kinesis.iterator(StreamName, at))).toEqual(['b', 'c']);
      const after = { ...at, ShardIteratorType: 'AFTER_SEQUENCE_NUMBER' } as const;
      expect(await kinesis.textsFrom(await kinesis.iterator(StreamName, after))).toEqual(['c']);
    });

    it('at a time begin with what came then or later', async () => {
      const StreamName = await kinesis.newStream();
      await kinesis.put(StreamName, 'early');
      await delay(30);
      const Timestamp = new Date();
      await delay(30);
      await kinesis.put(StreamName, 'late', 'later');
      const start = await kinesis.iterator(StreamName, {
        ShardIteratorType: 'AT_TIMESTAMP',
        Timestamp,
      });
      expect(await kinesis.textsFrom(start)).toEqual(['late', 'later']);
    });

    it('need a shard that exists', async () => {
      const StreamName = await kinesis.newStream();
      await expect(
        kinesis.iterator(StreamName, { ShardIteratorType: 'LATEST' }, 'shardId-000000000009'),
      ).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    });

    unless('checks few arguments')('refuse arguments that do not fit', async () => {
      const StreamName = await kinesis.newStream();
      const [number = ''] = await kinesis.put(StreamName, 'a');
      await expect(
        kinesis.iterator(StreamName, {
          ShardIteratorType: 'LATEST',
          StartingSequenceNumber: number,
        }),
      ).rejects.toMatchObject({
        name: 'InvalidArgumentException',
        message: expect.stringContaining(
          'Request specified LATEST and also a StartingSequenceNumber.',
        ),
      });
      await expect(
        kinesis.iterator(StreamName, { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER' }),
      ).rejects.toMatchObject({ name: 'InvalidArgumentException' });
      await expect(
        kinesis.iterator(StreamName, { ShardIteratorType: 'AT_TIMESTAMP' }),
      ).rejects.toMatchObject({ name: 'InvalidArgumentException' });
      await expect(
        kinesis.iterator(StreamName, {
          ShardIteratorType: 'AT_TIMESTAMP',
          Timestamp: new Date(Date.now() + 60_000),
        }),
      ).rejects.toMatchObject({ name: 'InvalidArgumentException' });
      await expect(
        kinesis.client.send(new GetRecordsCommand({ ShardIterator: 'bm9uc2Vuc2U=' })),
      ).rejects.toMatchObject({
        name: 'InvalidArgumentException',
        message: 'Invalid ShardIterator.',
      });
    });

    unless('checks few arguments')('refuse a number of another shard', async () => {
      const StreamName = await kinesis.newStream(2);
      const [, upper] = await kinesis.shardsOf(StreamName);
      const { SequenceNumber: StartingSequenceNumber } = await kinesis.client.send(
        new PutRecordCommand({
          StreamName,
          PartitionKey: 'k',
          ExplicitHashKey: upper?.HashKeyRange?.StartingHashKey,
          Data: Buffer.from('x'),
        }),
      );
      await expect(
        kinesis.iterator(StreamName, {
          ShardIteratorType: 'AFTER_SEQUENCE_NUMBER',
          StartingSequenceNumber,
        }),
      ).rejects.toMatchObject({ name: 'InvalidArgumentException' });
    });

    it('give no more than they are asked for', async () => {
      const StreamName = await kinesis.newStream();
      await kinesis.put(StreamName, 'a', 'b', 'c');
      const ShardIterator = await kinesis.iterator(StreamName, {
        ShardIteratorType: 'TRIM_HORIZON',
      });
      const answer = await kinesis.client.send(new GetRecordsCommand({ ShardIterator, Limit: 2 }));
      expect(answer.Records).toHaveLength(2);
    });

    unless('checks few arguments')('take limits from 1 to 10,000', async () => {
      const StreamName = await kinesis.newStream();
      const ShardIterator = await kinesis.iterator(StreamName, { ShardIteratorType: 'LATEST' });
      await expect(
        kinesis.client.send(new GetRecordsCommand({ ShardIterator, Limit: 10_001 })),
      ).rejects.toMatchObject({
        name: 'ValidationException',
        message: expect.stringContaining('Member must have value less than or equal to 10000'),
      });
    });

    it('report no lag at the end', async () => {
      const StreamName = await kinesis.newStream();
      await kinesis.put(StreamName, 'a');
      const answers = await kinesis.readAll(
        await kinesis.iterator(StreamName, { ShardIteratorType: 'TRIM_HORIZON' }),
      );
      expect(answers.at(-1)?.MillisBehindLatest).toBe(0);
    });
  });
}

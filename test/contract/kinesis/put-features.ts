import { PutRecordCommand, PutRecordsCommand } from '@aws-sdk/client-kinesis';
import { describe, expect, it } from 'vitest';
import type { Unless } from './departure.ts';
import { hashSpace, md5, shardTaking } from './hash-keys.ts';
import type { KinesisCalls } from './kinesis-calls.ts';

/** Records reach the shard of their key, numbered in order, within the limits. */
export function putFeatures(kinesis: KinesisCalls, unless: Unless): void {
  describe('puts', () => {
    it('go to the shard of the key’s MD5', async () => {
      const StreamName = await kinesis.newStream(4);
      const shards = await kinesis.shardsOf(StreamName);
      const keys = Array.from({ length: 40 }, (_, index) => `customer-${index}-é`);
      const { Records, FailedRecordCount } = await kinesis.client.send(
        new PutRecordsCommand({
          StreamName,
          Records: keys.map((PartitionKey) => ({ PartitionKey, Data: Buffer.from('x') })),
        }),
      );
      expect(FailedRecordCount).toBe(0);
      expect(Records?.map(({ ShardId }) => ShardId)).toEqual(
        keys.map((key) => shardTaking(shards, md5(key))),
      );
      expect(new Set(Records?.map(({ ShardId }) => ShardId)).size).toBe(4);
    });

    unless('leaves gaps between shards')(
      'go to the shard of an explicit hash key, up to both its ends',
      async () => {
        const StreamName = await kinesis.newStream(3);
        for (const { ShardId, HashKeyRange: range } of await kinesis.shardsOf(StreamName)) {
          for (const ExplicitHashKey of [range?.StartingHashKey, range?.EndingHashKey]) {
            const answer = await kinesis.client.send(
              new PutRecordCommand({
                StreamName,
                PartitionKey: 'any',
                ExplicitHashKey,
                Data: Buffer.from('x'),
              }),
            );
            expect(answer.ShardId).toBe(ShardId);
          }
        }
      },
    );

    it('are numbered in the order they came', async () => {
      const StreamName = await kinesis.newStream();
      const numbers = await kinesis.put(StreamName, 'a', 'b');
      const { Records = [] } = await kinesis.client.send(
        new PutRecordsCommand({
          StreamName,
          Records: ['c', 'd', 'e'].map((PartitionKey) => ({
            PartitionKey,
            Data: Buffer.from('x'),
          })),
        }),
      );
      const all = [...numbers, ...Records.map(({ SequenceNumber = '' }) => SequenceNumber)];
      expect(all.every((number) => /^\d+$/.test(number))).toBe(true);
      const values = all.map(BigInt);
      for (const [index, value] of values.slice(1).entries()) {
        expect(value > (values[index] ?? 0n)).toBe(true);
      }
    });

    it('keep bytes and keys as they are', async () => {
      const StreamName = await kinesis.newStream();
      const Data = Uint8Array.from({ length: 256 }, (_, byte) => byte);
      const PartitionKey = 'schlüssel \u{1f511}';
      const before = Date.now() - 1_000;
      await kinesis.client.send(new PutRecordCommand({ StreamName, PartitionKey, Data }));
      await kinesis.client.send(
        new PutRecordCommand({ StreamName, PartitionKey: 'empty', Data: new Uint8Array() }),
      );
      const [answer] = await kinesis.readAll(
        await kinesis.iterator(StreamName, { ShardIteratorType: 'TRIM_HORIZON' }),
      );
      const [first, second] = answer?.Records ?? [];
      expect(first?.PartitionKey).toBe(PartitionKey);
      expect(Buffer.from(first?.Data ?? [])).toEqual(Buffer.from(Data));
      expect(second?.Data).toHaveLength(0);
      expect(first?.ApproximateArrivalTimestamp?.getTime()).toBeGreaterThan(before);
    });

    it('need a stream', async () => {
      await expect(kinesis.put('nowhere', 'x')).rejects.toMatchObject({
        name: 'ResourceNotFoundException',
      });
    });

    it('take 500 records and no more', async () => {
      const StreamName = await kinesis.newStream();
      const record = { PartitionKey: 'key', Data: Buffer.from('x') };
      const send = (count: number) =>
        kinesis.client.send(
          new PutRecordsCommand({ StreamName, Records: Array(count).fill(record) }),
        );
      expect((await send(500)).Records).toHaveLength(500);
      await expect(send(501)).rejects.toMatchObject({
        name: 'ValidationException',
        message: expect.stringContaining('Member must have length less than or equal to 500'),
      });
    });

    unless('checks few arguments')('take records of one mebibyte and no more', async () => {
      const StreamName = await kinesis.newStream();
      const send = (bytes: number) =>
        kinesis.client.send(
          new PutRecordCommand({ StreamName, PartitionKey: 'k', Data: Buffer.alloc(bytes) }),
        );
      expect((await send(1_048_576)).ShardId).toBe('shardId-000000000000');
      await expect(send(1_048_577)).rejects.toMatchObject({ name: 'ValidationException' });
    });

    unless('checks few arguments')('need records and keys of the right length', async () => {
      const StreamName = await kinesis.newStream();
      const send = (PartitionKey: string) =>
        kinesis.client.send(
          new PutRecordCommand({ StreamName, PartitionKey, Data: Buffer.from('x') }),
        );
      expect((await send('k'.repeat(256))).ShardId).toBe('shardId-000000000000');
      await expect(send('k'.repeat(257))).rejects.toMatchObject({ name: 'ValidationException' });
      await expect(send('')).rejects.toMatchObject({
        name: 'ValidationException',
        message:
          "1 validation error detected: Value '' at 'partitionKey' failed to satisfy constraint: Member must have length greater than or equal to 1",
      });
      await expect(
        kinesis.client.send(new PutRecordsCommand({ StreamName, Records: [] })),
      ).rejects.toMatchObject({ name: 'ValidationException' });
    });

    unless('checks few arguments')('refuse hash keys that are none', async () => {
      const StreamName = await kinesis.newStream();
      const send = (ExplicitHashKey: string) =>
        kinesis.client.send(
          new PutRecordCommand({
            StreamName,
            PartitionKey: 'k',
            ExplicitHashKey,
            Data: Buffer.from('x'),
          }),
        );
      await expect(send(String(hashSpace))).rejects.toMatchObject({
        name: 'InvalidArgumentException',
        message: `Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1]. Specified value was ${hashSpace}`,
      });
      await expect(send('abc')).rejects.toMatchObject({
        name: 'ValidationException',
        message:
          "1 validation error detected: Value 'abc' at 'explicitHashKey' failed to satisfy constraint: Member must satisfy regular expression pattern: 0|([1-9]\\d{0,38})",
      });
    });
  });
}

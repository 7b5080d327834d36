import { setTimeout as delay } from 'node:timers/promises';
import { ListShardsCommand, MergeShardsCommand, SplitShardCommand } from '@aws-sdk/client-kinesis';
import { describe, expect, it } from 'vitest';
import type { Unless } from './departure.ts';
import { hashSpace, md5, shardTaking } from './hash-keys.ts';
import type { KinesisCalls } from './kinesis-calls.ts';

/** Shards split and merge. */
export function shardFeatures(kinesis: KinesisCalls, unless: Unless): void {
  describe('shards', () => {
    const middle = String(hashSpace / 2n);

    it('split into two halves, which go on where the parent ended', async () => {
      const StreamName = await kinesis.newStream();
      await kinesis.put(StreamName, 'before');
      await kinesis.client.send(
        new SplitShardCommand({
          StreamName,
          ShardToSplit: 'shardId-000000000000',
          NewStartingHashKey: middle,
        }),
      );
      await kinesis.active(StreamName);
      const [parent, lower, upper] = await kinesis.shardsOf(StreamName);
      expect(parent?.SequenceNumberRange?.EndingSequenceNumber).toBeDefined();
      expect(lower).toMatchObject({
        ShardId: 'shardId-000000000001',
        ParentShardId: 'shardId-000000000000',
        HashKeyRange: { StartingHashKey: '0', EndingHashKey: String(hashSpace / 2n - 1n) },
      });
      expect(upper).toMatchObject({
        ShardId: 'shardId-000000000002',
        ParentShardId: 'shardId-000000000000',
        HashKeyRange: { StartingHashKey: middle, EndingHashKey: String(hashSpace - 1n) },
      });
      expect(lower?.SequenceNumberRange?.EndingSequenceNumber).toBeUndefined();
    });

    unless('moves records when shards change')(
      'keep their records after the split and end behind them',
      async () => {
        const StreamName = await kinesis.newStream();
        const [before = ''] = await kinesis.put(StreamName, 'before');
        await kinesis.client.send(
          new SplitShardCommand({
            StreamName,
            ShardToSplit: 'shardId-000000000000',
            NewStartingHashKey: middle,
          }),
        );
        await kinesis.active(StreamName);
        // Children of some implementations begin in the second after the split.
        await delay(1_100);
        const [after = ''] = await kinesis.put(StreamName, 'after');
        expect(BigInt(after) > BigInt(before)).toBe(true);
        const answers = await kinesis.readAll(
          await kinesis.iterator(StreamName, { ShardIteratorType: 'TRIM_HORIZON' }),
        );
        expect(answers.flatMap(({ Records = [] }) => Records)).toHaveLength(1);
        expect(answers.at(-1)?.NextShardIterator).toBeUndefined();
        const home = shardTaking((await kinesis.shardsOf(StreamName)).slice(1), md5('key'));
        const start = { ShardIteratorType: 'TRIM_HORIZON' } as const;
        expect(await kinesis.textsFrom(await kinesis.iterator(StreamName, start, home))).toEqual([
          'after',
        ]);
      },
    );

    it('do not split at or beyond their ends', async () => {
      const StreamName = await kinesis.newStream();
      for (const NewStartingHashKey of ['0', String(hashSpace - 1n)]) {
        await expect(
          kinesis.client.send(
            new SplitShardCommand({
              StreamName,
              ShardToSplit: 'shardId-000000000000',
              NewStartingHashKey,
            }),
          ),
        ).rejects.toMatchObject({ name: 'InvalidArgumentException' });
      }
    });

    it('merge with the one beside them', async () => {
      const StreamName = await kinesis.newStream(3);
      await kinesis.client.send(
        new MergeShardsCommand({
          StreamName,
          ShardToMerge: 'shardId-000000000001',
          AdjacentShardToMerge: 'shardId-000000000002',
        }),
      );
      await kinesis.active(StreamName);
      const [, second, third, merged] = await kinesis.shardsOf(StreamName);
      expect(second?.SequenceNumberRange?.EndingSequenceNumber).toBeDefined();
      expect(third?.SequenceNumberRange?.EndingSequenceNumber).toBeDefined();
      expect(merged).toMatchObject({
        ShardId: 'shardId-000000000003',
        ParentShardId: 'shardId-000000000001',
        AdjacentParentShardId: 'shardId-000000000002',
        HashKeyRange: {
          StartingHashKey: second?.HashKeyRange?.StartingHashKey,
          EndingHashKey: third?.HashKeyRange?.EndingHashKey,
        },
      });
    });

    it('do not merge with one that lies elsewhere', async () => {
      const StreamName = await kinesis.newStream(3);
      await expect(
        kinesis.client.send(
          new MergeShardsCommand({
            StreamName,
            ShardToMerge: 'shardId-000000000000',
            AdjacentShardToMerge: 'shardId-000000000002',
          }),
        ),
      ).rejects.toMatchObject({ name: 'InvalidArgumentException' });
    });

    unless('lists every shard')('are listed from a shard on', async () => {
      const StreamName = await kinesis.newStream(3);
      const { Shards = [] } = await kinesis.client.send(
        new ListShardsCommand({ StreamName, ExclusiveStartShardId: 'shardId-000000000000' }),
      );
      expect(Shards.map(({ ShardId }) => ShardId)).toEqual([
        'shardId-000000000001',
        'shardId-000000000002',
      ]);
    });
  });
}

import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import {
  CreateStreamCommand,
  DecreaseStreamRetentionPeriodCommand,
  DeleteStreamCommand,
  DescribeStreamCommand,
  DescribeStreamSummaryCommand,
  GetRecordsCommand,
  type GetRecordsCommandOutput,
  GetShardIteratorCommand,
  type GetShardIteratorCommandInput,
  IncreaseStreamRetentionPeriodCommand,
  type KinesisClient,
  ListShardsCommand,
  ListStreamsCommand,
  MergeShardsCommand,
  PutRecordCommand,
  PutRecordsCommand,
  type Shard,
  SplitShardCommand,
} from '@aws-sdk/client-kinesis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

export interface KinesisFactory {
  readonly client: KinesisClient;
  close(): Promise<void>;
}

/** Points in which an implementation is known not to do as AWS does. */
export type Departure =
  /** It takes arguments that AWS refuses, or refuses them otherwise. */
  | 'checks few arguments'
  /** Closed shards lose their records to the open ones. */
  | 'moves records when shards change'
  /** The last hash key of a shard belongs to none. */
  | 'leaves gaps between shards'
  /** ExclusiveStartShardId has no effect. */
  | 'lists every shard';

const hashSpace = 2n ** 128n;

/** What holds for every Kinesis, whoever plays it. */
export function kinesisFeatures(
  name: string,
  start: () => Promise<KinesisFactory>,
  departures: readonly Departure[] = [],
): void {
  const unless = (departure: Departure) => (departures.includes(departure) ? it.skip : it);

  describe(`Kinesis features of ${name}`, () => {
    let kinesis: KinesisFactory;
    let client: KinesisClient;
    let created = 0;

    beforeAll(async () => {
      kinesis = await start();
      client = kinesis.client;
    });
    afterAll(() => kinesis.close());

    async function newStream(shardCount = 1): Promise<string> {
      created += 1;
      const StreamName = `contract-${created}`;
      await client.send(new CreateStreamCommand({ StreamName, ShardCount: shardCount }));
      await active(StreamName);
      return StreamName;
    }

    async function active(StreamName: string): Promise<void> {
      for (;;) {
        const { StreamDescriptionSummary: summary } = await client.send(
          new DescribeStreamSummaryCommand({ StreamName }),
        );
        if (summary?.StreamStatus === 'ACTIVE') return;
        await delay(10);
      }
    }

    async function shardsOf(StreamName: string): Promise<Shard[]> {
      const { Shards = [] } = await client.send(new ListShardsCommand({ StreamName }));
      return Shards;
    }

    async function put(StreamName: string, ...texts: string[]): Promise<string[]> {
      const numbers: string[] = [];
      for (const text of texts) {
        const { SequenceNumber = '' } = await client.send(
          new PutRecordCommand({ StreamName, PartitionKey: 'key', Data: Buffer.from(text) }),
        );
        numbers.push(SequenceNumber);
      }
      return numbers;
    }

    async function iterator(
      StreamName: string,
      start: Omit<GetShardIteratorCommandInput, 'StreamName' | 'ShardId'>,
      ShardId = 'shardId-000000000000',
    ): Promise<string> {
      const { ShardIterator = '' } = await client.send(
        new GetShardIteratorCommand({ StreamName, ShardId, ...start }),
      );
      return ShardIterator;
    }

    /** Reads on until an answer is empty or the shard ends. */
    async function readAll(first: string, Limit?: number): Promise<GetRecordsCommandOutput[]> {
      const answers: GetRecordsCommandOutput[] = [];
      let next: string | undefined = first;
      while (next !== undefined) {
        const answer: GetRecordsCommandOutput = await client.send(
          new GetRecordsCommand({ ShardIterator: next, ...(Limit && { Limit }) }),
        );
        answers.push(answer);
        if (answer.Records?.length === 0) break;
        next = answer.NextShardIterator;
      }
      return answers;
    }

    async function textsFrom(first: string, limit?: number): Promise<string[]> {
      const answers = await readAll(first, limit);
      return answers.flatMap(({ Records = [] }) =>
        Records.map(({ Data = new Uint8Array() }) => Buffer.from(Data).toString()),
      );
    }

    describe('streams', () => {
      it('have shards that cover the hash space once', async () => {
        const StreamName = await newStream(3);
        const { StreamDescription: stream } = await client.send(
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
        const streams = [await newStream(), await newStream()];
        const { StreamNames = [], HasMoreStreams } = await client.send(new ListStreamsCommand({}));
        expect(HasMoreStreams).toBe(false);
        expect(StreamNames).toEqual(expect.arrayContaining(streams));
        expect(StreamNames).toEqual([...StreamNames].sort());
      });

      it('cannot be created twice', async () => {
        const StreamName = await newStream();
        await expect(
          client.send(new CreateStreamCommand({ StreamName, ShardCount: 1 })),
        ).rejects.toMatchObject({ name: 'ResourceInUseException' });
      });

      it('are gone after they were deleted', async () => {
        const StreamName = await newStream();
        await client.send(new DeleteStreamCommand({ StreamName }));
        await delay(50);
        await expect(client.send(new DescribeStreamCommand({ StreamName }))).rejects.toMatchObject({
          name: 'ResourceNotFoundException',
          message: expect.stringMatching(/^Stream \S+ under account \d{12} not found\.$/),
        });
      });

      it('keep records as long as they are told', async () => {
        const StreamName = await newStream();
        const hours = async (): Promise<number | undefined> => {
          const answer = await client.send(new DescribeStreamSummaryCommand({ StreamName }));
          return answer.StreamDescriptionSummary?.RetentionPeriodHours;
        };
        await client.send(
          new IncreaseStreamRetentionPeriodCommand({ StreamName, RetentionPeriodHours: 168 }),
        );
        expect(await hours()).toBe(168);
        await client.send(
          new DecreaseStreamRetentionPeriodCommand({ StreamName, RetentionPeriodHours: 48 }),
        );
        expect(await hours()).toBe(48);
        await expect(
          client.send(
            new IncreaseStreamRetentionPeriodCommand({ StreamName, RetentionPeriodHours: 24 }),
          ),
        ).rejects.toMatchObject({ name: 'InvalidArgumentException' });
        await expect(
          client.send(
            new DecreaseStreamRetentionPeriodCommand({ StreamName, RetentionPeriodHours: 72 }),
          ),
        ).rejects.toMatchObject({ name: 'InvalidArgumentException' });
      });
    });

    describe('puts', () => {
      it('go to the shard of the key’s MD5', async () => {
        const StreamName = await newStream(4);
        const shards = await shardsOf(StreamName);
        const keys = Array.from({ length: 40 }, (_, index) => `customer-${index}-é`);
        const { Records, FailedRecordCount } = await client.send(
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
          const StreamName = await newStream(3);
          for (const { ShardId, HashKeyRange: range } of await shardsOf(StreamName)) {
            for (const ExplicitHashKey of [range?.StartingHashKey, range?.EndingHashKey]) {
              const answer = await client.send(
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
        const StreamName = await newStream();
        const numbers = await put(StreamName, 'a', 'b');
        const { Records = [] } = await client.send(
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
        const StreamName = await newStream();
        const Data = Uint8Array.from({ length: 256 }, (_, byte) => byte);
        const PartitionKey = 'schlüssel \u{1f511}';
        const before = Date.now() - 1_000;
        await client.send(new PutRecordCommand({ StreamName, PartitionKey, Data }));
        await client.send(
          new PutRecordCommand({ StreamName, PartitionKey: 'empty', Data: new Uint8Array() }),
        );
        const [answer] = await readAll(
          await iterator(StreamName, { ShardIteratorType: 'TRIM_HORIZON' }),
        );
        const [first, second] = answer?.Records ?? [];
        expect(first?.PartitionKey).toBe(PartitionKey);
        expect(Buffer.from(first?.Data ?? [])).toEqual(Buffer.from(Data));
        expect(second?.Data).toHaveLength(0);
        expect(first?.ApproximateArrivalTimestamp?.getTime()).toBeGreaterThan(before);
      });

      it('need a stream', async () => {
        await expect(put('nowhere', 'x')).rejects.toMatchObject({
          name: 'ResourceNotFoundException',
        });
      });

      it('take 500 records and no more', async () => {
        const StreamName = await newStream();
        const record = { PartitionKey: 'key', Data: Buffer.from('x') };
        const send = (count: number) =>
          client.send(new PutRecordsCommand({ StreamName, Records: Array(count).fill(record) }));
        expect((await send(500)).Records).toHaveLength(500);
        await expect(send(501)).rejects.toMatchObject({
          name: 'ValidationException',
          message: expect.stringContaining('Member must have length less than or equal to 500'),
        });
      });

      unless('checks few arguments')('take records of one mebibyte and no more', async () => {
        const StreamName = await newStream();
        const send = (bytes: number) =>
          client.send(
            new PutRecordCommand({ StreamName, PartitionKey: 'k', Data: Buffer.alloc(bytes) }),
          );
        expect((await send(1_048_576)).ShardId).toBe('shardId-000000000000');
        await expect(send(1_048_577)).rejects.toMatchObject({ name: 'ValidationException' });
      });

      unless('checks few arguments')('need records and keys of the right length', async () => {
        const StreamName = await newStream();
        const send = (PartitionKey: string) =>
          client.send(new PutRecordCommand({ StreamName, PartitionKey, Data: Buffer.from('x') }));
        expect((await send('k'.repeat(256))).ShardId).toBe('shardId-000000000000');
        await expect(send('k'.repeat(257))).rejects.toMatchObject({ name: 'ValidationException' });
        await expect(send('')).rejects.toMatchObject({
          name: 'ValidationException',
          message:
            "1 validation error detected: Value '' at 'partitionKey' failed to satisfy constraint: Member must have length greater than or equal to 1",
        });
        await expect(
          client.send(new PutRecordsCommand({ StreamName, Records: [] })),
        ).rejects.toMatchObject({ name: 'ValidationException' });
      });

      unless('checks few arguments')('refuse hash keys that are none', async () => {
        const StreamName = await newStream();
        const send = (ExplicitHashKey: string) =>
          client.send(
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

    describe('iterators', () => {
      it('at the trim horizon see everything, in order, once', async () => {
        const StreamName = await newStream();
        await put(StreamName, 'a', 'b', 'c', 'd', 'e');
        const start = await iterator(StreamName, { ShardIteratorType: 'TRIM_HORIZON' });
        expect(await textsFrom(start)).toEqual(['a', 'b', 'c', 'd', 'e']);
        expect(await textsFrom(start, 2)).toEqual(['a', 'b', 'c', 'd', 'e']);
      });

      it('at the latest see what comes', async () => {
        const StreamName = await newStream();
        await put(StreamName, 'before');
        const start = await iterator(StreamName, { ShardIteratorType: 'LATEST' });
        expect(await textsFrom(start)).toEqual([]);
        await put(StreamName, 'after', 'later');
        expect(await textsFrom(start)).toEqual(['after', 'later']);
      });

      it('in an empty shard go on when there is something', async () => {
        const StreamName = await newStream();
        const [answer] = await readAll(
          await iterator(StreamName, { ShardIteratorType: 'TRIM_HORIZON' }),
        );
        expect(answer?.Records).toEqual([]);
        await put(StreamName, 'first');
        expect(await textsFrom(answer?.NextShardIterator ?? '')).toEqual(['first']);
      });

      it('at and after a number begin with it and behind it', async () => {
        const StreamName = await newStream();
        const [, second = ''] = await put(StreamName, 'a', 'b', 'c');
        const at = {
          ShardIteratorType: 'AT_SEQUENCE_NUMBER',
          StartingSequenceNumber: second,
        } as const;
        expect(await textsFrom(await iterator(StreamName, at))).toEqual(['b', 'c']);
        const after = { ...at, ShardIteratorType: 'AFTER_SEQUENCE_NUMBER' } as const;
        expect(await textsFrom(await iterator(StreamName, after))).toEqual(['c']);
      });

      it('at a time begin with what came then or later', async () => {
        const StreamName = await newStream();
        await put(StreamName, 'early');
        await delay(30);
        const Timestamp = new Date();
        await delay(30);
        await put(StreamName, 'late', 'later');
        const start = await iterator(StreamName, { ShardIteratorType: 'AT_TIMESTAMP', Timestamp });
        expect(await textsFrom(start)).toEqual(['late', 'later']);
      });

      it('need a shard that exists', async () => {
        const StreamName = await newStream();
        await expect(
          iterator(StreamName, { ShardIteratorType: 'LATEST' }, 'shardId-000000000009'),
        ).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
      });

      unless('checks few arguments')('refuse arguments that do not fit', async () => {
        const StreamName = await newStream();
        const [number = ''] = await put(StreamName, 'a');
        await expect(
          iterator(StreamName, { ShardIteratorType: 'LATEST', StartingSequenceNumber: number }),
        ).rejects.toMatchObject({
          name: 'InvalidArgumentException',
          message: expect.stringContaining(
            'Request specified LATEST and also a StartingSequenceNumber.',
          ),
        });
        await expect(
          iterator(StreamName, { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER' }),
        ).rejects.toMatchObject({ name: 'InvalidArgumentException' });
        await expect(
          iterator(StreamName, { ShardIteratorType: 'AT_TIMESTAMP' }),
        ).rejects.toMatchObject({ name: 'InvalidArgumentException' });
        await expect(
          iterator(StreamName, {
            ShardIteratorType: 'AT_TIMESTAMP',
            Timestamp: new Date(Date.now() + 60_000),
          }),
        ).rejects.toMatchObject({ name: 'InvalidArgumentException' });
        await expect(
          client.send(new GetRecordsCommand({ ShardIterator: 'bm9uc2Vuc2U=' })),
        ).rejects.toMatchObject({
          name: 'InvalidArgumentException',
          message: 'Invalid ShardIterator.',
        });
      });

      unless('checks few arguments')('refuse a number of another shard', async () => {
        const StreamName = await newStream(2);
        const [, upper] = await shardsOf(StreamName);
        const { SequenceNumber: StartingSequenceNumber } = await client.send(
          new PutRecordCommand({
            StreamName,
            PartitionKey: 'k',
            ExplicitHashKey: upper?.HashKeyRange?.StartingHashKey,
            Data: Buffer.from('x'),
          }),
        );
        await expect(
          iterator(StreamName, {
            ShardIteratorType: 'AFTER_SEQUENCE_NUMBER',
            StartingSequenceNumber,
          }),
        ).rejects.toMatchObject({ name: 'InvalidArgumentException' });
      });

      it('give no more than they are asked for', async () => {
        const StreamName = await newStream();
        await put(StreamName, 'a', 'b', 'c');
        const ShardIterator = await iterator(StreamName, { ShardIteratorType: 'TRIM_HORIZON' });
        const answer = await client.send(new GetRecordsCommand({ ShardIterator, Limit: 2 }));
        expect(answer.Records).toHaveLength(2);
      });

      unless('checks few arguments')('take limits from 1 to 10,000', async () => {
        const StreamName = await newStream();
        const ShardIterator = await iterator(StreamName, { ShardIteratorType: 'LATEST' });
        await expect(
          client.send(new GetRecordsCommand({ ShardIterator, Limit: 10_001 })),
        ).rejects.toMatchObject({
          name: 'ValidationException',
          message: expect.stringContaining('Member must have value less than or equal to 10000'),
        });
      });

      it('report no lag at the end', async () => {
        const StreamName = await newStream();
        await put(StreamName, 'a');
        const answers = await readAll(
          await iterator(StreamName, { ShardIteratorType: 'TRIM_HORIZON' }),
        );
        expect(answers.at(-1)?.MillisBehindLatest).toBe(0);
      });
    });

    describe('shards', () => {
      const middle = String(hashSpace / 2n);

      it('split into two halves, which go on where the parent ended', async () => {
        const StreamName = await newStream();
        await put(StreamName, 'before');
        await client.send(
          new SplitShardCommand({
            StreamName,
            ShardToSplit: 'shardId-000000000000',
            NewStartingHashKey: middle,
          }),
        );
        await active(StreamName);
        const [parent, lower, upper] = await shardsOf(StreamName);
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
          const StreamName = await newStream();
          const [before = ''] = await put(StreamName, 'before');
          await client.send(
            new SplitShardCommand({
              StreamName,
              ShardToSplit: 'shardId-000000000000',
              NewStartingHashKey: middle,
            }),
          );
          await active(StreamName);
          // Children of some implementations begin in the second after the split.
          await delay(1_100);
          const [after = ''] = await put(StreamName, 'after');
          expect(BigInt(after) > BigInt(before)).toBe(true);
          const answers = await readAll(
            await iterator(StreamName, { ShardIteratorType: 'TRIM_HORIZON' }),
          );
          expect(answers.flatMap(({ Records = [] }) => Records)).toHaveLength(1);
          expect(answers.at(-1)?.NextShardIterator).toBeUndefined();
          const home = shardTaking((await shardsOf(StreamName)).slice(1), md5('key'));
          const start = { ShardIteratorType: 'TRIM_HORIZON' } as const;
          expect(await textsFrom(await iterator(StreamName, start, home))).toEqual(['after']);
        },
      );

      it('do not split at or beyond their ends', async () => {
        const StreamName = await newStream();
        for (const NewStartingHashKey of ['0', String(hashSpace - 1n)]) {
          await expect(
            client.send(
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
        const StreamName = await newStream(3);
        await client.send(
          new MergeShardsCommand({
            StreamName,
            ShardToMerge: 'shardId-000000000001',
            AdjacentShardToMerge: 'shardId-000000000002',
          }),
        );
        await active(StreamName);
        const [, second, third, merged] = await shardsOf(StreamName);
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
        const StreamName = await newStream(3);
        await expect(
          client.send(
            new MergeShardsCommand({
              StreamName,
              ShardToMerge: 'shardId-000000000000',
              AdjacentShardToMerge: 'shardId-000000000002',
            }),
          ),
        ).rejects.toMatchObject({ name: 'InvalidArgumentException' });
      });

      unless('lists every shard')('are listed from a shard on', async () => {
        const StreamName = await newStream(3);
        const { Shards = [] } = await client.send(
          new ListShardsCommand({ StreamName, ExclusiveStartShardId: 'shardId-000000000000' }),
        );
        expect(Shards.map(({ ShardId }) => ShardId)).toEqual([
          'shardId-000000000001',
          'shardId-000000000002',
        ]);
      });
    });
  });
}

function md5(key: string): bigint {
  return BigInt(`0x${createHash('md5').update(key, 'utf8').digest('hex')}`);
}

function rangeOf({ HashKeyRange: range }: Shard): { start: bigint; end: bigint } {
  return { start: BigInt(range?.StartingHashKey ?? -1), end: BigInt(range?.EndingHashKey ?? -1) };
}

function shardTaking(shards: readonly Shard[], hashKey: bigint): string | undefined {
  return shards.find((shard) => {
    const { start, end } = rangeOf(shard);
    return start <= hashKey && hashKey <= end;
  })?.ShardId;
}

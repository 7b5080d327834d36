import { setTimeout as delay } from 'node:timers/promises';
import {
  CreateStreamCommand,
  DescribeStreamSummaryCommand,
  GetRecordsCommand,
  type GetRecordsCommandOutput,
  GetShardIteratorCommand,
  type GetShardIteratorCommandInput,
  type KinesisClient,
  ListShardsCommand,
  PutRecordCommand,
  type Shard,
} from '@aws-sdk/client-kinesis';

/** What the features do again and again; each works on streams of its own. */
export class KinesisCalls {
  #client: KinesisClient | undefined;
  #created = 0;

  /** The implementation is there once the suite has started it. */
  use(client: KinesisClient): void {
    this.#client = client;
  }

  get client(): KinesisClient {
    if (this.#client === undefined) throw new Error('Cannot call Kinesis: it is not started');
    return this.#client;
  }

  async newStream(shardCount = 1): Promise<string> {
    this.#created += 1;
    const StreamName = `contract-${this.#created}`;
    await this.client.send(new CreateStreamCommand({ StreamName, ShardCount: shardCount }));
    await this.active(StreamName);
    return StreamName;
  }

  async active(StreamName: string): Promise<void> {
    for (;;) {
      const { StreamDescriptionSummary: summary } = await this.client.send(
        new DescribeStreamSummaryCommand({ StreamName }),
      );
      if (summary?.StreamStatus === 'ACTIVE') return;
      await delay(10);
    }
  }

  async shardsOf(StreamName: string): Promise<Shard[]> {
    const { Shards = [] } = await this.client.send(new ListShardsCommand({ StreamName }));
    return Shards;
  }

  async put(StreamName: string, ...texts: string[]): Promise<string[]> {
    const numbers: string[] = [];
    for (const text of texts) {
      const { SequenceNumber = '' } = await this.client.send(
        new PutRecordCommand({ StreamName, PartitionKey: 'key', Data: Buffer.from(text) }),
      );
      numbers.push(SequenceNumber);
    }
    return numbers;
  }

  async iterator(
    StreamName: string,
    start: Omit<GetShardIteratorCommandInput, 'StreamName' | 'ShardId'>,
    ShardId = 'shardId-000000000000',
  ): Promise<string> {
    const { ShardIterator = '' } = await this.client.send(
      new GetShardIteratorCommand({ StreamName, ShardId, ...start }),
    );
    return ShardIterator;
  }

  /** Reads on until an answer is empty or the shard ends. */
  async readAll(first: string, Limit?: number): Promise<GetRecordsCommandOutput[]> {
    const answers: GetRecordsCommandOutput[] = [];
    let next: string | undefined = first;
    while (next !== undefined) {
      const answer: GetRecordsCommandOutput = await this.client.send(
        new GetRecordsCommand({ ShardIterator: next, ...(Limit && { Limit }) }),
      );
      answers.push(answer);
      if (answer.Records?.length === 0) break;
      next = answer.NextShardIterator;
    }
    return answers;
  }

  async textsFrom(first: string, limit?: number): Promise<string[]> {
    const answers = await this.readAll(first, limit);
    return answers.flatMap(({ Records = [] }) =>
      Records.map(({ Data = new Uint8Array() }) => Buffer.from(Data).toString()),
    );
  }
}

import {
  GetRecordsCommand,
  GetShardIteratorCommand,
  type KinesisClient,
  ListShardsCommand,
} from '@aws-sdk/client-kinesis';

export interface StreamWatch {
  /** What was put since the last call. */
  read(): Promise<readonly Uint8Array[]>;
}

/** Reads all open shards of a stream from now on. */
export async function watchStream(
  kinesis: KinesisClient,
  streamName: string,
): Promise<StreamWatch> {
  const { Shards = [] } = await kinesis.send(
    new ListShardsCommand({ StreamName: streamName, ShardFilter: { Type: 'AT_LATEST' } }),
  );
  let iterators = await Promise.all(
    Shards.map(async ({ ShardId }) => {
      const { ShardIterator } = await kinesis.send(
        new GetShardIteratorCommand({
          StreamName: streamName,
          ShardId,
          ShardIteratorType: 'LATEST',
        }),
      );
      return ShardIterator;
    }),
  );
  return {
    async read() {
      const answers = await Promise.all(
        iterators.map(async (iterator) =>
          iterator === undefined
            ? undefined
            : await kinesis.send(new GetRecordsCommand({ ShardIterator: iterator })),
        ),
      );
      iterators = answers.map((answer) => answer?.NextShardIterator);
      return answers.flatMap((answer) =>
        (answer?.Records ?? []).flatMap(({ Data }) => (Data === undefined ? [] : [Data])),
      );
    },
  };
}

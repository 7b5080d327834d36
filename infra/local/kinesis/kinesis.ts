import {
  type AwsCall,
  AwsError,
  type AwsReply,
  type PlayedService,
  type Resource,
} from '../service.ts';
import { consumerOperations } from './consumer-operations.ts';
import { nameInArn } from './members.ts';
import type { Operation, PreparedOperation } from './operation.ts';
import { recordOperations } from './record-operations.ts';
import type { ReadLimits, ReadResult, Shard } from './shard.ts';
import type { LogLimits } from './shard-log.ts';
import { shardOperations } from './shard-operations.ts';
import { streamOperations } from './stream-operations.ts';
import { shardIdOf, startingSequenceNumber } from './stream-state.ts';
import { Streams } from './streams.ts';
import { SyncGroup } from './sync-group.ts';
import { applyConsumer, applyStream } from './template-streams.ts';

export interface ShardInfo {
  readonly shardId: string;
  readonly parentShardId?: string;
  readonly adjacentParentShardId?: string;
  /** It takes no more records. */
  readonly closed: boolean;
  /** Decimal, both ends included. */
  readonly startingHashKey: string;
  readonly endingHashKey: string;
  readonly startingSequenceNumber: string;
  readonly endingSequenceNumber?: string;
}

/** Kinesis for clients over HTTP, and for readers in this process without it. */
export interface KinesisService extends PlayedService {
  /** All shards whose records can still be read, parents before their children. */
  shards(stream: string): ShardInfo[];
  /** The records behind a number, or all; at least one where there is one. */
  read(
    stream: string,
    shardId: string,
    afterSequenceNumber: string | undefined,
    limits: ReadLimits,
  ): ReadResult;
  /** A number behind which a reader finds only what is put from now on. */
  latestSequenceNumber(stream: string, shardId: string): string;
  /**
   * Calls the listener after every put and every change of shards.
   *
   * @returns what ends the calls.
   */
  onPut(stream: string, listener: () => void): () => void;
  /** Name of the stream an ARN of a stream or of a consumer belongs to. */
  streamByArn(arn: string): string;
  /** Resolves when everything put so far is on the disk, safe from a loss of power. */
  flushed(): Promise<void>;
}

export interface KinesisOptions {
  readonly directory: string;
  /** AWS::Kinesis::Stream. */
  readonly streams: readonly Resource[];
  /** AWS::Kinesis::StreamConsumer. */
  readonly consumers: readonly Resource[];
  readonly now: () => number;
  /** Takes what a person should know: records cut, dropped or refused. */
  readonly warn?: (message: string) => void;
  /** Whether shards refuse more than 1,000 records or 1 MiB in a second, as on AWS. */
  readonly enforceLimits?: boolean;
  readonly logLimits?: Partial<LogLimits>;
}

const mebibyte = 1024 * 1024;
const defaultLogLimits: LogLimits = {
  segmentBytesMax: 16 * mebibyte,
  cacheBytesMax: 16 * mebibyte,
  shardBytesMax: 512 * mebibyte,
};

const syncDelayMs = 50;
const trimIntervalMs = 60_000;

/** Opens the streams kept in a directory and makes them what the template says. */
export async function createKinesis(options: KinesisOptions): Promise<KinesisService> {
  const warn = options.warn ?? ((message: string) => console.warn(`kinesis: ${message}`));
  const sync = new SyncGroup(syncDelayMs);
  const streams = new Streams({
    directory: options.directory,
    now: options.now,
    warn,
    sync,
    logLimits: { ...defaultLogLimits, ...options.logLimits },
    enforceLimits: options.enforceLimits ?? false,
  });
  for (const resource of options.streams) applyStream(streams, resource);
  for (const resource of options.consumers) applyConsumer(streams, resource);
  streams.trim();
  const trimming = setInterval(() => streams.trim(), trimIntervalMs).unref();
  const prepare = preparer({
    ...streamOperations(streams),
    ...shardOperations(streams),
    ...recordOperations(streams),
    ...consumerOperations(streams),
  });

  function shardOf(stream: string, shardId: string): Shard {
    const shard = streams.get(stream).shard(shardId);
    if (shard !== undefined) return shard;
    throw new Error(`Cannot read stream ${stream}: it has no such shard: received ${shardId}`);
  }

  return {
    signingName: 'kinesis',
    permissions: (call) => [
      { action: `kinesis:${call.operation}`, resource: prepare(call).resource },
    ],
    handle: async (call) => reply(prepare(call).perform()),
    shards: (stream) => streams.get(stream).shards.map(shardInfo),
    read(stream, shardId, after, limits) {
      const nowMs = options.now();
      const notBeforeMs = streams.get(stream).trimHorizonMs(nowMs);
      return shardOf(stream, shardId).read({ after, notBeforeMs }, limits, nowMs);
    },
    latestSequenceNumber: (stream, shardId) => shardOf(stream, shardId).latestSequenceNumber,
    onPut: (stream, listener) => streams.get(stream).onPut(listener),
    streamByArn(arn) {
      const name = nameInArn(arn);
      if (name !== undefined && streams.find(name) !== undefined) return name;
      throw new Error(`Cannot find stream: nothing has this ARN: received ${arn}`);
    },
    flushed: () => sync.flushed(),
    async close() {
      clearInterval(trimming);
      await streams.close();
      await sync.close();
    },
  };
}

/** Reads each call once, for its permissions and for the work. */
function preparer(operations: Record<string, Operation>): (call: AwsCall) => PreparedOperation {
  const preparedCalls = new WeakMap<AwsCall, PreparedOperation>();
  return (call) => {
    const known = preparedCalls.get(call);
    if (known !== undefined) return known;
    const prepared = operationFor(operations, call)(call.body);
    preparedCalls.set(call, prepared);
    return prepared;
  };
}

function operationFor(operations: Record<string, Operation>, call: AwsCall): Operation {
  const contentType = call.headers['content-type'] ?? '';
  if (contentType.includes('cbor')) {
    throw new AwsError(
      'UnsupportedOperationException',
      `Cannot read request: only JSON is spoken here (the Java SDK needs aws.cborEnabled=false): received ${contentType}`,
    );
  }
  const { operation = '' } = call;
  const known = Object.hasOwn(operations, operation) ? operations[operation] : undefined;
  if (known !== undefined) return known;
  throw new AwsError(
    'UnsupportedOperationException',
    `Cannot play call: the local Kinesis has no such operation: received ${operation}`,
  );
}

function reply(content: object | undefined): AwsReply {
  const body = content === undefined ? '' : JSON.stringify(content);
  return { status: 200, headers: { 'content-type': 'application/x-amz-json-1.1' }, body };
}

function shardInfo({ state }: Shard): ShardInfo {
  const [parent, adjacentParent] = state.parents;
  return {
    shardId: shardIdOf(state.index),
    ...(parent !== undefined && { parentShardId: shardIdOf(parent) }),
    ...(adjacentParent !== undefined && { adjacentParentShardId: shardIdOf(adjacentParent) }),
    closed: state.closed !== undefined,
    startingHashKey: state.hashStart,
    endingHashKey: state.hashEnd,
    startingSequenceNumber: startingSequenceNumber(state),
    ...(state.closed && { endingSequenceNumber: state.closed.endingSequenceNumber }),
  };
}

import { setTimeout as sleep } from 'node:timers/promises';
import { type Bell, createBell } from './bell.ts';
import { type CheckpointFile, openCheckpointFile } from './checkpoint-file.ts';
import type { StartingPosition } from './event-source-mapping.ts';
import type { NextFault } from './faults.ts';
import type { ShardDescription } from './kinesis-reader.ts';
import type { MappingContext, MappingCounts } from './mapping-context.ts';
import { createPace, gatherMsDefault } from './pace.ts';
import { pollShard, type ShardStatus } from './shard-poller.ts';

export interface EventSourceMappingOptions
  extends Pick<MappingContext, 'mapping' | 'kinesis' | 'invoke' | 'onFailure' | 'log' | 'now'> {
  readonly checkpointFile: string;
  /** The longest pause between two tries. @default 5000 */
  readonly pauseMsMax?: number;
  /** @default 200 */
  readonly gatherMs?: number;
  /** For tests: what goes wrong with the next batch of a shard. */
  readonly nextFault?: NextFault;
}

/** A mapping that polls its stream. */
export interface RunningEventSourceMapping {
  status(): EventSourceMappingStatus;
  /** Lets running batches finish for so long, then abandons them; they will come again. */
  stop(patienceMs?: number): Promise<void>;
}

export interface EventSourceMappingStatus extends Readonly<MappingCounts> {
  readonly name: string;
  readonly functionName: string;
  readonly streamName: string;
  readonly enabled: boolean;
  /** The oldest of the shards' iterator ages; null before the first batch. */
  readonly iteratorAgeMs: number | null;
  readonly shards: readonly Readonly<ShardStatus>[];
}

/** New shards are found this soon, also when nothing is put and no shard ends. */
const discoveryMs = 1000;
const patienceMsDefault = 5000;

/** Starts to poll; a mapping that is not enabled only has a status. */
export async function startEventSourceMapping(
  options: EventSourceMappingOptions,
): Promise<RunningEventSourceMapping> {
  const { mapping, kinesis } = options;
  const stopping = new AbortController();
  const context: MappingContext = {
    ...options,
    pauseMsMax: options.pauseMsMax ?? 5000,
    gatherMs: options.gatherMs ?? gatherMsDefault,
    nextFault: options.nextFault,
    signal: stopping.signal,
    counts: { records: 0, invocations: 0, errors: 0, throttles: 0, filtered: 0, discarded: 0 },
  };
  const statuses = new Map<string, ShardStatus>();
  const status = () => mappingStatus(context, [...statuses.values()]);
  if (!mapping.enabled) return { status, stop: async () => undefined };

  const checkpoints = await openCheckpointFile({
    file: options.checkpointFile,
    streamArn: mapping.streamArn,
    startMs: startMsOf(mapping.startingPosition, options.now()),
    onWriteError: (error) => context.log(`checkpoints cannot be written: ${String(error)}`),
  });
  const puts = createBell();
  const shardEnds = createBell();
  const unsubscribe = kinesis.onPut(mapping.streamName, puts.ring);
  const pollers = new Map<string, Promise<void>>();

  function startPoller({ shardId }: ShardDescription, shardStatus: ShardStatus): void {
    const source = {
      shardId,
      startMs: checkpoints.startMs,
      bell: puts,
      pace: createPace(context),
      onRead: (millisBehindLatest: number) => {
        shardStatus.behindMs = millisBehindLatest;
      },
    };
    const poller = pollShard(context, source, checkpoints, shardStatus)
      .catch(async (error: unknown) => {
        context.log(`${shardId}: reading failed, to be tried again: ${String(error)}`);
        await sleep(discoveryMs, undefined, { signal: stopping.signal }).catch(() => undefined);
      })
      .finally(() => {
        pollers.delete(shardId);
        shardEnds.ring();
      });
    pollers.set(shardId, poller);
  }

  async function discover(): Promise<void> {
    const shards = await kinesis.shards(mapping.streamName);
    if (shards.length > 0) checkpoints.keepOnly(shards.map(({ shardId }) => shardId));
    for (const shard of shards) {
      const shardStatus = statuses.get(shard.shardId) ?? newStatus(shard, checkpoints);
      statuses.set(shard.shardId, shardStatus);
      if (pollers.has(shard.shardId) || shardStatus.state === 'ended') continue;
      if (parentsEnded(shard, shards, checkpoints)) startPoller(shard, shardStatus);
    }
  }

  const supervisor = superviseUntilStopped(context, discover, shardEnds);

  async function stop(patienceMs = patienceMsDefault): Promise<void> {
    stopping.abort();
    unsubscribe();
    await supervisor;
    const cancelPatience = new AbortController();
    await Promise.race([
      Promise.all(pollers.values()),
      sleep(patienceMs, undefined, { signal: cancelPatience.signal }).catch(() => undefined),
    ]);
    cancelPatience.abort();
    await checkpoints.close();
  }

  return { status, stop };
}

async function superviseUntilStopped(
  context: MappingContext,
  discover: () => Promise<void>,
  shardEnds: Bell,
): Promise<void> {
  while (!context.signal.aborted) {
    const rings = shardEnds.rings();
    try {
      await discover();
    } catch (error) {
      context.log(`the stream's shards cannot be listed, to be tried again: ${String(error)}`);
    }
    await shardEnds.wait(rings, discoveryMs, context.signal);
  }
}

/** LATEST and AT_TIMESTAMP are the same rule: what arrived before a time is passed over. */
function startMsOf(position: StartingPosition, nowMs: number): number | undefined {
  if (position.type === 'TRIM_HORIZON') return undefined;
  return position.type === 'LATEST' ? nowMs : position.atMs;
}

/** A parent the stream does not list any more has outlived its records. */
function parentsEnded(
  shard: ShardDescription,
  shards: readonly ShardDescription[],
  checkpoints: CheckpointFile,
): boolean {
  return [shard.parentShardId, shard.adjacentParentShardId].every(
    (parent) =>
      parent === undefined ||
      checkpoints.get(parent).ended ||
      !shards.some(({ shardId }) => shardId === parent),
  );
}

function newStatus({ shardId }: ShardDescription, checkpoints: CheckpointFile): ShardStatus {
  const { sequenceNumber, ended } = checkpoints.get(shardId);
  const state = ended ? 'ended' : 'waiting-for-parent';
  return { shardId, state, sequenceNumber, iteratorAgeMs: null, behindMs: null };
}

function mappingStatus(
  context: MappingContext,
  shards: readonly ShardStatus[],
): EventSourceMappingStatus {
  const ages = shards.flatMap(({ iteratorAgeMs }) => iteratorAgeMs ?? []);
  return {
    name: context.mapping.name,
    functionName: context.mapping.functionName,
    streamName: context.mapping.streamName,
    enabled: context.mapping.enabled,
    ...context.counts,
    iteratorAgeMs: ages.length === 0 ? null : Math.max(...ages),
    shards: shards.map((shard) => ({ ...shard })),
  };
}

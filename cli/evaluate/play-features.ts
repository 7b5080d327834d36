import { z } from 'zod';
import type { EntityState, FeatureEvent, FeatureVector } from '../../shared/features/feature.ts';
import type { FeatureSet } from '../../shared/features/feature-set.ts';
import { MemoryStore } from '../../shared/state/memory-store.ts';
import { Closer } from '../../shared/stream/close/close.ts';
import { ShardCommitter } from '../../shared/stream/commit/commit.ts';
import { type Emission, multiKeyedJob } from '../../shared/stream/job.ts';
import type { StreamRecord } from '../../shared/stream/record.ts';
import { fixedShards } from '../../shared/stream/shard-reader.ts';
import type { Decoded } from '../../shared/stream/source.ts';
import { textOf } from '../../shared/stream/state/control.ts';
import {
  outboxPartition,
  outboxSk,
  quarantinePartition,
  type Run,
  wholePartition,
} from '../../shared/stream/state/layout.ts';

interface Play {
  readonly set: FeatureSet;
  /** In the order of their times. */
  readonly events: Iterable<FeatureEvent>;
  /** Whose features are wanted, of the events that have any. */
  wants(event: FeatureEvent): boolean;
  /** Is handed the features of an event that are wanted. */
  take(id: string, vector: FeatureVector): void;
}

const shard = { stream: 'events', shard: 'shard-0' } as const;
const batchSize = 1_000;
const batchSpanMs = 5 * 86_400_000;
/** A shard forgets the past with the second batch behind a tick. */
const batchesPerTick = 3;

/**
 * Has the stream engine compute features, in memory and batch by batch, as it does from a stream.
 *
 * @throws Error when the engine sets an event aside: features of the others would not be right.
 */
export async function playFeatures(play: Play): Promise<void> {
  const job = jobOf(play);
  const store = new MemoryStore();
  const parts = {
    store,
    shards: fixedShards(shard.shard),
    now: () => 0,
    backOff: async () => {},
  };
  const committer = new ShardCommitter(job, shard, parts);
  const closer = new Closer(job, parts);
  let records: StreamRecord[] = [];
  let decoded: Decoded<FeatureEvent>[] = [];
  let sequence = 0;
  let batches = 0;
  let beganMs = 0;
  let doneMs = Number.NEGATIVE_INFINITY;

  function put(one: Decoded<FeatureEvent>, arrivalMs: number): void {
    sequence += 1;
    records.push({ sequenceNumber: String(sequence), data: noData, arrivalMs });
    decoded.push(one);
  }

  async function commit(): Promise<void> {
    const report = await committer.commit(records, decoded);
    if (report.quarantinedRecords > 0) throw await refusal(store, job);
    for (const { id, data } of report.emissions) play.take(id, vectorSchema.parse(data));
    await store.remove(
      report.emissions.map((emission) => ({ ...outboxPartition(job), sk: outboxSk(emission) })),
    );
    records = [];
    decoded = [];
    batches += 1;
    if (report.watermarkRose) doneMs = (await closer.close()).doneMs;
    committer.forget(doneMs);
  }

  for (const event of play.events) {
    if (
      records.length >= batchSize ||
      (records.length > 0 && event.atMs - beganMs >= batchSpanMs)
    ) {
      await commit();
    }
    if (records.length === 0) {
      beganMs = event.atMs;
      if (batches % batchesPerTick === 0) put({ kind: 'tick', atMs: event.atMs }, event.atMs);
    }
    const id = `${event.source}|${event.id}`;
    put({ kind: 'event', event, id, committedAtMs: undefined }, event.atMs);
  }
  if (records.length > 0) await commit();
}

const noData = new Uint8Array();
const vectorSchema = z.record(z.string(), z.number().nullable());

function jobOf({ set, wants }: Play) {
  const source = { stream: shard.stream, tickSettleMs: 0, decode: () => [] };
  return multiKeyedJob<FeatureEvent, EntityState>([source], {
    name: 'features',
    generation: 1,
    eventTimeMs: ({ atMs }) => atMs,
    keys: set.keys,
    stateTtlMs: set.memoryMs,
    watermarkDelayMs: 0,
    allowedLatenessMs: 0,
    maxFutureMs: 0,
    evaluate(event, before) {
      const { states, vector } = set.take(event, before);
      const isWanted = vector !== undefined && wants(event);
      return { states, emissions: isWanted ? [emissionOf(event.id, vector)] : [] };
    },
  });
}

const asideSchema = z.array(z.object({ reason: z.string() }));

/** Says what was wrong with the first event that was set aside. */
async function refusal(store: MemoryStore, job: Run): Promise<Error> {
  const [item] = await store.query(quarantinePartition(job), wholePartition);
  const aside = asideSchema.parse(JSON.parse(item === undefined ? '[]' : textOf(item, 'records')));
  return new Error(`Cannot compute features: ${aside[0]?.reason}: received ${aside.length} such`);
}

function emissionOf(id: string, data: FeatureVector): Emission {
  return { id, type: 'features', revision: 1, entity: id, data };
}

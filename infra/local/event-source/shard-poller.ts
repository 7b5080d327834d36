import { createBatchDelivery } from './batch-delivery.ts';
import { type Batch, type BatchSource, readBatch } from './batch-reader.ts';
import type { CheckpointFile } from './checkpoint-file.ts';
import type { Fault } from './faults.ts';
import { kinesisEvent } from './kinesis-event.ts';
import type { KinesisRecord } from './kinesis-reader.ts';
import type { MappingContext } from './mapping-context.ts';

/** How one shard is doing. */
export interface ShardStatus {
  readonly shardId: string;
  state: 'waiting-for-parent' | 'reading' | 'delivering' | 'ended';
  /** The last record that is done with. */
  sequenceNumber: string | undefined;
  /** Age of the last batch's last record when it was done, as CloudWatch's IteratorAge. */
  iteratorAgeMs: number | null;
  /** How far reading is behind the newest record; null before the first read. */
  behindMs: number | null;
}

/** Places an `old-checkpoint` fault may go back to. */
const rememberedPlaces = 8;

/**
 * Reads one shard to its end, batch by batch. Returns when the shard has ended or the mapping
 * stops; throws what the stream throws, to be started again from the checkpoint.
 */
export async function pollShard(
  context: MappingContext,
  source: BatchSource,
  checkpoints: CheckpointFile,
  status: ShardStatus,
): Promise<void> {
  const { mapping, counts, signal } = context;
  const { shardId } = source;
  const delivery = createBatchDelivery(context, shardId);
  const places: (string | undefined)[] = [];
  let position = checkpoints.get(shardId).sequenceNumber;

  function done(last: KinesisRecord, count: number): void {
    counts.records += count;
    status.iteratorAgeMs = context.now() - last.approximateArrivalTimestamp;
    moveOn(last.sequenceNumber);
  }

  function moveOn(sequenceNumber: string): void {
    checkpoints.advance(shardId, sequenceNumber);
    status.sequenceNumber = checkpoints.get(shardId).sequenceNumber;
  }

  async function deliver(batch: Batch, fault: Fault | undefined): Promise<void> {
    if (fault === 'zombie') {
      // Nobody waits for it and nobody acts on how it ends: that is what makes it a zombie.
      const event = kinesisEvent(mapping, shardId, batch.records);
      context
        .invoke(mapping.functionName, event)
        .catch((error: unknown) => context.log(`${shardId}: a zombie failed: ${String(error)}`));
    }
    await delivery.deliver(batch.records, done);
    if (fault === 'duplicate') await delivery.deliver(batch.records, done);
  }

  while (!signal.aborted) {
    status.state = 'reading';
    const batch = await readBatch(context, source, position);
    const fault = batch.records.length > 0 ? context.nextFault?.(shardId) : undefined;
    if (batch.records.length > 0) {
      status.state = 'delivering';
      await deliver(batch, fault);
    }
    if (signal.aborted) return;
    counts.records += batch.filtered;
    counts.filtered += batch.filtered;
    if (batch.position !== undefined) moveOn(batch.position);
    places.push(position);
    if (places.length > rememberedPlaces) places.shift();
    if (fault === 'old-checkpoint') position = places[0];
    else if (fault === 'shifted') position = middleOf(batch) ?? position;
    else if (batch.endOfShard) {
      checkpoints.end(shardId);
      status.state = 'ended';
      return;
    } else position = batch.position;
  }
}

function middleOf(batch: Batch): string | undefined {
  return batch.records[Math.floor((batch.records.length - 1) / 2)]?.sequenceNumber;
}

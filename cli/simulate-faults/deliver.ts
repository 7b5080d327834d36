import { ShardCommitter } from '../../shared/stream/commit/commit.ts';
import { BehindError, NotYetError } from '../../shared/stream/errors.ts';
import type { StreamRecord } from '../../shared/stream/record.ts';
import type { Decoded } from '../../shared/stream/source.ts';
import { unpackJobRow } from '../../shared/stream/state/control.ts';
import { jobKey } from '../../shared/stream/state/layout.ts';
import { fail, publish } from './close-often.ts';
import type { Shard, SimulatedEvent, SimulatedStream } from './simulated-stream.ts';
import { Process } from './virtual-clock.ts';
import type { World } from './world.ts';

/** One instance of the function, with what it remembers between batches. */
export interface Instance {
  readonly process: Process;
  readonly stream: SimulatedStream;
  readonly shard: Shard;
  readonly committer: ShardCommitter<SimulatedEvent>;
  /** The job's status as it was read last. */
  status: { readonly isRunning: boolean; readonly readAt: number } | undefined;
}

/** A cold start. */
export function newInstance(world: World, stream: SimulatedStream, shard: Shard): Instance {
  world.instances += 1;
  const process = new Process(`${shard.id} i${world.instances}`);
  const id = { stream: stream.name, shard: shard.id };
  const committer = new ShardCommitter(world.job, id, world.parts(process));
  return { process, stream, shard, committer, status: undefined };
}

/**
 * What a handler does with a batch: commits it in one piece or in several, or lets it pass while
 * the job is stopped, or first reads what passed by.
 *
 * @param progress counts the records that are done with.
 * @returns whether the batch is acknowledged.
 */
export async function deliver(
  world: World,
  instance: Instance,
  batch: readonly StreamRecord[],
  progress: { records: number },
): Promise<boolean> {
  const { random } = world;
  const last = batch.at(-1);
  if (!last) return true;
  try {
    if (world.plan.stops && !(await isRunning(world, instance))) {
      world.note(instance.process.name, () => `lets pass up to ${last.sequenceNumber}`);
      await instance.committer.skip(last.sequenceNumber);
      return true;
    }
    while (progress.records < batch.length) {
      const some = random.chance(0.2) ? random.integer(1, batch.length) : batch.length;
      const part = batch.slice(progress.records, progress.records + some);
      await commitOrCatchUp(world, instance, part);
      progress.records += part.length;
    }
    return true;
  } catch (error) {
    if (!(error instanceof NotYetError)) fail(world, error);
    world.note(instance.process.name, () => `fails: ${String(error)}`);
    return false;
  }
}

/** Commits what passed by of a shard that perhaps no batch comes from any more. */
export async function catchUp(world: World, instance: Instance): Promise<void> {
  try {
    await readWhatPassed(world, instance);
  } catch (error) {
    if (!(error instanceof NotYetError)) fail(world, error);
  }
}

async function commitOrCatchUp(
  world: World,
  instance: Instance,
  records: readonly StreamRecord[],
): Promise<void> {
  const { committer, stream, process } = instance;
  for (;;) {
    try {
      const report = await committer.commit(records, decode(world, stream, records));
      await publish(world, process, report.emissions);
      committer.forget(world.doneMs);
      return;
    } catch (error) {
      if (!(error instanceof BehindError)) throw error;
      world.note(process.name, () => 'is behind and reads what passed by');
      await readWhatPassed(world, instance);
    }
  }
}

/** Commits what follows the shard's position until it is not behind any more. */
async function readWhatPassed(
  world: World,
  { committer, stream, shard, process }: Instance,
): Promise<void> {
  const { shards } = world.parts(process);
  for (;;) {
    const { sequenceNumber, behind, fromMs } = await committer.position();
    if (behind === undefined) return;
    const page = await shards.read(stream.name, shard.id, sequenceNumber, fromMs);
    const { records, atTip } = page;
    const report = await committer.commit(records, decode(world, stream, records), { atTip });
    await publish(world, process, report.emissions);
  }
}

async function isRunning(world: World, instance: Instance): Promise<boolean> {
  const { status } = instance;
  if (status && world.clock.now - status.readAt < world.plan.statusAge) return status.isRunning;
  const row = await world.parts(instance.process).store.get(jobKey(world.job));
  const running = !row || unpackJobRow(row).status === 'running';
  instance.status = { isRunning: running, readAt: world.clock.now };
  return running;
}

function decode(
  world: World,
  stream: SimulatedStream,
  records: readonly StreamRecord[],
): readonly Decoded<SimulatedEvent>[] {
  const source = world.job.sources.find((one) => one.stream === stream.name);
  if (!source) throw new Error(`the job does not read ${stream.name}`);
  return source.decode(records);
}

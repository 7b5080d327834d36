import { deliver, type Instance, newInstance } from './deliver.ts';
import type { Shard, SimulatedStream, StoredRecord } from './simulated-stream.ts';
import { Process } from './virtual-clock.ts';
import type { World } from './world.ts';

/** Brings the records of all shards, of those too that are yet to open. Ends when all is brought. */
export async function pollAll(world: World): Promise<void> {
  const watch = new Process('poller');
  const polled = new Set<Shard>();
  const ended = new Set<string>();
  const polls: Promise<void>[] = [];
  for (;;) {
    const wasDry = world.isDry;
    for (const stream of world.streams.values()) {
      for (const shard of stream.shards) {
        if (polled.has(shard)) continue;
        polled.add(shard);
        const lanes = world.fault === 'parallelization-factor' ? [0, 1] : [undefined];
        for (const lane of lanes) polls.push(pollShard(world, stream, shard, lane, ended));
      }
    }
    if (wasDry) break;
    await world.sleep(watch, 5, 40);
  }
  await Promise.all(polls);
}

/**
 * Lambda's poller of one shard: a batch at a time, which comes again, whole, halved or in part,
 * until it is acknowledged; now and then from an older checkpoint.
 */
async function pollShard(
  world: World,
  stream: SimulatedStream,
  shard: Shard,
  lane: number | undefined,
  ended: Set<string>,
): Promise<void> {
  const { random, plan } = world;
  const poller = new Process(`poller ${shard.id}`);
  const waitsForParents = random.chance(0.5);
  const slow = random.pick([0, 0, 0, 60, 200]);
  const warm: Instance[] = [];
  let position = 0;
  // Often parents come first, but nothing promises it.
  while (waitsForParents && shard.parents.some((id) => !ended.has(id))) {
    await world.sleep(poller, 5, 20);
  }
  for (;;) {
    await world.sleep(poller, 0, 5 + slow);
    const records = lane === undefined ? shard.records : laneOf(shard, lane);
    if (position >= records.length) {
      if (shard.closed || world.isDry) break;
      await world.sleep(poller, 5, 25);
      continue;
    }
    let batch = records.slice(position, position + random.integer(1, plan.batch));
    while (batch.length > 0) {
      const instance = warm.pop() ?? newInstance(world, stream, shard);
      const { acknowledged, outcome } = await invoke(world, poller, instance, batch, warm);
      position += acknowledged;
      batch = batch.slice(acknowledged);
      if (outcome === 'done') break;
      world.note(poller.name, () => `brings again what was not acknowledged: ${outcome}`);
      if (batch.length > 1 && random.chance(0.4)) batch = batch.slice(0, batch.length >> 1);
      if (random.chance(0.1)) {
        position = Math.max(0, position - random.integer(0, 15));
        batch = records.slice(position, position + random.integer(1, plan.batch));
      }
      await world.sleep(poller, 0, 20);
    }
    if (random.chance(0.05)) position = Math.max(0, position - random.integer(0, 15));
    if (random.chance(0.002)) position = 0;
  }
  ended.add(shard.id);
}

/** The poller knows records by the lane that their key is in. */
function laneOf({ records }: Shard, lane: number): StoredRecord[] {
  return records.filter(({ payload }) => {
    const id = payload.kind === 'event' ? Number(payload.event.key.slice(1)) : 0;
    return id % 2 === lane;
  });
}

interface Answer {
  /** So many records of the batch need not come again. */
  readonly acknowledged: number;
  readonly outcome: 'done' | 'failed' | 'killed' | 'given up';
}

async function invoke(
  world: World,
  poller: Process,
  instance: Instance,
  batch: readonly StoredRecord[],
  warm: Instance[],
): Promise<Answer> {
  const { random } = world;
  const fate = random.next();
  const progress = { records: 0 };
  world.note(
    instance.process.name,
    () =>
      `is brought ${batch.length} from ${batch[0]?.sequenceNumber} to ${batch.at(-1)?.sequenceNumber}`,
  );
  const delivery = deliver(world, instance, batch, progress).then((isDone) => {
    // An instance that has finished may be used again, with all that it remembers.
    if (random.chance(0.8)) warm.push(instance);
    return isDone;
  });
  const patience = fate < 0.15 ? random.integer(1, 60) : undefined;
  const answer =
    patience === undefined
      ? await delivery
      : await Promise.race([delivery, world.clock.sleep(poller, patience).then(() => undefined)]);
  if (answer === true) return { acknowledged: batch.length, outcome: 'done' };
  if (answer === false) {
    // A partial response names the first record that is to come again.
    return { acknowledged: random.chance(0.5) ? progress.records : 0, outcome: 'failed' };
  }
  if (fate >= 0.05) return { acknowledged: 0, outcome: 'given up' };
  instance.process.alive = false;
  return { acknowledged: 0, outcome: 'killed' };
}

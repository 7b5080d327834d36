import {
  type JobRow,
  newJobRow,
  packJobRow,
  unpackControl,
  unpackJobRow,
} from '../../shared/stream/state/control.ts';
import { controlKey, jobKey } from '../../shared/stream/state/layout.ts';
import { catchUp, newInstance } from './deliver.ts';
import { Process } from './virtual-clock.ts';
import type { World } from './world.ts';

/** Somebody stops the job, or it parks itself, and starts it again some time later. */
export async function stopNowAndThen(world: World, isOver: () => boolean): Promise<void> {
  const operator = new Process('operator');
  while (!isOver()) {
    await world.sleep(operator, 50, 1_000);
    if (isOver()) return;
    await setStatus(world, operator, {
      status: world.random.pick(['stopped', 'parked']),
      skipped: true,
    });
    await world.sleep(operator, 10, 600);
    await setStatus(world, operator, { status: 'running' });
  }
}

/** While the job runs, catches up with what passed by of shards that no batch comes from. */
export async function sweepNowAndThen(world: World, isOver: () => boolean): Promise<void> {
  const sweep = new Process('sweep');
  while (!isOver()) {
    await world.sleep(sweep, 50, 300);
    const row = world.table.get(jobKey(world.job));
    if (row && unpackJobRow(row).status === 'running') await catchUpAll(world);
  }
}

/** Closed shards, and open ones that are known to be behind. */
export async function catchUpAll(world: World, isLast = false): Promise<void> {
  for (const stream of world.streams.values()) {
    for (const shard of stream.shards) {
      const item = world.table.get(controlKey(world.job, { stream: stream.name, shard: shard.id }));
      // An open shard is born with its next batch; at the end none comes any more.
      const isDue = item ? unpackControl(item).behind !== undefined : shard.closed || isLast;
      if (isDue) await catchUp(world, newInstance(world, stream, shard));
    }
  }
}

async function setStatus(world: World, operator: Process, change: Partial<JobRow>): Promise<void> {
  const key = jobKey(world.job);
  const row = world.table.get(key);
  const before = row ? unpackJobRow(row) : newJobRow;
  const next = { ...before, ...change, version: before.version + 1, sinceMs: world.nowMs };
  const attributes = packJobRow(next);
  world.audit.onWrite(key, row, attributes);
  world.table.put(key, attributes);
  world.note(operator.name, () => `sets the job to ${next.status}`);
}

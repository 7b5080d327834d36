import type { Log, LogEntry } from './produce.ts';
import { hashRange } from './simulated-stream.ts';
import { Process } from './virtual-clock.ts';
import type { World } from './world.ts';

/**
 * Sends the database's log into the change stream: in order, refused entries later again, and all
 * of it once more from an earlier place when it starts anew. Ends when all of a closed log is sent.
 */
export async function capture(world: World, log: Log): Promise<void> {
  const process = new Process('capture');
  const send = world.plan.tickSettle > 0 ? sendWithoutWaiting : sendOneByOne;
  for (let deaths = 0; ; deaths += 1) {
    // It would never get through the log if it died too often.
    const dies = (): boolean => deaths < deathsMax && world.random.chance(world.plan.deaths);
    if (await send(world, log, process, dies)) return;
    await world.sleep(process, 0, world.random.pick([10, 400]));
    world.note(process.name, () => 'starts anew');
  }
}

const deathsMax = 8;

/** Waits for all acknowledgements before the next request; a tick has a request of its own. */
async function sendOneByOne(
  world: World,
  log: Log,
  process: Process,
  dies: () => boolean,
): Promise<boolean> {
  const { random, plan } = world;
  let position = placeToResume(world, world.captured);
  for (;;) {
    await pace(world, log, process);
    if (position >= log.entries.length) {
      if (!log.isOpen) return true;
      await world.sleep(process, 5, 25);
      continue;
    }
    let request = log.entries.slice(position, position + random.integer(1, 8));
    const tick = request.findIndex(isTick);
    if (tick >= 0 && world.fault !== 'tick-with-data')
      request = request.slice(0, Math.max(1, tick));
    for (let todo = request; todo.length > 0; ) {
      todo = todo.filter((entry) => {
        const isRefused = random.chance(plan.flaky);
        if (!isRefused) put(world, entry, process.name, random.pick([0, 1, 1, 1, 1, 2]));
        return isRefused;
      });
      if (dies()) return false;
      if (todo.length > 0) await world.sleep(process, 1, random.pick([10, 10, 400]));
    }
    position += request.length;
    if (random.chance(0.9)) world.captured = position;
    if (dies()) return false;
  }
}

/**
 * Sends on while refused entries of earlier requests are tried again, each for less than the time
 * that ticks settle in: what DMS does as far as anyone can see.
 */
async function sendWithoutWaiting(
  world: World,
  log: Log,
  process: Process,
  dies: () => boolean,
): Promise<boolean> {
  const { random, plan } = world;
  let position = placeToResume(world, world.captured);
  const open = new Set<number>();
  const retries: Process[] = [];
  const retry = async (index: number, entry: LogEntry): Promise<void> => {
    const own = new Process('capture retry');
    retries.push(own);
    open.add(index);
    await world.sleep(own, 1, plan.tickSettle - 10);
    put(world, entry, own.name, 1);
    open.delete(index);
  };
  for (;;) {
    await pace(world, log, process);
    world.captured = Math.min(position, ...open);
    if (position >= log.entries.length) {
      if (!log.isOpen && open.size === 0) return true;
      await world.sleep(process, 5, 25);
      continue;
    }
    const until = Math.min(log.entries.length, position + random.integer(1, 8));
    for (; position < until; position += 1) {
      const entry = log.entries[position];
      if (!entry) break;
      if (!isTick(entry) && random.chance(plan.flaky)) void retry(position, entry);
      else put(world, entry, process.name, random.pick([1, 1, 1, 2]));
    }
    if (!dies()) continue;
    for (const one of retries) one.alive = false;
    return false;
  }
}

async function pace(world: World, log: Log, process: Process): Promise<void> {
  await world.sleep(process, 1, 12);
  const stall = log.stalledUntil - world.clock.now;
  if (stall > 0) await world.clock.sleep(process, stall);
}

/** Some entries before the last one known to be sent. */
function placeToResume(world: World, captured: number): number {
  return Math.max(0, captured - world.random.integer(0, 12));
}

function isTick({ payload }: LogEntry): boolean {
  return payload.kind === 'tick';
}

/** @param times how often a tick arrives in each shard. */
function put(world: World, { hash, payload }: LogEntry, who: string, times: number): void {
  const stream = world.streams.get('changes');
  if (!stream) return;
  if (payload.kind !== 'tick') {
    world.put(stream, hash % hashRange, payload, who);
    return;
  }
  for (const { low } of stream.open) {
    for (let left = times; left > 0; left -= 1) world.put(stream, low, payload, who);
  }
}

import { futureMax } from './declare-job.ts';
import type { StreamName } from './plan.ts';
import {
  hashRange,
  type Payload,
  type SimulatedEvent,
  type SimulatedStream,
} from './simulated-stream.ts';
import { Process } from './virtual-clock.ts';
import type { World } from './world.ts';

/** An entry of the database's log, in the order of commits. */
export interface LogEntry {
  readonly hash: number;
  readonly payload: Payload;
}

/** What the shop does to its database, and whether it is still open. */
export interface Log {
  readonly entries: LogEntry[];
  /** Until then the capture stands still. */
  stalledUntil: number;
  isOpen: boolean;
}

/** Shoppers, clocks, resharding and everything else that puts records. Ends when all is put. */
export async function produce(world: World, log: Log): Promise<void> {
  const { plan, random, clock } = world;
  const shop = new Process('shop');
  const afterwards: Promise<void>[] = [];
  const clicks = world.streams.get('clicks');
  let { reshards } = plan;
  let reloads = plan.reload ? 1 : 0;
  let isOpen = true;
  const ticking = clicks && tickClicks(world, clicks, () => isOpen);
  const logging = tickLog(world, log, () => isOpen);
  for (let count = 0; count < plan.events; count += 1) {
    await world.sleep(shop, 0, 2 * plan.eventGap);
    if (random.chance(0.03)) await world.sleep(shop, 100, 300);
    if (random.chance(0.03)) log.stalledUntil = clock.now + random.integer(100, 500);
    const name = random.pick(plan.streams);
    const { event, hash } = shopOnce(world, name, count);
    const payload: Payload = { kind: 'event', event };
    if (name === 'changes') log.entries.push({ hash, payload });
    else if (clicks) {
      world.put(clicks, hash, payload, 'shop');
      if (random.chance(0.1)) afterwards.push(putAgain(world, clicks, { hash, payload }));
    }
    if (random.chance(0.04)) poison(world, log, name);
    if (reshards > 0 && random.chance(4 / plan.events)) {
      reshards -= 1;
      reshard(world, world.streams.get(random.pick(plan.streams)));
    }
    if (reloads > 0 && random.chance(0.03)) {
      reloads -= 1;
      reload(world, log);
    }
  }
  isOpen = false;
  await Promise.all([ticking, logging, ...afterwards]);
  log.stalledUntil = 0;
  log.isOpen = false;
}

/** Ticks that reach every shard and pass all windows. */
export async function tickLast(world: World): Promise<void> {
  const clock = new Process('clock');
  const { plan } = world;
  for (const ahead of [1_000, 2_000, 3_000]) {
    await world.clock.sleep(clock, plan.tickSettle + 1);
    for (const [name, stream] of world.streams) {
      const atMs = (world.clock.now + skewOf(world, name) + ahead) * plan.unitMs;
      for (const { low } of stream.open) world.put(stream, low, { kind: 'tick', atMs }, 'clock');
    }
  }
}

/** The clock of a source, in units. */
function skewOf(world: World, stream: StreamName): number {
  return stream === 'clicks' ? world.plan.skew : 0;
}

function shopOnce(
  world: World,
  stream: StreamName,
  count: number,
): { readonly event: SimulatedEvent; readonly hash: number } {
  const { plan, random } = world;
  const nowUnits = world.clock.now + skewOf(world, stream);
  const isTardy = plan.beyond > 0 && random.chance(0.15);
  const delay = random.integer(0, plan.bound) + (isTardy ? random.integer(1, plan.beyond) : 0);
  const fromFuture = random.chance(0.02);
  const time = fromFuture
    ? nowUnits + futureMax + random.integer(1_000_000, 2_000_000)
    : nowUnits - delay;
  const keyNumber = random.integer(0, plan.keys - 1);
  const event = {
    id: `e${count}`,
    timeMs: time * plan.unitMs,
    key: `k${keyNumber}`,
    amount: random.integer(1, 900),
    hostile: random.chance(0.01),
    fromFuture,
  };
  world.produced.push({ event, inTime: delay <= plan.bound });
  const isAstray = random.chance(plan.astray);
  const hash = isAstray ? random.integer(0, hashRange - 1) : (keyNumber * 17 + 3) % hashRange;
  return { event, hash };
}

/** A producer that did not hear of its success puts the same once more, perhaps much later. */
async function putAgain(world: World, stream: SimulatedStream, { hash, payload }: LogEntry) {
  const retry = new Process('producer retry');
  await world.sleep(retry, 0, world.random.pick([20, 400]));
  world.put(stream, hash, payload, retry.name);
}

/** The clock puts each tick into every shard; some get lost, some come twice. */
async function tickClicks(world: World, stream: SimulatedStream, isOpen: () => boolean) {
  const { plan, random } = world;
  const clock = new Process('clock of clicks');
  while (isOpen()) {
    await world.sleep(clock, 1, 2 * plan.tickEvery);
    const atMs = (world.clock.now + plan.skew) * plan.unitMs;
    for (const { low } of stream.open) {
      const isWrong = random.chance(0.002);
      const shown = isWrong ? atMs + 1_000_000 * plan.unitMs : atMs;
      for (let times = random.pick([0, 1, 1, 1, 1, 2]); times > 0; times -= 1) {
        world.put(stream, low, { kind: 'tick', atMs: shown }, clock.name);
      }
    }
  }
}

/** The database's own clock rows: changes like others, in the order of the log. */
async function tickLog(world: World, log: Log, isOpen: () => boolean) {
  const clock = new Process('clock of database');
  while (isOpen()) {
    await world.sleep(clock, 1, 2 * world.plan.tickEvery);
    log.entries.push({ hash: 0, payload: { kind: 'tick', atMs: world.nowMs } });
  }
}

function poison(world: World, log: Log, name: StreamName): void {
  const hash = world.random.integer(0, hashRange - 1);
  const stream = world.streams.get(name);
  if (name === 'changes') log.entries.push({ hash, payload: { kind: 'poison' } });
  else if (stream) world.put(stream, hash, { kind: 'poison' }, 'shop');
}

/** Every row comes again as a load; a capture without memory brings old changes again as well. */
function reload(world: World, log: Log): void {
  const old = log.entries.filter(({ payload }) => payload.kind === 'event');
  world.note('capture', () => `loads ${old.length} rows again`);
  for (const entry of old) {
    const { payload } = entry;
    if (payload.kind !== 'event') continue;
    log.entries.push({ hash: entry.hash, payload: { kind: 'load', id: payload.event.id } });
    if (world.random.chance(0.5)) log.entries.push(entry);
  }
}

function reshard(world: World, stream: SimulatedStream | undefined): void {
  if (!stream) return;
  const open = stream.open.toSorted((a, b) => a.low - b.low);
  const index = world.random.integer(0, open.length - 1);
  const [left, shard] = [open[index - 1], open[index]];
  if (left && shard && world.random.chance(0.4)) stream.merge(left, shard);
  else if (shard && shard.high - shard.low > 10) stream.split(shard);
  world.note(
    stream.name,
    () => `is resharded: open are ${stream.open.map(({ id }) => id).join(', ')}`,
  );
}

import { Closer } from '../../shared/stream/close/close.ts';
import type { Emission } from '../../shared/stream/job.ts';
import { textOf } from '../../shared/stream/state/control.ts';
import { outboxPartition } from '../../shared/stream/state/layout.ts';
import { LostError } from './simulated-store.ts';
import type { SimulatedEvent } from './simulated-stream.ts';
import { Process } from './virtual-clock.ts';
import type { World } from './world.ts';

interface WarmCloser {
  readonly process: Process;
  readonly closer: Closer<SimulatedEvent>;
}

const closersMax = 3;

/** Up to three closers at once, some of which die on their way, until everything else has ended. */
export async function closeOften(world: World, isOver: () => boolean): Promise<void> {
  const { random, plan } = world;
  const schedule = new Process('schedule');
  const warm: WarmCloser[] = [];
  let running = 0;
  let started = 0;
  const closeOnce = async ({ process, closer }: WarmCloser): Promise<void> => {
    try {
      const { emissions } = await closeSomehow(closer);
      await publish(world, process, emissions);
      if (random.chance(0.6)) warm.push({ process, closer });
    } catch (error) {
      fail(world, error);
    }
  };
  const closeSomehow = (closer: Closer<SimulatedEvent>) => {
    if (plan.preliminary && random.chance(0.3)) return closer.preview();
    return random.chance(plan.often) ? closer.advance(random.chance(0.5)) : closer.close();
  };
  while (!isOver()) {
    await world.sleep(schedule, 1, 2 * plan.closeEvery);
    if (running >= closersMax) continue;
    started += 1;
    const one = warm.pop() ?? newCloser(world, `closer ${started}`);
    running += 1;
    const patience = random.chance(0.15) ? random.integer(1, 80) : undefined;
    const close = closeOnce(one);
    void untilDead(world, close, one.process, patience).then(() => {
      running -= 1;
    });
  }
}

/** Closes without faults until there is nothing left to tell. */
export async function closeToTheEnd(world: World): Promise<void> {
  for (let round = 0; round < 3; round += 1) {
    const { process, closer } = newCloser(world, `last closer ${round}`);
    try {
      const { emissions } = await closer.close();
      await publish(world, process, emissions);
    } catch (error) {
      fail(world, error);
    }
  }
}

/** Sends what lies in the outbox, now and then, and is not always done with it. */
export async function relayNowAndThen(world: World, isOver: () => boolean): Promise<void> {
  const relay = new Process('relay');
  while (!isOver()) {
    await world.sleep(relay, 50, 400);
    await relayOnce(world, relay);
  }
}

/** Publishes what lies in the outbox and removes it. */
export async function relayOnce(world: World, relay: Process): Promise<void> {
  const { store } = world.parts(relay);
  const partition = outboxPartition(world.job);
  try {
    for (const row of await store.query(partition, { from: ' ', to: '~' })) {
      world.publish([JSON.parse(textOf(row, 'emission'))]);
      if (world.isFaulty && world.random.chance(0.1)) return;
      await store.remove([{ ...partition, sk: row.sk }]);
    }
  } catch (error) {
    fail(world, error);
  }
}

/** An answer that was lost is part of the game; anything else that an engine throws is not. */
export function fail(world: World, error: unknown): void {
  if (error instanceof LostError) return;
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  world.violation(`the engine throws ${text}`);
}

function newCloser(world: World, name: string): WarmCloser {
  const process = new Process(name);
  return { process, closer: new Closer(world.job, world.parts(process)) };
}

/** Published at once, without care whether it happens: the relay sends what is left. */
export async function publish(
  world: World,
  process: Process,
  emissions: readonly Emission[],
): Promise<void> {
  for (const emission of emissions) {
    world.publish([emission]);
    await world.sleep(process, 0, 1);
  }
}

async function untilDead(
  world: World,
  work: Promise<void>,
  process: Process,
  patience: number | undefined,
): Promise<void> {
  if (patience === undefined) return work;
  const killer = new Process('killer');
  let hasEnded = false;
  const ends = work.then(() => {
    hasEnded = true;
  });
  await Promise.race([ends, world.clock.sleep(killer, patience)]);
  if (hasEnded) return;
  world.note(process.name, () => 'is killed');
  process.alive = false;
}

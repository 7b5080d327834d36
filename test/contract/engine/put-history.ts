import { Audit } from '../../../cli/simulate-faults/audit.ts';
import { capture } from '../../../cli/simulate-faults/capture.ts';
import { declareJob } from '../../../cli/simulate-faults/declare-job.ts';
import { drawPlan, type Kind } from '../../../cli/simulate-faults/plan.ts';
import { type Log, produce, tickLast } from '../../../cli/simulate-faults/produce.ts';
import { SimulatedTable } from '../../../cli/simulate-faults/simulated-store.ts';
import { type Payload, SimulatedStream } from '../../../cli/simulate-faults/simulated-stream.ts';
import { VirtualClock } from '../../../cli/simulate-faults/virtual-clock.ts';
import { World } from '../../../cli/simulate-faults/world.ts';
import { createRandom } from '../../../shared/random/random.ts';

/** Names a history: everything that is put into its streams follows from it. */
export interface HistoryName {
  readonly seed: number;
  readonly kind: Kind;
  readonly events: number;
  /** Results so long that they come in parts, and transactions of some hundred kilobytes. */
  readonly wide: boolean;
}

const stepsMax = 1_000_000;

/**
 * What the simulation's shoppers, clocks and capture put into its streams, resharding, copies,
 * disorder and poison included. Nobody has read any of it.
 */
export async function putHistory({ seed, kind, events, wide }: HistoryName): Promise<World> {
  const random = createRandom(Math.imul(seed, 0x9e3779b1));
  const drawn = drawPlan(seed, kind, random);
  // What closed when is not to be read from tables alone, and alarms go by that.
  const plan = { ...drawn, events, wide, alarms: false, stops: false, eventGap: 20 };
  const clock = new VirtualClock(stepsMax);
  const payloads: Payload[] = [];
  const job = declareJob(plan, payloads);
  const table = new SimulatedTable();
  // What was written is shown to it in the end, in no order: only what it gathers counts.
  const audit = new Audit(job, table, payloads, () => {});
  const streams = new Map(
    plan.streams.map((name) => [name, new SimulatedStream(name, plan.shards[name], payloads)]),
  );
  const parts = { plan, random, clock, job, payloads, streams, table, audit, fault: undefined };
  const world = new World(parts, undefined);
  const put = putAll(world);
  await clock.run();
  await put;
  return world;
}

async function putAll(world: World): Promise<void> {
  world.clock.now = 100_000;
  const log: Log = { entries: [], stalledUntil: 0, isOpen: true };
  const captured = world.streams.has('changes') ? capture(world, log) : undefined;
  await produce(world, log);
  await captured;
  await tickLast(world);
}

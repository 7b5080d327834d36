import { createRandom } from '../../shared/random/random.ts';
import { Audit } from './audit.ts';
import { capture } from './capture.ts';
import { check, countsOf } from './check.ts';
import { closeOften, closeToTheEnd, relayNowAndThen, relayOnce } from './close-often.ts';
import { declareJob } from './declare-job.ts';
import { catchUpAll, stopNowAndThen, sweepNowAndThen } from './operate.ts';
import { drawPlan, type Kind, kinds, type Plan } from './plan.ts';
import { pollAll } from './poll.ts';
import { type Log, produce, tickLast } from './produce.ts';
import { SimulatedTable } from './simulated-store.ts';
import { type Payload, SimulatedStream } from './simulated-stream.ts';
import { Process, VirtualClock } from './virtual-clock.ts';
import { World, type WorldFault } from './world.ts';

/** What a history came to. */
export interface Outcome {
  readonly seed: number;
  readonly kind: Kind;
  readonly violations: readonly string[];
  readonly totals: Totals;
  /** What happened, line by line in order of time, if it was asked for. */
  readonly journal: readonly string[];
}

/** Figures that show what histories were made of. */
export interface Totals {
  readonly events: number;
  readonly results: number;
  readonly revisions: number;
  readonly duplicates: number;
  readonly late: number;
  readonly steps: number;
}

/** Far more than any history needs. */
const stepsMax = 60_000;

/** What a history is given beside its seed. */
export interface Circumstances {
  readonly fault?: WorldFault | undefined;
  /** Takes the place of what would be drawn. */
  readonly where?: Partial<Plan> | undefined;
  /** Takes what happens, line by line. */
  readonly journal?: string[];
}

/** Runs one history and checks it. Everything about it follows from the seed and the kind. */
export async function runHistory(
  seed: number,
  kind: Kind | 'all',
  { fault, where, journal }: Circumstances = {},
): Promise<Outcome> {
  const shape = kind === 'all' ? (kinds[seed % kinds.length] ?? 'windowed') : kind;
  // Seeds beside each other draw histories that have nothing in common.
  const random = createRandom(Math.imul(seed, 0x9e3779b1));
  const plan = { ...drawPlan(seed, shape, random), ...where };
  const clock = new VirtualClock(stepsMax);
  const payloads: Payload[] = [];
  const job = declareJob(plan, payloads);
  const table = new SimulatedTable();
  const audit = new Audit(job, table, payloads, (what) => world.violation(what));
  const streams = new Map(
    plan.streams.map((name) => [name, new SimulatedStream(name, plan.shards[name], payloads)]),
  );
  const world = new World(
    { plan, random, clock, job, payloads, streams, table, audit, fault },
    journal,
  );
  world.note('history', () => `${seed}: ${JSON.stringify(plan)}`);
  let hasEnded = false;
  const fails = (error: unknown): void => {
    hasEnded = true;
    world.violation(error instanceof Error ? error.message : String(error));
  };
  void live(world).then(() => {
    hasEnded = true;
  }, fails);
  // Zombies go on after the end: what they do then must not matter either.
  await clock.run().catch(fails);
  if (!hasEnded && !clock.isStopped)
    world.violation('no progress: everything waits for something else');
  if (world.violations.length === 0) check(world);
  return {
    seed,
    kind: shape,
    violations: world.violations,
    totals: totalsOf(world),
    journal: journal ?? [],
  };
}

async function live(world: World): Promise<void> {
  world.clock.now = 100_000;
  const log: Log = { entries: [], stalledUntil: 0, isOpen: true };
  let isClosing = true;
  const captured = world.streams.has('changes') ? capture(world, log) : undefined;
  const polled = pollAll(world);
  const isOver = (): boolean => !isClosing;
  const closed = closeOften(world, isOver);
  const relayed = relayNowAndThen(world, isOver);
  const swept = world.plan.stops ? sweepNowAndThen(world, isOver) : undefined;
  let isShopOpen = true;
  const stopped = world.plan.stops ? stopNowAndThen(world, () => !isShopOpen) : undefined;
  await produce(world, log);
  await captured;
  isShopOpen = false;
  await stopped;
  await tickLast(world);
  world.isDry = true;
  await polled;
  isClosing = false;
  await Promise.all([closed, swept, relayed]);
  world.isFaulty = false;
  for (let round = 0; round < 3; round += 1) await catchUpAll(world, true);
  await closeToTheEnd(world);
  await relayOnce(world, new Process('last relay'));
}

function totalsOf(world: World): Totals {
  const { audit, table, job, produced, clock } = world;
  const results = table.all({ table: 'results', pk: `${job.name}#${job.generation}` });
  return {
    events: produced.length,
    results: results.length,
    revisions: audit.outbox.size,
    duplicates: countsOf(world).duplicate,
    late: audit.side.late.size,
    steps: clock.steps,
  };
}

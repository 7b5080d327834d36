import { z } from 'zod';
import type { DeclaredJob } from '../../shared/jobs/declared-job.ts';
import { insightEntry } from '../../shared/jobs/publisher.ts';
import { readToldResults } from '../../shared/stream/close/told-results.ts';
import type { Emission, Job } from '../../shared/stream/job.ts';
import { codecVersion, textOf } from '../../shared/stream/state/control.ts';
import {
  keptPartition,
  type Run,
  toldKey,
  wholePartition,
} from '../../shared/stream/state/layout.ts';
import { type StateStore, tolerateRefusal } from '../../shared/stream/state-store.ts';
import type { JobsCloud } from '../jobs/cloud.ts';
import type { TellingPace } from './telling-pace.ts';

/** Items that are read at once; the results among them go out together. */
const itemsMax = 250;
/** Records put in one turn. */
const recordsMax = 250;
/** Functions notice within a second that they are no longer live, and no two clocks are the same. */
const noticedAfterMs = 60_000;
const sayEvery = 5_000;

/** What the world has been told of a run's results. */
const place = z.object({
  /** Results that were written since then are to be told; absent: all were told. */
  sinceMs: z.number().optional(),
  /** Sort key of the result up to which that has been done. */
  through: z.string().optional(),
  /** When it was swapped out; absent: it has been told something since. */
  outMs: z.number().optional(),
});
type Place = z.infer<typeof place>;

const nothingTold: Place = { sinceMs: 0 };

/** What telling results to the world takes. */
export interface ToldTo extends Pick<JobsCloud, 'store' | 'putInsights'> {
  readonly pace: Pick<TellingPace, 'turn'>;
  say(line: string): void;
}

/** Notes that a run owes the world all that it counted; to be called before it is first swapped in. */
export async function noteOwing(store: StateStore, run: Run): Promise<void> {
  if ((await readPlace(store, run)) === undefined) await writePlace(store, run, nothingTold);
}

/**
 * Notes that a run, which is live as yet, tells the world nothing more from now on; to be called
 * before it is swapped out. Noted for nothing, it makes some results be told twice.
 */
export async function noteUnheard(store: StateStore, run: Run, nowMs: number): Promise<void> {
  const before = await readPlace(store, run);
  const sinceMs = Math.min(before?.sinceMs ?? Infinity, nowMs - noticedAfterMs);
  await writePlace(store, run, { sinceMs, outMs: nowMs });
}

/**
 * Tells the world, once a run is live, what it has counted while nobody heard it: each result in its
 * newest revision, in the envelope and under the identity of its outbox, and what a rule said of its
 * history. Alerts of the past are not among them. Ended in between it goes on from where it was noted;
 * what is told again is the same under the same identity.
 *
 * @returns how many records were put.
 */
export async function tellUntold(
  to: ToldTo,
  declared: DeclaredJob,
  generation: number,
): Promise<number> {
  const run = { name: declared.name, generation };
  let at = await readPlace(to.store, run);
  const from = at ?? nothingTold;
  if (from.sinceMs === undefined) return 0;
  const move: Move = async (next) => {
    const isMoved = await tolerateRefusal(() => movePlace(to.store, run, at, next));
    if (isMoved) at = next;
    return isMoved;
  };
  const told = await declared.open((job) => tellResults(to, { ...job, generation }, from, move));
  const all = told + (await tellKept(to, run));
  const isAll = await move({});
  if (all > 0) to.say(`${declared.name}: ${lines(all)} of the past told to the stream insights.`);
  if (!isAll) to.say(`${declared.name}: it was swapped out meanwhile, or another tells the rest.`);
  return all;
}

/** Notes how far it is told; false when the row says something else by now. */
type Move = (next: Place) => Promise<boolean>;

async function tellResults<Event>(
  to: ToldTo,
  job: Job<Event>,
  from: Place,
  move: Move,
): Promise<number> {
  const { sinceMs = 0, through } = from;
  let told = 0;
  for await (const results of readToldResults(job, to.store, through, itemsMax)) {
    const untold = results.filter(({ updatedAtMs }) => updatedAtMs >= sinceMs);
    const emissions = untold.flatMap((result) => result.emissions);
    await put(to, job, emissions);
    const last = results.at(-1);
    if (last && emissions.length > 0 && !(await move({ sinceMs, through: last.sk }))) {
      return told + emissions.length;
    }
    const startMs = untold.at(-1)?.emissions[0]?.window?.startMs;
    if (crosses(told, emissions.length) && startMs !== undefined) {
      const day = new Date(startMs).toISOString().slice(0, 10);
      to.say(`${job.name}: ${lines(told + emissions.length)} told, through ${day}`);
    }
    told += emissions.length;
  }
  return told;
}

/** What was told is kept no longer, so that the next who tells begins behind it. */
async function tellKept(to: ToldTo, run: Run): Promise<number> {
  const partition = keptPartition(run);
  for (let told = 0; ; ) {
    const rows = await to.store.query(partition, { ...wholePartition, max: itemsMax });
    if (rows.length === 0) return told;
    await put(
      to,
      run,
      rows.map((row): Emission => JSON.parse(textOf(row, 'emission'))),
    );
    await to.store.remove(rows.map(({ sk }) => ({ ...partition, sk })));
    if (crosses(told, rows.length)) to.say(`${run.name}: ${lines(told + rows.length)} told`);
    told += rows.length;
  }
}

async function put(to: ToldTo, run: Run, emissions: readonly Emission[]): Promise<void> {
  for (let first = 0; first < emissions.length; first += recordsMax) {
    const some = emissions.slice(first, first + recordsMax);
    const records = some.map((emission) => insightEntry(run, emission));
    await to.pace.turn(
      some,
      records.reduce((bytes, { Data }) => bytes + Data.length, 0),
    );
    await to.putInsights(records);
  }
}

async function readPlace(store: StateStore, run: Run): Promise<Place | undefined> {
  const item = await store.get(toldKey(run));
  return item && place.parse(JSON.parse(textOf(item, 'place')));
}

async function writePlace(store: StateStore, run: Run, at: Place): Promise<void> {
  await store.transact([{ key: toldKey(run), put: packPlace(at) }]);
}

/** @throws RefusedError where the row no longer says `from`: what it says now is owed. */
async function movePlace(store: StateStore, run: Run, from: Place | undefined, next: Place) {
  const condition = from
    ? ({ attribute: 'place', equals: packPlace(from).place } as const)
    : ({ absent: true } as const);
  await store.transact([{ key: toldKey(run), condition, put: packPlace(next) }]);
}

function packPlace({ sinceMs, through, outMs }: Place) {
  return { codec: codecVersion, place: JSON.stringify({ sinceMs, through, outMs }) };
}

function crosses(before: number, more: number): boolean {
  return Math.floor((before + more) / sayEvery) > Math.floor(before / sayEvery);
}

function lines(count: number): string {
  return `${count.toLocaleString('en')} results`;
}

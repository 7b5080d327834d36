import { setTimeout as delay } from 'node:timers/promises';
import type { DeclaredJob } from '../../shared/jobs/declared-job.ts';
import { connectJobsCloud, type JobsCloud } from '../jobs/cloud.ts';
import { declaredJobs } from '../jobs/declared-jobs.ts';
import type { Place } from '../options/place.ts';
import { dropGeneration } from './generations.ts';
import { jobsTold } from './jobs-told.ts';
import type { Waiting } from './join-point.ts';
import { type Lake, openLake } from './lake.ts';
import { learnCommand } from './learn-command.ts';
import { overlapDefaultMs } from './options.ts';
import { beginWithLake, tellHistory } from './replay-lake.ts';
import { swapCaughtUp } from './swap-caught-up.ts';

type DataSetName =
  | 'orders'
  | 'order_items'
  | 'payments'
  | 'order_adjustments'
  | 'order_reviews'
  | 'clicks';

/**
 * How many facts told later than they happened the lake is to hold, by data set: of all that it was
 * ever told, or of those whose whole-numbered key is `fromKey` or above.
 */
export type ExpectedFacts = Readonly<
  Partial<Record<DataSetName, number | { readonly facts: number; readonly fromKey: string }>>
>;

/** A job that knows its history now. */
export interface LearntJob {
  readonly job: string;
  /** The generation that is live now. */
  readonly generation: number;
  /** How many facts the lake held for it. */
  readonly facts: number;
}

interface Lesson {
  readonly expected: ExpectedFacts;
  readonly say: (line: string) => void;
}

const pollMs = 2_000;
/** So long a count may stand still before what is expected counts as missing. */
const patienceMs = 180_000;

/** How many facts told later than they happened the lake holds now, by data set. */
export async function backfillInLake(options: Place): Promise<Readonly<Record<string, number>>> {
  return withLake(options, (_, lake) => lake.backfill());
}

/**
 * Lets every job that remembers learn what was told later than it happened, if it reads what is
 * expected: waits until the lake
 * holds all of it, then runs each of them again, from the lake on into the streams, and makes that the
 * live generation. The one before it ends: it knows less, and would cost as much.
 *
 * @throws Error when the lake does not come to hold the facts of orders that are expected. Of clicks
 * it may hold fewer: those that were sent before are there once.
 */
export async function learnHistory(
  options: Place,
  { expected, say }: Lesson,
): Promise<readonly LearntJob[]> {
  return withLake(options, async (cloud, lake) => {
    const learnt: LearntJob[] = [];
    try {
      await untilHeld(lake, expected, { now: cloud.now, say });
      for (const job of jobsTold(declaredJobs(cloud.settings), Object.keys(expected))) {
        if (job.open(({ kind }) => kind === 'rule')) continue;
        learnt.push(await learn(cloud, lake, job, say));
      }
    } catch (error) {
      say(
        `The history is kept, and not learnt by every job. To try again: ${learnCommand(options)}`,
      );
      throw error;
    }
    return learnt;
  });
}

async function learn(
  cloud: JobsCloud,
  lake: Lake,
  job: DeclaredJob,
  say: Lesson['say'],
): Promise<LearntJob> {
  const beginning = {
    kind: 'lake-and-streams',
    sinceMs: undefined,
    overlapMs: overlapDefaultMs,
  } as const;
  const generation = await beginWithLake(cloud, lake, job, undefined, beginning, say);
  const { facts } = await tellHistory(cloud, lake, job, generation, (line) =>
    say(`${job.name}, ${line}`),
  );
  let spare: number | undefined;
  const { live } = await swapCaughtUp(cloud, job, generation, (current) => {
    // One that another who learns began later knows no less.
    const isNewest = current.live < generation;
    spare = isNewest ? current.live : generation;
    return isNewest;
  });
  if (spare !== undefined && spare !== live) await dropGeneration(cloud, job, spare);
  say(
    `${job.name} has learnt its history, ${facts.toLocaleString('en')} facts: generation ${live} is live.`,
  );
  return { job: job.name, generation: live, facts };
}

/** Waits until the lake holds what is expected, saying how far it is. */
export async function untilHeld(
  lake: Pick<Lake, 'backfill'>,
  expected: ExpectedFacts,
  { now, say, sleep = delay }: Waiting,
): Promise<void> {
  const fromKeys: Record<string, string> = {};
  for (const [name, one] of Object.entries(expected)) {
    if (typeof one === 'object') fromKeys[name] = one.fromKey;
  }
  let heldBefore = -1;
  let changedMs = now();
  for (;;) {
    const held = await lake.backfill(fromKeys);
    const lacking = Object.entries(expected).flatMap(([name, one]) => {
      const wanted = typeof one === 'object' ? one.facts : one;
      const there = held[name] ?? 0;
      return there < wanted ? [{ name, wanted, there }] : [];
    });
    if (lacking.length === 0) return;
    const all = lacking.reduce((sum, { there }) => sum + there, 0);
    if (all !== heldBefore) changedMs = now();
    heldBefore = all;
    const what = lacking
      .map(({ name, wanted, there }) => {
        return `${there.toLocaleString('en')} of ${wanted.toLocaleString('en')} ${name}`;
      })
      .join(', ');
    if (now() - changedMs > patienceMs) {
      if (lacking.every(({ name }) => name === 'clicks')) {
        say(`The lake holds ${what}, and no more came: the others were sent before.`);
        return;
      }
      throw new Error(
        `Cannot learn history: no more of it came into the lake for ${patienceMs / 1_000} s: received ${what}`,
      );
    }
    say(`The lake holds ${what}.`);
    await sleep(pollMs);
  }
}

async function withLake<Result>(
  options: Place,
  use: (cloud: JobsCloud, lake: Lake) => Promise<Result>,
): Promise<Result> {
  const cloud = await connectJobsCloud(options);
  const lake = openLake(cloud);
  try {
    return await use(cloud, lake);
  } finally {
    lake.close();
    cloud.close();
  }
}

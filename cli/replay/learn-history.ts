import { setTimeout as delay } from 'node:timers/promises';
import type { DeclaredJob } from '../../shared/jobs/declared-job.ts';
import { failureText } from '../failure-text.ts';
import { connectJobsCloud, type JobsCloud } from '../jobs/cloud.ts';
import { declaredJobs } from '../jobs/declared-jobs.ts';
import type { Place } from '../options/place.ts';
import { dropGeneration } from './generations.ts';
import { jobsTold } from './jobs-told.ts';
import { type Lake, openLake } from './lake.ts';
import { learnCommand } from './learn-command.ts';
import { overlapDefaultMs } from './options.ts';
import { type Begun, beginWithLake, tellHistories } from './replay-lake.ts';
import { jobsAtOnce, settleEach } from './settle-each.ts';
import { startBegun } from './start-begun.ts';
import { swapCaughtUp } from './swap-caught-up.ts';
import { tellUntold } from './tell-untold.ts';
import { paceLocally, paceOnAws, TellingPace } from './telling-pace.ts';
import type { Waiting } from './until-landed.ts';

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
 * expected: waits until the lake holds all of it, then runs them again, from one reading of the lake
 * on into the streams, and makes each the live generation that tells the world what it has learnt. The
 * one before it ends: it knows less, and would cost as much.
 *
 * @throws Error when the lake does not come to hold the facts of orders that are expected (of clicks it
 * may hold fewer: those that were sent before are there once), or when a job could not learn; the
 * others have.
 */
export async function learnHistory(
  options: Place,
  { expected, say }: Lesson,
): Promise<readonly LearntJob[]> {
  return withLake(options, async (cloud, lake) => {
    try {
      await untilHeld(lake, expected, { now: cloud.now, say });
      const jobs = jobsTold(declaredJobs(cloud.settings), Object.keys(expected)).filter((job) =>
        job.open(({ kind }) => kind !== 'rule'),
      );
      const { learnt, failures } = await learnAll(cloud, lake, jobs, say);
      const [[job, reason] = [], ...others] = [...failures];
      if (job === undefined) return learnt;
      const more =
        others.length === 0 ? '' : `, and so do ${others.map(([name]) => name).join(', ')}`;
      throw new Error(`Cannot learn history: ${job} fails${more}: ${failureText(reason)}`, {
        cause: reason,
      });
    } catch (error) {
      say(
        `The history is kept, and not learnt by every job. To try again: ${learnCommand(options)}`,
      );
      throw error;
    }
  });
}

async function learnAll(
  cloud: JobsCloud,
  lake: Lake,
  jobs: readonly DeclaredJob[],
  say: Lesson['say'],
): Promise<{ learnt: readonly LearntJob[]; failures: ReadonlyMap<string, unknown> }> {
  const beginning = {
    ...({ kind: 'lake-and-streams', sinceMs: undefined } as const),
    overlapMs: overlapDefaultMs,
  };
  const failures = new Map<string, unknown>();
  const fail = (job: DeclaredJob, reason: unknown): void => {
    say(`${job.name} failed: ${failureText(reason)}`);
    failures.set(job.name, reason);
  };
  const begun: Begun[] = [];
  const numbers = await beginWithLake(cloud, lake, jobs, undefined, beginning, say);
  for (const [index, job] of jobs.entries()) {
    const number = numbers[index];
    if (number?.status === 'fulfilled') begun.push({ job, generation: number.value });
    else fail(job, number?.reason);
  }
  const told = await tellHistories(cloud, lake, begun, say);
  const pace = new TellingPace(cloud.url === undefined ? paceOnAws : paceLocally, cloud.now);
  const lessons = await settleEach([...begun.entries()], jobsAtOnce, async ([index, one]) => {
    const history = told[index];
    if (history?.status !== 'fulfilled') throw history?.reason;
    return goLive(cloud, one, history.value.facts, pace, say);
  });
  const learnt: LearntJob[] = [];
  for (const [index, { job }] of begun.entries()) {
    const lesson = lessons[index];
    if (lesson?.status === 'fulfilled') learnt.push(lesson.value);
    else fail(job, lesson?.reason);
  }
  return { learnt, failures };
}

async function goLive(
  cloud: JobsCloud,
  { job, generation }: Begun,
  facts: number,
  pace: TellingPace,
  say: Lesson['say'],
): Promise<LearntJob> {
  await startBegun(cloud, { name: job.name, generation });
  let spare: number | undefined;
  const { live } = await swapCaughtUp(cloud, job, generation, (current) => {
    // One that another who learns began later knows no less.
    const isNewest = current.live < generation;
    spare = isNewest ? current.live : generation;
    return isNewest;
  });
  say(
    `${job.name} has learnt its history, ${facts.toLocaleString('en')} facts: generation ${live} is live.`,
  );
  const { store, putInsights } = cloud;
  if (live === generation) await tellUntold({ store, putInsights, pace, say }, job, generation);
  if (spare !== undefined && spare !== live) await dropGeneration(cloud, job, spare);
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

import type { DeclaredJob } from '../../shared/jobs/declared-job.ts';
import { readGenerations } from '../../shared/jobs/generations.ts';
import { failureText } from '../failure-text.ts';
import type { JobsCloud } from '../jobs/cloud.ts';
import type { Lake } from './lake.ts';
import type { LakeFact } from './lake-facts.ts';
import type { Span } from './lake-queries.ts';
import { jobsAtOnce, settleEach } from './settle-each.ts';
import { type Teller, tellerOf } from './tell-history.ts';

/** A run that is to be told a history. */
export interface Pupil {
  readonly job: DeclaredJob;
  readonly generation: number;
  readonly span: Span;
  /** Where the streams join; undefined: the history is closed. */
  readonly untilMs: number | undefined;
}

/** What a history amounted to. */
export interface ToldHistory {
  readonly facts: number;
  /** Time of its first fact and of its last. */
  readonly since: string | null;
  readonly until: string | null;
  /**
   * Times of facts that were told later than they happened, in order: live windows lack them.
   * Undefined: it was gone on with, and these are not all.
   */
  readonly backfillMs: readonly number[] | undefined;
}

/**
 * Tells several runs their histories in one reading of the lake: each the facts of its own streams,
 * from its beginning or from where it was broken off. A run that fails is left as far as it got, the
 * others go on; one part of the lake lies in memory at a time.
 *
 * @returns what each was told, in their order.
 */
export async function tellTogether(
  cloud: JobsCloud,
  lake: Lake,
  pupils: readonly Pupil[],
  say: (line: string) => void,
): Promise<PromiseSettledResult<ToldHistory>[]> {
  const opened = await settleEach(pupils, jobsAtOnce, (pupil) => openTelling(cloud, pupil));
  const tellings = opened.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const backfill = new Map<string, number[]>();
  for (const { streams } of tellings) backfill.set(streams.join(), []);
  let facts = 0;
  const span = spanOf(tellings);
  const parts = span.fromMs < span.toMs ? lake.facts(streamsOf(tellings), span) : [];
  for await (const part of parts) {
    const attentive = tellings.filter(({ failure }) => failure === undefined);
    if (attentive.length === 0) break;
    const ofStreams = new Map<string, readonly LakeFact[]>();
    for (const [name, times] of backfill) {
      const streams = name.split(',');
      const theirs = part.filter(({ stream }) => streams.includes(stream));
      ofStreams.set(name, theirs);
      for (const { isBackfill, atMs } of theirs) if (isBackfill) times.push(atMs);
    }
    await settleEach(attentive, jobsAtOnce, (telling) =>
      telling.take(ofStreams.get(telling.streams.join()) ?? [], say),
    );
    facts += part.length;
    const lastMs = part.at(-1)?.atMs;
    if (lastMs === undefined) continue;
    const who = nameOf(pupils);
    say(`${who}: ${facts.toLocaleString('en')} facts, through ${dateOf(lastMs)?.slice(0, 10)}`);
  }
  await settleEach(tellings, jobsAtOnce, (telling) => telling.end(say));
  return opened.map((one): PromiseSettledResult<ToldHistory> => {
    if (one.status === 'rejected') return one;
    const { failure, streams, isWhole, told } = one.value;
    if (failure !== undefined) return { status: 'rejected', reason: failure };
    const backfillMs = isWhole ? backfill.get(streams.join()) : undefined;
    return { status: 'fulfilled', value: { ...told(), backfillMs } };
  });
}

/** A run that is being told its history. */
interface Telling {
  readonly streams: readonly string[];
  /** What is left to be told. */
  readonly left: Span;
  /** It was not told a part of it before. */
  readonly isWhole: boolean;
  /** What kept it from being told more. */
  readonly failure: unknown;
  take(facts: readonly LakeFact[], say: (line: string) => void): Promise<void>;
  end(say: (line: string) => void): Promise<void>;
  told(): Omit<ToldHistory, 'backfillMs'>;
}

async function openTelling(cloud: JobsCloud, pupil: Pupil): Promise<Telling> {
  const { store, now, backOff } = cloud;
  const { job, generation, span, untilMs } = pupil;
  const isShadow = async () => (await readGenerations(store, job)).live !== generation;
  const parts = { store, now, backOff, isShadow };
  const teller = job.open((declared) => tellerOf(parts, { ...declared, generation }, untilMs));
  const resumeMs = await teller.resumeMs();
  const left = { ...span, fromMs: Math.max(span.fromMs, resumeMs ?? span.fromMs) };
  let failure: unknown;
  let facts = 0;
  let [firstMs, lastMs]: [number?, number?] = [];

  async function attempt(work: (teller: Teller) => Promise<void>, say: (line: string) => void) {
    if (failure !== undefined) return;
    try {
      await work(teller);
    } catch (error) {
      failure = error ?? new Error(`Cannot tell ${job.name} its history`);
      say(`${job.name} is told no more: ${failureText(error)}`);
    }
  }

  return {
    streams: job.streams,
    left,
    isWhole: resumeMs === undefined,
    get failure() {
      return failure;
    },
    take: (part, say) =>
      attempt(async () => {
        const mine = part.filter(({ atMs }) => atMs >= left.fromMs && atMs < left.toMs);
        if (mine.length === 0) return;
        await teller.tell(mine);
        facts += mine.length;
        firstMs ??= mine[0]?.atMs;
        lastMs = mine.at(-1)?.atMs ?? lastMs;
      }, say),
    end: (say) => attempt(() => teller.end(), say),
    told: () => ({ facts, since: dateOf(firstMs), until: dateOf(lastMs) }),
  };
}

function streamsOf(tellings: readonly Telling[]): readonly string[] {
  return [...new Set(tellings.flatMap(({ streams }) => streams))];
}

/** From the first place at which one of them goes on. */
function spanOf(tellings: readonly Telling[]): Span {
  return {
    fromMs: tellings.reduce((first, { left }) => Math.min(first, left.fromMs), Infinity),
    toMs: tellings.reduce((last, { left }) => Math.max(last, left.toMs), -Infinity),
  };
}

function nameOf([first, ...others]: readonly Pupil[]): string {
  if (others.length > 0) return `${others.length + 1} jobs`;
  return `generation ${first?.generation} of ${first?.job.name}`;
}

function dateOf(atMs: number | undefined): string | null {
  return atMs === undefined ? null : new Date(atMs).toISOString();
}

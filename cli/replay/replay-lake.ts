import type { DeclaredJob } from '../../shared/jobs/declared-job.ts';
import { ShadowOutlet } from '../../shared/jobs/outlet.ts';
import { athenaClient } from '../../shared/lake/athena-client.ts';
import { lakeDataSets } from '../../shared/lake/data-sets.ts';
import { runSql } from '../../shared/lake/run-sql.ts';
import { Closer } from '../../shared/stream/close/close.ts';
import { ShardCommitter } from '../../shared/stream/commit/commit.ts';
import type { Job } from '../../shared/stream/job.ts';
import type { EngineParts } from '../../shared/stream/parts.ts';
import type { StreamRecord } from '../../shared/stream/record.ts';
import { fixedShards } from '../../shared/stream/shard-reader.ts';
import type { Source } from '../../shared/stream/source.ts';
import type { JobsCloud } from '../jobs/cloud.ts';
import {
  boundsSql,
  daysOf,
  factsSql,
  instantOf,
  type LakeFact,
  lakeFact,
  lakeTick,
  type Span,
} from './lake-facts.ts';
import type { Beginning } from './options.ts';

/** The streams whose facts the lake keeps, and the one shard that history comes from. */
const stream = 'shop-changes';
const shard = 'lake';
const batchMax = 1_000;
/** Further than any window and lateness reach: the last tick passes them all. */
const pastAllMs = 400 * 24 * 3_600_000;

/** What a closed history amounted to. */
interface LakeReplay {
  readonly facts: number;
  readonly since: string | null;
  readonly until: string | null;
}

/**
 * Runs a job over what the lake holds, as a closed history with a clock of its own: facts in the
 * order of their time, a tick behind each thousand of them, and one past everything at the end. No
 * stream moves its time, and it moves no stream's.
 */
export async function replayLake(
  cloud: JobsCloud,
  declared: DeclaredJob,
  generation: number,
  span: Extract<Beginning, { kind: 'lake' }>,
  say: (line: string) => void,
): Promise<LakeReplay> {
  const { stage, url } = cloud;
  const athena = athenaClient(url);
  const workgroup = `${stage}-shop`;
  const database = stage === 'dev' ? 'ecommerce' : `ecommerce_${stage}`;
  const ask = async (sql: string) => (await runSql(athena, sql, { workgroup, database })).rows;
  try {
    const whole = await boundsOf(ask, span);
    if (!whole) return { facts: 0, since: null, until: null };
    const history = declared.open((job) => historyOf(cloud, { ...job, generation }));
    let facts = 0;
    for (const day of daysOf(whole)) {
      const ofDay = await factsOf(ask, day);
      facts += ofDay.length;
      for (let first = 0; first < ofDay.length; first += batchMax) {
        await history.commit(ofDay.slice(first, first + batchMax));
      }
      if (ofDay.length > 0) {
        const date = new Date(day.fromMs).toISOString().slice(0, 10);
        say(`generation ${generation}: ${facts.toLocaleString('en')} facts, through ${date}`);
      }
    }
    await history.end(whole.toMs);
    const [since, until] = [whole.fromMs, whole.toMs].map((atMs) => new Date(atMs).toISOString());
    return { facts, since: since ?? null, until: until ?? null };
  } finally {
    athena.destroy();
  }
}

/** @throws RangeError for a job that needs what the lake does not keep. */
export function requireLake({ name, streams }: DeclaredJob): void {
  const others = streams.filter((read) => read !== stream);
  if (others.length === 0) return;
  throw new RangeError(
    `Cannot replay ${name} from the lake: it keeps the facts of ${stream} only: received a job that reads ${others.join(', ')}`,
  );
}

type Ask = (sql: string) => Promise<readonly (readonly (string | null)[])[]>;

async function boundsOf(
  ask: Ask,
  { sinceMs, untilMs }: { sinceMs: number | undefined; untilMs: number | undefined },
): Promise<Span | undefined> {
  if (sinceMs !== undefined && untilMs !== undefined) return { fromMs: sinceMs, toMs: untilMs };
  const bounds = await Promise.all(lakeDataSets.map((dataSet) => ask(boundsSql(dataSet))));
  const found = bounds.flatMap(([row]) => (row ?? []).map(instantOf));
  const times = found.filter((atMs) => atMs !== undefined);
  if (times.length === 0) return undefined;
  return {
    fromMs: sinceMs ?? times.reduce((first, atMs) => Math.min(first, atMs)),
    toMs: untilMs ?? times.reduce((last, atMs) => Math.max(last, atMs)) + 1,
  };
}

async function factsOf(ask: Ask, span: Span): Promise<readonly LakeFact[]> {
  const facts: LakeFact[] = [];
  for (const dataSet of lakeDataSets) {
    for (const row of await ask(factsSql(dataSet, span))) facts.push(lakeFact(dataSet, row));
  }
  return facts.sort((a, b) => a.atMs - b.atMs || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
}

/** Takes facts in order, each part with a tick behind it. */
function historyOf<Event>(cloud: JobsCloud, job: Job<Event>) {
  const parts: EngineParts = {
    ...cloud,
    shards: fixedShards(shard),
  };
  const source = sourceOf(job);
  const committer = new ShardCommitter(job, { stream, shard }, parts);
  const closer = new Closer(job, parts);
  const outlet = new ShadowOutlet(cloud.store, cloud.now, async () => true);
  let sequence = 0;

  function record(data: Uint8Array, arrivalMs: number): StreamRecord {
    sequence += 1;
    return { sequenceNumber: String(sequence), data, arrivalMs };
  }

  async function commit(records: readonly StreamRecord[]): Promise<void> {
    const { emissions } = await committer.commit(records, source.decode(records), { atTip: true });
    await outlet.publish(job, emissions);
    const told = await closer.close();
    await outlet.publish(job, told.emissions);
    committer.forget(told.doneMs);
    if (told.failure) throw told.failure;
  }

  return {
    async commit(facts: readonly LakeFact[]): Promise<void> {
      const records = facts.map(({ data, atMs }) => record(data, atMs));
      const lastMs = facts.at(-1)?.atMs ?? 0;
      await commit([...records, record(lakeTick(lastMs), lastMs)]);
    },
    /** A tick is believed when a newer one comes long enough after it. */
    async end(atMs: number): Promise<void> {
      const endMs = atMs + pastAllMs;
      const ticks = [endMs, endMs + source.tickSettleMs + 1];
      await commit(ticks.map((tickMs) => record(lakeTick(tickMs), tickMs)));
      await outlet.sweep(job);
    },
  };
}

function sourceOf<Event>({ name, sources }: Job<Event>): Source<Event> {
  const source = sources.find((one) => one.stream === stream);
  if (source) return source;
  throw new RangeError(`Cannot replay ${name} from the lake: it does not read ${stream}`);
}

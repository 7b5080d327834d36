import { setTimeout as sleep } from 'node:timers/promises';
import type { DeclaredJob } from '../../shared/jobs/declared-job.ts';
import {
  changeGenerations,
  type Generations,
  madeLive,
  readGenerations,
} from '../../shared/jobs/generations.ts';
import type { History } from '../../shared/stream/state/control.ts';
import {
  keptPartition,
  outboxPartition,
  quarantinePartition,
  type Run,
  resultPartition,
  wholePartition,
} from '../../shared/stream/state/layout.ts';
import { beginInPast, readJobRow, setJobStatus } from '../../shared/stream/state/operate.ts';
import type { JobsCloud } from '../jobs/cloud.ts';
import { reportRun } from '../jobs/run-report.ts';
import { letGoOfPassed } from './let-go.ts';
import { noteOwing, noteUnheard } from './tell-untold.ts';

/** Functions look up which generations there are every second. */
const noticedAfterMs = 2_500;
const removedAtOnce = 500;

/** Where a generation begins, and what it is to be. */
interface NewGeneration {
  /** Undefined: the next one. */
  readonly wanted: number | undefined;
  readonly kind: 'shadows' | 'histories';
  readonly fromMs: number | undefined;
  readonly history?: History;
}

/**
 * Begins a generation: its row first, so that whoever sees it finds its shards behind, then its
 * place among the generations. One that functions are to run is stopped until it is started.
 *
 * @returns its number.
 */
export async function beginGeneration(
  { store, now }: JobsCloud,
  job: DeclaredJob,
  { wanted, kind, fromMs, history }: NewGeneration,
): Promise<number> {
  const { highest } = await readGenerations(store, job);
  let generation = wanted ?? highest + 1;
  // Who died before it was noted as one left its row.
  while (wanted === undefined && (await readJobRow(store, { name: job.name, generation }))) {
    generation += 1;
  }
  if (generation <= highest) {
    throw new RangeError(
      `Cannot begin a generation of ${job.name}: its number must be above ${highest}, what earlier ones left may still lie there: received ${generation}`,
    );
  }
  const run = { name: job.name, generation };
  const status = kind === 'shadows' ? 'stopped' : 'running';
  await beginInPast(store, run, { fromMs, status, ...(history && { history }) }, now());
  await changeGenerations(store, job, (current) => ({
    ...current,
    [kind]: [...current[kind], generation],
    highest: Math.max(current.highest, generation),
  }));
  return generation;
}

/** Starts a generation that began stopped, once every function lets batches pass for it. */
export async function startGeneration({ store, now }: JobsCloud, run: Run): Promise<void> {
  const began = await readJobRow(store, run);
  await sleep(Math.max(0, (began?.sinceMs ?? 0) + noticedAfterMs - now()));
  await setJobStatus(store, run, { status: 'running', onlyFrom: 'stopped' }, now());
}

/** The generation that is meant: the one named, or the latest beside the live one. */
export async function chooseGeneration(
  { store }: JobsCloud,
  job: DeclaredJob,
  wanted: number | undefined,
): Promise<number> {
  const { live, shadows, histories } = await readGenerations(store, job);
  const others = [...shadows, ...histories].toSorted((a, b) => a - b);
  const generation = wanted ?? others.at(-1);
  if (generation !== undefined && others.includes(generation)) return generation;
  const there = others.length === 0 ? 'there is none' : `there is ${others.join(', ')}`;
  throw new RangeError(
    `Cannot find generation of ${job.name}: beside the live one, ${live}, ${there}: received ${wanted ?? 'none'}`,
  );
}

/** A generation that runs, with shards that have not caught up. */
export class BehindLive extends RangeError {
  override readonly name = 'BehindLive';
}

/**
 * Makes a generation the live one, in one conditional write; what was live goes on beside it.
 *
 * @param allows whether it may take the place of those that there are by then.
 * @throws BehindLive while it has to catch up.
 */
export async function swapGeneration(
  cloud: Pick<JobsCloud, 'store' | 'now' | 'shards' | 'backOff'>,
  job: DeclaredJob,
  generation: number,
  allows: (current: Generations) => boolean = () => true,
): Promise<Generations> {
  const { store, now } = cloud;
  const run = { name: job.name, generation };
  const { shards, shardsBehind, status } = await reportRun(store, run, 'beside', now());
  if (shards === 0 || shardsBehind > 0 || status !== 'running') {
    const Fault = status === 'running' ? BehindLive : RangeError;
    throw new Fault(
      `Cannot make generation ${generation} of ${job.name} live: it has to run and to have caught up, --wait helps it: received ${status}, ${shardsBehind} of ${shards} shards behind`,
    );
  }
  await letGoOfPassed(cloud, job, generation);
  const before = await readGenerations(store, job);
  if (before.shadows.includes(generation) && allows(before)) {
    await noteOwing(store, run);
    await noteUnheard(store, { name: job.name, generation: before.live }, now());
  }
  return changeGenerations(store, job, (current) => {
    if (!allows(current)) return current;
    if (!current.shadows.includes(generation)) {
      throw new RangeError(
        `Cannot make generation ${generation} of ${job.name} live: only one that runs on the streams can be: received ${current.shadows.join(', ') || 'none'} beside it`,
      );
    }
    return madeLive(current, generation);
  });
}

/** Ends a generation; its state expires, its number is not given again. */
export async function dropGeneration(
  { store, now }: JobsCloud,
  job: DeclaredJob,
  generation: number,
): Promise<void> {
  const run = { name: job.name, generation };
  await setJobStatus(store, run, { status: 'stopped', reason: 'dropped' }, now());
  await changeGenerations(store, job, (current) => ({
    ...current,
    shadows: current.shadows.filter((shadow) => shadow !== generation),
    histories: current.histories.filter((history) => history !== generation),
  }));
  await sleep(noticedAfterMs);
  const { retiring } = await readGenerations(store, job);
  // What it said last while it was live is for the functions to publish.
  const outbox = retiring.includes(generation) ? [] : [outboxPartition];
  for (const partitionOf of [resultPartition, quarantinePartition, keptPartition, ...outbox]) {
    const partition = partitionOf(run);
    for (;;) {
      const items = await store.query(partition, { ...wholePartition, max: removedAtOnce });
      await store.remove(items.map(({ sk }) => ({ ...partition, sk })));
      if (items.length < removedAtOnce) break;
    }
  }
}

import { expect, it } from 'vitest';
import { MemoryStore } from '../../../../shared/state/memory-store.ts';
import { count } from '../../../../shared/stream/accumulator.ts';
import { Closer } from '../../../../shared/stream/close/close.ts';
import { ShardCommitter } from '../../../../shared/stream/commit/commit.ts';
import { type SessionJob, sessionJob } from '../../../../shared/stream/job.ts';
import type { EngineParts } from '../../../../shared/stream/parts.ts';
import { fixedShards } from '../../../../shared/stream/shard-reader.ts';
import type { Decoded } from '../../../../shared/stream/source.ts';
import { resultPartition, wholePartition } from '../../../../shared/stream/state/layout.ts';
import { session } from '../../../../shared/stream/window.ts';
import { loggedSource } from '../../../fixtures/event-log.ts';

const job = sessionJob([loggedSource<number>('visits')], {
  name: 'visits',
  generation: 1,
  type: 'visits',
  eventTimeMs: (timeMs) => timeMs,
  key: () => 'ann',
  window: session(3_000),
  accumulators: { visits: count() },
  watermarkDelayMs: 0,
  allowedLatenessMs: 10,
  maxFutureMs: 1_000_000,
  result: (_session, { visits }) => visits,
});

const odd = sessionJob([loggedSource<number>('visits')], {
  ...job,
  result: (_session, { visits }) => (visits % 2 === 1 ? visits : undefined),
});

/** Two shards of visits, and what commits to them. */
function twoShards(ofJob: SessionJob<number> = job) {
  const shards = ['0', '1'];
  const parts: EngineParts = {
    store: new MemoryStore(),
    shards: fixedShards(...shards),
    now: () => 0,
    backOff: async () => {},
  };
  let sequence = 0;
  const committers = shards.map(
    (shard) => new ShardCommitter(ofJob, { stream: 'visits', shard }, parts),
  );
  const commit = (index: number, decoded: Decoded<number>) => {
    sequence += 1;
    const record = { sequenceNumber: String(sequence), data: new Uint8Array(), arrivalMs: 0 };
    return committers[index]?.commit([record], [decoded]);
  };
  const visit = (index: number, timeMs: number, id = `${timeMs}`) =>
    commit(index, { kind: 'event', event: timeMs, id, committedAtMs: undefined });
  const closeAt = async (atMs: number) => {
    for (const index of [0, 1]) await commit(index, { kind: 'tick', atMs });
    return new Closer(ofJob, parts).close();
  };
  const results = () => parts.store.query(resultPartition(ofJob), wholePartition);
  return { visit, closeAt, results };
}

it('a session row that is kept in memory, and old, makes no event late', async () => {
  const { visit, closeAt } = twoShards();
  await visit(0, 1_000);
  await visit(1, 11_600);
  await closeAt(14_601);
  expect((await visit(0, 10_000))?.emissions).toMatchObject([
    {
      window: { startMs: 10_000, endMs: 14_600 },
      supersedes: ['visits|1|ann|11600'],
      data: 2,
    },
  ]);
});

it('a copy of an event of a final session reaches no later one that overlaps it', async () => {
  const { visit, closeAt } = twoShards();
  await visit(0, 10_000);
  await closeAt(13_010);
  expect((await visit(1, 12_500))?.countedEvents).toBe(1);
  expect((await visit(1, 10_000))?.countedEvents).toBe(0);
  expect((await visit(0, 10_000, 'another of that time'))?.countedEvents).toBe(0);
  expect((await visit(0, 11_000))?.countedEvents).toBe(1);
  const { emissions } = await closeAt(15_500);
  expect(emissions).toMatchObject([{ window: { startMs: 11_000, endMs: 15_500 }, data: 2 }]);
});

it('a session with nothing to tell is not told, and tells what it has to say later as the first', async () => {
  const { visit, closeAt, results } = twoShards(odd);
  await visit(0, 10_000);
  await visit(0, 11_000);
  expect((await closeAt(14_000)).emissions).toEqual([]);
  expect(await results()).toEqual([]);
  expect((await visit(0, 12_000))?.emissions).toEqual([]);
  expect((await closeAt(15_000)).emissions).toMatchObject([{ revision: 1, data: 3 }]);
});

it('a session that was told and has nothing to tell any more is taken back', async () => {
  const { visit, closeAt, results } = twoShards(odd);
  await visit(0, 10_000);
  expect((await closeAt(13_000)).emissions).toMatchObject([{ revision: 1, data: 1 }]);
  expect(await results()).toHaveLength(1);
  await visit(1, 10_500);
  expect((await closeAt(13_500)).emissions).toMatchObject([
    { id: 'visits|1|ann|10000', revision: 2, data: null },
  ]);
  expect(await results()).toEqual([]);
});

it('a session without anything to tell takes back what it took in', async () => {
  const { visit, closeAt, results } = twoShards(odd);
  await visit(0, 10_000);
  await closeAt(13_000);
  expect((await visit(1, 9_000))?.emissions).toMatchObject([
    { id: 'visits|1|ann|9000', revision: 1, supersedes: ['visits|1|ann|10000'], data: null },
  ]);
  expect(await results()).toEqual([]);
});

it('a result leaves the table as long after its writing as the job says', async () => {
  const kept = sessionJob([loggedSource<number>('visits')], { ...job, resultsKeptMs: 5_000 });
  const { visit, closeAt, results } = twoShards(kept);
  await visit(0, 10_000);
  await closeAt(13_000);
  expect((await results())[0]?.attributes['expiresAt']).toBe(5);
});

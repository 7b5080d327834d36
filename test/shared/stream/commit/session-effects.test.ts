import { expect, it } from 'vitest';
import { MemoryStore } from '../../../../shared/state/memory-store.ts';
import { count } from '../../../../shared/stream/accumulator.ts';
import { Closer } from '../../../../shared/stream/close/close.ts';
import { ShardCommitter } from '../../../../shared/stream/commit/commit.ts';
import { sessionJob } from '../../../../shared/stream/job.ts';
import type { EngineParts } from '../../../../shared/stream/parts.ts';
import { fixedShards } from '../../../../shared/stream/shard-reader.ts';
import type { Decoded } from '../../../../shared/stream/source.ts';
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

/** Two shards of visits, and what commits to them. */
function twoShards() {
  const shards = ['0', '1'];
  const parts: EngineParts = {
    store: new MemoryStore(),
    shards: fixedShards(...shards),
    now: () => 0,
    backOff: async () => {},
  };
  let sequence = 0;
  const committers = shards.map(
    (shard) => new ShardCommitter(job, { stream: 'visits', shard }, parts),
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
    return new Closer(job, parts).close();
  };
  return { visit, closeAt };
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

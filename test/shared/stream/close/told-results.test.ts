import { expect, it } from 'vitest';
import { MemoryStore } from '../../../../shared/state/memory-store.ts';
import { Closer } from '../../../../shared/stream/close/close.ts';
import { readToldResults } from '../../../../shared/stream/close/told-results.ts';
import { ShardCommitter } from '../../../../shared/stream/commit/commit.ts';
import type { Emission } from '../../../../shared/stream/job.ts';
import { fixedShards } from '../../../../shared/stream/shard-reader.ts';
import { centsTogether, sale, tick } from '../../jobs/job-rig.ts';

it('a session is told again as it was told, with those that it has taken in', async () => {
  const job = centsTogether();
  const store = new MemoryStore();
  const parts = { store, shards: fixedShards('0'), now: () => 0, backOff: async () => {} };
  const committer = new ShardCommitter(job, { stream: 'sales', shard: '0' }, parts);
  const told: Emission[] = [];
  const late = [sale('a', 1_500, 5), tick(3_000), sale('late', 1_000, 7), tick(3_001)];
  for (const record of [...late, sale('alone', 9_000, 1), tick(20_000)]) {
    const decoded = job.sources.flatMap((source) => source.decode([record]));
    const { emissions } = await committer.commit([record], decoded, { atTip: true });
    told.push(...emissions, ...(await new Closer(job, parts).close()).emissions);
  }
  const again: Emission[] = [];
  for await (const some of readToldResults(job, store, undefined, 1)) {
    again.push(...some.flatMap(({ emissions }) => emissions));
  }
  expect(told[1]?.supersedes).toEqual([told[0]?.id]);
  expect(again).toEqual(told.slice(1));
});

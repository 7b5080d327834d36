import { expect, it } from 'vitest';
import { z } from 'zod';
import { JobHealth } from '../../../shared/jobs/job-health.ts';
import { readLiveSection } from '../../../shared/jobs/live-section.ts';
import { MemoryStore } from '../../../shared/state/memory-store.ts';
import { type Control, type JobRow, noCounts } from '../../../shared/stream/state/control.ts';
import { controlKey } from '../../../shared/stream/state/layout.ts';

const nowMs = 2_000_000;
const run = { name: 'revenue', generation: 2, watermarkDelayMs: 0 };
const seen = z.looseObject({
  counts: z.looseObject({ counted: z.number() }),
  shards: z.array(z.looseObject({ shard: z.string(), lagMs: z.number() })),
});

const control = (watermarkMs: number, counted: number): Control => ({
  ...{ version: 1, sequenceNumber: '1', watermarkMs, sealedMs: 0, panes: new Map() },
  ...{ waiting: undefined, counts: { ...noCounts, counted }, behind: undefined },
});

it('a history that was learnt counts, and is no lag: its time stands for ever', async () => {
  const store = new MemoryStore();
  const parts = {
    ...{ store, now: () => nowMs, backOff: async () => {} },
    shards: { listShards: async () => [] },
  };
  const at = (shard: string) => controlKey(run, { stream: 'shop-changes', shard }).sk;
  const controls = new Map([
    [at('lake'), control(5_000, 100)],
    [at('shardId-0'), control(nowMs - 1_000, 7)],
  ]);
  const row = { status: 'running' } as JobRow;
  await new JobHealth(run, parts as never).tell(
    {
      ...{ emissions: [], closedWindows: 0, doneMs: 0, controls, failure: undefined },
      watermarkMs: nowMs - 1_000,
    },
    row,
  );
  const health = await readLiveSection(store, 'health#revenue', seen);
  expect(health?.shards.map(({ shard, lagMs }) => [shard, lagMs])).toEqual([['shardId-0', 1_000]]);
  expect(health?.counts.counted).toBe(107);
});

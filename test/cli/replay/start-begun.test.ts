import { expect, it } from 'vitest';
import { beginGeneration } from '../../../cli/replay/generations.ts';
import { startBegun } from '../../../cli/replay/start-begun.ts';
import { settings } from '../../../shared/config/settings.ts';
import { declaredJob } from '../../../shared/jobs/declared-job.ts';
import { MemoryStore } from '../../../shared/state/memory-store.ts';
import { fixedShards } from '../../../shared/stream/shard-reader.ts';
import { readJobRow, setJobStatus } from '../../../shared/stream/state/operate.ts';
import { seenJob } from './seen-job.ts';

function cloudOf() {
  let nowMs = Date.UTC(2026, 2, 1);
  return {
    ...{ store: new MemoryStore(), shards: fixedShards('0'), backOff: async () => {} },
    ...{ name: 'test', stage: 'dev', url: 'played', close: () => undefined },
    settings: settings({}),
    putInsights: async () => undefined,
    now: () => {
      nowMs += 3_000;
      return nowMs;
    },
  };
}

it('startBegun() starts what nobody has started yet, and nothing that a person has stopped', async () => {
  const cloud = cloudOf();
  const wanted = { wanted: undefined, kind: 'shadows', fromMs: undefined } as const;
  const generation = await beginGeneration(cloud, declaredJob(seenJob), wanted);
  const run = { name: seenJob.name, generation };
  expect((await readJobRow(cloud.store, run))?.status).toBe('stopped');
  await startBegun(cloud, run);
  expect((await readJobRow(cloud.store, run))?.status).toBe('running');
  await setJobStatus(cloud.store, run, { status: 'stopped', reason: 'lunch' }, cloud.now());
  await startBegun(cloud, run);
  expect((await readJobRow(cloud.store, run))?.status).toBe('stopped');
});

import { describe, expect, it } from 'vitest';
import { beginGeneration, swapGeneration } from '../../../cli/replay/generations.ts';
import type { Lake } from '../../../cli/replay/lake.ts';
import { backfillOf, lacksHistory, tellHistories } from '../../../cli/replay/replay-lake.ts';
import { startBegun } from '../../../cli/replay/start-begun.ts';
import { settings } from '../../../shared/config/settings.ts';
import { declaredJob } from '../../../shared/jobs/declared-job.ts';
import { changeGenerations, readGenerations } from '../../../shared/jobs/generations.ts';
import { MemoryStore } from '../../../shared/state/memory-store.ts';
import { ShardCommitter } from '../../../shared/stream/commit/commit.ts';
import { fixedShards } from '../../../shared/stream/shard-reader.ts';
import { toldKey } from '../../../shared/stream/state/layout.ts';
import {
  beginInPast,
  endHistory,
  readJobRow,
  setJobStatus,
} from '../../../shared/stream/state/operate.ts';
import { clickTickText, viewText } from '../../fixtures/clicks.ts';
import { seenJob } from './seen-job.ts';

const job = declaredJob(seenJob);
const beganMs = Date.UTC(2026, 2, 1);

function cloudOf() {
  const clock = { nowMs: beganMs };
  return {
    ...{ store: new MemoryStore(), shards: fixedShards('0'), backOff: async () => {} },
    ...{ name: 'test', stage: 'dev', url: 'played', close: () => undefined },
    settings: settings({}),
    putInsights: async () => undefined,
    now: () => {
      clock.nowMs += 1_000;
      return clock.nowMs;
    },
  };
}

const emptyLake: Lake = {
  async *facts() {},
  identities: async () => new Set(),
  backfill: async () => ({}),
  close: () => undefined,
};

/** A run that runs and has caught up. */
async function ready(cloud: ReturnType<typeof cloudOf>, generation: number): Promise<void> {
  const run = { ...seenJob, generation };
  await beginInPast(cloud.store, run, { fromMs: undefined, status: 'running' }, beganMs);
  const committer = new ShardCommitter(run, { stream: 'clickstream', shard: '0' }, cloud);
  const data = Buffer.from(clickTickText(beganMs));
  const tick = { sequenceNumber: '1', data, arrivalMs: beganMs };
  const source = seenJob.sources.find(({ stream }) => stream === 'clickstream');
  await committer.commit([tick], source?.decode([tick]) ?? [], { atTip: true });
  await changeGenerations(cloud.store, job, (current) => ({
    ...current,
    shadows: [...current.shadows, generation],
    highest: Math.max(current.highest, generation),
  }));
}

describe('beginGeneration()', () => {
  it('passes over the number of one who died before it was noted', async () => {
    const cloud = cloudOf();
    const past = { fromMs: undefined, status: 'stopped' } as const;
    await beginInPast(cloud.store, { name: job.name, generation: 2 }, past, beganMs);
    const wanted = { wanted: undefined, kind: 'shadows', fromMs: undefined } as const;
    expect(await beginGeneration(cloud, job, wanted)).toBe(3);
    await expect(beginGeneration(cloud, job, { ...wanted, wanted: 3 })).rejects.toThrow('above 3');
  });
});

describe('swapGeneration()', () => {
  it('leaves live what became it meanwhile, where that is wanted', async () => {
    const cloud = cloudOf();
    await ready(cloud, 2);
    await ready(cloud, 3);
    const newer = (generation: number) => (current: { readonly live: number }) =>
      current.live < generation;
    await swapGeneration(cloud, job, 3, newer(3));
    const told = await cloud.store.get(toldKey({ name: job.name, generation: 3 }));
    expect(await swapGeneration(cloud, job, 2, newer(2))).toMatchObject({ live: 3 });
    expect(await cloud.store.get(toldKey({ name: job.name, generation: 3 }))).toEqual(told);
    expect(await readGenerations(cloud.store, job)).toMatchObject({ live: 3, shadows: [2, 1] });
  });
});

describe('swapGeneration(), of what the world is told', () => {
  it('owes all of the new one, and of the old one what it tells from then on', async () => {
    const cloud = cloudOf();
    await ready(cloud, 2);
    const placeOf = async (generation: number) => {
      const item = await cloud.store.get(toldKey({ name: job.name, generation }));
      return item && JSON.parse(String(item.attributes['place']));
    };
    const beforeMs = cloud.now();
    await swapGeneration(cloud, job, 2);
    expect(await placeOf(2)).toEqual({ sinceMs: 0 });
    const unheardMs = (await placeOf(1)).sinceMs;
    expect(unheardMs).toBeLessThan(beforeMs);
    expect(unheardMs).toBeGreaterThan(beforeMs - 3_600_000);
  });
});

describe('tellHistories()', () => {
  it('starts a run whose teller died between the end of its history and its start', async () => {
    const cloud = cloudOf();
    const run = { name: job.name, generation: 2 };
    const history = { sinceMs: undefined, untilMs: beganMs, told: false };
    const past = { fromMs: beganMs, status: 'stopped', history } as const;
    await beginInPast(cloud.store, run, past, beganMs - 60_000);
    await endHistory(cloud.store, run);
    expect(lacksHistory(await readJobRow(cloud.store, run))).toBe(true);
    await tellHistories(cloud, emptyLake, [{ job, generation: 2 }], () => undefined);
    await startBegun(cloud, run);
    const row = await readJobRow(cloud.store, run);
    expect(row).toMatchObject({ status: 'running', history: { told: true } });
    expect(lacksHistory(row)).toBe(false);
    const stopped = { status: 'stopped', reason: 'a release' } as const;
    expect(lacksHistory(await setJobStatus(cloud.store, run, stopped, beganMs))).toBe(false);
  });

  it('says what was told later than it happened, unless it is gone on with', async () => {
    const cloud = cloudOf();
    const history = { sinceMs: undefined, untilMs: beganMs, told: false };
    const past = { fromMs: beganMs, status: 'stopped', history } as const;
    await beginInPast(cloud.store, { name: job.name, generation: 2 }, past, beganMs - 60_000);
    const atMs = beganMs - 3_600_000;
    const data = Buffer.from(viewText('v', atMs));
    const fact = { id: 'v', atMs, arrivalMs: beganMs, isBackfill: true, data } as const;
    const lake: Lake = {
      ...emptyLake,
      async *facts(_, { fromMs }) {
        if (atMs >= fromMs) yield [{ stream: 'clickstream', ...fact }];
      },
    };
    const tell = () => tellHistories(cloud, lake, [{ job, generation: 2 }], () => undefined);
    expect(await tell()).toMatchObject([{ value: { facts: 1, backfillMs: [atMs] } }]);
    expect(await tell()).toMatchObject([{ value: { facts: 0, backfillMs: undefined } }]);
    expect(await backfillOf(lake, job, history)).toEqual([atMs]);
  });
});

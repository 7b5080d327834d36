import { describe, expect, it } from 'vitest';
import { findJoinPoints } from '../../../cli/replay/join-point.ts';
import type { Lake } from '../../../cli/replay/lake.ts';
import type { LakeFact } from '../../../cli/replay/lake-facts.ts';
import { allOfTheLake } from '../../../cli/replay/lake-queries.ts';
import { settleEach } from '../../../cli/replay/settle-each.ts';
import { tellTogether } from '../../../cli/replay/tell-together.ts';
import { settings } from '../../../shared/config/settings.ts';
import { clicks } from '../../../shared/events/click-source.ts';
import { type DeclaredJob, declaredJob } from '../../../shared/jobs/declared-job.ts';
import { MemoryStore } from '../../../shared/state/memory-store.ts';
import { count } from '../../../shared/stream/accumulator.ts';
import { windowedJob } from '../../../shared/stream/job.ts';
import { fixedShards } from '../../../shared/stream/shard-reader.ts';
import { resultPartition, wholePartition } from '../../../shared/stream/state/layout.ts';
import { tumbling } from '../../../shared/stream/window.ts';
import { viewText } from '../../fixtures/clicks.ts';
import { orderText, tickText } from '../../fixtures/shop-changes.ts';
import { seenJob } from './seen-job.ts';
import { Tape } from './tape.ts';

const beganMs = Date.UTC(2026, 2, 1);
const minute = (index: number): number => beganMs + 60_000 * index;

/** Counts views; fails at windows from some time on. */
function viewsJob(name: string, failsFromMs = Number.POSITIVE_INFINITY): DeclaredJob {
  const job = windowedJob([clicks(['view'])], {
    ...{ name, generation: 1, type: name, key: () => 'all' },
    eventTimeMs: ({ occurredAtMs }) => occurredAtMs,
    window: tumbling(60_000),
    accumulators: { views: count() },
    ...{ watermarkDelayMs: 0, allowedLatenessMs: 0, maxFutureMs: 60_000 },
    preliminaryEveryMs: undefined,
    result: (totals, { startMs }) => {
      if (startMs >= failsFromMs) throw new RangeError('Cannot count any further');
      return totals.get('all')?.views ?? 0;
    },
  });
  return declaredJob(job);
}

const facts = Array.from({ length: 40 }, (_, index): LakeFact => {
  const at = { atMs: minute(index), arrivalMs: minute(index) };
  const id = String(index).padStart(4, '0');
  return index % 4 === 3
    ? {
        ...at,
        stream: 'shop-changes',
        id,
        isBackfill: false,
        data: text(orderText(index, at.atMs)),
      }
    : {
        ...at,
        stream: 'clickstream',
        id,
        isBackfill: index < 8,
        data: text(viewText(id, at.atMs)),
      };
});

function text(json: string): Uint8Array {
  return Buffer.from(json);
}

/** A lake that notes what is read of it. */
function lakeOf() {
  const readings: { readonly streams: readonly string[]; readonly fromMs: number }[] = [];
  const lake: Lake = {
    async *facts(streams, { fromMs, toMs }) {
      readings.push({ streams: [...streams].sort(), fromMs });
      for (let first = 0; first < facts.length; first += 10) {
        yield facts
          .slice(first, first + 10)
          .filter(({ stream, atMs }) => streams.includes(stream) && atMs >= fromMs && atMs < toMs);
      }
    },
    identities: async () => new Set(),
    backfill: async () => ({}),
    close: () => undefined,
  };
  return { lake, readings };
}

function cloudOf() {
  return {
    ...{ store: new MemoryStore(), shards: fixedShards('0'), backOff: async () => {} },
    ...{ name: 'test', stage: 'dev', url: 'played', close: () => undefined },
    putInsights: async () => undefined,
    settings: settings({}),
    now: () => minute(100),
  };
}

const pupil = (job: DeclaredJob) => ({
  ...{ job, generation: 2, untilMs: undefined },
  span: allOfTheLake,
});
const say = () => undefined;

describe('tellTogether()', () => {
  it('reads the lake once, and tells each job what is of its streams', async () => {
    const { lake, readings } = lakeOf();
    const cloud = cloudOf();
    const both = pupil(declaredJob(seenJob));
    const told = await tellTogether(cloud, lake, [pupil(viewsJob('views')), both], say);
    expect(readings.map(({ streams }) => streams)).toEqual([['clickstream', 'shop-changes']]);
    const backfillMs = facts.filter(({ isBackfill }) => isBackfill).map(({ atMs }) => atMs);
    expect(told).toMatchObject([
      { value: { facts: 30, backfillMs } },
      { value: { facts: 40, backfillMs, until: new Date(minute(39)).toISOString() } },
    ]);
    const results = await cloud.store.query(
      resultPartition({ name: 'views', generation: 2 }),
      wholePartition,
    );
    expect(results).toHaveLength(30);
  });

  it('goes on with the others where one fails, which can be told the rest later', async () => {
    const { lake, readings } = lakeOf();
    const cloud = cloudOf();
    const said: string[] = [];
    const some = [viewsJob('sound'), viewsJob('ill', minute(15)), declaredJob(seenJob)].map(pupil);
    const told = await tellTogether(cloud, lake, some, (line) => said.push(line));
    expect(told.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(told[0]).toMatchObject({ value: { facts: 30 } });
    expect(said.find((line) => line.startsWith('ill'))).toMatch(/told no more: .*any further/);

    const mended = pupil(viewsJob('ill'));
    const [rest] = await tellTogether(cloud, lake, [mended, pupil(viewsJob('third'))], say);
    expect(rest).toMatchObject({ status: 'fulfilled', value: { backfillMs: undefined } });
    expect(readings).toHaveLength(2);
    const run = { name: 'ill', generation: 2 };
    expect(await cloud.store.query(resultPartition(run), wholePartition)).toHaveLength(30);
  });

  it('asks the lake for nothing before the first place where one goes on', async () => {
    const { lake, readings } = lakeOf();
    const cloud = cloudOf();
    const again = pupil(viewsJob('views'));
    await tellTogether(cloud, lake, [{ ...again, untilMs: minute(50) }], say);
    await tellTogether(cloud, lake, [{ ...again, untilMs: minute(50) }], say);
    expect(readings).toHaveLength(1);
  });
});

describe('findJoinPoints()', () => {
  it('reads a stream once for all jobs, and fails only those of one that stands still', async () => {
    const tape = new Tape(1_000);
    tape.put('clickstream', viewText('v', minute(1)), minute(2), 'v');
    tape.put('shop-changes', orderText(1, minute(1)), minute(2), '1');
    tape.tick('shop-changes', tickText(minute(2)), minute(3));
    tape.tick('shop-changes', tickText(minute(3)), minute(4));
    const clock = { nowMs: minute(5) };
    let reads = 0;
    const reader = tape.reader(() => clock.nowMs);
    const shards: typeof reader = {
      ...reader,
      read: (stream, ...rest) => {
        reads += 1;
        if (stream === 'clickstream') clock.nowMs += 200_000;
        return reader.read(stream, ...rest);
      },
    };
    const jobs = [viewsJob('one'), viewsJob('two'), declaredJob(seenJob)];
    const joins = await findJoinPoints({ shards, now: () => clock.nowMs }, jobs, minute(0));
    expect([...joins.failures.keys()]).toEqual(['clickstream']);
    expect(String(joins.failures.get('clickstream'))).toContain('its source stands still');
    expect(joins.facts.get('shop-changes')).toEqual(new Map([['orders|1|1', minute(1)]]));
    expect(reads).toBe(2);
  });
});

describe('settleEach()', () => {
  it('does so many at once, in order, whatever fails', async () => {
    let [running, most] = [0, 0];
    const outcomes = await settleEach([1, 2, 3, 4, 5], 2, async (one) => {
      running += 1;
      most = Math.max(most, running);
      await Promise.resolve();
      running -= 1;
      if (one === 2) throw new RangeError('two');
      return 10 * one;
    });
    expect(most).toBe(2);
    expect(outcomes.map((one) => (one.status === 'fulfilled' ? one.value : 'failed'))).toEqual([
      10,
      'failed',
      30,
      40,
      50,
    ]);
  });
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { differenceOf } from '../../../cli/validate/statistics/figures.ts';
import { figuresOfLake } from '../../../cli/validate/statistics/lake-figures.ts';
import { statistics } from '../../../cli/validate/statistics/statistics.ts';
import { sessionsSql } from '../../../cli/validate/statistics/visits-sql.ts';
import { statisticsJobs } from '../../../functions/statistics/jobs.ts';
import { settings } from '../../../shared/config/settings.ts';
import type { Job } from '../../../shared/stream/job.ts';
import { landBatches, openLakeSql } from '../../fixtures/landed-insights.ts';
import { streamRecord } from '../../fixtures/shop-changes.ts';
import { recordText } from '../../fixtures/shop-day/day-event.ts';
import { playDay } from '../../fixtures/shop-day/play-day.ts';
import { shopDay } from '../../fixtures/shop-day.ts';

const bounds = settings({});
const places = 5;
// A day that nothing of came too late: what SQL finds is what the jobs have to tell.
const day = shopDay(3).filter(({ isTooLate }) => !isTooLate);
const span = { fromMs: Date.UTC(2000, 0, 1), toMs: Date.UTC(2100, 0, 1) };

let root: string;
let lake: Awaited<ReturnType<typeof openLakeSql>>;

beforeAll(async () => {
  root = mkdtempSync(path.join(tmpdir(), 'statistics-'));
  const recordsOf = (isClick: boolean) =>
    day
      .filter(({ event }) => (event.table === 'clicks') === isClick)
      .map(({ event, arrivalMs }, index) =>
        streamRecord(recordText(event, arrivalMs), String(index), arrivalMs),
      );
  const reasons = await landBatches(root, [
    { stream: 'shop-changes', records: recordsOf(false) },
    { stream: 'clickstream', records: recordsOf(true) },
  ]);
  expect(reasons).toEqual([]);
  lake = await openLakeSql(root);
}, 120_000);
afterAll(async () => {
  await lake?.close();
  rmSync(root, { recursive: true, force: true });
});

/** How many windows were told, and what SQL over the lake says otherwise. */
async function heldAgainstLake<Event>(job: Job<Event>) {
  const statistic = job.kind === 'windowed' ? statistics[job.type] : undefined;
  if (job.kind !== 'windowed' || !statistic) return undefined;
  const { stored } = await playDay(job, day, { shards: 2, seed: 1 });
  const { sizeMs, slideMs } = job.window;
  const queries = statistic.queries({ sizeMs, slideMs, places, span }, bounds);
  const { figures } = await figuresOfLake({ client: lake.client }, queries);
  const told = new Map(
    stored.map(({ window, data }) => [window.startMs, statistic.told(data, places)]),
  );
  const starts = new Set([...told.keys(), ...figures.keys()]);
  const differences = [...starts].flatMap(
    (startMs) => differenceOf(told.get(startMs) ?? {}, figures.get(startMs) ?? {}) ?? [],
  );
  return { windows: figures.size, differences };
}

describe('statistics in SQL over the lake, on a simulated day', () => {
  const jobs = statisticsJobs(bounds).filter(({ open }) =>
    open((job) => job.kind === 'windowed' && statistics[job.type] !== undefined),
  );

  it('is known of every job over windows', () => {
    const types = jobs.map(({ name }) => name.replace(/-\d+[smhd]$/, ''));
    expect([...new Set(types)].sort()).toEqual(Object.keys(statistics).sort());
  });

  it.each(jobs.map((job) => [job.name, job] as const))(
    '%s tells what the facts of the lake say',
    async (_, { open }) => {
      const held = await open(heldAgainstLake);
      expect(held?.differences).toEqual([]);
      expect(held?.windows).toBeGreaterThan(0);
    },
    120_000,
  );

  it('makes each click, order and payment part of one session', async () => {
    const { rows } = await lake.ask(
      `SELECT sum(events), count(*) FROM (${sessionsSql(span, bounds.sessionGapMs)}) AS sessions`,
    );
    const acts = day.filter(({ event }) => ['clicks', 'orders', 'payments'].includes(event.table));
    expect(Number(rows[0]?.[0])).toBe(new Set(acts.map(({ id }) => id)).size);
    expect(Number(rows[0]?.[1])).toBeGreaterThan(10);
  });
});

describe('differenceOf()', () => {
  it('takes what one side does not name for nothing, and names the first three differences', () => {
    expect(differenceOf({ orders: 1, gross: 0 }, { orders: 1 })).toBeUndefined();
    expect(differenceOf({ a: 1 }, { a: 2, b: 3, c: 4, d: 5 })).toBe(
      'a 1, the lake has 2; b 0, the lake has 3; c 0, the lake has 4; 1 more',
    );
  });
});

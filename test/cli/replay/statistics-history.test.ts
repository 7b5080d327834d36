import { describe, expect, it } from 'vitest';
import { type LakeFact, lakeFact } from '../../../cli/replay/lake-facts.ts';
import { tellerOf } from '../../../cli/replay/tell-history.ts';
import { statisticsJobs } from '../../../functions/statistics/jobs.ts';
import { decodeChange } from '../../../shared/changes/decode-change.ts';
import { settings } from '../../../shared/config/settings.ts';
import { decodeClick } from '../../../shared/events/click-source.ts';
import { factDataSets } from '../../../shared/lake/data-sets.ts';
import { clickRow, lakeRow } from '../../../shared/lake/rows.ts';
import { MemoryStore } from '../../../shared/state/memory-store.ts';
import type { Job } from '../../../shared/stream/job.ts';
import { storedResults } from '../../fixtures/engine-rows.ts';
import { streamRecord } from '../../fixtures/shop-changes.ts';
import type { Arrival } from '../../fixtures/shop-day/arrivals.ts';
import { eventIdOf, recordText, timeOf } from '../../fixtures/shop-day/day-event.ts';
import { playDay } from '../../fixtures/shop-day/play-day.ts';
import { dayStartMs, shopDay } from '../../fixtures/shop-day.ts';

const noonMs = 12 * 3_600_000;

/** Hours around noon, with every event in time, once. */
function noonHours(seed: number): readonly Arrival[] {
  const once = new Map(shopDay(seed).map((arrival) => [arrival.id, arrival]));
  return [...once.values()]
    .filter(({ event }) => Math.abs(timeOf(event) - dayStartMs - noonMs) < noonMs / 8)
    .map((arrival) => ({
      ...{ ...arrival, isLate: false, isTooLate: false },
      arrivalMs: timeOf(arrival.event),
    }))
    .sort((a, b) => a.arrivalMs - b.arrivalMs);
}

/** An event as it comes back out of the lake that its stream has landed in. */
function landed({ event, arrivalMs }: Arrival): LakeFact {
  const record = streamRecord(recordText(event, arrivalMs), '1', arrivalMs);
  const name = event.table === 'adjustments' ? 'order_adjustments' : event.table;
  const dataSet = factDataSets.find((each) => each.name === name);
  const change = decodeChange(record.data);
  const click = decodeClick(record);
  const row =
    change.kind === 'change' && dataSet
      ? lakeRow(dataSet, change.change, arrivalMs)
      : click.kind === 'event' && clickRow(click.event, arrivalMs);
  if (!dataSet || !row) throw new TypeError(`Cannot land ${eventIdOf(event)}`);
  const cells = dataSet.columns.map((column) => row[column.name] ?? null);
  return lakeFact(
    dataSet,
    cells.map((cell) => (cell === null ? null : String(cell))),
  );
}

/** What a job tells of a history that is read from the lake. */
async function resultsOfHistory<Event>(job: Job<Event>, facts: readonly LakeFact[]) {
  const store = new MemoryStore();
  const engine = { store, now: () => Date.UTC(2026, 3), backOff: async () => {} };
  const teller = tellerOf({ ...engine, isShadow: async () => true }, job, undefined);
  const streams = new Set<string>(job.sources.map(({ stream }) => stream));
  await teller.tell(facts.filter(({ stream }) => streams.has(stream)));
  await teller.end();
  return storedResults(job, store);
}

describe('hours that are replayed from the lake', () => {
  const day = noonHours(3);
  const facts = day.map(landed);

  it.each(statisticsJobs(settings({})))(
    '$name says of them what it said live',
    { timeout: 60_000 },
    async ({ open }) => {
      const { live, replayed } = await open(async (job) => ({
        live: await playDay(job, day, { shards: 2, seed: 4, restarts: 0 }),
        replayed: await resultsOfHistory(job, facts),
      }));
      expect(live.stored.length).toBeGreaterThan(0);
      expect(replayed).toEqual(live.stored);
    },
  );
});

import { describe, expect, it } from 'vitest';
import { type LakeFact, lakeFact } from '../../../cli/replay/lake-facts.ts';
import { tellerOf } from '../../../cli/replay/tell-history.ts';
import { statisticsJobs } from '../../../functions/statistics/jobs.ts';
import { decodeChange } from '../../../shared/changes/decode-change.ts';
import { settings } from '../../../shared/config/settings.ts';
import { decodeClick } from '../../../shared/events/click-source.ts';
import { insightRecord } from '../../../shared/events/insight.ts';
import { factDataSets } from '../../../shared/lake/data-sets.ts';
import { clickRow, lakeRow } from '../../../shared/lake/rows.ts';
import { MemoryStore } from '../../../shared/state/memory-store.ts';
import { readToldResults } from '../../../shared/stream/close/told-results.ts';
import type { Emission, Job } from '../../../shared/stream/job.ts';
import { resultKey } from '../../../shared/stream/state/layout.ts';
import { viewText } from '../../fixtures/clicks.ts';
import { storedEmissions, storedResults } from '../../fixtures/engine-rows.ts';
import { streamRecord } from '../../fixtures/shop-changes.ts';
import type { Arrival } from '../../fixtures/shop-day/arrivals.ts';
import { eventIdOf, recordText, timeOf } from '../../fixtures/shop-day/day-event.ts';
import { playDay } from '../../fixtures/shop-day/play-day.ts';
import { dayStartMs, shopDay } from '../../fixtures/shop-day.ts';
import { seenJob } from './seen-job.ts';

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
  return storedResults(job, await toldHistory(job, facts, true));
}

async function toldHistory<Event>(
  job: Job<Event>,
  facts: readonly LakeFact[],
  isShadow: boolean,
): Promise<MemoryStore> {
  const store = new MemoryStore();
  const engine = { store, now: () => Date.UTC(2026, 3), backOff: async () => {} };
  const teller = tellerOf({ ...engine, isShadow: async () => isShadow }, job, undefined);
  const streams = new Set<string>(job.sources.map(({ stream }) => stream));
  await teller.tell(facts.filter(({ stream }) => streams.has(stream)));
  await teller.end();
  return store;
}

/** Of what a job has said in the outbox, each result as it was said last. */
async function saidLast<Event>(job: Job<Event>, store: MemoryStore): Promise<readonly Emission[]> {
  if (job.kind !== 'windowed' && job.kind !== 'session') return [];
  const results = (await storedEmissions(job, store)).filter(({ type }) => type === job.type);
  const last = new Map(results.map((emission) => [emission.id, emission]));
  for (const { supersedes = [] } of results) for (const id of supersedes) last.delete(id);
  return [...last.values()].filter(({ data }) => data !== null).sort(byId);
}

async function toldAgain<Event>(
  job: Job<Event>,
  store: MemoryStore,
  itemsMax: number,
): Promise<readonly Emission[]> {
  const told: Emission[] = [];
  for await (const results of readToldResults(job, store, undefined, itemsMax)) {
    told.push(...results.flatMap(({ emissions }) => emissions));
  }
  return told.sort(byId);
}

const inEnvelope = (emission: Emission) => insightRecord({ name: 'job', generation: 1 }, emission);

const byId = (a: Emission, b: Emission): number => (a.id < b.id ? -1 : 1);

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

  it.each(statisticsJobs(settings({})))(
    '$name can say again, from its results alone, what it said of them last',
    { timeout: 60_000 },
    async ({ open }) => {
      await open(async (job) => {
        const store = await toldHistory(job, facts, false);
        const said = await saidLast(job, store);
        expect(said.length).toBeGreaterThan(0);
        // Those that have taken in others stand in the table without saying so.
        const alone = said.map(({ supersedes, ...emission }) => emission);
        for (const itemsMax of [1, 7, 1_000]) {
          const again = await toldAgain(job, store, itemsMax);
          expect(JSON.stringify(again.map(inEnvelope))).toBe(JSON.stringify(alone.map(inEnvelope)));
        }
      });
    },
  );

  it('a long result can be said again in its parts, and not in some of them', async () => {
    const views = Array.from({ length: 9_000 }, (_, index): LakeFact => {
      const id = `clicks|${String(index).padStart(20, '0')}`;
      const atMs = dayStartMs + (index < 8_000 ? 0 : 60_000);
      const data = Buffer.from(viewText(id, atMs));
      return { stream: 'clickstream', atMs, id, arrivalMs: atMs, isBackfill: true, data };
    });
    const store = await toldHistory(seenJob, views, false);
    const said = await saidLast(seenJob, store);
    expect(said.length).toBeGreaterThan(4);
    for (const itemsMax of [1, 2, 3, 100]) {
      expect(await toldAgain(seenJob, store, itemsMax)).toEqual(said);
    }
    const [first] = said.filter(({ chunk }) => chunk?.index === 0);
    await store.remove([resultKey(seenJob, first?.window?.startMs ?? 0, 1)]);
    const others = said.filter(({ window }) => window?.startMs !== first?.window?.startMs);
    expect(await toldAgain(seenJob, store, 2)).toEqual(others);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JobsCloud } from '../../../cli/jobs/cloud.ts';
import { reportRun } from '../../../cli/jobs/run-report.ts';
import type { Lake } from '../../../cli/replay/lake.ts';
import type { LakeFact } from '../../../cli/replay/lake-facts.ts';
import { beginWithLake, tellHistories } from '../../../cli/replay/replay-lake.ts';
import { helpAlong } from '../../../cli/replay/replay-stream.ts';
import { startBegun } from '../../../cli/replay/start-begun.ts';
import { settings } from '../../../shared/config/settings.ts';
import { catchUp } from '../../../shared/jobs/catch-up.ts';
import { declaredJob } from '../../../shared/jobs/declared-job.ts';
import { shardsOfRun } from '../../../shared/jobs/run-shards.ts';
import { MemoryStore } from '../../../shared/state/memory-store.ts';
import { ShardCommitter } from '../../../shared/stream/commit/commit.ts';
import { NotYetError } from '../../../shared/stream/errors.ts';
import { newJobRow } from '../../../shared/stream/state/control.ts';
import { readJobRow } from '../../../shared/stream/state/operate.ts';
import type { StateStore } from '../../../shared/stream/state-store.ts';
import { clickTickText, viewText } from '../../fixtures/clicks.ts';
import { DyingStore } from '../../fixtures/dying-store.ts';
import { storedResults } from '../../fixtures/engine-rows.ts';
import { orderText, tickText } from '../../fixtures/shop-changes.ts';
import { seenJob as job, seen } from './seen-job.ts';
import { Tape } from './tape.ts';

const secondMs = 1_000;
const beganMs = Date.UTC(2026, 2, 1);
const at = (seconds: number): number => beganMs + seconds * secondMs;
/** The streams are read for a join then, and to their end once all has arrived. */
const joinedS = 600;
const endS = 1_200;
/** A tick vouches for all that is older; what comes on time is no later than that. */
const tickLagS = 30;
const tickEveryS = 40;

const run = { name: job.name, generation: 2 };

const onTime = fc.record({
  kind: fc.constantFrom('view', 'order'),
  atS: fc.integer({ min: 0, max: endS - 60 }),
  lagS: fc.integer({ min: 0, max: tickLagS - 2 }),
  copyLagS: fc.option(fc.integer({ min: 0, max: tickLagS - 2 })),
  /** How long the lake takes to hold it, and how often it holds it then. */
  landsS: fc.integer({ min: 0, max: 120 }),
  landings: fc.integer({ min: 1, max: 2 }),
});
const history = fc.record({
  facts: fc.array(onTime, { minLength: 1, maxLength: 80 }),
  late: fc.array(fc.integer({ min: 200, max: 500 }), { maxLength: 4 }),
  /** Of these the streams know nothing: days before, and among the rest. */
  backfill: fc.array(fc.integer({ min: -3_000_000, max: joinedS }), { maxLength: 20 }),
  overlapS: fc.integer({ min: 100, max: 500 }),
  splitS: fc.integer({ min: 1, max: endS }),
  pageMax: fc.integer({ min: 1, max: 40 }),
  /** At these calls of its store the teller dies, and begins again. */
  deaths: fc.array(fc.integer({ min: 1, max: 200 }), { maxLength: 2 }),
  meddler: fc.boolean(),
  /** So many tell at once, of which each may see the lake as it was a little later. */
  tellers: fc.integer({ min: 1, max: 3 }),
});

interface Fact extends LakeFact {
  readonly eventId: string;
  readonly landedMs: number;
}

function textOf(kind: string, index: number, atMs: number): { eventId: string; text: string } {
  return kind === 'order'
    ? { eventId: `orders|${index + 1}|1`, text: orderText(index + 1, atMs) }
    : { eventId: `view-${index}`, text: viewText(`view-${index}`, atMs) };
}

/** A lake to which facts come after the streams had them. */
function lakeOf(facts: readonly Fact[], now: () => number): Lake {
  const landed = () => facts.filter(({ landedMs }) => landedMs <= now());
  return {
    async *facts(streams, { fromMs, toMs }) {
      const held = landed()
        .filter(({ stream, atMs }) => streams.includes(stream) && atMs >= fromMs && atMs < toMs)
        .sort((a, b) => a.atMs - b.atMs || (a.id < b.id ? -1 : 1))
        .filter(({ id }, index, all) => id !== all[index - 1]?.id);
      while (held.length > 0) {
        let end = Math.min(8, held.length);
        while (end < held.length && held[end]?.atMs === held[end - 1]?.atMs) end += 1;
        yield held.splice(0, end);
      }
    },
    async identities() {
      return new Set(landed().map(({ eventId }) => eventId));
    },
    backfill: async () => ({}),
    close: () => undefined,
  };
}

type Drawn = typeof history extends fc.Arbitrary<infer History> ? History : never;

async function play(drawn: Drawn) {
  const tape = new Tape(drawn.pageMax);
  tape.split('clickstream', at(drawn.splitS));
  const clock = { nowMs: at(joinedS) };
  const now = () => clock.nowMs;
  const facts: Fact[] = [];
  const onTimeIds = new Set<string>();
  const lateIds = new Set<string>();
  const add = (kind: string, atMs: number, arrivesMs: number, landsMs: number) => {
    const { eventId, text } = textOf(kind, facts.length, atMs);
    const stream = kind === 'order' ? 'shop-changes' : 'clickstream';
    const data = Buffer.from(text);
    facts.push({
      ...{ eventId, stream, atMs, arrivalMs: arrivesMs, landedMs: landsMs, isBackfill: false },
      ...{ id: eventId, data },
    });
    return { eventId, put: (ms: number) => tape.put(stream, text, ms, eventId) };
  };
  for (const { kind, atS, lagS, copyLagS, landsS, landings } of drawn.facts) {
    const arrivesS = atS + Math.min(lagS, copyLagS ?? lagS);
    // By the join the lake holds what the streams brought, a part of what is still to come too.
    const landsMs = at(
      arrivesS <= joinedS ? Math.min(joinedS, arrivesS + landsS) : arrivesS + landsS,
    );
    const { eventId, put } = add(kind, at(atS), at(arrivesS), landsMs);
    put(at(atS + lagS));
    if (copyLagS !== null) put(at(atS + copyLagS));
    if (landings > 1) facts.push({ ...facts.at(-1)!, landedMs: landsMs });
    onTimeIds.add(eventId);
  }
  for (const [index, lagS] of drawn.late.entries()) {
    const atMs = at(100 + 200 * index);
    const arrivesMs = atMs + lagS * secondMs;
    const landsMs = arrivesMs <= at(joinedS) ? at(joinedS) : arrivesMs + 50 * secondMs;
    const { eventId, put } = add('order', atMs, arrivesMs, landsMs);
    put(arrivesMs);
    lateIds.add(eventId);
  }
  const toldLater = new Set(
    drawn.backfill.map((atS) => add('order', at(atS), at(joinedS), at(joinedS)).eventId),
  );
  for (let seconds = 0; seconds <= endS + 300; seconds += tickEveryS) {
    const atMs = at(seconds - tickLagS);
    tape.tick('clickstream', clickTickText(atMs), at(seconds));
    tape.tick('shop-changes', tickText(atMs), at(seconds));
  }

  const store = new MemoryStore();
  const shards = tape.reader(now);
  const lake = lakeOf(facts, now);
  const cloud: JobsCloud = {
    ...{ store, shards, now, backOff: async () => {}, name: 'test', stage: 'dev', url: 'played' },
    settings: settings({}),
    putInsights: async () => undefined,
    close: () => undefined,
  };
  const declared = declaredJob(job);
  const say = () => undefined;
  const meddle = () => (drawn.meddler ? readOn(store, cloud) : Promise.resolve());

  const beginning = {
    ...({ kind: 'lake-and-streams', sinceMs: undefined } as const),
    overlapMs: drawn.overlapS * secondMs,
  };
  await beginWithLake(cloud, lake, [declared], run.generation, beginning, say);
  const begun = [{ job: declared, generation: run.generation }];
  for (const death of drawn.deaths) {
    await meddle();
    const dying = {
      ...cloud,
      store: new DyingStore(store, (call) => call === death, drawn.meddler),
    };
    clock.nowMs += 20 * secondMs;
    await tellHistories(dying, lake, begun, say);
  }
  await meddle();
  clock.nowMs += 20 * secondMs;
  const tellers = Array.from({ length: drawn.tellers }, async (_, place) => {
    for (let pause = 0; pause < 50 * place; pause += 1) await Promise.resolve();
    const [told] = await tellHistories(cloud, lake, begun, say);
    expect(told?.status).toBe('fulfilled');
  });
  await Promise.all(tellers);
  await startBegun(cloud, run);
  await meddle();
  clock.nowMs = at(endS);
  await meddle();
  clock.nowMs = at(endS + 400);
  await helpAlong(cloud, declared, run.generation, say);

  const counted = new Map<string, Set<number>>();
  const results = await storedResults({ ...job, generation: run.generation }, store);
  for (const { window, data } of results) {
    for (const [id, times] of seen.parse(data)) {
      expect(times, `${id} in ${window.startMs}`).toBe(1);
      counted.set(id, (counted.get(id) ?? new Set()).add(window.startMs));
    }
  }
  return {
    onTimeIds,
    lateIds,
    toldLater,
    counted,
    facts,
    report: await reportRun(store, run, 'beside', now()),
  };
}

/** Another process that reads the streams for the run, as its function does, whenever it likes. */
async function readOn(store: StateStore, cloud: JobsCloud): Promise<void> {
  const row = (await readJobRow(store, run)) ?? newJobRow;
  const shards = shardsOfRun(cloud.shards, () => row);
  const mine = { ...job, generation: run.generation };
  for (const source of mine.sources) {
    for (const { shard } of await shards.list(source.stream)) {
      const from = { stream: source.stream, shard };
      const committer = new ShardCommitter(mine, from, { ...cloud, shards });
      const onCommit = async () => undefined;
      try {
        await catchUp({ from, source, committer, shards, goesOn: () => true, onCommit });
      } catch (error) {
        if (!(error instanceof NotYetError)) throw error;
      }
    }
  }
}

describe('a history of the lake that the streams join', () => {
  it('counts every fact once, whatever lies where and dies when', {
    timeout: 120_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(history, async (drawn) => {
        const { onTimeIds, lateIds, toldLater, counted, facts, report } = await play(drawn);
        for (const id of [...onTimeIds, ...toldLater]) {
          const atMs = facts.find(({ eventId }) => eventId === id)?.atMs ?? 0;
          const first = Math.floor(atMs / 10_000) * 10_000;
          const windows = [...(counted.get(id) ?? [])].sort((a, b) => a - b);
          expect(windows, id).toEqual([first - 10_000, first]);
        }
        const { counts, shardsBehind } = report;
        expect(shardsBehind).toBe(0);
        const known = onTimeIds.size + toldLater.size + lateIds.size;
        expect(counts.counted).toBeLessThanOrEqual(known);
        expect(counts.late).toBeLessThanOrEqual(lateIds.size);
        expect(counts.quarantined + counts.future).toBe(0);
      }),
      { numRuns: 60 },
    );
  });
});

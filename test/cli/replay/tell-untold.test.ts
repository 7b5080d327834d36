import { describe, expect, it } from 'vitest';
import { KeepingOutlet } from '../../../cli/replay/kept-words.ts';
import type { LakeFact } from '../../../cli/replay/lake-facts.ts';
import { tellerOf } from '../../../cli/replay/tell-history.ts';
import {
  noteOwing,
  noteUnheard,
  type ToldTo,
  tellUntold,
} from '../../../cli/replay/tell-untold.ts';
import { clicks } from '../../../shared/events/click-source.ts';
import { insightSchema } from '../../../shared/events/insight.ts';
import { declaredJob } from '../../../shared/jobs/declared-job.ts';
import { MemoryStore } from '../../../shared/state/memory-store.ts';
import { type Job, keyedJob } from '../../../shared/stream/job.ts';
import {
  keptPartition,
  outboxPartition,
  resultPartition,
  wholePartition,
} from '../../../shared/stream/state/layout.ts';
import type { StateStore } from '../../../shared/stream/state-store.ts';
import { viewText } from '../../fixtures/clicks.ts';
import { DyingStore } from '../../fixtures/dying-store.ts';
import { seenJob } from './seen-job.ts';

const nowMs = Date.UTC(2026, 2, 1);
const untilMs = nowMs - 60_000;
const declared = declaredJob(seenJob);
const seen = { ...seenJob, generation: 2 };

/** Says an alert and the features of a sale at each view. */
const sayer = keyedJob([clicks(['view'])], {
  name: 'sayer',
  generation: 2,
  eventTimeMs: ({ occurredAtMs }) => occurredAtMs,
  key: ({ eventId }) => eventId,
  watermarkDelayMs: 5_000,
  allowedLatenessMs: 0,
  maxFutureMs: 60_000,
  stateTtlMs: 1_000,
  evaluate: ({ eventId, occurredAtMs }) => ({
    state: 0,
    emissions: ['alert', 'sale-features'].map((type) => {
      const id = `${type}|${eventId}`;
      return { id, type, revision: 1, entity: eventId, data: { atMs: occurredAtMs } };
    }),
  }),
});

function view(index: number): LakeFact {
  const atMs = nowMs - 86_400_000 + 7_000 * index;
  const id = `v-${String((index * 37) % 100).padStart(3, '0')}`;
  const data = Buffer.from(viewText(id, atMs));
  return { stream: 'clickstream', atMs, id, arrivalMs: nowMs, isBackfill: true, data };
}
const views = Array.from({ length: 60 }, (_, index) => view(index));

async function learn<Event>(job: Job<Event>, store: StateStore): Promise<void> {
  const engine = { store, now: () => nowMs, backOff: async () => {}, isShadow: async () => true };
  const teller = tellerOf(engine, job, untilMs);
  const resumeMs = (await teller.resumeMs()) ?? Number.NEGATIVE_INFINITY;
  for (let first = 0; first < views.length; first += 20) {
    const part = views.slice(first, first + 20).filter(({ atMs }) => atMs >= resumeMs);
    if (part.length > 0) await teller.tell(part);
  }
  await teller.end();
}

/** What the stream was given, and who gives it. */
function world(store: StateStore, dies: (put: number) => boolean = () => false) {
  const told: { readonly name: string; readonly text: string }[] = [];
  let puts = 0;
  const to: ToldTo = {
    store,
    async putInsights(records) {
      puts += 1;
      if (dies(puts)) throw new Error('Cannot go on: the process was killed');
      for (const { Data } of records) {
        const text = Buffer.from(Data ?? []).toString();
        const { id, generation, revision } = insightSchema.parse(JSON.parse(text));
        told.push({ name: `${id} ${generation} ${revision}`, text });
      }
    },
    pace: { turn: async () => undefined },
    say: () => undefined,
  };
  return { to, told };
}

const windowsOf = async (store: MemoryStore): Promise<number> =>
  (await store.query(resultPartition(seen), wholePartition)).length;

describe('tellUntold()', () => {
  it('tells each result of a run that is live now, once', async () => {
    const store = new MemoryStore();
    await learn(seen, store);
    const { to, told } = world(store);
    expect(await tellUntold(to, declared, 2)).toBe(await windowsOf(store));
    expect(new Set(told.map(({ name }) => name)).size).toBe(await windowsOf(store));
    expect(told.every(({ text }) => text.includes('"job":"seen","generation":2'))).toBe(true);
    expect(await tellUntold(to, declared, 2)).toBe(0);
  });

  it('goes on where it was killed, and says the same', async () => {
    const learnt = new MemoryStore();
    await learn(seen, learnt);
    const windows = await windowsOf(learnt);
    let finished = false;
    for (let death = 1; !finished; death += 1) {
      for (const afterEffect of [false, true]) {
        const store = new MemoryStore();
        await learn(seen, store);
        const dying = new DyingStore(store, (call) => call === death, afterEffect);
        const first = world(dying);
        finished = await tellUntold(first.to, declared, 2).then(
          () => true,
          () => false,
        );
        const second = world(store);
        await tellUntold(second.to, declared, 2);
        const texts = new Map<string, string>();
        for (const { name, text } of [...first.told, ...second.told]) {
          expect(texts.get(name) ?? text).toBe(text);
          texts.set(name, text);
        }
        expect(texts.size, `killed at call ${death}`).toBe(windows);
      }
    }
  });

  it('notes no place before the stream has what lies ahead of it', async () => {
    const store = new MemoryStore();
    await learn(seen, store);
    await expect(tellUntold(world(store, () => true).to, declared, 2)).rejects.toThrow('killed');
    expect(await tellUntold(world(store).to, declared, 2)).toBe(await windowsOf(store));
  });

  it('tells one that was live before only what was written since', async () => {
    const store = new MemoryStore();
    await learn(seen, store);
    await tellUntold(world(store).to, declared, 2);
    const hourMs = 3_600_000;
    await noteUnheard(store, seen, nowMs + hourMs);
    const [first] = await store.query(resultPartition(seen), wholePartition);
    const put = { ...first?.attributes, updatedAt: nowMs + 2 * hourMs, revision: 7 };
    await store.transact([{ key: { ...resultPartition(seen), sk: first?.sk ?? '' }, put }]);
    const { to, told } = world(store);
    expect(await tellUntold(to, declared, 2)).toBe(1);
    expect(told[0]?.name).toMatch(/ 2 7$/);
  });

  it('forgets none that it owes where the run is swapped out before all is told', async () => {
    const store = new MemoryStore();
    await learn(seen, store);
    await noteOwing(store, seen);
    await expect(tellUntold(world(store, () => true).to, declared, 2)).rejects.toThrow('killed');
    await noteUnheard(store, seen, nowMs + 86_400_000);
    await noteOwing(store, seen);
    expect(await tellUntold(world(store).to, declared, 2)).toBe(await windowsOf(store));
  });

  it('still owes what it tells while the run is swapped out', async () => {
    const store = new MemoryStore();
    await learn(seen, store);
    await noteOwing(store, seen);
    const { to, told } = world(store);
    const swappedOut: ToldTo = {
      ...to,
      async putInsights(records) {
        await to.putInsights(records);
        await noteUnheard(store, seen, nowMs + 86_400_000);
      },
    };
    await tellUntold(swappedOut, declared, 2);
    expect(told.length).toBeGreaterThan(0);
    expect(await tellUntold(to, declared, 2)).toBe(await windowsOf(store));
  });

  it('owes nothing of the time in which a run was live from its declaration on', async () => {
    const store = new MemoryStore();
    await learn(seen, store);
    await noteUnheard(store, seen, nowMs + 86_400_000);
    await noteOwing(store, seen);
    expect(await tellUntold(world(store).to, declared, 2)).toBe(0);
  });

  it('tells what a rule said of its history in order of time, alerts left out', async () => {
    const store = new MemoryStore();
    await learn(sayer, store);
    expect(await store.query(outboxPartition(sayer), wholePartition)).toEqual([]);
    const { to, told } = world(store);
    expect(await tellUntold(to, declaredJob(sayer), 2)).toBe(views.length);
    expect(told.map(({ name }) => name)).toEqual(views.map(({ id }) => `sale-features|${id} 2 1`));
    expect(await store.query(keptPartition(sayer), wholePartition)).toEqual([]);
  });

  it('keeps every word of a rule, wherever who tells it its history is killed', async () => {
    let finished = false;
    for (let death = 1; !finished; death += 1) {
      for (const afterEffect of [false, true]) {
        const store = new MemoryStore();
        const dying = new DyingStore(store, (call) => call === death, afterEffect);
        finished = await learn(sayer, dying).then(
          () => true,
          () => false,
        );
        await learn(sayer, store);
        const kept = await store.query(keptPartition(sayer), wholePartition);
        expect(kept, `killed at call ${death}`).toHaveLength(views.length);
      }
    }
  });

  it('leaves to the world what a rule says once it is live', async () => {
    const store = new MemoryStore();
    const outlet = new KeepingOutlet(store, async () => false);
    await outlet.publish(sayer, [{ id: 'a', type: 'b', revision: 1, entity: 'e', data: 0 }]);
    expect(await store.query(keptPartition(sayer), wholePartition)).toEqual([]);
  });
});

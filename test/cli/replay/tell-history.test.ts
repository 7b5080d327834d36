import { describe, expect, it } from 'vitest';
import type { LakeFact } from '../../../cli/replay/lake-facts.ts';
import { type Teller, tellerOf } from '../../../cli/replay/tell-history.ts';
import { mostViewedJob } from '../../../functions/statistics/most-viewed.ts';
import { settings } from '../../../shared/config/settings.ts';
import { MemoryStore } from '../../../shared/state/memory-store.ts';
import {
  outboxPartition,
  resultPartition,
  wholePartition,
} from '../../../shared/stream/state/layout.ts';
import { readJobRow } from '../../../shared/stream/state/operate.ts';
import { viewText } from '../../fixtures/clicks.ts';
import { DyingStore } from '../../fixtures/dying-store.ts';
import { storedResults } from '../../fixtures/engine-rows.ts';
import { orderText } from '../../fixtures/shop-changes.ts';
import { seen, seenJob } from './seen-job.ts';

const job = { ...mostViewedJob(settings({})), generation: 2 };
const nowMs = Date.UTC(2026, 2, 1);

function engine() {
  const store = new MemoryStore();
  return { store, now: () => nowMs, backOff: async () => {}, isShadow: async () => true };
}

function view(index: number, atMs: number): LakeFact {
  const id = `clicks|${String(index).padStart(20, '0')}`;
  const data = Buffer.from(viewText(id, atMs));
  return { stream: 'clickstream', atMs, id, arrivalMs: nowMs, isBackfill: true, data };
}

/** As the command does: what lies before the place to go on at is not read again. */
async function tellAll(teller: Teller, parts: readonly (readonly LakeFact[])[]): Promise<void> {
  const resumeMs = (await teller.resumeMs()) ?? Number.NEGATIVE_INFINITY;
  for (const part of parts) {
    const left = part.filter(({ atMs }) => atMs >= resumeMs);
    if (left.length > 0) await teller.tell(left);
  }
  await teller.end();
}

async function views({ store }: ReturnType<typeof engine>): Promise<number[]> {
  const items = await store.query(resultPartition(job), wholePartition);
  return items.map(({ attributes }) => {
    const data: { readonly views: number } = JSON.parse(String(attributes['data']));
    return data.views;
  });
}

describe('tellerOf()', () => {
  it('tells facts of one instant together, however many there are', async () => {
    const parts = engine();
    const atMs = Date.UTC(2010, 11, 1);
    const facts = Array.from({ length: 2_500 }, (_, index) => view(index, atMs));
    const teller = tellerOf(parts, job, undefined);
    await teller.tell([view(9_999, atMs - 1), ...facts]);
    await teller.end();
    expect(Math.max(...(await views(parts)))).toBe(2_501);
  });

  it('goes on where it was killed, whichever stream it had told', async () => {
    const facts = Array.from({ length: 12 }, (_, index): LakeFact => {
      const atMs = nowMs - 3_600_000 + 60_000 * Math.floor(index / 2);
      const one = view(index, atMs);
      const data = Buffer.from(orderText(index + 1, atMs));
      return index % 2 === 0 ? one : { ...one, stream: 'shop-changes', data };
    });
    const parts = [facts.slice(0, 4), facts.slice(4, 8), facts.slice(8)];
    let finished = false;
    for (let death = 1; !finished; death += 1) {
      for (const afterEffect of [false, true]) {
        const { store, ...rest } = engine();
        const dying = new DyingStore(store, (call) => call === death, afterEffect);
        const first = tellAll(tellerOf({ ...rest, store: dying }, seenJob, undefined), parts);
        finished = await first.then(
          () => true,
          () => false,
        );
        await tellAll(tellerOf({ ...rest, store }, seenJob, undefined), parts);
        const told = (await storedResults(seenJob, store)).flatMap(({ data }) => seen.parse(data));
        expect(told, `killed at call ${death}`).toHaveLength(24);
        expect(new Set(told.map(([, times]) => times))).toEqual(new Set([1]));
      }
    }
  });

  it('leaves what a run says to the world once it is live', async () => {
    const store = new MemoryStore();
    const isLive = { ...engine(), store, isShadow: async () => false };
    const teller = tellerOf(isLive, job, undefined);
    await teller.tell([view(1, nowMs - 3_600_000)]);
    await teller.end();
    expect(await store.query(outboxPartition(job), wholePartition)).not.toHaveLength(0);
  });

  it('keeps results of long ago as long as those that are written now', async () => {
    const parts = engine();
    const teller = tellerOf(parts, job, undefined);
    await teller.tell([view(1, Date.UTC(2000, 0, 1)), view(2, Date.UTC(2010, 11, 1))]);
    await teller.end();
    const items = await parts.store.query(resultPartition(job), wholePartition);
    expect(items).toHaveLength(20);
    for (const { attributes } of items) {
      expect(attributes).toMatchObject({ final: true });
      expect(Number(attributes['expiresAt'])).toBeGreaterThan(nowMs / 1_000 + 300 * 24 * 3_600);
    }
  });

  it('moves no time beyond the place where the streams join', async () => {
    const parts = engine();
    const untilMs = Date.UTC(2026, 1, 1);
    const teller = tellerOf(parts, job, untilMs);
    expect(await teller.resumeMs()).toBeUndefined();
    await teller.tell([view(1, untilMs - 3_600_000), view(2, untilMs), view(3, untilMs + 5)]);
    expect(await teller.resumeMs()).toBe(untilMs + 5);
    await teller.end();
    expect((await readJobRow(parts.store, job))?.floorMs).toBe(untilMs);
    expect(await views(parts)).toEqual(Array.from({ length: 10 }, () => 1));
  });
});

import { describe, expect, it } from 'vitest';
import type { LakeFact } from '../../../cli/replay/lake-facts.ts';
import { tellerOf } from '../../../cli/replay/tell-history.ts';
import { mostViewedJob } from '../../../functions/statistics/most-viewed.ts';
import { settings } from '../../../shared/config/settings.ts';
import { MemoryStore } from '../../../shared/state/memory-store.ts';
import { resultPartition, wholePartition } from '../../../shared/stream/state/layout.ts';
import { readJobRow } from '../../../shared/stream/state/operate.ts';
import { viewText } from '../../fixtures/clicks.ts';

const job = { ...mostViewedJob(settings({})), generation: 2 };
const nowMs = Date.UTC(2026, 2, 1);

function engine() {
  const store = new MemoryStore();
  return { store, now: () => nowMs, backOff: async () => {} };
}

function view(index: number, atMs: number): LakeFact {
  const id = `clicks|${String(index).padStart(20, '0')}`;
  const data = Buffer.from(viewText(id, atMs));
  return { stream: 'clickstream', atMs, id, arrivalMs: nowMs, isBackfill: true, data };
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

  it('keeps results of long ago for good', async () => {
    const parts = engine();
    const teller = tellerOf(parts, job, undefined);
    await teller.tell([view(1, Date.UTC(2000, 0, 1)), view(2, Date.UTC(2010, 11, 1))]);
    await teller.end();
    const items = await parts.store.query(resultPartition(job), wholePartition);
    expect(items).toHaveLength(20);
    for (const { attributes } of items) {
      expect(attributes).toMatchObject({ final: true });
      expect(attributes).not.toHaveProperty('expiresAt');
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

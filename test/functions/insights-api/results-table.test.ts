import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeCursor } from '../../../functions/insights-api/cursor.ts';
import { resultsTable } from '../../../functions/insights-api/results-table.ts';
import { windowPage } from '../../../functions/insights-api/window-pages.ts';
import { type ResultsFixture, startResultsTable } from '../../fixtures/results-table.ts';

let table: ResultsFixture;
beforeAll(async () => {
  table = await startResultsTable();
});
afterAll(() => table.stop());

/** A result of a list as the engine stores it: its first part beside what is said of the whole. */
async function putParts(
  pk: string,
  startMs: number,
  parts: readonly number[][],
  revision = 1,
  expiresAt?: number,
) {
  for (const [index, part] of parts.entries()) {
    const whole = { closed: true, final: true, chunks: parts.length, updatedAt: 5 };
    const sk = String(startMs).padStart(15, '0');
    await table.putItem({
      pk,
      sk: index === 0 ? sk : `${sk}#${String(index).padStart(3, '0')}`,
      startMs,
      endMs: startMs + 10,
      revision,
      data: JSON.stringify(part),
      ...(index === 0 && whole),
      ...(expiresAt !== undefined && { expiresAt }),
    });
  }
}

describe('windowsAt()', () => {
  it('gives those that were told, however many are asked for, and long ones whole', async () => {
    const { windowsAt } = resultsTable(table.client, table.tableName, Date.now);
    for (let startMs = 0; startMs < 120; startMs += 2) await putParts('at#1', startMs, [[startMs]]);
    await putParts('at#1', 121, [[1], [2], [3]]);
    const startsMs = Array.from({ length: 250 }, (_, index) => index);
    const found = await windowsAt({ job: 'at', generation: 1, startsMs });
    found.sort((a, b) => a.startMs - b.startMs);
    expect(found.map(({ data }) => data)).toEqual([
      ...Array.from({ length: 60 }, (_, index) => [2 * index]),
      [1, 2, 3],
    ]);
    expect(await windowsAt({ job: 'at', generation: 2, startsMs })).toEqual([]);
    expect(await windowsAt({ job: 'at', generation: 1, startsMs: [] })).toEqual([]);
  });
});

describe('windowPage()', () => {
  it('ends a page before it is too large for an answer, and goes on behind it', async () => {
    const results = resultsTable(table.client, table.tableName, Date.now);
    for (let startMs = 0; startMs < 14; startMs += 1) {
      const data = { text: 'x'.repeat(390_000) };
      const told = { revision: 1, closed: true, final: true, data };
      await table.putWindow('wide', 1, { startMs, endMs: startMs + 1, ...told });
    }
    const run = { name: 'wide', generation: 1 };
    const query = { fromMs: 0, toMs: 100, limit: 12, order: 'asc', cursor: undefined } as const;
    const first = await windowPage(results, run, query);
    expect(first.page).toHaveLength(10);
    const cursor = decodeCursor(first.nextCursor ?? '');
    const next = await windowPage(results, run, { ...query, cursor });
    expect(next.page.map(({ startMs }) => startMs)).toEqual([10, 11, 12, 13]);
    expect(next.nextCursor).toBeNull();
  });
});

describe('windows()', () => {
  const range = { job: 'long', generation: 1, fromMs: 0, toMs: 1_000 };

  it('joins a result that comes in parts, whichever way it is read and wherever a page ends', async () => {
    const { windows } = resultsTable(table.client, table.tableName, Date.now);
    const lists = new Map([
      [10, [[1, 2], [3], [4]]],
      [20, [[5]]],
      [30, [[6], [7, 8]]],
      [40, [[9]]],
    ]);
    for (const [startMs, parts] of lists) await putParts('long#1', startMs, parts);
    for (const order of ['asc', 'desc'] as const) {
      const starts = [...lists.keys()];
      const expected = order === 'asc' ? starts : starts.toReversed();
      for (const limit of [1, 2, 3, 4, 9]) {
        const found = await windows({ ...range, order, limit });
        expect(found.map(({ startMs, data }) => [startMs, data])).toEqual(
          expected.slice(0, limit).map((startMs) => [startMs, lists.get(startMs)?.flat()]),
        );
      }
    }
    const one = await windows({ ...range, fromMs: 30, toMs: 31, order: 'desc', limit: 1 });
    expect(one).toMatchObject([{ startMs: 30, data: [6, 7, 8] }]);
  });

  it('no longer tells what has expired, whichever of its parts are still there', async () => {
    const nowMs = 1_000_000;
    const { windows, windowsAt } = resultsTable(table.client, table.tableName, () => nowMs);
    await putParts('old#1', 10, [[1], [2]], 1, 1_000);
    await putParts('old#1', 20, [[3], [4]], 1, 1_000);
    await table.putItem({
      ...{ pk: 'old#1', sk: '000000000000030#001', startMs: 30 },
      revision: 1,
      data: '[5]',
      expiresAt: 999,
    });
    await putParts('old#1', 40, [[6], [7]], 1, 1_001);
    await putParts('old#1', 50, [[8]]);
    const found = await windows({ ...range, job: 'old', order: 'asc', limit: 2 });
    expect(found.map(({ data }) => data)).toEqual([[6, 7], [8]]);
    const at = await windowsAt({ job: 'old', generation: 1, startsMs: [10, 20, 40, 50] });
    expect(at.map(({ startMs }) => startMs).sort()).toEqual([40, 50]);
  });

  it('never joins parts of two revisions', async () => {
    const { windows } = resultsTable(table.client, table.tableName, Date.now);
    const torn = { ...range, job: 'torn', order: 'asc', limit: 1 } as const;
    await putParts('torn#1', 10, [[1]], 2);
    await table.putItem({
      pk: 'torn#1',
      sk: '000000000000010#001',
      startMs: 10,
      revision: 1,
      data: '[2]',
    });
    await expect(windows(torn)).rejects.toThrow('its parts are not of one revision');
    await putParts('torn#1', 10, [[3], [4]], 3);
    expect(await windows(torn)).toMatchObject([{ revision: 3, data: [3, 4] }]);
  });
});

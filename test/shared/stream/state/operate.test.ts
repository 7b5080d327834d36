import { describe, expect, it } from 'vitest';
import { MemoryStore } from '../../../../shared/state/memory-store.ts';
import { newJobRow, packJobRow } from '../../../../shared/stream/state/control.ts';
import { jobKey } from '../../../../shared/stream/state/layout.ts';
import {
  beginInPast,
  endHistory,
  letBatchesPass,
  readJobRow,
  setJobStatus,
} from '../../../../shared/stream/state/operate.ts';

const run = { name: 'revenue', generation: 2 };

describe('setJobStatus()', () => {
  it('stops a job that has not begun, and marks it as one that let batches pass', async () => {
    const store = new MemoryStore();
    await setJobStatus(store, run, { status: 'stopped', reason: 'release' }, 7);
    const stopped = {
      ...newJobRow,
      status: 'stopped',
      reason: 'release',
      sinceMs: 7,
      skipped: true,
    };
    expect(await readJobRow(store, run)).toEqual(stopped);
    const row = await setJobStatus(store, run, { status: 'running' }, 9);
    expect(row).toMatchObject({ version: 2, status: 'running', sinceMs: 9, skipped: true });
    expect(row.reason).toBeUndefined();
  });

  it('keeps what closers write meanwhile', async () => {
    const store = new MemoryStore();
    const row = { ...newJobRow, version: 5, floorMs: 60_000, doneMs: 30_000 };
    const raised = { ...row, version: 6, floorMs: 90_000 };
    await store.transact([{ key: jobKey(run), put: packJobRow(row) }]);
    let inTheWay = true;
    const racing = Object.assign(Object.create(store), {
      async transact(writes: Parameters<MemoryStore['transact']>[0]) {
        if (inTheWay) await store.transact([{ key: jobKey(run), put: packJobRow(raised) }]);
        inTheWay = false;
        await store.transact(writes);
      },
      get: (key: Parameters<MemoryStore['get']>[0]) => store.get(key),
    });
    await setJobStatus(racing, run, { status: 'parked', reason: 'no' }, 1);
    expect(await readJobRow(store, run)).toMatchObject({
      version: 7,
      floorMs: 90_000,
      doneMs: 30_000,
      status: 'parked',
    });
  });

  it('leaves a job alone that is in another status than expected, or as wanted already', async () => {
    const store = new MemoryStore();
    await setJobStatus(store, run, { status: 'stopped', reason: 'mine' }, 1);
    await setJobStatus(store, run, { status: 'parked', reason: 'ill', onlyFrom: 'running' }, 2);
    await setJobStatus(store, run, { status: 'stopped', reason: 'again' }, 3);
    const expected = { version: 1, status: 'stopped', reason: 'mine', sinceMs: 1 };
    expect(await readJobRow(store, run)).toMatchObject(expected);
  });
});

describe('letBatchesPass()', () => {
  it('marks a run that goes on running, once', async () => {
    const store = new MemoryStore();
    await store.transact([{ key: jobKey(run), put: packJobRow({ ...newJobRow, floorMs: 5 }) }]);
    const marked = { ...newJobRow, version: 2, floorMs: 5, skipped: true };
    expect(await letBatchesPass(store, run)).toEqual(marked);
    expect(await letBatchesPass(store, run)).toEqual(marked);
    expect(await readJobRow(store, run)).toEqual(marked);
  });
});

describe('beginInPast()', () => {
  it('begins a run once', async () => {
    const store = new MemoryStore();
    expect(await readJobRow(store, run)).toBeUndefined();
    await beginInPast(store, run, { fromMs: 1_000, status: 'running' }, 5);
    const begun = { ...newJobRow, skipped: true, fromMs: 1_000, sinceMs: 5 };
    expect(await readJobRow(store, run)).toEqual(begun);
    await expect(
      beginInPast(store, run, { fromMs: undefined, status: 'running' }, 6),
    ).rejects.toThrow('Cannot begin generation 2 of revenue: it has begun before');
  });
});

describe('endHistory()', () => {
  it('notes that a history was told, of a run that began with one', async () => {
    const store = new MemoryStore();
    const history = { sinceMs: 3_000, untilMs: 7_000, told: false };
    await beginInPast(store, run, { fromMs: 9_000, status: 'stopped', history }, 5);
    const began = await readJobRow(store, run);
    expect(began).toMatchObject({ status: 'stopped', fromMs: 9_000, history });
    const told = { ...history, told: true };
    expect(await endHistory(store, run)).toMatchObject({ status: 'stopped', history: told });
    expect(await endHistory(store, run)).toMatchObject({ version: 2 });
    const other = { ...run, generation: 3 };
    await beginInPast(store, other, { fromMs: undefined, status: 'running' }, 5);
    expect((await endHistory(store, other)).history).toBeUndefined();
  });
});

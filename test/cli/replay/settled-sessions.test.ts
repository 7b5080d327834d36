import { expect, it } from 'vitest';
import { settledSessionsMs } from '../../../cli/replay/settled-sessions.ts';
import { MemoryStore } from '../../../shared/state/memory-store.ts';
import { newJobRow, packJobRow } from '../../../shared/stream/state/control.ts';
import { jobKey, timerKey } from '../../../shared/stream/state/layout.ts';

it('settledSessionsMs() goes no further than the first session that waits to be told', async () => {
  const store = new MemoryStore();
  const run = { name: 'visits', generation: 2 };
  expect(await settledSessionsMs(store, run)).toBe(Number.NEGATIVE_INFINITY);
  const put = packJobRow({ ...newJobRow, floorMs: 9_000 });
  await store.transact([{ key: jobKey(run), put }]);
  for (const [key, atMs] of [
    ['ann', 12_000],
    ['bob', 9_001],
  ] as const) {
    await store.transact([{ key: timerKey(run, key, atMs), put: { codec: 1 } }]);
  }
  expect(await settledSessionsMs(store, run)).toBe(9_000);
  const due = timerKey(run, 'cy', 4_000);
  await store.transact([{ key: due, put: { codec: 1 } }]);
  expect(await settledSessionsMs(store, run)).toBe(3_999);
  await store.remove([due]);
  expect(await settledSessionsMs(store, run)).toBe(9_000);
});

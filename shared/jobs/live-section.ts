import type { StateStore } from '../stream/state-store.ts';

/** Writes one section of what the live page shows: the last write stands, nothing is counted here. */
export async function writeLiveSection(
  store: StateStore,
  section: string,
  data: unknown,
  nowMs: number,
): Promise<void> {
  await store.transact([
    {
      key: { table: 'results', pk: 'LIVE', sk: section },
      put: { data: JSON.stringify(data), updatedAt: nowMs },
    },
  ]);
}

/** The section as it was last written, or undefined. */
export async function readLiveSection(store: StateStore, section: string): Promise<unknown> {
  const item = await store.get({ table: 'results', pk: 'LIVE', sk: section });
  const data = item?.attributes['data'];
  return typeof data === 'string' ? JSON.parse(data) : undefined;
}

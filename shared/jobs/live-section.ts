import type { z } from 'zod';
import { type StateStore, tolerateRefusal, type Write } from '../stream/state-store.ts';

function sectionKey(section: string) {
  return { table: 'results', pk: 'LIVE', sk: section } as const;
}

/** Writes one section of what the live page shows: the last write stands, nothing is counted here. */
export async function writeLiveSection(
  store: StateStore,
  section: string,
  data: unknown,
  nowMs: number,
): Promise<void> {
  const put = { data: JSON.stringify(data), updatedAt: nowMs };
  await store.transact([{ key: sectionKey(section), put }]);
}

/** Reads a section; undefined where there is none, or it has another form than `schema`. */
export async function readLiveSection<Schema extends z.ZodType>(
  store: StateStore,
  section: string,
  schema: Schema,
): Promise<z.output<Schema> | undefined> {
  const data = (await store.get(sectionKey(section)))?.attributes['data'];
  return typeof data === 'string' ? schema.safeParse(JSON.parse(data)).data : undefined;
}

/**
 * Changes a section that several writers share: none overwrites what another has added.
 *
 * @param change gives the new content from the old, which is undefined where there is none or it
 * has another form than `schema`: what is only shown may begin anew.
 */
export async function updateLiveSection<Schema extends z.ZodType>(
  store: StateStore,
  section: string,
  schema: Schema,
  change: (shown: z.output<Schema> | undefined) => z.input<Schema>,
  nowMs: number,
): Promise<void> {
  const key = sectionKey(section);
  for (;;) {
    const before = (await store.get(key))?.attributes['data'];
    const shown =
      typeof before === 'string' ? schema.safeParse(JSON.parse(before)).data : undefined;
    const write: Write = {
      key,
      condition:
        typeof before === 'string' ? { attribute: 'data', equals: before } : { absent: true },
      put: { data: JSON.stringify(change(shown)), updatedAt: nowMs },
    };
    if (await tolerateRefusal(() => store.transact([write]))) return;
  }
}

import { z } from 'zod';
import type { Run } from '../stream/state/layout.ts';
import {
  type Item,
  type ItemKey,
  type StateStore,
  tolerateRefusal,
} from '../stream/state-store.ts';

/** The generations of a job that run or count. */
export interface Generations {
  /** Whose results count: published, shown, served. */
  readonly live: number;
  /** Run beside it on the same streams; nobody outside sees them. */
  readonly shadows: readonly number[];
  /** Of closed histories: no stream feeds them. */
  readonly histories: readonly number[];
  /** No number is given twice: state of an earlier one may still lie there. */
  readonly highest: number;
  /** The declaration that began the live one, or an earlier live one it was compared with. */
  readonly declared: number;
  /** Were live, and may have left in their outbox what nobody else says: it is still to be published. */
  readonly retiring: readonly number[];
}

const rest = z.object({
  shadows: z.array(z.int()),
  histories: z.array(z.int()),
  highest: z.int(),
  // Rows that do not say were written when every job was at its first declaration.
  declared: z.int().default(1),
  retiring: z.array(z.int()).default([]),
});

/** Key of the row that names the generations of a job. It lies where readers of results find it. */
export function generationsKey(job: string): ItemKey {
  return { table: 'results', pk: 'JOBS', sk: job };
}

/** The generations of a declared job: as its row says, or only the declared one. */
export function toGenerations(item: Item | undefined, declared: Run): Generations {
  const { generation } = declared;
  if (!item) {
    // Before there was a row the first declaration was live.
    const retiring = generation > 1 ? [1] : [];
    const alone = { live: generation, highest: generation, declared: generation };
    return { ...alone, shadows: [], histories: [], retiring };
  }
  const { attributes } = item;
  const row = rest.parse(JSON.parse(z.string().parse(attributes['rest'])));
  if (generation <= row.declared) return { live: z.int().parse(attributes['generation']), ...row };
  // A declaration that was raised is a new beginning, under a number no replay has had: what ran
  // beside the live one meant what the earlier declaration did, and no stream feeds it any longer.
  const live = Math.max(generation, row.highest + 1);
  const histories = [...row.histories, ...row.shadows];
  const retiring = [...row.retiring, z.int().parse(attributes['generation'])];
  return { live, shadows: [], histories, highest: live, declared: generation, retiring };
}

/**
 * The generations once one that runs beside the live one has taken its place. What was live goes on
 * beside it, and what it said last has still to be published.
 */
export function madeLive(current: Generations, generation: number): Generations {
  if (generation === current.live) return current;
  const shadows = current.shadows.filter((shadow) => shadow !== generation);
  const retiring = new Set([...current.retiring, current.live]);
  retiring.delete(generation);
  return {
    ...current,
    live: generation,
    shadows: [...shadows, current.live],
    retiring: [...retiring],
  };
}

/** Reads the generations of a declared job as they are now. */
export async function readGenerations(store: StateStore, declared: Run): Promise<Generations> {
  return toGenerations(await store.get(generationsKey(declared.name)), declared);
}

/**
 * Changes the generations of a job in one conditional write: of two who change them one starts over
 * with what the other wrote.
 *
 * @param change may throw to leave everything as it is.
 */
export async function changeGenerations(
  store: StateStore,
  declared: Run,
  change: (generations: Generations) => Generations,
): Promise<Generations> {
  for (;;) {
    const item = await store.get(generationsKey(declared.name));
    const generations = change(toGenerations(item, declared));
    if (await replaceGenerations(store, declared, item, generations)) return generations;
  }
}

/**
 * Notes that what the retiring ones left was published, after it was. Where the row has changed since,
 * it is left to who reads it next: a generation may have been live once more.
 *
 * @param item the row as it was before that.
 */
export async function noteRetired(store: StateStore, declared: Run, item: Item): Promise<void> {
  await replaceGenerations(store, declared, item, {
    ...toGenerations(item, declared),
    retiring: [],
  });
}

async function replaceGenerations(
  store: StateStore,
  { name }: Run,
  item: Item | undefined,
  { live, ...others }: Generations,
): Promise<boolean> {
  const key = generationsKey(name);
  const version = z.int().catch(0).parse(item?.attributes['version']);
  const put = { version: version + 1, generation: live, rest: JSON.stringify(others) };
  const condition = item
    ? ({ attribute: 'version', equals: version } as const)
    : ({ absent: true } as const);
  return tolerateRefusal(() => store.transact([{ key, condition, put }]));
}

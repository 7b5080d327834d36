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
}

const rest = z.object({
  shadows: z.array(z.int()),
  histories: z.array(z.int()),
  highest: z.int(),
  // Rows that do not say were written when every job was at its first declaration.
  declared: z.int().default(1),
});

/** Key of the row that names the generations of a job. It lies where readers of results find it. */
export function generationsKey(job: string): ItemKey {
  return { table: 'results', pk: 'JOBS', sk: job };
}

/** The generations of a declared job: as its row says, or only the declared one. */
export function toGenerations(item: Item | undefined, declared: Run): Generations {
  const { generation } = declared;
  if (!item) {
    const alone = { live: generation, highest: generation, declared: generation };
    return { ...alone, shadows: [], histories: [] };
  }
  const { attributes } = item;
  const row = rest.parse(JSON.parse(z.string().parse(attributes['rest'])));
  if (generation <= row.declared) return { live: z.int().parse(attributes['generation']), ...row };
  // A declaration that was raised is a new beginning, under a number no replay has had: what ran
  // beside the live one meant what the earlier declaration did, and no stream feeds it any longer.
  const live = Math.max(generation, row.highest + 1);
  const histories = [...row.histories, ...row.shadows];
  return { live, shadows: [], histories, highest: live, declared: generation };
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
  const key = generationsKey(declared.name);
  for (;;) {
    const item = await store.get(key);
    const { live, ...others } = change(toGenerations(item, declared));
    const version = z.int().catch(0).parse(item?.attributes['version']);
    const put = { version: version + 1, generation: live, rest: JSON.stringify(others) };
    const condition = item
      ? ({ attribute: 'version', equals: version } as const)
      : ({ absent: true } as const);
    if (await tolerateRefusal(() => store.transact([{ key, condition, put }]))) {
      return { live, ...others };
    }
  }
}

import { type Accumulator, addExactly } from '../accumulator.ts';

/** An item and its total weight. */
export interface Ranked {
  readonly item: string;
  readonly weight: number;
}

/** What is left to choose. */
interface TopKOptions<Event> {
  /** An integer, also negative; 1 when it is not given, so that items are ranked by events. */
  readonly weight?: (event: Event) => number;
  /** All items that weigh as much as the one in the last place are told too. @default false */
  readonly withTies?: boolean;
}

/**
 * The `k` items with the greatest total weight, the greatest first. The totals are exact: every
 * item is kept, so state grows with the number of different items of a key and window, by a few
 * bytes and the item's length each. Where there are more than some ten thousand, make the item the
 * key of the job, count, and rank in its result: a key's state is packed into one database item. The
 * order is total, so any order of events gives the same list: by weight, falling, then by item,
 * rising by UTF-16 code units.
 *
 * @param item what is ranked; events where it is undefined are passed over.
 * @throws RangeError unless `k` is a positive integer.
 */
export function topK<Event>(
  k: number,
  item: (event: Event) => string | undefined,
  { weight = () => 1, withTies = false }: TopKOptions<Event> = {},
): Accumulator<Event, readonly Ranked[], Map<string, number>> {
  if (!Number.isSafeInteger(k) || k < 1) {
    throw new RangeError(`Cannot rank: k must be a positive integer: received ${k}`);
  }
  return {
    zero: () => new Map(),
    add: (state, event) => {
      const name = item(event);
      if (name !== undefined) grow(state, name, weight(event));
      return state;
    },
    merge: (state, more) => {
      for (const [name, total] of more) grow(state, name, total);
      return state;
    },
    value: (state) => ranked(state, k, withTies),
    // Names and totals in turn: short, and a name may be anything.
    pack: (state) => [...state].flat(),
    unpack: (packed: readonly (string | number)[]) => {
      const state = new Map<string, number>();
      for (let index = 0; index < packed.length; index += 2) {
        state.set(String(packed[index]), Number(packed[index + 1]));
      }
      return state;
    },
  };
}

function grow(state: Map<string, number>, name: string, weight: number): void {
  state.set(name, addExactly(state.get(name) ?? 0, weight));
}

function ranked(state: ReadonlyMap<string, number>, k: number, withTies: boolean): Ranked[] {
  const all = [...state].sort(
    ([leftItem, left], [rightItem, right]) => right - left || (leftItem < rightItem ? -1 : 1),
  );
  let end = Math.min(k, all.length);
  while (withTies && end < all.length && all[end]?.[1] === all[end - 1]?.[1]) end += 1;
  return all.slice(0, end).map(([item, weight]) => ({ item, weight }));
}

/**
 * The first so many items of an order, in that order: what sorting and cutting gives, in time that
 * hardly grows with the length of what is left out.
 *
 * @param compare a total order, so that ties are told the same way always.
 * @throws RangeError unless `most` is an integer from 0 on.
 */
export function firstBy<Item>(
  items: Iterable<Item>,
  most: number,
  compare: (one: Item, other: Item) => number,
): Item[] {
  if (!Number.isSafeInteger(most) || most < 0) {
    throw new RangeError(`Cannot rank: how many must be an integer from 0 on: received ${most}`);
  }
  const kept: Item[] = [];
  let last: Item | undefined;
  for (const item of items) {
    if (last !== undefined && compare(item, last) >= 0) continue;
    kept.push(item);
    if (kept.length < 2 * most) continue;
    cut();
    last = kept.at(-1);
  }
  cut();
  return kept;

  function cut(): void {
    kept.sort(compare);
    kept.length = Math.min(kept.length, most);
  }
}

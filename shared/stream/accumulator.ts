/**
 * One exact number folded from events. `add` and `merge` must be associative and commutative over
 * safe integers, so that any batching, any shard and any order gives the same value.
 */
export interface Accumulator<Event> {
  readonly zero: number;
  add(value: number, event: Event): number;
  merge(left: number, right: number): number;
}

/** The values of one key, in the order of the job's accumulators. */
export type Totals = readonly number[];

/** How many events there are, or how many satisfy `where`. */
export function count<Event>(where: (event: Event) => boolean = () => true): Accumulator<Event> {
  return { zero: 0, add: (value, event) => value + (where(event) ? 1 : 0), merge: addExactly };
}

/** The sum of an integer taken from each event: money in cents, pieces. */
export function sum<Event>(of: (event: Event) => number): Accumulator<Event> {
  return { zero: 0, add: (value, event) => addExactly(value, of(event)), merge: addExactly };
}

/** @throws RangeError when a sum leaves the integers a double holds exactly. */
function addExactly(left: number, right: number): number {
  const total = left + right;
  if (!Number.isSafeInteger(total)) {
    throw new RangeError(
      `Cannot add exactly: the sum is no safe integer: received ${left} + ${right}`,
    );
  }
  return total;
}

/** Adds `more` to `totals` (which are left as they are), accumulator by accumulator. */
export function mergeTotals<Event>(
  accumulators: readonly Accumulator<Event>[],
  totals: Totals | undefined,
  more: Totals,
): Totals {
  if (totals === undefined) return more;
  return accumulators.map((accumulator, index) =>
    accumulator.merge(totals[index] ?? accumulator.zero, more[index] ?? accumulator.zero),
  );
}

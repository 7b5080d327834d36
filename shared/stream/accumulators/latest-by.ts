import type { Accumulator, Json } from '../accumulator.ts';

/** The value of the highest order so far. */
type Latest<Value> = readonly [order: number, value: Value];

/**
 * The value taken from the event of the highest order: the current state of a row from its changes,
 * the order being its version. Null before the first event. Of values of one order the one whose
 * JSON text is greater stays, so that it does not matter which comes first.
 *
 * @throws RangeError from `add` unless the order is a finite number.
 */
export function latestBy<Event, Value extends Json>(
  order: (event: Event) => number,
  of: (event: Event) => Value,
): Accumulator<Event, Value | null, Latest<Value> | null> {
  return {
    zero: () => null,
    add: (state, event) => {
      const at = order(event);
      if (!Number.isFinite(at)) {
        throw new RangeError(`Cannot compare: the order must be finite: received ${at}`);
      }
      return later(state, [at, of(event)]);
    },
    merge: later,
    value: (state) => state?.[1] ?? null,
    pack: (state) => state,
    unpack: (packed: Latest<Value> | null) => packed,
  };
}

function later<Value extends Json>(
  left: Latest<Value> | null,
  right: Latest<Value> | null,
): Latest<Value> | null {
  if (left === null || right === null) return left ?? right;
  if (left[0] !== right[0]) return left[0] > right[0] ? left : right;
  return JSON.stringify(left[1]) >= JSON.stringify(right[1]) ? left : right;
}

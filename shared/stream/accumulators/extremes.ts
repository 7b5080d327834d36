import type { Accumulator } from '../accumulator.ts';

/**
 * The smallest number taken from the events, of those that have one; null where none has. Any
 * finite number is exact here, and so are fractions.
 */
export function min<Event>(
  of: (event: Event) => number | undefined,
): Accumulator<Event, number | null, number | null> {
  return extreme(of, Math.min);
}

/** The largest number taken from the events, as {@link min}. */
export function max<Event>(
  of: (event: Event) => number | undefined,
): Accumulator<Event, number | null, number | null> {
  return extreme(of, Math.max);
}

function extreme<Event>(
  of: (event: Event) => number | undefined,
  choose: (left: number, right: number) => number,
): Accumulator<Event, number | null, number | null> {
  const merge = (left: number | null, right: number | null): number | null => {
    if (left === null) return right;
    return right === null ? left : choose(left, right);
  };
  return {
    zero: () => null,
    add: (state, event) => {
      const value = of(event);
      return value === undefined ? state : merge(state, storable(value));
    },
    merge,
    value: (state) => state,
    pack: (state) => state,
    unpack: (packed: number | null) => packed,
  };
}

/**
 * What comes back from JSON as it went in: neither NaN nor an infinity, and of the two zeros one.
 *
 * @throws RangeError when the number is not finite.
 */
function storable(value: number): number {
  if (!Number.isFinite(value)) {
    throw new RangeError(`Cannot compare: the number must be finite: received ${value}`);
  }
  return value === 0 ? 0 : value;
}

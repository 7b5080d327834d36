import type { Accumulator } from '../accumulator.ts';

/** What is known of the integers taken from the events. Units: those of the integer, its square. */
interface Moments {
  readonly count: number;
  readonly sum: number;
  /** Null where there is no integer. */
  readonly mean: number | null;
  /** Of the whole population: the mean square of the distances from the mean. */
  readonly variance: number | null;
  /** Of the whole population. */
  readonly standardDeviation: number | null;
}

/** The power sums of degree 0, 1 and 2: exact, whatever the order. */
interface PowerSums {
  count: number;
  sum: bigint;
  squares: bigint;
}

type Packed = readonly [count: number, sum: string, squares: string];

/**
 * Count, sum, mean, variance and standard deviation of an integer taken from each event that has
 * one. State holds integers only, so nothing is lost by cancellation; mean and variance are rounded
 * once, when they are told, and have the precision of a double.
 *
 * @throws RangeError from `add` unless the integer is a safe one.
 */
export function moments<Event>(
  of: (event: Event) => number | undefined,
): Accumulator<Event, Moments, PowerSums> {
  return {
    zero: () => ({ count: 0, sum: 0n, squares: 0n }),
    add: (state, event) => {
      const value = of(event);
      if (value === undefined) return state;
      if (!Number.isSafeInteger(value)) {
        throw new RangeError(
          `Cannot add exactly: the number must be a safe integer: received ${value}`,
        );
      }
      const exact = BigInt(value);
      return addTo(state, { count: 1, sum: exact, squares: exact * exact });
    },
    merge: addTo,
    value: told,
    pack: ({ count, sum, squares }) => [count, String(sum), String(squares)],
    unpack: ([count, sum, squares]: Packed) => ({
      count,
      sum: BigInt(sum),
      squares: BigInt(squares),
    }),
  };
}

function addTo(state: PowerSums, more: PowerSums): PowerSums {
  state.count += more.count;
  state.sum += more.sum;
  state.squares += more.squares;
  return state;
}

function told({ count, sum, squares }: PowerSums): Moments {
  if (count === 0) {
    return { count, sum: 0, mean: null, variance: null, standardDeviation: null };
  }
  // n·Σx² − (Σx)², an exact integer, is n² times the variance.
  const spread = Number(BigInt(count) * squares - sum * sum);
  const variance = spread / count / count;
  return {
    count,
    sum: Number(sum),
    mean: Number(sum) / count,
    variance,
    standardDeviation: Math.sqrt(variance),
  };
}

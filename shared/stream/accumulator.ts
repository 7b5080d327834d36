/** What can be stored as JSON and comes back the same. */
export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [name: string]: Json };

/**
 * Folds events into a state, and a state into a value. `add` and `merge` must be exact, associative
 * and commutative, so that any batching, any shard and any order gives the same value. Both may
 * change and return their first argument; they leave the second as it is.
 */
export interface Accumulator<Event, Value = unknown, State = unknown> {
  zero(): State;
  add(state: State, event: Event): State;
  merge(state: State, more: State): State;
  /** What a result sees. */
  value(state: State): Value;
  pack(state: State): Json;
  unpack(packed: Json): State;
}

/** Accumulators by the names of the fields that results see. */
export type Accumulators<Event> = Readonly<Record<string, Accumulator<Event>>>;

/** The values of one key, by field. */
export type Values<Fields> = {
  readonly [Field in keyof Fields]: Fields[Field] extends Accumulator<never, infer Value>
    ? Value
    : never;
};

/** How many events there are, or how many satisfy `where`. */
export function count<Event>(
  where: (event: Event) => boolean = () => true,
): Accumulator<Event, number, number> {
  return integers((state, event) => (where(event) ? state + 1 : state));
}

/** The sum of an integer taken from each event: money in cents, pieces. */
export function sum<Event>(of: (event: Event) => number): Accumulator<Event, number, number> {
  return integers((state, event) => addExactly(state, of(event)));
}

function integers<Event>(
  add: (state: number, event: Event) => number,
): Accumulator<Event, number, number> {
  return {
    zero: () => 0,
    add,
    merge: addExactly,
    value: (state) => state,
    pack: (state) => state,
    unpack: Number,
  };
}

/**
 * Adds two integers.
 *
 * @throws RangeError when the sum leaves the integers a double holds exactly.
 */
export function addExactly(left: number, right: number): number {
  const total = left + right;
  if (!Number.isSafeInteger(total)) {
    throw new RangeError(
      `Cannot add exactly: the sum is no safe integer: received ${left} + ${right}`,
    );
  }
  return total;
}

import type { Accumulator, Json } from '../accumulator.ts';

/**
 * One accumulator for each item of a key: what a cart holds of each product. State grows with the
 * different items; where there are more than some thousand, make the item the key of the job.
 *
 * @param item what is told apart; events where it is undefined are passed over.
 */
export function perItem<Event, Value, State>(
  item: (event: Event) => string | undefined,
  { zero, add, merge, value, pack, unpack }: Accumulator<Event, Value, State>,
): Accumulator<Event, ReadonlyMap<string, Value>, Map<string, State>> {
  return {
    zero: () => new Map(),
    add: (states, event) => {
      const name = item(event);
      if (name === undefined) return states;
      const known = states.has(name) ? (states.get(name) as State) : zero();
      return states.set(name, add(known, event));
    },
    merge: (states, more) => {
      for (const [name, state] of more) {
        const known = states.has(name) ? (states.get(name) as State) : zero();
        states.set(name, merge(known, state));
      }
      return states;
    },
    value: (states) => new Map(Array.from(states, ([name, state]) => [name, value(state)])),
    pack: (states) => Array.from(states, ([name, state]): Json => [name, pack(state)]),
    unpack: (packed: readonly (readonly [string, Json])[]) =>
      new Map(packed.map(([name, state]) => [name, unpack(state)])),
  };
}

import type { Accumulator, Json, Values } from '../accumulator.ts';

/** The states of one accumulator, by the place of their key. */
interface Column<Event> {
  readonly field: string;
  readonly accumulator: Accumulator<Event>;
  readonly states: unknown[];
}

/**
 * States of a job's accumulators, per key. They lie in columns: a key costs an entry of a map and a
 * place in each, no object of its own.
 */
export class Totals<Event, Fields extends Readonly<Record<string, Accumulator<Event>>>> {
  readonly #places = new Map<string, number>();
  readonly #columns: readonly Column<Event>[];

  constructor(fields: Fields) {
    this.#columns = Object.entries(fields).map(([field, accumulator]) => {
      return { field, accumulator, states: [] };
    });
  }

  /** How many keys there are. */
  get size(): number {
    return this.#places.size;
  }

  /** Adding an event failed half-way: these totals are of no more use. */
  isSpoiled = false;

  /**
   * Adds an event under a key.
   *
   * @throws what an accumulator throws. Nothing was added then, or {@link isSpoiled} is set.
   */
  add(key: string, event: Event): void {
    const known = this.#places.get(key);
    const place = known ?? this.#places.size;
    let changed = 0;
    try {
      for (const { accumulator, states } of this.#columns) {
        const state = known === undefined ? accumulator.zero() : states[place];
        states[place] = accumulator.add(state, event);
        changed += 1;
      }
    } catch (error) {
      this.isSpoiled = known !== undefined && changed > 0;
      for (const { states } of this.#columns) states.length = this.#places.size;
      throw error;
    }
    if (known === undefined) this.#places.set(key, place);
  }

  /** Adds what others hold; they stay as they are. */
  merge(more: Totals<Event, Fields>): void {
    const others = more.#columns;
    for (const [key, from] of more.#places) {
      const known = this.#places.get(key);
      const place = known ?? this.#places.size;
      for (const [index, { accumulator, states }] of this.#columns.entries()) {
        const state = known === undefined ? accumulator.zero() : states[place];
        states[place] = accumulator.merge(state, others[index]?.states[from]);
      }
      if (known === undefined) this.#places.set(key, place);
    }
  }

  /** Adds what {@link pack} or a part of it gave. */
  unpack(packed: string): void {
    const [keys, ...packedColumns] = JSON.parse(packed) as [string[], ...Json[][]];
    for (const [from, key] of keys.entries()) {
      const known = this.#places.get(key);
      const place = known ?? this.#places.size;
      for (const [index, { accumulator, states }] of this.#columns.entries()) {
        const state = accumulator.unpack(packedColumns[index]?.[from] ?? null);
        states[place] = known === undefined ? state : accumulator.merge(states[place], state);
      }
      if (known === undefined) this.#places.set(key, place);
    }
  }

  /** All keys and, field by field, their packed states: `[[key, …], [state, …], …]` as JSON. */
  pack(): string {
    return this.#packed([...this.#places.keys()], 0, this.size);
  }

  /** The same in several texts, none of them longer than `bytesMax` in UTF-8 but for a lone key. */
  *packInParts(bytesMax: number): Iterable<string> {
    const keys = [...this.#places.keys()];
    let from = 0;
    let bytes = 0;
    for (let to = 0; to < keys.length; to += 1) {
      const ofKey = 3 * this.#packed(keys, to, to + 1).length;
      if (to > from && bytes + ofKey > bytesMax) {
        yield this.#packed(keys, from, to);
        from = to;
        bytes = 0;
      }
      bytes += ofKey;
    }
    if (from < keys.length) yield this.#packed(keys, from, keys.length);
  }

  /** What results see. */
  values(): ReadonlyMap<string, Values<Fields>> {
    const values = new Map<string, Values<Fields>>();
    for (const [key, place] of this.#places) values.set(key, this.#valuesAt(place));
    return values;
  }

  #valuesAt(place: number): Values<Fields> {
    const values: Record<string, unknown> = {};
    for (const { field, accumulator, states } of this.#columns) {
      values[field] = accumulator.value(states[place]);
    }
    return values as Values<Fields>;
  }

  #packed(keys: readonly string[], from: number, to: number): string {
    const columns = this.#columns.map(({ accumulator, states }) =>
      states.slice(from, to).map((state) => accumulator.pack(state)),
    );
    return JSON.stringify([keys.slice(from, to), ...columns]);
  }
}

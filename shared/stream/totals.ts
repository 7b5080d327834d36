import type { Accumulator, Json, Values } from './accumulator.ts';

/** States of a job's accumulators, per key. */
export class Totals<Event, Fields extends Readonly<Record<string, Accumulator<Event>>>> {
  readonly #fields: readonly string[];
  readonly #accumulators: readonly Accumulator<Event>[];
  readonly #byKey = new Map<string, unknown[]>();

  constructor(fields: Fields) {
    this.#fields = Object.keys(fields);
    this.#accumulators = Object.values(fields);
  }

  /** How many keys there are. */
  get size(): number {
    return this.#byKey.size;
  }

  /** Adding an event failed half-way: these totals are of no more use. */
  isSpoiled = false;

  /**
   * Adds an event under a key.
   *
   * @throws what an accumulator throws. Nothing was added then, or {@link isSpoiled} is set.
   */
  add(key: string, event: Event): void {
    const known = this.#byKey.get(key);
    const states = known ?? this.#zeros();
    const accumulators = this.#accumulators;
    let changed = 0;
    try {
      for (; changed < accumulators.length; changed += 1) {
        const accumulator = accumulators[changed];
        if (accumulator) states[changed] = accumulator.add(states[changed], event);
      }
    } catch (error) {
      this.isSpoiled = known !== undefined && changed > 0;
      throw error;
    }
    if (!known) this.#byKey.set(key, states);
  }

  /** Adds what others hold; they stay as they are. */
  merge(more: Totals<Event, Fields>): void {
    for (const [key, others] of more.#byKey) this.#mergeStates(key, others);
  }

  /** Adds packed totals. */
  unpack(packed: readonly Json[]): void {
    for (const entry of packed) {
      const [key, ...states] = entry as readonly [string, ...Json[]];
      const unpacked = this.#accumulators.map((accumulator, index) =>
        accumulator.unpack(states[index] ?? null),
      );
      this.#mergeStates(key, unpacked);
    }
  }

  /** One entry per key: the key and its packed states. */
  *pack(): Iterable<Json[]> {
    for (const [key, states] of this.#byKey) {
      yield [key, ...this.#accumulators.map((one, index) => one.pack(states[index]))];
    }
  }

  /** What results see. */
  values(): ReadonlyMap<string, Values<Fields>> {
    return new Map([...this.#byKey].map(([key, states]) => [key, this.#valuesOf(states)]));
  }

  #valuesOf(states: readonly unknown[]): Values<Fields> {
    const values: Record<string, unknown> = {};
    for (const [index, field] of this.#fields.entries()) {
      values[field] = this.#accumulators[index]?.value(states[index]);
    }
    return values as Values<Fields>;
  }

  #zeros(): unknown[] {
    return this.#accumulators.map((accumulator) => accumulator.zero());
  }

  #mergeStates(key: string, others: readonly unknown[]): void {
    const known = this.#byKey.get(key);
    const states = known ?? this.#zeros();
    for (const [index, accumulator] of this.#accumulators.entries()) {
      states[index] = accumulator.merge(states[index], others[index]);
    }
    if (!known) this.#byKey.set(key, states);
  }
}

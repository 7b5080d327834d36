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
    for (const [key, others] of more.#byKey) {
      const known = this.#byKey.get(key);
      const states = known ?? this.#zeros();
      this.#mergeInto(states, others);
      if (!known) this.#byKey.set(key, states);
    }
  }

  /** Adds what {@link pack} or a part of it gave. */
  unpack(packed: string): void {
    const [keys, ...columns] = JSON.parse(packed) as [string[], ...Json[][]];
    for (const [row, key] of keys.entries()) {
      const states = this.#accumulators.map((accumulator, index) =>
        accumulator.unpack(columns[index]?.[row] ?? null),
      );
      const known = this.#byKey.get(key);
      if (known) this.#mergeInto(known, states);
      else this.#byKey.set(key, states);
    }
  }

  /** All keys and, field by field, their packed states: `[[key, …], [state, …], …]` as JSON. */
  pack(): string {
    return this.#packed([...this.#byKey]);
  }

  /** The same in several texts, none of them longer than `bytesMax` in UTF-8 but for a lone key. */
  *packInParts(bytesMax: number): Iterable<string> {
    let part: [string, unknown[]][] = [];
    let bytes = 0;
    for (const entry of this.#byKey) {
      const entryBytes = 3 * this.#packed([entry]).length;
      if (part.length > 0 && bytes + entryBytes > bytesMax) {
        yield this.#packed(part);
        part = [];
        bytes = 0;
      }
      part.push(entry);
      bytes += entryBytes;
    }
    if (part.length > 0) yield this.#packed(part);
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

  #packed(entries: readonly (readonly [string, unknown[]])[]): string {
    const keys = entries.map(([key]) => key);
    const columns = this.#accumulators.map((accumulator, index) =>
      entries.map(([, states]) => accumulator.pack(states[index])),
    );
    return JSON.stringify([keys, ...columns]);
  }

  #zeros(): unknown[] {
    return this.#accumulators.map((accumulator) => accumulator.zero());
  }

  #mergeInto(states: unknown[], others: readonly unknown[]): void {
    for (const [index, accumulator] of this.#accumulators.entries()) {
      states[index] = accumulator.merge(states[index], others[index]);
    }
  }
}

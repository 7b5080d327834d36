interface Entry<Item> {
  readonly atMs: number;
  /** Of two of the same time, the first that was added comes first. */
  readonly place: number;
  readonly item: Item;
}

/** Items in the order of their times, as a binary heap. */
export class TimeQueue<Item> {
  readonly #heap: Entry<Item>[] = [];
  #places = 0;

  get size(): number {
    return this.#heap.length;
  }

  add(atMs: number, item: Item): void {
    const entry = { atMs, place: this.#places++, item };
    let at = this.#heap.push(entry) - 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = this.#heap[above];
      if (parent === undefined || !isBefore(entry, parent)) break;
      this.#heap[at] = parent;
      at = above;
    }
    this.#heap[at] = entry;
  }

  /** The time of the next item; undefined when there is none. */
  get nextMs(): number | undefined {
    return this.#heap[0]?.atMs;
  }

  take(): Item | undefined {
    const first = this.#heap[0];
    const last = this.#heap.pop();
    if (last !== undefined && this.#heap.length > 0) this.#sink(last);
    return first?.item;
  }

  #sink(entry: Entry<Item>): void {
    let at = 0;
    for (;;) {
      const left = this.#heap[2 * at + 1];
      const right = this.#heap[2 * at + 2];
      const isRight = right !== undefined && left !== undefined && isBefore(right, left);
      const child = isRight ? right : left;
      if (child === undefined || !isBefore(child, entry)) break;
      this.#heap[at] = child;
      at = 2 * at + (isRight ? 2 : 1);
    }
    this.#heap[at] = entry;
  }
}

function isBefore<Item>(one: Entry<Item>, other: Entry<Item>): boolean {
  return one.atMs < other.atMs || (one.atMs === other.atMs && one.place < other.place);
}
